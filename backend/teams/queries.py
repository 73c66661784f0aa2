"""Reading teams and households. Days and moments are always asked for: what held then, not what holds now."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.people.models import Membership, Person, SubjectLink
from backend.teams.errors import HouseholdUnknown, TeamUnknown
from backend.teams.histories import histories as histories
from backend.teams.histories import responsible as responsible
from backend.teams.models import Assignment, Household, HouseholdPlace, PlanLine, Team, TeamArea
from backend.teams.rules import monday_of, on_day
from backend.units.lineage import Lineage, lineage, with_history
from backend.units.models import Unit
from backend.units.queries import named_many
from backend.units.trees import holds_on, subtree
from backend.units.words import fold, sort_key

TEAM = "team"
"""How a person belongs to a team."""
PLANNED = timedelta(days=14)
"""A plan shows this week and the next."""


@dataclass(frozen=True)
class Spot:
    """A hamlet with the name people say: 'xóm Đồng Tiến'."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True)
class Member:
    id: uuid.UUID
    name: str
    since: date


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


@dataclass(frozen=True)
class HouseholdView:
    """A household with the hamlet and the team it had at the moment asked for."""

    id: uuid.UUID
    version: int
    code: str
    kind: str
    nickname: str
    card: int
    subject: uuid.UUID
    hamlet: Spot
    team: uuid.UUID | None


@dataclass(frozen=True)
class Load:
    """All a member's phone holds of the teams."""

    teams: tuple[TeamView, ...]
    households: tuple[HouseholdView, ...]


@dataclass(frozen=True)
class Duplicates:
    """Households of one hamlet whose nicknames are the same but for tone marks and capitals."""

    hamlet: Spot
    households: tuple[HouseholdView, ...]


# --- people ----------------------------------------------------------------------------------------------------------


def teams_of(session: Session, person: uuid.UUID, day: date) -> list[uuid.UUID]:
    """The teams the person belonged to on that day, the one joined first in front."""
    return list(
        session.scalars(
            select(Membership.unit_id)
            .where(Membership.person_id == person, Membership.kind == TEAM, holds_on(Membership, day))
            .order_by(Membership.valid_from, Membership.id)
        )
    )


def subjects_of(session: Session, team: uuid.UUID, day: date) -> list[uuid.UUID]:
    """The random keys of its members on that day: whose phones are told."""
    return list(
        session.scalars(
            select(SubjectLink.subject)
            .join(Membership, Membership.person_id == SubjectLink.person_id)
            .where(Membership.unit_id == team, Membership.kind == TEAM, holds_on(Membership, day))
            .distinct()
        )
    )


def members_of(session: Session, team: uuid.UUID, day: date) -> list[Member]:
    rows = session.execute(
        select(Person.id, Person.name, Membership.valid_from)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.unit_id == team, Membership.kind == TEAM, holds_on(Membership, day))
    )
    return sorted((Member(*row) for row in rows), key=lambda member: (sort_key(member.name), member.id))


# --- teams ---------------------------------------------------------------------------------------------------------------


def team_view(session: Session, team: uuid.UUID, day: date | None = None) -> TeamView:
    """Raises TeamUnknown where there is none on that day (today where none is given)."""
    day = day or clock.today()
    row, unit = session.get(Team, team), named_many(session, [team], day).get(team)
    if row is None or unit is None:
        raise TeamUnknown
    return TeamView(
        id=team,
        code=unit.code,
        name=unit.full_name,
        decision_number=row.decision_number,
        decision_date=row.decision_date,
        decided_by=row.decided_by,
        leader=row.leader_id,
        members=tuple(members_of(session, team, day)),
        areas=tuple(areas_of(session, team, day)),
        plan=tuple(_plan(session, team, monday_of(day))),
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
    views = [team_view(session, team, day) for team in ids]
    return sorted(views, key=lambda view: (sort_key(view.name), view.code))


def areas_of(session: Session, team: uuid.UUID, day: date) -> list[Spot]:
    """The hamlets a team looks after on that day, each as what it has become by then."""
    steps = lineage(session)
    rows = session.scalars(select(TeamArea.unit_id).where(TeamArea.team_id == team, holds_on(TeamArea, day)))
    return _in_order(spots(session, {on_day(steps, unit, day) for unit in rows}, day).values())


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


def _in_order(found: Iterable[Spot]) -> list[Spot]:
    return sorted(found, key=lambda spot: (sort_key(spot.name), spot.id))


def _plan(session: Session, team: uuid.UUID, monday: date) -> list[Task]:
    rows = session.scalars(
        select(PlanLine)
        .where(PlanLine.team_id == team, PlanLine.day >= monday, PlanLine.day < monday + PLANNED)
        .order_by(PlanLine.day, PlanLine.id)
    ).all()
    steps, found = lineage(session), []
    for row in rows:
        place = on_day(steps, row.unit_id, row.day)
        name = spots(session, [place], min(row.day, clock.today())).get(place, Spot(place, ""))
        found.append(Task(row.day, name, row.task))
    return found


# --- households ------------------------------------------------------------------------------------------------------------


def household_view(session: Session, household: uuid.UUID, at: datetime | None = None) -> HouseholdView:
    """A household that stands by itself, as it was at that moment (now where none is given). Raises HouseholdUnknown."""
    rows = _views(session, Household.id == household, at or clock.now())
    if not rows:
        raise HouseholdUnknown
    return rows[0]


def household_views(
    session: Session, households: Collection[uuid.UUID], at: datetime | None = None
) -> dict[uuid.UUID, HouseholdView]:
    """The same for a batch; whoever is unknown or was merged is left out."""
    return {row.id: row for row in _views(session, Household.id.in_(households), at or clock.now())}


def with_code(session: Session, code: str) -> uuid.UUID | None:
    """The household behind a code somebody typed; the one it was merged into, if it was."""
    found = session.scalars(select(Household.id).where(Household.code == code.strip().upper())).first()
    return None if found is None else histories(session, [found]).standing(found)


def households_of(session: Session, team: uuid.UUID, at: datetime) -> list[HouseholdView]:
    """The households the team was responsible for at that moment."""
    before = with_history(session, [team])
    return _views(session, Assignment.team_id.in_(before), at)


def households_in(
    session: Session, hamlets: Iterable[uuid.UUID], at: datetime | None = None
) -> list[HouseholdView]:
    """The households of these hamlets at that moment (now where none is given), with or without a team."""
    wanted, moment = set(hamlets), at or clock.now()
    rows = _views(session, HouseholdPlace.unit_id.in_(with_history(session, wanted)), moment)
    return [row for row in rows if row.hamlet.id in wanted]


def households_per_hamlet(session: Session, hamlets: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, int]:
    """How many households each of these hamlets had on that day: the N of 'n of N'."""
    wanted, steps = set(hamlets), lineage(session)
    rows = session.execute(
        select(HouseholdPlace.unit_id, func.count())
        .join(Household, Household.id == HouseholdPlace.household_id)
        .where(
            HouseholdPlace.unit_id.in_(steps.history(wanted)),
            holds_on(HouseholdPlace, day),
            Household.merged_into.is_(None),
        )
        .group_by(HouseholdPlace.unit_id)
    )
    found = dict.fromkeys(wanted, 0)
    for unit, count in rows:
        if (now := on_day(steps, unit, day)) in found:
            found[now] += count
    return found


def _views(session: Session, which: ColumnElement[bool], at: datetime) -> list[HouseholdView]:
    """By hamlet and then by code. Merged ones are not shown: the other one stands for them."""
    day, steps = clock.local_day(at), lineage(session)
    rows = session.execute(
        select(Household, HouseholdPlace.unit_id, Assignment.team_id)
        .join(HouseholdPlace, (HouseholdPlace.household_id == Household.id) & holds_on(HouseholdPlace, day))
        .outerjoin(Assignment, (Assignment.household_id == Household.id) & holds_on(Assignment, at))
        .where(which, Household.merged_into.is_(None))
    ).all()
    hamlets = {unit: on_day(steps, unit, day) for _, unit, _ in rows}
    names = spots(session, set(hamlets.values()), day)
    views = [
        _view(row, names.get(hamlets[unit], Spot(hamlets[unit], "")), _on(steps, team, day))
        for row, unit, team in rows
    ]
    place = {spot.id: number for number, spot in enumerate(_in_order(names.values()))}
    return sorted(views, key=lambda view: (place.get(view.hamlet.id, -1), len(view.code), view.code))


def _on(steps: Lineage, team: uuid.UUID | None, day: date) -> uuid.UUID | None:
    return None if team is None else on_day(steps, team, day)


def _view(row: Household, hamlet: Spot, team: uuid.UUID | None) -> HouseholdView:
    return HouseholdView(
        row.id, row.version, row.code, row.kind, row.nickname, row.card, row.subject, hamlet, team
    )


def load(session: Session, person: uuid.UUID) -> Load:
    """What a phone of this person holds today; nothing for who is in no team. Households by id: a manifest sorts so."""
    teams = teams_of(session, person, clock.today())
    rows = {view.id: view for team in teams for view in households_of(session, team, clock.now())}
    views = tuple(team_view(session, team) for team in teams)
    return Load(views, tuple(rows[key] for key in sorted(rows, key=str)))


def eviction(session: Session, household: uuid.UUID) -> tuple[str, str | None]:
    """Why a household left a phone (merged | reassigned | unassigned), and the name of the team that has it now."""
    found = histories(session, [household])
    if household not in found:
        return "unassigned", None
    now = found.at(household, clock.now())
    if now.household != household:
        return "merged", _team_name(session, now.team)
    return ("reassigned", _team_name(session, now.team)) if now.team else ("unassigned", None)


def _team_name(session: Session, team: uuid.UUID | None) -> str | None:
    found = {} if team is None else spots(session, [team], clock.today())
    return next((unit.name for unit in found.values()), None)


def duplicates(session: Session, commune: uuid.UUID) -> list[Duplicates]:
    """Households that may be one and the same: same hamlet, same nickname as one types it in a hurry."""
    alike: dict[tuple[uuid.UUID, str], list[HouseholdView]] = {}
    for view in households_in(session, subtree(session, commune, clock.today())):
        alike.setdefault((view.hamlet.id, fold(view.nickname)), []).append(view)
    return [Duplicates(group[0].hamlet, tuple(group)) for group in alike.values() if len(group) > 1]
