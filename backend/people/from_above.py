"""People and offices follow their units through a reorganisation that was decided above. Nobody crosses from node to node."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.people.models import RoleGrant
from backend.people.regrouping import follow
from backend.units import from_above
from backend.units.event_in import UnitsIn
from backend.units.from_above import Applied


def regroup(session: Session, told: UnitsIn) -> Applied:
    """Apply the event; whoever belonged to a unit that went whole into another belongs to that one, and who held an office
    there holds it for the new one too. Raises what `backend.units.from_above.apply` raises."""
    done = from_above.apply(session, told)
    for source, target in done.whole:
        follow(session, [source], target, told.holds_from)
        _follow_offices(session, source, target, told.holds_from)
    session.flush()  # whoever asks next who may do what
    return done


def _follow_offices(session: Session, source: uuid.UUID, target: uuid.UUID, on: date) -> None:
    """The grant on the unit that ended stays: its history is still read by those who made it."""
    rows = _grants(session, source, on)
    values = [
        {
            "id": new_id(), "person_id": row.person_id, "role": row.role, "unit_id": target,
            "valid_from": max(row.valid_from, on), "valid_to": row.valid_to,
        }
        for row in rows
    ]  # fmt: skip
    if values:
        session.execute(insert_into(session, RoleGrant).values(values).on_conflict_do_nothing())


def _grants(session: Session, unit: uuid.UUID, on: date) -> Sequence[RoleGrant]:
    holds = or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > on)
    return session.scalars(select(RoleGrant).where(RoleGrant.unit_id == unit, holds)).all()
