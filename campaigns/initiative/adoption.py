"""A recognised idea spreads: a unit tries it, looks at what came of it, and goes on with it."""

import uuid
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.safeguards.audit import Actor, note
from campaigns.initiative import ledger, stages
from campaigns.initiative.errors import NotNow, StageJumped
from campaigns.initiative.measures import REPLICATED
from campaigns.initiative.models import REMARK, Adoption, Initiative
from campaigns.initiative.offices import Handler
from campaigns.initiative.rules import SHOWN
from campaigns.models import Activity

STAGES = ("pilot", "evaluated", "replicated")


def take_up(
    session: Session, activity: Activity, row: Initiative, unit: uuid.UUID, stage: str, since: date, words: str, by: Handler
) -> None:  # fmt: skip
    """The next step of a unit. Raises NotNow unless recognised or noted, StageJumped, which an evaluation without words is too."""
    if row.state not in SHOWN:
        raise NotNow
    here = session.get(Adoption, (row.id, unit))
    before = STAGES.index(here.stage) if here else -1
    if STAGES.index(stage) not in (before, before + 1) or (stage == "evaluated" and len(words.strip()) < 3):
        raise StageJumped
    if here is None:
        here = Adoption(initiative_id=row.id, unit_id=unit, at=clock.now())
        session.add(here)
    here.stage, here.since, here.at, here.person_id = stage, since, clock.now(), by.person
    here.words = words.strip()[:REMARK] or here.words
    note(session, Actor("staff", by.person), f"initiative.{stage}", "initiative", row.id, unit=unit)
    _count(session, activity, row)


def let_go(session: Session, activity: Activity, row: Initiative, unit: uuid.UUID, by: Handler) -> None:
    """The unit does not go on with it."""
    here = session.get(Adoption, (row.id, unit))
    if here is not None:
        session.delete(here)
        note(session, Actor("staff", by.person), "initiative.let_go", "initiative", row.id, unit=unit)
        _count(session, activity, row)


def _count(session: Session, activity: Activity, row: Initiative) -> None:
    """Replicated is an initiative that at least one other unit goes on with; it counts once."""
    session.flush()
    query = select(func.count()).where(Adoption.initiative_id == row.id, Adoption.stage == "replicated")
    ledger.count(session, activity, row, REPLICATED, min(1, session.scalar(query) or 0))
    stages.tell(session, row)


def of(session: Session, initiative: uuid.UUID) -> list[Adoption]:
    query = select(Adoption).where(Adoption.initiative_id == initiative)
    return list(session.scalars(query.order_by(Adoption.since, Adoption.unit_id)))
