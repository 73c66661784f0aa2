"""Charts as plain numbers: what is counted, how high a bar stands, which labels fit. Pure; templates draw the SVG."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

PLOT = 130
"""Pixels between the foot of the columns and their highest top."""

LEAST_TOP = 5
"""One paper alone is not drawn as high as a rush."""

MOST_SAID = 31
"""Above more columns than these their numbers would run into each other: only the highest is written."""

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Column:
    """`x` and `width` in per cent of the drawing, `height` in pixels. `tick`, `said`: label and number are written.

    No `value`: it is not shown, and nothing is drawn in its place but a sign that says so. `full`, `words`: label and
    value as they are read out.
    """

    label: str
    value: float | None
    x: float
    width: float
    height: float
    tick: bool
    said: bool
    full: str = ""
    words: str = ""


@dataclass(frozen=True)
class Told:
    """A value of a chart that is more than a count: its short and its full label, and the value in words."""

    label: str
    full: str
    value: float | None
    words: str


def told(rows: Sequence[Told]) -> list[Column]:
    """As `columns`, every label written."""
    drawn = columns([(row.label, row.value) for row in rows])
    return [replace(column, full=row.full, words=row.words) for column, row in zip(drawn, rows, strict=True)]


def stretches(
    counts: Iterable[tuple[datetime, int]], last: datetime, every: timedelta, how_many: int
) -> list[tuple[datetime, int]]:
    """The `how_many` stretches of time up to the one that begins at `last`, those with nothing in them included."""
    found = dict(counts)
    times = [last - every * back for back in range(how_many - 1, -1, -1)]
    return [(time, found.get(time, 0)) for time in times]


def columns(rows: Sequence[tuple[str, float | None]], every: int = 1) -> list[Column]:
    """Lay rows out side by side, the highest one reaching the top; every n-th label is written, the last one always."""
    values = [value or 0 for _, value in rows]
    top, slot = max([LEAST_TOP, *values]), 100 / max(1, len(rows))
    return [
        Column(
            label=label,
            value=value,
            x=round(at * slot + slot * 0.12, 3),
            width=round(slot * 0.76, 3),
            height=round(PLOT * (value or 0) / top, 2),
            tick=(len(rows) - 1 - at) % every == 0,
            said=len(rows) <= MOST_SAID or at == values.index(max(values)),
        )
        for at, (label, value) in enumerate(rows)
    ]


def every_nth(columns_shown: int, labels: int = 5) -> int:
    """Which labels to write so that about so many stand under the chart."""
    return max(1, -(-columns_shown // labels))


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
