"""What a running file opens: figures, reports, tasks, the trail, pledges where it names them. Every look is written down."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from admin import inspection_words, mismatch_words, pledge_words, report_words
from admin.audit import lines_of
from admin.blueprint import INSPECTORS, actor, blueprint, page
from admin.inspection_words import MATERIALS, team_file, units_named, words
from admin.inspection_words import period as period_words
from admin.plans import STATES as TASK_STATES
from backend import clock, http
from backend.cards import verify
from backend.cards.models import Card, CardRevision
from backend.errors import NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.inspection import queries
from backend.inspection.queries import FileLine
from backend.inspection.subjects import overlaps
from backend.plans.queries import led_between
from backend.reports import compose
from backend.reports.kept import SIGNED
from backend.reports.models import Report
from backend.reports.paper import figure_row
from backend.reports.queries import Owed, owed_one
from backend.safeguards import audit
from backend.targets.queries import set_of
from campaigns.models import Activity
from campaigns.pledge import cell_view
from campaigns.pledge.rating import rating_of
from campaigns.pledge.readers import Reader, open_pledge

MOST_TRAIL, MOST_MISMATCHES = 100, 20


@blueprint.get("/inspections/<uuid:file_id>/units/<uuid:unit_id>/<word>")
@writes_on_read
@guarded(staff_with(*INSPECTORS))
def inspected(file_id: uuid.UUID, unit_id: uuid.UUID, word: str) -> Response:
    """One kind of material of one unit. Raises NotFound, NotOpen."""
    line = team_file(file_id)
    if word not in MATERIALS:
        raise NotFound
    queries.read_under(http.session(), line, unit_id, word, gettext(MATERIALS[word]), actor())
    return _page(line, unit_id, word, **FOUND[word](line, unit_id))


def _page(line: FileLine, unit: uuid.UUID, word: str, **found: Any) -> Response:
    unit_named = units_named([unit]).get(unit)
    if unit_named is None:
        raise NotFound
    return page("inspected.html", line=line, unit=unit_named, word=word, **words(), **found)


# --- what there is -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CardLine:
    """A card of the unit, its period in words, and its published revisions, the newest last."""

    card: Card
    period: str
    revisions: list[CardRevision]


def _overlaps(line: FileLine, calendar: str, code: str) -> bool:
    return overlaps(http.session(), (line.file.first, line.file.last), calendar, code)


def _scorecards(line: FileLine, unit: uuid.UUID) -> dict[str, Any]:
    session = http.session()
    cards = [
        row for row in session.scalars(select(Card).where(Card.unit_id == unit).order_by(Card.period.desc()))
        if _overlaps(line, row.calendar, row.period)
    ]  # fmt: skip
    query = select(CardRevision).where(CardRevision.card_id.in_([row.id for row in cards]))
    published: dict[uuid.UUID, list[CardRevision]] = {}
    for row in session.scalars(query.order_by(CardRevision.number)):
        published.setdefault(row.card_id, []).append(row)
    return {
        "cards": [
            CardLine(row, period_words(row.calendar, row.period), published.get(row.id, [])) for row in cards
        ]
    }


def _facts(line: FileLine, unit: uuid.UUID) -> dict[str, Any]:
    """The rows themselves are opened from the scorecard, each time under this file."""
    return {}


def _reports(line: FileLine, unit: uuid.UUID) -> dict[str, Any]:
    """All of them by name; opened only where somebody has signed."""
    session = http.session()
    rows = session.scalars(select(Report).where(Report.unit_id == unit).order_by(Report.period.desc()))
    owed = [owed_one(session, row) for row in rows if _overlaps(line, row.calendar, row.period)]
    return {"reports": [(one, _is_signed(one)) for one in owed], "report_states": report_words.STATES}


def _is_signed(one: Owed) -> bool:
    return one.submission is not None and one.submission.state in SIGNED


def _plans(line: FileLine, unit: uuid.UUID) -> dict[str, Any]:
    return {
        "tasks": led_between(http.session(), unit, line.file.first, line.file.last),
        "states": TASK_STATES,
    }


def _targets(line: FileLine, unit: uuid.UUID) -> dict[str, Any]:
    return {"set": set_of(http.session(), unit, clock.today())}


def _trail(line: FileLine, unit: uuid.UUID) -> dict[str, Any]:
    first, after = _moments(line.file.first, line.file.last)
    return {
        "entries": lines_of(audit.between(http.session(), unit, first, after, MOST_TRAIL)),
        "most": MOST_TRAIL,
    }


def _moments(first: date, last: date) -> tuple[datetime, datetime]:
    start, end = (datetime.combine(day, time(), clock.VIETNAM) for day in (first, last + timedelta(days=1)))
    return start, end


def _pledges(line: FileLine, unit: uuid.UUID) -> dict[str, Any]:
    """Without names: who it is stands on the page that is opened, and the member is told of that."""
    found = []
    for activity, _ in cell_view.years(http.session()):
        if _is_of_days(line, activity):
            found += sorted(cell_view.lines(http.session(), activity, unit), key=lambda one: one.pledge.bytes)
    return {"pledges": found, "pledge_states": pledge_words.STATES}


def _is_of_days(line: FileLine, activity: Activity) -> bool:
    first, after = _moments(line.file.first, line.file.last)
    return activity.opens_at < after and activity.closes_at >= first


FOUND: dict[str, Callable[[FileLine, uuid.UUID], dict[str, Any]]] = {
    "scorecards": _scorecards, "targets": _targets, "facts": _facts, "reports": _reports, "plans": _plans, "trail": _trail, "pledges": _pledges,
}  # fmt: skip


# --- one thing -----------------------------------------------------------------------------------------------------------


@blueprint.get("/inspections/<uuid:file_id>/units/<uuid:unit_id>/pledges/<uuid:pledge_id>")
@writes_on_read
@guarded(staff_with(*INSPECTORS))
def inspected_pledge(file_id: uuid.UUID, unit_id: uuid.UUID, pledge_id: uuid.UUID) -> Response:
    """What was handed in, and the class; told to the member. Raises NotFound, NotOpen."""
    line, session = team_file(file_id), http.session()
    queries.read_under(session, line, unit_id, "pledges", gettext("một bản đăng ký"), actor())
    reader = Reader(http.staff().person, "inspection", line.file.unit_id, line.file.number or "")
    one = open_pledge(session, pledge_id, reader, {unit_id})
    if not _is_of_days(line, session.get_one(Activity, one.pledge.activity_id)):
        raise NotFound
    name = cell_view.name_of(session, one.subject)
    return _page(
        line,
        unit_id,
        "pledge",
        one=one,
        name=name,
        pledge_states=pledge_words.STATES,
        themes=pledge_words.THEMES,
        class_names=_class_names(one.pledge.activity_id),
    )


def _class_names(activity_id: uuid.UUID) -> dict[str, str]:
    return rating_of(http.session().get_one(Activity, activity_id)).names(http.language())


@blueprint.get("/inspections/<uuid:file_id>/units/<uuid:unit_id>/reports/<uuid:report_id>")
@writes_on_read
@guarded(staff_with(*INSPECTORS))
def inspected_report(file_id: uuid.UUID, unit_id: uuid.UUID, report_id: uuid.UUID) -> Response:
    """Figures and words of a report that was signed. Raises NotFound, NotOpen."""
    line, session = team_file(file_id), http.session()
    report = session.get(Report, report_id)
    if report is None or report.unit_id != unit_id or not _overlaps(line, report.calendar, report.period):
        raise NotFound
    owed = owed_one(session, report)
    if not _is_signed(owed):
        raise NotFound
    queries.read_under(session, line, unit_id, "reports", owed.title, actor())
    texts = compose.texts(session, [report.id])
    rows = report.figures.get("rows", [])
    return _page(
        line,
        unit_id,
        "report",
        owed=owed,
        report_states=report_words.STATES,
        figures=[figure_row(number, row) for number, row in enumerate(rows, start=1)],
        fields=[
            (title, texts[report.id, name].words if (report.id, name) in texts else "")
            for name, title in report_words.fields_of(owed.obligation.form).items()
        ],
        found=queries.findings_on(session, unit_id, "report", report.id),
        finding_words=inspection_words,
    )


@blueprint.post("/inspections/<uuid:file_id>/units/<uuid:unit_id>/cards/<uuid:card_id>/recompute")
@guarded(staff_with(*INSPECTORS))
def recompute_card(file_id: uuid.UUID, unit_id: uuid.UUID, card_id: uuid.UUID) -> ResponseReturnValue:
    """Every published revision of the card counted again from the ledger; nothing is written. Raises NotFound, NotOpen."""
    line, session = team_file(file_id), http.session()
    card = session.get(Card, card_id)
    if card is None or card.unit_id != unit_id:
        raise NotFound
    period = period_words(card.calendar, card.period)
    queries.read_under(
        session,
        line,
        unit_id,
        "scorecards",
        gettext("đối chiếu phiếu điểm %(period)s với sổ ghi", period=period),
        actor(),
    )
    found = verify.verify_one(session, card_id)
    audit.note(
        session, actor(), "inspection.recompute", "card", card_id, unit=unit_id, reason=line.file.number
    )
    if not found:
        flash(
            gettext(
                "Đã tính lại phiếu điểm %(period)s từ sổ ghi: mọi số khớp với bản đã công bố.", period=period
            )
        )
    for one in mismatch_words.sentences(card, found[:MOST_MISMATCHES]):
        flash(gettext("KHÔNG KHỚP. %(what)s.", what=one))
    return redirect(url_for("admin.inspected", file_id=file_id, unit_id=unit_id, word="scorecards"), 303)
