"""A report as a Word file that its people can go on editing."""

import io
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

from backend import clock
from backend.media import documents
from backend.media.documents import CENTRE, LEFT, clean, words
from backend.reports.chart import picture

TYPE = documents.TYPE
WIDTHS = {6: (11, 62, 27, 20, 20, 25), 4: (12, 70, 45, 38)}
NUMBERS = {6: (3, 4), 4: ()}


def as_word(told: dict[str, Any]) -> bytes:
    """The sheet; what people typed is escaped by python-docx, what no XML may hold is left out."""
    paper = docx.Document()
    _page(paper, told["layout"], told.get("draft", ""))
    _properties(paper, f"{told['kind']} {told['abstract']}")
    if told.get("draft"):
        words(paper, told["draft"], 14, bold=True, align=documents.RIGHT, after=4)
    _heading(paper, told)
    _title(paper, told)
    for block in told["blocks"]:
        _BLOCKS[block["is"]](paper, told["layout"], block)
    if told["ending"]:
        _end(paper, told["ending"])
    _keep_company(paper)
    _signature(paper, told)
    return documents.as_file(paper)


def _page(paper: Document, layout: dict[str, Any], draft: str) -> None:
    section, sides = paper.sections[0], layout["page"]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(sides["top"]), Mm(sides["bottom"])
    section.left_margin, section.right_margin = Mm(sides["left"]), Mm(sides["right"])
    section.different_first_page_header_footer = not layout["page_number"]["on_first"]
    place = section.header.paragraphs[0]
    place.alignment = CENTRE
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    place._p.append(field)
    if draft:  # on every further page too
        place.add_run(f"    {draft}").bold = True
    normal = paper.styles["Normal"]
    normal.font.name, normal.font.size = layout["fonts"]["word"], Pt(layout["body"]["size"])
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), layout["fonts"]["word"])


def _properties(paper: Document, title: str) -> None:
    told = paper.core_properties
    told.title, told.author, told.last_modified_by, told.comments = clean(title)[:255], "", "", ""
    told.language = "vi-VN"
    told.created = told.modified = clock.now().replace(tzinfo=None)


def _heading(paper: Document, told: dict[str, Any]) -> None:
    made = paper.add_table(rows=len(told["heading"]), cols=2)
    made.autofit = False
    for row, sides in zip(made.rows, told["heading"], strict=True):
        widths = told["layout"]["heading"]["columns_mm"]
        for cell, side, width in zip(row.cells, ("left", "right"), widths, strict=True):
            cell.width = Mm(width)
            for line in sides[side]:
                _line(cell, line)
            cell._tc.remove(cell.paragraphs[0]._p)  # a new cell comes with an empty line
            if not sides[side]:
                cell.add_paragraph()


def _line(cell: _Cell, line: dict[str, Any]) -> None:
    rule = line.get("rule")
    place = words(
        cell, line["text"], line["size"], bold=bool(line.get("bold")), italic=bool(line.get("italic")),
        align=CENTRE, after=0 if rule else 2,
    )  # fmt: skip
    if rule is True:
        for run in place.runs:
            run.underline = True
    elif rule:
        _short_rule(cell, rule)


def _short_rule(cell: _Cell | Document, share: float) -> None:
    """A line of part of the width, made of signs: it stays in the middle in every program."""
    words(cell, "_" * max(4, round(34 * share)), 8, align=CENTRE, after=4)


def _title(paper: Document, told: dict[str, Any]) -> None:
    layout = told["layout"]
    if told["sample"]:
        words(paper, told["sample"], 12, italic=True, align=CENTRE)
    kind = told["kind"].upper() if layout["kind"].get("caps") else told["kind"]
    words(paper, kind, layout["kind"]["size"], bold=True, align=CENTRE, before=12, after=0)
    words(paper, told["abstract"], layout["abstract"]["size"], bold=True, align=CENTRE, after=0)
    if layout["abstract"].get("after"):
        words(paper, layout["abstract"]["after"], layout["body"]["size"], align=CENTRE, after=8)
    else:
        _short_rule(paper, layout["abstract"]["rule"])


def _part(paper: Document, layout: dict[str, Any], block: dict[str, Any]) -> None:
    place = words(paper, block["text"], layout["body"]["size"], bold=True, before=layout["body"]["before_pt"])
    place.paragraph_format.first_line_indent = Mm(layout["body"]["first_line_mm"])
    place.paragraph_format.keep_with_next = True


def _body(paper: Document, layout: dict[str, Any], block: dict[str, Any]) -> None:
    place = words(paper, block["text"], layout["body"]["size"], align=WD_ALIGN_PARAGRAPH.JUSTIFY)
    place.paragraph_format.first_line_indent = Mm(layout["body"]["first_line_mm"])
    place.paragraph_format.space_before = Pt(layout["body"]["before_pt"])


def _note(paper: Document, layout: dict[str, Any], block: dict[str, Any]) -> None:
    words(paper, block["text"], layout["body"]["size"] - 2, italic=True, before=3)


def _caption(paper: Document, layout: dict[str, Any], block: dict[str, Any]) -> None:
    place = words(paper, block["text"], layout["body"]["size"], bold=True, align=CENTRE, before=6, after=3)
    place.paragraph_format.keep_with_next = True


def _table(paper: Document, layout: dict[str, Any], block: dict[str, Any]) -> None:
    count = len(block["heads"])
    made = documents.table(paper, block["heads"], block.get("widths") or WIDTHS[count])
    documents.row(made, [f"({number})" for number in range(1, count + 1)], centred=range(count))
    for cell in (cell for head in made.rows for cell in head.cells):  # a head never ends a page
        for place in cell.paragraphs:
            place.paragraph_format.keep_with_next = True
    for number, cells in enumerate(block["rows"]):
        documents.row(made, cells, centred=(0,))
        if number in block.get("strong", ()):
            _embolden(made.rows[-1])
        for at in block.get("numbers", NUMBERS.get(count, ())):
            made.rows[-1].cells[at].paragraphs[0].alignment = documents.RIGHT
    for row in made.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _embolden(row: _Row) -> None:
    for cell in row.cells:
        for run in (run for place in cell.paragraphs for run in place.runs):
            run.bold = True


def _chart(paper: Document, layout: dict[str, Any], block: dict[str, Any]) -> None:
    place = paper.add_paragraph()
    place.alignment = CENTRE
    place.paragraph_format.keep_with_next = True
    drawn = place.add_run().add_picture(io.BytesIO(picture(block)), width=Mm(150))
    drawn._inline.docPr.set("descr", clean(block["title"]))
    words(paper, f"Biểu đồ: {block['title']}", layout["body"]["size"] - 2, italic=True, align=CENTRE)


_BLOCKS = {
    "heading": _part, "words": _body, "note": _note, "caption": _caption, "table": _table, "chart": _chart,
}  # fmt: skip


def _end(paper: Document, ending: str) -> None:
    """'./.' stands after the last word, not on a line of its own, where the report ends in words."""
    last = paper.element.body[-2] if len(paper.element.body) > 1 else None
    if last is not None and last.tag == qn("w:p"):
        place = Paragraph(last, paper._body)
        if place.runs:
            place.runs[-1].text = place.runs[-1].text.rstrip(".") + ending
            return
    words(paper, ending, align=LEFT)


def _keep_company(paper: Document) -> None:
    """A signature never stands on a page by itself: the last words go with it."""
    for place in paper.paragraphs[-2:]:
        place.paragraph_format.keep_with_next = True


def _signature(paper: Document, told: dict[str, Any]) -> None:
    words(paper, "", 6).paragraph_format.keep_with_next = True
    made = paper.add_table(rows=1, cols=2)
    made.autofit = False
    left, right = made.rows[0].cells
    left.width, right.width = Mm(80), Mm(85)
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    layout = told["layout"]["recipients"]
    head = layout["title"]
    place = words(
        left, head["text"], head["size"], bold=bool(head.get("bold")), italic=bool(head.get("italic")), after=0
    )  # fmt: skip
    place.runs[0].underline = bool(head.get("underline"))
    for line in told["recipients"]:
        words(left, line, layout["size"], after=0)
    size = told["layout"]["signature"]["size"]
    for line in told["signature"]:
        words(right, line, size, bold=True, align=CENTRE, after=0)
    words(right, "", size, after=54)
    words(right, told["signer"], size, bold=True, align=CENTRE)
    for cell in (left, right):
        cell._tc.remove(cell.paragraphs[0]._p)
