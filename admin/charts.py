"""Charts as plain numbers: what is counted, how high a bar stands, which labels fit. Pure; templates draw the SVG."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.clock import VIETNAM, local_day

MOST_COLUMNS = 31
PLOT = 130
"""Pixels between the foot of the columns and their highest top."""

LEAST_TOP = 5
"""One paper alone is not drawn as high as a rush."""


@dataclass(frozen=True)
class Column:
    """`x` and `width` in per cent of the drawing, `height` in pixels. `tick`: its label is written under it."""

    label: str
    count: int
    x: float
    width: float
    height: float
    tick: bool


def per_day(moments: Iterable[datetime], first: date, last: date) -> list[tuple[date, int]]:
    """How many fell on each day, empty days included; of a long time the newest days."""
    counts = Counter(local_day(moment) for moment in moments)
    first = max(first, last - timedelta(days=MOST_COLUMNS - 1))
    return [(day, counts[day]) for day in _days(first, last)]


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def per_hour(moments: Iterable[datetime], day: date) -> list[tuple[int, int]]:
    """How many fell in each of the 24 hours of one day in Viet Nam."""
    local = (moment.astimezone(VIETNAM) for moment in moments)
    counts = Counter(moment.hour for moment in local if moment.date() == day)
    return [(hour, counts[hour]) for hour in range(24)]


def columns(rows: Sequence[tuple[str, int]], every: int = 1) -> list[Column]:
    """Lay rows out side by side, the highest one reaching the top; every n-th label is written, the last one always."""
    if not rows:
        return []
    top, slot = max(LEAST_TOP, *(count for _, count in rows)), 100 / len(rows)
    return [
        Column(
            label=label,
            count=count,
            x=round(index * slot + slot * 0.12, 3),
            width=round(slot * 0.76, 3),
            height=round(PLOT * count / top, 2),
            tick=(len(rows) - 1 - index) % every == 0,
        )
        for index, (label, count) in enumerate(rows)
    ]


def axis_top(highest: float) -> float:
    """The round number that a scale of bars ends at, at least `highest`: 15 for 14.6, 20 for 15.2."""
    step = 1.0
    while step < highest:
        for factor in (1.5, 2, 3, 5, 10):
            if step * factor >= highest:
                return step * factor
        step *= 10
    return step


def share(value: float | None, top: float) -> float:
    """The length of a bar in per cent of its scale, 0 for no figure."""
    return 0.0 if not value or not top else round(min(100.0, 100 * value / top), 2)
