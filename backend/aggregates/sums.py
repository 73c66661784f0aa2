"""Sums over units of which some keep a figure hidden: exactly, or at least and at most, with the reasons. Pure.

The level above cannot add what it was not told. It says what is certain: a hidden count is not negative and not more than the
headcount; different people of several nodes may be the same people, so that their sum is only the most there can be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Additivity = Literal["sum", "distinct", "at_most"]
Reason = Literal["hidden", "missing", "not_counted", "may_repeat", "no_bound"]


@dataclass(frozen=True)
class Part:
    """One unit's cell as it was told. `flag`: as in the packet; 'missing' where no packet is there. `is_bound`: itself a sum over
    nodes that is only the most there can be."""

    unit: str
    numerator: int | None
    denominator: int | None = None
    flag: str = ""
    is_bound: bool = False


@dataclass(frozen=True)
class Sum:
    """`at_least` <= the true sum <= `at_most` (None: no bound known). `why`: reason -> how many parts."""

    at_least: int
    at_most: int | None
    why: tuple[tuple[Reason, int], ...] = ()

    @property
    def is_exact(self) -> bool:
        return self.at_least == self.at_most


def add(
    parts: Sequence[Part], additivity: Additivity, belongs_once: bool = True, about_people: bool = True
) -> Sum:
    """The sum of one element over units. `belongs_once`: a person is counted in one of them only, by the rules."""
    low, high = [], []
    for part in parts:
        least, most = _range(part, about_people)
        low.append(least)
        high.append(most)
    repeats = additivity != "sum" and not belongs_once
    at_least = max(low, default=0) if repeats else sum(low)
    at_most = None if None in high else sum(one for one in high if one is not None)
    return Sum(at_least, at_most, _why(parts, repeats, at_most))


def _range(part: Part, about_people: bool) -> tuple[int, int | None]:
    """A hidden count of people lies between nobody and everybody; of what is missing only a headcount bounds it."""
    if part.numerator is not None:
        return 0 if part.is_bound else part.numerator, part.numerator
    if part.flag == "N":
        return 0, 0
    return 0, part.denominator if about_people else None


def _why(parts: Sequence[Part], repeats: bool, at_most: int | None) -> tuple[tuple[Reason, int], ...]:
    open_parts = [part for part in parts if part.numerator is None]
    found: dict[Reason, int] = {
        "hidden": sum(part.flag in ("S", "C") for part in open_parts),
        "not_counted": sum(part.flag == "N" for part in open_parts),
        "missing": sum(part.flag not in ("S", "C", "N") for part in open_parts),
        "may_repeat": len(parts) if repeats and len(parts) > 1 else 0,
        "no_bound": 1 if at_most is None else 0,
    }
    return tuple((reason, number) for reason, number in found.items() if number)
