"""A set goes through its file without losing a letter; a file that says nonsense is told row by row."""

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from backend.targets import csv_file
from backend.targets.csv_file import RUNS, Cell
from backend.targets.issuing import DATA, shipped_cells
from backend.targets.models import ADDITIVITIES, DIRECTIONS
from backend.units.listing import MissingColumns
from backend.units.sheets import FORMULA, GARBAGE, NoWorkbook, TooLarge

FILES = ("quang-ngai.csv", "tan-khanh.csv", "tan-khanh-dang.csv")


@pytest.mark.parametrize("name", FILES)
def test_the_shipped_files_come_out_to_the_byte(name: str) -> None:
    data = (DATA / name).read_bytes()
    cells, troubles = csv_file.read(data, name)
    assert troubles == []
    assert csv_file.write(cells) == data


def test_the_province_has_48_indicators_and_193_values() -> None:
    cells = shipped_cells("quang-ngai")
    assert (len({cell.code for cell in cells}), len(cells)) == (48, 193)


def plain(text: str) -> bool:
    clean = (
        text.strip() == text and text != FORMULA and not GARBAGE.intersection(text) and not RUNS.match(text)
    )
    return clean and "\r" not in text and "\x00" not in text


letters = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp"))
texts = st.text(letters, max_size=40).filter(plain)
numbers = st.decimals(-(10**9), 10**9, places=4).map(lambda d: Decimal(str(d))) | st.integers(0, 10**12).map(
    Decimal
)


@st.composite
def targets(draw: st.DrawFn) -> Cell:
    comparator = draw(st.sampled_from(("ge", "gt", "eq", "le", "lt", "range", "qualitative")))
    value = None if comparator == "qualitative" else draw(numbers)
    highest = value + draw(st.integers(0, 99)) if comparator == "range" and value is not None else None
    code = f"X-{draw(st.integers(0, 10**6))}"
    return Cell(
        code, draw(texts.filter(bool)), draw(texts), draw(texts), draw(st.sampled_from(("measurable", "manual"))),
        draw(st.integers(1990, 2199)), comparator, value, highest, draw(st.sampled_from(("level", "total", "per_year"))),
        draw(st.booleans()), draw(texts.filter(bool)), draw(texts) or None, draw(texts), draw(st.none() | st.integers(1, 10**6)),
        draw(st.none() | st.integers(0, 6)), draw(st.none() | st.sampled_from(ADDITIVITIES)),
        draw(st.none() | st.sampled_from(DIRECTIONS)),
    )  # fmt: skip


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
@given(st.lists(targets(), min_size=1, max_size=6, unique_by=lambda cell: cell.code))
def test_whatever_a_plan_says_comes_back_as_it_was(cells: list[Cell]) -> None:
    data = csv_file.write(cells, complete=True)
    again, troubles = csv_file.read(data, "a.csv")
    assert troubles == []
    assert again == cells
    assert [str(cell.value) for cell in again] == [str(cell.value) for cell in cells]
    assert csv_file.write(again, complete=True) == data


ROW = "A-1,Tên,Name,%,manual,2030,ge,80,,level,,≥80"


def troubles(row: str) -> list[str]:
    text = ",".join(csv_file.TWELVE) + "\r\n" + row + "\r\n"
    cells, told = csv_file.read(text.encode(), "a.csv")
    assert len(cells) + len(told) == len(row.splitlines())
    return [one.sentence % one.values for one in told]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (",80,", ",tám mươi,", "không phải là số"),
        (",80,", ",1e5,", "không phải là số"),
        (",80,", ",,", "phải ghi giá trị"),
        (",80,,", ",80,70,", "khoảng"),
        ("ge,80,,", "range,80,70,", "nhỏ hơn"),
        (",ge,", ",hơn,", "chỉ dùng"),
        (",level,", ",tháng,", "chỉ dùng"),
        (",2030,", ",20300,", "năm mốc"),
        ("A-1,", "a 1,", "mã chỉ tiêu"),
        (",≥80", ",=cmd|calc", "công thức"),
        (",≥80", ",", "nguyên văn"),
        ("manual", "tự động", "chỉ dùng"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(before: str, after: str, said: str) -> None:
    assert troubles(ROW) == []
    told = troubles(ROW.replace(before, after, 1) if before != ",≥80" else ROW.removesuffix(before) + after)
    assert len(told) == 1
    assert said in told[0]


def test_one_code_is_one_indicator() -> None:
    assert "khác với dòng trên" in troubles(f"{ROW}\r\n{ROW.replace('Tên', 'Khác')}")[0]


def test_files_that_are_no_table_are_refused() -> None:
    with pytest.raises(MissingColumns):
        csv_file.read(b"a,b\r\n1,2\r\n", "a.csv")
    with pytest.raises(NoWorkbook):
        csv_file.read(b"PK\x03\x04 nothing", "a.xlsx")
    with pytest.raises(TooLarge):
        csv_file.read(b"x" * (1 << 20), "a.csv")


def test_a_workbook_whose_cell_is_a_formula_is_told() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(csv_file.TWELVE))
    sheet.append(["A-1", "Tên", "Name", "%", "manual", 2030, "ge", "=40*2", None, "level", None, "≥80"])
    file = io.BytesIO()
    book.save(file)
    cells, told = csv_file.read(file.getvalue(), "a.xlsx")
    assert (cells, ["công thức" in one.sentence for one in told]) == ([], [True])


def test_a_row_in_joined_cells_is_refused_and_the_others_are_read() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(csv_file.TWELVE))
    for number in range(1, 4):
        sheet.append(
            [f"A-{number}", "Tên", "Name", "%", "manual", 2030, "ge", 80, None, "level", None, "≥80"]
        )
    sheet.merge_cells("H2:H3")
    file = io.BytesIO()
    book.save(file)
    cells, told = csv_file.read(file.getvalue(), "a.xlsx")
    assert [cell.code for cell in cells] == ["A-3"]
    assert [(one.line, "ô gộp" in one.sentence) for one in told] == [(2, True), (3, True)]


@pytest.mark.parametrize("text", ["=1+HYPERLINK(1)", "-2+3+cmd|x", "+1+1", "@SUM(1)", "=1+1", "-1;x", "＝A1"])
def test_what_a_spreadsheet_would_run_comes_neither_in_nor_out(text: str) -> None:
    assert "công thức" in troubles(ROW.removesuffix("≥80") + text)[0]
    cell = replace(shipped_cells("tan-khanh")[0], as_written=text)
    assert f",'{text}".encode() in csv_file.write([cell])


@pytest.mark.parametrize("text", ["-5", "+3,5 %", "-1.000", "=100"])
def test_a_number_with_its_sign_is_no_formula(text: str) -> None:
    assert RUNS.match(text) is None


def test_words_and_commas_of_a_person_are_understood() -> None:
    row = "A-1;Tên;Name;%;nhập tay;2030;Không quá;0,75;;mỗi năm;;≤ 0,75"
    text = ";".join(csv_file.TWELVE) + "\r\n" + row + "\r\n"
    (cell,), told = csv_file.read(text.encode("utf-8-sig"), "a.csv")
    assert (told, cell.scope, cell.comparator, str(cell.value), cell.basis) == (
        [],
        "manual",
        "le",
        "0.75",
        "per_year",
    )
    assert "không phải là số" in troubles(ROW.replace(",80,", ',"1,234",'))[0], "could mean two things"


OWN = (
    "mã,tên chỉ tiêu,tên tiếng anh,đơn vị tính,cách theo dõi,năm mốc,so sánh,giá trị,giá trị đến,cách tính,chỗ lạ,nguyên văn,"
    "tử số,mẫu số,hệ số,số chữ số lẻ,cách cộng,chiều tốt\r\n"
    "X-1,Hồ sơ trễ hạn,late files,%,nhập tay,2026,không lớn hơn,5,,tại mốc,,không quá 5%,hồ sơ trễ hạn,hồ sơ đã giải quyết,100,2,tỷ lệ,thấp hơn\r\n"
)


def test_an_offices_own_file_says_how_an_indicator_is_worked_out_in_plain_words() -> None:
    (cell,), troubles = csv_file.read(OWN.encode(), "a.csv")
    assert troubles == []
    assert (cell.comparator, cell.scope, cell.basis) == ("le", "manual", "level")
    assert (cell.numerator, cell.denominator, cell.factor, cell.decimals) == (
        "hồ sơ trễ hạn",
        "hồ sơ đã giải quyết",
        100,
        2,
    )
    assert (cell.additivity, cell.direction) == ("ratio", "lower")


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (",100,2,", ",trăm,2,", "hệ số"), (",100,2,", ",100,9,", "số chữ số lẻ"), (",100,2,", ",0,2,", "hệ số"),
        ("tỷ lệ,thấp", "trung bình,thấp", "cách cộng"), (",thấp hơn", ",xuống", "chiều tốt"),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_of_it_is_told_with_its_column(was: str, now: str, told: str) -> None:
    _, troubles = csv_file.read(OWN.replace(was, now).encode(), "a.csv")
    assert [told in str(one.values.get("column")) for one in troubles] == [True]
