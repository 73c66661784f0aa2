"""The shapes of household visits: the settings, the bodies of the actions, and what a member of a team sees."""

import uuid
from datetime import date
from typing import Annotated, Literal

import msgspec

from campaigns.visit.models import LONGEST_NOTE

Note = Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE)]
Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
People = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
Stage = Literal["explained", "installed", "activated", "used_alone"]
Outcome = Literal["explained", "installed", "activated", "used_alone", "not_possible"]
Place = Literal["home", "workplace", "centre_desk", "hamlet_hall", "mobile_point"]
HouseholdKind = Literal["household", "household_business", "firm", "cooperative"]
STAGES: tuple[Stage, ...] = ("explained", "installed", "activated", "used_alone")
"""How far somebody got with a service, from hearing of it to using it without help."""


class WhyNot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reason why a service was not possible."""

    code: Code
    vi: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    en: Annotated[str, msgspec.Meta(max_length=120)] | None = None


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One service a team helps with. A code outside the standard catalogue counts as `other`.

    `stages`: how far it can go; advice on scams is explained and understood, not installed.
    """

    code: Code
    vi: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    en: Annotated[str, msgspec.Meta(max_length=120)] | None = None
    stages: tuple[Stage, ...] = STAGES


class VisitSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the organiser may choose; frozen at opening. No `services` or `reasons`: those of the standard catalogue."""

    services: Annotated[tuple[Service, ...], msgspec.Meta(max_length=40)] = ()
    reasons: Annotated[tuple[WhyNot, ...], msgspec.Meta(max_length=20)] = ()
    note_length: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_NOTE)] = LONGEST_NOTE
    photos: bool = True
    follow_up_days: Annotated[int, msgspec.Meta(ge=1, le=365)] = 14


class HouseholdIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A household met for the first time, under the id the phone gave it. No names, no numbers of identity papers."""

    household: uuid.UUID
    kind: HouseholdKind
    nickname: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    hamlet: uuid.UUID


class ServiceIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`reason`: why it was not possible."""

    service: Code
    outcome: Outcome
    reason: Reason | None = None


class LogIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A visit. `consent`: the version of the text `visit_record` the adult met heard and agreed to.

    `follow_up_of`: the visit that promised this one. `corrects`: an earlier visit of one's own this one replaces.
    `photos`: SHA-256 of the bytes, which come later. `no_further_visit` is for the own team alone.
    """

    household: uuid.UUID
    met: Literal["adult", "nobody", "declined"]
    consent: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | None = None
    place: Place = "home"
    services: Annotated[list[ServiceIn], msgspec.Meta(max_length=40)] = []
    device: Literal["own", "shared", "none"] | None = None
    follow_up_on: date | None = None
    follow_up_of: uuid.UUID | None = None
    no_further_visit: bool = False
    photos: Annotated[list[Digest], msgspec.Meta(max_length=5)] = []
    note: Note | None = None
    corrects: uuid.UUID | None = None


class GroupServiceIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many people of a session got that far with one service."""

    service: Code
    outcome: Outcome
    people: People


class SessionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Many people at once. `assisted`: whom somebody sat with; `declared`: a head count, never distinct people."""

    hamlet: uuid.UUID
    place: Place = "hamlet_hall"
    services: Annotated[list[GroupServiceIn], msgspec.Meta(max_length=80)] = []
    assisted: People = 0
    declared: People = 0
    note: Note | None = None
    corrects: uuid.UUID | None = None


class CheckInIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Being in a hamlet, proved by this week's code on its wall or simply chosen from the list. Never coordinates."""

    hamlet: uuid.UUID
    code: Annotated[str, msgspec.Meta(max_length=200)] | None = None


Language = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z_]{0,19}$")]
Languages = Annotated[
    dict[Language, Annotated[int, msgspec.Meta(ge=0, le=1000)]],
    msgspec.Meta(
        max_length=20,
        extra_json_schema={"propertyNames": {"type": "string", "pattern": "^[a-z][a-z_]{0,19}$"}},
    ),
]


class DayIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many visits of the own day were held in each language. Said again for the same day, the newest holds."""

    day: date
    languages: Languages


class HouseholdOut(msgspec.Struct, frozen=True):
    """The code the node gave, and whose the household is."""

    household: uuid.UUID
    code: str
    team: str
    hamlet: str


class VisitOut(msgspec.Struct, frozen=True):
    """Where a visit counts. `in_custody`: another team was responsible at that time, so it counts for that one.

    `stands`: nothing newer replaces it.
    """

    visit: uuid.UUID
    team: str
    hamlet: str
    day: str
    in_custody: bool
    stands: bool


class SessionOut(msgspec.Struct, frozen=True):
    session: uuid.UUID
    team: str
    hamlet: str
    day: str
    in_custody: bool
    stands: bool


class CheckInOut(msgspec.Struct, frozen=True):
    """`proved`: the code was one of this or the last week's of that hamlet."""

    team: str
    hamlet: str
    day: str
    how: Literal["qr", "list"]
    proved: bool


class DayOut(msgspec.Struct, frozen=True):
    team: str
    day: str


class TodayOut(msgspec.Struct, frozen=True):
    """The own day in figures: what stands."""

    visits: int
    households: int


class OwnVisitOut(msgspec.Struct, frozen=True):
    """One of the own visits, all of it as it was written down: whichever phone its writer has in hand can put it right.

    `reasons`: service -> why it was not possible, where a reason was given.
    """

    id: uuid.UUID
    household: uuid.UUID
    code: str
    nickname: str
    day: str
    place: str
    met: str
    services: dict[str, str]
    reasons: dict[str, str]
    device: str | None
    follow_up_on: str | None
    follow_up_of: uuid.UUID | None
    no_further_visit: bool
    photos: list[str]
    note: str | None
    stands: bool
    corrects: uuid.UUID | None


class MineOut(msgspec.Struct, frozen=True):
    """The last 14 days of a member. `team` null: in no team today. `waiting`: deeds kept until somebody looks at them."""

    team: str | None
    today: TodayOut
    waiting: int
    days: list[OwnVisitOut]
