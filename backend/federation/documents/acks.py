"""What became of a document at a node below, told upward in packets of the stream `acks`."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import insert_into
from backend.federation.documents import passing
from backend.federation.documents.models import Document, DocumentAck, DocumentState
from backend.federation.documents.shapes import Hex, Number, Series
from backend.federation.packets import outbox
from backend.federation.packets.stream import EVERY_LINE, Arrived, PacketRefused, Stream
from backend.federation.peers.models import PARENT, REVOKED, Peer
from backend.federation.shapes import require_moment


class Ack(Struct, frozen=True, forbid_unknown_fields=True):
    """`why`: a code where it does not stand. `words`: the reason its office gave for going back; of no other state.

    `at`: RFC 3339 in UTC.
    """

    series: Series
    number: Number
    digest: Hex
    state: Literal["waiting", "applied", "refused", "rolled_back", "withdrawn"]
    why: Annotated[str, Meta(max_length=60, pattern=r"^[a-z0-9_-]*\Z")]
    words: Annotated[str, Meta(max_length=1000)]
    at: Annotated[datetime, Meta(tz=True)]

    def __post_init__(self) -> None:
        require_moment(self.at)


def tell(session: Session, peer: Peer, row: Document, state: DocumentState) -> None:
    """Tell the level above what became of one of its documents, unless it is no peer any more. One that is suspended is told
    when it is a peer again."""
    if peer.side != PARENT or peer.state == REVOKED:
        return
    words = state.words if state.state == "rolled_back" else ""
    body = Ack(row.series, row.number, row.digest, state.state, state.why or "", words or "", state.at)  # type: ignore[arg-type]
    outbox.put(session, peer, ACKS, "", body, subject=f"{row.series}/{row.number}")


def receive(session: Session, arrived: Arrived) -> None:
    """Keep the last word of that node about the document. Raises PacketRefused: unknown-document."""
    body: Ack = arrived.body
    row = session.get(Document, body.digest)
    if row is None or (row.series, row.number, row.line) != (body.series, body.number, arrived.peer.line):
        raise PacketRefused("unknown-document", "/digest")
    if row.peer_id is not None and not passing.is_passed_on(session, row):
        raise PacketRefused("unknown-document", "/digest")
    now = clock.now()
    said = {
        "series": body.series, "number": body.number, "state": body.state, "why": body.why or None,
        "words": body.words or None, "at": min(body.at, now), "received_at": now,
    }  # fmt: skip
    made = insert_into(session, DocumentAck).values(
        {"peer_id": arrived.peer.id, "digest": body.digest, **said}
    )
    # A packet said again after a restored backup must not undo a later word; a clock that was ahead must not outlive the mistake.
    later = DocumentAck.at <= said["at"]
    session.execute(made.on_conflict_do_update(index_elements=["peer_id", "digest"], set_=said, where=later))


ACKS = Stream("acks", "acks/1", Ack, EVERY_LINE, receive, "up")
