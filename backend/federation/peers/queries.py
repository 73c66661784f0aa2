"""What is read of peers: who they are, with which key, and for whom they speak."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.federation.peers.models import ACTIVE, CHILD, PARENT, Peer, PeerKey, PeerReach
from backend.safeguards.signing import unpacked
from backend.units.models import Unit
from backend.units.trees import subtree


def parents(session: Session, line: str | None = None) -> list[Peer]:
    """The active parents, on one line or on every one, by name."""
    return _active(session, PARENT, line)


def children(session: Session, line: str | None = None) -> list[Peer]:
    """The active children, by code of their unit."""
    return _active(session, CHILD, line)


def _active(session: Session, side: str, line: str | None) -> list[Peer]:
    query = select(Peer).where(Peer.side == side, Peer.state == ACTIVE)
    if line is not None:
        query = query.where(Peer.line == line)
    return list(session.scalars(query.order_by(Peer.unit_code, Peer.name, Peer.id)))


def all_peers(session: Session) -> list[Peer]:
    """Every peer there is or was, the parents first."""
    return list(session.scalars(select(Peer).order_by(Peer.side.desc(), Peer.unit_code, Peer.line, Peer.id)))


def peer(session: Session, peer_id: uuid.UUID) -> Peer:
    """Raises NotFound."""
    found = session.get(Peer, peer_id)
    if found is None:
        raise NotFound
    return found


def peer_of_node(session: Session, node_id: uuid.UUID, line: str) -> Peer | None:
    """The peer a node is on that line, in whatever state."""
    return session.scalars(select(Peer).where(Peer.node_id == node_id, Peer.line == line)).first()


def keys_of(session: Session, peer_id: uuid.UUID) -> list[PeerKey]:
    """Every key, also the proposed one, the oldest first."""
    return list(session.scalars(select(PeerKey).where(PeerKey.peer_id == peer_id).order_by(PeerKey.from_at)))


def open_key(session: Session, peer_id: uuid.UUID) -> PeerKey | None:
    """The one key that is confirmed, neither rotated nor withdrawn."""
    return session.scalars(
        select(PeerKey).where(
            PeerKey.peer_id == peer_id,
            PeerKey.confirmed_at.is_not(None),
            PeerKey.until_at.is_(None),
            PeerKey.withdrawn_from.is_(None),
        )
    ).first()


def key_at(session: Session, peer_id: uuid.UUID, key_id: str) -> PeerKey | None:
    """A confirmed key of this peer, open or closed: whether it could sign then is `believes`' question."""
    found = session.get(PeerKey, (peer_id, key_id))
    return found if found is not None and found.confirmed_at is not None else None


def believes(key: PeerKey | None, made_at: datetime) -> bool:
    """Whether a frame made at that moment (as its header says) may bear this key's signature.

    A rotated key counts for what was made before; of a lost one nothing counts from the day on that was named.
    """
    if key is None or key.confirmed_at is None:
        return False
    ends = [moment for moment in (key.until_at, key.withdrawn_from) if moment is not None]
    return all(made_at < end for end in ends)


def public_at(session: Session, peer_id: uuid.UUID, key_id: str, made_at: datetime) -> bytes | None:
    """The public half to check a frame with, or None where its signature would mean nothing."""
    key = key_at(session, peer_id, key_id)
    return unpacked(key.public) if key is not None and believes(key, made_at) else None


def may_speak_for(session: Session, peer_id: uuid.UUID, unit_code: str, on: date) -> bool:
    """Whether this unit is within what the peer speaks for on that day."""
    return not beyond_reach(session, peer_id, [unit_code], on)


def beyond_reach(session: Session, peer_id: uuid.UUID, unit_codes: Iterable[str], on: date) -> set[str]:
    """Those of the units for which the peer does not speak on that day: at most a few statements, however many units.

    A unit nobody here knows belongs where its code says: '05752-T07' to 05752.
    """
    roots = _roots(session, peer_id, on)
    left = set(unit_codes) - roots
    if not left:
        return set()
    wanted = left | {_head(code) for code in left}
    ids = dict(session.execute(select(Unit.code, Unit.id).where(Unit.code.in_(wanted | roots))).all())
    left -= {code for code in left if code not in ids and _head(code) in roots}
    return left - _known_below(session, roots, left, ids, on) if left else left


def _head(code: str) -> str:
    return code.partition("-")[0]


def _roots(session: Session, peer_id: uuid.UUID, on: date) -> set[str]:
    query = select(PeerReach.unit_code).where(
        PeerReach.peer_id == peer_id,
        PeerReach.from_on <= on,
        or_(PeerReach.until_on.is_(None), PeerReach.until_on > on),
    )
    return set(session.scalars(query))


def _known_below(
    session: Session, roots: set[str], codes: set[str], ids: dict[str, uuid.UUID], on: date
) -> set[str]:
    below: set[uuid.UUID] = set()
    for root in roots & set(ids):
        below |= subtree(session, ids[root], on)
    return {code for code in codes if ids.get(code, ids.get(_head(code))) in below}
