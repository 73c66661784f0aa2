"""What this node has to say to its peers: numbered, chained, kept for ever."""

import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.node import Node, this_node
from backend.db.statements import insert_into
from backend.federation import frames, no_person
from backend.federation.frames import PacketHeader, Place
from backend.federation.no_person import NamesSomebody
from backend.federation.packets.models import RECEIVED, REFUSED, REPLACED, WAITING, PacketOut, StreamOut
from backend.federation.packets.stream import Stream
from backend.federation.peers.models import PARENT, Peer
from backend.federation.shapes import StreamName
from backend.federation.software import software
from backend.safeguards.signing import Signer

DISPLACED = frozenset({"fork", "old-epoch"})
"""The peer holds something else where our packets claim to stand. Only a new epoch heals it."""


def put(
    session: Session,
    peer: Peer,
    stream: Stream,
    part: str,
    body: Any,
    subject: str = "",
    *,
    signer: Signer | None = None,
) -> PacketOut:
    """One more packet for this peer, numbered and chained in the caller's transaction.

    `part`: "xa-2026", makes the stream "figures/xa-2026" ("" for a stream of one part); `subject`: what it is about, to
    find it again: "xa-2026/thang/202611". Signed now if a signer is given, otherwise by whoever carries it: the chain
    is of digests of what is said, so that a new key may sign what an old one had not delivered.
    Raises ValueError where the stream may not go to this peer (line, direction) or nobody could read its name, NamesSomebody
    where its words do.
    """
    _may_go(peer, stream)
    if pointer := no_person.found(body):
        raise NamesSomebody(where=pointer)
    name = _name(stream, part)
    node = this_node(session)
    row = _head(session, peer.id, name, node)
    made = _add(
        session, node, peer, row, stream.schema, body, subject, _enter_epoch(session, node, peer, row)
    )
    if signer is not None:
        sign(made, signer)
    return made


def _name(stream: Stream, part: str) -> str:
    name = f"{stream.name}/{part}" if part else stream.name
    try:
        return msgspec.convert(name, StreamName)
    except msgspec.ValidationError:
        raise ValueError(f"{name!r} is no name of a stream") from None


def _may_go(peer: Peer, stream: Stream) -> None:
    wrong = "down" if peer.side == PARENT else "up"
    if peer.line not in stream.lines or stream.direction == wrong:
        raise ValueError(f"stream {stream.name} may not go to a {peer.side} on the line {peer.line}")


def _head(session: Session, peer_id: uuid.UUID, name: str, node: Node) -> StreamOut:
    """The stream's row, held by this transaction alone: numbers have no gaps."""
    new = {
        "peer_id": peer_id,
        "stream": name,
        "epoch": str(node.epoch),
        "number": 0,
        "digest": "",
        "made": 0,
        "tries": 0,
    }
    session.execute(insert_into(session, StreamOut).values(new).on_conflict_do_nothing())
    query = select(StreamOut).where(StreamOut.peer_id == peer_id, StreamOut.stream == name)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()


def _enter_epoch(session: Session, node: Node, peer: Peer, row: StreamOut) -> Place | None:
    """After a restored backup the chain begins anew; what the first packet of it follows, None within an epoch.

    What the peer would not take because it holds something else there is said again in the new chain; not what it has
    and cannot read yet: that would come behind what was said since.
    """
    if row.epoch == str(node.epoch):
        return None
    follows = Place(row.epoch, row.number, row.digest) if row.number else None
    displaced: Sequence[PacketOut] = ()
    if row.trouble in DISPLACED:
        displaced = _displaced(session, row)
        follows = _last_settled(session, row)
    row.epoch, row.number, row.digest = str(node.epoch), 0, ""
    row.tries, row.trouble, row.next_try_at = 0, None, None
    for packet in displaced:
        packet.state = REPLACED
        said = frames.kept_payload(packet.payload)
        _add(session, node, peer, row, said.header.schema, said.body, packet.subject, follows)
        follows = None
    return follows


def _displaced(session: Session, row: StreamOut) -> Sequence[PacketOut]:
    waiting = _of(session, row, WAITING)
    for packet in waiting:
        if packet.outcome == "held":  # only asked about
            packet.state = RECEIVED
    session.flush()
    return [packet for packet in waiting if packet.state == WAITING]


def _of(session: Session, row: StreamOut, *states: str) -> Sequence[PacketOut]:
    query = select(PacketOut).where(PacketOut.peer_id == row.peer_id, PacketOut.stream == row.stream)
    return session.scalars(query.where(PacketOut.state.in_(states)).order_by(PacketOut.position)).all()


def _last_settled(session: Session, row: StreamOut) -> Place | None:
    settled = _of(session, row, RECEIVED, REFUSED)
    return Place(settled[-1].epoch, settled[-1].number, settled[-1].digest) if settled else None


def _add(
    session: Session,
    node: Node,
    peer: Peer,
    row: StreamOut,
    schema: str,
    body: Any,
    subject: str,
    follows: Place | None,
) -> PacketOut:
    now = clock.now()
    header = PacketHeader(
        sender=str(node.id), to=str(peer.node_id), line=peer.line, epoch=row.epoch, made_at=clock.iso(now), schema=schema,  # type: ignore[arg-type]
        software=software(), stream=row.stream, number=row.number + 1, prev=row.digest, follows=follows,
    )  # fmt: skip
    payload = frames.payload_of(header, body)
    row.number, row.digest, row.made = header.number, frames.digest_of(payload), row.made + 1
    made = PacketOut(
        peer_id=peer.id, stream=row.stream, epoch=row.epoch, number=row.number, position=row.made,
        digest=row.digest, payload=payload, subject=subject, made_at=now, state=WAITING,
    )  # fmt: skip
    session.add(made)
    session.flush()  # whoever asks what waits, in the same transaction, finds it
    return made


def enter_epoch(session: Session, peer: Peer, stream: str) -> None:
    """Say again in the new epoch what the peer did not take in the old one; nothing where there is nothing to say."""
    node = this_node(session)
    row = _head(session, peer.id, stream, node)
    if row.trouble in DISPLACED and row.epoch != str(node.epoch):
        _enter_epoch(session, node, peer, row)


def sign(packet: PacketOut, signer: Signer) -> bytes:
    """The whole frame; signed now if it was not, and signed again where another key has taken over."""
    if packet.key_id is None or packet.signature is None:
        packet.key_id = signer.key_id
        packet.signature = signer.sign(frames.SIGNED_AS + packet.payload)
    return frames.joined(packet.key_id, packet.signature, packet.payload)


def waiting(session: Session, peer_id: uuid.UUID, most: int = 1000) -> Sequence[PacketOut]:
    """What the peer has not answered yet, in the order it must be told, stream by stream."""
    query = select(PacketOut).where(PacketOut.peer_id == peer_id, PacketOut.state == WAITING)
    return session.scalars(query.order_by(PacketOut.stream, PacketOut.position).limit(most)).all()


def heads(session: Session, peer_id: uuid.UUID) -> dict[str, Place]:
    """The last packet of each stream that the peer has answered for good: what both sides should agree about."""
    query = select(PacketOut.stream, PacketOut.epoch, PacketOut.number, PacketOut.digest).where(
        PacketOut.peer_id == peer_id, PacketOut.state.in_((RECEIVED, REFUSED))
    )
    rows = session.execute(query.order_by(PacketOut.stream, PacketOut.position))
    return {row.stream: Place(row.epoch, row.number, row.digest) for row in rows}
