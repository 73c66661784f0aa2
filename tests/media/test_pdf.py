"""PDF files: searchable Vietnamese with its letters inside, and whatever was typed stays text."""

import io
from typing import Any

import pytest
from PIL import Image

from backend.media import pdf
from backend.media.documents import PartyHeading
from tests.support import pdf_text

HOSTILE = '#read("/etc/passwd") *đậm* $x^2$ <b>&amp; \\ @ref // /* #include "party.typ"'
LONG_NAME = "Nguyễn Hoàng Thị Phương Ngọc Tôn Nữ Khuê Ksor H'Bia Knul Y-Bhăm Ênuôl"


def form(**more: Any) -> dict[str, Any]:
    heading = PartyHeading("Chi bộ Ễnh Ương – Ồ Ố Ể Ậ Ữ", "Đảng bộ xã Tân Khánh", year=2026)
    told = pdf.party_sheet(heading, "Bản đăng ký nêu gương", "Năm 2026", sample=True)
    plain = {
        "lines": ["Họ và tên: Giàng A Páo"], "stands": "Bản số 2.", "cell": "Ý kiến của chi bộ:", "said": None,
        "heads": ["TT", "Lĩnh vực", "Việc", "Kết quả", "Hạn"], "rows": [["1", "Khác", "Việc", "5 hộ", "31/12/2026"]],
        "signatures": pdf.signatures(("T/M CHI BỘ", "BÍ THƯ"), ("NGƯỜI ĐĂNG KÝ", ""), ("", LONG_NAME)),
    }  # fmt: skip
    return told | plain | more


def deeds(many: int, what: str = "Hướng dẫn bà con nộp hồ sơ trực tuyến") -> list[list[str]]:
    return [[str(at), "Chuyển đổi số", f"{what} {at}", "5 hộ", "31/12/2026"] for at in range(1, many + 1)]


def flat(text: str) -> str:
    return " ".join(text.split())


def test_its_words_are_found_by_a_search_and_its_letters_are_inside() -> None:
    made = pdf.pdf("pledge_form", form())
    told = flat(pdf_text.words(made))
    for words in (
        "ĐẢNG CỘNG SẢN VIỆT NAM",
        "ĐẢNG BỘ XÃ TÂN KHÁNH",
        "ỄNH ƯƠNG – Ồ Ố Ể Ậ Ữ",
        LONG_NAME.split(" Y-")[0],
    ):
        assert words in told
    assert pdf_text.is_for_years(made)
    assert pdf_text.pages(made) == 1


def test_a_loose_accent_is_the_same_letter() -> None:
    made = pdf.pdf("pledge_form", form(lines=["Họ và tên: Nguye\u0302\u0303n"]))
    assert "Nguyễn" in pdf_text.words(made)


def test_a_letter_the_main_font_lacks_comes_from_the_second() -> None:
    made = pdf.pdf("pledge_form", form(lines=["Nùng: ŋ, ŋa"]))
    told = pdf_text.words(made)
    assert (told.count("ŋ"), "□" in told) == (2, False)
    assert pdf_text.is_for_years(made)


def test_what_was_typed_is_never_obeyed() -> None:
    told = flat(pdf_text.words(pdf.pdf("pledge_form", form(lines=[HOSTILE], said=HOSTILE))))
    assert told.count('#read("/etc/passwd") *đậm* $x^2$ <b>&amp; \\ @ref // /* #include "party.typ"') == 2
    assert "root:" not in told


@pytest.mark.parametrize("typed", ["😀", "中文", "ខ្មែរ", "ꪼꪕ"])
def test_signs_that_no_letter_of_ours_has_become_boxes_and_the_rest_stays(typed: str) -> None:
    made = pdf.pdf("pledge_form", form(lines=[f"trước {typed} sau"]))
    told = flat(pdf_text.words(made))
    assert "trước □" in told
    assert "sau" in told
    assert pdf_text.is_for_years(made)


@pytest.mark.parametrize("typed", ["\x00", "\x07", "\x1f", "\ufffe", "\ud800", "\ue000"])
def test_what_no_sheet_can_show_is_left_out(typed: str) -> None:
    assert "trướcsau" in pdf_text.words(pdf.pdf("pledge_form", form(lines=[f"trước{typed}sau"])))


def test_a_long_table_goes_on_with_its_head_and_pages_are_numbered() -> None:
    made = pdf.pdf("pledge_form", form(rows=deeds(60)))
    many, told = pdf_text.pages(made), pdf_text.words(made)
    assert many > 2
    assert told.count("Lĩnh vực") >= many - 1
    assert all(f"trực tuyến {at}" in flat(told) for at in range(1, 61))
    assert "2" in told.splitlines()


def test_a_word_without_a_gap_stays_within_its_column() -> None:
    """Nothing may be drawn in the right margin: 15 mm of it stay white but for two."""
    (page,) = [
        Image.open(io.BytesIO(one)).convert("L") for one in pdf.pictures("pledge_form", form(rows=deeds(1, "X" * 200)))
    ]  # fmt: skip
    margin = page.crop((round(page.width * 197 / 210), 0, page.width, page.height))
    assert margin.getextrema() == (255, 255)


def test_an_empty_agenda_says_so() -> None:
    told = pdf.party_sheet(PartyHeading("Chi bộ Đồng Tiến", None, "CB"), "Phiếu họp", "về đăng ký")
    due = {"title": "2. Việc đến hạn", "heads": ["TT"] * 5, "rows": [], "none": "Không có việc nào."}
    more = {"coverage": "1. Đăng ký: 0/0", "lists": [], "due": due, "other": "3. Ý kiến khác", "blank": 6}
    assert "Không có việc nào." in pdf_text.words(pdf.pdf("pledge_agenda", told | more))
