"""The way of a report or a scorecard from hand to hand: where it lies, who did what when, and the buttons this person may
press."""

import uuid
from datetime import date

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError

from admin import card_words, report_words
from admin.blueprint import REPORT_DRAFTERS, REPORT_ROLES, actor, blueprint, page
from admin.card_one import card_page
from admin.card_words import seen
from admin.forms import refusal_of, typed
from admin.report_words import desk
from admin.steps import uuid_in
from admin.team_words import DayInvalid, typed_day
from backend import clock, http
from backend.errors import DomainError, NotAllowed, NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.people.staff import names_of
from backend.reports import approval, card_flow, files, kept, queries, upward
from backend.reports.approval import Stamp
from backend.reports.errors import MovedOn, NumberMissing
from backend.reports.models import REASON, Report, Submission
from backend.reports.rules import DEEDS, PARTS
from backend.safeguards.audit import note
from backend.units import offices
from backend.units.queries import named_at_last, named_many, named_to_the_last

WAITS_FOR_THOSE_BELOW = ("drafted", "reviewed", "received")
"""States after which somebody signs or locks, who is told what is still missing."""


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
    missing = approval.missing_children(session, row) if row.state in WAITS_FOR_THOSE_BELOW else []
    is_card = row.subject_kind == "card"
    return page(
        "approval.html",
        error.status if error else 200,
        row=row,
        owed=_owed(row),
        heading=report_words.title_of(row),
        card=card_flow.carried(session, row) if is_card else None,
        card_opens=is_card and _card_opens(row),
        points=card_words.number,
        newer=card_flow.newer(session, row) if is_card else None,
        fingerprint=files.fingerprint(session, row),
        offices=_offices(row),
        earlier=kept.earlier_papers(session, row),
        sent_up=upward.sent_of(session, row),
        filed=upward.filed_of(session, row.id),
        answered=upward.answers_to(session, row.id),
        unit=named_at_last(session, row.unit_id, clock.today()),
        receiver=named_at_last(session, row.receiver_id, clock.today()) if row.receiver_id else None,
        steps=steps,
        people=names_of(session, people - {None}),
        parts_of_round=[(part, getattr(row, f"{part}_id")) for part in PARTS],
        buttons=here.buttons(row, approval.played(session, [row])[row.id]),
        missing=list(named_to_the_last(session, missing, clock.today()).values()),
        words=report_words,
        period=report_words.period_of(row),
        today=clock.today(),
        sentence=http.sentence_of(error) if error else "",
        at=at,
        typed={name: typed(name) for name in ("words", "number", "day")},
    )


def _offices(row: Submission) -> list[str]:
    """Which Party organisations act for the sending and the receiving unit; none where the units act themselves."""
    session, today = http.session(), clock.today()
    ends = [unit for unit in (row.unit_id, row.receiver_id) if unit]
    known = offices.offices(session, ends, today)
    acting = [unit for end in ends for unit in sorted(known.acting(end, row.line) - {end})]
    names = named_many(session, acting, today)
    return [names[unit].heading for unit in dict.fromkeys(acting) if unit in names]


def _card_opens(row: Submission) -> bool:
    """Whether this member may open the card itself; who takes the paper in above may hold no role for cards."""
    return row.unit_id in card_words.reached()


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
                sample=http.demo_notes() is not None,
            )
        except IntegrityError:  # two steps of one person at the same moment: the database refused the second
            raise MovedOn from None

    if error := refusal_of(step):
        return _page(submission_id, error, deed)
    flash(gettext(report_words.DONE[deed]) + ".")
    if not here.may_read(row):
        return redirect(url_for("admin.reports"), 303)
    return redirect(url_for("admin.approval_page", submission_id=submission_id), 303)


@blueprint.post("/cards/<uuid:card_id>/submissions")
@guarded(staff_with(*REPORT_DRAFTERS))
def submit_card(card_id: uuid.UUID) -> ResponseReturnValue:
    """Put a published scorecard on a line. Raises CardUnknown, NotFound, NotAllowed."""
    here = seen(card_id)
    line = typed("line", 10)
    if not desk().writes(here.unit_id, line):
        raise NotAllowed
    begun: list[Submission] = []

    def begin() -> None:
        receiver = uuid_in(typed("receiver", 40))
        begun.append(card_flow.begin(http.session(), here.id, line, receiver, actor()))

    if error := refusal_of(begin):
        return card_page(here, error, "flow")
    flash(gettext("Đã đưa phiếu lên luồng ký duyệt. Bước đầu: trình thẩm định."))
    return redirect(url_for("admin.approval_page", submission_id=begun[0].id), 303)


@blueprint.get("/approvals/<uuid:submission_id>/file/<word>")
@writes_on_read
@guarded(staff_with(*REPORT_ROLES))
def approval_file(submission_id: uuid.UUID, word: str) -> Response:
    """The paper as Word, PDF or workbook; that it was taken along is put on the trail. Raises ReportUnknown, ExportUnknown."""
    session = http.session()
    row = desk().require_reading(queries.submission(session, submission_id))
    made = files.made(session, row, word, sample=http.demo_notes() is not None)
    return _taken(row, made, word)


@blueprint.get("/approvals/<uuid:submission_id>/rounds/<int:round_number>/file/<word>")
@writes_on_read
@guarded(staff_with(*REPORT_ROLES))
def earlier_file(submission_id: uuid.UUID, round_number: int, word: str) -> Response:
    """The paper as it was signed in an earlier round. Raises ReportUnknown, ExportUnknown."""
    session = http.session()
    row = desk().require_reading(queries.submission(session, submission_id))
    made = files.made_in(session, row, round_number, word, sample=http.demo_notes() is not None)
    return _taken(row, made, f"{word} · lượt {round_number}")


def _taken(row: Submission, made: files.Made, what: str) -> Response:
    note(
        http.session(), actor(), "report.export", "submission", row.id, unit=row.unit_id, reason=what, is_read=True
    )  # fmt: skip
    answer = Response(made.content, mimetype=made.type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer


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
