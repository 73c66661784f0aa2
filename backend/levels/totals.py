"""Sums over units that told, and the rates between the ends those sums allow. Pure.

How counts add up, and what keeps a sum from being exact, is `aggregates.sums`' rule; here its two sides are put together.
Nothing here knows more than was told, so that a total can give nothing away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from backend.aggregates.sums import Part, add
from backend.levels.shapes import Bounds, Element, Figure
from backend.scorecards.indicators import ratio

MISSING, ESTIMATED = "missing", "estimated"
ZERO = Decimal(0)


@dataclass(frozen=True)
class Total:
    """An element over many units: its two sides, and the rate between the ends they allow. Of a bare count only `above`.

    `units`: of how many; `told`: how many of them say a number.
    """

    element: Element
    above: Bounds
    whole: Bounds | None
    rate: Bounds | None
    units: int
    told: int


def total(element: Element, figures: Mapping[str, Figure | None], of_levels: bool = False) -> Total:
    """`figures`: unit -> its figure; None for a unit that has told nothing. `of_levels`: the units are sums over nodes themselves."""
    above = _with_estimates(_add(element, figures, of_levels), figures)
    told = sum(1 for one in figures.values() if one and one.numerator is not None)
    if element.factor is None:
        return Total(element, above, None, None, len(figures), told)
    return Total(element, above, _whole(figures), _rate(element, figures, of_levels), len(figures), told)


def _add(element: Element, figures: Mapping[str, Figure | None], of_levels: bool) -> Bounds:
    """Who is counted in one node only adds up; who may stand in two does not."""
    repeats = element.additivity == "at_most"
    parts = [_part(code, figure, repeats and of_levels) for code, figure in sorted(figures.items())]
    found = add(parts, element.additivity, not repeats, element.about_people)
    most = None if found.at_most is None else Decimal(found.at_most)
    return Bounds(Decimal(found.at_least), most, tuple(found.why))


def _part(code: str, figure: Figure | None, is_bound: bool) -> Part:
    if figure is None:
        return Part(code, None, None, MISSING)
    above, below = (None if side is None else int(side) for side in (figure.numerator, figure.denominator))
    return Part(code, above, below, figure.flag, is_bound)


def _with_estimates(found: Bounds, figures: Mapping[str, Figure | None]) -> Bounds:
    shared = sum(1 for one in figures.values() if one and one.estimated)
    return Bounds(found.least, found.most, (*found.why, (ESTIMATED, shared))) if shared else found


def _whole(figures: Mapping[str, Figure | None]) -> Bounds:
    known = [one.denominator for one in figures.values() if one and one.denominator is not None]
    missing, least = len(figures) - len(known), sum(known, ZERO)
    return Bounds(least, None if missing else least, ((MISSING, missing),) if missing else ())


def _rate(element: Element, figures: Mapping[str, Figure | None], of_levels: bool) -> Bounds | None:
    """Over the units whose whole is known; the others stand in no rate, and are said to be missing."""
    inside = {code: one for code, one in figures.items() if one and one.denominator}
    below = sum((one.denominator or ZERO for one in inside.values()), ZERO)
    if not below or element.factor is None:
        return None
    above, outside = _with_estimates(_add(element, inside, of_levels), figures), len(figures) - len(inside)
    most = below if above.most is None else above.most
    low, high = (ratio(side, below, element.factor, element.decimals) for side in (above.least, most))
    return Bounds(low, high, (*above.why, (MISSING, outside)) if outside else above.why)
