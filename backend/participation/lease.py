"""Running alone: a job holds its lease as long as its transaction, by the lock on the lease's row."""

from sqlalchemy.orm import Session

from backend.db.statements import insert_into
from backend.participation.models import Lease


def hold(session: Session, name: str) -> None:
    """Wait until nobody else holds `name`, then hold it to the end of this transaction.

    One upsert: on PostgreSQL it locks the row, on SQLite the transaction already has the only write lock.
    """
    statement = insert_into(session, Lease).values(name=name, taken=1)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"taken": Lease.taken + 1}))
