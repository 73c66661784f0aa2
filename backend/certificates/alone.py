"""One worker at a thing, for as long as it works and no longer: drawing happens outside of any transaction, so a lease of
the usual kind does not last. Whoever dies lets go at once.
"""

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from backend.db.engine import Database
from backend.participation.lease import key_of


@contextmanager
def alone(database: Database, thing: uuid.UUID, folder: Path) -> Iterator[bool]:
    """Whether nobody else is at it; then nobody comes to it before the block ends.

    PostgreSQL holds a lock for a transaction that does nothing else. SQLite's workers share one machine: they hold a file.
    """
    if database.engine.dialect.name == "postgresql":
        with database.transaction(writes=False) as session:
            yield bool(session.scalar(select(func.pg_try_advisory_xact_lock(key_of(thing)))))
    else:
        yield from _with_file(folder / f".alone-{thing}")


def _with_file(place: Path) -> Iterator[bool]:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        yield False
        return
    try:
        yield True
    finally:
        place.unlink(missing_ok=True)
        os.close(file)
