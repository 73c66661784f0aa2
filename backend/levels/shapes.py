"""What units below told, as plain values that the rules of this room work with."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from backend.aggregates.sums import Additivity
from backend.calendars import Period

SMALL, WITH_ANOTHER, HELD, NOBODY_COUNTED, NOT_APPLICABLE = "S", "C", "H", "N", "X"
HIDDEN = frozenset({SMALL, WITH_ANOTHER})
"""A number is known below and was kept back. That is no zero, and it is not the same as a number nobody has."""
ACCEPTED, RETURNED = "accepted", "returned"


@dataclass(frozen=True)
class Element:
    """What is counted. `additivity`: sum | distinct | at_most (somebody may stand in two). `k`: the smallest group shown.

    `factor` and `decimals` make a rate out of its sides; a bare count has no factor. `population`: its whole is a headcount.
    """

    code: str
    title: Mapping[str, str]
    noun: str
    additivity: Additivity
    about_people: bool
    k: int
    factor: int | None = None
    decimals: int = 0
    population: str | None = None

    @property
    def is_percent(self) -> bool:
        return self.factor == 100


@dataclass(frozen=True)
class Figure:
    """One cell as it was told. `flag`: '' shown, S or C kept back, H held to the figure before, N nobody counted, X does
    not apply. `estimated`: shared out by the weights of a division, here and not below."""

    numerator: Decimal | None = None
    denominator: Decimal | None = None
    value: Decimal | None = None
    flag: str = ""
    estimated: bool = False

    @property
    def is_hidden(self) -> bool:
        return self.flag in HIDDEN

    @property
    def is_known(self) -> bool:
        return not self.is_hidden and self.value is not None


NOTHING = Figure(flag=NOBODY_COUNTED)
Cells = Mapping[str, Mapping[str, Figure]]
"""Unit code -> element code -> figure"""


@dataclass(frozen=True)
class ToldUnit:
    """A unit as the packet names it; `parent`: the code of what it stands under there."""

    code: str
    name: str
    level_word: str
    kind: str
    parent: str | None = None

    @property
    def heading(self) -> str:
        full = f"{self.level_word} {self.name}".strip()
        return full[:1].upper() + full[1:]


@dataclass(frozen=True)
class Told:
    """A revision as it came. `number`: which of all that were told of this sheet; `revision`: its own of the card there.
    `state`: of that card (open | self_scored | official | locked). `received_at`: timeliness is judged by it.

    `expected`, `reported`: how many of its own parts had to be counted and were. `points`, `out_of`, `grade`: of its card.
    """

    unit_code: str
    dataset: str
    line: str
    period: Period
    number: int
    revision: int
    digest: str
    state: str
    reason: str
    known_at: datetime
    received_at: datetime
    peer_id: uuid.UUID
    is_standing: bool = True
    expected: int | None = None
    reported: int | None = None
    points: Decimal | None = None
    out_of: Decimal | None = None
    grade: Mapping[str, str] | None = None
    approval: tuple[tuple[str, datetime], ...] = ()
    rules: str = ""
    template_sha: str = ""
    template_version: int = 0


@dataclass(frozen=True)
class Sheet:
    """All a revision says: the units in it, what is counted, and every cell."""

    told: Told
    units: tuple[ToldUnit, ...]
    elements: tuple[Element, ...]
    cells: Cells

    def below(self, code: str) -> list[ToldUnit]:
        return [unit for unit in self.units if unit.parent == code]


@dataclass(frozen=True)
class Step:
    """How much of a unit went into which other one, in thousandths of `basis`, from which day, by which document."""

    source: str
    target: str
    weight: int
    basis: str
    holds_from: date
    document: str
    issuer: str = ""


@dataclass(frozen=True)
class Bounds:
    """A sum of which not everything may be known. `most` None: no end is known. `why`: what keeps it from being exact
    (hidden, missing, not_counted, may_repeat, no_bound, estimated) and in how many units."""

    least: Decimal
    most: Decimal | None
    why: tuple[tuple[str, int], ...] = ()

    @property
    def is_exact(self) -> bool:
        return self.least == self.most

    @property
    def is_estimated(self) -> bool:
        return any(code == "estimated" for code, _ in self.why)
