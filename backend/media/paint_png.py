"""A laid out page as a picture: the ground once a process and design, the words on a copy of it."""

import io
from collections.abc import Mapping
from functools import lru_cache

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from backend.media.letters import FEATURES, letters, runs
from backend.media.sheet import Code, Fill, Ground, Line, Page, Placed, Ring

SCALE = 6.0
"""Pixels a millimetre: 152 dots an inch, sharp on any telephone; paper is printed from the PDF."""
SMOOTH = 2
"""Circles are drawn this much larger and shrunk: Pillow draws them with stairs."""
Pictures = Mapping[str, bytes]
"""SHA-256 -> the PNG an office brought in."""


def png(page: Page, pictures: Pictures, marks: Mapping[str, str], scale: float = SCALE) -> bytes:
    """The file; `marks` go into it as iTXt, where a program that knows their names finds them."""
    info = PngInfo()
    for name, text in marks.items():
        info.add_itxt(name, text)
    out = io.BytesIO()
    # Few colours, large even areas: the quickest filter costs a tenth more bytes and half the time.
    dots = scale * 25.4
    paint(page, pictures, scale).save(out, "PNG", compress_level=3, pnginfo=info, dpi=(dots, dots))
    return out.getvalue()


def paint(page: Page, pictures: Pictures, scale: float = SCALE) -> Image.Image:
    """Raises KeyError for a picture that is not among `pictures`."""
    size = (round(page.width * scale), round(page.height * scale))
    held = tuple((part.digest, pictures[part.digest]) for part in page.ground if isinstance(part, Placed))
    image = _ground(page.ground, size, scale, held).copy()
    pen = ImageDraw.Draw(image)
    for rule in page.rules:
        _fill(pen, rule, scale)
    for line in page.lines:
        _write(pen, line, scale)
    if page.code:
        _code(image, page.code, scale)
    for picture in page.over:
        _place(image, picture, pictures[picture.digest], scale)
    return image


@lru_cache(maxsize=4)
def _ground(
    parts: tuple[Ground, ...], size: tuple[int, int], scale: float, held: tuple[tuple[str, bytes], ...]
) -> Image.Image:
    large = Image.new("RGB", (size[0] * SMOOTH, size[1] * SMOOTH))
    pen = ImageDraw.Draw(large)
    for part in parts:
        if isinstance(part, Fill):
            _fill(pen, part, scale * SMOOTH)
        elif isinstance(part, Ring):
            _ring(pen, part, scale * SMOOTH)
        else:
            _place(large, part, dict(held)[part.digest], scale * SMOOTH)
    return large.resize(size, Image.Resampling.BOX)


def _fill(pen: ImageDraw.ImageDraw, part: Fill, scale: float) -> None:
    left, top, right, bottom = (round(at * scale) for at in (part.left, part.top, part.right, part.bottom))
    pen.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), fill=part.colour)


def _ring(pen: ImageDraw.ImageDraw, part: Ring, scale: float) -> None:
    x, y, r = part.x * scale, part.y * scale, part.radius * scale
    box = (x - r, y - r, x + r, y + r)
    if part.stroke:
        pen.ellipse(box, outline=part.colour, width=max(1, round(part.stroke * scale)))
    else:
        pen.ellipse(box, fill=part.colour)


def _write(pen: ImageDraw.ImageDraw, line: Line, scale: float) -> None:
    at = line.left * scale
    for run in runs(line.text, line.family):
        font = letters(run.font, line.bold, line.size * scale)
        pen.text(
            (at, line.base * scale),
            run.text,
            line.colour,
            font,
            anchor="ls",
            language="vi",
            features=FEATURES,
        )
        at += font.getlength(run.text, language="vi", features=FEATURES)


def _code(image: Image.Image, code: Code, scale: float) -> None:
    """Whole pixels a module, so it may become a little smaller than its place; the corner stays."""
    count = len(code.rows)
    small = Image.frombytes("L", (count, count), b"".join(code.rows)).point(lambda dark: 0 if dark else 255)
    side = count * max(1, int(code.size * scale / count))
    drawn = small.resize((side, side), Image.Resampling.NEAREST).convert("RGB")
    image.paste(drawn, (round(code.right * scale) - side, round(code.bottom * scale) - side))


def _place(image: Image.Image, part: Placed, body: bytes, scale: float) -> None:
    left, top, right, bottom = (round(at * scale) for at in (part.left, part.top, part.right, part.bottom))
    with Image.open(io.BytesIO(body), formats=("PNG",)) as opened:
        drawn = opened.convert("RGBA")
    drawn = drawn.resize(_within(drawn.size, (right - left, bottom - top)), Image.Resampling.LANCZOS)
    at = ((left + right - drawn.width) // 2, (top + bottom - drawn.height) // 2)
    image.paste(drawn, at, drawn)


def _within(size: tuple[int, int], room: tuple[int, int]) -> tuple[int, int]:
    part = min(room[0] / size[0], room[1] / size[1])
    return max(1, round(size[0] * part)), max(1, round(size[1] * part))
