"""Points of a card: pure rules on made-up figures, and templates that do not add up are refused."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from backend.cards import canonical, templates, words
from backend.cards.errors import TemplateInvalid
from backend.cards.rules import (
    Base,
    Count,
    Figure,
    class_of,
    figure,
    gates,
    held_against,
    hidden_points,
    lacking,
    likely_range,
    points,
    share,
    total,
)
from backend.cards.shapes import Criterion, Gate
from backend.scorecards.indicators import Term
from campaigns.registry import measure_book

TEMPLATE = templates.newest("xa-thang")
RATE, COUNTED, STEPS = TEMPLATE["du-thi"], TEMPLATE["sang-kien-gui"], TEMPLATE["tu-dung-duoc"]
NUMBERS = st.decimals(0, 1000, places=1)


def base(people: int, of: int | None, measure: str = "contest.entrants") -> Base:
    heads = {} if of is None else {"residents_from_7": of}
    return Base({measure: Count(people, people, people)}, frozenset([measure]), heads)


def curve(kind: str, **more: Any) -> Criterion:
    return replace(RATE, curve={"kind": kind} | more)


# --- curves ---------------------------------------------------------------------------------------------------------


@given(NUMBERS, st.decimals("0.1", 500, places=1))
def test_more_never_earns_less_and_never_beyond_the_cap(value: Decimal, target: Decimal) -> None:
    for one, cap in ((curve("linear", cap=1), 1), (curve("linear", cap="1.2"), Decimal("1.2"))):
        assert 0 <= share(one, value, target) <= cap
        assert share(one, value, target) <= share(one, value + 1, target)


def test_above_the_target_is_capped_or_not_as_the_template_says() -> None:
    assert share(curve("linear", cap=1), Decimal(15), Decimal(10)) == 1
    assert share(curve("linear", cap="1.2"), Decimal(15), Decimal(10)) == Decimal("1.2")
    assert share(curve("linear", cap="1.2"), Decimal(11), Decimal(10)) == Decimal("1.1")


def test_steps_and_where_less_is_better() -> None:
    steps = curve("steps", steps=[[0, 0], [50, "0.5"], [80, "0.8"], [100, 1]])
    assert [share(steps, Decimal(n), Decimal(100)) for n in (49, 50, 79, 80, 100, 140)] == [
        0, Decimal("0.5"), Decimal("0.5"), Decimal("0.8"), 1, 1,
    ]  # fmt: skip
    less = replace(curve("linear", cap=1, zero_at=30), direction="down")
    assert [share(less, Decimal(n), Decimal(10)) for n in (5, 10, 20, 30, 40)] == [1, 1, Decimal("0.5"), 0, 0]


# --- null is not zero -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counted", "mark"),
    [
        (Base({}, frozenset(), {"residents_from_7": 100}), "no_data"),
        (base(20, None), "no_headcount"),
        (base(20, 0), "zero_denominator"),
        (base(4, 100), "hidden"),
        (base(98, 100), "hidden"),
        (base(0, 100), "hidden"),
    ],
)
def test_a_figure_that_is_not_there_says_why_and_has_no_points(counted: Base, mark: str) -> None:
    assert RATE.formula is not None
    found = figure(RATE.formula, counted, 100)
    assert found.value is None
    assert [one.code for one in found.marks] == [mark]
    assert points(RATE, found, Decimal(10), [], 2)[0] is None


def test_no_target_is_no_points() -> None:
    assert RATE.formula is not None
    found = figure(RATE.formula, base(40, 200), 100)
    given, marks = points(RATE, found, None, [], 2)
    assert given is None
    assert [mark.code for mark in marks] == ["no_target"]


def test_above_all_is_shown_as_it_is() -> None:
    assert RATE.formula is not None
    found = figure(RATE.formula, base(120, 100), 100)
    assert found.value == 120
    assert [mark.code for mark in found.marks] == ["above_all"]


@given(st.integers(0, 60), st.integers(1, 60))
def test_the_likely_range_holds_the_share(above: int, below: int) -> None:
    low, high = likely_range(min(above, below), below)
    assert 0 <= low <= high <= 1
    assert low - Decimal("0.000001") <= Decimal(min(above, below)) / below <= high + Decimal("0.000001")


# --- gates ----------------------------------------------------------------------------------------------------------


def test_a_gate_keeps_a_share_of_the_points_and_an_absent_check_takes_none() -> None:
    gate = Gate("unique_people", Decimal(50), Decimal("0.5"), Term("a", "people"), Term("a", "facts"))
    spot = Gate("spot_check", Decimal(90), Decimal("0.25"), None, None)
    one = replace(RATE, gates=(gate, spot))
    counted = Base({"a": Count(10, 40, 40)}, frozenset(), {})
    found = Figure(Decimal(40), Decimal(200), Decimal(20))
    given, marks = points(one, found, Decimal(20), gates(one, counted, None), 2)
    assert given == one.most / 2
    assert [mark.code for mark in marks] == ["gate_low", "gate_unseen"]
    assert points(one, found, Decimal(20), gates(one, counted, (20, 10)), 2)[0] == one.most / 4
    assert "25" in str(words.mark("gate_low", dict(marks[0].values) | {"keeps": "25"}))


# --- sums and classes -----------------------------------------------------------------------------------------------


def test_what_is_missing_keeps_the_card_open() -> None:
    rows = [(Decimal(50), Decimal(45)), (Decimal(50), Decimal(45))]
    sums = total(rows)
    assert (sums.points, sums.out_of, sums.percent) == (90, 100, 90)
    rated = replace(TEMPLATE, is_trial=False)
    assert class_of(rated, sums) == TEMPLATE.classes[0]
    assert class_of(rated, total([*rows, (Decimal(10), None)])) is None


def given_points(people: int, of: int) -> Decimal | None:
    """Against a target of everybody, hidden or not."""
    assert RATE.formula is not None
    counted = base(people, of)
    found = figure(RATE.formula, counted, 100)
    if found.is_hidden:
        return hidden_points(RATE, counted, Decimal(100), [], 2)[0]
    return points(RATE, found, Decimal(100), [], 2)[0]


@given(st.integers(10, 400))
def test_having_fewer_never_earns_more_and_hidden_points_tell_no_number(of: int) -> None:
    earned = [given_points(people, of) for people in range(of + 1)]
    assert all(one is not None for one in earned)
    assert earned == sorted(earned)  # type: ignore[type-var]
    assert set(earned[:5]) == {Decimal(0)}
    assert len(set(earned[-4:])) == 1


@pytest.mark.parametrize("of", range(1, 10))
def test_in_a_very_small_group_the_points_would_tell_so_people_judge(of: int) -> None:
    assert {given_points(people, of) for people in range(of + 1)} == {None}


def test_a_gate_holds_for_a_hidden_figure_too() -> None:
    gate = Gate("unique_people", Decimal(50), Decimal("0.5"), Term("a", "people"), Term("a", "facts"))
    one = replace(RATE, gates=(gate,))
    counted = Base(
        {"a": Count(10, 40, 40), "contest.entrants": Count(98, 98, 98)},
        frozenset(),
        {"residents_from_7": 100},
    )
    free, _ = hidden_points(one, counted, Decimal(10), gates(RATE, counted, None), 2)
    held, marks = hidden_points(one, counted, Decimal(10), gates(one, counted, None), 2)
    assert free == one.most
    assert held == one.most / 2
    assert [mark.code for mark in marks] == ["gate_low_hidden"]
    assert "reached" not in marks[0].values


# --- what a plan asks for -------------------------------------------------------------------------------------------


def aimed(comparator: str, direction: str = "higher") -> Criterion:
    return held_against(curve("linear", cap=1), {"comparator": comparator, "direction": direction})


@pytest.mark.parametrize(
    ("comparator", "direction", "value", "earned"),
    [
        ("ge", "higher", 10, "1"), ("ge", "lower", 10, "1"), ("ge", "higher", 5, "0.5"), ("gt", "higher", 10, "0.99"), ("gt", "higher", 11, "1"),
        ("eq", "higher", 12, "1"), ("eq", "lower", 15, "0.5"), ("eq", "lower", 8, "1"), ("range", "lower", 10, "1"),
        ("le", "higher", 10, "1"), ("le", "higher", 15, "0.5"), ("le", "higher", 25, "0"), ("lt", "higher", 10, "0.99"), ("lt", "higher", 9, "1"),
    ],
)  # fmt: skip
def test_a_figure_is_held_against_its_target_as_the_plan_asks(
    comparator: str, direction: str, value: int, earned: str
) -> None:
    assert share(aimed(comparator, direction), Decimal(value), Decimal(10)) == Decimal(earned)


def test_what_is_lacking_follows_the_comparator() -> None:
    found = Figure(Decimal(15), None, Decimal(15))
    bare = replace(COUNTED, curve={"kind": "linear"})
    asked = {code: held_against(bare, {"comparator": code}) for code in ("ge", "gt", "le", "lt")}
    assert {code: lacking(one, found, Decimal(20)) for code, one in asked.items()} == {
        "ge": 5,
        "gt": 6,
        "le": 0,
        "lt": 0,
    }
    assert {code: lacking(one, found, Decimal(15)) for code, one in asked.items()} == {
        "ge": 0,
        "gt": 1,
        "le": 0,
        "lt": -1,
    }


def test_a_check_that_was_never_made_costs_what_the_template_says_and_is_told() -> None:
    spot = Gate("spot_check", Decimal(90), Decimal("0.25"), None, None, Decimal("0.9"))
    one = replace(RATE, gates=(spot,))
    counted = Base({}, frozenset(), {})
    found = Figure(Decimal(40), Decimal(200), Decimal(20))
    given, marks = points(one, found, Decimal(20), gates(one, counted, None), 2)
    assert given == one.most * Decimal("0.9")
    assert [mark.code for mark in marks] == ["gate_unseen_costs"]
    assert "chỉ tính 90 % số điểm" in str(words.mark(marks[0].code, {**marks[0].values, "keeps": "90"}))
    assert points(one, found, Decimal(20), gates(one, counted, (20, 19)), 2) == (one.most, [])


def test_a_trial_stands_outside_the_rating_from_the_second_rules_on() -> None:
    full = total([(Decimal(100), Decimal(95))])
    assert TEMPLATE.is_trial
    assert class_of(TEMPLATE, full) is None
    assert class_of(replace(TEMPLATE, is_trial=False), full) == TEMPLATE.classes[0]
    assert class_of(replace(TEMPLATE, rules="cards/1"), full) == TEMPLATE.classes[0], (
        "as it was published then"
    )


# --- what would raise it --------------------------------------------------------------------------------------------


@given(st.integers(0, 500), st.integers(1, 500), st.decimals("0.1", 100, places=1))
def test_what_is_said_to_be_lacking_does_reach_the_target(above: int, below: int, target: Decimal) -> None:
    found = Figure(Decimal(above), Decimal(below), Decimal(above) * 100 / below)
    more = lacking(RATE, found, target)
    assert more is not None
    assert (above + more) * 100 / below >= target
    assert more == 0 or (above + more - 1) * 100 / below < target


def test_every_criterion_says_in_one_sentence_what_would_raise_it() -> None:
    short = words.raise_this(RATE, Figure(Decimal(12), Decimal(200), Decimal(6)), Decimal(10), {}, False)
    assert str(short) == "Cần thêm 8 người nữa là đạt chỉ tiêu 10 %."
    count = words.raise_this(COUNTED, Figure(Decimal(1), None, Decimal(1)), Decimal(2), {}, False)
    assert str(count) == "Cần thêm 1 hồ sơ nữa là đạt chỉ tiêu 2 hồ sơ."
    reached = words.raise_this(COUNTED, Figure(Decimal(3), None, Decimal(3)), Decimal(2), {}, False)
    assert str(reached).startswith("Đã đạt chỉ tiêu 2 hồ sơ")
    assert "số dân" in str(
        words.raise_this(RATE, Figure(Decimal(9)), Decimal(10), {"no_headcount": {}}, False)
    )


# --- templates ------------------------------------------------------------------------------------------------------


def shipped(code: str = "xa-thang") -> dict[str, Any]:
    return yaml.safe_load((templates.SHIPPED / f"{code}.yaml").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def refused(data: dict[str, Any]) -> str:
    with pytest.raises(TemplateInvalid) as error:
        templates.import_template(yaml.safe_dump(data, allow_unicode=True), measure_book())
    return str(error.value.values["errors"])


@pytest.mark.parametrize("file", sorted(path.stem for path in templates.SHIPPED.glob("*.yaml")))
def test_what_is_shipped_may_be_used_with_what_is_counted_here(file: str) -> None:
    made = templates.import_template(yaml.safe_dump(shipped(file), allow_unicode=True), measure_book())
    assert made.sha256 == templates.shipped_version(made.code, made.version).sha256
    assert canonical.fingerprint(made.body) == made.sha256
    assert templates.newest(made.code).version >= made.version


def test_the_newest_version_of_a_shipped_template_is_offered() -> None:
    assert templates.newest("xa-thang").version == 2
    assert templates.shipped_version("xa-thang", 1).rules == "cards/1"


def test_weights_that_do_not_add_up_are_refused() -> None:
    data = shipped()
    data["groups"][0]["criteria"][0]["most"] = 30
    assert "tham-gia: điểm các tiêu chí cộng lại là 45, nhóm ghi 40" in refused(data)
    data = shipped()
    data["groups"] = data["groups"][:-1]
    assert "phải là 100" in refused(data)


def test_sealed_and_unknown_measures_are_refused() -> None:
    data = shipped()
    data["groups"][0]["criteria"][0]["indicator"] = "contest_passed"
    assert "được giữ kín" in refused(data)
    data = shipped()
    data["groups"][0]["criteria"][1]["formula"]["numerator"]["measure"] = "visit.nothing"
    assert "không có số đếm visit.nothing" in refused(data)


def test_a_comparison_has_no_points_and_no_other_calendar() -> None:
    data = shipped("xom-so-sanh")
    data["groups"][0]["criteria"][0]["most"] = 10
    assert "không có điểm" in refused(data)
    assert "lộ" in refused(shipped("xom-so-sanh") | {"calendar": "hanh-chinh"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"calendar": "tuan"}, {"calendar": "khong-co"}, {"groups": []}, {"interpolation": "đoán"}, {"interpolation": "hold"}, {"kind": "rating"},
        {"groups": None}, {"groups": [{}]}, {"version": "một"}, {"classes": [{"code": "a", "title": {"vi": "A"}, "from": 50}]},
        {"classes": [{"code": "a", "title": {"vi": "A"}, "from": "nhiều"}]},
    ],
)  # fmt: skip
def test_a_template_that_is_wrong_is_a_clear_refusal(wrong: dict[str, Any]) -> None:
    assert refused(shipped() | wrong)


@given(st.text(max_size=60))
def test_whatever_is_handed_in_as_a_template_is_a_clear_refusal(text: str) -> None:
    with pytest.raises(TemplateInvalid):
        templates.import_template(text)


# --- one way to be written --------------------------------------------------------------------------------------------


@given(st.dictionaries(st.text(max_size=4), st.decimals(-1000, 1000, places=3), max_size=6))
def test_the_same_thing_has_one_fingerprint(found: dict[str, Decimal]) -> None:
    other = {key: found[key] + Decimal("0.0000") for key in reversed(list(found))}
    assert canonical.to_bytes(found) == canonical.to_bytes(other)
    with pytest.raises(TypeError):
        canonical.to_bytes({"a": 0.5})
