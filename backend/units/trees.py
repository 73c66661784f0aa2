"""Walking the dated trees."""

import uuid
from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, or_, select
from sqlalchemy.orm import Session

from backend.db.statements import among
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


def subtrees(session: Session, roots: Iterable[uuid.UUID], day: date) -> set[uuid.UUID]:
    """Several units and all below each in its own line: a statement a line, however many units."""
    kinds = dict(session.execute(select(Unit.id, Unit.kind).where(among(Unit.id, roots))).all())
    found = set(kinds)
    for line in {TREE_OF.get(kind, "territory") for kind in kinds.values()}:
        own = [unit for unit, kind in kinds.items() if TREE_OF.get(kind, "territory") == line]
        here = (UnitLink.tree == line, holds_on(UnitLink, day))
        below = select(UnitLink.unit_id.label("id")).where(among(UnitLink.parent_id, own), *here)
        walk = below.cte("below", recursive=True)
        walk = walk.union(select(UnitLink.unit_id).join(walk, UnitLink.parent_id == walk.c.id).where(*here))
        found.update(session.scalars(select(walk.c.id)))
    return found


def each_subtree(session: Session, roots: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, set[uuid.UUID]]:
    """The same, each for itself: unit -> it and all below it in its own line. A statement a line."""
    kinds = dict(session.execute(select(Unit.id, Unit.kind).where(among(Unit.id, roots))).all())
    found = {unit: {unit} for unit in kinds}
    for line in {TREE_OF.get(kind, "territory") for kind in kinds.values()}:
        own = [unit for unit, kind in kinds.items() if TREE_OF.get(kind, "territory") == line]
        here = (UnitLink.tree == line, holds_on(UnitLink, day))
        below = select(UnitLink.parent_id.label("root"), UnitLink.unit_id.label("id")).where(
            among(UnitLink.parent_id, own), *here
        )
        walk = below.cte("below", recursive=True)
        walk = walk.union(
            select(walk.c.root, UnitLink.unit_id).join(walk, UnitLink.parent_id == walk.c.id).where(*here)
        )
        for root, unit in session.execute(select(walk.c.root, walk.c.id)):
            found[root].add(unit)
    return found


def parents_of(session: Session, units: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, uuid.UUID]:
    """Unit -> what stands right above it on that day in its own line, where something does."""
    line = case(dict(TREE_OF), value=Unit.kind, else_="territory")
    rows = session.execute(
        select(UnitLink.unit_id, UnitLink.parent_id)
        .join(Unit, Unit.id == UnitLink.unit_id)
        .where(among(UnitLink.unit_id, units), UnitLink.tree == line, holds_on(UnitLink, day))
    )
    return dict(rows.all())


def _ever_above(units: Iterable[uuid.UUID]) -> Select[uuid.UUID]:
    """The units and whatever a link on any day leads to from them."""
    walk = select(Unit.id).where(among(Unit.id, units)).cte("ever_above", recursive=True)
    walk = walk.union(select(UnitLink.parent_id).join(walk, UnitLink.unit_id == walk.c.id))
    return select(walk.c.id)


Link = tuple[uuid.UUID, date, date | None]
"""(parent, from, to)"""


class LinesUp:
    """Answers, for a unit on a day, itself and everything above it, each once, whichever tree leads there.

    A unit that went into another leads there too, on whatever day, and from it to what stands above it since: so the
    other one holds both histories, and the totals above add up. All links are read once: ask one of these for a batch.
    `of`: only for these units, in a country's tree; nothing below a unit is known then.
    """

    def __init__(self, session: Session, of: Iterable[uuid.UUID] | None = None) -> None:
        self._lineage = lineage(session)
        self._links: dict[uuid.UUID, list[Link]] = {}
        query = select(UnitLink.unit_id, UnitLink.parent_id, UnitLink.valid_from, UnitLink.valid_to)
        if of is not None:
            targets = (step.target for step in self._lineage.steps)
            query = query.where(UnitLink.unit_id.in_(_ever_above({*of, *targets})))
        for unit, parent, since, until in session.execute(query.order_by(UnitLink.valid_from, UnitLink.id)):
            self._links.setdefault(unit, []).append((parent, since, until))
        self._lines: dict[tuple[uuid.UUID, date], list[uuid.UUID]] = {}

    def __call__(self, unit: uuid.UUID, day: date) -> list[uuid.UUID]:
        if (unit, day) not in self._lines:
            self._lines[unit, day] = self.climb(unit, day)
        return self._lines[unit, day]

    def units(self) -> set[uuid.UUID]:
        """Units above which something stood on some day."""
        return self._links.keys() | {step.source for step in self._lineage.steps}

    def days_of_change(self) -> list[date]:
        """Days on which anything in the tree began or ended."""
        held = (link[1:] for links in self._links.values() for link in links)
        changed = {day for days in held for day in days if day}
        return sorted(changed | {step.holds_from for step in self._lineage.steps})

    def climb(self, unit: uuid.UUID, day: date) -> list[uuid.UUID]:
        """The same answer without keeping it: for who asks about each unit once."""
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
