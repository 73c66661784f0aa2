import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id

ISSUER, NUMBER, TITLE, WHAT, WORDS = 200, 60, 500, 2000, 1000


class PlanDocument(Base):
    """A document in the register of a unit. `number`, `dated`: empty where nobody knows them.

    `key` stands for issuer, number and date (`rules.key_of`); `folded` is what a search looks through.
    """

    __tablename__ = "plan_document"
    __table_args__ = (UniqueConstraint("unit_id", "key"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    issuer: Mapped[str] = mapped_column(String(ISSUER))
    number: Mapped[str] = mapped_column(String(NUMBER), default="")
    dated: Mapped[date | None]
    title: Mapped[str] = mapped_column(String(TITLE))
    key: Mapped[str] = mapped_column(String(64))
    folded: Mapped[str] = mapped_column(String(1000))
    made_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None]


class PlanRelation(Base):
    """What a document does to another one: implements, supersedes, embeds."""

    __tablename__ = "plan_relation"
    __table_args__ = (
        CheckConstraint("kind IN ('implements', 'supersedes', 'embeds')", name="kind_known"),
        CheckConstraint("from_id <> to_id", name="of_two"),
    )

    from_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan_document.id"), primary_key=True)
    to_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan_document.id"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)


class PlanPhase(Base):
    """A stretch of time a document names; open where it names no first or last day."""

    __tablename__ = "plan_phase"
    __table_args__ = (
        UniqueConstraint("document_id", "code"),
        CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_start"
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan_document.id"))
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(TITLE))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]


class PlanTask(Base):
    """Something a document asks for. `code`: its number there, or one made of its words where it has none.

    `lead_words`: who leads, as the document says it; `lead_id` where that is a unit of ours. `due_words`: a deadline that is
    no day ("thường xuyên"); it is never late.
    """

    __tablename__ = "plan_task"
    __table_args__ = (
        UniqueConstraint("document_id", "code"),
        CheckConstraint("state IN ('open', 'doing', 'done', 'dropped')", name="state_known"),
        Index(None, "lead_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan_document.id"))
    phase_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("plan_phase.id"))
    code: Mapped[str] = mapped_column(String(40))
    what: Mapped[str] = mapped_column(String(WHAT))
    lead_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"))
    lead_words: Mapped[str] = mapped_column(String(ISSUER))
    with_words: Mapped[str] = mapped_column(String(WORDS), default="")
    due_on: Mapped[date | None]
    due_words: Mapped[str] = mapped_column(String(200), default="")
    output: Mapped[str] = mapped_column(String(WORDS), default="")
    state: Mapped[str] = mapped_column(String(10), default="open")
    done_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)


class PlanTaskUnit(Base):
    """A unit of ours that works along."""

    __tablename__ = "plan_task_unit"

    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan_task.id"), primary_key=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True)


class PlanTaskLink(Base):
    """What a task is done or measured by: a campaign (its id) or an indicator (its code)."""

    __tablename__ = "plan_task_link"
    __table_args__ = (
        CheckConstraint("kind IN ('campaign', 'indicator')", name="kind_known"),
        Index(None, "kind", "ref"),
    )

    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan_task.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    ref: Mapped[str] = mapped_column(String(60), primary_key=True)


class PlanTaskState(Base):
    """How a task stood on a day, who said so and when. Added to, never changed."""

    __tablename__ = "plan_task_state"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'doing', 'done', 'dropped')", name="state_known"),
        Index(None, "task_id", "at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan_task.id"))
    state: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(String(WORDS), default="")
    on: Mapped[date]
    at: Mapped[datetime]
    person_id: Mapped[uuid.UUID | None]
