"""One report: its figures, its fields with what those below wrote, its paper, its files, its entry sheet."""

import uuid
from collections.abc import Callable

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError

from admin import inspection_reach, inspection_words, report_words
from admin.blueprint import REPORT_DRAFTERS, REPORT_ROLES, actor, blueprint, page
from admin.forms import refusal_of, typed
from admin.report_words import One, one_report
from backend import http
from backend.errors import DomainError, NotAllowed
from backend.http import guarded, staff_with, writes_on_read
from backend.reports import compose, files, national, queries
from backend.reports.errors import ReportUnknown, TextChanged
from backend.reports.models import WORDS
from backend.reports.paper import figure_row, review_table
from backend.reports.words import SECTIONS
from backend.safeguards.audit import note


@blueprint.get("/reports/<uuid:report_id>")
@guarded(staff_with(*REPORT_ROLES))
def report(report_id: uuid.UUID) -> Response:
    """Raises ReportUnknown for what is not there or not this member's to read."""
    return _page(one_report(report_id))


def _page(one: One, error: DomainError | None = None, at: str = "") -> Response:
    rows = report_words.fields(one)
    told = files.sheet_of_paper(http.session(), one.submission, sample=http.demo_notes() is not None)
    figures = one.report.figures
    return page(
        "report.html",
        error.status if error else 200,
        one=one,
        told=told,
        figures=[figure_row(number, row) for number, row in enumerate(figures.get("rows", []), start=1)],
        review=[
            (SECTIONS[code], review_table(code, told)) for code, told in figures.get("review", {}).items()
        ],
        charts=[
            (chart["title"], report_words.columns(chart))
            for chart in figures.get("charts", [])
            if chart["kind"] == "columns"
        ],
        fields=rows,
        people=report_words.names(rows),
        sister=report_words.sister(one),
        returned=queries.last_words(http.session(), one.submission)
        if one.submission.state == "returned"
        else "",
        found=inspection_reach.findings(one.report.unit_id, "report", one.report.id),
        finding_words=inspection_words,
        words=report_words,
        most=WORDS,
        sentence=http.sentence_of(error) if error else "",
        at=at,
        form=request.form if error else {},
    )


def _own(report_id: uuid.UUID) -> One:
    """A report this member drafts. Raises ReportUnknown, NotAllowed."""
    one = one_report(report_id)
    if not one.desk.writes(one.report.unit_id, one.submission.line):
        raise NotAllowed
    return one


def _done(one: One, deed: Callable[[], object], said: str, at: str) -> ResponseReturnValue:
    if error := refusal_of(deed):
        return _page(one_report(one.report.id), error, at)
    flash(said)
    return redirect(url_for("admin.report", report_id=one.report.id, _anchor=at), 303)


@blueprint.post("/reports/<uuid:report_id>/text")
@guarded(staff_with(*REPORT_DRAFTERS))
def write_report(report_id: uuid.UUID) -> ResponseReturnValue:
    """Save every field that was changed; `carry` names a field into which ticked words from below are taken.

    Raises ReportUnknown, NotAllowed.
    """
    one = _own(report_id)

    def save() -> None:
        names = report_words.fields_of(one.obligation.form)
        for name in names:
            _save_field(one, name)
        if (name := typed("carry", 20)) in names:
            chosen = [uuid.UUID(text) for text in request.form.getlist(f"below-{name}") if _is_id(text)]
            seen = compose.texts(http.session(), [one.report.id]).get((one.report.id, name))
            compose.carry_over(
                http.session(), one.report, name, chosen, seen=seen.version if seen else 0, by=actor()
            )

    def save_once() -> None:
        try:
            save()
        except IntegrityError:  # somebody saved in the same moment: the database kept theirs
            raise TextChanged from None

    return _done(one, save_once, gettext("Đã lưu. Các bản trước vẫn được giữ."), "fields")


def _save_field(one: One, name: str) -> None:
    """A field left as it was seen is left alone, even where somebody else has written since. Raises TextChanged."""
    if name not in request.form:
        return
    words, seen = typed(name, WORDS + 1), _number(f"seen-{name}")
    session, report = http.session(), one.report
    past = {row.version: row.words for row in compose.versions(session, report.id, name)}
    if words == past.get(seen, "").strip():
        return
    compose.save_text(session, report, name, words, seen=seen, by=actor())


def _number(name: str) -> int:
    """Raises TextChanged for a version nobody was shown."""
    text = request.form.get(name, "")
    if not text.isascii() or not text.isdigit():
        raise TextChanged
    return int(text)


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


@blueprint.post("/reports/<uuid:report_id>/figures")
@guarded(staff_with(*REPORT_DRAFTERS))
def read_figures(report_id: uuid.UUID) -> ResponseReturnValue:
    """Read the figures anew. Raises ReportUnknown, NotAllowed."""
    one = _own(report_id)
    told = report_words.sources(http.session(), one.report.unit_id)
    return _done(
        one,
        lambda: compose.refresh_figures(http.session(), one.report, told, actor()),
        gettext("Đã lấy lại số liệu."),
        "figures",
    )


@blueprint.post("/reports/<uuid:report_id>/paper")
@guarded(staff_with(*REPORT_DRAFTERS))
def set_paper(report_id: uuid.UUID) -> ResponseReturnValue:
    """Words of the sheet that differ from its layout. Raises ReportUnknown, NotAllowed."""
    one = _own(report_id)
    told = {name: typed(name, most) for name, most in compose.PAPER_FIELDS.items()}
    return _done(
        one,
        lambda: compose.save_paper(http.session(), one.report, told, actor()),
        gettext("Đã lưu thể thức."),
        "paper",
    )


@blueprint.get("/reports/<uuid:report_id>/file/<word>")
@writes_on_read
@guarded(staff_with(*REPORT_ROLES))
def report_file(report_id: uuid.UUID, word: str) -> Response:
    """Word, PDF or workbook; that it was taken along is put on the trail. Raises ReportUnknown, ExportUnknown."""
    one = one_report(report_id)
    made = files.made(http.session(), one.submission, word, sample=http.demo_notes() is not None)
    note(
        http.session(), actor(), "report.export", "report", one.report.id, unit=one.report.unit_id, reason=word,
        is_read=True,
    )  # fmt: skip
    answer = Response(made.content, mimetype=made.type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer


# --- the entry sheet of the national system -------------------------------------------------------------------------


@blueprint.get("/reports/<uuid:report_id>/sheet")
@guarded(staff_with(*REPORT_ROLES))
def report_sheet(report_id: uuid.UUID) -> Response:
    """Raises ReportUnknown, also for a report without a sheet."""
    return _sheet_page(_with_sheet(one_report(report_id)))


def _sheet_page(one: One) -> Response:
    return page(
        "report_sheet.html",
        one=one,
        sheet=national.sheet(one.obligation.sheet),
        lines=national.lines(http.session(), one.report, one.obligation.sheet),
        words=report_words,
    )


def _with_sheet(one: One) -> One:
    if not one.obligation.sheet:
        raise ReportUnknown
    return one


@blueprint.post("/reports/<uuid:report_id>/sheet")
@guarded(staff_with(*REPORT_DRAFTERS))
def enter_field(report_id: uuid.UUID) -> ResponseReturnValue:
    """A person says that they entered one field. Raises ReportUnknown, NotAllowed."""
    one = _with_sheet(_own(report_id))
    national.enter(
        http.session(), one.report, one.obligation.sheet, typed("field", 40), typed("value", 200), actor()
    )
    flash(gettext("Đã ghi nhận: Ông/Bà đã nhập mục này vào hệ thống."))
    return redirect(
        url_for("admin.report_sheet", report_id=report_id, _anchor=f"f-{typed('field', 40)}"), 303
    )
