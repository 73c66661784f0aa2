"""What becomes of a packet when its receipt is there, or does not come: settled, sent again, or tried later. Never dropped."""

import random
import uuid
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Update, select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.db.node import this_node
from backend.db.statements import insert_into
from backend.federation import frames
from backend.federation.frames import FrameRefused, ReceiptHeader
from backend.federation.packets import receipts
from backend.federation.packets.models import RECEIVED, REFUSED, WAITING, PacketOut, PeerCall, StreamOut
from backend.federation.packets.outbox import DISPLACED
from backend.federation.packets.receipts import Receipt
from backend.federation.packets.stream import KEYS
from backend.federation.peers import queries as peers
from backend.federation.peers.models import Peer, PeerKey
from backend.federation.peers.trouble import note_trouble
from backend.federation.shapes import read_moment
from backend.safeguards.signing import Signer, unpacked

LONGEST_WAIT_S = 3600
LONGEST_ASKED_S = 86_400
HELD_ASKED_EVERY = timedelta(days=1)
OUTCOMES = {"taken": RECEIVED, "late": RECEIVED, "held": RECEIVED, "refused": REFUSED}
ROAD = timedelta(days=60)
"""How long after its end a rotated key is still believed for what it says it signed before: the longest that a stick is on
its road. Then nobody needs it any more but who found it on a disk thrown away."""
NEW_KEY = frozenset({"unknown-key", "key-over"})
"""The peer does not believe the key that signed: where another has taken over, it signs the same packets."""


def believed_keys(session: Session, peer: Peer) -> dict[str, bytes]:
    """The public keys with which this peer signs or lately signed. Not those it has lost: a thief's receipt would end the
    wait of packets that never arrived."""
    now = clock.now()
    return {
        key.key_id: unpacked(key.public)
        for key in peers.keys_of(session, peer.id)
        if key.confirmed_at is not None and key.withdrawn_from is None and not is_long_over(key, now)
    }


def is_long_over(key: PeerKey, now: datetime) -> bool:
    """Whether a key was rotated so long ago that nothing of it is on its road any more."""
    return key.until_at is not None and now >= key.until_at + ROAD


def check_of_its_time(session: Session, peer: Peer, raw: bytes, made_at: str) -> None:
    """A rotated key counts for what was made before its end. Raises FrameRefused."""
    key = peers.key_at(session, peer.id, frames.signed_by(raw))
    if not peers.believes(key, moment_of(made_at)):
        raise FrameRefused("key-over")


def moment_of(text: str) -> datetime:
    """Raises FrameRefused for a moment there is not; its form was looked at with its header."""
    if (found := read_moment(text)) is None:
        raise FrameRefused("malformed")
    return found


def free_of_old_key(session: Session, packet: PacketOut, signer: Signer) -> None:
    """What another key has signed, and nobody has answered, is signed again by the one this node has now: nobody tells it
    whether that key is still believed where a packet is fetched or carried. What is said, and so its digest, stays."""
    if packet.key_id in (None, signer.key_id):
        return
    if packet.stream != KEYS or packet.code in NEW_KEY or _knows(session, packet.peer_id, signer):
        packet.key_id = packet.signature = None


def _knows(session: Session, peer_id: uuid.UUID, signer: Signer) -> bool:
    """Whether the peer has answered something this key signed. Until then the key before it must name it."""
    answered = select(PacketOut.id).where(
        PacketOut.peer_id == peer_id,
        PacketOut.key_id == signer.key_id,
        PacketOut.state.in_((RECEIVED, REFUSED)),
    )
    return session.scalars(answered.limit(1)).first() is not None


def settle(session: Session, peer: Peer, raw: bytes) -> PacketOut:
    """Write down what a receipt of this peer says of one of our packets; the same receipt twice changes nothing.

    Raises FrameRefused: not this peer's, not for us, or about a packet we never sent.
    """
    header, receipt = receipts.read(raw, believed_keys(session, peer).get)
    check_of_its_time(session, peer, raw, header.made_at)
    packet = _packet_of(session, peer, header, receipt)
    if receipt.settles:
        _settled(session, packet, receipt)
    elif packet.state == WAITING:
        _not_taken(session, peer, packet, receipt)
    return packet


def _packet_of(session: Session, peer: Peer, header: ReceiptHeader, receipt: Receipt) -> PacketOut:
    said = receipt.body
    if (header.sender, header.to, header.line) != (str(peer.node_id), str(this_node(session).id), peer.line):
        raise FrameRefused("other-packet")
    known = session.get_one(Peer, peer.id).epoch
    if known is not None and header.epoch < str(known):
        raise FrameRefused("receipt-over")  # it was restored since, and may have lost what this says it has
    query = select(PacketOut).where(
        PacketOut.peer_id == peer.id,
        PacketOut.stream == said.stream,
        PacketOut.epoch == said.epoch,
        PacketOut.number == said.number,
        PacketOut.digest == said.digest,
    )
    packet = session.scalars(query).first()
    if packet is None:
        raise FrameRefused("other-packet")
    return packet


def _settled(session: Session, packet: PacketOut, receipt: Receipt) -> None:
    packet.state = OUTCOMES[receipt.body.outcome]
    packet.outcome, packet.code = receipt.body.outcome, receipt.body.code or None
    packet.receipt = receipt.raw
    if packet.received_at is None or packet.outcome == "held":  # then when it was last said
        packet.received_at = clock.now()
    session.execute(_stream(packet).values(tries=0, trouble=None, next_try_at=None))


def _not_taken(session: Session, peer: Peer, packet: PacketOut, receipt: Receipt) -> None:
    said = receipt.body
    note_trouble(session, peer.id, said.code, f"{said.stream} {said.number}")
    packet.outcome, packet.code = said.outcome, said.code
    is_moving = said.missing is not None and _send_again(session, packet, said.missing)
    put_off_stream(session, packet.peer_id, packet.stream, said.code, patiently=not is_moving)


def _send_again(session: Session, packet: PacketOut, missing: receipts.Missing) -> bool:
    """The peer has lost what it had (it was restored from a backup): those packets wait again. False where none did."""
    return _wait_again(
        session,
        packet.peer_id,
        packet.stream,
        PacketOut.epoch == missing.epoch,
        PacketOut.number.in_(missing.numbers),
    )


def _wait_again(session: Session, peer_id: uuid.UUID, stream: str, *which: ColumnElement[bool]) -> bool:
    mine = (
        PacketOut.peer_id == peer_id,
        PacketOut.stream == stream,
        PacketOut.state.in_((RECEIVED, REFUSED)),
    )
    done = session.execute(update(PacketOut).where(*mine, *which).values(state=WAITING))
    return cast(CursorResult[Any], done).rowcount > 0


def ask_about_held(session: Session, peer_id: uuid.UUID) -> None:
    """What the peer could not read yet is sent again once a day: it is known there, and answered with what became of it."""
    held = update(PacketOut).where(
        PacketOut.peer_id == peer_id,
        PacketOut.state == RECEIVED,
        PacketOut.outcome == "held",
        PacketOut.received_at <= clock.now() - HELD_ASKED_EVERY,
    )
    session.execute(held.values(state=WAITING))


def wait_from(session: Session, peer_id: uuid.UUID, stream: str, position: int) -> bool:
    """Everything after this place in the stream waits again. False where nothing did that had not waited before."""
    return _wait_again(session, peer_id, stream, PacketOut.position > position)


def _stream(packet: PacketOut) -> Update:
    return update(StreamOut).where(StreamOut.peer_id == packet.peer_id, StreamOut.stream == packet.stream)


def put_off_stream(
    session: Session, peer_id: uuid.UUID, stream: str, code: str, *, patiently: bool = True
) -> None:
    """Try this stream later; the first try in vain of a stream that moves costs no time."""
    query = select(StreamOut).where(StreamOut.peer_id == peer_id, StreamOut.stream == stream)
    row = session.scalars(query.with_for_update()).one()
    row.tries += 1
    if row.trouble not in DISPLACED:
        row.trouble = code
    row.next_try_at = clock.now() + delay(row.tries) if patiently or row.tries > 3 else None


def put_off_peer(session: Session, peer_id: uuid.UUID, code: str, at_least_s: float = 0) -> None:
    """The breaker: nothing of any stream is tried with this peer for a while."""
    row = call_of(session, peer_id)
    row.tries, row.trouble = row.tries + 1, code
    least = timedelta(seconds=min(at_least_s, LONGEST_ASKED_S))
    row.next_try_at = clock.now() + max(delay(row.tries), least)


def peer_is_there(session: Session, peer_id: uuid.UUID) -> None:
    """It answered: whatever was put off because it did not is due again."""
    session.execute(
        update(PeerCall).where(PeerCall.peer_id == peer_id).values(tries=0, trouble=None, next_try_at=None)
    )


def call_of(session: Session, peer_id: uuid.UUID) -> PeerCall:
    session.execute(insert_into(session, PeerCall).values(peer_id=peer_id, tries=0).on_conflict_do_nothing())
    return session.scalars(select(PeerCall).where(PeerCall.peer_id == peer_id).with_for_update()).one()


def delay(tries: int) -> timedelta:
    """After so many tries in vain: n^4 + 15 seconds and up to a third more, at most an hour."""
    return timedelta(seconds=min((tries**4 + 15) * random.uniform(1, 1.33), LONGEST_WAIT_S))


def claim_call(session: Session, peer_id: uuid.UUID, until: datetime) -> PeerCall | None:
    """Be the only one who calls this peer, until then at most; None where somebody is."""
    row = call_of(session, peer_id)
    if row.busy_until is not None and row.busy_until > clock.now():
        return None
    row.busy_until = until
    return row
