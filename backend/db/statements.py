"""The few statements that differ between the two databases."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.schema import Table


def on_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def insert_into(session: Session, table: type[Any] | Table) -> Any:
    """An INSERT that knows ON CONFLICT, which both databases have under their own dialect's name."""
    return dialect_insert(on_postgres(session), table)


def dialect_insert(postgres: bool, table: type[Any] | Table) -> Any:
    """The same for whoever builds a statement once and keeps it."""
    # The table, not the class: the ORM would split rows with and without a null into statements of their own.
    plain = getattr(table, "__table__", table)
    return postgresql.insert(plain) if postgres else sqlite.insert(plain)
