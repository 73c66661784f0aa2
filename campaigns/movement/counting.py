"""What is counted of an entrant: once, where it is, in the name of its enrolment; and taken back."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.participation import correct, record
from backend.participation.models import Fact
from backend.participation.queries import standing
from campaigns.models import Activity
from campaigns.movement.models import Enrolment, Firm


def count(session: Session, activity: Activity, row: Enrolment, measure: str, unit: uuid.UUID) -> None:
    """Count the entrant once, where it is; taken back and counted again it is a generation of its own."""
    if _standing_facts(session, row, measure):
        return
    generation = _generation(session, row, measure) + 1
    by = uuid.uuid5(row.id, f"{measure}:{generation}")
    line = record.fact_row(
        by, measure, row.id, scope(activity), unit, activity.campaign_id, activity.id, clock.now(),
        generation=generation,
    )  # fmt: skip
    record.write_facts(session, [line])


def next_generation(session: Session, row: Enrolment, measure: str) -> int:
    """The generation in which it is counted next: the one that stands, where it was not taken back."""
    newest = _generation(session, row, measure)
    return newest if _standing_facts(session, row, measure) else newest + 1


def scope(activity: Activity) -> str:
    """The period its facts are counted in: the movement itself."""
    return f"movement:{activity.id}"[:60]


def _generation(session: Session, row: Enrolment, measure: str) -> int:
    facts = session.scalars(
        select(Fact.generation).where(
            Fact.measure == measure, Fact.subject == row.id, Fact.is_reversal.is_(False)
        )
    )
    return max(facts, default=0)


def _standing_facts(session: Session, row: Enrolment, measure: str | None = None) -> Sequence[Fact]:
    query = standing(select(Fact)).where(Fact.subject == row.id)
    return session.scalars(query.where(Fact.measure == measure) if measure else query).all()


def uncount(session: Session, row: Enrolment, measure: str) -> None:
    """What was counted of it by one measure is taken back."""
    facts = _standing_facts(session, row, measure)
    by = uuid.uuid5(row.id, f"{measure}:back:{_generation(session, row, measure)}")
    correct.take_back(session, facts, by)


def take_back(session: Session, row: Enrolment) -> None:
    """Everything counted of the entrant."""
    facts = _standing_facts(session, row)
    correct.take_back(session, facts, uuid.uuid5(row.id, f"withdrawn:{row.revision}"))


def place_of(session: Session, row: Enrolment) -> uuid.UUID:
    """Where it counts: the unit itself, or the firm's hamlet."""
    if row.unit_id is not None:
        return row.unit_id
    assert row.firm_id is not None  # noqa: S101 - one of the two, by a rule of the database
    return session.get_one(Firm, row.firm_id).hamlet_id
