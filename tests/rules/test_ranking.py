"""Comparing results: more right first, then less time, in whole seconds."""

from hypothesis import given
from hypothesis import strategies as st

from backend.leaderboards.ranking import Level, best, level
from backend.participation.measures import Ranking

BY_PAPER = Ranking((("right", "high"), ("elapsed_ms", "low")))


def paper(right: int, elapsed_ms: int) -> Level:
    return level({"right": right, "of": 20, "elapsed_ms": elapsed_ms}, BY_PAPER)


def test_more_right_answers_beat_any_time() -> None:
    assert paper(18, 900_000) < paper(17, 1_000)


def test_with_equal_answers_the_quicker_paper_is_better() -> None:
    assert paper(17, 402_000) < paper(17, 403_000)


def test_below_a_second_the_network_decides_so_it_does_not_count() -> None:
    assert paper(17, 402_000) == paper(17, 402_999) == Level(-17, 402)


def test_a_ranking_by_one_field_leaves_the_second_place_level() -> None:
    assert level({"right": 3}, Ranking((("right", "high"),))) == Level(-3, 0)


def test_of_equal_results_the_first_given_stands() -> None:
    assert best([(Level(-3, 9), "first"), (Level(-3, 9), "second")]) == (Level(-3, 9), "first")


def test_of_no_results_there_is_no_best() -> None:
    assert best([]) is None


results = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 1_200_000)), min_size=1)


@given(results)
def test_nobody_does_better_than_the_best(papers: list[tuple[int, int]]) -> None:
    found = best((paper(*each), number) for number, each in enumerate(papers))
    assert found is not None
    assert found[0] == min(paper(*each) for each in papers)
    assert -found[0].first == max(right for right, _ in papers)
