"""YAML that remembers where every value stands, and the list of what is wrong with a pack.

Aliases, anchors, tags, several documents in a file and deep nesting are refused: a pack needs none of them, and a small
file that unfolds into a huge one is the oldest trick there is. Plain values are read as YAML 1.2 does: `no` is a word.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from backend.errors import N_, DomainError

MOST_BYTES = 1_000_000
DEEPEST = 12
MOST_VALUES = 60_000
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_PLAIN = {"": None, "~": None, "null": None, "true": True, "false": False}
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class PackError:
    """One thing that is wrong. `line` counts from 1. The sentence is Vietnamese and a key of the catalogue."""

    file: str
    line: int
    sentence: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return self.sentence % self.values if self.values else self.sentence

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class PackInvalid(DomainError):
    """`errors`: all that is wrong, in the order of files and lines."""

    status = 409
    code = "pack_invalid"
    sentence = N_("Gói nội dung chưa dùng được: có %(count)s chỗ cần sửa.")

    def __init__(self, errors: "list[PackError]") -> None:
        super().__init__(count=len(errors))
        self.errors = sorted(errors, key=lambda error: (error.file, error.line))

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


class Complaints:
    """What was found wrong so far."""

    def __init__(self) -> None:
        self.errors: list[PackError] = []

    def add(self, file: str, line: int, sentence: str, **values: Any) -> None:
        self.errors.append(PackError(file, line, sentence, values))

    def raise_if_any(self) -> None:
        """Raises PackInvalid."""
        if self.errors:
            raise PackInvalid(self.errors)


@dataclass(frozen=True)
class Leaf:
    """A single value."""

    file: str
    line: int
    value: str | int | float | bool | None

    @property
    def plain(self) -> Any:
        return self.value


@dataclass(frozen=True)
class Rows:
    """A list."""

    file: str
    line: int
    items: "list[Node]"

    @property
    def plain(self) -> Any:
        return [item.plain for item in self.items]


@dataclass(frozen=True)
class Group:
    """Named values. `places`: the line of each name."""

    file: str
    line: int
    entries: "dict[str, Node]"
    places: dict[str, int]

    @property
    def plain(self) -> Any:
        return {name: node.plain for name, node in self.entries.items()}


Node = Leaf | Rows | Group


class _Stop(Exception):
    """The file cannot be read any further; what is wrong has been noted."""


def read_text(file: str, raw: bytes, complaints: Complaints) -> str | None:
    """The text of a file, or None after saying what is wrong with it."""
    if len(raw) > MOST_BYTES:
        complaints.add(
            file, 1, N_("Tệp quá lớn: tối đa %(most)s KB. Xin chia thành nhiều tệp."), most=MOST_BYTES // 1000
        )
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        complaints.add(file, line, N_("Không đọc được chữ ở dòng này. Xin lưu lại tệp bằng mã UTF-8."))
        return None
    found = len(complaints.errors)
    _check_letters(file, text, complaints)
    return text if len(complaints.errors) == found else None


def _check_letters(file: str, text: str, complaints: Complaints) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if "\t" in line[: len(line) - len(line.lstrip())]:
            complaints.add(
                file,
                number,
                N_("Đầu dòng có dấu tab. YAML chỉ nhận dấu cách; xin thay mỗi tab bằng hai dấu cách."),
            )
        if _UNPRINTABLE.search(line):
            complaints.add(
                file,
                number,
                N_("Dòng này có ký tự điều khiển không nhìn thấy được. Xin xóa rồi gõ lại dòng."),
            )


def read_yaml(file: str, raw: bytes, complaints: Complaints) -> Node | None:
    """The file's one document, or None after saying what is wrong with it. Raises nothing."""
    text = read_text(file, raw, complaints)
    if text is None:
        return None
    try:
        return _Builder(file, complaints).build(yaml.parse(text, Loader=_LOADER))
    except _Stop:
        return None
    except yaml.MarkedYAMLError as error:
        opened = error.context_mark if "quoted scalar" in str(error.context) else None
        mark = opened or error.problem_mark or error.context_mark
        complaints.add(file, mark.line + 1 if mark else 1, _in_words(str(error.problem)))
    except yaml.YAMLError:
        complaints.add(file, 1, _in_words(""))
    return None


_TROUBLES = (
    ("mapping values are not allowed", N_("Thừa dấu hai chấm, hoặc câu chữ có dấu hai chấm mà chưa đặt trong ngoặc kép.")),
    ("expected the node content", N_("Thiếu nội dung ở đây, hoặc câu chữ bắt đầu bằng dấu đặc biệt mà chưa đặt trong ngoặc kép.")),
    ("could not find expected ':'", N_("Thiếu dấu hai chấm sau tên mục, hoặc dòng trên thiếu dấu ngoặc kép đóng.")),
    ("while scanning a quoted scalar", N_("Thiếu dấu ngoặc kép đóng.")),
    ("unexpected end of stream", N_("Thiếu dấu ngoặc kép đóng.")),
    ("cannot start any token", N_("Ký tự này không được đứng đầu. Xin đặt cả câu trong ngoặc kép.")),
    ("expected <block end>", N_("Khoảng trắng đầu dòng không thẳng với các dòng cùng nhóm.")),
    ("did not find expected '-' indicator", N_("Khoảng trắng đầu dòng không thẳng với các dòng cùng nhóm.")),
    ("did not find expected key", N_("Khoảng trắng đầu dòng không thẳng với các dòng cùng nhóm, hoặc thiếu dấu ngoặc kép.")),
    ("did not find expected ',' or", N_("Thiếu dấu phẩy hoặc dấu ngoặc đóng.")),
)  # fmt: skip


def _in_words(problem: str) -> str:
    for part, sentence in _TROUBLES:
        if part in problem:
            return sentence
    return N_("Sai cách viết YAML ở đây. Xin xem lại ngoặc kép, dấu hai chấm và khoảng trắng đầu dòng.")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


class _Builder:
    """Builds the document from the parser's events, so that nothing unfolds behind our back."""

    def __init__(self, file: str, complaints: Complaints) -> None:
        self.file = file
        self.complaints = complaints
        self.count = 0

    def build(self, events: Iterator[yaml.Event]) -> Node:
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                self._stop(
                    event, N_("Một tệp chỉ chứa một phần. Xin bỏ dòng “---” này hoặc tách thành tệp khác.")
                )
            if isinstance(event, yaml.NodeEvent):
                root = self._node(event, events, 1)
        if root is None:
            self.complaints.add(self.file, 1, N_("Tệp trống."))
            raise _Stop
        return root

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        self._refuse_tricks(event, depth)
        line = _line(event)
        if isinstance(event, yaml.ScalarEvent):
            return Leaf(self.file, line, self._value(event))
        if isinstance(event, yaml.SequenceStartEvent):
            return Rows(self.file, line, self._items(events, depth))
        return self._group(line, events, depth)

    def _items(self, events: Iterator[yaml.Event], depth: int) -> list[Node]:
        items = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._node(event, events, depth + 1))
        return items

    def _group(self, line: int, events: Iterator[yaml.Event], depth: int) -> Group:
        entries: dict[str, Node] = {}
        places: dict[str, int] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            name = self._name(event, depth)
            value = self._node(next(events), events, depth + 1)
            if name in entries:
                self._note(event, N_("Mục “%(name)s” ghi hai lần trong cùng một nhóm; lần đầu ở dòng %(first)s."),
                           name=name, first=places[name])  # fmt: skip
                continue
            entries[name], places[name] = value, _line(event)
        return Group(self.file, line, entries, places)

    def _name(self, event: yaml.Event, depth: int) -> str:
        self._refuse_tricks(event, depth)
        if not isinstance(event, yaml.ScalarEvent):
            self._stop(event, N_("Tên mục phải là một từ, không phải một danh sách hay một nhóm."))
        return str(event.value)

    def _refuse_tricks(self, event: yaml.Event, depth: int) -> None:
        self.count += 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._stop(
                event,
                N_("Gói nội dung không dùng dấu neo (&) và dấu dẫn lại (*) của YAML. Xin chép nội dung ra."),
            )
        if getattr(event, "tag", None):
            self._stop(event, N_("Gói nội dung không dùng nhãn kiểu (!) của YAML. Xin bỏ nhãn này."))
        if depth > DEEPEST or self.count > MOST_VALUES:
            self._stop(
                event,
                N_("Tệp có quá nhiều tầng hoặc quá nhiều mục. Xin viết gọn lại hoặc chia thành nhiều tệp."),
            )

    def _value(self, event: yaml.ScalarEvent) -> str | int | float | bool | None:
        text = str(event.value)
        if event.implicit[0]:  # not in quotes
            if text in _PLAIN:
                return _PLAIN[text]
            if _WHOLE.fullmatch(text):
                return int(text)
        if unicodedata.normalize("NFC", text) != text:
            self._note(
                event,
                N_(
                    "Dấu tiếng Việt ở dòng này được gõ kiểu tổ hợp (NFD). Xin gõ lại bằng Unicode dựng sẵn (NFC)."
                ),
            )
        return text

    def _note(self, event: yaml.Event, sentence: str, **values: Any) -> None:
        self.complaints.add(self.file, _line(event), sentence, **values)

    def _stop(self, event: yaml.Event, sentence: str) -> NoReturn:
        self._note(event, sentence)
        raise _Stop
