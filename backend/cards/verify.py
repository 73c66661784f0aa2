"""Counting every published revision again from the ledger and comparing bytes."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.cards import canonical, restatement, revisions, store
from backend.cards.models import Card, CardRevision, CardTemplate


@dataclass(frozen=True)
class Mismatch:
    """A published revision that the ledger does not give again; `what` names the figure."""

    unit: str
    period: str
    number: int
    what: str

    def __str__(self) -> str:
        return f"{self.unit} {self.period} revision {self.number}: {self.what}"


def verify(session: Session) -> list[Mismatch]:
    """Every revision of every card. Nothing is written."""
    rows = session.scalars(select(CardRevision).order_by(CardRevision.card_id, CardRevision.number))
    found = [*_templates(session)]
    for card_id, group in groupby(rows.all(), key=lambda row: row.card_id):
        found.extend(verify_card(session, store.card(session, card_id), list(group)))
    return found


def verify_one(session: Session, card_id: uuid.UUID) -> list[Mismatch]:
    return list(verify_card(session, store.card(session, card_id), revisions.revisions_of(session, card_id)))


def count(session: Session) -> int:
    return len(session.scalars(select(CardRevision.id)).all())


def verify_card(session: Session, card: Card, published: Iterable[CardRevision]) -> Iterator[Mismatch]:
    before: CardRevision | None = None
    for number, revision in enumerate(published, start=1):
        for what in _wrong(session, card, revision, before, number):
            yield Mismatch(_name(revision), card.period, revision.number, what)
        before = revision


def _name(revision: CardRevision) -> str:
    return str(revision.head["unit"]["name"])


def _wrong(
    session: Session, card: Card, revision: CardRevision, before: CardRevision | None, number: int
) -> Iterator[str]:
    if revision.number != number:
        yield f"revision {number} is missing"
        return
    if canonical.fingerprint(revision.payload) != revision.sha256:
        yield "the bytes do not have their fingerprint"
    again = revisions.compose(session, card, revision, before)
    if again != revision.payload:
        yield from _named(revision.payload, again)


def _named(said: bytes, found: bytes) -> Iterator[str]:
    try:
        told = list(restatement.differences(canonical.read(said), canonical.read(found)))
    except ValueError:
        told = ["the bytes cannot be read"]
    yield from told or ["the same content is not written the same way"]


def _templates(session: Session) -> Iterator[Mismatch]:
    for row in session.scalars(select(CardTemplate)):
        if canonical.fingerprint(row.body) != row.sha256:
            yield Mismatch(f"template {row.code}", "", row.version, "the bytes do not have their fingerprint")
