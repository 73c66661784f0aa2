"""Writing units: founding, naming, placing, counting heads, and freezing counts."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.units.models import (
    WHOLE,
    FrozenHeadcount,
    Headcount,
    Unit,
    UnitCrosswalk,
    UnitEvent,
    UnitLink,
    UnitName,
    UnitRecount,
)
from backend.units.queries import newest_heads
from backend.units.trees import holds_on
from backend.units.words import fold, sort_key


def found(
    session: Session,
    *,
    code: str,
    kind: str,
    name: str,
    level_word: str,
    since: date,
    parents: dict[str, uuid.UUID] | None = None,
) -> uuid.UUID:
    """A new unit with its first name and its place in each tree named in `parents`."""
    unit = Unit(code=code, kind=kind, valid_from=since)
    session.add(unit)
    session.flush()  # the name and the links need its id
    _name(session, unit.id, name, level_word, since)
    for tree, parent in (parents or {}).items():
        session.add(UnitLink(unit_id=unit.id, parent_id=parent, tree=tree, valid_from=since))
    session.flush()  # names of later units are looked up against these rows
    return unit.id


def rename(session: Session, unit: uuid.UUID, name: str, level_word: str, since: date) -> None:
    """From `since` the unit bears the new name; what was written before keeps the old one."""
    current = session.scalars(
        select(UnitName).where(UnitName.unit_id == unit, holds_on(UnitName, since))
    ).one()
    if current.valid_from == since:  # put right on the day it was given
        session.delete(current)
        session.flush()  # a unit has one name from a day on
    current.valid_to = since
    _name(session, unit, name, level_word, since)


def place(session: Session, unit: uuid.UUID, parent: uuid.UUID, tree: str, since: date) -> None:
    """From `since` the unit stands under `parent` in that tree; until then where it stood."""
    current = session.scalars(
        select(UnitLink).where(UnitLink.unit_id == unit, UnitLink.tree == tree, holds_on(UnitLink, since))
    ).one_or_none()
    if current is not None and current.valid_from == since:
        current.parent_id = parent
        return
    if current is not None:
        current.valid_to = since
    session.add(UnitLink(unit_id=unit, parent_id=parent, tree=tree, valid_from=since))


def close(session: Session, unit: uuid.UUID, on: date) -> None:
    """The unit, its name and its places end; `on` is the first day it no longer exists."""
    session.get_one(Unit, unit).valid_to = on
    for table in (UnitName, UnitLink):
        session.execute(update(table).where(table.unit_id == unit, holds_on(table, on)).values(valid_to=on))


def record(
    session: Session,
    kind: str,
    steps: Iterable[tuple[uuid.UUID, uuid.UUID]],
    *,
    on: date,
    document: str,
    decided_on: date | None = None,
    issuer: str = "",
) -> uuid.UUID:
    """One reorganisation with its document; each step is a unit and the one it went whole into (itself: it stayed)."""
    weighed = [(source, target, WHOLE) for source, target in steps]
    return record_parts(
        session, kind, weighed, on=on, document=document, decided_on=decided_on, issuer=issuer, basis="all"
    )


def record_parts(
    session: Session,
    kind: str,
    parts: Iterable[tuple[uuid.UUID, uuid.UUID, int]],
    *,
    on: date,
    document: str,
    decided_on: date | None,
    issuer: str,
    basis: str,
) -> uuid.UUID:
    """One reorganisation with how much of which unit went where, in thousandths."""
    event = UnitEvent(
        kind=kind, holds_from=on, document=document, decided_on=decided_on, issuer=issuer or None, made_at=clock.now()
    )  # fmt: skip
    session.add(event)
    session.flush()  # its crosswalk needs its id
    session.add_all(
        UnitCrosswalk(event_id=event.id, from_id=source, to_id=target, weight=weight, basis=basis)
        for source, target, weight in parts
    )
    return event.id


def ask_recount(session: Session, units: Iterable[uuid.UUID]) -> None:
    """Have the worker count the figures of these units anew."""
    session.add_all(UnitRecount(unit_id=unit) for unit in units)


def _name(session: Session, unit: uuid.UUID, name: str, level_word: str, since: date) -> None:
    full = f"{level_word} {name}"
    row = UnitName(
        unit_id=unit,
        name=name,
        level_word=level_word,
        folded=fold(full),
        sort_key=sort_key(name),
        valid_from=since,
    )
    session.add(row)


def count_heads(
    session: Session, unit: uuid.UUID, population: str, on_date: date, people: int, source: str
) -> None:
    session.add(Headcount(unit_id=unit, population=population, on_date=on_date, people=people, source=source))


def freeze_headcounts(
    session: Session, frozen_for: uuid.UUID, units: Iterable[uuid.UUID], population: str, moment: datetime,
    *, until: date | None = None,
) -> int:  # fmt: skip
    """Fix the newest snapshot of each unit as the denominator of `frozen_for`; answers how many were found.

    `until`: none that was counted after that day.
    """
    rows = newest_heads(session, units, until, [population]).values()
    session.add_all(
        FrozenHeadcount(frozen_for=frozen_for, unit_id=row.unit_id, headcount_id=row.id, frozen_at=moment)
        for row in rows
    )
    return len(rows)
