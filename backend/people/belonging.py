"""Changing where a person belongs. A move ends one membership and begins another; nothing is overwritten."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.people.errors import JoinCodeNotForAge, JoinCodeUnknown
from backend.people.models import Membership, Person
from backend.people.rules import old_enough
from backend.units.errors import ClassCodeUnknown, UnitUnknown
from backend.units.queries import class_with_code, named
from backend.units.trees import holds_on

STUDIES, PARTY = "studies_at", "party_cell"
JOINED_AS = {
    "school_class": STUDIES,
    "party_cell": PARTY,
    "youth_branch": "youth_branch",
    "body": "body",
    "agency": "works_at",
}
"""The kind of unit that gave out a code -> how who types it belongs there. A unit of another kind has no codes."""
SEVERAL = ("body",)
"""Ways to belong to many at once. Joining a second body must not end the first: who organises a contest may not enter
it, and would walk free by joining another board."""
PARTY_AGE = 18


def move(session: Session, person: uuid.UUID, kind: str, unit: uuid.UUID) -> Membership:
    """From today the person belongs to `unit` in the way of `kind`, and no longer where they did, unless of SEVERAL."""
    today = clock.today()
    session.get_one(Person, person, with_for_update=True)  # the same asked twice at once leaves one row
    current = session.scalars(
        select(Membership).where(
            Membership.person_id == person, Membership.kind == kind, holds_on(Membership, today)
        )
    ).all()
    for row in current:
        if row.unit_id == unit:
            return row
    if kind not in SEVERAL:
        for row in current:
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
    """A pupil joins the class that gave out this code; a code of anything else is none here. Raises ClassCodeUnknown."""
    unit, kind = _called(session, code)
    if kind != STUDIES:
        raise ClassCodeUnknown
    return move(session, person, STUDIES, unit)


def join_with_code(session: Session, person: uuid.UUID, code: str) -> Membership:
    """Join whatever unit gave out this code: class, cell, branch, body or agency; its kind says in which way.

    Raises JoinCodeUnknown, JoinCodeNotForAge.
    """
    try:
        unit, kind = _called(session, code)
    except (ClassCodeUnknown, UnitUnknown):
        raise JoinCodeUnknown from None
    if kind is None:
        raise JoinCodeUnknown
    born = session.get_one(Person, person).birth_year
    if kind == PARTY and not old_enough(born, clock.today().year, PARTY_AGE):
        raise JoinCodeNotForAge
    return move(session, person, kind, unit)


def _called(session: Session, code: str) -> tuple[uuid.UUID, str | None]:
    """The unit that gave out the code, and how one belongs to a unit of its kind. Raises ClassCodeUnknown, UnitUnknown."""
    today = clock.today()
    unit = class_with_code(session, code, today)
    return unit, JOINED_AS.get(named(session, unit, today).kind)
