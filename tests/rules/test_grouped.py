"""Drill-down shows days joined until at least five different people stand behind each row."""

import uuid
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from backend.participation.models import Fact
from backend.participation.queries import grouped

K = 5
DAY_ONE = datetime(2026, 11, 1, 3, tzinfo=UTC)
people = [uuid.UUID(int=number) for number in range(1, 13)]


def fact(day: int, person: uuid.UUID | None, quantity: int = 1) -> Fact:
    return Fact(
        operation_id=uuid.uuid4(),
        line=1,
        subject=person,
        quantity=quantity,
        happened_at=DAY_ONE + timedelta(days=day),
    )


rows = st.lists(
    st.builds(fact, st.integers(0, 9), st.none() | st.sampled_from(people), st.integers(0, 5)), max_size=40
).map(lambda facts: sorted(facts, key=lambda f: (f.happened_at, f.operation_id)))


def different(facts: list[Fact]) -> int:
    return len({f.subject or f.operation_id for f in facts})


@given(rows)
def test_no_group_is_about_fewer_than_five_people(facts: list[Fact]) -> None:
    assert all(group.people >= K for group in grouped(facts, K))


@given(rows)
def test_with_five_people_or_more_nothing_is_left_out_and_the_sums_stay(facts: list[Fact]) -> None:
    groups = grouped(facts, K)
    if different(facts) < K:
        assert groups == []
        return
    assert sum(group.facts for group in groups) == len(facts)
    assert sum(group.quantity for group in groups) == sum(f.quantity for f in facts)
    assert [key for group in groups for key in group.keys] == [f"{f.operation_id}/{f.line}" for f in facts]


@given(rows)
def test_groups_follow_one_another_and_no_day_is_cut_in_two(facts: list[Fact]) -> None:
    groups = grouped(facts, K)
    for earlier, later in pairwise(groups):
        assert earlier.first_day <= earlier.last_day < later.first_day


def test_four_people_are_no_group_and_the_fifth_makes_one() -> None:
    facts = [fact(0, person) for person in people[:5]]
    assert grouped(facts[:4], K) == []
    assert [group.people for group in grouped(facts, K)] == [5]


def test_a_small_last_day_joins_the_group_before_it() -> None:
    facts = [fact(0, person) for person in people[:5]] + [fact(1, people[6])]
    (only,) = grouped(facts, K)
    assert (only.people, only.facts, (only.last_day - only.first_day).days) == (6, 6, 1)


def test_one_busy_person_is_still_one_person() -> None:
    assert grouped([fact(day, people[0]) for day in range(8)], K) == []
