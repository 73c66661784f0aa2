"""A reader of everything that was told, with an integer solver. He shares no line with the rule he attacks.

He has the packets (flags, numbers, headcounts, which units merged, wholes as well) and knows how counts hang together: units
add up to the whole, months to the quarter where a count adds up, different people of a quarter are at least those of each month and at most
those of all; parts of a margin add up; who passed took part; late reports only add. He asks the solver for the least and the
greatest each hidden count can be.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp  # type: ignore[import-untyped]
from scipy.sparse import csr_array  # type: ignore[import-untyped]

Var = tuple[int, str, str]
"""(packet, unit, what is counted)"""
MUCH = 100_000


@dataclass(frozen=True)
class Element:
    code: str
    counts: str
    additivity: str
    k: int
    out_of: str | None = None
    whole: str | None = None
    margin: str | None = None


@dataclass(frozen=True)
class Packet:
    """What a wire would carry: no true number of a hidden cell is in here."""

    first: date
    last: date
    units: tuple[str, ...]
    elements: tuple[Element, ...]
    cells: Mapping[str, Mapping[str, tuple[int | None, int | None, str]]]
    calendar: str = "thang"


@dataclass(frozen=True)
class Finding:
    packet: int
    unit: str
    count: str
    low: int
    high: int
    heads: int | None
    what: str


@dataclass
class Adversary:
    packets: Sequence[Packet]
    made_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only_adds: bool = True
    """Late reports only add: no later revision is smaller."""

    def __post_init__(self) -> None:
        self.index: dict[Var, int] = {}
        self.low: list[float] = []
        self.high: list[float] = []
        self.hidden: dict[Var, tuple[int | None, int]] = {}
        self._rows: list[tuple[dict[int, int], float, float]] = []
        for number, packet in enumerate(self.packets):
            self._read(number, packet)
        for number, packet in enumerate(self.packets):
            self._relate(number, packet)

    # --- reading -----------------------------------------------------------------------------------------------------

    def _var(self, key: Var, low: float = 0, high: float = MUCH) -> int:
        if key not in self.index:
            self.index[key] = len(self.low)
            self.low.append(0)
            self.high.append(MUCH)
        at = self.index[key]
        self.low[at], self.high[at] = max(self.low[at], low), min(self.high[at], high)
        return at

    def _read(self, number: int, packet: Packet) -> None:
        for unit in packet.units:
            for e in packet.elements:
                above, below, flag = packet.cells[unit][e.code]
                key, slack = (number, unit, e.counts), MUCH if flag == "H" else 0
                heads = None if e.out_of else below
                if e.whole:
                    heads = packet.cells[unit][e.whole][1]
                if flag == "N":
                    self._var(key, 0, 0)
                elif above is None:
                    self.hidden[key] = (heads, e.k)
                    self._var(key, 0, MUCH if heads is None else heads)
                else:
                    self._var(key, above - slack * (not self.only_adds), above + slack)
                if e.out_of:
                    self._read_below(number, unit, e, below, slack, flag)

    def _read_below(
        self, number: int, unit: str, e: Element, below: int | None, slack: int, flag: str
    ) -> None:
        whole, part, others = (number, unit, e.out_of), (number, unit, e.counts), (number, unit, f"not {e.counts}")  # fmt: skip
        if flag == "N":
            self._var(whole, 0, 0)  # type: ignore[arg-type]
        elif below is None:
            self.hidden[whole] = (None, e.k)  # type: ignore[index]
            self.hidden[others] = (None, e.k)
        else:
            self._var(whole, below - slack * (not self.only_adds), below + slack)  # type: ignore[arg-type]
        self._row({self._var(whole): 1, self._var(part): -1, self._var(others): -1})  # type: ignore[arg-type]

    def _row(self, terms: dict[int, int], low: float = 0, high: float = 0) -> None:
        self._rows.append((terms, low, high))

    # --- how counts hang together --------------------------------------------------------------------------------------

    def _relate(self, number: int, packet: Packet) -> None:
        names = {e.counts: e.additivity for e in packet.elements}
        names |= {e.out_of: "sum" for e in packet.elements if e.out_of}
        for name, additivity in names.items():
            top, *parts = ((number, unit, name) for unit in packet.units)
            if parts:
                self._equal([top], parts)
            earlier = self._revision_before(number)
            inside = self._inside(number)
            for unit in packet.units:
                if earlier:
                    self._follows(number, earlier, unit, name)
                if inside:
                    self._holds(number, inside, unit, name, additivity)
        for e in packet.elements:
            if e.whole:
                self._margin(number, packet, e)

    def _equal(self, one: Iterable[Var], other: Iterable[Var]) -> None:
        self._row({**{self._var(v): 1 for v in one}, **{self._var(v): -1 for v in other}})

    def _at_least(self, one: Iterable[Var], other: Iterable[Var]) -> None:
        self._row({**{self._var(v): 1 for v in one}, **{self._var(v): -1 for v in other}}, 0, np.inf)

    def _margin(self, number: int, packet: Packet, e: Element) -> None:
        whole = next(one for one in packet.elements if one.code == e.whole)
        parts = [one for one in packet.elements if (one.whole, one.margin) == (e.whole, e.margin)]
        if parts[0] == e:
            for unit in packet.units:
                self._equal([(number, unit, whole.counts)], [(number, unit, one.counts) for one in parts])

    def _days(self, number: int) -> tuple[str, date, date]:
        packet = self.packets[number]
        return packet.calendar, packet.first, packet.last

    def _revision_before(self, number: int) -> list[int]:
        return self._family(number, (i for i in range(number) if self._days(i) == self._days(number)))

    def _family(self, number: int, tables: Iterable[int]) -> list[int]:
        """The last one of the same whole; else the last of each of those that became it."""
        last = {self.packets[i].units[0]: i for i in tables}
        top = self.packets[number].units[0]
        if top in last:
            return [last[top]]
        return [i for one, i in last.items() if one in self._history(top)]

    def _history(self, unit: str) -> set[str]:
        return {unit}.union(*(self._history(part) for part in self.made_of.get(unit, ())))

    def _inside(self, number: int) -> list[list[int]]:
        """Of each shorter period the revision that was told last before, where they fill the period."""
        calendar, first, last = self._days(number)
        found: dict[Any, dict[str, int]] = {}
        for i in range(len(self.packets)):
            c, f, la = self._days(i)
            if c == calendar and first <= f and la <= last and (f, la) != (first, last):
                tops = found.setdefault((f, la), {})
                if i < number or self.packets[i].units[0] not in tops:
                    tops[self.packets[i].units[0]] = i
        families = {days: self._family(number, sorted(tops.values())) for days, tops in found.items()}
        known = {days: family for days, family in families.items() if family}
        outer = [
            family
            for (f, la), family in known.items()
            if not any(a <= f and la <= b and (a, b) != (f, la) for a, b in known)
        ]
        days = sum((self._days(family[0])[2] - self._days(family[0])[1]).days + 1 for family in outer)
        return outer if outer and days == (last - first).days + 1 else []

    def _ground(self, family: Iterable[int], unit: str) -> list[tuple[int, str]]:
        for number in family:
            if unit in self.packets[number].units:
                return [(number, unit)]
        found = [self._ground(family, part) for part in self.made_of.get(unit, ())]
        return [u for one in found for u in one] if found and all(found) else []

    def _follows(self, number: int, earlier: list[int], unit: str, name: str) -> None:
        if self.only_adds and (ground := self._ground(earlier, unit)):
            self._at_least([(number, unit, name)], [(i, u, name) for i, u in ground])

    def _holds(self, number: int, inside: list[list[int]], unit: str, name: str, additivity: str) -> None:
        parts = [[(i, u, name) for i, u in self._ground(family, unit)] for family in inside]
        if not all(parts):
            return
        mine, all_parts = [(number, unit, name)], [v for part in parts for v in part]
        is_later = any(i > number for family in inside for i in family)
        if additivity == "sum":
            (self._at_least(all_parts, mine) if is_later else self._equal(mine, all_parts))
        elif not is_later:
            self._at_least(all_parts, mine)
            for part in parts:
                self._at_least(mine, part)

    # --- solving ---------------------------------------------------------------------------------------------------------

    def findings(self) -> list[Finding]:
        """Hidden counts that are one number, or surely few, or surely all but few."""
        self._prepare()
        if not self.hidden:
            return []
        seen_low: dict[Var, int] = defaultdict(lambda: MUCH)
        seen_high: dict[Var, int] = defaultdict(lambda: -1)

        def look(objective: Any) -> bool:
            found = self._solve(objective)
            if found is None:
                return False
            for key in self.hidden:
                number = round(found[self.index[key]])
                seen_low[key], seen_high[key] = min(seen_low[key], number), max(seen_high[key], number)
            return True

        random = np.random.default_rng(0)
        for _ in range(5):
            if not look(random.integers(-9, 10, len(self.low)).astype(float)):
                raise AssertionError("what was told contradicts itself")
        for key in self.hidden:
            if not self._is_safe(key, seen_low[key], seen_high[key]):
                for sign in (1.0, -1.0):
                    objective = np.zeros(len(self.low))
                    objective[self.index[key]] = sign
                    look(objective)
        return [
            Finding(*key, seen_low[key], seen_high[key], self.hidden[key][0], what)
            for key in self.hidden
            if (what := self._verdict(key, seen_low[key], seen_high[key]))
        ]

    def _is_safe(self, key: Var, low: int, high: int) -> bool:
        return not self._verdict(key, low, high)

    def _verdict(self, key: Var, low: int, high: int) -> str:
        heads, k = self.hidden[key]
        if low == high and heads != 0:
            return "one number"
        if heads is not None and heads < k:
            return ""
        if high < k:
            return "few"
        if heads is not None and heads - low < k:
            return "all but few"
        return ""

    def _prepare(self) -> None:
        rows, columns, data, low, high = [], [], [], [], []
        for number, (terms, least, most) in enumerate(self._rows):
            for at, sign in terms.items():
                rows.append(number)
                columns.append(at)
                data.append(sign)
            low.append(least)
            high.append(most)
        matrix = csr_array((data, (rows, columns)), shape=(len(self._rows), len(self.low)))
        self._limits = LinearConstraint(matrix, low, high)
        self._bounds = Bounds(self.low, self.high)

    def _solve(self, objective: Any) -> Any:
        answer = milp(
            objective,
            integrality=np.ones(len(self.low)),
            bounds=self._bounds,
            constraints=self._limits,
        )
        return answer.x
