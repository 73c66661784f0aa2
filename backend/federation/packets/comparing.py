"""Both sides of a stream say where it stands for them, signed, once a week and after a restore: silent divergence is found,
and what one side has lost is sent again."""

import uuid
from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from backend import clock
from backend.db.node import this_node
from backend.federation import frames
from backend.federation.frames import DigestHeader, Frame, FrameRefused, Header, Place
from backend.federation.packets import outbox, settling
from backend.federation.packets.models import PacketIn, PacketOut, StreamIn
from backend.federation.peers.models import Peer
from backend.federation.peers.trouble import note_trouble
from backend.federation.shapes import StreamName
from backend.federation.software import software
from backend.safeguards.signing import Signer

SCHEMA = "streams/1"
MOST_STREAMS = 5000


class Streams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`sent`: the last packet of each stream that the other side has answered for good; `had`: the last one taken from it."""

    sent: Annotated[dict[StreamName, Place], Meta(max_length=MOST_STREAMS)]
    had: Annotated[dict[StreamName, Place], Meta(max_length=MOST_STREAMS)]


def here(session: Session, peer_id: uuid.UUID) -> Streams:
    """Where the streams between this node and a peer stand."""
    return Streams(sent=outbox.heads(session, peer_id), had=_had_here(session, peer_id))


def _had_here(session: Session, peer_id: uuid.UUID) -> dict[str, Place]:
    """Of more streams than fit those that moved last: thousands begin only where a key was stolen, and its owner goes on."""
    head = aliased(StreamIn)
    last = select(func.max(head.turn)).where(head.peer_id == peer_id, head.stream == StreamIn.stream)
    query = select(StreamIn).where(StreamIn.peer_id == peer_id, StreamIn.turn == last.scalar_subquery())
    rows = session.scalars(query.order_by(StreamIn.at.desc(), StreamIn.stream).limit(MOST_STREAMS))
    return {row.stream: Place(row.epoch, row.number, row.digest) for row in rows}


def statement(session: Session, peer: Peer, signer: Signer) -> bytes:
    """The signed frame that says so."""
    node = this_node(session)
    header = DigestHeader(
        sender=str(node.id), to=str(peer.node_id), line=peer.line, epoch=str(node.epoch), made_at=clock.iso(clock.now()),  # type: ignore[arg-type]
        schema=SCHEMA, software=software(),
    )  # fmt: skip
    return frames.seal(signer, header, here(session, peer.id)).raw


def compare(session: Session, peer: Peer, raw: bytes) -> list[str]:
    """Hold a peer's statement against what stands here; what it lacks waits again. Answers the streams that disagree; none for
    a statement older than the last one: what it lacked then was sent since.

    Raises FrameRefused.
    """
    frame = frames.open_frame(raw, settling.believed_keys(session, peer).get)
    theirs = _read(frame, session, peer)
    settling.check_of_its_time(session, peer, raw, frame.header.made_at)
    if not _is_news(session, peer, frame.header):
        return []
    wrong = [
        name for name in outbox.heads(session, peer.id) if not _has(session, peer, name, theirs.had.get(name))
    ]
    wrong += [name for name, place in theirs.sent.items() if not _had(session, peer, name, place)]
    for name in wrong:
        note_trouble(session, peer.id, "diverged", name)
    return wrong


def _read(frame: Frame, session: Session, peer: Peer) -> Streams:
    header = frame.header
    if not isinstance(header, DigestHeader) or header.schema != SCHEMA:
        raise FrameRefused("malformed")
    if (header.sender, header.to, header.line) != (str(peer.node_id), str(this_node(session).id), peer.line):
        raise FrameRefused("not-for-us")
    try:
        return frames.read_body(frame, Streams)
    except msgspec.ValidationError:
        raise FrameRefused("malformed") from None


def _is_news(session: Session, peer: Peer, header: Header) -> bool:
    """Notes it as the newest, with the epoch in which it was made."""
    made, call = settling.moment_of(header.made_at), settling.call_of(session, peer.id)
    if call.stated_at is not None and made < call.stated_at:
        return False
    call.stated_at = min(made, clock.now())  # whose clock was ahead is heard again when it is not
    row = session.get_one(Peer, peer.id)
    if row.epoch is None or header.epoch > str(row.epoch):
        row.epoch = uuid.UUID(header.epoch)
    return True


def _has(session: Session, peer: Peer, stream: str, theirs: Place | None) -> bool:
    """Whether the peer has what it receipted; whatever it lost waits again."""
    if theirs is None:
        return not settling.wait_from(session, peer.id, stream, 0)
    query = select(PacketOut.position, PacketOut.digest).where(
        PacketOut.peer_id == peer.id,
        PacketOut.stream == stream,
        PacketOut.epoch == theirs.epoch,
        PacketOut.number == theirs.number,
    )
    found = session.execute(query).first()
    if found is None or found.digest != theirs.digest:
        return False
    return not settling.wait_from(session, peer.id, stream, found.position)


def _had(session: Session, peer: Peer, stream: str, place: Place) -> bool:
    query = select(PacketIn.digest).where(
        PacketIn.peer_id == peer.id,
        PacketIn.stream == stream,
        PacketIn.epoch == place.epoch,
        PacketIn.number == place.number,
    )
    return session.scalars(query).first() == place.digest
