"""Pictures of an honour wall: a poster for the notice board (A4, standing) and one for a phone's story (1080 × 1920).

They show what the wall shows at this moment, and say of which day they are. They are drawn anew each time and kept
nowhere: a name that was withdrawn is not in the next one. A name with a sign that no font here has is left to the page:
never a box in its place.
"""

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from PIL import Image, ImageFont

from backend.media import ink, letters
from backend.media.ink import Fitted, Sheet, Style

Shape = Literal["poster", "story"]
NOBODYS = "\U0010fffd"
"""A sign no font has: what is drawn for it is the box that must stand nowhere."""


@dataclass(frozen=True)
class Line:
    """Somebody honoured: the name as the decision has it, what for, and the form of the award with its decision."""

    name: str
    achievement: str
    award: str


@dataclass(frozen=True)
class Wall:
    """Plain Vietnamese words. `day`: 'Ngày 23/11/2026'; `url`: the wall's page; `sample`: invented people."""

    unit: str
    words: str
    lines: Sequence[Line]
    day: str
    url: str
    sample: bool = False


@dataclass(frozen=True)
class Frame:
    """Measures of one of the two sheets, in millimetres. `most`: so many lines at the most; `scale`: pixels a millimetre."""

    width: float
    height: float
    scale: float
    edge: float
    head: float
    foot: float
    most: int
    letters: float


FRAMES: dict[Shape, Frame] = {
    "poster": Frame(210, 297, 6, edge=16, head=70, foot=50, most=9, letters=1),
    "story": Frame(108, 192, 10, edge=9, head=48, foot=34, most=6, letters=0.68),
}


def picture(wall: Wall, shape: Shape) -> bytes:
    """The picture as PNG. Who finds no room is counted at the end; the page has everybody."""
    out = io.BytesIO()
    frame = FRAMES[shape]
    dots = frame.scale * 25.4
    draw(wall, frame).save(out, "PNG", compress_level=3, dpi=(dots, dots))
    return out.getvalue()


def draw(wall: Wall, frame: Frame) -> Image.Image:
    sheet = Sheet.blank(frame.width, frame.height, frame.scale)
    _head(sheet, wall, frame)
    shown = _lines(sheet, wall, frame)
    _foot(sheet, wall, frame, len(wall.lines) - shown)
    return sheet.image


def _head(sheet: Sheet, wall: Wall, frame: Frame) -> None:
    width, size = frame.width - 2 * frame.edge, frame.letters
    sheet.box(0, 0, frame.width, frame.head, ink.RED)
    sheet.ripples(frame.width - frame.edge, 14 * size, 46 * size)
    sheet.box(0, frame.head, frame.width, frame.head + 1.6 * size, ink.GOLD)
    at = sheet.write(["Lan Tỏa"], Style(7 * size, "SemiBold", ink.CREAM), frame.edge, 11 * size, "l")
    title = sheet.fitted("BẢNG VINH DANH", Style(18 * size, "ExtraBold", "#ffffff"), width * 0.88)
    at = sheet.write(title.lines, title.style, frame.edge, at + 5 * size, "l")
    unit = sheet.fitted(wall.unit, Style(8 * size, "SemiBold", ink.GOLD), width, lines=2, smallest=0.7)
    sheet.write(unit.lines, unit.style, frame.edge, at, "l")


def _lines(sheet: Sheet, wall: Wall, frame: Frame) -> int:
    """From the top as far as there is room; answers how many were written."""
    size, at = frame.letters, frame.head + 6 * frame.letters
    bottom, width = frame.height - frame.foot, frame.width - 2 * frame.edge
    words = sheet.fitted(wall.words, Style(5.4 * size, "Medium", ink.SOFT), width, lines=3, smallest=0.8)
    if wall.words:
        at = sheet.write(words.lines, words.style, frame.edge, at, "l") + 3 * size
    written = 0
    for line in filter(_is_drawn, wall.lines):
        blocks = _blocks(sheet, line, width - 6 * size, size)
        high = sum(sheet.height_of(block) for block in blocks)
        if written == frame.most or at + high > bottom:
            break
        written += 1
        sheet.box(frame.edge, at + 1 * size, frame.edge + 1.4 * size, at + high - 0.5 * size, ink.GOLD)
        for block in blocks:
            at = sheet.write(block.lines, block.style, frame.edge + 6 * size, at, "l")
        at += 3.4 * size
    return written


def _is_drawn(line: Line) -> bool:
    return all(_weight(text, "Bold") for text in (line.name, line.achievement, line.award))


def _weight(text: str, wanted: str) -> str | None:
    """The face that has every sign of the text: the house's own, else Noto Sans; None where neither has."""
    tidy = unicodedata.normalize("NFC", text)
    if all(_has(sign) for sign in tidy):
        return wanted
    try:
        fonts = {run.font for run in letters.runs(tidy, "sans")}
    except letters.GlyphMissing:
        return None
    return "NotoSans-Bold" if fonts == {"NotoSans"} else None


@lru_cache(maxsize=2048)
def _has(sign: str) -> bool:
    """Whether the house's letters have it by itself; marks that stand loose they place badly."""
    font = Sheet.blank(1, 1, 1).font(Style(40, "Bold"))
    return sign.isspace() or not (unicodedata.combining(sign) or _ink(font, sign) == _ink(font, NOBODYS))


def _ink(font: ImageFont.FreeTypeFont, sign: str) -> bytes:
    return bytes(font.getmask(sign))


def _blocks(sheet: Sheet, line: Line, width: float, size: float) -> list[Fitted]:
    faces = [
        _weight(text, own) or own
        for text, own in ((line.name, "Bold"), (line.achievement, "Regular"), (line.award, "SemiBold"))
    ]
    return [
        sheet.fitted(line.name, Style(7.4 * size, faces[0], ink.RED), width, lines=2, smallest=0.6),
        sheet.fitted(line.achievement, Style(5 * size, faces[1]), width, lines=2, smallest=0.8),
        sheet.fitted(line.award, Style(4.4 * size, faces[2], ink.TEAL), width, lines=2, smallest=0.8),
    ]


def _foot(sheet: Sheet, wall: Wall, frame: Frame, others: int) -> None:
    size, edge = frame.letters, frame.edge
    bottom = frame.height - (12 * size if wall.sample else edge * 0.7)
    code = frame.foot * 0.7
    side = sheet.code(wall.url, frame.width - edge, bottom - 3 * size, code)
    width, at = frame.width - 2 * edge - side - 6 * size, bottom - 3 * size - side
    if others > 0:
        more = sheet.fitted(
            f"… và {others} phần thưởng khác trên trang", Style(5 * size, "SemiBold", ink.RED), width, 2
        )
        at = sheet.write(more.lines, more.style, edge, at, "l") + 1.5 * size
    told = (
        Fitted(["Quét mã để xem trang vinh danh"], Style(5.4 * size, "Bold", ink.TEAL)),
        sheet.fitted(
            "Tên cá nhân chỉ ghi khi người ấy đồng ý.", Style(4.4 * size, "Regular", ink.SOFT), width, 2
        ),
        sheet.fitted(wall.day, Style(4.4 * size, "Medium", ink.SOFT), width, 1),
    )
    for block in told:
        fits = sheet.fitted(" ".join(block.lines), block.style, width, lines=2, smallest=0.7)
        at = sheet.write(fits.lines, fits.style, edge, at, "l") + 0.8 * size
    if wall.sample:
        sheet.box(0, frame.height - 10 * size, frame.width, frame.height, ink.AMBER_SOFT)
        sheet.write(
            [ink.SAMPLE], Style(4.4 * size, "SemiBold", ink.AMBER), frame.width / 2, frame.height - 8 * size
        )
