"""Exemplary models: written by a unit, published by those who keep emulation, visited by others."""

import uuid
from collections.abc import Callable

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import movement_words as words
from admin.blueprint import (
    MOVEMENT_HEADS,
    MOVEMENT_KEEPERS,
    MOVEMENT_ROLES,
    UNIT_HEADS,
    actor,
    blueprint,
    page,
)
from admin.forms import refusal_of, typed
from admin.movement_words import everything_typed, movements_seen, names, page_asked, revision, typed_id
from admin.team_words import typed_day
from backend import clock, http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with
from backend.people.staff import reach
from campaigns.movement import exemplary
from campaigns.movement.exemplary import Text
from campaigns.movement.models import LONG, TITLE, Exemplary

WRITERS = ("hamlet", "agency", "school", "association", "commune", "youth_branch")


def _keeps() -> set[uuid.UUID]:
    return reach(http.session(), http.staff(), *MOVEMENT_KEEPERS)


def _heads() -> set[uuid.UUID]:
    return reach(http.session(), http.staff(), *UNIT_HEADS)


@blueprint.get("/models")
@guarded(staff_with(*MOVEMENT_ROLES))
def models() -> Response:
    """Those of the units in reach whatever their state, and everybody's that are published."""
    return _list()


def _list(error: DomainError | None = None) -> Response:
    session, mine = http.session(), _keeps() | _heads()
    own_number = page_asked("own")
    own, own_more = (
        exemplary.cards(session, page=own_number, units=mine, published=False) if mine else ([], False)
    )
    rows, more = exemplary.cards(session, page=page_asked())
    return page(
        "models.html",
        error.status if error else 200,
        own=own,
        own_more=own_more,
        own_number=own_number,
        rows=rows,
        more=more,
        number=page_asked(),
        writers=[one for one in words.by_name(mine) if one.kind in WRITERS],
        movements=[activity for activity, _ in movements_seen() if activity.state != "scheduled"],
        words=words,
        typed=everything_typed(),
        sentence=http.sentence_of(error) if error else "",
    )


def _text() -> Text:
    return Text(typed("title", TITLE), typed("what", LONG), typed("results", LONG), typed("how", LONG))


@blueprint.post("/models")
@guarded(staff_with(*MOVEMENT_HEADS))
def model_new() -> ResponseReturnValue:
    """Begin one. Raises NotFound."""
    made: list[Exemplary] = []

    def write() -> None:
        unit = typed_id("unit")
        if unit not in _keeps() | _heads():
            raise NotFound
        movement = typed_id("movement") if typed("movement", 40) else None
        made.append(exemplary.write(http.session(), unit, _text(), actor(), movement))

    if error := refusal_of(write):
        return _list(error)
    flash(gettext("Đã ghi bản nháp."))
    return redirect(url_for("admin.model", model_id=made[0].id), 303)


@blueprint.get("/models/<uuid:model_id>")
@guarded(staff_with(*MOVEMENT_ROLES))
def model(model_id: uuid.UUID) -> Response:
    """Raises NotFound for a draft of somebody else's unit."""
    return _one(model_id)


def _one(model_id: uuid.UUID, error: DomainError | None = None, at: str = "") -> Response:
    row = http.session().get(Exemplary, model_id)
    keeps, heads = _keeps(), _heads()
    if row is None or (row.state != "published" and row.unit_id not in keeps | heads):
        raise NotFound
    return page(
        "model.html",
        error.status if error else 200,
        row=row,
        unit=names([row.unit_id]).get(row.unit_id),
        visits=exemplary.visits(http.session(), model_id),
        most_visits=exemplary.MOST_VISITS,
        movement=exemplary.movement_of(http.session(), row),
        keeps=row.unit_id in keeps,
        writes=row.unit_id in keeps | heads and row.state != "withdrawn",
        visitors=[
            one for one in words.by_name((heads | keeps) - {row.unit_id}) if one.kind in WRITERS
        ] if row.state == "published" else [],
        today=clock.today(),
        words=words,
        typed=everything_typed(),
        sentence=http.sentence_of(error) if error else "",
        at=at,
    )  # fmt: skip


def _deed(
    model_id: uuid.UUID, at: str, who: set[uuid.UUID], do: Callable[[Exemplary], object], done: str
) -> ResponseReturnValue:
    """`who`: the units of which the model has to be one."""
    row = http.session().get(Exemplary, model_id)
    if row is None or row.unit_id not in who:
        raise NotFound
    if error := refusal_of(lambda: do(exemplary.held(http.session(), model_id))):
        return _one(model_id, error, at)
    flash(done)
    return redirect(url_for("admin.model", model_id=model_id), 303)


@blueprint.post("/models/<uuid:model_id>/change")
@guarded(staff_with(*MOVEMENT_HEADS))
def model_change(model_id: uuid.UUID) -> ResponseReturnValue:
    """Other words. Raises NotFound."""

    def change(row: Exemplary) -> None:
        exemplary.change(http.session(), row.id, _text(), revision(), actor())

    row = http.session().get(Exemplary, model_id)
    waits = row is not None and row.state == "published"
    done = gettext("Đã ghi. Bản sửa hiện ra khi thường trực thi đua đăng.") if waits else gettext("Đã ghi.")
    return _deed(model_id, "change", _keeps() | _heads(), change, done)


@blueprint.post("/models/<uuid:model_id>/publish")
@guarded(staff_with(*MOVEMENT_KEEPERS))
def model_publish(model_id: uuid.UUID) -> ResponseReturnValue:
    """For everybody to read, as the page showed it. Raises NotFound."""
    return _deed(
        model_id, "publish", _keeps(),
        lambda row: exemplary.publish(http.session(), row, revision(), actor()), gettext("Đã đăng cho mọi người xem."),
    )  # fmt: skip


@blueprint.post("/models/<uuid:model_id>/withdraw")
@guarded(staff_with(*MOVEMENT_KEEPERS))
def model_withdraw(model_id: uuid.UUID) -> ResponseReturnValue:
    """No longer shown. Raises NotFound."""
    return _deed(
        model_id, "publish", _keeps(),
        lambda row: exemplary.withdraw(http.session(), row, actor()), gettext("Đã gỡ, không còn hiện ra."),
    )  # fmt: skip


@blueprint.post("/models/<uuid:model_id>/visit")
@guarded(staff_with(*MOVEMENT_HEADS))
def model_visit(model_id: uuid.UUID) -> ResponseReturnValue:
    """The own unit went to see it. Raises NotFound."""
    row = http.session().get(Exemplary, model_id)
    if row is None or row.state != "published":
        raise NotFound

    def visit() -> None:
        unit = typed_id("unit")
        if unit not in _heads() | _keeps():
            raise NotFound
        people = typed("people", 6)
        many = int(people) if people.isascii() and people.isdecimal() else 0
        day = typed_day(typed("day", 10))
        exemplary.visit(
            http.session(), exemplary.held(http.session(), model_id), unit, day, many, typed("took_home"), actor()
        )  # fmt: skip

    if error := refusal_of(visit):
        return _one(model_id, error, "visit")
    flash(gettext("Đã ghi lượt đến học."))
    return redirect(url_for("admin.model", model_id=model_id), 303)
