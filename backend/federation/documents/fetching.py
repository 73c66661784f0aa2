"""The worker of a node below: asks each level above for its catalogue, fetches what is missing, applies what is here.

Every document is a transaction of its own: a link that is cut in between leaves what came, and the next turn goes on.
"""

import logging
from collections.abc import Iterable
from pathlib import Path

import httpx
from sqlalchemy.orm import Session

from backend.db.engine import Database
from backend.db.node import this_node
from backend.federation.documents import catalogue, passing, standing, store, taking
from backend.federation.documents.errors import DocumentRefused, NothingStands
from backend.federation.documents.kinds import Kinds
from backend.federation.documents.shapes import Named
from backend.federation.frames import FrameRefused
from backend.federation.packets import settling
from backend.federation.packets.client import Answer, Line, Unreachable
from backend.federation.peers import queries as peers
from backend.federation.peers.models import Peer
from backend.federation.peers.trouble import note_trouble
from backend.safeguards.signing import Signer

log = logging.getLogger("lantoa.documents")
CATALOGUE, DOCUMENT = "/federation/catalogue", "/federation/documents/"


def turn(database: Database, signer: Signer, kinds: Kinds, client: httpx.Client, folder: Path) -> bool:
    """One call at every parent, and a look at all that is due; True when something new came or stands."""
    with database.transaction(writes=False) as session:
        lines = [
            (peer, _line(session, signer, client, peer)) for peer in peers.parents(session) if peer.address
        ]
    moved = [_fetch(database, peer, line) for peer, line in lines]
    settled = apply_due(database, kinds, folder)
    return passing.sum_up(database) or settled or any(moved)


def _line(session: Session, signer: Signer, client: httpx.Client, peer: Peer) -> Line:
    node = this_node(session)
    keys = settling.believed_keys(session, peer)
    return Line(client, signer, str(node.id), str(node.epoch), peer.address, peer.line, keys.get)


def _fetch(database: Database, peer: Peer, line: Line) -> bool:
    """True when something new came. An unreachable parent is asked again at the next turn."""
    try:
        answer = line.call("GET", CATALOGUE)
        moved = _take(database, peer, answer, taking.take_catalogue)
        with database.transaction(writes=False) as session:
            lacking = taking.missing(session, peer)
        for one in lacking:
            moved |= _take_named(database, peer, line, one)
    except Unreachable as unreachable:
        log.info("%s cannot be reached: %s", peer.name, unreachable.code)
        return False
    return moved


def _take_named(database: Database, peer: Peer, line: Line, one: Named) -> bool:
    """One that was not taken is left alone for a while."""
    if _take(database, peer, line.call("GET", DOCUMENT + one.digest), taking.take_document):
        return True
    with database.transaction() as session:
        taking.put_off(session, peer, one)
    return False


def _take(database: Database, peer: Peer, answer: Answer, take: "taking.Take") -> bool:
    if answer.status != 200:
        log.warning("%s answered %s %s", peer.name, answer.status, answer.code)
        return False
    try:
        with database.transaction() as session:
            return take(session, answer.body, peer)
    except (FrameRefused, DocumentRefused) as refused:
        with database.transaction() as session:
            note_trouble(session, peer.id, refused.code, "document")
        return False


def apply_due(database: Database, kinds: Kinds, folder: Path) -> bool:
    """Each by itself: one that cannot be applied does not hold up the others. True when something was settled."""
    with database.transaction(writes=False) as session:
        keys = standing.due(session, kinds)
    settled = 0
    for key in keys:
        try:
            with database.transaction() as session:
                standing.look_at(session, kinds, key, folder)
            settled += 1
        except NothingStands:
            log.info("%s is no longer wanted", key[1])
        except Exception:
            # A mistake in a room's own code: said, and tried again; the others go on.
            log.exception("%s could not be looked at", key[1])
    return settled > 0


# --- on a stick -----------------------------------------------------------------------------------------------------


def frames_for(session: Session, signer: Signer, peer: Peer) -> Iterable[bytes]:
    """The catalogue of a child and all it names, for one that has no link: in the order in which it must be taken in."""
    yield catalogue.for_peer(session, signer, peer)
    for one in catalogue.named_for(session, peer).named:
        yield store.document(session, one.digest).raw
