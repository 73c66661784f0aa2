"""The whole ledger counted anew inside the database: the same rule as `counting.count`, set by set instead of fact by fact.

A unit's own months first, straight from the facts. What stands above it on the day of a fact hangs on the day only where the
tree changed while facts were written; everywhere else the units' own sums are added up, not the facts. Longer periods come
from the shorter ones they are made of.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    case,
    delete,
    func,
    literal,
    select,
    text,
    true,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import insert_into, on_postgres
from backend.participation.measures import MeasureBook
from backend.participation.models import Fact, PendingFact
from backend.tallies import lines
from backend.tallies.lines import ABOVE, LINE_OF, LONGER, SPAN, STEPS
from backend.tallies.models import Tally, TallySubject

CELL = ("measure", "activity_id", "unit_id", "period")
SIGN = case((Fact.is_reversal, -1), else_=1)


@dataclass(frozen=True)
class Extent:
    """How many facts are counted, when the first and the last of them happened, and the months they are put to."""

    facts: int
    first: datetime
    last: datetime
    first_month: str
    last_month: str

    @property
    def days(self) -> lines.Days:
        return clock.local_day(self.first), clock.local_day(self.last)

    @property
    def months(self) -> tuple[str, str]:
        return self.first_month, self.last_month


def count_everything(session: Session, book: MeasureBook) -> int:
    """Into empty tallies, every fact that does not wait for the fold; answers how many there were."""
    ledger = _Ledger(session, book)
    extent = ledger.extent()
    if extent is None:
        return 0
    with _room_to_sort(session), lines.laid_out(session, extent.days, extent.months) as has_spans:
        _count_own(session, ledger)
        _count_above(session, ledger, has_spans)
        _count_longer(session)
        _count_people(session)
    return extent.facts


SORTING_KB = 32 * 1024
"""SQLite sorts in pieces as large as its page cache, by itself 2 MB: it would write and read millions of rows many times."""


@contextmanager
def _room_to_sort(session: Session) -> Iterator[None]:
    if on_postgres(session):
        yield
        return
    before = session.scalar(text("PRAGMA cache_size"))
    session.execute(text(f"PRAGMA cache_size = -{SORTING_KB}"))
    try:
        yield
    finally:
        session.execute(text(f"PRAGMA cache_size = {before}"))


class _Ledger:
    """The facts that are counted, added up by some place of theirs."""

    def __init__(self, session: Session, book: MeasureBook) -> None:
        self._session = session
        self._distinct = [measure.code for measure in book if measure.additivity == "distinct"]
        self._is_counted = _is_counted(on_postgres(session))

    def extent(self) -> Extent | None:
        """None where nothing is to be counted."""
        moments = (func.min(Fact.happened_at), func.max(Fact.happened_at))
        months = (func.min(Fact.period), func.max(Fact.period))
        row = self._session.execute(select(func.count(), *moments, *months).where(self._is_counted)).one()
        return Extent(*row) if row[0] else None

    def sums(self, place: Any) -> Select[Any]:
        cell = (Fact.measure, Fact.activity_id, place, Fact.period)
        return (
            select(*cell, func.sum(Fact.quantity).label("quantity"), func.sum(SIGN).label("facts"))
            .where(self._is_counted)
            .group_by(*cell)
        )

    def people(self, place: Any) -> Select[Any]:
        """Who stands behind the measures that count different people."""
        cell = (Fact.measure, Fact.activity_id, place, Fact.period, Fact.subject)
        counts = (self._is_counted, Fact.measure.in_(self._distinct), Fact.subject.is_not(None))
        return select(*cell, func.sum(SIGN).label("facts")).where(*counts).group_by(*cell)


def _is_counted(postgres: bool) -> ColumnElement[bool]:
    """Whether a fact's pending row is gone. One that arrives meanwhile keeps its row and is left to the fold."""
    if not postgres:
        return true()  # the only writer: nothing arrives while it works
    waits = (PendingFact.operation_id == Fact.operation_id) & (PendingFact.line == Fact.line)
    return ~select(PendingFact.line).where(waits).exists()


def _count_own(session: Session, ledger: _Ledger) -> None:
    """The units in which facts happened, month by month."""
    _write(session, ledger.sums(Fact.unit_id))
    _write_people(session, ledger.people(Fact.unit_id))


# --- the units above them ------------------------------------------------------------------------------------------


def _count_above(session: Session, ledger: _Ledger, has_spans: bool) -> None:
    moved = _in_spans if has_spans else _nothing
    _write(session, above([sums_by_line(), *moved(ledger.sums)]), beside=True)
    _write_people(session, above([_people_by_line(), *moved(ledger.people)]), beside=True)
    # What a unit counted itself and what stands below it may cancel out.
    session.execute(delete(TallySubject).where(TallySubject.facts == 0))


def sums_by_line() -> Select[Any]:
    """What the units of each line counted together."""
    cell = (Tally.measure, Tally.activity_id, LINE_OF.c.line, Tally.period)
    return (
        select(*cell, func.sum(Tally.quantity).label("quantity"), func.sum(Tally.facts).label("facts"))
        .join(LINE_OF, LINE_OF.c.unit_id == Tally.unit_id)
        .group_by(*cell)
    )


def _people_by_line() -> Select[Any]:
    row = TallySubject
    cell = (row.measure, row.activity_id, LINE_OF.c.line, row.period, row.subject)
    return (
        select(*cell, func.sum(row.facts).label("facts"))
        .join(LINE_OF, LINE_OF.c.unit_id == row.unit_id)
        .group_by(*cell)
    )


def _in_spans(sums: Callable[[Any], Select[Any]]) -> list[Select[Any]]:
    """Of units whose line changed, from the facts themselves: each by the line of its day."""
    of_its_day = (Fact.unit_id == SPAN.c.unit_id) & (Fact.happened_at >= SPAN.c.since)
    return [sums(SPAN.c.line).join(SPAN, of_its_day & (Fact.happened_at < SPAN.c.until))]


def _nothing(_sums: Callable[[Any], Select[Any]]) -> list[Select[Any]]:
    return []


def above(by_line: Sequence[Select[Any]]) -> Select[Any]:
    """Sums of lines given to each unit of theirs. The columns after the period: whom they are about, and what adds up."""
    found = union_all(*by_line).subquery() if len(by_line) > 1 else by_line[0].subquery()
    who = [found.c.subject] if "subject" in found.c else []
    cell = (found.c.measure, found.c.activity_id, ABOVE.c.unit_id, found.c.period, *who)
    sums = [func.sum(found.c[name]).label(name) for name in ("quantity", "facts") if name in found.c]
    return select(*cell, *sums).join(ABOVE, ABOVE.c.line == found.c.line).group_by(*cell)


# --- longer periods, and how many people ---------------------------------------------------------------------------


def _count_longer(session: Session) -> None:
    for step in range(1, STEPS + 1):
        for row, write in ((Tally, _write), (TallySubject, _write_people)):
            who = [TallySubject.subject] if row is TallySubject else []
            cell = (row.measure, row.activity_id, row.unit_id, LONGER.c.longer, *who)
            sums = [func.sum(getattr(row, name)) for name in ("quantity", "facts") if hasattr(row, name)]
            shorter = (LONGER.c.period == row.period) & (LONGER.c.step == step)
            write(session, select(*cell, *sums).join(LONGER, shorter).group_by(*cell))


def _count_people(session: Session) -> None:
    row = TallySubject
    cell = (row.measure, row.activity_id, row.unit_id, row.period)
    people = select(*cell, func.count().label("people")).where(row.facts > 0).group_by(*cell).subquery()
    same = [getattr(Tally, name) == people.c[name] for name in CELL]
    session.execute(
        update(Tally).where(*same).values(people=people.c.people).execution_options(synchronize_session=False)
    )


def _write(session: Session, rows: Select[Any], *, beside: bool = False) -> None:
    """Write (cell, quantity, facts). `beside`: what stands there already grows."""
    found = rows.subquery()
    statement = insert_into(session, Tally)
    cells = select(*found.c, literal(0)).where(true())  # SQLite wants a WHERE before ON CONFLICT
    statement = statement.from_select([*CELL, "quantity", "facts", "people"], cells, include_defaults=False)
    if beside:
        new = statement.excluded
        more = {"quantity": Tally.quantity + new.quantity, "facts": Tally.facts + new.facts}
        statement = statement.on_conflict_do_update(index_elements=CELL, set_=more)
    session.execute(statement)


def _write_people(session: Session, rows: Select[Any], *, beside: bool = False) -> None:
    """Write (cell, subject, facts). Nobody stands behind a count with nothing."""
    found = rows.subquery()
    statement = insert_into(session, TallySubject)
    standing = select(*found.c).where(list(found.c)[-1] != 0)
    statement = statement.from_select([*CELL, "subject", "facts"], standing, include_defaults=False)
    if beside:
        more = {"facts": TallySubject.facts + statement.excluded.facts}
        statement = statement.on_conflict_do_update(index_elements=[*CELL, "subject"], set_=more)
    session.execute(statement)
