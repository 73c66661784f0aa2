"""Operators at the command line: the first ones of a new node, and who it is that types. Enrolling a node takes two of
them, so a name is asked and proven there as on the console."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.engine import Database
from backend.errors import DomainError, NotAllowed
from backend.people import keys, staff, staffing
from backend.people.models import RoleGrant
from backend.safeguards.audit import Actor
from backend.units.trees import holds_on

ROLE = "system_operator"
HERE = "command line"


def first_operator(session: Session, name: str, username: str, unit: uuid.UUID) -> str:
    """A member who may run the node, with the one-time password to be changed at the console. Raises what `staffing.add`
    raises."""
    password = staffing.one_time_password()
    person = staffing.add(session, name, username, keys.hash_secret(password))
    session.add(RoleGrant(person_id=person, role=ROLE, unit_id=unit, valid_from=clock.today()))
    return password


def operator(database: Database, secret_key: str, username: str, password: str) -> Actor:
    """Who this is. A wrong try is counted and stays counted. Raises what `staff.enter` raises, NotAllowed."""
    visit = staff.Visit.of(keys.Seal(secret_key), username, HERE)
    with database.transaction(writes=False) as session:
        compared = keys.compare(password, staff.password_hash(session, visit))
    refused: DomainError | None = None
    with database.transaction() as session:
        try:
            person = staff.enter(session, visit, compared)
            _check_role(session, person)
            return Actor("staff", person)
        except DomainError as error:
            refused = error
    raise refused


def _check_role(session: Session, person: uuid.UUID) -> None:
    held = select(RoleGrant.id).where(RoleGrant.person_id == person, RoleGrant.role == ROLE)
    if session.scalars(held.where(holds_on(RoleGrant, clock.today()))).first() is None:
        raise NotAllowed
