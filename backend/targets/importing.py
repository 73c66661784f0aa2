"""Official figures from a file: read, shown as a plan, and written only if the plan still fits.

Nothing is kept on the node between the preview and the yes: the rows travel with the page, packed, and the plan is worked
out once more. A row that cannot be used is told with its line and the reason, the others go on; an empty row says nothing,
and nothing is ever put in place of what is missing. Every row keeps the name of its source.
"""

import base64
import hashlib
import io
import json
import unicodedata
import uuid
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from typing import Any

from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import calendars, clock
from backend.calendars import Calendar, CalendarUnknown, Period, PeriodUnknown
from backend.errors import N_, DomainError, Malformed
from backend.own_calendars.reading import find
from backend.targets.catalogue import indicators
from backend.targets.declare import add, shape
from backend.targets.errors import FigureRefused, TooManyFigures, WrongSheet
from backend.targets.figures import Figure, figure
from backend.targets.models import PlanIndicator, SeriesValue
from backend.targets.series import rows_standing
from backend.units import sheets
from backend.units.errors import PlanOutdated
from backend.units.listing import MissingColumns, Trouble, places
from backend.units.models import Unit
from backend.units.sheets import FORMULA, Row

MOST_ROWS = 5000
MOST_BYTES = 4 * 1024 * 1024
MOST_TEXT = 20 * 1024 * 1024
LONGEST = 300
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "indicator": ("mã chỉ tiêu", "chỉ tiêu", "indicator"),
    "unit": ("mã đơn vị", "đơn vị", "unit"),
    "calendar": ("lịch", "calendar"),
    "period": ("kỳ", "period"),
    "value": ("giá trị", "value"),
    "numerator": ("tử số", "numerator"),
    "denominator": ("mẫu số", "denominator"),
    "source": ("nguồn", "source"),
}
REQUIRED = ("indicator", "unit", "period", "value")
PLAIN = "thang"


@dataclass(frozen=True)
class Entry:
    """A row as it stands in the file. `source`: of the row; the file's own stands before it."""

    line: int
    indicator: str
    unit: str
    calendar: str
    period: str
    value: str
    numerator: str = ""
    denominator: str = ""
    source: str = ""

    @property
    def is_blank(self) -> bool:
        return not (self.value or self.numerator or self.denominator)


@dataclass(frozen=True)
class Change:
    """A figure that would be written. `before`: what stands now and would be kept as the earlier one."""

    line: int
    indicator: PlanIndicator
    unit: uuid.UUID
    period: Period
    figure: Figure
    source: str
    before: SeriesValue | None


@dataclass(frozen=True)
class Plan:
    """`entries`: the rows understood, as they travel with the page. `blank`: rows that say nothing."""

    entries: tuple[Entry, ...]
    changes: tuple[Change, ...]
    troubles: tuple[Trouble, ...]
    unchanged: int
    blank: int
    digest: str


class _Refused(Exception):
    def __init__(self, sentence: str, **values: Any) -> None:
        super().__init__(sentence)
        self.sentence, self.values = sentence, values


# --- reading ------------------------------------------------------------------------------------------------------


def read(data: bytes, file_name: str) -> tuple[list[Entry], list[Trouble]]:
    """The rows of a workbook's first sheet or of a CSV. Raises SheetRefused."""
    try:
        heading, *rows = sheets.read(data, file_name, most_rows=MOST_ROWS, most_bytes=MOST_BYTES)
    except (sheets.TooManyRows, sheets.TooLarge):
        raise TooManyFigures(most=MOST_ROWS) from None
    at, joined = _places(heading, data), sheets.merged_lines(data, MOST_ROWS)
    entries, troubles = [], []
    for row in rows:
        entry = _entry(row, at)
        if row.line in joined:
            troubles.append(
                Trouble(row.line, N_("dòng có ô gộp nên không biết số thuộc về đâu; xin bỏ gộp ô"), {})
            )
        elif FORMULA in row.cells:
            troubles.append(Trouble(row.line, N_("có ô là công thức; xin dán lại thành giá trị"), {}))
        else:
            entries.append(entry)
    return entries, troubles


def _places(heading: Row, data: bytes) -> dict[str, int]:
    """Raises WrongSheet, which names the sheet that was read; MissingColumns for a CSV."""
    try:
        return places(heading, COLUMNS, REQUIRED)
    except MissingColumns as missing:
        if not data.startswith(b"PK"):
            raise
        name = load_workbook(io.BytesIO(data), read_only=True, keep_links=False).sheetnames[0]
        raise WrongSheet(sheet=name[:40], columns=missing.values["columns"]) from None


def _entry(row: Row, at: Mapping[str, int]) -> Entry:
    told = {column: row.cells[n] if n < len(row.cells) else "" for column, n in at.items()}
    clean = {c: " ".join(unicodedata.normalize("NFC", text).split())[:LONGEST] for c, text in told.items()}
    return Entry(row.line, *(clean.get(column, "") for column in COLUMNS))


def as_text(entries: Sequence[Entry]) -> str:
    """Packed, so that some thousand rows travel with a page."""
    told = json.dumps([astuple(entry) for entry in entries], ensure_ascii=False, separators=(",", ":"))
    return base64.b85encode(zlib.compress(told.encode(), 9)).decode()


def from_text(text: str) -> tuple[Entry, ...]:
    """Raises Malformed for what was not written by `as_text`."""
    try:
        told = zlib.decompressobj().decompress(base64.b85decode(text), MOST_TEXT)
        rows = json.loads(told)
        entries = tuple(Entry(int(line), *(str(cell)[:LONGEST] for cell in cells)) for line, *cells in rows)
    except (ValueError, TypeError, RecursionError, zlib.error):
        raise Malformed from None
    if len(entries) > MOST_ROWS:
        raise Malformed
    return entries


# --- planning -----------------------------------------------------------------------------------------------------


class _Known:
    """What a row may name, and what stands already."""

    def __init__(self, session: Session, units: set[uuid.UUID], entries: Iterable[Entry]) -> None:
        rows = list(entries)
        self.indicators = indicators(session, {row.indicator for row in rows})
        codes = {row.unit for row in rows}
        query = select(Unit.code, Unit.id).where(Unit.code.in_(codes), Unit.valid_to.is_(None))
        self.units = {code: unit for code, unit in session.execute(query) if unit in units}
        told = rows_standing(session, [one.id for one in self.indicators.values()], self.units.values())
        self.standing = {
            (row.indicator_id, row.unit_id, row.calendar, row.period): row
            for row in told
            if row.kind == "official"
        }
        self.calendars = {
            code: one for code in {row.calendar or PLAIN for row in rows} if (one := _calendar(session, code))
        }
        self.lines: dict[tuple[Any, ...], int] = {}


def _calendar(session: Session, code: str) -> Calendar | None:
    with suppress(CalendarUnknown):
        return find(session, code)
    return None


def plan(
    session: Session,
    units: set[uuid.UUID],
    entries: Sequence[Entry],
    source: str,
    troubles: Iterable[Trouble] = (),
) -> Plan:
    """What the rows would change within these units."""
    known, changes, told, unchanged = _Known(session, units, entries), [], list(troubles), 0
    blank = sum(entry.is_blank for entry in entries)
    for entry in entries:
        if entry.is_blank:
            continue
        try:
            change = _change(entry, known, source)
        except _Refused as refused:
            told.append(Trouble(entry.line, refused.sentence, refused.values))
            continue
        if change.before is not None and _same(change):
            unchanged += 1
        else:
            changes.append(change)
    seen = [(str(astuple(c.figure)), c.source, c.before.number if c.before else 0, c.line) for c in changes]
    digest = hashlib.sha256(json.dumps([source, seen]).encode()).hexdigest()
    told.sort(key=lambda trouble: trouble.line)
    return Plan(tuple(entries), tuple(changes), tuple(told), unchanged, blank, digest)


def _change(entry: Entry, known: _Known, source: str) -> Change:
    one, unit = known.indicators.get(entry.indicator), known.units.get(entry.unit)
    if one is None:
        raise _Refused(N_("không có chỉ tiêu mang mã “%(word)s”"), word=entry.indicator[:40])
    if unit is None:
        raise _Refused(
            N_("không có đơn vị mang mã “%(word)s” trong phạm vi của Ông/Bà"), word=entry.unit[:40]
        )
    period = _period(entry, known)
    read, place = _figure(entry, one), (one.id, unit, period.calendar, period.code)
    if place in known.lines:
        raise _Refused(N_("trùng chỉ tiêu, đơn vị và kỳ với dòng %(first)s"), first=known.lines[place])
    known.lines[place] = entry.line
    told = "; ".join(filter(None, (source, entry.source)))[:1000]
    return Change(entry.line, one, unit, period, read, told, known.standing.get(place))


def _period(entry: Entry, known: _Known) -> Period:
    of = known.calendars.get(entry.calendar or PLAIN)
    if of is None:
        raise _Refused(N_("không có lịch “%(word)s”"), word=entry.calendar[:40])
    try:
        period = calendars.parse(of, entry.period)
    except PeriodUnknown:
        raise _Refused(
            N_("kỳ “%(word)s” không có trong lịch “%(calendar)s”"),
            word=entry.period[:40],
            calendar=of.title,
        ) from None
    if period.first > clock.today():
        raise _Refused(N_("kỳ %(period)s chưa bắt đầu nên chưa thể có số liệu"), period=period.code)
    return period


def _figure(entry: Entry, one: PlanIndicator) -> Figure:
    try:
        return figure(shape(one), entry.value, entry.numerator, entry.denominator)
    except FigureRefused as refused:
        raise _Refused(refused.sentence.rstrip("."), **refused.values) from None


def _same(change: Change) -> bool:
    """The same numbers; 80 and 80.0 are."""
    old, new = change.before, change.figure
    return old is not None and (old.value, old.numerator, old.denominator, old.absent) == astuple(new)


# --- writing ------------------------------------------------------------------------------------------------------


def apply(
    session: Session,
    units: set[uuid.UUID],
    entries: Sequence[Entry],
    source: str,
    digest: str,
    by: uuid.UUID | None,
) -> Plan:
    """Write what was shown. Raises PlanOutdated when something changed since, or was written already."""
    planned = plan(session, units, entries, source)
    if planned.digest != digest or not planned.changes:
        raise PlanOutdated
    try:
        for one in planned.changes:
            seen = one.before.number if one.before else 0
            add(
                session,
                one.indicator,
                one.unit,
                one.period,
                "official",
                one.figure,
                one.source,
                by,
                seen=seen,
            )
    except DomainError:
        raise PlanOutdated from None
    return planned
