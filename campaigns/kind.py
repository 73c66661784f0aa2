"""The promise a kind of activity makes. Everybody else asks the kind; nobody writes `if kind == ...`."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
from sqlalchemy.orm import Session

from backend.participation.deeds import Answer, Deed
from backend.participation.measures import Measure
from backend.people.sign_in import Participant
from campaigns.models import Activity, Campaign

RankReader = Callable[[str], tuple[int, int] | None]
"""A measure's code -> (place, of how many people), or None where it is not counted yet or too few took part."""


@dataclass(frozen=True)
class Desk:
    """What a room has before it when a deed or a question about an activity arrives: plain, no web, no clock."""

    session: Session
    campaign: Campaign
    activity: Activity
    settings: Any
    participant: Participant
    now: datetime
    language: str
    rank: RankReader


@dataclass(frozen=True)
class Action:
    """One thing a person can do in an activity of this kind.

    `body` and `result` are typed shapes; API, sync and OpenAPI are made from them. `offline`: the phone may queue it.
    `begins`: asks for consent and age first. `who` is the guard. `do_all` answers a run of deeds as one set where that
    is cheaper than one by one. `recall` gives the result again when the deed is offered a second time.
    """

    name: str
    body: type[msgspec.Struct]
    do: Callable[[Desk, Deed], Answer]
    result: type[msgspec.Struct] | None = None
    offline: bool = True
    begins: bool = False
    who: Literal["participant"] = "participant"
    recall: Callable[[Desk, uuid.UUID], dict[str, Any] | None] | None = None
    do_all: Callable[[Desk, Sequence[Deed]], Sequence[Answer]] | None = None

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

    `state(desk)` is one word for where the person stands ('none' before the first deed), `mine(desk)` all of it; `unpack(session, activity, spec, folder)` reads the kind's part of a pack;
    `check_opening(session, activity)` raises when it is not fit to open; `turn(session, activity, now)` is called by
    the worker; `erase(session, subject)` deletes what the room itself keeps of a person, `forget(session, activity)` what
    it keeps of everybody once the time they agreed to is over.
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
    unpack: Callable[[Session, Activity, dict[str, Any], Path], None]
    check_opening: Callable[[Session, Activity], None]
    turn: Callable[[Session, Activity, datetime], None]
    may_settle: Callable[[Session, Activity, datetime], bool]
    erase: Callable[[Session, uuid.UUID], None]
    forget: Callable[[Session, uuid.UUID], None]
    held: Callable[[Session, uuid.UUID], list[dict[str, Any]]]
    seed: Callable[..., None]
    reasons: Mapping[str, str] = field(default_factory=dict)

    def action(self, name: str) -> Action | None:
        return next((action for action in self.actions if action.name == name), None)
