"""Lists of units: what is read out of a file, what each row is refused for, and what the rest would change."""

import csv
import io
import time
import tracemalloc
import unicodedata
import zipfile
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from backend.units import sheets
from backend.units.listing import Entry, MissingColumns, Trouble, as_json, from_json, understand
from backend.units.plan import Plan, plan
from backend.units.refusals import Present, State
from backend.units.vocabulary import COLUMNS

TODAY, SINCE = date(2026, 11, 22), date(2025, 7, 1)
HEADING = "mã,loại,cấp gọi,tên,trực thuộc,cây,từ ngày,số người,nhóm dân số,ngày đếm,nguồn,mã tham gia"
ROW = "05752-T03,xóm,,Na Ri,,,,143,,30/06/2026,UBND xã,"


def text_file(*rows: str, heading: str = HEADING) -> bytes:
    return "\r\n".join((heading, *rows)).encode()


def listed(*rows: str, heading: str = HEADING) -> tuple[list[Entry], list[Trouble]]:
    found = understand(sheets.read(text_file(*rows, heading=heading), "x.csv"))
    return list(found.entries), list(found.troubles)


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_encodings_of_unicode_are_read(encoding: str) -> None:
    rows = sheets.read(f"{HEADING}\n{ROW}\n".encode(encoding), "x.csv")
    assert rows[1].cells[3] == "Na Ri"
    assert rows[0].cells[0] == "mã"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiters_excel_writes_are_read(delimiter: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([["mã", "loại", "tên"], ["A1", "xóm", "Đồng Tiến"]])
    assert sheets.read(text.getvalue().encode(), "x.csv")[1].cells == ("A1", "xóm", "Đồng Tiến")


@pytest.mark.parametrize(
    "data",
    [
        f"{HEADING}\nA1,xóm,,Đồng Tiến,,,,,,,,".encode("cp1258", errors="replace"),
        "mã,loại,tên\nA1,xóm,Xãm §ång TiÕn".encode(),  # TCVN3, saved as if it were Unicode
        "mã,loại,tên\nA1,xóm,Đồng Tiến".encode().decode("cp1252", errors="replace").encode(),
        b"m\xe3,lo\xb9i,t\xean\nA1,x\xe3m,\xa7\xe5ng",
    ],
)
def test_letters_that_are_not_unicode_are_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(sheets.WrongEncoding):
        sheets.read(data, "x.csv")


@pytest.mark.parametrize(
    ("data", "name", "refusal"),
    [
        (b"", "x.csv", sheets.NothingInIt),
        (HEADING.encode(), "x.csv", sheets.NothingInIt),
        (b"\0\0\0\0", "x.csv", sheets.SheetRefused),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 50, "anh.png", sheets.SheetRefused),
        (b"%PDF-1.7 \n1 0 obj", "x.xlsx", sheets.NoWorkbook),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 50, "x.xls", sheets.OldWorkbook),
        (b"PK\x03\x04" + b"no zip at all", "x.xlsx", sheets.NoWorkbook),
        (b'a,b\n"' + b"x" * 200_000, "x.csv", sheets.SheetRefused),
        (b"x" * (sheets.MOST_BYTES + 1), "x.csv", sheets.TooLarge),
    ],
)
def test_what_is_no_list_is_refused(data: bytes, name: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        sheets.read(data, name)


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("word/document.xml", "<x/>")
    with pytest.raises(sheets.NoWorkbook):
        sheets.read(file.getvalue(), "x.xlsx")


def test_a_workbook_with_entities_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("[Content_Types].xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    with pytest.raises(sheets.NoWorkbook):
        sheets.read(file.getvalue(), "x.xlsx")


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<x/>")
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)
    assert len(file.getvalue()) < sheets.MOST_BYTES
    tracemalloc.start()
    with pytest.raises(sheets.TooLarge):
        sheets.read(file.getvalue(), "x.xlsx")
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_hundred_thousand_rows_are_refused_soon(form: str) -> None:
    data = "mã\n".encode() + b"1\n" * 100_000 if form == "csv" else _tall_workbook(100_000)
    assert len(data) < sheets.MOST_BYTES
    began = time.monotonic()
    with pytest.raises(sheets.TooManyRows) as refused:
        sheets.read(data, f"x.{form}")
    assert refused.value.values == {"most": sheets.MOST_ROWS}
    assert time.monotonic() - began < 5


def _tall_workbook(rows: int) -> bytes:
    """As a spreadsheet with one cell at the very bottom is written: few bytes, many rows."""
    file, plain = io.BytesIO(), io.BytesIO(workbook(["mã", "loại", "tên"], ["A", "xóm", "B"]))
    with zipfile.ZipFile(plain) as before, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.namelist():
            text = before.read(part)
            if part == "xl/worksheets/sheet1.xml":
                text = text.replace(
                    b"</sheetData>", f'<row r="{rows}"><c r="A{rows}"><v>1</v></c></row></sheetData>'.encode()
                )
            after.writestr(part, text)
    return file.getvalue()


def test_a_workbook_is_read_with_its_dates_and_numbers() -> None:
    data = workbook(
        ["Mã", "Loại", "Tên", "Từ ngày", "Số người", "Ngày đếm", "Nguồn"],
        ["A1", "Xóm", "Đồng Tiến", SINCE, 143.0, date(2026, 6, 30), "UBND"],
        [None, None, None],
        ["A2", "Thôn", "Cầu Cong"],
    )
    found = understand(sheets.read(data, "x.xlsx"))
    assert [(e.line, e.code, e.since, e.people) for e in found.entries] == [
        (2, "A1", SINCE, 143),
        (4, "A2", None, None),
    ]


def test_a_formula_is_refused_in_its_row() -> None:
    data = workbook(["Mã", "Loại", "Tên"], ["A1", "xóm", "=A1&B1"], ["A2", "xóm", "Na Ri"])
    found = understand(sheets.read(data, "x.xlsx"))
    assert [entry.code for entry in found.entries] == ["A2"]
    assert [(t.line, t.values) for t in found.troubles] == [(2, {"column": "tên"})]


@given(st.binary(max_size=400), st.sampled_from(["x.csv", "x.xlsx"]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    for some in (data, b"PK\x03\x04" + data, HEADING.encode() + b"\n" + data):
        try:
            found = understand(sheets.read(some, name))
        except sheets.SheetRefused:
            continue
        assert all(entry.code for entry in found.entries)


# --- rows ------------------------------------------------------------------------------------------------------------


def test_headings_are_known_in_vietnamese_and_english_in_any_case() -> None:
    for heading in ("MÃ;LOẠI ĐƠN VỊ;Tên đơn vị *;Ngày thành lập (ngày/tháng/năm)", "code;kind;name;since"):
        (entry,), troubles = listed("A1;hamlet;Na Ri;1/7/2025", heading=heading)
        assert (entry.code, entry.kind, entry.name, entry.since) == ("A1", "hamlet", "Na Ri", SINCE)
        assert troubles == []


def test_missing_columns_are_named() -> None:
    with pytest.raises(MissingColumns) as refused:
        listed("A1,xóm", heading="mã,ghi chú")
    assert refused.value.values == {"columns": "loại, tên"}


@pytest.mark.parametrize(
    ("kind", "level"), [("xóm", "xóm"), ("Tổ dân phố", "tổ dân phố"), ("BẢN", "bản"), ("chi bộ", "chi bộ")]
)
def test_the_level_word_is_data(kind: str, level: str) -> None:
    (entry,), _ = listed(f"A1,{kind},,Na Ri,,,,,,,,")
    assert entry.level_word == level


@pytest.mark.parametrize(
    ("told", "kind"), [("ban", "body"), ("bản", "hamlet"), ("xom", "hamlet"), ("to dan pho", "hamlet")]
)
def test_tone_marks_may_be_left_out_where_one_meaning_is_left(told: str, kind: str) -> None:
    (entry,), _ = listed(f"A1,{told},,Na Ri,,,,,,,,")
    assert entry.kind == kind


def test_decomposed_letters_are_put_together_and_said_so() -> None:
    rows = sheets.read(text_file(unicodedata.normalize("NFD", "A1,xóm,,Đồng Tiến,,,,,,,,")), "x.csv")
    found = understand(rows)
    assert found.entries[0].name == unicodedata.normalize("NFC", "Đồng Tiến")
    assert found.composed == (2,)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",xóm,,Na Ri,,,,,,,,", "thiếu mã"),
        ("A1,xóm,,,,,,,,,,", "thiếu tên"),
        ("A1,quận,,Na Ri,,,,,,,,", "loại đơn vị"),
        ("A 1,xóm,,Na Ri,,,,,,,,", "chữ cái không dấu"),
        ("A1,xóm,,Na Ri,,rừng,,,,,,", "cây"),
        ("A1,xóm,,Na Ri,,,31/02/2026,,,,,", "ngày"),
        ("A1,xóm,,Na Ri,,,,12.5,,01/07/2026,x,", "số nguyên"),
        ("A1,xóm,,Na Ri,,,,-3,,01/07/2026,x,", "số nguyên"),
        ("A1,xóm,,Na Ri,,,,12,,,x,", "kèm ngày đếm"),
        ("A1,xóm,,Na Ri,,,,12,,01/07/2026,,", "kèm ngày đếm"),
        ("A1,xóm,,Na Ri,,,,12,người ngoài,01/07/2026,x,", "nhóm dân số"),
        ("A1,xóm,,=cmd(),,,,,,,,", "công thức"),
        ("A1,xóm,,Na\u200bRi,,,,,,,,", "không nhìn thấy"),
        (f"A1,xóm,,{'a' * 151},,,,,,,,", "dài quá"),
        ("A1,lớp,,7A,,,,,,,,MÃ!", "mã tham gia"),
    ],
)
def test_a_row_that_says_nothing_clear_is_refused_by_itself(row: str, words: str) -> None:
    entries, (trouble,) = listed(row, ROW)
    assert [entry.code for entry in entries] == ["05752-T03"]
    assert trouble.line == 2
    assert words in trouble.sentence
    assert trouble.sentence % trouble.values


def test_numbers_are_read_as_people_write_them() -> None:
    (entry,), _ = listed("A1,xóm,,Na Ri,,,,1.306,,30/06/2026,UBND,")
    assert entry.people == 1306


def test_rows_are_kept_as_they_were_read() -> None:
    entries, _ = listed(ROW, "A1,lớp,,7A,,,01/07/2025,,,,,TK7A")
    assert from_json(as_json(entries)) == tuple(entries)


# --- plans -------------------------------------------------------------------------------------------------------------


def present(code: str, name: str, kind: str = "hamlet", parent: str = "05752", **more: Any) -> Present:
    level = {"hamlet": "xóm", "school": "trường", "school_class": "lớp"}.get(kind, "")
    return Present(
        code, kind, name, level, SINCE, SINCE, **{"parents": {"territory": (parent, SINCE)}} | more
    )


UNITS = (
    present("05752", "Tân Khánh", "commune", "19"),
    present("05752-T01", "Đồng Tiến", heads={("residents_from_7", date(2026, 6, 30)): 40}),
    present("05752-T02", "Cầu Cong"),
    present("05752-S1", "THCS", "school"),
    present("05752-S2", "TH", "school"),
    present("05752-L1", "7A", "school_class", "05752-S1"),
    present("05752-T00", "Cũ", is_closed=True),
    present("05755", "Xa Lạ", "commune", "19", is_ours=False),
)
STATE = State("05752", {unit.code: unit for unit in UNITS}, {"TK7A": "05752-L1"}, TODAY)


def planned(*rows: str, state: State = STATE) -> Plan:
    entries, troubles = listed(*rows)
    assert troubles == []
    return plan(entries, state)


def said(found: Plan) -> list[tuple[str, str]]:
    return [(change.what, change.code) for change in found.changes]


def refused(found: Plan) -> list[int]:
    return [trouble.line for trouble in found.troubles]


def test_what_is_not_mentioned_stays_and_what_is_the_same_changes_nothing() -> None:
    found = planned("05752-T01,xóm,,Đồng Tiến,05752,,01/07/2025,40,,30/06/2026,UBND,")
    assert (found.changes, found.unchanged, found.troubles) == ((), ("05752-T01",), ())


def test_blank_cells_say_nothing() -> None:
    assert planned("05752-L1,lớp,,7A,,,,,,,,").changes == ()


def test_each_kind_of_change_is_said() -> None:
    found = planned(
        "05752-T03,xóm,,Na Ri,,,01/08/2026,143,,30/06/2026,UBND,",
        "05752-T02,thôn,,Cầu Cong,,,,,,,,",
        "05752-L1,lớp,,7A,05752-S2,,,,,,,TK7A",
        "05752-T01,xóm,,Đồng Tiến,,,,44,,01/11/2026,UBND,",
        "05752-L2,lớp,,7B,05752-S1,,,,,,,TK7B",
    )
    assert said(found) == [
        ("added", "05752-T03"), ("counted", "05752-T03"), ("renamed", "05752-T02"), ("moved", "05752-L1"),
        ("counted", "05752-T01"), ("added", "05752-L2"), ("join_code", "05752-L2"),
    ]  # fmt: skip
    assert [change.since for change in found.changes][:4] == [
        date(2026, 8, 1), date(2026, 6, 30), TODAY, TODAY,
    ]  # fmt: skip
    assert found.changes[2].values == {"before": "xóm Cầu Cong", "after": "thôn Cầu Cong"}


def test_a_parent_may_stand_anywhere_in_the_list() -> None:
    found = planned("X-L1,lớp,,6A,X-S1,,,,,,,", "X-S1,trường,,Mới,,,,,,,,")
    assert said(found) == [("added", "X-L1"), ("added", "X-S1")]


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (["X1,xóm,,Một,,,,,,,,", "X1,xóm,,Hai,,,,,,,,"], [3]),  # a code twice
        (["X1,xóm,,Một,,,,,,,,", "X2,xóm,,MỘT,,,,,,,,"], [3]),  # a name twice
        (["X1,xóm,,Đồng Tiến,,,,,,,,"], [2]),  # a name somebody has
        (["05752-T01,trường,,Đồng Tiến,,,,,,,,"], [2]),  # another kind
        (["05752-T00,xóm,,Cũ,,,,,,,,"], [2]),  # a code of a unit that ended
        (["05755,xóm,,Xa Lạ,,,,,,,,"], [2]),  # a code of elsewhere
        (["05752,xóm,,Tân Khánh,,,,,,,,"], [2]),  # the commune itself
        (["X1,xóm,,Một,KHONG-CO,,,,,,,"], [2]),  # a parent nobody knows
        (["X1,xóm,,Một,05752-T00,,,,,,,"], [2]),  # a parent that ended
        (["X1,lớp,,7C,05752-T01,,,,,,,"], [2]),  # a class in a hamlet
        (["X1,lớp,,7C,,,,,,,,"], [2]),  # a class right in the commune
        (["X1,ban,,A,X2,,,,,,,", "X2,ban,,B,X1,,,,,,,"], [2, 3]),  # a ring
        (["X1,ban,,A,X1,,,,,,,"], [2]),  # its own parent
        (["X1,ban,,A,X9,,,,,,,", "X2,ban,,B,X1,,,,,,,"], [2, 3]),  # the child of a refused one
        (["X1,xóm,,Một,,,01/01/2027,,,,,"], [2]),  # a day to come
        (["X1,xóm,,Một,,,01/01/2024,,,,,"], [2]),  # before there was a commune
        (["05752-T01,xóm,,Đồng Tiến,,,,41,,30/06/2026,UBND,"], [2]),  # another number for a day already counted
        (["X1,xóm,,Một,,,,,,,,TK9"], [2]),  # a join code that is not a class's
        (["X1,lớp,,7C,05752-S1,,,,,,,TK7A"], [2]),  # a join code somebody has
        (["X1,lớp,,7C,05752-S1,,,,,,,TK9", "X2,lớp,,7D,05752-S1,,,,,,,TK9"], [3]),  # or gets
    ],
)  # fmt: skip
def test_rows_that_cannot_be_are_refused_with_their_lines(rows: list[str], lines: list[int]) -> None:
    found = planned(*rows, "05752-T03,xóm,,Na Ri,,,,,,,,")
    assert refused(found) == lines
    assert ("added", "05752-T03") in said(found)
    for trouble in found.troubles:
        assert trouble.sentence % trouble.values if trouble.values else trouble.sentence


def test_two_units_may_swap_their_names() -> None:
    found = planned("05752-T01,xóm,,Cầu Cong,,,,,,,,", "05752-T02,xóm,,Đồng Tiến,,,,,,,,")
    assert said(found) == [("renamed", "05752-T01"), ("renamed", "05752-T02")]


def test_the_digest_stands_for_what_would_be_written_and_what_was_there() -> None:
    row = "05752-T01,xóm,,Đồng Mới,,,,,,,,"
    same, other = planned(row), planned(row.replace("Mới", "Khác"))
    moved_on = State(
        "05752", dict(STATE.units) | {"05752-T01": present("05752-T01", "Đồng Giữa")}, STATE.join_codes, TODAY
    )
    digests = {same.digest, other.digest, planned(row, state=moved_on).digest}
    assert len(digests) == 3
    assert planned(row).digest == same.digest


def test_two_thousand_rows_are_planned_soon() -> None:
    rows = [f"X{n},ban,,Ban {n},{f'X{n - 1}' if n else ''},,,,,,," for n in range(1999)]
    began = time.monotonic()
    assert len(planned(*rows).changes) == 1999
    assert time.monotonic() - began < 10


@given(st.permutations(range(5)))
def test_the_order_of_rows_changes_nothing_that_is_written(order: list[int]) -> None:
    rows = [
        "X-S1,trường,,Mới,,,,,,,,", "X-L1,lớp,,6A,X-S1,,,,,,,", "X-L2,lớp,,6B,X-S1,,,,,,,", "05752-T01,bản,,Đồng Tiến,,,,,,,,",
        "X-B1,ban,,Chỉ đạo,,,,,,,,",
    ]  # fmt: skip
    assert sorted(said(planned(*(rows[n] for n in order)))) == sorted(said(planned(*rows)))


def test_every_column_has_one_meaning() -> None:
    words = [word for column in COLUMNS.values() for word in column]
    assert len(words) == len(set(words))
