"""Merges, splits, moves, new names, abolitions and undoing in any order: nothing that adds up is lost or doubled.

Papers of a contest and visits, old and new, are counted in hamlets and in classes of two schools. After whatever happened to
these units, the commune has all of them, and so have the units of today together, each laid over them as it is now.
"""

import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock, figures
from backend.calendars import Period
from backend.cards import laying
from backend.db.base import new_id
from backend.errors import DomainError
from backend.participation.record import fact_row, write_facts
from backend.people.regrouping import merge_units
from backend.tallies.abolishing import abolish
from backend.tallies.models import Tally
from backend.tallies.undoing import undo
from backend.units import change, relocating
from backend.units.models import Unit, UnitEvent
from backend.units.reorganise import NewUnit
from backend.units.splitting import split
from campaigns.registry import measure_book
from tests.participation.test_fold import hand_in
from tests.support.world import World

PAPERS, VISITS, HOUSEHOLDS = "contest.papers", "visit.visits", "visit.households"
DONE = ("paper", "paper", "visit", "visit")
HAPPENS = ("merge", "split", "move", "rename", "abolish", "divide", "undo", "fold")
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*DONE, *HAPPENS]),
        st.integers(0, 6),  # which unit
        st.integers(0, 6),  # which other one
        st.sampled_from([0, 40, 40]),  # days ago, for what was done
    ),
    min_size=6,
    max_size=20,
)
FEW = settings(
    max_examples=12, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@dataclass
class Commune:
    """Units no example before has touched, and what was counted in them. `days`: each event is a day later."""

    world: World
    hamlets: list[uuid.UUID]
    classes: list[uuid.UUID]
    schools: list[uuid.UUID]
    counted: dict[str, int] = field(default_factory=lambda: {PAPERS: 0, VISITS: 0})
    days: int = 0
    happened: set[str] = field(default_factory=set)

    def places(self, ago: int = 0) -> list[uuid.UUID]:
        """Where something can be written down today of so many days ago: a unit has no deeds of before it was founded."""
        there = select(Unit.id).where(
            Unit.id.in_({*self.hamlets, *self.classes}),
            Unit.valid_to.is_(None),
            Unit.valid_from <= clock.today() - timedelta(days=ago),
        )
        with self.world.database.transaction(writes=False) as session:
            return list(session.scalars(there.order_by(Unit.kind, Unit.code)))

    def open_hamlets(self) -> list[uuid.UUID]:
        return [unit for unit in self.places() if unit in self.hamlets]

    def next_day(self) -> date:
        self.days += 1
        return clock.today() - timedelta(days=30 - self.days)


def new_hamlet() -> NewUnit:
    return NewUnit(f"P-{uuid.uuid4().hex[:12]}", uuid.uuid4().hex[:8], "xóm")


def planted(world: World) -> Commune:
    with world.database.transaction() as session:
        for event in session.scalars(select(UnitEvent)):
            event.made = None  # what examples before did is not to be undone

        def found(kind: str, parent: uuid.UUID) -> uuid.UUID:
            return change.found(
                session, code=f"P-{uuid.uuid4().hex[:12]}", kind=kind, name=uuid.uuid4().hex[:8], level_word="",
                since=date(2025, 7, 1), parents={"territory": parent},
            )  # fmt: skip

        hamlets, schools = ([found(kind, world.commune) for _ in range(3)] for kind in ("hamlet", "school"))
        for unit in hamlets:
            change.count_heads(session, unit, "residents_from_7", date(2026, 6, 30), 101, "thử nghiệm")
        return Commune(world, hamlets, [found("school_class", one) for one in schools[:2]], schools)


# --- steps -------------------------------------------------------------------------------------------------------------


def paper(here: Commune, session: Session, unit: uuid.UUID, ago: int) -> None:
    at = clock.now() - timedelta(days=ago)
    hand_in(session, here.world, uuid.uuid4(), unit=unit, round_=uuid.uuid4(), at=at)
    here.counted[PAPERS] += 1


def visit(here: Commune, session: Session, unit: uuid.UUID, ago: int) -> None:
    """Three at one household."""
    at, by, home = clock.now() - timedelta(days=ago), new_id(), uuid.uuid4()
    rows = [
        fact_row(by, measure, home, f"{by}", unit, here.world.campaign, here.world.activity, at, line=line, quantity=much)
        for line, (measure, much) in enumerate(((VISITS, 3), (HOUSEHOLDS, 1)), start=1)
    ]  # fmt: skip
    write_facts(session, rows)
    here.counted[VISITS] += 3


def merge(here: Commune, session: Session, one: uuid.UUID, other: uuid.UUID) -> None:
    here.hamlets.append(merge_units(session, [one, other], new_hamlet(), on=here.next_day(), document="NQ"))


def divide(here: Commune, session: Session, one: uuid.UUID, other: uuid.UUID) -> None:
    here.hamlets += split(session, one, [new_hamlet()], [667, 333], on=here.next_day(), document="NQ")


def rename(here: Commune, session: Session, one: uuid.UUID, other: uuid.UUID) -> None:
    relocating.rename(session, one, uuid.uuid4().hex[:8], "tổ dân phố", on=here.next_day(), document="QĐ")


def abolish_whole(here: Commune, session: Session, one: uuid.UUID, other: uuid.UUID) -> None:
    abolish(session, one, [(other, 1000)], on=here.next_day(), document="NQ")


def abolish_among(here: Commune, session: Session, one: uuid.UUID, other: uuid.UUID) -> None:
    third = next((unit for unit in here.open_hamlets() if unit not in (one, other)), other)
    abolish(session, one, [(other, 455), (third, 545)], on=here.next_day(), document="NQ")


def move(here: Commune, session: Session, which: int, to: int) -> None:
    unit, school = here.classes[which % 2], here.schools[to % 3]
    relocating.move(session, unit, school, on=here.next_day(), document="QĐ")


def take_back(here: Commune, session: Session) -> None:
    newest = session.scalars(
        select(UnitEvent).order_by(UnitEvent.made_at.desc(), UnitEvent.id.desc())
    ).first()
    if newest is not None:
        undo(session, newest.id)


OF_TWO: dict[str, Callable[[Commune, Session, uuid.UUID, uuid.UUID], None]] = {
    "merge": merge, "split": divide, "rename": rename, "abolish": abolish_whole, "divide": abolish_among,
}  # fmt: skip


def step(here: Commune, what: str, first: int, second: int, ago: int) -> None:
    """What the rules refuse is not done, and nothing of it is."""
    if what == "fold":
        here.world.fold()
        return
    places, hamlets = here.places(ago), here.open_hamlets()
    with suppress(DomainError), here.world.database.transaction() as session:
        if what in ("paper", "visit"):
            (paper if what == "paper" else visit)(here, session, places[first % len(places)], ago)
        elif what == "move":
            move(here, session, first, second)
        elif what == "undo":
            take_back(here, session)
        else:
            OF_TWO[what](here, session, hamlets[first % len(hamlets)], hamlets[second % len(hamlets)])
        here.happened.add(what)


# --- what must hold ------------------------------------------------------------------------------------------------------


def tallied(world: World, measure: str, unit: uuid.UUID) -> int:
    with world.database.transaction(writes=False) as session:
        return session.scalars(
            select(func.coalesce(func.sum(Tally.quantity), 0)).where(
                Tally.measure == measure, Tally.unit_id == unit, Tally.period == "all"
            )
        ).one()


def laid(world: World, units: Sequence[uuid.UUID], measure: str) -> dict[uuid.UUID, int]:
    """Everything up to today over the units of today."""
    ever, today = Period("thang", "", date(2025, 7, 1), clock.today()), clock.today()
    with world.database.transaction(writes=False) as session:
        over = laying.lay(session, world.commune, units, ever, today, [measure], clock.now())
    return {unit: by[measure].quantity for unit, by in over.counts.items() if measure in by}


HAPPENED: set[str] = set()


ALL_OF_THEM = [
    ("paper", 0, 0, 40), ("visit", 0, 0, 40), ("visit", 3, 0, 40), ("divide", 0, 1, 0), ("fold", 0, 0, 0), ("undo", 0, 0, 0),
    ("divide", 0, 1, 0), ("visit", 0, 0, 0), ("rename", 0, 0, 0), ("move", 0, 1, 0), ("visit", 3, 0, 0), ("split", 0, 0, 0),
    ("paper", 1, 0, 0), ("merge", 0, 1, 0), ("abolish", 0, 1, 0),
]  # fmt: skip


@FEW
@example(steps=ALL_OF_THEM)
@given(steps=STEPS)
def test_nothing_that_adds_up_is_lost_or_doubled(
    world: World, steps: list[tuple[str, int, int, int]]
) -> None:
    here = planted(world)
    before = {measure: tallied(world, measure, world.commune) for measure in here.counted}
    for told in steps:
        step(here, *told)
    world.fold()
    HAPPENED.update(here.happened)
    assert figures.differences(world.database, measure_book()) == []
    for measure, count in here.counted.items():
        assert tallied(world, measure, world.commune) - before[measure] == count
        now = laid(world, here.places(), measure)
        assert sum(much for unit, much in now.items() if unit != world.commune) == count
        assert now.get(world.commune, 0) == tallied(world, measure, world.commune)


def test_every_kind_of_event_did_happen_above() -> None:
    """What is always refused would prove nothing."""
    assert not HAPPENED or {*OF_TWO, "move", "undo"} <= HAPPENED
