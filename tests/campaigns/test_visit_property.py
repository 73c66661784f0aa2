"""Keeps the promise of the field: whatever happens to records on their way, the ledger is what the phones hold as counted.

Phones, staff and the operator do as they like, the node is restored from real backups in between, and in the end every
phone has sent what it holds. Figures are compared with a model of their own (tests/support/season.py).
"""

import random
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import select

from backend import clock, figures
from backend.config import Settings
from backend.participation.models import Fact, Operation, Quarantined
from backend.people.regrouping import merge_units
from backend.teams.errors import AlreadyMerged, CannotMergeHouseholds, HouseholdUnknown
from backend.teams.households import add, assign
from backend.teams.merging import merge
from backend.units import change as units
from backend.units.reorganise import NewUnit
from campaigns.registry import measure_book
from campaigns.visit.measures import DISTINCT
from tests.mobile_api.test_relay import carry, sealed
from tests.support.backups import Backup, back_up, restore
from tests.support.handset import Handset, Kept
from tests.support.season import Cell, Decided, must_count, standing
from tests.support.visits import Field, in_the_field, join, visiting
from tests.support.world import SINCE, Phone, World

KNOWN_HOUSEHOLDS = 4
BEGAN = timedelta(days=20)
MOST_RESTORED = 2
some = settings(
    max_examples=24,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[
        Phase.generate
    ],  # a failure is told at once: making it smaller would take minutes of restored nodes
    # One planted commune serves all examples; each has hamlets, households and an activity of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

phones = st.integers(0, 2)
any_of = st.integers(0, 99)
services = st.dictionaries(
    st.sampled_from(["vneid", "cashless"]), st.sampled_from(["explained", "installed"]), min_size=1
)


@dataclass
class There:
    """The node with its two teams; Cường belongs to both."""

    field: Field
    settings: Settings
    phones: list[Phone]


@pytest.fixture
def there(world: World, settings: Settings) -> Iterator[There]:
    field = in_the_field(world)
    dung = world.phone("Dung (hư cấu)")
    join(world, field.team, field.cuong)
    join(world, field.other_team, dung)
    yield There(field, settings, [field.bich, field.cuong, dung])
    world.database.close()


@dataclass
class Night:
    """A backup, and what staff had decided by then."""

    backup: Backup
    decided: Decided


class Season(RuleBasedStateMachine):
    """A few days of three phones, two teams and two hamlets."""

    there: ClassVar[There]
    numbers: ClassVar[Iterator[int]]

    def __init__(self) -> None:
        super().__init__()
        self.world = self.there.field.world
        self.open = ExitStack()
        self.move = self.open.enter_context(clock.stopped_at(clock.now() - BEGAN))
        self.folder = Path(self.open.enter_context(tempfile.TemporaryDirectory()))
        self.handsets = [Handset(phone) for phone in self.there.phones]
        self.restored = 0
        self.decided = Decided()
        self.hamlets: dict[str, uuid.UUID] = {}

    @initialize(
        day=st.lists(st.tuples(phones, any_of, services), min_size=5, max_size=9), chance=st.randoms(use_true_random=False)
    )  # fmt: skip
    def begin(self, day: list[tuple[int, int, dict[str, str]]], chance: random.Random) -> None:
        """In the morning teams have their lists, and last night's backup is there; in the evening some records are."""
        visiting(self.world)
        self.here = [self._hamlet() for _ in range(2)]
        with self.world.database.transaction() as session:
            for number in range(KNOWN_HOUSEHOLDS):
                made = add(
                    session, hamlet=self.here[number // 3], kind="household", nickname=f"Nhà số {number}",
                    team=self.there.field.team, now=clock.now(),
                )  # fmt: skip
                self.hamlets[str(made.id)] = self.here[number // 3]
        self.night = self._backed_up()
        for who, where, told in day:
            self.visit(who, where, "adult", told, None, 30)
        for who in range(3):
            self.sync(who, 3, chance, heard=True)

    def _hamlet(self) -> uuid.UUID:
        number = next(self.numbers)
        with self.world.database.transaction() as session:
            return units.found(
                session, code=f"05752-M{number:03d}", kind="hamlet", name=f"Mới {number}", level_word="xóm",
                since=SINCE, parents={"territory": self.world.commune},
            )  # fmt: skip

    def later(self, minutes: int) -> None:
        self.move(timedelta(minutes=minutes))

    # --- what members do --------------------------------------------------------------------------------------

    @rule(
        who=phones, where=any_of, how=st.sampled_from(["adult", "adult", "nobody"]), told=services,
        again=st.none() | any_of, minutes=st.integers(1, 2000),
    )  # fmt: skip
    def visit(
        self, who: int, where: int, how: str, told: dict[str, str], again: int | None, minutes: int
    ) -> None:
        """`again`: as promised at an earlier visit of one's own."""
        self.later(minutes)
        hand = self.handsets[who]
        promised = hand.visits[again % len(hand.visits)].id if hand.visits and again is not None else None
        hand.visit(self._household(where), how, told, follow_up_of=promised)

    @rule(
        who=phones, which=st.integers(0, 2), where=any_of, how=st.sampled_from(["adult", "adult", "nobody"]), told=services,
        times=st.integers(1, 2),
    )  # fmt: skip
    def correct(self, who: int, which: int, where: int, how: str, told: dict[str, str], times: int) -> None:
        """One of the last, even one corrected before; even the household may have been the wrong one."""
        hand = self.handsets[who]
        if not hand.visits:
            return
        wrong = hand.visits[-1 - which % len(hand.visits)].id
        for time in range(times):  # twice: the second does not know of the first
            self.later(7)
            hand.visit(self._household(where + time), how, told, corrects=wrong)

    @rule(who=phones, hamlet=st.integers(0, 1))
    def meet_somebody_new(self, who: int, hamlet: int) -> None:
        self.later(11)
        household = str(uuid.uuid4())
        self.handsets[who].new_household(household, self.here[hamlet])
        self.hamlets[household] = self.here[hamlet]
        self.handsets[who].visit(household, "adult", {"vneid": "explained"})

    def _household(self, where: int) -> str:
        known = list(self.hamlets)
        return known[where % len(known)]

    @rule(who=phones)
    def restart(self, who: int) -> None:
        self.handsets[who].restart()

    # --- how records travel -----------------------------------------------------------------------------------

    @rule(who=phones, size=st.integers(1, 6), chance=st.randoms(use_true_random=False), heard=st.booleans())
    def sync(self, who: int, size: int, chance: random.Random, heard: bool) -> None:
        """Some of what the phone holds, in whatever order, some of it twice, some of it long acknowledged."""
        self.later(3)
        hand = self.handsets[who]
        batch = self._some(hand.kept, size, chance)
        if batch:
            hand.offer(batch, heard)

    @rule(heard=st.booleans())
    def sync_everything(self, heard: bool) -> None:
        """In the evening all are where there is a signal."""
        self.later(3)
        for hand in self.handsets:
            hand.offer(hand.waiting, heard)

    @rule(owner=phones, carrier=phones, size=st.integers(1, 6), chance=st.randoms(use_true_random=False))
    def carry(self, owner: int, carrier: int, size: int, chance: random.Random) -> None:
        """The sealed file of one phone arrives through another, and then through a third."""
        self.later(40)
        hand = self.handsets[owner]
        batch = self._some(hand.kept, size, chance)
        if batch:
            file = sealed(hand.phone, envelope=hand.envelope(batch))
            for helper in (carrier, carrier + 1):
                told = carry(self.handsets[helper % 3].phone, file)
                assert (told.status_code, told.json) == (200, {"taken": len(batch), "refused": 0})

    def _some(self, kept: list[Kept], size: int, chance: random.Random) -> list[Kept]:
        return [chance.choice(kept) for _ in range(size)] if kept else []

    # --- what happens at the desk -----------------------------------------------------------------------------

    @rule(which=any_of, other=st.booleans())
    def reassign(self, which: int, other: bool) -> None:
        self.later(5)
        team = self.there.field.other_team if other else self.there.field.team
        with self.world.database.transaction() as session:
            try:
                assign(session, uuid.UUID(self._household(which)), team, "thử")
            except (HouseholdUnknown, AlreadyMerged):
                return

    @rule(which=any_of, into=any_of)
    def merge_households(self, which: int, into: int) -> None:
        """Two rows of one hamlet were the same household; a new one may not have arrived yet."""
        self.later(5)
        gone, place = self._household(which), self.decided.hamlet
        beside = [one for one, where in self.hamlets.items() if place(where) == place(self.hamlets[gone])]
        stays = beside[into % len(beside)]
        try:
            with self.world.database.transaction() as session:
                merge(session, uuid.UUID(gone), uuid.UUID(stays), distinct=DISTINCT)
        except (HouseholdUnknown, AlreadyMerged, CannotMergeHouseholds):
            return
        self.decided = self.decided.merged(gone, stays)

    @rule()
    def merge_hamlets(self) -> None:
        self.later(60)
        if self.decided.became:
            return
        name = NewUnit(f"05752-N{next(self.numbers):03d}", "Sáp Nhập", "xóm")
        with self.world.database.transaction() as session:
            new = merge_units(session, self.here, name, on=clock.today(), document="12/NQ-HĐND")
        self.decided = self.decided.regrouped(self.here, new)

    # --- what the operator and the worker do ------------------------------------------------------------------

    @rule()
    def fold(self) -> None:
        self.world.fold()

    @rule()
    def back_up(self) -> None:
        self.night = self._backed_up()

    def _backed_up(self) -> Night:
        self.world.database.close()  # the cluster copies a database only while nobody is connected to it
        backup = back_up(self.there.settings.database_url, self.folder)
        self.open.callback(backup.throw_away)
        return Night(backup, self.decided)

    @rule()
    def restore(self) -> None:
        """The machine broke; last night's copy takes its place."""
        if self.restored == MOST_RESTORED:
            return
        self.restored += 1
        self.later(90)
        restore(self.world, self.there.phones, self.there.settings, self.night.backup)
        self.decided = self.night.decided

    # --- the end ----------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            if hasattr(self, "night"):
                self.drain()
                self.check()
        finally:
            self.open.close()

    def drain(self) -> None:
        self.later(30)
        for hand in self.handsets:
            hand.look()
        for hand in self.handsets:
            while hand.waiting:
                hand.offer(hand.waiting[:50])

    def check(self) -> None:
        expected = must_count(self.kept, self.decided, self.hamlets)
        self.every_deed_has_one_verdict_and_its_own_time()
        assert self.ledger() == expected
        self.tallies_are(expected)
        assert self.held_as_counted() == {one.deed.id for one in standing(self.kept) if one.was_met}
        assert figures.differences(self.world.database, measure_book()) == []

    @property
    def kept(self) -> list[Kept]:
        return [one for hand in self.handsets for one in hand.kept]

    def every_deed_has_one_verdict_and_its_own_time(self) -> None:
        with self.world.database.transaction(writes=False) as session:
            rows = session.scalars(
                select(Operation).where(Operation.activity_id == self.world.activity)
            ).all()
            assert session.scalars(select(Quarantined)).all() == []
        assert {str(row.id) for row in rows} == {one.id for one in self.kept}
        assert {row.outcome for row in rows} <= {"counted", "noted"}
        assert {str(row.id): clock.milliseconds(row.happened_at) for row in rows} == {
            one.id: one.at for one in self.kept
        }
        told = {one.id: one.verdict["receipt"] for one in self.kept if one.verdict}
        assert {str(row.id): row.receipt for row in rows} == told
        for hand in self.handsets:
            assert hand.phone.get("/sync/pull?cursor=0").json["missing"] == []

    def ledger(self) -> Counter[Cell]:
        """What the facts add up to, a hamlet that became another told by the one it is now."""
        found: Counter[Cell] = Counter()
        with self.world.database.transaction(writes=False) as session:
            for fact in session.scalars(select(Fact).where(Fact.activity_id == self.world.activity)):
                hamlet, day = self.decided.hamlet(fact.unit_id), clock.local_day(fact.happened_at)
                found[fact.measure, hamlet, day] += fact.quantity
        return Counter({cell: count for cell, count in found.items() if count})

    def tallies_are(self, expected: Counter[Cell]) -> None:
        everywhere: Counter[str] = Counter()
        for hamlet in {self.decided.hamlet(one) for one in self.here}:
            its: Counter[str] = Counter()
            for (measure, where, _), number in expected.items():
                its[measure] += number if where == hamlet else 0
            assert self.there.field.tallies(hamlet) == +its
            everywhere += its
        assert self.there.field.tallies() == everywhere

    def held_as_counted(self) -> set[str]:
        """What the phones are told when they offer everything once more."""
        found = set()
        for hand in self.handsets:
            for batch in fifties(hand.kept):
                hand.offer(batch)
            for one in hand.kept:
                assert one.verdict
                assert one.verdict["verdict"] == "duplicate", one
                if one.verdict["outcome"] == "counted" and one.verdict["result"]["stands"]:
                    found.add(one.id)
        return found


def fifties(kept: list[Kept]) -> Iterable[list[Kept]]:
    return (kept[start : start + 50] for start in range(0, len(kept), 50))


def test_whatever_happens_the_ledger_ends_as_what_the_phones_hold_as_counted(there: There) -> None:
    class Here(Season):
        pass

    Here.there, Here.numbers = there, count(1)
    run_state_machine_as_test(Here, settings=some)
