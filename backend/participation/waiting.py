"""Deeds that wait: taken in, kept byte for byte, and judged anew when what they lacked is there."""

import uuid
from collections.abc import Callable, Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from backend.db.paging import beyond
from backend.participation.deeds import Deed, OperationIn
from backend.participation.models import Operation
from backend.people.models import Person, SubjectLink
from backend.people.sign_in import Participant

WAITING = "waiting"
Decode = Callable[[bytes], Any]

_OPERATION = msgspec.json.Decoder(OperationIn)


def waiting(
    session: Session, activities: Collection[uuid.UUID], reason: str | None = None, action: str | None = None
) -> list[Operation]:
    """What waits in these activities, the oldest deed first."""
    query = _waits().where(Operation.activity_id.in_(activities))
    if reason is not None:
        query = query.where(Operation.reason == reason)
    if action is not None:
        query = query.where(Operation.action == action)
    return list(session.scalars(query.order_by(Operation.happened_at, Operation.id)))


def waiting_after(
    session: Session, activities: Collection[uuid.UUID], key: Sequence[Any] | None, most: int
) -> list[Operation]:
    """So many of what waits, from where `key` (moment, id) says; the oldest deed first."""
    by = (Operation.happened_at, Operation.id)
    query = _waits().where(Operation.activity_id.in_(activities), *beyond(by, key))
    return list(session.scalars(query.order_by(*by).limit(most)))


def waiting_one(session: Session, operation: uuid.UUID) -> Operation | None:
    """One deed, if it still waits; for reading."""
    return session.scalars(_waits().where(Operation.id == operation)).first()


def how_many_wait(session: Session, activities: Collection[uuid.UUID]) -> int:
    found = _waits().where(Operation.activity_id.in_(activities)).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def _waits() -> Select[Operation]:
    return select(Operation).where(Operation.outcome == WAITING, Operation.body.is_not(None))


def held(session: Session, operation: uuid.UUID) -> Operation | None:
    """One deed that still waits, held: two who look at it at once do so one after the other."""
    query = select(Operation).where(Operation.id == operation, Operation.outcome == WAITING)
    return session.scalars(
        query.with_for_update(of=Operation).execution_options(populate_existing=True)
    ).first()


def body_of(operation: Operation, decode: Decode) -> Any:
    """The typed body of a deed that waits; `decode` reads the bytes of its action's body."""
    return decode(bytes(_OPERATION.decode(operation.body or b"").body))


def deed_again(operation: Operation, body: Any, person: uuid.UUID) -> Deed:
    """The deed as it first came: its time stays what it was then."""
    return Deed(
        id=operation.id,
        device=operation.device_id,
        seq=operation.device_seq,
        subject=operation.subject,
        person=person,
        activity=operation.activity_id,
        action=operation.action,
        schema=operation.schema,
        body=body,
        body_hash=operation.body_hash,
        happened_at=operation.happened_at,
        time_trust=operation.time_trust,
        received_at=operation.received_at,
        frozen=operation.body or b"",
        receipt=operation.receipt,
    )


def writer(session: Session, subject: uuid.UUID) -> Participant | None:
    """Who wrote it, kept from leaving until this transaction ends; None where they have left."""
    row = session.execute(
        select(Person.id, Person.name, Person.birth_year)
        .join(SubjectLink, SubjectLink.person_id == Person.id)
        .where(SubjectLink.subject == subject)
        .with_for_update(of=SubjectLink, read=True)
    ).first()
    return row and Participant(row.id, subject, None, None, row.name, row.birth_year)
