"""What a team has on paper: the logbook, a part at a time, and the month's form, counted by the database."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, func, literal, select, union_all
from sqlalchemy.orm import Session

from backend import clock
from backend.db.paging import Part, asked, beyond, moment, part
from campaigns.visit.lines import visit_lines
from campaigns.visit.models import GroupSession, SessionService, Visit
from campaigns.visit.places import Names
from campaigns.visit.promised import still_due
from campaigns.visit.supervision import Stages, between, checked_in, spoken, stages

PART = 200


@dataclass(frozen=True)
class LogLine:
    """A line of the paper logbook: a visit or a session. `people`: whom somebody sat with at a session."""

    day: date
    what: str
    place: str
    hamlet_name: str
    code: str | None
    services: dict[str, Any]
    people: int | None
    note: str | None


@dataclass(frozen=True)
class Month:
    """What the monthly form asks of a team, between two days."""

    visits: int
    households: int
    sessions: int
    assisted: int
    declared: int
    check_in_days: int
    follow_ups_kept: int
    follow_ups_due: int
    stages: Stages
    languages: dict[str, int]


# --- the logbook --------------------------------------------------------------------------------------------------


def logbook(
    session: Session, team: uuid.UUID, first: date, last: date, *, after: str = "", most: int = PART
) -> Part[LogLine]:
    """The team's paper logbook: visits and sessions in the order in which they were."""
    both = _both(team, first, last).subquery()
    by = (both.c.day, both.c.happened_at, both.c.id)
    key = asked(after, date.fromisoformat, moment, uuid.UUID)
    query = select(*by).where(*beyond(by, key)).order_by(*by).limit(most + 1)
    found = part(session.execute(query).all(), most, tuple)
    ids = [row.id for row in found.rows]
    lines = _visits(session, ids) | _sessions(session, ids)
    return Part([lines[one] for one in ids], found.after)


def _both(team: uuid.UUID, first: date, last: date) -> CompoundSelect[Any]:
    return union_all(
        *(
            select(table.day, table.happened_at, table.id).where(
                *between(table, None, first, last, None, team)
            )
            for table in (Visit, GroupSession)
        )
    )


def _visits(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, LogLine]:
    return {
        v.id: LogLine(v.day, "visit", v.place, v.hamlet_name, v.code, dict(v.services), None, v.note)
        for v in visit_lines(session, Visit.id.in_(ids))
    }


def _sessions(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, LogLine]:
    rows = session.scalars(select(GroupSession).where(GroupSession.id.in_(ids))).all()
    names, people = Names(session, {row.unit_id for row in rows}, clock.today()), _people(session, ids)
    return {
        r.id: LogLine(
            r.day, "session", r.place, names[r.unit_id], None, people.get(r.id, {}), r.assisted, r.note
        )
        for r in rows
    }


def _people(session: Session, sessions: Collection[uuid.UUID]) -> dict[uuid.UUID, Stages]:
    found: dict[uuid.UUID, Stages] = {}
    for row in session.scalars(select(SessionService).where(SessionService.session_id.in_(sessions))):
        found.setdefault(row.session_id, {}).setdefault(row.service, {})[row.outcome] = row.people
    return found


# --- the month ----------------------------------------------------------------------------------------------------


def month(session: Session, team: uuid.UUID, first: date, last: date) -> Month:
    """A team's figures between two days, whatever campaign they were for."""
    visits, households, kept = session.execute(
        select(
            func.count(), func.count(Visit.household_id.distinct()), func.count(Visit.follow_up_of.distinct())
        ).where(Visit.met == "adult", *between(Visit, None, first, last, None, team))
    ).one()
    nobody = literal(0)
    sessions, assisted, declared = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(GroupSession.assisted), nobody),
            func.coalesce(func.sum(GroupSession.declared), nobody),
        ).where(*between(GroupSession, None, first, last, None, team))
    ).one()
    languages: dict[str, int] = {}
    for _, _, language, count in session.execute(spoken(None, first, last, team)):
        languages[language] = languages.get(language, 0) + int(count)
    return Month(
        visits=visits,
        households=households,
        sessions=sessions,
        assisted=int(assisted),
        declared=int(declared),
        check_in_days=len(session.execute(checked_in(None, first, last, team)).all()),
        follow_ups_kept=kept,
        follow_ups_due=still_due(session, team, last),
        stages=stages(session, None, first=first, last=last, team=team),
        languages=languages,
    )
