"""A member's day for the demo and the tests: a household met, visits, one put right, a session, the day closed."""

import random
import uuid
from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.people.consents import texts
from backend.teams.models import TeamArea
from backend.units.trees import holds_on
from campaigns.models import Activity
from campaigns.visit.catalogue import services_of
from campaigns.visit.schemas import VisitSettings

Act = Callable[[str, dict[str, Any], int], dict[str, Any]]
"""(action, body, seconds after the deed before) -> the action's result"""


def seed(
    session: Session, activity: Activity, act: Act, chance: random.Random, hand: uuid.UUID | None = None
) -> None:
    """One round through a hamlet; `hand`: which, otherwise the first that any team looks after."""
    hamlet = str(hand or _some_hamlet(session))
    household = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    act("visit.check_in", {"hamlet": hamlet}, 0)
    met = {"household": household, "kind": "household", "nickname": "Nhà bác Lành (hư cấu)", "hamlet": hamlet}
    act("visit.household", met, 60)
    first = act("visit.log", _visit(activity, household, chance, 1), 600)
    act("visit.log", _visit(activity, household, chance, 2) | {"corrects": str(first["visit"])}, 300)
    act("visit.log", {"household": household, "met": "nobody", "follow_up_of": str(first["visit"])}, 900)
    people = chance.randint(8, 25)
    act(
        "visit.session",
        {
            "hamlet": hamlet,
            "services": [{"service": "scam_advice", "outcome": "explained", "people": people}],
            "assisted": people,
            "declared": people + chance.randint(0, 10),
        },
        1800,
    )
    act("visit.day", {"day": clock.today().isoformat(), "languages": {"kinh": 2}}, 60)


def _some_hamlet(session: Session) -> uuid.UUID:
    query = select(TeamArea.unit_id).where(holds_on(TeamArea, clock.today())).order_by(TeamArea.id)
    return session.scalars(query.limit(1)).one()


def _visit(activity: Activity, household: str, chance: random.Random, how_many: int) -> dict[str, Any]:
    settings = msgspec.convert(activity.settings_in_force, VisitSettings)
    chosen = chance.sample(list(services_of(settings)), how_many)
    return {
        "household": household,
        "met": "adult",
        "consent": texts()["visit_record"].version,
        "services": [{"service": one.code, "outcome": chance.choice(one.stages)} for one in chosen],
        "device": chance.choice(("own", "shared")),
    }
