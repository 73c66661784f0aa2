"""The catalogue: what should stand at a child now. Signed for that child alone, with a number of its own."""

import hashlib
import logging

import msgspec
from sqlalchemy.orm import Session

from backend import clock
from backend.db.node import this_node
from backend.db.statements import insert_into
from backend.federation import frames
from backend.federation.documents import passing, scopes, store, vouching
from backend.federation.documents.models import CatalogueOut, Document
from backend.federation.documents.shapes import MOST, MOST_KEYS, Catalogue, Gone, Named, plain
from backend.federation.frames import CatalogueHeader
from backend.federation.peers.models import Peer
from backend.federation.software import software
from backend.safeguards import signing
from backend.safeguards.signing import Signer

log = logging.getLogger("lantoa.documents")
SCHEMA = "catalogue/1"


def for_peer(session: Session, signer: Signer, peer: Peer) -> bytes:
    """The catalogue for a child, byte for byte the last one while it names the same and the key is still ours."""
    body, node = named_for(session, peer), this_node(session)
    named = hashlib.sha256(msgspec.json.encode(body, order="deterministic")).hexdigest()
    held = session.get(CatalogueOut, peer.id, with_for_update=True)
    if held is not None and (held.epoch, held.named) == (str(node.epoch), named) and _is_by(held.raw, signer):
        return held.raw
    number = held.number + 1 if held is not None and held.epoch == str(node.epoch) else 1
    header = CatalogueHeader(
        sender=str(node.id), to=str(peer.node_id), line=peer.line, epoch=str(node.epoch), made_at=clock.iso(clock.now()),  # type: ignore[arg-type]
        schema=SCHEMA, software=software(), number=number,
    )  # fmt: skip
    signing.remember(session, signer)
    raw = frames.seal(signer, header, body).raw
    return _kept(
        session, peer, CatalogueOut(epoch=str(node.epoch), number=number, named=named, raw=raw), held
    )


def named_for(session: Session, peer: Peer) -> Catalogue:
    """What should stand there: of every series the newest that was not withdrawn and is for this unit; and of the levels above
    what they want to stand that is for this unit too, as it came (`passing`). What a catalogue cannot hold any more is left
    out, the oldest withdrawals first: every child would refuse the whole of it."""
    above = scopes.codes_above(session, peer.unit_code)
    own = [row for row in store.own_in_force(session, peer.line) if scopes.covers(row.scope, above)]
    theirs = [row for row in passing.passed_on(session, peer.line) if scopes.covers(row.scope, above)]
    gone = [
        Gone(row.series, row.number, row.digest, told.words)
        for row, told in store.own_withdrawn(session, peer.line, MOST)
        if scopes.covers(row.scope, above)
    ]
    gone += [one for row, one in passing.withdrawn(session, peer.line) if scopes.covers(row.scope, above)]
    named = [_named(row) for row in own] + [_named(row, row.issuer) for row in theirs]
    if len(named) > MOST:
        log.error("%s documents should stand at %s, a catalogue names %s", len(named), peer.name, MOST)
    keys = vouching.vouched(session, own, theirs)[:MOST_KEYS]
    return Catalogue(tuple(named[:MOST]), tuple(map(plain, gone[:MOST])), keys)


def _named(row: Document, issuer: str = "") -> Named:
    return Named(row.series, row.number, row.digest, row.size, issuer)


def may_have(session: Session, peer: Peer, row: Document) -> bool:
    """Whether the document is for that child: this node's own, or one it passes on now."""
    if row.line != peer.line or not scopes.covers(row.scope, scopes.codes_above(session, peer.unit_code)):
        return False
    return row.peer_id is None or row.digest in {one.digest for one in passing.passed_on(session, row.line)}


def _is_by(raw: bytes, signer: Signer) -> bool:
    return frames.outside(raw).key_id == signer.key_id


def _kept(session: Session, peer: Peer, made: CatalogueOut, held: CatalogueOut | None) -> bytes:
    """The first one of a peer may be made by two requests at once: both get the same bytes."""
    if held is not None:
        held.epoch, held.number, held.named, held.raw = made.epoch, made.number, made.named, made.raw
        return made.raw
    row = {
        "peer_id": peer.id,
        "epoch": made.epoch,
        "number": made.number,
        "named": made.named,
        "raw": made.raw,
    }
    session.execute(insert_into(session, CatalogueOut).values(row).on_conflict_do_nothing())
    return session.get_one(CatalogueOut, peer.id, populate_existing=True).raw
