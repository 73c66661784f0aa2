"""What a reorganisation changed in the rows of units, kept beside the event so that it can be taken back.

Rows are compared before and after. Taken back is only what still stands as the event left it: who changed something since
is not overruled. People are no part of this; they are brought back by `backend.people.regrouping`.
"""

import uuid
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import Uuid, delete, insert, inspect, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.db.base import Base
from backend.errors import N_, DomainError
from backend.units import change
from backend.units.models import Headcount, JoinCode, Unit, UnitCrosswalk, UnitEvent, UnitLink, UnitName
from backend.units.trees import LinesUp

TABLES: tuple[type[Base], ...] = (Unit, UnitName, UnitLink, Headcount, JoinCode)
Values = dict[str, str | int | None]
Rows = dict[str, Values]
"""Key of a row -> what stands in it."""


class CannotUndo(DomainError):
    code = "cannot_undo"
    sentence = N_(
        "Không hoàn lại được: từ khi sắp xếp đã có số liệu, người, thay đổi mới ở đơn vị, hoặc đã công bố số liệu."
    )


def rows_of(session: Session, units: Collection[uuid.UUID]) -> dict[str, Rows]:
    """Everything the rows of these units say, and of the links of what stands below them."""
    session.flush()  # what was just written is looked at too
    found = {}
    for table in TABLES:
        key, columns = _key(table), list(table.__table__.columns)
        rows = session.execute(select(*columns).where(_about(table, units))).mappings()
        found[table.__tablename__] = {
            str(row[key]): {c.name: _told(row[c.name]) for c in columns} for row in rows
        }
    return found


def _about(table: type[Base], units: Collection[uuid.UUID]) -> Any:
    if table is Unit:
        return Unit.id.in_(units)
    if table is UnitLink:
        return or_(UnitLink.unit_id.in_(units), UnitLink.parent_id.in_(units))
    return table.unit_id.in_(units)  # type: ignore[attr-defined]


def _key(table: type[Base]) -> str:
    return str(inspect(table).primary_key[0].name)


def _told(value: Any) -> str | int | None:
    if value is None or isinstance(value, int):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


@contextmanager
def remembered(
    session: Session, units: Collection[uuid.UUID], made: list[uuid.UUID]
) -> Iterator[list[uuid.UUID]]:
    """What is done to these units, and to those put into the list, is kept with the event that is put there last.

    Yields the list of new units; the caller appends them, and at the end the event.
    """
    before = rows_of(session, units)
    yield made
    *new, event = made
    after = rows_of(session, {*units, *new})
    session.get_one(UnitEvent, event).made = _difference(before, after)


def _difference(before: Mapping[str, Rows], after: Mapping[str, Rows]) -> dict[str, Any]:
    """Table -> key -> [as it was, as it is]; null: not there. Others may keep more beside it, under names of their own."""
    return {
        table: {
            key: [before[table].get(key), rows.get(key)]
            for key in sorted(before[table].keys() | rows.keys())
            if before[table].get(key) != rows.get(key)
        }
        for table, rows in after.items()
    }


def involved(session: Session, event: uuid.UUID) -> set[uuid.UUID]:
    rows = session.execute(
        select(UnitCrosswalk.from_id, UnitCrosswalk.to_id).where(UnitCrosswalk.event_id == event)
    )
    return {unit for pair in rows for unit in pair}


def undo(session: Session, event_id: uuid.UUID) -> set[uuid.UUID]:
    """The event is as if it had never been; answers the units it was about. Raises CannotUndo."""
    event = session.get(UnitEvent, event_id, with_for_update=True, populate_existing=True)
    if event is None or not event.made:
        raise CannotUndo
    made, units, day = event.made, involved(session, event_id), event.holds_from
    above = _above(session, units, day)
    _check_untouched(session, units, event)
    try:
        with session.begin_nested():
            session.execute(delete(UnitCrosswalk).where(UnitCrosswalk.event_id == event_id))
            session.execute(delete(UnitEvent).where(UnitEvent.id == event_id))
            _put_back(session, made)
            _check_standing(session, made)
    except IntegrityError:  # something of a later day rests on a unit that would go
        raise CannotUndo from None
    session.expire_all()
    # In the order in which the worker looks: gone units lose their figures, the others are counted anew.
    change.ask_recount(session, units | above | _above(session, units, day))
    return units


def _above(session: Session, units: Collection[uuid.UUID], day: date) -> set[uuid.UUID]:
    lines = LinesUp(session)
    return {up for unit in units for up in lines(unit, day)}


def _check_standing(session: Session, made: Mapping[str, Any]) -> None:
    """Nothing is put back below a unit that has ended meanwhile, or was never there. Raises CannotUndo."""
    links = [uuid.UUID(key) for key in made.get(UnitLink.__tablename__, {})]
    gone = (
        select(UnitLink.id)
        .outerjoin(Unit, Unit.id == UnitLink.parent_id)
        .where(UnitLink.id.in_(links), UnitLink.valid_to.is_(None), Unit.valid_to.is_not(None))
    )
    if session.scalars(gone).first() is not None:
        raise CannotUndo


def _check_untouched(session: Session, units: Collection[uuid.UUID], event: UnitEvent) -> None:
    now = rows_of(session, units)
    for table, rows in (event.made or {}).items():
        if table in now and any(now[table].get(key) != after for key, (_, after) in rows.items()):
            raise CannotUndo
    later = select(UnitEvent.id).join(UnitCrosswalk, UnitCrosswalk.event_id == UnitEvent.id)
    of_these = or_(UnitCrosswalk.from_id.in_(units), UnitCrosswalk.to_id.in_(units))
    if session.scalars(later.where(of_these, UnitEvent.made_at > event.made_at)).first() is not None:
        raise CannotUndo


def _put_back(session: Session, made: Mapping[str, Any]) -> None:
    """Last written first: a link goes before the unit it names. What was written goes before what stood there comes back."""
    for table in reversed(TABLES):
        rows = sorted(made.get(table.__tablename__, {}).items(), key=lambda row: row[1][0] is not None)
        for key, (before, after) in rows:
            own = table.__table__.columns[_key(table)]
            same = own == _value(own, key)
            if before is None:
                session.execute(delete(table).where(same))
                continue
            values = {name: _value(table.__table__.columns[name], told) for name, told in before.items()}
            if after is None:
                session.execute(insert(table).values(**values))
            else:
                session.execute(update(table).where(same).values(**values))


def _value(column: Any, told: Any) -> Any:
    if told is None or isinstance(told, int):
        return told
    if isinstance(column.type, Uuid):
        return uuid.UUID(told)
    return date.fromisoformat(told) if column.type.python_type is date else told
