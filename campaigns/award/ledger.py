"""What an entry of the register counts: a fact of the node's own, taken back when the entry stands no more."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.participation import correct, record
from backend.participation.models import Fact
from backend.participation.queries import standing
from campaigns.award.measures import COLLECTIVE, GIVEN
from campaigns.award.models import Case, Entry
from campaigns.models import Activity


def measure_of(entry: Entry) -> str:
    return GIVEN if entry.recipient_kind == "person" else COLLECTIVE


def count(session: Session, case: Case, entries: list[Entry]) -> None:
    """Each entry once, in the unit that receives it; a person's and a firm's in the unit that proposed them."""
    activity = session.get_one(Activity, case.activity_id)
    rows = [
        record.fact_row(
            uuid.uuid5(entry.id, "entered"), measure_of(entry), entry.id, str(entry.id),
            (entry.unit_id if entry.recipient_kind == "unit" else None) or case.unit_id, activity.campaign_id,
            activity.id, clock.now(),
        )
        for entry in entries
    ]  # fmt: skip
    record.write_facts(session, rows)


def take_back(session: Session, entry: Entry) -> None:
    """The entry was revoked, or its number taken in error."""
    query = standing(select(Fact)).where(Fact.measure == measure_of(entry), Fact.subject == entry.id)
    found = list(session.scalars(query))
    if found:
        correct.take_back(session, found, uuid.uuid5(entry.id, "taken back"))
