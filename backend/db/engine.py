"""Opening the database. One transaction at a time per request: it is opened at the edge and nowhere else."""

import math
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session

from backend.db.alone import IDLE_S, Lines

WRITES = "lantoa_writes"


@contextmanager
def transaction_on(engine: Engine, writes: bool = True) -> Iterator[Session]:
    """A transaction of its own, for whoever holds no more than the engine: see `Database.transaction`."""
    with Session(engine, expire_on_commit=False) as session:
        session.connection(execution_options={WRITES: writes})
        try:
            yield session
        except BaseException:
            session.rollback()
            raise
        session.commit()


class Database:
    """One engine and the way to open a transaction on it."""

    def __init__(self, url: str, pool_size: int = 8) -> None:
        self.engine = _sqlite(url) if url.startswith("sqlite") else _postgres(url, pool_size)
        self._alone = None if url.startswith("sqlite") else Lines(self.engine, pool_size)

    @contextmanager
    def transaction(self, writes: bool = True) -> Iterator[Session]:
        """Commit at the end, roll back on any error. `writes=False` takes no write lock on SQLite."""
        with transaction_on(self.engine, writes) as session:
            yield session

    def by_itself(self) -> AbstractContextManager[Any]:
        """The driver's own cursor, on which every statement is a transaction of its own: for the hot path on
        PostgreSQL, where what lies between costs more than the database. Raises psycopg's errors."""
        assert self._alone  # noqa: S101 - asked for PostgreSQL only
        return self._alone.cursor()

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
        if self._alone:
            self._alone.close()


def _postgres(url: str, pool_size: int) -> Engine:
    engine = create_engine(url, pool_size=pool_size, max_overflow=0)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _check_if_idle)
    return engine


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used_at"] = time.monotonic()


def _check_if_idle(connection: Any, record: Any, _proxy: Any) -> None:
    """Raises DisconnectionError for a connection the server has dropped; the pool then opens another."""
    if time.monotonic() - record.info.get("used_at", math.inf) < IDLE_S:
        return  # never used yet counts as used just now: it was opened for this
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Exception as error:
        raise DisconnectionError from error


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
