"""A team in the commune of `world`, an activity of visits, and members who write them down."""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.participation.models import Fact
from backend.safeguards.audit import OPERATOR
from backend.tallies.models import Tally
from backend.teams import change
from campaigns import lifecycle
from campaigns.models import Activity, Phase
from campaigns.visit.schemas import VisitSettings
from tests.support.world import SINCE, Phone, World


def found_team(
    world: World, code: str = "05752-CN1", name: str = "xóm Đồng Tiến", areas: list[uuid.UUID] | None = None
) -> uuid.UUID:
    with world.database.transaction() as session:
        return change.found_team(
            session, commune=world.commune, name=name, code=code, decision_number="21/QĐ-UBND",
            decision_date=date(2026, 1, 5), decided_by="UBND xã Tân Khánh (hư cấu)",
            areas=[world.hamlet] if areas is None else areas, since=SINCE,
        )  # fmt: skip


def join(world: World, team: uuid.UUID, *phones: Phone, day: date | None = None) -> None:
    with world.database.transaction() as session:
        for phone in phones:
            change.join(session, team, uuid.UUID(phone.me["id"]), day or SINCE)


def visiting(world: World, days: int = 30, **settings: Any) -> uuid.UUID:
    """An open activity of visits in the world's campaign; deeds of `Phone` go to it from now on."""
    words, now = {"vi": "Đến từng nhà", "en": "House by house"}, clock.now()
    opens, closes = now - timedelta(days=days), now + timedelta(days=days)
    with world.database.transaction() as session:
        rounds = session.scalar(select(func.count()).where(Phase.campaign_id == world.campaign)) or 0
        phase = Phase(
            campaign_id=world.campaign, number=rounds + 1, title=words, opens_at=opens, closes_at=closes
        )
        session.add(phase)
        session.flush()
        activity = Activity(
            campaign_id=world.campaign, phase_id=phase.id, code=f"den-tung-nha-{rounds}", kind="visit", title=words, rules={"vi": ""},
            settings=msgspec.to_builtins(msgspec.convert(settings, VisitSettings)), opens_at=opens, closes_at=closes,
        )  # fmt: skip
        session.add(activity)
        session.flush()
        lifecycle.open_activity(session, activity, OPERATOR)
        world.activity = activity.id
    return world.activity


@dataclass
class Field:
    """A world in which two teams go from house to house: `bich` in the first one, `cuong` in the second."""

    world: World
    team: uuid.UUID
    other_team: uuid.UUID
    bich: Phone
    cuong: Phone

    def facts(self) -> dict[str, int]:
        """Measure -> what the facts of the activity add up to."""
        with self.world.database.transaction(writes=False) as session:
            return totals(session, self.world.activity)

    def tallies(self, unit: uuid.UUID | None = None) -> dict[str, int]:
        """Measure -> what stands in a unit's tally (the commune's); households as a count of households."""
        self.world.fold()
        with self.world.database.transaction(writes=False) as session:
            rows = session.scalars(
                select(Tally).where(
                    Tally.unit_id == (unit or self.world.commune),
                    Tally.period == "all",
                    Tally.activity_id == self.world.activity,
                )
            )
            found = {
                row.measure: row.people if row.measure == "visit.households" else row.quantity for row in rows
            }
            return {measure: count for measure, count in found.items() if count}


def totals(session: Session, activity: uuid.UUID) -> dict[str, int]:
    found: dict[str, int] = {}
    for fact in session.scalars(select(Fact).where(Fact.activity_id == activity)):
        found[fact.measure] = found.get(fact.measure, 0) + fact.quantity
    return {measure: count for measure, count in found.items() if count}


def in_the_field(world: World) -> Field:
    team = found_team(world)
    other = found_team(world, "05752-CN2", "xóm Cầu Cong", [world.other_hamlet])
    bich, cuong = world.phone("Bích"), world.phone("Cường", hamlet=world.other_hamlet)
    join(world, team, bich)
    join(world, other, cuong)
    visiting(world)
    return Field(world, team, other, bich, cuong)


def met(
    household: Any, services: dict[str, str] | None = None, consent: int | None = 1, **more: Any
) -> dict[str, Any]:
    """The body of a visit at which an adult was met; `services`: service -> how far it went."""
    told = {"vneid": "installed"} if services is None else services
    return {
        "household": str(household),
        "met": "adult",
        "consent": consent,
        "services": [{"service": service, "outcome": outcome} for service, outcome in told.items()],
    } | more


def new_household(
    phone: Phone, hamlet: uuid.UUID | None = None, nickname: str = "Nhà bác Lành", **other: Any
) -> str:
    """A household met for the first time; its id."""
    household = str(uuid.uuid4())
    verdict = phone.do(
        "visit.household",
        {
            "household": household,
            "kind": "household",
            "nickname": nickname,
            "hamlet": str(hamlet or phone.world.hamlet),
        },
        **other,
    )
    assert verdict["outcome"] == "noted", verdict
    return household
