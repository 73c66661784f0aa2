"""The board of a level: units of like size by one rate. Those in front are named, the others counted; nobody is last.

The size is what the rate is divided by where that is a headcount, so that the board needs no list of its own; else the
headcount this node knows. A unit whose whole is smaller than the smallest group shown stands on no board.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from backend.cards.sizes import EDGES, FEWEST
from backend.levels.overview import Line, Overview
from backend.levels.shapes import Element, Figure
from backend.levels.views import elements_of
from backend.units.likeness import Band, Compared, bands
from backend.units.queries import NamedUnit, newest_heads

POPULATION = "residents_from_7"


@dataclass(frozen=True)
class Board:
    """`unsized`: they told, but nobody knows how many they are. `silent`: nothing was told, or it is kept back."""

    element: Element
    bands: tuple[Band[NamedUnit], ...]
    unsized: tuple[NamedUnit, ...]
    silent: int


def rated(found: Overview) -> list[Element]:
    """What a board can be made of: rates, not bare counts."""
    return [element for element in elements_of(found) if element.factor is not None]


def board(session: Session, found: Overview, element: Element) -> Board:
    """One statement."""
    heads = _heads(session, found, found.about.period.last)
    rows, unsized = list[Compared[NamedUnit]](), list[NamedUnit]()
    for line in found.told:
        figure = _figure(line, element)
        size = _size(element, figure, heads.get(line.unit.code))
        if size is None:
            unsized.append(line.unit)
        elif size >= element.k:
            rows.append(Compared(line.unit, size, _people(figure), _rate(figure)))
    silent = sum(1 for line in found.lines if not _figure(line, element).is_known)
    return Board(element, tuple(bands(rows, EDGES, FEWEST)), tuple(unsized), silent)


def _figure(line: Line, element: Element) -> Figure:
    return line.cells.get(element.code, Figure(flag="N"))


def _size(element: Element, figure: Figure, head: int | None) -> int | None:
    if element.population and figure.denominator is not None:
        return int(figure.denominator)
    return head


def _rate(figure: Figure) -> Decimal | None:
    return figure.value if figure.is_known else None


def _people(figure: Figure) -> int | None:
    return int(figure.numerator) if figure.is_known and figure.numerator is not None else None


def _heads(session: Session, found: Overview, until: date) -> dict[str, int]:
    ids = {line.unit.id: line.unit.code for line in found.lines}
    rows = newest_heads(session, ids, until, [POPULATION])
    return {ids[unit]: row.people for (unit, _), row in rows.items()}
