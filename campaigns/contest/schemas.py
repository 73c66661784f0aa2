"""The shapes of a contest: its settings, its actions' bodies, and what a person sees of the own papers."""

import uuid
from typing import Annotated, Literal

import msgspec

Choice = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Place = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,2}$")]
"""A question's place in the own paper, '1' to '100'."""
Whole = Annotated[int, msgspec.Meta(ge=0, le=86_400)]
Form = Literal["single", "several", "true_false", "ordering", "matching"]
Answers = Annotated[
    dict[Place, Choice],
    msgspec.Meta(
        max_length=100,
        extra_json_schema={"propertyNames": {"type": "string", "pattern": "^[1-9][0-9]{0,2}$"}},
    ),
]
MOST_GUESSED = 10_000_000

Key = Literal["right", "prediction", "elapsed", "handed_in"]
CHAIN: tuple[Key, ...] = ("right", "prediction", "elapsed", "handed_in")
"""Most right, then the nearest guess, then the faster, then whoever handed in earlier (domain D, chain a)."""


class Stratum(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many questions of these topics (none named: any) and this difficulty (null: any)."""

    count: Annotated[int, msgspec.Meta(ge=1, le=100)]
    topics: tuple[Annotated[str, msgspec.Meta(max_length=40)], ...] = ()
    difficulty: Annotated[int, msgspec.Meta(ge=1, le=3)] | None = None


class ContestSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the organiser may choose; frozen at opening. Times in seconds. No `strata`: drawn from the whole bank.

    `attempts_per_person` null: as many as one likes; `counting_attempt` says which of them counts. `open_to`: kinds of
    membership of which the person must hold one. `settle`: by itself when the last paper is in, or by hand, which
    leaves time to look at doubtful papers first. `predict_over`: 'common' compares guesses with the count of all communes
    of one contest, which only a pack from above may say (campaigns.common_terms). `bank`: 'dealt' gives each round of the campaign questions of its own,
    so that the answers shown after one round are no key to the next; 'whole' draws each round from everything.
    """

    questions_per_attempt: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    strata: tuple[Stratum, ...] = ()
    time_limit_s: Annotated[int, msgspec.Meta(ge=30, le=14_400)] = 1200
    grace_s: Whole = 120
    attempts_per_person: Annotated[int, msgspec.Meta(ge=1, le=50)] | None = 1
    counting_attempt: Literal["first", "best", "last"] = "best"
    age_floor: Annotated[int, msgspec.Meta(ge=0, le=100)] = 7
    open_to: tuple[
        Literal["lives_in", "works_at", "studies_at", "party_cell", "youth_branch", "body"], ...
    ] = ()
    pass_right: Whole = 12
    shuffle_questions: bool = True
    shuffle_options: bool = True
    show_result: Literal["at_submit", "after_settled"] = "at_submit"
    show_answers: Literal["after_settled", "never"] = "after_settled"
    prediction: bool = False
    predict_over: Literal["here", "common"] = "here"
    ranking: tuple[Key, ...] = CHAIN
    settle: Literal["auto", "by_hand"] = "auto"
    bank: Literal["dealt", "whole"] = "dealt"


class StartIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`take_over`: go on with the running paper on this phone, although another one holds it."""

    take_over: bool = False


class AnswerIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A few answers at a time: place in the paper -> choice."""

    attempt: uuid.UUID
    answers: Answers


class SubmitIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole paper. Questions left out were not answered. `prediction`: how many people will have all right."""

    attempt: uuid.UUID
    answers: Answers
    prediction: Annotated[int, msgspec.Meta(ge=0, le=MOST_GUESSED)] | None = None


class OptionOut(msgspec.Struct, frozen=True):
    code: str
    text: str


class QuestionOut(msgspec.Struct, frozen=True):
    """`id` is the place in this paper, so that papers lying side by side do not tell which question is which."""

    id: str
    number: int
    form: Form
    text: str
    picture: str | None
    picture_alt: str | None
    options: list[OptionOut]
    matches: list[OptionOut]


class ReviewOut(msgspec.Struct, frozen=True):
    """One question looked at afterwards: what was chosen, what is right and why."""

    text: str
    form: Form
    your: str | None
    key: str
    right: bool
    explanation: str
    source: str


class RankOut(msgspec.Struct, frozen=True):
    place: int
    of_people: int


class RemovalOut(msgspec.Struct, frozen=True):
    reason: str
    at: str


class ResultOut(msgspec.Struct, frozen=True):
    """`right` is null while the rules keep the result back. `elapsed_ms` is the server's own measure.

    `all_correct`, `gap` and `rank` are null until the results are settled. `recognised`: the paper that counts.
    """

    counted: bool
    reason: str | None
    removal: RemovalOut | None
    right: int | None
    of: int
    elapsed_ms: int
    submitted_at: str
    passed: bool | None
    prediction: int | None
    all_correct: int | None
    gap: int | None
    rank: RankOut | None
    recognised: bool
    review: list[ReviewOut] | None


class AttemptOut(msgspec.Struct, frozen=True):
    id: uuid.UUID
    number: int
    state: Literal["running", "submitted", "late", "expired", "removed"]
    started_at: str
    due_at: str
    grace_s: int
    server_ms: int
    held_here: bool
    held_since: str | None
    prediction_asked: bool
    questions: list[QuestionOut]
    answers: dict[str, str]
    result: ResultOut | None


class PaperOut(msgspec.Struct, frozen=True):
    attempt: AttemptOut


class EarlierOut(msgspec.Struct, frozen=True):
    """One of the person's papers, in short."""

    number: int
    state: str
    right: int | None
    submitted_at: str | None
    recognised: bool


class MineOut(msgspec.Struct, frozen=True):
    """`attempts_left` null: as many as one likes."""

    attempt: AttemptOut | None
    attempts_left: int | None
    attempts: list[EarlierOut]
    settled: bool
