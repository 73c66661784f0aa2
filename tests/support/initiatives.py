"""A year of initiatives in the commune of `world`: an agency and a school, people who write, a council that judges."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import DomainError
from backend.participation.models import Fact
from backend.people import staff
from backend.people.models import Membership, SubjectLink
from backend.safeguards.audit import OPERATOR
from backend.units import change as units
from campaigns import lifecycle
from campaigns.initiative import council, intake, recognition, sheets
from campaigns.initiative.models import Council, Initiative
from campaigns.initiative.offices import Handler, Paper
from campaigns.initiative.schemas import InitiativeSettings
from campaigns.models import Activity, Campaign, Phase
from tests.support.world import PASSWORD, SINCE, Phone, World

T = TypeVar("T")
WORDS = {"vi": "Sáng kiến", "en": "Initiatives"}
PAPER = Paper("58/QĐ-UBND (hư cấu)", date(2026, 5, 4), "Chủ tịch Lan")
JUDGES = ("Chánh", "Dũng", "Hoa", "Minh")

FORMAL = {
    "track": "formal",
    "title": "Phiếu hỏi ba câu trước khi xuống xã",
    "problem": "Người xóm xa xuống đến nơi mới biết thiếu giấy tờ, phải quay về.",
    "solution": "Mười tờ hỏi nhanh cho mười thủ tục hay gặp, trả lời xong ra ngay danh sách giấy tờ cần mang.",
    "applied_where": "Trung tâm hành chính công",
    "applied_from": "2026-02-01",
    "effect": "Số lượt phải quay về giảm rõ.",
}


@dataclass
class Year:
    """`binh` and `an` work at the agency, `chau` teaches at the school; `judges` by name sit on the council."""

    world: World
    agency: uuid.UUID
    school: uuid.UUID
    binh: Phone
    an: Phone
    chau: Phone
    judges: dict[str, uuid.UUID]
    secretary: Handler
    numbers: list[str] = field(default_factory=list)

    @property
    def activity(self) -> uuid.UUID:
        return self.world.activity

    def mine(self, phone: Phone) -> dict[str, Any]:
        return dict(phone.get(f"/activities/{self.activity}/mine").get_json())

    def one(self, phone: Phone, initiative: str) -> dict[str, Any]:
        return next(row for row in self.mine(phone)["initiatives"] if row["id"] == initiative)

    def facts(self) -> dict[str, int]:
        """Measure -> what the standing facts add up to."""
        with self.world.database.transaction(writes=False) as session:
            found: dict[str, int] = {}
            for fact in session.scalars(select(Fact).where(Fact.activity_id == self.activity)):
                found[fact.measure] = found.get(fact.measure, 0) + fact.quantity
        return {measure: many for measure, many in found.items() if many}

    def units_of(self, measure: str) -> set[uuid.UUID]:
        with self.world.database.transaction(writes=False) as session:
            return set(session.scalars(select(Fact.unit_id).where(Fact.measure == measure)))

    def subject(self, phone: Phone) -> uuid.UUID:
        with self.world.database.transaction(writes=False) as session:
            query = select(SubjectLink.subject).where(SubjectLink.person_id == uuid.UUID(phone.me["id"]))
            return session.scalars(query).one()

    def at_console(self, initiative: str, do: Callable[[Session, Activity, Initiative], T]) -> T:
        """Something done with an initiative at the console."""
        with self.world.database.transaction() as session:
            row = intake.held(session, uuid.UUID(initiative))
            return do(session, session.get_one(Activity, self.activity), row)

    def with_session(self, do: Callable[[Session], T]) -> T:
        with self.world.database.transaction() as session:
            return do(session)

    # --- the way of a full file ---

    def valid(self, initiative: str) -> str:
        self.at_console(initiative, lambda s, a, r: intake.find_valid(s, a, r, "", self.secretary))
        return initiative

    def sitting(
        self, *, blind: bool = True, units: Mapping[str, uuid.UUID] | None = None, **marks: Any
    ) -> uuid.UUID:
        """A council of four, of whom three must be there and three judge each."""
        seats = [
            council.Member(person, "chair" if name == JUDGES[0] else "member", (units or {}).get(name))
            for name, person in self.judges.items()
        ]
        chosen = council.Marks.of(msgspec.convert(marks, InitiativeSettings))
        return self.with_session(
            lambda s: (
                council.convene(
                    s,
                    self.activity,
                    title="Hội đồng",
                    paper=PAPER,
                    members=seats,
                    marks=chosen,
                    blind=blind,
                    by=self.secretary,
                ).id
            )
        )

    def assign(
        self, sitting: uuid.UUID, initiative: str, *names: str
    ) -> dict[str, tuple[uuid.UUID, str | None]]:
        """Judge -> (assignment, conflict found)."""
        chosen = [self.judges[name] for name in names or JUDGES[:3]]
        made = self.at_console(
            initiative,
            lambda s, _a, r: [
                (row.person_id, row.id, row.conflict)
                for row in council.assign(s, council.held(s, sitting), r, chosen, self.secretary)
            ],
        )
        names_of = {person: name for name, person in self.judges.items()}
        return {names_of[person]: (row, conflict) for person, row, conflict in made}

    def score(self, name: str, assignment: uuid.UUID, *points: float, hand_in: bool = True) -> None:
        """Points for novelty, applicability and effect."""
        told = dict(
            zip(("novelty", "applicability", "effect"), (Decimal(str(p)) for p in points), strict=False)
        )
        refused = self.with_session(lambda s: self._score(s, assignment, name, told, hand_in))
        if refused:
            raise refused

    def _score(
        self, session: Session, assignment: uuid.UUID, name: str, told: dict[str, Decimal], hand_in: bool
    ) -> DomainError | None:
        """As the door does it: what an error says is to be kept is kept."""
        try:
            sheets.score(session, assignment, self.judges[name], told, "", hand_in=hand_in)
        except DomainError as error:
            if not error.keeps_writes:
                raise
            return error
        return None

    def meet(self, sitting: uuid.UUID, *names: str) -> None:
        here = [self.judges[name] for name in names or JUDGES[:3]]
        self.with_session(lambda s: council.open_meeting(s, council.held(s, sitting), here, self.secretary))

    def decide(self, sitting: uuid.UUID, initiative: str) -> dict[str, Any]:
        return dict(
            self.at_console(
                initiative,
                lambda s, _a, r: council.decide(s, s.get_one(Council, sitting), r, "", self.secretary).told,
            )
        )

    def recommended(self, initiative: str) -> str:
        """Judged well by three, and recommended."""
        sitting = self.sitting()
        for name, (assignment, _) in self.assign(sitting, self.valid(initiative)).items():
            self.score(name, assignment, 25, 25, 35)
        self.meet(sitting)
        self.decide(sitting, initiative)
        return initiative

    def recognise(
        self, initiative: str, scope: str = "grassroots", paper: Paper = PAPER, **more: Any
    ) -> uuid.UUID:
        settings = InitiativeSettings(publish_after_days=0)
        return self.at_console(
            initiative,
            lambda s, a, r: recognition.recognise(s, a, settings, r, scope, paper, self.secretary, **more).id,
        )


def text(**more: Any) -> dict[str, Any]:
    """A full file with everything in it."""
    return {"initiative": str(uuid.uuid4())} | FORMAL | more


def small(**more: Any) -> dict[str, Any]:
    plain = {
        "track": "small",
        "title": "Treo lịch chữ to",
        "problem": "Không biết ai trực.",
        "solution": "Treo lịch ở cổng.",
    }
    return {"initiative": str(uuid.uuid4())} | plain | more


def hand_in(phone: Phone, body: dict[str, Any]) -> str:
    """Write and register; the initiative's id."""
    written = phone.do("initiative.write", body)
    assert written["outcome"] == "noted", written
    verdict = phone.do("initiative.register", {"initiative": body["initiative"]})
    assert verdict["outcome"] == "counted", verdict
    return str(body["initiative"])


def belong(world: World, phone: Phone, unit: uuid.UUID, kind: str = "works_at") -> None:
    with world.database.transaction() as session:
        session.add(
            Membership(person_id=uuid.UUID(phone.me["id"]), unit_id=unit, kind=kind, valid_from=SINCE)
        )


def year_of_initiatives(world: World, days_ago: int = 30, **settings: Any) -> Year:
    """A year that began some days ago, with units, people and a council's judges."""
    with world.database.transaction() as session:
        agency, school = (
            units.found(session, code=code, kind=kind, name=name, level_word="", since=SINCE,
                        parents={"territory": world.commune})
            for code, kind, name in (("05752-A1", "agency", "Trung tâm hành chính công"), ("05752-S1", "school", "Trường Tân Khánh"))
        )  # fmt: skip
        hired = {
            name: staff.hire(session, name=f"Giám khảo {name}", username=f"judge.{number}", password=PASSWORD,
                             grants=[("council_member", world.commune)])
            for number, name in enumerate(JUDGES, start=1)
        }  # fmt: skip
        secretary = staff.hire(session, name="Thư ký Vân", username="secretary.ini", password=PASSWORD,
                               grants=[("initiative_secretary", world.commune)])  # fmt: skip
        _open(session, world, days_ago, settings)
    binh, an, chau = (world.phone(name, consent=False) for name in ("Bình", "An", "Châu"))
    for phone, unit in ((binh, agency), (an, agency), (chau, school)):
        belong(world, phone, unit)
        phone.agree("initiative_record")
    return Year(
        world, agency, school, binh, an, chau, judges=hired, secretary=Handler(secretary, world.commune)
    )


def _open(session: Any, world: World, days_ago: int, settings: dict[str, Any]) -> None:
    now = clock.now()
    opens, closes = now - timedelta(days=days_ago), now + timedelta(days=364 - days_ago)
    campaign = Campaign(
        code="sang-kien", kind="emulation", title=WORDS, summary=WORDS, owner_unit_id=world.commune, counts_by="works_at",
        made_at=opens, state="running", released_at=opens,
    )  # fmt: skip
    session.add(campaign)
    session.flush()
    phase = Phase(campaign_id=campaign.id, number=1, title=WORDS, opens_at=opens, closes_at=closes)
    session.add(phase)
    session.flush()
    activity = Activity(
        campaign_id=campaign.id, phase_id=phase.id, code="ca-nam", kind="initiative", title=WORDS, rules={"vi": ""},
        settings=msgspec.to_builtins(msgspec.convert(settings, InitiativeSettings)), opens_at=opens, closes_at=closes,
    )  # fmt: skip
    session.add(activity)
    session.flush()
    lifecycle.open_activity(session, activity, OPERATOR)
    world.campaign, world.activity = campaign.id, activity.id
