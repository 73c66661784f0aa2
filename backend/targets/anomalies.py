"""What in a plan's own numbers contradicts itself or is odd. Pure: found anew each time, never stored, nothing corrected.

Every rule looks at the targets as they are written; the person who reads the plan decides what they mean.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal

from backend.targets.csv_file import Cell, by_code

Kind = Literal[
    "lower_later",
    "two_values",
    "basis_change",
    "range",
    "ends_early",
    "jump",
    "denominator_switch",
    "part_over_whole",
    "below_floor",
    "two_denominators",
    "marked",
]
JUMP_TIMES, JUMP_POINTS = 3, 20
"""A rate is said to jump when it at least trebles and gains at least so many points from one horizon to the next. Counts
do not: three incubators after one are no contradiction."""
IN_BRACKETS = re.compile(r"\([^)]*\)")
NUMBERS = re.compile(r"[≥≤><=]\s*(\d+(?:[.,]\d+)?)")
"""What a cell states is what stands behind a sign: the 5 of 5G is no target."""


@dataclass(frozen=True)
class Anomaly:
    """`values` fill the sentence of its kind."""

    kind: Kind
    code: str
    year: int
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Relations:
    """What belongs together, as data. `parts`: part -> whole. `twins`: nearly the same over two denominators.
    `floors`: (code, year) -> (the least a set above asks for, that set's name)."""

    parts: Mapping[str, str] = field(default_factory=dict)
    twins: Sequence[tuple[str, str]] = ()
    floors: Mapping[tuple[str, int], tuple[Decimal, str]] = field(default_factory=dict)


def find(cells: Iterable[Cell], relations: Relations | None = None) -> list[Anomaly]:
    """Of one set, by indicator in the order of the file, then by year."""
    lines = dict(by_code(cells))
    last = max((c.horizon_year for own in lines.values() for c in own if c.value is not None), default=0)
    found = [one for code, own in lines.items() for one in _of_line(code, own, last)]
    found += _related(lines, relations or Relations())
    return [*found, *_only_marked(lines, found)]


def _of_line(code: str, cells: Sequence[Cell], last: int) -> Iterator[Anomaly]:
    cells = sorted(cells, key=lambda cell: cell.horizon_year)
    for rule in (_lower_later, _two_values, _basis_change, _jump):
        yield from (Anomaly(kind, code, year, values) for kind, year, values in rule(cells))
    for cell in cells:
        if cell.comparator == "range":
            yield Anomaly("range", code, cell.horizon_year, {"low": cell.value, "high": cell.value_max})
        if cell.denominator:
            yield Anomaly("denominator_switch", code, cell.horizon_year, {"denominator": cell.denominator})
    counted = [cell for cell in cells if cell.value is not None]
    if counted and counted[-1].horizon_year < last:
        yield Anomaly("ends_early", code, counted[-1].horizon_year, {"last": last})


Found = Iterator[tuple[Kind, int, dict[str, Any]]]


def said(cell: Cell) -> list[Decimal]:
    """Every number the plan states in this cell: one that is written only in words beside the value counts too."""
    if cell.value is None:
        return []
    written = NUMBERS.findall(IN_BRACKETS.sub("", cell.as_written))
    numbers = {Decimal(one.replace(",", ".")) for one in written} | {cell.value}
    return sorted(numbers | ({cell.value_max} if cell.value_max is not None else set()))


def _lower_later(cells: Sequence[Cell]) -> Found:
    """Less is asked than at the horizon before, by the highest number that stood there. A new basis excuses nothing."""
    by_year = _by_year(cells)
    for (before, old), (year, new) in pairwise(by_year.items()):
        if old and new and max(new) < max(old):
            yield "lower_later", year, {"before": before, "old": max(old), "new": max(new)}


def _by_year(cells: Sequence[Cell]) -> dict[int, list[Decimal]]:
    found: dict[int, list[Decimal]] = {}
    for cell in cells:
        found.setdefault(cell.horizon_year, []).extend(said(cell))
    return {year: numbers for year, numbers in found.items() if numbers}


def _two_values(cells: Sequence[Cell]) -> Found:
    """Two different numbers for one horizon, in one cell or in two rows; a range is not that."""
    for year in dict.fromkeys(cell.horizon_year for cell in cells):
        plain = [cell for cell in cells if cell.horizon_year == year and cell.comparator != "range"]
        numbers = sorted({number for cell in plain for number in said(cell)})
        if len(numbers) > 1:
            yield "two_values", year, {"numbers": numbers}


def _basis_change(cells: Sequence[Cell]) -> Found:
    for before, after in pairwise(cells):
        if before.basis != after.basis:
            values = {"old": before.basis, "new": after.basis, "before": before.horizon_year}
            yield "basis_change", after.horizon_year, values


def _jump(cells: Sequence[Cell]) -> Found:
    for before, after in pairwise(cells):
        old, new = before.value, after.value
        is_rate = after.unit.startswith("%") and before.basis == after.basis
        if is_rate and old and new and new >= old * JUMP_TIMES and new - old >= JUMP_POINTS:
            yield "jump", after.horizon_year, {"before": before.horizon_year, "old": old, "new": new}


# --- between indicators -------------------------------------------------------------------------------------------


def _related(lines: Mapping[str, Sequence[Cell]], relations: Relations) -> Iterator[Anomaly]:
    for part, whole in relations.parts.items():
        yield from _parts_over(part, whole, lines)
    for one, other in relations.twins:
        yield from _twins(one, other, lines)
    for (code, year), (floor, source) in relations.floors.items():
        for cell in lines.get(code, ()):
            if cell.horizon_year == year and cell.value is not None and cell.value < floor:
                yield Anomaly(
                    "below_floor", code, year, {"floor": floor, "source": source, "value": cell.value}
                )


def _parts_over(part: str, whole: str, lines: Mapping[str, Sequence[Cell]]) -> Iterator[Anomaly]:
    """More is to be finished than is to be begun."""
    known = {cell.horizon_year: cell.value for cell in lines.get(whole, ()) if cell.value is not None}
    for cell in lines.get(part, ()):
        of = known.get(cell.horizon_year)
        if of is not None and cell.value is not None and cell.value > of:
            values = {"value": cell.value, "whole": whole, "of": of}
            yield Anomaly("part_over_whole", part, cell.horizon_year, values)


def _twins(one: str, other: str, lines: Mapping[str, Sequence[Cell]]) -> Iterator[Anomaly]:
    """Nearly the same thing over two denominators: told once, at the first horizon both have."""
    here = {cell.horizon_year: cell.unit for cell in lines.get(one, ())}
    both = [cell for cell in lines.get(other, ()) if here.get(cell.horizon_year, cell.unit) != cell.unit]
    for cell in both[:1]:
        values = {"other": other, "unit": here[cell.horizon_year], "other_unit": cell.unit}
        yield Anomaly("two_denominators", one, cell.horizon_year, values)


def _only_marked(lines: Mapping[str, Sequence[Cell]], found: Sequence[Anomaly]) -> Iterator[Anomaly]:
    """What whoever typed the plan off marked as odd, where no rule of ours says why."""
    told = {(one.code, one.year) for one in found}
    for code, cells in lines.items():
        for cell in cells:
            if cell.source_anomaly and (code, cell.horizon_year) not in told:
                yield Anomaly("marked", code, cell.horizon_year, {"as_written": cell.as_written})
