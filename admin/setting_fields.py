"""A form made from the settings of a kind: what may be chosen is read from the settings' own type.

What a form of a few fields cannot hold (parts of a paper, the ranking chain) is left as the pack says.
"""

import math
import types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

MINUTES = "_limit_s"
LOOKS = ("number", "choice", "check", "several")
FROM_ABOVE = ("predict_over",)
"""Only a pack that comes from above may say it: it is no choice of a form."""


@dataclass(frozen=True)
class Field:
    """`look`: number, check, choice or several. `value` is what the form shows."""

    name: str
    look: str
    value: Any
    least: int | None = None
    most: int | None = None
    optional: bool = False
    choices: tuple[str, ...] = ()


def fields_of(kind: type[msgspec.Struct], settings: Mapping[str, Any]) -> list[Field]:
    """The fields a form can hold, with the values of these settings; those that look alike stand together."""
    plain = msgspec.to_builtins(msgspec.convert(dict(settings), kind))
    made = [field for name, wanted in _hints(kind) if (field := _field(name, wanted, plain[name]))]
    return sorted(made, key=lambda field: LOOKS.index(field.look))


def _hints(kind: type[msgspec.Struct]) -> list[tuple[str, Any]]:
    hints = get_type_hints(kind, include_extras=True)
    return [(one.name, hints[one.name]) for one in msgspec.structs.fields(kind)]


def _field(name: str, wanted: Any, value: Any) -> Field | None:
    if name in FROM_ABOVE:
        return None
    options = get_args(wanted) if get_origin(wanted) in (Union, types.UnionType) else (wanted,)
    optional = type(None) in options
    bare, bounds = _bare(next(option for option in options if option is not type(None)))
    if bare is bool:
        return Field(name, "check", value)
    if get_origin(bare) is Literal:
        return Field(name, "choice", value, choices=get_args(bare))
    if bare is int:
        per = 60 if name.endswith(MINUTES) else 1
        least, most = (
            (-(-(bounds.ge or 0) // per), bounds.le // per if bounds.le is not None else None)
            if bounds
            else (0, None)
        )
        return Field(
            name, "number", _number(value, per), int(least), int(most) if most is not None else None, optional
        )
    inner = get_args(bare)[0] if get_origin(bare) is tuple else None
    if name != "ranking" and get_origin(inner) is Literal:
        return Field(name, "several", tuple(value), choices=get_args(inner))
    return None


def _bare(wanted: Any) -> tuple[Any, Meta | None]:
    if get_origin(wanted) is Annotated:
        inner, *notes = get_args(wanted)
        return inner, next((note for note in notes if isinstance(note, Meta)), None)
    return wanted, None


def minutes(seconds: Any) -> Any:
    """90 -> 1.5, 1200 -> 20; what is no number stays as it was typed."""
    return _number(seconds, 60) if isinstance(seconds, int) else seconds


def _number(value: int | None, per: int) -> int | float | str:
    if value is None:
        return ""
    return value // per if value % per == 0 else value / per


def sent(fields: list[Field], form: Mapping[str, list[str]], prefix: str) -> dict[str, Any]:
    """What was typed, by field: numbers as numbers where they are some, otherwise the text itself."""
    return {one.name: _typed(one, form.get(f"{prefix}{one.name}", [])) for one in fields}


def _typed(one: Field, values: list[str]) -> Any:
    if one.look == "check":
        return bool(values)
    if one.look == "several":
        return list(values)
    text = (values[0] if values else "").strip()
    if one.look == "choice":
        return text
    if not text:
        return None if one.optional else ""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return text[:40]
    if not math.isfinite(number):
        return text[:40]
    whole = round(number * 60) if one.name.endswith(MINUTES) else number
    return int(whole) if float(whole).is_integer() and abs(whole) < 10**9 else text[:40]
