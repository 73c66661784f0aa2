"""What the cell's decisions count: facts in the name of operations of the node's own, each once a year."""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.clock import local_day
from backend.participation import correct, record
from backend.participation.deeds import Deed
from backend.participation.models import Fact
from backend.participation.queries import standing
from backend.people import queries as people
from campaigns.kind import Desk
from campaigns.models import Activity
from campaigns.pledge.calendar import year_of
from campaigns.pledge.measures import DIGITAL
from campaigns.pledge.models import Pledge

PARTY = "party_cell"


def scope(activity: Activity) -> str:
    """Within a year a member counts once, whatever campaign it was in."""
    return str(year_of(activity))


def cell_on(desk: Desk, deed: Deed) -> uuid.UUID | None:
    """Where official membership was held when the deed was done."""
    return people.unit_of(desk.session, desk.participant.person, PARTY, local_day(deed.happened_at))


def count(session: Session, activity: Activity, pledge: Pledge, measure: str, cell: uuid.UUID) -> None:
    """Count a decision of the cell or the committee. Said twice, the first stands."""
    record.write_facts(session, [_row(activity, pledge, measure, cell, uuid.uuid5(pledge.id, measure))])


def recount_digital(
    session: Session, activity: Activity, pledge: Pledge, cell: uuid.UUID, items: int
) -> None:
    """How many digital items stand confirmed: what an earlier version counted is taken back."""
    by = uuid.uuid5(pledge.id, f"{DIGITAL}:{pledge.in_force}")
    generation = _generation(session, activity, pledge) + 1
    before = session.scalars(standing(select(Fact)).where(*_here(activity, pledge))).all()
    correct.take_back(session, before, uuid.uuid5(by, "taken back"))
    if items:
        row = _row(activity, pledge, DIGITAL, cell, by, quantity=items, generation=generation)
        record.write_facts(session, [row])


def _generation(session: Session, activity: Activity, pledge: Pledge) -> int:
    newest = session.scalar(select(func.max(Fact.generation)).where(*_here(activity, pledge)))
    return newest or 0


def _here(activity: Activity, pledge: Pledge) -> tuple[ColumnElement[bool], ...]:
    return (
        Fact.measure == DIGITAL,
        Fact.subject == pledge.subject,
        Fact.scope == scope(activity),
        Fact.is_reversal.is_(False),
    )


def _row(
    activity: Activity, pledge: Pledge, measure: str, cell: uuid.UUID, by: uuid.UUID, **more: Any
) -> dict[str, object]:
    return record.fact_row(
        by,
        measure,
        pledge.subject,
        scope(activity),
        cell,
        activity.campaign_id,
        activity.id,
        clock.now(),
        **more,
    )
