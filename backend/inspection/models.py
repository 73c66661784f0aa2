import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id

NUMBER, TITLE, WORDS, LONG = 60, 300, 1000, 6000


class InspectionFile(Base):
    """An inspection of a body (`unit_id`), from the line in its programme to the published conclusion.

    `planned_for`: the day the programme names. `first`, `last`: the days whose figures it covers. `materials`: what kinds of
    things it opens; pledge bodies only where "pledges" is named.
    """

    __tablename__ = "inspection_file"
    __table_args__ = (
        UniqueConstraint("unit_id", "number"),
        CheckConstraint("state IN ('planned', 'decided', 'concluded')", name="state_known"),
        CheckConstraint(
            "ends_on IS NULL OR opens_on IS NULL OR ends_on >= opens_on", name="ends_after_start"
        ),
        CheckConstraint('"last" >= "first"', name="covers_days"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    number: Mapped[str | None] = mapped_column(String(NUMBER))
    title: Mapped[str] = mapped_column(String(TITLE))
    reason: Mapped[str] = mapped_column(String(WORDS))
    basis: Mapped[str] = mapped_column(String(TITLE), default="")
    materials: Mapped[list[Any]]
    first: Mapped[date]
    last: Mapped[date]
    planned_for: Mapped[date]
    opens_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(12), default="planned")
    made_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None]
    decided_by: Mapped[uuid.UUID | None]
    conclusion: Mapped[str] = mapped_column(String(LONG), default="")
    conclusion_number: Mapped[str] = mapped_column(String(NUMBER), default="")
    conclusion_on: Mapped[date | None]
    published_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)


class InspectionScope(Base):
    """A unit the file covers, without those below it."""

    __tablename__ = "inspection_scope"

    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("inspection_file.id"), primary_key=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True, index=True)


class InspectionMember(Base):
    """Who inspects. `part`: lead | member."""

    __tablename__ = "inspection_member"
    __table_args__ = (CheckConstraint("part IN ('lead', 'member')", name="part_known"),)

    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("inspection_file.id"), primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, index=True)
    part: Mapped[str] = mapped_column(String(10))


class InspectionFinding(Base):
    """What was found, on which figure. The answer and the remedy of the unit stand beside it.

    `subject_id`: a card, a report, a task by its id; an indicator by its code. `criterion`: the line on the card.
    """

    __tablename__ = "inspection_finding"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('good', 'shortcoming', 'violation', 'advice', 'social_criticism')", name="kind_known"
        ),
        CheckConstraint(
            "subject_kind IN ('card', 'report', 'indicator', 'task', 'other')", name="subject_known"
        ),
        CheckConstraint("remedy_state IN ('none', 'asked', 'answered', 'accepted')", name="remedy_known"),
        Index(None, "subject_kind", "subject_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("inspection_file.id"), index=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    subject_kind: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[str] = mapped_column(String(60), default="")
    criterion: Mapped[str] = mapped_column(String(60), default="")
    period: Mapped[str] = mapped_column(String(20), default="")
    words: Mapped[str] = mapped_column(String(LONG))
    remedy: Mapped[str] = mapped_column(String(WORDS), default="")
    remedy_due: Mapped[date | None]
    remedy_state: Mapped[str] = mapped_column(String(10), default="none")
    answer: Mapped[str] = mapped_column(String(WORDS), default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[uuid.UUID | None]
    accepted_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None]


class InspectionReading(Base):
    """Somebody of the team opened something of a unit: shown to the unit's head. `material`: of which kind it was."""

    __tablename__ = "inspection_reading"
    __table_args__ = (Index(None, "unit_id", "at"), Index(None, "file_id", "at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    file_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("inspection_file.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[uuid.UUID | None]
    material: Mapped[str] = mapped_column(String(20))
    what: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
