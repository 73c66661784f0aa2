"""Writing units: founding, naming, placing, counting heads, and freezing counts."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.units.models import FrozenHeadcount, Headcount, Unit, UnitLink, UnitName
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
    current.valid_to = since
    _name(session, unit, name, level_word, since)


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
    session: Session, frozen_for: uuid.UUID, units: Iterable[uuid.UUID], population: str, moment: datetime
) -> int:
    """Fix the newest snapshot of each unit as the denominator of `frozen_for`; answers how many were found."""
    newest = (
        select(Headcount.unit_id, func.max(Headcount.on_date).label("on_date"))
        .where(Headcount.population == population, Headcount.unit_id.in_(list(units)))
        .group_by(Headcount.unit_id)
        .subquery()
    )
    rows = session.execute(
        select(Headcount.id, Headcount.unit_id)
        .join(newest, (newest.c.unit_id == Headcount.unit_id) & (newest.c.on_date == Headcount.on_date))
        .where(Headcount.population == population)
    ).all()
    session.add_all(
        FrozenHeadcount(frozen_for=frozen_for, unit_id=unit, headcount_id=headcount, frozen_at=moment)
        for headcount, unit in rows
    )
    return len(rows)
