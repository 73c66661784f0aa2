"""Papers, folds and merges in any order: the live figures and the rebuilt ones are the same, and nobody is lost."""

import uuid
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock, figures
from backend.people.regrouping import merge_units
from backend.tallies.models import Tally
from backend.units import change
from backend.units.lineage import with_history
from backend.units.reorganise import NewUnit
from campaigns.registry import measure_book
from tests.participation.test_fold import hand_in
from tests.support.world import World

HAMLETS = 4
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("paper"), st.integers(0, HAMLETS - 1), st.integers(0, 5)),
        st.tuples(st.just("merge"), st.integers(0, HAMLETS - 1), st.integers(0, HAMLETS - 1)),
        st.tuples(st.just("fold"), st.just(0), st.just(0)),
    ),
    min_size=4,
    max_size=14,
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(
    max_examples=15, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=STEPS)
def test_live_and_rebuilt_agree(world: World, steps: list[tuple[str, int, int]]) -> None:
    place, people = _fresh_hamlets(world), [uuid.uuid4() for _ in range(6)]
    held: dict[uuid.UUID, set[uuid.UUID]] = {}
    for what, first, second in steps:
        if what == "fold":
            world.fold()
        elif what == "merge" and place[first] != place[second]:
            joined = _merge(world, place[first], place[second])
            held[joined] = held.pop(place[first], set()) | held.pop(place[second], set())
            place = [joined if unit in (place[first], place[second]) else unit for unit in place]
        elif what == "paper":
            with world.database.transaction() as session:
                hand_in(
                    session, world, people[second], unit=place[first], round_=uuid.uuid4(), at=clock.now()
                )
            held.setdefault(place[first], set()).add(people[second])
    assert figures.differences(world.database, measure_book()) == []
    world.fold()
    with world.database.transaction(writes=False) as session:
        for unit, came in held.items():
            assert _entrants(session, world, unit) == len(came)
        assert _entrants(session, world, world.commune) >= len(set().union(*held.values()))


def _fresh_hamlets(world: World) -> list[uuid.UUID]:
    """Hamlets no example before has touched."""
    with world.database.transaction() as session:
        return [
            change.found(
                session, code=f"P-{uuid.uuid4().hex[:12]}", kind="hamlet", name=uuid.uuid4().hex[:8], level_word="xóm",
                since=date(2025, 7, 1), parents={"territory": world.commune},
            )
            for _ in range(HAMLETS)
        ]  # fmt: skip


def _merge(world: World, first: uuid.UUID, second: uuid.UUID) -> uuid.UUID:
    with world.database.transaction() as session:
        # One day for each merge that went before, for what became one today becomes part of another tomorrow.
        depth = max(len(with_history(session, [unit])) for unit in (first, second))
        new = NewUnit(f"P-{uuid.uuid4().hex[:12]}", uuid.uuid4().hex[:8], "xóm")
        day = clock.today() - timedelta(days=30 - depth)
        return merge_units(session, [first, second], new, on=day, document="NQ")


def _entrants(session: Session, world: World, unit: uuid.UUID) -> int:
    return session.scalars(
        select(func.coalesce(func.sum(Tally.people), 0)).where(
            Tally.measure == "contest.entrants", Tally.unit_id == unit, Tally.period == "all"
        )
    ).one()
