"""No packet carries a person: what the shape of a body cannot keep out is looked for in its words, on the way out and in.

A field with a pattern or a few words to choose from holds no free text. What is left is walked here, whatever room it
belongs to, so that a stream somebody adds later is looked at without knowing of it.
"""

import functools
import types
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct

from backend.errors import N_, DomainError
from backend.safeguards.impersonal import told_of

FIGURES = frozenset({"backend.aggregates.packet.Cell.value"})
"""Fields that hold a decimal as text and nothing else, of which twelve figures are no identity card; their room checks
that it is one."""

Look = Callable[[Any], Iterator[tuple[str, str]]]
"""A value -> (pointer, words) of each free text in it."""


class NamesSomebody(DomainError):
    status = 409
    code = "names_somebody"
    sentence = N_(
        "Nội dung gửi đi có số điện thoại, số giấy tờ tùy thân hoặc địa chỉ thư điện tử (ở mục %(where)s). Giữa các máy chủ không gửi thông tin của người nào; "
        "xin bỏ phần ấy đi rồi làm lại."
    )


def found(body: Struct) -> str | None:
    """Where in the body something stands by which a person could be found, as '/scope/units/3/name'; None where nothing does."""
    look = _look(type(body))
    if look is None or not any(map(_is_personal, _words(body))):
        return None
    return next((pointer for pointer, words in look(body) if _is_personal(words)), None)


def _words(body: Struct) -> set[str]:
    """Every free text, without saying where: a month of the country's packets is looked at this way."""
    texts: list[Any] = []
    _gather(type(body))(body, texts)
    return {words for words in texts if isinstance(words, str)}


Gather = Callable[[Any, list[Any]], None]


@functools.cache
def _gather(wanted: type[Struct]) -> Gather:
    """Puts the free texts of such a struct, and whatever else stands in their fields, into a list."""
    plain: list[str] = []
    deeper: list[str] = []
    hints = get_type_hints(wanted, include_extras=True)
    for one in msgspec.structs.fields(wanted):
        if (
            _look(hints[one.name]) is None
            or f"{wanted.__module__}.{wanted.__qualname__}.{one.encode_name}" in FIGURES
        ):
            continue
        (plain if _is_text(hints[one.name]) else deeper).append(one.name)

    def gather(value: Any, texts: list[Any]) -> None:
        texts.extend([getattr(value, name) for name in plain])
        for name in deeper:
            _gather_any(getattr(value, name), texts)

    return gather


def _is_text(wanted: Any) -> bool:
    bare, _ = _bare(wanted)
    return bare is str or (
        _is_union(bare) and all(_bare(one)[0] in (str, type(None)) for one in get_args(bare))
    )


def _gather_any(value: Any, texts: list[Any]) -> None:
    if isinstance(value, Struct):
        _gather(type(value))(value, texts)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            _gather_any(one, texts)
    else:
        texts.append(value)


@functools.lru_cache(maxsize=65_536)
def _is_personal(words: str) -> bool:
    """Names of units and things come back with every packet."""
    return told_of(words) is not None


def is_free(meta: Meta | None) -> bool:
    """Whether a text of this description may say anything."""
    return meta is None or meta.pattern is None


@functools.cache
def _look(wanted: Any) -> Look | None:
    """How to find the free texts of such a value; None where there can be none, so that figures are not walked at all."""
    bare, meta = _bare(wanted)
    if bare is str:
        return _itself if is_free(meta) else None
    if get_origin(bare) in (Union, types.UnionType):
        looks = [look for look in map(_look, get_args(bare)) if look is not None]
        return _either(looks) if looks else None
    if get_origin(bare) in (list, tuple, set, frozenset):
        inner = next((look for look in map(_look, get_args(bare)) if look is not None), None)
        return _each(inner) if inner else None
    if isinstance(bare, type) and issubclass(bare, Struct):
        return _fields(bare)
    return None


def _bare(wanted: Any) -> tuple[Any, Meta | None]:
    if get_origin(wanted) is not Annotated:
        return wanted, None
    inner, *notes = get_args(wanted)
    return inner, next((note for note in notes if isinstance(note, Meta)), None)


def _itself(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield "", value


def _either(looks: list[Look]) -> Look:
    def look(value: Any) -> Iterator[tuple[str, str]]:
        for one in looks:
            yield from one(value)

    return look


def _each(inner: Look) -> Look:
    def look(values: Any) -> Iterator[tuple[str, str]]:
        if isinstance(values, list | tuple | set | frozenset):
            for at, value in enumerate(values):
                yield from ((f"/{at}{pointer}", words) for pointer, words in inner(value))

    return look


def _fields(wanted: type[Struct]) -> Look | None:
    hints = get_type_hints(wanted, include_extras=True)
    named = [(one.name, one.encode_name, _look(hints[one.name])) for one in msgspec.structs.fields(wanted)]
    looks = [
        (name, key, look)
        for name, key, look in named
        if look is not None and f"{wanted.__module__}.{wanted.__qualname__}.{key}" not in FIGURES
    ]

    def look(value: Any) -> Iterator[tuple[str, str]]:
        if isinstance(value, wanted):
            for name, key, one in looks:
                yield from ((f"/{key}{pointer}", words) for pointer, words in one(getattr(value, name)))

    return look if looks else None


# --- for the test that walks every shape -----------------------------------------------------------------------------

_CLOSED = frozenset({date, datetime, time, Decimal})
Sort = Literal["free", "shaped", "bytes", "id", "open"]


def texts_in(wanted: Any, path: str = "", seen: tuple[Any, ...] = ()) -> Iterator[tuple[str, Sort, Any]]:
    """(path, sort, type) of everything in such a value that could hold words: free or shaped texts, bytes, ids of rows,
    and structs that take fields nobody named."""
    bare, meta = _bare(wanted)
    if get_origin(bare) is Literal or bare in (int, bool, type(None)) or bare in seen:
        return
    if get_args(bare):
        for inner in get_args(bare):
            if inner is not Ellipsis:
                yield from texts_in(inner, path if _is_union(bare) else f"{path}[]", seen)
    elif isinstance(bare, type) and issubclass(bare, Struct):
        if not bare.__struct_config__.forbid_unknown_fields:
            yield path, "open", bare
        hints = get_type_hints(bare, include_extras=True)
        for one in msgspec.structs.fields(bare):
            yield from texts_in(hints[one.name], f"{path}.{one.encode_name}", (*seen, bare))
    elif bare is str:
        yield path, "free" if is_free(meta) else "shaped", wanted
    elif bare is bytes:
        yield path, "bytes", wanted
    elif bare not in _CLOSED:
        yield path, "id" if bare.__name__ == "UUID" else "open", wanted


def _is_union(bare: Any) -> bool:
    return get_origin(bare) in (Union, types.UnionType)
