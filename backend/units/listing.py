"""What the rows of a list of units say: columns found by their headings, words turned into our codes. Pure.

A row that says something we cannot understand is refused by itself, with its line and the reason; the others go on.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from backend.errors import N_
from backend.units.sheets import FORMULA, Row, SheetRefused
from backend.units.vocabulary import (
    COLUMNS,
    KIND_WORDS,
    LEVEL_WORD_OF,
    LEVEL_WORDS_OF_HAMLETS,
    POPULATION_WORDS,
    REQUIRED,
    TREE_WORDS,
)
from backend.units.words import fold

CODE = re.compile(r"[0-9A-ZĐ][0-9A-ZĐ._/-]{0,39}")
NUMBER = re.compile(r"\d{1,3}([. ]\d{3})+|\d{1,7}")
DAYS = (re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})"), re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"))  # fmt: skip


class MissingColumns(SheetRefused):
    code = "sheet_missing_columns"
    sentence = N_("Tệp thiếu cột: %(columns)s. Xin dùng tệp mẫu và giữ nguyên dòng tiêu đề.")


class DoubleColumns(SheetRefused):
    code = "sheet_double_columns"
    sentence = N_("Tệp có hai cột cùng nghĩa: %(columns)s. Xin bỏ bớt một cột.")


@dataclass(frozen=True)
class Trouble:
    """Why a row was refused; `values` fill the sentence."""

    line: int
    sentence: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One row understood. An empty text or None says nothing: what the unit has stays."""

    line: int
    code: str
    kind: str
    name: str
    level_word: str = ""
    parent: str = ""
    tree: str = ""
    since: date | None = None
    people: int | None = None
    population: str = ""
    counted_on: date | None = None
    source: str = ""
    join_code: str = ""


@dataclass(frozen=True)
class Listing:
    """`composed`: lines whose names came in decomposed letters and were put together (NFC)."""

    entries: tuple[Entry, ...]
    troubles: tuple[Trouble, ...]
    composed: tuple[int, ...]


class _Refused(Exception):
    def __init__(self, sentence: str, **values: Any) -> None:
        super().__init__(sentence)
        self.sentence, self.values = sentence, values


def understand(rows: Sequence[Row]) -> Listing:
    """The first row is the heading. Raises MissingColumns, DoubleColumns."""
    heading, *others = rows
    found = places(heading, COLUMNS, REQUIRED)
    entries, troubles, composed = [], [], []
    for row in others:
        told = {column: row.cells[at] if at < len(row.cells) else "" for column, at in found.items()}
        if any(not unicodedata.is_normalized("NFC", text) for text in told.values()):
            composed.append(row.line)
        try:
            entries.append(
                _entry(
                    row.line, {c: " ".join(unicodedata.normalize("NFC", t).split()) for c, t in told.items()}
                )
            )
        except _Refused as refused:
            troubles.append(Trouble(row.line, refused.sentence, refused.values))
    return Listing(tuple(entries), tuple(troubles), tuple(composed))


def places(heading: Row, columns: Mapping[str, Sequence[str]], required: Iterable[str]) -> dict[str, int]:
    """Column -> its place; `columns`: what each may be called. Headings are compared without tone marks.

    Raises MissingColumns, DoubleColumns.
    """
    known = {fold(word): column for column, words in columns.items() for word in words}
    found: dict[str, int] = {}
    for at, cell in enumerate(heading.cells):
        # "Từ ngày (ngày/tháng/năm)": what stands in brackets explains.
        column = known.get(fold(cell.partition("(")[0].strip(" *")))
        if column in found:
            raise DoubleColumns(columns=cell)
        if column:
            found[column] = at
    if missing := [columns[column][0] for column in required if column not in found]:
        raise MissingColumns(columns=", ".join(missing))
    return found


def _entry(line: int, told: Mapping[str, str]) -> Entry:
    for column, text in told.items():
        if text == FORMULA:
            raise _Refused(
                N_("cột “%(column)s” là công thức; xin dán lại thành giá trị"), column=COLUMNS[column][0]
            )
    kind = _one_of(KIND_WORDS, told["kind"], N_("loại đơn vị “%(word)s” không có trong danh sách loại"))
    return Entry(
        line=line,
        code=_code(told["code"]),
        kind=kind,
        name=_name(told["name"]),
        level_word=_short(told.get("level_word", ""), 40).lower() or _level_word(kind, told["kind"]),
        parent=told.get("parent", "").upper(),
        tree=_tree(told.get("tree", "")),
        since=_day(told.get("since", "")),
        join_code=_join_code(told.get("join_code", "")),
        **_heads(told),
    )


def _one_of(words: Mapping[str, tuple[str, ...]], told: str, sentence: str) -> str:
    """The code a word stands for. Tone marks may be left out where that leaves one meaning: 'ban' is no 'bản'."""
    exact = [code for code, listed in words.items() if told.lower() in (code, *listed)]
    found = exact or [code for code, listed in words.items() if fold(told) in map(fold, listed)]
    if len(found) != 1:
        raise _Refused(sentence, word=told)
    return found[0]


def _code(told: str) -> str:
    if not told:
        raise _Refused(N_("thiếu mã đơn vị"))
    if not CODE.fullmatch(told.upper()):
        raise _Refused(
            N_("mã “%(word)s” chỉ được gồm chữ cái không dấu, chữ số và dấu gạch, tối đa 40 ký tự"),
            word=told[:60],
        )
    return told.upper()


def _join_code(told: str) -> str:
    if told and not (CODE.fullmatch(told.upper()) and len(told) <= 20):
        raise _Refused(
            N_("mã tham gia “%(word)s” chỉ được gồm chữ cái không dấu và chữ số, tối đa 20 ký tự"),
            word=told[:30],
        )
    return told.upper()


def _name(told: str) -> str:
    if not told:
        raise _Refused(N_("thiếu tên đơn vị"))
    if any(unicodedata.category(letter).startswith("C") for letter in told):
        raise _Refused(N_("tên có ký tự không nhìn thấy được; xin gõ lại"))
    return _plain(_short(told, 150))


def _plain(told: str) -> str:
    """No text that a spreadsheet would take for a formula when the list is handed out again."""
    if told.startswith(("=", "+", "-", "@")):
        raise _Refused(
            N_("“%(word)s” bắt đầu bằng dấu mà bảng tính coi là công thức; xin bỏ dấu ấy"), word=told[:30]
        )
    return told


def _short(told: str, most: int) -> str:
    if len(told) > most:
        raise _Refused(N_("nội dung “%(word)s…” dài quá %(most)s ký tự"), word=told[:30], most=most)
    return told


def _level_word(kind: str, told: str) -> str:
    """Whoever writes 'xóm' as the kind has said the level word too."""
    if kind != "hamlet":
        return LEVEL_WORD_OF.get(kind, "")
    return next((word for word in LEVEL_WORDS_OF_HAMLETS if fold(word) == fold(told)), "")


def _tree(told: str) -> str:
    return (
        _one_of(
            TREE_WORDS, told, N_("cây “%(word)s” không có; xin ghi chính quyền, đảng, mặt trận hoặc đoàn")
        )
        if told
        else ""
    )


def _day(told: str) -> date | None:
    if not told:
        return None
    for shape in DAYS:
        if found := shape.fullmatch(told):
            try:
                return date(int(found["year"]), int(found["month"]), int(found["day"]))
            except ValueError:
                break
    raise _Refused(N_("ngày “%(word)s” không đúng; xin ghi ngày/tháng/năm, ví dụ 01/07/2025"), word=told[:30])


def _heads(told: Mapping[str, str]) -> dict[str, Any]:
    """A headcount is a number with its day and its source, or it is none."""
    people = told.get("people", "")
    if not people:
        return {}
    if not NUMBER.fullmatch(people):
        raise _Refused(N_("số người “%(word)s” không phải số nguyên không âm"), word=people[:30])
    counted_on, source = _day(told.get("counted_on", "")), _plain(_short(told.get("source", ""), 300))
    if counted_on is None or not source:
        raise _Refused(N_("số người phải kèm ngày đếm và nguồn số liệu"))
    return {
        "people": int(re.sub(r"\D", "", people)),
        "population": _one_of(
            POPULATION_WORDS, told.get("population", ""), N_("nhóm dân số “%(word)s” không có")
        ),
        "counted_on": counted_on,
        "source": source,
    }


# --- kept between the preview and the yes ----------------------------------------------------------------------------

_FROM_TEXT: Mapping[str, Callable[[str], Any]] = {
    "since": date.fromisoformat,
    "counted_on": date.fromisoformat,
}


def as_json(entries: Sequence[Entry]) -> list[Any]:
    return [
        [
            value.isoformat() if isinstance(value, date) else value
            for value in (getattr(entry, f.name) for f in fields(Entry))
        ]
        for entry in entries
    ]


def from_json(rows: Sequence[Sequence[Any]]) -> tuple[Entry, ...]:
    names = [f.name for f in fields(Entry)]
    return tuple(
        Entry(
            **{n: _FROM_TEXT[n](v) if n in _FROM_TEXT and v else v for n, v in zip(names, row, strict=True)}
        )
        for row in rows
    )
