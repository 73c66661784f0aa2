"""The shapes of awards: the settings with their rules and prizes, what a phone sends, what a person sees of the own."""

import uuid
from typing import Annotated, Literal

import msgspec

Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$", max_length=40)]
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Achievement = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Line = Literal["state", "party", "front", "youth"]
Tier = Literal["organiser", "formal"]


class PrizeIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A prize, the best first. `amount` in đồng each; `most`: how many there are at the most."""

    code: Slug
    vi: Short
    en: Short
    most: Annotated[int, msgspec.Meta(ge=1, le=10_000)]
    amount: Annotated[int, msgspec.Meta(ge=0, le=10_000_000_000)] = 0
    per: Literal["person", "unit"] = "person"
    source: Annotated[str, msgspec.Meta(max_length=200)] = ""


class RuleIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a name is suggested; one of three ways.

    `measure` and `at_least` (with `take`: facts of a person, or facts, people or rate in per cent of a unit);
    `board` and `first`: the first n of a ranking; `unit_review`: the leaders of a movement's published review.
    `of`: the code of the activity it reads, in the same campaign. `achievement`: as it is printed. `once`: what counts as one
    achievement; the activity read unless it is named. `prizes`: codes, the best first.
    """

    code: Slug
    achievement: Achievement
    of: Slug
    who: Literal["person", "unit"] = "person"
    measure: Annotated[str, msgspec.Meta(max_length=60)] = ""
    take: Literal["facts", "people", "rate"] = "facts"
    at_least: Annotated[int, msgspec.Meta(ge=1, le=1_000_000_000)] = 1
    board: Annotated[str, msgspec.Meta(max_length=60)] = ""
    first: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    unit_review: Literal["", "leaders"] = ""
    tier: Tier = "formal"
    line: Line = "state"
    form: Slug = "giay-khen"
    prizes: Annotated[tuple[Slug, ...], msgspec.Meta(max_length=20)] = ()
    once: Annotated[str, msgspec.Meta(max_length=40)] = ""


class AwardSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the organiser may choose; frozen at opening. `one_prize`: a person gets one prize of each activity read, or one
    of all of them together. `appeal_days`: how long after an award was entered it may be appealed against.
    """

    rules: Annotated[tuple[RuleIn, ...], msgspec.Meta(max_length=40)] = ()
    prizes: Annotated[tuple[PrizeIn, ...], msgspec.Meta(max_length=40)] = ()
    one_prize: Literal["each", "all"] = "each"
    appeal_days: Annotated[int, msgspec.Meta(ge=1, le=730)] = 90


# --- what a phone sends ---------------------------------------------------------------------------------------------


class AppealIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`appeal` is the phone's id. With `entry` about an own award; without it about who is on the list."""

    appeal: uuid.UUID
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    entry: uuid.UUID | None = None


class AppealedOut(msgspec.Struct):
    appeal: uuid.UUID
    state: str


# --- what a person sees of the own ----------------------------------------------------------------------------------


class AwardOut(msgspec.Struct):
    """`state`: standing | revoked. `form` is a key of FORMS; `certificate`: the number that verifies it, once it is made."""

    entry: uuid.UUID
    activity: uuid.UUID
    name: str
    achievement: str
    form: str
    form_words: str
    tier: Tier
    line: Line
    state: Literal["standing", "revoked"]
    register: str
    decision: str | None
    day: str | None
    prize: str | None
    handed_over: str | None
    revoked_why: str | None
    certificate: str | None


class AppealOut(msgspec.Struct):
    appeal: uuid.UUID
    entry: uuid.UUID | None
    words: str
    state: Literal["open", "upheld", "refused"]
    answer: str | None
    at: str


class PublicPrizeOut(msgspec.Struct):
    """A published prize: how many were given of how many there are, the money and where it comes from; nobody's name."""

    words: str
    amount: int
    per: str
    most: int
    given: int
    handed_over: int
    source: str


class MineOut(msgspec.Struct):
    """`state`: none | awarded | appealed."""

    state: str
    awards: list[AwardOut]
    appeals: list[AppealOut]
    prizes: list[PublicPrizeOut]
    may_appeal: bool
