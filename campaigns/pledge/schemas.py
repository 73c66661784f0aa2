"""The shapes of pledges: the settings, the bodies of the actions, the menu, and what a member sees."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from campaigns.pledge.models import MEASURE, WHAT, WORDS

Theme = Literal["digital_transformation", "science", "technology", "innovation", "other"]
Progress = Literal["doing", "done"]
Moment = Literal["midyear", "year_end"]
OutcomeWord = Literal["done", "partly", "not_done", "dropped"]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Text = Annotated[str, msgspec.Meta(max_length=WORDS)]
Day = Annotated[int, msgspec.Meta(ge=0, le=730)]
DIGITAL: Theme = "digital_transformation"


class PledgeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the organiser may choose; frozen at opening. Days are counted from the opening.

    `register_days`: until then registering is on time, later it is late, never refused. `rating`: a set of rating_rules.yaml.
    """

    digital_required: bool = True
    register_days: Day = 90
    midyear_day: Day = 165
    review_day: Day = 300
    most_items: Annotated[int, msgspec.Meta(ge=1, le=30)] = 10
    rating: Annotated[str, msgspec.Meta(max_length=40)] = "366-qd-tw-2025"
    open_to: tuple[Literal["party_cell"], ...] = ("party_cell",)


class ItemIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One deed promised. `menu`: the suggestion it was taken from. `gone`: taken out again."""

    id: uuid.UUID
    theme: Theme
    what: Annotated[str, msgspec.Meta(min_length=1, max_length=WHAT)]
    measure: Annotated[str, msgspec.Meta(max_length=MEASURE)] = ""
    due: date | None = None
    menu: Slug | None = None
    gone: bool = False


class ItemsIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The deeds that were written or changed. Of two phones the newer words about a deed hold; other deeds stay."""

    items: Annotated[list[ItemIn], msgspec.Meta(min_length=1, max_length=30)]


class SubmitIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hand the working copy to the cell, as a version of its own."""


class EvidenceIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What shows that a deed is under way or done. `receipt`: of a deed in the product (a paper, a visit)."""

    evidence: uuid.UUID
    item: uuid.UUID
    progress: Progress
    words: Text | None = None
    photos: Annotated[list[Digest], msgspec.Meta(max_length=5)] = []
    receipt: Annotated[str, msgspec.Meta(max_length=20)] | None = None
    gone: bool = False


class OutcomeIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    item: uuid.UUID
    outcome: OutcomeWord
    words: Text | None = None


class ReviewIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the member sees the own half year or year. `own_class`: only at the end of the year."""

    moment: Moment
    items: Annotated[list[OutcomeIn], msgspec.Meta(max_length=30)]
    words: Text | None = None
    own_class: Annotated[str, msgspec.Meta(max_length=30)] | None = None


class StandOut(msgspec.Struct, frozen=True):
    """Where the pledge stands after a deed; all of it is in the own state of the activity."""

    pledge: uuid.UUID
    state: str
    number: int
    late: bool


class ItemOut(msgspec.Struct, frozen=True):
    """`in_force`: it stands so in the version the cell confirmed."""

    id: uuid.UUID
    theme: str
    what: str
    measure: str
    due: str | None
    menu: str | None
    in_force: bool


class VersionOut(msgspec.Struct, frozen=True):
    """`items` as they were handed in; `words`: what the cell answered."""

    number: int
    state: str
    submitted_at: str
    decided_at: str | None
    words: str | None
    items: list[dict[str, Any]]


class EvidenceOut(msgspec.Struct, frozen=True):
    """`photos`: digest -> waiting | complete | refused; `papers`: those of them that are PDFs, as far as they are here."""

    id: uuid.UUID
    item: uuid.UUID
    progress: str
    words: str | None
    receipt: str | None
    at: str
    photos: dict[str, str]
    papers: list[str]


class ReviewOut(msgspec.Struct, frozen=True):
    """`outcomes`: item -> {outcome, words}. `cell_words`, `checked_on`: what the cell noted beside it."""

    moment: str
    outcomes: dict[str, Any]
    words: str | None
    own_class: str | None
    cell_words: str | None
    checked_on: str | None


class ClassOut(msgspec.Struct, frozen=True):
    """A class, as it was decided; `by` cell (proposed) or committee (decided)."""

    by: str
    chosen: str
    document_number: str | None
    document_date: str | None
    words: str | None


class ReadingOut(msgspec.Struct, frozen=True):
    """Somebody else opened the pledge: who, in which office, what and when."""

    name: str
    role: str
    unit: str
    part: str
    at: str


class PledgeOut(msgspec.Struct, frozen=True):
    """The own pledge. `unsent`: the working copy differs from what was handed in last."""

    id: uuid.UUID
    state: str
    number: int
    in_force: int | None
    late: bool
    unsent: bool
    items: list[ItemOut]
    versions: list[VersionOut]
    evidence: list[EvidenceOut]
    reviews: list[ReviewOut]
    classes: list[ClassOut]
    readings: list[ReadingOut]


class DatesOut(msgspec.Struct, frozen=True):
    register_until: str
    midyear_from: str
    review_from: str


class MineOut(msgspec.Struct, frozen=True):
    """`cell`: where the member belongs today. `exempt`: why no pledge is expected this year. `classes`: code -> title.

    `shared`: the cell decided that its members may read each other's deeds in force.
    """

    cell: str | None
    shared: bool
    exempt: str | None
    dates: DatesOut
    classes: dict[str, str]
    rating: str
    unconfirmed: bool
    pledge: PledgeOut | None
