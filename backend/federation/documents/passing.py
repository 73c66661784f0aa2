"""What the level above gives out goes on to the levels below, unchanged: the issuer's frame and signature, named in this node's
own catalogue. And what became of it there goes up as counts, not node by node.

One step at a time: a node passes on what its own parent issued, on the line on which it came, whether or not it stands here:
the software or the office here does not decide for those below. Nothing goes on once the parent is no peer any more.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct, structs
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.engine import Database
from backend.db.statements import insert_into
from backend.federation.documents import scopes
from backend.federation.documents.models import LIGHTLY, Document, DocumentAck, DocumentBelow, DocumentState
from backend.federation.documents.shapes import Gone, Hex, Number, Series, held
from backend.federation.packets import outbox
from backend.federation.packets.stream import EVERY_LINE, Arrived, PacketRefused, Stream
from backend.federation.peers import queries as peers
from backend.federation.peers.models import PARENT, Peer
from backend.federation.shapes import require_moment

Count = Annotated[int, Meta(ge=0, le=1_000_000)]


def passed_on(session: Session, line: str) -> list[Document]:
    """What the parents on this line want to stand and this node holds, each its issuer's own."""
    found: list[Document] = []
    for parent in peers.parents(session, line):
        query = (
            select(Document)
            .options(LIGHTLY)
            .join(DocumentState, DocumentState.wanted == Document.digest)
            .where(
                DocumentState.peer_id == parent.id,
                Document.issuer == str(parent.node_id),
                Document.line == line,
            )
        )
        found += session.scalars(query.order_by(Document.series))
    return found


def withdrawn(session: Session, line: str) -> list[tuple[Document, Gone]]:
    """What the parents say they took back, of what this node holds and may have passed on."""
    return [
        (row, structs.replace(one, issuer=row.issuer))
        for parent in peers.parents(session, line)
        if (said := held(session, parent)) is not None and (here := _issued(session, parent))
        for one in said.withdrawn
        if not one.issuer and (row := here.get(one.digest)) is not None
    ]


def _issued(session: Session, parent: Peer) -> dict[str, Document]:
    """What this node holds of a parent's own, without its bytes, by digest."""
    query = select(Document).options(LIGHTLY).where(Document.issuer == str(parent.node_id))
    return {row.digest: row for row in session.scalars(query)}


# --- what became of it, upward ------------------------------------------------------------------------------------------


class Sum(Struct, frozen=True, forbid_unknown_fields=True):
    """Of the nodes below the one that tells: `below` for how many the document is, then how many told what. `at`: RFC 3339."""

    series: Series
    number: Number
    digest: Hex
    below: Count
    waiting: Count
    applied: Count
    refused: Count
    rolled_back: Count
    withdrawn: Count
    at: Annotated[datetime, Meta(tz=True)]

    def __post_init__(self) -> None:
        require_moment(self.at)


STATES = ("waiting", "applied", "refused", "rolled_back", "withdrawn")


def is_passed_on(session: Session, row: Document) -> bool:
    """Whether it came from a level above that issued it."""
    return row.peer_id is not None and row.issuer == str(peers.peer(session, row.peer_id).node_id)


def sum_up(database: Database) -> bool:
    """Tell every parent anew of its documents of which something else is known below; True when there was such a one."""
    with database.transaction() as session:
        above = {one.id: scopes.codes_above(session, one.unit_code) for one in peers.children(session)}
        said = [_tell(session, parent, row, above) for parent, row in _told_of(session)]
    return any(said)


def _told_of(session: Session) -> list[tuple[Peer, Document]]:
    """What is passed on, and what was taken back above: its end is awaited too."""
    found: list[tuple[Peer, Document]] = []
    for parent in peers.parents(session):
        rows = [*passed_on(session, parent.line), *(row for row, _ in withdrawn(session, parent.line))]
        found += [(parent, row) for row in rows if row.peer_id == parent.id]
    return found


def _tell(session: Session, parent: Peer, row: Document, above: Mapping[uuid.UUID, set[str]]) -> bool:
    """`above`: child -> the codes above it."""
    children = peers.children(session, row.line)
    below = [one.id for one in children if scopes.covers(row.scope, above.get(one.id, ()))]
    query = select(DocumentAck.state).where(DocumentAck.digest == row.digest, DocumentAck.peer_id.in_(below))
    told = dict(sorted(Counter(session.scalars(query)).items()))
    last = session.get(DocumentBelow, (parent.id, row.digest), with_for_update=True)
    if (last.below, last.told) == (len(below), told) if last else not below:
        return False
    now = clock.now()
    counts = {state: told.get(state, 0) for state in STATES}
    body = Sum(row.series, row.number, row.digest, len(below), **counts, at=now)
    outbox.put(session, parent, SUMS, "", body, subject=f"{row.series}/{row.number}")
    _keep(session, parent, row.digest, len(below), told, now)
    return True


def _keep(session: Session, peer: Peer, digest: str, below: int, told: dict[str, int], at: datetime) -> None:
    said = {"below": below, "told": told, "at": at}
    made = insert_into(session, DocumentBelow).values({"peer_id": peer.id, "digest": digest, **said})
    later = DocumentBelow.at <= at  # a packet said again after a restored backup must not undo a later word
    session.execute(made.on_conflict_do_update(index_elements=["peer_id", "digest"], set_=said, where=later))
    session.expire_all()


def receive(session: Session, arrived: Arrived) -> None:
    """Keep the last counts of that child. Raises PacketRefused: unknown-document, more-than-there-are."""
    body: Sum = arrived.body
    row = session.get(Document, body.digest)
    if row is None or row.peer_id is not None or (row.series, row.number) != (body.series, body.number):
        raise PacketRefused("unknown-document", "/digest")
    counts = {state: getattr(body, state) for state in STATES}
    if sum(counts.values()) > body.below:
        raise PacketRefused("more-than-there-are", "/below")
    told = {state: count for state, count in counts.items() if count}
    # Whoever told it with a clock that is ahead must be able to correct it before that moment comes.
    _keep(session, arrived.peer, body.digest, body.below, told, min(body.at, clock.now()))


SUMS = Stream("ack-sums", "ack-sums/1", Sum, EVERY_LINE, receive, "up")


def further_below(session: Session, digest: str) -> list[DocumentBelow]:
    """What the children told of those below them."""
    query = select(DocumentBelow).join(Peer, Peer.id == DocumentBelow.peer_id)
    return list(session.scalars(query.where(DocumentBelow.digest == digest, Peer.side != PARENT)))


def added(rows: Iterable[DocumentBelow]) -> tuple[int, Counter[str]]:
    """(how many nodes, state -> how many told it) of all children together."""
    told: Counter[str] = Counter()
    below = 0
    for row in rows:
        below += row.below
        told.update(row.told)
    return below, told
