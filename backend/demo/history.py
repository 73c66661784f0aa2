"""Six weeks of the demo: a campaign prepared, released, two rounds played to their published end, one half-way."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from tqdm import tqdm

from backend import clock, figures
from backend.clock import VIETNAM
from backend.demo.data import DATA, Size
from backend.demo.habits import Round, Taking, takings
from backend.demo.papers import Phones, participant
from backend.demo.places import Planted
from backend.demo.residents import Resident
from backend.safeguards.audit import Actor
from backend.safeguards.signing import Signer
from backend.scorecards.standing import for_statement, side_by_side
from campaigns import campaigns, certificates, lifecycle, results
from campaigns.contest import removal
from campaigns.desks import Desks
from campaigns.models import Activity, Campaign
from campaigns.pack import Pack, read_pack
from campaigns.pack.store import SHIPPED
from campaigns.registry import measure_book

PACK = "tim-hieu-chuyen-doi-so"
OPENS, CLOSES = time(7), time(21)
DAYS = ((0, 13), (17, 30), (35, 48))
"""First and last day of each round; between them three days to look at papers, settle and publish."""
LIVED = 42
"""Days the campaign has been running: the third round is half over."""
LEVELS = (0.0, -0.02, -0.05)
TRIES = (1, 3, 1)


@dataclass(frozen=True)
class Crew:
    """Who does what in the campaign."""

    admin: Actor
    releaser: Actor

    @classmethod
    def of(cls, members: dict[str, uuid.UUID]) -> "Crew":
        return cls(Actor("staff", members["an"]), Actor("staff", members["chau"]))


def shipped_pack() -> Pack:
    return read_pack(SHIPPED / PACK)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, VIETNAM)


def rounds(now: datetime) -> list[Round]:
    begins = clock.local_day(now) - timedelta(days=LIVED)
    dates = [
        (_at(begins + timedelta(days=first), OPENS), _at(begins + timedelta(days=last), CLOSES))
        for first, last in DAYS
    ]
    return [
        Round(number, opens, closes, min(closes, now), TRIES[number - 1], LEVELS[number - 1])
        for number, (opens, closes) in enumerate(dates, start=1)
    ]


def prepare(session: Session, pack: Pack, planted: Planted, played: Sequence[Round], crew: Crew) -> Campaign:
    """Prepared nine days before the first round, released three days later by somebody else."""
    paper, bodies = DATA["documents"]["contest"], _bodies(planted)
    opens = played[0].opens
    with clock.stopped_at(opens - timedelta(days=8, hours=21)):
        campaign = campaigns.prepare(
            session,
            pack,
            planted.commune,
            [(one.opens, one.closes) for one in played],
            crew.admin,
            document=campaigns.Document(paper["number"], clock.today() - timedelta(days=3), paper["title"]),
            bodies=bodies,
        )
    with clock.stopped_at(opens - timedelta(days=5, hours=16)):
        return campaigns.release(session, campaign.id, crew.releaser)


def _bodies(planted: Planted) -> dict[str, list[uuid.UUID]]:
    parts: dict[str, list[uuid.UUID]] = {"releasing": [planted.commune]}
    for row in DATA["bodies"]:
        parts.setdefault(row["part"], []).append(planted.bodies[row["code"]])
    parts["coordinating"].append(planted.branches[""])
    return parts


# --- playing a round ------------------------------------------------------------------------------------------------


@dataclass
class Playing:
    """Plays the rounds of one campaign."""

    session: Session
    planted: Planted
    crew: Crew
    signer: Signer
    phones: Phones
    chance: random.Random
    public_url: str

    def play(self, activity: Activity, round_: Round, planned: Sequence[Taking]) -> None:
        """Opened by its hour, papers as planned; a round that is over is settled and published."""
        with clock.stopped_at(round_.opens):
            lifecycle.turn(self.session, activity.id, clock.now())
        words = f"đợt {round_.number}"
        attempts = [
            (taking, self.phones.take(activity, taking))
            for taking in tqdm(planned, desc=f"  {words}: bài thi", unit="", disable=None)
        ]
        if round_.is_over:
            self._finish(activity, round_, attempts)

    def _finish(
        self, activity: Activity, round_: Round, attempts: Sequence[tuple[Taking, uuid.UUID]]
    ) -> None:
        with clock.stopped_at(round_.closes):
            lifecycle.turn(self.session, activity.id, clock.now())
        with clock.stopped_at(round_.closes + timedelta(hours=12, minutes=17)) as move:
            for taking, attempt in attempts:
                if taking.struck:
                    move(timedelta(minutes=3))
                    removal.remove(self.session, activity, attempt, *taking.struck, self.crew.admin)
        with clock.stopped_at(round_.closes + timedelta(days=1, hours=17)):
            lifecycle.settle_activity(self.session, activity, self.crew.admin)
        self.session.flush()  # the fold asks the database
        count_all(self.session)
        with clock.stopped_at(round_.closes + timedelta(days=1, hours=18)):
            units = for_statement(side_by_side(self.session, activity.id, self.planted.commune))
            results.publish(self.session, activity, self.signer, units, self.crew.admin)
        self._hand_out(activity, round_, [taking.who for taking, _ in attempts])

    def _hand_out(self, activity: Activity, round_: Round, people: Sequence[Resident]) -> None:
        """Some of those who passed ask for their certificate in the days after."""
        guests = [one for one in people if one.guest and one.board_name]
        asking = self.chance.sample(list(dict.fromkeys(one.id for one in people)), min(60, len(people) // 3))
        by_id = {one.id: one for one in people}
        with clock.stopped_at(round_.closes + timedelta(days=2)) as move:
            for one in [*guests, *(by_id[key] for key in asking if by_id[key] not in guests)]:
                move(timedelta(minutes=self.chance.randint(2, 40)))
                self._issue(activity, one)

    def _issue(self, activity: Activity, one: Resident) -> None:
        desk = Desks(self.session, participant(one), "vi").desk(activity.id)
        if desk and certificates.offer(desk).earned:
            certificates.issue(desk, one.name, self.signer, self.public_url)


def count_all(session: Session) -> None:
    """What the worker would do: count everything that waits."""
    while figures.fold_batch(session, measure_book()):
        pass


# --- what else there is ---------------------------------------------------------------------------------------------


def prepare_others(session: Session, pack: Pack, planted: Planted, crew: Crew, now: datetime) -> None:
    """A pilot that is released for next month, and a draft that still lacks its document."""
    _pilot(session, pack, planted, crew, now)
    with clock.stopped_at(now - timedelta(hours=20)):
        begins = _next_month(_next_month(clock.today()))
        draft = campaigns.prepare(
            session, pack, planted.commune, campaigns.dates_of(pack, begins), crew.admin
        )
    with clock.stopped_at(now - timedelta(hours=19)):
        changes = campaigns.Changes(title=DATA["draft"]["title"])
        campaigns.edit(session, draft.id, draft.revision, changes, crew.admin)


def _pilot(session: Session, pack: Pack, planted: Planted, crew: Crew, now: datetime) -> None:
    """One round of the pack, for members of the Youth Union alone."""
    told: dict[str, Any] = DATA["pilot"]
    first = pack.rounds[0]
    one = replace(first, title=told["round"], activities=(replace(first.activities[0], title=told["round"]),))
    with clock.stopped_at(now - timedelta(days=4, hours=3)):
        begins = _next_month(clock.today()) + timedelta(days=9)
        trimmed = replace(pack, rounds=(one,), title=told["title"], summary=told["summary"])
        bodies = {"lead": [planted.branches[""]], "releasing": [planted.commune]}
        campaign = campaigns.prepare(
            session, trimmed, planted.commune, campaigns.dates_of(trimmed, begins), crew.admin,
            bodies=bodies, stage="pilot",
        )  # fmt: skip
        activity = session.scalars(select(Activity).where(Activity.campaign_id == campaign.id)).one()
        settings = activity.settings | {"open_to": ["youth_branch"], "age_floor": 16}
        changes = campaigns.Changes(settings={activity.id: settings})
        campaigns.edit(session, campaign.id, campaign.revision, changes, crew.admin)
    with clock.stopped_at(now - timedelta(days=2, hours=6)):
        campaigns.release(session, campaign.id, crew.releaser)


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def planned(
    people: Sequence[Resident], played: Sequence[Round], size: Size, chance: random.Random
) -> list[list[Taking]]:
    """The papers of every round, before anybody is written down; sets when each joined."""
    found = [takings(people, round_, size, chance) for round_ in played]
    for taking in (taking for papers in reversed(found) for taking in reversed(papers)):
        taking.who.since = taking.at - timedelta(minutes=chance.randint(3, 12))
        taking.who.takes_part = True
    _let_others_join(people, played, chance)
    return found


def _let_others_join(people: Sequence[Resident], played: Sequence[Round], chance: random.Random) -> None:
    """Who takes no part came some day too; the family one signs in as, one after the other on one evening."""
    first, last = played[0].opens, played[-1].until - timedelta(hours=1)
    family: datetime | None = None
    for one in people:
        if one.guest and one.phone == DATA["family"]["phone"]:
            family = one.since = (family + timedelta(minutes=4)) if family else one.since
        one.since = one.since or first + (last - first) * chance.random()
        one.withdrew = one.board_name is not None and not one.guest and chance.random() < 0.02
