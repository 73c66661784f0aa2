"""The promise a kind of activity makes. Everybody else asks the kind; nobody writes `if kind == ...`."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

import msgspec
from sqlalchemy.orm import Session

from backend.errors import DomainError
from backend.participation.deeds import Answer, Deed, FactLine
from backend.participation.measures import Measure
from backend.people.sign_in import Participant
from campaigns.earned import Earned
from campaigns.models import Activity, Campaign


@dataclass(frozen=True)
class Placed:
    """A person's place on a board that is fixed. `place` is None where too few took part to show one.

    `target`: the number that guesses were compared with; `operation`: the deed whose result counts.
    """

    place: int | None
    of_people: int
    target: int | None
    operation: uuid.UUID


PlaceReader = Callable[[str], Placed | None]
"""A measure's code -> the person's place, or None before the board is fixed or where the person is not on it."""


@dataclass(frozen=True)
class Winner:
    """Somebody whose counting result has nothing wrong."""

    subject: uuid.UUID
    operation: uuid.UUID


@dataclass(frozen=True)
class Leader:
    """A unit that leads among units like it, as a published review says; equal values share a place.

    `criterion` and `title`: by what; `group`: beside which units, in words, by language; `value`: as it was published.
    `review` is the number of that review, `final` whether it is the last one.
    """

    unit: uuid.UUID
    place: int
    criterion: str
    title: Mapping[str, str]
    group: Mapping[str, str]
    value: str
    review: int
    final: bool


@dataclass(frozen=True)
class BoardRule:
    """How an activity ranks people by a measure: chain of [field, direction], and which of several results counts."""

    measure: str
    chain: list[list[str]]
    counts: str


@dataclass(frozen=True)
class Desk:
    """What a room has before it when a deed or a question about an activity arrives: plain, no web, no clock.

    `accepted_for`: the unit for which somebody responsible takes in a deed that had to wait.
    """

    session: Session
    campaign: Campaign
    activity: Activity
    settings: Any
    participant: Participant
    now: datetime
    language: str
    placed: PlaceReader
    accepted_for: uuid.UUID | None = None


@dataclass(frozen=True)
class Look:
    """What is known of an open activity without asking: its frozen rules never change."""

    activity: uuid.UUID
    campaign: uuid.UUID
    owner: uuid.UUID
    counts_by: str
    settings: Any
    language: Callable[[], str]
    now: datetime


@dataclass(frozen=True)
class Stroke:
    """A room's answer to a deed, and the values its own write needs."""

    answer: Answer
    values: dict[str, Any]


@dataclass(frozen=True)
class Express:
    """An action in two statements on PostgreSQL (campaigns.express). `do` does the same everywhere else.

    `thing(body)`: the id of the row the deed is about; `columns` and `join` read it (alias t; l is the person's subject
    link); `decide(look, deed, row)` answers, or None where it is not the plain case; `write` changes that row, once.
    """

    thing: Callable[[Any], uuid.UUID]
    columns: str
    join: str
    write: str
    decide: Callable[[Look, Deed, tuple[Any, ...]], Stroke | None]


@dataclass(frozen=True)
class Told:
    """What the phone is told of a deed; `units` are put in by name. `day`: what a unit that is no more was called then."""

    result: dict[str, Any]
    units: Mapping[str, uuid.UUID]
    day: date


@dataclass(frozen=True)
class Decided:
    """A room's answer to one deed of a run: what it counts, in which unit, and what is told."""

    outcome: Literal["counted", "noted"]
    lines: tuple[FactLine, ...]
    unit: uuid.UUID
    told: Told


@dataclass(frozen=True)
class Together:
    """Many deeds of an action in two exchanges with PostgreSQL (campaigns.together). `do_all` does the same everywhere else.

    `thing(body)`: the id of the row of `table` a deed is about, which is held; `read`: what the room must know, asked once
    it is held; `decide(look, deeds, rows)` answers all of them with the values its own write needs, or None where one is
    not the plain case; `write`: the room's parts of the one statement, which knows the deeds as d. `states`: those of the
    activity in which that holds. `recalled`, `recall` and `tell(row)`: what is told of a deed offered again (o).
    """

    table: str
    thing: Callable[[Any], uuid.UUID]
    read: str
    decide: Callable[
        [Look, Sequence[Deed], Sequence[tuple[Any, ...]]], tuple[Sequence[Decided], dict[str, Any]] | None
    ]
    write: str
    states: frozenset[str]
    recalled: str
    recall: str
    tell: Callable[[tuple[Any, ...]], Told | None]


@dataclass(frozen=True)
class Action:
    """One thing a person can do in an activity of this kind.

    `body` and `result` are typed shapes; API, sync and OpenAPI are made from them. `offline`: the phone may queue it.
    `begins`: asks for consent, age and a running campaign first, unless the person only `goes_on` with what runs already.
    `who` is the guard. `do_all` answers a run of deeds as
    one set where that is cheaper than one by one. `recall` gives the result again when the deed is offered again,
    `again` where only the deed itself tells what it was about, `recall_all` of many at once.
    `express`: the hot path of an action that thousands do in one minute; `together` that of many deeds at once.
    """

    name: str
    body: type[msgspec.Struct]
    do: Callable[[Desk, Deed], Answer]
    result: type[msgspec.Struct] | None = None
    offline: bool = True
    begins: bool = False
    goes_on: Callable[[Desk], bool] | None = None
    who: Literal["participant"] = "participant"
    recall: Callable[[Desk, uuid.UUID], dict[str, Any] | None] | None = None
    again: Callable[[Desk, Deed], dict[str, Any] | None] | None = None
    recall_all: Callable[[Desk, Sequence[uuid.UUID]], dict[uuid.UUID, dict[str, Any]]] | None = None
    do_all: Callable[[Desk, Sequence[Deed]], Sequence[Answer]] | None = None
    express: Express | None = None
    together: Together | None = None

    def answer(self, desk: Desk, deeds: Sequence[Deed]) -> Sequence[Answer]:
        """An answer per deed, in order."""
        return self.do_all(desk, deeds) if self.do_all else [self.do(desk, deed) for deed in deeds]


@dataclass(frozen=True)
class EntryRule:
    """What a person must have agreed to before the first deed. `minors`: guardian, class code and own assent."""

    consent: str
    minors: bool = True


@dataclass(frozen=True)
class Kind:
    """Everything others need to know about a kind of activity.

    `state(desk)` is one word for where the person stands ('none' before the first deed), `mine(desk)` all of it;
    `unpack(session, campaign, pack)` reads the kind's part of a pack into the campaign; `rules_in_words(settings)` are
    the sentences its settings mean, by language, `ranking_in_words` those about who stands before whom, `in_short(settings)` the few that a card shows.
    `check_opening(session, activity)` raises when it is not fit to open, `freeze` names what else is fixed then, `board`
    how it ranks; `turn(session, activity, now)` is called by the worker; `settle(session, activity, winners, now)` when
    results are fixed, `settles_itself` whether that waits for nobody; `awaits(session, activity)` what must come first from
    elsewhere, as the refusal that says so, and `target(session, activity)` the number guesses are compared with, if it came; `outcome(session, activity, settings)` are the kind's
    own parts of the published results; `earned(desk)` what a certificate may say.
    A kind without results to settle leaves those parts as they are here; `publishes`: its results are made public;
    `comes_after`: it may also be opened once the campaign is over, because it is about what was done in it.
    `leaders(session, activity)`: the units in front by what was published last, nobody else.
    `audience`: the kind of membership without which an activity is not shown on the phone.
    `erase(session, subject)` deletes what the room itself keeps of a person, `forget(session, activity)` what it keeps of
    everybody once the time they agreed to is over. `names_photos(session, digests)`: those of them that its records name.
    """

    name: str
    title: str
    settings: type[msgspec.Struct]
    actions: tuple[Action, ...]
    measures: tuple[Measure, ...]
    entry: EntryRule
    state: Callable[[Desk], str]
    mine: Callable[[Desk], dict[str, Any]]
    mine_shape: type[msgspec.Struct]
    unpack: Callable[[Session, Campaign, Any], None]
    rules_in_words: Callable[[Any], dict[str, list[str]]]
    ranking_in_words: Callable[[Any], dict[str, list[str]]]
    in_short: Callable[[Any], dict[str, Any]]
    erase: Callable[[Session, uuid.UUID], None]
    forget: Callable[[Session, uuid.UUID], None]
    held: Callable[[Session, uuid.UUID], list[dict[str, Any]]]
    seed: Callable[..., None]
    check_opening: Callable[[Session, Activity], None] = lambda _session, _activity: None
    freeze: Callable[[Session, Activity], dict[str, Any]] = lambda _session, _activity: {}
    board: Callable[[Any], BoardRule | None] = lambda _settings: None
    turn: Callable[[Session, Activity, datetime], None] = lambda _session, _activity, _now: None
    may_settle: Callable[[Session, Activity, datetime], bool] = lambda _session, _activity, _now: True
    settles_itself: Callable[[Activity], bool] = lambda _activity: True
    awaits: Callable[[Session, Activity], DomainError | None] = lambda _session, _activity: None
    target: Callable[[Session, Activity], int | None] = lambda _session, _activity: None
    settle: Callable[[Session, Activity, Sequence[Winner], datetime], None] = lambda *_: None
    outcome: Callable[[Session, Activity, Any], dict[str, Any]] = lambda *_: {}
    earned: Callable[[Desk], Earned | None] | None = None
    leaders: Callable[[Session, Activity], list[Leader]] = lambda _session, _activity: []
    publishes: bool = True
    comes_after: bool = False
    audience: str | None = None
    names_photos: Callable[[Session, Collection[str]], set[str]] = lambda _session, _digests: set()
    reasons: Mapping[str, str] = field(default_factory=dict)

    def action(self, name: str) -> Action | None:
        return next((action for action in self.actions if action.name == name), None)
