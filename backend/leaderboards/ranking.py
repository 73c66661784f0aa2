"""Comparing results. Pure."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from backend.participation.measures import Ranking


class Level(NamedTuple):
    """Where a result stands: compared first by `first`, then by `second`; lower is better."""

    first: int
    second: int


def level(result: dict[str, Any], ranking: Ranking) -> Level:
    """A result such as {right: 17, elapsed_ms: 402118} under ((right, high), (elapsed_ms, low)) -> (-17, 402).

    Milliseconds are ranked in whole seconds: below that, the network decides, not the person.
    """
    values = [_value(result[name], name, direction) for name, direction in ranking.order] + [0, 0]
    return Level(values[0], values[1])


def _value(value: int, name: str, direction: str) -> int:
    whole = value // 1000 if name.endswith("_ms") else value
    return -whole if direction == "high" else whole


def best(results: Iterable[tuple[Level, Any]]) -> tuple[Level, Any] | None:
    """The lowest level; of equal ones the first given."""
    return min(results, key=lambda pair: pair[0], default=None)
