"""The shapes of movements: the settings with their criteria, the bodies of the actions, and what a phone is told."""

import uuid
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from campaigns.movement.models import NAME, WORDS

Tag = Literal["patriotic", "new_rural", "startup", "innovation", "digital"]
Source = Literal["measured", "declared", "self"]
Sort = Literal["firm", "household_business", "cooperative"]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Told = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Amount = Annotated[float, msgspec.Meta(ge=0, le=10_000_000)]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What entrants are looked at by. Its `source` alone says whether it is met.

    `measured`: the ledger, by `measure` and `take` (`rate`: people in a hundred of the headcount). `declared`: a figure
    with the number of a paper. `self`: the entrant says yes or no. `target`: the level proposed to all; `least`: the
    lowest anybody may set itself. `how_*`: what shows it. `compared`: units like each other are set side by side by it.
    """

    code: Slug
    vi: Told
    en: Told
    whom: Literal["unit", "firm"] = "unit"
    source: Source = "self"
    measure: Annotated[str, msgspec.Meta(max_length=60)] | None = None
    take: Literal["people", "facts", "quantity", "rate"] = "people"
    target: Amount | None = None
    least: Amount | None = None
    counted_vi: Annotated[str, msgspec.Meta(max_length=40, min_length=0)] = ""
    counted_en: Annotated[str, msgspec.Meta(max_length=40, min_length=0)] = ""
    how_vi: Annotated[str, msgspec.Meta(max_length=300, min_length=0)] = ""
    how_en: Annotated[str, msgspec.Meta(max_length=300, min_length=0)] = ""
    compared: bool = False


class MovementSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the organiser may choose; frozen at opening. `tags`: the themes it belongs to. `age_floor`: of whoever enrols a firm."""

    tags: tuple[Tag, ...] = ("patriotic",)
    criteria: tuple[Criterion, ...] = ()
    units: bool = True
    firms: bool = True
    unit_kinds: tuple[Literal["hamlet", "agency", "school", "association", "commune"], ...] = (
        "hamlet",
        "agency",
        "school",
    )
    age_floor: Annotated[int, msgspec.Meta(ge=16, le=100)] = 18

    def of(self, whom: str) -> list[Criterion]:
        """The criteria of units or of firms, in the order they were written."""
        return [one for one in self.criteria if one.whom == whom]


# --- what a phone sends -------------------------------------------------------------------------------------------


class PromiseIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the entrant sets itself by a criterion."""

    criterion: Slug
    target: Amount | None = None
    words: Annotated[str, msgspec.Meta(max_length=300)] = ""


class EnrolIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A firm, household business or cooperative enters. `enrolment` is the phone's id."""

    enrolment: uuid.UUID
    sort: Sort
    name: Annotated[str, msgspec.Meta(min_length=2, max_length=NAME)]
    hamlet: uuid.UUID
    promises: Annotated[list[PromiseIn], msgspec.Meta(max_length=40)] = []


class PromisesIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Other promises, as the next version."""

    enrolment: uuid.UUID
    promises: Annotated[list[PromiseIn], msgspec.Meta(min_length=1, max_length=40)]


class MarkIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the entrant sees itself by a criterion. `photos`: by the SHA-256 of their bytes."""

    criterion: Slug
    met: bool | None = None
    value: Amount | None = None
    words: Annotated[str, msgspec.Meta(max_length=WORDS)] = ""
    photos: Annotated[list[Digest], msgspec.Meta(max_length=5)] = []


class AssessIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A firm looks at itself. Of two phones' words about one criterion the later hold."""

    enrolment: uuid.UUID
    marks: Annotated[list[MarkIn], msgspec.Meta(min_length=1, max_length=40)]


class WithdrawIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    enrolment: uuid.UUID


# --- what a phone is told -----------------------------------------------------------------------------------------


class StandOut(msgspec.Struct, frozen=True):
    """Where the entrant stands after a deed."""

    enrolment: uuid.UUID
    state: str
    promise_version: int


class CriterionOut(msgspec.Struct, frozen=True):
    code: str
    title: str
    how: str
    whom: str
    source: str
    counted: str
    target: float | None
    least: float | None


class DocumentOut(msgspec.Struct, frozen=True):
    body: str
    line: str
    number: str
    day: str
    title: str


class MarkOut(msgspec.Struct, frozen=True):
    criterion: str
    source: str
    value: float | None
    met: bool | None
    why_missing: str | None
    words: str
    photos: dict[str, str]


class EntrantOut(msgspec.Struct, frozen=True):
    """The own firm, or the unit the person belongs to. `frozen`: what was promised does not change any more."""

    id: uuid.UUID
    name: str
    sort: str
    hamlet: str
    state: str
    words: str | None
    frozen: bool
    promise_version: int
    promises: dict[str, Any]
    marks: list[MarkOut]


class HamletOut(msgspec.Struct, frozen=True):
    id: uuid.UUID
    name: str


class ReviewOut(msgspec.Struct, frozen=True):
    """A published review; `page`: where it can be read as it was signed."""

    number: int
    kind: str
    until: str
    page: str


class MineOut(msgspec.Struct, frozen=True):
    """`units`: those the person belongs to that are enrolled; `firms`: those the person enrolled. `hamlets_cut`: only those
    of the own commune are there."""

    tags: list[str]
    documents: list[DocumentOut]
    criteria: list[CriterionOut]
    takes_firms: bool
    over: bool
    home: uuid.UUID | None
    hamlets: list[HamletOut]
    hamlets_cut: bool
    units: list[EntrantOut]
    firms: list[EntrantOut]
    reviews: list[ReviewOut]


def decimal_of(amount: float | None) -> Decimal | None:
    """A typed number as it is kept, to two places."""
    return None if amount is None else Decimal(str(amount)).quantize(Decimal("0.01"))
