"""The shapes of a contest: its settings, its actions' bodies, and what a person sees of the own paper."""

import uuid
from typing import Annotated, Literal

import msgspec

Choice = Annotated[str, msgspec.Meta(min_length=1, max_length=8)]
Whole = Annotated[int, msgspec.Meta(ge=0, le=86_400)]


class ContestSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the organiser may choose; frozen at opening. Times in seconds."""

    questions_per_attempt: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    time_limit_s: Annotated[int, msgspec.Meta(ge=30, le=14_400)] = 1200
    grace_s: Whole = 120
    attempts_per_person: Annotated[int, msgspec.Meta(ge=1, le=50)] = 1
    age_floor: Annotated[int, msgspec.Meta(ge=0, le=100)] = 7
    pass_right: Whole = 12
    shuffle_questions: bool = True
    shuffle_options: bool = True
    show_result: Literal["at_submit", "after_close"] = "at_submit"
    show_answers: Literal["after_close", "never"] = "after_close"


class StartIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Starting needs nothing but the person."""


class AnswerIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    attempt: uuid.UUID
    question: uuid.UUID
    choice: Choice


class SubmitIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole paper: question -> chosen option. Questions left out were not answered."""

    attempt: uuid.UUID
    answers: Annotated[
        dict[uuid.UUID, Choice],
        msgspec.Meta(
            max_length=100, extra_json_schema={"propertyNames": {"type": "string", "format": "uuid"}}
        ),
    ]


class OptionOut(msgspec.Struct, frozen=True):
    code: str
    text: str


class QuestionOut(msgspec.Struct, frozen=True):
    id: uuid.UUID
    number: int
    text: str
    options: list[OptionOut]


class ReviewOut(msgspec.Struct, frozen=True):
    """One question looked at afterwards: what was chosen, what is right and why."""

    text: str
    your: str | None
    key: str
    explanation: str


class RankOut(msgspec.Struct, frozen=True):
    place: int
    of_people: int


class ResultOut(msgspec.Struct, frozen=True):
    """`right` is null while the rules keep the result back. `elapsed_ms` is the server's own measure."""

    counted: bool
    reason: str | None
    right: int | None
    of: int
    elapsed_ms: int
    submitted_at: str
    passed: bool | None
    rank: RankOut | None
    review: list[ReviewOut] | None


class AttemptOut(msgspec.Struct, frozen=True):
    id: uuid.UUID
    number: int
    state: Literal["running", "submitted", "late", "expired"]
    started_at: str
    due_at: str
    grace_s: int
    server_ms: int
    questions: list[QuestionOut]
    answers: dict[str, str]
    result: ResultOut | None


class PaperOut(msgspec.Struct, frozen=True):
    attempt: AttemptOut


class MineOut(msgspec.Struct, frozen=True):
    attempt: AttemptOut | None
    attempts_left: int
