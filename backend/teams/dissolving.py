"""Ending a team in one step: its members leave, its households go to another team or to none, and its week is not walked.

What its members wrote down stands, and the unit stays readable with all that was counted in it.
"""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend import clock
from backend.people.models import Membership
from backend.safeguards.audit import Actor
from backend.teams import change, households, queries
from backend.teams.errors import TeamChanged, TeamUnknown
from backend.teams.models import PlanLine, Team, TeamArea
from backend.teams.queries import TEAM, HouseholdView, TeamView
from backend.units import change as units
from backend.units.trees import holds_on


@dataclass(frozen=True)
class Foreseen:
    """What ending a team means today: who leaves, which households need another team, which plans fall away."""

    team: TeamView
    households: tuple[HouseholdView, ...]
    planned: int

    @property
    def digest(self) -> str:
        """Stands for exactly these members and households, so that a yes to them is not taken for a yes to others."""
        parts = sorted(
            [
                *(str(one.id) for one in self.team.members),
                *(str(one.id) for one in self.team.areas),
                *(str(one.id) for one in self.households),
            ]
        )
        return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Decision:
    """The document that ends the team."""

    number: str
    decided_on: date


def foresee(session: Session, team: uuid.UUID) -> Foreseen:
    """Raises TeamUnknown."""
    planned = select(PlanLine.id).where(PlanLine.team_id == team, PlanLine.day >= clock.today())
    return Foreseen(
        queries.team_view(session, team),
        tuple(queries.households_of(session, team, clock.now())),
        len(session.scalars(planned).all()),
    )


def dissolve(
    session: Session,
    team: uuid.UUID,
    decision: Decision,
    *,
    heir: uuid.UUID | None,
    agreed: str,
    actor: Actor,
) -> None:
    """From today the team is no more. `heir`: the team that has its households and hamlets from now on; None: nobody.

    `agreed`: the digest of what whoever agreed had seen. Phones of the members let go of the households. Raises
    TeamUnknown, TeamChanged.
    """
    session.get(Team, team, with_for_update=True)
    found = foresee(session, team)
    if heir == team or (heir is not None and session.get(Team, heir) is None):
        raise TeamUnknown
    if found.digest != agreed:
        raise TeamChanged
    today = clock.today()
    if heir is not None:
        for area in found.team.areas:
            change.serve_area(session, heir, area.id, today)
    for household in found.households:
        households.assign(session, household.id, heir, decision.number, actor=actor)
    _end(session, team, today)
    row = session.get_one(Team, team)
    row.dissolved_number, row.dissolved_date = decision.number, decision.decided_on
    units.close(session, team, today)


def _end(session: Session, team: uuid.UUID, day: date) -> None:
    """Members, hamlets and plans. Members last: until then their phones hear of everything else."""
    session.execute(delete(PlanLine).where(PlanLine.team_id == team, PlanLine.day >= day))
    areas = select(TeamArea.unit_id).where(TeamArea.team_id == team, holds_on(TeamArea, day))
    for hamlet in session.scalars(areas).all():
        change.leave_area(session, team, hamlet, day)
    members = select(Membership.person_id).where(
        Membership.unit_id == team, Membership.kind == TEAM, holds_on(Membership, day)
    )
    for person in session.scalars(members.distinct()).all():
        change.leave(session, team, person, day)
    later = select(Membership).where(
        Membership.unit_id == team, Membership.kind == TEAM, Membership.valid_from > day
    )
    for membership in session.scalars(later):
        session.delete(membership)  # it never began
