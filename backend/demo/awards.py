"""Awards of the finished rounds, of a hamlet that proposes itself, of a Party cell; one revoked, one appealed against."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.certificates.models import Certificate
from backend.demo.award_desk import ORGANISER, PARTY, STATE, AwardDesk
from backend.demo.data import invented
from backend.demo.habits import Round
from backend.demo.papers import Phones, participant
from backend.demo.places import Planted
from backend.demo.residents import Resident
from backend.participation.models import Operation
from backend.people import consents
from backend.people.rules import may_be_named
from backend.safeguards.audit import Actor
from backend.safeguards.signing import Signer
from campaigns import lifecycle
from campaigns.award import appeals, letters, naming, prizes, proposals, revoking, suggesting, thanks, wall
from campaigns.award.hands import Paper
from campaigns.award.models import Case, Entry
from campaigns.award.proposals import Candidate, Outline
from campaigns.award.schemas import AwardSettings, RuleIn
from campaigns.models import Activity, Campaign
from campaigns.pack import Pack
from campaigns.pack.reader import Activity as PackActivity
from campaigns.registry import sources

STORY: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
CODE = "khen-thuong"
ON_THE_WALL = 6
"""So many of those honoured by decision agree to be named, if they are old enough."""


def with_awards(pack: Pack) -> Pack:
    """The pack of the contest; beside its last round the awards of those before it."""
    settings = msgspec.to_builtins(msgspec.convert(STORY["settings"], AwardSettings))
    activity = PackActivity("award", CODE, STORY["round"], settings, STORY["rules"])
    last = pack.rounds[-1]
    return replace(pack, rounds=(*pack.rounds[:-1], replace(last, activities=(*last.activities, activity))))


@dataclass
class AwardSeason:
    """`staff`: who signs in by which name. `opens`: the awards' own first hour; all of it happens in six days from then."""

    session: Session
    planted: Planted
    staff: dict[str, uuid.UUID]
    phones: Phones
    signer: Signer
    public_url: str
    opens: datetime
    desk: AwardDesk = field(init=False)

    def __post_init__(self) -> None:
        self.desk = AwardDesk(self.session, self.staff, self.signer, self.public_url, STORY)

    def live(self, campaign: Campaign, people: Sequence[Resident], played: Sequence[Round]) -> None:
        activity = self._opened(campaign)
        known = {one.subject: one for one in people}
        honoured = [
            entry for round_ in played if round_.is_over for entry in self._round(activity, campaign, round_)
        ]
        own = self._hamlet(activity, people)
        self._party(activity, people)
        lost = [one for one in honoured if one.subject in known and not known[one.subject].guest][-1]
        self._revoke(lost)
        self._appeal(activity, own[-1], known)
        self._letter(known[own[-1].subject])  # type: ignore[index]  # a person's
        self._publish_prizes(activity)
        self._hand_over([one for one in honoured[:4] if one is not lost])
        self._open_wall([one for one in (*own, *honoured) if one is not lost], known)

    def _by(self, username: str) -> Actor:
        return Actor("staff", self.staff[username])

    def _after(self, hours: float) -> datetime:
        return self.opens + timedelta(hours=hours)

    def _opened(self, campaign: Campaign) -> Activity:
        query = select(Activity).where(Activity.campaign_id == campaign.id, Activity.code == CODE)
        activity = self.session.scalars(query).one()
        with clock.stopped_at(self.opens):
            lifecycle.turn(self.session, activity.id, clock.now())
        return activity

    # --- the rounds -----------------------------------------------------------------------------------------------

    def _round(self, activity: Activity, campaign: Campaign, round_: Round) -> list[Entry]:
        """Certificates for who passed, prizes by decision, thanks for everybody; answers who was honoured by decision."""
        number = round_.number
        begun = self._after(1 + number)
        self._suggested(activity, f"dat-dot-{number}", "an", ORGANISER, begun)
        found = self._suggested(activity, f"giai-dot-{number}", "vanhoa", STATE, begun)
        with clock.stopped_at(begun + timedelta(hours=1)):
            contest = next(one for one in self._contests(campaign) if one.code == f"dot-{number}")
            thanks.for_taking_part(
                self.session, contest, self.planted.commune, STORY["thanks"], self._by("an")
            )
        return found

    def _contests(self, campaign: Campaign) -> Iterator[Activity]:
        yield from self.session.scalars(select(Activity).where(Activity.campaign_id == campaign.id))

    def _suggested(
        self, activity: Activity, code: str, proposer: str, walk: Any, begun: datetime
    ) -> list[Entry]:
        """A list begun from what a rule suggests, and led to its end."""
        rule = suggesting.rule_of(activity, code)
        assert rule  # noqa: S101 - our own story
        with clock.stopped_at(begun):
            case = suggesting.take_up(
                self.session, activity, rule, self.desk.hand(proposer), sources(), unit=self.planted.commune,
                deciding=self.planted.commune, keys=self._without_paper(activity, rule),
            )  # fmt: skip
        found = self.desk.through(case, proposer, walk, begun, STORY["numbers"].get(code, ""))
        self.desk.print_out(case, walk[-1][1], begun + timedelta(hours=57))
        return found

    def _without_paper(self, activity: Activity, rule: RuleIn) -> set[str] | None:
        """Of an organiser's list: who has not asked for the certificate of that round already."""
        if rule.tier != "organiser":
            return None
        read = suggesting.source_of(self.session, activity, rule)
        holders = set(
            self.session.scalars(select(Certificate.subject).where(Certificate.activity_id == read.id))
        )
        found = suggesting.suggest(self.session, activity, rule, sources(), self.desk.hand("an"))
        return {one.key for one in found.candidates if one.subject not in holders}

    # --- those a unit proposes ------------------------------------------------------------------------------------

    def _hamlet(self, activity: Activity, people: Sequence[Resident]) -> list[Entry]:
        """The hamlet together, and one of its people."""
        told, begun = STORY["hamlet"], self._after(8)
        unit = self.planted.hamlets[told["name"]]
        person = self._called(people, told["person"]["name"])
        together = Candidate("unit", f"Xóm {told['name']}", unit=unit, facts=[told["together"]])
        alone = self._by_receipt(person, told["person"]["fact"])
        outline = Outline("state", "formal", "giay-khen", unit, self.planted.commune, told["achievement"])
        return self._proposed(activity, outline, [together, alone], "binh", STATE, begun, "hamlet")

    def _party(self, activity: Activity, people: Sequence[Resident]) -> None:
        told, begun = STORY["party"], self._after(10)
        cell, person = self.planted.cells[told["cell"]], self._called(people, told["name"])
        one = self._by_receipt(person, told["fact"])
        outline = Outline(
            "party", "formal", "giay-khen", cell, self.planted.organisation, told["achievement"]
        )
        self._proposed(activity, outline, [one], "hanh", PARTY, begun, "party")

    def _proposed(
        self, activity: Activity, outline: Outline, many: list[Candidate], who: str, walk: Any, begun: datetime, number: str
    ) -> list[Entry]:  # fmt: skip
        with clock.stopped_at(begun):
            case: Case = proposals.draft(self.session, activity, outline, self.desk.hand(who))
            for one in many:
                proposals.add(self.session, case, one, self.desk.hand(who))
        found = self.desk.through(case, who, walk, begun, STORY["numbers"][number])
        self.desk.print_out(case, walk[-1][1], begun + timedelta(hours=57))
        return found

    def _by_receipt(self, person: Resident, fact: dict[str, Any]) -> Candidate:
        """As at the console: the person hands over the receipt of something they did."""
        query = select(Operation.receipt).where(
            Operation.subject == person.subject, Operation.outcome.in_(("counted", "noted"))
        )
        receipt = self.session.scalars(query.order_by(Operation.received_at)).first()
        assert receipt  # noqa: S101 - our own story
        subject, printed = naming.of_receipt(self.session, receipt, person.name)
        return Candidate("person", printed, subject=subject, facts=[fact])

    @staticmethod
    def _called(people: Sequence[Resident], name: str) -> Resident:
        return next(one for one in people if one.guest and one.name == invented(name))

    # --- afterwards -----------------------------------------------------------------------------------------------

    def _revoke(self, entry: Entry) -> None:
        signed = STORY["signers"]["chutich"]
        with clock.stopped_at(self._after(120)):
            paper = Paper(STORY["numbers"]["revoked"], clock.today(), signed["signer"], signed["title"])
            why = STORY["revoked_why"]
            revoking.revoke(self.session, [entry.id], paper, why, self.desk.hand("thidua"))

    def _appeal(self, activity: Activity, entry: Entry, known: dict[uuid.UUID, Resident]) -> None:
        """From the phone of whoever was honoured; answered the next day."""
        told, key = STORY["appeal"], uuid.UUID(int=self.phones.chance.getrandbits(128), version=4)
        assert entry.subject  # noqa: S101 - a person's
        with clock.stopped_at(self._after(100)):
            body = {"appeal": str(key), "words": told["words"], "entry": str(entry.id)}
            self.phones.push(known[entry.subject], activity.id, "award.appeal", body)
        with clock.stopped_at(self._after(118)):
            appeals.answer(self.session, key, False, told["answer"], self.desk.hand("thidua"))

    def _letter(self, person: Resident) -> None:
        """One of the thank-yous, asked for on paper."""
        with clock.stopped_at(self._after(99)):
            given = thanks.of(self.session, person.subject)[0]
            who = participant(person)
            letters.letter(self.session, who, given.id, person.name, self.signer, self.public_url)

    def _publish_prizes(self, activity: Activity) -> None:
        with clock.stopped_at(self._after(80)):
            for row in prizes.of(self.session, activity.id):
                told = prizes.PrizeTold(
                    row.code, row.words, row.amount, row.most, row.per, row.source, published=True
                )
                prizes.put(self.session, activity, told, self.desk.hand("thidua"))

    def _hand_over(self, entries: Sequence[Entry]) -> None:
        with clock.stopped_at(self._after(96)):
            for entry in entries:
                prizes.hand_over(self.session, entry.id, clock.today(), entry.name, self.desk.hand("thidua"))

    def _open_wall(self, entries: Sequence[Entry], known: dict[uuid.UUID, Resident]) -> None:
        """The commune opens its wall; some of those who were honoured agree to stand on it."""
        with clock.stopped_at(self._after(98)):
            wall.open_wall(self.session, self.planted.commune, STORY["wall"], self._by("thidua"))
        version = consents.texts()[consents.HONOUR_NAME].version
        adults = [
            one for one in entries
            if one.subject in known and may_be_named(known[one.subject].born, clock.local_day(self.opens).year)
        ]  # fmt: skip
        with clock.stopped_at(self._after(101)):
            for entry in adults[:ON_THE_WALL]:
                wall.choose(self.session, participant(known[entry.subject]), entry.id, True, version)  # type: ignore[index]
