"""A figure as somebody typed it: read, checked against itself, and worked out. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal

from backend.targets.errors import (
    Ambiguous,
    BelowZero,
    DenominatorMissing,
    DivisionByZero,
    DoesNotAgree,
    NoFraction,
    NoNumber,
    NothingSaid,
    NumeratorMissing,
)
from backend.targets.rules import value_of

NUMBER = re.compile(r"-?\d{1,15}([.,]\d{1,10})?", re.ASCII)
THOUSANDS = re.compile(r"-?[1-9]\d{0,2}([.,]\d{3})+", re.ASCII)
GROUPED = re.compile(r"-?[1-9]\d{0,2}([. ]\d{3}){2,4}(,\d{1,10})?|-?[1-9]\d{0,2}(\.\d{3}),\d{1,10}", re.ASCII)
ABSENT = "zero_denominator"


@dataclass(frozen=True)
class Shape:
    """What of an indicator a figure is checked against."""

    additivity: str
    factor: int
    decimals: int

    @property
    def is_ratio(self) -> bool:
        return self.additivity == "ratio"


@dataclass(frozen=True)
class Figure:
    """`absent`: why there is no value."""

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    absent: str | None = None


def number(text: str) -> Decimal | None:
    """'1.234,5' and '1234.5' alike; nothing where nothing was typed. Raises NoNumber, Ambiguous: 1.234 could be either."""
    text = text.strip().replace("\u00a0", " ").removesuffix("%").strip()
    if not text:
        return None
    if THOUSANDS.fullmatch(text) and not GROUPED.fullmatch(text):
        raise Ambiguous(word=text[:40])
    if GROUPED.fullmatch(text):
        text = text.replace(".", "").replace(" ", "")
    if not NUMBER.fullmatch(text):
        raise NoNumber(word=text[:40])
    return Decimal(text.replace(",", "."))


def figure(shape: Shape, value: str, numerator: str = "", denominator: str = "") -> Figure:
    """Raises the children of FigureRefused. A ratio needs both of its sides or the value alone."""
    typed, above, below = number(value), number(numerator), number(denominator)
    if typed is None and above is None and below is None:
        raise NothingSaid
    if not shape.is_ratio and (above is not None or below is not None):
        raise NoFraction
    if above is None:
        if below is not None:
            raise NumeratorMissing
        return Figure(typed)
    return _fraction(shape, typed, above, below)


def _fraction(shape: Shape, typed: Decimal | None, above: Decimal, below: Decimal | None) -> Figure:
    if below is None:
        raise DenominatorMissing
    if above < 0 or below < 0:
        raise BelowZero
    worked = value_of(above, below, shape.factor, shape.decimals)
    if isinstance(worked, str):
        if above or typed is not None:
            raise DivisionByZero
        return Figure(None, above, below, absent=worked)
    if typed is not None and _differs(shape, typed, above, below):
        raise DoesNotAgree(worked=f"{worked:f}".replace(".", ","), typed=f"{typed:f}".replace(".", ","))
    return Figure(worked, above, below)


def _differs(shape: Shape, typed: Decimal, above: Decimal, below: Decimal) -> bool:
    """Compared with as many places as were typed: 14,6 and 14,58 are the same rate."""
    exponent = typed.as_tuple().exponent
    places = min(10, max(0, -exponent)) if isinstance(exponent, int) else 0
    return value_of(above, below, shape.factor, places) != typed
