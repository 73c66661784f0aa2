"""The commune's card of the last full month: self-scored, scored by the province, published, contested, and published once
more because a session of that month reached the node late. Every person and every figure is invented.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period, bounds, last_full
from backend.cards import actions, appeals, revisions
from backend.cards.models import Card
from backend.demo.data import INVENTED
from backend.demo.papers import Phones
from backend.demo.places import Planted
from backend.demo.residents import Resident
from backend.participation.models import Fact
from backend.safeguards.audit import Actor
from backend.targets import declare
from backend.targets.catalogue import indicator

STORY: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("cards.yaml").read_text(encoding="utf-8"))
STEPS = 12
"""The month's paperwork takes as many days, or less where the demo is planted in the first days of a month."""


@dataclass
class CardMonth:
    """`staff`: who signs in by which name."""

    session: Session
    planted: Planted
    staff: dict[str, uuid.UUID]
    phones: Phones

    def live(self, people: Sequence[Resident], now: datetime) -> None:
        month = last_full("thang", "month", clock.local_day(now))
        first, end = bounds(month)
        self.day = min(timedelta(days=1), (now - end) / STEPS)
        end += self.day * 0.4  # in office hours
        with clock.stopped_at(first + timedelta(days=19, hours=9)):
            card = actions.open_card(
                self.session, self.planted.commune, "xa-thang", month, self._by("phuong")
            )
            head = STORY["head"]
            actions.name_head(
                self.session, card.id, head["title"], f"{head['name']} {INVENTED}", self._by("phuong")
            )
        self._declared(card, month, end)
        self._scored(card, end)
        self._published(card, end + 4 * self.day)
        self._contested(card, end)
        self._came_late(month, people, end + 8 * self.day)
        self._published(card, end + 9 * self.day, STORY["restated"])

    def _by(self, name: str) -> Actor:
        return Actor("staff", self.staff[name])

    def _declared(self, card: Card, month: Period, end: datetime) -> None:
        """What the hamlets had told by telephone was more than what was counted; the commune says why."""
        told = STORY["declared"]
        with clock.stopped_at(end + 0.5 * self.day):
            one, value = indicator(self.session, told["code"]), (told["value"], "", "")
            declare.declare(
                self.session, one, self.planted.commune, month, value, told["source"], self.staff["phuong"]
            )
        with clock.stopped_at(end + 1.5 * self.day):
            actions.give_reason(self.session, card.id, told["criterion"], told["reason"], self._by("phuong"))

    def _scored(self, card: Card, end: datetime) -> None:
        with clock.stopped_at(end + 2 * self.day):
            own = {code: (Decimal(str(row["own"])), row["evidence"]) for code, row in STORY["scores"].items()}
            actions.self_score(self.session, card.id, own, self._by("phuong"))
        with clock.stopped_at(end + 3 * self.day):
            given = {
                code: (Decimal(str(row["given"])), row["words"]) for code, row in STORY["scores"].items()
            }
            actions.official_score(self.session, card.id, given, self._by("duyen"))
            for row in STORY["checks"]:
                actions.spot_check(
                    self.session,
                    card.id,
                    row["criterion"],
                    row["looked"],
                    row["held"],
                    row["words"],
                    self._by("duyen"),
                )

    def _published(self, card: Card, at: datetime, reason: str = "") -> None:
        self.session.flush()
        with clock.stopped_at(at + revisions.SETTLED):
            revisions.publish(self.session, card, self._by("duyen"), reason)

    def _contested(self, card: Card, end: datetime) -> None:
        told = STORY["appeal"]
        with clock.stopped_at(end + 5 * self.day):
            found = appeals.appeal(
                self.session, card.id, told["criterion"], told["words"], self._by("phuong")
            )
        with clock.stopped_at(end + 6 * self.day):
            points = Decimal(str(told["points"]))
            appeals.answer_appeal(self.session, found.id, told["answer"], self._by("duyen"), points)

    def _came_late(self, month: Period, people: Sequence[Resident], at: datetime) -> None:
        """Two sessions held in the last days of the month, by a team whose phone had no signal for days."""
        activity = self.session.scalars(
            select(Fact.activity_id).where(Fact.measure == STORY["late"]["like"]).limit(1)
        ).first()
        who = next(
            (one for one in people if ("team", self.planted.teams[STORY["late"]["hamlet"]]) in one.belongs),
            None,
        )
        if activity is None or who is None:
            return
        _, end = bounds(month)
        with clock.stopped_at(at):
            for number, assisted in enumerate(STORY["late"]["assisted"]):
                done_at = end - timedelta(days=1, hours=6 - 2 * number)
                self.phones.push(who, activity, "visit.session", self._session(assisted), done_at)

    def _session(self, assisted: int) -> dict[str, Any]:
        return {
            "hamlet": str(self.planted.hamlets[STORY["late"]["hamlet"]]), "place": "hamlet_hall",
            "services": [{"service": "scam_advice", "outcome": "explained", "people": assisted}],
            "assisted": assisted, "declared": assisted, "note": None, "corrects": None,
        }  # fmt: skip
