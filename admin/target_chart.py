"""Where the points of a target chart stand: horizons, the straight line between them where one was chosen, and the series.

Pure. `x` in per cent of the drawing, `y` in pixels from its top; the drawing stretches, its letters do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from admin.charts import PLOT, axis_top

TOP = 24
FOOT = TOP + PLOT
EDGE = 7
"""Per cent left free on both sides, so that the first and last label fit."""


@dataclass(frozen=True)
class Told:
    """A value to draw: on which day, which series ('target' for a horizon), and in words."""

    on: date
    value: Decimal
    kind: str
    label: str
    words: str


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    kind: str
    label: str
    words: str
    value: Decimal


@dataclass(frozen=True)
class Stretch:
    """A straight piece from one horizon to the next."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Chart:
    points: list[Point]
    stretches: list[Stretch]
    foot: int = FOOT

    @property
    def horizons(self) -> list[Point]:
        return [point for point in self.points if point.kind == "target"]


def drawn(told: Sequence[Told], linear: bool) -> Chart | None:
    """Nothing to draw: None."""
    if not told:
        return None
    first, last = min(one.on for one in told), max(one.on for one in told)
    days = max(1, (last - first).days)
    top = axis_top(float(max(one.value for one in told)) or 1)

    def place(one: Told) -> Point:
        x = EDGE + (100 - 2 * EDGE) * (one.on - first).days / days
        y = FOOT - PLOT * max(0.0, float(one.value)) / top
        return Point(round(x, 2), round(y, 1), one.kind, one.label, one.words, one.value)

    points = [place(one) for one in sorted(told, key=lambda one: (one.on, one.kind))]
    horizons = [point for point in points if point.kind == "target"]
    pieces = [Stretch(a.x, a.y, b.x, b.y) for a, b in pairwise(horizons)] if linear else []
    return Chart(points, pieces)
