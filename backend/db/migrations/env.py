"""Alembic's entry. The engine is handed in; the metadata is needed only to compare models with migrations."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from sqlalchemy import Connection

engine = context.config.attributes["engine"]
metadata = context.config.attributes.get("metadata")


@contextmanager
def references_checked_at_the_end(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by building it anew and dropping the old one, which rows that point at it would forbid.

    Its own advice: switch the check off, outside any transaction, and look at every reference before going on.
    """
    raw = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or raw is None:
        yield
        return
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
        if broken := raw.execute("PRAGMA foreign_key_check").fetchall():
            raise RuntimeError(f"the migration left references that lead nowhere: {broken[:5]}")
    finally:
        connection.rollback()
        raw.execute("PRAGMA foreign_keys = ON")


with engine.connect() as connection, references_checked_at_the_end(connection):
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=True, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
