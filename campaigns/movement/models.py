"""The tables of movements: documents, entrants, promises, marks, reviews; and exemplary models with their visits."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id

LINES = ("state", "party", "front", "youth")
SORTS = ("firm", "household_business", "cooperative")
WAYS_TO_AGREE = ("spoken", "written")
STATES = ("open", "confirmed", "returned", "withdrawn")
SOURCES = ("measured", "declared", "self")
NAME, WORDS, TITLE, LONG = 160, 1000, 200, 4000
VALUE = Numeric(14, 2)
NOW = 0
"""The number of marks as they stand; a published review keeps its own copy under its number."""


class Launch(Base):
    """The document by which one of the authorities launched a movement. `line`: in which office it did so."""

    __tablename__ = "movement_launch"
    __table_args__ = (CheckConstraint("line IN ('state', 'party', 'front', 'youth')", name="line_known"),)

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    line: Mapped[str] = mapped_column(String(10), primary_key=True)
    number: Mapped[str] = mapped_column(String(60))
    document_date: Mapped[date]
    title: Mapped[str] = mapped_column(String(300))
    signer: Mapped[str] = mapped_column(String(120))
    signer_title: Mapped[str] = mapped_column(String(160))
    at: Mapped[datetime]


class Firm(Base):
    """A firm, a household business or a cooperative. `enrolled_by`: the random key of whoever entered it on a phone.

    `folded` is the name without tone marks: one name stands once in a hamlet. `verified_by`: an officer saw its papers.
    `agreed_how`, `agreed_on`: how and when whoever it belongs to agreed, where an officer wrote it down; on a phone the
    agreement is a row of its own.
    """

    __tablename__ = "movement_firm"
    __table_args__ = (
        CheckConstraint("sort IN ('firm', 'household_business', 'cooperative')", name="sort_known"),
        CheckConstraint("agreed_how IN ('spoken', 'written')", name="way_to_agree_known"),
        UniqueConstraint("hamlet_id", "folded"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    sort: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(NAME))
    folded: Mapped[str] = mapped_column(String(200))
    hamlet_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    enrolled_by: Mapped[uuid.UUID | None] = mapped_column(index=True)
    verified_by: Mapped[uuid.UUID | None]
    verified_at: Mapped[datetime | None]
    agreed_how: Mapped[str | None] = mapped_column(String(10))
    agreed_on: Mapped[date | None]
    made_at: Mapped[datetime]


class Enrolment(Base):
    """A unit or a firm in a movement. `promise_version`: the newest of what it set itself, frozen by the first review.

    `words`: what an officer answered when sending it back. `phone_id`: what the phone called it when the firm came back
    after it had withdrawn; deeds written offline meanwhile speak of that.
    """

    __tablename__ = "movement_enrolment"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'confirmed', 'returned', 'withdrawn')", name="state_known"),
        CheckConstraint("(unit_id IS NULL) <> (firm_id IS NULL)", name="one_entrant"),
        UniqueConstraint("activity_id", "unit_id"),
        UniqueConstraint("activity_id", "firm_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"))
    firm_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("movement_firm.id"))
    state: Mapped[str] = mapped_column(String(10), default="open")
    at: Mapped[datetime]
    by: Mapped[uuid.UUID | None]
    phone_id: Mapped[uuid.UUID | None]
    promise_version: Mapped[int] = mapped_column(default=0)
    words: Mapped[str | None] = mapped_column(String(WORDS))
    revision: Mapped[int] = mapped_column(default=1)


class Promise(Base):
    """What an entrant set itself by a criterion. Every version stays."""

    __tablename__ = "movement_promise"

    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("movement_enrolment.id"), primary_key=True)
    criterion: Mapped[str] = mapped_column(String(60), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    target: Mapped[Decimal | None] = mapped_column(VALUE)
    words: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime]


class Mark(Base):
    """What is said of an entrant by a criterion, and by whom: counted by the node, declared with a paper, or by itself.

    `review`: 0 as it stands, else the number of the published review that keeps it. `before`: the same count over as
    many days before the movement. `why_missing`: hidden | no_headcount | not_said.
    """

    __tablename__ = "movement_mark"
    __table_args__ = (
        CheckConstraint("source IN ('measured', 'declared', 'self')", name="source_known"),
        CheckConstraint("value IS NULL OR why_missing IS NULL", name="value_or_reason"),
        UniqueConstraint("enrolment_id", "criterion", "review", "source"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    enrolment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("movement_enrolment.id"))
    criterion: Mapped[str] = mapped_column(String(60))
    review: Mapped[int] = mapped_column(default=NOW)
    source: Mapped[str] = mapped_column(String(10))
    value: Mapped[Decimal | None] = mapped_column(VALUE)
    before: Mapped[Decimal | None] = mapped_column(VALUE)
    met: Mapped[bool | None]
    why_missing: Mapped[str | None] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(String(WORDS), default="")
    paper: Mapped[str] = mapped_column(String(200), default="")
    by: Mapped[uuid.UUID | None]
    at: Mapped[datetime]


class MarkFile(Base):
    """A photo that shows a mark, by the SHA-256 of its bytes, which may come later."""

    __tablename__ = "movement_mark_file"

    mark_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("movement_mark.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)


class Review(Base):
    """A review of a movement up to a day; once published it is a signed statement that stays as it is."""

    __tablename__ = "movement_review"
    __table_args__ = (
        UniqueConstraint("activity_id", "number"),
        Index(
            "uq_movement_review_one_final", "activity_id", unique=True,
            sqlite_where=text("kind = 'final'"), postgresql_where=text("kind = 'final'"),
        ),
        CheckConstraint("kind IN ('interim', 'final')", name="kind_known"),
        CheckConstraint("state IN ('draft', 'published')", name="state_known"),
        CheckConstraint("state = 'draft' OR signature IS NOT NULL", name="signed_once_published"),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    until: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default="draft")
    words: Mapped[str] = mapped_column(String(LONG), default="")
    statement: Mapped[dict[str, Any] | None]
    digest: Mapped[str | None] = mapped_column(String(64))
    signature: Mapped[str | None] = mapped_column(String(100))
    key_id: Mapped[str | None] = mapped_column(String(64))
    by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class Exemplary(Base):
    """An exemplary model: what was done, what came of it, how others can do the same.

    `pending`: other words for a published one, which nobody else reads before they are published too.
    """

    __tablename__ = "exemplary_model"
    __table_args__ = (CheckConstraint("state IN ('draft', 'published', 'withdrawn')", name="state_known"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    enrolment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("movement_enrolment.id"))
    title: Mapped[str] = mapped_column(String(TITLE))
    what: Mapped[str] = mapped_column(String(LONG))
    results: Mapped[str] = mapped_column(String(LONG))
    how: Mapped[str] = mapped_column(String(LONG))
    pending: Mapped[dict[str, Any] | None]
    state: Mapped[str] = mapped_column(String(10), default="draft")
    public_from: Mapped[datetime | None]
    by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)


class ExemplaryVisit(Base):
    """Another unit came to see a model. `took_home`: what it wants to do at home."""

    __tablename__ = "exemplary_visit"
    __table_args__ = (
        UniqueConstraint("model_id", "unit_id", "on_day"),
        CheckConstraint("people BETWEEN 1 AND 10000", name="people_possible"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    model_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("exemplary_model.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    on_day: Mapped[date]
    people: Mapped[int]
    took_home: Mapped[str] = mapped_column(String(WORDS))
    by: Mapped[uuid.UUID | None]
    at: Mapped[datetime]
