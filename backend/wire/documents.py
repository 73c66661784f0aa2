"""Documents over the wire: the asking child's catalogue, and the bytes of what it names. Nothing else can be asked for."""

from flask import Response
from flask.typing import ResponseReturnValue

from backend import http
from backend.federation.documents import catalogue, store
from backend.federation.documents.errors import DocumentUnknown
from backend.federation.packets.client import FRAME
from backend.federation.peers.models import CHILD, Peer
from backend.http import guarded, peer, services
from backend.wire.door import blueprint


def calling_child() -> Peer:
    """Documents go down: a level above that asks is told that there is none. Raises DocumentUnknown."""
    asking = http.calling_peer()
    if asking.side != CHILD:
        raise DocumentUnknown
    return asking


@blueprint.get("/catalogue")
@guarded(peer)
@http.writes_on_read
def get_catalogue() -> ResponseReturnValue:
    """What should stand at the asking node now. It is signed when it first names something else."""
    raw = catalogue.for_peer(http.session(), services().signer, calling_child())
    return Response(raw, content_type=FRAME)


@blueprint.get("/documents/<digest>")
@guarded(peer)
def get_document(digest: str) -> ResponseReturnValue:
    """A document by its fingerprint, as it was signed. One that is not for the asking node does not exist for it."""
    session = http.session()
    row = store.document(session, digest)
    if not catalogue.may_have(session, calling_child(), row):
        raise DocumentUnknown
    return Response(row.raw, content_type=FRAME, headers={"Cache-Control": "private, immutable"})
