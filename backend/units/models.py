import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id

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
