"""Writing a ledger by hand: one deed a line, received when the test says, in whatever order."""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period, parse
from backend.cards import actions, revisions
from backend.cards.models import Card, CardRevision
from backend.clock import VIETNAM
from backend.participation.record import write_facts
from backend.safeguards.audit import OPERATOR
from backend.units import change
from tests.support.world import World

MONTH = parse("thang", "202610")
PUBLISHED = datetime(2026, 11, 3, 9, tzinfo=UTC)
AGAIN = datetime(2026, 11, 12, 9, tzinfo=UTC)
ENTRANTS, PAPERS, HOUSEHOLDS, VISITS = (
    "contest.entrants",
    "contest.papers",
    "visit.households",
    "visit.visits",
)
ASSISTED = "visit.assisted"
REASON = "Có bản ghi đến muộn của tháng mười"


NO_KEY = uuid.UUID(int=0)


@dataclass(frozen=True)
class Deed:
    """A fact as it will stand in the ledger; `took_back`: when its reversal was received; `recorded`: where it waited.

    `scope`: within what the person counts once; by default everything by itself.
    """

    unit: uuid.UUID
    subject: uuid.UUID | None
    day: date
    measure: str = ENTRANTS
    quantity: int = 1
    received: datetime = PUBLISHED - timedelta(days=2)
    took_back: datetime | None = None
    key: uuid.UUID = NO_KEY
    recorded: datetime | None = None
    scope: str = ""
    generation: int = 1

    def rows(self) -> list[dict[str, object]]:
        at = datetime.combine(self.day, time(9), VIETNAM)
        row: dict[str, object] = {
            "operation_id": self.key, "line": 1, "measure": self.measure, "subject": self.subject, "scope": self.scope or f"{self.key}",
            "generation": self.generation, "quantity": self.quantity, "result": None, "unit_id": self.unit, "campaign_id": uuid.UUID(int=1),
            "activity_id": uuid.UUID(int=2), "happened_at": at, "received_at": self.received, "recorded_at": self.recorded or self.received, "period": f"{at:%Y%m}",
            "is_reversal": False, "reverses_operation": None, "reverses_line": None,
        }  # fmt: skip
        if self.took_back is None:
            return [row]
        back = row | {
            "operation_id": uuid.uuid5(self.key, "back"), "quantity": -self.quantity, "received_at": self.took_back,
            "recorded_at": self.took_back,
            "is_reversal": True, "reverses_operation": self.key, "reverses_line": 1,
        }  # fmt: skip
        return [row, back]


def keyed(deeds: Iterable[Deed]) -> list[Deed]:
    """Each with an operation of its own."""
    return [replace(deed, key=uuid.UUID(int=number)) for number, deed in enumerate(deeds, start=1000)]


def write(session: Session, deeds: Iterable[Deed]) -> None:
    for deed in deeds:
        for row in deed.rows():
            write_facts(session, [row])


def many(unit: uuid.UUID, people: int, measure: str = ENTRANTS, **more: object) -> list[Deed]:
    """Different people, a deed each, in the middle of the month."""
    plain = Deed(unit, None, date(2026, 10, 15), measure)
    return [replace(plain, subject=person(number), key=uuid.uuid4(), **more) for number in range(people)]  # type: ignore[arg-type]


def person(number: int) -> uuid.UUID:
    return uuid.UUID(int=7_000_000 + number)


def opened(session: Session, world: World, period: Period = MONTH, unit: uuid.UUID | None = None) -> Card:
    """The commune's card, opened in the middle of the month."""
    with clock.stopped_at(datetime(2026, 10, 20, 3, tzinfo=UTC)):
        return actions.open_card(session, unit or world.commune, "xa-thang", period, OPERATOR)


def published(session: Session, card: Card, at: datetime = PUBLISHED, reason: str = REASON) -> CardRevision:
    with clock.stopped_at(at + timedelta(minutes=5)):
        return revisions.publish(session, card, OPERATOR, reason, at)


@contextmanager
def unguarded(session: Session, table: str) -> Iterator[None]:
    """As whoever owns the database could do it: the guards of a table away for a moment."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield
        session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
        return
    held = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"), {"table": table}).all()  # fmt: skip
    for name, _ in held:
        session.execute(text(f"DROP TRIGGER {name}"))
    yield
    for _, guard in held:
        session.execute(text(guard))


def hamlets(session: Session, world: World, sizes: Iterable[int]) -> list[uuid.UUID]:
    """Further hamlets of the commune with their headcounts."""
    found = []
    for number, people in enumerate(sizes, start=50):
        unit = change.found(
            session, code=f"05752-T{number}", kind="hamlet", name=f"Xóm {number}", level_word="xóm",
            since=date(2025, 7, 1), parents={"territory": world.commune},
        )  # fmt: skip
        change.count_heads(session, unit, "residents_from_7", date(2026, 6, 30), people, "thử nghiệm")
        found.append(unit)
    return found
