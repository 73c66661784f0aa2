"""Holding a peer off for a while, letting it in again, and ending it; a key that was lost."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from backend import clock
from backend.federation.peers import doubts, enrol, papers, queries, reach
from backend.federation.peers.errors import (
    CodeDiffers,
    NotThatState,
    OfferUnreadable,
    OtherNode,
    ReasonMissing,
)
from backend.federation.peers.models import ACTIVE, REASON, REVOKED, SUSPENDED, Peer, PeerKey
from backend.federation.peers.papers import Offer
from backend.safeguards.audit import Actor, note


def suspend(session: Session, peer_id: uuid.UUID, why: str, by: Actor) -> Peer:
    """From this moment nothing of it is taken and nothing given; its packets wait at its own side.

    Raises NotThatState, ReasonMissing.
    """
    peer = _in_state(session, peer_id, ACTIVE)
    peer.state = SUSPENDED
    note(session, by, "peer.suspend", "peer", peer.id, reason=_reason(why))
    return peer


def resume(session: Session, peer_id: uuid.UUID, by: Actor) -> Peer:
    """Two persons took it in; one may let it in again. Raises NotThatState."""
    peer = _in_state(session, peer_id, SUSPENDED)
    peer.state = ACTIVE
    note(session, by, "peer.resume", "peer", peer.id)
    return peer


def revoke(session: Session, peer_id: uuid.UUID, why: str, by: Actor) -> Peer:
    """The end, at once, by one person: every key is closed, and it speaks for nothing from today on. What was told stays. To
    begin again is to enrol again.

    Raises NotThatState, ReasonMissing.
    """
    peer, now = queries.peer(session, peer_id), clock.now()
    if peer.state == REVOKED:
        raise NotThatState
    peer.state, peer.revoked_by, peer.revoked_at, peer.revoked_reason = REVOKED, by.id, now, _reason(why)
    for key in queries.keys_of(session, peer_id):
        if key.confirmed_at is None:
            session.delete(key)
        elif key.until_at is None or key.until_at > now:
            key.until_at = now
    reach.end_all(session, peer_id, clock.local_day(now))
    note(session, by, "peer.revoke", "peer", peer.id, reason=peer.revoked_reason)
    return peer


def rekey(session: Session, peer_id: uuid.UUID, raw: bytes, code: str, since: datetime, by: Actor) -> PeerKey:
    """The peer lost its key and offers a new one. The old one is given up at once, from `since` on, by one person; the new
    one opens nothing until a second person has confirmed it (`enrol.confirm`).

    Raises what `papers.read` raises, OtherNode, CodeDiffers, NotThatState, AlreadyPeer, KeyGivenUp.
    """
    peer, paper = _in_state(session, peer_id, ACTIVE), papers.read(raw)
    told = paper.statement
    if not isinstance(told, Offer):
        raise OfferUnreadable
    if (uuid.UUID(told.node_id), told.line) != (peer.node_id, peer.line):
        raise OtherNode
    if not paper.fits(papers.code_hash(code, told.nonce)):
        raise CodeDiffers
    key = enrol.write_key(session, peer, paper, by)
    give_up(session, peer_id, since, by)
    return key


def give_up(session: Session, peer_id: uuid.UUID, since: datetime, by: Actor) -> None:
    """Somebody else may have the peer's key since then: nothing more it signed is believed, by whatever way. What was taken
    in meanwhile under that key is written down as doubtful (`doubts`)."""
    moment, lost = min(since, clock.now()), set()
    for key in queries.keys_of(session, peer_id):
        if key.confirmed_at and key.withdrawn_from is None and (key.until_at is None or key.until_at > since):
            key.withdrawn_from = moment
            lost.add(key.key_id)
    doubts.doubt(session, peer_id, lost, moment)
    session.flush()  # closed before another one is opened
    note(session, by, "peer.key_lost", "peer", peer_id)


def _in_state(session: Session, peer_id: uuid.UUID, state: str) -> Peer:
    peer = queries.peer(session, peer_id)
    if peer.state != state:
        raise NotThatState
    return peer


def _reason(why: str) -> str:
    if not why.strip():
        raise ReasonMissing
    return why.strip()[:REASON]
