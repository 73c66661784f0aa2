"""What a figure comes to, and how far it is on the way."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.targets import rules
from backend.targets.rules import Course, Goal, Told, asked_of, goal_at, in_year, progress, value_of

D = Decimal
VNEID = [Goal(year, "ge", D(v)) for year, v in ((2025, 85), (2030, 80), (2035, 95))]
CLIMB = [Goal(2025, "ge", D(40)), Goal(2030, "ge", D(60))]
MID = date(2028, 6, 30)


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [(1, 3, D("33.3")), (2, 3, D("66.7")), (5, 4, D("125.0")), (0, 7, D("0.0")), (0, 0, "zero_denominator"), (3, None, "no_denominator")],
)  # fmt: skip
def test_a_ratio_or_why_there_is_none(above: int, below: int | None, expected: object) -> None:
    assert value_of(D(above), None if below is None else D(below)) == expected


def test_a_missing_figure_is_never_taken_for_zero() -> None:
    said = progress(CLIMB, None, MID, between="linear", absent="zero_denominator")
    assert (said.state, said.why, said.share) == ("cannot_say", "zero_denominator", None)
    assert progress(CLIMB, None, MID).why == "no_figure"
    assert progress(CLIMB, D(0), date(2028, 1, 1)).state == "likely_miss"


def test_between_two_horizons_nothing_is_assumed_unless_the_set_says_so() -> None:
    plain, line = progress(CLIMB, D(45), MID), progress(CLIMB, D(45), MID, between="linear")
    assert (plain.state, plain.why, plain.expected, plain.between) == (
        "on_track",
        "last_horizon_held",
        D(40),
        "none",
    )
    assert (line.state, line.why, line.between) == ("likely_miss", "line", "linear")
    assert line.expected == D("49.99")


def test_the_line_starts_and_ends_on_the_horizons() -> None:
    first, last = CLIMB
    assert rules.line_at(first, last, date(2025, 12, 31)) == D(40)
    assert rules.line_at(first, last, date(2030, 12, 31)) == D(60)


def test_where_the_plan_falls_the_line_falls_and_the_missed_horizon_is_told() -> None:
    said = progress(VNEID, D(82), date(2026, 11, 22), between="linear")
    assert (said.state, said.goal, said.missed) == ("attained", VNEID[1], VNEID[0])
    assert progress(VNEID, D(86), date(2026, 11, 22)).missed is None
    assert progress(VNEID, D(79), date(2026, 11, 22)).state == "likely_miss"


def test_below_the_last_horizon_is_a_warning_without_any_line() -> None:
    said = progress(CLIMB, D(39), MID)
    assert (said.state, said.why) == ("likely_miss", "last_horizon_missed")


def test_above_a_hundred_per_cent_is_shown_as_it_is() -> None:
    said = progress([Goal(2030, "ge", D(20))], D("23"), MID)
    assert (said.state, said.share) == ("attained", D("115.0"))


def test_a_target_of_zero_has_no_share() -> None:
    assert progress([Goal(2030, "le", D(0))], D(0), MID, higher=False).share is None
    assert progress([Goal(2030, "ge", D(0))], D(-1), MID).share is None


def test_a_target_of_each_year_is_expected_in_step_with_the_year() -> None:
    goals = [Goal(2025, "ge", D(20), basis="total"), Goal(2030, "ge", D(40), basis="per_year")]
    half = date(2026, 6, 30)
    assert progress(goals, D(20), half).state == "on_track"
    late = progress(goals, D(19), half)
    assert (late.state, late.why, late.expected) == ("likely_miss", "share_of_year", D("19.84"))
    assert progress(goals, D(40), half).state == "attained"


def test_a_horizon_of_another_basis_is_no_start() -> None:
    goals = [Goal(2025, "ge", D(5), basis="total"), Goal(2030, "ge", D(9))]
    assert progress(goals, D(6), MID, between="linear").why == "share_so_far"


@pytest.mark.parametrize(
    ("goal", "value", "expected"),
    [
        (Goal(2030, "ge", D(80)), 80, True),
        (Goal(2030, "gt", D(80)), 80, False),
        (Goal(2030, "gt", D(80)), D("80.1"), True),
        (Goal(2030, "eq", D(100)), 100, True),
        (Goal(2030, "eq", D(2)), 3, True),
        (Goal(2030, "range", D(80), D(90)), 85, True),
        (Goal(2030, "range", D(80), D(90)), 95, True),
        (Goal(2030, "range", D(80), D(90)), 79, False),
        (Goal(2030, "le", D(5)), 5, True),
        (Goal(2030, "lt", D(5)), 5, False),
    ],
)
def test_comparators(goal: Goal, value: object, expected: bool) -> None:
    assert rules.reaches(goal, D(str(value))) is expected


def test_less_is_better_where_the_indicator_says_so() -> None:
    goals = [Goal(2025, "eq", D(20)), Goal(2030, "eq", D(10))]
    assert progress(goals, D(9), MID, higher=False).state == "attained"
    assert progress(goals, D(14), MID, higher=False, between="linear").state == "on_track"
    assert progress(goals, D(18), MID, higher=False, between="linear").state == "likely_miss"
    assert progress(goals, D(21), MID, higher=False).state == "likely_miss"


@pytest.mark.parametrize("comparator", ["le", "lt"])
def test_not_more_than_is_judged_downwards_whatever_the_indicator_says(comparator: str) -> None:
    goals = [Goal(2025, "le", D(8)), Goal(2030, comparator, D(5))]
    assert progress(goals, D(10), MID, between="linear").state == "likely_miss"
    assert progress(goals, D("5.5"), MID, between="linear").state == "on_track"
    each = [Goal(2030, comparator, D(5), basis="per_year")]
    assert progress(each, D(10), MID).state == "likely_miss"


def test_one_horizon_without_a_start_tells_the_share_and_pretends_no_line() -> None:
    said = progress([Goal(2030, "ge", D(80))], D(20), MID, between="linear")
    assert (said.state, said.why, said.share, said.expected) == (
        "cannot_say",
        "share_so_far",
        D("25.0"),
        None,
    )
    assert progress([Goal(2030, "ge", D(0))], D(-1), MID).why == "no_start"


def test_without_a_start_only_who_is_below_every_straight_way_is_warned() -> None:
    """Half the way of 80 is over: whatever there was at the beginning, 39 is too little."""
    goals, half = [Goal(2030, "ge", D(80))], Course(date(2026, 1, 1), date(2028, 7, 1))
    behind = progress(goals, D(39), MID, course=half)
    assert (behind.state, behind.why, behind.expected) == ("likely_miss", "behind_any_start", D("39.98"))
    assert progress(goals, D(40), MID, course=half).why == "share_so_far"
    assert progress(goals, D(80), MID, course=half).state == "attained"


@pytest.mark.parametrize(
    ("goal", "course"),
    [
        (Goal(2030, "le", D(5)), Course(date(2026, 1, 1), date(2028, 7, 1))),
        (Goal(2030, "ge", D(0)), Course(date(2026, 1, 1), date(2028, 7, 1))),
        (Goal(2030, "ge", D(80)), Course(date(2028, 7, 1), date(2028, 7, 1))),
        (Goal(2030, "ge", D(80)), Course(date(2026, 1, 1), date(2031, 1, 1))),
        (Goal(2030, "ge", D(80)), None),
    ],
    ids=[
        "less is better",
        "nothing to reach",
        "the first day",
        "after the horizon",
        "nobody knows since when",
    ],
)
def test_no_warning_where_there_is_no_such_way(goal: Goal, course: Course | None) -> None:
    far = D(50) if goal.comparator == "le" else D(-1)
    assert progress([goal], far, MID, course=course).state == "cannot_say"


def test_words_are_not_judged_by_numbers_and_the_past_is_no_target() -> None:
    assert progress([Goal(2030, "qualitative", None)], D(1), MID).why == "qualitative"
    assert progress([Goal(2025, "ge", D(1))], D(1), MID).why == "no_target_ahead"
    assert progress([], D(1), MID).why == "no_target"


def test_a_year_is_its_own_figure_else_what_adds_up() -> None:
    january, february = (Told(date(2026, m, 1), date(2026, m, 28), D(v)) for m, v in ((1, 3), (2, 4)))
    first_quarter = Told(date(2026, 1, 1), date(2026, 3, 31), D(10))
    april, year = (
        Told(date(2026, 4, 1), date(2026, 4, 30), D(2)),
        Told(date(2026, 1, 1), date(2026, 12, 31), D(50)),
    )
    assert in_year([january, february], 2026, "sum") == 7
    assert in_year([january, february, first_quarter, april], 2026, "sum") == 12
    assert in_year([january, year, april], 2026, "sum") == 50
    assert in_year([january, february], 2026, "last") == 4
    assert in_year([january], 2025, "sum") is None


@given(
    st.decimals(0, 1000, places=2), st.decimals(0, 1000, places=2), st.decimals(0, 1000, places=2), st.dates(date(2026, 1, 1), date(2030, 12, 31))
)  # fmt: skip
def test_more_is_never_judged_worse(low: Decimal, high: Decimal, more: Decimal, on: date) -> None:
    order = {"likely_miss": 0, "cannot_say": 1, "on_track": 1, "attained": 2}
    goals = [Goal(2025, "ge", min(low, high)), Goal(2030, "ge", max(low, high))]
    for between in ("none", "linear"):
        one = progress(goals, low, on, between=between)  # type: ignore[arg-type]
        other = progress(goals, low + more, on, between=between)  # type: ignore[arg-type]
        assert order[one.state] <= order[other.state]


# --- what is asked of a period ----------------------------------------------------------------------------------------

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def test_a_year_between_two_horizons_is_never_filled_silently() -> None:
    goals = [Goal(2025, "ge", D(80)), Goal(2030, "ge", D(90))]
    assert goal_at(goals, date(2030, 3, 1), "none") == (goals[1], False)
    assert goal_at(goals, date(2027, 12, 31), "none") == (None, False)
    assert goal_at(goals, date(2027, 12, 31), "linear") == (Goal(2027, "ge", D("84.00")), True)
    assert goal_at(goals, date(2031, 1, 1), "linear") == (None, False)
    assert goal_at([], date(2027, 1, 1), "linear") == (None, False)
    mixed = [Goal(2025, "ge", D(80)), Goal(2030, "le", D(90))]
    assert goal_at(mixed, date(2027, 12, 31), "linear") == (None, False)


def test_what_is_asked_of_every_year_is_asked_of_this_one_without_a_guess() -> None:
    every = [Goal(2030, "ge", D(100), basis="per_year")]
    assert goal_at(every, date(2026, 10, 31), "none") == (every[0], False)


@pytest.mark.parametrize(
    ("goal", "days", "additivity", "value", "cannot"),
    [
        (Goal(2026, "ge", D(10)), OCTOBER, "ratio", "10", None),
        (Goal(2026, "ge", D(730), basis="per_year"), OCTOBER, "sum", "62.00", None),
        (Goal(2026, "ge", D(730), basis="per_year"), YEAR, "sum", "730", None),
        (Goal(2026, "ge", D(100), basis="per_year"), OCTOBER, "ratio", None, "whole_year"),
        (Goal(2026, "ge", D(100), basis="per_year"), YEAR, "ratio", "100", None),
        (Goal(2026, "ge", D(50), basis="per_year"), OCTOBER, "distinct", None, "whole_year"),
        (Goal(2026, "ge", D(900), basis="total"), OCTOBER, "sum", None, "running_total"),
        (Goal(2026, "qualitative", None), OCTOBER, "last", None, "qualitative"),
        (Goal(2030, "ge", D(10)), OCTOBER, "ratio", None, "no_horizon"),
        (Goal(2026, "range", D(5), D(8)), OCTOBER, "ratio", "5", None),
    ],
)
def test_a_target_is_never_made_a_number_that_it_is_not(
    goal: Goal, days: tuple[date, date], additivity: str, value: str | None, cannot: str | None
) -> None:
    found = asked_of([goal], *days, "none", additivity)
    assert (found.value, found.cannot) == (None if value is None else D(value), cannot)
    assert found.is_share == (value == "62.00")


def test_of_a_range_where_less_is_better_the_upper_end_counts() -> None:
    assert asked_of([Goal(2026, "range", D(5), D(8))], *OCTOBER, "none", "ratio", higher=False).value == 8
