"""The shape of a design: how certificates of one kind look, as data. Lengths are millimetres.

A design holds no picture of a state or Party emblem: such pictures are an office's own and are brought in by it.
"""

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from backend.errors import N_, DomainError

Colour = Annotated[str, Meta(pattern="^#[0-9a-f]{6}$")]
Length = Annotated[float, Meta(ge=0, le=420)]
Size = Annotated[float, Meta(ge=2, le=30)]
Code = Annotated[str, Meta(pattern="^[a-z][a-z_]{0,30}$")]
Words = Annotated[str, Meta(max_length=300)]
MOST_AREAS, MOST_BLOCKS = 8, 14


class DesignInvalid(DomainError):
    status = 422
    code = "design_invalid"
    sentence = N_("Mẫu giấy chưa dùng được: %(what)s.")


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part of a design: a field nobody knows is a slip of the pen, and is said."""


class Picture(Part, frozen=True):
    """A place for a picture; without `digest` it stays empty."""

    left: Length
    top: Length
    width: Length
    height: Length
    digest: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""


class Paper(Part, frozen=True):
    """Upright or lying down is a matter of width and height."""

    width: Annotated[float, Meta(ge=140, le=420)] = 297
    height: Annotated[float, Meta(ge=140, le=420)] = 210


class Frame(Part, frozen=True):
    """`band`: the ripples on the left; `classic`: two rules with corners; `line`: a thin rule; `picture`: the office's own."""

    style: Literal["none", "line", "classic", "band", "picture"] = "classic"
    colour: Colour = "#8c1c2b"
    accent: Colour = "#c9962f"
    paper: Colour = "#fffdf9"
    margin: Annotated[float, Meta(ge=0, le=30)] = 8
    digest: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""


class CodeAt(Part, frozen=True):
    """Where the QR code's corner is, and how wide it may be."""

    right: Length
    bottom: Length
    size: Annotated[float, Meta(ge=30, le=80)] = 49


class Block(Part, frozen=True):
    """One thing an area says; '{name}' stands for a field of the certificate. `lines`: at most so many.

    `smallest`: of its size, where the words are long. `air`: its share of the room above it. `rule`: how thick the line
    under it is, `rule_width` how long (0: as the words). `one_line_first`: rather one smaller line than two large ones.
    """

    code: Code
    say: Words
    size: Size = 5.6
    bold: bool = False
    capitals: bool = False
    colour: Annotated[str, Meta(pattern="^(#[0-9a-f]{6})?$")] = ""
    lines: Annotated[int, Meta(ge=1, le=8)] = 1
    smallest: Annotated[float, Meta(ge=0.4, le=1)] = 0.6
    air: Annotated[float, Meta(ge=0, le=40)] = 1
    rule: Annotated[float, Meta(ge=0, le=2)] = 0
    rule_width: Annotated[float, Meta(ge=0, le=200)] = 60
    one_line_first: bool = False
    leading: Annotated[float, Meta(ge=0.8, le=2)] = 1.0
    shown: bool = True


class Area(Part, frozen=True):
    """A rectangle in which blocks stand one under another. `stands`: at its top, or on its bottom. `top_bare`: where it
    begins while no emblem was brought in, so that no hole is left."""

    code: Code
    left: Length
    top: Length
    right: Length
    bottom: Length
    blocks: Annotated[tuple[Block, ...], Meta(max_length=MOST_BLOCKS)]
    align: Literal["l", "m", "r"] = "m"
    stands: Literal["top", "bottom"] = "top"
    most_air: Annotated[float, Meta(ge=0, le=60)] = 3.2
    top_bare: Length | None = None


class Design(Part, frozen=True):
    """A whole design. `emblem` only where the tier is 'formal': thanks and an organiser's paper carry none, by rule."""

    code_at: CodeAt
    areas: Annotated[tuple[Area, ...], Meta(min_length=1, max_length=MOST_AREAS)]
    page: Paper = Paper()
    frame: Frame = Frame()
    family: Literal["serif", "sans"] = "serif"
    ink: Colour = "#2a2321"
    emblem: Picture | None = None
    signature: Picture | None = None
    sample_at: Annotated[float, Meta(ge=0, le=300)] = 0


def design_of(body: object, tier: str) -> Design:
    """The design that this data describes. Raises DesignInvalid, saying what is wrong and where."""
    try:
        made = msgspec.convert(body, Design)
    except msgspec.ValidationError as error:
        raise DesignInvalid(what=_said(str(error), body)) from None
    for trouble in _troubles(made, tier):
        raise DesignInvalid(what=trouble)
    return made


PARTS = {
    "size": "cỡ chữ, từ 2 đến 30 mm",
    "say": "lời in, không quá 300 ký tự",
    "left": "cách mép trái, từ 0 đến 420 mm",
    "top": "cách mép trên, từ 0 đến 420 mm",
    "width": "chiều rộng, từ 0 đến 420 mm",
    "height": "chiều cao, từ 0 đến 420 mm",
    "colour": "màu",
    "accent": "màu",
    "paper": "màu",
    "ink": "màu",
    "digest": "ảnh",
    "style": "kiểu khung",
    "family": "kiểu chữ",
}


def _said(told: str, body: Any) -> str:
    """What msgspec found, for somebody who filled in a form: the line by its code, the value by its name."""
    place = told.rpartition("`$")[2].rstrip("`")
    last = place.rpartition(".")[2]
    line = re.match(r"\.areas\[(\d+)\]\.blocks\[(\d+)\]", place)
    if line is None:
        return f"xin xem lại {PARTS.get(last, f'“{place or told}”')}"
    block = body["areas"][int(line[1])]["blocks"][int(line[2])]
    code = block.get("code", "?") if isinstance(block, dict) else "?"
    return f"dòng “{code}”, xin xem lại {PARTS.get(last, f'“{last}”')}"


def _troubles(made: Design, tier: str) -> list[str]:
    found = []
    if made.emblem is not None and tier != "formal":
        found.append("chỉ giấy khen theo quyết định mới có chỗ cho huy hiệu")
    codes = [block.code for area in made.areas for block in area.blocks]
    if len(codes) != len(set(codes)):
        found.append("hai khối chữ trùng mã")
    if not any("{name}" in block.say and block.shown for area in made.areas for block in area.blocks):
        found.append("không có chỗ ghi họ tên ({name})")
    if not any("{number}" in block.say and block.shown for area in made.areas for block in area.blocks):
        found.append("không có chỗ ghi số giấy ({number})")
    for area in made.areas:
        if area.right - area.left < 20 or area.bottom - area.top < 5:
            found.append(f"vùng chữ “{area.code}” quá nhỏ")
        if area.right > made.page.width or area.bottom > made.page.height:
            found.append(f"vùng chữ “{area.code}” ra ngoài tờ giấy")
    place = made.code_at
    if (
        place.right > made.page.width
        or place.bottom > made.page.height
        or place.size > min(place.right, place.bottom)
    ):
        found.append("mã QR ra ngoài tờ giấy")
    return found
