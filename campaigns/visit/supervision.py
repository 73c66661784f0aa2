"""What whoever looks after the teams sees: how far they got, what a team did. Never a member's tally.

The database counts; what is read is a row for a hamlet, a service or a team's day, however many visits there are.
"""

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.orm import Session

from backend.teams.household_views import hamlet_of
from backend.teams.merged import home_of, homes
from backend.teams.models import Household, HouseholdPlace
from backend.units.lineage import lineage
from backend.units.trees import holds_on
from campaigns.visit.models import CheckIn, DayLanguage, GroupSession, SessionService, Visit, VisitService
from campaigns.visit.places import Names

Stages = dict[str, dict[str, int]]
"""Service -> how far -> people."""


@dataclass(frozen=True)
class Coverage:
    """`visited` of the `households` of a hamlet were met at least once."""

    unit: uuid.UUID
    name: str
    households: int
    visited: int


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


# --- how far they got ---------------------------------------------------------------------------------------------


def coverage(
    session: Session, activity_id: uuid.UUID, hamlets: Sequence[uuid.UUID], day: date
) -> list[Coverage]:
    """n of N households of each hamlet, in the order asked for: households as they are there on that day."""
    steps, met = lineage(session), _met(activity_id)
    hamlet = hamlet_of(steps, day).label("hamlet")
    there = (
        select(hamlet, HouseholdPlace.household_id)
        .join(Household, Household.id == HouseholdPlace.household_id)
        .where(
            HouseholdPlace.unit_id.in_(steps.history(hamlets)),
            holds_on(HouseholdPlace, day),
            Household.merged_into.is_(None),
        )
        .subquery()
    )
    rows = session.execute(
        select(there.c.hamlet, func.count(), func.count(met.c.household))
        .outerjoin(met, met.c.household == there.c.household_id)
        .group_by(there.c.hamlet)
    )
    counts = {unit: (households, visited) for unit, households, visited in rows}
    names = Names(session, hamlets, day)
    return [Coverage(unit, names[unit], *counts.get(unit, (0, 0))) for unit in hamlets]


def _met(activity_id: uuid.UUID) -> Subquery:
    """Households, as they stand today, whose adult was met."""
    merged = homes()
    return (
        select(home_of(Visit.household_id, merged).label("household"))
        .outerjoin(merged, merged.c.id == Visit.household_id)
        .where(Visit.activity_id == activity_id, Visit.stands.is_(True), Visit.met == "adult")
        .distinct()
        .subquery()
    )


def stages(
    session: Session,
    activity_id: uuid.UUID | None,
    *,
    first: date | None = None,
    last: date | None = None,
    units: Collection[uuid.UUID] | None = None,
    team: uuid.UUID | None = None,
) -> Stages:
    """People helped, by service and how far; 'not_possible' too. Visits and sessions together."""
    found: Stages = {}
    for _, service, outcome, people in _people(session, activity_id, first, last, units, team):
        row = found.setdefault(service, {})
        row[outcome] = row.get(outcome, 0) + people
    return found


def stages_by_unit(
    session: Session, activity_id: uuid.UUID, units: Collection[uuid.UUID]
) -> dict[uuid.UUID, Stages]:
    """The same for each of these hamlets."""
    found: dict[uuid.UUID, Stages] = {unit: {} for unit in units}
    for unit, service, outcome, people in _people(session, activity_id, None, None, units, None):
        row = found[unit].setdefault(service, {})
        row[outcome] = row.get(outcome, 0) + people
    return found


def _people(
    session: Session,
    activity_id: uuid.UUID | None,
    first: date | None,
    last: date | None,
    units: Collection[uuid.UUID] | None,
    team: uuid.UUID | None,
) -> Iterator[tuple[uuid.UUID, str, str, int]]:
    """(hamlet, service, how far, people), once for visits and once for sessions."""
    here = (Visit.unit_id, VisitService.service, VisitService.outcome)
    visits = (
        select(*here, func.count())
        .join(Visit, Visit.id == VisitService.visit_id)
        .where(Visit.met == "adult", *between(Visit, activity_id, first, last, units, team))
    )
    there = (GroupSession.unit_id, SessionService.service, SessionService.outcome)
    sessions = (
        select(*there, func.sum(SessionService.people))
        .join(GroupSession, GroupSession.id == SessionService.session_id)
        .where(*between(GroupSession, activity_id, first, last, units, team))
    )
    for query in (visits.group_by(*here), sessions.group_by(*there)):
        for unit, service, outcome, people in session.execute(query):
            yield unit, service, outcome, int(people)


def between(
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


# --- what a team did ----------------------------------------------------------------------------------------------


def team_days(
    session: Session, activity_id: uuid.UUID, first: date, last: date, *, team: uuid.UUID | None = None
) -> list[TeamDay]:
    """A row per team and day on which something was written down."""
    days: dict[tuple[uuid.UUID, date], TeamDay] = {}

    def row(of: uuid.UUID, day: date) -> TeamDay:
        return days.setdefault((of, day), TeamDay(of, day))

    visits = select(Visit.team_id, Visit.day, func.count(), func.count(Visit.household_id.distinct()))
    rows = visits.where(*between(Visit, activity_id, first, last, None, team)).group_by(
        Visit.team_id, Visit.day
    )
    for of, day, count, households in session.execute(rows):
        row(of, day).visits, row(of, day).households = count, households
    held = select(GroupSession.team_id, GroupSession.day, func.count(), func.sum(GroupSession.assisted))
    met = held.where(*between(GroupSession, activity_id, first, last, None, team))
    for of, day, count, assisted in session.execute(met.group_by(GroupSession.team_id, GroupSession.day)):
        row(of, day).sessions, row(of, day).assisted = count, int(assisted)
    for of, day, count in session.execute(checked_in(activity_id, first, last, team)):
        row(of, day).check_ins = count
    for of, day, language, count in session.execute(spoken(activity_id, first, last, team)):
        row(of, day).languages[language] = int(count)
    return sorted(days.values(), key=lambda one: (one.day, str(one.team)))


def checked_in(activity_id: uuid.UUID | None, first: date, last: date, team: uuid.UUID | None) -> Any:
    query = select(CheckIn.team_id, CheckIn.day, func.count()).where(
        *_of(CheckIn, activity_id, first, last, team)
    )
    return query.group_by(CheckIn.team_id, CheckIn.day)


def spoken(activity_id: uuid.UUID | None, first: date, last: date, team: uuid.UUID | None) -> Any:
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
