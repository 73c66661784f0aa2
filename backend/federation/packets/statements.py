"""The statements of the way in, built once: a node of the whole country takes thousands of packets in an hour."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    Integer,
    LargeBinary,
    Table,
    TextClause,
    and_,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.orm import Session

from backend.db.node import Node
from backend.db.statements import dialect_insert, on_postgres
from backend.federation.frames import MOST_FIRST_LINE
from backend.federation.packets.models import PacketFork, PacketIn, StreamIn
from backend.federation.peers.models import Peer, PeerKey

_in: Table = PacketIn.__table__  # type: ignore[assignment]
_head: Table = StreamIn.__table__  # type: ignore[assignment]

OF_PEER = ("node_id", "name", "unit_code", "side", "line", "state")
"""What rooms may read of who sent a packet."""

_today = (
    select(func.coalesce(func.sum(_head.c.day_bytes), 0))
    .where(_head.c.peer_id == bindparam("peer"), _head.c.day == bindparam("day"))
    .scalar_subquery()
)

# Who this node is, the key that is said to have signed, whether the very packet is known, and where the chain of the stream
# stands (a row an epoch, the columns before it repeated), and how much of the peer is kept already: one round trip. Of a
# packet that is known its first line is enough: key and signature; the rest is in the digest.
CONTEXT = (
    select(
        Node.id,
        Node.epoch,
        *(getattr(Peer, name) for name in OF_PEER),
        PeerKey.public,
        PeerKey.confirmed_at,
        PeerKey.until_at,
        PeerKey.withdrawn_from,
        func.substr(PacketIn.raw, 1, MOST_FIRST_LINE, type_=LargeBinary).label("first_line"),
        PacketIn.receipt,
        _today.label("today"),
        _head.c.epoch.label("head_epoch"),
        _head.c.number.label("head_number"),
        _head.c.digest.label("head_digest"),
    )
    .select_from(Node)
    .outerjoin(Peer, Peer.id == bindparam("peer"))
    .outerjoin(PeerKey, and_(PeerKey.peer_id == bindparam("peer"), PeerKey.key_id == bindparam("key")))
    .outerjoin(PacketIn, and_(PacketIn.peer_id == bindparam("peer"), PacketIn.digest == bindparam("digest")))
    .outerjoin(_head, and_(_head.c.peer_id == bindparam("peer"), _head.c.stream == bindparam("stream")))
    .order_by(_head.c.turn)
)

HEADS = (
    select(_head.c.epoch, _head.c.number, _head.c.digest)
    .where(_head.c.peer_id == bindparam("peer"), _head.c.stream == bindparam("stream"))
    .order_by(_head.c.turn)
)

# The packet and where its chain stands now. Nobody waits for a lock before that: whoever finds the chain further than it
# was when the packet was judged comes too late, and its sender tries again.
_ADVANCE = """UPDATE stream_in SET number = :number, digest = :digest, at = :received_at, day = :day,
 day_bytes = :size + CASE WHEN day = :day THEN day_bytes ELSE 0 END
 WHERE peer_id = :peer_id AND stream = :stream AND epoch = :epoch AND number = :before"""
_BEGIN = """INSERT INTO stream_in (peer_id, stream, epoch, turn, number, digest, at, day, day_bytes)
 VALUES (:peer_id, :stream, :epoch, :turn, :number, :digest, :received_at, :day, :size)"""
_COLUMNS = "peer_id, stream, epoch, number, digest, raw, state, code, via, received_at, receipt"
_KEEP = f"INSERT INTO packet_in ({_COLUMNS})"
_VALUES = ", ".join(f":{name}" for name in _COLUMNS.split(", "))
_TYPES = [
    bindparam(name, type_=_in.c[name].type) for name in _COLUMNS.split(", ")
] + [
    bindparam("turn", type_=Integer()), bindparam("before", type_=Integer()), bindparam("day", type_=Date()),
    bindparam("size", type_=BigInteger()),
]  # fmt: skip


def _typed(words: str) -> TextClause:
    return text(words).bindparams(*(one for one in _TYPES if f":{one.key}" in words))


def _at_once(first: str) -> TextClause:
    """Both in one round trip; nothing is kept where the chain did not move."""
    return _typed(f"WITH moved AS ({first} RETURNING 1) {_KEEP} SELECT {_VALUES} FROM moved")  # noqa: S608 - own words


_AT_ONCE = {True: _at_once(_BEGIN), False: _at_once(_ADVANCE)}
_MOVE = {True: _typed(_BEGIN), False: _typed(_ADVANCE)}
_PUT = _typed(f"{_KEEP} VALUES ({_VALUES})")


def keep(session: Session, row: Mapping[str, Any], *, begins: bool) -> bool:
    """Keep a packet and move its chain; `row`: its columns, `turn` of the epoch, number `before` it, `size` in
    bytes, kept on `day`. False where the chain
    has moved meanwhile. Raises IntegrityError where the epoch or the packet was there meanwhile."""
    connection = session.connection()
    if on_postgres(session):
        return connection.execute(_AT_ONCE[begins], row).rowcount == 1
    moved = connection.execute(_MOVE[begins], row).rowcount == 1
    if moved:
        connection.execute(_PUT, row)
    return moved


def fork(postgres: bool) -> Any:
    """Keep a second packet of one number, once."""
    return dialect_insert(postgres, PacketFork).on_conflict_do_nothing()
