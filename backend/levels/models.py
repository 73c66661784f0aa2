import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id
from backend.db.lasting import never_changed

DATASET, CALENDAR, PERIOD, DIGEST, WORDS = 60, 40, 20, 64, 500
"""So many letters a column takes; what comes from another node is measured first."""


class LevelAcceptance(Base):
    """The second of two steps: the level above accepts a revision that a unit below approved and sent, or returns it.

    Of one revision (`digest`: of its packet) there is one such answer, and it is final. What was accepted is sealed: later
    figures of the period are a revision of their own with a reason, answered anew.
    """

    __tablename__ = "level_acceptance"
    __table_args__ = (
        UniqueConstraint("digest", name="uq_level_acceptance_digest"),
        CheckConstraint("outcome IN ('accepted', 'returned')", name="outcome_known"),
        Index(None, "dataset", "calendar", "period"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_code: Mapped[str] = mapped_column(String(40))
    dataset: Mapped[str] = mapped_column(String(DATASET))
    line: Mapped[str] = mapped_column(String(6))
    calendar: Mapped[str] = mapped_column(String(CALENDAR))
    period: Mapped[str] = mapped_column(String(PERIOD))
    revision: Mapped[int]
    digest: Mapped[str] = mapped_column(String(DIGEST))
    outcome: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(String(WORDS))
    by: Mapped[uuid.UUID | None]
    at: Mapped[datetime]


class LevelAnswer(Base):
    """The same answer as it arrived at the unit that sent the figures."""

    __tablename__ = "level_answer"
    __table_args__ = (
        UniqueConstraint("peer_id", "digest", name="uq_level_answer_peer_id_digest"),
        CheckConstraint("outcome IN ('accepted', 'returned')", name="outcome_known"),
        Index(None, "dataset", "calendar", "period"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    peer_id: Mapped[uuid.UUID]
    unit_code: Mapped[str] = mapped_column(String(40))
    dataset: Mapped[str] = mapped_column(String(DATASET))
    line: Mapped[str] = mapped_column(String(6))
    calendar: Mapped[str] = mapped_column(String(CALENDAR))
    period: Mapped[str] = mapped_column(String(PERIOD))
    revision: Mapped[int]
    digest: Mapped[str] = mapped_column(String(DIGEST))
    outcome: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(String(WORDS))
    decided_at: Mapped[datetime]
    received_at: Mapped[datetime]


class LevelPublication(Base):
    """What a level gave out to everybody: the statement's very bytes, signed, never changed; a new one has the next number."""

    __tablename__ = "level_publication"
    __table_args__ = (
        UniqueConstraint(
            "unit_id", "dataset", "line", "calendar", "period", "number", name="uq_level_publication_number"
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    dataset: Mapped[str] = mapped_column(String(DATASET))
    line: Mapped[str] = mapped_column(String(6))
    calendar: Mapped[str] = mapped_column(String(CALENDAR))
    period: Mapped[str] = mapped_column(String(PERIOD))
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    statement: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(DIGEST))
    signature: Mapped[str] = mapped_column(String(100))
    key_id: Mapped[str] = mapped_column(String(30))
    published_by: Mapped[uuid.UUID | None]
    published_at: Mapped[datetime]


never_changed(LevelAcceptance, LevelAnswer, LevelPublication)
