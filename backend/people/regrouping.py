"""People follow their unit into the one it became part of."""

import uuid
from collections.abc import Iterable
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.people.models import Membership
from backend.units import reorganise
from backend.units.reorganise import NewUnit


def merge_units(
    session: Session,
    sources: Iterable[uuid.UUID],
    into: NewUnit | uuid.UUID,
    *,
    on: date,
    document: str,
    decided_on: date | None = None,
) -> uuid.UUID:
    """Units become one and everybody in them belongs to it from that day. Raises what `reorganise.merge` raises."""
    listed = list(sources)
    target = reorganise.merge(session, listed, into, on=on, document=document, decided_on=decided_on)
    _follow(session, [unit for unit in listed if unit != target], target, on)
    return target


def _follow(session: Session, units: list[uuid.UUID], target: uuid.UUID, on: date) -> None:
    """A membership that reached beyond the day ends there (or never held) and goes on in the other unit."""
    held = session.scalars(
        select(Membership).where(
            Membership.unit_id.in_(units), or_(Membership.valid_to.is_(None), Membership.valid_to > on)
        )
    ).all()
    for row in held:
        since = max(row.valid_from, on)
        session.add(
            Membership(
                person_id=row.person_id,
                unit_id=target,
                kind=row.kind,
                valid_from=since,
                valid_to=row.valid_to,
            )
        )
        row.valid_to = since
