"""What peers tell this node: verified, in order, once; answered by a signed receipt. The same over the wire and from a file."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy.orm import Session

from backend import clock
from backend.db.engine import Database
from backend.federation import frames, no_person
from backend.federation.frames import Frame, FrameRefused, PacketHeader, Place
from backend.federation.packets import bounds, kept, order, statements
from backend.federation.packets.receipts import Missing, Outcome, Receipt, Writer
from backend.federation.packets.settling import ROAD, moment_of
from backend.federation.packets.stream import Arrived, Book, PacketHeld, PacketRefused, Stream
from backend.federation.peers.models import ACTIVE, CHILD, Peer
from backend.federation.peers.trouble import note_trouble
from backend.safeguards.signing import Signer, unpacked

NUL = b"\\u0000"
"""No text has it, and PostgreSQL keeps none that does."""


class PacketNotBelieved(FrameRefused):
    """What came is no packet this peer signed. That it came is written down."""


@dataclass(frozen=True)
class _Desk:
    """What taking in one packet works with. `today`: bytes of the peer kept since midnight."""

    session: Session
    peer: Peer
    via: str
    book: Book
    writer: Writer
    now: datetime
    today: int


def take_in(
    session: Session,
    raw: bytes,
    peer: Peer | uuid.UUID,
    *,
    via: Literal["wire", "file"],
    book: Book,
    signer: Signer,
    expected: tuple[str, int] | None = None,
) -> Receipt:
    """Take one packet in, or say why not; either way the answer is a signed receipt.

    `peer`: or its id. `expected`: stream and number as the address of the request said them. A packet that is known is
    answered with the receipt it was given before. The transaction is the packet's alone: what its room wrote before it
    refused is undone by beginning it again.
    Raises PacketNotBelieved for what is no packet of this peer: there is nothing to answer to; kept.TwoAtOnce.
    """
    peer_id = peer if isinstance(peer, uuid.UUID) else peer.id
    try:
        shell = frames.outside(raw)
        stream = expected[0] if expected else ""
        now = clock.now()
        asked = {
            "peer": peer_id,
            "key": shell.key_id,
            "digest": shell.digest,
            "stream": stream,
            "day": now.date(),
        }
        rows = session.connection().execute(statements.CONTEXT, asked).all()
        here = rows[0]
        peer = _peer(peer, here)
        writer = Writer(str(here.id), str(here.epoch), signer, str(peer.node_id), peer.line)  # type: ignore[arg-type]
        if here.first_line == raw[: frames.MOST_FIRST_LINE]:  # the rest is in the digest
            return writer.again(here.receipt)
        frame = frames.open_outside(raw, shell, lambda _: _public(peer, here))
        header = _packet_header(frame, expected, here)
    except FrameRefused as refused:
        note_trouble(session, peer_id, refused.code, via)
        raise PacketNotBelieved(refused.code) from None
    if here.receipt is not None:  # the same words under another key
        return writer.again(here.receipt)
    known = _heads(rows) if expected else heads(session, peer_id, header.stream)
    verdict = order.judge(known, header)
    desk = _Desk(session, peer, via, book, writer, now, here.today)
    return _judged(desk, frame, header, known, verdict)


def _heads(rows: Sequence[Any]) -> list[Place]:
    return [Place(row.head_epoch, row.head_number, row.head_digest) for row in rows if row.head_epoch]


def take_by_itself(
    database: Database, raw: bytes, peer: Peer, via: Literal["wire", "file"], book: Book, signer: Signer
) -> Receipt | None:
    """The same in a transaction of its own; None for what is no packet of this peer, which is written down."""
    with database.transaction() as session:
        try:
            return take_in(session, raw, peer, via=via, book=book, signer=signer)
        except PacketNotBelieved:
            return None


def _peer(peer: Peer | uuid.UUID, here: Any) -> Peer:
    """As it stands; built from the row that was read anyway, because it is only read. Raises FrameRefused."""
    if isinstance(peer, Peer):
        return peer
    if here.side is None:
        raise FrameRefused("unknown-key")
    return Peer(**{name: getattr(here, name) for name in statements.OF_PEER}, id=peer)


def _public(peer: Peer, here: Any) -> bytes | None:
    """The key of this peer that the packet names; whether it could sign when the packet was made is asked when it is read."""
    return unpacked(here.public) if peer.state == ACTIVE and here.confirmed_at is not None else None


def _packet_header(frame: Frame, expected: tuple[str, int] | None, here: Any) -> PacketHeader:
    header = frame.header
    if not isinstance(header, PacketHeader):
        raise FrameRefused("not-a-packet")
    if expected is not None and (header.stream, header.number) != expected:
        raise FrameRefused("other-place")
    made_at = moment_of(header.made_at)
    # Whoever stole a key writes any moment into what they sign: of a withdrawn one nothing new is taken. Its owner signs
    # the same packets with the new key.
    if here.withdrawn_from is not None or (here.until_at is not None and made_at >= here.until_at):
        raise FrameRefused("key-over")
    if here.until_at is not None and clock.now() >= here.until_at + ROAD:
        raise FrameRefused("key-over")
    return header


def _judged(
    desk: _Desk, frame: Frame, header: PacketHeader, heads: list[Place], verdict: order.Verdict
) -> Receipt:
    stream = desk.book.of(header.stream)
    code = _misplaced(desk, header, stream)
    if code or stream is None:
        return _refuse(desk, frame, heads, code)
    if isinstance(verdict, order.Gap):
        return _refuse(desk, frame, heads, "gap", Missing(verdict.epoch, list(verdict.numbers)))
    if isinstance(verdict, order.OldEpoch):
        return _refuse(desk, frame, heads, "old-epoch")
    if isinstance(verdict, order.Fork):
        kept.fork(desk.session, desk.peer.id, frame, header, desk.now)
        return _refuse(desk, frame, heads, "fork")
    if code := _too_much(desk, frame, header, heads, verdict):
        return _refuse(desk, frame, heads, code)
    return _take(desk, frame, header, stream, heads, verdict)


def _too_much(
    desk: _Desk, frame: Frame, header: PacketHeader, heads: list[Place], verdict: order.Next
) -> str:
    if bounds.is_too_much(desk.today, len(frame.raw)):
        return bounds.TOO_MUCH
    may = not verdict.begins_epoch or bounds.may_begin(
        desk.session, desk.peer.id, header.stream, desk.now, is_known=bool(heads)
    )
    return "" if may else bounds.TOO_MANY


def _misplaced(desk: _Desk, header: PacketHeader, stream: Stream | None) -> str:
    """Why a packet, though its peer signed it, does not belong here; its number is not used up."""
    if header.to != desk.writer.node:
        return "not-for-us"
    if header.sender != desk.writer.to:
        return "other-sender"
    if stream is None:
        return "unknown-stream"
    if desk.peer.line not in stream.lines or header.line != desk.peer.line:
        return "wrong-line"
    if stream.direction == ("down" if desk.peer.side == CHILD else "up"):
        return "wrong-direction"
    return "" if header.schema == stream.schema else "unknown-schema"


def _refuse(
    desk: _Desk, frame: Frame, heads: list[Place], code: str, missing: Missing | None = None
) -> Receipt:
    note_trouble(desk.session, desk.peer.id, code, _about(frame))
    head = heads[-1] if heads else Place("", 0, "")
    return desk.writer.receipt(frame, "refused", head, desk.now, code, missing=missing)


def _about(frame: Frame) -> str:
    header = frame.header
    assert isinstance(header, PacketHeader)  # noqa: S101 - asked for packets only
    return f"{header.stream} {header.number}"


def _take(
    desk: _Desk, frame: Frame, header: PacketHeader, stream: Stream, heads: list[Place], verdict: order.Next
) -> Receipt:
    outcome, code, pointer = _offer(desk, frame, header, stream)
    if outcome == "held" and not bounds.may_wait(desk.session, desk.peer.id, code, len(frame.raw)):
        return _refuse(desk, frame, heads, bounds.FULL)
    head = Place(header.epoch, header.number, frame.digest)
    receipt = desk.writer.receipt(frame, outcome, head, desk.now, code, pointer)
    turn = len(heads) + 1 if verdict.begins_epoch else None
    kept.packet(desk.session, desk.peer.id, frame, header, receipt, desk.via, desk.now, turn)
    if outcome == "refused":
        note_trouble(desk.session, desk.peer.id, code, _about(frame))
    return receipt


def _offer(desk: _Desk, frame: Frame, header: PacketHeader, stream: Stream) -> tuple[Outcome, str, str]:
    """Hand the packet to its room. What the room wrote before it refused is undone; any other error undoes everything and
    the sender tries again: outcome, code, pointer."""
    if NUL in frame.raw:
        return "refused", "invalid", ""
    try:
        body = frames.read_body(frame, stream.body)
    except msgspec.ValidationError as error:
        return "refused", "invalid", pointer_of(str(error))
    if pointer := no_person.found(body):
        return "refused", kept.NAMES_SOMEBODY, pointer
    arrived = Arrived(desk.peer, header, body, frame.digest, desk.now)
    try:
        outcome = stream.receive(desk.session, arrived) or "taken"
        desk.session.flush()  # whatever the room left to the mapper is refused by the database here or never
        return outcome, "", ""
    except PacketRefused as refused:
        desk.session.rollback()
        return "held" if isinstance(refused, PacketHeld) else "refused", refused.code, refused.pointer


def pointer_of(words: str) -> str:
    """'/cells/3/1' of "Expected `int`, got `str` - at `$.cells[3][1]`"; "" where the whole body is meant."""
    path = words.rpartition("`$")[2].partition("`")[0] if "`$" in words else ""
    return path.replace(".", "/").replace("[", "/").replace("]", "")


def heads(session: Session, peer_id: uuid.UUID, stream: str) -> list[Place]:
    """How far a peer's stream is known here: the heads of its epochs in the order they began; the last one goes on."""
    rows = session.connection().execute(statements.HEADS, {"peer": peer_id, "stream": stream})
    return [Place(row.epoch, row.number, row.digest) for row in rows]
