"""The movement of the demo: launched by three bodies, eighteen hamlets and nine firms in it, an interim review, two models."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.clock import VIETNAM
from backend.demo.data import invented
from backend.demo.history import Crew, count_all
from backend.demo.launching import launched
from backend.demo.papers import Phones
from backend.demo.places import Planted
from backend.demo.residents import Resident
from backend.people import consents
from backend.people.rules import may_be_named
from backend.safeguards.audit import Actor
from backend.safeguards.signing import Signer
from backend.units.models import Unit, UnitLink
from campaigns.models import Activity
from campaigns.movement import declaring, enrolment, exemplary, launching, reviews
from campaigns.movement.criteria import Say
from campaigns.movement.models import Enrolment
from campaigns.movement.schemas import Criterion, MovementSettings, PromiseIn
from campaigns.registry import measure_book, settings_of

STORY: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
PACK = "xom-dien-hinh"
CONSENT = "movement_record"
SINCE_DAYS, LASTS_DAYS = 50, 314
REVIEWED = 5
"""Days ago: the interim review."""


@dataclass
class MovementYear:
    """`staff`: who signs in by which name."""

    session: Session
    planted: Planted
    crew: Crew
    staff: dict[str, uuid.UUID]
    phones: Phones
    signer: Signer
    chance: random.Random
    now: datetime

    def live(self, people: Sequence[Resident]) -> None:
        activity = self._launched()
        settings: MovementSettings = settings_of(activity)
        rows = [
            self._enrolled(activity, settings, number, unit)
            for number, unit in enumerate(self.planted.hamlets.values())
        ]
        self._firms(activity, people, settings)
        with clock.stopped_at(self._ago(REVIEWED + 2)):
            for row in rows:
                declaring.declare(
                    self.session, activity, settings, row, self._said(settings), self._by("thidua")
                )
        self._review(activity, settings)
        for told in STORY["models"]:
            self._model(told)
        count_all(self.session)

    def _by(self, username: str) -> Actor:
        return Actor("staff", self.staff[username])

    def _ago(self, days: float, hour: int = 8) -> datetime:
        day = clock.local_day(self.now) - timedelta(days=int(days))
        return datetime.combine(day, time(hour), VIETNAM)

    # --- begun ----------------------------------------------------------------------------------------------------

    def _launched(self) -> Activity:
        opens = self._ago(SINCE_DAYS, 7)
        activity = launched(
            self.session, self.crew, PACK, self.planted.commune, STORY["document"], opens,
            opens + timedelta(days=LASTS_DAYS),
        )  # fmt: skip
        bodies = {"front": self._front(), "youth": self.planted.branches[""]}
        with clock.stopped_at(opens + timedelta(hours=3)):
            for line, unit in bodies.items():
                told = STORY["joined"][line]
                paper = launching.Paper(
                    told["number"], clock.today(), told["title"], told["signer"], told["signer_title"]
                )
                launching.launch(self.session, activity, unit, line, paper, self._by("thidua"))
        return activity

    def _front(self) -> uuid.UUID:
        """The Front's committee: the first of the bodies of its tree."""
        below = select(UnitLink.unit_id).where(UnitLink.tree == "front", UnitLink.valid_to.is_(None))
        query = select(Unit.id).where(Unit.id.in_(below), Unit.kind == "association").order_by(Unit.code)
        return self.session.scalars(query.limit(1)).one()

    def _enrolled(
        self, activity: Activity, settings: MovementSettings, number: int, unit: uuid.UUID
    ) -> Enrolment:
        """Each on a day of its own, with what its meeting agreed on; confirmed the day after."""
        begun = self._ago(SINCE_DAYS - 2 - number % 9, 15)
        with clock.stopped_at(begun):
            goals = [self._promise(one) for one in settings.of("unit") if one.target is not None]
            row = enrolment.enrol(self.session, activity, settings, unit, goals, self._by("thidua"))
        with clock.stopped_at(begun + timedelta(days=1)):
            enrolment.confirm(self.session, activity, row, self._by("thidua"))
        return row

    def _promise(self, one: Criterion) -> PromiseIn:
        """Near the level proposed, never under the least."""
        goal = round((one.target or 0) * self.chance.choice((0.8, 0.9, 1, 1, 1.1)))
        return PromiseIn(one.code, float(max(goal, one.least or 0)))

    def _said(self, settings: MovementSettings) -> list[Say]:
        """What the hamlets say of themselves; a few leave something open."""
        found = []
        for one in settings.of("unit"):
            if one.source == "declared" and self.chance.random() < 0.85:
                value = Decimal(round((one.target or 50) * self.chance.uniform(0.6, 1.15)))
                found.append(Say(one.code, min(value, Decimal(100)), paper=STORY["papers"]["value"]))
            if one.source == "self" and self.chance.random() < 0.8:
                met = self.chance.random() < 0.7
                found.append(Say(one.code, met=met, words=STORY["papers"]["words"] if met else ""))
        return found

    # --- firms ----------------------------------------------------------------------------------------------------

    def _firms(self, activity: Activity, people: Sequence[Resident], settings: MovementSettings) -> None:
        """Entered on the owner's own phone, then looked at by the owner alone."""
        year, version = clock.local_day(self.now).year, consents.texts()[CONSENT].version
        owners = [one for one in people if one.takes_part and not one.guest and may_be_named(one.born, year)]
        for number, told in enumerate(STORY["firms"]):
            owner = next((one for one in owners if one.hamlet == told["hamlet"]), owners[0])
            owners.remove(owner)
            with clock.stopped_at(self._ago(SINCE_DAYS / 2 - number, 19)) as move:
                consents.give(self.session, owner.id, CONSENT, version, channel="demo")
                self.session.flush()
                key = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
                body = {"enrolment": key, "sort": told["sort"], "name": invented(told["name"]),
                        "hamlet": str(self.planted.hamlets[told["hamlet"]])}  # fmt: skip
                self.phones.push(owner, activity.id, "movement.enrol", body)
                move(timedelta(minutes=4))
                marks = [
                    {"criterion": one.code, "met": self.chance.random() < 0.6} for one in settings.of("firm")
                ]
                self.phones.push(owner, activity.id, "movement.assess", {"enrolment": key, "marks": marks})

    # --- reviewed -------------------------------------------------------------------------------------------------

    def _review(self, activity: Activity, settings: MovementSettings) -> None:
        book, by = measure_book(), self._by("thidua")
        with clock.stopped_at(self._ago(REVIEWED, 9)):
            until = clock.today() - timedelta(days=1)
            row = reviews.draft(self.session, activity, settings, book, "interim", until, by)
            reviews.write(self.session, row, STORY["words"])
        with clock.stopped_at(self._ago(REVIEWED, 15)):
            reviews.publish(self.session, activity, settings, book, row, self.signer, by)

    def _model(self, told: dict[str, Any]) -> None:
        hamlets, by = self.planted.hamlets, self._by("thidua")
        with clock.stopped_at(self._ago(30)):
            text = exemplary.Text(told["title"], told["what"], told["results"], told["how"])
            row = exemplary.write(self.session, hamlets[told["hamlet"]], text, by)
            exemplary.publish(self.session, row, row.revision, by)
        for one in told["visits"]:
            with clock.stopped_at(self._ago(one["days"], 16)):
                day, unit = clock.today(), hamlets[one["from"]]
                exemplary.visit(self.session, row, unit, day, one["people"], one["took_home"], by)
