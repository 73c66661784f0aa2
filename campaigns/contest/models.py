import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id


class ContestQuestion(Base):
    """One question of an activity's pool. `text`, `options` and `explanation` hold each language's words."""

    __tablename__ = "contest_question"
    __table_args__ = (UniqueConstraint("activity_id", "code"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    code: Mapped[str] = mapped_column(String(40))
    topic: Mapped[str] = mapped_column(String(40))
    difficulty: Mapped[int]
    text: Mapped[dict[str, Any]]
    options: Mapped[list[Any]]
    key: Mapped[str] = mapped_column(String(8))
    explanation: Mapped[dict[str, Any]]
    source: Mapped[str] = mapped_column(String(500))


class ContestAttempt(Base):
    """One paper of one subject. `drawn`: question ids with the order of their options, fixed at the start."""

    __tablename__ = "contest_attempt"
    __table_args__ = (
        UniqueConstraint("activity_id", "subject", "number"),
        CheckConstraint("state IN ('running', 'submitted', 'late', 'expired')", name="state_known"),
        Index(None, "activity_id", "state", "due_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    subject: Mapped[uuid.UUID] = mapped_column(index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="running")
    drawn: Mapped[list[Any]]
    started_by: Mapped[uuid.UUID] = mapped_column(unique=True)
    submitted_by: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    right: Mapped[int | None]
    elapsed_ms: Mapped[int | None] = mapped_column(BigInteger)


class ContestAnswer(Base):
    """What the server holds of a paper, and which deed said so: a later one replaces an earlier, never the reverse.

    Within one device its sequence tells what is later; between two phones of one person, the corrected time.
    """

    __tablename__ = "contest_answer"

    attempt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contest_attempt.id"), primary_key=True)
    question_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    choice: Mapped[str] = mapped_column(String(8))
    device_id: Mapped[uuid.UUID]
    device_seq: Mapped[int] = mapped_column(BigInteger)
    happened_at: Mapped[datetime]
