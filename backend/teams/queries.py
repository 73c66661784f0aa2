"""Reading teams and households: what callers ask for, gathered from the modules that know how. Days and moments are always
asked for: what held then, not what holds now.
"""

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from backend import clock
from backend.teams.histories import histories, responsible
from backend.teams.household_views import (
    PART,
    Count,
    Duplicates,
    HouseholdView,
    counts_in,
    duplicates,
    household_view,
    household_views,
    households_in,
    households_of,
    households_per_hamlet,
    households_per_team,
    ids_of_team,
    nickname_taken,
    part_of_hamlet,
    part_of_team,
    with_code,
)
from backend.teams.roster import TEAM, Member, members_of, subjects_of, teams_of
from backend.teams.team_views import (
    Spot,
    Task,
    TeamView,
    spots,
    team_view,
    team_views,
    teams_in,
    teams_serving,
)

__all__ = [
    "PART",
    "TEAM",
    "Count",
    "Duplicates",
    "HouseholdView",
    "Load",
    "Member",
    "Spot",
    "Task",
    "TeamView",
    "counts_in",
    "duplicates",
    "eviction",
    "histories",
    "household_view",
    "household_views",
    "households_in",
    "households_of",
    "households_per_hamlet",
    "households_per_team",
    "ids_of_team",
    "load",
    "members_of",
    "nickname_taken",
    "part_of_hamlet",
    "part_of_team",
    "responsible",
    "spots",
    "subjects_of",
    "team_view",
    "team_views",
    "teams_in",
    "teams_of",
    "teams_serving",
    "with_code",
]


@dataclass(frozen=True)
class Load:
    """All a member's phone holds of the teams."""

    teams: tuple[TeamView, ...]
    households: tuple[HouseholdView, ...]


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
