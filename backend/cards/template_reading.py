"""A template as somebody wrote it: read with the line each part stands in, and everything wrong with it in words. Pure.

A file from outside is data and no more: references inside it, which could unfold without an end, are refused.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from backend.calendars import CALENDARS
from backend.cards.errors import TemplateInvalid
from backend.cards.rules import RULES
from backend.cards.shapes import Template
from backend.cards.template_problems import Known
from backend.cards.templates import from_data
from backend.participation.measures import MeasureBook

MOST_LETTERS = 200_000
LINE = "__line__"
STANDARD: Mapping[str, Any] = {
    "version": 1, "kind": "scored", "calendar": "thang", "interval": "month", "unit_kind": "commune", "trial": True, "preset": True,
    "interpolation": "none", "decimals": 2, "rules": RULES,
}  # fmt: skip
"""What holds where the file says nothing. A set nobody has confirmed is a preset, and on trial."""


@dataclass(frozen=True)
class Checked:
    """`template`: nothing where anything is wrong. `data`: what was written, to be stored under another version."""

    template: Template | None
    problems: list[str]
    data: Mapping[str, Any] = field(default_factory=dict)


class _Lined(yaml.SafeLoader):
    """Each mapping remembers the line it begins in."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        return {**super().construct_mapping(node, deep=deep), LINE: node.start_mark.line + 1}


def check(text: str, book: MeasureBook | None = None, known: Known = CALENDARS) -> Checked:
    """Everything that is wrong, each with its line or its criterion; or the template."""
    try:
        read = _read(text)
    except yaml.YAMLError as error:
        return Checked(None, [_where_it_broke(error)])
    except (RecursionError, ValueError):
        return Checked(None, ["tệp không đọc được; xin dùng tệp mẫu và chỉ sửa nội dung"])
    if not isinstance(read, dict):
        return Checked(None, ["tệp phải bắt đầu bằng các dòng như “template: ma-mau”, “title:”, “groups:”"])
    missing, lines = list(_missing(read)), dict(_lines(read))
    data = _plain(read)
    if missing:
        return Checked(None, missing, data)
    return check_data(data, book, lines, known)


def check_data(
    data: Mapping[str, Any], book: MeasureBook | None = None, lines: Mapping[str, int] | None = None,
    known: Known = CALENDARS,
) -> Checked:  # fmt: skip
    """The same for what was put together out of something else than a text."""
    data = dict(STANDARD) | dict(data)
    try:
        return Checked(from_data(data, book, known), [], data)
    except TemplateInvalid as error:
        told = str(error.values["errors"]).split("; ")
        return Checked(None, [_placed(one, lines or {}) for one in told], data)


def _read(text: str) -> Any:
    if len(text) > MOST_LETTERS or any(isinstance(one, yaml.AliasEvent) for one in yaml.parse(text)):
        raise ValueError
    return yaml.load(text, _Lined)  # noqa: S506 - a safe loader with lines


def _where_it_broke(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"dòng {mark.line + 1}: " if mark else ""
    return f"{where}không đọc được; xin xem lại dấu hai chấm, dấu gạch đầu dòng và khoảng trắng đầu dòng"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items() if key != LINE}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _lines(read: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Code of a group or a criterion -> its line."""
    for group in read.get("groups") or []:
        rows = [group, *(group.get("criteria") or [])] if isinstance(group, dict) else []
        yield from ((f"{row.get('code')}", row[LINE]) for row in rows if isinstance(row, dict))


def _missing(read: Mapping[str, Any]) -> Iterator[str]:
    """Parts that must be there, named with their line: without them nothing further can be looked at."""
    yield from _lacks(read, ("template", "title", "groups"), "mẫu phiếu")
    if not isinstance(read.get("groups"), list) or not read["groups"]:
        yield "chưa có nhóm tiêu chí nào (groups)"
        return
    for group in read["groups"]:
        if not isinstance(group, dict):
            yield "mỗi nhóm phải có code, title, weight, criteria"
            continue
        yield from _lacks(group, ("code", "title", "criteria"), "nhóm")
        for row in group.get("criteria") or []:
            if not isinstance(row, dict):
                yield f"dòng {group[LINE]}: mỗi tiêu chí phải có code, title, most"
                continue
            yield from _lacks(row, ("code", "title"), "tiêu chí")


def _lacks(row: Mapping[str, Any], names: Iterable[str], what: str) -> Iterator[str]:
    told = f"dòng {row[LINE]}, {what} {row.get('code') or row.get('template') or ''}".strip()
    yield from (f"{told}: thiếu {name}" for name in names if not row.get(name))
    title = row.get("title")
    if title and not (isinstance(title, dict) and isinstance(title.get("vi"), str)):
        yield f'{told}: tên phải viết như title: {{vi: "Tên", en: "Name"}}'


def _placed(problem: str, lines: Mapping[str, int]) -> str:
    """'du-thi: thiếu …' -> 'dòng 31, tiêu chí du-thi: thiếu …'."""
    code, parted, rest = problem.partition(": ")
    plain = code.removeprefix("nhóm ")
    if not parted or plain not in lines:
        return problem
    what = "nhóm" if code != plain else "tiêu chí"
    return f"dòng {lines[plain]}, {what} {plain}: {rest}"
