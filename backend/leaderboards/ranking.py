"""Comparing results. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from backend import clock

FARTHEST = 10**12
"""The distance of somebody who made no guess: behind everybody who did."""


class Level(NamedTuple):
    """Where a result stands: compared key by key, lower is better. Equal levels are told apart by the operation."""

    first: int
    second: int
    third: int
    fourth: int


def level(
    result: dict[str, Any], handed_in: datetime, chain: Sequence[Sequence[str]], target: int | None
) -> Level:
    """A result such as {right: 17, elapsed_ms: 402118} under ((right, high), (elapsed_ms, low)) -> (-17, 402, 0, 0).

    While the target is not known, everybody is equally near to it.
    """
    values = [_value(result, handed_in, name, way, target) for name, way in chain] + [0] * 4
    return Level(*values[:4])


def _value(result: dict[str, Any], handed_in: datetime, name: str, way: str, target: int | None) -> int:
    if name == "handed_in":
        return clock.milliseconds(handed_in)
    if way == "near":
        return distance(result.get(name), target)
    value: int = result[name]
    # Milliseconds are ranked in whole seconds: below that, the network decides, not the person.
    whole = value // 1000 if name.endswith("_ms") else value
    return -whole if way == "high" else whole


def distance(guess: int | None, target: int | None) -> int:
    if target is None:
        return 0
    return FARTHEST if guess is None else abs(guess - target)


class Result(NamedTuple):
    """One result of a subject: its level, when it was handed in, the operation it came with, whether all was right."""

    level: Level
    handed_in: datetime
    operation: Any
    perfect: bool


def counting(results: Sequence[Result], counts: str) -> Result | None:
    """The one of a subject's results that counts: the first, the best or the last; of equal ones the earliest."""
    in_order = sorted(results, key=lambda result: (result.handed_in, str(result.operation)))
    if not in_order:
        return None
    if counts == "best":
        return min(in_order, key=lambda result: result.level)
    return in_order[0 if counts == "first" else -1]
