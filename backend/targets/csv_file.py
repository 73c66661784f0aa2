"""A set of targets as a file: CSV (or a workbook) in, plain cells, CSV out to the byte. Pure.

The twelve columns are those in which a plan is usually typed off; with `complete` there are further ones: the denominator a
cell names for itself, and how its indicator is worked out. Numbers keep the form they were written in.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from backend.errors import N_
from backend.targets.models import ADDITIVITIES, BASES, COMPARATORS, DIRECTIONS, SCOPES
from backend.units import sheets
from backend.units.listing import Trouble, places
from backend.units.sheets import FORMULA

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "mã"),
    "name_vi": ("name_vi", "tên chỉ tiêu"),
    "name_en": ("name_en", "tên tiếng anh"),
    "unit": ("unit", "đơn vị tính"),
    "scope": ("scope", "cách theo dõi"),
    "horizon_year": ("horizon_year", "năm mốc"),
    "comparator": ("comparator", "so sánh"),
    "value": ("value", "giá trị"),
    "value_max": ("value_max", "giá trị đến"),
    "basis": ("basis", "cách tính"),
    "source_anomaly": ("source_anomaly", "chỗ lạ"),
    "as_written": ("as_written", "nguyên văn"),
    "denominator": ("denominator", "mẫu số"),
    "numerator": ("numerator", "tử số"),
    "factor": ("factor", "hệ số"),
    "decimals": ("decimals", "số chữ số lẻ"),
    "additivity": ("additivity", "cách cộng"),
    "direction": ("direction", "chiều tốt"),
}
HEADING = tuple(COLUMNS)
TWELVE = HEADING[:12]
MORE = HEADING[13:]
"""How an indicator that is new here is worked out; a file may leave all of it, or any of it, out."""
NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,10})?", re.ASCII)
CODE = re.compile(r"[A-Z][A-Za-z0-9._-]{0,39}", re.ASCII)
RUNS = re.compile(r"[@＠\t\r]|[=+\-＝＋－](?![\d.,\s]*%?\s*(\([\w ≥≤]*\))?$)")
"""How a cell begins that a spreadsheet would run instead of show. A sign with nothing but a plain number after it ('=100',
'=40 (jump)', as plans write it) is none."""
COMMA = re.compile(r"(-?(?:0|[1-9]\d{0,14})),(\d{1,10})", re.ASCII)
SPOKEN: Mapping[str, Mapping[str, str]] = {
    "scope": {"đo được": "measurable", "nhập tay": "manual"},
    "comparator": {
        "từ": "ge", "≥": "ge", "trên": "gt", ">": "gt", "đạt": "eq", "=": "eq", "không quá": "le", "≤": "le",
        "dưới": "lt", "<": "lt", "khoảng": "range", "định tính": "qualitative", "không nhỏ hơn": "ge", "tối thiểu": "ge",
        "ít nhất": "ge", "lớn hơn": "gt", "bằng": "eq", "không lớn hơn": "le", "tối đa": "le", "nhỏ hơn": "lt",
    },
    "basis": {"tại mốc": "level", "cộng dồn": "total", "mỗi năm": "per_year", "hằng năm": "per_year"},
    "additivity": {"cộng": "sum", "đếm không trùng": "distinct", "số gần nhất": "last", "tỷ lệ": "ratio"},
    "direction": {"cao hơn": "higher", "thấp hơn": "lower"},
}  # fmt: skip
"""What the codes may be called in a file that a person writes."""
LONGEST = {
    "name_vi": 300,
    "name_en": 300,
    "unit": 60,
    "as_written": 300,
    "denominator": 300,
    "numerator": 300,
}
MOST_FACTOR, MOST_DECIMALS = 1_000_000, 6
MOST_ROWS = 2000


@dataclass(frozen=True)
class Cell:
    """One target as it stands in the file."""

    code: str
    name_vi: str
    name_en: str
    unit: str
    scope: str
    horizon_year: int
    comparator: str
    value: Decimal | None
    value_max: Decimal | None
    basis: str
    source_anomaly: bool
    as_written: str
    denominator: str | None = None
    numerator: str = ""
    factor: int | None = None
    decimals: int | None = None
    additivity: str | None = None
    direction: str | None = None


class _Refused(Exception):
    def __init__(self, sentence: str, **values: Any) -> None:
        super().__init__(sentence)
        self.sentence, self.values = sentence, values


def read(data: bytes, file_name: str) -> tuple[list[Cell], list[Trouble]]:
    """The cells in the order of the file, and the rows that cannot be used. Raises SheetRefused."""
    heading, *rows = sheets.read(data, file_name, most_rows=MOST_ROWS)
    at, merged = places(heading, COLUMNS, TWELVE), sheets.merged_lines(data)
    cells: list[Cell] = []
    troubles: list[Trouble] = []
    known: dict[str, tuple[str, ...]] = {}
    for row in rows:
        try:
            if row.line in merged:
                raise _Refused(N_("có ô gộp; xin bỏ gộp ô và ghi đủ từng dòng"))
            told = {c: row.cells[n] if n < len(row.cells) else "" for c, n in at.items()}
            cells.append(_cell(told | _codes(told), known))
        except _Refused as refused:
            troubles.append(Trouble(row.line, refused.sentence, refused.values))
    return cells, troubles


def _codes(told: Mapping[str, str]) -> dict[str, str]:
    return {
        column: words.get(told[column].lower(), told[column])
        for column, words in SPOKEN.items()
        if column in told
    }


def _cell(told: Mapping[str, str], known: dict[str, tuple[str, ...]]) -> Cell:
    _check_texts(told)
    value, highest = _number(told["value"]), _number(told["value_max"])
    _check_numbers(told["comparator"], value, highest)
    cell = Cell(
        code=told["code"],
        name_vi=told["name_vi"],
        name_en=told["name_en"],
        unit=told["unit"],
        scope=told["scope"],
        horizon_year=_year(told["horizon_year"]),
        comparator=told["comparator"],
        value=value,
        value_max=highest,
        basis=told["basis"],
        source_anomaly=told["source_anomaly"] == "1",
        as_written=told["as_written"],
        denominator=told.get("denominator") or None,
        numerator=told.get("numerator", ""),
        factor=_whole(told, "factor", 1, MOST_FACTOR),
        decimals=_whole(told, "decimals", 0, MOST_DECIMALS),
        additivity=told.get("additivity") or None,
        direction=told.get("direction") or None,
    )
    same = known.setdefault(cell.code, (cell.name_vi, cell.name_en, cell.unit, cell.scope))
    if same != (cell.name_vi, cell.name_en, cell.unit, cell.scope):
        raise _Refused(
            N_("mã %(code)s có tên, đơn vị tính hoặc cách theo dõi khác với dòng trên"), code=cell.code
        )
    return cell


def _check_texts(told: Mapping[str, str]) -> None:
    if FORMULA in told.values():
        raise _Refused(N_("có ô là công thức; xin dán lại thành giá trị"))
    if not CODE.fullmatch(told["code"]):
        raise _Refused(
            N_("mã chỉ tiêu “%(word)s” chưa đúng; xin dùng chữ hoa, chữ số, gạch nối"), word=told["code"][:40]
        )
    if not told["name_vi"] or not told["as_written"]:
        raise _Refused(N_("thiếu tên chỉ tiêu hoặc nguyên văn"))
    if any(len(told.get(column, "")) > most for column, most in LONGEST.items()):
        raise _Refused(N_("có ô dài quá mức; xin rút gọn"))
    if any(RUNS.match(text) for text in told.values()):
        raise _Refused(N_("có ô bắt đầu như một công thức; xin bỏ ký hiệu ở đầu ô"))
    for column, words in (
        ("scope", SCOPES),
        ("comparator", COMPARATORS),
        ("basis", BASES),
        ("source_anomaly", ("", "1")),
        ("additivity", ("", *ADDITIVITIES)),
        ("direction", ("", *DIRECTIONS)),
    ):
        if told.get(column, "") not in words:
            raise _Refused(
                N_("cột %(column)s ghi “%(word)s”; chỉ dùng: %(words)s"),
                column=COLUMNS[column][1], word=told[column][:40],
                words=", ".join(SPOKEN[column]) if column in SPOKEN else ", ".join(filter(None, words)),
            )  # fmt: skip


def _whole(told: Mapping[str, str], column: str, least: int, most: int) -> int | None:
    text = told.get(column, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9 and least <= int(text) <= most):
        raise _Refused(
            N_("cột %(column)s ghi “%(word)s”; phải là số nguyên từ %(least)s đến %(most)s"),
            column=COLUMNS[column][1], word=text[:40], least=least, most=most,
        )  # fmt: skip
    return int(text)


def _number(text: str) -> Decimal | None:
    if not text:
        return None
    if (found := COMMA.fullmatch(text)) and (len(found[2]) != 3 or found[1] in ("0", "-0")):
        text = f"{found[1]}.{found[2]}"
    if not NUMBER.fullmatch(text):
        raise _Refused(N_("“%(word)s” không phải là số viết như 80 hoặc 0,75"), word=text[:40])
    return Decimal(text)


def _check_numbers(comparator: str, value: Decimal | None, highest: Decimal | None) -> None:
    if (value is None) != (comparator == "qualitative"):
        raise _Refused(N_("chỉ tiêu có số thì phải ghi giá trị; chỉ tiêu định tính thì không"))
    if (highest is None) == (comparator == "range"):
        raise _Refused(
            N_("khoảng (range) phải có cả giá trị và giá trị đến; so sánh khác thì chỉ có giá trị")
        )
    if value is not None and highest is not None and highest < value:
        raise _Refused(N_("giá trị đến nhỏ hơn giá trị"))


def _year(text: str) -> int:
    if not re.fullmatch(r"(19|20|21)\d\d", text, re.ASCII):
        raise _Refused(N_("năm mốc “%(word)s” chưa đúng; xin ghi bốn chữ số"), word=text[:40])
    return int(text)


def write(cells: Iterable[Cell], *, complete: bool = False) -> bytes:
    """Twelve columns, or all."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(HEADING if complete else TWELVE)
    rows.writerows([shown(text) for text in _row(cell)[: len(HEADING) if complete else 12]] for cell in cells)
    return text.getvalue().encode()


def shown(text: str) -> str:
    """As a spreadsheet shows it: what it would run gets an apostrophe before it."""
    return f"'{text}" if RUNS.match(text) else text


def _row(cell: Cell) -> Sequence[str]:
    return [
        cell.code, cell.name_vi, cell.name_en, cell.unit, cell.scope, str(cell.horizon_year), cell.comparator,
        _text(cell.value), _text(cell.value_max), cell.basis, "1" if cell.source_anomaly else "", cell.as_written,
        cell.denominator or "", cell.numerator, *("" if one is None else str(one) for one in (cell.factor, cell.decimals)),
        cell.additivity or "", cell.direction or "",
    ]  # fmt: skip


def _text(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def by_code(cells: Iterable[Cell]) -> Iterator[tuple[str, list[Cell]]]:
    """The cells of each indicator, in the order in which the file first names it."""
    found: dict[str, list[Cell]] = {}
    for cell in cells:
        found.setdefault(cell.code, []).append(cell)
    yield from found.items()
