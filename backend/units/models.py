import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id

WHOLE = 1000
"""The weight, in thousandths, of a unit that went into another with everybody in it."""
EVENTS = ("merge", "split", "move", "rename", "abolish")
TAGS = ("remote", "border", "hard", "new_rural")
"""Far away; at the border; of a list of especially difficult places; recognised as new rural."""
TREES = ("territory", "party", "front", "youth")
KINDS = (
    "country",
    "province",
    "commune",
    "hamlet",
    "party_organisation",
    "party_cell",
    "agency",
    "school",
    "school_class",
    "youth_branch",
    "association",
    "body",
    "digital_team",
)


class Unit(Base):
    """`code`: the official code, or one given by this node (`<commune>-T07`). It is never given twice."""

    __tablename__ = "unit"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="ends_after_start"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(30), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class UnitName(Base):
    """What a unit is called from one day to another. `level_word` (xã, xóm, tổ dân phố ...) is data, not a rule.

    `folded` is the name without tone marks, for a search that forgives; `sort_key` orders as Vietnamese does.
    """

    __tablename__ = "unit_name"
    __table_args__ = (UniqueConstraint("unit_id", "valid_from"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str] = mapped_column(String(200))
    level_word: Mapped[str] = mapped_column(String(40))
    folded: Mapped[str] = mapped_column(String(250), index=True)
    sort_key: Mapped[str] = mapped_column(String(600))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class UnitLink(Base):
    """A unit under a parent in one tree, from one day to another."""

    __tablename__ = "unit_link"
    __table_args__ = (UniqueConstraint("unit_id", "tree", "valid_from"), Index(None, "parent_id", "tree"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    parent_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    tree: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class JoinCode(Base):
    """A short code a school class gives to its pupils, so that nobody has to pick a class from a list."""

    __tablename__ = "unit_join_code"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    valid_to: Mapped[date | None]


class Headcount(Base):
    """How many people a unit had on a day, of one population, with the source of the number."""

    __tablename__ = "headcount"
    __table_args__ = (
        UniqueConstraint("unit_id", "population", "on_date"),
        CheckConstraint("people >= 0", name="people_not_negative"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    population: Mapped[str] = mapped_column(String(40))
    on_date: Mapped[date]
    people: Mapped[int]
    source: Mapped[str] = mapped_column(String(300))


class FrozenHeadcount(Base):
    """The headcounts that something counts against, fixed on the day it opened.

    `frozen_for` names that something (an activity); this room does not know what it is.
    """

    __tablename__ = "frozen_headcount"

    frozen_for: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    headcount_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("headcount.id"))
    frozen_at: Mapped[datetime]


class UnitTag(Base):
    """What sets a unit apart from others of its size (one of TAGS), from one day to another, and where that is written."""

    __tablename__ = "unit_tag"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="ends_after_start"),)

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(30), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(300))


class UnitEvent(Base):
    """A reorganisation: what happened (one of EVENTS), from which day, and the document that decided it.

    `made_at` is when this node learned of it, which may be later than the day it holds from. `made`: what it changed in
    the rows of the units, by which it can be taken back until figures are published. `placed_at`: when somebody said that
    everybody of a divided unit is recorded where they belong now, so that who is still in the old one does belong there.
    """

    __tablename__ = "unit_event"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(10))
    holds_from: Mapped[date]
    document: Mapped[str] = mapped_column(String(300))
    decided_on: Mapped[date | None]
    issuer: Mapped[str | None] = mapped_column(String(200))
    made_at: Mapped[datetime]
    made: Mapped[dict[str, Any] | None]
    placed_at: Mapped[datetime | None]


class UnitCrosswalk(Base):
    """How much of a unit went into which other one in an event, in thousandths; `basis`: of what (people, area, all).

    A unit that moved or was renamed goes into itself.
    """

    __tablename__ = "unit_crosswalk"
    __table_args__ = (CheckConstraint("weight BETWEEN 1 AND 1000", name="weight_in_thousandths"),)

    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit_event.id"), primary_key=True)
    from_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)
    to_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)
    weight: Mapped[int]
    basis: Mapped[str] = mapped_column(String(40))


class UnitRecount(Base):
    """A unit whose figures must be counted anew, because what lies below it changed for days already counted."""

    __tablename__ = "unit_recount"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID]


class UnitUpload(Base):
    """A list of units somebody sent in, as it was read, waiting for a yes. It lives a day.

    `lines` are its rows; `digest` stands for the changes that were shown for them.
    """

    __tablename__ = "unit_upload"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    commune_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    lines: Mapped[list[Any]]
    digest: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
