"""Several pledges confirmed at once, after each of them was opened and read by whoever confirms."""

import uuid
from dataclasses import dataclass

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin.blueprint import CELL_SECRETARIES, blueprint, page
from admin.forms import refusal_of, typed
from admin.pledge_words import Year, own_cell, secretary
from backend import http
from backend.errors import N_, DomainError
from backend.http import guarded, staff_with
from backend.units.queries import NamedUnit
from campaigns.pledge import cell, cell_view
from campaigns.pledge.cell_view import MemberLine
from campaigns.pledge.errors import ChangedSince


class NoneChosen(DomainError):
    status = 409
    code = "none_chosen"
    sentence = N_("Xin chọn ít nhất một bản đã đọc.")


@dataclass(frozen=True)
class Not:
    """One that was not confirmed, and why."""

    name: str
    why: str


@blueprint.get("/pledges/cells/<uuid:unit_id>/several")
@guarded(staff_with(*CELL_SECRETARIES))
def pledge_many(unit_id: uuid.UUID) -> Response:
    """What waits for the cell: those that were read may be ticked, the others are read first. Raises NotFound."""
    return _many_page(*own_cell(unit_id))


def _waiting(year: Year, unit: NamedUnit) -> list[MemberLine]:
    return [one for one in cell_view.lines(http.session(), year.activity, unit.id) if one.waits]


def _many_page(
    year: Year, unit: NamedUnit, error: DomainError | None = None, refused: list[Not] | None = None
) -> Response:
    lines = _waiting(year, unit)
    read = cell_view.opened_by(http.session(), http.staff().person, lines)
    status = error.status if error else 409 if refused else 200
    return page(
        "pledge_many.html",
        status,
        year=year,
        unit=unit,
        lines=lines,
        read=read,
        next=next((one.pledge for one in lines if one.pledge not in read), None),
        ticked=set(request.form.getlist("pledge")),
        words_typed=typed("words"),
        sentence=http.sentence_of(error) if error else "",
        refused=refused or [],
    )


@blueprint.post("/pledges/cells/<uuid:unit_id>/several")
@guarded(staff_with(*CELL_SECRETARIES))
def pledge_confirm_many(unit_id: uuid.UUID) -> ResponseReturnValue:
    """Each by itself: what changed meanwhile or was not read is named and stays. Raises NotFound."""
    year, unit = own_cell(unit_id)
    sent = set(request.form.getlist("pledge"))
    registered = cell_view.lines(http.session(), year.activity, unit.id)
    chosen = [one for one in registered if any(s.startswith(f"{one.pledge}:") for s in sent)]
    lines = [one for one in chosen if one.waits]
    if not lines:  # nothing was ticked, or somebody else has answered all of it meanwhile
        return _many_page(year, unit, ChangedSince() if chosen else NoneChosen())
    refused = []
    for one in sorted(
        lines, key=lambda line: line.pledge
    ):  # always in this order: two secretaries never wait in a ring
        if error := refusal_of(lambda one=one: _confirm(year, unit, one, sent)):  # type: ignore[misc]
            refused.append(Not(one.name, http.sentence_of(error)))
    if done := len(lines) - len(refused):
        flash(gettext("Đã ghi: chi bộ xác nhận %(count)s bản.", count=done))
    if refused:
        return _many_page(year, unit, refused=refused)
    return redirect(url_for("admin.pledge_cell", unit_id=unit_id, activity_id=year.activity.id), 303)


def _confirm(year: Year, unit: NamedUnit, line: MemberLine, sent: set[str]) -> None:
    """The version the form was made from. Raises ChangedSince, NotOpened."""
    number = next(
        (n for n in range(1, line.number + 1) if f"{line.pledge}:{n}" in sent),
        0,
    )
    held, _ = cell.at_hand(http.session(), line.pledge, "secretary", {unit.id})
    cell.confirm(http.session(), year.activity, held, number, typed("words"), secretary(unit.id))
