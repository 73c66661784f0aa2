"""A unit contests what it was given, the level above answers, and the card waits meanwhile."""

import uuid
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend import clock
from backend.cards import sources, steps
from backend.cards.errors import (
    AppealAnswered,
    AppealLate,
    AppealOpen,
    AppealTwice,
    CardUnknown,
    WrongState,
)
from backend.cards.models import Card, CardAppeal, CardScore
from backend.cards.payload import Said
from backend.cards.shapes import Template
from backend.safeguards.audit import Actor


def appeal(session: Session, card_id: uuid.UUID, code: str, words: str, by: Actor) -> CardAppeal:
    """The unit contests a criterion, once for each time it is scored.

    Raises AppealLate, AppealTwice, ReasonMissing, CriterionUnknown, WrongState.
    """
    card = steps.held(session, card_id, "official")
    template = steps.template_of(session, card)
    if card.appeal_until and clock.today() > card.appeal_until:
        raise AppealLate(day=f"{card.appeal_until:%d/%m/%Y}")
    if _has_contested(session, card, code):
        raise AppealTwice
    made = CardAppeal(
        card_id=card.id,
        criterion=steps.criterion_of(template, code).code,
        words=steps.reason_in(words),
        by=by.id,
        at=clock.now(),
        answer_due=clock.today() + timedelta(days=template.days["answer"]),
    )
    session.add(made)
    card.appeal_waived = False
    steps.take(session, card, "appealed", by, code)
    return made


def may_contest(card: Card, template: Template) -> None:
    """From today on, for as many days as the template gives; what was waived before was about other points."""
    card.appeal_until, card.appeal_waived = clock.today() + timedelta(days=template.days["appeal"]), False


def waive_appeal(session: Session, card_id: uuid.UUID, by: Actor) -> Card:
    """The unit contests nothing, so that the card may be locked before the days are over.

    Raises AppealOpen, AppealLate, WrongState.
    """
    card = steps.held(session, card_id, "official")
    if card.appeal_waived:
        raise WrongState
    if card.appeal_until and clock.today() > card.appeal_until:
        raise AppealLate(day=f"{card.appeal_until:%d/%m/%Y}")
    if session.scalars(waiting(card)).first() is not None:
        raise AppealOpen
    card.appeal_waived = True
    steps.take(session, card, "waived", by)
    return card


def _has_contested(session: Session, card: Card, code: str) -> bool:
    """An appeal waits, or was answered and the criterion has not been scored since."""
    where = (CardAppeal.card_id == card.id, CardAppeal.criterion == code)
    last = session.scalars(select(CardAppeal).where(*where).order_by(CardAppeal.at.desc()).limit(1)).first()
    if last is None or last.answered_at is None:
        return last is not None
    scored_since = select(CardScore.id).where(
        CardScore.card_id == card.id, CardScore.criterion == code, CardScore.side == "official",
        CardScore.at > last.answered_at,
    )  # fmt: skip
    return session.scalars(scored_since).first() is None


def answer_appeal(
    session: Session, appeal_id: uuid.UUID, words: str, by: Actor, points: Decimal | None = None
) -> CardAppeal:
    """With points the score changes, without it stays; the answer says why either way.

    Raises AppealAnswered, ReasonMissing, PointsOutside, WrongState.
    """
    found = appeal_with(session, appeal_id)
    card = steps.held(session, found.card_id, "official")
    session.refresh(found)
    if found.outcome is not None:
        raise AppealAnswered
    words = steps.reason_in(words)
    if points is not None:
        criterion = steps.criterion_of(steps.template_of(session, card), found.criterion)
        steps.proven(
            criterion, points, sources.said(session, card.id, clock.now()).get(criterion.code, Said())
        )
        steps.give_points(session, card, criterion, "official", points, words, by)
    found.outcome = "kept" if points is None else "changed"
    session.flush()  # its own points stand before the answer, not after
    found.answer, found.answered_by, found.answered_at = words, by.id, clock.now()
    steps.take(session, card, "answered", by, found.criterion)
    return found


def appeal_with(session: Session, appeal_id: uuid.UUID) -> CardAppeal:
    """Raises CardUnknown."""
    found = session.get(CardAppeal, appeal_id)
    if found is None:
        raise CardUnknown
    return found


def waiting(card: Card, code: str | None = None) -> Select[uuid.UUID]:
    """Appeals nobody has answered yet, of one criterion or of all."""
    query = select(CardAppeal.id).where(CardAppeal.card_id == card.id, CardAppeal.outcome.is_(None))
    return query if code is None else query.where(CardAppeal.criterion == code)
