"""Counting every published revision again from the ledger and comparing bytes."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.cards import canonical, restatement, revisions, store
from backend.cards.models import Card, CardRevision, CardTemplate
from backend.cards.restatement import Difference

MISSING, FORGED = "a revision before this one is missing", "the bytes do not have their fingerprint"
UNREADABLE, WRITTEN = "the bytes cannot be read", "the same content is not written the same way"


@dataclass(frozen=True)
class Mismatch:
    """A published revision that the ledger does not give again; `what` names the figure, or one of the sentences above."""

    unit: str
    period: str
    number: int
    what: str | Difference

    def __str__(self) -> str:
        return f"{self.unit} {self.period} revision {self.number}: {self.what}"


def verify(session: Session) -> list[Mismatch]:
    """Every revision of every card. Nothing is written."""
    found = [*_templates(session)]
    cards = session.scalars(select(CardRevision.card_id).distinct().order_by(CardRevision.card_id))
    for card_id in cards.all():
        published = revisions.revisions_of(session, card_id)
        found.extend(verify_card(session, store.card(session, card_id), published))
        for revision in published:  # a country's payloads together are more than a node's memory
            session.expunge(revision)
    return found


def verify_one(session: Session, card_id: uuid.UUID) -> list[Mismatch]:
    return list(verify_card(session, store.card(session, card_id), revisions.revisions_of(session, card_id)))


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CardRevision)) or 0


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
) -> Iterator[str | Difference]:
    if revision.number != number:
        yield MISSING
        return
    if canonical.fingerprint(revision.payload) != revision.sha256:
        yield FORGED
    again = revisions.compose(session, card, revision, before)
    if again != revision.payload:
        yield from _named(revision.payload, again)


def _named(said: bytes, found: bytes) -> Iterator[str | Difference]:
    told: list[str | Difference]
    try:
        told = list(restatement.differences(canonical.read(said), canonical.read(found)))
    except ValueError:
        yield UNREADABLE
        return
    yield from told or [WRITTEN]


def _templates(session: Session) -> Iterator[Mismatch]:
    for row in session.scalars(select(CardTemplate)):
        if canonical.fingerprint(row.body) != row.sha256:
            yield Mismatch(f"template {row.code}", "", row.version, FORGED)
