"""Word files in the layout of Party documents (Guidance 36-HD/VPTW of 3 April 2018): heading, title, table, signatures.

The number is left blank: a clerk gives it, never a machine. Whoever fills a sheet hands over plain words; python-docx
escapes them, and what no XML file may hold is left out here.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from backend import clock

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "Times New Roman"
TEXT_WIDTH = 165
"""Millimetres between the margins of an upright A4 sheet: 210 less 30 on the left and 15 on the right."""
SAMPLE = "(Bản trình diễn: nội dung hư cấu)"
SIGN_HERE = "(ký, ghi rõ họ tên)"
DOTS = "." * 118
LEFT, CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
NOT_FOR_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class PartyHeading:
    """`above`: the superior body; `issuer`: who writes; `kind`: what follows the dash of the number ('BC/CB')."""

    issuer: str
    above: str | None = None
    kind: str = ""
    place: str = ""
    year: int | None = None


def party_paper(heading: PartyHeading, title: str, abstract: str, *, sample: bool = False) -> Document:
    """An empty A4 sheet with the Party's heading and its title; `sample`: said on it that all is invented."""
    paper = docx.Document()
    _page(paper)
    _properties(paper, f"{title} {abstract}")
    _heading(paper, heading)
    if sample:
        words(paper, SAMPLE, 12, italic=True, align=CENTRE)
    words(paper, title.upper(), 16, bold=True, align=CENTRE, before=12, after=0)
    words(paper, abstract, 14, bold=True, align=CENTRE, after=0)
    words(paper, "-----", 14, align=CENTRE, after=8)
    return paper


def words(
    place: Document | _Cell, text: str, size: float = 14, *, bold: bool = False, italic: bool = False,
    align: WD_ALIGN_PARAGRAPH = LEFT, before: float = 0, after: float = 6,
) -> Paragraph:  # fmt: skip
    """A paragraph in the document's type."""
    return _write(place.add_paragraph(), text, size, bold, italic, align, before, after)


def table(paper: Document, heads: Sequence[str], widths_mm: Sequence[float]) -> Table:
    """A ruled table whose head stands again on every page."""
    made: Table = paper.add_table(rows=1, cols=len(heads))
    made.style = "Table Grid"
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    for column, width in zip(made.columns, widths_mm, strict=True):
        column.width = Mm(width)
    for cell, text, width in zip(made.rows[0].cells, heads, widths_mm, strict=True):
        cell.width = Mm(width)
        into(cell, text, bold=True, align=CENTRE)
    mark = OxmlElement("w:tblHeader")
    made.rows[0]._tr.get_or_add_trPr().append(mark)
    return made


def row(made: Table, texts: Sequence[str], centred: Sequence[int] = ()) -> None:
    """One more line, as wide as the table's columns; `centred`: the places of columns in the middle."""
    for at, (cell, text) in enumerate(zip(made.add_row().cells, texts, strict=True)):  # type: ignore[no-untyped-call]
        cell.width = made.columns[at].width
        into(cell, text, align=CENTRE if at in centred else LEFT)


def into(
    cell: _Cell, text: str, size: float = 13, *, bold: bool = False, align: WD_ALIGN_PARAGRAPH = LEFT
) -> None:
    """What a cell says."""
    _write(cell.paragraphs[0], text, size, bold, False, align, 2, 2)


def room(paper: Document, lines: int) -> None:
    """Dotted lines to write on by hand."""
    for _ in range(lines):
        words(paper, DOTS, 11, after=4)


def signatures(paper: Document, left: Sequence[str], right: Sequence[str], names: tuple[str, str]) -> None:
    """Two places to sign, side by side: whose they are, room, and the names where they are known."""
    made = paper.add_table(rows=1, cols=2)
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, lines, name in zip(made.rows[0].cells, (left, right), names, strict=True):
        for at, line in enumerate(lines):
            place = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
            _write(place, line, 14, True, False, CENTRE, 12 if at == 0 else 0, 0)
        words(cell, SIGN_HERE, 13, italic=True, align=CENTRE, after=54)
        words(cell, name, 14, bold=True, align=CENTRE)


def as_file(paper: Document) -> bytes:
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def clean(text: str) -> str:
    """Without the characters no XML file may hold: pasted text sometimes carries them."""
    return NOT_FOR_XML.sub("", text)


# --- the parts ----------------------------------------------------------------------------------------------------


def _write(
    place: Paragraph, text: str, size: float, bold: bool, italic: bool, align: WD_ALIGN_PARAGRAPH,
    before: float, after: float,
) -> Paragraph:  # fmt: skip
    place.alignment = align
    place.paragraph_format.space_before, place.paragraph_format.space_after = Pt(before), Pt(after)
    run = place.add_run(clean(text))
    run.bold, run.italic, run.font.size, run.font.name = bold, italic, Pt(size), FONT
    return place


def _page(paper: Document) -> None:
    section = paper.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.different_first_page_header_footer = True  # the first page carries no number
    _page_number(section.header.paragraphs[0])
    normal = paper.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(14)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), FONT)


def _page_number(place: Paragraph) -> None:
    place.alignment = CENTRE
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    place._p.append(field)


def _properties(paper: Document, title: str) -> None:
    told = paper.core_properties
    told.title, told.author, told.last_modified_by, told.comments = clean(title), "", "", ""
    told.language = "vi-VN"
    told.created = told.modified = clock.now().replace(tzinfo=None)


def _heading(paper: Document, heading: PartyHeading) -> None:
    made = paper.add_table(rows=1, cols=2)
    made.autofit = False
    left, right = made.rows[0].cells
    left.width, right.width = Mm(75), Mm(90)
    if heading.above:
        words(left, heading.above.upper(), 14, align=CENTRE, after=0)
    words(left, heading.issuer.upper(), 14, bold=True, align=CENTRE, after=0)
    words(left, "*", 14, align=CENTRE, after=0)
    words(left, f"Số        -{heading.kind}" if heading.kind else "Số", 14, align=CENTRE)
    _underlined(words(right, "ĐẢNG CỘNG SẢN VIỆT NAM", 15, bold=True, align=CENTRE, after=6))
    year = str(heading.year) if heading.year else "        "
    words(right, f"{heading.place or '…………'}, ngày      tháng      năm {year}", 14, italic=True, align=CENTRE)
    for cell in (left, right):
        cell._tc.remove(cell.paragraphs[0]._p)  # a new cell comes with an empty line


def _underlined(place: Paragraph) -> None:
    """A line under the words, as long as they are."""
    for run in place.runs:
        run.underline = True
