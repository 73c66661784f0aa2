"""The way of one report from hand to hand: where it lies, who did what when, and the buttons this person may press."""

import uuid
from datetime import date

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError

from admin import report_words
from admin.blueprint import REPORT_ROLES, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.report_words import desk
from admin.team_words import DayInvalid, typed_day
from backend import clock, http
from backend.errors import DomainError, NotFound
from backend.http import guarded, staff_with
from backend.people.staff import names_of
from backend.reports import approval, queries
from backend.reports.approval import Stamp
from backend.reports.errors import MovedOn, NumberMissing
from backend.reports.models import REASON, Report, Submission
from backend.reports.rules import DEEDS, PARTS
from backend.units.queries import named, named_many


@blueprint.get("/approvals/<uuid:submission_id>")
@guarded(staff_with(*REPORT_ROLES))
def approval_page(submission_id: uuid.UUID) -> Response:
    """Raises ReportUnknown for what is not there or not this member's to read."""
    return _page(submission_id)


def _page(submission_id: uuid.UUID, error: DomainError | None = None, at: str = "") -> Response:
    session, here = http.session(), desk()
    row = here.require_reading(queries.submission(session, submission_id))
    steps = queries.steps(session, row.id)
    people = {step.person_id for step in steps} | {getattr(row, f"{part}_id") for part in PARTS}
    missing = approval.missing_children(session, row) if row.state in ("drafted", "reviewed") else []
    return page(
        "approval.html",
        error.status if error else 200,
        row=row,
        owed=_owed(row),
        unit=named(session, row.unit_id, clock.today()),
        receiver=named(session, row.receiver_id, clock.today()) if row.receiver_id else None,
        steps=steps,
        people=names_of(session, people - {None}),
        parts_of_round=[(part, getattr(row, f"{part}_id")) for part in PARTS],
        buttons=here.buttons(row, approval.played(session, [row])[row.id]),
        missing=list(named_many(session, missing, clock.today()).values()),
        words=report_words,
        period=report_words.period_of(row),
        today=clock.today(),
        sentence=http.sentence_of(error) if error else "",
        at=at,
        typed={name: typed(name) for name in ("words", "number", "day")},
    )


def _owed(row: Submission) -> queries.Owed | None:
    """What is owed, where the submission is of a report."""
    report = http.session().get(Report, row.subject_id) if row.subject_kind == "report" else None
    return queries.owed_one(http.session(), report) if report else None


@blueprint.post("/approvals/<uuid:submission_id>/<deed>")
@guarded(staff_with(*REPORT_ROLES))
def take_step(submission_id: uuid.UUID, deed: str) -> ResponseReturnValue:
    """One step. Raises NotFound for a deed there is not, ReportUnknown, NotYours."""
    session, here = http.session(), desk()
    row = here.require_reading(queries.submission(session, submission_id))
    if deed not in DEEDS:
        raise NotFound
    here.require(row, deed)

    def step() -> None:
        try:
            approval.take(
                session,
                submission_id,
                deed,
                actor(),
                seen=_seen(),
                words=typed("words", REASON),
                stamp=_stamp(deed),
            )
        except IntegrityError:  # two steps of one person at the same moment: the database refused the second
            raise MovedOn from None

    if error := refusal_of(step):
        return _page(submission_id, error, deed)
    flash(gettext(report_words.DONE[deed]) + ".")
    if not here.may_read(row):
        return redirect(url_for("admin.reports"), 303)
    return redirect(url_for("admin.approval_page", submission_id=submission_id), 303)


def _seen() -> int:
    text = typed("seen", 10)
    if not text.isascii() or not text.isdigit():
        raise MovedOn
    return int(text)


def _stamp(deed: str) -> Stamp | None:
    """Raises NumberMissing."""
    if deed != "number":
        return None
    return Stamp(typed("number", 40), _day())


def _day() -> date:
    try:
        return typed_day(typed("day", 10))
    except DayInvalid:
        raise NumberMissing from None
