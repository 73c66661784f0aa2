"""What is drawn: nothing cut off, no accent on another letter, a code that can be read, and the proof inside the file."""

import io
import unicodedata
from dataclasses import replace

import pytest
import segno
from PIL import Image, ImageChops, features

from backend.media import certificate, ink
from backend.media.certificate import Face
from backend.media.ink import Sheet, Style
from backend.media.poster import Poster, poster
from backend.safeguards import signing
from backend.safeguards.signing import Signer

SIGNER = Signer(signing.packed(b"s" * 32))
SAID = {
    "form": "lantoa.certificate/1",
    "number": "7K3M-9QXA-22TD-HF0X",
    "name": "Nguyễn Thị Bình",
    "deed": "đã tham gia và hoàn thành cuộc thi trực tuyến",
    "title": "“Tìm hiểu chuyển đổi số” – Đợt 1",
    "result": "Đạt yêu cầu",
    "issuer": "Ban Tổ chức – xã Tân Khánh, tỉnh Thái Nguyên",
    "date": "2026-11-22",
}
LONG = "Hoàng Thị Nguyệt Ánh Công Tằng Tôn Nữ Diễm Hương Quỳnh Trang"


def face(**said: str) -> Face:
    statement = SAID | said
    message = signing.canonical(statement)
    signature = SIGNER.sign(message)
    url = f"https://lantoa.example/xac-minh/{statement['number']}?s={signature}"
    return Face(statement, message, signature, SIGNER.key_id, url)


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


def differ(one: Sheet, two: Sheet) -> bool:
    return ImageChops.difference(one.image, two.image).getbbox() is not None


def inked(sheet: Sheet) -> tuple[int, int]:
    """The first and the last row with ink."""
    box = ImageChops.invert(sheet.image.convert("L").point(lambda value: 255 if value > 200 else 0)).getbbox()
    assert box is not None
    return box[1], box[3] - 1


def modules_in(image: Image.Image, left: int, top: int, side: int, count: int) -> list[list[bool]]:
    """The code read back by looking at the middle of every module."""
    step = side / count
    grey = image.convert("L")
    at = [round((n + 0.5) * step) for n in range(count)]
    return [[grey.getpixel((left + x, top + y)) < 128 for x in at] for y in at]  # type: ignore[operator]


def test_letters_are_laid_out_by_raqm() -> None:
    assert features.check("raqm")


# --- the certificate ---


def test_the_certificate_is_a4_lying_down_and_carries_its_own_proof() -> None:
    drawn = opened(certificate.png(face()))
    dots = drawn.info["dpi"][0]
    assert [round(side / dots * 25.4) for side in drawn.size] == [297, 210]
    message = drawn.info["lantoa-statement"].encode()
    assert message == signing.canonical(SAID)
    assert signing.verify(SIGNER.public, message, drawn.info["lantoa-signature"])
    assert drawn.info["lantoa-key"] == SIGNER.key_id


def test_the_paper_is_one_page_and_names_its_number_and_signature() -> None:
    made = certificate.pdf(face())
    assert made.startswith(b"%PDF-")
    assert made.count(b"/Type /Page\n") == 1
    assert signing.verify(SIGNER.public, signing.canonical(SAID), face().signature)
    assert face().signature.encode("utf-16-be") in made or face().signature.encode() in made


def test_letters_in_parts_are_drawn_as_the_same_letters() -> None:
    parts = {name: unicodedata.normalize("NFD", words) for name, words in SAID.items() if name != "date"}
    assert not differ(certificate.draw(face()), certificate.draw(replace(face(), statement=SAID | parts)))


@pytest.mark.parametrize("field", ["name", "deed", "title", "result", "issuer", "number", "date"])
def test_every_word_that_was_signed_is_on_the_paper(field: str) -> None:
    other = {"number": "0000-0000-0000-0000", "date": "2026-11-23"}.get(field, "Khác")
    changed = replace(face(), statement=SAID | {field: other})
    assert differ(certificate.draw(face()), certificate.draw(changed))


def test_invented_people_are_marked_as_such() -> None:
    real, sample = certificate.draw(face()), certificate.draw(replace(face(), sample=True))
    assert differ(real, sample)
    assert sample.image.getpixel((sample.px(100), sample.px(1))) != real.image.getpixel(
        (real.px(100), real.px(1))
    )


@pytest.mark.parametrize("name", ["An", "Nguyễn Thị Bình (hư cấu)", LONG, "Đ" * 60, "Nguyễn " * 8])
def test_a_name_is_never_cut_off_and_never_leaves_the_paper(name: str) -> None:
    sheet, width = Sheet.blank(297, 210, 6), certificate.RIGHT - certificate.LEFT
    fitted = certificate._name(sheet, name, width)
    assert "".join("".join(fitted.lines).split()) == "".join(name.split())
    assert len(fitted.lines) <= 3
    assert all(sheet.width_of(line, fitted.style) <= width for line in fitted.lines)


def test_a_long_name_is_smaller_before_it_takes_two_lines() -> None:
    sheet = Sheet.blank(297, 210, 6)
    short, middling, long = (
        certificate._name(sheet, name, 193) for name in ("Bình", "Nguyễn Hoàng Thị Bích Phượng", LONG)
    )
    assert short.style.size > middling.style.size
    assert [len(fitted.lines) for fitted in (short, middling, long)] == [1, 1, 2]


def test_the_code_on_the_paper_reads_as_the_address_with_room_around_it() -> None:
    made = face()
    sheet = certificate.draw(made)
    wanted = [[bool(dark) for dark in row] for row in segno.make(made.verify_url, error="m").matrix]
    around = len(wanted) + 2 * ink.QUIET
    side = around * round(certificate.CODE * sheet.scale / around)
    left, top = sheet.px(certificate.RIGHT) - side, sheet.px(certificate.HEIGHT - 14) - side
    read = modules_in(sheet.image, left, top, side, around)
    quiet = ink.QUIET
    assert [row[quiet:-quiet] for row in read[quiet:-quiet]] == wanted
    assert not any(any(row) for row in read[:quiet] + read[-quiet:])
    assert not any(any(row[:quiet] + row[-quiet:]) for row in read)
    assert side / around / sheet.scale >= 0.5, "half a millimetre a module: a cheap camera reads it"


# --- letters ---


@pytest.mark.parametrize("weight", ["Regular", "SemiBold", "Bold", "ExtraBold"])
def test_stacked_accents_do_not_touch_the_line_above(weight: str) -> None:
    above, below = Sheet.blank(100, 60, 10), Sheet.blank(100, 60, 10)
    above.write(["ợặỵộ gọng", ""], Style(10, weight), 50, 5)
    below.write(["", "ỂỄỘỔ ẪẨ"], Style(10, weight), 50, 5)
    assert inked(above)[1] + 1 < inked(below)[0]


@pytest.mark.parametrize("letter", "ếềểễệốồổỗộứừửữựắằẳẵặẾỀỂỄỆỐỒỔỖỘỨỪỬỮỰẮẰẲẴẶĐđƠƯ")
def test_every_letter_is_there_and_is_not_another(letter: str) -> None:
    """A font without it draws the same empty box for all of them."""
    font = Sheet.blank(1, 1, 10).font(Style(10))
    assert bytes(font.getmask(letter)) != bytes(font.getmask("买"))


# --- the poster ---

POSTER = Poster(
    title="Tìm hiểu chuyển đổi số",
    who="Người dân từ 15 tuổi trở lên",
    when="Từ 08:00 ngày 20/11 đến 20:00 ngày 04/12/2026",
    url="http://127.0.0.1:8000/app/",
    issuer="Ban Tổ chức – xã Tân Khánh",
)


@pytest.mark.parametrize(("paper", "width"), [("A4", 210), ("A3", 297)])
def test_a_poster_is_as_large_as_its_paper(paper: str, width: int) -> None:
    drawn = opened(poster(POSTER, paper))  # type: ignore[arg-type]
    assert abs(drawn.width / drawn.info["dpi"][0] * 25.4 - width) < 1


def test_a_poster_without_its_extras_and_one_with_long_words_are_drawn() -> None:
    words = f"{LONG} " * 4
    wordy = Poster(words, words, words, POSTER.url, words, words, words, sample=True)
    assert poster(POSTER) != poster(wordy)
