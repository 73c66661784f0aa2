"""A new key for this node while everybody goes on talking: the old key signs the new one in, both are good for a while.

    announce    the old key signs a `keys` packet to every peer naming the new one; this node goes on with the old key
    finish      when every peer has it, this node signs with the new key; the old one counts for what was made before

At the peer the new key is open from the moment the packet is taken; the old one is good for messages and frames made
before `until`. A key that somebody else may have is not rotated but given up: `keeping.rekey`.
"""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.node import this_node
from backend.federation.packets import outbox
from backend.federation.packets.models import RECEIVED, PacketOut
from backend.federation.packets.stream import EVERY_LINE, KEYS, Arrived, PacketRefused, Stream
from backend.federation.peers import queries
from backend.federation.peers.models import Peer, PeerKey
from backend.federation.shapes import Moment, read_moment
from backend.safeguards import signing
from backend.safeguards.signing import Signer, canonical, fingerprint, packed, unpacked

OVERLAP = timedelta(days=7)
"""How long the old key goes on being taken; a node that was away for longer enrols its new key by hand."""
SIGNED_AS = b"lantoa-keys-1\n"


class Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`old`: fingerprint of the key that signs this; `public`: the new one, base64url; `until`: when the old one ends,
    RFC 3339; `signature`: of the old key itself, whoever signed the frame; `proof`: that the sender has the new key too."""

    old: Annotated[str, msgspec.Meta(pattern=r"^[A-Z2-7]{4}(-[A-Z2-7]{4}){5}\Z")]
    public: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{43}\Z")]
    until: Moment
    signature: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{86}\Z")]
    proof: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{86}\Z")]


def body(node_id: str, old: Signer, new: Signer, until: datetime) -> Keys:
    """What the old key tells every peer."""
    message = _said(node_id, old.key_id, packed(new.public), clock.iso(until))
    return Keys(old.key_id, packed(new.public), clock.iso(until), old.sign(message), new.sign(message))


def _said(node_id: str, old: str, public: str, until: str) -> bytes:
    return SIGNED_AS + canonical({"node": node_id, "old": old, "public": public, "until": until})


def announce(session: Session, old: Signer, new: Signer, overlap: timedelta = OVERLAP) -> list[Peer]:
    """Tell every active peer of the new key, signed by the old one. Answers who is told."""
    signing.remember(session, old)
    told = [*queries.parents(session), *queries.children(session)]
    made = body(str(this_node(session).id), old, new, clock.now() + overlap)
    for peer in told:
        outbox.put(session, peer, STREAM, "", made, new.key_id, signer=old)
    return told


def is_announced(session: Session, new: Signer) -> bool:
    """Whether the peers were told of it, or there is nobody to tell."""
    told = select(PacketOut.id).where(PacketOut.subject == new.key_id, PacketOut.stream == STREAM.name)
    return session.scalars(told.limit(1)).first() is not None


def without_it(session: Session, new: Signer) -> list[Peer]:
    """The active peers that have not answered that they know the new key."""
    have = {
        row.peer_id
        for row in session.scalars(
            select(PacketOut).where(PacketOut.subject == new.key_id, PacketOut.stream == STREAM.name)
        )
        if row.state == RECEIVED
    }
    return [peer for peer in (*queries.parents(session), *queries.children(session)) if peer.id not in have]


def receive(session: Session, arrived: Arrived) -> None:
    """A peer's new key. Raises PacketRefused: key-not-signer, key-not-proven, key-known, bad-moment."""
    told, peer = arrived.body, arrived.peer
    until = _until(told.until, arrived.received_at)
    old = queries.key_at(session, peer.id, told.old)
    if old is None or old.withdrawn_from is not None:
        raise PacketRefused("key-not-signer", "/old")
    _check(str(peer.node_id), old, told)
    known = queries.key_at(session, peer.id, fingerprint(unpacked(told.public)))
    if known is None:
        _take(session, old, told.public, until, arrived.received_at)
    elif known.withdrawn_from is not None or known.until_at is not None:
        raise PacketRefused(
            "key-known", "/public"
        )  # told again after a restored backup, it is open: nothing to do


def _check(node_id: str, old: PeerKey, told: Keys) -> None:
    """Both keys have signed exactly this."""
    message = _said(node_id, told.old, told.public, told.until)
    if not signing.verify(unpacked(old.public), message, told.signature):
        raise PacketRefused("key-not-signer", "/signature")
    try:
        public = unpacked(told.public)
    except ValueError:
        raise PacketRefused("key-not-proven", "/public") from None
    if len(public) != 32 or not signing.verify(public, message, told.proof):
        raise PacketRefused("key-not-proven", "/proof")


def _take(session: Session, old: PeerKey, public: str, until: datetime, now: datetime) -> None:
    if queries.open_key(session, old.peer_id) is not old:
        raise PacketRefused("key-not-signer", "/old")  # a key that was rotated before signs no other in
    key_id = fingerprint(unpacked(public))
    old.until_at = until
    for waiting in queries.keys_of(session, old.peer_id):
        if waiting.key_id == key_id:
            session.delete(waiting)  # proposed by hand meanwhile: the old key's word is enough
    session.flush()  # closed before the new one is opened
    session.add(PeerKey(peer_id=old.peer_id, key_id=key_id, public=public, from_at=now, confirmed_at=now))


def _until(text: str, now: datetime) -> datetime:
    """Packets wait: one that comes after its own end closes the old key at once; none keeps it open for longer."""
    if (moment := read_moment(text)) is None:
        raise PacketRefused("bad-moment", "/until")
    return min(max(moment, now), now + OVERLAP)


STREAM = Stream(KEYS, "keys/1", Keys, EVERY_LINE, receive, "both")
