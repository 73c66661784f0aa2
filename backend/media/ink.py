"""Paper, colours, letters and the ripples: what every picture of Lan Tỏa is drawn with. Lengths are millimetres.

Letters are Be Vietnam Pro, laid out by RAQM from NFC text: loose accents and colliding ones come from doing it
otherwise. Lines stand further apart than the font says: it was not made for an Ễ under a gọ.
"""

import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import segno
from fontpkg_be_vietnam_pro import ROOT
from PIL import Image, ImageDraw, ImageFont

FONTS = ROOT / "files"
MORE_FONTS = Path(__file__).parent / "fonts"
RED, DEEP_RED, TEAL, GOLD = "#8c1c2b", "#6e1320", "#0f5c63", "#f2b84b"
PAPER, CREAM, INK, SOFT = "#fffdf9", "#fff4e2", "#2a2321", "#5d524d"
AMBER, AMBER_SOFT, LINE = "#7a4a00", "#fff2d6", "#dccfc2"
SAMPLE = "Bản dùng thử – người và số liệu hư cấu"
QUIET = 4
"""White modules around a QR code; readers need them."""
SMOOTH = 3
"""Circles are drawn this much larger and shrunk, because Pillow draws them with stairs."""


@dataclass(frozen=True)
class Style:
    """`size` is the height of the letters' square in millimetres; `weight` names a font file: of Be Vietnam Pro, or, with its
    whole name ('NotoSans-Bold'), one of those that ship for signs it lacks."""

    size: float
    weight: str = "Regular"
    colour: str = INK
    leading: float = 1.15


@dataclass
class Sheet:
    """One sheet being drawn; `scale` is pixels a millimetre."""

    image: Image.Image
    scale: float

    @classmethod
    def blank(cls, width: float, height: float, scale: float) -> "Sheet":
        return cls(Image.new("RGB", (round(width * scale), round(height * scale)), PAPER), scale)

    def copy(self) -> "Sheet":
        return Sheet(self.image.copy(), self.scale)

    @property
    def pen(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.image)

    def px(self, length: float) -> int:
        return round(length * self.scale)

    def box(
        self, left: float, top: float, right: float, bottom: float, colour: str, radius: float = 0
    ) -> None:
        corners = (self.px(left), self.px(top), self.px(right) - 1, self.px(bottom) - 1)
        self.pen.rounded_rectangle(corners, self.px(radius), fill=colour)

    def write(self, lines: list[str], style: Style, x: float, top: float, align: str = "m") -> float:
        """Lines one under another; `align` l, m or r says what of them stands at `x`. Answers where the next begins."""
        font = self.font(style)
        up, _ = font.getmetrics()
        for line in lines:
            at = (self.px(x), self.px(top) + up)
            self.pen.text(at, line, style.colour, font, anchor=f"{align}s", language="vi")
            top += self._line(style)
        return top

    def font(self, style: Style) -> ImageFont.FreeTypeFont:
        return _font(style.weight, self.px(style.size))

    def width_of(self, text: str, style: Style) -> float:
        return self.font(style).getlength(text, language="vi") / self.scale

    def fitted(
        self, text: str, style: Style, width: float, lines: int = 1, smallest: float = 0.6
    ) -> "Fitted":
        """The text as large as goes into so many lines of that width, never below `smallest` of its size: then the lines
        are more. Nothing is ever cut off."""
        tidy = " ".join(unicodedata.normalize("NFC", text).split())
        parts = range(20, round(smallest * 20) - 1, -1)
        shrunk = [replace(style, size=style.size * part / 20) for part in parts]
        for tried in shrunk:
            filled = self._filled(tidy.split(), tried, width)
            if len(filled) <= lines and all(self.width_of(line, tried) <= width for line in filled):
                break
        return Fitted(self.wrapped(tidy, tried, width), tried)

    def height_of(self, fitted: "Fitted") -> float:
        return len(fitted.lines) * self._line(fitted.style)

    def _line(self, style: Style) -> float:
        up, down = self.font(style).getmetrics()
        return (up + down) * style.leading / self.scale

    def wrapped(self, text: str, style: Style, width: float) -> list[str]:
        """Broken between words into as few lines as fit, evenly filled; within a word only where it fits no line."""
        words = [part for word in text.split() for part in self._broken(word, style, width)]
        lines = self._filled(words, style, width)
        narrow, wide = width / max(1, len(lines)), width
        while len(lines) > 1 and wide - narrow > 2:
            middle = (narrow + wide) / 2
            tighter = self._filled(words, style, middle)
            if len(tighter) == len(lines) and all(self.width_of(line, style) <= middle for line in tighter):
                lines, wide = tighter, middle
            else:
                narrow = middle
        return lines

    def _filled(self, words: list[str], style: Style, width: float) -> list[str]:
        """As many words on each line as fit; a word wider than the line stands on its own."""
        lines = [""]
        for word in words:
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and self.width_of(longer, style) > width:
                lines.append(word)
            else:
                lines[-1] = longer
        return lines

    def _broken(self, word: str, style: Style, width: float) -> list[str]:
        parts = [""]
        for sign in word:
            if parts[-1] and self.width_of(parts[-1] + sign, style) > width:
                parts.append(sign)
            else:
                parts[-1] += sign
        return parts

    def code(self, text: str, right: float, bottom: float, size: float) -> float:
        """A QR code with its quiet zone on white, its corner at right and bottom; whole pixels make it a little larger
        or smaller than `size`. Answers how large it became."""
        made = segno.make(text, error="m", micro=False)
        rows = [bytes(0 if dark else 255 for dark in row) for row in made.matrix_iter(border=QUIET)]
        small = Image.frombytes("L", (len(rows), len(rows)), b"".join(rows))
        side = len(rows) * max(2, round(size * self.scale / len(rows)))
        drawn = small.resize((side, side), Image.Resampling.NEAREST)
        self.image.paste(drawn.convert("RGB"), (self.px(right) - side, self.px(bottom) - side))
        return side / self.scale

    def ripples(self, x: float, y: float, reach: float, dark: bool = True) -> None:
        """The mark: a drop of gold and the rings that spread from it. `reach` is the outermost ring's radius."""
        rings = (
            (0.2, 0.058, 1.0),
            (0.36, 0.048, 0.8),
            (0.54, 0.038, 0.56),
            (0.74, 0.03, 0.36),
            (0.95, 0.022, 0.2),
        )
        side = self.px(2 * reach)
        mask = Image.new("L", (side * SMOOTH, side * SMOOTH))
        pen, middle = ImageDraw.Draw(mask), side * SMOOTH / 2
        for radius, stroke, strength in rings:
            r, line = middle * radius, max(1, round(middle * stroke))
            pen.ellipse(
                (middle - r, middle - r, middle + r, middle + r), outline=round(255 * strength), width=line
            )
        self._stain(mask, x - reach, y - reach, CREAM if dark else RED)
        drop = Image.new("L", mask.size)
        r = middle * 0.1
        ImageDraw.Draw(drop).ellipse((middle - r, middle - r, middle + r, middle + r), fill=255)
        self._stain(drop, x - reach, y - reach, GOLD)

    def _stain(self, mask: Image.Image, left: float, top: float, colour: str) -> None:
        smooth = mask.resize((mask.width // SMOOTH, mask.height // SMOOTH), Image.Resampling.BOX)
        at = (self.px(left), self.px(top))
        self.image.paste(Image.new("RGB", smooth.size, colour), at, smooth)


@dataclass(frozen=True)
class Fitted:
    """Lines that fit, in the style in which they do."""

    lines: list[str]
    style: Style


@lru_cache(maxsize=64)
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    file = MORE_FONTS / f"{weight}.ttf" if weight.startswith("Noto") else FONTS / f"BeVietnamPro-{weight}.ttf"
    return ImageFont.truetype(file, size, layout_engine=ImageFont.Layout.RAQM)
