"""A year of initiatives: forty invented ones, from the first words to the decision, with a council that sits three times.

The stories and a count of them by hand are in initiatives.yaml. Everything goes through the same deeds as on real phones
and at the console; the clock is moved, nobody waits.
"""

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session
from tqdm import tqdm

from backend import clock
from backend.clock import VIETNAM
from backend.demo.data import DATA
from backend.demo.history import Crew, count_all
from backend.demo.idea_desk import Idea, IdeaDesk
from backend.demo.inventors import Casting
from backend.demo.launching import launched
from backend.demo.papers import Phones
from backend.demo.places import Planted
from backend.demo.residents import Resident
from backend.demo.sittings import Planned, Sittings, decisions_of
from backend.people.consents import PUBLISH_NAME
from backend.units.models import Unit, UnitName
from campaigns.initiative import challenges
from campaigns.initiative.offices import Handler
from campaigns.models import Activity
from campaigns.registry import settings_of

PACK = "sang-kien-so"
STORIES: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("initiatives.yaml").read_text(encoding="utf-8")
)
UNIT_KINDS = {"class": "school_class", "front": "association", "cell": "party_cell"}
"""What a story calls a kind of unit -> what the node calls it; the others have one name."""
MOMENT = time(9)


@dataclass
class IdeaYear:
    """Lives the year day by day."""

    session: Session
    planted: Planted
    crew: Crew
    staff: dict[str, uuid.UUID]
    phones: Phones
    chance: random.Random
    now: datetime
    units: dict[tuple[str, str], uuid.UUID] = field(default_factory=dict)
    asked: dict[str, uuid.UUID] = field(default_factory=dict)
    activity: Activity = field(init=False)
    desk: IdeaDesk = field(init=False)

    def live(self, people: Sequence[Resident]) -> None:
        self.units = self._units()
        opens = self._at(STORIES["lived"], time(7))
        casting = Casting(self.session, self.planted, self.chance, people, opens - timedelta(days=5))
        ideas = [self._idea(row, casting) for row in STORIES["initiatives"]]
        self.activity = self._launched(opens)
        casting.agree_for_children(self.activity.campaign_id)
        sittings = Sittings(self.session, self.activity, self.by, self._unit, self.staff, STORIES["council"])
        self.desk = IdeaDesk(
            self.session,
            self.activity,
            self.by,
            sittings,
            self.planted.hamlets,
            STORIES["signers"],
            self._day,
        )
        plan = [*self._asking(), *sittings.plan(), *(deed for one in ideas for deed in self._told(one))]
        plan += self._standing_behind(ideas)
        for days, deed in tqdm(
            sorted(plan, key=lambda one: -one[0]), desc="  sáng kiến: việc", unit="", disable=None
        ):
            with clock.stopped_at(self._at(days)):
                deed()
        count_all(self.session)

    # --- when and where -------------------------------------------------------------------------------------------

    def _at(self, days: float, hour: time = MOMENT) -> datetime:
        return datetime.combine(clock.local_day(self.now), hour, VIETNAM) - timedelta(days=days)

    def _day(self, days: float) -> date:
        return clock.local_day(self._at(days))

    def _units(self) -> dict[tuple[str, str], uuid.UUID]:
        query = select(Unit.kind, UnitName.name, Unit.id).join(UnitName, UnitName.unit_id == Unit.id)
        rows = self.session.execute(query.where(Unit.code.startswith(f"{DATA['commune']['code']}-")))
        return {(row.kind, row.name): row.id for row in rows}

    def _unit(self, told: dict[str, str]) -> uuid.UUID:
        return self.units[UNIT_KINDS.get(told["kind"], told["kind"]), told["name"]]

    @property
    def by(self) -> Handler:
        """Whoever handles initiatives in the commune."""
        return Handler(self.staff[STORIES["secretary"]], self.planted.commune)

    def _launched(self, opens: datetime) -> Activity:
        closes = opens + timedelta(days=364, hours=14)
        return launched(
            self.session, self.crew, PACK, self.planted.commune, STORIES["document"], opens, closes
        )

    # --- who ------------------------------------------------------------------------------------------------------

    def _idea(self, row: dict[str, Any], casting: Casting) -> Idea:
        unit = self._unit(row["unit"])
        people = [self._author(told, row, unit, casting) for told in row["authors"]]
        if row["track"] == "formal" and self.chance.random() < 0.5:
            casting.agree(people[0], PUBLISH_NAME)
        key = uuid.UUID(int=self.chance.getrandbits(128), version=4)
        return Idea(row, key, unit, people, self.chance.uniform(0.0, 0.35))

    def _author(
        self, told: dict[str, Any], row: dict[str, Any], unit: uuid.UUID, casting: Casting
    ) -> Resident:
        if "judge" in told:
            seat = next(one for one in STORIES["council"]["members"] if one["judge"] == told["judge"])
            return casting.judge(self.staff[seat["login"]], self._unit(seat["unit"]))
        return casting.author(row["unit"]["kind"], unit, told.get("party_member", False))

    # --- the way of an idea ---------------------------------------------------------------------------------------

    def _asking(self) -> Iterator[Planned]:
        for row in STORIES["challenges"]:
            yield row["opened"], partial(self._ask, row)

    def _told(self, one: Idea) -> Iterator[Planned]:
        state, at = one.outcome["state"], (one.row["sent"] or 30) - one.earlier
        yield at + 0.02, partial(self._write, one)
        if state == "draft":
            return
        yield at, partial(self._push, one, 0, "register", {"initiative": str(one.id)})
        for number in range(1, len(one.authors)):
            told = {"author": str(one.invitation(number)), "agrees": True}
            yield at - 0.1 * number, partial(self._push, one, number, "author", told)
        if state == "withdrawn":
            gone = {"initiative": str(one.id), "words": one.outcome["why"]}
            yield at - 2, partial(self._push, one, 0, "withdraw", gone)
        elif state != "received":
            yield at - 4, partial(self.desk.receive, one)
        if "scores" in one.outcome:
            yield from self.desk.judged(one, at - 4.2)

    def _standing_behind(self, ideas: Sequence[Idea]) -> Iterator[Planned]:
        """Some authors of other ideas say that they stand behind one that is published."""
        grown = [
            one for idea in ideas for one in idea.authors if one.hamlet and not one.is_minor(self.now.year)
        ]
        for idea in ideas:
            published = self._published(idea)
            others = [one for one in grown if one not in idea.authors]
            for order, who in enumerate(
                self.chance.sample(others, self.chance.randint(0, 6)) if published else ()
            ):
                told = {"initiative": str(idea.id), "yes": True}
                yield published - 1 - 0.3 * order, partial(self._push_as, who, "endorse", told)

    def _published(self, one: Idea) -> float:
        """So many days ago it came into the gallery; 0: it has not."""
        after = float(settings_of(self.activity).publish_after_days)
        if one.outcome["state"] == "small_noted":
            return float(one.row["sent"]) - one.earlier - 4 - after
        signed = decisions_of(one.outcome)
        return float(signed[0][1]["decided"]) - after if signed else 0.0

    # --- on phones ------------------------------------------------------------------------------------------------

    def _push(self, one: Idea, number: int, action: str, body: dict[str, Any]) -> None:
        self._push_as(one.authors[number], action, body)

    def _push_as(self, who: Resident, action: str, body: dict[str, Any]) -> None:
        self.phones.push(who, self.activity.id, f"initiative.{action}", body)

    def _write(self, one: Idea) -> None:
        row, since = one.row, one.row["applied_from"]
        plain = {
            name: row[name] for name in ("track", "title", "problem", "solution", "applied_where", "effect")
        }
        others = [
            {"id": str(one.invitation(number)), "name": who.name, "share": told["share"]}
            for number, (who, told) in enumerate(zip(one.authors, row["authors"], strict=True))
        ]
        more = {
            "initiative": str(one.id), "effects": row["effects"], "unit": str(one.unit), "share": row["authors"][0]["share"],
            "applied_from": self._day(since).isoformat() if since else None, "others": others[1:],
            "challenge": str(self.asked[row["challenge"]]) if "challenge" in row else None,
        }  # fmt: skip
        self._push(one, 0, "write", plain | more)

    def _ask(self, row: dict[str, Any]) -> None:
        by = Handler(self.by.person, self._unit(row["ordered_by"]["unit"]))
        made = challenges.order(
            self.session, self.activity.id, title=row["title"]["vi"], problem=row["problem"]["vi"],
            ordered_by=row["ordered_by"]["as"], opens_on=clock.today(),
            closes_on=clock.today() + timedelta(days=row["answer_by_days"]), by=by,
        )  # fmt: skip
        self.asked[row["code"]] = made.id
