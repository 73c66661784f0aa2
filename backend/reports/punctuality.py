"""Completeness and timeliness as a sheet: who had to send what for which period, what came, and what came in time. Pure.

Only what has fallen due counts. A unit that owed nothing for a period has an empty place there, which is not a zero.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from backend.calendars import Period
from backend.reports.due import Expected, Punctuality, punctuality

Unit = TypeVar("Unit")


@dataclass(frozen=True)
class Sheet(Generic[Unit]):
    """`cells`: only where something was due. The sums are of what was due, never means of percentages."""

    units: list[Unit]
    periods: list[Period]
    cells: Mapping[tuple[Unit, Period], Punctuality]
    by_unit: Mapping[Unit, Punctuality]
    by_period: Mapping[Period, Punctuality]
    whole: Punctuality


def sheet(rows: Iterable[tuple[Unit, Period, Expected]], today: date) -> Sheet[Unit]:
    """Units in the order they come; periods by their days."""
    due = [(unit, period, one) for unit, period, one in rows if one.due is not None and one.due <= today]
    cells: dict[tuple[Unit, Period], list[Expected]] = {}
    for unit, period, one in due:
        cells.setdefault((unit, period), []).append(one)
    units = list(dict.fromkeys(unit for unit, _, _ in due))
    periods = sorted({period for _, period, _ in due}, key=lambda one: (one.last, one.first, one.calendar))
    return Sheet(
        units,
        periods,
        {place: punctuality(held) for place, held in cells.items()},
        {unit: punctuality(one for of, _, one in due if of == unit) for unit in units},
        {period: punctuality(one for _, of, one in due if of == period) for period in periods},
        punctuality(one for _, _, one in due),
    )
