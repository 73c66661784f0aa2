"""One initiative before a council: its judges with their conflicts, the sheets once they lie open, and the result."""

import uuid
from collections.abc import Callable

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from admin import idea_words
from admin.blueprint import IDEA_SECRETARIES, blueprint, page
from admin.forms import refusal_of, typed
from admin.idea_council import Sitting, sitting_seen
from admin.idea_words import is_secretary_of, secretary
from backend import http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with
from campaigns.initiative import authors, conflicts, council, intake, overview, sheets
from campaigns.initiative.models import Assignment, Council, Initiative
from campaigns.initiative.offices import Handler

OTHER_TIE = "other"


@blueprint.get("/ideas/councils/<uuid:council_id>/<uuid:initiative_id>")
@guarded(staff_with(*IDEA_SECRETARIES))
def idea_judging(council_id: uuid.UUID, initiative_id: uuid.UUID) -> Response:
    """Who judges it and how far they are; what the sheets came to once they lie open. Raises NotFound."""
    return _judging_page(council_id, initiative_id)


def _seen(council_id: uuid.UUID, initiative_id: uuid.UUID) -> tuple[Sitting, Initiative]:
    """Raises NotFound."""
    here = sitting_seen(council_id)
    row = http.session().get(Initiative, initiative_id)
    if row is None or row.state == "draft" or row.activity_id != here.row.activity_id:
        raise NotFound
    if not is_secretary_of(here.year, row):
        raise NotFound
    return here, row


def _judging_page(
    council_id: uuid.UUID, initiative_id: uuid.UUID, error: DomainError | None = None, at: str = ""
) -> Response:
    (here, row), session = _seen(council_id, initiative_id), http.session()
    assigned = council.assignments(session, council_id, initiative_id)
    opened = sheets.is_open(session, here.row, initiative_id)
    on_it = {one.person_id for one in assigned}
    may_add = here.row.opened_at is None and row.state in ("valid", "judging")
    return page(
        "idea_judging.html",
        error.status if error else 200,
        sat=here,
        row=row,
        assigned=assigned,
        free=[one for one in here.members if one.person_id not in on_it] if may_add else [],
        suggested=council.suggested(session, here.row, row, _missing(here.row, assigned)) if may_add else [],
        opened=opened,
        sheets={one.judge: one for one in sheets.seen_by(session, here.row, initiative_id, None)},
        rubric=council.rubric_of(here.row),
        result=overview.results_of(session, council_id).get(initiative_id),
        can_decide=here.row.opened_at is not None and row.state == "judging",
        words=idea_words,
        authors=authors.standing(session, initiative_id),
        chosen={name: typed(name, 40) for name in ("judge", "tie")},
        words_typed=typed("words"),
        sentence=http.sentence_of(error) if error else "",
        at=at,
    )


def _missing(row: Council, assigned: list[Assignment]) -> int:
    return max(0, row.judges - sum(one.conflict is None for one in assigned))


def _deed(
    council_id: uuid.UUID, initiative_id: uuid.UUID, at: str, do: Callable[[Council, Initiative, Handler], object], done: str
) -> ResponseReturnValue:  # fmt: skip
    """Do it with sitting and initiative in hand; or show why not. Raises NotFound."""
    here, _ = _seen(council_id, initiative_id)
    session = http.session()

    def deed() -> None:
        sitting, row = council.held(session, council_id), intake.held(session, initiative_id)
        do(sitting, row, secretary(here.year, sitting.unit_id))

    if error := refusal_of(deed):
        return _judging_page(council_id, initiative_id, error, at)
    flash(done)
    there = url_for("admin.idea_judging", council_id=council_id, initiative_id=initiative_id, _anchor=at)
    return redirect(there, 303)


@blueprint.post("/ideas/councils/<uuid:council_id>/<uuid:initiative_id>/judges")
@guarded(staff_with(*IDEA_SECRETARIES))
def judging_judges(council_id: uuid.UUID, initiative_id: uuid.UUID) -> ResponseReturnValue:
    """Put it on the desks of those ticked; conflicts are found at once. Raises NotFound."""

    def assign(sitting: Council, row: Initiative, by: Handler) -> None:
        ticked = set(request.form.getlist("judge"))
        seated = [one.person_id for one in council.members_of(http.session(), sitting.id)]
        chosen = [one for one in seated if str(one) in ticked]
        council.assign(http.session(), sitting, row, chosen, by)

    return _deed(council_id, initiative_id, "judges", assign, gettext("Đã phân công."))


def _assignment(council_id: uuid.UUID, initiative_id: uuid.UUID) -> Assignment:
    """Raises NotFound."""
    row = http.session().get(Assignment, idea_words.typed_id("assignment"))
    if row is None or (row.council_id, row.initiative_id) != (council_id, initiative_id):
        raise NotFound
    return row


@blueprint.post("/ideas/councils/<uuid:council_id>/<uuid:initiative_id>/judge")
@guarded(staff_with(*IDEA_SECRETARIES))
def judging_judge(council_id: uuid.UUID, initiative_id: uuid.UUID) -> ResponseReturnValue:
    """Take it off a desk, or say that the author only has the same name. Raises NotFound."""

    def settle(sitting: Council, _row: Initiative, by: Handler) -> None:
        one = _assignment(council_id, initiative_id)
        if typed("do", 10) == "namesake":
            conflicts.clear_namesake(http.session(), one, typed("words", 300), by)
        else:
            council.take_off(http.session(), sitting, one, by)

    return _deed(council_id, initiative_id, "judges", settle, gettext("Đã ghi."))


@blueprint.post("/ideas/councils/<uuid:council_id>/<uuid:initiative_id>/conflict")
@guarded(staff_with(*IDEA_SECRETARIES))
def judging_conflict(council_id: uuid.UUID, initiative_id: uuid.UUID) -> ResponseReturnValue:
    """A member is family of an author, or has to do with it in another way: that sheet does not count. Raises NotFound."""

    def declare(sitting: Council, row: Initiative, by: Handler) -> None:
        judge, tie = idea_words.typed_id("judge"), typed("tie", 40)
        author = None if tie == OTHER_TIE else idea_words.typed_id("tie")
        conflicts.declare_for(http.session(), sitting.id, row, judge, author, typed("words", 300), by)

    done = gettext("Đã ghi. Người này không chấm sáng kiến; phiếu đã nộp nếu có không được tính.")
    return _deed(council_id, initiative_id, "conflict", declare, done)


@blueprint.post("/ideas/councils/<uuid:council_id>/<uuid:initiative_id>/result")
@guarded(staff_with(*IDEA_SECRETARIES))
def judging_result(council_id: uuid.UUID, initiative_id: uuid.UUID) -> ResponseReturnValue:
    """What the sheets come to, put down by the meeting. Raises NotFound."""

    def decide(sitting: Council, row: Initiative, by: Handler) -> None:
        council.decide(http.session(), sitting, row, typed("words"), by)

    return _deed(council_id, initiative_id, "result", decide, gettext("Đã ghi kết quả của hội đồng."))
