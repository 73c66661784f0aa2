"""Writing a reorganisation of communes down as one event that every node below applies (`from_above`)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.db.base import new_id
from backend.errors import N_, DomainError
from backend.units import reorganise
from backend.units.errors import UnitUnknown
from backend.units.event_in import Founded, Heads, Placed, Renamed, Served, Step, Tree, UnitsIn
from backend.units.from_above import names_on
from backend.units.models import WHOLE, Unit, UnitLink, UnitName
from backend.units.reorganise import NewUnit, headcounts
from backend.units.trees import LinesUp


@dataclass(frozen=True)
class Act:
    """The paper that decides. `on`: the first day on which it holds."""

    on: date
    document: str
    decided_on: date | None = None
    issuer: str = ""


def merging(
    session: Session,
    sources: Sequence[str],
    into: NewUnit | str,
    act: Act,
    served_by: str,
    event: uuid.UUID | None = None,
) -> UnitsIn:
    """Units of one kind below one parent (two communes of a province) become one: a new one, or one of them by its code.

    `served_by`: which of them has the node that serves the one from then on. Heads are added up where every one has a count.
    Raises UnitUnknown, OneIsNotEnough, CannotMerge, CodeTaken, HeadcountNewer; a day to come is allowed.
    """
    units = _units(session, {*sources, *([into] if isinstance(into, str) else [])})
    parents = reorganise.check(session, units, act.on, may_be_ahead=True)
    codes = {unit.id: unit.code for unit in units}
    target = into if isinstance(into, str) else into.code
    named_parents = _codes_of(session, {parent for _, parent in parents})
    gone = sorted(code for code in codes.values() if code != target)
    founded = (
        () if isinstance(into, str) else (Founded(into.code, units[0].kind, into.name, into.level_word),)
    )
    placed = (
        tuple(Placed(target, cast(Tree, tree), named_parents[parent]) for tree, parent in sorted(parents))
        if founded
        else ()
    )
    return UnitsIn(
        id=event or new_id(), kind="merge", holds_from=act.on, document=act.document, decided_on=act.decided_on,
        issuer=act.issuer, basis="all", founded=founded, renamed=(), placed=placed, closed=tuple(gone),
        steps=tuple(Step(code, target, WHOLE) for code in gone), heads=_heads(session, units, target, act),
        served=(Served(target, served_by),) if served_by != target else (),
    )  # fmt: skip


class CannotDecide(DomainError):
    code = "cannot_decide"
    sentence = N_(
        "Chỉ sắp xếp được đơn vị đang hoạt động và đã có trước ngày hiệu lực; tên mới, nơi trực thuộc mới hoặc nơi nhận phải khác "
        "hiện nay và còn hoạt động. Xin xem lại đơn vị và ngày đã chọn."
    )


def renaming(
    session: Session, code: str, name: str, level_word: str, act: Act, event: uuid.UUID | None = None
) -> UnitsIn:
    """From that day the unit is called so. Raises UnitUnknown, CannotDecide."""
    (unit,) = _units(session, {code})
    newest = select(UnitName).where(UnitName.unit_id == unit.id).order_by(UnitName.valid_from.desc())
    last = session.scalars(newest.limit(1)).one()
    is_new = (last.name, last.level_word) != (name, level_word)
    if not is_new or not _stands([unit], act) or last.valid_from >= act.on:
        raise CannotDecide
    return UnitsIn(
        id=event or new_id(), kind="rename", holds_from=act.on, document=act.document, decided_on=act.decided_on,
        issuer=act.issuer, basis="all", founded=(), renamed=(Renamed(code, name, level_word),), placed=(), closed=(),
        steps=(Step(code, code, WHOLE),), heads=(), served=(),
    )  # fmt: skip


def moving(
    session: Session,
    code: str,
    parent: str,
    act: Act,
    tree: Tree = "territory",
    event: uuid.UUID | None = None,
) -> UnitsIn:
    """From that day the unit stands under the other parent, of the kind it stood under, with all below it.

    Raises UnitUnknown, CannotDecide.
    """
    units = {unit.code: unit for unit in _units(session, {code, parent})}
    unit, above = units[code], units[parent]
    link = session.scalars(
        select(UnitLink).where(
            UnitLink.unit_id == unit.id, UnitLink.tree == tree, UnitLink.valid_to.is_(None)
        )
    ).first()
    if link is None or link.valid_from >= act.on or not _stands([unit, above], act):
        raise CannotDecide
    is_alike = session.get_one(Unit, link.parent_id).kind == above.kind
    if not is_alike or link.parent_id == above.id or unit.id in LinesUp(session)(above.id, act.on):
        raise CannotDecide
    return UnitsIn(
        id=event or new_id(), kind="move", holds_from=act.on, document=act.document, decided_on=act.decided_on,
        issuer=act.issuer, basis="all", founded=(), renamed=(), placed=(Placed(code, tree, parent),), closed=(),
        steps=(Step(code, code, WHOLE),), heads=(), served=(),
    )  # fmt: skip


def abolishing(session: Session, code: str, into: str, act: Act, event: uuid.UUID | None = None) -> UnitsIn:
    """The unit ends and its place goes whole to another of its kind below the same parent, which stays as it is called.

    In parts it cannot be: which hamlet goes where only the commune knows. Raises UnitUnknown, CannotDecide, CannotMerge.
    """
    if code == into:
        raise CannotDecide
    units = _units(session, {code, into})
    reorganise.check(session, units, act.on, may_be_ahead=True)
    return UnitsIn(
        id=event or new_id(), kind="abolish", holds_from=act.on, document=act.document, decided_on=act.decided_on,
        issuer=act.issuer, basis="all", founded=(), renamed=(), placed=(), closed=(code,),
        steps=(Step(code, into, WHOLE),), heads=_heads(session, units, into, act), served=(),
    )  # fmt: skip


def _stands(units: Sequence[Unit], act: Act) -> bool:
    return all(unit.valid_to is None and unit.valid_from < act.on for unit in units)


def _units(session: Session, codes: set[str]) -> list[Unit]:
    found = list(session.scalars(select(Unit).where(Unit.code.in_(codes)).order_by(Unit.code)))
    if len(found) < len(codes):
        raise UnitUnknown
    return found


def _codes_of(session: Session, units: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(session.execute(select(Unit.id, Unit.code).where(Unit.id.in_(units))).all())


def _heads(session: Session, units: Sequence[Unit], target: str, act: Act) -> tuple[Heads, ...]:
    """The newest counts added up, per population; only where every unit has one: null is not zero."""
    names = names_on(session, [unit.id for unit in units], act.on)
    found = []
    for total in headcounts(session, units):
        parts = ", ".join(
            f"{names.get(row.unit_id, '')} {row.people} ({row.on_date:%d/%m/%Y})" for row in total.parts
        )
        source = f"Cộng {parts}; {act.document}"[:300]
        found.append(Heads(target, total.population, act.on, total.people, source))
    return tuple(found)
