import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id


class ContestQuestion(Base):
    """One revision of one question in a campaign's bank. `text`, `options` ... hold each language's words.

    A question is never changed: an edit adds the next revision and retires the one before, so that a paper can always
    be read as it was drawn. `number` is what papers store. `key`: the right answer as `rules.canonical` writes it.
    """

    __tablename__ = "contest_question"
    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        UniqueConstraint("campaign_id", "code", "revision"),
        CheckConstraint(
            "form IN ('single', 'several', 'true_false', 'ordering', 'matching')", name="form_known"
        ),
        CheckConstraint("difficulty BETWEEN 1 AND 3", name="difficulty_known"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    revision: Mapped[int] = mapped_column(default=1)
    form: Mapped[str] = mapped_column(String(12))
    topic: Mapped[str] = mapped_column(String(40))
    difficulty: Mapped[int]
    text: Mapped[dict[str, Any]]
    options: Mapped[list[Any]]
    matches: Mapped[list[Any]] = mapped_column(default=list)
    key: Mapped[str] = mapped_column(String(80))
    explanation: Mapped[dict[str, Any]]
    source: Mapped[str] = mapped_column(String(500))
    picture: Mapped[str | None] = mapped_column(String(120))
    reading: Mapped[dict[str, Any] | None]
    made_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None]
    retired_at: Mapped[datetime | None]


class ContestAttempt(Base):
    """One paper of one subject, its answers in it: saving a few of them is one small update of one row.

    `drawn`: [question number, order of its options, order of its matches] each, fixed at the start. `answers`: place in
    the paper -> [choice, device, sequence, happened ms, what other devices said ...]; 'd' lists the devices. `held_by`: the phone it is worked on.
    `revision` counts changes: whoever read an older one writes nothing. `removed_*`: the result is not recognised, and why.
    """

    __tablename__ = "contest_attempt"
    __table_args__ = (
        UniqueConstraint("activity_id", "subject", "number"),
        CheckConstraint(
            "state IN ('running', 'submitted', 'late', 'expired', 'removed')", name="state_known"
        ),
        CheckConstraint("state <> 'removed' OR removal_reason IS NOT NULL", name="removed_for_a_reason"),
        Index(None, "activity_id", "state", "due_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    subject: Mapped[uuid.UUID] = mapped_column(index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12), default="running")
    drawn: Mapped[list[Any]]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    guess: Mapped[int | None] = mapped_column(BigInteger)
    held_by: Mapped[uuid.UUID]
    held_since: Mapped[datetime]
    started_by: Mapped[uuid.UUID] = mapped_column(unique=True)
    submitted_by: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    right: Mapped[int | None]
    elapsed_ms: Mapped[int | None] = mapped_column(BigInteger)
    revision: Mapped[int] = mapped_column(default=1)
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[uuid.UUID | None]
    removal_reason: Mapped[str | None] = mapped_column(String(40))
    removal_note: Mapped[str | None] = mapped_column(String(500))
