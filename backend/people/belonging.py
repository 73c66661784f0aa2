"""Changing where a person belongs. A move ends one membership and begins another; nothing is overwritten."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.people.models import Membership
from backend.units.errors import UnitUnknown
from backend.units.queries import class_with_code, named
from backend.units.trees import holds_on


def move(session: Session, person: uuid.UUID, kind: str, unit: uuid.UUID) -> Membership:
    """From today the person belongs to `unit` in the way of `kind`."""
    today = clock.today()
    current = session.scalars(
        select(Membership).where(
            Membership.person_id == person, Membership.kind == kind, holds_on(Membership, today)
        )
    ).all()
    for row in current:
        if row.unit_id == unit:
            return row
        row.valid_to = today
    moved = Membership(person_id=person, unit_id=unit, kind=kind, valid_from=today)
    session.add(moved)
    session.flush()  # the door answers with its id
    return moved


def check_home(session: Session, unit: uuid.UUID) -> None:
    """People live in hamlets (whatever the level word), not in provinces or schools. Raises UnitUnknown."""
    if named(session, unit, clock.today()).kind != "hamlet":
        raise UnitUnknown


def join_class(session: Session, person: uuid.UUID, code: str) -> Membership:
    """A pupil joins the class that gave out this code. Raises ClassCodeUnknown."""
    return move(session, person, "studies_at", class_with_code(session, code, clock.today()))
