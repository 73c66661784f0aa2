"""A unit's open data as files: CSV for a spreadsheet, JSON for a program. The names of the columns are a promise.

A column is never given another meaning; a new one is added at the end and the number of the schema goes up.
"""

import csv
import io
import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from backend.clock import iso
from backend.errors import N_
from backend.public.open_figures import OpenFigure
from backend.targets.csv_file import shown
from backend.units.queries import NamedUnit

SCHEMA = "lantoa-open-data/1"
COLUMNS: dict[str, str] = {
    "unit_code": N_("Mã đơn vị."),
    "unit_name": N_("Tên đơn vị."),
    "source": N_(
        "Nguồn: scorecard là phiếu điểm đã công bố, official là số chính thức, results là kết quả cuộc thi."
    ),
    "about": N_("Phiếu điểm hoặc cuộc thi nào, bằng tiếng Việt."),
    "figure": N_("Mã con số; cùng một mã luôn là cùng một con số."),
    "title_vi": N_("Tên con số bằng tiếng Việt."),
    "title_en": N_("Tên con số bằng tiếng Anh."),
    "series": N_(
        "Loại số liệu: measured là đo được trên hệ thống, official là số chính thức lấy từ nơi khác."
    ),
    "calendar": N_("Lịch của kỳ: thang là lịch dương; days là từ ngày đến ngày; lịch khác theo mã của lịch."),
    "period": N_("Mã kỳ trong lịch ấy, ví dụ 202610, 2026Q4, 2026S1, 2026."),
    "first_day": N_("Ngày đầu kỳ."),
    "last_day": N_("Ngày cuối kỳ."),
    "status": N_(
        "shown là có số; hidden là ẩn vì liên quan đến dưới 5 người; none là chưa có số liệu, không phải 0."
    ),
    "numerator": N_("Tử số. Trống khi bị ẩn hoặc chưa có."),
    "denominator": N_("Mẫu số. Trống khi con số không phải là tỷ lệ."),
    "value": N_("Giá trị sau khi tính và làm tròn; dấu chấm đứng trước phần thập phân."),
    "measured_in": N_("Đơn vị tính."),
    "rule_version": N_("Bản quy tắc đã dùng để tính."),
    "revision": N_("Bản công bố thứ mấy; bản sau thay bản trước."),
    "trial": N_("1 nếu phiếu đang chạy thử, ngoài việc xếp loại."),
    "as_known_at": N_("Tính theo những gì hệ thống biết đến lúc này (giờ UTC)."),
    "published_at": N_("Công bố lúc nào (giờ UTC)."),
    "licence": N_("Giấy phép dùng lại."),
}
"""Name -> what it is, as the page says it."""


def rows_of(unit: NamedUnit, licence: str, figures: Iterable[OpenFigure]) -> list[dict[str, Any]]:
    return [_row(unit, licence, one) for one in figures]


def _row(unit: NamedUnit, licence: str, one: OpenFigure) -> dict[str, Any]:
    told = {
        "unit_code": unit.code, "unit_name": unit.heading, "source": one.source, "about": one.about["vi"],
        "figure": one.figure, "title_vi": one.title["vi"], "title_en": one.title.get("en", one.title["vi"]),
        "series": one.series, "calendar": one.period.calendar, "period": one.period.code,
        "first_day": one.period.first.isoformat(), "last_day": one.period.last.isoformat(), "status": one.status,
        "numerator": _plain(one.numerator), "denominator": _plain(one.denominator), "value": _plain(one.value),
        "measured_in": one.measured_in, "rule_version": one.rules, "revision": one.revision, "trial": one.is_trial,
        "as_known_at": iso(one.as_known_at), "published_at": iso(one.published_at), "licence": licence,
    }  # fmt: skip
    return {name: told[name] for name in COLUMNS}


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def to_csv(rows: Sequence[dict[str, Any]]) -> bytes:
    """UTF-8 with the mark at its beginning that tells a spreadsheet so; nothing in it is a formula."""
    text = io.StringIO(newline="")
    written = csv.writer(text, lineterminator="\r\n")
    written.writerow(COLUMNS)
    written.writerows([_cell(row[name]) for name in COLUMNS] for row in rows)
    return BOM_UTF8 + text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return shown(str(int(value)) if isinstance(value, bool) else str(value))


def to_json(unit: NamedUnit, licence: str, rows: Sequence[dict[str, Any]]) -> bytes:
    """Numbers are texts, so that no reader's arithmetic rounds them on the way."""
    head = {"schema": SCHEMA, "unit": {"code": unit.code, "name": unit.heading}, "licence": licence}
    return json.dumps(
        {**head, "columns": list(COLUMNS), "figures": rows}, ensure_ascii=False, indent=1
    ).encode()
