"""Letters of certificates: which signs we can print, in which font, and how wide they are. Files: scripts/make_fonts.py.

A sign without a letter is refused (GlyphMissing), never printed as a box: a certificate with a wrong name is worse than
none. Widths are measured once at a large size and scaled: letters have no hints, so they grow evenly.
"""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from PIL import ImageFont

FONTS = Path(__file__).parent / "fonts"
Family = Literal["serif", "sans"]
FAMILIES: dict[str, tuple[str, ...]] = {
    "serif": ("NotoSerif", "NotoSansKhmer"),
    "sans": ("NotoSans", "NotoSansKhmer"),
}
"""Where each sign is looked for, in this order."""
NAMES = {"NotoSerif": "Noto Serif", "NotoSans": "Noto Sans", "NotoSansKhmer": "Noto Sans Khmer"}
"""What the fonts call themselves inside."""
ASCENT, DESCENT = 1.07, 0.30
"""Of the letters' size: above and below the base line there is room for Ễ with its marks and for g under it."""
MEASURED_AT = 200
FEATURES = ["-liga", "-dlig"]
"""No joined letters: whoever searches the PDF for 'fi' finds f and i."""


class GlyphMissing(Exception):
    """None of our fonts has this sign, or not together with the marks on it."""

    def __init__(self, sign: str) -> None:
        super().__init__(sign)
        self.sign = sign

    def told(self) -> str:
        """'U+AA00 CHAM LETTER A': to be read out to whoever typed it."""
        first = self.sign[0]
        return f"U+{ord(first):04X} {unicodedata.name(first, '?')}"


@dataclass(frozen=True)
class Run:
    """Signs that follow each other in one font; `font` is the name of its files."""

    text: str
    font: str


def runs(text: str, family: str) -> list[Run]:
    """The text, in NFC, in as few runs as its signs allow. Raises GlyphMissing."""
    found: list[Run] = []
    for cluster in clusters(unicodedata.normalize("NFC", text)):
        font = _font_of(cluster, family, found[-1].font if found else "")
        if found and found[-1].font == font:
            found[-1] = Run(found[-1].text + cluster, font)
        else:
            found.append(Run(cluster, font))
    return found


def clusters(text: str) -> Iterator[str]:
    """Each sign with the marks that stand on it: these are never parted, neither by a font nor by a line's end."""
    held = ""
    for sign in text:
        if held and (
            unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Mc") or _joins(held)
        ):
            held += sign
        else:
            if held:
                yield held
            held = sign
    if held:
        yield held


def _joins(held: str) -> bool:
    """A Khmer coeng draws the next letter under this one."""
    return held[-1] == "\u17d2"


def _font_of(cluster: str, family: str, before: str) -> str:
    """The font of the run before where it can go on (spaces and points are in every font), else the first that has all."""
    plain = cluster in " .,-()"
    for font in (before, *FAMILIES[family]) if plain and before else FAMILIES[family]:
        if _has(font, cluster):
            return font
    lacking = next(
        (sign for sign in cluster if not any(ord(sign) in _coverage()[font] for font in FAMILIES[family])),
        cluster,
    )
    raise GlyphMissing(lacking)


def _has(font: str, cluster: str) -> bool:
    """Latin letters with marks beyond those of Unicode only where they are drawn as one (see scripts/make_fonts.py)."""
    if len(cluster) > 1 and font != "NotoSansKhmer":
        return cluster in _together()
    return not unicodedata.combining(cluster[0]) and all(ord(sign) in _coverage()[font] for sign in cluster)


@lru_cache(maxsize=1)
def _together() -> frozenset[str]:
    return frozenset(_told()["together"])


@lru_cache(maxsize=1)
def _coverage() -> dict[str, frozenset[int]]:
    return {
        font: frozenset(sign for first, last in ranges for sign in range(first, last + 1))
        for font, ranges in _told()["signs"].items()
    }


def _told() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((FONTS / "coverage.json").read_text())
    return told


@lru_cache(maxsize=256)
def letters(font: str, bold: bool, pixels: float) -> ImageFont.FreeTypeFont:
    """The font as Pillow draws with it; `pixels` may be a broken number."""
    file = FONTS / f"{font}-{'Bold' if bold else 'Regular'}.ttf"
    return ImageFont.truetype(file, pixels, layout_engine=ImageFont.Layout.RAQM)


@lru_cache(maxsize=20_000)
def width(text: str, family: str, bold: bool) -> float:
    """How wide the text is where letters are 1 high. Raises GlyphMissing."""
    total = sum(
        letters(run.font, bold, MEASURED_AT).getlength(run.text, language="vi", features=FEATURES)
        for run in runs(text, family)
    )
    return total / MEASURED_AT
