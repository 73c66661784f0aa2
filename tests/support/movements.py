"""A movement in the commune of `world`: ten hamlets, three of them far away, criteria of every source, people who took part."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.participation import record
from backend.participation.models import Fact
from backend.people.models import SubjectLink
from backend.safeguards.audit import OPERATOR, Actor
from backend.safeguards.signing import Signer
from backend.units import change as units
from backend.units import tags
from campaigns import lifecycle
from campaigns.models import Activity, Campaign, Phase
from campaigns.movement import declaring, enrolment, launching, reviews
from campaigns.movement.criteria import Say
from campaigns.movement.launching import Paper
from campaigns.movement.models import Enrolment, Review
from campaigns.movement.schemas import MovementSettings, PromiseIn
from campaigns.registry import measure_book
from tests.support.world import SINCE, Phone, World

T = TypeVar("T")
WORDS = {"vi": "Xóm điển hình", "en": "Exemplary hamlet"}
DAYS = 30
HEADS = 100
ENTRANTS, LINKED, CHANNEL, QR = "nguoi-du-thi", "ho-noi-mang", "kenh-chung", "ma-qr"
CRITERIA = (
    {"code": ENTRANTS, "vi": "Người dự thi", "en": "People in the quiz", "source": "measured", "measure": "contest.entrants",
     "take": "rate", "target": 20, "least": 5, "compared": True},
    {"code": LINKED, "vi": "Hộ nối mạng", "en": "Households online", "source": "declared", "target": 50, "compared": True},
    {"code": CHANNEL, "vi": "Có kênh chung", "en": "A channel", "source": "self"},
    {"code": QR, "vi": "Nhận tiền bằng mã QR", "en": "Takes QR payments", "source": "self", "whom": "firm"},
    {"code": "don-hang", "vi": "Đơn hàng qua mạng", "en": "Orders online", "source": "declared", "whom": "firm", "target": 10,
     "least": 2},
)  # fmt: skip
PAPER = Paper("12/KH-UBND (hư cấu)", date(2026, 1, 5), "Phát động thi đua", "Nguyễn Văn Chủ", "Chủ tịch UBND")


@dataclass
class Movement:
    """`hamlets` by name; the first seven have 100 people each, the last three are remote."""

    world: World
    hamlets: dict[str, uuid.UUID]
    signer: Signer = field(default_factory=Signer.throw_away)

    @property
    def activity(self) -> uuid.UUID:
        return self.world.activity

    @property
    def officer(self) -> Actor:
        return Actor("staff", self.world.staff["emulation"])

    def at(self, do: Callable[[Session, Activity, MovementSettings], T]) -> T:
        """Something done with the movement at hand."""
        with self.world.database.transaction() as session:
            activity = session.get_one(Activity, self.activity)
            return do(session, activity, msgspec.convert(activity.settings_in_force, MovementSettings))

    def enrol(self, name: str, confirmed: bool = True, **targets: float) -> uuid.UUID:
        """The enrolment of a hamlet; a target by criterion, with _ for -."""
        told = [PromiseIn(code.replace("_", "-"), target) for code, target in targets.items()]

        def do(session: Session, activity: Activity, settings: MovementSettings) -> uuid.UUID:
            row = enrolment.enrol(session, activity, settings, self.hamlets[name], told, self.officer)
            if confirmed:
                enrolment.confirm(session, activity, row, self.officer)
            return row.id

        return self.at(do)

    def enrol_all(self) -> dict[str, uuid.UUID]:
        return {name: self.enrol(name) for name in self.hamlets}

    def took_part(self, name: str, people: int, days_ago: int = 3) -> None:
        """So many different people of a hamlet entered the quiz."""
        facts(self.world, "contest.entrants", self.hamlets[name], people, days_ago)

    def declare(self, entrant: uuid.UUID, *told: Say) -> None:
        def do(session: Session, activity: Activity, settings: MovementSettings) -> None:
            row = enrolment.held(session, entrant)
            declaring.declare(session, activity, settings, row, told, self.officer)

        self.at(do)

    def review(self, kind: str = "interim", publish: bool = True) -> int:
        """The number of a review up to today."""

        def do(session: Session, activity: Activity, settings: MovementSettings) -> int:
            book = measure_book()
            row = reviews.draft(session, activity, settings, book, kind, clock.today(), self.officer)
            if publish:
                reviews.publish(session, activity, settings, book, row, self.signer, self.officer)
            return row.number

        return self.at(do)

    def statement(self, number: int = 1) -> dict[str, Any]:
        def do(session: Session, _a: Activity, _s: MovementSettings) -> dict[str, Any]:
            query = select(Review.statement).where(
                Review.activity_id == self.activity, Review.number == number
            )
            return dict(session.scalars(query).one() or {})

        return self.at(do)

    def leaders(self, criterion: str, number: int = 1) -> list[str]:
        """Names of those in front, of every group."""
        (asked,) = (one for one in self.statement(number)["criteria"] if one["code"] == criterion)
        return [leader["name"] for group in asked["groups"] for leader in group["leaders"]]

    def counted(self) -> dict[str, int]:
        """The movement's own measures -> what stands of them."""
        with self.world.database.transaction(writes=False) as session:
            found: dict[str, int] = {}
            for fact in session.scalars(select(Fact).where(Fact.activity_id == self.activity)):
                found[fact.measure] = found.get(fact.measure, 0) + fact.quantity
        return {measure: many for measure, many in found.items() if many and measure.startswith("movement.")}

    def row(self, entrant: uuid.UUID) -> Enrolment:
        with self.world.database.transaction(writes=False) as session:
            row = session.get_one(Enrolment, entrant)
            session.expunge(row)
            return row

    # --- on a phone ---

    def owner(self, name: str = "Lành") -> Phone:
        """Somebody who has a business in the first hamlet."""
        phone = self.world.phone(name, consent=False)
        phone.agree("movement_record")
        return phone

    def mine(self, phone: Phone) -> dict[str, Any]:
        return dict(phone.get(f"/activities/{self.activity}/mine").get_json())

    def subject(self, phone: Phone) -> uuid.UUID:
        with self.world.database.transaction(writes=False) as session:
            query = select(SubjectLink.subject).where(SubjectLink.person_id == uuid.UUID(phone.me["id"]))
            return session.scalars(query).one()


def business(movement: Movement, name: str = "Tạp hóa Cô Lành", **more: Any) -> dict[str, Any]:
    told = {"enrolment": str(uuid.uuid4()), "sort": "household_business", "name": name}
    return told | {"hamlet": str(next(iter(movement.hamlets.values())))} | more


def facts(
    world: World, measure: str, unit: uuid.UUID, many: int, days_ago: int, activity: Any = None
) -> None:
    """So many facts about as many people."""
    when = clock.now() - timedelta(days=days_ago)
    with world.database.transaction() as session:
        rows = [
            record.fact_row(new_id(), measure, new_id(), "thu", unit, world.campaign, activity or world.activity, when)
            for _ in range(many)
        ]  # fmt: skip
        record.write_facts(session, rows)


def scheduled(world: World, document: bool = True, **settings: Any) -> uuid.UUID:
    """A movement that has not opened."""
    with world.database.transaction() as session:
        opens, closes = clock.now() - timedelta(days=DAYS), clock.now() + timedelta(days=300)
        campaign = Campaign(
            code=f"thi-dua-{new_id()}", kind="emulation", title=WORDS, summary=WORDS, owner_unit_id=world.commune,
            made_at=opens, state="running", released_at=opens, document_number="12/KH-UBND" if document else None,
            document_date=SINCE if document else None,
        )  # fmt: skip
        session.add(campaign)
        session.flush()
        phase = Phase(campaign_id=campaign.id, number=1, title=WORDS, opens_at=opens, closes_at=closes)
        session.add(phase)
        session.flush()
        told = msgspec.to_builtins(msgspec.convert({"criteria": CRITERIA} | settings, MovementSettings))
        activity = Activity(
            campaign_id=campaign.id, phase_id=phase.id, code="ca-nam", kind="movement", title=WORDS, rules={"vi": ""},
            settings=told, opens_at=opens, closes_at=closes,
        )  # fmt: skip
        session.add(activity)
        session.flush()
        world.campaign, world.activity = campaign.id, activity.id
        return activity.id


def movement_of(world: World, **settings: Any) -> Movement:
    """An open movement of ten hamlets."""
    hamlets = {"Đồng Tiến": world.hamlet, "Cầu Cong": world.other_hamlet}
    with world.database.transaction() as session:
        for number in range(3, 11):
            name = f"Xóm {number}" if number < 8 else f"Vùng xa {number}"
            hamlets[name] = units.found(
                session, code=f"05752-T{number:02d}", kind="hamlet", name=name, level_word="xóm", since=SINCE,
                parents={"territory": world.commune},
            )  # fmt: skip
        for unit in hamlets.values():
            units.count_heads(session, unit, "residents_from_7", date(2026, 7, 1), HEADS, "thử nghiệm")
        for name in list(hamlets)[7:]:
            tags.give(session, hamlets[name], "remote", SINCE, "QĐ 861")
    scheduled(world, **settings)
    found = Movement(world, hamlets)
    found.at(lambda session, activity, _s: lifecycle.open_activity(session, activity, OPERATOR))
    return found


def yes(code: str, met: bool = True) -> Say:
    return Say(code, met=met)


def figure(code: str, value: str, paper: str = "Sổ của xóm") -> Say:
    return Say(code, value=Decimal(value), paper=paper)


def launched(movement: Movement, unit: uuid.UUID, line: str = "state", **more: Any) -> None:
    paper = Paper(**(vars(PAPER) | more))
    movement.at(lambda s, a, _s: launching.launch(s, a, unit, line, paper, movement.officer) and None)
