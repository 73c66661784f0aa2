"""Comparing results: a chain of keys that is data, whole seconds, the nearest guess, and which of several papers counts."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import clock
from backend.leaderboards.ranking import FARTHEST, Level, Result, counting, distance, level
from campaigns.contest import rules
from campaigns.contest.schemas import ContestSettings

NINE = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
WHOLE = rules.chain(ContestSettings(prediction=True))
TWO = [["right", "high"], ["elapsed_ms", "low"]]


def paper(
    right: int, elapsed_ms: int = 0, guess: int | None = None, at: datetime = NINE, target: int | None = 10
) -> Level:
    result = {"right": right, "of": 20, "elapsed_ms": elapsed_ms}
    return level(result if guess is None else result | {"guess": guess}, at, WHOLE, target)


# --- the chain ---


def test_more_right_answers_beat_guess_and_time() -> None:
    assert paper(18, 900_000, guess=999) < paper(17, 1_000, guess=10)


def test_with_equal_answers_the_nearer_guess_is_better_on_either_side() -> None:
    assert paper(17, 900_000, guess=11) < paper(17, 1_000, guess=8)
    assert paper(17, guess=12) == paper(17, guess=8)


def test_with_equal_guesses_the_quicker_paper_is_better() -> None:
    assert paper(17, 402_000, guess=9) < paper(17, 403_000, guess=11)


def test_with_equal_time_the_paper_handed_in_earlier_is_better() -> None:
    later = NINE + timedelta(milliseconds=1)
    assert paper(17, 402_000, 9) < paper(17, 402_000, 9, at=later)


def test_below_a_second_the_network_decides_so_it_does_not_count() -> None:
    assert paper(17, 402_000) == paper(17, 402_999)
    assert paper(17, 402_000)[:3] == (-17, FARTHEST, 402)


def test_whoever_made_no_guess_stands_behind_everybody_who_did() -> None:
    assert paper(17, guess=10_000_000) < paper(17, guess=None)


def test_while_the_number_is_not_known_every_guess_is_equally_near() -> None:
    assert paper(17, 1, guess=3, target=None) == paper(17, 1, guess=900, target=None)
    assert distance(None, None) == distance(7, None) == 0


def test_a_chain_of_two_leaves_the_other_keys_level() -> None:
    assert level({"right": 3, "elapsed_ms": 5_000}, NINE, TWO, None) == Level(-3, 5, 0, 0)


@given(
    st.lists(st.sampled_from(["right", "prediction", "elapsed", "handed_in"]), max_size=4, unique=True),
    st.booleans(),
)
def test_any_chain_ends_with_who_handed_in_earlier_and_asks_nothing_twice(
    names: list[str], asked: bool
) -> None:
    chain = rules.chain(ContestSettings(ranking=tuple(names), prediction=asked))  # type: ignore[arg-type]
    fields = [field for field, _ in chain]
    assert len(fields) == len(set(fields)) <= len(Level._fields)
    assert "handed_in" in fields
    assert ("guess" in fields) is (asked and "prediction" in names)
    chosen = [rules.RANKED_BY[name][0] for name in names if name != "prediction" or asked]
    assert fields[: len(chosen)] == chosen


@pytest.mark.parametrize(
    ("ranking", "prediction", "circular"),
    [
        (("right", "prediction"), True, False),
        (("prediction", "right"), True, True),
        (("elapsed", "prediction", "right"), True, True),
        (("prediction",), True, True),
        (("prediction", "right"), False, False),
        (("elapsed", "right"), True, False),
    ],
)
def test_a_guess_may_only_decide_after_right_answers(
    ranking: tuple[str, ...], prediction: bool, circular: bool
) -> None:
    settings = ContestSettings(ranking=ranking, prediction=prediction)  # type: ignore[arg-type]
    assert rules.ranks_in_circles(settings) is circular


# --- a total order ---

papers = st.builds(
    paper,
    st.integers(0, 20),
    st.integers(0, 1_200_000),
    st.none() | st.integers(0, 10_000_000),
    st.integers(0, 5_000).map(lambda ms: NINE + timedelta(milliseconds=ms)),
)


@given(papers, papers, papers)
def test_of_two_papers_one_is_better_or_they_are_level_and_better_passes_on(
    one: Level, two: Level, three: Level
) -> None:
    assert (one < two) + (one == two) + (two < one) == 1
    assert not (one < two < three) or one < three


@given(st.integers(0, 10_000_000), st.integers(0, 10_000_000), st.integers(0, 10_000_000))
def test_who_guessed_right_is_never_behind(target: int, guess: int, other: int) -> None:
    exact = paper(17, guess=target, target=target)
    assert exact <= paper(17, guess=guess, target=target)
    nearer = min((guess, other), key=lambda g: abs(g - target))
    assert paper(17, guess=nearer, target=target) == min(
        paper(17, guess=guess, target=target), paper(17, guess=other, target=target)
    )


# --- which of a person's papers counts ---


def result(right: int, minute: int, name: str, elapsed_ms: int = 0) -> Result:
    at = NINE + timedelta(minutes=minute)
    return Result(level({"right": right, "elapsed_ms": elapsed_ms}, at, TWO, None), at, name, right == 20)


def test_first_best_and_last_are_three_different_papers() -> None:
    papers = [result(20, 5, "best"), result(3, 0, "first"), result(7, 9, "last")]
    for counts in ("first", "best", "last"):
        found = counting(papers, counts)
        assert found
        assert found.operation == counts


@pytest.mark.parametrize("counts", ["first", "best"])
def test_of_equal_results_the_one_handed_in_first_counts(counts: str) -> None:
    found = counting([result(3, 9, "second"), result(3, 0, "first")], counts)
    assert found
    assert found.operation == "first"


def test_of_no_results_none_counts() -> None:
    assert [counting([], counts) for counts in ("first", "best", "last")] == [None] * 3


several = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 1_200_000), st.integers(0, 60)), min_size=1, max_size=8
)


@given(several)
def test_no_paper_is_better_than_the_best(papers: list[tuple[int, int, int]]) -> None:
    results = [result(right, minute, f"{n}", ms) for n, (right, ms, minute) in enumerate(papers)]
    found = counting(results, "best")
    assert found
    assert found.level == min(each.level for each in results)
    assert -found.level.first == max(right for right, _, _ in papers)


@given(several, st.sampled_from(["first", "best", "last"]), st.randoms(use_true_random=False))
def test_which_paper_counts_does_not_depend_on_the_order_they_are_read(
    papers: list[tuple[int, int, int]], counts: str, chance: object
) -> None:
    results = [result(right, minute, f"{n}", ms) for n, (right, ms, minute) in enumerate(papers)]
    other = list(results)
    chance.shuffle(other)  # type: ignore[attr-defined]
    assert counting(results, counts) == counting(other, counts)


@given(several)
def test_the_phone_says_the_same_before_the_board_is_fixed_as_the_board_afterwards(
    papers: list[tuple[int, int, int]],
) -> None:
    """`recognised` is told at once, the board's word comes with the results: without a guess they agree."""
    in_order = sorted(enumerate(papers), key=lambda pair: (pair[1][2], str(pair[0])))
    results = [result(right, minute, f"{n}", ms) for n, (right, ms, minute) in enumerate(papers)]
    for counts in ("first", "best", "last"):
        told = rules.recognised(
            [(f"{n}", right, ms) for n, (right, ms, _) in in_order],
            counts,  # type: ignore[arg-type]
        )
        fixed = counting(results, counts)
        assert fixed
        assert told == fixed.operation


def test_milliseconds_of_the_moment_handed_in_are_what_is_compared() -> None:
    assert level({}, NINE, [["handed_in", "low"]], None).first == clock.milliseconds(NINE)
