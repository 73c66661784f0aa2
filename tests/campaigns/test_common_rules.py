"""The rules of a contest over many communes, without a database: what may be told, summed, ranked."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.common_shapes import ContestCounts, FinalRow
from campaigns.common_terms import CommonIn, OrganiserIn, dates_of, digest_of, may_be_named
from campaigns.contest.common import Counts, chain, holds_together, ranked, summed, tellable, total_of
from campaigns.contest.schemas import ContestSettings

OVER_ALL = ContestSettings(prediction=True, predict_over="common")
TERMS = CommonIn(OrganiserIn("Ban Chỉ đạo chuyển đổi số tỉnh"), date(2026, 12, 1), finalists=3)


@dataclass(frozen=True)
class One:
    code: str
    settings: dict[str, Any]
    kind: str = "contest"
    rules: Any = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", {"vi": "Tự mình trả lời."})


@dataclass(frozen=True)
class Round:
    opens_day: int
    closes_day: int
    activities: tuple[One, ...]


ROUNDS = (Round(0, 6, (One("dot-1", {"questions_per_attempt": 5}),)), Round(7, 13, (One("dot-2", {}),)))


def told(**other: Any) -> ContestCounts:
    plain = {
        "contest": "thi-chung", "round": "dot-1", "rules": "a" * 64, "unit": "05917", "revision": 1, "people": 9,
        "papers": 12, "all_correct": 2, "flag": "", "reason": "first",
    }  # fmt: skip
    return msgspec.convert(plain | other, ContestCounts)


def row(number: int, right: int = 5, gap: int | None = 0, seconds: int = 60) -> FinalRow:
    return FinalRow(number, right, 5, seconds, gap)


# --- what is fixed ---


def test_rounds_open_and_close_on_the_same_day_everywhere() -> None:
    first, second = dates_of(TERMS, ROUNDS)
    assert [moment.isoformat() for moment in (*first, *second)] == [
        "2026-12-01T07:00:00+07:00", "2026-12-07T21:00:00+07:00",
        "2026-12-08T07:00:00+07:00", "2026-12-14T21:00:00+07:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        {"begins": date(2026, 12, 2)}, {"wait_hours": 71}, {"finalists": 4}, {"entry_days": 8}, {"line": "party"},
        {"organiser": OrganiserIn("Sở Khoa học và Công nghệ")},
    ],
    ids=lambda one: next(iter(one)),
)  # fmt: skip
def test_whatever_is_fixed_from_above_is_in_the_digest(other: dict[str, Any]) -> None:
    assert digest_of("thi-chung", msgspec.structs.replace(TERMS, **other), ROUNDS) != digest_of(
        "thi-chung", TERMS, ROUNDS
    )


def test_another_setting_day_or_line_of_the_rules_is_another_contest() -> None:
    plain = digest_of("thi-chung", TERMS, ROUNDS)
    longer = (Round(0, 8, ROUNDS[0].activities), ROUNDS[1])
    harder = (Round(0, 6, (One("dot-1", {"questions_per_attempt": 6}),)), ROUNDS[1])
    assert len({plain, digest_of("thi-chung", TERMS, longer), digest_of("thi-chung", TERMS, harder), digest_of("thi-khac", TERMS, ROUNDS)}) == 4  # fmt: skip


@pytest.mark.parametrize("code", ["0912345678", "091-234-5678", "so-012345678901", "a" * 51])
def test_a_contest_is_not_called_by_a_number_of_a_person(code: str) -> None:
    assert not may_be_named(code)
    assert may_be_named("tim-hieu-nghi-quyet-57-2026")


# --- what may be told ---


def test_of_fewer_than_five_people_nothing_is_told() -> None:
    assert tellable(Counts(4, 9, 4)) == {"people": None, "papers": None, "all_correct": None, "flag": "S"}
    assert tellable(Counts(5, 9, 1)) == {"people": 5, "papers": 9, "all_correct": 1, "flag": ""}


@given(st.integers(0, 400), st.integers(0, 3), st.integers(0, 400))
def test_what_is_told_always_holds_together(people: int, more: int, right: int) -> None:
    counts = Counts(people, people + more, min(right, people))
    assert holds_together(told(**tellable(counts)))


@pytest.mark.parametrize(
    "numbers",
    [
        {"all_correct": 10}, {"papers": 8}, {"people": 4, "papers": 4}, {"people": None}, {"flag": "S"},
        {"flag": "S", "people": None, "papers": None},
    ],
    ids=str,
)  # fmt: skip
def test_numbers_that_cannot_be_true_of_one_another_do_not_hold_together(numbers: dict[str, Any]) -> None:
    assert not holds_together(told(**numbers))


# --- the sum ---


def test_the_sum_is_of_those_expected_and_says_who_is_missing() -> None:
    counts = {"05917": (9, 2), "05923": (None, None), "99999": (80, 70)}
    sum_ = summed(counts, ["05941", "05917", "05923"])
    assert (sum_.all_correct, sum_.people, sum_.told, sum_.expected, sum_.small, sum_.missing) == (
        2, 9, 2, 3, 1, ("05941",),
    )  # fmt: skip
    assert not sum_.is_whole
    made = total_of("thi-chung", "dot-1", "a" * 64, 1, sum_)
    assert (made.all_correct, made.people, made.missing) == (2, 9, ["05941"])


@given(
    st.dictionaries(st.sampled_from([f"05{n}" for n in range(900, 930)]), st.integers(5, 900)), st.randoms()
)
def test_the_sum_is_the_same_in_whatever_order_communes_tell(people: dict[str, int], chance: Any) -> None:
    counts = {unit: (number, number // 3) for unit, number in people.items()}
    other = list(counts.items())
    chance.shuffle(other)
    assert summed(counts, list(people)) == summed(dict(other), list(people)[::-1])


# --- the final list ---


def test_rows_are_ranked_by_the_frozen_chain_and_equal_ones_share_a_place() -> None:
    rows = {
        "05917": [row(1, gap=3), row(2, right=4, gap=0)],
        "05923": [row(7, gap=0, seconds=90), row(8, gap=0, seconds=90)],
    }
    made = [(one.place, one.unit, one.number) for one in ranked(rows, OVER_ALL)]
    assert made == [(1, "05923", 7), (1, "05923", 8), (3, "05917", 1), (4, "05917", 2)]


def test_the_moment_of_handing_in_ranks_nobody_between_communes() -> None:
    assert chain(OVER_ALL) == ("right", "prediction", "elapsed")
    other = ContestSettings(
        prediction=True, predict_over="common", ranking=("elapsed", "handed_in", "right", "prediction")
    )
    assert chain(other) == ("elapsed", "right", "prediction")


def test_guesses_held_against_each_communes_own_number_rank_nobody() -> None:
    assert chain(ContestSettings(prediction=True)) == ("right", "elapsed")
    first = ranked(
        {"05917": [row(1, gap=900, seconds=10)], "05923": [row(1, gap=0, seconds=11)]},
        ContestSettings(prediction=True),
    )
    assert first[0].unit == "05917"


def test_who_made_no_guess_stands_behind_everybody_who_did() -> None:
    made = ranked({"05917": [row(1, gap=None), row(2, gap=10**8)]}, OVER_ALL)
    assert [one.number for one in made] == [2, 1]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 3)), max_size=12))
def test_a_row_taken_back_moves_nobody_behind_anybody(results: list[tuple[int, int, int]]) -> None:
    rows = [FinalRow(n, right, 5, seconds, gap) for n, (right, gap, seconds) in enumerate(results, 1)]
    whole = [one.number for one in ranked({"05917": rows}, OVER_ALL)]
    for gone in range(1, len(rows) + 1):
        left = [
            one.number for one in ranked({"05917": [one for one in rows if one.number != gone]}, OVER_ALL)
        ]
        assert left == [number for number in whole if number != gone]
