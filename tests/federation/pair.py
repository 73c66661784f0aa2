"""A commune and its province as two databases and nothing between them: what one writes the other is handed by the test.

The only stream they know writes notes: a key, a value, the later one stands.
"""

import shutil
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import msgspec
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.db.engine import Database
from backend.db.node import begin_epoch, found_node
from backend.federation.packets import comparing, inbox, outbox, settling
from backend.federation.packets.models import PacketOut
from backend.federation.packets.receipts import Receipt
from backend.federation.packets.stream import Arrived, Book, PacketHeld, PacketRefused, Stream
from backend.federation.peers.models import Peer, PeerKey
from backend.safeguards.signing import Signer, packed

AN, BINH, CHI = (Signer(packed(name * 32)) for name in (b"a", b"b", b"c"))
SCHEMA = "CREATE TABLE note (stream text, key text, value text, PRIMARY KEY (stream, key))"
PUT = text(
    "INSERT INTO note (stream, key, value) VALUES (:stream, :key, :value)"
    " ON CONFLICT (stream, key) DO UPDATE SET value = excluded.value"
)


class Note(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    value: str


def receive(session: Session, arrived: Arrived) -> Literal["late"] | None:
    """Writes first, so that a refusal has something to undo."""
    note = arrived.body
    session.execute(PUT, {"stream": arrived.header.stream, "key": note.key, "value": note.value})
    if note.value == "no":
        raise PacketRefused("not-this", "/value")
    if note.value == "wait" and not session.scalar(text("SELECT count(*) FROM note WHERE key = 'open'")):
        raise PacketHeld("not-yet")
    return "late" if note.value == "late" else None


NOTES = Stream("notes", "note/1", Note, frozenset({"state"}), receive, "up")
ORDERS = Stream("orders", "note/1", Note, frozenset({"state"}), receive, "down")
PARTY = Stream("party", "note/1", Note, frozenset({"party"}), receive, "up")
BOOK = Book((NOTES, ORDERS, PARTY))


@dataclass
class Side:
    """One node. `peer`: the other one, as it stands here."""

    place: Path | None
    database: Database
    signer: Signer
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    peer: Peer = field(default_factory=Peer)

    def found(self, name: str) -> "Side":
        with self.database.transaction() as session:
            session.execute(text(SCHEMA))
            self.id = found_node(session, name).id
        return self

    def know(self, other: "Side", side: str, line: str = "state") -> Peer:
        """The other one is a peer here, active, with its key."""
        now = clock.now()
        peer = Peer(
            id=new_id(), node_id=other.id, name="nút", unit_code="05917", side=side, line=line, state="active",
            address="http://tinh.localhost" if side == "parent" else "", proposed_by=uuid.uuid4(), proposed_at=now,
            confirmed_by=uuid.uuid4(), confirmed_at=now,
        )  # fmt: skip
        with self.database.transaction() as session:
            session.add(peer)
            session.flush()
            session.add(key_row(peer, other.signer))
        self.peer = peer if line == "state" else self.peer
        return peer

    def say(self, key: str, value: str, part: str = "", stream: Stream = NOTES, **more: Any) -> PacketOut:
        with self.database.transaction() as session:
            return outbox.put(session, self.peer, stream, part, Note(key, value), subject=key, **more)

    def raw(self, packet: PacketOut) -> bytes:
        with self.database.transaction() as session:
            return outbox.sign(session.get_one(PacketOut, packet.id), self.signer)

    def take(self, raw: bytes, via: Literal["wire", "file"] = "wire", **more: Any) -> Receipt:
        with self.database.transaction() as session:
            return inbox.take_in(session, raw, self.peer, via=via, book=BOOK, signer=self.signer, **more)

    def settle(self, raw: bytes) -> PacketOut:
        with self.database.transaction() as session:
            return settling.settle(session, self.peer, raw)

    def waiting(self) -> list[PacketOut]:
        with self.database.transaction() as session:
            outbox.enter_epoch(session, self.peer, "notes")
            return list(outbox.waiting(session, self.peer.id))

    def notes(self) -> dict[str, str]:
        with self.database.transaction(writes=False) as session:
            return {
                str(row.key): str(row.value) for row in session.execute(text("SELECT key, value FROM note"))
            }

    def rows(self, query: str) -> list[Any]:
        with self.database.transaction(writes=False) as session:
            return [tuple(row) for row in session.execute(text(query))]

    def begin_epoch(self) -> None:
        with self.database.transaction() as session:
            begin_epoch(session)

    def back_up(self, to: Path) -> None:
        assert self.place
        self.database.close()
        shutil.copy(self.place, to)

    def restore(self, copy: Path) -> None:
        """The database is what it was when it was copied."""
        assert self.place
        self.database.close()
        for leftover in self.place.parent.glob(self.place.name + "-*"):
            leftover.unlink()
        shutil.copy(copy, self.place)


def key_row(peer: Peer, signer: Signer, **more: Any) -> PeerKey:
    now = clock.now()
    told = {"from_at": now, "confirmed_at": now} | more
    return PeerKey(peer_id=peer.id, key_id=signer.key_id, public=packed(signer.public), **told)


@dataclass
class Pair:
    """The commune is the child: it sends notes up."""

    commune: Side
    province: Side

    def deliver(self, packet: PacketOut) -> Receipt:
        """Over a line without faults: the packet there, its receipt back."""
        receipt = self.province.take(self.commune.raw(packet))
        self.commune.settle(receipt.raw)
        return receipt

    def deliver_all(self, rounds: int = 200) -> None:
        """Until nothing waits, the first one of the queue each time, as the courier does."""
        for _ in range(rounds):
            waiting = self.commune.waiting()
            if not waiting:
                return
            self.deliver(waiting[0])
        raise AssertionError("does not come to rest")

    def compare(self) -> list[str]:
        """Both say where they stand; answers the streams that differed."""
        with self.commune.database.transaction() as session:
            mine = comparing.statement(session, self.commune.peer, self.commune.signer)
        with self.province.database.transaction() as session:
            theirs = comparing.compare(session, self.province.peer, mine)
            answer = comparing.statement(session, self.province.peer, self.province.signer)
        with self.commune.database.transaction() as session:
            return theirs + comparing.compare(session, self.commune.peer, answer)


def pair(commune: Side, province: Side) -> Pair:
    """Two that know each other."""
    commune.found("xã"), province.found("tỉnh")
    commune.know(province, "parent"), province.know(commune, "child")
    return Pair(commune, province)


def from_template(template: Path, folder: Path) -> Pair:
    """Both on SQLite, from a migrated copy."""
    sides = []
    for name, signer in (("commune", AN), ("province", BINH)):
        place = folder / f"{name}.sqlite3"
        shutil.copy(template, place)
        sides.append(Side(place, Database(f"sqlite:///{place}"), signer))
    return pair(*sides)
