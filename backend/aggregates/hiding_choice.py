"""Choosing what stays hidden of the counts that hang together, for one table. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from backend.aggregates.hiding_held import Admitted, admitted
from backend.aggregates.hiding_history import Book
from backend.aggregates.hiding_known import Place
from backend.aggregates.hiding_shapes import (
    COMPLEMENT,
    HELD,
    NOBODY,
    SHOWN,
    SMALL,
    Counted,
    Flag,
    Note,
    Sent,
    Sides,
)
from backend.aggregates.hiding_views import View, margins, together
from backend.aggregates.hiding_worlds import Expression
from backend.tallies.disclosure import may_show, partners

Spot = tuple[str, str]
"""(unit, group of counts that hide together: '' the whole, otherwise what the whole is and the margin)"""


@dataclass(frozen=True)
class Secret:
    """A figure that must not come out: of which table, unit and count, its unknowns, and the group it is out of."""

    number: int
    unit: str
    name: str
    unknowns: Expression
    value: int
    heads: int | None
    k: int
    out_of: str = ""


@dataclass
class Choice:
    every: Sequence[View]
    names: frozenset[str]
    public: frozenset[str] | None = None
    """Counts everybody reads of the whole; None: the unit shows nothing in public."""
    hidden: set[Spot] = field(default_factory=set)
    small: set[Spot] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.views = together(self.every)
        self.view = self.views[-1]
        self.last = len(self.views) - 1
        self.laid = self.view.laid
        self.elements = [e for e in self.laid.elements if e.counts in self.names]
        self.k = max(e.k for e in self.elements)
        self.here = sorted(self.names & self.view.counts.keys())
        self.parts = list(self.laid.units[1:])

    @cached_property
    def book(self) -> Book:
        return Book(self.views, self.names)

    @cached_property
    def now(self) -> Admitted:
        return admitted(self.book, self.k)

    @cached_property
    def group(self) -> dict[str, str]:
        """What is counted -> the group it hides with."""
        found = dict.fromkeys(self.here, "")
        for (whole, margin), parts in margins(self.laid).items():
            found.update({name: f"{whole} / {margin}" for name in parts if name in found})
        return found

    # --- the choice -------------------------------------------------------------------------------------------------

    def decide(self) -> "Choice":
        """Hide what is small and its partners; then more, as long as a secret could come out."""
        if self._is_quiet:
            return self
        self.book.worlds.settle()
        self.small = {spot for spot in self._spots() if self._is_small(spot)}
        self._hide(self.small | self._hidden_before())
        near = self.book.worlds.reached_from(u for p, u in self.book.of.items() if p[0] == self.last)
        failing = self._failing(
            [one for one in self._secrets() if one.number == self.last or near.intersection(one.unknowns)]
        )
        failing = self._without_lost(failing)
        while failing:
            before = set(self.hidden)
            if not self._hide_more(failing):
                break
            fresh = [one for one in self._secrets() if self._is_fresh(one, before)]
            failing = self._without_lost(self._failing([*failing, *fresh]))
        return self

    def _without_lost(self, failing: list[Secret]) -> list[Secret]:
        """What public pages give away by themselves: nothing hidden here would bring it back."""
        if self.public is None or not failing:
            return failing
        chosen, self.hidden = self.hidden, set(self._spots())
        lost = self._failing(failing)
        self.hidden = chosen
        return [one for one in failing if one not in lost]

    def _is_fresh(self, secret: Secret, before: set[Spot]) -> bool:
        """A secret only now. The others keep the worlds found for them: to hide more excludes none."""
        if secret.number != self.last:
            return False
        groups = {self.group[name] for name in (secret.name, secret.out_of) if name}
        return not any((secret.unit, group) in before for group in groups)

    @cached_property
    def _is_quiet(self) -> bool:
        """Nobody at all: a table of a time when nothing happened, and no figure about anybody in particular."""
        numbers = [number for name in self.here for number in self.view.values[name].values()]
        was_told = any(self.now.numbers[name][unit] for name in self.here for unit in self.now.numbers[name])
        return not any(numbers) and not was_told

    def _spots(self) -> Iterator[Spot]:
        for group in sorted(set(self.group.values())):
            for unit in self.laid.units:
                yield unit, group

    def _of_group(self, spot: Spot) -> list[str]:
        numbers = self.now.numbers
        return [n for n in self.here if self.group[n] == spot[1] and spot[0] in numbers[n]]

    def _is_small(self, spot: Spot) -> bool:
        """A few did or a few did not, in one of the counts of the group; or beside another calendar's table."""
        numbers = self.now.numbers
        names = self._of_group(spot)
        if any(not may_show(numbers[n][spot[0]], self.view.heads(n, spot[0]), self.k) for n in names):
            return True
        shares = (
            (e.counts, e.out_of)
            for e in self.elements
            if e.out_of and e.counts in names and e.out_of in names
        )
        if any(not may_show(numbers[a][spot[0]], numbers[b][spot[0]], self.k) for a, b in shares):
            return True
        return any(self._tells_beside(spot[0], name) for name in names) or self._fills_up(spot)

    def _fills_up(self, spot: Spot) -> bool:
        """The women of one month and the men of another are different people: together they may be all but a few of the year."""
        unit, group = spot
        for (whole, margin), parts in margins(self.laid).items():
            heads = self.view.heads(whole, unit)
            if f"{whole} / {margin}" == group and heads is not None and whole in self.names:
                most = sum(self._most_of_a_year(unit, name) for name in parts)
                return self.view.counts[whole].additivity == "distinct" and heads - self.k < most <= heads
        return False

    def _most_of_a_year(self, unit: str, name: str) -> int:
        year = self.laid.last.year
        told = (v.numbers.get(name, {}).get(unit, 0) for v in self.every if v.laid.last.year == year)
        return max(self.now.numbers[name].get(unit, 0), *told, 0)

    def _tells_beside(self, unit: str, name: str) -> bool:
        """Periods of two calendars overlap with some days more and some less: a few may stand between the two counts."""
        for other in self.every[:-1]:
            if other.days != self.view.days and other.touches(self.view) and not self._nests(other):
                theirs = other.laid.top if unit == self.laid.top else unit
                number = other.shown.get(name, {}).get(theirs)
                if number is not None and 0 < abs(number - self.now.numbers[name][unit]) < self.k:
                    return True
        return False

    def _nests(self, other: View) -> bool:
        return other.lies_in(self.view) or self.view.lies_in(other)

    def _hidden_before(self) -> set[Spot]:
        """A place that was hidden stays hidden in every later revision of the period."""
        found = set()
        for name in self.here:
            before = self.book.before(self.last, name)
            for unit in self.laid.units:
                ground = self.book.ground(unit, before, self.view)
                if any(self._was_hidden(number, one, name) for number, one in ground.spots):
                    found.add((unit, self.group[name]))
        return found

    def _was_hidden(self, number: int, unit: str, name: str) -> bool:
        return unit in self.views[number].values[name] and unit not in self.views[number].shown[name]

    def _hide(self, spots: Iterable[Spot]) -> bool:
        """Each with its partner; where a whole is hidden so are its parts. Whether there was anything left to hide."""
        before = len(self.hidden)
        for unit, group in sorted(spots):
            units = self.laid.units if unit == self.laid.top else self._partners(unit)
            groups = set(self.group.values()) if group == "" else {group}
            self.hidden |= {(u, g) for u in units for g in groups if not self._is_known((u, g))}
        return len(self.hidden) > before

    def _partners(self, unit: str) -> tuple[str, ...]:
        return next((pair for pair in partners(self.parts) if unit in pair), (unit,))

    def _is_known(self, spot: Spot) -> bool:
        """Told already by others: to hide it would hide nothing and protect nobody."""
        places = [(self.last, spot[0], name) for name in self._of_group(spot)]
        return bool(places) and all(self.book.is_known(place) for place in places)

    def _hide_more(self, failing: list[Secret]) -> bool:
        """The unit most secrets would come out by; if such are hidden, the next unit; if all are, the whole."""
        found = Counter(spot for one in failing for spot in self._spots_of(one) if spot not in self.hidden)
        for spot, _ in sorted(found.items(), key=lambda item: (-item[1], self._place(item[0]))):
            if self._hide({spot}):
                return True
        groups = {self.group.get(one.name, "") for one in failing}
        more = [self._hide_next(group) for group in sorted(groups)]
        return any(more)

    def _place(self, spot: Spot) -> tuple[int, str]:
        return self.laid.units.index(spot[0]), spot[1]

    def _spots_of(self, failing: Secret) -> Iterator[Spot]:
        group, number = self.group.get(failing.name, ""), failing.number
        for mine in self.parts:
            there = self.book.ground(mine, (number,), self.view).spots
            here = self.book.ground(failing.unit, (self.last,), self.views[number]).spots
            if (number, failing.unit) in there or (self.last, mine) in here:
                yield mine, group

    def _hide_next(self, group: str) -> bool:
        for unit in self.parts:
            if (unit, group) not in self.hidden and self._hide({(unit, group)}):
                return True
        top = (self.laid.top, group)
        return top not in self.hidden and self._hide({top})

    # --- what could come out ------------------------------------------------------------------------------------------

    def _failing(self, secrets: Iterable[Secret]) -> list[Secret]:
        """Secrets for which no other world is found if the table is told as chosen."""
        mark = self.book.mark()
        for place in self._told_now():
            self.book.tell(place)
        self.book.worlds.settle()
        found = [one for one in secrets if not self._is_safe(one)]
        self.book.back(mark)
        return found

    def _told_now(self) -> list[Place]:
        return [p for p in self.book.of if p[0] == self.last and not self._hides(p[1], p[2])]

    def _hides(self, unit: str, name: str) -> bool:
        is_public = unit == self.laid.top and name in (self.public or ())
        return (unit, self.group[name]) in self.hidden and not is_public

    def _secrets(self) -> Iterator[Secret]:
        for (number, unit, name), unknowns in self.book.of.items():
            view = self.views[number]
            if self._is_secret(number, unit, name):
                value, k = view.values[name][unit], view.counts[name].k
                yield Secret(number, unit, name, unknowns, value, view.heads(name, unit), k)
        for (number, unit, name, out_of), unknowns in self.book.others.items():
            if self._is_secret(number, unit, name) or self._is_secret(number, unit, out_of):
                value = self.book.worlds.value[unknowns[0]]
                yield Secret(
                    number, unit, name, unknowns, value, None, self.views[number].counts[name].k, out_of
                )
        for rest in sorted(self.book.rests):
            yield Secret(self.last, "", self.here[0], (rest,), self.book.worlds.value[rest], None, self.k)

    def _is_secret(self, number: int, unit: str, name: str) -> bool:
        if number == self.last:
            return self._hides(unit, name)
        return unit not in self.views[number].shown[name]

    def _is_safe(self, one: Secret) -> bool:
        """A world in which it is many, one in which all but many are, and at any rate another one."""
        worlds, frozen = self.book.worlds, (self.book.rests - set(one.unknowns)) | self.book.apart
        moves = []
        if one.heads is None or one.heads >= one.k:
            if one.value < one.k:
                moves.append(one.k - one.value)
            if one.heads is not None and one.heads - one.k < one.value <= one.heads:
                moves.append(one.heads - one.k - one.value)
        if moves:
            return all(worlds.can_move(one.unknowns, by, frozen) for by in moves)
        return any(worlds.can_move(one.unknowns, by, frozen) for by in (1, -1))

    # --- the answer -----------------------------------------------------------------------------------------------------

    def sent(self, unit: str, element: Counted, sides: Sides) -> Sent:
        public = None if element.out_of else sides.denominator
        if sides.numerator is None:
            return Sent(None, public, sides.flag or NOBODY)
        if self._is_quiet:
            return Sent(None, public, NOBODY)
        if self._hides(unit, element.counts):
            return Sent(None, public, self._flag(unit, element.counts))
        numbers = self.now.numbers
        below = numbers[element.out_of].get(unit) if element.out_of else sides.denominator
        if not numbers[element.counts][unit] and not (element.out_of and below):
            return Sent(None, public, NOBODY)
        return Sent(numbers[element.counts][unit], below, HELD if self.now.is_held else SHOWN)

    def _flag(self, unit: str, name: str) -> Flag:
        return SMALL if {(unit, self.group[name]), (unit, "")} & self.small else COMPLEMENT

    def notes(self, element: Counted) -> list[Note]:
        flags = [self.sent(u, element, self.laid.cells[u][element.code]).flag for u in self.laid.units]
        found = [
            Note(element.code, flag, flags.count(flag)) for flag in (SMALL, COMPLEMENT, HELD) if flag in flags
        ]
        return found
