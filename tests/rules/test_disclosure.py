"""Small numbers are hidden in both directions, and what is hidden together is many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.tallies.disclosure import Cell, K, Table, hidden_cells, may_show, may_split, partners


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


@given(st.integers(0, 60), st.none() | st.integers(0, 60), st.integers(1, 12))
def test_what_is_shown_leaves_no_small_group_on_either_side(people: int, of: int | None, k: int) -> None:
    if may_show(people, of, k):
        assert people >= k
        assert of is None or abs(of - people) >= k


# --- cells of one total ---------------------------------------------------------------------------------------

counts = st.builds(Cell.out_of, st.integers(0, 60), st.none() | st.integers(0, 60))
tables = st.builds(
    Table[int],
    st.dictionaries(st.integers(0, 20), counts, max_size=12),
    st.builds(Cell, st.integers(-3, 12)),
)


def hidden(table: Table[int]) -> set[int]:
    return hidden_cells(table, sorted(table.cells))


@given(tables)
def test_every_cell_that_may_not_be_shown_is_hidden_with_its_partners(table: Table[int]) -> None:
    for group in partners(sorted(table.cells)):
        out = set(group) & hidden(table)
        assert out in (set(), set(group))
        assert out or all(
            may_show(c.did, c.did_not and c.did + c.did_not) for c in map(table.cells.get, group) if c
        )


@given(tables)
def test_the_hidden_are_many_on_both_sides_or_all(table: Table[int]) -> None:
    out = hidden(table)
    sides = [table.cells[key].did_not for key in out if table.cells[key].did_not is not None]
    together = sum(table.cells[key].did for key in out)
    many = together >= K and (not sides or abs(sum(sides)) >= K)
    assert not out or out == set(table.cells) or (many and len(out) > 1)


@given(tables)
def test_a_handful_in_no_cell_hides_cells_too(table: Table[int]) -> None:
    if table.cells and 0 < abs(table.rest.did) < K:
        assert hidden(table)


@given(st.lists(st.integers(), unique=True))
def test_partners_are_two_or_three_and_everybody_has_one(order: list[int]) -> None:
    groups = partners(order)
    assert [key for group in groups for key in group] == order
    assert {len(group) for group in groups} <= {2, 3} or len(order) == 1


def table(rest: int = 0, **cells: tuple[int, int]) -> Table[str]:
    return Table({key: Cell.out_of(*cell) for key, cell in cells.items()}, Cell(rest))


def test_the_partner_is_the_neighbour_in_the_order_however_many_came() -> None:
    for others in (6, 20, 40):
        cells = table(a=(others, 60), b=(30, 60), c=(9, 60), d=(2, 60))
        assert hidden_cells(cells, "abcd") == {"c", "d"}


def test_where_the_hidden_are_few_together_the_next_go_too() -> None:
    assert hidden_cells(table(a=(10, 100), b=(0, 50), c=(0, 40)), "cba") == {"a", "b", "c"}
    assert hidden_cells(
        table(a=(1, 40), b=(0, 50), c=(9, 60), d=(9, 70), e=(9, 80), f=(9, 90)), "abcdef"
    ) == set("abcd")


def test_a_single_small_cell_is_hidden_alone() -> None:
    assert hidden_cells(table(a=(2, 40)), "a") == {"a"}


def test_what_is_hidden_already_stays_hidden_with_its_partners() -> None:
    cells = table(a=(10, 60), b=(10, 60), c=(10, 60), d=(10, 60))
    assert hidden_cells(cells, "abcd") == set()
    assert hidden_cells(cells, "abcd", along={"d"}) == {"c", "d"}


# --- shorter periods ------------------------------------------------------------------------------------------


def test_one_part_that_is_the_whole_may_be_shown() -> None:
    whole = table(a=(10, 60), b=(20, 60))
    assert may_split(whole, [whole], set())


@pytest.mark.parametrize(
    ("parts", "may"),
    [
        ([table(a=(10, 60), b=(10, 60)), table(a=(10, 60), b=(10, 60))], True),
        ([table(a=(18, 60), b=(10, 60)), table(a=(2, 60), b=(10, 60))], False),  # few came in one part
        ([table(a=(20, 60), b=(10, 60)), table(a=(0, 60), b=(10, 60))], False),  # nobody did
        ([table(a=(17, 60), b=(20, 60)), table(a=(20, 60), b=(20, 60))], False),  # three came in one part only
        ([table(a=(10, 60), b=(8, 60), rest=2), table(a=(10, 60), b=(10, 60))], False),  # two stand in no cell
    ],
)  # fmt: skip
def test_parts_are_shown_if_every_part_and_every_remainder_holds(parts: list[Table[str]], may: bool) -> None:
    assert may_split(table(a=(20, 60), b=(20, 60)), parts, set()) is may


def test_the_hidden_of_a_part_are_many_together_too() -> None:
    whole = table(a=(2, 60), b=(20, 60), c=(20, 60), d=(20, 60))
    good = table(a=(1, 60), b=(10, 60), c=(10, 60), d=(10, 60))
    few = table(a=(1, 60), b=(1, 60), c=(10, 60), d=(10, 60))
    rest = table(a=(1, 60), b=(19, 60), c=(10, 60), d=(10, 60))
    assert may_split(whole, [good, good], {"a", "b"})
    assert not may_split(whole, [few, rest], {"a", "b"})
