"""Packets that a room could not read yet, offered to it again; their sender learns what became of them when it asks again."""

import logging
import uuid
from collections.abc import Collection

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.engine import Database
from backend.db.node import this_node
from backend.federation import frames
from backend.federation.frames import Frame, PacketHeader, Place
from backend.federation.packets.models import APPLIED, LATE, PUT_ASIDE, PacketIn
from backend.federation.packets.receipts import Outcome, Writer
from backend.federation.packets.stream import Arrived, Book, PacketHeld, PacketRefused
from backend.federation.peers import queries as peers
from backend.federation.peers.models import ACTIVE, Peer
from backend.federation.peers.trouble import note_trouble
from backend.safeguards.signing import Signer

log = logging.getLogger("lantoa.packets")

Key = tuple[uuid.UUID, str, str, int]
"""peer_id, stream, epoch, number"""


def offer_again(database: Database, book: Book, signer: Signer, codes: Collection[str]) -> int:
    """Offer what waits for one of these reasons to its room again, in order, each in a transaction of its own; answers how
    many are taken now. One that fails takes nothing from the others. Of a peer that is suspended or revoked nothing is."""
    query = (
        select(PacketIn.peer_id, PacketIn.stream, PacketIn.epoch, PacketIn.number)
        .join(Peer, Peer.id == PacketIn.peer_id)
        .where(PacketIn.state == PUT_ASIDE, PacketIn.code.in_(sorted(codes)), Peer.state == ACTIVE)
        .order_by(PacketIn.received_at, PacketIn.stream, PacketIn.number)
    )
    with database.transaction(writes=False) as session:
        keys: list[Key] = [(*row,) for row in session.execute(query)]
    return sum(_by_itself(database, book, signer, key, codes) for key in keys)


def _by_itself(database: Database, book: Book, signer: Signer, key: Key, codes: Collection[str]) -> bool:
    try:
        with database.transaction() as session:
            row = session.get(PacketIn, key, with_for_update=True)
            if row is None or row.state != PUT_ASIDE or row.code not in codes or not row.raw:
                return False
            return _again(session, book, signer, row)
    except Exception:
        log.exception("a packet that was held could not be offered again: %s %s", key[1], key[3])
        note_trouble(database, key[0], "failed", f"{key[1]} {key[3]}")
        return False


def _again(session: Session, book: Book, signer: Signer, row: PacketIn) -> bool:
    frame, peer = frames.kept(row.raw), session.get_one(Peer, row.peer_id)
    try:
        outcome = _offered(session, book, row, frame, peer)
    except PacketHeld as held:
        row.code = held.code
        return False
    except PacketRefused as refused:
        _answer(session, signer, peer, row, frame, "refused", refused.code, refused.pointer)
        return False
    _answer(session, signer, peer, row, frame, outcome)
    return True


def _offered(session: Session, book: Book, row: PacketIn, frame: Frame, peer: Peer) -> Outcome:
    """Raises PacketRefused: also where its key was lost before the packet came."""
    stream, header = book.of(row.stream), frame.header
    if stream is None or not isinstance(header, PacketHeader):
        raise PacketHeld(row.code or "")
    key = peers.key_at(session, peer.id, frame.key_id)
    if key is None or (key.withdrawn_from is not None and row.received_at >= key.withdrawn_from):
        raise PacketRefused("key-over")
    try:
        body = frames.read_body(frame, stream.body)
    except msgspec.ValidationError:
        raise PacketRefused("invalid") from None
    arrived = Arrived(peer, header, body, row.digest, row.received_at, is_again=True)
    with session.begin_nested():
        return stream.receive(session, arrived) or "taken"


def _answer(
    session: Session, signer: Signer, peer: Peer, row: PacketIn, frame: Frame, outcome: Outcome,
    code: str = "", pointer: str = "",
) -> None:  # fmt: skip
    """Another receipt takes the place of the one that said "held": whoever sends the packet again is given it."""
    node = this_node(session)
    writer = Writer(str(node.id), str(node.epoch), signer, str(peer.node_id), peer.line)  # type: ignore[arg-type]
    head = Place(row.epoch, row.number, row.digest)
    row.receipt = writer.receipt(frame, outcome, head, clock.now(), code, pointer).raw
    row.state = {"taken": APPLIED, "late": LATE}.get(outcome, PUT_ASIDE)
    row.code, row.returned_at = code or None, None
    if code:
        note_trouble(session, peer.id, code, f"{row.stream} {row.number}")
