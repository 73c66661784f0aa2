"""A year of exemplary pledges: twenty invented members with a story each, and the commune's other cells beside them.

The stories and a count of them by hand are in pledges.yaml. Everything goes through the same deeds as on real phones
and at the console; the clock is moved, nobody waits.
"""

import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session
from tqdm import tqdm

from backend import clock
from backend.clock import VIETNAM
from backend.demo.data import Size, invented
from backend.demo.history import Crew, count_all
from backend.demo.launching import launched
from backend.demo.papers import Phones
from backend.demo.places import Planted
from backend.demo.residents import Resident
from backend.people import consents
from backend.people.models import Consent, Membership, Person, SubjectLink
from backend.units import change as units
from campaigns.models import Activity
from campaigns.pledge import cell
from campaigns.pledge.models import Pledge, Suggestion
from campaigns.pledge.readers import Reader, open_pledge

PACK = "dang-ky-neu-guong"
STORIES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("pledges.yaml").read_text(encoding="utf-8"))
CONSENT = "pledge_record"
DUE_MONTHS = {"q1": 3, "q2": 6, "q3": 9, "q4": 12}


@dataclass
class Member:
    """Somebody of a story; `written`: the items so far, by what they were called in it."""

    who: Resident
    cell: uuid.UUID
    days: dict[int, list[Any]]
    written: list[str] = field(default_factory=list)


@dataclass
class PledgeYear:
    """Lives the year day by day."""

    session: Session
    planted: Planted
    crew: Crew
    staff: dict[str, uuid.UUID]
    phones: Phones
    chance: random.Random
    size: Size

    def live(self, people: Sequence[Resident], now: datetime) -> None:
        first = clock.local_day(now) - timedelta(days=STORIES["lived"])
        opens = datetime.combine(first, time(7), VIETNAM)
        members = self._members(opens)
        others = [replace(one, since=opens) for one in people if self._cell_of(one)]
        self._count_members(members, others, first)
        activity = self._launched(opens)
        menu = self._menu(activity)
        plan = [*self._told(members), *self._untold(others, menu, opens)]
        for day, deed in tqdm(
            sorted(plan, key=lambda one: one[0]), desc="  nêu gương: việc", unit="", disable=None
        ):
            moment = opens + timedelta(
                days=day, hours=self.chance.choice((1, 9, 12)), minutes=self.chance.randint(0, 59)
            )
            if moment < now:
                with clock.stopped_at(moment):
                    deed(activity, menu)
        count_all(self.session)

    # --- who ------------------------------------------------------------------------------------------------------

    def _cell_of(self, one: Resident) -> uuid.UUID | None:
        return next((unit for kind, unit in one.belongs if kind == "party_cell"), None)

    def _members(self, opens: datetime) -> list[Member]:
        found = []
        for told in STORIES["cells"]:
            for row in told["members"]:
                here = self.planted.cells[told["name"]]
                found.append(Member(self._person(row, opens), here, row["days"]))
        self._write_down([(one.who, one.cell) for one in found], opens)
        return found

    def _person(self, row: dict[str, Any], opens: datetime) -> Resident:
        keys = [uuid.UUID(int=self.chance.getrandbits(128), version=4) for _ in range(3)]
        sex = "f" if " Thị " in row["name"] else "m"
        return Resident(
            keys[0], keys[1], invented(row["name"]), row["born"], sex, "", "", keys[2], 0.5, 0.5,
            since=opens - timedelta(days=12),
        )  # fmt: skip

    def _write_down(self, members: Sequence[tuple[Resident, uuid.UUID]], opens: datetime) -> None:
        joined = opens - timedelta(days=12)
        for one, _ in members:
            self.session.add(Person(id=one.id, name=one.name, birth_year=one.born, joined_at=joined))
        self.session.flush()
        for one, here in members:
            self.session.add(SubjectLink(subject=one.subject, person_id=one.id))
            self.session.add(
                Membership(
                    person_id=one.id, unit_id=here, kind="party_cell", valid_from=clock.local_day(joined)
                )
            )
            self._agree(one, joined)
        self.session.flush()

    def _agree(self, one: Resident, at: datetime) -> None:
        version = consents.texts()[CONSENT].version
        self.session.add(
            Consent(
                person_id=one.id,
                purpose=CONSENT,
                version=version,
                given_at=at,
                channel="demo",
                given_by="self",
            )
        )

    def _count_members(self, members: Sequence[Member], others: Sequence[Resident], day: date) -> None:
        """How many members each cell had when the year began."""
        heads = dict.fromkeys(self.planted.cells.values(), 0)
        for here in [one.cell for one in members] + [self._cell_of(one) for one in others]:
            if here is not None:
                heads[here] += 1
        source = "Số liệu hư cấu cho bản dùng thử"
        for here, people in heads.items():
            units.count_heads(self.session, here, "members", day, people, source)
        units.count_heads(
            self.session, self.planted.organisation, "members", day, sum(heads.values()), source
        )

    # --- the campaign ---------------------------------------------------------------------------------------------

    def _launched(self, opens: datetime) -> Activity:
        closes = opens + timedelta(days=364, hours=14)
        return launched(
            self.session, self.crew, PACK, self.planted.organisation, STORIES["document"], opens, closes
        )

    def _menu(self, activity: Activity) -> dict[str, dict[str, Any]]:
        rows = self.session.scalars(
            select(Suggestion)
            .where(Suggestion.campaign_id == activity.campaign_id)
            .order_by(Suggestion.position)
        )
        return {row.code: row.told for row in rows}

    # --- what happens ---------------------------------------------------------------------------------------------

    def _told(self, members: Sequence[Member]) -> Iterator["Planned"]:
        for one in members:
            for day, deeds in one.days.items():
                for number, told in enumerate(deeds):
                    yield day + number / 100, self._deed(one, told)

    def _deed(self, one: Member, told: Any) -> "Deed":
        name, what = (told, None) if isinstance(told, str) else next(iter(told.items()))
        do: Callable[..., None] = getattr(self, f"_do_{name}")
        return lambda activity, menu: do(one, activity, menu, what)

    def _untold(
        self, others: Sequence[Resident], menu: dict[str, Any], opens: datetime
    ) -> Iterator["Planned"]:
        """Members of the other cells: most register something from the menu, most of it is confirmed."""
        for who in others:
            here = self._cell_of(who)
            if here is None or (who.guest is None and self.chance.random() > 0.8):
                continue
            self._agree(who, opens)
            member = Member(who, here, {})
            day = self.chance.choice((7, 14, 25, 40, 60, 85, 100)) + self.chance.random()
            chosen = self.chance.sample(
                [code for code, told in menu.items() if told["theme"] == "digital_transformation"],
                self.chance.randint(1, 3),
            )
            yield day, self._deed(member, {"write": chosen})
            yield day + 0.01, self._deed(member, "submit")
            if self.chance.random() < 0.9:
                yield day + 8, self._deed(member, "confirm")
                if self.chance.random() < 0.75:
                    yield 170 + self.chance.random(), self._deed(member, {"check": ""})

    def _push(self, one: Member, activity: Activity, action: str, body: dict[str, Any]) -> None:
        self.phones.push(one.who, activity.id, f"pledge.{action}", body)

    def _do_write(self, one: Member, activity: Activity, menu: dict[str, Any], codes: list[str]) -> None:
        items = [self._item(activity, menu, code) for code in codes]
        one.written += [item["id"] for item in items]
        self._push(one, activity, "items", {"items": items})

    def _item(self, activity: Activity, menu: dict[str, Any], code: str) -> dict[str, Any]:
        year, item = (
            clock.local_day(activity.opens_at).year,
            str(uuid.UUID(int=self.chance.getrandbits(128), version=4)),
        )
        if own := STORIES["own_words"].get(code):
            due = date(year, own["month"], 28)
            told = {"theme": own["theme"], "what": own["what"], "measure": own["measure"]}
            return {"id": item, "due": due.isoformat(), "menu": None} | told
        told = menu[code]
        month = DUE_MONTHS.get(told["due"]) or int(told["due"])
        due = max(date(year, month, 28), clock.today() + timedelta(days=30))
        return {
            "id": item, "theme": told["theme"], "what": told["what"]["vi"], "measure": told["measure"]["vi"][:200],
            "due": due.isoformat(), "menu": code,
        }  # fmt: skip

    def _do_submit(self, one: Member, activity: Activity, _menu: Any, _what: Any) -> None:
        self._push(one, activity, "submit", {})

    def _do_evidence(self, one: Member, activity: Activity, _menu: Any, what: list[Any]) -> None:
        number, progress, words = what
        told = {"item": one.written[number], "progress": progress, "words": words}
        self._push(
            one,
            activity,
            "evidence",
            told | {"evidence": str(uuid.UUID(int=self.chance.getrandbits(128), version=4))},
        )

    def _do_midyear(self, one: Member, activity: Activity, _menu: Any, _what: Any) -> None:
        told = [{"item": item, "outcome": "partly", "words": None} for item in one.written]
        self._push(one, activity, "review", {"moment": "midyear", "items": told, "words": None})

    def _do_review(self, one: Member, activity: Activity, _menu: Any, chosen: str) -> None:
        told = [{"item": item, "outcome": "done", "words": None} for item in one.written]
        body = {
            "moment": "year_end",
            "items": told,
            "words": "Tôi tự thấy đã làm được việc đã đăng ký.",
            "own_class": chosen,
        }
        self._push(one, activity, "review", body)

    # --- at the console -------------------------------------------------------------------------------------------

    def _pledge(self, one: Member, activity: Activity) -> Pledge:
        self.session.flush()
        query = select(Pledge).where(Pledge.activity_id == activity.id, Pledge.subject == one.who.subject)
        return self.session.scalars(query).one()

    def _secretary(self, one: Member) -> Reader:
        names = {self.planted.cells[told["name"]]: told["secretary"] for told in STORIES["cells"]}
        return Reader(self.staff[names.get(one.cell, "hanh")], "secretary", one.cell)

    def _committee(self) -> Reader:
        return Reader(self.staff["thuan"], "committee", self.planted.organisation)

    def _do_confirm(self, one: Member, activity: Activity, _menu: Any, words: str | None) -> None:
        pledge, by = self._pledge(one, activity), self._secretary(one)
        open_pledge(self.session, pledge.id, by, {one.cell})
        self.session.flush()
        cell.confirm(self.session, activity, pledge, pledge.number, words or "Chi bộ nhất trí.", by)

    def _do_return(self, one: Member, activity: Activity, _menu: Any, words: str) -> None:
        pledge, by = self._pledge(one, activity), self._secretary(one)
        open_pledge(self.session, pledge.id, by, {one.cell})
        cell.send_back(self.session, pledge, pledge.number, words, by)

    def _do_check(self, one: Member, activity: Activity, _menu: Any, words: str) -> None:
        pledge = self._pledge(one, activity)
        if pledge.state != "closed":
            cell.check(self.session, activity, pledge, "midyear", words, clock.today(), self._secretary(one))

    def _do_propose(self, one: Member, activity: Activity, _menu: Any, chosen: str) -> None:
        cell.propose(self.session, activity, self._pledge(one, activity), chosen, "", self._secretary(one))

    def _do_decide(self, one: Member, activity: Activity, _menu: Any, chosen: str) -> None:
        paper = cell.Paper(STORIES["decision"], clock.today())
        cell.decide(self.session, activity, self._pledge(one, activity), chosen, "", paper, self._committee())

    def _do_exempt(self, one: Member, activity: Activity, _menu: Any, what: list[str]) -> None:
        reason, words = what
        cell.exempt(
            self.session, activity, one.who.subject, reason, words, clock.today(), self._secretary(one)
        )

    def _do_transfer(self, one: Member, _activity: Activity, _menu: Any, _what: Any) -> None:
        """To the other cell of the stories, from that day."""
        names = [told["name"] for told in STORIES["cells"]]
        target = next(self.planted.cells[name] for name in names if self.planted.cells[name] != one.cell)
        query = select(Membership).where(Membership.person_id == one.who.id, Membership.kind == "party_cell")
        self.session.scalars(query).one().valid_to = clock.today()
        self.session.add(
            Membership(person_id=one.who.id, unit_id=target, kind="party_cell", valid_from=clock.today())
        )
        self.session.flush()
        one.cell = target


Deed = Callable[[Activity, dict[str, Any]], None]
Planned = tuple[float, Deed]
