"""Comparing units fairly: a hamlet is only set beside hamlets of like size. Pure.

The first few of a band are named; the others are only counted, in no order, so that nobody is shown to be last. A unit
whose figure is hidden is counted among the others too. Product principle: leaders published, nobody shamed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

EDGES = (0, 100, 150, 200, 300, 500, 1000, 2000, 5000, 10_000)
"""Where bands may begin, in people; neighbours are joined until each has enough units to compare."""
FEWEST = 3
LEADERS = 3

Unit = TypeVar("Unit")


@dataclass(frozen=True)
class Compared(Generic[Unit]):
    """A unit with its frozen headcount and its rate; no rate where it is hidden or nobody took part."""

    unit: Unit
    headcount: int
    people: int | None
    rate: Decimal | None


@dataclass(frozen=True)
class Leader(Generic[Unit]):
    """Equal rates share a place."""

    place: int
    row: Compared[Unit]


@dataclass(frozen=True)
class Band(Generic[Unit]):
    """Units of `low` to `high` people (`high` None: and more)."""

    low: int
    high: int | None
    leaders: tuple[Leader[Unit], ...]
    others: int
    units: tuple[Unit, ...]


def bands(
    rows: Sequence[Compared[Unit]], edges: Sequence[int] = EDGES, fewest: int = FEWEST
) -> list[Band[Unit]]:
    """The bands from small to large, each with at least `fewest` units where there are so many."""
    spans = list(zip(edges, [*edges[1:], float("inf")], strict=True))
    groups = [[row for row in rows if low <= row.headcount < high] for low, high in spans]
    return [_band(low, high, group) for low, high, group in _joined(spans, groups, fewest)]


def _joined(
    spans: list[tuple[int, float]], groups: list[list[Compared[Unit]]], fewest: int
) -> list[tuple[int, int | None, list[Compared[Unit]]]]:
    """Neighbours joined from below until each is large enough; a rest that is too small joins the last."""
    found: list[tuple[int, int | None, list[Compared[Unit]]]] = []
    low, waiting = 0, list[Compared[Unit]]()
    for (start, end), group in zip(spans, groups, strict=True):
        if not waiting:
            low = start
        waiting += group
        if len(waiting) >= fewest:
            found.append((low, None if end == float("inf") else int(end) - 1, waiting))
            waiting = []
    if waiting and found:
        first, _, before = found.pop()
        found.append((first, None, before + waiting))
    elif waiting:
        found.append((low, None, waiting))
    return _open_ends(found)


def _open_ends(
    found: list[tuple[int, int | None, list[Compared[Unit]]]],
) -> list[tuple[int, int | None, list[Compared[Unit]]]]:
    """The lowest band begins at nobody, the highest has no end, and none leaves a gap to the next."""
    if not found:
        return []
    lows = [0] + [low for low, _, _ in found[1:]]
    ends: list[int | None] = [*(low - 1 for low in lows[1:]), None]
    return [(low, end, group) for low, end, (_, _, group) in zip(lows, ends, found, strict=True)]


def _band(low: int, high: int | None, group: list[Compared[Unit]]) -> Band[Unit]:
    shown = sorted((row for row in group if row.rate), key=lambda row: (-(row.rate or 0), -(row.people or 0)))
    places = [1 + sum((other.rate or 0) > (row.rate or 0) for other in shown) for row in shown]
    # Never more than half: whoever is left over in a small band would be last without being named. And where there is
    # nothing to compare with nobody leads.
    most = min(LEADERS, len(group) // 2) if len(group) >= FEWEST else 0
    first = [placed for placed in zip(places, shown, strict=True) if placed[0] <= most]
    leaders = tuple(Leader(place, row) for place, row in first)
    return Band(low, high, leaders, len(group) - len(leaders), tuple(row.unit for row in group))
