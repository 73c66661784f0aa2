"""The cards of several units in a period, side by side: what each published last."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.calendars import Period
from backend.cards import canonical
from backend.cards.models import Card, CardRevision
from backend.cards.restatement import number


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


def standings(
    session: Session, units: Iterable[uuid.UUID], template: str, period: Period
) -> dict[uuid.UUID, Standing]:
    """The cards of several units in a period; two statements. A unit without a card is not in it."""
    cards = session.scalars(
        select(Card).where(
            Card.unit_id.in_(list(units)), Card.template == template, Card.calendar == period.calendar,
            Card.period == period.code,
        )
    ).all()  # fmt: skip
    newest: dict[uuid.UUID, CardRevision] = {
        row.card_id: row
        for row in session.scalars(
            select(CardRevision)
            .where(CardRevision.card_id.in_([card.id for card in cards]))
            .order_by(CardRevision.number)
        )
    }
    return {card.unit_id: _standing(card, newest.get(card.id)) for card in cards}


def _standing(card: Card, published: CardRevision | None) -> Standing:
    if published is None:
        return Standing(card.unit_id, card.id, card.state, None, None, None, None, None, False, None)
    payload: dict[str, Any] = canonical.read(published.payload)
    sums = payload["total"]
    return Standing(
        card.unit_id, card.id, card.state, published.number, number(sums["points"]), number(sums["out_of"]),
        number(sums["percent"]), payload["class"], sums["is_complete"], published.published_at,
    )  # fmt: skip
