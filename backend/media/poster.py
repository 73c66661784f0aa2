"""The poster that launches an activity: for the hamlet house, the notice board, the group chat. A4 or A3, standing.

What it promises stands on every one of them: nobody must, and it costs nothing.
"""

import io
from dataclasses import dataclass
from typing import Literal

from backend.media import ink
from backend.media.ink import Sheet, Style

WIDTH, HEIGHT = 210.0, 297.0
SCALES = {"A4": 6.0, "A3": 8.5}
"""Pixels a millimetre of the A4 drawing: 152 dots an inch on both papers."""
LEFT, RIGHT = 16.0, 194.0
SPLIT = 148.0
CODE = 72.0
Paper = Literal["A4", "A3"]


@dataclass(frozen=True)
class Poster:
    """Plain Vietnamese words. `who` may enter and `when`; `url` opens the app; `document` is the paper that launches it,
    with number and date; `sample`: invented people and figures."""

    title: str
    who: str
    when: str
    url: str
    issuer: str
    summary: str = ""
    document: str = ""
    sample: bool = False


def poster(said: Poster, paper: Paper = "A4") -> bytes:
    """The poster as PNG."""
    out = io.BytesIO()
    dots = SCALES["A4"] * 25.4
    draw(said, SCALES[paper]).image.save(out, "PNG", compress_level=3, dpi=(dots, dots))
    return out.getvalue()


def draw(said: Poster, scale: float) -> Sheet:
    sheet = Sheet.blank(WIDTH, HEIGHT, scale)
    _head(sheet, said)
    _facts(sheet, said)
    _foot(sheet, said)
    return sheet


def _head(sheet: Sheet, said: Poster) -> None:
    sheet.box(0, 0, WIDTH, SPLIT, ink.RED)
    sheet.ripples(RIGHT - 20, 34, 82)
    sheet.box(0, SPLIT, WIDTH, HEIGHT, ink.PAPER)
    sheet.box(0, SPLIT, WIDTH, SPLIT + 1.6, ink.GOLD)
    sheet.write(["Lan Tỏa"], Style(10, "SemiBold", ink.CREAM), LEFT, 14, "l")
    title = sheet.fitted(said.title, Style(21, "ExtraBold", "#ffffff"), RIGHT - LEFT, lines=5, smallest=0.45)
    summary = sheet.fitted(said.summary, Style(7, "Medium", ink.CREAM), RIGHT - LEFT, lines=3)
    room = sheet.height_of(title) + (sheet.height_of(summary) + 3 if said.summary else 0)
    at = sheet.write(title.lines, title.style, LEFT, SPLIT - 10 - room, "l")
    if said.summary:
        sheet.write(summary.lines, summary.style, LEFT, at + 3, "l")


def _facts(sheet: Sheet, said: Poster) -> None:
    at = SPLIT + 9
    for label, text in (("Ai tham gia", said.who), ("Thời gian", said.when)):
        sheet.write([label], Style(6, "SemiBold", ink.TEAL), LEFT, at + 0.8, "l")
        words = sheet.fitted(text, Style(7, "Medium"), RIGHT - LEFT - 44, lines=2, smallest=0.7)
        at = sheet.write(words.lines, words.style, LEFT + 44, at, "l") + 2.5


def _foot(sheet: Sheet, said: Poster) -> None:
    bottom, beside = HEIGHT - 16, LEFT + CODE + 9
    side = sheet.code(said.url, LEFT + CODE, bottom - 4, CODE)
    width = RIGHT - beside
    top = bottom - 4 - side
    sheet.box(beside, top, RIGHT, top + 17, ink.TEAL, radius=4)
    promise = sheet.fitted("Tự nguyện · Miễn phí", Style(9, "SemiBold", "#ffffff"), width - 10)
    sheet.write(promise.lines, promise.style, beside + width / 2, top + 8.5 - sheet.height_of(promise) / 2)
    at = sheet.write(["Quét mã để tham gia"], Style(8.2, "Bold", ink.RED), beside, top + 21, "l")
    hint = sheet.fitted(
        "Mở máy ảnh của điện thoại, đưa vào mã bên trái, hoặc vào địa chỉ:", Style(5), width, lines=3
    )
    at = sheet.write(hint.lines, hint.style, beside, at + 1, "l")
    address = sheet.fitted(said.url.partition("://")[2].rstrip("/"), Style(5, "SemiBold"), width)
    at = sheet.write(address.lines, address.style, beside, at + 0.5, "l")
    issuer = sheet.fitted(said.issuer, Style(5, "SemiBold", ink.TEAL), width, lines=2, smallest=0.8)
    at = sheet.write(issuer.lines, issuer.style, beside, at + 3, "l")
    if said.document:
        document = sheet.fitted(said.document, Style(4.4, "Regular", ink.SOFT), width, lines=2, smallest=0.8)
        sheet.write(document.lines, document.style, beside, at, "l")
    if said.sample:
        sheet.box(0, HEIGHT - 10, WIDTH, HEIGHT, ink.AMBER_SOFT)
        sheet.write([ink.SAMPLE], Style(4.6, "SemiBold", ink.AMBER), WIDTH / 2, HEIGHT - 8)
