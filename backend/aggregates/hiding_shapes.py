"""What is laid before the rule of small numbers, and what it answers. Plain values, fit to be kept as JSON. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import msgspec

from backend.tallies.disclosure import K

Flag = Literal["", "S", "C", "H", "N", "X"]
SHOWN: Flag = ""
SMALL: Flag = "S"
COMPLEMENT: Flag = "C"
HELD: Flag = "H"
NOBODY: Flag = "N"
HIDDEN = frozenset({SMALL, COMPLEMENT})


@dataclass(frozen=True)
class Sides:
    """What was really counted of one element in one unit. `numerator` None: nobody counts it here (`flag` N or X), or it was
    hidden by whoever told it to us (`flag` S or C). `denominator`: a headcount, which is public, or a count."""

    numerator: int | None
    denominator: int | None = None
    flag: Flag = SHOWN


@dataclass(frozen=True)
class Counted:
    """An element as far as hiding goes.

    `counts`: what the numerator counts, by a name that is the same in every dataset, line and period ('contest.entrants
    people'), so that two elements and two lines that show the same count hide the same. `out_of`: the same of a denominator
    that is a count of people; None for a headcount or where there is none. `additivity`: how the numerator adds up over
    periods. `belongs_once`: over units it adds up even when distinct, because a person belongs to one unit of a period.
    `whole`, `margin`: this element is one part of that element by that margin ('sex', 'age'); the parts add up to it.
    """

    code: str
    counts: str
    about_people: bool
    additivity: Literal["sum", "distinct", "last"] = "sum"
    out_of: str | None = None
    k: int = K
    belongs_once: bool = True
    whole: str | None = None
    margin: str | None = None


@dataclass(frozen=True)
class Laid:
    """Everything about one unit, its parts and a period that is about to be told. `units`: the whole first, then its parts in
    a fixed order no figure moves (smallest headcount first is best: neighbours hide together).

    `parts_of`: a unit -> the units whose ground it is made of, for every unit of this or an earlier table that came of
    others (a merge), or that was divided; wholes that went into one another as well. `gone`: of those the first day on which
    they were there no more. `rest` is not given: it is what the whole has beyond its parts.
    """

    calendar: str
    period: str
    first: date
    last: date
    units: tuple[str, ...]
    elements: tuple[Counted, ...]
    cells: Mapping[str, Mapping[str, Sides]]
    """unit -> element -> what was counted; full: every unit, every element"""
    parts_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gone: Mapping[str, date] = field(default_factory=dict)

    @property
    def top(self) -> str:
        return self.units[0]


@dataclass(frozen=True)
class Sent:
    """What goes into a cell of the packet. No value is divided out where a side is None."""

    numerator: int | None
    denominator: int | None
    flag: Flag


@dataclass(frozen=True)
class Note:
    """For the people of this node: how many cells of an element got which flag."""

    element: str
    flag: Flag
    cells: int


@dataclass(frozen=True)
class Protected:
    cells: Mapping[str, Mapping[str, Sent]]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Told:
    """A table with what was told of it. It holds the true counts: it never leaves the node."""

    laid: Laid
    sent: Protected


def kept(told: Told) -> dict[str, Any]:
    """As plain JSON, to be stored beside the packet."""
    found: dict[str, Any] = msgspec.to_builtins(told)
    return found


def told_again(found: Mapping[str, Any]) -> Told:
    return msgspec.convert(found, Told)
