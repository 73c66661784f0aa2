"""What was put aside or refused in a kind of activity, as whoever is responsible reads it: what, when, by whom, and why."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.participation import aside
from backend.participation.models import Operation, Quarantined
from backend.people.models import Person, SubjectLink
from campaigns.legible import Legible, legible
from campaigns.repair import first_of


@dataclass(frozen=True)
class Aside:
    """`told`: what can be read of its body. `action`: None where not even that can be read. `first`: the deed that
    already stands under the same id. `is_refused`: read well, but not counted.
    """

    key: uuid.UUID
    subject: uuid.UUID
    person_name: str
    activity: uuid.UUID | None
    action: str | None
    reason: str
    happened_at: datetime | None
    received_at: datetime
    time_trust: str | None
    device: uuid.UUID
    seq: int | None
    told: Mapping[str, Any]
    first: uuid.UUID | None
    is_refused: bool


def put_aside(session: Session, kind: str) -> list[Aside]:
    """Deeds of a kind nobody could read or that contradict one already held; of unknown kind, too. Oldest first."""
    found = [(row, legible(row.body)) for row in aside.put_aside(session)]
    return _named(session, [_put_aside(row, told) for row, told in found if _of(kind, told)])


def refused(session: Session, activities: Collection[uuid.UUID]) -> list[Aside]:
    """Deeds that were read and not counted, until somebody left them out for good. Newest first."""
    return _named(session, [_refused(row) for row in aside.refused(session, activities)])


def one(session: Session, key: uuid.UUID, kind: str, activities: Collection[uuid.UUID]) -> Aside | None:
    """One of either, while it is open; None where whoever wrote it has left."""
    row = aside.one_put_aside(session, key)
    if row is not None:
        told = legible(row.body)
        first = first_of(session, row)
        rows = [_put_aside(row, told, first.id if first else None)] if _of(kind, told) else []
    else:
        operation = aside.one_refused(session, key)
        rows = [_refused(operation)] if operation and operation.activity_id in activities else []
    return next(iter(_named(session, rows)), None)


def bytes_of(session: Session, key: uuid.UUID) -> bytes | None:
    """The deed exactly as it came."""
    row = aside.one_put_aside(session, key) or aside.one_refused(session, key)
    return row.body if row else None


def _of(kind: str, told: Legible) -> bool:
    return told.action is None or told.action.startswith(f"{kind}.")


def _put_aside(row: Quarantined, told: Legible, first: uuid.UUID | None = None) -> Aside:
    return Aside(
        row.id, row.subject, "", told.activity, told.action, row.reason, row.happened_at, row.received_at,
        row.time_trust, row.device_id, row.device_seq, told.body, first, is_refused=False,
    )  # fmt: skip


def _refused(row: Operation) -> Aside:
    return Aside(
        row.id, row.subject, "", row.activity_id, row.action, row.reason or "", row.happened_at,
        row.received_at, row.time_trust, row.device_id, row.device_seq, legible(row.body or b"").body, None,
        is_refused=True,
    )  # fmt: skip


def _named(session: Session, rows: list[Aside]) -> list[Aside]:
    """With the names of those who wrote them; what somebody wrote who left is nobody's to look at."""
    names = dict(
        session.execute(
            select(SubjectLink.subject, Person.name)
            .join(Person, Person.id == SubjectLink.person_id)
            .where(SubjectLink.subject.in_({row.subject for row in rows}))
        ).all()
    )
    return [replace(row, person_name=names[row.subject]) for row in rows if row.subject in names]
