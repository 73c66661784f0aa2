"""Deeds put aside, and refused ones whose bytes are kept: found, held while somebody looks at them, and settled once."""

import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from backend import clock
from backend.participation.deeds import new_receipt
from backend.participation.models import Operation, Quarantined

NOT_ACCEPTED = "not_accepted"
"""The reason of what somebody responsible looked at and left out for good."""
REFUSED = "refused"


def put_aside(session: Session) -> list[Quarantined]:
    """What nobody has looked at yet, the first that arrived in front."""
    query = select(Quarantined).where(Quarantined.settled_at.is_(None))
    return list(session.scalars(query.order_by(Quarantined.received_at, Quarantined.id)))


def one_put_aside(session: Session, key: uuid.UUID) -> Quarantined | None:
    """One of those; None once somebody settled it."""
    return session.scalars(
        select(Quarantined).where(Quarantined.id == key, Quarantined.settled_at.is_(None))
    ).first()


def hold(session: Session, key: uuid.UUID) -> Quarantined | None:
    """The same, held: of two who settle it at once, the second finds nothing left to do."""
    query = select(Quarantined).where(Quarantined.id == key, Quarantined.settled_at.is_(None))
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()


def settle(row: Quarantined, became: uuid.UUID | None) -> None:
    """`became`: the operation that stands for it from now on; None: it was not accepted."""
    row.settled_at, row.became = clock.now(), became
    if became is None:
        row.reason = NOT_ACCEPTED


def taken_up(session: Session, row: Quarantined) -> Operation | None:
    """What a deed put aside became, if anything."""
    return session.get(Operation, row.became) if row.became else None


def refused(session: Session, activities: Collection[uuid.UUID]) -> list[Operation]:
    """Refused deeds of these activities whose bytes are kept and that nobody left out for good, the newest first."""
    query = select(Operation).where(Operation.activity_id.in_(activities), *_open_refused())
    return list(session.scalars(query.order_by(Operation.received_at.desc(), Operation.id)))


def one_refused(session: Session, key: uuid.UUID) -> Operation | None:
    return session.scalars(select(Operation).where(Operation.id == key, *_open_refused())).first()


def hold_refused(session: Session, key: uuid.UUID) -> Operation | None:
    query = select(Operation).where(Operation.id == key, *_open_refused())
    return session.scalars(
        query.with_for_update(of=Operation).execution_options(populate_existing=True)
    ).first()


def _open_refused() -> tuple[ColumnElement[bool], ...]:
    return (
        Operation.outcome == REFUSED,
        Operation.body.is_not(None),
        Operation.reason.is_distinct_from(NOT_ACCEPTED),
    )


def keep_original(session: Session, row: Operation) -> None:
    """The bytes as they first came, kept beside the deed that is accepted with others."""
    session.add(
        Quarantined(
            device_id=row.device_id,
            device_seq=row.device_seq,
            subject=row.subject,
            body=row.body or b"",
            body_hash=row.body_hash,
            reason=row.reason or REFUSED,
            received_at=row.received_at,
            receipt=new_receipt(),
            deed_id=row.id,
            happened_at=row.happened_at,
            time_trust=row.time_trust,
            settled_at=clock.now(),
            became=row.id,
        )
    )
