"""Documents by what they are: bytes under a fingerprint, in numbered series. Nothing is ever changed here."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.node import this_node
from backend.db.statements import insert_into
from backend.federation.documents.errors import DocumentUnknown
from backend.federation.documents.models import LIGHTLY, Document, DocumentWithdrawal
from backend.federation.frames import DocumentHeader, Frame


def keep(
    session: Session,
    frame: Frame,
    header: DocumentHeader,
    line: str,
    *,
    peer: uuid.UUID | None = None,
    title: str = "",
    by: uuid.UUID | None = None,
) -> bool:
    """True where it is new. False where it, or another one with its number, is there: ask `with_number` which."""
    row = {
        "digest": frame.digest, "peer_id": peer, "issuer": header.sender, "series": header.series,
        "epoch": header.epoch, "number": header.number, "line": line, "scope": list(header.scope.units), "schema": header.schema,
        "title": title[:300], "key_id": frame.key_id, "raw": frame.raw, "made_at": datetime.fromisoformat(header.made_at),
        "kept_at": clock.now(), "given_by": by,
    }  # fmt: skip
    made = insert_into(session, Document).values(row).on_conflict_do_nothing()
    return session.scalars(made.returning(Document.digest)).first() is not None


def document(session: Session, digest: str) -> Document:
    """Raises DocumentUnknown."""
    found = session.get(Document, digest)
    if found is None:
        raise DocumentUnknown
    return found


def with_number(
    session: Session, issuer: str, line: str, series: str, epoch: str, number: int
) -> Document | None:
    return session.scalars(
        select(Document).where(
            Document.issuer == issuer, Document.line == line, Document.series == series, Document.epoch == epoch,
            Document.number == number,
        )
    ).first()  # fmt: skip


def newest_own(session: Session, line: str, series: str) -> Document | None:
    """The last one this node gave out in a series, withdrawn or not."""
    query = select(Document).where(
        Document.issuer == str(this_node(session).id), Document.line == line, Document.series == series
    )
    return session.scalars(query.order_by(Document.number.desc()).limit(1)).first()


def series_given(session: Session, line: str) -> int:
    """How many series of this node's stand on a line: those whose last word was not taken back."""
    gone = select(DocumentWithdrawal.digest)
    query = select(func.count(Document.series.distinct())).where(
        Document.issuer == str(this_node(session).id), Document.line == line, Document.digest.not_in(gone)
    )
    return session.scalar(query) or 0


def own_in_force(session: Session, line: str) -> list[Document]:
    """Of each series this node gave out on a line the newest that was not withdrawn, without its bytes."""
    mine = (Document.issuer == str(this_node(session).id), Document.line == line)
    gone = select(DocumentWithdrawal.digest)
    last = (
        select(Document.series, func.max(Document.number).label("number"))
        .where(*mine, Document.digest.not_in(gone))
        .group_by(Document.series)
        .subquery()
    )
    same = (Document.series == last.c.series) & (Document.number == last.c.number)
    query = select(Document).options(LIGHTLY).join(last, same).where(*mine, Document.digest.not_in(gone))
    return list(session.scalars(query.order_by(Document.series)))


def own_withdrawn(session: Session, line: str, most: int) -> list[tuple[Document, DocumentWithdrawal]]:
    """The last so many, without their bytes."""
    rows = session.execute(
        select(Document, DocumentWithdrawal)
        .options(LIGHTLY)
        .join(DocumentWithdrawal, DocumentWithdrawal.digest == Document.digest)
        .where(Document.issuer == str(this_node(session).id), Document.line == line)
        .order_by(DocumentWithdrawal.at.desc(), Document.digest)
        .limit(most)
    )
    return [(one, gone) for one, gone in rows]


def there(session: Session, digests: Iterable[str]) -> set[str]:
    return set(session.scalars(select(Document.digest).where(Document.digest.in_(list(digests)))))
