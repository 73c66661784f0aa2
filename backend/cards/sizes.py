"""Communes in groups of like size, so that nobody reads a small one beside a large one."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from backend.cards.shapes import Template
from backend.units.likeness import Band, Compared, bands
from backend.units.queries import NamedUnit, newest_heads

EDGES = (0, 2000, 5000, 8000, 12_000, 16_000, 20_000, 30_000, 50_000)
"""Where groups of communes may begin, in people; neighbours are joined until each has enough."""
FEWEST = 3


@dataclass(frozen=True)
class Sized:
    """`band` None: nobody counted heads, so they stand beside nobody."""

    band: Band[NamedUnit] | None
    units: list[NamedUnit]


def in_sizes(session: Session, units: Sequence[NamedUnit], template: Template, until: date) -> list[Sized]:
    """From small to large, within a group in the order they came; those without a headcount last."""
    heads = _heads(session, [unit.id for unit in units], template, until)
    counted = [Compared(unit, heads[unit.id], None, None) for unit in units if unit.id in heads]
    found = [
        Sized(band, [unit for unit in units if unit in set(band.units)])
        for band in bands(counted, EDGES, FEWEST)
    ]
    unsized = [unit for unit in units if unit.id not in heads]
    return [*found, *([Sized(None, unsized)] if unsized else [])]


def _heads(
    session: Session, units: Sequence[uuid.UUID], template: Template, until: date
) -> dict[uuid.UUID, int]:
    """The newest headcount of each up to that day, of the population the template divides by first."""
    population = min(template.populations, default="residents_from_7")
    found = newest_heads(session, units, until, [population])
    return {unit: row.people for (unit, _), row in found.items()}
