"""Behind a point of a card: the sides of its figure and of its gates, and the records of its days, nobody's name among them."""

import uuid
from dataclasses import dataclass

from flask import Response
from flask_babel import gettext

from admin import card_words, inspection_reach
from admin.blueprint import SCORECARD_READERS, SCORECARD_ROLES, actor, blueprint, page
from admin.card_words import period_of, period_title, seen
from admin.scorecards import check_mark
from backend import http
from backend.cards import opening, queries
from backend.cards.errors import CriterionUnknown
from backend.cards.models import Card
from backend.cards.opening import Days, Fraction
from backend.cards.queries import CardView
from backend.cards.words import GATES
from backend.errors import NotAllowed
from backend.http import guarded, staff_with, writes_on_read
from backend.people.staff import reach
from backend.safeguards.audit import note
from backend.scorecards.indicators import Term
from campaigns import queries as campaigns
from campaigns.registry import measure_book


@dataclass(frozen=True)
class Shown:
    """A fraction in words, each of its rows with a short mark to compare two printouts by."""

    title: str
    above: str
    below: str | None
    fraction: Fraction
    rows: list[tuple[Days, str]]

    @property
    def counts_people(self) -> bool:
        """Somebody may stand in several rows, so that rows do not add up to the whole."""
        return "people" in {term.take for term in (self.fraction.above, self.fraction.below) if term}


def opens(card: Card, view: CardView) -> frozenset[str]:
    """Criteria whose records this member may open: those counted, unless so few stand behind them that they are hidden."""
    if not http.staff().holds(*SCORECARD_ROLES) or not _may_open(card):
        return frozenset()
    return frozenset(row.code for row in view.criteria if row.numerator is not None and not row.is_hidden)


def _may_open(card: Card) -> bool:
    period = period_of(card)
    days = (period.first, period.last)
    return card.unit_id in reach(http.session(), http.staff(), *SCORECARD_READERS) or (
        card.unit_id in inspection_reach.opened("facts", days=days, whole=True)
    )


@blueprint.get("/cards/<uuid:card_id>/criteria/<criterion>")
@writes_on_read
@guarded(staff_with(*SCORECARD_ROLES))
def card_rows(card_id: uuid.UUID, criterion: str) -> Response:
    """Of what was published last; before that, of the figures as they are. Reading is put on the trail.

    Raises CardUnknown, NotFound, NotAllowed, NotOpen, CriterionUnknown.
    """
    here, session = seen(card_id), http.session()
    view = queries.view_of(session, here)
    row = next((one for one in view.criteria if one.code == criterion), None)
    if row is None or row.series != "measured":
        raise CriterionUnknown(criterion=criterion[:40])
    _require(here)
    found = opening.opened(session, here, criterion, row.is_hidden or row.numerator is None)
    _require_settled(here, found)
    note(
        session, actor(), "card.rows", "card", here.id, unit=here.unit_id, reason=criterion[:40], is_read=True
    )
    return page(
        "card_rows.html",
        card=here,
        view=view,
        row=row,
        fractions=[_shown(one) for one in found],
        checks=[one for one in queries.checks_of(session, here.id) if one.criterion == criterion],
        words=card_words,
    )


def _require(card: Card) -> None:
    """Raises NotOpen for whoever reads here as an inspector alone, without a running file that opens the records."""
    if card.unit_id not in reach(http.session(), http.staff(), *SCORECARD_READERS):
        period = period_of(card)
        days = (period.first, period.last)
        inspection_reach.read(card.unit_id, "facts", period_title(period), days, whole=True)


def _require_settled(card: Card, found: list[Fraction]) -> None:
    """How people did is not told day by day before their round is settled. Raises NotAllowed."""
    measures = {term.measure for one in found for term in (one.above, one.below) if term}
    telling = {one for one in measures if (known := measure_book()[one]).sealed or known.tells_result}
    if not telling:
        return
    session, counting = http.session(), opening.counting(http.session(), card, telling)
    if any(one.id in counting and one.state != "settled" for one, _ in campaigns.activities(session)):
        raise NotAllowed


def _shown(one: Fraction) -> Shown:
    title = gettext("Con số của tiêu chí")
    if one.gate is not None:
        what, least = gettext(GATES[one.gate.kind]), card_words.number(one.gate.at_least)
        title = gettext(
            "Điều kiện chất lượng: %(what)s, cần từ %(at_least)s trên 100", what=what, at_least=least
        )
    rows = [(days, check_mark(days.keys)) for days in one.rows]
    return Shown(title, _term(one.above), _term(one.below) if one.below else None, one, rows)


def _term(term: Term) -> str:
    return gettext(measure_book()[term.measure].title)
