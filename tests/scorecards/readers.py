"""A reader of the console with pencil and paper: sees every page there is, knows the rule, and subtracts."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from backend.participation.periods import holding
from backend.scorecards.hiding import Sheet
from backend.scorecards.indicators import template

PEOPLE, PAPERS, PASSED = "contest_participation", "contest_papers", "contest_passed"
CODES = (PEOPLE, PAPERS, PASSED)
TOP = "top"


@dataclass
class Place:
    """What really happened: a tree of units, headcounts, and per unit and month who came and whose paper passed.

    What a unit with units below it has in `came` is its own: counted in its total and in none of the parts.
    """

    below: Mapping[str, Sequence[str]]
    heads: Mapping[str, int]
    came: Mapping[str, Mapping[str, int]]
    passed: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    codes: Sequence[str] = CODES

    @cached_property
    def units(self) -> list[str]:
        return [TOP, *(unit for units in self.below.values() for unit in units)]

    @cached_property
    def periods(self) -> dict[str, list[str]]:
        """Every period with a count, and the months in it."""
        found: dict[str, list[str]] = defaultdict(list)
        for month in sorted({m for months in self.came.values() for m, people in months.items() if people}):
            for period in holding(month):
                found[period].append(month)
        return dict(found)

    def inside(self, unit: str) -> list[str]:
        return [unit, *(u for child in self.below.get(unit, ()) for u in self.inside(child))]

    def number(self, code: str, unit: str, period: str) -> int:
        book = self.passed if code == PASSED else self.came
        return sum(book.get(u, {}).get(m, 0) for u in self.inside(unit) for m in self.periods.get(period, ()))

    def own(self, code: str, unit: str, period: str) -> int:
        """In the unit's total and in none of its parts."""
        parts = sum(self.number(code, child, period) for child in self.below[unit])
        return self.number(code, unit, period) - parts

    def of(self, code: str, unit: str, period: str) -> int | None:
        if code == PEOPLE:
            return self.heads.get(unit)
        return self.number(PAPERS, unit, period) if code == PASSED else None

    def sheet(self, k: int) -> Sheet:
        counts = {
            (code, name(unit), period): (number, self.of(code, unit, period))
            for code in self.codes
            for unit in self.units
            for period in self.periods
            if (number := self.number(code, unit, period))  # nothing is written where nothing happened
        }
        below = {name(unit): {name(child): "unit" for child in units} for unit, units in self.below.items()}
        heads = {name(unit): people for unit, people in self.heads.items()}
        return Sheet([template()[c] for c in self.codes], name(TOP), below, heads, counts, k)

    def shown(self, k: int, periods: Iterable[str] = ()) -> dict[tuple[str, str, str], int]:
        """(indicator, unit, period) -> the number a page gives."""
        sheet, ids, found = self.sheet(k), {name(unit): unit for unit in self.units}, {}
        for code in self.codes:
            for period in periods or self.periods:
                hidden = sheet.hidden(template()[code], ids, period)
                shown = (unit for unit_id, unit in ids.items() if unit_id not in hidden)
                found.update({(code, unit, period): self.number(code, unit, period) for unit in shown})
        return found


def name(unit: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, unit)


# --- what subtraction gives ------------------------------------------------------------------------------------

Thing = tuple[str, str, str]
"""(what is counted, of whom, in which period); 'own unit' is what stands in a total and in none of its parts"""
Equation = tuple[list[Thing], Thing]
"""Things that add up to a thing"""
Range = tuple[float, float]


def ranges(place: Place, k: int, knows_own: bool = False) -> dict[Thing, Range]:
    """Between which numbers each thing must lie, by all that is shown, headcounts, and how things add up."""
    found: dict[Thing, Range] = defaultdict(lambda: (0, float("inf")))
    for unit, people in place.heads.items():
        found.update({("came", unit, p): (0, people) for p in place.periods})
    for (code, unit, period), number in place.shown(k).items():
        found[_thing(code), unit, period] = (number, number)
        if code == PASSED:
            papers = place.number(PAPERS, unit, period)  # the denominator next to it
            found["came", unit, period] = (papers, papers)
    if knows_own:
        for code in place.codes:
            for unit in place.below:
                for period in place.periods:
                    own = place.own(code, unit, period)
                    found[_thing(code), f"own {unit}", period] = (own, own)
    return narrowed(found, equations(place))


def _thing(code: str) -> str:
    """One paper a person: papers are people."""
    return "passed" if code == PASSED else "came"


def equations(place: Place) -> list[Equation]:
    things, found = ("came", "passed", "failed") if PASSED in place.codes else ("came",), []
    owns = [f"own {unit}" for unit in place.below]
    for thing in things:
        for period, months in place.periods.items():
            for unit, parts in place.below.items():
                found.append(([(thing, u, period) for u in (*parts, f"own {unit}")], (thing, unit, period)))
            if period != months[0]:
                for unit in (*place.units, *owns):
                    found.append(([(thing, unit, m) for m in months], (thing, unit, period)))
    if PASSED in place.codes:
        for unit in (*place.units, *owns):
            for p in place.periods:
                found.append(([("passed", unit, p), ("failed", unit, p)], ("came", unit, p)))
    return found


def narrowed(found: dict[Thing, Range], sums: Sequence[Equation]) -> dict[Thing, Range]:
    """Narrow every range by every equation until nothing moves."""
    moves = True
    while moves:
        moves = False
        for parts, whole in sums:
            low, high = sum(found[p][0] for p in parts), sum(found[p][1] for p in parts)
            moves |= _narrow(found, whole, low, high)
            for part in parts:
                others_low = sum(found[p][0] for p in parts if p != part)
                others_high = sum(found[p][1] for p in parts if p != part)
                moves |= _narrow(found, part, found[whole][0] - others_high, found[whole][1] - others_low)
    return found


def _narrow(found: dict[Thing, Range], thing: Thing, low: float, high: float) -> bool:
    before = found[thing]
    found[thing] = (max(before[0], low), min(before[1], high))
    return found[thing] != before
