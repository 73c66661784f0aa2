"""Running alone: a job holds its lease, or its side of a gate, as long as its transaction."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.db.statements import insert_into, on_postgres
from backend.participation.models import Lease


def hold(session: Session, name: str) -> None:
    """Wait until nobody else holds `name`, then hold it to the end of this transaction.

    One upsert: on PostgreSQL it locks the row, on SQLite the transaction already has the only write lock.
    """
    statement = insert_into(session, Lease).values(name=name, taken=1)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"taken": Lease.taken + 1}))


def pass_gate(session: Session, thing: uuid.UUID) -> None:
    """Go on together with others who pass, never while somebody shuts the gate of `thing` (see shut_gate).

    An advisory lock: thousands may pass in the opening minute without writing to one shared row. SQLite has one writer,
    so everybody there is alone anyway.
    """
    if on_postgres(session):
        session.execute(select(func.pg_advisory_xact_lock_shared(key_of(thing))))


def shut_gate(session: Session, thing: uuid.UUID) -> None:
    """Wait until everybody who passed is done, then be alone with `thing` to the end of this transaction."""
    if on_postgres(session):
        session.execute(select(func.pg_advisory_xact_lock(key_of(thing))))


def key_of(thing: uuid.UUID) -> int:
    return int.from_bytes(thing.bytes[8:], "big", signed=True)
