"""Which set of targets governs a unit, and what stands in it."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from backend.db.statements import among
from backend.targets.catalogue import indicator, indicators
from backend.targets.csv_file import Cell
from backend.targets.errors import SetUnknown
from backend.targets.models import PlanIndicator, Target, TargetSet
from backend.targets.rules import Goal
from backend.targets.series import Counted, Said, ThreeSeries, series
from backend.units.models import Unit, UnitLink
from backend.units.trees import holds_on, subtree, subtrees
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
    "lines_in_force",
    "nearer",
    "series",
    "set_of",
    "sets_of",
    "sets_of_issuers",
    "target_set",
    "targets_for",
    "targets_of",
    "ways_up",
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
    return ways_up(session, [unit], on)[unit]


def ways_up(session: Session, units: Iterable[uuid.UUID], on: date) -> dict[uuid.UUID, list[uuid.UUID]]:
    """The same for several units: as many statements as there are lines among them, not units."""
    kinds = _kinds(session, units)
    lines: dict[str, list[uuid.UUID]] = {}
    for unit, kind in kinds.items():
        lines.setdefault(TREE_OF.get(kind, "territory"), []).append(unit)
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    for line, members in lines.items():
        parents = _parents(session, members, line, on)
        lies_on = _kinds(session, parents.values())
        within = {unit for unit, kind in lies_on.items() if TREE_OF.get(kind, "territory") == line}
        found |= {unit: _way(unit, parents, within) for unit in members}
    return found


def _kinds(session: Session, units: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = session.execute(select(Unit.id, Unit.kind).where(among(Unit.id, units)))
    return dict(rows.all())


def _parents(session: Session, units: Iterable[uuid.UUID], line: str, on: date) -> dict[uuid.UUID, uuid.UUID]:
    """Unit -> what stands right above it, all the way up from these."""
    here = (UnitLink.tree == line, holds_on(UnitLink, on))
    up = select(UnitLink.unit_id, UnitLink.parent_id).where(among(UnitLink.unit_id, units), *here)
    walk = up.cte("up", recursive=True)
    next_up = select(UnitLink.unit_id, UnitLink.parent_id).join(walk, UnitLink.unit_id == walk.c.parent_id)
    walk = walk.union(next_up.where(*here))
    return dict(session.execute(select(walk.c.unit_id, walk.c.parent_id)).all())


def _way(
    unit: uuid.UUID, parents: Mapping[uuid.UUID, uuid.UUID], within: Collection[uuid.UUID]
) -> list[uuid.UUID]:
    way = [unit]
    while (parent := parents.get(way[-1])) and parent not in way and parent in within:
        way.append(parent)
    return way


def in_force(session: Session, issuers: Iterable[uuid.UUID], on: date) -> list[TargetSet]:
    """The sets these units issued that hold on that day, the newest first. One that was superseded by then does not."""
    later = aliased(TargetSet)
    query = (
        select(TargetSet)
        .outerjoin(later, (later.supersedes_id == TargetSet.id) & (later.valid_from <= on))
        .where(among(TargetSet.issuer_unit_id, issuers), TargetSet.valid_from <= on, later.id.is_(None))
        .where(TargetSet.withdrawn_at.is_(None))
        .order_by(TargetSet.valid_from.desc(), TargetSet.made_at.desc(), TargetSet.id.desc())
    )
    return list(session.scalars(query))


def set_of(session: Session, unit: uuid.UUID, on: date) -> TargetSet | None:
    """The set that governs the unit that day: its own, else that of the nearest unit above it on its own line."""
    return sets_of(session, [unit], on).get(unit)


def sets_of(session: Session, units: Iterable[uuid.UUID], on: date) -> dict[uuid.UUID, TargetSet]:
    """The same for several units; one without a set is not in it."""
    ways = ways_up(session, units, on)
    found = in_force(session, {one for way in ways.values() for one in way}, on)
    nearest = {
        unit: min(
            (one for one in found if one.issuer_unit_id in way), key=lambda one: way.index(one.issuer_unit_id), default=None
        )
        for unit, way in ways.items()
    }  # fmt: skip
    return {unit: of for unit, of in nearest.items() if of}


def lines_in_force(
    session: Session, unit: uuid.UUID, on: date, codes: Iterable[str]
) -> dict[str, tuple[TargetSet, Line]]:
    """Indicator -> the set and the targets that govern the unit that day. Where the nearest issuer has several sets in
    force, the newest that names the indicator."""
    way = above(session, unit, on)
    found = in_force(session, way, on)
    nearest = min((way.index(one.issuer_unit_id) for one in found), default=None)
    sets = {one.id: one for one in found if nearest is not None and one.issuer_unit_id == way[nearest]}
    rows = session.execute(
        select(Target, PlanIndicator)
        .join(PlanIndicator, PlanIndicator.id == Target.indicator_id)
        .where(Target.set_id.in_(list(sets)), PlanIndicator.code.in_(list(codes)))
        .order_by(Target.horizon_year, Target.place)
    ).all()
    told: dict[str, tuple[TargetSet, Line]] = {}
    for set_id, of in sets.items():  # the newest first
        for code in {one.code for target, one in rows if target.set_id == set_id} - told.keys():
            mine = [(target, one) for target, one in rows if (target.set_id, one.code) == (set_id, code)]
            told[code] = (of, Line(mine[0][1], tuple(target for target, _ in mine)))
    return told


def governs(session: Session, of: TargetSet, unit: uuid.UUID, on: date) -> bool:
    """Whether the set, or an older or newer one of the same issuer, is the unit's. No other unit is ever judged by it."""
    found = set_of(session, unit, on)
    return (
        found.issuer_unit_id == of.issuer_unit_id if found else of.issuer_unit_id in above(session, unit, on)
    )


def nearer(session: Session, of: TargetSet, on: date) -> set[uuid.UUID]:
    """Units below the issuer that a set of their own governs, with all below them."""
    holds = (TargetSet.valid_from <= on, TargetSet.withdrawn_at.is_(None))
    query = select(TargetSet.issuer_unit_id).where(*holds).distinct()
    below = subtree(session, of.issuer_unit_id, on) - {of.issuer_unit_id}
    return subtrees(session, [one for one in session.scalars(query) if one in below], on)


def sets_of_issuers(session: Session, issuers: Iterable[uuid.UUID]) -> list[TargetSet]:
    """All sets of these units, what was superseded and what is to come included, the newest first."""
    mine = set(issuers)  # may be every unit of the country: too many to name to the database
    held = select(TargetSet).where(TargetSet.withdrawn_at.is_(None))
    rows = session.scalars(held.order_by(TargetSet.valid_from.desc(), TargetSet.id.desc()))
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
        of.value_max, of.basis, of.source_anomaly, of.as_written, of.denominator, one.numerator, one.factor, one.decimals,
        one.additivity, one.direction,
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
