"""A calendar from the level above. What a period means never changes, so a later version may only add periods behind the last."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period, own
from backend.db.statements import insert_into
from backend.errors import N_, DomainError
from backend.own_calendars.making import add_periods, keep_periods
from backend.own_calendars.models import OwnCalendar
from backend.own_calendars.reading import built
from backend.safeguards.audit import WORKER
from backend.units.errors import UnitUnknown
from backend.units.models import Unit


class CalendarDiffers(DomainError):
    code = "calendar_differs"
    sentence = N_(
        "Ở đây đã có lịch mang mã %(code)s với nghĩa khác. Lịch đã dùng thì không đổi nghĩa; cấp trên cần đặt lịch mới với mã khác."
    )


class PeriodIn(Struct, frozen=True, forbid_unknown_fields=True):
    code: Annotated[str, Meta(max_length=20)]
    name: Annotated[str, Meta(max_length=80)]
    first: date
    last: date


class CalendarIn(Struct, frozen=True, forbid_unknown_fields=True):
    """`unit`: official code of who made it. `code`: its name in files, the same on every node."""

    unit: Annotated[str, Meta(max_length=40)]
    code: Annotated[str, Meta(max_length=40, pattern=r"^[a-z0-9-]+\Z")]
    title: Annotated[str, Meta(max_length=120)]
    kind: Literal["months", "listed"]
    day: int
    months_back: int
    has_gaps: bool
    periods: Annotated[tuple[PeriodIn, ...], Meta(max_length=200)]


def told(session: Session, calendar: uuid.UUID) -> CalendarIn:
    """A calendar of this node's, as it goes down."""
    row = session.get_one(OwnCalendar, calendar)
    made = built(session, [row])[0]
    unit = session.get_one(Unit, row.unit_id).code
    periods = tuple(PeriodIn(one.code, one.name, one.first, one.last) for one in made.listed)
    return CalendarIn(
        unit, row.code, row.title, made.kind, row.day, row.months_back, row.has_gaps, periods  # type: ignore[arg-type]
    )  # fmt: skip


def take_in(session: Session, body: CalendarIn) -> uuid.UUID:
    """Keep it, or what it has more than the one that is there. Raises UnitUnknown, CalendarWrong, CalendarDiffers, BeforeTheLast."""
    unit = session.scalars(select(Unit.id).where(Unit.code == body.unit)).first()
    if unit is None:
        raise UnitUnknown
    rows = [
        {"code": one.code, "name": one.name, "first": one.first, "last": one.last} for one in body.periods
    ]
    made = own(
        {
            "code": body.code, "title": body.title, "kind": body.kind, "day": body.day, "months_back": body.months_back,
            "periods": rows, "has_gaps": body.has_gaps,
        }
    )  # fmt: skip
    row = {
        "unit_id": unit, "code": body.code, "title": body.title, "kind": body.kind, "day": body.day,
        "months_back": body.months_back, "has_gaps": body.has_gaps, "made_by": None, "made_at": clock.now(),
    }  # fmt: skip
    insert = insert_into(session, OwnCalendar).values(row).on_conflict_do_nothing(index_elements=["code"])
    fresh: uuid.UUID | None = session.scalars(insert.returning(OwnCalendar.id)).first()
    if fresh is None:
        return _more(session, body, unit, made.listed)
    keep_periods(session, fresh, made)
    return fresh


def _more(session: Session, body: CalendarIn, unit: uuid.UUID, listed: tuple[Period, ...]) -> uuid.UUID:
    """It is there: the same in everything, and no period fewer. Raises CalendarDiffers, BeforeTheLast."""
    held = session.scalars(select(OwnCalendar).where(OwnCalendar.code == body.code)).one()
    same = (held.unit_id, held.kind, held.day, held.months_back) == (
        unit,
        body.kind,
        body.day,
        body.months_back,
    )
    there = built(session, [held])[0].listed
    if not same or tuple(listed[: len(there)]) != tuple(there):
        raise CalendarDiffers(code=body.code)
    if more := listed[len(there) :]:
        rows: list[dict[str, Any]] = [
            {"code": one.code, "name": one.name, "first": one.first, "last": one.last} for one in more
        ]
        add_periods(session, held.id, rows, WORKER)
    return held.id
