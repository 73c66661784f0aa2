"""The steps people take with a card: who answers for it, self-score, official score, appeal and answer, lock and reopen."""

import uuid
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import card_words
from admin.blueprint import CARD_KEEPERS, actor, blueprint, page
from admin.card_one import card_page
from admin.card_words import may, seen
from admin.forms import refusal_of, typed
from backend import http
from backend.cards import actions, appeals, evidence, queries
from backend.cards.actions import Given
from backend.cards.errors import CheckWrong, OwnCard, PointsUnread
from backend.cards.models import LONGEST_WORDS, Card
from backend.cards.queries import CardView
from backend.errors import DomainError, NotAllowed
from backend.http import guarded, staff_with
from backend.reports import card_flow


def _deed(here: Card, at: str, deed: Callable[[], object], done: str) -> ResponseReturnValue:
    """Do it and say so, or show the card again with why not and what was typed."""
    if error := refusal_of(deed):
        return card_page(here, error, at)
    flash(done)
    return redirect(url_for("admin.card", card_id=here.id, _anchor=at), 303)


def _kept(card_id: uuid.UUID) -> Card:
    """A card the member keeps for its unit. Raises CardUnknown, NotFound, NotAllowed."""
    here = seen(card_id)
    if not may(here).keep:
        raise NotAllowed
    return here


def _scored(card_id: uuid.UUID) -> Card:
    """A card the member scores for the level above. Raises CardUnknown, NotFound, OwnCard."""
    here = seen(card_id)
    if not may(here).score:
        raise OwnCard
    return here


@blueprint.post("/cards/<uuid:card_id>/head")
@guarded(staff_with(*CARD_KEEPERS))
def card_head(card_id: uuid.UUID) -> ResponseReturnValue:
    here = _kept(card_id)
    return _deed(
        here, "head",
        lambda: actions.name_head(http.session(), here.id, typed("title", 120), typed("name", 120), actor()),
        gettext("Đã ghi người chịu trách nhiệm."),
    )  # fmt: skip


@blueprint.post("/cards/<uuid:card_id>/reason")
@guarded(staff_with(*CARD_KEEPERS))
def card_reason(card_id: uuid.UUID) -> ResponseReturnValue:
    """Why less was measured than was declared."""
    here = _kept(card_id)
    return _deed(
        here, "reason",
        lambda: actions.give_reason(http.session(), here.id, typed("criterion", 40), typed("words", LONGEST_WORDS), actor()),
        gettext("Đã ghi lý do. Lý do đứng cạnh hai con số."),
    )  # fmt: skip


# --- points ---------------------------------------------------------------------------------------------------------


@blueprint.get("/cards/<uuid:card_id>/self")
@guarded(staff_with(*CARD_KEEPERS))
def card_self_form(card_id: uuid.UUID) -> Response:
    return _form(_kept(card_id), "self")


@blueprint.post("/cards/<uuid:card_id>/self")
@guarded(staff_with(*CARD_KEEPERS))
def card_self(card_id: uuid.UUID) -> ResponseReturnValue:
    here = _kept(card_id)
    view = queries.view_of(http.session(), here, live=True)
    error = refusal_of(lambda: actions.self_score(http.session(), here.id, _given(view, "self"), actor()))
    if error:
        return _form(here, "self", error)
    flash(gettext("Đã ghi điểm tự chấm. Cấp trên sẽ chấm theo minh chứng."))
    return redirect(url_for("admin.card", card_id=here.id), 303)


@blueprint.get("/cards/<uuid:card_id>/official")
@guarded(staff_with(*CARD_KEEPERS))
def card_official_form(card_id: uuid.UUID) -> Response:
    return _form(_scored(card_id), "official")


@blueprint.post("/cards/<uuid:card_id>/official")
@guarded(staff_with(*CARD_KEEPERS))
def card_official(card_id: uuid.UUID) -> ResponseReturnValue:
    here = _scored(card_id)
    view = queries.view_of(http.session(), here, live=True)
    computed = {row.code: row.computed_points for row in view.criteria}
    error = refusal_of(
        lambda: actions.official_score(http.session(), here.id, _given(view, "official"), actor(), computed)
    )
    if error:
        return _form(here, "official", error)
    flash(gettext("Đã ghi điểm chính thức. Đơn vị có thể kiến nghị trong hạn."))
    return redirect(url_for("admin.card", card_id=here.id), 303)


def _form(here: Card, side: str, error: DomainError | None = None) -> Response:
    return page(
        "card_score.html",
        error.status if error else 200,
        card=here,
        side=side,
        view=queries.view_of(http.session(), here, live=True),
        files=evidence.by_criterion(http.session(), here.id),
        words=card_words,
        form=request.form,
        sentence=http.sentence_of(error) if error else "",
    )


def _given(view: CardView, side: str) -> dict[str, Given]:
    """What was filled in. Wholly empty: the unit's own points stay as they are, official ones are taken back.

    Raises PointsUnread.
    """
    found: dict[str, Given] = {}
    for row in view.criteria:
        points, words = typed(f"points_{row.code}", 20), typed(f"words_{row.code}", LONGEST_WORDS)
        is_cleared = (
            side == "official" and row.official_points is not None and f"points_{row.code}" in request.form
        )
        if points or words or is_cleared:
            found[row.code] = (_points(points, row.title["vi"]), words)
    return found


def _points(text: str, title: str) -> Decimal | None:
    if not text:
        return None
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        raise PointsUnread(criterion=title) from None
    if not number.is_finite():
        raise PointsUnread(criterion=title)
    return number


@blueprint.post("/cards/<uuid:card_id>/checks")
@guarded(staff_with(*CARD_KEEPERS))
def card_check(card_id: uuid.UUID) -> ResponseReturnValue:
    """A spot check by the level above."""
    here = _scored(card_id)

    def check() -> object:
        looked, held = (_count(typed(name, 9)) for name in ("looked", "held"))
        code, words = typed("criterion", 40), typed("words", LONGEST_WORDS)
        return actions.spot_check(http.session(), here.id, code, looked, held, words, actor())

    return _deed(here, "checks", check, gettext("Đã ghi kết quả kiểm tra xác suất."))


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise CheckWrong
    return int(text)


# --- appeals, and the end -------------------------------------------------------------------------------------------


@blueprint.post("/cards/<uuid:card_id>/appeals")
@guarded(staff_with(*CARD_KEEPERS))
def card_appeal(card_id: uuid.UUID) -> ResponseReturnValue:
    here = _kept(card_id)
    return _deed(
        here, "appeals",
        lambda: appeals.appeal(http.session(), here.id, typed("criterion", 40), typed("words", LONGEST_WORDS), actor()),
        gettext("Đã gửi kiến nghị. Cấp trên trả lời trong hạn ghi ở dưới."),
    )  # fmt: skip


@blueprint.post("/cards/<uuid:card_id>/waive")
@guarded(staff_with(*CARD_KEEPERS))
def card_waive(card_id: uuid.UUID) -> ResponseReturnValue:
    """The unit contests nothing. Raises CardUnknown, NotFound, NotAllowed."""
    here = _kept(card_id)
    return _deed(
        here, "appeals", lambda: appeals.waive_appeal(http.session(), here.id, actor()),
        gettext("Đã ghi: đơn vị không kiến nghị. Cấp trên khóa phiếu được ngay."),
    )  # fmt: skip


@blueprint.post("/cards/appeals/<uuid:appeal_id>/answer")
@guarded(staff_with(*CARD_KEEPERS))
def card_answer(appeal_id: uuid.UUID) -> ResponseReturnValue:
    found = appeals.appeal_with(http.session(), appeal_id)
    here = _scored(found.card_id)

    def answer() -> object:
        points = _points(typed("points", 20), found.criterion)
        return appeals.answer_appeal(http.session(), found.id, typed("words", LONGEST_WORDS), actor(), points)

    return _deed(here, "appeals", answer, gettext("Đã trả lời kiến nghị."))


@blueprint.post("/cards/<uuid:card_id>/lock")
@guarded(staff_with(*CARD_KEEPERS))
def card_lock(card_id: uuid.UUID) -> ResponseReturnValue:
    here = _scored(card_id)
    return _deed(
        here, "end", lambda: actions.lock(http.session(), here.id, actor()), gettext("Đã khóa phiếu điểm.")
    )


@blueprint.post("/cards/<uuid:card_id>/reopen")
@guarded(staff_with(*CARD_KEEPERS))
def card_reopen(card_id: uuid.UUID) -> ResponseReturnValue:
    here = _scored(card_id)
    return _deed(
        here, "end", lambda: card_flow.reopen(http.session(), here.id, actor(), typed("reason", 500)),
        gettext("Đã mở lại. Lý do được ghi vào lịch sử phiếu."),
    )  # fmt: skip
