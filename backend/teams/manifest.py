"""What a member's phone must hold to hold all of it: cheap enough to be asked with every part of the list."""

import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.teams.models import Assignment, Household, HouseholdPlace
from backend.units.lineage import with_history
from backend.units.trees import holds_on


def versions(session: Session, teams: Collection[uuid.UUID]) -> list[tuple[uuid.UUID, int]]:
    """(id, version) of every household these teams are responsible for now, by id."""
    now = clock.now()
    rows = session.execute(
        select(Household.id, Household.version)
        .join(Assignment, (Assignment.household_id == Household.id) & holds_on(Assignment, now))
        .join(
            HouseholdPlace,
            (HouseholdPlace.household_id == Household.id) & holds_on(HouseholdPlace, clock.local_day(now)),
        )
        .where(Assignment.team_id.in_(with_history(session, teams)), Household.merged_into.is_(None))
    )
    return sorted({(household, version) for household, version in rows}, key=lambda row: str(row[0]))
