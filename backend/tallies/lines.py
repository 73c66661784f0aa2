"""What stands above each unit, laid out as tables for the length of one count, so that the database can add up by them.

Most units share what stands above them with many others: a line is such a set of units, and a unit has one line for all the
days counted, or, where the tree changed meanwhile, one a span of days.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Column, Integer, MetaData, String, Table, Uuid, insert
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import Moment
from backend.participation.periods import holding
from backend.units.trees import LinesUp

_tables = MetaData()
_TEMPORARY = ["TEMPORARY"]

LINE_OF = Table(
    "count_line_of",
    _tables,
    Column("unit_id", Uuid, primary_key=True),
    Column("line", Integer),
    prefixes=_TEMPORARY,
)
ABOVE = Table(
    "count_above",
    _tables,
    Column("line", Integer, primary_key=True),
    Column("unit_id", Uuid, primary_key=True),
    prefixes=_TEMPORARY,
)
SPAN = Table(
    "count_span",
    _tables,
    Column("unit_id", Uuid, primary_key=True),
    Column("since", Moment, primary_key=True),
    Column("until", Moment),
    Column("line", Integer),
    prefixes=_TEMPORARY,
)
LONGER = Table(
    "count_longer",
    _tables,
    Column("period", String(8), primary_key=True),
    Column("step", Integer),
    Column("longer", String(8)),
    prefixes=_TEMPORARY,
)
CHUNK = 5000

Days = tuple[date, date]
"""(first, last), both counted"""


@dataclass
class Layout:
    """Rows of the tables above. Units that nothing stands above are in none of them."""

    line_of: list[dict[str, Any]] = field(default_factory=list)
    spans: list[dict[str, Any]] = field(default_factory=list)
    numbers: dict[frozenset[uuid.UUID], int] = field(default_factory=dict)

    def number(self, line: frozenset[uuid.UUID]) -> int:
        return self.numbers.setdefault(line, len(self.numbers))

    def above(self) -> list[dict[str, Any]]:
        return [{"line": n, "unit_id": unit} for line, n in self.numbers.items() for unit in line]


def layout(up: LinesUp, days: Days) -> Layout:
    """Each unit's line over those days, in spans where it changes within them."""
    starts = [days[0], *(day for day in up.days_of_change() if days[0] < day <= days[1])]
    ends = [*starts[1:], days[1] + timedelta(days=1)]
    found = Layout()
    for unit in up.units():
        runs = _runs(up, unit, list(zip(starts, ends, strict=True)))
        if len(runs) == 1 and runs[0][2]:
            found.line_of.append({"unit_id": unit, "line": found.number(runs[0][2])})
        elif len(runs) > 1:
            found.spans += [
                {"unit_id": unit, "since": _midnight(since), "until": _midnight(until), "line": found.number(line)}
                for since, until, line in runs
                if line
            ]  # fmt: skip
    return found


Run = tuple[date, date, frozenset[uuid.UUID]]


def _runs(up: LinesUp, unit: uuid.UUID, spans: Sequence[Days]) -> list[Run]:
    """Neighbouring spans with the same line are one."""
    runs: list[Run] = []
    for since, until in spans:
        line = frozenset(up.climb(unit, since)) - {unit}
        if runs and runs[-1][2] == line:
            since = runs.pop()[0]
        runs.append((since, until, line))
    return runs


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.VIETNAM)


@contextmanager
def laid_out(session: Session, days: Days, months: tuple[str, str]) -> Iterator[bool]:
    """The tables, filled, for as long as the block runs; answers whether any unit has spans."""
    found = layout(LinesUp(session), days)
    _tables.create_all(session.connection(), checkfirst=False)
    for table, rows in (
        (LINE_OF, found.line_of), (SPAN, found.spans), (ABOVE, found.above()), (LONGER, longer(*months)),
    ):  # fmt: skip
        for start in range(0, len(rows), CHUNK):
            session.execute(insert(table), rows[start : start + CHUNK])
    yield bool(found.spans)
    _tables.drop_all(
        session.connection(), checkfirst=False
    )  # after an error the transaction takes them along


STEPS = 4
"""Month to quarter, quarter to half, half to year, year to everything."""


def longer(first: str, last: str) -> list[dict[str, Any]]:
    """Each period of those months with the next longer one that holds it."""
    found: dict[str, dict[str, Any]] = {}
    for month in months(first, last):
        for step, (short, long) in enumerate(pairwise(holding(month)), start=1):
            found[short] = {"period": short, "step": step, "longer": long}
    return list(found.values())


def months(first: str, last: str) -> Iterable[str]:
    """'202611', '202701' -> 202611, 202612, 202701."""
    year, month = int(first[:4]), int(first[4:])
    while (code := f"{year:04}{month:02}") <= last:
        yield code
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
