"""Streams and packets in both directions. No row is ever deleted: a restored neighbour may need all of them again."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id

STREAM = 120
WAITING, RECEIVED, REFUSED, REPLACED = "waiting", "received", "refused", "replaced"
APPLIED, LATE, PUT_ASIDE = "applied", "late", "put_aside"


class StreamOut(Base):
    """Where a stream to a peer stands: the last packet made (`number`, `digest` in `epoch`), how many were ever made
    (`made`), and the courier's patience with what the peer does not take: `tries` in vain since `trouble` began, nothing
    before `next_try_at`.
    """

    __tablename__ = "stream_out"

    peer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer.id"), primary_key=True)
    stream: Mapped[str] = mapped_column(String(STREAM), primary_key=True)
    epoch: Mapped[str] = mapped_column(String(36))
    number: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    made: Mapped[int] = mapped_column(Integer)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    trouble: Mapped[str | None] = mapped_column(String(60))
    next_try_at: Mapped[datetime | None]


class PeerCall(Base):
    """The courier's patience with a parent that cannot be reached: the breaker is shared by all streams. `asked_at`: when
    it was last asked for what waits there; `compared_at`: when both sides last compared where their streams stand.
    `stated_at`: of the newest statement of the peer about that, by the peer's own word: an older one, found on some stick,
    tells nothing."""

    __tablename__ = "peer_call"

    peer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer.id"), primary_key=True)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    trouble: Mapped[str | None] = mapped_column(String(60))
    next_try_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    compared_at: Mapped[datetime | None]
    stated_at: Mapped[datetime | None]
    busy_until: Mapped[datetime | None]


class PacketOut(Base):
    """One packet for a peer. `payload` never changes; `key_id` and `signature` are there once somebody carried it.
    `position`: its place among all of the stream, over epochs. `outcome`, `code`: of the receipt, which is kept whole.

    `replaced`: never taken, and said again in a later epoch.
    """

    __tablename__ = "packet_out"
    __table_args__ = (
        UniqueConstraint("peer_id", "stream", "epoch", "number"),
        UniqueConstraint("peer_id", "stream", "position"),
        CheckConstraint("state IN ('waiting', 'received', 'refused', 'replaced')", name="state"),
        CheckConstraint("number > 0", name="number"),
        Index("ix_packet_out_waiting", "peer_id", "stream", "position", postgresql_where=text("state = 'waiting'"),
              sqlite_where=text("state = 'waiting'")),
        Index("ix_packet_out_held", "peer_id", postgresql_where=text("state = 'received' AND outcome = 'held'"),
              sqlite_where=text("state = 'received' AND outcome = 'held'")),
        Index(None, "stream", "subject"),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    peer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer.id"))
    stream: Mapped[str] = mapped_column(String(STREAM))
    epoch: Mapped[str] = mapped_column(String(36))
    number: Mapped[int] = mapped_column(Integer)
    position: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[str | None] = mapped_column(String(30))
    signature: Mapped[str | None] = mapped_column(String(86))
    subject: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default=WAITING)
    outcome: Mapped[str | None] = mapped_column(String(10))
    code: Mapped[str | None] = mapped_column(String(60))
    receipt: Mapped[bytes | None] = mapped_column(LargeBinary)
    received_at: Mapped[datetime | None]


class StreamIn(Base):
    """The head of a peer's stream in one of its epochs; `turn` counts its epochs in the order they began here. Only the
    last one goes on. `day_bytes`: how much of it was kept on `day` (UTC): a peer may not fill the disk."""

    __tablename__ = "stream_in"
    __table_args__ = (UniqueConstraint("peer_id", "stream", "turn"),)

    peer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer.id"), primary_key=True)
    stream: Mapped[str] = mapped_column(String(STREAM), primary_key=True)
    epoch: Mapped[str] = mapped_column(String(36), primary_key=True)
    turn: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    day: Mapped[date | None]
    day_bytes: Mapped[int] = mapped_column(BigInteger, default=0)


class PacketIn(Base):
    """One packet of a peer as it arrived, and what was answered. `put_aside`: kept, its room did not take it, `code` says
    why. `returned_at`: when the receipt of a packet that came on a stick was first given back."""

    __tablename__ = "packet_in"
    __table_args__ = (
        UniqueConstraint("peer_id", "digest"),
        CheckConstraint("state IN ('applied', 'late', 'put_aside')", name="state"),
        CheckConstraint("via IN ('wire', 'file')", name="via"),
        Index("ix_packet_in_put_aside", "peer_id", "code", postgresql_where=text("state = 'put_aside'"),
              sqlite_where=text("state = 'put_aside'")),
    )  # fmt: skip

    peer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer.id"), primary_key=True)
    stream: Mapped[str] = mapped_column(String(STREAM), primary_key=True)
    epoch: Mapped[str] = mapped_column(String(36), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(10))
    code: Mapped[str | None] = mapped_column(String(60))
    via: Mapped[str] = mapped_column(String(4))
    received_at: Mapped[datetime]
    receipt: Mapped[bytes] = mapped_column(LargeBinary)
    returned_at: Mapped[datetime | None]


class PacketFork(Base):
    """A second packet with a number that was taken: kept as evidence, never applied."""

    __tablename__ = "packet_fork"
    __table_args__ = (UniqueConstraint("peer_id", "digest"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    peer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer.id"))
    stream: Mapped[str] = mapped_column(String(STREAM))
    epoch: Mapped[str] = mapped_column(String(36))
    number: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
