"""Opening the database. One transaction at a time per request: it is opened at the edge and nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session

WRITES = "lantoa_writes"


class Database:
    """One engine and the way to open a transaction on it."""

    def __init__(self, url: str, pool_size: int = 8) -> None:
        self.engine = _sqlite(url) if url.startswith("sqlite") else _postgres(url, pool_size)

    @contextmanager
    def transaction(self, writes: bool = True) -> Iterator[Session]:
        """Commit at the end, roll back on any error. `writes=False` takes no write lock on SQLite."""
        with Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options={WRITES: writes})
            try:
                yield session
            except BaseException:
                session.rollback()
                raise
            session.commit()

    @contextmanager
    def undone(self) -> Iterator[Session]:
        """One snapshot, always rolled back: for trying what a change would do. For PostgreSQL."""
        with Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            try:
                yield session
            finally:
                session.rollback()

    def empty_log(self) -> None:
        """SQLite: fold the write-ahead log into the file and empty it, so that erased rows do not live on in the log.

        PostgreSQL does its own housekeeping (vacuum, archived segments): see the operator guide.
        """
        if self.engine.dialect.name == "sqlite":
            connection = self.engine.raw_connection()
            try:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()

    def close(self) -> None:
        self.engine.dispose()


def _postgres(url: str, pool_size: int) -> Engine:
    return create_engine(url, pool_size=pool_size, max_overflow=0, pool_pre_ping=True)


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 30})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: BEGIN is ours, see _begin_sqlite.
    connection.isolation_level = None
    cursor = connection.cursor()
    # FULL, not NORMAL: an acknowledged deed survives a power cut.
    # secure_delete: what somebody had erased must not be left between the rows of the file.
    settings = (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "secure_delete=ON",
    )
    for pragma in settings:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its place at once: upgrading a read snapshot later would fail with "database is locked".
    writes = connection.get_execution_options().get(WRITES, True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
