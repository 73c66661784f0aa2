"""A list of initiatives from a file: read, shown as a plan, and written only if the plan still fits.

Nothing is kept on the node between the preview and the yes: the rows travel with the page, packed, and the plan is worked
out once more. A row whose title and unit are here already changes nothing, so a list sent twice is there once. A row with
a decision is taken in as recognised by it, unless something much like it is recognised in that scope and nobody says how
they differ; any other is received like one that was handed in. Authors come as names alone.
"""

import base64
import hashlib
import json
import re
import unicodedata
import uuid
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_, Malformed
from backend.participation.lease import hold, shut_gate
from backend.units import sheets
from backend.units.errors import PlanOutdated
from backend.units.listing import Trouble, places
from backend.units.models import Unit
from backend.units.queries import named_many
from backend.units.sheets import FORMULA, Row
from backend.units.words import fold
from campaigns.initiative import taking_in
from campaigns.initiative.doubles import Double, Doubles
from campaigns.initiative.models import SCOPES, TEXT, TITLE, Initiative
from campaigns.initiative.offices import Handler
from campaigns.initiative.schemas import InitiativeSettings
from campaigns.models import Activity

MOST_ROWS = 5000
MOST_BYTES = 8 * 1024 * 1024
MOST_TEXT = 40 * 1024 * 1024
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("tên sáng kiến", "tên", "title"),
    "problem": ("việc đang vướng", "thực trạng", "problem"),
    "solution": ("cách làm", "giải pháp", "nội dung", "solution"),
    "applied_where": ("nơi áp dụng", "applied where"),
    "applied_from": ("ngày áp dụng", "ngày bắt đầu áp dụng", "applied from"),
    "effect": ("hiệu quả", "effect"),
    "authors": ("tác giả", "các tác giả", "authors"),
    "unit": ("đơn vị", "mã đơn vị", "unit"),
    "scope": ("phạm vi", "phạm vi công nhận", "scope"),
    "document": ("số quyết định", "quyết định", "decision"),
    "document_date": ("ngày quyết định", "decision date"),
    "signer": ("người ký", "signer"),
    "differs": ("khác ở chỗ nào", "khác với sáng kiến giống ở chỗ nào", "differs"),
}
REQUIRED = ("title", "solution", "authors", "unit")
SCOPE_WORDS: Mapping[str, tuple[str, ...]] = {
    "grassroots": ("cơ sở", "cấp cơ sở", "xã", "grassroots"),
    "province": ("tỉnh", "cấp tỉnh", "province"),
    "national": ("toàn quốc", "national"),
}
AUTHOR = re.compile(r"(?P<name>[^()]+?)\s*(?:\((?P<share>\d{1,3})\s*%?\))?")
DAYS = (re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})"), re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"))  # fmt: skip


class TooMany(sheets.SheetRefused):
    status = 413
    code = "sheet_too_many_initiatives"
    sentence = N_("Tệp quá lớn: tối đa %(most)s sáng kiến một lần. Xin chia nhỏ tệp rồi gửi lại.")


@dataclass(frozen=True)
class Entry:
    """A row as it stands in the file, letters put together."""

    line: int
    title: str
    problem: str
    solution: str
    applied_where: str
    applied_from: str
    effect: str
    authors: str
    unit: str
    scope: str
    document: str
    document_date: str
    signer: str
    differs: str = ""


@dataclass(frozen=True)
class Plan:
    """`entries`: the rows understood, as they are sent back with the yes. `digest` stands for what would be added."""

    entries: tuple[Entry, ...]
    added: tuple[taking_in.OnPaper, ...]
    troubles: tuple[Trouble, ...]
    unchanged: int
    digest: str


class _Refused(Exception):
    def __init__(self, sentence: str, **values: Any) -> None:
        super().__init__(sentence)
        self.sentence, self.values = sentence, values


# --- reading ------------------------------------------------------------------------------------------------------


def preview(session: Session, activity: Activity, units: set[uuid.UUID], data: bytes, file_name: str) -> Plan:
    """What the file would add within these units. Raises SheetRefused."""
    try:
        heading, *rows = sheets.read(data, file_name, most_rows=MOST_ROWS, most_bytes=MOST_BYTES)
    except (sheets.TooManyRows, sheets.TooLarge):
        raise TooMany(most=MOST_ROWS) from None
    at = places(heading, COLUMNS, REQUIRED)
    return plan(session, activity, units, tuple(_entry(row, at) for row in rows))


def _entry(row: Row, at: Mapping[str, int]) -> Entry:
    told = {column: row.cells[n] if n < len(row.cells) else "" for column, n in at.items()}
    clean = {c: " ".join(unicodedata.normalize("NFC", text).split())[: TEXT + 1] for c, text in told.items()}
    return Entry(row.line, *(clean.get(column, "") for column in COLUMNS))


def as_text(entries: Sequence[Entry]) -> str:
    """Packed, so that some thousand rows travel with a page."""
    told = json.dumps([astuple(entry) for entry in entries], ensure_ascii=False, separators=(",", ":"))
    return base64.b85encode(zlib.compress(told.encode(), 9)).decode()


def from_text(text: str) -> tuple[Entry, ...]:
    """Raises Malformed for what was not written by `as_text`."""
    try:
        unpacking = zlib.decompressobj()
        told = unpacking.decompress(base64.b85decode(text), MOST_TEXT)
        rows = json.loads(told)
        entries = tuple(Entry(int(line), *(str(cell)[: TEXT + 1] for cell in cells)) for line, *cells in rows)
    except (ValueError, TypeError, zlib.error):
        raise Malformed from None
    if len(entries) > MOST_ROWS:
        raise Malformed
    return entries


# --- planning -----------------------------------------------------------------------------------------------------


class _Known:
    """The units a row may name, and what is here already or further up in the file."""

    def __init__(self, session: Session, activity: Activity, units: set[uuid.UUID]) -> None:
        named = named_many(session, units, clock.today())
        codes = dict(session.execute(select(Unit.code, Unit.id).where(Unit.id.in_(units))).all())
        self.units: dict[str, set[uuid.UUID]] = {code.lower(): {unit} for code, unit in codes.items()}
        for unit in named.values():
            for name in {fold(unit.name), fold(unit.full_name)}:
                self.units.setdefault(name, set()).add(unit.id)
        query = select(Initiative.title, Initiative.unit_id).where(Initiative.activity_id == activity.id)
        once = msgspec.convert(activity.settings, InitiativeSettings).same_scope_once
        self.doubles = Doubles(session) if once else None
        self.here = {(fold(title), unit) for title, unit in session.execute(query) if unit}
        self.lines: dict[tuple[str, uuid.UUID], int] = {}

    def unit(self, told: str) -> uuid.UUID:
        found = self.units.get(told.lower()) or self.units.get(fold(told)) or set()
        if len(found) != 1:
            raise _Refused(N_("không có đơn vị nào mang tên hoặc mã “%(word)s”"), word=told[:60])
        return next(iter(found))

    def is_new(self, key: tuple[str, uuid.UUID], line: int) -> bool:
        if key in self.lines:
            raise _Refused(N_("trùng tên sáng kiến và đơn vị với dòng %(first)s"), first=self.lines[key])
        self.lines[key] = line
        return key not in self.here


def plan(session: Session, activity: Activity, units: set[uuid.UUID], entries: tuple[Entry, ...]) -> Plan:
    """What the rows would add to what is here. A row that cannot be used is told, the others go on."""
    known, added, troubles, unchanged = _Known(session, activity, units), [], [], 0
    for entry in entries:
        try:
            found = _on_paper(entry, known, activity)
        except _Refused as refused:
            troubles.append(Trouble(entry.line, refused.sentence, refused.values))
            continue
        if found is None:
            unchanged += 1
        else:
            added.append(found)
    told = json.dumps([str(astuple(one)) for one in added])
    digest = hashlib.sha256(told.encode()).hexdigest()
    return Plan(entries, tuple(added), tuple(troubles), unchanged, digest)


def _on_paper(entry: Entry, known: _Known, activity: Activity) -> taking_in.OnPaper | None:
    _check_cells(entry)
    unit, authors, decision = known.unit(entry.unit), _authors(entry.authors), _decision(entry)
    key = (fold(entry.title), unit)
    if not known.is_new(key, entry.line):
        return None
    note = _difference(entry, known.doubles, decision.scope) if decision and known.doubles else ""
    return taking_in.OnPaper(
        id=uuid.uuid5(activity.id, f"{key[0]}|{unit}"),
        line=entry.line,
        title=entry.title,
        problem=entry.problem,
        solution=entry.solution,
        applied_where=entry.applied_where,
        applied_from=_day(entry.applied_from) if entry.applied_from else None,
        effect=entry.effect,
        authors=authors,
        unit=unit,
        decision=decision,
        note=note,
    )


def _difference(entry: Entry, doubles: Doubles, scope: str) -> str:
    """The private note on how it differs from what is recognised there; '' where nothing is alike."""
    text = " ".join((entry.title, entry.problem, entry.solution))
    try:
        return doubles.note_on(entry.line, text, scope, entry.differs)
    except Double as double:
        if double.line:
            raise _Refused(
                N_(
                    "rất giống dòng %(first)s, cùng phạm vi công nhận; nếu là hai việc khác nhau, xin ghi cột “Khác ở chỗ nào”"
                ),
                first=double.line,
            ) from None
        raise _Refused(
            N_(
                "rất giống %(other)s đã được công nhận ở phạm vi này; nếu là hai việc khác nhau, xin ghi cột “Khác ở chỗ nào”"
            ),
            other=double.title,
        ) from None


def _check_cells(entry: Entry) -> None:
    cells = [cell for cell in astuple(entry) if isinstance(cell, str)]
    if FORMULA in cells:
        raise _Refused(N_("có ô là công thức; xin dán lại thành giá trị"))
    if not entry.title or len(entry.title) > TITLE:
        raise _Refused(N_("tên sáng kiến phải có từ 1 đến 200 chữ cái"))
    if any(
        len(cell) > most for cell, most in ((entry.applied_where, 300), *((cell, TEXT) for cell in cells))
    ):
        raise _Refused(N_("có ô dài quá mức; xin rút gọn"))
    if not entry.solution:
        raise _Refused(N_("thiếu cách làm"))


def _authors(told: str) -> tuple[tuple[str, int], ...]:
    """'Nguyễn A (60); Trần B (40)'. Without shares they share alike."""
    parts = [part.strip() for part in re.split(r"[;\n]", told) if part.strip()]
    found = [AUTHOR.fullmatch(part) for part in parts]
    if not parts or len(parts) > 20 or not all(one and len(one["name"]) <= 80 for one in found):
        raise _Refused(N_("cột tác giả phải ghi như “Nguyễn Văn A (60); Trần Thị B (40)”"))
    named = [(one["name"].strip(), one["share"]) for one in found if one]
    if all(share is None for _, share in named):
        each, rest = divmod(100, len(named))
        return tuple((name, each + (at < rest)) for at, (name, _) in enumerate(named))
    shares = tuple((name, int(share or 0)) for name, share in named)
    if sum(share for _, share in shares) != 100:
        raise _Refused(N_("tổng phần đóng góp của các tác giả không phải 100"))
    return shares


def _decision(entry: Entry) -> taking_in.Decision | None:
    told = (entry.scope, entry.document, entry.document_date, entry.signer)
    if not any(told):
        return None
    if not all(told):
        raise _Refused(N_("quyết định công nhận phải đủ phạm vi, số, ngày và người ký"))
    scope = next((code for code, words in SCOPE_WORDS.items() if fold(entry.scope) in map(fold, words)), None)
    if scope is None:
        raise _Refused(
            N_("phạm vi “%(word)s” không có; xin ghi cơ sở, tỉnh hoặc toàn quốc"), word=entry.scope[:40]
        )
    if len(entry.document) > 60 or len(entry.signer) > 120:
        raise _Refused(N_("có ô dài quá mức; xin rút gọn"))
    return taking_in.Decision(scope, entry.document, _day(entry.document_date), entry.signer)


def _day(told: str) -> date:
    for shape in DAYS:
        if found := shape.fullmatch(told):
            try:
                day = date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                break
            if day <= clock.today():
                return day
    raise _Refused(N_("ngày “%(word)s” không đúng hoặc chưa tới; xin ghi ngày/tháng/năm"), word=told[:30])


# --- writing ------------------------------------------------------------------------------------------------------


def apply(
    session: Session, activity: Activity, units: set[uuid.UUID], entries: tuple[Entry, ...], digest: str, by: Handler
) -> Plan:  # fmt: skip
    """Write what was shown. Raises PlanOutdated: something changed since, or it was written already."""
    shut_gate(session, activity.id)
    for (
        scope
    ) in SCOPES:  # as at the console: of two look-alikes recognised in one moment the later sees the earlier
        hold(session, f"recognition:{scope}")
    planned = plan(session, activity, units, entries)
    if planned.digest != digest or not planned.added:
        raise PlanOutdated
    taking_in.take_in(session, activity, planned.added, by)
    return planned
