"""What a published card says beside its figures: points of a line, what the unit declared, how far its approval has come."""

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.aggregates.dataset import Dataset
from backend.aggregates.packet import Approval, Declared, Points
from backend.cards import canonical
from backend.cards.models import Card, CardStep
from backend.cards.payload import Payload
from backend.cards.restatement import number
from backend.cards.rules import CLOSED_MARKS, total

STEPS = {
    "published": "published", "self_scored": "self_scored", "scored": "official", "locked": "locked",
    "reopened": "reopened",
}  # fmt: skip
"""Steps of a card that are told, by the word that is told for them."""
MOST_STEPS = 40


def _rows(said: Payload) -> list[dict[str, Any]]:
    return [row for group in said["groups"] for row in group["criteria"]]


def hidden_on(said: Payload) -> frozenset[str]:
    return frozenset(
        row["code"] for row in _rows(said) if any(mark["code"] in CLOSED_MARKS for mark in row["marks"])
    )


def points_of(said: Payload, dataset: Dataset) -> Points | None:
    """The sums of this line's criteria. The class of the whole card only where it has no other line, for what another line's
    figures earned must not come out by subtraction."""
    wanted = {one.code for one in dataset.criteria}
    rows = [row for row in _rows(said) if row["code"] in wanted]
    sums = total((Decimal(row["most"]), number(row["points"])) for row in rows)
    if not sums.out_of:
        return None
    return Points(
        points=canonical.decimal_text(sums.points),
        out_of=canonical.decimal_text(sums.out_of),
        percent=None if sums.percent is None else canonical.decimal_text(sums.percent),
        rated=said.get("class") if dataset.is_whole else None,
        is_complete=sums.is_complete,
    )


def declared_of(said: Payload, dataset: Dataset) -> tuple[Declared, ...]:
    wanted = {one.code for one in dataset.criteria}
    return tuple(
        Declared(row["code"], _amount(row["declared"].get("value")))
        for row in _rows(said)
        if row["code"] in wanted and row["declared"]
    )


def _amount(text: str | None) -> str | None:
    return None if text is None else canonical.decimal_text(Decimal(text))


def approval_of(session: Session, card: Card) -> tuple[Approval, ...]:
    """The steps and their times; by whom stays here."""
    rows = session.execute(
        select(CardStep.step, CardStep.at)
        .where(CardStep.card_id == card.id, CardStep.step.in_(list(STEPS)))
        .order_by(CardStep.at.desc(), CardStep.id.desc())
        .limit(MOST_STEPS)
    )
    return tuple(Approval(STEPS[row.step], clock.iso(row.at)) for row in reversed(rows.all()))  # type: ignore[arg-type]
