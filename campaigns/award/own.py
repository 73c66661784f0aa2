"""Everything a person was recognised with: awards of every activity, and where each stands. Only they read it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.award import forms, wall
from campaigns.award.models import Appeal, Book, Case, Decision, Entry, Handover, Prize

NOT_ON_WALLS = wall.Choice(may=False, is_shown=False, until=None)


@dataclass(frozen=True)
class OwnAward:
    """`register`: number and year in the book. `decision`, `day`: None on an organiser's certificate. `amount` in đồng."""

    entry: uuid.UUID
    activity: uuid.UUID
    unit: uuid.UUID
    name: str
    achievement: str
    form: str
    tier: str
    register: str
    decision: str | None
    day: date | None
    entered_at: datetime
    prize: str | None
    amount: int | None
    handed_over_on: date | None
    revoked_at: datetime | None
    revoked_why: str | None
    appeal: Appeal | None
    wall: wall.Choice


def awards(session: Session, subject: uuid.UUID) -> list[OwnAward]:
    """The newest first. A number taken in error honours nobody and is not here."""
    query = (
        select(Entry, Book, Case, Decision, Prize, Handover)
        .join(Book, Book.id == Entry.book_id)
        .join(Case, Case.id == Entry.case_id)
        .outerjoin(Decision, Decision.id == Entry.decision_id)
        .outerjoin(Prize, Prize.id == Entry.prize_id)
        .outerjoin(Handover, Handover.entry_id == Entry.id)
        .where(Entry.subject == subject, Entry.void_why.is_(None))
        .order_by(Entry.entered_at.desc(), Entry.id.desc())
    )
    rows = session.execute(query).all()
    if not rows:
        return []
    mine = select(Appeal).where(Appeal.subject == subject, Appeal.entry_id.is_not(None))
    asked = {row.entry_id: row for row in session.scalars(mine)}
    chosen = wall.choices(session, subject)
    return [_own(*row, asked, chosen) for row in rows]


def _own(
    entry: Entry,
    book: Book,
    case: Case,
    decision: Decision | None,
    prize: Prize | None,
    handover: Handover | None,
    asked: Mapping[uuid.UUID | None, Appeal],
    chosen: Mapping[uuid.UUID, wall.Choice],
) -> OwnAward:
    return OwnAward(
        entry=entry.id,
        activity=case.activity_id,
        unit=case.deciding_unit_id,
        name=entry.name,
        achievement=entry.achievement,
        form=forms.words_of(entry.form),
        tier=case.tier,
        register=f"{entry.number}/{book.year}",
        decision=decision.number if decision else None,
        day=decision.day if decision else None,
        entered_at=entry.entered_at,
        prize=prize.words if prize else None,
        amount=int((handover or prize).amount) if prize else None,
        handed_over_on=handover.on_day if handover else None,
        revoked_at=entry.revoked_at,
        revoked_why=entry.revoked_why,
        appeal=asked.get(entry.id),
        wall=chosen.get(entry.id, NOT_ON_WALLS),
    )
