"""Walking the dated trees."""

import uuid
from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from backend.units.models import UnitLink


def holds_on(table: type, day: date) -> ColumnElement[bool]:
    """The row's dates include `day`; `valid_to` is the first day it no longer holds."""
    return and_(table.valid_from <= day, or_(table.valid_to.is_(None), table.valid_to > day))  # type: ignore[attr-defined]


def subtree(session: Session, root: uuid.UUID, day: date, tree: str = "territory") -> set[uuid.UUID]:
    """The unit and all below it on that day."""
    below = select(UnitLink.unit_id.label("id")).where(
        UnitLink.parent_id == root, UnitLink.tree == tree, holds_on(UnitLink, day)
    )
    walk = below.cte("below", recursive=True)
    walk = walk.union(
        select(UnitLink.unit_id)
        .join(walk, UnitLink.parent_id == walk.c.id)
        .where(UnitLink.tree == tree, holds_on(UnitLink, day))
    )
    return {root, *session.scalars(select(walk.c.id))}


def lines_up(session: Session, units: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, list[uuid.UUID]]:
    """For each unit: itself and everything above it on that day, each once, whichever tree leads there."""
    parents: dict[uuid.UUID, set[uuid.UUID]] = {}
    for unit, parent in session.execute(
        select(UnitLink.unit_id, UnitLink.parent_id).where(holds_on(UnitLink, day))
    ):
        parents.setdefault(unit, set()).add(parent)
    return {unit: _climb(unit, parents) for unit in set(units)}


def _climb(unit: uuid.UUID, parents: dict[uuid.UUID, set[uuid.UUID]]) -> list[uuid.UUID]:
    found, next_up = [unit], [unit]
    while next_up:
        next_up = [p for u in next_up for p in parents.get(u, ()) if p not in found]
        found.extend(dict.fromkeys(next_up))
    return found
