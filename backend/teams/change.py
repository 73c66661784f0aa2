"""Writing teams: setting one up, who is in it, who leads it, which hamlets it serves and what it plans."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend import clock
from backend.participation.changes import tell
from backend.people.models import Membership, Person
from backend.teams.errors import NotInTeam, NotThatWeek, TeamUnknown
from backend.teams.models import PlanLine, Team, TeamArea
from backend.teams.queries import TEAM, subjects_of, teams_of
from backend.units import change as units
from backend.units.errors import CodeTaken
from backend.units.models import Unit
from backend.units.trees import holds_on

LEVEL_WORD = "Tổ công nghệ số cộng đồng"
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Plan:
    """On that day, in that hamlet, that."""

    day: date
    unit: uuid.UUID
    task: str


def found_team(
    session: Session,
    *,
    commune: uuid.UUID,
    name: str,
    code: str,
    decision_number: str,
    decision_date: date,
    decided_by: str,
    areas: Iterable[uuid.UUID],
    since: date,
) -> uuid.UUID:
    """A new team under the commune; `name` is what follows its level word ('xóm Đồng Tiến'). Raises CodeTaken."""
    if session.scalars(select(Unit.id).where(Unit.code == code)).first() is not None:
        raise CodeTaken(unit_code=code)
    team = units.found(
        session, code=code, kind="digital_team", name=name, level_word=LEVEL_WORD, since=since,
        parents={"territory": commune},
    )  # fmt: skip
    session.add(
        Team(
            unit_id=team, decision_number=decision_number, decision_date=decision_date, decided_by=decided_by
        )
    )
    session.flush()  # its areas need it
    for area in areas:
        serve_area(session, team, area, since)
    return team


def amend_decision(
    session: Session, team: uuid.UUID, *, number: str, decided_on: date, decided_by: str
) -> None:
    """Put right, or bring up to date, the document the team stands on."""
    row = _held(session, team)
    row.decision_number, row.decision_date, row.decided_by = number, decided_on, decided_by
    _tell(session, row)


def join(session: Session, team: uuid.UUID, person: uuid.UUID, day: date) -> None:
    """From that day the person is a member; who is one already stays as they are."""
    row = _held(session, team)
    session.get_one(Person, person, with_for_update=True)  # asked twice at once leaves one row
    if team not in teams_of(session, person, day):
        session.add(Membership(person_id=person, unit_id=team, kind=TEAM, valid_from=day))
    _tell(session, row)


def leave(session: Session, team: uuid.UUID, person: uuid.UUID, day: date) -> None:
    """`day` is the first on which the person is no member; what they wrote down before then stands.

    A leader who leaves leads no more. Raises NotInTeam.
    """
    row = _held(session, team)
    before = subjects_of(session, team, clock.today())
    held = session.scalars(
        select(Membership).where(
            Membership.person_id == person,
            Membership.unit_id == team,
            Membership.kind == TEAM,
            holds_on(Membership, day),
        )
    ).all()
    if not held:
        raise NotInTeam
    for membership in held:
        membership.valid_to = day
    if row.leader_id == person:
        row.leader_id = None
    _tell(session, row, before)


def appoint(session: Session, team: uuid.UUID, person: uuid.UUID | None) -> None:
    """Make a member the leader, or leave the place empty. Raises NotInTeam."""
    row = _held(session, team)
    if person is not None and team not in teams_of(session, person, clock.today()):
        raise NotInTeam
    row.leader_id = person
    _tell(session, row)


def let_go(session: Session, person: uuid.UUID) -> None:
    """Whoever leaves this node for good leads no team; the membership goes with the person."""
    for row in session.scalars(select(Team).where(Team.leader_id == person).with_for_update()):
        row.leader_id = None
        _tell(session, row)


def serve_area(session: Session, team: uuid.UUID, hamlet: uuid.UUID, day: date) -> None:
    """From that day the team looks after the hamlet, too."""
    row = _held(session, team)
    if not _areas(session, team, hamlet, day):
        session.add(TeamArea(team_id=team, unit_id=hamlet, valid_from=day))
    _tell(session, row)


def leave_area(session: Session, team: uuid.UUID, hamlet: uuid.UUID, day: date) -> None:
    """`day` is the first on which it no longer does. Its households keep their team until they are given to another."""
    row = _held(session, team)
    for area in _areas(session, team, hamlet, day):
        if area.valid_from == day:  # put right on the day it was given
            session.delete(area)
        else:
            area.valid_to = day
    _tell(session, row)


def _areas(session: Session, team: uuid.UUID, hamlet: uuid.UUID, day: date) -> list[TeamArea]:
    rows = select(TeamArea).where(
        TeamArea.team_id == team, TeamArea.unit_id == hamlet, holds_on(TeamArea, day)
    )
    return list(session.scalars(rows))


def plan_week(session: Session, team: uuid.UUID, monday: date, lines: Iterable[Plan]) -> None:
    """These lines are the team's week, in the place of what was planned for it before. Raises NotThatWeek."""
    row, planned = _held(session, team), list(lines)
    if monday.weekday() or any(not monday <= line.day < monday + WEEK for line in planned):
        raise NotThatWeek
    session.execute(
        delete(PlanLine).where(PlanLine.team_id == team, PlanLine.day >= monday, PlanLine.day < monday + WEEK)
    )
    session.add_all(
        PlanLine(team_id=team, day=line.day, unit_id=line.unit, task=line.task) for line in planned
    )
    _tell(session, row)


def _held(session: Session, team: uuid.UUID) -> Team:
    """Two who change the same team at once do it one after the other. Raises TeamUnknown."""
    row = session.get(Team, team, with_for_update=True)
    if row is None:
        raise TeamUnknown
    return row


def _tell(session: Session, team: Team, also: Collection[uuid.UUID] = ()) -> None:
    """Its members' phones learn of it, and those of `also`: who has just left."""
    team.version += 1
    session.flush()  # who is a member now is looked up
    for subject in {*subjects_of(session, team.unit_id, clock.today()), *also}:
        tell(session, "team", team.unit_id, "changed", subject)
