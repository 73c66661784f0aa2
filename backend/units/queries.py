import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, aliased

from backend.db.statements import among
from backend.units.errors import ClassCodeUnknown, UnitUnknown
from backend.units.lineage import Lineage, lineage
from backend.units.models import FrozenHeadcount, Headcount, JoinCode, Unit, UnitLink, UnitName
from backend.units.trees import holds_on
from backend.units.words import fold


@dataclass(frozen=True)
class NamedUnit:
    """A unit as it is called on a day."""

    id: uuid.UUID
    code: str
    kind: str
    name: str
    level_word: str
    parent_name: str | None = None

    @property
    def full_name(self) -> str:
        """'Xóm Đồng Tiến': the level word belongs to the name people say."""
        return f"{self.level_word} {self.name}".strip()

    @property
    def heading(self) -> str:
        """'Xóm Đồng Tiến' where it begins a line."""
        return self.full_name[:1].upper() + self.full_name[1:]


def _named(day: date) -> Select[uuid.UUID, str, str, str, str, str | None]:
    above = aliased(UnitName)
    return (
        select(Unit.id, Unit.code, Unit.kind, UnitName.name, UnitName.level_word, above.name)
        .join(UnitName, (UnitName.unit_id == Unit.id) & holds_on(UnitName, day))
        .outerjoin(
            UnitLink,
            (UnitLink.unit_id == Unit.id) & (UnitLink.tree == "territory") & holds_on(UnitLink, day),
        )
        .outerjoin(above, (above.unit_id == UnitLink.parent_id) & holds_on(above, day))
        .where(holds_on(Unit, day))
    )


def named(session: Session, unit: uuid.UUID, day: date) -> NamedUnit:
    """Raises UnitUnknown when the unit is not there on that day."""
    row = session.execute(_named(day).where(Unit.id == unit)).first()
    if row is None:
        raise UnitUnknown
    return NamedUnit(*row)


def named_many(
    session: Session, units: Iterable[uuid.UUID], day: date, kind: str | None = None
) -> dict[uuid.UUID, NamedUnit]:
    """However many: a national office asks for every unit of the country."""
    query = _named(day).where(among(Unit.id, units))
    rows = session.execute(query.where(Unit.kind == kind) if kind else query)
    return {row[0]: NamedUnit(*row) for row in rows}


def named_to_the_last(session: Session, units: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, NamedUnit]:
    """As they are called on that day; those that have ended as they were called last. For papers, which outlive units."""
    wanted = set(units)
    found = named_many(session, wanted, day)
    gone = wanted - found.keys()
    return found | _as_they_ended(session, gone) if gone else found


def _as_they_ended(session: Session, units: set[uuid.UUID]) -> dict[uuid.UUID, NamedUnit]:
    rows = session.execute(
        select(Unit.id, Unit.code, Unit.kind, UnitName.name, UnitName.level_word)
        .join(UnitName, UnitName.unit_id == Unit.id)
        .where(among(Unit.id, units), Unit.valid_to.is_not(None))
        .order_by(UnitName.valid_from)
    )
    return {row[0]: NamedUnit(*row) for row in rows}  # the last name comes last


def named_at_last(session: Session, unit: uuid.UUID, day: date) -> NamedUnit:
    """One of them. Raises UnitUnknown for what was never there."""
    found = named_to_the_last(session, [unit], day)
    if unit not in found:
        raise UnitUnknown
    return found[unit]


def search(
    session: Session,
    words: str,
    kind: str | None,
    day: date,
    limit: int = 20,
    first_below: uuid.UUID | None = None,
) -> list[NamedUnit]:
    """Units whose folded name holds every folded word, in Vietnamese order; 'dong' finds 'Đồng Tiến'.

    Those right below `first_below` stand before all others.
    """
    query = _named(day).limit(limit)
    if first_below:
        query = query.order_by(case((UnitLink.parent_id == first_below, 0), else_=1))
    query = query.order_by(UnitName.sort_key, Unit.code)
    if kind:
        query = query.where(Unit.kind == kind)
    full = func.lower(UnitName.folded)
    for word in fold(words).split():
        query = query.where(full.contains(word, autoescape=True))
    return [NamedUnit(*row) for row in session.execute(query)]


def children(session: Session, parent: uuid.UUID, kind: str, day: date) -> list[NamedUnit]:
    query = _named(day).where(UnitLink.parent_id == parent, Unit.kind == kind).order_by(UnitName.sort_key)
    return [NamedUnit(*row) for row in session.execute(query)]


def class_with_code(session: Session, code: str, day: date) -> uuid.UUID:
    """Raises ClassCodeUnknown."""
    found = session.execute(
        select(JoinCode.unit_id).where(
            JoinCode.code == code.strip().upper(), (JoinCode.valid_to.is_(None)) | (JoinCode.valid_to > day)
        )
    ).scalar_one_or_none()
    if found is None:
        raise ClassCodeUnknown
    return found


def newest_heads(
    session: Session, units: Iterable[uuid.UUID], until: date | None = None, populations: Iterable[str] | None = None
) -> dict[tuple[uuid.UUID, str], Headcount]:  # fmt: skip
    """Unit and population -> the headcount counted last; `until`: none that was counted after that day. One statement."""
    wanted = [among(Headcount.unit_id, units)]
    if until is not None:
        wanted.append(Headcount.on_date <= until)
    if populations is not None:
        wanted.append(Headcount.population.in_(sorted(populations)))
    last = (
        select(Headcount.unit_id, Headcount.population, func.max(Headcount.on_date).label("on_date"))
        .where(*wanted)
        .group_by(Headcount.unit_id, Headcount.population)
        .subquery()
    )
    same = (Headcount.unit_id == last.c.unit_id) & (Headcount.population == last.c.population)
    rows = session.scalars(select(Headcount).join(last, same & (Headcount.on_date == last.c.on_date)))
    return {(row.unit_id, row.population): row for row in rows}


@dataclass(frozen=True)
class FrozenFigure:
    people: int
    on_date: date
    source: str


def frozen_headcounts(
    session: Session, frozen_for: uuid.UUID, known: Lineage | None = None
) -> dict[uuid.UUID, FrozenFigure]:
    """The denominators of `frozen_for`; a unit that took in others since has theirs added to its own.

    `known`: for who has read it already.
    """
    rows = session.execute(
        select(
            FrozenHeadcount.unit_id,
            FrozenHeadcount.frozen_at,
            Headcount.people,
            Headcount.on_date,
            Headcount.source,
        )
        .join(Headcount, Headcount.id == FrozenHeadcount.headcount_id)
        .where(FrozenHeadcount.frozen_for == frozen_for)
    ).all()
    if not rows:
        return {}
    found = {row.unit_id: FrozenFigure(row.people, row.on_date, row.source) for row in rows}
    return _added(found, (known or lineage(session)).since(rows[0].frozen_at))


def frozen_at(session: Session, frozen_for: uuid.UUID) -> datetime | None:
    """When the denominators of `frozen_for` were fixed; None where nobody had counted heads."""
    return session.scalars(
        select(FrozenHeadcount.frozen_at).where(FrozenHeadcount.frozen_for == frozen_for).limit(1)
    ).first()


def _added(own: dict[uuid.UUID, FrozenFigure], steps: Lineage) -> dict[uuid.UUID, FrozenFigure]:
    """In the order of the steps, so that a chain adds up. Where one of the parts is not known, neither is the sum."""
    found = dict(own)
    for target in dict.fromkeys(step.target for step in steps.steps):
        parts = [target, *steps.before(target)] if target in own else steps.before(target)
        known = [found[part] for part in parts if part in found]
        if len(known) < len(parts):
            found.pop(target, None)
        else:
            found[target] = FrozenFigure(
                sum(part.people for part in known),
                max(part.on_date for part in known),
                " + ".join(dict.fromkeys(part.source for part in known)),
            )
    return found
