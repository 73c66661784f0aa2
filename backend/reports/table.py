"""A report as a workbook: figures with live formulas where people check sums, charts the program draws itself."""

import io
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

import xlsxwriter
from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from backend.media.documents import clean
from backend.reports.paper import SERIES
from backend.reports.words import NOTHING

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_OF_CHARTS = "Biểu đồ"
FIRST = 5
"""The row of the table's head, from 0."""
MOST_PLACES = 6
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
"""Nothing typed becomes a formula, a link or a number."""
HEADS = ("TT", "Chỉ tiêu", "Hoạt động", "Tử số", "Mẫu số", "Kết quả", "Đơn vị tính", "Nguồn, ghi chú")


def as_table(told: dict[str, Any], figures: dict[str, Any]) -> bytes:
    """Never a formula out of somebody's words: text is written as text."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    book.set_properties({"title": clean(f"{told['kind']} {told['abstract']}")[:255]})
    looks = styles(book)
    _figures(book, looks, told, figures)
    words_sheet(book, looks, told)
    book.close()
    return out.getvalue()


def styles(book: Workbook) -> dict[str, Format]:
    plain = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
    ruled = {**plain, "border": 1, "text_wrap": True}
    return {
        "plain": book.add_format(plain),
        "title": book.add_format({**plain, "bold": True, "font_size": 14}),
        "head": book.add_format({**ruled, "bold": True, "align": "center", "bg_color": "#EDE4D8"}),
        "cell": book.add_format(ruled),
        "whole": book.add_format({**ruled, "num_format": "#,##0"}),
        **{
            f"places-{places}": book.add_format({**ruled, "num_format": _places(places)})
            for places in range(MOST_PLACES + 1)
        },
        "sum": book.add_format({**ruled, "bold": True, "num_format": "#,##0"}),
    }


def _figures(book: Workbook, looks: dict[str, Format], told: dict[str, Any], figures: dict[str, Any]) -> None:
    sheet = book.add_worksheet("Số liệu")
    sheet.set_column("A:A", 6)
    sheet.set_column("B:C", 46)
    sheet.set_column("D:H", 15)
    heading(sheet, looks, told, HEADS)
    rows = figures.get("rows", [])
    for count, row in enumerate(rows, start=1):
        _row(sheet, looks, FIRST + count, count, row)
    sheet.freeze_panes(FIRST + 1, 2)
    for code, told_there in figures.get("review", {}).items():
        _review(book, looks, code, told_there)
    if figures.get("charts"):
        _charts(book, looks, figures["charts"])


def heading(sheet: Worksheet, looks: dict[str, Format], told: dict[str, Any], heads: Sequence[str]) -> None:
    """What the sheet is, that it is a draft where it is one, and the head of its table."""
    sheet.write_string(0, 0, clean(told["kind"].upper()), looks["title"])
    sheet.write_string(1, 0, clean(told["abstract"]), looks["title"])
    sheet.write_string(2, 0, told["sample"], looks["plain"])
    sheet.write_string(3, 0, "Chưa có số liệu không phải là số 0.", looks["plain"])
    if told.get("draft"):
        sheet.write_string(FIRST - 1, 0, told["draft"], looks["title"])
    for column, text in enumerate(heads):
        sheet.write_string(FIRST, column, text, looks["head"])


def _row(sheet: Worksheet, looks: dict[str, Format], at: int, count: int, row: dict[str, Any]) -> None:
    sheet.write_number(at, 0, count, looks["cell"])
    sheet.write_string(at, 1, clean(row["title"]), looks["cell"])
    sheet.write_string(at, 2, clean(row["of"]), looks["cell"])
    for column, name in ((3, "numerator"), (4, "denominator")):
        if row[name] is None or row["absent"]:
            sheet.write_blank(at, column, None, looks["cell"])
        else:
            number(sheet, looks, at, column, Decimal(str(row[name])))
    _result(sheet, looks, at, row)
    sheet.write_string(at, 6, clean(row["word"]), looks["cell"])
    sheet.write_string(at, 7, SERIES[row["series"]], looks["cell"])


def number(sheet: Worksheet, looks: dict[str, Format], at: int, column: int, value: Decimal) -> None:
    sheet.write_number(at, column, float(value), looks[f"places-{_places_of(value)}"])


def _places_of(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return min(MOST_PLACES, max(0, -exponent)) if isinstance(exponent, int) else 0


def _places(places: int) -> str:
    return "#,##0" + (f".{'0' * places}" if places else "")


def _result(sheet: Worksheet, looks: dict[str, Format], at: int, row: dict[str, Any]) -> None:
    """A ratio is worked out in the sheet again, so that whoever doubts it sees how: but only where both sides stand there
    and come to what the report says. Anything else is the plain number, and what is not known the sentence why."""
    if row["absent"] or row["value"] is None:
        sheet.write_string(at, 5, row["absent"] or NOTHING, looks["cell"])
        return
    value, line, factor, places = Decimal(row["value"]), at + 1, int(row["factor"]), int(row["decimals"])
    look = looks[f"places-{max(_places_of(value), min(places, MOST_PLACES))}"]
    if _comes_to(row, value):
        formula = f'=IF(E{line}="","",ROUND(D{line}*{factor}/E{line},{places}))'
        sheet.write_formula(at, 5, formula, look, float(value))
    elif (
        row["denominator"] is None
        and row["numerator"] is not None
        and Decimal(str(row["numerator"])) == value
    ):
        sheet.write_formula(at, 5, f"=D{line}", look, float(value))
    else:
        number(sheet, looks, at, 5, value)


def _comes_to(row: dict[str, Any], value: Decimal) -> bool:
    if row["numerator"] is None or not row["denominator"] or not Decimal(str(row["denominator"])):
        return False
    worked = Decimal(str(row["numerator"])) * int(row["factor"]) / Decimal(str(row["denominator"]))
    return worked.quantize(Decimal(1).scaleb(-int(row["decimals"])), ROUND_HALF_UP) == value


def _review(book: Workbook, looks: dict[str, Format], code: str, told: dict[str, Any]) -> None:
    """The phase year by year with live sums, or the targets as they are told."""
    sheet = book.add_worksheet("Cả giai đoạn" if code == "phase" else "Mục tiêu")
    sheet.set_column("A:A", 6)
    sheet.set_column("B:B", 60)
    sheet.set_column("C:Z", 22)
    for column, text in enumerate(told["heads"]):
        sheet.write_string(0, column, text, looks["head"])
    for at, row in enumerate(told["rows"], start=1):
        sheet.write_number(at, 0, at, looks["cell"])
        for column, value in enumerate(row, start=1):
            _review_cell(sheet, looks, at, column, value, is_sum=bool(told.get("sum")) and column == len(row))


def _review_cell(
    sheet: Worksheet, looks: dict[str, Format], at: int, column: int, value: Any, *, is_sum: bool
) -> None:
    if value is None:
        sheet.write_blank(at, column, None, looks["cell"])
    elif isinstance(value, str):
        sheet.write_string(at, column, clean(value), looks["cell"])
    elif is_sum:
        sheet.write_formula(
            at, column, f"=SUM(C{at + 1}:{chr(ord('A') + column - 1)}{at + 1})", looks["sum"], value
        )
    else:
        sheet.write_number(at, column, value, looks["whole"])


def _charts(book: Workbook, looks: dict[str, Format], charts: list[dict[str, Any]]) -> None:
    """Months below each other, their sum, and a chart the program draws from the cells."""
    sheet = book.add_worksheet(SHEET_OF_CHARTS)
    sheet.set_column("A:A", 40)
    sheet.set_column("B:B", 14)
    at = 0
    for told in charts:
        sheet.write_string(at, 0, clean(told["title"]), looks["title"])
        first = at + 1
        for offset, (label, value) in enumerate(zip(told["labels"], told["values"], strict=True)):
            sheet.write_string(first + offset, 0, clean(label), looks["cell"])
            if value is None:
                sheet.write_blank(first + offset, 1, None, looks["cell"])
            else:
                sheet.write_number(
                    first + offset, 1, value, looks["places-1" if told["kind"] == "bars" else "whole"]
                )
        last = first + len(told["labels"]) - 1
        is_rate = told["kind"] == "bars"
        if not is_rate:  # rates are not added up
            total = sum(value for value in told["values"] if value)
            sheet.write_string(last + 1, 0, "Cộng", looks["head"])
            sheet.write_formula(last + 1, 1, f"=SUM(B{first + 1}:B{last + 1})", looks["sum"], total)
        chart = cast(Chart, book.add_chart({"type": "bar" if is_rate else "column"}))
        chart.add_series(
            {
                "name": clean(told["title"]),
                "categories": [SHEET_OF_CHARTS, first, 0, last, 0],
                "values": [SHEET_OF_CHARTS, first, 1, last, 1],
                "fill": {"color": "#0F5C63"},
                "data_labels": {"value": True},
            }
        )
        chart.set_title({"name": clean(told["title"]), "name_font": {"size": 11}})
        chart.set_legend({"none": True})
        sheet.insert_chart(at, 3, chart, {"object_position": 1})
        at = max(last + 4, at + 17)


def words_sheet(book: Workbook, looks: dict[str, Format], told: dict[str, Any]) -> None:
    sheet = book.add_worksheet("Nội dung")
    sheet.set_column("A:A", 110)
    at = 0
    for block in told["blocks"]:
        if block["is"] in ("heading", "words", "note"):
            look = looks["title"] if block["is"] == "heading" else looks["cell"]
            sheet.write_string(at, 0, clean(block["text"])[:32_000], look)
            at += 1
