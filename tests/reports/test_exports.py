"""Keeps the files: opened again by other programs, nothing typed becomes markup or a formula, the lines differ."""

import io
import re
import zipfile
import zlib
from datetime import date
from typing import Any
from xml.etree import ElementTree

import docx
import openpyxl
import pytest

from backend.calendars import parse
from backend.media import pdf
from backend.reports import layouts, table, word
from backend.reports.paper import Facts, paper

NASTY = '=HYPERLINK("http://x")</w:t><b>&amp; #read("/etc/passwd") {unit} \x08\ud83d]]>'
DAY = date(2026, 7, 6)


def row(
    title: str, numerator: int | None, denominator: int | None, value: str | None, **more: Any
) -> dict[str, Any]:
    return {
        "code": "x", "title": title, "of": "Đợt 1", "series": "measured", "numerator": numerator,
        "denominator": denominator, "factor": 100, "value": value, "decimals": 1, "word": "%", "absent": None,
        "rules": "thu/1",
    } | more  # fmt: skip


FIGURES = {
    "as_of": "2026-07-03T01:00:00Z",
    "rows": [
        row("Tỷ lệ đảng viên đăng ký", 1060, 1325, "80.0"),
        row("Số lượt đến", 1234, None, "1234", decimals=0, word="lượt"),
        row("Tỷ lệ bài đạt", None, None, None, absent="Ẩn để không lộ cá nhân"),
        row("Tỷ lệ không mẫu số", 5, None, None, absent="Chưa có mẫu số"),
        row(NASTY, 1, 2, "50.0"),
    ],
    "charts": [
        {"kind": "columns", "title": NASTY, "labels": ["1/2026", "2/2026"], "values": [None, 1200]},
        {"kind": "bars", "title": NASTY, "labels": [NASTY, "Hai"], "values": [80.0, 120.5]},
    ],
}


def told(line: str, number: str | None = "86", own: dict[str, str] | None = None) -> dict[str, Any]:
    facts = Facts(
        form="report", subject=f"Kết quả {NASTY}", period=parse("thang", "2026S1"), kind_of_unit="commune",
        unit="xã Tân Khánh", name="Tân Khánh", above="Thái Nguyên", receiver="Tỉnh ủy Thái Nguyên", number=number,
        number_on=DAY if number else None, signer=NASTY, figures=FIGURES,
        texts=[("Kết quả thực hiện", f"Đã làm xong.\n{NASTY}", [NASTY]), ("Kiến nghị", "Không.", [])], sample=True,
    )  # fmt: skip
    return paper(layouts.in_force(line, DAY), facts, own or {})


def words_of(content: bytes) -> str:
    file = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in file.tables for line in table.rows for cell in line.cells]
    return "\n".join([*(place.text for place in file.paragraphs), *cells])


@pytest.mark.parametrize("line", ["party", "state"])
def test_word_opens_again_with_every_word_as_it_was_typed(line: str) -> None:
    content = word.as_word(told(line))
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert file.testzip() is None
        for name in file.namelist():
            if name.endswith(".xml"):
                ElementTree.fromstring(file.read(name))  # noqa: S314 - a file of our own
        assert any(name.startswith("word/media/") for name in file.namelist()), "the chart is a picture"
    said = words_of(content)
    assert '=HYPERLINK("http://x")</w:t><b>&amp; #read("/etc/passwd") {unit}' in said
    assert "1.234 lượt" in said
    assert "80,0 %" in said
    assert "Ẩn để không lộ cá nhân" in said


def test_the_two_lines_have_their_own_heading_number_and_signature() -> None:
    party, state = words_of(word.as_word(told("party"))), words_of(word.as_word(told("state")))
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in party
    assert "Số 86-BC/ĐU" in party
    assert "T/M BAN THƯỜNG VỤ" in party
    assert "CỘNG HÒA XÃ HỘI" not in party
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in state
    assert "Độc lập - Tự do - Hạnh phúc" in state
    assert "Số: 86/BC-UBND" in state
    assert "TM. ỦY BAN NHÂN DÂN" in state
    assert "./." in state
    assert "Tân Khánh, ngày 06 tháng 7 năm 2026" in state


def test_no_machine_gives_a_number_and_every_element_is_a_setting() -> None:
    assert not re.search(r"Số:? *\d", words_of(word.as_word(told("state", number=None))))
    own = {
        "issuer": "Ban Chỉ đạo xã",
        "recipients": "Một nơi\n\nHai nơi",
        "capacity": "KT. CHỦ TỊCH",
        "place": "Núi Cốc",
    }
    said = words_of(word.as_word(told("state", own=own)))
    for expected in ("BAN CHỈ ĐẠO XÃ", "- Một nơi", "- Hai nơi", "KT. CHỦ TỊCH", "Núi Cốc, ngày 06"):
        assert expected in said


@pytest.mark.parametrize("line", ["party", "state"])
def test_the_pdf_is_a4_with_letters_inside_and_words_to_search_for(line: str) -> None:
    content = pdf.pdf("report", told(line))
    assert content.startswith(b"%PDF-")
    assert b"/MediaBox" in content or b"/MediaBox" in inflated(content)
    whole = content + inflated(content)
    assert re.search(rb"/MediaBox *\[ *0 +0 +595(\.\d+)? +841(\.\d+)? *\]", whole)
    assert b"/FontFile" in whole
    assert b"/ToUnicode" in whole, "without it Vietnamese words cannot be searched"


def inflated(content: bytes) -> bytes:
    """Everything that is packed inside the file."""
    found = b""
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        try:
            found += zlib.decompress(packed)
        except zlib.error:
            continue
    return found


def test_charts_in_the_pdf_are_drawn_not_pasted() -> None:
    content = pdf.pdf("report", told("party"))
    assert b"/Subtype /Image" not in content + inflated(content)
    assert b"/Subtype/Image" not in content + inflated(content)


def test_the_workbook_reckons_by_itself_and_nothing_typed_is_a_formula() -> None:
    content = table.as_table(told("party"), FIGURES)
    live = openpyxl.load_workbook(io.BytesIO(content))
    sheet = live["Số liệu"]
    cells = {cell.coordinate: cell for line in sheet.iter_rows() for cell in line if cell.value is not None}
    formulas = {at: str(cell.value) for at, cell in cells.items() if cell.data_type == "f"}
    assert formulas["F7"] == '=IF(E7="","",ROUND(D7*100/E7,1))'
    assert formulas["F8"] == "=D8"
    assert cells["F9"].value == "Ẩn để không lộ cá nhân", "hidden is said, not zero"
    assert all("HYPERLINK" not in formula for formula in formulas.values())
    assert any("HYPERLINK" in str(cell.value) and cell.data_type == "s" for cell in cells.values())
    months = live["Biểu đồ"]
    assert months["B4"].value == "=SUM(B2:B3)"
    assert months["B2"].value is None
    known = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    assert known["Số liệu"]["F7"].value == 80.0
    assert known["Biểu đồ"]["B4"].value == 1200
