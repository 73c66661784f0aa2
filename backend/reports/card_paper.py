"""A published scorecard as a sheet to be signed: its criteria with their points, the sum, and what the revision is. Pure."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from backend.calendars import title
from backend.cards.queries import CardView, CriterionView
from backend.clock import local_day
from backend.reports.paper import ROMAN, SERIES, decimal_words
from backend.reports.words import HIDDEN, NOTHING

HEADS = ("TT", "Tiêu chí", "Kết quả", "Điểm tối đa", "Điểm", "Nguồn số liệu")
BY_PEOPLE = "Tự kê khai"


def subject(view: CardView) -> str:
    """What stands before the period in the abstract."""
    name = view.template_title["vi"]
    return f"Kết quả chấm điểm theo {name[:1].lower()}{name[1:]}"


def blocks(view: CardView) -> list[dict[str, Any]]:
    """What stands between the heading of the sheet and its signature."""
    told: list[dict[str, Any]] = [
        _is("heading", "I. Kết quả chấm điểm"),
        _table(view),
        _is(
            "note",
            f"Số liệu đã nhận đến ngày {local_day(view.as_known_at):%d/%m/%Y}. Chưa có số liệu không phải là số 0.",
        ),
        _is("heading", "II. Tổng điểm, xếp loại"),
        *(_is("words", line) for line in _sums(view)),
    ]
    if notes := list(_notes(view)):
        told += [
            _is("heading", "III. Điều cần biết khi đọc các con số"),
            *(_is("words", line) for line in notes),
        ]
    return [*told, _is("note", _place(view))]


def figures(view: CardView) -> dict[str, Any]:
    """The same as plain values, for a workbook and for whoever reads the kept paper in ten years."""
    return {
        "card": {
            "revision": view.revision, "sha256": view.sha256, "points": _text(view.total), "out_of": _text(view.out_of),
            "percent": _text(view.percent), "class": view.class_name["vi"] if view.class_name else None,
        },
        "rows": [
            {
                "code": one.code, "title": one.title["vi"], "group": group.title["vi"], "series": one.series,
                "value": _text(one.value), "word": "%" if one.is_percent else one.noun, "said": _said(one),
                "most": _text(one.most), "points": _text(one.points), "note": one.note,
            }
            for group in view.groups
            for one in group.criteria
        ],
    }  # fmt: skip


def _is(what: str, text: str) -> dict[str, Any]:
    return {"is": what, "text": text}


def _table(view: CardView) -> dict[str, Any]:
    rows = list(_rows(view))
    groups = [at for at, row in enumerate(rows) if not row[0].isdigit()]
    return {"is": "table", "heads": list(HEADS), "rows": rows, "strong": groups}


def _rows(view: CardView) -> Iterator[list[str]]:
    number = 0
    for at, group in enumerate(view.groups):
        yield [
            ROMAN[at % len(ROMAN)],
            group.title["vi"],
            "",
            number_words(group.weight),
            number_words(group.points),
            "",
        ]
        for one in group.criteria:
            number += 1
            yield [
                str(number), one.title["vi"], _said(one), number_words(one.most), number_words(one.points),
                SERIES[one.series],
            ]  # fmt: skip


def _said(one: CriterionView) -> str:
    if one.is_hidden:
        return str(HIDDEN)
    if one.value is None:
        return str(NOTHING) if one.series == "measured" else BY_PEOPLE
    return f"{number_words(one.value)} {'%' if one.is_percent else one.noun}".strip()


def _sums(view: CardView) -> Iterator[str]:
    rated = f"Xếp loại: {view.class_name['vi']}." if view.class_name else "Chưa xếp loại."
    open_ones = "" if view.is_complete else " Còn tiêu chí chưa có điểm."
    yield f"Tổng điểm: {number_words(view.total)}/{number_words(view.out_of)} điểm. {rated}{open_ones}"
    if view.answers_for[1]:
        yield f"Người chịu trách nhiệm: {view.answers_for[0]} {view.answers_for[1]}. Phiếu là của đơn vị, không chấm điểm cá nhân."
    if view.is_trial:
        yield "Năm chạy thử: điểm này chưa đưa vào xếp loại cuối năm."
    if view.is_preset:
        yield "Chỉ tiêu, điểm và mức xếp loại là mẫu đặt sẵn, chưa có cơ quan nào xác nhận."


def _notes(view: CardView) -> Iterator[str]:
    yield from (str(mark) for mark in view.marks)
    for one in view.criteria:
        if one.note:
            yield f"{one.title['vi']}: {one.note}"
        if one.reason:
            yield f"{one.title['vi']}, lý do của đơn vị: {one.reason}"


def _place(view: CardView) -> str:
    return (
        f"Dấu SHA-256 {view.sha256} là của bản công bố số {view.revision} của phiếu {title(view.period).lower()}, mẫu "
        f"{view.template} bản {view.template_version}; văn bản này mang đúng các con số của bản ấy."
    )


def number_words(value: Decimal | None) -> str:
    """'8,5'; nothing known is a dash, never zero."""
    text = _text(value)
    return "–" if text is None else decimal_words(text)


def _text(value: Decimal | None) -> str | None:
    """Without needless zeros."""
    return None if value is None else format(value.normalize(), "f")
