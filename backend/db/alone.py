"""Connections on which every statement is a transaction of its own: the hot path's, on PostgreSQL.

Each keeps one cursor for good: what the driver learns about types and statements is learnt once, not with every deed.
"""

import queue
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine

IDLE_S = 5.0
"""A connection used a moment ago is alive; asking each time would cost every request a round trip."""
WAIT_S = 30.0
SETTINGS = "SET lock_timeout = '250ms'; SET plan_cache_mode = force_generic_plan; SET jit = off"
"""Whoever is on the hot path gives way before the database sees a deadlock in it; its few statements are planned once."""


class Line:
    """A connection with its cursor, and when it was last used."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.cursor = connection.cursor(binary=True)
        self.used_at = time.monotonic()

    def is_alive(self) -> bool:
        if time.monotonic() - self.used_at < IDLE_S:
            return not self.connection.closed
        try:
            self.cursor.execute("SELECT 1")
        except psycopg.Error:
            self.connection.close()
            return False
        return True


class Lines:
    """At most so many connections to the engine's database, opened when first needed."""

    def __init__(self, engine: Engine, size: int) -> None:
        self._engine = engine
        self._free: queue.LifoQueue[Line | None] = queue.LifoQueue()
        for _ in range(size):
            self._free.put(None)

    @contextmanager
    def cursor(self) -> Iterator[psycopg.Cursor[Any]]:
        """Raises psycopg's errors, one of them where none is free for half a minute."""
        try:
            line = self._free.get(timeout=WAIT_S)
        except queue.Empty:
            raise psycopg.OperationalError("every connection is in use") from None
        try:
            if line is None or not line.is_alive():
                line = None
                line = Line(self._open())
            yield line.cursor
        finally:
            if line is not None:
                line.used_at = time.monotonic()
            self._free.put(line)

    def _open(self) -> psycopg.Connection[Any]:
        arguments, named = self._engine.dialect.create_connect_args(self._engine.url)
        connection = psycopg.connect(*arguments, **named, autocommit=True)
        connection.execute(SETTINGS)
        return connection

    def close(self) -> None:
        """Close what nobody is using; whoever comes later opens anew."""
        held = [self._free.get() for _ in range(self._free.qsize())]
        for line in held:
            if line is not None:
                line.connection.close()
            self._free.put(None)
