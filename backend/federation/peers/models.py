import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id

PARENT, CHILD = "parent", "child"
SIDES = (PARENT, CHILD)
LINES = ("state", "party", "front", "youth")
"""Whose figures travel: the State's line and the Party's never mix, not even between the same two nodes."""
PROPOSED, ACTIVE, SUSPENDED, REVOKED = "proposed", "active", "suspended", "revoked"
STATES = (PROPOSED, ACTIVE, SUSPENDED, REVOKED)
NODE_NAME = 200
REASON = 500


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


class Peer(Base):
    """Another node on one line. The same node on two lines is two peers, with streams and keys of their own.

    `side`: what it is to this node. `address`: where a parent is reached, without a stroke at the end; a child is never
    called, it always connects. `epoch`: of the peer, as it last said. `clock_delta_ms`: how far its clock was ahead of
    ours at `last_seen_at`. Two persons enrol a peer; the database refuses one who confirms the own proposal.
    """

    __tablename__ = "peer"
    __table_args__ = (
        UniqueConstraint("node_id", "line"),
        CheckConstraint(_one_of("side", SIDES), name="side_is_known"),
        CheckConstraint(_one_of("line", LINES), name="line_is_known"),
        CheckConstraint(_one_of("state", STATES), name="state_is_known"),
        CheckConstraint("confirmed_by <> proposed_by", name="two_persons"),
        CheckConstraint("state <> 'active' OR confirmed_by IS NOT NULL", name="confirmed_when_active"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    node_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(String(NODE_NAME))
    unit_code: Mapped[str] = mapped_column(String(40))
    side: Mapped[str] = mapped_column(String(10))
    line: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(10), default=PROPOSED)
    epoch: Mapped[uuid.UUID | None]
    proposed_by: Mapped[uuid.UUID]
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[uuid.UUID | None]
    confirmed_at: Mapped[datetime | None]
    revoked_by: Mapped[uuid.UUID | None]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None] = mapped_column(String(REASON))
    clock_delta_ms: Mapped[int | None] = mapped_column(BigInteger)
    last_seen_at: Mapped[datetime | None]


class PeerKey(Base):
    """A public key of a peer. One is open at a time; the ones before it stay, so that what they signed can be checked.

    `until_at`: what it signs from then on does not count (rotated). `withdrawn_from`: nothing it signed since then is
    believed, because somebody else may have it (lost). A key nobody has confirmed opens nothing. `proposed_by` and
    `confirmed_by` are empty where the key before it signed it in.
    """

    __tablename__ = "peer_key"
    __table_args__ = (
        CheckConstraint("confirmed_by <> proposed_by", name="two_persons"),
        Index(
            "uq_peer_key_open",
            "peer_id",
            unique=True,
            sqlite_where=text("confirmed_at IS NOT NULL AND until_at IS NULL AND withdrawn_from IS NULL"),
            postgresql_where=text("confirmed_at IS NOT NULL AND until_at IS NULL AND withdrawn_from IS NULL"),
        ),
        Index(None, "key_id"),
    )

    peer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer.id"), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(30), primary_key=True)
    public: Mapped[str] = mapped_column(String(44))
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    withdrawn_from: Mapped[datetime | None]
    proposed_by: Mapped[uuid.UUID | None]
    confirmed_by: Mapped[uuid.UUID | None]
    confirmed_at: Mapped[datetime | None]


class PeerReach(Base):
    """The unit with all below it that a peer speaks for, from one day to another; `until_on` is the first day it does not."""

    __tablename__ = "peer_reach"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_start"),
        Index(None, "unit_code"),
    )

    peer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer.id"), primary_key=True)
    unit_code: Mapped[str] = mapped_column(String(40), primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    until_on: Mapped[date | None]


class PeerNonce(Base):
    """A message that was seen: the same one again is a replay. Forgotten at `until_at`, when its time has long run out."""

    __tablename__ = "peer_nonce"
    __table_args__ = (Index(None, "until_at"),)

    key_id: Mapped[str] = mapped_column(String(30), primary_key=True)
    nonce: Mapped[str] = mapped_column(String(64), primary_key=True)
    until_at: Mapped[datetime]


class PeerInvitation(Base):
    """A one-time code that was read out over the telephone, kept as the key derived from it.

    At the child it stands for an offer made; at the parent for an offer taken in, until its answer is given. `offer` is
    the digest of that offer: the code fits no other.
    """

    __tablename__ = "peer_invitation"
    __table_args__ = (UniqueConstraint("offer", "side"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    offer: Mapped[str] = mapped_column(String(64))
    side: Mapped[str] = mapped_column(String(10))
    line: Mapped[str] = mapped_column(String(10))
    code_hash: Mapped[str] = mapped_column(String(64))
    peer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("peer.id"))
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
    until_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PeerTrouble(Base):
    """What was refused from a peer (or from nobody known: `whose` is empty), counted by the hour: memory is bounded.

    `code`: of the problem it was answered with. `what`: a few words about the last one, none of it from its body.
    """

    __tablename__ = "peer_trouble"

    whose: Mapped[str] = mapped_column(String(36), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    hour: Mapped[int] = mapped_column(primary_key=True)
    peer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("peer.id"))
    count: Mapped[int]
    last_at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(200))


class PeerDoubt(Base):
    """A packet that was taken in while somebody else may have had the key it is signed with. What it said stands until the
    peer says it again, or until somebody has asked the peer and found it right (`checked_by`, `checked_at`)."""

    __tablename__ = "peer_doubt"
    __table_args__ = (
        CheckConstraint("(checked_by IS NULL) = (checked_at IS NULL)", name="checked_by_somebody"),
    )

    peer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(30))
    stream: Mapped[str] = mapped_column(String(120))
    number: Mapped[int]
    received_at: Mapped[datetime]
    checked_by: Mapped[uuid.UUID | None]
    checked_at: Mapped[datetime | None]
