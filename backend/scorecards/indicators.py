"""Indicators: numerator, denominator, factor, rounding. Data, read from the template; the arithmetic is pure."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

Take = Literal["people", "quantity", "facts"]


@dataclass(frozen=True)
class Term:
    """One side of an indicator: a measure and what is taken of its count."""

    measure: str
    take: Take


@dataclass(frozen=True)
class Indicator:
    """`denominator`: a term, 'headcount' (the frozen snapshot) or 'none'. `about_people`: small groups are hidden.

    `noun`: what is counted, where that is neither people nor events.
    """

    code: str
    title: dict[str, str]
    explain: dict[str, str]
    numerator: Term
    denominator: Term | Literal["headcount", "none"]
    factor: int
    decimals: int
    about_people: bool
    noun: dict[str, str] | None = None

    def measures(self) -> set[str]:
        terms = (self.numerator, self.denominator)
        return {term.measure for term in terms if isinstance(term, Term)}


@dataclass(frozen=True)
class Template:
    name: str
    version: int
    indicators: tuple[Indicator, ...]

    @property
    def rules(self) -> str:
        return f"{self.name}/{self.version}"

    def __getitem__(self, code: str) -> Indicator:
        return next(indicator for indicator in self.indicators if indicator.code == code)


@cache
def template() -> Template:
    """The template this node counts by."""
    data = yaml.safe_load((Path(__file__).parent / "template.yaml").read_text(encoding="utf-8"))
    return Template(data["template"], data["version"], tuple(_indicator(row) for row in data["indicators"]))


def _indicator(row: dict) -> Indicator:  # type: ignore[type-arg]
    below = row["denominator"]
    return Indicator(
        **row
        | {
            "numerator": Term(**row["numerator"]),
            "denominator": Term(**below) if isinstance(below, dict) else below,
        }
    )


def value(indicator: Indicator, numerator: int, denominator: int | None) -> Decimal | None:
    """The figure people read, rounded half up as reports are; None where the denominator is unknown or zero.

    Above 100 % is shown as it is: it says the headcount is older than the people.
    """
    if indicator.denominator == "none":
        return Decimal(numerator)
    if not denominator:
        return None
    return ratio(Decimal(numerator), Decimal(denominator), indicator.factor, indicator.decimals)


def ratio(above: Decimal, below: Decimal, factor: int, decimals: int) -> Decimal:
    """Divided once and rounded once, half up, for every figure of the house."""
    return rounded(above * factor / below, decimals)


def rounded(number: Decimal, decimals: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
