"""The steps an initiative takes: each with its date and the words that go to its authors, who are told on their phones."""

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.participation import changes
from campaigns.initiative.models import REMARK, Author, Initiative, Stage


def held(session: Session, initiative: uuid.UUID) -> Initiative | None:
    """The initiative, alone until the transaction ends."""
    session.flush()
    return session.get(Initiative, initiative, with_for_update=True, populate_existing=True)


def step(
    session: Session,
    initiative: Initiative,
    state: str,
    *,
    words: str = "",
    on: date | None = None,
    by: uuid.UUID | None = None,
) -> None:
    """It is in that state now."""
    initiative.state = state
    session.add(
        Stage(
            initiative_id=initiative.id, state=state, at=clock.now(), on_day=on or clock.today(), person_id=by,
            words=words.strip()[:REMARK] or None,
        )
    )  # fmt: skip
    tell(session, initiative)


def tell(session: Session, initiative: Initiative) -> None:
    """Its authors' phones fetch it again."""
    session.flush()
    query = select(Author.subject).where(
        Author.initiative_id == initiative.id, Author.subject.is_not(None), Author.agreed_at.is_not(None)
    )
    for subject in {initiative.by, *session.scalars(query)} - {None}:
        changes.tell(session, "activity", initiative.activity_id, "changed", subject=subject)


def of(session: Session, initiative: uuid.UUID) -> list[Stage]:
    """Oldest first."""
    query = select(Stage).where(Stage.initiative_id == initiative)
    return list(session.scalars(query.order_by(Stage.at, Stage.id)))
