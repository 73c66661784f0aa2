"""What a page of a certificate is made of, in millimetres: plain parts that two painters draw alike."""

from dataclasses import dataclass

from backend.media.letters import width


@dataclass(frozen=True)
class Fill:
    """An even rectangle."""

    left: float
    top: float
    right: float
    bottom: float
    colour: str


@dataclass(frozen=True)
class Ring:
    """A circle's line around (x, y), or with `stroke` 0 the whole disc."""

    x: float
    y: float
    radius: float
    stroke: float
    colour: str


@dataclass(frozen=True)
class Placed:
    """A picture, known by its SHA-256, as large as goes into the place without changing its shape."""

    digest: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Line:
    """Words on one line. `x`: their left end, middle or right end, as `align` (l, m, r) says; `base`: the base line."""

    text: str
    x: float
    base: float
    size: float
    family: str
    bold: bool
    colour: str
    align: str

    @property
    def width(self) -> float:
        return width(self.text, self.family, self.bold) * self.size

    @property
    def left(self) -> float:
        return self.x - {"l": 0.0, "m": 0.5, "r": 1.0}[self.align] * self.width


@dataclass(frozen=True)
class Code:
    """A QR code: `rows` of modules (1 dark) with the quiet zone around them, its corner at right and bottom, `size` wide."""

    rows: tuple[bytes, ...]
    right: float
    bottom: float
    size: float


Ground = Fill | Ring | Placed


@dataclass(frozen=True)
class Page:
    """`ground`: what is the same on every certificate of the design; the rest is of this one, `over` on top of all."""

    width: float
    height: float
    paper: str
    ground: tuple[Ground, ...]
    lines: tuple[Line, ...]
    rules: tuple[Fill, ...]
    code: Code | None
    over: tuple[Placed, ...] = ()
