"""Firms, household businesses and cooperatives of the own hamlets: found, entered by an officer, their papers seen."""

import uuid
from collections.abc import Callable

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import movement_words as words
from admin.blueprint import MOVEMENT_KEEPERS, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.movement_words import everything_typed, movements_seen, names, seen, typed_id
from admin.team_words import typed_day
from backend import clock, http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.people.staff import reach
from backend.safeguards.audit import note
from campaigns.movement import firms as known
from campaigns.movement.errors import NameMissing
from campaigns.movement.models import Firm

PAGE = 50


def _places() -> set[uuid.UUID]:
    """Hamlets in reach of whoever keeps movements."""
    mine = reach(http.session(), http.staff(), *MOVEMENT_KEEPERS)
    return {unit for unit, one in names(mine).items() if one.kind == "hamlet"}


@blueprint.get("/firms")
@writes_on_read
@guarded(staff_with(*MOVEMENT_KEEPERS))
def firms() -> Response:
    """The list; names of household businesses are names of people, so reading it is on the trail."""
    return _page()


def _page(error: DomainError | None = None, at: str = "") -> Response:
    """Shown on the trail, whether asked for or in answer to a form that was refused."""
    note(http.session(), actor(), "movement.firms_read", "movement_firm", is_read=True)
    places, asked = _places(), request.args.get("q", "").replace("\x00", "").strip()[:100]
    rows = known.listed(http.session(), places, asked, _after(), PAGE)
    movements = [
        (activity, campaign)
        for activity, campaign in movements_seen()
        if activity.state in ("open", "closed") and words.settings_of(activity).firms
    ]
    return page(
        "firms.html",
        error.status if error else 200,
        rows=rows[:PAGE],
        more=rows[PAGE - 1].firm.id if len(rows) > PAGE else None,
        hamlets=words.by_name(places),
        names=names(places),
        movements=movements,
        titles={activity.id: activity.title for activity, _ in movements_seen()},
        asked=asked,
        today=clock.today(),
        words=words,
        typed=everything_typed(),
        sentence=http.sentence_of(error) if error else "",
        at=at,
    )


def _after() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args["after"])
    except (KeyError, ValueError):
        return None


def _deed(at: str, do: Callable[[], object], done: str) -> ResponseReturnValue:
    if error := refusal_of(do):
        return _page(error, at)
    flash(done)
    return redirect(url_for("admin.firms"), 303)


@blueprint.post("/firms")
@guarded(staff_with(*MOVEMENT_KEEPERS))
def firm_add() -> ResponseReturnValue:
    """Enter one nobody knew yet, and enrol it at once where a movement is chosen. Raises NotFound."""

    def add() -> None:
        if not typed("hamlet", 40):
            raise NameMissing
        hamlet = typed_id("hamlet")
        if hamlet not in _places():
            raise NotFound
        row = known.add(
            http.session(), typed("sort", 20), typed("name", 160), hamlet, actor(), agreed=_agreed()
        )
        if typed("movement", 40):
            _enrol(row)

    return _deed("new", add, gettext("Đã ghi. Tự đánh giá thì mở bản đăng ký của nơi này."))


def _agreed() -> known.Agreed | None:
    """How and when its owner agreed, where it was filled in. Raises DayInvalid."""
    if not typed("agreed_on", 10):
        return None
    return known.Agreed(typed("agreed_how", 10), typed_day(typed("agreed_on", 10)))


def _enrol(row: Firm) -> None:
    here = seen(typed_id("movement"))
    if not here.keeps:
        raise NotFound
    known.enrol(http.session(), here.activity, here.settings, row, [], actor())


def _held(firm_id: uuid.UUID) -> Firm:
    """Raises NotFound for one of another commune."""
    row = known.one(http.session(), firm_id)
    if row.hamlet_id not in _places():
        raise NotFound
    return row


@blueprint.post("/firms/<uuid:firm_id>/enrol")
@guarded(staff_with(*MOVEMENT_KEEPERS))
def firm_enrol(firm_id: uuid.UUID) -> ResponseReturnValue:
    """Enter a known one in a movement, as it asked. Raises NotFound."""
    row = _held(firm_id)
    return _deed(str(firm_id), lambda: _enrol(row), gettext("Đã đăng ký vào phong trào."))


@blueprint.post("/firms/<uuid:firm_id>/delete")
@guarded(staff_with(*MOVEMENT_KEEPERS))
def firm_delete(firm_id: uuid.UUID) -> ResponseReturnValue:
    """Its owner asked for it to go. Raises NotFound."""
    row = _held(firm_id)
    return _deed(
        str(firm_id),
        lambda: known.remove(http.session(), row, actor()),
        gettext("Đã xóa nơi này cùng phần đã ghi."),
    )


@blueprint.post("/firms/<uuid:firm_id>/verify")
@guarded(staff_with(*MOVEMENT_KEEPERS))
def firm_verify(firm_id: uuid.UUID) -> ResponseReturnValue:
    """An officer saw its papers. Raises NotFound."""
    row = _held(firm_id)
    return _deed(
        str(firm_id),
        lambda: known.verify(http.session(), row, actor()),
        gettext("Đã ghi: cán bộ đã xem giấy tờ."),
    )
