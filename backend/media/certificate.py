"""The certificate: A4 lying down, as a picture for the phone and as a PDF for the printer.

Every word of the signed statement stands on it as it was signed. The file itself carries statement and signature too,
so that it can be checked without the node (docs/api.md).
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from PIL.PngImagePlugin import PngInfo

from backend.media import ink
from backend.media.ink import Fitted, Sheet, Style

WIDTH, HEIGHT, SCALE = 297.0, 210.0, 6.0
BAND = 74.0
LEFT, RIGHT = 88.0, 281.0
MIDDLE = (LEFT + RIGHT) / 2
CODE = 42.0
TOP, BOTTOM = 14.0, HEIGHT - 14 - CODE
MOST_AIR = 3.2
NAME = Style(14, "ExtraBold")
NOTE = (
    "Quét mã hoặc vào trang Xác minh của Lan Tỏa, nhập số giấy này để kiểm tra. "
    "Đây là lời cảm ơn của Ban Tổ chức, không phải hình thức khen thưởng theo quyết định."
)


@dataclass(frozen=True)
class Face:
    """What stands on a certificate. `statement` and `signature` as the node keeps them; `sample`: invented people."""

    statement: Mapping[str, str]
    canonical: bytes
    signature: str
    key_id: str
    verify_url: str
    sample: bool = False


def png(face: Face) -> bytes:
    info = PngInfo()
    info.add_itxt("Title", f"Giấy chứng nhận {face.statement['number']}", lang="vi")
    info.add_itxt("lantoa-statement", face.canonical.decode())
    info.add_itxt("lantoa-signature", face.signature)
    info.add_itxt("lantoa-key", face.key_id)
    out = io.BytesIO()
    # Few colours, large even areas: the quickest filter costs a tenth more bytes and half the time.
    draw(face).image.save(out, "PNG", compress_level=3, pnginfo=info, dpi=(SCALE * 25.4, SCALE * 25.4))
    return out.getvalue()


def pdf(face: Face) -> bytes:
    out = io.BytesIO()
    draw(face).image.save(
        out,
        "PDF",
        resolution=SCALE * 25.4,
        quality=90,
        title=f"Giấy chứng nhận {face.statement['number']}",
        author=face.statement["issuer"],
        subject=face.canonical.decode(),
        keywords=f"{face.key_id} {face.signature}",
        creator="Lan Tỏa",
        producer="Lan Tỏa",
    )
    return out.getvalue()


def draw(face: Face) -> Sheet:
    sheet = _ground().copy()
    if face.sample:
        _mark_sample(sheet)
    _words(sheet, face.statement)
    _foot(sheet, face)
    return sheet


@lru_cache(maxsize=1)
def _ground() -> Sheet:
    """What is the same on every certificate, drawn once a process."""
    sheet = Sheet.blank(WIDTH, HEIGHT, SCALE)
    sheet.box(0, 0, BAND, HEIGHT, ink.RED)
    sheet.ripples(BAND / 2, 105, 105)
    sheet.box(BAND, 0, WIDTH, HEIGHT, ink.PAPER)
    sheet.box(BAND, 0, BAND + 1.6, HEIGHT, ink.GOLD)
    sheet.write(["Lan Tỏa"], Style(9, "SemiBold", ink.CREAM), BAND / 2, 14)
    return sheet


def _mark_sample(sheet: Sheet) -> None:
    sheet.box(BAND + 1.6, 0, WIDTH, 10, ink.AMBER_SOFT)
    sheet.write([ink.SAMPLE], Style(4.6, "SemiBold", ink.AMBER), MIDDLE, 2)


def _words(sheet: Sheet, said: Mapping[str, str]) -> None:
    """From top to bottom, each block with its share of the air above it; what room the words leave is air."""
    width = RIGHT - LEFT
    name = _name(sheet, said["name"], width)
    blocks = [
        (1, sheet.fitted(said["issuer"], Style(5.6, "SemiBold", ink.TEAL), width, lines=2)),
        (2, Fitted(["GIẤY CHỨNG NHẬN"], Style(17, "Bold", ink.RED))),
        (1, Fitted(["Ban Tổ chức trân trọng cảm ơn"], Style(5.6, "Regular", ink.SOFT))),
        (2, name),
        (4, sheet.fitted(said["deed"], Style(6), width, lines=2, smallest=0.8)),
        (1, sheet.fitted(said["title"], Style(7.6, "SemiBold", ink.RED), width, lines=3)),
        (2, sheet.fitted(f"Kết quả: {said['result']}", Style(6, "Medium", ink.TEAL), width, lines=2)),
    ]
    words = sum(sheet.height_of(block) for _, block in blocks)
    air = min((BOTTOM - TOP - words) / sum(share for share, _ in blocks), MOST_AIR)
    at = TOP
    for share, block in blocks:
        at = sheet.write(block.lines, block.style, MIDDLE, at + share * air)
        if block is name:
            sheet.box(MIDDLE - 32, at + 1, MIDDLE + 32, at + 1.8, ink.GOLD)


def _name(sheet: Sheet, name: str, width: float) -> Fitted:
    """Rather one smaller line than two large ones; rather two lines than letters nobody can read."""
    one = sheet.fitted(name, NAME, width, lines=1)
    return one if len(one.lines) == 1 else sheet.fitted(name, NAME, width, lines=2, smallest=0.5)


def _foot(sheet: Sheet, face: Face) -> None:
    bottom = HEIGHT - 14
    side = sheet.code(face.verify_url, RIGHT, bottom, CODE)
    small, said = Style(4, "Regular", ink.SOFT), face.statement
    at = sheet.write([_long_date(said["date"])], Style(5.4, "Medium"), LEFT, bottom - CODE + 7, "l")
    at = sheet.write([f"Số {said['number']}"], Style(5.4, "SemiBold"), LEFT, at, "l")
    sheet.write(sheet.wrapped(NOTE, small, RIGHT - side - LEFT - 8), small, LEFT, at + 2, "l")


def _long_date(iso: str) -> str:
    """'2026-11-22' -> 'Ngày 22 tháng 11 năm 2026'; days and the first two months with a zero, as documents have it."""
    day = date.fromisoformat(iso)
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"Ngày {day.day:02d} tháng {month} năm {day.year}"
