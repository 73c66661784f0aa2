"""Does a part of a pack have the shape its type says? Every field is looked at, so that everything wrong is told at once.

The types are msgspec structs, the same ones that hold the settings of a kind: what may be chosen is written once.
"""

import functools
import re
import types
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from backend.errors import N_
from campaigns.pack.lines import Complaints, Group, Leaf, Node, Rows

S = TypeVar("S", bound=Struct)

Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
FileName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9._/-]+$", max_length=120)]


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """A short text in the languages of the product; Vietnamese always."""

    vi: Annotated[str, Meta(max_length=300)]
    en: Annotated[str, Meta(max_length=300)] | None = None


class LongWords(Struct, frozen=True, forbid_unknown_fields=True):
    """Several lines of text."""

    vi: Annotated[str, Meta(max_length=6000)]
    en: Annotated[str, Meta(max_length=6000)] | None = None


class PictureIn(Struct, frozen=True, forbid_unknown_fields=True):
    """`file` within the pack's folder `pictures`. `alt` says what is to be seen, for whoever cannot see it."""

    file: FileName
    alt: Words


def in_languages(words: Words | LongWords) -> dict[str, Any]:
    """{'vi': ..., 'en': ...}; a language without words is left out."""
    return {"vi": words.vi} | ({"en": words.en} if words.en else {})


def shaped(node: Node, wanted: type[S], complaints: Complaints) -> S | None:
    """The struct this part of a pack says, or None after telling everything that is wrong with it."""
    found = len(complaints.errors)
    value = _read(node, wanted, "", complaints)
    if len(complaints.errors) > found:
        return None
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:  # a rule of the whole, not of one field
        sentence, values = _sentence(str(error))
        complaints.add(node.file, node.line, sentence, **{"name": "-", "got": "-", "choices": "-"} | values)
        return None


def listed(node: Node, wanted: type[S], complaints: Complaints) -> list[tuple[S, Group]]:
    """The readable items of a list, each with its place; what is wrong with the others has been told."""
    if not isinstance(node, Rows):
        complaints.add(
            node.file, node.line, N_("Cả tệp này phải là một danh sách: mỗi mục bắt đầu bằng dấu “-”.")
        )
        return []
    read = [(shaped(item, wanted, complaints), item) for item in node.items]
    return [(struct, cast(Group, item)) for struct, item in read if struct is not None]


def _read(node: Node, wanted: Any, name: str, complaints: Complaints) -> Any:
    """Plain values of the node, checked against the type; answers None where something is wrong."""
    wanted, bounds = _bare(wanted)
    options = [_bare(option)[0] for option in _options(wanted)]
    if isinstance(node, Leaf) and node.value is None and type(None) in options:
        return None
    struct = next((option for option in options if _is_struct(option)), None)
    if struct is not None:
        return _read_struct(node, struct, name, complaints)
    many = next((option for option in options if get_origin(option) in (list, tuple)), None)
    if many is not None and isinstance(node, Rows):
        _check_length(node, bounds, name, complaints)
        return [_read(item, get_args(many)[0], name, complaints) for item in node.items]
    return _read_value(node, Annotated[wanted, bounds] if bounds else wanted, name, complaints)


def _check_length(node: Rows, bounds: Meta | None, name: str, complaints: Complaints) -> None:
    least, most = (bounds.min_length or 0, bounds.max_length) if bounds else (0, None)
    if len(node.items) < least or (most is not None and len(node.items) > most):
        sentence = N_("Mục “%(name)s” có %(count)s dòng: cần từ %(least)s đến %(most)s.")
        values = {"name": name, "count": len(node.items), "least": least, "most": most or "…"}
        complaints.add(node.file, node.line, sentence, **values)


def _bare(wanted: Any) -> tuple[Any, Meta | None]:
    if get_origin(wanted) is Annotated:
        inner, *notes = get_args(wanted)
        return inner, next((note for note in notes if isinstance(note, Meta)), None)
    return wanted, None


def _options(wanted: Any) -> tuple[Any, ...]:
    return get_args(wanted) if get_origin(wanted) in (Union, types.UnionType) else (wanted,)


def _is_struct(wanted: Any) -> bool:
    return isinstance(wanted, type) and issubclass(wanted, Struct)


def _read_struct(node: Node, wanted: type[Struct], name: str, complaints: Complaints) -> Any:
    if not isinstance(node, Group):
        complaints.add(
            node.file,
            node.line,
            N_("Mục “%(name)s” phải là một nhóm gồm nhiều mục có tên."),
            name=name or "-",
        )
        return None
    fields = _fields(wanted)
    for unknown in node.entries.keys() - fields.keys():
        complaints.add(
            node.file, node.places[unknown],
            N_("Không có mục nào tên là “%(name)s” ở đây. Các mục dùng được: %(known)s."),
            name=unknown[:60], known=", ".join(fields),
        )  # fmt: skip
    for field in fields.values():
        if field.required and field.encode_name not in node.entries:
            complaints.add(node.file, node.line, N_("Thiếu mục “%(name)s”."), name=field.encode_name)
    return {
        key: _read(value, fields[key].type, key, complaints)
        for key, value in node.entries.items()
        if key in fields
    }


@functools.cache
def _fields(wanted: type[Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    """Name as written -> field. msgspec works the types out anew every time, and a bank has thousands of groups."""
    return {field.encode_name: field for field in msgspec.structs.fields(wanted)}


def _read_value(node: Node, wanted: Any, name: str, complaints: Complaints) -> Any:
    if (
        isinstance(node, Leaf)
        and isinstance(node.value, str)
        and not node.value.strip()
        and _must_say(wanted)
    ):
        complaints.add(node.file, node.line, N_("Mục “%(name)s” đang để trống."), name=name)
        return None
    try:
        return msgspec.to_builtins(msgspec.convert(node.plain, wanted))
    except msgspec.ValidationError as error:
        sentence, values = _sentence(str(error))
        choices = ", ".join(str(choice) for choice in _choices(wanted))
        got = str(node.plain)[:60] if isinstance(node, Leaf) else "-"
        complaints.add(
            node.file, node.line, sentence, **{"name": name, "got": got, "choices": choices} | values
        )
        return None


def _must_say(wanted: Any) -> bool:
    """A text, and not one that is written down as possibly empty."""
    bare, bounds = _bare(wanted)
    if bounds is not None and bounds.min_length == 0:
        return False
    return bare is str or any(_must_say(option) for option in _options(bare) if option is not bare)


def _choices(wanted: Any) -> list[Any]:
    bare = _bare(wanted)[0]
    if get_origin(bare) is Literal:
        return list(get_args(bare))
    return [choice for option in _options(bare) if option is not bare for choice in _choices(option)]


KINDS = {
    "int": N_("một số nguyên"),
    "str": N_("chữ"),
    "bool": N_("true hoặc false"),
    "array": N_("một danh sách"),
    "object": N_("một nhóm mục"),
    "float": N_("một số"),
    "null": N_("để trống"),
}
_Told = tuple[str, dict[str, Any]]


def _wrong_type(found: "re.Match[str]") -> _Told:
    wanted = " / ".join(KINDS.get(part.strip(), part.strip()) for part in found[1].split("|"))
    return N_("Mục “%(name)s” phải là %(wanted)s, không phải “%(got)s”."), {"wanted": wanted}


_SENTENCES: tuple[tuple[str, Callable[["re.Match[str]"], _Told]], ...] = (
    (r"length <= (\d+)", lambda m: (N_("Mục “%(name)s” quá dài: tối đa %(most)s."), {"most": m[1]})),
    (r"length >= (\d+)", lambda m: (N_("Mục “%(name)s” quá ngắn: ít nhất %(least)s."), {"least": m[1]})),
    (r">= (-?\d+)", lambda m: (N_("Mục “%(name)s” là “%(got)s”: phải từ %(least)s trở lên."), {"least": m[1]})),
    (r"<= (-?\d+)", lambda m: (N_("Mục “%(name)s” là “%(got)s”: không được quá %(most)s."), {"most": m[1]})),
    (r"matching regex", lambda m: (
        N_("Mục “%(name)s” là “%(got)s”: chỉ dùng chữ thường không dấu, chữ số và gạch nối."), {})),
    (r"Invalid enum value", lambda m: (N_("Mục “%(name)s” là “%(got)s”: chỉ được là một trong %(choices)s."), {})),
    (r"Expected `([^`]+)`, got", _wrong_type),
)  # fmt: skip


def _sentence(problem: str) -> _Told:
    """msgspec's English in words for whoever writes a pack."""
    for pattern, told in _SENTENCES:
        if found := re.search(pattern, problem):
            return told(found)
    return N_("Mục “%(name)s” viết chưa đúng."), {}
