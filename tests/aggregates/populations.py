"""Random communes and what becomes of them: people do things in months, reports come late, hamlets merge, tables are told."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from backend.aggregates.hiding import Counted, Laid, Protected, Sides, Told, protect
from tests.aggregates.adversary import Element, Packet

MONTHS = [date(2026, month, 1) for month in range(1, 13)] + [date(2027, 1, 1)]
TOP = "xa"
VISITS, ENTRANTS, TAUGHT, ALONE = "visits", "entrants", "taught", "alone"
WOMEN, MEN = "entrants women", "entrants men"
ELEMENTS = (
    Counted("du-thi", ENTRANTS, True, "distinct"),
    Counted("nu", WOMEN, True, "distinct", whole="du-thi", margin="gioi"),
    Counted("nam", MEN, True, "distinct", whole="du-thi", margin="gioi"),
    Counted("luot", VISITS, True, "sum"),
    Counted("tu-lam", ALONE, True, "sum", out_of=TAUGHT),
    Counted("nhay-cam", "sensitive", True, "sum", k=10),
)


@dataclass
class Commune:
    """What really happened. `did[count][month][hamlet]`: persons (a number each), who may do it once a month."""

    random: Random
    heads: dict[str, int]
    elements: tuple[Counted, ...]
    quarters: int = 1
    did: dict[str, dict[int, dict[str, set[int]]]] = field(default_factory=dict)
    parts_of: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hamlets: list[str] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hamlets = sorted(self.heads, key=lambda one: (self.heads[one], one))
        lively = {name: self.random.choice((0.03, 0.1, 0.2, 0.4, 0.8)) for name in (*_names(), TAUGHT)}
        for name in _names():
            self.did[name] = {
                month: {h: self._some(h, lively[name]) for h in self.heads}
                for month in range(3 * self.quarters)
            }
        if self.random.random() < 0.5:
            self._once(ENTRANTS)
        self.did[TAUGHT] = {
            month: {h: people | self._some(h, lively[TAUGHT]) for h, people in of.items()}
            for month, of in self.did[ALONE].items()
        }

    def _once(self, name: str) -> None:
        """Nobody comes twice: then different people add up over months, too."""
        for h in self.heads:
            came: set[int] = set()
            for of in self.did[name].values():
                of[h] -= came
                came |= of[h]

    def _some(self, hamlet: str, share: float) -> set[int]:
        share *= self.random.choice((0, 0.3, 0.6, 1, 1, 1, 1.1, 1.2))
        return {one for one in range(self.heads[hamlet]) if self.random.random() < share}

    def late(self, month: int) -> None:
        """Some more people of a few hamlets."""
        for name in _names():
            for h in self.random.sample(list(self.heads), self.random.randint(0, 2)):
                more = self.random.choice((1, 2, 3, 6, 9))
                out = [one for one in range(self.heads[h]) if one not in self.did[name][month][h]]
                fresh = set(out[:more])
                self.did[name][month][h] |= fresh
                if name == ALONE:
                    self.did[TAUGHT][month][h] |= fresh

    def merge(self) -> None:
        one, other, *rest = self.random.sample(self.hamlets, len(self.hamlets))
        fresh = f"{one}+{other}"
        self.parts_of[fresh] = (one, other)
        self.hamlets = sorted([*rest, fresh], key=lambda u: (self._size(u), u))

    def _leaves(self, unit: str) -> list[str]:
        if unit == TOP:
            return list(self.heads)
        return [leaf for part in self.parts_of.get(unit, ()) for leaf in self._leaves(part)] or [unit]

    def _size(self, unit: str) -> int:
        return sum(self.heads[leaf] for leaf in self._leaves(unit))

    def _count(self, unit: str, name: str, months: range, additivity: str) -> int:
        if name in (WOMEN, MEN):
            return len(
                [1 for _, one in self._people(unit, ENTRANTS, months) if (one % 2 == 0) == (name == WOMEN)]
            )
        if additivity == "distinct":
            return len(self._people(unit, name, months))
        return sum(len(self.did[name][month][leaf]) for month in months for leaf in self._leaves(unit))

    def _people(self, unit: str, name: str, months: range) -> set[tuple[str, int]]:
        return {
            (leaf, one)
            for month in months
            for leaf in self._leaves(unit)
            for one in self.did[name][month][leaf]
        }

    def laid(self, first: int, length: int) -> Laid:
        months, units = range(first, first + length), (TOP, *self.hamlets)
        cells = {u: {e.code: self._sides(u, e, months) for e in self.elements} for u in units}
        last = MONTHS[first + length] - timedelta(1)
        return Laid("thang", f"{first}+{length}", MONTHS[first], last, units, self.elements, cells, dict(self.parts_of))  # fmt: skip

    def _sides(self, unit: str, e: Counted, months: range) -> Sides:
        above = self._count(unit, e.counts, months, e.additivity)
        if e.out_of:
            return Sides(above, self._count(unit, e.out_of, months, "sum"))
        return Sides(above, self._size(unit) if e.additivity == "distinct" and not e.whole else None)

    def tell(self, first: int, length: int = 1) -> Protected:
        laid = self.laid(first, length)
        sent = protect(laid, self.told)
        self.told.append(Told(laid, sent))
        return sent

    def packets(self) -> list[Packet]:
        """What went out, and nothing else."""
        return [_packet(one) for one in self.told]

    def live(self) -> None:
        """A life: months, late reports, quarters, a merge, restatements."""
        random = self.random
        merges_at = random.choice((None, *range(3 * self.quarters)))
        for month in range(3 * self.quarters):
            self.tell(month)
            if month == merges_at and len(self.hamlets) > 2:
                self.merge()
            if random.random() < 0.5:
                again = random.randint(month // 3 * 3, month)
                self.late(again)
                self.tell(again)
            if month % 3 == 2:
                self.tell(month - 2, 3)
                self._restate(month)
        if self.quarters == 2:
            self.tell(0, 6)
        if self.quarters == 4:
            self.tell(0, 6), self.tell(6, 6), self.tell(0, 12)

    def _restate(self, month: int) -> None:
        if self.random.random() < 0.5:
            self.late(month)
            self.tell(month)
            self.tell(month - 2, 3)


@dataclass
class Two(Commune):
    """Two communes told by one node, until they become one: what was told under the old names is not told again."""

    home: dict[str, str] = field(default_factory=dict)
    """Hamlet -> its commune"""
    merged_in: int = 1
    remembers: bool = True
    is_bare: bool = False
    """Told without hamlets, as on the Party's line"""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.tops = ["a", "b"]
        self.gone: dict[str, date] = {}

    def _leaves(self, unit: str) -> list[str]:
        return [h for h, top in self.home.items() if unit in (top, "ab")] or super()._leaves(unit)

    def become_one(self) -> None:
        self.parts_of["ab"], self.tops = ("a", "b"), ["ab"]
        self.gone = dict.fromkeys(("a", "b"), MONTHS[self.merged_in] + timedelta(14))

    def laid_of(self, top: str, first: int, length: int) -> Laid:
        whole = self.laid(first, length)
        own = (
            []
            if self.is_bare
            else [h for h in self.hamlets if set(self._leaves(h)) <= set(self._leaves(top))]
        )
        cells = {u: {e.code: self._sides(u, e, range(first, first + length)) for e in self.elements} for u in (top, *own)}  # fmt: skip
        return replace(whole, units=(top, *own), cells=cells, gone=dict(self.gone))

    def tell_of(self, top: str, first: int, length: int = 1) -> None:
        laid = self.laid_of(top, first, length)
        told = [one for one in self.told if self.remembers or one.laid.top == top]
        self.told.append(Told(laid, protect(laid, told)))

    def tell(self, first: int, length: int = 1) -> Protected:
        for top in self.tops:
            self.tell_of(top, first, length)
        return self.told[-1].sent

    def live(self) -> None:
        """Months of both, the month of the merge in three cards, then those of the one; late reports; the quarter."""
        for month in range(3):
            self.tell(month)
            if month == self.merged_in:
                self.late(month)
                self.become_one()
                self.tell(month)
            if self.random.random() < 0.5:
                self.late(month)
                self.tell(month)
            if month > self.merged_in and self.random.random() < 0.3:
                self.late(0)
                self.tell_of("a", 0) if self.merged_in else self.tell(0)
        self.tell(0, 3)
        self._restate(2)


def two(seed: int, remembers: bool = True, is_bare: bool = False) -> Two:
    random = Random(seed)
    heads = {
        f"h{n}": random.choice((3, 15, 30, 60)) + random.randint(0, 9) for n in range(random.randint(2, 5))
    }
    home = {h: "ab"[n % 2] for n, h in enumerate(heads)}
    return Two(random, heads, _pick(random), 1, home=home, merged_in=random.randrange(3), remembers=remembers, is_bare=is_bare)  # fmt: skip


def _names() -> tuple[str, ...]:
    return ENTRANTS, VISITS, ALONE, "sensitive"


def _packet(told: Told) -> Packet:
    elements = tuple(
        Element(e.code, e.counts, e.additivity, e.k, e.out_of, e.whole, e.margin) for e in told.laid.elements
    )
    cells: Mapping[str, Mapping[str, tuple[int | None, int | None, str]]] = {
        unit: {code: (c.numerator, c.denominator, c.flag) for code, c in row.items()}
        for unit, row in told.sent.cells.items()
    }
    return Packet(told.laid.first, told.laid.last, told.laid.units, elements, cells)


def commune(seed: int, hamlets: tuple[int, int] = (2, 7), quarters: int = 1) -> Commune:
    random = Random(seed)
    number = random.randint(*hamlets)
    heads = {f"h{n}": random.choice((3, 15, 30, 60, 90)) + random.randint(0, 9) for n in range(number)}
    return Commune(random, heads, _pick(random), quarters)


def _pick(random: Random) -> tuple[Counted, ...]:
    codes = random.choice(
        (("du-thi",), ("du-thi", "nu", "nam"), ("luot",), ("tu-lam",), ("luot", "nhay-cam"))
    )
    return tuple(e for e in ELEMENTS if e.code in codes)
