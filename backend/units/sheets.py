"""Reading a table out of a file somebody sent in: CSV in the encodings offices really use, or XLSX. Pure.

What cannot be read is refused with a sentence that says what to do. Size, rows and what a zip unpacks to are bounded.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook

from backend.errors import N_, DomainError

MOST_BYTES = 512 * 1024
MOST_ROWS = 2000
MOST_COLUMNS = 30
MOST_UNPACKED = 16 * 1024 * 1024
MOST_PARTS = 200
FORMULA = "=?"
"""Stands for a cell that is reckoned by a formula, whose value nobody typed."""

# What Vietnamese in TCVN3, or UTF-8 read as Latin-1 and saved again, looks like. No Vietnamese name has these.
GARBAGE = frozenset("§¬µ¸¶·¹»¾¼½©®¦«±²³¢£¤¥¿ÆÇØÞÄÅ\ufffd")


class SheetRefused(DomainError):
    """A file that is no table of units; the children say why."""

    status = 400
    code = "sheet_refused"
    sentence = N_("Tệp này không đọc được. Xin dùng tệp mẫu, lưu dưới dạng Excel (.xlsx) hoặc CSV UTF-8.")


class WrongEncoding(SheetRefused):
    code = "sheet_wrong_encoding"
    sentence = N_(
        "Chữ trong tệp không phải Unicode (có thể là TCVN3, VNI hoặc Windows-1258) nên dấu tiếng Việt sẽ sai. "
        "Xin mở tệp bằng Excel, chuyển sang phông Unicode rồi lưu dưới dạng Excel (.xlsx) hoặc “CSV UTF-8”."
    )


class NoWorkbook(SheetRefused):
    code = "sheet_no_workbook"
    sentence = N_(
        "Tệp mang đuôi .xlsx nhưng bên trong không phải bảng tính Excel. Xin mở lại và lưu thành .xlsx."
    )


class OldWorkbook(SheetRefused):
    code = "sheet_old_workbook"
    sentence = N_("Đây là tệp Excel đời cũ (.xls). Xin mở bằng Excel rồi lưu lại thành .xlsx.")


class TooLarge(SheetRefused):
    code = "sheet_too_large"
    status = 413
    sentence = N_(
        "Tệp quá lớn so với danh sách đơn vị của một xã. Xin bỏ các trang, hình ảnh thừa rồi gửi lại."
    )


class TooManyRows(SheetRefused):
    code = "sheet_too_many_rows"
    status = 413
    sentence = N_(
        "Tệp có hơn %(most)s dòng. Một xã không có nhiều đơn vị như vậy; xin kiểm tra hoặc chia nhỏ tệp."
    )


class NothingInIt(SheetRefused):
    code = "sheet_empty"
    sentence = N_("Tệp không có dòng nào. Xin điền danh sách đơn vị vào tệp mẫu rồi gửi lại.")


@dataclass(frozen=True)
class Row:
    """One row with the number it has in the file, from 1."""

    line: int
    cells: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        return not any(self.cells)


def read(
    data: bytes, file_name: str, *, most_rows: int = MOST_ROWS, most_bytes: int = MOST_BYTES
) -> list[Row]:
    """The rows that are not blank, the heading first. Raises SheetRefused."""
    if len(data) > most_bytes:
        raise TooLarge
    rows = [row for row in _bounded(_rows(data, file_name.lower()), most_rows) if not row.is_blank]
    if len(rows) < 2:
        raise NothingInIt
    if any(GARBAGE.intersection(cell) for row in rows for cell in row.cells):
        raise WrongEncoding
    return rows


def _rows(data: bytes, file_name: str) -> Iterator[Row]:
    if data.startswith(b"PK"):
        return _workbook_rows(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise OldWorkbook
    if file_name.endswith((".xlsx", ".xlsm")):
        raise NoWorkbook
    return _csv_rows(_text(data))


def _bounded(rows: Iterable[Row], most: int) -> Iterator[Row]:
    for count, row in enumerate(rows):
        if count > most:
            raise TooManyRows(most=most)
        yield row


# --- CSV -------------------------------------------------------------------------------------------------------------


def _text(data: bytes) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise WrongEncoding from None
    if "\0" in text:
        raise SheetRefused
    return text


def _csv_rows(text: str) -> Iterator[Row]:
    heading = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield Row(reader.line_num, tuple(cell.strip() for cell in cells[:MOST_COLUMNS]))
    except csv.Error:
        raise SheetRefused from None


# --- XLSX ------------------------------------------------------------------------------------------------------------


def _workbook_rows(data: bytes) -> Iterator[Row]:
    _check_zip(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size need not be true
        for line, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
            yield Row(line, tuple(_cell(cell) for cell in cells))
    except SheetRefused:
        raise
    except Exception:
        # The reader meets a broken workbook with whatever error comes first; to us it is one thing.
        raise NoWorkbook from None


def _check_zip(data: bytes) -> None:
    """Refuse what would unpack to far more than it is, before unpacking it. Raises NoWorkbook, TooLarge."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise TooLarge
            if "[Content_Types].xml" not in packed.namelist():
                raise NoWorkbook
            if any(b"<!ENTITY" in packed.read(part) for part in parts):
                raise NoWorkbook
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise NoWorkbook from None


MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="[A-Z]{1,3}(\d{1,7}):[A-Z]{1,3}(\d{1,7})"')


def merged_lines(data: bytes, most: int = MOST_ROWS) -> set[int]:
    """Lines of the first sheet that lie in cells joined to one, where only the first has what is written over all.

    For a file that `read` could read; CSV has no such cells.
    """
    if not data.startswith(b"PK"):
        return set()
    book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    place = getattr(book.worksheets[0], "_worksheet_path", "").lstrip("/")
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        text = packed.read(place) if place in packed.namelist() else b""
    found: set[int] = set()
    for first, last in MERGED.findall(text):
        found.update(range(int(first), min(int(last), int(first) + 10 * most) + 1))
    return found


def _cell(cell: Any) -> str:
    value = cell.value
    if getattr(cell, "data_type", "") == "f":
        return FORMULA
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
