"""Which units count in a unit's figures and on which days: as it was, and as it is now.

As it was: on each day what stood below it that day; a unit that had ended went on in the one it went into. As it is now:
today's structure laid over the whole period, with everything that ever went into the units of today, and with what ended
without going into any.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.calendars import Period
from backend.cards import canonical
from backend.units.lineage import Lineage, lineage
from backend.units.models import Unit, UnitLink

View = Literal["was", "now"]
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Stay:
    """A unit counts in `top` from one day to another, both included."""

    top: uuid.UUID
    unit: uuid.UUID
    first: date
    last: date


@dataclass(frozen=True)
class Link:
    unit: uuid.UUID
    parent: uuid.UUID
    since: date
    until: date | None
    ended: date | None = None
    """When the unit itself ended."""

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)

    def was_last(self, day: date) -> bool:
        """Where the unit stood when it ended, by that day."""
        return self.until is not None and self.until == self.ended and self.until <= day


def stays(
    session: Session, tops: Collection[uuid.UUID], period: Period, view: View, today: date
) -> list[Stay]:
    """Two statements, whatever stands below."""
    if view == "now":
        return laid(session, tops, period, today)
    links, known = _links(session, tops), lineage(session)
    found: list[Stay] = []
    for first, last in _stretches(period, links, known):
        for top in tops:
            units = _below(top, first, links, known, with_ended=False)
            found.extend(Stay(top, unit, first, last) for unit in units)
    return _joined(found)


def laid(session: Session, tops: Collection[uuid.UUID], period: Period, day: date) -> list[Stay]:
    """The structure of one day over the whole period. Units that were divided are left where they stood."""
    links, known = _links(session, tops), lineage(session)
    return sorted(
        Stay(top, unit, period.first, period.last)
        for top in tops
        for unit in _below(top, day, links, known, with_ended=True)
    )


def _links(session: Session, tops: Collection[uuid.UUID]) -> list[Link]:
    """Every link of every unit that ever stood below one of them."""
    walk = select(UnitLink.unit_id.label("id")).where(UnitLink.parent_id.in_(list(tops))).cte(recursive=True)
    walk = walk.union(select(UnitLink.unit_id).join(walk, UnitLink.parent_id == walk.c.id))
    rows = session.execute(
        select(UnitLink.unit_id, UnitLink.parent_id, UnitLink.valid_from, UnitLink.valid_to, Unit.valid_to)
        .join(Unit, Unit.id == UnitLink.unit_id)
        .where(UnitLink.unit_id.in_(select(walk.c.id)))
    )
    return [Link(*row) for row in rows]


def _stretches(period: Period, links: Iterable[Link], known: Lineage) -> Iterator[tuple[date, date]]:
    """The period, cut on every day on which anything changed."""
    turns = {link.since for link in links} | {link.until for link in links if link.until}
    turns |= {step.holds_from for step in known.steps}
    begins = [period.first, *sorted(day for day in turns if period.first < day <= period.last)]
    ends = [day - ONE_DAY for day in begins[1:]] + [period.last]
    return zip(begins, ends, strict=True)


def _below(
    top: uuid.UUID, day: date, links: Sequence[Link], known: Lineage, with_ended: bool
) -> set[uuid.UUID]:
    children: dict[uuid.UUID, list[uuid.UUID]] = {}
    for link in links:
        if link.holds(day) or (with_ended and link.was_last(day)):
            children.setdefault(link.parent, []).append(link.unit)
    for step in known.steps:
        if step.holds_from <= day:
            children.setdefault(step.target, []).append(step.source)
    return _reached(top, children)


def _reached(top: uuid.UUID, children: Mapping[uuid.UUID, Sequence[uuid.UUID]]) -> set[uuid.UUID]:
    found, wanted = {top}, [top]
    while wanted:
        for unit in children.get(wanted.pop(), ()):
            if unit not in found:
                found.add(unit)
                wanted.append(unit)
    return found


def _joined(found: Iterable[Stay]) -> list[Stay]:
    """Stretches that touch are one."""
    joined: list[Stay] = []
    for stay in sorted(found):
        last = joined[-1] if joined else None
        if last and (last.top, last.unit) == (stay.top, stay.unit) and last.last + ONE_DAY == stay.first:
            joined[-1] = Stay(stay.top, stay.unit, last.first, stay.last)
        else:
            joined.append(stay)
    return joined


def to_bytes(found: Iterable[Stay]) -> bytes:
    return canonical.to_bytes([[stay.top, stay.unit, stay.first, stay.last] for stay in sorted(found)])


def read(body: bytes) -> list[Stay]:
    return [
        Stay(uuid.UUID(top), uuid.UUID(unit), date.fromisoformat(first), date.fromisoformat(last))
        for top, unit, first, last in canonical.read(body)
    ]
