"""The cards of several units in a period, side by side: what each published last."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.calendars import Period
from backend.cards import canonical, shapes, store
from backend.cards.models import Card, CardRevision, CardTemplate
from backend.cards.restatement import number
from backend.db.statements import among

Titles = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Fingerprint of a template -> code of a class -> its title."""


@dataclass(frozen=True)
class Standing:
    """A unit's card in a list of several: what was published last. None where nothing was.

    `class_title`: in the words of the template it was published by, which may be another than its neighbour's. None in a
    trial, which stands outside the rating.
    """

    unit: uuid.UUID
    card: uuid.UUID
    state: str
    revision: int | None
    points: Decimal | None
    out_of: Decimal | None
    percent: Decimal | None
    class_title: Mapping[str, str] | None
    is_complete: bool
    published_at: datetime | None
    is_trial: bool = False


def with_card(session: Session, units: Iterable[uuid.UUID], template: str, period: Period) -> set[uuid.UUID]:
    """Those of the units that have a card in the period."""
    return set(session.scalars(_cards(units, template, period).with_only_columns(Card.unit_id)))


def standings(
    session: Session, units: Iterable[uuid.UUID], template: str, period: Period
) -> dict[uuid.UUID, Standing]:
    """The cards of several units in a period; three statements. A unit without a card is not in it."""
    cards = session.scalars(_cards(units, template, period)).all()
    last = store.newest_revisions(among(CardRevision.card_id, [card.id for card in cards]))
    newest = {row.card_id: row for row in session.scalars(last)}
    titles = _class_titles(session, {row.template_sha for row in newest.values()})
    return {card.unit_id: _standing(card, newest.get(card.id), titles) for card in cards}


def _cards(units: Iterable[uuid.UUID], template: str, period: Period) -> Select[Card]:
    return select(Card).where(
        among(Card.unit_id, units), Card.template == template, Card.calendar == period.calendar, Card.period == period.code,
    )  # fmt: skip


def _class_titles(session: Session, templates: Iterable[str]) -> Titles:
    bodies = session.scalars(select(CardTemplate).where(CardTemplate.sha256.in_(sorted(templates))))
    return {row.sha256: {one.code: one.title for one in shapes.read(row.body).classes} for row in bodies}


def _standing(card: Card, published: CardRevision | None, titles: Titles) -> Standing:
    if published is None:
        return Standing(card.unit_id, card.id, card.state, None, None, None, None, None, False, None)
    payload: dict[str, Any] = canonical.read(published.payload)
    sums = payload["total"]
    title = None if payload["is_trial"] else titles[published.template_sha].get(payload["class"])
    return Standing(
        card.unit_id, card.id, card.state, published.number, number(sums["points"]), number(sums["out_of"]),
        number(sums["percent"]), title, sums["is_complete"], published.published_at, payload["is_trial"],
    )  # fmt: skip
