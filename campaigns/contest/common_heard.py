"""What a commune believes of what comes down about a contest of many: from the level above of the contest's own line, no other.

A parent of another line may know the rules too (they are computed from the pack) and give out a count of its own. And a
level above that was restored from a backup counts its numbers again from where the backup stood: what it says in its newest
epoch stands, whatever number that bears (names of epochs grow with time).
"""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.federation.documents.models import Document
from backend.federation.peers.models import ACTIVE, PARENT, SUSPENDED, Peer
from campaigns.common_models import CommonList, CommonRound, CommonTotal

Heard = TypeVar("Heard", CommonTotal, CommonList)


def newest_total(session: Session, round_: CommonRound) -> CommonTotal | None:
    """The count of all communes that was given out last by the rules of this round."""
    return _newest(session, round_, CommonTotal)


def final_list(session: Session, round_: CommonRound) -> CommonList | None:
    """The final list that was given out last by the rules of this round."""
    return _newest(session, round_, CommonList)


def stands_on(session: Session, round_: CommonRound) -> CommonTotal | None:
    """The count of all communes the results stand on; None where they stand on the own one, or are not given out."""
    return session.get(CommonTotal, round_.total_document) if round_.total_document else None


def _newest(session: Session, round_: CommonRound, what: type[Heard]) -> Heard | None:
    line = round_.terms["line"]
    rows = session.scalars(
        select(what)
        .join(Document, Document.digest == what.document)
        .where(what.contest == round_.contest, what.round == round_.round)
        .where(Document.line == line, Document.issuer.in_(_organisers(session, line)))
        .order_by(Document.epoch.desc(), Document.number.desc())
    )
    return next((row for row in rows if row.said["rules"] == round_.rules), None)


def _organisers(session: Session, line: str) -> Sequence[str]:
    """The nodes that stand above this one on that line. One that is suspended is still believed for what it gave before."""
    query = select(Peer.node_id).where(
        Peer.side == PARENT, Peer.line == line, Peer.state.in_((ACTIVE, SUSPENDED))
    )
    return [str(node) for node in session.scalars(query)]
