"""What every step of a card is made of: the card held in a state it may be taken from, points and words, and its trace."""

import uuid
from decimal import Decimal

from sqlalchemy.orm import Session

from backend import clock
from backend.cards import store
from backend.cards.errors import (
    CriterionUnknown,
    EvidenceNotHandedIn,
    PointsOutside,
    ReasonMissing,
    WrongState,
)
from backend.cards.models import LONGEST_WORDS, Card, CardScore, CardStep
from backend.cards.payload import Said
from backend.cards.shapes import Criterion, Template
from backend.safeguards.audit import Actor, note
from backend.safeguards.reasons import is_reason


def held(session: Session, card_id: uuid.UUID, *states: str) -> Card:
    """Held to the end of the transaction. Raises CardUnknown; WrongState where it is in none of these."""
    card = store.card(session, card_id, hold=True)
    if card.state not in states:
        raise WrongState
    return card


def template_of(session: Session, card: Card) -> Template:
    return store.template_with(session, card.template_sha)


def criterion_of(template: Template, code: str) -> Criterion:
    """Raises CriterionUnknown."""
    found = next((one for one in template.criteria if one.code == code), None)
    if found is None:
        raise CriterionUnknown(criterion=code[:40])
    return found


def give_points(
    session: Session,
    card: Card,
    criterion: Criterion,
    side: str,
    points: Decimal | None,
    words: str,
    by: Actor,
) -> None:
    """A side's last word on a criterion; None takes points back. Raises PointsOutside."""
    if points is not None and not (points.is_finite() and 0 <= points <= criterion.most):
        raise PointsOutside(criterion=criterion.title["vi"], most=criterion.most)
    hundredths = None if points is None else round(points * 100)
    session.add(
        CardScore(
            card_id=card.id, criterion=criterion.code, side=side, points=hundredths, words=words.strip()[:LONGEST_WORDS],
            by=by.id, at=clock.now(),
        )
    )  # fmt: skip


def reason_in(words: str) -> str:
    """Raises ReasonMissing."""
    if not is_reason(words):
        raise ReasonMissing
    return words.strip()[:LONGEST_WORDS]


def take(session: Session, card: Card, step: str, by: Actor, reason: str = "") -> None:
    """On the card's own list and on the trail."""
    session.add(CardStep(card_id=card.id, step=step, by=by.id, at=clock.now(), reason=reason[:500]))
    note(session, by, f"card.{step}", "card", card.id, unit=card.unit_id, reason=reason[:500] or None)
    session.flush()


def proven(criterion: Criterion, points: Decimal | None, said: Said) -> None:
    """Where evidence is a must there are no points without it, from nobody. Raises EvidenceNotHandedIn."""
    if points and criterion.must_have_evidence and not said.has_evidence:
        raise EvidenceNotHandedIn(criterion=criterion.title["vi"])
