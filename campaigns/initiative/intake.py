"""Receiving initiatives: return with words, find valid or not, thank for a small one, keep notes among those who handle it."""

import uuid
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import NotFound
from backend.safeguards.audit import Actor, note
from campaigns.initiative import authors, ledger, rules, stages
from campaigns.initiative.errors import AuthorsNotAgreed, ChangedSince, NotNow, WordsMissing
from campaigns.initiative.measures import VALID
from campaigns.initiative.models import REMARK, Initiative, PrivateNote
from campaigns.initiative.offices import Handler
from campaigns.initiative.schemas import InitiativeSettings
from campaigns.models import Activity

INITIATIVE = "initiative"


def held(session: Session, initiative: uuid.UUID, revision: int | None = None) -> Initiative:
    """Alone until the transaction ends. Raises NotFound (a draft is its authors' alone), ChangedSince."""
    row = stages.held(session, initiative)
    if row is None or row.state == "draft":
        raise NotFound
    if revision is not None and row.revision != revision:
        raise ChangedSince
    return row


def move(
    session: Session, row: Initiative, deed: str, by: Handler, words: str = "", on: date | None = None
) -> None:
    """The next state, with its stage and its line on the trail. Raises NotNow."""
    after = rules.next_state(deed, row.state, row.track)
    if after is None:
        raise NotNow
    row.revision += 1
    stages.step(session, row, after, words=words, on=on, by=by.person)
    note(session, Actor("staff", by.person), f"initiative.{deed}", INITIATIVE, row.id, unit=by.unit)


def _needs_words(words: str) -> None:
    if len(words.strip()) < 3:
        raise WordsMissing


def send_back(session: Session, row: Initiative, words: str, by: Handler) -> None:
    """To be completed, with what is missing. Raises WordsMissing, NotNow."""
    _needs_words(words)
    move(session, row, "return", by, words)


def find_valid(session: Session, activity: Activity, row: Initiative, words: str, by: Handler) -> None:
    """It goes to the council. Raises AuthorsNotAgreed while a co-author has not said yes, NotNow."""
    if any(author.agreed_at is None for author in authors.standing(session, row.id)):
        raise AuthorsNotAgreed
    move(session, row, "valid", by, words)
    ledger.count(session, activity, row, VALID, 1)


def find_invalid(session: Session, row: Initiative, words: str, by: Handler) -> None:
    """It does not go on, with the reason. Raises WordsMissing, NotNow."""
    _needs_words(words)
    move(session, row, "invalid", by, words)


def note_small(
    session: Session, settings: InitiativeSettings, row: Initiative, words: str, by: Handler
) -> None:
    """Thank for a small idea that is of use; after some days it is in the gallery. Raises NotNow."""
    move(session, row, "note", by, words)
    publish(row, clock.now() + timedelta(days=settings.publish_after_days))


def publish(row: Initiative, at: datetime) -> None:
    """In the gallery from then on, unless a moment is chosen already."""
    if row.public_from is None:
        row.public_from = at


def hold_back(session: Session, row: Initiative, words: str, by: Handler) -> None:
    """Not in the gallery until somebody says so: a patent is applied for, an author asks for it. Raises WordsMissing."""
    _needs_words(words)
    row.public_from = None
    row.revision += 1
    note(
        session,
        Actor("staff", by.person),
        "initiative.hold_back",
        INITIATIVE,
        row.id,
        unit=by.unit,
        reason=words[:200],
    )


# --- notes among those who handle it ------------------------------------------------------------------------------


def write_note(session: Session, row: Initiative, words: str, by: Handler) -> None:
    """Raises WordsMissing."""
    _needs_words(words)
    session.add(
        PrivateNote(initiative_id=row.id, person_id=by.person, at=clock.now(), words=words.strip()[:REMARK])
    )
    note(session, Actor("staff", by.person), "initiative.note_privately", INITIATIVE, row.id, unit=by.unit)


def notes(session: Session, initiative: uuid.UUID) -> list[PrivateNote]:
    query = select(PrivateNote).where(PrivateNote.initiative_id == initiative)
    return list(session.scalars(query.order_by(PrivateNote.at, PrivateNote.id)))
