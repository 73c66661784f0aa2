"""Reading who was responsible for households, and when."""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.teams.errors import HouseholdUnknown
from backend.teams.models import Assignment, Household, HouseholdPlace
from backend.teams.rules import Duty, Histories, History, Responsible, Stay
from backend.units.lineage import lineage


def responsible(session: Session, household: uuid.UUID, at: datetime, *, held: bool = False) -> Responsible:
    """Hamlet and team of a household at that moment, and which household stands for it today.

    `held`: nobody merges it until this transaction ends; for who is about to count something for it. Raises
    HouseholdUnknown.
    """
    found = histories(session, [household], held=held)
    if household not in found:
        raise HouseholdUnknown
    return found.at(household, at)


def histories(session: Session, households: Iterable[uuid.UUID], *, held: bool = False) -> Histories:
    """The same for a batch; whoever is unknown is not in it."""
    rows = _with_merged(session, set(households), held)
    stays, duties = _stays(session, rows.keys()), _duties(session, rows.keys())
    return Histories(
        (
            History(row.id, row.made_at, row.merged_into, stays.get(row.id, []), duties.get(row.id, []))
            for row in rows.values()
        ),
        lineage(session),
    )


def _with_merged(session: Session, wanted: set[uuid.UUID], held: bool) -> dict[uuid.UUID, Household]:
    """The households and, step by step, those they were merged into."""
    found: dict[uuid.UUID, Household] = {}
    while wanted:
        query = select(Household).where(Household.id.in_(wanted)).order_by(Household.id)
        if held:
            query = query.with_for_update(read=True, key_share=True)
        rows = session.scalars(query.execution_options(populate_existing=True)).all()
        found |= {row.id: row for row in rows}
        wanted = {row.merged_into for row in rows if row.merged_into} - found.keys()
    return found


def _stays(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Stay]]:
    rows = session.execute(
        select(
            HouseholdPlace.household_id,
            HouseholdPlace.unit_id,
            HouseholdPlace.valid_from,
            HouseholdPlace.valid_to,
        )
        .where(HouseholdPlace.household_id.in_(ids))
        .order_by(HouseholdPlace.valid_from)
    )
    found: dict[uuid.UUID, list[Stay]] = {}
    for household, hamlet, since, until in rows:
        found.setdefault(household, []).append((hamlet, since, until))
    return found


def _duties(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Duty]]:
    rows = session.execute(
        select(Assignment.household_id, Assignment.team_id, Assignment.valid_from, Assignment.valid_to)
        .where(Assignment.household_id.in_(ids))
        .order_by(Assignment.valid_from)
    )
    found: dict[uuid.UUID, list[Duty]] = {}
    for household, team, since, until in rows:
        found.setdefault(household, []).append((team, since, until))
    return found
