"""What the secretary, the council and whoever signs do with the ideas of the demo."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.demo.residents import Resident
from backend.demo.sittings import CRITERIA, Planned, Sittings, decisions_of
from campaigns.initiative import adoption, council, intake, recognition, sheets
from campaigns.initiative.models import Assignment, Initiative
from campaigns.initiative.offices import Handler, Paper
from campaigns.models import Activity
from campaigns.registry import settings_of

STEPS = (("pilot", 8), ("evaluated", 25), ("replicated", 38))
"""A unit takes an idea up so many days after the decision."""


@dataclass
class Idea:
    """One of the stories with its people. `earlier`: hours of a day at which its people have time, in days."""

    row: dict[str, Any]
    id: uuid.UUID
    unit: uuid.UUID
    authors: list[Resident]
    earlier: float

    @property
    def outcome(self) -> dict[str, Any]:
        found: dict[str, Any] = self.row["outcome"]
        return found

    def invitation(self, number: int) -> uuid.UUID:
        return uuid.uuid5(self.id, f"author {number}")


@dataclass
class IdeaDesk:
    """The deeds at the console. `day`: days ago -> the date; `signers`: who signs for a scope."""

    session: Session
    activity: Activity
    by: Handler
    sittings: Sittings
    hamlets: dict[str, uuid.UUID]
    signers: dict[str, str]
    day: Callable[[float], date]

    def judged(self, one: Idea, ready: float) -> Iterator[Planned]:
        """Put on desks when the council is there, scored by each alone, decided at the meeting, and signed or not."""
        number = self.sittings.number_of(one.outcome)
        assigned = min(ready, self.sittings.convened(number) - 0.1)
        yield assigned, partial(self._assign, one, number)
        for order, told in enumerate(one.outcome["scores"]):
            yield assigned - 1 - 0.6 * order, partial(self._score, one, told)
        if one.outcome["state"] == "judging":
            return
        yield self.sittings.held(number) - 0.1, partial(self._decide, one, number)
        signed = decisions_of(one.outcome)
        for scope, decision in signed:
            told = (scope, Paper(decision["number"], self.day(decision["decided"]), self.signers[scope]))
            yield decision["decided"], partial(self._recognise, one, *told)
        if one.outcome["state"] == "not_recognised":
            yield one.outcome["decision"]["decided"], partial(self._refuse, one)
        for order, hamlet in enumerate(one.outcome.get("replicated_by", ())):
            for stage, after in STEPS:
                days = signed[0][1]["decided"] - after - order
                yield days, partial(self._take_up, one, hamlet, stage)

    def _held(self, one: Idea) -> Initiative:
        return intake.held(self.session, one.id)

    def receive(self, one: Idea) -> None:
        """What the secretary says of it."""
        state, why = one.outcome["state"], one.outcome.get("why", "")
        if state == "returned":
            intake.send_back(self.session, self._held(one), why, self.by)
        elif state == "invalid":
            intake.find_invalid(self.session, self._held(one), why, self.by)
        elif state == "small_noted":
            words = one.outcome["words"]
            intake.note_small(self.session, settings_of(self.activity), self._held(one), words, self.by)
        else:
            intake.find_valid(self.session, self.activity, self._held(one), "", self.by)

    def _assign(self, one: Idea, number: int) -> None:
        named = one.outcome.get("assigned") or [told["judge"] for told in one.outcome["scores"]]
        judges = [self.sittings.judges[judge] for judge in named]
        council.assign(self.session, self.sittings.of(number), self._held(one), judges, self.by)

    def _score(self, one: Idea, told: dict[str, Any]) -> None:
        judge = self.sittings.judges[told["judge"]]
        query = select(Assignment.id).where(Assignment.initiative_id == one.id, Assignment.person_id == judge)
        points = {code: Decimal(told[code]) for code in CRITERIA}
        desk = self.session.scalars(query).one()
        sheets.score(self.session, desk, judge, points, told["words"], hand_in=True)

    def _decide(self, one: Idea, number: int) -> None:
        words = one.outcome["why"] if one.outcome["state"] == "not_recommended" else ""
        council.decide(self.session, self.sittings.of(number), self._held(one), words, self.by)

    def _recognise(self, one: Idea, scope: str, paper: Paper) -> None:
        settings = settings_of(self.activity)
        recognition.recognise(self.session, self.activity, settings, self._held(one), scope, paper, self.by)

    def _refuse(self, one: Idea) -> None:
        recognition.refuse(self.session, self._held(one), one.outcome["why"], self.by)

    def _take_up(self, one: Idea, hamlet: str, stage: str) -> None:
        words = {"pilot": "", "evaluated": "Làm thử thấy hợp với xóm mình.", "replicated": ""}[stage]
        adoption.take_up(
            self.session, self.activity, self._held(one), self.hamlets[hamlet], stage, clock.today(), words,
            self.by,
        )  # fmt: skip
