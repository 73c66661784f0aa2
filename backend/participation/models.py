import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id


class Operation(Base):
    """What somebody did once. The phone makes the id and counts its deeds without gaps.

    `verdict`: accepted | custody (kept, attributed to the unit responsible). `outcome`: counted | noted | refused | waiting.
    `happened_at` is the phone's time corrected by the last time the node told it; `time_trust` says how well.
    `body` holds the frozen bytes of what was refused or waits, until the person leaves: nothing typed is thrown away.
    """

    __tablename__ = "operation"
    __table_args__ = (
        UniqueConstraint("device_id", "device_seq"),
        CheckConstraint("device_seq >= 1", name="seq_positive"),
        Index(None, "subject", "received_at"),
        Index(
            "ix_operation_waiting",
            "activity_id",
            postgresql_where=text("outcome = 'waiting'"),
            sqlite_where=text("outcome = 'waiting'"),
        ),
        Index(
            "ix_operation_refused",
            "activity_id",
            postgresql_where=text("outcome = 'refused'"),
            sqlite_where=text("outcome = 'refused'"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    device_id: Mapped[uuid.UUID]
    device_seq: Mapped[int] = mapped_column(BigInteger)
    subject: Mapped[uuid.UUID]
    activity_id: Mapped[uuid.UUID]
    action: Mapped[str] = mapped_column(String(60))
    schema: Mapped[int]
    body_hash: Mapped[str] = mapped_column(String(64))
    happened_at: Mapped[datetime]
    time_trust: Mapped[str] = mapped_column(String(10))
    received_at: Mapped[datetime]
    verdict: Mapped[str] = mapped_column(String(12))
    outcome: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(60))
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    receipt: Mapped[str] = mapped_column(String(20), unique=True)


class Fact(Base):
    """One countable line of an operation.

    `scope` is within what the measure counts once: a round, an attempt, a year. A null subject (an event without a
    person) is never counted once. `result` is the typed tuple the measure declares. `period` is a DHIS2 month code.
    `recorded_at`: when the line was written; null: as it was received. A deed that waited, was refused or was repaired
    keeps the `received_at` of its arrival, but nobody could count it before it was recorded.
    """

    __tablename__ = "fact"
    __table_args__ = (
        UniqueConstraint(
            "measure", "subject", "scope", "generation", "is_reversal", name="uq_fact_counted_once"
        ),
        UniqueConstraint("reverses_operation", "reverses_line", name="uq_fact_reversed_once"),
        CheckConstraint("is_reversal = (reverses_operation IS NOT NULL)", name="reversal_names_its_fact"),
        Index(None, "activity_id", "measure", "unit_id", "happened_at"),
        Index(None, "unit_id", "measure", "happened_at"),
    )

    operation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(String(60))
    subject: Mapped[uuid.UUID | None]
    scope: Mapped[str] = mapped_column(String(80))
    generation: Mapped[int] = mapped_column(default=1)
    quantity: Mapped[int] = mapped_column(BigInteger)
    result: Mapped[dict[str, Any] | None]
    unit_id: Mapped[uuid.UUID]
    campaign_id: Mapped[uuid.UUID]
    activity_id: Mapped[uuid.UUID]
    happened_at: Mapped[datetime]
    received_at: Mapped[datetime]
    recorded_at: Mapped[datetime | None]
    period: Mapped[str] = mapped_column(String(8))
    is_reversal: Mapped[bool] = mapped_column(default=False)
    reverses_operation: Mapped[uuid.UUID | None]
    reverses_line: Mapped[int | None]


class PendingFact(Base):
    """A fact the fold has not counted yet. Counted and deleted in one transaction, so none is lost or doubled."""

    __tablename__ = "pending_fact"
    __table_args__ = (ForeignKeyConstraint(["operation_id", "line"], ["fact.operation_id", "fact.line"]),)

    operation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)


class Quarantined(Base):
    """A deed that could not be read or contradicts one already held. Kept byte for byte, never dropped.

    `device_seq` where it could be read: the deed did arrive, so it leaves no hole in the device's run. `deed_id`,
    `happened_at`, `time_trust`: likewise. `settled_at`: somebody looked at it; `became` is then the operation that
    stands for it, None where it was not accepted. The bytes stay either way.
    """

    __tablename__ = "quarantined"
    __table_args__ = (
        UniqueConstraint("device_id", "body_hash"),
        Index(
            "ix_quarantined_open",
            "received_at",
            postgresql_where=text("settled_at IS NULL"),
            sqlite_where=text("settled_at IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    device_id: Mapped[uuid.UUID]
    device_seq: Mapped[int | None] = mapped_column(BigInteger)
    subject: Mapped[uuid.UUID] = mapped_column(index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    body_hash: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(60))
    received_at: Mapped[datetime]
    receipt: Mapped[str] = mapped_column(String(20), unique=True)
    deed_id: Mapped[uuid.UUID | None]
    happened_at: Mapped[datetime | None]
    time_trust: Mapped[str | None] = mapped_column(String(10))
    settled_at: Mapped[datetime | None]
    became: Mapped[uuid.UUID | None]


class Change(Base):
    """What phones must learn of. `seq` is given after commit, by the worker, so a reader's cursor never skips one."""

    __tablename__ = "change"
    __table_args__ = (Index(None, "subject", "seq"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    seq: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    subject: Mapped[uuid.UUID | None]
    noun: Mapped[str] = mapped_column(String(20))
    noun_id: Mapped[uuid.UUID]
    change: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime]


class Lease(Base):
    """One row per job that must run alone; holding its row lock is holding the lease."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    taken: Mapped[int] = mapped_column(BigInteger, default=0)
