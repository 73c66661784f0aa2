"""The sheet a cell takes into its meeting: coverage, what waits, what falls due, and lines to write on.

Never votes and never minutes: those stay on paper. That deeds stood on the sheet is told to their members.
"""

import uuid
from dataclasses import dataclass

from docx.document import Document
from flask import Response
from flask_babel import gettext

from admin import pledge_words, shown
from admin.blueprint import CELL_SECRETARIES, blueprint, page
from admin.pledge_cell import LATER, Steps, steps
from admin.pledge_words import Year, own_cell, secretary, within
from backend import clock, http
from backend.http import guarded, staff_with, writes_on_read
from backend.media import documents, pdf
from backend.media.documents import PartyHeading
from backend.units.queries import NamedUnit, named
from campaigns.pledge import cell_view
from campaigns.pledge.cell_view import Coverage, Due
from campaigns.pledge.readers import trace_listed

BLANK_LINES = 6


@dataclass(frozen=True)
class Agenda:
    """What stands on the sheet. `above`: whose year it is, the superior body of the heading."""

    year: Year
    unit: NamedUnit
    above: NamedUnit
    coverage: Coverage
    steps: Steps
    due: list[Due]

    @property
    def title(self) -> tuple[str, str]:
        return gettext("Phiếu họp chi bộ"), gettext("về đăng ký nêu gương: %(year)s", year=self._year)

    @property
    def _year(self) -> str:
        return shown.words(self.year.activity.title)

    def said(self) -> str:
        """The coverage in a sentence; a number for the rest."""
        words = gettext(
            "%(registered)s/%(expected)s đã đăng ký", registered=self.coverage.registered, expected=self.coverage.expected
        )  # fmt: skip
        rest = self.coverage.expected - self.coverage.registered
        return f"{words}. " + (gettext("Còn %(rest)s đảng viên chưa đăng ký.", rest=rest) if rest else "")

    def lists(self) -> list[tuple[str, list[str]]]:
        """What the meeting talks about: a heading and the names, with room to write beside each."""
        named_lists = (
            (gettext("Bản đăng ký chờ chi bộ góp ý"), self.steps.answer),
            (gettext("Kiểm tra giữa năm"), self.steps.midyear),
            (gettext("Đánh giá cuối năm, đề nghị mức"), self.steps.classes),
        )
        return [(title, [one.name for one in rows]) for title, rows in named_lists if rows]


def _agenda(unit_id: uuid.UUID) -> Agenda:
    """Raises NotFound. That the deeds were read is put on the trail and told to the members."""
    year, unit = own_cell(unit_id)
    session = http.session()
    lines = cell_view.lines(session, year.activity, unit.id)
    due = cell_view.due_between(session, year.activity, unit.id, *within(LATER))
    trace_listed(session, secretary(unit.id), {one.pledge: one.number for one in due}, "export", unit.id)
    return Agenda(
        year=year,
        unit=unit,
        above=named(session, year.campaign.owner_unit_id, clock.today()),
        coverage=cell_view.coverage(session, year.activity, [unit.id])[unit.id],
        steps=steps(year, lines),
        due=due,
    )


@blueprint.get("/pledges/cells/<uuid:unit_id>/agenda")
@writes_on_read
@guarded(staff_with(*CELL_SECRETARIES))
def pledge_agenda(unit_id: uuid.UUID) -> Response:
    """The sheet on the screen, to print. Raises NotFound."""
    return page(
        "pledge_agenda.html",
        sheet=_agenda(unit_id),
        today=clock.today(),
        blank_lines=BLANK_LINES,
        words=pledge_words,
        is_demo=http.demo_notes() is not None,
    )


@blueprint.get("/pledges/cells/<uuid:unit_id>/agenda.docx")
@writes_on_read
@guarded(staff_with(*CELL_SECRETARIES))
def pledge_agenda_file(unit_id: uuid.UUID) -> Response:
    """The same as a Word file in the layout of Party documents. Raises NotFound."""
    return _download(_as_file(_agenda(unit_id)), documents.TYPE, "docx")


@blueprint.get("/pledges/cells/<uuid:unit_id>/agenda.pdf")
@writes_on_read
@guarded(staff_with(*CELL_SECRETARIES))
def pledge_agenda_pdf(unit_id: uuid.UUID) -> Response:
    """The same as a PDF, which looks the same on every machine. Raises NotFound."""
    return _download(_as_pdf(_agenda(unit_id)), pdf.TYPE, "pdf")


def _download(made: bytes, type_: str, ending: str) -> Response:
    answer = Response(made, mimetype=type_)
    answer.headers["Content-Disposition"] = f'attachment; filename="phieu-hop-chi-bo.{ending}"'
    return answer


def _heading(sheet: Agenda) -> PartyHeading:
    return PartyHeading(sheet.unit.full_name, sheet.above.full_name, "CB", year=clock.today().year)


def _list_heads() -> tuple[str, ...]:
    return gettext("TT"), gettext("Đảng viên"), gettext("Ý kiến")


def _due_heads() -> tuple[str, ...]:
    return gettext("TT"), gettext("Đảng viên"), gettext("Việc"), gettext("Thời hạn"), gettext("Ý kiến")


def _due_rows(sheet: Agenda) -> list[tuple[str, ...]]:
    return [
        (str(at), one.name, one.what, shown.day(one.due), "") for at, one in enumerate(sheet.due, start=1)
    ]


def _due_title(number: int) -> str:
    until = shown.day(within(LATER)[1])
    return f"{number}. {gettext('Việc đến hạn từ nay đến %(day)s', day=until)}"


def _as_pdf(sheet: Agenda) -> bytes:
    lists, number = sheet.lists(), len(sheet.lists()) + 2
    told = pdf.party_sheet(_heading(sheet), *sheet.title, sample=http.demo_notes() is not None)
    told |= {
        "coverage": f"1. {gettext('Đăng ký')}: {sheet.said()}",
        "lists": [
            {"title": f"{at}. {title}", "heads": _list_heads(), "rows": _list_rows(names)}
            for at, (title, names) in enumerate(lists, start=2)
        ],
        "due": {
            "title": _due_title(number),
            "heads": _due_heads(),
            "rows": _due_rows(sheet),
            "none": gettext("Không có việc nào."),
        },
        "other": f"{number + 1}. {gettext('Ý kiến khác')}",
        "blank": BLANK_LINES,
    }
    return pdf.pdf("pledge_agenda", told)


def _list_rows(names: list[str]) -> list[tuple[str, ...]]:
    return [(str(at), name, "") for at, name in enumerate(names, start=1)]


def _as_file(sheet: Agenda) -> bytes:
    paper = documents.party_paper(_heading(sheet), *sheet.title, sample=http.demo_notes() is not None)
    documents.words(paper, f"1. {gettext('Đăng ký')}: {sheet.said()}")
    for number, (title, names) in enumerate(sheet.lists(), start=2):
        documents.words(paper, f"{number}. {title}", bold=True)
        made = documents.table(paper, _list_heads(), (15, 60, 90))
        for cells in _list_rows(names):
            documents.row(made, cells, centred=(0,))
    number = len(sheet.lists()) + 2
    _due_deeds(paper, sheet, number)
    documents.words(paper, f"{number + 1}. {gettext('Ý kiến khác')}", bold=True, before=6)
    documents.room(paper, BLANK_LINES)
    return documents.as_file(paper)


def _due_deeds(paper: Document, sheet: Agenda, number: int) -> None:
    documents.words(paper, _due_title(number), bold=True, before=6)
    if not sheet.due:
        documents.words(paper, gettext("Không có việc nào."))
        return
    made = documents.table(paper, _due_heads(), (12, 35, 58, 25, 35))
    for cells in _due_rows(sheet):
        documents.row(made, cells, centred=(0, 3))
