"""Walking the dated trees."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, or_, select
from sqlalchemy.orm import Session

from backend.units.lineage import lineage
from backend.units.models import Unit, UnitLink
from backend.units.vocabulary import TREE_OF


def holds_on(table: type, day: date) -> ColumnElement[bool]:
    """The row's dates include `day`; `valid_to` is the first day it no longer holds."""
    return and_(table.valid_from <= day, or_(table.valid_to.is_(None), table.valid_to > day))  # type: ignore[attr-defined]


def own_line(unit: uuid.UUID) -> ScalarSelect[str]:
    """The tree a unit belongs to by its kind: a Party organisation's own line is the Party's, a commune's the State's."""
    return (
        select(case(dict(TREE_OF), value=Unit.kind, else_="territory"))
        .where(Unit.id == unit)
        .scalar_subquery()
    )


def subtree(session: Session, root: uuid.UUID, day: date, tree: str | None = None) -> set[uuid.UUID]:
    """The unit and all below it on that day, in the named tree or else in its own line.

    The lines meet at the commune and part there: what stands below a commune for the State says nothing about its cells.
    """
    line = own_line(root) if tree is None else tree
    below = select(UnitLink.unit_id.label("id")).where(
        UnitLink.parent_id == root, UnitLink.tree == line, holds_on(UnitLink, day)
    )
    walk = below.cte("below", recursive=True)
    walk = walk.union(
        select(UnitLink.unit_id)
        .join(walk, UnitLink.parent_id == walk.c.id)
        .where(UnitLink.tree == line, holds_on(UnitLink, day))
    )
    return {root, *session.scalars(select(walk.c.id))}


Link = tuple[uuid.UUID, date, date | None]
"""(parent, from, to)"""


class LinesUp:
    """Answers, for a unit on a day, itself and everything above it, each once, whichever tree leads there.

    A unit that went into another leads there too, on whatever day, and from it to what stands above it since: so the
    other one holds both histories, and the totals above add up. All links are read once: ask one of these for a batch.
    """

    def __init__(self, session: Session) -> None:
        self._lineage = lineage(session)
        self._links: dict[uuid.UUID, list[Link]] = {}
        rows = session.execute(
            select(UnitLink.unit_id, UnitLink.parent_id, UnitLink.valid_from, UnitLink.valid_to).order_by(
                UnitLink.valid_from, UnitLink.id
            )
        )
        for unit, parent, since, until in rows:
            self._links.setdefault(unit, []).append((parent, since, until))
        self._lines: dict[tuple[uuid.UUID, date], list[uuid.UUID]] = {}

    def __call__(self, unit: uuid.UUID, day: date) -> list[uuid.UUID]:
        if (unit, day) not in self._lines:
            self._lines[unit, day] = self._climb(unit, day)
        return self._lines[unit, day]

    def _climb(self, unit: uuid.UUID, day: date) -> list[uuid.UUID]:
        found, next_up = {unit: day}, [(unit, day)]
        while next_up:
            reached = [step for u, d in next_up for step in self._above(u, d)]
            next_up = []
            for above, on in reached:
                if above not in found:
                    found[above] = on
                    next_up.append((above, on))
        return list(found)

    def _above(self, unit: uuid.UUID, day: date) -> Iterator[tuple[uuid.UUID, date]]:
        for parent, since, until in self._links.get(unit, ()):
            if since <= day and (until is None or day < until):
                yield parent, day
        if step := self._lineage.next(unit):
            yield step.target, max(day, step.holds_from)

    def ever_below(self, units: Iterable[uuid.UUID]) -> set[uuid.UUID]:
        """The units and all that stood below them on any day, or went into those."""
        below: dict[uuid.UUID, set[uuid.UUID]] = {}
        for unit, links in self._links.items():
            for parent, _, _ in links:
                below.setdefault(parent, set()).add(unit)
        found: set[uuid.UUID] = set()
        wanted = list(units)
        while wanted:
            unit = wanted.pop()
            if unit not in found:
                found.add(unit)
                wanted.extend(below.get(unit, ()))
                wanted.extend(self._lineage.before(unit))
        return found
