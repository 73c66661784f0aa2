import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
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


def between(
    session: Session, unit: uuid.UUID, first: datetime, last: datetime, most: int
) -> list[AuditEntry]:
    """What was written down about one unit from one moment to another, the newest first."""
    query = select(AuditEntry).where(AuditEntry.unit_id == unit, AuditEntry.at >= first, AuditEntry.at < last)
    return list(session.scalars(query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(most)))


SIZE = 50
LAST_PAGE = 10_000


def entries(
    session: Session, units: set[uuid.UUID], *, without_unit: bool, is_read: bool | None = None, page: int = 1
) -> tuple[list[AuditEntry], bool]:
    """One page, newest first, and whether there are more. `without_unit`: also what concerns the node as a whole."""
    within = AuditEntry.unit_id.in_(units)
    query = select(AuditEntry).where(or_(within, AuditEntry.unit_id.is_(None)) if without_unit else within)
    if is_read is not None:
        query = query.where(AuditEntry.is_read.is_(is_read))
    query = query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    rows = list(session.scalars(query.offset((page - 1) * SIZE).limit(SIZE + 1)))
    return rows[:SIZE], len(rows) > SIZE
