"""Awards in the commune of `world`: an activity of awards that is open, and hands of every line that act for it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import DomainError
from backend.people import staff
from backend.people.models import SubjectLink
from backend.safeguards.audit import OPERATOR
from backend.units import change as units
from campaigns import lifecycle
from campaigns.award import chain, founding, proposals
from campaigns.award.hands import Hand, Minutes, Paper, hand
from campaigns.award.models import Case
from campaigns.award.proposals import Candidate, Outline
from campaigns.award.schemas import AwardSettings, PrizeIn, RuleIn
from campaigns.models import Activity, Campaign
from tests.support.world import PASSWORD, SINCE, Phone, World

T = TypeVar("T")
PAPER = Paper(signer="Trần Văn Tám", signer_title="Chủ tịch")
RULES = AwardSettings(
    rules=(
        RuleIn("giai", "Đạt giải cuộc thi tìm hiểu chuyển đổi số", "dot-1", board="contest.papers", first=3,
               prizes=("nhat", "nhi")),
        RuleIn("hoan-thanh", "Hoàn thành cuộc thi", "dot-1", measure="contest.passed", tier="organiser",
               form="giay-chung-nhan"),
        RuleIn("xom", "90% người dân tham gia", "dot-1", who="unit", measure="contest.entrants", take="rate",
               at_least=20),
    ),
    prizes=(PrizeIn("nhat", "Giải Nhất", "First prize", 1, 500_000, source="Ngân sách xã"),
            PrizeIn("nhi", "Giải Nhì", "Second prize", 1, 300_000, source="Ngân sách xã")),
)  # fmt: skip
ROLES = {
    "state": {"propose": "unit_head", "council": "emulation_council", "sign": "signer", "number": "clerk",
              "register": "emulation_officer"},
    "party": {"propose": "cell_secretary", "council": "party_office", "sign": "signer", "number": "clerk",
              "register": "party_office"},
    "front": {"propose": "front", "council": "emulation_council", "sign": "signer", "number": "clerk",
              "register": "emulation_officer"},
    "youth": {"propose": "unit_head", "sign": "signer", "number": "clerk", "register": "emulation_officer"},
    "organiser": {"propose": "campaign_admin", "sign": "campaign_releaser", "register": "emulation_officer"},
}  # fmt: skip


@dataclass
class Awards:
    """`units`: line -> (proposing, deciding). `hands`: line -> deed -> who does it."""

    world: World
    activity: uuid.UUID
    units: dict[str, tuple[uuid.UUID, uuid.UUID]]
    people: dict[tuple[str, str], uuid.UUID] = field(default_factory=dict)
    numbers: int = 0

    def does(self, deed: Callable[[Session], T]) -> T:
        with self.world.database.transaction() as session:
            return deed(session)

    def reads(self, deed: Callable[[Session], T]) -> T:
        with self.world.database.transaction(writes=False) as session:
            return deed(session)

    def refusal(self, deed: Callable[[Session], Any]) -> type[DomainError] | None:
        try:
            self.does(deed)
        except DomainError as error:
            return type(error)
        return None

    def hand(self, session: Session, line: str, deed: str) -> Hand:
        return hand(session, self.people[line, deed])

    def subject(self, phone: Phone) -> uuid.UUID:
        query = select(SubjectLink.subject).where(SubjectLink.person_id == uuid.UUID(phone.me["id"]))
        return self.reads(lambda session: session.scalars(query).one())

    def outline(self, line: str = "state", tier: str = "formal", **more: Any) -> Outline:
        unit, deciding = self.units["organiser" if tier == "organiser" else line]
        form = "giay-khen" if tier == "formal" else "giay-chung-nhan"
        told = {"achievement": "Dẫn đầu chuyển đổi số", "achievement_key": "dan-dau", "form": form} | more
        return Outline(line, tier, unit=unit, deciding=deciding, **told)

    def draft(
        self, *names: str | Candidate, line: str = "state", tier: str = "formal", **more: Any
    ) -> uuid.UUID:
        """A list with these names on it."""
        key = "organiser" if tier == "organiser" else line

        def begin(session: Session) -> uuid.UUID:
            by = self.hand(session, key, "propose")
            case = proposals.draft(
                session, session.get_one(Activity, self.activity), self.outline(line, tier, **more), by
            )
            told = [one if isinstance(one, Candidate) else Candidate("person", one) for one in names]
            proposals.add_all(session, case, told or [Candidate("person", "Nguyễn Thị Bình")], by)
            return case.id

        return self.does(begin)

    def act(self, case: uuid.UUID, deed: str, line: str = "state", **more: Any) -> Case:
        """The deed by its own hand, with everything it needs unless said otherwise."""
        needs = {"words": "Thiếu biên bản họp xóm", "minutes": minutes(), "paper": self.paper()} | more
        return self.does(lambda s: chain.act(s, case, deed, self.hand(s, line, deed), **needs))

    def paper(self) -> Paper:
        self.numbers += 1
        return Paper(f"{self.numbers:02d}/QĐ-UBND", clock.today(), PAPER.signer, PAPER.signer_title)

    def until(self, case: uuid.UUID, last: str, line: str = "state") -> uuid.UUID:
        for deed in ROLES[line]:
            self.act(case, deed, line)
            if deed == last:
                break
        return case

    def entered(
        self, *names: str | Candidate, line: str = "state", tier: str = "formal", **more: Any
    ) -> uuid.UUID:
        """A case all the way into the book."""
        case = self.draft(*names, line=line, tier=tier, **more)
        return self.until(case, "register", "organiser" if tier == "organiser" else line)


def minutes(**more: Any) -> Minutes:
    told = {
        "day": clock.today(),
        "present": 7,
        "agreed": 7,
        "words": "Nhất trí đề nghị tặng giấy khen",
    } | more
    return Minutes(**told)


def awards_of(world: World, settings: AwardSettings = RULES) -> Awards:
    """Every line with its unit and five members of staff of its own."""
    with world.database.transaction() as session:
        party = units.found(session, code="05752-DB", kind="party_organisation", name="xã Tân Khánh", level_word="đảng bộ",
                            since=SINCE, parents={"party": world.commune})  # fmt: skip
        cell = units.found(session, code="05752-CB1", kind="party_cell", name="Đồng Tiến", level_word="chi bộ", since=SINCE,
                           parents={"party": party})  # fmt: skip
        front = units.found(session, code="05752-MT", kind="association", name="MTTQ xã", level_word="", since=SINCE,
                            parents={"front": world.commune})  # fmt: skip
        youth = units.found(session, code="05752-DTN", kind="youth_branch", name="xã Tân Khánh", level_word="Đoàn",
                            since=SINCE, parents={"youth": world.commune})  # fmt: skip
        places = {
            "state": (world.hamlet, world.commune), "party": (cell, world.commune), "front": (front, front),
            "youth": (youth, youth), "organiser": (world.commune, world.commune),
        }  # fmt: skip
        people = {
            (line, deed): staff.hire(
                session, name=f"{line} {deed}", username=f"{line}-{deed}", password=PASSWORD,
                grants=[(role, places[line][0] if deed == "propose" else party if line == "party" else places[line][1])],
            )
            for line, roles in ROLES.items()
            for deed, role in roles.items()
        }  # fmt: skip
        for line, roles in ROLES.items():
            people[line, "give_back"] = people[line, list(roles)[1]]
            people[line, "drop"] = people[line, "propose"]
        opener = hand(session, world.staff["emulation"])
        activity = founding.add(session, session.get_one(Campaign, world.campaign), settings, opener)
        lifecycle.open_activity(session, activity, OPERATOR)
        made = Awards(world, activity.id, places, people)
    return made


def close_contest(world: World) -> None:
    """Close and settle the contest, as time does."""
    with world.database.transaction() as session:
        contest = session.get_one(Activity, world.activity)
        lifecycle.close_activity(session, contest, OPERATOR)
    world.fold()
    with clock.stopped_at(clock.now() + timedelta(hours=1)), world.database.transaction() as session:
        contest = session.get_one(Activity, world.activity)
        if contest.state == "closed":
            lifecycle.settle_activity(session, contest, OPERATOR)
    world.fold()
