"""Whose signature a document of a catalogue bears, where it is not the open key of who signed the catalogue.

Two cases, one answer: the catalogue names the key.
- The issuer's key was rotated or lost since. Who enrolled before knows the old key; who enrolled after does not, and would
  refuse what still stands. So the issuer answers, under its open key, for the keys it gave up, with the moment they end.
- A province passes the nation's documents on. A commune never enrolled with the nation: two persons at each of thousands of
  communes would have to compare a key they see once. They did compare the province's, and the province the nation's. So the
  province answers for the nation's key, in the catalogue it signs anyway: no further frame, table or ceremony, a rotation
  above is told with the next catalogue, and what is withdrawn from the province's word is gone with it.

What that is worth: the bytes and the signature are the nation's, anybody who has its key can check them later (`lantoa node
verify`), and the province cannot alter a comma unnoticed. It could answer for a false key; then what its communes hold has
a digest the nation never signed, and the counts the nation is told (`passing`) miss them. A node that knows the issuer itself goes
by its own record, and nobody's word reopens a key it knows to be lost.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.node import this_node
from backend.federation.documents.errors import DocumentRefused
from backend.federation.documents.models import Document
from backend.federation.documents.shapes import Catalogue, Vouched
from backend.federation.peers import queries as peers
from backend.federation.peers.models import Peer, PeerKey
from backend.federation.shapes import read_moment
from backend.safeguards.signing import NodeKey, fingerprint, unpacked


def vouched(session: Session, own: Iterable[Document], theirs: Iterable[Document]) -> tuple[Vouched, ...]:
    """The keys a catalogue must name: of its own documents those given up since, of what is passed on all."""
    keys = {row.key_id for row in own}
    given_up = session.scalars(
        select(NodeKey).where(
            NodeKey.id.in_(keys), NodeKey.until_at.is_not(None) | NodeKey.withdrawn_from.is_not(None)
        )
    )
    node = str(this_node(session).id)
    found = {_vouched(node, row) for row in given_up}
    for key in {(row.peer_id, row.key_id): row for row in theirs}.values():
        held = peers.key_at(session, key.peer_id, key.key_id) if key.peer_id else None
        if held is not None:
            found.add(_vouched(key.issuer, held))
    return tuple(sorted(found, key=lambda one: (one.node, one.public)))


def _vouched(node: str, key: NodeKey | PeerKey) -> Vouched:
    ends = [moment for moment in (key.until_at, key.withdrawn_from) if moment is not None]
    return Vouched(node, key.public.rstrip("="), clock.iso(min(ends)) if ends else "")


@dataclass(frozen=True)
class Believed:
    """A public key, and whose: what it signed before `until` counts (None: it is open)."""

    node: str
    public: bytes
    until: datetime | None

    def signs(self, node: str, made_at: datetime) -> bool:
        return node == self.node and (self.until is None or made_at < self.until)


def key_for(session: Session, peer: Peer, said: Catalogue | None, key_id: str) -> Believed | None:
    """The key a document of this catalogue may be signed with: as this node's own record has it, else as the level above says.

    Raises DocumentRefused where that level says an end that is no moment.
    """
    own = peers.key_at(session, peer.id, key_id) or _known_directly(session, key_id)
    if own is not None:
        return _as_recorded(session, own)
    for one in said.vouched if said is not None else ():
        if fingerprint(unpacked(one.public)) == key_id and not _contradicts(session, peer, one):
            return Believed(one.node, unpacked(one.public), _moment(one.until))
    return None


def _known_directly(session: Session, key_id: str) -> PeerKey | None:
    """Of a peer on whatever line or side: its key is its key."""
    query = select(PeerKey).where(PeerKey.key_id == key_id, PeerKey.confirmed_at.is_not(None))
    return session.scalars(query.order_by(PeerKey.withdrawn_from.is_(None)).limit(1)).first()


def _as_recorded(session: Session, key: PeerKey) -> Believed:
    ends = [moment for moment in (key.until_at, key.withdrawn_from) if moment is not None]
    node = str(peers.peer(session, key.peer_id).node_id)
    return Believed(node, unpacked(key.public), min(ends) if ends else None)


def _contradicts(session: Session, peer: Peer, one: Vouched) -> bool:
    """An open key of its own the level above cannot bring in this way: only two persons, or the key before it, can. Nor one of
    a node that this node has enrolled with itself."""
    if one.node == str(peer.node_id):
        return not one.until
    known = (
        select(PeerKey.key_id).join(Peer, Peer.id == PeerKey.peer_id).where(PeerKey.confirmed_at.is_not(None))
    )
    return any(str(node) == one.node for node in session.scalars(known.with_only_columns(Peer.node_id)))


def _moment(text: str) -> datetime | None:
    """None: the key is open. Raises DocumentRefused for a moment there is not."""
    if text and (found := read_moment(text)) is None:
        raise DocumentRefused("malformed")
    return found if text else None
