"""A certificate laid out once, in millimetres; two painters draw the same page (paint_png, paint_pdf).

A design says where areas are and what their blocks say; the words of one certificate are put into it here. What does not
fit is made smaller as far as the design allows, then refused: nothing is cut off, nothing runs over the frame.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import segno
from msgspec import structs

from backend.media import frames
from backend.media.design import Area, Block, Design
from backend.media.fitting import STEP, DoesNotFit, fitted
from backend.media.letters import ASCENT, DESCENT
from backend.media.sheet import Code, Fill, Ground, Line, Page

FIELD = re.compile(r"\{([a-z_]+)\}")
QUIET = 4
"""White modules around a QR code; readers need them."""
LEAST_MODULE = 0.4
"""Millimetres: below that a cheap camera does not read a printed code."""
SMALLEST = 0.6
"""All words of an area together are never made smaller than this part of what the design says."""
RULE_ROOM = 3.0
"""A rule takes so many times its own thickness, air included."""


def lay_out(design: Design, words: Mapping[str, str]) -> Page:
    """The page of one certificate. `words` by field, 'verify_url' for the code among them.

    Raises DoesNotFit, GlyphMissing.
    """
    told = with_dates(words)
    areas = [_area(area, design, told) for area in design.areas]
    return Page(
        width=design.page.width,
        height=design.page.height,
        paper=design.frame.paper,
        ground=_ground(design, told.get("sample", "")),
        lines=tuple(line for lines, _ in areas for line in lines) + frames.sample_lines(design, told),
        rules=tuple(rule for _, rules in areas for rule in rules),
        code=_code(design, told.get("verify_url", "")),
        over=frames.placed(design.signature),
    )


@lru_cache(maxsize=32)
def _ground(design: Design, sample: str) -> tuple[Ground, ...]:
    return tuple(frames.ground(design, bool(sample)))


def with_dates(words: Mapping[str, str]) -> dict[str, str]:
    """Tidy words; `date` also as papers write it: 'ngày 22 tháng 11 năm 2026', small days and months with a zero."""
    told = {name: " ".join(unicodedata.normalize("NFC", text).split()) for name, text in words.items()}
    if told.get("date"):
        day = date.fromisoformat(told["date"])
        month = f"{day.month:02d}" if day.month < 3 else str(day.month)
        told["long_date"] = f"ngày {day.day:02d} tháng {month} năm {day.year}"
        told["year"] = str(day.year)
    return told


def fields_of(design: Design) -> set[str]:
    """Every field that the design prints."""
    shown = (block for area in design.areas for block in area.blocks if block.shown)
    return {name for block in shown for name in FIELD.findall(block.say)}


def said(block: Block, told: Mapping[str, str]) -> str:
    """What the block says; '' where one of its fields is empty: 'Vào sổ số' alone helps nobody."""
    if not block.shown or any(not told.get(name) for name in FIELD.findall(block.say)):
        return ""
    text = FIELD.sub(lambda found: told[found[1]], block.say)
    return text.upper() if block.capitals else text


# --- areas ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Set:
    """A block with the lines it takes at this size."""

    block: Block
    lines: tuple[str, ...]
    size: float

    @property
    def pitch(self) -> float:
        return self.size * (ASCENT + DESCENT) * self.block.leading

    @property
    def height(self) -> float:
        return len(self.lines) * self.pitch + self.block.rule * RULE_ROOM


def _area(area: Area, design: Design, told: Mapping[str, str]) -> tuple[list[Line], list[Fill]]:
    """Its words as large as they go in: where they are too many, all of them smaller. Raises DoesNotFit."""
    if area.top_bare is not None and not (design.emblem and design.emblem.digest):
        area = structs.replace(area, top=area.top_bare)
    blocks = [(block, text) for block in area.blocks if (text := said(block, told))]
    factor = 1.0
    while True:
        try:
            made = [_set(block, text, area, design.family, factor) for block, text in blocks]
            if sum(one.height for one in made) <= area.bottom - area.top:
                return _written(area, design, made)
            trouble = DoesNotFit(max(made, key=lambda one: one.height).block.code)
        except DoesNotFit as found:
            trouble = found
        factor -= STEP
        if factor < SMALLEST:
            raise trouble


def _set(block: Block, text: str, area: Area, family: str, factor: float) -> _Set:
    lines, size = fitted(text, block, area.right - area.left, family, factor)
    return _Set(block, lines, size)


def _written(area: Area, design: Design, made: list[_Set]) -> tuple[list[Line], list[Fill]]:
    """From top to bottom; what room the words leave is air, shared out as the blocks ask."""
    height = sum(one.height for one in made)
    shares = sum(one.block.air for one in made)
    air = min((area.bottom - area.top - height) / shares, area.most_air) if shares else 0.0
    at = area.top if area.stands == "top" else area.bottom - height - shares * air
    lines: list[Line] = []
    rules: list[Fill] = []
    for one in made:
        at += one.block.air * air
        for text in one.lines:
            lines.append(_line(area, design, one, text, at + one.size * ASCENT))
            at += one.pitch
        if one.block.rule:
            rules.append(_rule(area, design, one.block, at + one.block.rule, lines[-1].width))
            at += one.block.rule * RULE_ROOM
    return lines, rules


def _line(area: Area, design: Design, one: _Set, text: str, base: float) -> Line:
    x = {"l": area.left, "m": (area.left + area.right) / 2, "r": area.right}[area.align]
    colour = one.block.colour or design.ink
    return Line(text, x, base, one.size, design.family, one.block.bold, colour, area.align)


def _rule(area: Area, design: Design, block: Block, at: float, above: float) -> Fill:
    wide = min(block.rule_width or above, area.right - area.left)
    spare = area.right - area.left - wide
    left = area.left + {"l": 0.0, "m": spare / 2, "r": spare}[area.align]
    return Fill(left, at, left + wide, at + block.rule, design.frame.accent)


# --- the code ---------------------------------------------------------------------------------------------------------


def _code(design: Design, url: str) -> Code | None:
    """Raises DoesNotFit where its modules would be too fine."""
    if not url:
        return None
    made = segno.make(url, error="m", micro=False)
    rows = tuple(bytes(1 if dark else 0 for dark in row) for row in made.matrix_iter(border=QUIET))
    place = design.code_at
    if place.size / len(rows) < LEAST_MODULE:
        raise DoesNotFit("code")
    return Code(rows, place.right, place.bottom, place.size)
