"""Teams as they stand on a day: members, areas, the plan of two weeks. As many teams as asked for cost the same."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.teams.errors import TeamUnknown
from backend.teams.models import PlanLine, Team, TeamArea
from backend.teams.roster import Member, members_of
from backend.teams.rules import monday_of, on_day
from backend.units.lineage import Lineage, lineage, with_history
from backend.units.models import Unit
from backend.units.queries import NamedUnit, named_many
from backend.units.trees import holds_on, subtree
from backend.units.words import sort_key

PLANNED = timedelta(days=14)
"""A plan shows this week and the next."""


@dataclass(frozen=True)
class Spot:
    """A hamlet with the name people say: 'xóm Đồng Tiến'."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True)
class Task:
    """One line of a plan, with the hamlet as it is called."""

    day: date
    place: Spot
    task: str


@dataclass(frozen=True)
class TeamView:
    """A team as it stands on a day; its plan is that of the week of that day and the next."""

    id: uuid.UUID
    code: str
    name: str
    decision_number: str
    decision_date: date
    decided_by: str
    leader: uuid.UUID | None
    members: tuple[Member, ...]
    areas: tuple[Spot, ...]
    plan: tuple[Task, ...]
    version: int


def team_view(session: Session, team: uuid.UUID, day: date | None = None) -> TeamView:
    """Raises TeamUnknown where there is none on that day (today where none is given)."""
    found = team_views(session, [team], day or clock.today())
    if team not in found:
        raise TeamUnknown
    return found[team]


def team_views(session: Session, teams: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, TeamView]:
    """The same for many; one there is not on that day is left out."""
    rows = session.scalars(select(Team).where(Team.unit_id.in_(teams))).all()
    units = named_many(session, [row.unit_id for row in rows], day)
    members, steps = members_of(session, list(units), day), lineage(session)
    areas = _areas(session, units, day, steps)
    plan = _plan(session, units, monday_of(day), steps)
    names = spots(session, {place for some in areas.values() for place in some}, day)
    tasks = _tasks(session, plan, names)
    return {
        row.unit_id: _view(
            row, units[row.unit_id], members.get(row.unit_id, ()),
            in_order(names[place] for place in areas.get(row.unit_id, ()) if place in names),
            tasks.get(row.unit_id, []),
        )
        for row in rows
        if row.unit_id in units
    }  # fmt: skip


def _view(
    row: Team, unit: NamedUnit, members: tuple[Member, ...], areas: list[Spot], plan: list[Task]
) -> TeamView:
    return TeamView(
        id=row.unit_id,
        code=unit.code,
        name=unit.full_name,
        decision_number=row.decision_number,
        decision_date=row.decision_date,
        decided_by=row.decided_by,
        leader=row.leader_id,
        members=members,
        areas=tuple(areas),
        plan=tuple(plan),
        version=row.version,
    )


def teams_in(session: Session, commune: uuid.UUID, day: date) -> list[TeamView]:
    """The teams under a unit on that day, in Vietnamese order."""
    below = subtree(session, commune, day)
    ids = session.scalars(
        select(Team.unit_id)
        .join(Unit, Unit.id == Team.unit_id)
        .where(Unit.id.in_(below), holds_on(Unit, day))
    )
    views = team_views(session, list(ids), day).values()
    return sorted(views, key=lambda view: (sort_key(view.name), view.code))


def _areas(
    session: Session, teams: Iterable[uuid.UUID], day: date, steps: Lineage
) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Team -> the hamlets it looks after on that day, each as what it has become by then."""
    query = select(TeamArea.team_id, TeamArea.unit_id)
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    for team, unit in session.execute(
        query.where(TeamArea.team_id.in_(list(teams)), holds_on(TeamArea, day))
    ):
        found.setdefault(team, set()).add(on_day(steps, unit, day))
    return found


def teams_serving(session: Session, hamlet: uuid.UUID, day: date) -> list[uuid.UUID]:
    """The teams that look after a hamlet on that day."""
    before = with_history(session, [hamlet])
    rows = session.scalars(
        select(TeamArea.team_id)
        .where(TeamArea.unit_id.in_(before), holds_on(TeamArea, day))
        .order_by(TeamArea.id)
    )
    return list(dict.fromkeys(rows))


def spots(session: Session, units: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, Spot]:
    """Hamlets as they are called on that day; one that is not there then is left out."""
    return {unit.id: Spot(unit.id, unit.full_name) for unit in named_many(session, units, day).values()}


def in_order(found: Iterable[Spot]) -> list[Spot]:
    return sorted(found, key=lambda spot: (sort_key(spot.name), spot.id))


Planned = tuple[uuid.UUID, date, uuid.UUID, str]
"""(team, day, what the place is by then, what)"""


def _plan(session: Session, teams: Iterable[uuid.UUID], monday: date, steps: Lineage) -> list[Planned]:
    rows = session.scalars(
        select(PlanLine)
        .where(PlanLine.team_id.in_(list(teams)), PlanLine.day >= monday, PlanLine.day < monday + PLANNED)
        .order_by(PlanLine.day, PlanLine.id)
    )
    return [(row.team_id, row.day, on_day(steps, row.unit_id, row.day), row.task) for row in rows]


def _tasks(
    session: Session, plan: Iterable[Planned], names: dict[uuid.UUID, Spot]
) -> dict[uuid.UUID, list[Task]]:
    """Places beyond a team's areas are looked up here, as they were called on the first day they are planned for."""
    first: dict[uuid.UUID, date] = {}
    for _, day, place, _ in plan:
        if place not in names:
            first.setdefault(place, min(day, clock.today()))
    for day in set(first.values()):  # a day of these two weeks: usually none
        names = spots(session, [place for place, on in first.items() if on == day], day) | names
    found: dict[uuid.UUID, list[Task]] = {}
    for team, day, place, task in plan:
        found.setdefault(team, []).append(Task(day, names.get(place, Spot(place, "")), task))
    return found
