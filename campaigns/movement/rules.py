"""Rules of movements that need no database: who is like whom, who leads, what is met, what has changed. Plain values.

Leaders are published and nobody is shamed: of a group at most three, never more than half, the others only as a number.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from backend.units.likeness import FEWEST, Compared, bands

DIFFICULT = frozenset({"remote", "border", "hard"})
"""Tags that make a unit unlike one of its size."""
Way = Literal["up", "down", "same", "unknown"]


@dataclass(frozen=True)
class Like:
    """What is known of a unit before its figures: people there (adults actually present where all were counted), tags."""

    unit: uuid.UUID
    people: int
    tags: frozenset[str] = frozenset()

    @property
    def is_difficult(self) -> bool:
        return bool(self.tags & DIFFICULT)


@dataclass(frozen=True)
class Group:
    """Units that may be set side by side: of `low` to `high` people (None: and more), in difficult places or elsewhere.

    `difficult` None: not parted, as there are no difficult places among them or too few of one sort. False: the others,
    where difficult places stand apart.
    """

    low: int
    high: int | None
    difficult: bool | None
    units: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class Placed:
    unit: uuid.UUID
    place: int
    value: Decimal


@dataclass(frozen=True)
class Compare:
    """A group by one criterion: the first few, and how many others."""

    group: Group
    leaders: tuple[Placed, ...]
    others: int


@dataclass(frozen=True)
class Change:
    way: Way
    by: Decimal | None = None


@dataclass(frozen=True)
class Asked:
    """A criterion as the rules look at it."""

    code: str
    source: str


@dataclass(frozen=True)
class Said:
    """A mark: met, not met, or nothing that can be said."""

    met: bool | None


@dataclass(frozen=True)
class Standing:
    """Criteria that are met, not met yet, and of which nothing can be said. No sum and no score."""

    met: tuple[str, ...]
    open: tuple[str, ...]
    unsaid: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        return bool(self.met) and not self.open and not self.unsaid


def groups(units: Sequence[Like]) -> list[Group]:
    """Every unit in one group: difficult places apart where both sorts are enough, then by size, never fewer than three.

    Where there are fewer than three units in all there is one group, and nobody leads in it.
    """
    hard = [one for one in units if one.is_difficult]
    plain = [one for one in units if not one.is_difficult]
    if len(hard) >= FEWEST and len(plain) >= FEWEST:
        return [*_by_size(plain, False), *_by_size(hard, True)]
    return _by_size(units, True if hard and not plain else None)


def _by_size(units: Sequence[Like], difficult: bool | None) -> list[Group]:
    rows = [
        Compared(one.unit, one.people, None, None)
        for one in sorted(units, key=lambda one: (one.people, one.unit.bytes))
    ]
    return [Group(band.low, band.high, difficult, band.units) for band in bands(rows)]  # fmt: skip


def compare(group: Group, values: Mapping[uuid.UUID, Decimal | None]) -> Compare:
    """The first of a group by one criterion. A unit without a value is one of the others, like everybody behind."""
    rows = [Compared(unit, 0, None, values.get(unit)) for unit in group.units]
    if not rows:
        return Compare(group, (), 0)
    (band,) = bands(rows)
    found = [Placed(one.row.unit, one.place, one.row.rate or Decimal(0)) for one in band.leaders]
    # Where many share a place all of them would be more than half, and the rest be shown to be behind.
    while len(found) > len(rows) // 2:
        found = [one for one in found if one.place < found[-1].place]
    return Compare(group, tuple(found), len(rows) - len(found))


def against_past(now: Decimal | None, before: Decimal | None) -> Change:
    """With the own past. What is not known is not zero."""
    if now is None or before is None:
        return Change("unknown")
    by = now - before
    return Change("up" if by > 0 else "down" if by < 0 else "same", abs(by))


def is_met(value: Decimal | None, promised: Decimal | None, target: Decimal | None) -> bool | None:
    """Against what the entrant set itself, else against the level proposed to all; None where nothing can be said."""
    wanted = promised if promised is not None else target
    return None if value is None or wanted is None else value >= wanted


def standing(criteria: Iterable[Asked], marks: Mapping[tuple[str, str], Said]) -> Standing:
    """(criterion, source) -> mark. Only the criterion's own source decides: what the others say is shown beside it."""
    met, still, unsaid = list[str](), list[str](), list[str]()
    for one in criteria:
        said = marks.get((one.code, one.source))
        if said is None or said.met is None:
            unsaid.append(one.code)
        else:
            (met if said.met else still).append(one.code)
    return Standing(tuple(met), tuple(still), tuple(unsaid))


def is_too_low(target: Decimal | None, least: float | None) -> bool:
    return target is not None and least is not None and target < Decimal(str(least))


def rounded(value: Decimal | None) -> Decimal | None:
    """A figure as it is published: no digits behind the comma, so that two of them tell nothing of one person."""
    return None if value is None else value.quantize(Decimal(1), rounding=ROUND_HALF_UP)


ALL = {
    None: {"vi": "Tất cả đơn vị tham gia", "en": "All units taking part"},
    True: {"vi": "Các đơn vị ở nơi khó khăn", "en": "Units in difficult places"},
    False: {"vi": "Các đơn vị ở những nơi còn lại", "en": "Units in other places"},
}
PLACES = {
    None: {"vi": "", "en": ""},
    True: {"vi": ", nơi khó khăn", "en": ", difficult places"},
    False: {"vi": ", những nơi còn lại", "en": ", other places"},
}


def group_words(group: Group) -> dict[str, str]:
    """What a group is called, in both languages: it is published."""
    if group.high is None and not group.low:
        return ALL[group.difficult]
    return {language: size + PLACES[group.difficult][language] for language, size in _size(group).items()}


def _size(group: Group) -> dict[str, str]:
    low, high = group.low, group.high
    if high is None:
        return {"vi": f"Từ {low} người trở lên", "en": f"{low} people and more"}
    if not low:
        return {"vi": f"Dưới {high + 1} người", "en": f"Under {high + 1} people"}
    return {"vi": f"Từ {low} đến {high} người", "en": f"{low} to {high} people"}
