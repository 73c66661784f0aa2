"""What whoever looks after the teams sees: how far they got, what is due, what a team did. Never a member's tally."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.teams.models import Household, HouseholdPlace
from backend.units.trees import holds_on
from campaigns.visit.lines import standing, visit_lines
from campaigns.visit.models import CheckIn, DayLanguage, GroupSession, SessionService, Visit, VisitService
from campaigns.visit.places import Names
from campaigns.visit.queries import household_marks

Stages = dict[str, dict[str, int]]
"""Service -> how far -> people."""


@dataclass(frozen=True)
class Coverage:
    """`visited` of the `households` of a hamlet were met at least once."""

    unit: uuid.UUID
    name: str
    households: int
    visited: int


@dataclass(frozen=True)
class Due:
    """A day promised to a household that nobody has kept since."""

    visit: uuid.UUID
    household: uuid.UUID
    code: str
    nickname: str
    hamlet: uuid.UUID
    hamlet_name: str
    team: uuid.UUID
    follow_up_on: date


@dataclass
class TeamDay:
    """What a team did on a day; visits and languages of all its members together."""

    team: uuid.UUID
    day: date
    visits: int = 0
    households: int = 0
    sessions: int = 0
    assisted: int = 0
    check_ins: int = 0
    languages: dict[str, int] = field(default_factory=dict)


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


# --- how far they got ---------------------------------------------------------------------------------------------


def coverage(
    session: Session, activity_id: uuid.UUID, hamlets: Sequence[uuid.UUID], day: date
) -> list[Coverage]:
    """n of N households of each hamlet, in the order asked for: households as they are there on that day."""
    there = select(HouseholdPlace.household_id, HouseholdPlace.unit_id).join(
        Household, Household.id == HouseholdPlace.household_id
    )
    rows = session.execute(
        there.where(
            HouseholdPlace.unit_id.in_(hamlets),
            holds_on(HouseholdPlace, day),
            Household.merged_into.is_(None),
        )
    ).all()
    met = _met(session, activity_id)
    names = Names(session, hamlets, day)
    households: dict[uuid.UUID, list[uuid.UUID]] = {}
    for household, unit in rows:
        households.setdefault(unit, []).append(household)
    return [
        Coverage(unit, names[unit], len(here := households.get(unit, [])), len(met.intersection(here)))
        for unit in hamlets
    ]


def _met(session: Session, activity_id: uuid.UUID) -> set[uuid.UUID]:
    """Households, as they stand today, whose adult was met."""
    rows = session.scalars(
        select(Household)
        .join(Visit, Visit.household_id == Household.id)
        .where(Visit.activity_id == activity_id, Visit.stands.is_(True), Visit.met == "adult")
        .distinct()
    ).all()
    return {household.id for household in standing(session, rows).values()}


def stages(
    session: Session,
    activity_id: uuid.UUID,
    *,
    first: date | None = None,
    last: date | None = None,
    units: Collection[uuid.UUID] | None = None,
    team: uuid.UUID | None = None,
) -> Stages:
    """People helped, by service and how far; 'not_possible' too. Visits and sessions together."""
    found: Stages = {}
    visits = (
        select(VisitService.service, VisitService.outcome, func.count())
        .join(Visit, Visit.id == VisitService.visit_id)
        .where(Visit.met == "adult", *_between(Visit, activity_id, first, last, units, team))
        .group_by(VisitService.service, VisitService.outcome)
    )
    sessions = (
        select(SessionService.service, SessionService.outcome, func.sum(SessionService.people))
        .join(GroupSession, GroupSession.id == SessionService.session_id)
        .where(*_between(GroupSession, activity_id, first, last, units, team))
        .group_by(SessionService.service, SessionService.outcome)
    )
    for query in (visits, sessions):
        for service, outcome, people in session.execute(query):
            row = found.setdefault(service, {})
            row[outcome] = row.get(outcome, 0) + int(people)
    return found


def _between(
    table: type[Visit] | type[GroupSession],
    activity_id: uuid.UUID | None,
    first: date | None,
    last: date | None,
    units: Collection[uuid.UUID] | None,
    team: uuid.UUID | None,
) -> list[ColumnElement[bool]]:
    """Standing records of an activity between two days, both included."""
    return [
        table.stands.is_(True),
        *([table.activity_id == activity_id] if activity_id else []),
        *([table.day >= first] if first else []),
        *([table.day <= last] if last else []),
        *([table.unit_id.in_(units)] if units is not None else []),
        *([table.team_id == team] if team else []),
    ]


def follow_ups_due(
    session: Session,
    activity_id: uuid.UUID,
    until: date,
    *,
    team: uuid.UUID | None = None,
    units: Collection[uuid.UUID] | None = None,
) -> list[Due]:
    """Promised for a day up to `until`, and nobody has come since; the longest waiting in front."""
    promised = visit_lines(
        session,
        *_between(Visit, activity_id, None, None, units, team),
        Visit.follow_up_on.is_not(None),
        Visit.follow_up_on <= until,
    )
    marks = household_marks(session, {line.household for line in promised})
    due = [
        Due(line.id, line.household, line.code, line.nickname, line.hamlet, line.hamlet_name, line.team, on)
        for line in promised
        if (on := line.follow_up_on) and line.id == marks[line.household].promise
    ]
    return sorted(due, key=lambda one: (one.follow_up_on, one.code))


# --- what a team did ----------------------------------------------------------------------------------------------


def team_days(
    session: Session, activity_id: uuid.UUID, first: date, last: date, *, team: uuid.UUID | None = None
) -> list[TeamDay]:
    """A row per team and day on which something was written down."""
    days: dict[tuple[uuid.UUID, date], TeamDay] = {}

    def row(of: uuid.UUID, day: date) -> TeamDay:
        return days.setdefault((of, day), TeamDay(of, day))

    visits = select(Visit.team_id, Visit.day, func.count(), func.count(Visit.household_id.distinct()))
    rows = visits.where(*_between(Visit, activity_id, first, last, None, team)).group_by(
        Visit.team_id, Visit.day
    )
    for of, day, count, households in session.execute(rows):
        row(of, day).visits, row(of, day).households = count, households
    held = select(GroupSession.team_id, GroupSession.day, func.count(), func.sum(GroupSession.assisted))
    met = held.where(*_between(GroupSession, activity_id, first, last, None, team))
    for of, day, count, assisted in session.execute(met.group_by(GroupSession.team_id, GroupSession.day)):
        row(of, day).sessions, row(of, day).assisted = count, int(assisted)
    for of, day, count in session.execute(_checked_in(activity_id, first, last, team)):
        row(of, day).check_ins = count
    for of, day, language, count in session.execute(_spoken(activity_id, first, last, team)):
        row(of, day).languages[language] = int(count)
    return sorted(days.values(), key=lambda one: (one.day, str(one.team)))


def _checked_in(activity_id: uuid.UUID | None, first: date, last: date, team: uuid.UUID | None) -> Any:
    query = select(CheckIn.team_id, CheckIn.day, func.count()).where(
        *_of(CheckIn, activity_id, first, last, team)
    )
    return query.group_by(CheckIn.team_id, CheckIn.day)


def _spoken(activity_id: uuid.UUID | None, first: date, last: date, team: uuid.UUID | None) -> Any:
    columns = (DayLanguage.team_id, DayLanguage.day, DayLanguage.language)
    query = select(*columns, func.sum(DayLanguage.visits)).where(
        *_of(DayLanguage, activity_id, first, last, team)
    )
    return query.group_by(*columns)


def _of(
    table: type[CheckIn] | type[DayLanguage],
    activity_id: uuid.UUID | None,
    first: date,
    last: date,
    team: uuid.UUID | None,
) -> list[ColumnElement[bool]]:
    return [
        table.day.between(first, last),
        *([table.activity_id == activity_id] if activity_id else []),
        *([table.team_id == team] if team else []),
    ]


def logbook(session: Session, team: uuid.UUID, first: date, last: date) -> list[LogLine]:
    """The team's paper logbook: visits and sessions in the order of their days."""
    visits = visit_lines(session, *_between(Visit, None, first, last, None, team))
    lines = [
        LogLine(v.day, "visit", v.place, v.hamlet_name, v.code, dict(v.services), None, v.note)
        for v in visits
    ]
    rows = session.scalars(
        select(GroupSession)
        .where(*_between(GroupSession, None, first, last, None, team))
        .order_by(GroupSession.happened_at)
    ).all()
    names = Names(session, {row.unit_id for row in rows}, clock.today())
    people = _people(session, [row.id for row in rows])
    lines += [
        LogLine(r.day, "session", r.place, names[r.unit_id], None, people.get(r.id, {}), r.assisted, r.note)
        for r in rows
    ]
    return sorted(lines, key=lambda line: line.day)


def _people(session: Session, sessions: Collection[uuid.UUID]) -> dict[uuid.UUID, Stages]:
    found: dict[uuid.UUID, Stages] = {}
    for row in session.scalars(select(SessionService).where(SessionService.session_id.in_(sessions))):
        found.setdefault(row.session_id, {}).setdefault(row.service, {})[row.outcome] = row.people
    return found


def month(session: Session, team: uuid.UUID, first: date, last: date) -> Month:
    """A team's figures between two days, whatever campaign they were for."""
    visits = session.scalars(select(Visit).where(*_between(Visit, None, first, last, None, team))).all()
    met = [visit for visit in visits if visit.met == "adult"]
    held = session.scalars(
        select(GroupSession).where(*_between(GroupSession, None, first, last, None, team))
    ).all()
    present = session.execute(_checked_in(None, first, last, team)).all()
    languages: dict[str, int] = {}
    for _, _, language, count in session.execute(_spoken(None, first, last, team)):
        languages[language] = languages.get(language, 0) + int(count)
    return Month(
        visits=len(met),
        households=len({visit.household_id for visit in met}),
        sessions=len(held),
        assisted=sum(row.assisted for row in held),
        declared=sum(row.declared for row in held),
        check_in_days=len({day for _, day, _ in present}),
        follow_ups_kept=sum(visit.follow_up_of is not None for visit in met),
        follow_ups_due=_still_due(session, team, last),
        stages=_month_stages(session, team, first, last),
        languages=languages,
    )


def _still_due(session: Session, team: uuid.UUID, last: date) -> int:
    promised = select(Visit.activity_id).where(Visit.team_id == team, Visit.follow_up_on <= last).distinct()
    return sum(len(follow_ups_due(session, one, last, team=team)) for one in session.scalars(promised).all())


def _month_stages(session: Session, team: uuid.UUID, first: date, last: date) -> Stages:
    found: Stages = {}
    activities = set(session.scalars(select(Visit.activity_id).where(Visit.team_id == team).distinct()))
    activities |= set(
        session.scalars(select(GroupSession.activity_id).where(GroupSession.team_id == team).distinct())
    )
    for activity in activities:
        for service, far in stages(session, activity, first=first, last=last, team=team).items():
            row = found.setdefault(service, {})
            for outcome, people in far.items():
                row[outcome] = row.get(outcome, 0) + people
    return found
