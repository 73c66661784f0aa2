"""A cell's year for its secretary: who has registered and what waits, what falls due, who is exempt, who else may read.

Of those who have not registered there is a number and never a list.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import pledge_words
from admin.blueprint import CELL_SECRETARIES, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.pledge_words import Year, everything_typed, own_cell, past_day, secretary, within
from admin.team_words import typed_day
from backend import clock, http
from backend.errors import N_, DomainError
from backend.http import guarded, staff_with, writes_on_read
from backend.safeguards.audit import note
from backend.units.queries import NamedUnit
from backend.units.words import sort_key
from campaigns.pledge import cell, cell_view
from campaigns.pledge.calendar import dates
from campaigns.pledge.cell_view import Due, MemberLine
from campaigns.pledge.readers import trace_listed

SOON, LATER = 30, 60
FIELDS = ("subject", "reason", "words", "since", "decided_on")


class MemberMissing(DomainError):
    status = 409
    code = "member_missing"
    sentence = N_("Xin chọn một đảng viên của chi bộ.")


@dataclass(frozen=True)
class Steps:
    """What the cell has to do next, by what the lines are waiting for."""

    answer: list[MemberLine]
    midyear: list[MemberLine]
    classes: list[MemberLine]


def steps(year: Year, lines: list[MemberLine]) -> Steps:
    """The cell's own next steps; mid-year checks from their day on."""
    midyear = year.is_past("midyear_from")
    return Steps(
        [one for one in lines if one.waits],
        [one for one in lines if midyear and one.state == "in_force"],
        [one for one in lines if one.state == "self_assessed"],
    )


def due_soon(year: Year, unit: NamedUnit) -> list[Due]:
    """What falls due within sixty days; that its deeds were read here is told to their members."""
    since, until = within(LATER)
    found = cell_view.due_between(http.session(), year.activity, unit.id, since, until)
    trace_listed(
        http.session(), secretary(unit.id), {one.pledge: one.number for one in found}, "due", unit.id
    )
    return found


@blueprint.get("/pledges/cells/<uuid:unit_id>")
@writes_on_read
@guarded(staff_with(*CELL_SECRETARIES))
def pledge_cell(unit_id: uuid.UUID) -> Response:
    """The cell's year. Raises NotFound for a cell of somebody else."""
    return _cell_page(unit_id)


def _cell_page(unit_id: uuid.UUID, error: DomainError | None = None, at: str = "") -> Response:
    year, unit = own_cell(unit_id)
    session = http.session()
    lines = cell_view.lines(session, year.activity, unit.id)
    note(session, actor(), "pledge.cell", "unit", unit.id, unit=unit.id, is_read=True)
    return page(
        "pledge_cell.html",
        error.status if error else 200,
        year=year,
        unit=unit,
        years=pledge_words.years_seen(),
        dates=dates(year.activity, year.settings),
        coverage=cell_view.coverage(session, year.activity, [unit.id])[unit.id],
        lines=lines,
        steps=steps(year, lines),
        due=due_soon(year, unit),
        soon=within(SOON)[1],
        later=within(LATER)[1],
        exempt=cell_view.exemptions(session, year.activity, unit.id),
        members=_by_name(cell_view.members(session, unit.id, clock.today())),
        sharing={one.audience: one for one in cell_view.sharing(session, year.activity, unit.id)},
        words=pledge_words,
        typed=everything_typed(*FIELDS),
        ticked=request.form.getlist("audience"),
        sentence=http.sentence_of(error) if error else "",
        at=at,
    )


def _by_name(found: dict[uuid.UUID, str]) -> list[tuple[uuid.UUID, str]]:
    return sorted(found.items(), key=lambda pair: (sort_key(pair[1]), pair[0]))


def _deed(unit_id: uuid.UUID, at: str, do: Callable[[], object], done: str) -> ResponseReturnValue:
    """Do it and say so, or show the page again with why not beside the form it came from."""
    if error := refusal_of(do):
        return _cell_page(unit_id, error, at)
    flash(done)
    year, _ = own_cell(unit_id)
    return redirect(
        url_for("admin.pledge_cell", unit_id=unit_id, activity_id=year.activity.id, _anchor=at), 303
    )


@blueprint.post("/pledges/cells/<uuid:unit_id>/exemptions")
@guarded(staff_with(*CELL_SECRETARIES))
def pledge_exempt(unit_id: uuid.UUID) -> ResponseReturnValue:
    """No pledge is expected of this member this year. Raises NotFound."""
    year, unit = own_cell(unit_id)

    def exempt() -> None:
        who, reason = _member(unit), pledge_words.chosen("reason", pledge_words.EXEMPT)
        since = typed_day(typed("since", 10))
        cell.exempt(
            http.session(), year.activity, who, reason, typed("words", 200), since, secretary(unit.id)
        )

    return _deed(
        unit_id, "exempt", exempt, gettext("Đã ghi. Đồng chí ấy không còn tính trong số phải đăng ký.")
    )


def _member(unit: NamedUnit) -> uuid.UUID:
    """The chosen one of the cell's own members. Raises MemberMissing."""
    known = cell_view.members(http.session(), unit.id, clock.today())
    found = next((subject for subject in known if str(subject) == typed("subject", 40)), None)
    if found is None:
        raise MemberMissing
    return found


@blueprint.post("/pledges/cells/<uuid:unit_id>/exemptions/end")
@guarded(staff_with(*CELL_SECRETARIES))
def pledge_expect(unit_id: uuid.UUID) -> ResponseReturnValue:
    """The exemption is over or was a mistake. Raises NotFound."""
    year, unit = own_cell(unit_id)

    def expect() -> None:
        cell.expect_again(http.session(), year.activity, _member(unit), secretary(unit.id))

    return _deed(
        unit_id, "exempt", expect, gettext("Đã ghi. Đồng chí ấy lại được tính trong số phải đăng ký.")
    )


@blueprint.post("/pledges/cells/<uuid:unit_id>/sharing")
@guarded(staff_with(*CELL_SECRETARIES))
def pledge_share(unit_id: uuid.UUID) -> ResponseReturnValue:
    """What the cell decided in its meeting about who else may read. Raises NotFound."""
    year, unit = own_cell(unit_id)

    def share() -> None:
        audiences = [one for one in request.form.getlist("audience") if one in cell.AUDIENCES]
        cell.share(http.session(), year.activity, audiences, past_day("decided_on"), secretary(unit.id))

    return _deed(unit_id, "sharing", share, gettext("Đã ghi quyết định của chi bộ."))
