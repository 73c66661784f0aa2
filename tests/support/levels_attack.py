"""Whoever means harm: a commune's packets changed, forged, signed by others, and brought to the province's door by hand."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec
from sqlalchemy import select

from backend.aggregates.packet import Figures
from backend.federation import frames, messages
from backend.federation.frames import Frame, PacketHeader
from backend.federation.packets import outbox
from backend.federation.peers.models import Peer, PeerTrouble
from backend.safeguards.signing import Signer
from tests.support.levels import Levels, Node
from tests.support.levels_link import Carried

FRAME = "application/vnd.lantoa.frame"
STREAM = "figures/xa-thang"
NOISE = {"peer_trouble", "peer_nonce", "sqlite_sequence"}
"""Tables in which it is written down that somebody tried."""
KEPT = {"packet_in", "stream_in"}
"""And what was signed, in order, and refused all the same: kept with its receipt, nothing of it counted."""
SEEN = {"last_seen_at", "clock_delta_ms"}
Rows = dict[str, list[tuple[Any, ...]]]


@dataclass
class Attacker:
    """Stands between a commune and the province. `true`: the commune's packets as they wait, the oldest first."""

    levels: Levels
    child: Node
    true: list[Frame]

    @classmethod
    def of(cls, levels: Levels, child: Node) -> "Attacker":
        with child.writing() as session:
            peer = session.scalars(select(Peer).where(Peer.line == "state")).one()
            packets = [one for one in outbox.waiting(session, peer.id) if one.stream == STREAM]
            raws = [outbox.sign(one, child.signer) for one in packets]
        known = {child.signer.key_id: child.signer.public}
        return cls(levels, child, [frames.open_frame(raw, known.get) for raw in raws])

    # --- what is brought ---

    def changed(self, which: int = 0, header: Mapping[str, Any] | None = None, signer: Signer | None = None, **body: Any) -> bytes:  # fmt: skip
        """A packet that says something else in header or body, signed all the same."""
        frame = self.true[which]
        assert isinstance(frame.header, PacketHeader)
        said = msgspec.structs.replace(frames.read_body(frame, Figures), **body)
        told = msgspec.structs.replace(frame.header, **(header or {}))
        return frames.seal_payload(signer or self.child.signer, frames.payload_of(told, said))

    def rewritten(self, change: Callable[[dict[str, Any]], None], which: int = 0) -> bytes:
        """The body as plain JSON, changed in whatever way, signed all the same."""
        frame = self.true[which]
        body = msgspec.json.decode(frame.body_raw)
        change(body)
        return frames.seal(self.child.signer, frame.header, body).raw

    def body(self, which: int = 0) -> Figures:
        return frames.read_body(self.true[which], Figures)

    # --- how it is brought ---

    def bring(self, raw: bytes, number: int = 1, stream: str = STREAM, **how: Any) -> httpx.Response:
        """A request for it, signed by the commune unless `how` says otherwise."""
        return self.levels.link.deliver(self.request(raw, number, stream, **how))

    def request(
        self, raw: bytes, number: int = 1, stream: str = STREAM, *, signer: Signer | None = None, node: object = None,
        method: str = "PUT", path: str = "", headers: Mapping[str, str] | None = None, after: Mapping[str, str] | None = None,
        sent: bytes | None = None,
    ) -> Carried:  # fmt: skip
        """`headers`: said and signed; `after`: put in when it was signed; `sent`: another body than the signed one."""
        url = f"{self.levels.province.address}{path or f'/federation/packets/{stream}/{number}'}"
        key = {"Idempotency-Key": f'"{_digest(raw)}"'} if raw else {}
        said = {"Lantoa-Line": "state", **({"Content-Type": FRAME} if raw else {}), **key, **(headers or {})}
        with self.child.here():
            signed = messages.sign_request(
                signer or self.child.signer, method, url, said, raw, node or self.child.id, self.child.epoch()
            )
        signed |= after or {}
        return Carried(method, url, tuple(signed.items()), raw if sent is None else sent)

    # --- what came of it ---

    def state(self, *also: str) -> Rows:
        """Everything in the province's database but the notes of refusals, and without the tables of `also`."""
        return rows_of(self.levels.province, NOISE | set(also))

    def logged(self) -> set[str]:
        """Codes that stand on the province's record."""
        with self.levels.province.reading() as session:
            return set(session.scalars(select(PeerTrouble.code)))


def _digest(raw: bytes) -> str:
    try:
        return frames.outside(raw).digest
    except frames.FrameRefused:
        return frames.digest_of(raw)


def rows_of(node: Node, without: set[str]) -> Rows:
    """Table -> its rows, in order. SQLite only."""
    with closing(sqlite3.connect(str(node.database.engine.url.database))) as file:
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: _rows(file, table) for table in tables if table not in without}


def _rows(file: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    columns = [row[1] for row in file.execute(f'PRAGMA table_info("{table}")') if row[1] not in SEEN]
    listed = ", ".join(f'"{name}"' for name in columns)
    return sorted(file.execute(f'SELECT {listed} FROM "{table}"').fetchall(), key=repr)
