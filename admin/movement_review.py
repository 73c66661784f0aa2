"""Interim and final reviews: drafted from the ledger, read by those who publish, signed once and then as they are."""

import uuid

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import movement_words as words
from admin.blueprint import MOVEMENT_KEEPERS, MOVEMENT_ROLES, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.movement_words import Seen, everything_typed, names, seen
from admin.movements import movement_page
from admin.team_words import typed_day
from backend import http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with
from backend.units.words import sort_key
from campaigns.movement import reviews
from campaigns.movement.models import LONG
from campaigns.movement.statement import Entrant, statement
from campaigns.registry import measure_book


@blueprint.get("/movements/<uuid:activity_id>/reviews/<int:review_number>")
@guarded(staff_with(*MOVEMENT_ROLES))
def movement_review(activity_id: uuid.UUID, review_number: int) -> Response:
    """A published one for everybody in the movement, a draft for who prepares it. Raises NotFound."""
    return review_page(seen(activity_id), review_number)


def review_page(here: Seen, number: int, error: DomainError | None = None) -> Response:
    session = http.session()
    row = reviews.one(session, here.activity.id, number)
    if row.state == "draft" and not here.keeps:
        raise NotFound
    units, firms = _entrants(here, 0 if row.state == "draft" else row.number) if here.keeps else ([], [])
    told = row.statement or statement(session, here.activity, here.settings, row, units, firms)
    known = names({one.unit for one in units})
    return page(
        "movement_review.html",
        error.status if error else 200,
        one=here,
        row=row,
        told=told,
        units=sorted(
            ((one, known[one.unit]) for one in units if one.unit in known),
            key=lambda pair: (sort_key(pair[1].name), pair[1].code),
        ),
        asked=here.settings.of("unit"),
        words=words,
        typed=everything_typed(),
        sentence=http.sentence_of(error) if error else "",
    )


def _entrants(here: Seen, number: int) -> tuple[list[Entrant], list[Entrant]]:
    session, activity = http.session(), here.activity.id
    units = reviews.entrants(session, reviews.units_in(session, activity), here.settings.of("unit"), number)
    firms = reviews.entrants(session, reviews.firms_in(session, activity), here.settings.of("firm"), number)
    return units, firms


# --- deeds -----------------------------------------------------------------------------------------------------------


def _kept(activity_id: uuid.UUID) -> Seen:
    here = seen(activity_id)
    if not here.keeps:
        raise NotFound
    return here


def _to(activity_id: uuid.UUID, number: int) -> ResponseReturnValue:
    return redirect(url_for("admin.movement_review", activity_id=activity_id, review_number=number), 303)


@blueprint.post("/movements/<uuid:activity_id>/reviews")
@guarded(staff_with(*MOVEMENT_KEEPERS))
def movement_review_new(activity_id: uuid.UUID) -> ResponseReturnValue:
    """Begin a review up to a day. Raises NotFound."""
    here, made = _kept(activity_id), []

    def begin() -> None:
        kind = typed("kind", 10)
        until = typed_day(typed("until", 10))
        made.append(
            reviews.draft(http.session(), here.activity, here.settings, measure_book(), kind, until, actor())
        )

    if error := refusal_of(begin):
        return movement_page(activity_id, error, "review")
    flash(gettext("Đã tính số liệu. Xin đọc lại rồi công bố."))
    return _to(activity_id, made[0].number)


@blueprint.post("/movements/<uuid:activity_id>/reviews/<int:review_number>/save")
@guarded(staff_with(*MOVEMENT_KEEPERS))
def movement_review_save(activity_id: uuid.UUID, review_number: int) -> ResponseReturnValue:
    """The words that stand in it, counted anew. Raises NotFound."""
    here = _kept(activity_id)

    def save() -> None:
        row = reviews.one(http.session(), activity_id, review_number)
        reviews.write(http.session(), row, typed("words", LONG))
        reviews.count(http.session(), here.activity, here.settings, measure_book(), row.until)

    if error := refusal_of(save):
        return review_page(here, review_number, error)
    flash(gettext("Đã ghi lời và tính lại số liệu."))
    return _to(activity_id, review_number)


@blueprint.post("/movements/<uuid:activity_id>/reviews/<int:review_number>/publish")
@guarded(staff_with(*MOVEMENT_KEEPERS))
def movement_review_publish(activity_id: uuid.UUID, review_number: int) -> ResponseReturnValue:
    """Sign it, for everybody to read. Raises NotFound."""
    here = _kept(activity_id)

    def publish() -> None:
        row = reviews.one(http.session(), activity_id, review_number)
        if row.state == "draft" and "words" in everything_typed():
            reviews.write(http.session(), row, typed("words", LONG))
        signer = http.services().signer
        reviews.publish(http.session(), here.activity, here.settings, measure_book(), row, signer, actor())

    if error := refusal_of(publish):
        return review_page(here, review_number, error)
    flash(gettext("Đã công bố. Bản này có chữ ký số và giữ nguyên."))
    return _to(activity_id, review_number)


@blueprint.post("/movements/<uuid:activity_id>/reviews/<int:review_number>/discard")
@guarded(staff_with(*MOVEMENT_KEEPERS))
def movement_review_discard(activity_id: uuid.UUID, review_number: int) -> ResponseReturnValue:
    """Throw the draft away. Raises NotFound."""
    here = _kept(activity_id)

    def discard() -> None:
        reviews.discard(http.session(), reviews.one(http.session(), activity_id, review_number), actor())

    if error := refusal_of(discard):
        return review_page(here, review_number, error)
    flash(gettext("Đã bỏ bản soạn dở."))
    return redirect(url_for("admin.movement", activity_id=activity_id), 303)
