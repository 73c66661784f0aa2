"""The few statements that differ between the two databases."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.schema import Table


def on_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def insert_into(session: Session, table: type[Any] | Table) -> Any:
    """An INSERT that knows ON CONFLICT, which both databases have under their own dialect's name."""
    # The table, not the class: the ORM would split rows with and without a null into statements of their own.
    plain = getattr(table, "__table__", table)
    return postgresql.insert(plain) if on_postgres(session) else sqlite.insert(plain)
