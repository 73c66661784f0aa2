"""What pages read of documents: what was given out and what became of it below; what came from above and what stands."""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.db.node import this_node
from backend.errors import NotFound
from backend.federation.documents import scopes
from backend.federation.documents.models import (
    LIGHTLY,
    Document,
    DocumentAck,
    DocumentState,
    DocumentWithdrawal,
)
from backend.federation.peers import queries as peers
from backend.federation.peers.models import Peer

MOST = 500


@dataclass(frozen=True)
class Out:
    """A document this node gave out. `below`: children it is for; `told`: state -> how many of them said so; `newest`: the
    last of its series."""

    row: Document
    below: int
    told: Counter[str]
    withdrawn: DocumentWithdrawal | None
    newest: bool

    @property
    def silent(self) -> int:
        """Children that have told nothing of it yet."""
        return max(0, self.below - sum(self.told.values()))


@dataclass(frozen=True)
class In:
    """A series from a level above. `wanted`, `standing`: None where there is none, or its bytes have not come."""

    state: DocumentState
    peer: Peer
    wanted: Document | None
    standing: Document | None

    @property
    def shown(self) -> Document | None:
        return self.standing or self.wanted


@dataclass(frozen=True)
class Answer:
    """A child a document is for, and the last it told."""

    peer: Peer
    ack: DocumentAck | None


def given_out(session: Session) -> list[Out]:
    """The newest first, at most `MOST`."""
    mine = select(Document).options(LIGHTLY).where(Document.issuer == str(this_node(session).id))
    rows = session.scalars(mine.order_by(Document.kept_at.desc(), Document.series).limit(MOST))
    return _outs(session, list(rows))


def _outs(session: Session, rows: Sequence[Document]) -> list[Out]:
    """Four statements and one for each line of children."""
    digests = [row.digest for row in rows]
    withdrawn = select(DocumentWithdrawal).where(DocumentWithdrawal.digest.in_(digests))
    gone = {one.digest: one for one in session.scalars(withdrawn)}
    acks: dict[str, Counter[str]] = {}
    told = select(DocumentAck.digest, DocumentAck.state).where(DocumentAck.digest.in_(digests))
    for digest, state in session.execute(told):
        acks.setdefault(digest, Counter())[state] += 1
    last, above = _last_numbers(session), _above_children(session)
    return [
        Out(
            row, sum(_is_for(row, line, codes) for line, codes in above), acks.get(row.digest, Counter()),
            gone.get(row.digest), last[row.line, row.series] == row.number,
        )
        for row in rows
    ]  # fmt: skip


def _last_numbers(session: Session) -> dict[tuple[str, str], int]:
    """(line, series) -> the last number this node gave."""
    query = select(Document.line, Document.series, func.max(Document.number))
    mine = query.where(Document.issuer == str(this_node(session).id)).group_by(Document.line, Document.series)
    return {(line, series): number for line, series, number in session.execute(mine)}


def _above_children(session: Session) -> list[tuple[str, set[str]]]:
    return [(one.line, scopes.codes_above(session, one.unit_code)) for one in peers.children(session)]


def _is_for(row: Document, line: str, codes: Iterable[str]) -> bool:
    return row.line == line and scopes.covers(row.scope, set(codes))


def out(session: Session, digest: str) -> tuple[Out, list[Answer]]:
    """One that was given out, with what each child told. Raises NotFound."""
    row = session.get(Document, digest, options=[LIGHTLY])
    if row is None or row.issuer != str(this_node(session).id):
        raise NotFound
    (found,) = _outs(session, [row])
    acks = {
        row.peer_id: row for row in session.scalars(select(DocumentAck).where(DocumentAck.digest == digest))
    }
    answers = [
        Answer(one, acks.get(one.id))
        for one in peers.children(session, found.row.line)
        if scopes.covers(found.row.scope, scopes.codes_above(session, one.unit_code))
    ]
    return found, answers


def came_in(session: Session) -> list[In]:
    """Every series of every level above: what needs somebody first."""
    rows = session.execute(select(DocumentState, Peer).join(Peer, Peer.id == DocumentState.peer_id)).all()
    digests = {digest for state, _ in rows for digest in (state.wanted, state.standing) if digest}
    bodies = select(Document).options(LIGHTLY).where(Document.digest.in_(digests))
    here = {row.digest: row for row in session.scalars(bodies)}
    found = [
        In(state, peer, here.get(state.wanted or ""), here.get(state.standing or "")) for state, peer in rows
    ]
    order = {"refused": 0, "waiting": 1, "fetched": 2, "rolled_back": 3}
    return sorted(found, key=lambda one: (order.get(one.state.state, 9), one.state.series))


def came_in_one(session: Session, peer_id: uuid.UUID, series: str) -> In:
    """Raises NotFound."""
    found = session.get(DocumentState, (peer_id, series))
    if found is None:
        raise NotFound
    wanted, standing = (session.get(Document, one) if one else None for one in (found.wanted, found.standing))
    return In(found, session.get_one(Peer, peer_id), wanted, standing)
