import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id

LONGEST_NOTE = 500


class Visit(Base):
    """A visit as a member of a team wrote it down. Never changed: a correction is a visit of its own.

    `id`: the operation. `root`: the first visit of the chain of corrections; `stands`: nothing corrects it, so it is the
    one that counts. `team_id`, `unit_id`: who was responsible where at that time, decided by the node. `by`: the random
    key of whoever wrote it down. `no_further_visit` is for the own team alone and goes when the campaign is over.
    """

    __tablename__ = "visit"
    __table_args__ = (
        Index(None, "activity_id", "unit_id", "day"),
        Index(None, "household_id", "day"),
        Index(None, "root"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    household_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("household.id"))
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.unit_id"), index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    by: Mapped[uuid.UUID] = mapped_column(index=True)
    happened_at: Mapped[datetime]
    time_trust: Mapped[str] = mapped_column(String(10))
    day: Mapped[date]
    place: Mapped[str] = mapped_column(String(20))
    met: Mapped[str] = mapped_column(String(20))
    consent_version: Mapped[int | None]
    device: Mapped[str | None] = mapped_column(String(10))
    follow_up_on: Mapped[date | None] = mapped_column(index=True)
    follow_up_of: Mapped[uuid.UUID | None] = mapped_column(index=True)
    no_further_visit: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str | None] = mapped_column(String(LONGEST_NOTE))
    in_custody: Mapped[bool] = mapped_column(default=False)
    corrects: Mapped[uuid.UUID | None] = mapped_column(index=True)
    root: Mapped[uuid.UUID]
    stands: Mapped[bool] = mapped_column(default=True)


class VisitService(Base):
    """What was done in a visit about one service of the catalogue, and how far it went."""

    __tablename__ = "visit_service"

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    service: Mapped[str] = mapped_column(String(40), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(40))


class VisitPhoto(Base):
    """A photo a visit names by the SHA-256 of its bytes. The bytes come later, or not yet."""

    __tablename__ = "visit_photo"

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)


class GroupSession(Base):
    """A session at the hamlet house or the service desk: many people at once, nobody by name.

    `assisted`: people somebody sat with. `declared`: a head count, which is a statement and never counts as distinct people.
    """

    __tablename__ = "visit_session"
    __table_args__ = (
        CheckConstraint("assisted >= 0 AND declared >= 0", name="people_not_negative"),
        Index(None, "activity_id", "unit_id", "day"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.unit_id"), index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    by: Mapped[uuid.UUID] = mapped_column(index=True)
    happened_at: Mapped[datetime]
    day: Mapped[date]
    place: Mapped[str] = mapped_column(String(20))
    assisted: Mapped[int]
    declared: Mapped[int]
    note: Mapped[str | None] = mapped_column(String(LONGEST_NOTE))
    in_custody: Mapped[bool] = mapped_column(default=False)
    corrects: Mapped[uuid.UUID | None] = mapped_column(index=True)
    root: Mapped[uuid.UUID] = mapped_column(index=True)
    stands: Mapped[bool] = mapped_column(default=True)


class SessionService(Base):
    """How many people of a session got how far with one service."""

    __tablename__ = "visit_session_service"

    session_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit_session.id"), primary_key=True)
    service: Mapped[str] = mapped_column(String(40), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(20), primary_key=True)
    people: Mapped[int]


class CheckIn(Base):
    """A member was at the hamlet house or at a session, as far as the hamlet goes: never coordinates.

    `how`: qr | list; `proved`: the code on the wall was this week's.
    """

    __tablename__ = "visit_check_in"
    __table_args__ = (Index(None, "team_id", "day"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.unit_id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    by: Mapped[uuid.UUID] = mapped_column(index=True)
    happened_at: Mapped[datetime]
    day: Mapped[date]
    how: Mapped[str] = mapped_column(String(10))
    proved: Mapped[bool] = mapped_column(default=False)


class DayLanguage(Base):
    """How many visits of a team's day were held in a language: counted for the day, never kept with a household."""

    __tablename__ = "visit_day_language"
    __table_args__ = (
        CheckConstraint("visits >= 0", name="visits_not_negative"),
        Index(None, "team_id", "day"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    operation_id: Mapped[uuid.UUID] = mapped_column(index=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("team.unit_id"))
    day: Mapped[date]
    language: Mapped[str] = mapped_column(String(20))
    visits: Mapped[int] = mapped_column(BigInteger)


class CallBack(Base):
    """A visit drawn for a call back, and what the household said; whoever asks sees the code, not the member."""

    __tablename__ = "visit_call_back"

    visit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    drawn_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(String(20))
