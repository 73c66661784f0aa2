"""Units that become one. The old ones end on a day and stay readable with all that was counted in them.

Whoever belongs to them is moved by `backend.people.regrouping`, which calls this. Figures follow by themselves: the facts
of a unit that went into another count there too (`trees.LinesUp`), and the worker counts anew what that changes.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.units import change, undoing
from backend.units.errors import (
    CannotMerge,
    CodeTaken,
    HeadcountNewer,
    NotYet,
    OneIsNotEnough,
    OtherCommune,
    UnitUnknown,
)
from backend.units.models import Headcount, JoinCode, Unit, UnitLink
from backend.units.queries import NamedUnit, named_many
from backend.units.trees import LinesUp, holds_on


@dataclass(frozen=True)
class NewUnit:
    """What a unit made out of others will be called."""

    code: str
    name: str
    level_word: str


@dataclass(frozen=True)
class Total:
    """The heads of one population of all the units together, and where the parts were counted."""

    population: str
    people: int
    parts: tuple[Headcount, ...]


@dataclass(frozen=True)
class Foreseen:
    """What a merge would do: the units with their names, their heads added up, and what stands below them."""

    units: tuple[NamedUnit, ...]
    totals: tuple[Total, ...]
    below: tuple[NamedUnit, ...]

    @property
    def digest(self) -> str:
        """Stands for exactly this, so that a yes to it is not taken for a yes to something else."""
        said = [[u.code, u.full_name] for u in (*self.units, *self.below)]
        heads = [[t.population, t.people, [row.on_date.isoformat() for row in t.parts]] for t in self.totals]
        return hashlib.sha256(json.dumps([said, heads]).encode()).hexdigest()


Parents = frozenset[tuple[str, uuid.UUID]]
"""(tree, parent)"""
ON_A_DECISION = ("digital_team",)
"""Each was set up by a decision of its own, which a merge has not: its members and households go to another one."""


def foresee(session: Session, sources: Iterable[uuid.UUID], on: date) -> Foreseen:
    """Nothing is written. Raises what `merge` raises for these units and this day."""
    units = _locked(session, set(sources))
    check(session, units, on)
    ids = [unit.id for unit in units]
    below = session.scalars(
        select(UnitLink.unit_id).where(UnitLink.parent_id.in_(ids), holds_on(UnitLink, clock.today()))
    )
    named = [named_many(session, some, clock.today()).values() for some in (ids, below)]
    units_, below_ = (tuple(sorted(found, key=lambda unit: unit.code)) for found in named)
    return Foreseen(units_, tuple(headcounts(session, units)), below_)


def merge(
    session: Session,
    sources: Iterable[uuid.UUID],
    into: NewUnit | uuid.UUID,
    *,
    on: date,
    document: str,
    decided_on: date | None = None,
    issuer: str = "",
    kind: str = "merge",
) -> uuid.UUID:
    """The sources become one unit, new or there already, from the day `on`; answers which.

    `kind`: a merge, or the abolition of what goes whole into another.
    Their names and places end, what stood below them stands below the one, and its headcounts are the sums of theirs.
    Raises OneIsNotEnough, NotYet, CannotMerge, OtherCommune, HeadcountNewer, CodeTaken, UnitUnknown.
    """
    units = _locked(session, {*sources, *([into] if isinstance(into, uuid.UUID) else [])})
    parents, totals = check(session, units, on), headcounts(session, units)
    _check_target(session, into, totals, on)
    ids = [unit.id for unit in units]
    names = {unit.id: unit.full_name for unit in named_many(session, ids, on).values()}
    above = _above(session, units, on)
    with undoing.remembered(session, ids, []) as made:
        if isinstance(into, NewUnit):
            made.append(_found(session, into, units[0].kind, parents, on))
        target = into if isinstance(into, uuid.UUID) else made[0]
        gone = [unit for unit in ids if unit != target]
        for unit in gone:
            change.close(session, unit, on)
            hand_over(session, unit, target, on)
        for total in totals:
            source = _source(total, document, names)
            change.count_heads(session, target, total.population, on, total.people, source)
        steps = [(unit, target) for unit in gone]
        made.append(
            change.record(
                session, kind, steps, on=on, document=document, decided_on=decided_on, issuer=issuer
            )
        )
    session.flush()  # the lines are read anew
    # A unit that is gone too: what stood below it on later days already counted does so no more.
    change.ask_recount(session, {target} | (above ^ set(LinesUp(session)(target, on))))
    return target


def _above(session: Session, units: Sequence[Unit], on: date) -> set[uuid.UUID]:
    """The units and everything above them."""
    lines = LinesUp(session)
    return {above for unit in units for above in lines(unit.id, on)}


def _locked(session: Session, ids: set[uuid.UUID]) -> list[Unit]:
    """Held to the end, so that two people do not merge the same unit. Raises OneIsNotEnough, UnitUnknown."""
    query = select(Unit).where(Unit.id.in_(ids)).order_by(Unit.id).with_for_update()
    found = list(session.scalars(query.execution_options(populate_existing=True)))
    if len(found) < len(ids):
        raise UnitUnknown
    if len(found) < 2:
        raise OneIsNotEnough
    return found


def check(session: Session, units: Sequence[Unit], on: date, *, may_be_ahead: bool = False) -> Parents:
    """Where all the units stand. Raises CannotMerge, OtherCommune, and NotYet unless the day may be ahead."""
    if len(units) < 2:
        raise OneIsNotEnough
    if on > clock.today() and not may_be_ahead:
        raise NotYet
    places = {_parents(session, unit.id, on) for unit in units}
    since: date | None = session.scalars(
        select(func.max(UnitLink.valid_from)).where(UnitLink.unit_id.in_([unit.id for unit in units]))
    ).one()
    alike = len({unit.kind for unit in units}) == 1 and len(places) == 1
    if not alike and len(communes_of(session, [unit.id for unit in units], on)) > 1:
        raise OtherCommune
    if (
        not alike
        or units[0].kind in ON_A_DECISION
        or any(unit.valid_to for unit in units)
        or since is None
        or since >= on
    ):
        raise CannotMerge
    return places.pop()


def communes_of(session: Session, units: Iterable[uuid.UUID], on: date) -> set[uuid.UUID]:
    """The communes in which these units stand."""
    lines = LinesUp(session)
    above = {up for unit in units for up in lines(unit, on)}
    return set(session.scalars(select(Unit.id).where(Unit.id.in_(above), Unit.kind == "commune")))


def _parents(session: Session, unit: uuid.UUID, on: date) -> Parents:
    rows = session.execute(
        select(UnitLink.tree, UnitLink.parent_id).where(UnitLink.unit_id == unit, holds_on(UnitLink, on))
    )
    return frozenset((tree, parent) for tree, parent in rows)


def headcounts(session: Session, units: Sequence[Unit]) -> list[Total]:
    """The newest headcounts added up, per population; only where every unit has one: null is not zero."""
    newest: dict[str, dict[uuid.UUID, Headcount]] = {}
    rows = session.scalars(
        select(Headcount).where(Headcount.unit_id.in_([u.id for u in units])).order_by(Headcount.on_date)
    )
    for row in rows:
        newest.setdefault(row.population, {})[row.unit_id] = row
    return [
        Total(population, sum(row.people for row in found.values()), tuple(found.values()))
        for population, found in sorted(newest.items())
        if len(found) == len(units)
    ]


def _check_target(session: Session, into: NewUnit | uuid.UUID, totals: Sequence[Total], on: date) -> None:
    """A unit that stays and was counted on that day or later: did that count hold the others?

    Raises HeadcountNewer, CodeTaken.
    """
    if isinstance(into, NewUnit):
        if session.scalars(select(Unit.id).where(Unit.code == into.code)).first() is not None:
            raise CodeTaken(unit_code=into.code)
    elif any(row.unit_id == into and row.on_date >= on for total in totals for row in total.parts):
        raise HeadcountNewer


def _source(total: Total, document: str, names: Mapping[uuid.UUID, str]) -> str:
    parts = ", ".join(
        f"{names.get(row.unit_id, '')} {row.people} ({row.on_date:%d/%m/%Y})" for row in total.parts
    )
    return f"Cộng {parts}; {document}"[:300]


def _found(session: Session, new: NewUnit, kind: str, parents: Parents, on: date) -> uuid.UUID:
    return change.found(
        session,
        code=new.code,
        kind=kind,
        name=new.name,
        level_word=new.level_word,
        since=on,
        parents=dict(parents),
    )


def hand_over(session: Session, unit: uuid.UUID, target: uuid.UUID, on: date) -> None:
    """What stood below the unit stands below the one it went into, and its join codes lead there."""
    below = session.scalars(
        select(UnitLink).where(
            UnitLink.parent_id == unit, UnitLink.valid_to.is_(None) | (UnitLink.valid_to > on)
        )
    ).all()
    for link in below:
        if link.valid_from >= on:
            link.parent_id = target
        else:
            session.add(
                UnitLink(
                    unit_id=link.unit_id,
                    parent_id=target,
                    tree=link.tree,
                    valid_from=on,
                    valid_to=link.valid_to,
                )
            )
            link.valid_to = on
    for code in session.scalars(select(JoinCode).where(JoinCode.unit_id == unit)):
        code.unit_id = target
