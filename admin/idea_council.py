"""One sitting: its members and marks, who judges what and how far they are, the meeting, the minutes. No marks before they
lie open to all."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import idea_words
from admin.blueprint import IDEA_SECRETARIES, blueprint, page
from admin.forms import refusal_of, typed
from admin.idea_councils import SPARE, marks_typed, most_points
from admin.idea_words import Year, paper, secretary, unit_names, units_handled, year_with
from backend import http
from backend.errors import N_, DomainError, NotFound
from backend.http import guarded, staff_with
from backend.people import staff
from backend.people.staff import reach
from campaigns.initiative import council, intake, overview
from campaigns.initiative.models import TEXT, Council, CouncilMember

FIELDS = ("number", "day", "minutes")


class NoneChosen(DomainError):
    status = 409
    code = "none_chosen"
    sentence = N_("Xin chọn ít nhất một sáng kiến.")


@dataclass(frozen=True)
class Sitting:
    """A council in the year it belongs to."""

    year: Year
    row: Council
    members: list[CouncilMember]
    names: Mapping[uuid.UUID, str]


def sitting_seen(council_id: uuid.UUID) -> Sitting:
    """Raises NotFound for one of a unit the member is not secretary of."""
    session = http.session()
    row = session.get(Council, council_id)
    if row is None or row.unit_id not in reach(session, http.staff(), *IDEA_SECRETARIES):
        raise NotFound
    members = council.members_of(session, row.id)
    order = list(idea_words.PARTS)
    members.sort(key=lambda one: order.index(one.part))
    names = staff.names_of(session, {one.person_id for one in members})
    return Sitting(year_with(row.activity_id), row, members, names)


@blueprint.get("/ideas/councils/<uuid:council_id>")
@guarded(staff_with(*IDEA_SECRETARIES))
def idea_council(council_id: uuid.UUID) -> Response:
    """The sitting. Raises NotFound."""
    return _council_page(council_id)


def _council_page(council_id: uuid.UUID, error: DomainError | None = None, at: str = "") -> Response:
    here, session = sitting_seen(council_id), http.session()
    found = overview.progress(session, [council_id])
    inside = overview.rows_of(session, [one for _, one in found])
    waiting = [] if here.row.opened_at else _waiting(here.year)
    return page(
        "idea_council.html",
        error.status if error else 200,
        sat=here,
        present=[
            here.names.get(one.person_id, "")
            for one in here.members
            if str(one.person_id) in here.row.present
        ],
        rubric=council.rubric_of(here.row),
        most=most_points(council.rubric_of(here.row)),
        spare=SPARE,
        inside=inside,
        progress={initiative: one for (_, initiative), one in found.items()},
        results=overview.results_of(session, council_id),
        waiting=waiting,
        units=unit_names({one.unit_id for one in here.members if one.unit_id}),
        differs=_differences(here) if here.row.opened_at else [],
        ticked=set(request.form.getlist("present")) or set(here.row.present),
        words=idea_words,
        form=request.form if at == "marks" else {},
        typed={name: typed(name, TEXT) for name in FIELDS},
        sentence=http.sentence_of(error) if error else "",
        at=at,
    )


def _waiting(year: Year) -> list[overview.Row]:
    return overview.to_assign(http.session(), year.activity.id, units_handled(year))


def _differences(here: Sitting) -> list[tuple[overview.Row, Mapping[str, object]]]:
    """Results of the year that are not what their sheets come to today."""
    found = {one["initiative"]: one for one in council.differences(http.session(), here.row.activity_id)}
    rows = overview.rows_of(http.session(), found)  # type: ignore[arg-type]
    return [(row, found[row.id]) for row in rows]


def _deed(
    council_id: uuid.UUID, at: str, do: Callable[[Council, Sitting], object], done: str
) -> ResponseReturnValue:
    """Do it with the sitting in hand and say so; or show it again with why not and what was typed. Raises NotFound."""
    here = sitting_seen(council_id)
    if error := refusal_of(lambda: do(council.held(http.session(), council_id), here)):
        return _council_page(council_id, error, at)
    flash(done)
    return redirect(url_for("admin.idea_council", council_id=council_id, _anchor=at), 303)


@blueprint.post("/ideas/councils/<uuid:council_id>/marks")
@guarded(staff_with(*IDEA_SECRETARIES))
def council_marks(council_id: uuid.UUID) -> ResponseReturnValue:
    """Other marks, before the first score. Raises NotFound."""

    def change(row: Council, here: Sitting) -> None:
        council.change_marks(http.session(), row, marks_typed(), secretary(here.year, row.unit_id))

    return _deed(council_id, "marks", change, gettext("Đã ghi thang điểm."))


@blueprint.post("/ideas/councils/<uuid:council_id>/assign")
@guarded(staff_with(*IDEA_SECRETARIES))
def council_assign(council_id: uuid.UUID) -> ResponseReturnValue:
    """Those ticked, to members without a conflict who have the least to judge. Raises NotFound."""

    def assign(row: Council, here: Sitting) -> None:
        session, by = http.session(), secretary(here.year, row.unit_id)
        ticked = set(request.form.getlist("initiative"))
        chosen = [one.id for one in _waiting(here.year) if str(one.id) in ticked]
        if not chosen:
            raise NoneChosen
        for initiative_id in sorted(chosen, key=str):
            initiative = intake.held(session, initiative_id)
            council.assign(
                session, row, initiative, council.suggested(session, row, initiative, row.judges), by
            )
            session.flush()

    return _deed(
        council_id, "initiatives", assign, gettext("Đã phân công. Xin xem lại số người chấm từng hồ sơ.")
    )


@blueprint.post("/ideas/councils/<uuid:council_id>/open")
@guarded(staff_with(*IDEA_SECRETARIES))
def council_open(council_id: uuid.UUID) -> ResponseReturnValue:
    """The meeting begins with those present; from now on the sheets lie open and nobody scores. Raises NotFound."""

    def open_(row: Council, here: Sitting) -> None:
        seated = [one.person_id for one in here.members]
        present = [one for one in seated if str(one) in request.form.getlist("present")]
        council.open_meeting(http.session(), row, present, secretary(here.year, row.unit_id))

    return _deed(council_id, "meeting", open_, gettext("Đã mở cuộc họp. Các phiếu chấm nay được mở."))


@blueprint.post("/ideas/councils/<uuid:council_id>/close")
@guarded(staff_with(*IDEA_SECRETARIES))
def council_close(council_id: uuid.UUID) -> ResponseReturnValue:
    """The minutes: their number, their day and what they say. Raises NotFound."""

    def close(row: Council, here: Sitting) -> None:
        by = secretary(here.year, row.unit_id)
        council.close_meeting(http.session(), row, paper(), typed("minutes", TEXT), by)

    return _deed(council_id, "minutes", close, gettext("Đã ghi biên bản."))
