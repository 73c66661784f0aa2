"""The product's own rebuild of the tallies in a process of its own, so that its memory can be read: prints it as JSON."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.db.engine import Database
from backend.db.statements import on_postgres
from backend.tallies import anew, fold
from campaigns.registry import measure_book


@dataclass
class Spent:
    """Seconds by the clock, and of processors: of this process and, on PostgreSQL, of the one that serves it."""

    seconds: float = 0
    cpu_s: float = 0


@contextmanager
def spending(database: Database) -> Iterator[tuple[Session, Spent]]:
    """One transaction with its commit, measured."""
    spent, begun = Spent(), time.perf_counter()
    with database.transaction() as session:
        served_by = session.scalar(text("SELECT pg_backend_pid()")) if on_postgres(session) else None
        before = _cpu_s(served_by)
        yield session, spent
    spent.seconds, spent.cpu_s = time.perf_counter() - begun, _cpu_s(served_by) - before


def _cpu_s(served_by: int | None) -> float:
    return time.process_time() + (sum(psutil.Process(served_by).cpu_times()[:2]) if served_by else 0)


def main(url: str) -> None:
    database = Database(url)
    with spending(database) as (session, spent):
        fold.empty(session)
        facts = anew.count_everything(session, measure_book())
    database.close()
    told = {"facts": facts, "seconds": spent.seconds, "cpu_s": spent.cpu_s, "peak_mb": _peak_mb()}
    print(json.dumps(told))


def _peak_mb() -> float:
    """Of this program alone: what getrusage says begins with the size of whoever started it."""
    told = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(told.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main(sys.argv[1])
