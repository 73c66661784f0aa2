"""What the level above answered to the figures this unit sent: accepted and sealed, or returned with words."""

import uuid

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy import and_, literal, select

from admin import card_words, levels_words
from admin.blueprint import CARD_READERS, LEVEL_READERS, blueprint, page
from admin.levels_choice import lines, own_levels
from backend import http
from backend.cards.models import Card
from backend.db.node import this_node
from backend.db.statements import among
from backend.errors import DomainError
from backend.http import guarded, staff_with
from backend.levels import answers, reading
from backend.levels.models import LevelAnswer
from backend.levels.reading import About
from backend.own_calendars.reading import period
from backend.units.models import Unit


@blueprint.get("/levels/answers")
@guarded(staff_with(*LEVEL_READERS))
def levels_answers() -> ResponseReturnValue:
    """Of the unit this node serves; staff of other units read nothing here."""
    return answers_page()


def answers_page() -> Response:
    session, seen = http.session(), lines()
    rows = [row for row in answers.newest(session) if row.line in seen] if _is_of_this_node() else []
    told = [(row, about) for row in rows if (about := _about(row))]
    return page(
        "levels_answers.html",
        rows=told,
        titles=reading.titles(session, {about.template for _, about in told}),
        cards=_cards(rows),
        has_level=bool(own_levels(*LEVEL_READERS)),
        words=levels_words,
    )


def _cards(rows: list[LevelAnswer]) -> dict[uuid.UUID, uuid.UUID]:
    """Answer -> the card whose figures it is about, where this member may open it. One statement."""
    if not rows or not http.staff().holds(*CARD_READERS):
        return {}
    same = and_(
        Unit.code == LevelAnswer.unit_code, Unit.id == Card.unit_id, Card.calendar == LevelAnswer.calendar,
        Card.period == LevelAnswer.period, LevelAnswer.dataset == literal("figures/") + Card.template,
    )  # fmt: skip
    query = select(LevelAnswer.id, Card.id).where(same, LevelAnswer.id.in_([row.id for row in rows]))
    query = query.where(among(Card.unit_id, card_words.reached()))
    return {answer: card for answer, card in http.session().execute(query)}  # noqa: C416 - rows are no pairs to mypy


def _about(row: LevelAnswer) -> About | None:
    """None for a period of a calendar this node does not know: what it never sent was never answered."""
    try:
        return About(row.dataset, row.line, period(http.session(), row.calendar, row.period))
    except DomainError:
        return None


def _is_of_this_node() -> bool:
    unit = this_node(http.session()).unit_id
    return any(unit in http.staff().roles.get(role, ()) for role in LEVEL_READERS)
