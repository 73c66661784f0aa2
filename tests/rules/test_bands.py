"""Comparing units fairly: beside units of like size, the leaders by name, everybody else only counted."""

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from backend.units.likeness import EDGES, FEWEST, LEADERS, Band, Compared, bands


def unit(name: str, headcount: int, people: int | None = 10) -> Compared[str]:
    """`people` None: hidden."""
    rate = None if people is None else Decimal(people) / headcount
    return Compared(name, headcount, people, rate)


def named(band: Band[str]) -> list[tuple[int, str]]:
    return [(leader.place, leader.row.unit) for leader in band.leaders]


rows = st.lists(st.tuples(st.integers(1, 12_000), st.none() | st.integers(0, 60)), max_size=40).map(
    lambda told: [unit(f"u{n}", heads, people) for n, (heads, people) in enumerate(told)]
)


@given(rows)
def test_every_unit_is_in_exactly_one_band_and_fits_it(units: list[Compared[str]]) -> None:
    found = bands(units)
    assert sorted(name for band in found for name in band.units) == sorted(row.unit for row in units)
    heads = {row.unit: row.headcount for row in units}
    for band in found:
        assert all(band.low <= heads[name] <= (band.high or 10**9) for name in band.units)


@given(rows)
def test_bands_follow_one_another_without_a_gap_from_nobody_to_no_end(units: list[Compared[str]]) -> None:
    found = bands(units)
    if found:
        assert (found[0].low, found[-1].high) == (0, None)
    for smaller, larger in pairwise(found):
        assert smaller.high == larger.low - 1
        assert larger.low in EDGES


@given(rows)
def test_a_band_is_large_enough_to_compare_or_there_is_only_one(units: list[Compared[str]]) -> None:
    found = bands(units)
    assert all(len(band.units) >= FEWEST for band in found) or len(found) == 1


@given(rows)
def test_what_is_said_of_a_band_adds_up(units: list[Compared[str]]) -> None:
    for band in bands(units):
        assert len(band.leaders) + band.others == len(band.units)


@given(rows)
def test_only_leaders_are_named_in_their_order_and_nobody_hidden_or_idle_is(
    units: list[Compared[str]],
) -> None:
    by_name = {row.unit: row for row in units}
    for band in bands(units):
        places = [place for place, _ in named(band)]
        assert places == sorted(places)
        assert all(1 <= place <= LEADERS for place in places)
        for place, name in named(band):
            rate = by_name[name].rate
            assert rate
            assert place == 1 + sum((by_name[other].rate or 0) > rate for other in band.units)


@given(rows)
def test_nobody_who_is_not_named_did_better_than_somebody_who_is(units: list[Compared[str]]) -> None:
    by_name = {row.unit: row for row in units}
    for band in bands(units):
        leaders = {name for _, name in named(band)}
        if leaders:
            least = min(by_name[name].rate or 0 for name in leaders)
            assert all((by_name[name].rate or 0) < least for name in set(band.units) - leaders)


@given(rows, st.randoms(use_true_random=False))
def test_the_order_in_which_units_are_read_changes_nothing(
    units: list[Compared[str]], chance: object
) -> None:
    other = list(units)
    chance.shuffle(other)  # type: ignore[attr-defined]

    def told(found: list[Band[str]]) -> list[tuple[int, int | None, set[tuple[int, str]], int]]:
        return [(band.low, band.high, set(named(band)), band.others) for band in found]

    assert told(bands(units)) == told(bands(other))


def test_a_small_hamlet_is_not_set_beside_a_large_one() -> None:
    small = [unit(f"s{n}", 120, 12 + n) for n in range(4)]
    large = [unit(f"l{n}", 400, 120 + n) for n in range(4)]
    found = bands([*small, *large])
    assert [(band.low, band.high) for band in found] == [(0, 299), (300, None)]
    assert [place for place, _ in named(found[0])] == [1, 2]
    assert named(found[0])[0] == (1, "s3")


def test_thin_bands_are_joined_until_they_can_compare() -> None:
    found = bands(
        [unit("a", 50), unit("b", 120), unit("c", 180), unit("d", 250), unit("e", 400), unit("f", 700)]
    )
    assert [(band.low, band.high, len(band.units)) for band in found] == [(0, 199, 3), (200, None, 3)]


def test_a_rest_too_small_joins_the_band_before_it() -> None:
    found = bands([*(unit(f"s{n}", 120) for n in range(3)), unit("l", 4000)])
    assert [(band.low, band.high, len(band.units)) for band in found] == [(0, None, 4)]


def test_where_two_units_stand_alone_nobody_leads() -> None:
    (only,) = bands([unit("a", 100, 50), unit("b", 110, 5)])
    assert (named(only), only.others) == ([], 2)


def test_equal_rates_share_a_place_and_the_next_one_is_skipped() -> None:
    found = bands(
        [unit(n, 100, p) for n, p in (("a", 50), ("b", 50), ("c", 40), ("d", 10), ("e", 5), ("f", 4))]
    )
    assert sorted(named(found[0])) == [(1, "a"), (1, "b"), (3, "c")]


@given(rows)
def test_never_more_than_half_of_a_band_is_named_so_that_nobody_is_last_by_subtraction(
    units: list[Compared[str]],
) -> None:
    for band in bands(units):
        assert all(place <= len(band.units) // 2 for place, _ in named(band))


def test_without_units_there_is_nothing_to_compare() -> None:
    assert bands([]) == []
