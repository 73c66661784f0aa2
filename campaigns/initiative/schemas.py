"""The shapes of initiatives: the settings with their rubric, the bodies of the actions, what an author sees."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from campaigns.initiative.models import REMARK, TEXT, TITLE

Track = Literal["small", "formal"]
Scope = Literal["grassroots", "province", "national"]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$", max_length=40)]
Long = Annotated[str, msgspec.Meta(max_length=TEXT)]
Remark = Annotated[str, msgspec.Meta(max_length=REMARK)]
Short = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Points = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Share = Annotated[int, msgspec.Meta(ge=0, le=100)]


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is judged: points up to `max`, times `weight`; below `pass` on the mean it is not recommended."""

    code: Slug
    vi: Short
    en: Short
    max: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    weight: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    pass_: Points = msgspec.field(name="pass", default=0)


PRESET = (
    Criterion("novelty", "Tính mới", "Novelty", 30, 1, 15),
    Criterion("applicability", "Khả năng áp dụng", "Applicability", 30, 1, 15),
    Criterion("effect", "Hiệu quả", "Effect", 40, 1, 20),
)


class InitiativeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the organiser may choose; frozen at opening.

    `small_track`: small ideas are taken too. `publish_after_days`: from the decision to the gallery. `same_scope_once`:
    what was recognised in a scope, or is much like it, is not recognised there again without saying how it differs.
    `judges`: sheets an initiative needs, `quorum`: members who must be at the meeting.
    """

    small_track: bool = True
    most_authors: Annotated[int, msgspec.Meta(ge=1, le=20)] = 5
    publish_after_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 7
    same_scope_once: bool = True
    discussion: bool = True
    rubric: Annotated[tuple[Criterion, ...], msgspec.Meta(min_length=1, max_length=12)] = PRESET
    recommend_from: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 60
    judges: Annotated[int, msgspec.Meta(ge=1, le=20)] = 3
    quorum: Annotated[int, msgspec.Meta(ge=1, le=50)] = 3


# --- what a phone sends -------------------------------------------------------------------------------------------


class AuthorIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A co-author. `id` is shown to that person, who says yes or no with it on the own phone."""

    id: uuid.UUID
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    share: Share


class EffectIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An effect as a figure. `verified`: somebody checked it."""

    what: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    amount: float
    unit: Annotated[str, msgspec.Meta(max_length=40)] = ""
    verified: bool = False


class FileIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    digest: Digest
    name: Annotated[str, msgspec.Meta(max_length=120)] = ""


class WriteIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole text. Of two phones the newer words hold. `share`: the writer's own; `unit`: one the writer belongs to."""

    initiative: uuid.UUID
    track: Track
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=TITLE)]
    problem: Long = ""
    solution: Long = ""
    applied_where: Annotated[str, msgspec.Meta(max_length=300)] = ""
    applied_from: date | None = None
    effect: Long = ""
    effects: Annotated[list[EffectIn], msgspec.Meta(max_length=10)] = []
    unit: uuid.UUID | None = None
    challenge: uuid.UUID | None = None
    share: Share = 100
    others: Annotated[list[AuthorIn], msgspec.Meta(max_length=20)] = []
    files: Annotated[list[FileIn], msgspec.Meta(max_length=10)] = []


class RegisterIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    initiative: uuid.UUID


class WithdrawIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    initiative: uuid.UUID
    words: Annotated[str, msgspec.Meta(max_length=300)] = ""


class SelfIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A co-author for himself: yes, or steps out. `kin`: members of the council who are family."""

    author: uuid.UUID
    agrees: bool
    kin: Annotated[list[uuid.UUID], msgspec.Meta(max_length=20)] = []


class EndorseIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    initiative: uuid.UUID
    yes: bool


class CommentIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`gone`: the writer takes it back."""

    comment: uuid.UUID
    initiative: uuid.UUID
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=REMARK)]
    gone: bool = False


class ReportIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    comment: uuid.UUID


# --- what a phone is told -----------------------------------------------------------------------------------------


class StandOut(msgspec.Struct, frozen=True):
    """Where the initiative stands after a deed."""

    initiative: uuid.UUID
    state: str
    code: str | None
    revision: int


class DoneOut(msgspec.Struct, frozen=True):
    """The thing the deed was about."""

    id: uuid.UUID


class AuthorOut(msgspec.Struct, frozen=True):
    """`share`: what counts now, after others stepped out; `written`: as it was agreed."""

    id: uuid.UUID
    name: str
    me: bool
    share: int
    written: int
    agreed: bool
    withdrawn: bool


class StageOut(msgspec.Struct, frozen=True):
    state: str
    on: str
    words: str | None


class RecognitionOut(msgspec.Struct, frozen=True):
    scope: str
    unit: str
    document_number: str
    document_date: str
    signer: str
    revoked: str | None


class AdoptionOut(msgspec.Struct, frozen=True):
    unit: str
    stage: str
    since: str
    words: str | None


class InitiativeOut(msgspec.Struct, frozen=True):
    """An own initiative whole. `mine`: this person writes it; others are co-authors. `files`: digest -> waiting | complete | refused."""

    id: uuid.UUID
    mine: bool
    code: str | None
    track: str
    state: str
    revision: int
    title: str
    problem: str
    solution: str
    applied_where: str
    applied_from: str | None
    effect: str
    effects: list[Any]
    unit: uuid.UUID | None
    unit_name: str | None
    challenge: uuid.UUID | None
    authors: list[AuthorOut]
    stages: list[StageOut]
    files: dict[str, str]
    recognitions: list[RecognitionOut]
    adoptions: list[AdoptionOut]
    public_from: str | None


class ChallengeOut(msgspec.Struct, frozen=True):
    id: uuid.UUID
    title: str
    problem: str
    ordered_by: str
    unit: str
    closes_on: str


class PlaceOut(msgspec.Struct, frozen=True):
    """A unit the person may name."""

    id: uuid.UUID
    name: str


class JudgeOut(msgspec.Struct, frozen=True):
    """A member of a council, by the public decision, so that an author can say who is family."""

    id: uuid.UUID
    name: str


class MineOut(msgspec.Struct, frozen=True):
    small_track: bool
    most_authors: int
    discussion: bool
    places: list[PlaceOut]
    challenges: list[ChallengeOut]
    judges: list[JudgeOut]
    initiatives: list[InitiativeOut]


class CardOut(msgspec.Struct, frozen=True):
    """An initiative in the gallery. `authors`: names of those who agreed to be named, 'Một tác giả' for the others."""

    id: uuid.UUID
    code: str | None
    track: str
    title: str
    unit: str | None
    authors: list[str]
    scopes: list[str]
    endorsements: int
    units_endorsing: int
    replicated: int


class CommentOut(msgspec.Struct, frozen=True):
    """`mine`: written by whoever reads, who is told why it was taken down. Nobody is named."""

    id: uuid.UUID
    words: str | None
    at: str
    mine: bool
    hidden: bool
    why: str | None = None


class PublishedOut(msgspec.Struct, frozen=True):
    card: CardOut
    problem: str
    solution: str
    applied_where: str
    applied_from: str | None
    effect: str
    effects: list[Any]
    recognitions: list[RecognitionOut]
    adoptions: list[AdoptionOut]
    comments: list[CommentOut]
    endorsed: bool


class AlikeOut(msgspec.Struct, frozen=True):
    """`score`: how much of the shorter text is found in the other, in a hundred."""

    id: uuid.UUID
    code: str | None
    title: str
    state: str
    score: int
