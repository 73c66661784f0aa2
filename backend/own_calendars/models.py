import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id
from backend.db.lasting import never_changed
from backend.own_calendars.errors import CalendarInUse

KINDS = ("months", "listed")


class OwnCalendar(Base):
    """A calendar of a unit, for itself and everything below it. `code` is its name in files and addresses, never given twice.

    months: every month begins on `day`, `months_back` months before the one it is named for. listed: the periods are rows.
    """

    __tablename__ = "own_calendar"
    __table_args__ = (
        CheckConstraint("kind IN ('months', 'listed')", name="kind_known"),
        CheckConstraint("day BETWEEN 1 AND 28", name="day_in_every_month"),
        CheckConstraint("months_back BETWEEN 0 AND 1", name="months_back_plausible"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10))
    day: Mapped[int]
    months_back: Mapped[int]
    has_gaps: Mapped[bool]
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]


class OwnPeriod(Base):
    """One period of a list, with its first and its last day."""

    __tablename__ = "own_calendar_period"
    __table_args__ = (
        UniqueConstraint("calendar_id", "code"),
        CheckConstraint("last >= first", name="ends_after_start"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    calendar_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("own_calendar.id"))
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    first: Mapped[date]
    last: Mapped[date]
    made_at: Mapped[datetime]


# A figure said of a period would mean other days.
never_changed(OwnCalendar, OwnPeriod, refusal=lambda _row: CalendarInUse())
