"""The body of a packet of figures, `figures/1`: a whole scope, so that what is missing is never an old figure left standing.

No field can hold a person. Free words are the names of units, the noun that is counted and the reason of a restatement, which
is checked for numbers of phones, papers and mail before it leaves and when it arrives. Decimals are strings.
"""

import uuid
from typing import Annotated, Final, Literal

import msgspec

from backend.federation.shapes import Day, Hash, Moment

SCHEMA = "figures/1"
STREAM = "figures"

Line = Literal["state", "party", "front", "youth"]
State = Literal["open", "self_scored", "official", "locked"]
Flag = Literal["", "S", "C", "H", "N", "X"]
SHOWN: Final = ""
SMALL: Final = "S"
COMPLEMENT: Final = "C"
HELD: Final = "H"
NOBODY: Final = "N"
NOT_APPLICABLE: Final = "X"
"""'' shown · S hidden, a few · C hidden because of another · H the figure told before, a change of a few waits · N nobody
ever counted it · X cannot be said of this unit (it was divided and its people are not placed yet; or its own part is missing)."""
HIDDEN = frozenset({SMALL, COMPLEMENT})
WITHOUT_FIGURE = frozenset({SMALL, COMPLEMENT, NOBODY, NOT_APPLICABLE})

MOST_UNITS = 4_000
MOST_ELEMENTS = 200
MOST_DECLARED = 200
MOST_STEPS = 100

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Amount = Annotated[str, msgspec.Meta(pattern=r"^-?(0|[1-9][0-9]{0,12})([.][0-9]{0,9}[1-9])?\Z")]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000_000)]
"""Decimals bear no needless zero, counts fit any country: one way to write each."""


class ToldTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The scorecard's template the figures were counted by; `sha256` of its canonical bytes."""

    code: Code
    version: Count
    sha256: Hash


class ToldUnitBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"since": "from", "until": "to"}):  # fmt: skip
    """A unit of the scope as it is called on the period's last day. The first one is what the packet speaks for.

    `parent`: the official code above it. `since`, `until`: days it exists from and to (None: still there).
    """

    code: Code
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    level_word: Annotated[str, msgspec.Meta(max_length=40)]
    kind: Annotated[str, msgspec.Meta(min_length=1, max_length=30)]
    parent: Code | None
    since: Day
    until: Day | None = None


class Element(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One measured criterion. `noun`: what is counted, in Vietnamese ('' people or events). `k`: the smallest count shown.

    `additivity`, over nodes: sum (records, quantities), distinct (different ones, each of one node), at_most (different people, of
    whom some may be counted on another node as well: a sum over nodes is the most there can be). `apart`: of a sum, what was counted in the first unit itself and in none of the others; None where any of
    it is hidden or it is of another ground.
    """

    code: Code
    noun: Annotated[str, msgspec.Meta(max_length=60)]
    additivity: Literal["sum", "distinct", "at_most"]
    about_people: bool
    k: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    apart: Count | None = None


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    units: Annotated[tuple[ToldUnitBody, ...], msgspec.Meta(min_length=1, max_length=MOST_UNITS)]
    elements: Annotated[tuple[Element, ...], msgspec.Meta(min_length=1, max_length=MOST_ELEMENTS)]


class Cell(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """`[unit, element, numerator, denominator, value, flag]`; units outside, elements inside, both in the scope's order."""

    unit: int
    element: int
    numerator: Count | None
    denominator: Count | None
    value: Annotated[str, msgspec.Meta(max_length=24)] | None
    flag: Flag


class Completeness(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parts whose figures were expected, and those of which there are any. It says nothing of a single figure."""

    expected: Count
    reported: Count


class Points(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"rated": "class"}):
    """The sums of the unit's own card: of the criteria of this line only. `rated`: only where the card has no other line."""

    points: Amount
    out_of: Amount
    percent: Amount | None
    rated: Code | None
    is_complete: bool


class Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the unit said of itself for a criterion of this line."""

    code: Code
    value: Amount | None


class Approval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step of the card and when it was taken; never by whom. `accepted`: of figures made of what parts told, the day the
    level took the last of them."""

    step: Literal["accepted", "published", "self_scored", "official", "locked", "reopened"]
    at: Moment


class Figures(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything of one dataset, line and period for a unit and its parts.

    `revision`: that of the card, from 1. `reason`: needed from the second on. `known_at`, `at`: RFC 3339, UTC, milliseconds.
    `lineup`: SHA-256 of which units counted on which days.
    """

    dataset: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    line: Line
    template: ToldTemplate
    rules: Code
    calendar: Code
    period: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    revision: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    reason: Annotated[str, msgspec.Meta(max_length=500)]
    known_at: Moment
    state: State
    lineup: Hash
    scope: Scope
    cells: tuple[Cell, ...]
    completeness: Completeness
    points: Points | None = None
    declared: Annotated[tuple[Declared, ...], msgspec.Meta(max_length=MOST_DECLARED)] = ()
    approval: Annotated[tuple[Approval, ...], msgspec.Meta(max_length=MOST_STEPS)] = ()

    @property
    def top(self) -> ToldUnitBody:
        return self.scope.units[0]


def dataset_of(template: str) -> str:
    """'figures/xa-thang': also the stream's full name."""
    return f"{STREAM}/{template}"


SHEETS = uuid.UUID("6c1a7b0e-7f0b-5b1e-9d54-0b1d3c5f8e21")


def sheet_id(unit: str, dataset: str, line: str, calendar: str, period: str) -> uuid.UUID:
    """The same for the same five on every node, so that nobody has to ask for it before writing."""
    return uuid.uuid5(SHEETS, "\n".join((unit, dataset, line, calendar, period)))
