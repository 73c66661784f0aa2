"""Tasks of a document from a file: read, shown as a plan, and written only if the plan still fits.

A list never takes away what it does not mention, and says nothing of how tasks stand. Nothing is kept between the preview
and the yes: the rows travel with the page and the plan is worked out once more.
"""

import base64
import hashlib
import json
import unicodedata
import uuid
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_, Malformed
from backend.plans import register, rules
from backend.plans.models import ISSUER, WHAT, WORDS, PlanDocument, PlanPhase, PlanTask, PlanTaskUnit
from backend.plans.register import Task
from backend.safeguards.audit import Actor, note
from backend.units import sheets
from backend.units.errors import PlanOutdated
from backend.units.listing import Trouble, places
from backend.units.queries import named_many
from backend.units.sheets import FORMULA, Row, SheetRefused
from backend.units.words import fold

MOST_ROWS = 2000
MOST_BYTES = 2 * 1024 * 1024
MOST_TEXT = 16 * 1024 * 1024
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("số nhiệm vụ", "số tt", "tt", "stt", "số", "number"),
    "what": ("nội dung nhiệm vụ", "nhiệm vụ", "nội dung", "task"),
    "lead": ("đơn vị chủ trì", "chủ trì", "cơ quan chủ trì", "lead"),
    "along": ("đơn vị phối hợp", "phối hợp", "cơ quan phối hợp", "coordinating"),
    "due": ("thời hạn", "thời gian hoàn thành", "thời gian", "deadline"),
    "output": ("sản phẩm", "kết quả", "sản phẩm dự kiến", "output"),
    "phase": ("giai đoạn", "phase"),
}
MOST_TITLES = 15
"""So many lines may stand above the heading."""
REQUIRED = ("what", "lead", "due")


class TooMany(sheets.SheetRefused):
    status = 413
    code = "sheet_too_many_tasks"
    sentence = N_(
        "Tệp quá lớn: tối đa %(most)s nhiệm vụ và 2 MB một lần. Xin bỏ hình ảnh, trang thừa hoặc chia nhỏ tệp."
    )


class NoTasks(sheets.SheetRefused):
    code = "sheet_no_tasks"
    sentence = N_(
        "Trang đầu của tệp không có nhiệm vụ nào. Xin đưa danh sách nhiệm vụ lên trang đầu rồi gửi lại."
    )


@dataclass(frozen=True)
class Entry:
    """A row as it stands in the file, letters put together. `merged`: it lies in cells joined to one."""

    line: int
    merged: bool
    number: str
    what: str
    lead: str
    along: str
    due: str
    output: str
    phase: str


@dataclass(frozen=True)
class Change:
    """A task that would be added or changed. `before`: how it reads now."""

    kind: Literal["added", "changed"]
    line: int
    task: Task
    held: uuid.UUID | None = None
    before: str = ""


@dataclass(frozen=True)
class Plan:
    """`unmentioned`: tasks of the document the list says nothing of; they stay."""

    entries: tuple[Entry, ...]
    changes: tuple[Change, ...]
    troubles: tuple[Trouble, ...]
    unchanged: int
    unmentioned: int
    digest: str

    def of(self, kind: str) -> list[Change]:
        return [one for one in self.changes if one.kind == kind]


class _Refused(Exception):
    def __init__(self, sentence: str, **values: Any) -> None:
        super().__init__(sentence)
        self.sentence, self.values = sentence, values


# --- reading ------------------------------------------------------------------------------------------------------


def preview(
    session: Session, document: PlanDocument, units: set[uuid.UUID], data: bytes, file_name: str
) -> Plan:
    """What the file would add to the document's tasks. `units`: those a row may name. Raises SheetRefused."""
    try:
        rows = sheets.read(data, file_name, most_rows=MOST_ROWS, most_bytes=MOST_BYTES)
        merged = sheets.merged_lines(data)
    except (sheets.TooManyRows, sheets.TooLarge):
        raise TooMany(most=MOST_ROWS) from None
    except sheets.NothingInIt:
        raise NoTasks from None
    at, below = _below_heading(rows)
    if not below:
        raise NoTasks
    return plan(session, document, units, tuple(_entry(row, at, merged) for row in below))


def _below_heading(rows: Sequence[Row]) -> tuple[dict[str, int], Sequence[Row]]:
    """The columns and the rows below them: an annex begins with lines that name it. Raises SheetRefused."""
    for number, row in enumerate(rows[:MOST_TITLES]):
        try:
            return places(row, COLUMNS, REQUIRED), rows[number + 1 :]
        except SheetRefused:
            continue
    return places(rows[0], COLUMNS, REQUIRED), rows[1:]


def _entry(row: Row, at: Mapping[str, int], merged: set[int]) -> Entry:
    told = {column: row.cells[n] if n < len(row.cells) else "" for column, n in at.items()}
    clean = {c: " ".join(unicodedata.normalize("NFC", text).split())[: WHAT + 1] for c, text in told.items()}
    return Entry(row.line, row.line in merged, *(clean.get(column, "") for column in COLUMNS))


def as_text(entries: Sequence[Entry]) -> str:
    """Packed, so that many rows travel with a page."""
    told = json.dumps([astuple(entry) for entry in entries], ensure_ascii=False, separators=(",", ":"))
    return base64.b85encode(zlib.compress(told.encode(), 9)).decode()


def from_text(text: str) -> tuple[Entry, ...]:
    """Raises Malformed for what was not written by `as_text`."""
    try:
        rows = json.loads(zlib.decompressobj().decompress(base64.b85decode(text), MOST_TEXT))
        entries = tuple(
            Entry(int(line), bool(merged), *(str(cell)[: WHAT + 1] for cell in cells))
            for line, merged, *cells in rows
        )
    except (ValueError, TypeError, zlib.error):
        raise Malformed from None
    if len(entries) > MOST_ROWS:
        raise Malformed
    return entries


# --- planning -----------------------------------------------------------------------------------------------------


class _Known:
    """The units and phases a row may name, the tasks there are, and what stood further up in the file."""

    def __init__(self, session: Session, document: PlanDocument, units: Iterable[uuid.UUID]) -> None:
        self.units: dict[str, set[uuid.UUID]] = {}
        for unit in named_many(session, units, clock.today()).values():
            for name in {fold(unit.code), fold(unit.name), fold(unit.full_name)}:
                self.units.setdefault(name, set()).add(unit.id)
        rows = session.scalars(select(PlanTask).where(PlanTask.document_id == document.id))
        self.tasks = {row.code: row for row in rows}
        phases = session.scalars(select(PlanPhase).where(PlanPhase.document_id == document.id))
        self.phases = {fold(name): row.id for row in phases for name in (row.code, row.title)}
        along = session.execute(
            select(PlanTaskUnit.task_id, PlanTaskUnit.unit_id).where(
                PlanTaskUnit.task_id.in_([row.id for row in self.tasks.values()])
            )
        )
        self.along = {(task, unit) for task, unit in along}
        self.lines: dict[str, int] = {}

    def unit(self, told: str) -> uuid.UUID:
        found = self.units.get(fold(told)) or set()
        if not found:
            raise _Refused(N_("không có đơn vị nào mang tên hoặc mã “%(word)s”"), word=told[:60])
        if len(found) > 1:
            raise _Refused(N_("có nhiều đơn vị tên “%(word)s”; xin ghi mã đơn vị"), word=told[:60])
        return next(iter(found))

    def phase(self, told: str) -> uuid.UUID | None:
        if told and fold(told) not in self.phases:
            raise _Refused(N_("văn bản này không có giai đoạn “%(word)s”"), word=told[:60])
        return self.phases.get(fold(told))

    def once(self, code: str, line: int) -> None:
        if code in self.lines:
            raise _Refused(N_("trùng nhiệm vụ với dòng %(first)s"), first=self.lines[code])
        self.lines[code] = line


def plan(session: Session, document: PlanDocument, units: set[uuid.UUID], entries: tuple[Entry, ...]) -> Plan:
    """What the rows would change. A row that cannot be used is told, the others go on."""
    known, changes, troubles, unchanged = _Known(session, document, units), [], [], 0
    for entry in entries:
        try:
            found = _change(entry, known)
        except _Refused as refused:
            troubles.append(Trouble(entry.line, refused.sentence, refused.values))
            continue
        if found is None:
            unchanged += 1
        else:
            changes.append(found)
    unmentioned = len(known.tasks.keys() - known.lines.keys())
    told = json.dumps([str(astuple(one)) for one in changes])
    digest = hashlib.sha256(told.encode()).hexdigest()
    return Plan(entries, tuple(changes), tuple(troubles), unchanged, unmentioned, digest)


def _change(entry: Entry, known: _Known) -> Change | None:
    task = _task(entry, known)
    known.once(task.code, entry.line)
    held = known.tasks.get(task.code)
    if held is None:
        return Change("added", entry.line, task)
    if _says(held, known) == _told(task, held, known):
        return None
    return Change("changed", entry.line, task, held.id, f"{held.what} · {held.lead_words}")


def _along(held: PlanTask, known: _Known) -> frozenset[uuid.UUID]:
    return frozenset(unit for task, unit in known.along if task == held.id)


def _says(held: PlanTask, known: _Known) -> tuple[object, ...]:
    return (
        held.what,
        held.lead_words,
        held.due_on,
        held.due_words,
        held.output,
        held.with_words,
        held.phase_id,
        _along(held, known),
    )


def _told(task: Task, held: PlanTask, known: _Known) -> tuple[object, ...]:
    """An empty cell says nothing: what the task has stays."""
    return (
        task.what, task.lead_words, task.due.on, task.due.words, task.output or held.output,
        task.with_words or held.with_words, task.phase or held.phase_id,
        frozenset(task.with_units) or _along(held, known),
    )  # fmt: skip


def _task(entry: Entry, known: _Known) -> Task:
    _check_cells(entry)
    along = tuple(known.unit(one) for one in _names(entry.along))
    try:
        due = rules.due(entry.due)
    except ValueError:
        raise _Refused(N_("thời hạn “%(word)s” không phải một ngày có thật"), word=entry.due[:40]) from None
    return Task(
        entry.what, entry.lead, due, entry.number, known.unit(entry.lead), entry.along, along, entry.output,
        known.phase(entry.phase),
    )  # fmt: skip


def _names(told: str) -> list[str]:
    return [one.strip() for one in told.replace("\n", ";").split(";") if one.strip()]


def _check_cells(entry: Entry) -> None:
    cells = (entry.number, entry.what, entry.lead, entry.along, entry.due, entry.output, entry.phase)
    if entry.merged:
        raise _Refused(N_("có ô gộp; xin bỏ gộp ô và ghi đủ từng dòng"))
    if FORMULA in cells:
        raise _Refused(N_("có ô là công thức; xin dán lại thành giá trị"))
    if not entry.what:
        raise _Refused(N_("thiếu nội dung nhiệm vụ"))
    if not entry.lead:
        raise _Refused(N_("thiếu đơn vị chủ trì"))
    if not entry.due:
        raise _Refused(N_("thiếu thời hạn; nếu không có ngày, xin ghi chữ như “thường xuyên”"))
    limits = (
        (entry.what, WHAT),
        (entry.lead, ISSUER),
        (entry.along, WORDS),
        (entry.due, 200),
        (entry.output, WORDS),
    )
    if any(len(cell) > most for cell, most in limits):
        raise _Refused(N_("có ô dài quá mức; xin rút gọn"))


# --- writing ------------------------------------------------------------------------------------------------------


def apply(
    session: Session,
    document: PlanDocument,
    units: set[uuid.UUID],
    entries: tuple[Entry, ...],
    digest: str,
    by: Actor,
) -> Plan:
    """Write what was shown. Raises PlanOutdated: something changed since, or it was written already."""
    query = select(PlanDocument).where(PlanDocument.id == document.id).with_for_update()
    held = session.scalars(query.execution_options(populate_existing=True)).one()
    planned = plan(session, held, units, entries)
    if planned.digest != digest or not planned.changes:
        raise PlanOutdated
    for change in planned.changes:
        if change.held is None:
            register.add_task(session, held, change.task, by)
        else:
            register.change_task(
                session, session.get_one(PlanTask, change.held), change.task, held.unit_id, by
            )
    note(session, by, "plan.import", "plan_document", held.id, unit=held.unit_id)
    return planned
