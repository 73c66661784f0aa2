"""A contest's rules: timing to the millisecond, marking, and what may count."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.contest import rules
from campaigns.contest.schemas import ContestSettings

STARTED = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
RULES = ContestSettings(questions_per_attempt=5, time_limit_s=600, grace_s=120, pass_right=3)
DUE = rules.due_at(STARTED, RULES)
GRACE = timedelta(seconds=120)
MILLISECOND = timedelta(milliseconds=1)


def measures(right: int, of: int = 5) -> list[str]:
    lines = rules.facts(uuid.uuid4(), uuid.uuid4(), right, of, 1000, None, RULES)
    return [line.measure for line in lines]


# --- time ---


def test_a_paper_is_due_when_its_time_is_over() -> None:
    assert timedelta(minutes=10) == DUE - STARTED


@pytest.mark.parametrize(
    ("received", "arrival"),
    [
        (DUE - timedelta(seconds=1), "on_time"),
        (DUE, "on_time"),
        (DUE + MILLISECOND, "in_grace"),
        (DUE + GRACE, "in_grace"),
        (DUE + GRACE + MILLISECOND, "late"),
    ],
)
def test_a_paper_is_on_time_in_grace_or_late_to_the_millisecond(received: datetime, arrival: str) -> None:
    assert rules.arrival(DUE, RULES.grace_s, received) == arrival


def test_without_grace_one_millisecond_after_due_is_late() -> None:
    assert rules.arrival(DUE, 0, DUE) == "on_time"
    assert rules.arrival(DUE, 0, DUE + MILLISECOND) == "late"


def test_the_grace_costs_nobody_rank() -> None:
    assert rules.elapsed_ms(STARTED, DUE, DUE) == 600_000
    assert rules.elapsed_ms(STARTED, DUE, DUE + GRACE) == 600_000
    assert rules.elapsed_ms(STARTED, DUE, STARTED + timedelta(milliseconds=1234)) == 1234


# --- marking ---

places = st.sampled_from([str(number) for number in range(1, 25)])


@given(st.dictionaries(places, st.sampled_from("abcd"), max_size=24))
def test_only_right_answers_to_drawn_questions_count(answers: dict[str, str]) -> None:
    keys = {str(place): "a" for place in range(1, 6)}
    right = rules.mark(answers, keys)
    assert right == len([place for place in keys if answers.get(place) == "a"])
    assert 0 <= right <= len(keys)


def test_an_empty_paper_has_nothing_right() -> None:
    assert rules.mark({}, {"1": "a"}) == 0


@pytest.mark.parametrize("half", ["a", "a,b", "a,b,c,d"])
def test_half_an_answer_is_no_answer(half: str) -> None:
    assert rules.mark({"1": half}, {"1": "a,b,c"}) == 0


# --- what counts ---


def test_below_the_pass_mark_a_paper_makes_an_entrant_and_a_paper() -> None:
    assert measures(right=2) == ["contest.entrants", "contest.papers"]


def test_at_the_pass_mark_a_paper_has_passed() -> None:
    assert measures(right=3) == ["contest.entrants", "contest.papers", "contest.passed"]


def test_a_paper_with_everything_right_leaves_the_same_facts_as_any_that_passed() -> None:
    """Who has everything right is counted when the results are settled, and by nothing before."""
    assert measures(right=5) == measures(right=3)
    assert next(m for m in rules.MEASURES if m.code == "contest.all_correct").sealed


def test_a_person_is_an_entrant_once_per_round_whatever_the_number_of_papers() -> None:
    round_ = uuid.uuid4()
    first, second = (rules.facts(uuid.uuid4(), round_, 5, 5, 1000, None, RULES) for _ in range(2))
    scopes = [{line.measure: line.scope for line in lines} for lines in (first, second)]
    assert scopes[0]["contest.entrants"] == scopes[1]["contest.entrants"]
    assert scopes[0]["contest.papers"] != scopes[1]["contest.papers"]


def test_after_a_removal_the_person_is_counted_as_an_entrant_anew_and_the_paper_is_not() -> None:
    lines = rules.facts(uuid.uuid4(), uuid.uuid4(), 5, 5, 1000, None, RULES, generation=3)
    assert {line.measure: line.generation for line in lines} == {
        "contest.entrants": 3, "contest.papers": 1, "contest.passed": 1,
    }  # fmt: skip


@pytest.mark.parametrize("guess", [None, 0, 10_000_000])
def test_every_fact_has_a_declared_measure_and_the_result_that_measure_names(guess: int | None) -> None:
    declared = {measure.code: measure for measure in rules.MEASURES}
    for line in rules.facts(uuid.uuid4(), uuid.uuid4(), 5, 5, 1000, guess, RULES):
        named = tuple(line.result or ())
        assert named == tuple(
            name for name in declared[line.measure].result if name != "guess" or guess is not None
        )


@pytest.mark.parametrize(
    ("passes_at", "prediction", "tells"),
    [(4, True, False), (5, True, True), (6, True, True), (5, False, False)],
)
def test_where_only_everything_right_passes_the_number_of_passes_tells_too_much(
    passes_at: int, prediction: bool, tells: bool
) -> None:
    chosen = ContestSettings(questions_per_attempt=5, pass_right=passes_at, prediction=prediction)
    assert rules.tells_too_much(chosen) is tells
