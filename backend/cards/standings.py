"""The cards of several units in a period, side by side: what each published last."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from backend.calendars import Period
from backend.cards import canonical
from backend.cards.models import Card, CardRevision
from backend.cards.restatement import number
from backend.db.statements import among


@dataclass(frozen=True)
class Standing:
    """A unit's card in a list of several: what was published last. None where nothing was."""

    unit: uuid.UUID
    card: uuid.UUID
    state: str
    revision: int | None
    points: Decimal | None
    out_of: Decimal | None
    percent: Decimal | None
    class_code: str | None
    is_complete: bool
    published_at: datetime | None
    is_trial: bool = False


def with_card(session: Session, units: Iterable[uuid.UUID], template: str, period: Period) -> set[uuid.UUID]:
    """Those of the units that have a card in the period."""
    return set(session.scalars(_cards(units, template, period).with_only_columns(Card.unit_id)))


def standings(
    session: Session, units: Iterable[uuid.UUID], template: str, period: Period
) -> dict[uuid.UUID, Standing]:
    """The cards of several units in a period; two statements. A unit without a card is not in it."""
    cards = session.scalars(_cards(units, template, period)).all()
    newest = _newest(session, [card.id for card in cards])
    return {card.unit_id: _standing(card, newest.get(card.id)) for card in cards}


def _cards(units: Iterable[uuid.UUID], template: str, period: Period) -> Select[Card]:
    return select(Card).where(
        among(Card.unit_id, units), Card.template == template, Card.calendar == period.calendar, Card.period == period.code,
    )  # fmt: skip


def _newest(session: Session, cards: Sequence[uuid.UUID]) -> dict[uuid.UUID, CardRevision]:
    """The last revision of each alone: a payload is a whole card, and a card may have a dozen."""
    last = (
        select(CardRevision.card_id, func.max(CardRevision.number).label("number"))
        .where(among(CardRevision.card_id, cards))
        .group_by(CardRevision.card_id)
        .subquery()
    )
    same = (CardRevision.card_id == last.c.card_id) & (CardRevision.number == last.c.number)
    return {row.card_id: row for row in session.scalars(select(CardRevision).join(last, same))}


def _standing(card: Card, published: CardRevision | None) -> Standing:
    if published is None:
        return Standing(card.unit_id, card.id, card.state, None, None, None, None, None, False, None)
    payload: dict[str, Any] = canonical.read(published.payload)
    sums = payload["total"]
    return Standing(
        card.unit_id, card.id, card.state, published.number, number(sums["points"]), number(sums["out_of"]),
        number(sums["percent"]), payload["class"], sums["is_complete"], published.published_at, payload["is_trial"],
    )  # fmt: skip
