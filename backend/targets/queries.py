"""Which set of targets governs a unit, and what stands in it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from backend.targets.catalogue import indicator, indicators
from backend.targets.csv_file import Cell
from backend.targets.errors import SetUnknown
from backend.targets.models import PlanIndicator, Target, TargetSet
from backend.targets.rules import Goal
from backend.targets.series import Counted, Said, ThreeSeries, series
from backend.units.models import Unit, UnitLink
from backend.units.trees import holds_on, own_line, subtree
from backend.units.vocabulary import TREE_OF

__all__ = [
    "Counted",
    "Line",
    "Said",
    "ThreeSeries",
    "above",
    "cells",
    "goal",
    "governs",
    "in_force",
    "indicator",
    "indicators",
    "nearer",
    "series",
    "set_of",
    "sets_of_issuers",
    "target_set",
    "targets_for",
    "targets_of",
]


@dataclass(frozen=True)
class Line:
    """An indicator of a set with its targets, in the order of the document."""

    indicator: PlanIndicator
    targets: tuple[Target, ...]

    @property
    def goals(self) -> list[Goal]:
        return [goal(target) for target in self.targets]


def goal(target: Target) -> Goal:
    return Goal(target.horizon_year, target.comparator, target.value, target.value_max, target.basis)


def target_set(session: Session, set_id: uuid.UUID) -> TargetSet:
    """Raises SetUnknown."""
    found = session.get(TargetSet, set_id)
    if found is None:
        raise SetUnknown
    return found


def above(session: Session, unit: uuid.UUID, on: date) -> list[uuid.UUID]:
    """The unit and what stands above it on its own line that day, from near to far.

    The lines meet at the commune and part there: a Party cell stands below the commune's Party organisation, which follows
    its own line, not below the commune.
    """
    here = (UnitLink.tree == own_line(unit), holds_on(UnitLink, on))
    up = select(UnitLink.unit_id, UnitLink.parent_id).where(UnitLink.unit_id == unit, *here)
    walk = up.cte("up", recursive=True)
    next_up = select(UnitLink.unit_id, UnitLink.parent_id).join(walk, UnitLink.unit_id == walk.c.parent_id)
    walk = walk.union(next_up.where(*here))
    parents = dict(session.execute(select(walk.c.unit_id, walk.c.parent_id)).all())
    kinds = dict(
        session.execute(select(Unit.id, Unit.kind).where(Unit.id.in_({unit, *parents.values()}))).all()
    )
    way, line = [unit], TREE_OF.get(kinds[unit], "territory")
    while (parent := parents.get(way[-1])) and parent not in way:
        if TREE_OF.get(kinds[parent], "territory") != line:
            break
        way.append(parent)
    return way


def in_force(session: Session, issuers: Iterable[uuid.UUID], on: date) -> list[TargetSet]:
    """The sets these units issued that hold on that day, the newest first. One that was superseded by then does not."""
    later = aliased(TargetSet)
    query = (
        select(TargetSet)
        .outerjoin(later, (later.supersedes_id == TargetSet.id) & (later.valid_from <= on))
        .where(TargetSet.issuer_unit_id.in_(list(issuers)), TargetSet.valid_from <= on, later.id.is_(None))
        .order_by(TargetSet.valid_from.desc(), TargetSet.made_at.desc(), TargetSet.id.desc())
    )
    return list(session.scalars(query))


def set_of(session: Session, unit: uuid.UUID, on: date) -> TargetSet | None:
    """The set that governs the unit that day: its own, else that of the nearest unit above it on its own line."""
    way = above(session, unit, on)
    found = in_force(session, way, on)
    return min(found, key=lambda one: way.index(one.issuer_unit_id), default=None)


def governs(session: Session, of: TargetSet, unit: uuid.UUID, on: date) -> bool:
    """Whether the set, or an older or newer one of the same issuer, is the unit's. No other unit is ever judged by it."""
    found = set_of(session, unit, on)
    return (
        found.issuer_unit_id == of.issuer_unit_id if found else of.issuer_unit_id in above(session, unit, on)
    )


def nearer(session: Session, of: TargetSet, on: date) -> set[uuid.UUID]:
    """Units below the issuer that a set of their own governs, with all below them."""
    query = select(TargetSet.issuer_unit_id).where(TargetSet.valid_from <= on).distinct()
    below = subtree(session, of.issuer_unit_id, on) - {of.issuer_unit_id}
    return set().union(*(subtree(session, one, on) for one in session.scalars(query) if one in below))


def sets_of_issuers(session: Session, issuers: Iterable[uuid.UUID]) -> list[TargetSet]:
    """All sets of these units, what was superseded and what is to come included, the newest first."""
    mine = set(issuers)  # may be every unit of the country: too many to name to the database
    rows = session.scalars(select(TargetSet).order_by(TargetSet.valid_from.desc(), TargetSet.id.desc()))
    return [row for row in rows if row.issuer_unit_id in mine]


def targets_of(session: Session, set_id: uuid.UUID) -> list[Line]:
    """Indicators in the order of the document, their targets as they stand there."""
    rows = session.execute(
        select(Target, PlanIndicator)
        .join(PlanIndicator, PlanIndicator.id == Target.indicator_id)
        .where(Target.set_id == set_id)
        .order_by(Target.place)
    )
    found: dict[uuid.UUID, tuple[PlanIndicator, list[Target]]] = {}
    for target_row, indicator_row in rows:
        found.setdefault(indicator_row.id, (indicator_row, []))[1].append(target_row)
    return [Line(one, tuple(targets)) for one, targets in found.values()]


def targets_for(session: Session, of: TargetSet, code: str) -> Line | None:
    """One indicator of a set; None where the set has no target for it."""
    found = indicator(session, code)
    query = select(Target).where(Target.set_id == of.id, Target.indicator_id == found.id)
    rows = tuple(session.scalars(query.order_by(Target.horizon_year, Target.place)))
    return Line(found, rows) if rows else None


def cell(one: PlanIndicator, of: Target) -> Cell:
    """As it goes out into a file."""
    return Cell(
        one.code, one.name_vi, one.name_en, one.unit, one.scope, of.horizon_year, of.comparator, of.value,
        of.value_max, of.basis, of.source_anomaly, of.as_written, of.denominator,
    )  # fmt: skip


def cells(session: Session, set_id: uuid.UUID) -> list[Cell]:
    """Every target of a set in the order in which it came in."""
    rows = session.execute(
        select(PlanIndicator, Target)
        .join(Target, Target.indicator_id == PlanIndicator.id)
        .where(Target.set_id == set_id)
        .order_by(Target.place)
    )
    return [cell(one, of) for one, of in rows]
