"""What the people of the demo's communes did in a month: the same rows whenever they are asked for, on whichever node.

Nobody in it has a name: a fact knows a subject, and the subjects here belong to nobody.
"""

import random
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.calendars import Period, bounds
from backend.clock import VIETNAM
from backend.participation.record import write_facts
from backend.units.models import Unit

OURS = uuid.UUID("5b0f7a34-57a5-5d2e-8a57-1900000057aa")
CAMPAIGN = uuid.uuid5(OURS, "campaign")
PER_VISIT = ((0.9, "visit.vneid.explained"), (0.5, "visit.vneid.used_alone"))
Row = dict[str, Any]


@dataclass(frozen=True)
class Hamlet:
    """`code`: the official one; `lively`: the share of its people who take part in a month."""

    code: str
    name: str
    people: int
    lively: float


def hamlets_of(commune: dict[str, Any]) -> list[Hamlet]:
    """As demo data tells of them, numbered in the order they stand there."""
    return [
        Hamlet(f"{commune['code']}-T{number:02d}", row["name"], row["people"], row["lively"])
        for number, row in enumerate(commune["hamlets"], start=1)
    ]


@dataclass(frozen=True)
class Deed:
    """One fact before it has a unit's id. `who`: within the hamlet; "" an event of nobody in particular."""

    hamlet: str
    measure: str
    who: str
    day: date
    quantity: int = 1

    def row(self, unit: uuid.UUID, received: datetime) -> Row:
        at = datetime.combine(self.day, time(9), VIETNAM)
        key = uuid.uuid5(OURS, f"{self.hamlet} {self.measure} {self.who} {self.day} {self.quantity}")
        return {
            "operation_id": key, "line": 1, "measure": self.measure, "scope": f"{at:%Y%m}", "generation": 1,
            "subject": uuid.uuid5(OURS, f"{self.hamlet} {self.who}") if self.who else None,
            "quantity": self.quantity, "result": None, "unit_id": unit, "campaign_id": CAMPAIGN, "activity_id": CAMPAIGN,
            "happened_at": at, "received_at": received, "recorded_at": received, "period": f"{at:%Y%m}",
            "is_reversal": False, "reverses_operation": None, "reverses_line": None,
        }  # fmt: skip


def month_of(hamlet: Hamlet, month: Period) -> Iterator[Deed]:
    """A hamlet's month: people in the quiz, households visited, sessions in the hamlet's hall, an idea now and then."""
    chance = random.Random(f"{hamlet.code} {month.code}")
    days = (month.last - month.first).days
    took_part = round(hamlet.people * hamlet.lively * chance.uniform(0.7, 1.1))
    for number in range(took_part):
        yield from _quiz(hamlet, month, number, days, chance)
    for number in range(round(hamlet.people * hamlet.lively / 4)):
        yield from _visit(hamlet, month, number, days, chance)
    for number in range(chance.randint(0, 3)):
        yield Deed(
            hamlet.code, "visit.assisted", "", _day(month, 7 * number + 2, days), chance.randint(6, 22)
        )
    for number in range(chance.randint(0, 1)):
        yield Deed(hamlet.code, "initiative.registered", "", _day(month, 12 + number, days))


def _quiz(hamlet: Hamlet, month: Period, number: int, days: int, chance: random.Random) -> Iterator[Deed]:
    who, day = f"người {number}", _day(month, chance.randrange(days), days)
    yield Deed(hamlet.code, "contest.entrants", who, day)
    yield Deed(hamlet.code, "contest.papers", who, day)


def _visit(hamlet: Hamlet, month: Period, number: int, days: int, chance: random.Random) -> Iterator[Deed]:
    home, day = f"hộ {number}", _day(month, chance.randrange(days), days)
    yield Deed(hamlet.code, "visit.households", home, day)
    yield Deed(hamlet.code, "visit.visits", home, day)
    for share, measure in PER_VISIT:
        if chance.random() < share:
            yield Deed(hamlet.code, measure, home, day)


def late_of(hamlet: str, people: int, month: Period) -> Iterator[Deed]:
    """Came in after the month's card was published."""
    for number in range(people):
        who = f"người đến muộn {number}"
        yield Deed(hamlet, "contest.entrants", who, month.last)
        yield Deed(hamlet, "contest.papers", who, month.last)


def _day(month: Period, number: int, days: int) -> date:
    return month.first + timedelta(days=min(number, days))


def write(session: Session, deeds: Iterable[Deed], month: Period, received: datetime | None = None) -> int:
    """Into the ledger of whichever node; deeds of hamlets it does not hold are left out. Answers how many were written."""
    ids = dict(session.execute(select(Unit.code, Unit.id).where(Unit.kind == "hamlet")).tuples().all())
    at = received or bounds(month)[1] - timedelta(hours=2)
    rows = [deed.row(ids[deed.hamlet], at) for deed in deeds if deed.hamlet in ids]
    write_facts(session, rows)
    return len(rows)
