import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.safeguards.models import AuditEntry


@dataclass(frozen=True)
class Actor:
    """`kind`: staff, person, worker or operator (somebody at the command line)."""

    kind: str
    id: uuid.UUID | None = None


WORKER = Actor("worker")
OPERATOR = Actor("operator")


def note(
    session: Session,
    actor: Actor,
    deed: str,
    noun: str,
    noun_id: uuid.UUID | str | None = None,
    *,
    unit: uuid.UUID | None = None,
    reason: str | None = None,
    is_read: bool = False,
) -> None:
    """Add one line to the trail, in the transaction of what it tells about."""
    session.add(
        AuditEntry(
            at=clock.now(),
            actor=actor.id,
            actor_kind=actor.kind,
            deed=deed,
            is_read=is_read,
            noun=noun,
            noun_id=str(noun_id) if noun_id else None,
            unit_id=unit,
            reason=reason,
        )
    )


def latest(
    session: Session, units: set[uuid.UUID] | None, page: int = 1, size: int = 50
) -> tuple[list[AuditEntry], bool]:
    """One page, newest first, and whether there are more. `units=None` reads everything."""
    query = select(AuditEntry).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    if units is not None:
        query = query.where(AuditEntry.unit_id.in_(units))
    rows = list(session.scalars(query.offset((page - 1) * size).limit(size + 1)))
    return rows[:size], len(rows) > size
