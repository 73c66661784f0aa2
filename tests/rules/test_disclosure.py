"""Small numbers are hidden in both directions, and never one cell alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.tallies.disclosure import K, hidden_cells, may_show


@pytest.mark.parametrize("people", range(K))
def test_nobody_and_up_to_four_people_are_hidden(people: int) -> None:
    assert not may_show(people, None)
    assert not may_show(people, 1000)


@pytest.mark.parametrize("absent", range(K))
def test_all_but_nobody_and_all_but_up_to_four_are_hidden(absent: int) -> None:
    assert not may_show(40 - absent, 40)


def test_five_who_came_and_five_who_did_not_are_shown() -> None:
    assert may_show(5, None)
    assert may_show(5, 10)
    assert may_show(35, 40)


@pytest.mark.parametrize(("people", "shown"), [(41, False), (44, False), (45, True), (60, True)])
def test_more_people_than_the_headcount_are_shown_once_the_surplus_is_no_handful(
    people: int, shown: bool
) -> None:
    assert may_show(people, 40) is shown


counts = st.tuples(st.integers(0, 60), st.none() | st.integers(0, 60))
totals = st.dictionaries(st.integers(0, 20), counts, max_size=12)


@given(st.integers(0, 60), st.none() | st.integers(0, 60), st.integers(1, 12))
def test_what_is_shown_leaves_no_small_group_on_either_side(people: int, of: int | None, k: int) -> None:
    if may_show(people, of, k):
        assert people >= k
        assert of is None or abs(of - people) >= k


@given(totals, st.integers(1, 12))
def test_never_exactly_one_cell_of_a_total_is_hidden(
    cells: dict[int, tuple[int, int | None]], k: int
) -> None:
    assert len(hidden_cells(cells, k)) != 1 or len(cells) == 1


@given(totals)
def test_every_cell_that_may_not_be_shown_is_among_the_hidden(
    cells: dict[int, tuple[int, int | None]],
) -> None:
    small = {key for key, (people, of) in cells.items() if not may_show(people, of)}
    hidden = hidden_cells(cells)
    assert small <= hidden
    assert len(hidden) <= max(len(small), 2)


def test_the_cell_that_goes_along_is_the_smallest_of_those_that_could_be_shown() -> None:
    assert hidden_cells({"a": (2, None), "b": (30, None), "c": (9, None)}) == {"a", "c"}


def test_a_single_small_cell_is_hidden_alone() -> None:
    assert hidden_cells({"a": (2, None)}) == {"a"}
