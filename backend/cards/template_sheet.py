"""A set of criteria as a table: groups, criteria, points and targets in rows, laid into the frame of a template. Pure.

A row with a way of counting is measured by the node; one without is declared by the unit and scored by people.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from backend.cards import canonical
from backend.cards.shapes import Template
from backend.units import sheets
from backend.units.listing import places
from backend.units.sheets import FORMULA
from backend.units.words import fold

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "group": ("nhóm", "group"),
    "title": ("tiêu chí", "criterion"),
    "most": ("điểm", "points"),
    "indicator": ("cách tính", "indicator"),
    "target": ("chỉ tiêu", "target"),
    "plan": ("mã chỉ tiêu kế hoạch", "plan code"),
    "evidence": ("bắt buộc minh chứng", "evidence"),
    "explain": ("giải thích", "explanation"),
    "code": ("mã", "code"),
}
NEEDED = ("group", "title", "most")
MOST_ROWS = 300
YES, NO = ("có", "x", "1", "yes"), ("", "không", "0", "no")
FRAME = (
    "kind",
    "calendar",
    "interval",
    "unit_kind",
    "interpolation",
    "decimals",
    "confidence_below",
    "days",
    "classes",
)


def read(
    data: bytes, file_name: str, code: str, title: str, frame: Template
) -> tuple[dict[str, Any], list[str]]:
    """The template as data, and what is wrong with single rows, each with its line. Raises SheetRefused."""
    heading, *rows = sheets.read(data, file_name, most_rows=MOST_ROWS)
    at = places(heading, COLUMNS, NEEDED)
    told = [
        (row.line, {name: row.cells[n].strip() if n < len(row.cells) else "" for name, n in at.items()})
        for row in rows
    ]
    wrong = [f"dòng {line}: {words}" for line, row in told for words in _problems(row)]
    held = {name: value for name, value in canonical.read(frame.body).items() if name in FRAME}
    made = held | {
        "template": code, "title": {"vi": title, "en": title}, "trial": True, "preset": True,
        "groups": [] if wrong else _groups([row for _, row in told]),
    }  # fmt: skip
    return made, wrong


def _problems(row: Mapping[str, str]) -> Iterator[str]:
    if FORMULA in row.values():
        yield "có ô là công thức; xin dán lại thành giá trị"
        return
    yield from (f"thiếu {COLUMNS[name][0]}" for name in NEEDED if not row[name])
    for name in ("most", "target"):
        if row.get(name) and _number(row[name]) is None:
            yield f"{COLUMNS[name][0]} “{row[name][:40]}” không phải là số viết như 10 hoặc 7,5"
    if row.get("evidence", "").lower() not in (*YES, *NO):
        yield f"cột {COLUMNS['evidence'][0]} chỉ ghi “có” hoặc để trống"


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**9 else None


def _groups(rows: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """In the order in which the file first names them; a group weighs what its criteria come to."""
    found: dict[str, list[dict[str, Any]]] = {}
    taken: set[str] = set()
    for row in rows:
        found.setdefault(row["group"], []).append(_criterion(row, taken))
    return [
        {
            "code": _free(_slug(title), taken), "title": {"vi": title, "en": title}, "criteria": criteria,
            "weight": canonical.decimal_text(sum((Decimal(one["most"]) for one in criteria), Decimal(0))),
        }
        for title, criteria in found.items()
    ]  # fmt: skip


def _criterion(row: Mapping[str, str], taken: set[str]) -> dict[str, Any]:
    most = _number(row["most"]) or Decimal(0)
    made: dict[str, Any] = {
        "code": _free(row.get("code") or _slug(row["title"]), taken), "title": {"vi": row["title"], "en": row["title"]},
        "most": canonical.decimal_text(most), "evidence": row.get("evidence", "").lower() in YES,
    }  # fmt: skip
    if explain := row.get("explain"):
        made["explain"] = {"vi": explain, "en": explain}
    if indicator := row.get("indicator"):
        made["indicator"] = indicator
    else:
        made["series"] = "declared"
    if (target := _number(row.get("target", "") or "x")) is not None:
        made["target"] = canonical.decimal_text(target)
    if plan := row.get("plan"):
        made |= (
            {"target_indicator": plan, "declared_indicator": plan}
            if indicator
            else {"target_indicator": plan}
        )
    return made


def _slug(title: str) -> str:
    """'Hộ đã đến' -> 'ho-da-den'."""
    plain = "".join(letter if letter.isalnum() else " " for letter in fold(title).replace("đ", "d"))
    return "-".join(plain.lower().split())[:30].strip("-") or "muc"


def _free(code: str, taken: set[str]) -> str:
    code = code if code[:1].isalpha() else f"m-{code}"
    found = next(name for n in range(1, 1000) if (name := code if n == 1 else f"{code}-{n}") not in taken)
    taken.add(found)
    return found
