"""What the door asks with every message: whose key this is, and whether the message was seen. In the drivers' own words,
because a forged message must not cost a statement built by the mapper."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import delete
from sqlalchemy.orm import Session

from backend import clock
from backend.db.engine import Database
from backend.federation.peers.models import PeerNonce
from backend.safeguards.signing import unpacked

_WHOSE = """
SELECT p.id, p.node_id, p.line, p.side, k.public FROM peer_key k JOIN peer p ON p.id = k.peer_id
WHERE k.key_id = {0} AND p.state = 'active' AND k.confirmed_at IS NOT NULL AND k.withdrawn_from IS NULL
AND (k.until_at IS NULL OR k.until_at > {0})
"""
WHOSE_SQLITE, WHOSE_POSTGRES = _WHOSE.format("?"), _WHOSE.format("%s")
SEEN_SQLITE = "INSERT INTO peer_nonce (key_id, nonce, until_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
# A nonce lost in a power cut lets one message be offered twice within its ten minutes, and every packet is taken once
# anyway: not worth waiting for the disk with every message.
SEEN_POSTGRES = """
INSERT INTO peer_nonce (key_id, nonce, until_at) SELECT %s::varchar, %s::varchar, %s::timestamptz
WHERE set_config('synchronous_commit', 'off', true) = 'off' ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class Known:
    """An active peer with a key it may sign messages with now."""

    peer_id: uuid.UUID
    node_id: uuid.UUID
    line: str
    side: str
    public: str

    @property
    def key(self) -> Ed25519PublicKey:
        return _key(self.public)


@lru_cache(maxsize=8192)
def _key(public: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(unpacked(public))


def whose(database: Database, key_id: str, node_id: str, line: str | None) -> Known | None:
    """The active peer with this key that is this node, on this line where it is said. None: unknown, suspended, revoked,
    its key rotated or lost, or on several lines and none said: outwardly all the same."""
    found = [
        one for one in _holders(database, key_id) if str(one.node_id) == node_id and line in (None, one.line)
    ]
    return found[0] if len(found) == 1 else None


def _holders(database: Database, key_id: str) -> list[Known]:
    now = clock.now()
    if database.engine.dialect.name != "sqlite":
        with database.by_itself() as cursor:
            return [Known(*row) for row in cursor.execute(WHOSE_POSTGRES, (key_id, now)).fetchall()]
    with _sqlite(database) as cursor:
        rows = cursor.execute(WHOSE_SQLITE, (key_id, _text(now))).fetchall()
    return [Known(uuid.UUID(peer), uuid.UUID(node), *rest) for peer, node, *rest in rows]


def remember(database: Database, key_id: str, nonce: str, until: datetime) -> bool:
    """Write down that this message was seen; False if it was. The unique row decides, between processes too."""
    if database.engine.dialect.name != "sqlite":
        with database.by_itself() as cursor:
            cursor.execute(SEEN_POSTGRES, (key_id, nonce, until))
            return bool(cursor.rowcount == 1)
    with _sqlite(database) as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")  # see SEEN_POSTGRES
        try:
            cursor.execute(SEEN_SQLITE, (key_id, nonce, _text(until)))
            return bool(cursor.rowcount == 1)
        finally:
            cursor.execute("PRAGMA synchronous=FULL")


@contextmanager
def _sqlite(database: Database) -> Iterator[Any]:
    """A cursor outside any transaction: each statement is one of its own."""
    connection = database.engine.raw_connection()
    try:
        yield connection.cursor()
    finally:
        connection.close()


def _text(moment: datetime) -> str:
    """As SQLAlchemy writes a moment into SQLite."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def forget_old(session: Session) -> None:
    """Nonces whose messages have run out long ago. The worker does this."""
    session.execute(delete(PeerNonce).where(PeerNonce.until_at < clock.now()))
