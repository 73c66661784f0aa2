"""A chart as a picture, for files that cannot draw one: columns with their numbers, Vietnamese letters."""

import io
from typing import Any

from backend.media.ink import INK, LINE, TEAL, Sheet, Style

WIDTH, HEIGHT, SCALE = 150.0, 62.0, 8.0
TOP, FOOT, SIDE = 10.0, 10.0, 6.0
ROW, NAMES = 12.0, 66.0


def picture(told: dict[str, Any]) -> bytes:
    """PNG of the bars or columns."""
    return _bars(told) if told["kind"] == "bars" else _columns(told)


def _bars(told: dict[str, Any]) -> bytes:
    """One below the other, with their names to the left in two lines at most."""
    sheet = Sheet.blank(WIDTH, ROW * len(told["values"]) + 4, SCALE)
    small, most = Style(3.8, "Regular", INK), max(100.0, *told["values"])
    for at, (label, value) in enumerate(zip(told["labels"], told["values"], strict=True)):
        top = 2 + at * ROW
        fitted = sheet.fitted(label, small, NAMES - 4, lines=2)
        sheet.write(fitted.lines, fitted.style, NAMES - 2, top + (ROW - 5 * len(fitted.lines)) / 2, "r")
        length = max(0.5, (WIDTH - NAMES - 18) * value / most)
        sheet.box(NAMES, top + 2.5, NAMES + length, top + ROW - 2.5, TEAL)
        sheet.write([f"{value:.1f} %".replace(".", ",")], small, NAMES + length + 2, top + ROW / 2 - 3, "l")
    return _png(sheet)


def _columns(told: dict[str, Any]) -> bytes:
    """A month without a number has no column and says so."""
    sheet = Sheet.blank(WIDTH, HEIGHT, SCALE)
    values = told["values"]
    most = max((value for value in values if value), default=1)
    step = (WIDTH - 2 * SIDE) / max(1, len(values))
    base = HEIGHT - FOOT
    small = Style(4.2, "Regular", INK)
    for at, (label, value) in enumerate(zip(told["labels"], values, strict=True)):
        middle = SIDE + step * (at + 0.5)
        if value:
            top = base - (base - TOP) * value / most
            sheet.box(middle - step * 0.3, top, middle + step * 0.3, base, TEAL)
            sheet.write([f"{value:,}".replace(",", ".")], small, middle, top - 6)
        else:
            sheet.write(["–" if value is None else "0"], small, middle, base - 6)
        sheet.write([label], small, middle, base + 1.5)
    sheet.box(SIDE, base, WIDTH - SIDE, base + 0.3, LINE)
    return _png(sheet)


def _png(sheet: Sheet) -> bytes:
    out = io.BytesIO()
    sheet.image.convert("RGB").save(out, "PNG", dpi=(SCALE * 25.4, SCALE * 25.4))
    return out.getvalue()
