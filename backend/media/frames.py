"""What lies under the words: paper, frame, emblem, and on a demo's papers the band that says so."""

from collections.abc import Iterator, Mapping

from backend.media.design import Design, Picture
from backend.media.letters import ASCENT
from backend.media.sheet import Fill, Ground, Line, Placed, Ring

BAND = 74.0
"""The coloured band on the left with the mark of Lan Tỏa: the drop and its ripples."""
CREAM, GOLD = "#fff4e2", "#f2b84b"
AMBER, AMBER_SOFT = "#7a4a00", "#fff2d6"
SAMPLE_HEIGHT = 10.0
RINGS = ((0.2, 0.058, 1.0), (0.36, 0.048, 0.8), (0.54, 0.038, 0.56), (0.74, 0.03, 0.36), (0.95, 0.022, 0.2))
"""(radius, thickness, strength): of the outermost reach."""


def ground(design: Design, is_sample: bool) -> Iterator[Ground]:
    """From below upwards."""
    wide, high, frame = design.page.width, design.page.height, design.frame
    yield Fill(0, 0, wide, high, frame.paper)
    if frame.style == "picture" and frame.digest:
        yield Placed(frame.digest, 0, 0, wide, high)
    elif frame.style == "band":
        yield from _band(design)
    elif frame.style == "classic":
        yield from _classic(design)
    elif frame.style == "line":
        yield from outline(
            frame.margin, frame.margin, wide - frame.margin, high - frame.margin, 0.8, frame.colour
        )
    yield from placed(design.emblem)
    if is_sample:
        yield Fill(_words_from(design), 0, wide, SAMPLE_HEIGHT, AMBER_SOFT)


def _words_from(design: Design) -> float:
    return BAND + 1.6 if design.frame.style == "band" else 0.0


def sample_lines(design: Design, told: Mapping[str, str]) -> tuple[Line, ...]:
    """'Bản dùng thử ...' over the words."""
    if not told.get("sample"):
        return ()
    middle = (_words_from(design) + design.page.width) / 2
    return (Line(told["sample"], middle, 2.2 + 4.6 * ASCENT * 0.9, 4.6, design.family, True, AMBER, "m"),)


def _band(design: Design) -> Iterator[Ground]:
    wide, high, frame = design.page.width, design.page.height, design.frame
    yield Fill(0, 0, BAND, high, frame.colour)
    middle, reach = high / 2, high / 2
    for radius, stroke, strength in RINGS:
        yield Ring(BAND / 2, middle, reach * radius, reach * stroke, mixed(frame.colour, CREAM, strength))
    yield Ring(BAND / 2, middle, reach * 0.1, 0, GOLD)
    yield Fill(BAND, 0, wide, high, frame.paper)
    yield Fill(BAND, 0, BAND + 1.6, high, frame.accent)


def _classic(design: Design) -> Iterator[Ground]:
    """A broad rule, a fine one within, and a small square with a drop in every corner."""
    frame, wide, high = design.frame, design.page.width, design.page.height
    at = frame.margin
    yield from outline(at, at, wide - at, high - at, 1.8, frame.accent)
    yield from outline(at + 3, at + 3, wide - at - 3, high - at - 3, 0.5, frame.colour)
    for x in (at + 1.65, wide - at - 1.65):
        for y in (at + 1.65, high - at - 1.65):
            yield Fill(x - 5, y - 5, x + 5, y + 5, frame.paper)
            yield from outline(x - 5, y - 5, x + 5, y + 5, 0.9, frame.accent)
            yield Ring(x, y, 3.1, 0.5, frame.colour)
            yield Ring(x, y, 1.5, 0, frame.accent)


def outline(
    left: float, top: float, right: float, bottom: float, thick: float, colour: str
) -> Iterator[Fill]:
    """Four rules that make a rectangle."""
    yield Fill(left, top, right, top + thick, colour)
    yield Fill(left, bottom - thick, right, bottom, colour)
    yield Fill(left, top, left + thick, bottom, colour)
    yield Fill(right - thick, top, right, bottom, colour)


def placed(picture: Picture | None) -> tuple[Placed, ...]:
    """The picture in its place; nothing where none was brought in."""
    if picture is None or not picture.digest:
        return ()
    right, bottom = picture.left + picture.width, picture.top + picture.height
    return (Placed(picture.digest, picture.left, picture.top, right, bottom),)


def mixed(one: str, other: str, part: float) -> str:
    """'#rrggbb' with so much of the other colour in it."""
    pairs = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
