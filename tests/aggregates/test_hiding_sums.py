"""Sums of a level above over units that hid something: exactly, or at least and at most, and why."""

from backend.aggregates.sums import Part, Sum, add


def test_a_sum_of_what_everybody_told_is_exact() -> None:
    found = add([Part("a", 20, 100), Part("b", 30, 100)], "sum")
    assert found == Sum(50, 50)
    assert found.is_exact


def test_a_hidden_count_lies_between_nobody_and_everybody() -> None:
    found = add([Part("a", 20, 100), Part("b", None, 60, "S"), Part("c", None, 40, "C")], "distinct")
    assert (found.at_least, found.at_most) == (20, 120)
    assert found.why == (("hidden", 2),)


def test_where_nobody_was_counted_there_is_nobody() -> None:
    found = add([Part("a", 20), Part("b", None, 60, "N")], "sum")
    assert (found.at_least, found.at_most, found.why) == (20, 20, (("not_counted", 1),))


def test_without_a_headcount_there_is_no_at_most() -> None:
    found = add([Part("a", 20), Part("b", None, None, "S"), Part("c", None)], "sum")
    assert (found.at_least, found.at_most) == (20, None)
    assert found.why == (("hidden", 1), ("missing", 1), ("no_bound", 1))


def test_people_who_may_be_counted_twice_are_at_least_those_of_the_largest() -> None:
    found = add([Part("a", 20), Part("b", 30)], "distinct", belongs_once=False)
    assert (found.at_least, found.at_most) == (30, 50)
    assert found.why == (("may_repeat", 2),)


def test_visits_add_up_whoever_was_visited() -> None:
    assert add([Part("a", 20), Part("b", 30)], "sum", belongs_once=False) == Sum(50, 50)


def test_a_part_that_is_only_the_most_there_can_be_says_nothing_of_the_least() -> None:
    found = add([Part("a", 20, is_bound=True), Part("b", 30, is_bound=True)], "at_most", belongs_once=False)
    assert (found.at_least, found.at_most) == (0, 50)
