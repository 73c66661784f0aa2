"""What a node keeps of contests that run in many communes: the commune's side first, then the level above."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id

# --- in a commune -----------------------------------------------------------------------------------------------------


class CommonRound(Base):
    """A round here that belongs to a contest of many communes; its dates and rules are not edited here.

    `terms`: the pack's `common` section; `rules`: the digest of all that is fixed from above. `ready_*`: the organiser
    has looked at doubtful papers, the count may go up. `unit_code`: of the commune this round is told for, as it was at the
    launch; a merge on the way changes nothing of it. `total_number`, `total_document`: which count of all communes the
    results stand on; null with `alone_why` where the organiser settled with the own count after waiting.
    """

    __tablename__ = "common_round"
    __table_args__ = (
        UniqueConstraint("contest", "round"),
        CheckConstraint("alone_why IS NULL OR total_number IS NULL", name="alone_or_together"),
    )

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    contest: Mapped[str] = mapped_column(String(60))
    round: Mapped[str] = mapped_column(String(60))
    terms: Mapped[dict[str, Any]]
    rules: Mapped[str] = mapped_column(String(64))
    unit_code: Mapped[str] = mapped_column(String(40))
    ready_at: Mapped[datetime | None]
    ready_by: Mapped[uuid.UUID | None]
    total_number: Mapped[int | None]
    total_document: Mapped[str | None] = mapped_column(String(64))
    alone_why: Mapped[str | None] = mapped_column(String(500))
    alone_by: Mapped[uuid.UUID | None]


class CommonTotal(Base):
    """The count of all communes of a round as a level above signed it; each is kept. `number`: as its giver counts them,
    anew after it was restored from a backup. Which one is believed: `contest.common_heard`."""

    __tablename__ = "common_total"
    __table_args__ = (Index(None, "contest", "round"),)

    document: Mapped[str] = mapped_column(String(64), primary_key=True)
    contest: Mapped[str] = mapped_column(String(60))
    round: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    said: Mapped[dict[str, Any]]
    arrived_at: Mapped[datetime]


class CommonSent(Base):
    """What was told upward last of a round: `what` counts | rows. A new revision only where something changed."""

    __tablename__ = "common_sent"
    __table_args__ = (
        CheckConstraint("what IN ('counts', 'rows')", name="what_known"),
        CheckConstraint("revision >= 1", name="revision_from_one"),
    )

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    what: Mapped[str] = mapped_column(String(8), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    said: Mapped[dict[str, Any]]
    sent_at: Mapped[datetime]


class CommonEntry(Base):
    """Somebody's row on the final list. The number leaves the node, the subject never does.

    A number is never given to somebody else: who withdraws leaves a gap, and `subject` goes with whoever leaves.
    """

    __tablename__ = "common_entry"
    __table_args__ = (
        UniqueConstraint("activity_id", "subject"),
        CheckConstraint("subject IS NOT NULL OR withdrawn_at IS NOT NULL", name="gone_is_withdrawn"),
    )

    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[uuid.UUID | None] = mapped_column(index=True)
    entered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class CommonList(Base):
    """The final list as a level above published it last; a commune puts names to its own rows, nobody else does."""

    __tablename__ = "common_list"
    __table_args__ = (Index(None, "contest", "round"),)

    document: Mapped[str] = mapped_column(String(64), primary_key=True)
    contest: Mapped[str] = mapped_column(String(60))
    round: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    said: Mapped[dict[str, Any]]
    arrived_at: Mapped[datetime]


# --- at the level above ----------------------------------------------------------------------------------------------


class CommonContest(Base):
    """A contest this node gave out to those below. `terms` and `rounds` as they were fixed; `rules` is their digest."""

    __tablename__ = "common_contest"

    contest: Mapped[str] = mapped_column(String(60), primary_key=True)
    title: Mapped[dict[str, Any]]
    terms: Mapped[dict[str, Any]]
    rounds: Mapped[list[Any]]
    rules: Mapped[str] = mapped_column(String(64))
    pack_version: Mapped[int]
    given_out_at: Mapped[datetime]
    given_out_by: Mapped[uuid.UUID | None]


class CommonCount(Base):
    """What a unit told of a round, each revision. `people` and `papers` null: too few to be told.

    `all_correct` is there to be summed and for nothing else; no page shows one unit's.
    """

    __tablename__ = "common_count"
    __table_args__ = (CheckConstraint("all_correct >= 0", name="a_count"),)

    contest: Mapped[str] = mapped_column(String(60), primary_key=True)
    round: Mapped[str] = mapped_column(String(60), primary_key=True)
    unit_code: Mapped[str] = mapped_column(String(40), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    node_id: Mapped[uuid.UUID]
    people: Mapped[int | None]
    papers: Mapped[int | None]
    all_correct: Mapped[int | None] = mapped_column(BigInteger)
    is_small: Mapped[bool]
    packet: Mapped[str] = mapped_column(String(64))
    told_at: Mapped[datetime]


class CommonSum(Base):
    """A count of all communes as it was given out: a signed document, never changed, only followed by the next number."""

    __tablename__ = "common_sum"

    contest: Mapped[str] = mapped_column(String(60), primary_key=True)
    round: Mapped[str] = mapped_column(String(60), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    said: Mapped[dict[str, Any]]
    why: Mapped[str | None] = mapped_column(String(500))
    given_out_at: Mapped[datetime]
    given_out_by: Mapped[uuid.UUID | None]


class CommonTold(Base):
    """Which revision of its finalists' rows stands for a unit, and the packet it came with."""

    __tablename__ = "common_told"

    contest: Mapped[str] = mapped_column(String(60), primary_key=True)
    round: Mapped[str] = mapped_column(String(60), primary_key=True)
    unit_code: Mapped[str] = mapped_column(String(40), primary_key=True)
    revision: Mapped[int]
    node_id: Mapped[uuid.UUID]
    packet: Mapped[str] = mapped_column(String(64))
    told_at: Mapped[datetime]


class CommonRow(Base):
    """A finalist's row: a number, a result, a unit. Nobody here can say whose it is; only its commune can."""

    __tablename__ = "common_row"

    contest: Mapped[str] = mapped_column(String(60), primary_key=True)
    round: Mapped[str] = mapped_column(String(60), primary_key=True)
    unit_code: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    right: Mapped[int]
    of: Mapped[int]
    seconds: Mapped[int]
    gap: Mapped[int | None] = mapped_column(BigInteger)


class CommonFinal(Base):
    """The final list of a round as it was published: a signed statement. A row taken back makes the next number."""

    __tablename__ = "common_final"
    __table_args__ = (UniqueConstraint("contest", "round", "number"), Index(None, "published_at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    contest: Mapped[str] = mapped_column(String(60))
    round: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    statement: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(100))
    key_id: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]
    published_by: Mapped[uuid.UUID | None]
