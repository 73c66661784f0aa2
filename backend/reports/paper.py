"""A report as a sheet of paper: plain words in their order, once for Word, PDF and tables alike. Pure.

What differs between the lines is in the layout; what differs between reports in `Report.paper`. The number stands only
when a clerk has given one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend.calendars import Period, title
from backend.reports.layouts import Layout
from backend.reports.words import REVIEW_FIELDS, SECTIONS

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
HEADS = ("TT", "Chỉ tiêu", "Kết quả", "Tử số", "Mẫu số", "Nguồn số liệu")
SAMPLE = "(Bản trình diễn: nội dung hư cấu)"
DRAFT = "DỰ THẢO (chưa ký)"
"""Stands on every sheet that nobody has signed."""
SERIES = {"measured": "ghi nhận trên hệ thống", "declared": "đơn vị báo cáo", "official": "số chính thức"}


@dataclass(frozen=True)
class Facts:
    """What the database rows say, in plain values. `kind_of_unit`: whose names of the layout hold, or none of them.

    `above`, `above_unit`: the unit above without and with its level; `level_above`: that level alone.
    """

    form: str
    subject: str
    period: Period
    kind_of_unit: str
    unit: str
    name: str
    above: str
    receiver: str
    above_unit: str = ""
    level: str = "xã"
    level_above: str = "tỉnh"
    number: str | None = None
    number_on: date | None = None
    signer: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    texts: Sequence[tuple[str, str, Sequence[str]]] = ()
    """Heading, words, and who wrote what was taken over."""
    sheet: Sequence[tuple[str, str, str, str]] = ()
    review: Mapping[str, Any] = field(default_factory=dict)
    """What a review says of its whole phase and of the targets."""
    blocks: Sequence[dict[str, Any]] = ()
    """What stands on a sheet that is laid out elsewhere."""
    sample: bool = False


def paper(layout: Layout, facts: Facts, own: Mapping[str, str]) -> dict[str, Any]:
    """Everything that stands on the sheet, for the writers. `own`: words of this report that differ from the layout's."""
    said = _said(layout, facts, own)
    return {
        "layout": {**layout, "holds_from": layout["holds_from"].isoformat()},
        "sample": SAMPLE if facts.sample else "",
        "heading": [
            {side: _lines(row[side], said) for side in ("left", "right")} for row in layout["heading"]["rows"]
        ],
        "kind": layout["kinds"][facts.form],
        "abstract": said["abstract"],
        "blocks": _review(layout, facts) if facts.review else _blocks(facts),
        "ending": layout["ending"],
        "signature": [line for line in (said["capacity"], said["signer_title"]) if line],
        "signer": said["signer_name"],
        "recipients": said["recipients"],
        "as_of": facts.figures.get("as_of", ""),
    }


def _said(layout: Layout, facts: Facts, own: Mapping[str, str]) -> dict[str, Any]:
    names = layout["names"].get(facts.kind_of_unit, layout["names"]["other"])
    base = {
        "unit": facts.unit, "name": facts.name, "above": facts.above, "receiver": facts.receiver,
        "above_unit": facts.above_unit or facts.above, "level": facts.level, "committee": committee(facts.level),
        "committee_above": committee(facts.level_above),
    }  # fmt: skip
    place = own.get("place") or facts.name
    receivers = own["recipients"].splitlines() if own.get("recipients") else names["recipients"]
    return {
        **base,
        "above_body": own.get("above") or filled(names["above_body"], base),
        "issuer": own.get("issuer") or filled(names["issuer"], base),
        "number": numbered(layout, names["sign"], facts.number),
        "place": place,
        "date": day_in_words(facts.number_on),
        "abstract": own.get("abstract") or f"{facts.subject}, {_lower(title(facts.period))}",
        "capacity": own.get("capacity") or names["capacity"],
        "signer_title": own.get("signer_title") or names["signer_title"],
        "signer_name": facts.signer or own.get("signer_name", ""),
        "recipients": [f"- {filled(line.strip(' -'), base)}" for line in receivers if line.strip(" -")],
    }


def committee(level: str) -> str:
    """The Party committee of a province or of a city under the central government."""
    return "Thành ủy" if level.lower() == "thành phố" else "Tỉnh ủy"


def numbered(layout: Layout, sign: str, number: str | None) -> str:
    """'Số: 15/BC-UBND'; room to write where no clerk has given one. What is written with its signs stays as written."""
    if number and not number.isdigit():
        return f"{layout['number'].split('{')[0]}{number}"
    return str(layout["number"]).replace("{number}", number or layout["blank"]).replace("{sign}", sign)


def day_in_words(day: date | None) -> str:
    """'ngày 05 tháng 7 năm 2026': days to 9 and months 1, 2 with a nought before."""
    if day is None:
        return "ngày      tháng      năm 20    "
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def filled(pattern: str, said: Mapping[str, Any]) -> str:
    """Only whole names in braces are replaced, once: braces in a unit's own name are words."""
    parts = pattern.split("{")
    found = [parts[0]]
    for part in parts[1:]:
        name, closed, rest = part.partition("}")
        found.append(f"{said[name]}{rest}" if closed and name in said else "{" + part)
    return "".join(found)


def _lines(told: Sequence[Mapping[str, Any]], said: Mapping[str, Any]) -> list[dict[str, Any]]:
    lines = [line if line.get("as_is") else {**line, "text": filled(line["text"], said)} for line in told]
    return [
        {**line, "text": line["text"].upper() if line.get("caps") else line["text"]}
        for line in lines
        if line["text"]
    ]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


# --- what stands between heading and signature ----------------------------------------------------------------------


def _blocks(facts: Facts) -> list[dict[str, Any]]:
    if facts.blocks:
        return list(facts.blocks)
    blocks: list[dict[str, Any]] = []
    if facts.sheet:
        return [_sheet(facts.sheet)]
    number = 0
    for heading, words, authors in facts.texts:
        if heading != facts.texts[0][0] and not words.strip():
            continue
        blocks.append({"is": "heading", "text": f"{ROMAN[number]}. {heading}"})
        number += 1
        blocks += [{"is": "words", "text": line} for line in words.splitlines() if line.strip()]
        if authors:
            blocks.append({"is": "note", "text": "Tổng hợp từ báo cáo của: " + "; ".join(authors) + "."})
        if heading == facts.texts[0][0]:
            blocks += _figures(facts)
    return blocks


def _review(layout: Layout, facts: Facts) -> list[dict[str, Any]]:
    """In the layout's order: what people wrote, the year's figures, the whole phase, and what was achieved of the targets."""
    codes = {heading: code for code, heading in REVIEW_FIELDS.items()}
    written = {codes.get(heading, ""): (words, authors) for heading, words, authors in facts.texts}
    blocks: list[dict[str, Any]] = []
    number = 0
    for code in layout["sections"][facts.form]:
        words, authors = written.get(code, ("", ()))
        if code not in SECTIONS and code != "results" and not words.strip():
            continue
        heading = SECTIONS.get(code) or REVIEW_FIELDS[code]
        blocks.append({"is": "heading", "text": f"{ROMAN[number]}. {heading}"})
        number += 1
        blocks += [{"is": "words", "text": line} for line in words.splitlines() if line.strip()]
        if authors:
            blocks.append({"is": "note", "text": "Tổng hợp từ báo cáo của: " + "; ".join(authors) + "."})
        blocks += _figures(facts) if code == "results" else []
        blocks += review_table(code, facts.review[code]) if code in SECTIONS else []
    return blocks


def review_table(code: str, table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A table of a review with its rows numbered; nothing known is a dash."""
    if not table["rows"]:
        nothing = "Chưa có số liệu cộng dồn được." if code == "phase" else "Kế hoạch chưa đặt mục tiêu nào."
        return [{"is": "words", "text": nothing}]
    heads, years = list(table["heads"]), len(table["heads"]) - 2
    widths = [11, 154 - 19 * years, *[19] * years] if code == "phase" else [11, 50, 30, 30, 21, 23]
    rows = [[str(count), *map(_cell, row)] for count, row in enumerate(table["rows"], start=1)]
    numbers = list(range(2, len(heads))) if code == "phase" else [4]
    return [{"is": "table", "heads": heads, "rows": rows, "widths": widths, "numbers": numbers}]


def _cell(value: Any) -> str:
    return "–" if value is None else thousands(value) if isinstance(value, int) else str(value)


def _figures(facts: Facts) -> list[dict[str, Any]]:
    rows = facts.figures.get("rows", [])
    if not rows:
        return [{"is": "words", "text": f"Chưa có số liệu ghi nhận trong kỳ {_lower(title(facts.period))}."}]
    as_of = str(facts.figures.get("as_of", ""))
    blocks: list[dict[str, Any]] = [
        {"is": "caption", "text": "Biểu số liệu"},
        {
            "is": "table",
            "heads": list(HEADS),
            "rows": [figure_row(number, row) for number, row in enumerate(rows, start=1)],
        },
    ]
    if as_of:
        day = date.fromisoformat(as_of[:10])
        blocks.append(
            {"is": "note", "text": f"Số liệu lấy ngày {day:%d/%m/%Y}. Chưa có số liệu không phải là số 0."}
        )
    charts = [{"is": "chart", **chart} for chart in facts.figures.get("charts", [])]
    return blocks + charts


def figure_row(number: int, row: Mapping[str, Any]) -> list[str]:
    """The figure as a reader sees it; why there is none where there is none."""
    said = row["absent"] or f"{decimal_words(row['value'])} {row['word']}".strip()
    return [
        str(number),
        f"{row['title']} – {row['of']}",
        said,
        "" if row["numerator"] is None else decimal_words(row["numerator"]),
        "" if row["denominator"] is None else decimal_words(row["denominator"]),
        SERIES[row["series"]],
    ]


def thousands(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def decimal_words(value: str | int) -> str:
    """'1306.5' -> '1.306,5'."""
    whole, _, rest = str(value).lstrip("-").partition(".")
    sign = "-" if str(value).startswith("-") else ""
    return sign + thousands(int(whole)) + (f",{rest}" if rest else "")


def _sheet(rows: Sequence[tuple[str, str, str, str]]) -> dict[str, Any]:
    heads = ["TT", "Trường trên hệ thống", "Giá trị nhập", "Đã nhập"]
    return {"is": "table", "heads": heads, "rows": [list(row) for row in rows]}
