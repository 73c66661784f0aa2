"""Five weeks of the community digital teams: invented households, visits, sessions, follow-ups kept and forgotten."""

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session
from tqdm import tqdm

from backend import clock
from backend.clock import VIETNAM
from backend.demo.data import DATA, Size, invented
from backend.demo.history import Crew, count_all
from backend.demo.launching import launched
from backend.demo.papers import Phones
from backend.demo.places import Planted
from backend.demo.residents import Resident
from backend.people.consents import texts
from backend.teams import change, households
from campaigns.models import Activity

PACK = "to-cong-nghe-so"
SINCE_DAYS, LASTS_DAYS = 35, 120
MOST = 26
"""Households a team has written down so far, at the most."""
OUT = 0.32
"""How likely a team is out on a day; in a small world it goes out less."""


@dataclass(frozen=True)
class Known:
    """A household as the teams of the demo know it."""

    id: uuid.UUID
    hamlet: str
    kind: str


@dataclass
class FieldWork:
    """What the teams did, through the same deeds that their phones send."""

    session: Session
    planted: Planted
    crew: Crew
    phones: Phones
    chance: random.Random
    size: Size
    promised: dict[uuid.UUID, tuple[str, date]] = field(default_factory=dict)

    def live(self, people: Sequence[Resident], now: datetime) -> None:
        activity = self._launched(now)
        known = [one for hamlet in self.planted.hamlets for one in self._households(hamlet, now)]
        by_hamlet = {
            hamlet: [one for one in people if self._is_in_team(one, hamlet)]
            for hamlet in self.planted.hamlets
        }
        for hamlet, members in by_hamlet.items():
            change.appoint(self.session, self.planted.teams[hamlet], members[0].id if members else None)
        days = list(self._days(now))
        for day in tqdm(days, desc="  tổ công nghệ số: ngày", unit="", disable=None):
            for hamlet, members in by_hamlet.items():
                if members and self.chance.random() < OUT * max(self.size.share, 0.3):
                    here = [one for one in known if one.hamlet == hamlet]
                    self._day(activity, day, self.chance.choice(members), hamlet, here, now)
        count_all(self.session)

    def _launched(self, now: datetime) -> Activity:
        first = clock.local_day(now) - timedelta(days=SINCE_DAYS)
        opens = datetime.combine(first, time(7), VIETNAM)
        closes = datetime.combine(first + timedelta(days=LASTS_DAYS), time(21), VIETNAM)
        return launched(
            self.session, self.crew, PACK, self.planted.commune, DATA["documents"]["teams"], opens, closes,
            prepared=timedelta(days=6, hours=22), released=timedelta(days=3, hours=15),
        )  # fmt: skip

    def _households(self, hamlet: str, now: datetime) -> Iterator[Known]:
        """So many of a hamlet's households as its team has written down; now and then a business among them."""
        people = next(row["people"] for row in DATA["hamlets"] if row["name"] == hamlet)
        wanted = max(3, self.size.of(min(people // 7, MOST)))
        with clock.stopped_at(now - timedelta(days=SINCE_DAYS + 1)):
            for number in range(wanted):
                kind = "household_business" if number % 9 == 4 else "household"
                made = households.add(
                    self.session, hamlet=self.planted.hamlets[hamlet], kind=kind, nickname=self._nickname(kind),
                    team=self.planted.teams[hamlet], now=clock.now(),
                )  # fmt: skip
                yield Known(made.id, hamlet, kind)

    def _nickname(self, kind: str) -> str:
        told = DATA["households"]
        if kind == "household_business":
            return invented(self.chance.choice(told["businesses"]))
        sex = self.chance.choice("mf")
        called = self.chance.choice(told["called"][sex])
        return invented(
            f"Nhà {called} {self.chance.choice(DATA['given'][sex])}, {self.chance.choice(told['where'])}"
        )

    def _is_in_team(self, one: Resident, hamlet: str) -> bool:
        return ("team", self.planted.teams[hamlet]) in one.belongs

    def _days(self, now: datetime) -> Iterator[date]:
        first = clock.local_day(now) - timedelta(days=SINCE_DAYS)
        for number in range(SINCE_DAYS + 1):
            yield first + timedelta(days=number)

    # --- one day of one member ------------------------------------------------------------------------------------

    def _day(
        self, activity: Activity, day: date, who: Resident, hamlet: str, here: Sequence[Known], now: datetime
    ) -> None:
        begins = datetime.combine(
            day, time(self.chance.choice((8, 14, 18)), self.chance.randint(0, 50)), VIETNAM
        )
        visited = self.chance.sample(list(here), min(len(here), self.chance.randint(2, 4)))
        if begins + timedelta(hours=3) > now:
            return
        with clock.stopped_at(begins) as move:
            who = replace(who, since=begins)
            if self.chance.random() < 0.5:
                self._do(
                    activity,
                    who,
                    "visit.check_in",
                    {"hamlet": str(self.planted.hamlets[hamlet]), "code": None},
                )
            for one in visited:
                move(timedelta(minutes=self.chance.randint(12, 40)))
                body = self._visit(one, day)
                self._promise(one, body, self._do(activity, who, "visit.log", body))
            if self.chance.random() < 0.12:
                move(timedelta(minutes=20))
                self._do(activity, who, "visit.session", self._session(hamlet))
            move(timedelta(minutes=5))
            self._do(
                activity, who, "visit.day", {"day": day.isoformat(), "languages": {"kinh": len(visited)}}
            )

    def _do(self, activity: Activity, who: Resident, action: str, body: dict[str, Any]) -> dict[str, Any]:
        return self.phones.push(who, activity.id, action, body)

    def _promise(self, one: Known, body: dict[str, Any], result: dict[str, Any]) -> None:
        """A promised visit is kept by the next one that comes on its day or later."""
        if body["follow_up_of"]:
            del self.promised[one.id]
        if body["follow_up_on"]:
            self.promised[one.id] = (str(result["visit"]), date.fromisoformat(body["follow_up_on"]))

    def _visit(self, one: Known, day: date) -> dict[str, Any]:
        met = self.chance.choices(("adult", "nobody", "declined"), (88, 9, 3))[0]
        services = self._services() if met == "adult" else []
        later = (
            day + timedelta(days=self.chance.randint(5, 14))
            if met == "adult" and self.chance.random() < 0.3
            else None
        )
        visit, due = self.promised.get(one.id, ("", date.max))
        return {
            "household": str(one.id),
            "met": met,
            "consent": texts()["visit_record"].version if services else None,
            "place": "workplace" if one.kind != "household" else "home",
            "services": services,
            "device": self.chance.choices(("own", "shared", "none"), (7, 2, 1))[0] if services else None,
            "follow_up_on": later.isoformat() if later else None,
            "follow_up_of": visit if met == "adult" and due <= day else None,
            "no_further_visit": False,
            "photos": [],
            "note": self.chance.choice(DATA["households"]["notes"]) if self.chance.random() < 0.2 else None,
            "corrects": None,
        }

    def _services(self) -> list[dict[str, Any]]:
        codes = self.chance.sample(DATA["households"]["services"], self.chance.randint(1, 3))
        stages = ("explained", "installed", "activated", "used_alone", "not_possible")
        found = []
        for code in dict.fromkeys(codes):
            weights = (60, 0, 0, 40, 0) if code == "scam_advice" else (40, 18, 17, 18, 7)
            outcome = self.chance.choices(stages, weights)[0]
            reason = "no_device" if outcome == "not_possible" else None
            found.append({"service": code, "outcome": outcome, "reason": reason})
        return found

    def _session(self, hamlet: str) -> dict[str, Any]:
        people = self.chance.randint(8, 25)
        return {
            "hamlet": str(self.planted.hamlets[hamlet]),
            "place": "hamlet_hall",
            "services": [{"service": "scam_advice", "outcome": "explained", "people": people}],
            "assisted": people,
            "declared": people + self.chance.randint(0, 10),
            "note": None,
            "corrects": None,
        }
