"""Calendars by their code: those every node has, and those of units."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Protocol, cast

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from backend.calendars import CALENDARS, Calendar, CalendarUnknown, Period, parse
from backend.calendars.shapes import Kind
from backend.db.statements import among
from backend.own_calendars.models import OwnCalendar, OwnPeriod
from backend.units.trees import LinesUp


class Dated(Protocol):
    """A stored row that names its calendar and the code of a period."""

    @property
    def calendar(self) -> str: ...
    @property
    def period(self) -> str: ...


def find(session: Session, code: str) -> Calendar:
    """Raises CalendarUnknown."""
    if code in CALENDARS:
        return CALENDARS[code]
    row = session.scalars(select(OwnCalendar).where(OwnCalendar.code == code[:40])).first()
    if row is None:
        raise CalendarUnknown(calendar=code)
    return built(session, [row])[0]


def period(session: Session, calendar: str, code: str) -> Period:
    """Raises CalendarUnknown, PeriodUnknown."""
    return parse(CALENDARS.get(calendar) or find(session, calendar), code)


def period_of(row: Dated) -> Period:
    """What a stored row is about; the row is still in its session."""
    if row.calendar in CALENDARS:
        return parse(row.calendar, row.period)
    session = object_session(row)
    if session is None:
        raise CalendarUnknown(calendar=row.calendar)
    return period(session, row.calendar, row.period)


def of_units(session: Session, units: Iterable[uuid.UUID]) -> list[tuple[OwnCalendar, Calendar]]:
    """What these units made, by title."""
    query = select(OwnCalendar).where(among(OwnCalendar.unit_id, units))
    rows = list(session.scalars(query.order_by(OwnCalendar.title, OwnCalendar.code)))
    return list(zip(rows, built(session, rows), strict=True))


def usable(session: Session, units: Iterable[uuid.UUID], day: date) -> list[Calendar]:
    """What these units may count by: the calendars every node has, then their own and those of units above them."""
    wanted = list(units)
    up = LinesUp(session, wanted)
    makers = {maker for unit in wanted for maker in up(unit, day)}
    return [*CALENDARS.values(), *(calendar for _, calendar in of_units(session, makers))]


def built(session: Session, rows: Iterable[OwnCalendar]) -> list[Calendar]:
    """As calendars, with their periods; one statement for all of them."""
    wanted = list(rows)
    held: dict[uuid.UUID, list[OwnPeriod]] = {row.id: [] for row in wanted}
    query = select(OwnPeriod).where(OwnPeriod.calendar_id.in_(list(held))).order_by(OwnPeriod.first)
    for one in session.scalars(query) if held else ():
        held[one.calendar_id].append(one)
    return [_built(row, held[row.id]) for row in wanted]


def _built(row: OwnCalendar, periods: Iterable[OwnPeriod]) -> Calendar:
    listed = tuple(Period(row.code, one.code, one.first, one.last, name=one.name) for one in periods)
    kind = cast(Kind, row.kind)
    return Calendar(row.code, row.title, kind, day=row.day, months_back=row.months_back, listed=listed)
