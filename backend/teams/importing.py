"""A list of households from a file: read, shown as a plan, and written only if the plan still fits.

Nothing is kept on the node between the preview and the yes: the rows travel with the page, and nicknames of households
lie about nowhere. Whoever says yes sends the rows back with the digest of what was shown; the plan is worked out once
more, and when it is no longer the same, nothing is written. Sent twice, the second finds its rows there already.
"""

import hashlib
import json
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_, Malformed
from backend.participation.lease import shut_gate
from backend.safeguards.audit import Actor
from backend.teams import households
from backend.teams.models import NICKNAME
from backend.teams.queries import HouseholdView, households_in, teams_in
from backend.units import sheets
from backend.units.errors import PlanOutdated
from backend.units.listing import Trouble, places
from backend.units.queries import NamedUnit, children
from backend.units.sheets import FORMULA, MOST_ROWS, Row
from backend.units.words import fold

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("mã hộ", "mã", "household code", "code"),
    "hamlet": ("xóm", "mã xóm", "thôn", "bản", "tổ dân phố", "hamlet"),
    "kind": ("loại", "loại hộ", "kind", "type"),
    "nickname": ("tên gọi", "tên hộ", "nickname"),
    "team": ("tổ", "mã tổ", "tổ phụ trách", "team"),
}
REQUIRED = ("hamlet", "nickname")
KIND_WORDS: Mapping[str, tuple[str, ...]] = {
    "household": ("hộ gia đình", "hộ dân", "hộ", "household", ""),
    "household_business": ("hộ kinh doanh", "household business"),
    "firm": ("doanh nghiệp", "công ty", "firm", "company"),
    "cooperative": ("hợp tác xã", "htx", "cooperative"),
}


@dataclass(frozen=True)
class Entry:
    """A row as it stands in the file, letters put together."""

    line: int
    code: str
    hamlet: str
    kind: str
    nickname: str
    team: str


@dataclass(frozen=True)
class Change:
    """What a row would do: added | renamed | assigned. `household`: None for a new one. Names are those people say."""

    what: str
    line: int
    household: uuid.UUID | None
    hamlet: uuid.UUID
    hamlet_name: str
    kind: str
    nickname: str
    team: uuid.UUID | None
    team_name: str
    code: str


@dataclass(frozen=True)
class Plan:
    """`entries`: the rows understood, as they are sent back with the yes. `digest` stands for the changes."""

    entries: tuple[Entry, ...]
    changes: tuple[Change, ...]
    troubles: tuple[Trouble, ...]
    unchanged: int
    digest: str


class _Refused(Exception):
    def __init__(self, sentence: str, **values: Any) -> None:
        super().__init__(sentence)
        self.sentence, self.values = sentence, values


# --- reading -------------------------------------------------------------------------------------------------------------


def preview(session: Session, commune: uuid.UUID, data: bytes, file_name: str) -> Plan:
    """What the file would change. Raises SheetRefused."""
    heading, *rows = sheets.read(data, file_name)
    at = places(heading, COLUMNS, REQUIRED)
    return plan(session, commune, tuple(_entry(row, at) for row in rows))


def _entry(row: Row, at: Mapping[str, int]) -> Entry:
    told = {column: row.cells[n] if n < len(row.cells) else "" for column, n in at.items()}
    clean = {c: " ".join(unicodedata.normalize("NFC", text).split())[:200] for c, text in told.items()}
    return Entry(row.line, *(clean.get(column, "") for column in COLUMNS))


def as_text(entries: Sequence[Entry]) -> str:
    return json.dumps([astuple(entry) for entry in entries], ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> tuple[Entry, ...]:
    """Raises Malformed for what was not written by `as_text`."""
    try:
        rows = json.loads(text)
        entries = tuple(Entry(int(line), *(str(cell)[:200] for cell in cells)) for line, *cells in rows)
    except (ValueError, TypeError):
        raise Malformed from None
    if len(entries) > MOST_ROWS:
        raise Malformed
    return entries


# --- planning ------------------------------------------------------------------------------------------------------------


class _Known:
    """What there is now, and what the rows so far would add."""

    def __init__(self, session: Session, commune: uuid.UUID) -> None:
        today = clock.today()
        self.hamlets = children(session, commune, "hamlet", today)
        self.teams = teams_in(session, commune, today)
        rows = households_in(session, [unit.id for unit in self.hamlets])
        self.by_code = {row.code: row for row in rows}
        self.names: dict[tuple[uuid.UUID, str], uuid.UUID | None] = {
            (row.hamlet.id, fold(row.nickname)): row.id for row in rows
        }

    def hamlet(self, told: str) -> NamedUnit:
        """By code, or by a name that only one has, with or without its level word."""
        wanted = fold(told)
        found = [unit for unit in self.hamlets if unit.code == told.upper()] or [
            unit for unit in self.hamlets if wanted in (fold(unit.name), fold(unit.full_name))
        ]
        if len(found) != 1:
            raise _Refused(N_("xã không có xóm nào mang tên hoặc mã “%(word)s”"), word=told[:40])
        return found[0]

    def team(self, told: str) -> tuple[uuid.UUID | None, str]:
        found = [
            team for team in self.teams if team.code == told.upper() or fold(team.name).endswith(fold(told))
        ]
        if told and len(found) != 1:
            raise _Refused(N_("xã không có tổ nào mang tên hoặc mã “%(word)s”"), word=told[:40])
        return (found[0].id, found[0].name) if told else (None, "")

    def take(self, hamlet: uuid.UUID, nickname: str, own: uuid.UUID | None) -> None:
        """Two households of a hamlet must be told apart."""
        key = (hamlet, fold(nickname))
        if key in self.names and (own is None or self.names[key] != own):
            raise _Refused(N_("xóm này đã có hộ tên “%(word)s”; xin thêm điểm nhận ra"), word=nickname)
        self.names[key] = own


def plan(session: Session, commune: uuid.UUID, entries: tuple[Entry, ...]) -> Plan:
    """The changes the rows would make to what there is now. A row that cannot be used is told, the others go on."""
    known, changes, troubles, unchanged = _Known(session, commune), [], [], 0
    for entry in entries:
        try:
            found = _changes(entry, known)
        except _Refused as refused:
            troubles.append(Trouble(entry.line, refused.sentence, refused.values))
            continue
        changes += found
        unchanged += not found
    told = json.dumps([[str(value) for value in astuple(change)] for change in changes])
    digest = hashlib.sha256(told.encode()).hexdigest()
    return Plan(entries, tuple(changes), tuple(troubles), unchanged, digest)


def _changes(entry: Entry, known: _Known) -> list[Change]:
    nickname, hamlet = _nickname(entry), known.hamlet(entry.hamlet)
    team, team_name = known.team(entry.team)
    row = known.by_code.get(entry.code.upper()) if entry.code else None
    if entry.code and row is None:
        raise _Refused(N_("không có hộ mang mã “%(word)s”; hộ mới xin để trống mã"), word=entry.code[:40])
    if row and row.hamlet.id != hamlet.id:
        raise _Refused(N_("hộ này đang ở xóm khác; chuyển nơi ở xin làm trên trang của hộ"))
    known.take(hamlet.id, nickname, row.id if row else None)
    return [
        Change(
            what, entry.line, row.id if row else None, hamlet.id, hamlet.full_name, _kind(entry), nickname, team,
            team_name, row.code if row else "",
        )
        for what in _what(row, nickname, team)
    ]  # fmt: skip


def _what(row: HouseholdView | None, nickname: str, team: uuid.UUID | None) -> list[str]:
    """An empty team says nothing: the household keeps the one it has."""
    if row is None:
        return ["added"]
    return ["renamed"] * (row.nickname != nickname) + ["assigned"] * (team not in (None, row.team))


def _nickname(entry: Entry) -> str:
    if FORMULA in (entry.code, entry.hamlet, entry.kind, entry.nickname, entry.team):
        raise _Refused(N_("có ô là công thức; xin dán lại thành giá trị"))
    if not entry.nickname or len(entry.nickname) > NICKNAME:
        raise _Refused(N_("tên gọi phải có từ 1 đến 60 chữ cái"))
    if entry.nickname.startswith(("=", "+", "-", "@")):
        raise _Refused(N_("tên gọi bắt đầu bằng dấu mà bảng tính coi là công thức; xin bỏ dấu ấy"))
    if any(unicodedata.category(letter).startswith("C") for letter in entry.nickname):
        raise _Refused(N_("tên gọi có ký tự không nhìn thấy được; xin gõ lại"))
    if sum(letter.isdigit() for letter in entry.nickname) >= 9:
        raise _Refused(N_("tên gọi có dãy số dài; xin không ghi số căn cước hay số điện thoại"))
    return entry.nickname


def _kind(entry: Entry) -> str:
    for kind, words in KIND_WORDS.items():
        if fold(entry.kind) in map(fold, words):
            return kind
    raise _Refused(
        N_("loại “%(word)s” không có; xin ghi hộ gia đình, hộ kinh doanh, doanh nghiệp hoặc hợp tác xã"),
        word=entry.kind[:40],
    )


# --- writing -------------------------------------------------------------------------------------------------------------


def apply(
    session: Session, commune: uuid.UUID, entries: tuple[Entry, ...], digest: str, actor: Actor
) -> Plan:
    """Write what was shown. Raises PlanOutdated: something changed since, or it was written already."""
    shut_gate(session, commune)
    planned = plan(session, commune, entries)
    if planned.digest != digest or not planned.changes:
        raise PlanOutdated
    for change in planned.changes:
        _write(session, change, actor)
    return planned


def _write(session: Session, change: Change, actor: Actor) -> None:
    if change.household is None:
        households.add(
            session,
            hamlet=change.hamlet,
            kind=change.kind,
            nickname=change.nickname,
            team=change.team,
            now=clock.now(),
        )
    elif change.what == "renamed":
        households.rename(session, change.household, change.nickname)
    else:
        households.assign(session, change.household, change.team, actor=actor)
