"""What a lost key may have said: packets taken in since somebody else may have had it, kept in view until they are settled.

Nothing is taken back by itself: most of it was said by the owner, and a figure nobody doubts should not vanish because a key
was lost. The peer begins its streams anew (`lantoa new-epoch`) and says the doubtful periods again; a sheet is in doubt as long
as what stands of it is one of these packets.
"""

import uuid
from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import LargeBinary, func, select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import insert_into
from backend.errors import NotFound
from backend.federation import frames
from backend.federation.packets.models import PacketIn
from backend.federation.peers.models import PeerDoubt
from backend.safeguards.audit import Actor, note

AT_ONCE = 500
"""So many packets are in memory while they are looked through, of each its first line."""


def doubt(session: Session, peer_id: uuid.UUID, keys: Collection[str], since: datetime) -> None:
    """Write down every packet of this peer that came since then under one of these keys. Twice is harmless."""
    for row in list(_signed_with(session, peer_id, keys, since)):
        session.execute(insert_into(session, PeerDoubt).values(**row).on_conflict_do_nothing())


def _signed_with(
    session: Session, peer_id: uuid.UUID, keys: Collection[str], since: datetime
) -> Iterator[dict[str, object]]:
    first = func.substr(PacketIn.raw, 1, frames.MOST_FIRST_LINE, type_=LargeBinary).label("first")
    query = select(PacketIn.digest, PacketIn.stream, PacketIn.number, PacketIn.received_at, first)
    query = query.where(PacketIn.peer_id == peer_id, PacketIn.received_at >= since)
    for row in session.execute(query.execution_options(yield_per=AT_ONCE)):
        key = frames.signed_by(row.first) if row.first else ""  # of what named somebody no words were kept
        if key in keys:
            yield {
                "peer_id": peer_id, "digest": row.digest, "key_id": key, "stream": row.stream, "number": row.number,
                "received_at": row.received_at,
            }  # fmt: skip


def of_peer(session: Session, peer_id: uuid.UUID) -> list[PeerDoubt]:
    """What nobody has settled yet, the oldest first."""
    query = select(PeerDoubt).where(PeerDoubt.peer_id == peer_id, PeerDoubt.checked_at.is_(None))
    return list(session.scalars(query.order_by(PeerDoubt.received_at, PeerDoubt.stream, PeerDoubt.number)))


def among(session: Session, digests: Collection[str]) -> set[str]:
    """Those of the packets that are in doubt. One statement."""
    asked = PeerDoubt.digest.in_(sorted(digests)), PeerDoubt.checked_at.is_(None)
    return set(session.scalars(select(PeerDoubt.digest).where(*asked)))


def settle(session: Session, peer_id: uuid.UUID, digest: str, by: Actor) -> None:
    """Somebody asked the other side by telephone: it did say this. Raises NotFound."""
    change = update(PeerDoubt).where(
        PeerDoubt.peer_id == peer_id, PeerDoubt.digest == digest, PeerDoubt.checked_at.is_(None)
    )
    values = {"checked_by": by.id, "checked_at": clock.now()}
    if session.execute(change.values(**values).returning(PeerDoubt.digest)).first() is None:
        raise NotFound
    note(session, by, "peer.doubt_settled", "peer", peer_id, reason=digest)
