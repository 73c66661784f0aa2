"""The same figures over the units of today. Pure: what was told in, what it says of units that took others in out.

As it was: every unit that told, under its own name and as its own bytes say it. As it is now: a unit that took others in
whole has their sums (at least and at most where one kept something back); what was divided gives each part its share by
weight, said to be estimated; different people are not divided by a weight, so their place is left open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from backend.levels.shapes import NOT_APPLICABLE, Element, Figure, Step
from backend.levels.totals import Total, total
from backend.units.crosswalk import share
from backend.units.models import WHOLE

Told = Mapping[str, Mapping[str, Figure]]
"""Unit code -> element -> figure, of the units of a level alone"""


@dataclass(frozen=True)
class Part:
    """A share of one unit in another: all of it (WHOLE) or so many thousandths."""

    code: str
    weight: int
    step: Step | None = None

    @property
    def is_whole(self) -> bool:
        return self.weight == WHOLE


@dataclass(frozen=True)
class Now:
    """A unit of today with the units of then that it is made of, and its figures over them."""

    code: str
    parts: tuple[Part, ...]
    totals: tuple[Total, ...]

    @property
    def is_made(self) -> bool:
        """Whether it is anything else than itself."""
        return [part.code for part in self.parts] != [self.code]

    @property
    def is_estimated(self) -> bool:
        return any(not part.is_whole for part in self.parts)


def made_of(then: Iterable[str], steps: Sequence[Step], since: date) -> dict[str, list[Part]]:
    """Unit of today -> the units of then that are in it. `steps`: in the order in which they hold; those that held on the
    period's last day (`since`) are in the units of then already."""
    found: dict[str, list[Part]] = {code: [Part(code, WHOLE)] for code in then}
    for day in dict.fromkeys(step.holds_from for step in steps if step.holds_from > since):
        found = _moved(found, [step for step in steps if step.holds_from == day])
    return found


def _moved(held: dict[str, list[Part]], steps: Sequence[Step]) -> dict[str, list[Part]]:
    """Everything of a source goes where the steps say; the share that goes nowhere stays."""
    gone: dict[str, int] = {}
    for step in steps:
        gone[step.source] = gone.get(step.source, 0) + step.weight
    found = {code: _left(parts, WHOLE - gone.get(code, 0)) for code, parts in held.items()}
    for step in steps:
        for part in held.get(step.source, ()):
            found.setdefault(step.target, []).append(
                Part(part.code, part.weight * step.weight // WHOLE, step)
            )
    return {code: parts for code, parts in found.items() if parts}


def _left(parts: Sequence[Part], weight: int) -> list[Part]:
    if weight == WHOLE:
        return list(parts)
    return [Part(part.code, part.weight * weight // WHOLE, part.step) for part in parts] if weight else []


def is_divided(element: Element) -> bool:
    """Whether a weight may divide it: what was counted, never who did it."""
    return element.additivity == "sum" and not element.about_people


def as_now(told: Told, elements: Sequence[Element], parts: Mapping[str, Sequence[Part]]) -> list[Now]:
    """In the order of codes."""
    return [
        Now(
            code,
            tuple(made),
            tuple(total(element, _figures(told, element, made, parts)) for element in elements),
        )
        for code, made in sorted(parts.items())
        if made
    ]


def _figures(
    told: Told, element: Element, made: Sequence[Part], parts: Mapping[str, Sequence[Part]]
) -> dict[str, Figure | None]:
    return {part.code: _shared(told.get(part.code), element, part, parts) for part in made}


def _shared(
    cells: Mapping[str, Figure] | None, element: Element, part: Part, parts: Mapping[str, Sequence[Part]]
) -> Figure | None:
    """What of a unit's figure goes along with the part."""
    figure = cells.get(element.code) if cells is not None else None
    if figure is None or part.is_whole:
        return figure
    if figure.numerator is None:
        return Figure(flag=figure.flag, estimated=True)
    if not is_divided(element):
        return Figure(flag=NOT_APPLICABLE, estimated=True)
    weights = _weights(part, parts)
    at = next(number for number, (other, _) in enumerate(weights) if other is part)
    above = share(int(figure.numerator), [weight for _, weight in weights])[at]
    return Figure(Decimal(above), None, Decimal(above), "", True)


def _weights(part: Part, parts: Mapping[str, Sequence[Part]]) -> list[tuple[Part, int]]:
    """All the shares of the same unit in the order of where they went, so that what they get adds up to the last one."""
    found = [
        (other, other.weight) for code in sorted(parts) for other in parts[code] if other.code == part.code
    ]
    lost = WHOLE - sum(weight for _, weight in found)
    return [(other, weight + (lost if not at else 0)) for at, (other, weight) in enumerate(found)]
