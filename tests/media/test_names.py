"""The twenty hardest names, drawn and read back: what is printed is what is found, by eyes, by a search and by a camera.

`python -m tests.media.test_names` draws the contact sheets of docs/pictures anew, for somebody to look at.
"""

import io
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
import yaml
import zxingcpp
from fontTools.ttLib import TTFont
from PIL import Image

from backend.certificates import designs, names
from backend.certificates.batches import Entry, look
from backend.certificates.issue import Words
from backend.certificates.names import NameRefused
from backend.media import paint_png
from backend.media.fitting import DoesNotFit
from backend.media.layout import lay_out
from backend.media.letters import FONTS, NAMES, GlyphMissing, letters, runs
from backend.media.paint_pdf import About, Press
from backend.media.sheet import Page

HARDEST: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "fixtures" / "names.yaml").read_text(encoding="utf-8")
)
PRINTED = [one for one in HARDEST if "printed" in one]
UNIT = "Liên tịch Ban Chỉ đạo phát triển khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số xóm Đồng Tiến – Nà Phặc Khuổi Ún"
SAID = {
    "number": "7K3M-9QXA-22TD-HF0X", "deed": "đã có thành tích xuất sắc trong phong trào “Công dân số”",
    "title": "Cuộc thi “Tìm hiểu chuyển đổi số” – Đợt 1", "result": "Giải Nhất", "date": "2026-11-22",
    "issuer": "Ủy ban nhân dân xã Tân Khánh", "heading": "Giấy khen", "place": "Tân Khánh",
    "signer_title": "TM. Ủy ban nhân dân, Chủ tịch", "signer": "Nguyễn Văn Đức",
    "decision": "Quyết định số 15/QĐ-UBND ngày 20/11/2026", "register": "Vào sổ khen thưởng số 7",
    "verify_url": "https://lantoa.example/xac-minh/7K3M-9QXA-22TD-HF0X?s=" + "aB3_" * 21 + "xx#" + "Zq-7w" * 66,
}  # fmt: skip
LOOKS = {one.code: one.design for one in designs.shipped()}
ABOUT = About("Giấy khen", "Lan Tỏa", datetime(2026, 11, 22, tzinfo=UTC))
each_name = pytest.mark.parametrize("one", PRINTED, ids=lambda one: one["what"])
each_look = pytest.mark.parametrize("look_code", LOOKS)


@pytest.fixture(scope="module")
def press() -> Press:
    return Press()


def page(name: str, code: str = "giay-khen", **more: str) -> Page:
    return lay_out(LOOKS[code], SAID | {"name": name} | more)


def plain(text: str) -> str:
    """As a search compares: one kind of letters, any run of space the same.

    Control codes go: pypdf writes one for the second glyph of a Khmer syllable, whose text stands at the first.
    """
    shown = "".join(sign for sign in text if sign.isspace() or unicodedata.category(sign) != "Cc")
    return " ".join(unicodedata.normalize("NFC", shown).split())


# --- what is printed, what is refused ---


@pytest.mark.parametrize("one", HARDEST, ids=lambda one: one["what"])
def test_each_name_is_printed_as_the_list_says_or_refused_by_its_rule(one: dict[str, Any]) -> None:
    try:
        told = {"printed": names.read(one["typed"]).printed}
    except NameRefused as refused:
        told = {"refused": refused.code}
    assert told == {name: one[name] for name in ("printed", "refused") if name in one}


def test_whoever_refuses_says_which_sign_was_in_the_way() -> None:
    signs = {}
    for one in HARDEST:
        if one.get("refused") not in (None, "too_long"):
            with pytest.raises(NameRefused) as refused:
                names.read(one["typed"])
            signs[one["what"]] = refused.value.sign
    assert signs == {
        "a script we have no letters for": "U+AA00 CHAM LETTER A",
        "a picture": "U+1F600 GRINNING FACE",
        "a Cyrillic letter": "U+0410 CYRILLIC CAPITAL LETTER A",
        "written backwards": "U+202E RIGHT-TO-LEFT OVERRIDE",
        "a program": "U+003C LESS-THAN SIGN",
    }


def test_what_was_mended_in_a_name_is_told() -> None:
    notes = {one["what"]: names.read(one["typed"]).notes for one in PRINTED}
    assert {what: told for what, told in notes.items() if told} == {
        "spaces nobody sees": ("unseen",),
        "the Icelandic letter": ("eth",),
    }


@pytest.mark.parametrize(
    "typed", ["", "   ", "123", "...", "\u200b", "\u0301", "A\x00n", "A\ud800n", "x\u0303", "A" * 61]
)
def test_what_is_no_name_is_refused_with_a_known_code(typed: str) -> None:
    with pytest.raises(NameRefused) as refused:
        names.read(typed)
    assert refused.value.code in names.REFUSALS


# --- read back ---


@each_name
def test_the_name_is_found_in_the_paper_by_two_readers(one: dict[str, Any], press: Press) -> None:
    made = press.pdf(page(one["printed"]), {}, ABOUT)
    wanted = plain(one["printed"])
    assert wanted in plain(pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text())
    assert wanted in plain(pypdfium2.PdfDocument(made)[0].get_textpage().get_text_range())


@each_look
def test_every_word_is_found_in_the_paper(look_code: str, press: Press) -> None:
    told = page("Nguyễn Thị Bình", look_code)
    made = press.pdf(told, {}, ABOUT)
    text = plain(pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text())
    assert all(plain(line.text) in text for line in told.lines)


def test_letters_are_inside_the_paper_and_it_is_one_page_without_a_picture_of_words(press: Press) -> None:
    reader = pypdf.PdfReader(io.BytesIO(press.pdf(page("Thạch Sô Phi Ếp សុខ"), {}, ABOUT)))
    assert len(reader.pages) == 1
    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    held = [font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert len(held) == 3, "two cuts of Noto Serif and one of Noto Sans Khmer"
    assert all("/FontFile2" in one.get_object() or "/FontFile3" in one.get_object() for one in held)
    assert list(reader.pages[0].images) == []
    assert [round(float(side) / 72 * 25.4) for side in reader.pages[0].mediabox[2:]] == [297, 210]


def test_the_paper_is_the_same_file_each_time(press: Press) -> None:
    assert press.pdf(page("An"), {}, ABOUT) == Press().pdf(page("An"), {}, ABOUT)


@each_look
def test_the_code_is_read_from_the_picture_and_from_the_printed_paper(look_code: str, press: Press) -> None:
    told = page("Nguyễn Thị Bình", look_code)
    picture = paint_png.paint(told, {})
    printed = pypdfium2.PdfDocument(press.pdf(told, {}, ABOUT))[0].render(scale=150 / 72).to_pil()
    for seen in (picture, printed.convert("RGB")):
        assert [code.text for code in zxingcpp.read_barcodes(seen)] == [SAID["verify_url"]]


def test_a_code_too_fine_for_a_cheap_camera_is_refused() -> None:
    with pytest.raises(DoesNotFit) as refused:
        page("An", verify_url=SAID["verify_url"] + "x" * 900)
    assert refused.value.field == "code"


# --- letters ---


@pytest.mark.parametrize("family", NAMES)
@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_what_we_say_a_font_has_it_has_and_draws(family: str, weight: str) -> None:
    font = TTFont(FONTS / f"{family}-{weight}.ttf")
    from backend.media.letters import _coverage

    assert {ord(sign) for sign in map(chr, _coverage()[family])} == set(font.getBestCmap())
    assert font["OS/2"].usWeightClass == {"Regular": 400, "Bold": 700}[weight]


@each_name
@pytest.mark.parametrize("family", ["serif", "sans"])
def test_no_sign_of_a_name_is_drawn_as_the_box_for_what_is_missing(one: dict[str, Any], family: str) -> None:
    """By the font's own map, and by looking: the box is what a letter of no font of ours looks like."""
    for run in runs(one["printed"], family):
        missing = (
            letters(run.font, True, 60).getmask("\U000105c0").getbbox(),
            bytes(letters(run.font, True, 60).getmask("\U000105c0")),
        )
        cmap = TTFont(FONTS / f"{run.font}-Bold.ttf").getBestCmap()
        for sign in run.text.replace(" ", ""):
            assert ord(sign) in cmap
            if not unicodedata.combining(sign):
                drawn = letters(run.font, True, 60).getmask(sign)
                assert (drawn.getbbox(), bytes(drawn)) != missing


@pytest.mark.parametrize("sign", ["😀", "А", "买", "\uaa00", "ก", "x\u0303"])
def test_a_sign_without_a_letter_is_refused_never_a_box(sign: str) -> None:
    with pytest.raises(GlyphMissing):
        page(f"Nguyễn {sign}")
    with pytest.raises(GlyphMissing):
        page("Nguyễn An", title=f"Cuộc thi {sign}")


@pytest.mark.parametrize("text", ["ợặỵộ gọng", "Ự Ợ Ặ"])
@pytest.mark.parametrize("family", ["serif", "sans"])
def test_stacked_accents_stay_on_their_own_line(text: str, family: str) -> None:
    """What hangs below one line ends above what stands on the next."""
    from backend.media.letters import ASCENT, DESCENT

    (below,) = runs(text, family)
    (above,) = runs("ỂỄỘỔ ẪẨ Ỡ", family)
    hangs = letters(below.font, True, 200).getbbox(below.text, anchor="ls")[3] / 200
    rises = -letters(above.font, True, 200).getbbox(above.text, anchor="ls")[1] / 200
    assert hangs <= DESCENT + 0.01
    assert rises <= ASCENT + 0.01


# --- room ---


@each_name
@each_look
def test_every_line_stays_in_its_area_and_no_word_is_lost(one: dict[str, Any], look_code: str) -> None:
    told, look_ = page(one["printed"], look_code), LOOKS[look_code]
    assert plain(one["printed"]).replace(" ", "") in "".join(line.text for line in told.lines).replace(
        " ", ""
    )
    for line in told.lines:
        within = [
            area
            for area in look_.areas
            if area.left - 0.01 <= line.left and line.left + line.width <= area.right + 0.01
        ]
        assert any(
            min(area.top, area.top_bare or area.top) - 0.01 <= line.base - line.size * 0.7
            and line.base <= area.bottom + 0.01
            for area in within
        ), line


@each_look
def test_units_with_a_hundred_and_twenty_letters_fit(look_code: str) -> None:
    assert len(UNIT) == 120
    told = page(UNIT, look_code)
    assert plain(UNIT) in plain(" ".join(line.text for line in told.lines))


def test_an_achievement_may_look_like_a_program_and_stays_text(press: Press) -> None:
    told = '<b>#read("x")</b> & $x$ \\ #{1} [y] *z*'
    made = press.pdf(page("Nguyễn An", title=told), {}, ABOUT)
    assert told in plain(pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text())


def test_words_that_fit_nowhere_are_refused_and_named() -> None:
    words = Words(name="An", title="dài " * 300, issuer="UBND xã", achievement="x")
    known = next(one for one in designs.shipped() if one.code == "giay-khen")
    import uuid

    (trouble,) = look([Entry(uuid.uuid4(), words, subject=uuid.uuid4())], known).refused
    assert "title" in trouble.said()


HEADINGS = {"giay-khen": "Giấy khen", "to-chuc": "Giấy chứng nhận"}


def contact_sheet(code: str) -> Image.Image:
    """Every name on one picture, two beside each other."""
    papers = [
        paint_png.paint(page(one["printed"], code, heading=HEADINGS[code]), {}).resize((892, 631))
        for one in PRINTED
    ]
    sheet = Image.new("RGB", (2 * 892 + 12, (len(papers) + 1) // 2 * 637), "#888888")
    for at, paper in enumerate(papers):
        sheet.paste(paper, (at % 2 * 898, at // 2 * 637))
    return sheet


if __name__ == "__main__":
    place = Path(__file__).parents[2] / "docs" / "pictures"
    for chosen in ("giay-khen", "to-chuc"):
        contact_sheet(chosen).quantize(64, dither=Image.Dither.NONE).save(
            place / f"names-{chosen}.png", optimize=True
        )
