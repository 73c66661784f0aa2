"""Carries packets between this node and its parents. A child always connects: what waits there for it, it asks for.

One request at a time to a peer, the packets of a stream in order. Nothing is ever given up: what cannot be delivered waits,
with growing patience. A courier that dies leaves nothing behind but packets that wait: sent twice, they are known.
"""

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import httpx
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.engine import Database
from backend.db.node import this_node
from backend.errors import DomainError
from backend.federation import epochs
from backend.federation.frames import FrameRefused
from backend.federation.packets import comparing, inbox, outbox, settling, sticks
from backend.federation.packets.client import FRAMES, Answer, Line, Unreachable
from backend.federation.packets.models import WAITING, PacketOut, PeerCall, StreamOut
from backend.federation.packets.receipts import Receipt
from backend.federation.packets.stream import KEYS, Book
from backend.federation.peers import trouble
from backend.federation.peers.models import ACTIVE, PARENT, Peer
from backend.safeguards.signing import Signer

log = logging.getLogger("lantoa.courier")

ASK_EVERY = timedelta(seconds=30)
COMPARE_EVERY = timedelta(days=7)
CLAIM = timedelta(minutes=5)
FAILED = "failed"
BATCH = 20
"""Packets of one stream in one turn, one after the other; then another stream, another parent has its turn."""


def turn(database: Database, signer: Signer, book: Book, client: httpx.Client) -> bool:
    """Call every parent that is due once; True when something moved, so that more may be to do."""
    moved = [_visited(_Visit(database, signer, book, client, peer)) for peer in _due_peers(database)]
    return any(moved)


def _visited(visit: "_Visit") -> bool:
    """One parent with which something is wrong must not keep the others from being called."""
    try:
        return visit.make()
    except Exception:
        visit.say_failed(FAILED)
        return False


def _due_peers(database: Database) -> Sequence[Peer]:
    now = clock.now()
    query = (
        select(Peer)
        .outerjoin(PeerCall, PeerCall.peer_id == Peer.id)
        .where(Peer.side == PARENT, Peer.state == ACTIVE, Peer.address != "")
        .where(or_(PeerCall.next_try_at.is_(None), PeerCall.next_try_at <= now))
        .where(or_(PeerCall.busy_until.is_(None), PeerCall.busy_until <= now))
    )
    with database.transaction(writes=False) as session:
        return session.scalars(query.order_by(Peer.id)).all()


@dataclass
class _Visit:
    """One call at one parent."""

    database: Database
    signer: Signer
    book: Book
    client: httpx.Client
    peer: Peer
    delta_ms: int | None = None
    epoch: str = ""

    def make(self) -> bool:
        """True when something moved."""
        with self.database.transaction() as session:
            call = settling.claim_call(session, self.peer.id, clock.now() + CLAIM)
            if call is None:
                return False
            asks, compares = self._is_due(call)
            settling.ask_about_held(session, self.peer.id)
        moved, away = False, None
        try:
            line = self._line()
            moved = self._send_all(line)
            moved |= asks and self._ask(line)
            if compares or self._began_anew():
                moved |= self._compare(line)
        except Unreachable as unreachable:
            away = unreachable
        except Exception as error:
            away = self._failed(error)
        finally:
            self._leave(away)
        return moved and away is None

    def _failed(self, error: Exception) -> Unreachable:
        """What the parent answered, or what this node has for it, brought the call down: patience with it as with one that is
        away, and it stands on its record."""
        self.say_failed(_code(error))
        return Unreachable(_code(error))

    def say_failed(self, code: str) -> None:
        """In the log, and on the record of the peer."""
        log.exception("the call at %s (%s) failed", self.peer.name, self.peer.line)
        trouble.note_trouble(self.database, self.peer.id, code, "courier")
        trouble.flush(self.database)

    def _is_due(self, call: PeerCall) -> tuple[bool, bool]:
        now = clock.now()
        if call.compared_at is None:  # there is nothing to compare on the first day
            call.compared_at = now
        asks = call.asked_at is None or not timedelta(0) <= now - call.asked_at < ASK_EVERY
        return asks, now - call.compared_at >= COMPARE_EVERY

    def _line(self) -> Line:
        with self.database.transaction(writes=False) as session:
            node, keys = this_node(session), settling.believed_keys(session, self.peer)
            return Line(
                self.client,
                self.signer,
                str(node.id),
                str(node.epoch),
                self.peer.address,
                self.peer.line,
                keys.get,
            )

    def _began_anew(self) -> bool:
        """Whether the parent was restored from a backup: it may have lost what it receipted."""
        said = _epoch(self.epoch)
        return said is not None and said != self.peer.epoch

    def _leave(self, away: Unreachable | None) -> None:
        with self.database.transaction() as session:
            call, peer = session.get_one(PeerCall, self.peer.id), session.get_one(Peer, self.peer.id)
            call.busy_until = None
            if self.delta_ms is not None:
                peer.last_seen_at, peer.clock_delta_ms = clock.now(), self.delta_ms
            if away is not None:
                settling.put_off_peer(session, peer.id, away.code, away.retry_after_s)
            elif self.delta_ms is not None:
                settling.peer_is_there(session, peer.id)

    def _call(self, line: Line, method: str, path: str, body: bytes = b"", **more: str) -> Answer:
        answer = line.call(method, path, body, **more)
        self.delta_ms, self.epoch = answer.delta_ms, answer.epoch
        return answer

    # --- up ---

    def _send_all(self, line: Line) -> bool:
        with self.database.transaction(writes=False) as session:
            streams = _due_streams(session, self.peer)
        moved = [self._send_by_itself(line, stream) for stream in streams]
        return any(moved)

    def _send_by_itself(self, line: Line, stream: str) -> bool:
        """One stream that cannot be sent takes nothing from the others."""
        try:
            return self._send_stream(line, stream)
        except Unreachable:
            raise
        except Exception as error:
            self.say_failed(_code(error))
            with self.database.transaction() as session:
                settling.put_off_stream(session, self.peer.id, stream, _code(error))
            return False

    def _send_stream(self, line: Line, stream: str) -> bool:
        for sent in range(BATCH):
            if not self._send_next(line, stream):
                return sent > 0
        return True

    def _send_next(self, line: Line, stream: str) -> bool:
        """Send the first packet that waits; True when it is done with, or others will be sent before it."""
        found = self._take_up(stream)
        if found is None:
            return False
        packet, raw = found
        path = f"/federation/packets/{stream}/{packet.number}"
        answer = self._call(line, "PUT", path, raw, key=packet.digest)
        with self.database.transaction() as session:
            if answer.receipt:
                return self._settle(session, packet, answer)
            self._put_off(session, packet, answer.code or str(answer.status))
            return False

    def _take_up(self, stream: str) -> tuple[PacketOut, bytes] | None:
        """Its bytes are fixed, signature included, before the first of them leaves."""
        with self.database.transaction() as session:
            if stream not in _due_streams(session, self.peer):
                return None
            outbox.enter_epoch(session, self.peer, stream)
            query = select(PacketOut).where(
                PacketOut.peer_id == self.peer.id, PacketOut.stream == stream, PacketOut.state == WAITING
            )
            packet = session.scalars(query.order_by(PacketOut.position).limit(1)).first()
            if packet is None:
                return None
            settling.free_of_old_key(session, packet, self.signer)
            return packet, outbox.sign(packet, self.signer)

    def _settle(self, session: Session, packet: PacketOut, answer: Answer) -> bool:
        try:
            settled = settling.settle(session, self.peer, answer.receipt)
        except FrameRefused as refused:
            self._put_off(session, packet, refused.code)
            return False
        row = session.get_one(StreamOut, (settled.peer_id, settled.stream))
        return row.next_try_at is None

    def _put_off(self, session: Session, packet: PacketOut, code: str) -> None:
        session.get_one(PacketOut, packet.id).code = code[:60]
        settling.put_off_stream(session, packet.peer_id, packet.stream, code[:60])

    # --- down ---

    def _ask(self, line: Line) -> bool:
        """Fetch what the parent has for us, take it in, give the receipts back; True when the parent may have more."""
        answer = self._call(line, "GET", "/federation/packets")
        raws = sticks.read(answer.body) if answer.status == 200 else []
        given = [receipt for raw in raws if (receipt := self._take_in(raw)) is not None]
        if given:
            body = sticks.write(receipt.raw for receipt in given)
            self._call(line, "POST", "/federation/receipts", body, kind=FRAMES)
        # One that is known was known before: as long as its receipt does not end the wait there, it comes each time.
        is_moving = any(receipt.settles and not receipt.known for receipt in given)
        with self.database.transaction() as session:
            session.get_one(PeerCall, self.peer.id).asked_at = None if is_moving else clock.now()
        return is_moving

    def _take_in(self, raw: bytes) -> Receipt | None:
        """None, too, for one that brings its room down: the others are taken, and their receipts given."""
        try:
            return inbox.take_by_itself(self.database, raw, self.peer, "wire", self.book, self.signer)
        except Exception as error:
            self.say_failed(_code(error))
            return None

    # --- where we stand ---

    def _compare(self, line: Line) -> bool:
        """True when the two differed, so that something may wait again."""
        wrong: list[str] = []
        with self.database.transaction() as session:
            mine = comparing.statement(session, self.peer, self.signer)
        answer = self._call(line, "POST", "/federation/streams", mine)
        with self.database.transaction() as session:
            if answer.receipt:
                wrong = comparing.compare(session, self.peer, answer.receipt)
            session.get_one(PeerCall, self.peer.id).compared_at = clock.now()
            peer = session.get_one(Peer, self.peer.id)
            peer.epoch = _epoch(self.epoch) or peer.epoch
        return bool(wrong)


def _code(error: Exception) -> str:
    return error.code[:60] if isinstance(error, DomainError) else FAILED


def _epoch(text: str) -> uuid.UUID | None:
    return uuid.UUID(text) if epochs.is_believed(text) else None


def _due_streams(session: Session, peer: Peer) -> Sequence[str]:
    """Streams with something to send and nothing that holds them up; a new epoch ends every patience."""
    epoch = str(this_node(session).epoch)
    waits = exists().where(
        PacketOut.peer_id == StreamOut.peer_id,
        PacketOut.stream == StreamOut.stream,
        PacketOut.state == WAITING,
    )
    is_due = or_(
        StreamOut.next_try_at.is_(None),
        StreamOut.next_try_at <= clock.now(),
        StreamOut.trouble.in_(outbox.DISPLACED) & (StreamOut.epoch != epoch),
    )
    query = select(StreamOut.stream).where(StreamOut.peer_id == peer.id, waits, is_due)
    return session.scalars(query.order_by(StreamOut.stream != KEYS, StreamOut.stream)).all()
