"""Walking the dated trees."""

import uuid
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


Parents = dict[uuid.UUID, set[uuid.UUID]]


class LinesUp:
    """Answers, for a unit on a day, itself and everything above it, each once, whichever tree leads there.

    Each day's links are read once, so ask one of these for a whole batch.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._days: dict[date, Parents] = {}
        self._lines: dict[tuple[uuid.UUID, date], list[uuid.UUID]] = {}

    def __call__(self, unit: uuid.UUID, day: date) -> list[uuid.UUID]:
        if (unit, day) not in self._lines:
            self._lines[unit, day] = _climb(unit, self._parents(day))
        return self._lines[unit, day]

    def _parents(self, day: date) -> Parents:
        if day not in self._days:
            self._days[day] = _parents_on(self._session, day)
        return self._days[day]


def _parents_on(session: Session, day: date) -> Parents:
    parents: Parents = {}
    links = session.execute(select(UnitLink.unit_id, UnitLink.parent_id).where(holds_on(UnitLink, day)))
    for unit, parent in links:
        parents.setdefault(unit, set()).add(parent)
    return parents


def _climb(unit: uuid.UUID, parents: Parents) -> list[uuid.UUID]:
    found, next_up = [unit], [unit]
    while next_up:
        next_up = [p for u in next_up for p in parents.get(u, ()) if p not in found]
        found.extend(dict.fromkeys(next_up))
    return found
