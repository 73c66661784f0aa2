"""Posters and walls: nothing cut off, no accent on another letter. Certificates: test_certificate_page and test_names."""

import io

import pytest
from PIL import Image, ImageChops, features

from backend.media import honour
from backend.media.ink import Sheet, Style
from backend.media.poster import Poster, poster

LONG = "Hoàng Thị Nguyệt Ánh Công Tằng Tôn Nữ Diễm Hương Quỳnh Trang"


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


def inked(sheet: Sheet) -> tuple[int, int]:
    """The first and the last row with ink."""
    box = ImageChops.invert(sheet.image.convert("L").point(lambda value: 255 if value > 200 else 0)).getbbox()
    assert box is not None
    return box[1], box[3] - 1


def test_letters_are_laid_out_by_raqm() -> None:
    assert features.check("raqm")


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


# --- honour walls ---


def honoured(*lines: honour.Line, words: str = "", sample: bool = False) -> honour.Wall:
    return honour.Wall(
        "xã Tân Khánh, tỉnh Thái Nguyên",
        words,
        lines,
        "Ngày 23/11/2026",
        "https://lantoa.example/vinh-danh/05752",
        sample,
    )


LINE = honour.Line(
    "Xóm Đồng Tiến", "Dẫn đầu phong trào Xóm điển hình", "Giấy khen · Quyết định số 15/QĐ-UBND"
)


@pytest.mark.parametrize(
    ("shape", "millimetres", "pixels"), [("poster", [210, 297], None), ("story", None, (1080, 1920))]
)
def test_pictures_of_a_wall_have_the_size_of_their_place(
    shape: honour.Shape, millimetres: list[int] | None, pixels: tuple[int, int] | None
) -> None:
    drawn = opened(honour.picture(honoured(LINE), shape))
    dots = drawn.info["dpi"][0]
    assert millimetres is None or [round(side / dots * 25.4) for side in drawn.size] == millimetres
    assert pixels is None or drawn.size == pixels


@pytest.mark.parametrize("shape", ["poster", "story"])
def test_on_a_wall_nothing_runs_into_its_foot_or_out_of_its_sides(shape: honour.Shape) -> None:
    """Forty of the longest names: who finds no room is a number at the end, and every edge stays paper."""
    frame = honour.FRAMES[shape]
    long = honour.Line(
        LONG.upper(), "Đạt giải Nhất cuộc thi “Tìm hiểu chuyển đổi số” " * 4, "Giấy khen " * 20
    )
    full, empty = (honour.draw(honoured(*lines), frame) for lines in ([long] * 40, []))
    edge = round(frame.edge * frame.scale * 0.9)
    below = round((frame.head + 2 * frame.letters) * frame.scale)
    for left in (0, full.width - edge):
        box = (left, below, left + edge, full.height)
        assert ImageChops.difference(full.crop(box), empty.crop(box)).getbbox() is None
    code = (
        round(full.width * 0.72),
        round((frame.height - frame.foot * 0.8) * frame.scale),
        full.width,
        full.height,
    )
    assert ImageChops.difference(full.crop(code), empty.crop(code)).getbbox() is None


def test_the_wall_of_invented_people_says_so() -> None:
    plain, marked = (
        honour.draw(honoured(LINE, sample=sample), honour.FRAMES["story"]) for sample in (False, True)
    )
    band = (0, plain.height - 40, plain.width, plain.height)
    assert ImageChops.difference(plain.crop(band), marked.crop(band)).getbbox() is not None


@pytest.mark.parametrize(
    ("name", "face"),
    [
        ("Nguyễn Thị Ứng Ển", "Bold"), ("H'B\u00ea\u0306 \u00ca\u0306ban", "NotoSans-Bold"), ("K'Brơ\u0306i Ñăm Čil", "NotoSans-Bold"),
        ("Nguyễn Văn 😀", None), ("Thạch សុខ", None),
    ],
)  # fmt: skip
def test_a_name_on_the_wall_is_drawn_with_letters_that_have_it_or_not_at_all(
    name: str, face: str | None
) -> None:
    assert honour._weight(name, "Bold") == face
    frame = honour.FRAMES["story"]
    shown = honour.draw(honoured(honour.Line(name, "Dẫn đầu", "Giấy khen")), frame)
    empty = honour.draw(honoured(), frame)
    box = (0, round((frame.head + 3) * frame.scale), shown.width, shown.height // 2)
    assert (ImageChops.difference(shown.crop(box), empty.crop(box)).getbbox() is not None) == (
        face is not None
    )
