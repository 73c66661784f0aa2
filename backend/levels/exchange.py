"""A level's figures for DHIS2: of each unit below what it told, of the level itself the sums that are exact.

The data element is `<template>.<element>`, as where a unit gives out its own card; units are official codes. A sum of which only
the ends are known is no value: it is left out and told, like a figure that was kept back. So is a unit's figure that is such a sum.
"""

from collections.abc import Iterable
from datetime import datetime

from backend.levels.overview import BELOW, Line, Overview
from backend.levels.shapes import Figure, Told
from backend.levels.totals import Total
from backend.levels.views import elements_of, sums_of
from backend.targets import dhis2
from backend.units.queries import NamedUnit


def rows_out(level: NamedUnit, found: Overview, *, only_accepted: bool = True) -> list[dhis2.Row]:
    """The level first, then the units in the order of names. `only_accepted`: what the level has not accepted stays here."""
    told = [
        (line, line.agreed or line.sheet.told)
        for line in found.lines
        if line.sheet and (line.sealed or not only_accepted)
    ]
    units = (row for line, one in told for row in _unit(line, one, found))
    return [*_sums(level, found, only_accepted), *units]


def _sums(level: NamedUnit, found: Overview, only_accepted: bool) -> Iterable[dhis2.Row]:
    at = max((line.sheet.told.received_at for line in found.lines if line.sheet), default=None)
    for one in sums_of(found, only_accepted=only_accepted):
        yield _sum(level, found, one, at)


def _sum(level: NamedUnit, found: Overview, one: Total, at: datetime | None) -> dhis2.Row:
    code = f"{found.about.template}.{one.element.code}"
    exact = one.above.is_exact and (one.whole is None or one.whole.is_exact) and not one.above.is_estimated
    value = one.rate.least if one.rate else one.above.least if one.whole is None else None
    if not exact or value is None or not one.told:
        return dhis2.Row(
            code, level.code, found.about.period, None, at=at, series="measured",
            absent="hidden" if any(reason == "hidden" for reason, _ in one.above.why) else "",
        )  # fmt: skip
    return dhis2.Row(
        code, level.code, found.about.period, value, one.above.least,
        one.whole.least if one.whole else None, f"{one.told}/{one.units}", at, "measured",
    )  # fmt: skip


def _unit(line: Line, told: Told, found: Overview) -> Iterable[dhis2.Row]:
    for element in elements_of(found):
        one = line.cells.get(element.code, Figure(flag="N"))
        if element.additivity == "at_most" and line.unit.kind in BELOW:
            one = Figure(flag="X")  # a sum over nodes: only the most there can be
        yield dhis2.Row(
            f"{found.about.template}.{element.code}", line.unit.code, found.about.period, one.value, one.numerator,
            one.denominator if element.factor is not None else None, f"{told.rules}, {told.revision}",
            told.received_at, "measured", "hidden" if one.is_hidden else "",
        )  # fmt: skip
