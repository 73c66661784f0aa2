import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from backend.units.errors import ClassCodeUnknown, UnitUnknown
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


def named_many(session: Session, units: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, NamedUnit]:
    rows = session.execute(_named(day).where(Unit.id.in_(list(units))))
    return {row[0]: NamedUnit(*row) for row in rows}


def search(session: Session, words: str, kind: str | None, day: date, limit: int = 20) -> list[NamedUnit]:
    """Units whose folded name holds every folded word, in Vietnamese order; 'dong' finds 'Đồng Tiến'."""
    query = _named(day).order_by(UnitName.sort_key).limit(limit)
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


@dataclass(frozen=True)
class FrozenFigure:
    people: int
    on_date: date
    source: str


def frozen_headcounts(session: Session, frozen_for: uuid.UUID) -> dict[uuid.UUID, FrozenFigure]:
    rows = session.execute(
        select(FrozenHeadcount.unit_id, Headcount.people, Headcount.on_date, Headcount.source)
        .join(Headcount, Headcount.id == FrozenHeadcount.headcount_id)
        .where(FrozenHeadcount.frozen_for == frozen_for)
    )
    return {unit: FrozenFigure(people, on_date, source) for unit, people, on_date, source in rows}
