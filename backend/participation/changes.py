"""The change log that phones pull: what changed since a cursor, in an order no commit can slip behind.

A row is written without a number, in the transaction that makes the change; the worker numbers committed rows.
A number taken inside the transaction would let a slow commit appear behind a cursor that has already passed.
"""

import uuid
from datetime import timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_, DomainError
from backend.participation.lease import hold
from backend.participation.models import Change

KEPT = timedelta(days=90)
PAGE = 200


class CursorTooOld(DomainError):
    status = 410
    code = "cursor_too_old"
    sentence = N_("Dữ liệu trên máy đã cũ. Ứng dụng sẽ tự tải lại từ đầu.")


def tell(
    session: Session, noun: str, noun_id: uuid.UUID, change: str, subject: uuid.UUID | None = None
) -> None:
    """Something changed that phones should know; `subject=None` means everybody's phone."""
    session.add(Change(subject=subject, noun=noun, noun_id=noun_id, change=change, made_at=clock.now()))


def number_new(session: Session) -> int:
    """Give the next numbers to committed changes, oldest first. Runs alone, under a lease."""
    hold(session, "changes")
    last = session.scalar(select(func.max(Change.seq))) or 0
    waiting = session.scalars(
        select(Change.id).where(Change.seq.is_(None)).order_by(Change.made_at, Change.id)
    ).all()
    for number, change in enumerate(waiting, start=last + 1):
        session.execute(update(Change).where(Change.id == change).values(seq=number))
    return len(waiting)


def waiting(session: Session) -> bool:
    """Whether any change has no number yet."""
    return session.scalars(select(Change.id).where(Change.seq.is_(None)).limit(1)).first() is not None


def since(session: Session, cursor: int, subject: uuid.UUID) -> tuple[list[Change], int, bool]:
    """Changes after `cursor` for this subject, the next cursor, and whether there are more.

    Raises CursorTooOld when the cursor points before what is kept, or beyond what this node ever numbered
    (which is how a phone notices a restored backup).
    """
    # Each by itself: SQLite walks the whole index for both in one breath, and its two ends for each alone.
    oldest, newest = session.execute(select(_OLDEST, _NEWEST)).one()
    if cursor > (newest or 0) or (oldest is not None and cursor < oldest - 1 and cursor != 0):
        raise CursorTooOld
    rows = list(
        session.scalars(
            select(Change)
            .where(Change.seq > cursor, or_(Change.subject.is_(None), Change.subject == subject))
            .order_by(Change.seq)
            .limit(PAGE + 1)
        )
    )
    more = len(rows) > PAGE
    page = rows[:PAGE]
    reached = page[-1].seq if more and page else (newest or 0)
    return page, reached or 0, more


_OLDEST = select(func.min(Change.seq)).scalar_subquery()
_NEWEST = select(func.max(Change.seq)).scalar_subquery()


def newest(session: Session) -> int:
    """The last number given: the cursor of whoever reads everything now."""
    return session.scalar(select(func.max(Change.seq))) or 0


def forget_old(session: Session) -> None:
    """The last one stays, however old: numbers go on from it and never start again."""
    last = select(func.max(Change.seq)).scalar_subquery()
    session.execute(delete(Change).where(Change.made_at < clock.now() - KEPT, Change.seq < last))
