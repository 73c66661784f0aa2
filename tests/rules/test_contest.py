"""A contest's rules: drawing, timing to the millisecond, marking, and what may count."""

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
POOL = [(f"q{number:02d}", ("a", "b", "c", "d")) for number in range(24)]


def settings(**chosen: object) -> ContestSettings:
    return ContestSettings(**{"questions_per_attempt": 5, **chosen})  # type: ignore[arg-type]


def measures(right: int, of: int = 5) -> list[str]:
    lines = rules.facts(uuid.uuid4(), uuid.uuid4(), right, of, 1000, RULES)
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


# --- drawing ---

papers = st.tuples(st.uuids(), st.integers(1, 40), st.booleans(), st.booleans())


@given(papers)
def test_the_same_attempt_always_draws_the_same_paper(paper: tuple[uuid.UUID, int, bool, bool]) -> None:
    seed, wanted, shuffle, turn = paper
    chosen = settings(questions_per_attempt=wanted, shuffle_questions=shuffle, shuffle_options=turn)
    assert rules.draw(seed, POOL, chosen) == rules.draw(seed, POOL, chosen)


@given(papers)
def test_a_paper_has_as_many_different_questions_as_asked_or_as_the_pool_holds(
    paper: tuple[uuid.UUID, int, bool, bool],
) -> None:
    seed, wanted, shuffle, turn = paper
    chosen = settings(questions_per_attempt=wanted, shuffle_questions=shuffle, shuffle_options=turn)
    drawn = [question for question, _ in rules.draw(seed, POOL, chosen)]
    assert len(drawn) == len(set(drawn)) == min(wanted, len(POOL))
    assert set(drawn) <= {question for question, _ in POOL}


@given(papers)
def test_every_question_keeps_all_its_options(paper: tuple[uuid.UUID, int, bool, bool]) -> None:
    seed, wanted, shuffle, turn = paper
    chosen = settings(questions_per_attempt=wanted, shuffle_questions=shuffle, shuffle_options=turn)
    for question, options in rules.draw(seed, POOL, chosen):
        assert sorted(options) == sorted(dict(POOL)[question])


@given(st.uuids())
def test_without_shuffling_everybody_gets_the_same_paper(seed: uuid.UUID) -> None:
    chosen = settings(shuffle_questions=False, shuffle_options=False)
    assert rules.draw(seed, POOL, chosen) == [(question, list(options)) for question, options in POOL[:5]]


def test_with_shuffling_papers_and_options_differ() -> None:
    drawn = [rules.draw(uuid.UUID(int=number), POOL, settings()) for number in range(20)]
    assert len({tuple(question for question, _ in paper) for paper in drawn}) > 10
    assert len({tuple(options) for paper in drawn for _, options in paper}) > 10


# --- marking ---


@given(st.dictionaries(st.sampled_from([q for q, _ in POOL]), st.sampled_from("abcd"), max_size=24))
def test_only_right_answers_to_drawn_questions_count(answers: dict[str, str]) -> None:
    keys = {question: "a" for question, _ in POOL[:5]}
    right = rules.mark(answers, keys)
    assert right == len([q for q in keys if answers.get(q) == "a"])
    assert 0 <= right <= len(keys)


def test_an_empty_paper_has_nothing_right() -> None:
    assert rules.mark({}, {"q01": "a"}) == 0


# --- what counts ---


def test_below_the_pass_mark_a_paper_makes_an_entrant_and_a_paper() -> None:
    assert measures(right=2) == ["contest.entrants", "contest.papers"]


def test_at_the_pass_mark_a_paper_has_passed() -> None:
    assert measures(right=3) == ["contest.entrants", "contest.papers", "contest.passed"]


def test_all_right_is_counted_under_the_sealed_measure() -> None:
    assert measures(right=5)[-1] == "contest.all_correct"
    assert next(m for m in rules.MEASURES if m.code == "contest.all_correct").sealed


def test_a_person_is_an_entrant_once_per_round_whatever_the_number_of_papers() -> None:
    round_ = uuid.uuid4()
    first, second = (rules.facts(uuid.uuid4(), round_, 5, 5, 1000, RULES) for _ in range(2))
    scopes = [{line.measure: line.scope for line in lines} for lines in (first, second)]
    assert scopes[0]["contest.entrants"] == scopes[1]["contest.entrants"]
    assert scopes[0]["contest.all_correct"] == scopes[1]["contest.all_correct"]
    assert scopes[0]["contest.papers"] != scopes[1]["contest.papers"]


def test_every_fact_has_a_declared_measure_and_the_result_that_measure_names() -> None:
    declared = {measure.code: measure for measure in rules.MEASURES}
    for line in rules.facts(uuid.uuid4(), uuid.uuid4(), 5, 5, 1000, RULES):
        assert tuple(line.result or ()) == declared[line.measure].result
