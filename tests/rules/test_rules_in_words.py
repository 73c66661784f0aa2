"""The rules people read are made from the settings: whatever a setting changes in the machine, a sentence changes too."""

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.contest import rules, words
from campaigns.contest.schemas import ContestSettings, Stratum

PLAIN = ContestSettings()
OTHER: dict[str, list[Any]] = {
    "questions_per_attempt": [10, 30],
    "time_limit_s": [600, 90],
    "grace_s": [0, 60, 45],
    "attempts_per_person": [2, 3, None],
    "age_floor": [0, 12, 16, 18],
    "open_to": [("studies_at",), ("works_at", "body"), ("party_cell",), ("youth_branch",), ("lives_in",)],
    "pass_right": [5, 20],
    "show_result": ["after_settled"],
    "show_answers": ["never"],
    "prediction": [True],
    "ranking": [("elapsed", "right"), ("right",), ("handed_in", "right")],
    "bank": ["whole"],
}
SILENT = {
    "strata": "the bank's parts, shown by the question bank; the sentence says that each paper holds the same from each",
    "shuffle_questions": "the order of the same paper",
    "shuffle_options": "the order of the same options",
    "settle": "who settles, not what counts",
    "counting_attempt": "only where there are several attempts, see below",
    "predict_over": "only where a guess is asked for, see below",
}


def said(settings: ContestSettings, language: str = "vi") -> str:
    return "\n".join(words.rules_in_words(settings)[language])


def test_every_setting_is_either_said_or_known_to_be_silent() -> None:
    assert set(OTHER) | set(SILENT) == {field.name for field in msgspec.structs.fields(ContestSettings)}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in OTHER.items() for value in values], ids=str
)
def test_another_setting_reads_otherwise(name: str, value: object, language: str) -> None:
    assert said(msgspec.structs.replace(PLAIN, **{name: value}), language) != said(PLAIN, language)


@pytest.mark.parametrize("name", sorted(OTHER))
def test_no_two_values_read_alike(name: str) -> None:
    told = [said(msgspec.structs.replace(PLAIN, **{name: value})) for value in OTHER[name]]
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("attempts", [2, None])
def test_which_of_several_attempts_counts_is_said(attempts: int | None, language: str) -> None:
    told = {
        said(ContestSettings(attempts_per_person=attempts, counting_attempt=counts), language)  # type: ignore[arg-type]
        for counts in ("first", "best", "last")
    }
    assert len(told) == 3


def test_with_one_attempt_nothing_is_said_of_which_counts() -> None:
    assert said(ContestSettings(counting_attempt="first")) == said(ContestSettings(counting_attempt="last"))
    assert "một lượt thi" in said(PLAIN)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_over_whom_a_guess_is_made_is_said(language: str) -> None:
    here, common = (
        said(ContestSettings(prediction=True, predict_over=over), language) for over in ("here", "common")
    )  # type: ignore[arg-type]
    assert here != common
    assert said(ContestSettings(predict_over="common"), language) == said(ContestSettings(), language)


def test_a_guess_nobody_is_asked_for_is_not_spoken_of() -> None:
    assert "dự đoán" not in said(PLAIN)
    asked = said(ContestSettings(prediction=True))
    assert "số người (không phải số lượt)" in asked
    assert "dự đoán gần đúng hơn" in asked


def test_children_are_spoken_of_only_where_they_may_enter() -> None:
    assert "người giám hộ" in said(ContestSettings(age_floor=12))
    assert "người giám hộ" not in said(ContestSettings(age_floor=16))


def test_the_numbers_of_the_settings_stand_in_the_sentences() -> None:
    told = said(ContestSettings(questions_per_attempt=17, time_limit_s=1140, pass_right=11, age_floor=13))
    assert "Mỗi đề có 17 câu" in told
    assert "19 phút" in told
    assert "đúng từ 11 câu trở lên là đạt" in told
    assert "từ 13 tuổi trở lên" in told


def test_a_time_that_is_no_whole_minute_is_said_in_seconds() -> None:
    assert "90 giây" in said(ContestSettings(time_limit_s=90))


@given(
    st.lists(st.sampled_from(["right", "prediction", "elapsed", "handed_in"]), max_size=4, unique=True),
    st.booleans(),
)
def test_the_ranking_is_said_in_the_order_the_board_asks(names: list[str], asked: bool) -> None:
    """Each key of the board's chain is one phrase, in the same order, and there is no phrase besides."""
    settings = ContestSettings(ranking=tuple(names), prediction=asked)  # type: ignore[arg-type]
    line = next(line for line in words.ranking_in_words(settings)["vi"] if line.startswith("Xếp thứ tự"))
    phrase = {tuple(rules.RANKED_BY[name]): vi for name, (vi, _) in words.RANKED.items()}
    expected = [phrase[field, way] for field, way in rules.chain(settings)]
    assert line.removeprefix("Xếp thứ tự: ").removesuffix(".").split("; bằng nhau thì ") == expected


def test_both_languages_say_as_many_sentences() -> None:
    for counts, prediction, attempts in itertools.product(("first", "best"), (True, False), (1, 3, None)):
        made = words.rules_in_words(
            ContestSettings(counting_attempt=counts, prediction=prediction, attempts_per_person=attempts)  # type: ignore[arg-type]
        )
        assert len(made["vi"]) == len(made["en"])
        assert all(line.endswith((".", ")")) for lines in made.values() for line in lines)


def test_a_card_says_what_the_rules_say() -> None:
    settings = ContestSettings(
        questions_per_attempt=10, time_limit_s=610, prediction=True, attempts_per_person=None,
        strata=(Stratum(3),),
    )  # fmt: skip
    assert words.in_short(settings) == {"questions": 10, "minutes": 11, "prediction": True, "attempts": None}
