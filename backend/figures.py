"""Everything that is derived from the ledger, together: fold it, throw it away, rebuild it, check it.

Tallies, boards and scorecards do not know each other; here they are told of the same facts in the same transaction.
"""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from backend.db.engine import Database
from backend.leaderboards import fold as boards
from backend.leaderboards.models import Standing
from backend.participation import changes
from backend.participation.lease import hold
from backend.participation.measures import MeasureBook
from backend.scorecards import fold as cards
from backend.scorecards.indicators import template
from backend.scorecards.models import ScorecardLine
from backend.tallies import anew
from backend.tallies import fold as tallies
from backend.tallies.models import Tally, TallySubject
from backend.units.models import UnitRecount

SNAPSHOT_TRIES = 10
DERIVED = (Tally, TallySubject, Standing, ScorecardLine)
Progress = Callable[[int], None]


def fold_batch(session: Session, book: MeasureBook, *, placing: bool = True) -> int:
    """Count one batch of pending facts into everything derived; answers how many facts.

    Units that were reorganised since are counted anew first.
    """
    _recount_reorganised(session, book)
    keepers = (boards.board_keeper(book, placing=placing), cards.card_keeper(template()))
    return tallies.fold_once(session, book, keepers)


def _recount_reorganised(session: Session, book: MeasureBook) -> None:
    asked = {row.id: row.unit_id for row in session.scalars(select(UnitRecount))}
    if asked:
        units = set(asked.values())
        cells = tallies.recount(session, book, units)
        cards.renew(session, template(), units, cells)
        # Those that were read, by their own ids: another asking that arrived meanwhile stays.
        session.execute(delete(UnitRecount).where(UnitRecount.id.in_(asked)))


def is_anything_waiting(session: Session) -> bool:
    """Whether facts wait to be counted, units to be counted anew, or changes to be numbered."""
    return (
        tallies.waiting(session)
        or session.scalars(select(UnitRecount.id).limit(1)).first() is not None
        or changes.waiting(session)
    )


def fold_all(database: Database, book: MeasureBook, progress: Progress = lambda _: None) -> int:
    """Fold until nothing waits, a transaction a batch."""
    total = 0
    while True:
        with database.transaction() as session:
            done = fold_batch(session, book)
        if not done:
            return total
        total += done
        progress(done)


def rebuild(session: Session, book: MeasureBook, progress: Progress = lambda _: None) -> int:
    """Throw everything derived away and count the whole ledger again, in one transaction; answers how many facts.

    The database adds up by itself; what arrives while it does is folded afterwards, as always.
    """
    tallies.empty(session)
    boards.empty(session)
    cards.empty(session)
    total = anew.count_everything(session, book)
    boards.stand_everybody(session, book)
    cards.write_all(session, template())
    progress(total)
    while done := fold_batch(session, book, placing=False):
        total += done
        progress(done)
    boards.give_all_places(session)
    return total


def differences(database: Database, book: MeasureBook, progress: Progress = lambda _: None) -> list[str]:
    """What the derived tables say otherwise than the ledger, a line each; empty when all agree to the digit.

    Works on a copy (SQLite) or in one snapshot that is rolled back (PostgreSQL), so nothing is repaired silently and
    what people do meanwhile is not taken for a difference.
    """
    for tries_left in reversed(range(SNAPSHOT_TRIES)):
        try:
            with _scratch(database) as session:
                return _differences(session, book, progress)
        except OperationalError:  # the fold was counting when the snapshot was taken; take another
            if not tries_left:
                raise
    return []


def _differences(session: Session, book: MeasureBook, progress: Progress) -> list[str]:
    hold(session, "fold")
    while fold_batch(session, book):
        pass
    before = _everything(session)
    rebuild(session, book, progress)
    return [*_compare(before, _everything(session))]


def _everything(session: Session) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """Every derived row: (table, key...) -> the other columns."""
    session.flush()
    rows: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for model in DERIVED:
        table = model.__table__
        keys = [c.name for c in table.primary_key]
        others = [c.name for c in table.columns if c.name not in keys]
        for row in session.execute(select(table)).mappings():
            rows[(table.name, *(row[k] for k in keys))] = tuple((o, row[o]) for o in others)  # type: ignore[attr-defined]
    return rows


def _compare(held: dict[Any, Any], counted: dict[Any, Any]) -> Iterator[str]:
    for key in sorted(held.keys() | counted.keys(), key=str):
        if held.get(key) != counted.get(key):
            name = " ".join(str(part) for part in key)
            yield f"{name}: held {_words(held.get(key))}, the ledger says {_words(counted.get(key))}"


def _words(values: tuple[tuple[str, Any], ...] | None) -> str:
    return "nothing" if values is None else ", ".join(f"{name}={value}" for name, value in values)


@contextmanager
def _scratch(database: Database) -> Iterator[Session]:
    if database.engine.dialect.name != "sqlite":
        with database.undone() as session:
            yield session
        return
    place = Path(tempfile.mkdtemp(prefix="lantoa-check-"))
    copy = Database(f"sqlite:///{_copied(database, place)}")
    try:
        with copy.transaction() as session:
            yield session
    finally:
        copy.close()
        shutil.rmtree(place)


def _copied(database: Database, place: Path) -> Path:
    source = make_url(str(database.engine.url)).database
    with sqlite3.connect(str(source)) as here, sqlite3.connect(place / "copy.sqlite3") as there:
        here.backup(there)
    return place / "copy.sqlite3"
