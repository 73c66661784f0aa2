"""Answers: the one way to write each of five forms, and what two phones said, in whatever order it arrives."""

import random
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.contest import rules
from campaigns.contest.schemas import Choice, Form

FORMS: tuple[Form, ...] = ("single", "several", "true_false", "ordering", "matching")
OPTIONS, MATCHES = "abcd", "1234"
SIDES: dict[str, tuple[str, str]] = {form: (OPTIONS, MATCHES if form == "matching" else "") for form in FORMS}
SIDES["true_false"] = ("tf", "")
BOUND = next(meta.max_length for meta in Choice.__metadata__ if meta.max_length)  # type: ignore[attr-defined]

forms = st.sampled_from(FORMS)
anything = st.text("abcdtf1234:, zA\0", max_size=24) | st.text(max_size=10)
pairs = st.permutations(MATCHES).flatmap(
    lambda right: st.lists(st.sampled_from(list(zip(OPTIONS, right, strict=True))), min_size=1, unique=True)
)


def canonical(form: Form, answer: str) -> str | None:
    return rules.canonical(form, *SIDES[form], answer)


@st.composite
def good(draw: st.DrawFn) -> tuple[Form, str]:
    """An answer a phone may send, in any order it was ticked."""
    form = draw(forms)
    if form == "matching":
        return form, ",".join(f"{left}:{right}" for left, right in draw(pairs))
    options = SIDES[form][0]
    if form == "ordering":
        return form, ",".join(draw(st.permutations(options)))
    most = len(options) if form == "several" else 1
    return form, ",".join(draw(st.lists(st.sampled_from(options), min_size=1, max_size=most, unique=True)))


# --- the one way ---


@given(good())
def test_what_a_phone_may_send_is_an_answer_and_written_again_it_is_the_same(told: tuple[Form, str]) -> None:
    form, answer = told
    written = canonical(form, answer)
    assert written is not None
    assert canonical(form, written) == written


@given(good(), st.randoms(use_true_random=False))
def test_several_and_pairs_mean_the_same_in_any_order(told: tuple[Form, str], chance: random.Random) -> None:
    form, answer = told
    parts = answer.split(",")
    chance.shuffle(parts)
    same = canonical(form, ",".join(parts)) == canonical(form, answer)
    assert same or form == "ordering"


def test_an_order_means_another_thing_in_another_order() -> None:
    ways = {canonical("ordering", ",".join(way)) for way in permutations(OPTIONS)}
    assert len(ways) == 24


@given(good(), st.randoms(use_true_random=False))
def test_how_the_options_lie_on_the_paper_does_not_change_what_is_written(
    told: tuple[Form, str], chance: random.Random
) -> None:
    form, answer = told
    options, matches = SIDES[form]
    lying = "".join(chance.sample(options, len(options))), "".join(chance.sample(matches, len(matches)))
    assert rules.canonical(form, *lying, answer) == canonical(form, answer)


@given(forms, anything)
def test_no_code_gets_through_that_the_question_does_not_have(form: Form, answer: str) -> None:
    written = canonical(form, answer)
    if written is None:
        return
    options, matches = SIDES[form]
    assert canonical(form, written) == written
    for part in written.split(","):
        left, _, right = part.partition(":")
        assert left in list(options)
        assert right in (list(matches) if form == "matching" else [""])


@given(forms, anything)
def test_nothing_is_chosen_twice(form: Form, answer: str) -> None:
    written = canonical(form, answer)
    if written is not None:
        lefts = [part.partition(":")[0] for part in written.split(",")]
        rights = [part.partition(":")[2] for part in written.split(",") if ":" in part]
        assert len(lefts) == len(set(lefts))
        assert len(rights) == len(set(rights))


@pytest.mark.parametrize(
    ("form", "answer"),
    [
        ("single", ""), ("single", "z"), ("single", "a,b"), ("single", "ab"), ("single", " a"), ("single", "A"),
        ("true_false", "t,f"), ("true_false", "a"),
        ("several", ""), ("several", "a,a"), ("several", "a,"), ("several", "a,z"), ("several", "a;b"),
        ("ordering", "a,b,c"), ("ordering", "a,b,c,c"), ("ordering", "a,b,c,z"), ("ordering", "abcd"),
        ("matching", "a"), ("matching", "a:1,a:2"), ("matching", "a:1,b:1"), ("matching", "a:9"), ("matching", "1:a"),
        ("matching", "a:1:2"), ("matching", "a:"), ("matching", ":1"), ("matching", "ab:1"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_told_apart(form: Form, answer: str) -> None:
    assert canonical(form, answer) is None


def test_a_matching_may_be_unfinished_and_an_order_may_not() -> None:
    assert canonical("matching", "c:1,a:2") == "a:2,c:1"
    assert canonical("ordering", "c,a") is None


def test_the_longest_answer_of_six_options_fits_into_what_a_phone_may_send() -> None:
    written = rules.canonical("matching", "abcdef", "123456", "a:1,b:2,c:3,d:4,e:5,f:6")
    assert len(written or "") <= BOUND


# --- what two phones said ---

Said = tuple[str, int, int, dict[str, str]]
"""(phone, its sequence, corrected time, answers)"""


@st.composite
def stories(draw: st.DrawFn) -> list[Said]:
    """Deeds of up to three phones. A phone's sequence only grows; its corrected time may go back a little."""
    told = []
    for phone in draw(st.lists(st.sampled_from("pqr"), min_size=1, max_size=3, unique=True)):
        for seq in range(1, 1 + draw(st.integers(1, 4))):
            answers = draw(st.dictionaries(st.sampled_from("123"), st.sampled_from(OPTIONS), max_size=2))
            told.append((phone, seq, draw(st.integers(0, 6)), answers))
    return told


def after(deeds: list[Said]) -> dict[str, str]:
    held: dict[str, Any] = {}
    for phone, seq, when, answers in deeds:
        held = rules.merged(held, answers, phone, seq, when)
    return rules.choices(held)


@given(stories(), st.randoms(use_true_random=False))
def test_in_whatever_order_deeds_arrive_the_same_answers_stand(
    deeds: list[Said], chance: random.Random
) -> None:
    expected = after(deeds)
    for _ in range(6):
        other = list(deeds)
        chance.shuffle(other)
        assert after(other) == expected


@given(stories())
def test_a_deed_that_arrives_twice_changes_nothing(deeds: list[Said]) -> None:
    assert after([*deeds, *deeds]) == after(deeds)


@given(stories())
def test_what_stands_was_said_last_by_somebody(deeds: list[Said]) -> None:
    """Of each phone only its last word can stand, and it is the last one of all by the corrected time."""
    for place, choice in after(deeds).items():
        last: dict[str, tuple[int, int, str]] = {}
        for phone, seq, when, answers in deeds:
            if place in answers and seq > last.get(phone, (0, 0, ""))[0]:
                last[phone] = (seq, when, answers[place])
        latest = max(when for _, when, _ in last.values())
        assert choice in {said for _, when, said in last.values() if when == latest}


def test_on_one_phone_the_sequence_decides_even_where_its_clock_went_back() -> None:
    assert after([("p", 1, 500, {"1": "a"}), ("p", 2, 100, {"1": "b"})]) == {"1": "b"}
    assert after([("p", 2, 100, {"1": "b"}), ("p", 1, 500, {"1": "a"})]) == {"1": "b"}


def test_between_two_phones_the_later_moment_decides() -> None:
    assert after([("p", 9, 100, {"1": "a"}), ("q", 1, 200, {"1": "b"})]) == {"1": "b"}
    assert after([("q", 1, 200, {"1": "b"}), ("p", 9, 100, {"1": "a"})]) == {"1": "b"}


def test_the_answers_alone_do_not_tell_from_which_phone_they_came() -> None:
    assert rules.choices(rules.merged({}, {"1": "a"}, "p", 1, 5)) == {"1": "a"}
