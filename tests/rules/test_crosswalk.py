"""Weights that add up, and counts that are conserved however they are divided."""

import uuid
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.tallies.split_view import line
from backend.units import crosswalk
from backend.units.models import WHOLE, UnitEvent
from backend.units.splitting import Split


@st.composite
def weights(draw: st.DrawFn) -> list[int]:
    cuts = draw(st.sets(st.integers(1, WHOLE - 1), min_size=1, max_size=6))
    ends = [0, *sorted(cuts), WHOLE]
    return [after - before for before, after in pairwise(ends)]


@given(total=st.integers(-(10**9), 10**9), by=weights())
def test_parts_add_up_to_the_whole_and_are_less_than_one_off(total: int, by: list[int]) -> None:
    parts = crosswalk.share(total, by)
    assert sum(parts) == total
    assert all(abs(part * WHOLE - total * weight) < WHOLE for part, weight in zip(parts, by, strict=True))


def test_what_does_not_add_up_is_refused_with_the_sum() -> None:
    with pytest.raises(crosswalk.WeightsWrong) as refused:
        crosswalk.check([600, 385])
    assert refused.value.values == {"sum": "98,5"}
    with pytest.raises(crosswalk.TooFewParts):
        crosswalk.check([1000])
    with pytest.raises(crosswalk.WeightInvalid):
        crosswalk.check([1100, -100])


@pytest.mark.parametrize(("told", "found"), [("60", 600), ("37,5", 375), (" 0.1 % ", 1), ("100", 1000)])
def test_a_weight_as_people_write_it(told: str, found: int) -> None:
    assert crosswalk.weight(told) == found


@pytest.mark.parametrize("told", ["", "0", "-5", "100,1", "33,33", "sáu mươi", "1e400", "NaN", "∞"])
def test_what_is_no_weight(told: str) -> None:
    with pytest.raises(crosswalk.WeightInvalid):
        crosswalk.weight(told)


UNITS = [uuid.uuid4() for _ in range(3)]
PEOPLE = [uuid.uuid4() for _ in range(5)]
ROWS = st.lists(st.tuples(st.sampled_from([*PEOPLE, None]), st.integers(1, 50)), max_size=12)


@given(
    told=ROWS,
    place=st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(UNITS[1:])),
    by=weights().filter(lambda w: len(w) == 3),
)
def test_what_adds_up_is_conserved_whoever_is_placed_where(
    told: list[tuple[uuid.UUID | None, int]], place: dict[uuid.UUID, uuid.UUID], by: list[int]
) -> None:
    event = UnitEvent(holds_from=date(2026, 1, 1), made_at=datetime.now(UTC))
    split = Split(event, UNITS[0], tuple(zip(UNITS, by, strict=True)))
    rows = [("m", UNITS[0], who, much, 1) for who, much in told]
    added = line("m", UNITS[0], rows, False, split, place)
    assert sum(part.quantity or 0 for part in added.parts) == added.quantity == sum(much for _, much in told)
    people = line("m", UNITS[0], rows, True, split, place)
    assert sum(part.people or 0 for part in people.parts) + people.unplaced == people.people
    assert all(part.quantity is None for part in people.parts), (
        "different people are never divided by a weight"
    )
