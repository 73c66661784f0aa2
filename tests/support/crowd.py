"""A commune with as many households and visits as one likes, written straight into the tables: for counting what pages cost."""

import dataclasses
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from backend import clock
from backend.participation.models import Operation
from backend.teams.models import Assignment, Household, HouseholdPlace
from campaigns.visit.models import CallBack, Visit, VisitService
from tests.support.visits import Field, in_the_field, met, new_household
from tests.support.world import SINCE, World


@dataclass
class Crowd:
    """Everything is in the hamlet of the first team. `often`: a household visited again and again. `contest`:
    the activity that was on before.
    """

    field: Field
    often: uuid.UUID
    contest: uuid.UUID
    households: int = 0
    waiting: list[uuid.UUID] = dataclasses.field(default_factory=list)

    @property
    def world(self) -> World:
        return self.field.world

    def grow(self, count: int) -> None:
        """So many more households, two of a name each, each met twice today with a day promised and a doubtful clock,
        drawn for a call-back; as many more visits to one household; as many more records that wait.
        """
        rows = [self._household(self.households + n) for n in range(count)]
        visits = [self._visit(row["id"]) for row in rows for _ in range(2)]
        visits += [self._visit(self.often) for _ in rows]
        visits[-1]["follow_up_on"] = None
        with self.world.database.transaction() as session:
            session.execute(insert(Household), rows)
            for table, more in ((HouseholdPlace, self._place()), (Assignment, self._duty())):
                session.execute(insert(table), [{"household_id": row["id"]} | more for row in rows])
            session.execute(insert(Visit), visits)
            session.execute(
                insert(VisitService),
                [{"visit_id": one["id"], "service": "vneid", "outcome": "installed"} for one in visits],
            )
            session.execute(
                insert(CallBack), [{"visit_id": one["id"], "drawn_at": clock.now()} for one in visits[::2]]
            )
            self._more_waiting(session, count)
        self.households += count

    def _household(self, number: int) -> dict[str, Any]:
        return {
            "id": uuid.uuid4(), "code": f"05752-T01-H{number + 100:03d}", "kind": "household",
            "nickname": f"Nhà số {number // 2} (hư cấu)", "made_at": clock.now() - timedelta(days=9),
        }  # fmt: skip

    def _place(self) -> dict[str, Any]:
        return {"unit_id": self.world.hamlet, "valid_from": SINCE}

    def _duty(self) -> dict[str, Any]:
        return {"team_id": self.field.team, "valid_from": clock.now() - timedelta(days=9)}

    def _visit(self, household: uuid.UUID) -> dict[str, Any]:
        one, today = uuid.uuid4(), clock.today()
        return {
            "id": one, "activity_id": self.world.activity, "household_id": household, "team_id": self.field.team,
            "unit_id": self.world.hamlet, "by": uuid.uuid4(), "happened_at": clock.now(), "time_trust": "low",
            "day": today, "place": "home", "met": "adult", "consent_version": 1, "follow_up_on": today,
            "no_further_visit": False, "in_custody": False, "root": one, "stands": True,
        }  # fmt: skip

    def _more_waiting(self, session: Any, count: int) -> None:
        kept = session.scalars(
            select(Operation).where(Operation.outcome == "waiting").order_by(Operation.device_seq).limit(1)
        ).one()
        told = {column.key: getattr(kept, column.key) for column in Operation.__table__.columns}
        top: int = kept.device_seq + len(self.waiting)
        more = [
            told | {"id": uuid.uuid4(), "device_seq": top + n, "receipt": f"LT-TEST-{top + n}"}
            for n in range(1, count + 1)
        ]
        session.execute(insert(Operation), more)
        self.waiting += [one["id"] for one in more]


def gathered(world: World) -> Crowd:
    """Two teams in the field, one household met, one record that waits."""
    contest, found = world.activity, in_the_field(world)
    often = new_household(found.bich)
    verdict = world.phone("Dung").do("visit.log", met(often))
    assert verdict["outcome"] == "waiting", verdict
    return Crowd(found, uuid.UUID(often), contest)
