"""What a person still lacks before the first deed, in the order it is asked."""

import pytest

from backend.people.rules import AgeGroup
from campaigns.entry import Standing, needs, reason_of
from campaigns.kind import EntryRule
from campaigns.reasons import SHARED

RULE = EntryRule(consent="contest_entry")


def standing(
    age: AgeGroup = "adult",
    *agreed: str,
    old_enough: bool = True,
    in_class: bool = False,
    in_group: bool = True,
    organises: bool = False,
) -> Standing:
    return Standing(age, old_enough, frozenset(agreed), in_class, in_group, organises)


@pytest.mark.parametrize("age", ["adult", "youth"])
def test_from_17_on_the_own_agreement_is_enough(age: AgeGroup) -> None:
    assert needs(RULE, standing(age)) == ["consent:contest_entry"]
    assert needs(RULE, standing(age, "contest_entry")) == []


def test_a_child_is_asked_for_the_class_then_the_guardian_then_the_own_assent() -> None:
    assert needs(RULE, standing("minor")) == ["class_code", "guardian_consent", "child_assent"]


def test_a_child_with_class_guardian_and_assent_may_start() -> None:
    there = standing("minor", "guardian_contest_entry", "child_assent", in_class=True)
    assert needs(RULE, there) == []


@pytest.mark.parametrize(
    ("agreed", "in_class", "missing"),
    [
        (("guardian_contest_entry", "child_assent"), False, "class_code"),
        (("child_assent",), True, "guardian_consent"),
        (("guardian_contest_entry",), True, "child_assent"),
    ],
)
def test_each_of_the_three_is_needed(agreed: tuple[str, ...], in_class: bool, missing: str) -> None:
    assert needs(RULE, standing("minor", *agreed, in_class=in_class)) == [missing]


def test_a_childs_own_tick_does_not_stand_for_the_guardian() -> None:
    assert "guardian_consent" in needs(
        RULE, standing("minor", "contest_entry", "child_assent", in_class=True)
    )


def test_below_the_age_floor_nothing_else_is_asked() -> None:
    assert needs(RULE, standing("minor", old_enough=False)) == ["age"]


@pytest.mark.parametrize("age", ["adult", "youth", "minor"])
def test_an_organiser_is_told_so_before_anything_else(age: AgeGroup) -> None:
    for more in ({}, {"old_enough": False}, {"in_group": False}):
        assert needs(RULE, standing(age, organises=True, **more)) == ["excluded"]
    everything = standing("adult", "contest_entry", organises=True)
    assert needs(RULE, everything) == ["excluded"]


def test_who_is_in_another_group_is_told_so_before_any_agreement_is_asked() -> None:
    assert needs(RULE, standing("adult", in_group=False)) == ["group"]
    assert needs(RULE, standing("minor", in_group=False)) == ["group"]
    assert needs(RULE, standing("minor", in_group=False, old_enough=False)) == ["age"]


def test_another_purpose_does_not_stand_for_taking_part() -> None:
    assert needs(RULE, standing("adult", "publish_name")) == ["consent:contest_entry"]


@pytest.mark.parametrize(
    "need",
    ["excluded", "group", "age", "class_code", "guardian_consent", "child_assent", "consent:contest_entry"],
)
def test_every_need_has_a_reason_with_a_sentence(need: str) -> None:
    assert reason_of(need) in SHARED
    assert len({reason_of(n) for n in (need, "nothing known")}) == (1 if need.startswith("consent") else 2)
