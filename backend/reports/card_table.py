"""A scorecard as a workbook: points that add up before the reader's eyes."""

import io
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from backend.media.documents import clean
from backend.reports.paper import SERIES
from backend.reports.table import FIRST, OPTIONS, heading, number, styles, words_sheet

HEADS = (
    "TT",
    "Tiêu chí",
    "Nhóm",
    "Kết quả",
    "Đơn vị tính",
    "Điểm tối đa",
    "Điểm",
    "Nguồn số liệu",
    "Ghi chú",
)
MOST, POINTS = 5, 6
"""Columns that are added up."""


def as_table(told: dict[str, Any], figures: dict[str, Any]) -> bytes:
    """Never a formula out of somebody's words."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    book.set_properties({"title": clean(f"{told['kind']} {told['abstract']}")[:255]})
    looks = styles(book)
    sheet = book.add_worksheet("Phiếu điểm")
    for columns, width in (("A:A", 6), ("B:C", 40), ("D:G", 15), ("H:H", 22), ("I:I", 60)):
        sheet.set_column(columns, width)
    heading(sheet, looks, told, HEADS)
    rows = figures["rows"]
    for at, row in enumerate(rows, start=1):
        _row(sheet, looks, FIRST + at, at, row)
    _sum(sheet, looks, FIRST + len(rows) + 1, figures)
    sheet.freeze_panes(FIRST + 1, 2)
    words_sheet(book, looks, told)
    book.close()
    return out.getvalue()


def _row(sheet: Worksheet, looks: dict[str, Format], at: int, count: int, row: dict[str, Any]) -> None:
    sheet.write_number(at, 0, count, looks["cell"])
    for column, text in (
        (1, row["title"]),
        (2, row["group"]),
        (4, row["word"]),
        (7, SERIES[row["series"]]),
        (8, row["note"]),
    ):
        sheet.write_string(at, column, clean(text), looks["cell"])
    if row["value"] is None or row["said"] == "":
        sheet.write_string(at, 3, clean(row["said"]), looks["cell"])
    else:
        number(sheet, looks, at, 3, Decimal(row["value"]))
    for column, name in ((MOST, "most"), (POINTS, "points")):
        if row[name] is None:
            sheet.write_blank(at, column, None, looks["cell"])
        else:
            number(sheet, looks, at, column, Decimal(row[name]))


def _sum(sheet: Worksheet, looks: dict[str, Format], at: int, figures: dict[str, Any]) -> None:
    """A live sum where it comes to what was published; the published number where it does not."""
    sheet.write_string(at, 1, "Tổng cộng", looks["head"])
    for column, name, told in ((MOST, "most", "out_of"), (POINTS, "points", "points")):
        whole = Decimal(figures["card"][told])
        letter = "ABCDEFGHI"[column]
        if sum((Decimal(row[name]) for row in figures["rows"] if row[name]), Decimal(0)) == whole:
            sheet.write_formula(
                at, column, f"=SUM({letter}{FIRST + 2}:{letter}{at})", looks["places-2"], float(whole)
            )
        else:
            number(sheet, looks, at, column, whole)
    if figures["card"]["class"]:
        sheet.write_string(at, POINTS + 1, clean(figures["card"]["class"]), looks["cell"])
