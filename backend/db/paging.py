"""Lists read a part at a time, each part going on where the last row of the one before stood: however long they get, a
part costs the same. Where to go on travels in an address, so it is checked like anything typed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, literal, tuple_

Row = TypeVar("Row")
BETWEEN = "~"


@dataclass(frozen=True)
class Part(Generic[Row]):
    """Some rows of a list. `after`: what the next part is asked with; None where these were the last. `total`: how many
    rows the whole list has, where somebody counted.
    """

    rows: Sequence[Row]
    after: str | None = None
    total: int | None = None


def part(
    rows: Sequence[Row], most: int, key: Callable[[Row], Sequence[Any]], total: int | None = None
) -> Part[Row]:
    """Of one row more than are shown, those that are; `key`: by what the list is sorted."""
    if len(rows) <= most:
        return Part(rows, None, total)
    return Part(rows[:most], BETWEEN.join(_told(value) for value in key(rows[most - 1])), total)


def _told(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def asked(text: str, *kinds: Callable[[str], Any]) -> tuple[Any, ...] | None:
    """Where to go on, as an address told it; what cannot be read begins the list anew."""
    words = text.split(BETWEEN)
    if len(words) != len(kinds) or "\x00" in text:
        return None
    try:
        return tuple(kind(word) for kind, word in zip(kinds, words, strict=True))
    except ValueError:
        return None


def moment(text: str) -> datetime:
    """A moment as an address tells it. Raises ValueError."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    try:
        return found.astimezone(UTC)
    except OverflowError:  # a day before the first year
        raise ValueError(text) from None


def beyond(
    columns: Sequence[Any], key: Sequence[Any] | None, *, down: bool = False
) -> list[ColumnElement[bool]]:
    """Only what comes after `key` in a list sorted by these columns (`down`: the greatest in front); everything where
    there is no key.
    """
    if key is None:
        return []
    there = tuple_(*(literal(value, column.type) for value, column in zip(key, columns, strict=True)))
    return [tuple_(*columns) < there if down else tuple_(*columns) > there]
