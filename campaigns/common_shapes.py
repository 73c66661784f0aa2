"""What travels between nodes about a contest of many communes. No field of any of these can hold a person.

Every text is a code of a known shape or one of a few words; the structure test pushes names, telephone numbers and
addresses through each of them (tests/federation/test_no_person.py).
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from backend.federation.shapes import Hash

SCHEMA_COUNTS, SCHEMA_ROWS, SCHEMA_TOTAL, SCHEMA_FINAL = (
    "contest-counts/1",
    "contest-rows/1",
    "contest-total/1",
    "contest-final/1",
)
NO_NUMBER = r"(?!.*[0-9][0-9-]{6,}[0-9])"
"""No run of eight digits, however parted: a telephone or identity number is no code."""
SLUG = rf"^{NO_NUMBER}[a-z0-9]+(-[a-z0-9]+)*\Z"
LONGEST = 50
"""The name of a series holds two of them."""
Slug = Annotated[str, Meta(pattern=SLUG, max_length=LONGEST)]
UnitCode = Annotated[str, Meta(pattern=r"^[0-9]{2,5}\Z")]
"""The official code of a province or a commune: who tells, never a hamlet, where a row would be a face."""
Sha256 = Hash
Counted = Annotated[int, Meta(ge=0, le=100_000_000)]
Numbered = Annotated[int, Meta(ge=1, le=1_000_000)]
Place = Annotated[int, Meta(ge=1, le=500_000)]


class ContestCounts(Struct, frozen=True, forbid_unknown_fields=True):
    """How a round went in one unit: the whole of it, replacing what was told before.

    `flag` 'S': fewer than five people took part, so nothing about them is told and the rules leave them out of the sum.
    """

    contest: Slug
    round: Slug
    rules: Sha256
    unit: UnitCode
    revision: Numbered
    people: Counted | None
    papers: Counted | None
    all_correct: Counted | None
    flag: Literal["", "S"]
    reason: Literal["first", "recounted"]


class FinalRow(Struct, frozen=True, forbid_unknown_fields=True):
    """One finalist: the row's number in the unit, what was reached, whole seconds, and how far the guess was."""

    number: Numbered
    right: Annotated[int, Meta(ge=0, le=100)]
    of: Annotated[int, Meta(ge=1, le=100)]
    seconds: Annotated[int, Meta(ge=0, le=14_400)]
    gap: Counted | None


class ContestRows(Struct, frozen=True, forbid_unknown_fields=True):
    """All rows of a unit's finalists who agreed; a row that is not here any more was taken back. `total`: the number of
    the count their guesses were compared with, 0 where the rules compare no guess."""

    contest: Slug
    round: Slug
    rules: Sha256
    unit: UnitCode
    revision: Numbered
    total: Annotated[int, Meta(ge=0, le=1_000_000)]
    rows: Annotated[list[FinalRow], Meta(max_length=50)]
    reason: Literal["first", "entered", "withdrawn", "recounted"]


class ContestTotal(Struct, frozen=True, forbid_unknown_fields=True):
    """How many people had everything right in all communes. `told` of `expected` communes are in it, `small` of those
    told had too few people to count. `missing`: those that did not tell in time."""

    contest: Slug
    round: Slug
    rules: Sha256
    number: Numbered
    all_correct: Counted
    people: Counted | None
    told: Counted
    expected: Counted
    small: Counted
    missing: Annotated[list[UnitCode], Meta(max_length=4000)]


class RankedRow(Struct, frozen=True, forbid_unknown_fields=True):
    """A row of the final list with its place; equal rows share one."""

    place: Place
    unit: UnitCode
    number: Numbered
    right: Annotated[int, Meta(ge=0, le=100)]
    of: Annotated[int, Meta(ge=1, le=100)]
    seconds: Annotated[int, Meta(ge=0, le=14_400)]
    gap: Counted | None


class ContestFinal(Struct, frozen=True, forbid_unknown_fields=True):
    """The final list as it was published above."""

    contest: Slug
    round: Slug
    rules: Sha256
    number: Numbered
    total: Annotated[int, Meta(ge=0, le=1_000_000)]
    rows: Annotated[list[RankedRow], Meta(max_length=200_000)]
