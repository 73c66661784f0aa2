"""Making a calendar of a unit's own, and adding to one."""

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Calendar, own
from backend.db.statements import insert_into
from backend.own_calendars.errors import BeforeTheLast, CalendarTaken, NoList, TitleMissing
from backend.own_calendars.models import OwnCalendar, OwnPeriod
from backend.own_calendars.reading import built
from backend.safeguards.audit import Actor, note
from backend.units.models import Unit
from backend.units.words import fold

LONGEST_TITLE = 120


@dataclass(frozen=True)
class Asked:
    """A calendar as it was typed. `rows`: code, name, first and last day of each period, where it is a list."""

    title: str
    kind: str
    day: int = 1
    months_back: int = 0
    rows: tuple[Mapping[str, str], ...] = ()
    has_gaps: bool = False


def make(session: Session, unit: uuid.UUID, asked: Asked, by: Actor) -> Calendar:
    """Raises TitleMissing, CalendarTaken, CalendarWrong."""
    unit_code = session.scalars(select(Unit.code).where(Unit.id == unit)).one()
    code = code_for(unit_code, asked.title)
    told = own(
        {
            "code": code, "title": asked.title, "kind": asked.kind, "day": asked.day, "months_back": asked.months_back,
            "periods": asked.rows, "has_gaps": asked.has_gaps,
        }
    )  # fmt: skip
    row = {
        "unit_id": unit, "code": code, "title": asked.title[:LONGEST_TITLE], "kind": asked.kind, "day": asked.day,
        "months_back": asked.months_back, "has_gaps": asked.has_gaps, "made_by": by.id, "made_at": clock.now(),
    }  # fmt: skip
    made = insert_into(session, OwnCalendar).values(row).on_conflict_do_nothing(index_elements=["code"])
    found = session.scalars(made.returning(OwnCalendar.id)).first()
    if found is None:
        raise CalendarTaken(code=code)
    keep_periods(session, found, told)
    note(session, by, "calendar.make", "own_calendar", found, unit=unit, reason=code)
    return told


def code_for(unit_code: str, title: str) -> str:
    """'05917-hoi-thi-cap-xa': the unit's code, so that no two units can mean different calendars by one word.

    Raises TitleMissing.
    """
    words = "-".join(re.findall(r"[a-z0-9]+", fold(title)))
    if not re.search(r"[a-z]", words):
        raise TitleMissing
    return f"{unit_code}-{words}"[:40].rstrip("-")


def add_periods(
    session: Session, calendar: uuid.UUID, rows: Iterable[Mapping[str, str]], by: Actor
) -> Calendar:
    """Further periods behind the last one; those that are there stay as they are. Raises NoList, BeforeTheLast, CalendarWrong."""
    held = session.scalars(select(OwnCalendar).where(OwnCalendar.id == calendar).with_for_update()).one()
    before = built(session, [held])[0]
    if before.kind != "listed":
        raise NoList
    last = before.listed[-1].last
    kept = [
        {"code": one.code, "name": one.name, "first": one.first, "last": one.last} for one in before.listed
    ]
    told = own(
        {"code": held.code, "title": held.title, "kind": held.kind, "periods": [*kept, *rows], "has_gaps": held.has_gaps}
    )  # fmt: skip
    known = {one.code for one in before.listed}
    if any(one.first <= last for one in told.listed if one.code not in known):
        raise BeforeTheLast(last=_dmy(last))
    keep_periods(session, held.id, told, known)
    note(session, by, "calendar.extend", "own_calendar", held.id, unit=held.unit_id, reason=held.code)
    return told


def keep_periods(session: Session, calendar: uuid.UUID, told: Calendar, known: Iterable[str] = ()) -> None:
    """Those of its periods that are not `known` by their code."""
    there = set(known)
    session.add_all(
        OwnPeriod(
            calendar_id=calendar, code=one.code, name=one.name, first=one.first, last=one.last,
            made_at=clock.now(),
        )
        for one in told.listed
        if one.code not in there
    )  # fmt: skip
    session.flush()  # whoever reads the calendar next finds its periods


def _dmy(day: date) -> str:
    return f"{day:%d/%m/%Y}"
