"""Keeps the promise of the field: whatever happens to records on their way, the ledger is what the phones hold as counted."""

import random
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend import clock, figures
from backend.clock import milliseconds
from backend.teams.errors import AlreadyMerged, CannotMergeHouseholds, HouseholdUnknown
from backend.teams.households import assign
from backend.teams.merging import merge
from campaigns.registry import measure_book
from campaigns.visit.measures import DISTINCT
from tests.support.visits import Field, in_the_field, join, met, totals, visiting
from tests.support.world import Phone, World

HOUSEHOLDS = 3
MINUTE = 60_000
few = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    # One planted commune serves all examples; each visits in an activity of its own.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def there(world: World) -> Field:
    """Bích and Cường in the same team, so that both visit the same households."""
    planted = in_the_field(world)
    join(world, planted.team, planted.cuong)
    return planted


@dataclass(frozen=True)
class Deed:
    """A record a phone holds, and its frozen bytes."""

    id: str
    phone: Phone
    household: str
    met: str
    service: str
    corrects: str | None
    at: int
    frozen: str


@dataclass
class Season:
    """What happens in one example, and what must come of it."""

    there: Field
    phones: Sequence[Phone]
    households: list[str] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    newcomers: list[tuple[Phone, str]] = field(default_factory=list)
    joined: dict[str, str] = field(default_factory=dict)
    began: int = field(default_factory=lambda: milliseconds(clock.now()) - 2_000 * MINUTE)

    def meet_households(self) -> None:
        for number in range(HOUSEHOLDS):
            household, phone = str(uuid.uuid4()), self.phones[number % len(self.phones)]
            body = {
                "household": household, "kind": "household", "nickname": f"Nhà số {number} (hư cấu)",
                "hamlet": str(self.there.world.hamlet),
            }  # fmt: skip
            first = {"wall_ms": self.began, "mono_ms": self.began}
            self.newcomers.append((phone, phone.freeze("visit.household", body, **first)))
            self.households.append(household)

    # --- steps ---

    def log(self, who: int, where: int, corrects: int | None, how: tuple[str, str], minute: int) -> None:
        phone, household = self.phones[who], self.households[where]
        own = [deed for deed in self.deeds if deed.phone is phone]
        before = own[corrects % len(own)].id if own and corrects is not None else None
        at, deed = self.began + (1 + minute) * MINUTE + len(self.deeds), str(uuid.uuid4())
        body = met(household, {how[1]: "explained"}, corrects=before) | {"met": how[0]}
        frozen = phone.freeze("visit.log", body, id=deed, wall_ms=at, mono_ms=at)
        self.deeds.append(Deed(deed, phone, household, how[0], how[1], before, at, frozen))

    def send(self, picks: list[int]) -> None:
        """Some records, in whatever order, some of them again and again."""
        everything = [(deed.phone, deed.frozen) for deed in self.deeds] + self.newcomers
        chosen = [everything[pick % len(everything)] for pick in picks]
        for phone in self.phones:
            own = [frozen for whose, frozen in chosen if whose is phone]
            if own:
                assert phone.push(*own).status_code == 200

    def reassign(self, which: int, other: bool) -> None:
        team = self.there.other_team if other else self.there.team
        with self.there.world.database.transaction() as session:
            try:
                assign(session, uuid.UUID(self.households[which]), team, "thử")
            except (HouseholdUnknown, AlreadyMerged):
                return

    def merge(self, which: int, into: int) -> None:
        gone, stays = self.households[which], self.households[into]
        try:
            with self.there.world.database.transaction() as session:
                merge(session, uuid.UUID(gone), uuid.UUID(stays), distinct=DISTINCT)
        except (HouseholdUnknown, AlreadyMerged, CannotMergeHouseholds):
            return
        self.joined[gone] = self.resolved(stays)

    def resolved(self, household: str) -> str:
        while household in self.joined:
            household = self.joined[household]
        return household

    # --- the end ---

    def standing(self) -> list[Deed]:
        """Of each chain the newest that nothing corrects."""
        by_id = {deed.id: deed for deed in self.deeds}
        corrected = {deed.corrects for deed in self.deeds}
        newest: dict[str, Deed] = {}
        for deed in self.deeds:
            root = deed
            while root.corrects:
                root = by_id[root.corrects]
            if deed.id not in corrected:
                newest[root.id] = max(newest.get(root.id, deed), deed, key=lambda one: (one.at, one.id))
        return list(newest.values())

    def must_count(self) -> dict[str, int]:
        adults = [deed for deed in self.standing() if deed.met == "adult"]
        found = Counter(f"visit.{deed.service}.explained" for deed in adults)
        found["visit.visits"] = len(adults)
        found["visit.households"] = len({self.resolved(deed.household) for deed in adults})
        return {measure: count for measure, count in found.items() if count}

    def held_as_counted(self) -> set[str]:
        """What the phones are told when they offer everything once more."""
        found = set()
        for phone in self.phones:
            own = [deed.frozen for deed in self.deeds if deed.phone is phone]
            for verdict in phone.push(*own).json["results"] if own else ():
                assert verdict["verdict"] == "duplicate", verdict
                if verdict["outcome"] == "counted" and verdict["result"]["stands"]:
                    found.add(verdict["id"])
        return found


numbers = st.integers(0, HOUSEHOLDS - 1)
logs = st.tuples(
    st.just("log"),
    st.integers(0, 1),
    numbers,
    st.none() | st.integers(0, 5),
    st.tuples(st.sampled_from(["adult", "adult", "nobody"]), st.sampled_from(["vneid", "cashless"])),
    st.integers(0, 60),
)
sends = st.tuples(st.just("send"), st.lists(st.integers(0, 20), min_size=1, max_size=6))
moves = st.tuples(st.just("reassign"), numbers, st.booleans())
merges = st.tuples(st.just("merge"), numbers, numbers)
steps = st.lists(st.one_of(logs, logs, logs, sends, sends, moves, merges), min_size=4, max_size=20)


@few
@given(steps=steps, seed=st.integers(0, 1000))
def test_any_interleaving_ends_with_what_the_phones_hold_as_counted(
    there: Field, steps: list[tuple[Any, ...]], seed: int
) -> None:
    activity = visiting(there.world)
    season = Season(there, [there.bich, there.cuong])
    season.meet_households()
    for name, *how in steps:
        getattr(season, name)(*how)
    everything = list(range(len(season.deeds) + HOUSEHOLDS))
    for batch in batches(random.Random(seed).sample(everything, len(everything))):
        season.send(batch)
    with there.world.database.transaction(writes=False) as session:
        assert totals(session, activity) == season.must_count()
    assert season.held_as_counted() == {deed.id for deed in season.standing() if deed.met == "adult"}
    assert there.tallies() == season.must_count()
    assert figures.differences(there.world.database, measure_book()) == []


def batches(order: list[int]) -> Iterable[list[int]]:
    return (order[start : start + 4] for start in range(0, len(order), 4))
