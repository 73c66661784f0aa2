"""Movements: only like beside like, a few in front by name, nobody last; promises, and what cannot be said."""

import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.evidence import Tallied
from campaigns.movement import rules
from campaigns.movement.comparing import figure
from campaigns.movement.pack import trouble
from campaigns.movement.rules import Asked, Like, Said
from campaigns.movement.schemas import Criterion

TAGS = st.sampled_from([frozenset(), frozenset({"remote"}), frozenset({"new_rural"})])
likes = st.lists(
    st.builds(Like, unit=st.uuids(), people=st.integers(0, 12_000), tags=TAGS),
    max_size=40,
    unique_by=lambda one: one.unit,
)
value = st.none() | st.integers(0, 6).map(Decimal)


@given(likes)
def test_every_unit_stands_in_exactly_one_group(units: list[Like]) -> None:
    found = [unit for group in rules.groups(units) for unit in group.units]
    assert sorted(found) == sorted(one.unit for one in units)


@given(likes)
def test_no_group_is_smaller_than_three_unless_there_are_no_three(units: list[Like]) -> None:
    assert all(len(group.units) >= min(3, len(units)) for group in rules.groups(units))


@given(likes)
def test_difficult_places_stand_apart_wherever_both_sorts_are_enough(units: list[Like]) -> None:
    hard = {one.unit for one in units if one.is_difficult}
    if 3 <= len(hard) <= len(units) - 3:
        for group in rules.groups(units):
            assert group.difficult is not None
            assert all((unit in hard) == group.difficult for unit in group.units)


def test_being_recognised_as_new_rural_makes_a_place_no_harder() -> None:
    assert not Like(uuid.uuid4(), 100, frozenset({"new_rural"})).is_difficult
    assert Like(uuid.uuid4(), 100, frozenset({"border", "new_rural"})).is_difficult


@given(likes, st.data())
def test_leaders_are_few_never_more_than_half_and_nobody_behind_is_named(
    units: list[Like], data: st.DataObject
) -> None:
    for group in rules.groups(units):
        values = {unit: data.draw(value) for unit in group.units}
        shown = rules.compare(group, values)
        named = {one.unit for one in shown.leaders}
        assert len(named) <= len(group.units) // 2
        assert len(named) + shown.others == len(group.units)
        assert not named or len(group.units) >= 3
        assert all(one.place <= 3 for one in shown.leaders)
        behind = [values[unit] or Decimal(0) for unit in group.units if unit not in named]
        assert all(one.value > max(behind, default=Decimal(-1)) for one in shown.leaders)


def test_where_most_are_equal_nobody_is_named_so_that_the_rest_are_not_shown_to_be_last() -> None:
    units = [uuid.UUID(int=n) for n in range(4)]
    (group,) = rules.groups([Like(unit, 100) for unit in units])
    values: dict[uuid.UUID, Decimal | None] = dict.fromkeys(units, Decimal(5))
    values[units[3]] = Decimal(1)
    assert rules.compare(group, values).leaders == ()


@given(value, value)
def test_what_is_not_known_of_the_past_is_not_zero(now: Decimal | None, before: Decimal | None) -> None:
    found = rules.against_past(now, before)
    if now is None or before is None:
        assert found == rules.Change("unknown")
    else:
        assert found.way == ("up" if now > before else "down" if now < before else "same")
        assert found.by == abs(now - before)


def test_met_is_against_what_was_promised_and_only_without_a_promise_against_the_common_level() -> None:
    assert rules.is_met(Decimal(15), Decimal(10), Decimal(20)) is True
    assert rules.is_met(Decimal(15), None, Decimal(20)) is False
    assert rules.is_met(None, Decimal(10), Decimal(20)) is None
    assert rules.is_met(Decimal(15), None, None) is None


@given(st.dictionaries(st.sampled_from(["measured", "declared", "self"]), st.none() | st.booleans()))
def test_measured_declared_and_self_are_never_added_only_the_criterions_own_decides(
    said: dict[str, bool | None],
) -> None:
    marks = {("a", source): Said(met) for source, met in said.items()}
    found = rules.standing([Asked("a", "declared")], marks)
    own = said.get("declared")
    expected = {True: ("a",), False: (), None: ()}[own]
    assert found.met == expected
    assert found.unsaid == (("a",) if own is None else ())


def test_an_entrant_of_whom_something_cannot_be_said_has_not_completed_everything() -> None:
    asked = [Asked("a", "self"), Asked("b", "measured")]
    assert not rules.standing(asked, {("a", "self"): Said(True)}).is_complete
    assert rules.standing(asked, {("a", "self"): Said(True), ("b", "measured"): Said(True)}).is_complete
    assert not rules.standing([], {}).is_complete


@given(st.integers(0, 300), st.integers(1, 300), st.booleans())
def test_what_is_hidden_is_not_told(people: int, heads: int, hidden: bool) -> None:
    told, why = figure("rate", Tallied(people, people, people), heads, hidden=hidden)
    if hidden:
        assert (told, why) == (None, "hidden")
    else:
        assert why is None
        assert told == (Decimal(people * 100) / heads).quantize(Decimal("0.01"))


def test_no_group_says_it_holds_all_where_others_stand_apart() -> None:
    hard = [Like(uuid.UUID(int=n), 100, frozenset({"remote"})) for n in range(3)]
    plain = [Like(uuid.UUID(int=10 + n), 100) for n in range(4)]
    parted = [rules.group_words(group)["vi"] for group in rules.groups(hard + plain)]
    assert parted == ["Các đơn vị ở những nơi còn lại", "Các đơn vị ở nơi khó khăn"]
    assert [rules.group_words(group)["vi"] for group in rules.groups(plain)] == ["Tất cả đơn vị tham gia"]
    big = [Like(uuid.UUID(int=20 + n), 400) for n in range(3)]
    assert [rules.group_words(group)["en"] for group in rules.groups(hard + plain + big)] == [
        "Under 300 people, other places", "300 people and more, other places", "Units in difficult places",
    ]  # fmt: skip


def test_a_rate_without_a_headcount_is_not_told_and_facts_about_nobody_are() -> None:
    assert figure("rate", Tallied(9, 9, 9), None, hidden=True) == (None, "no_headcount")
    assert figure("facts", Tallied(1, 2, 3), None, hidden=False) == (Decimal(2), None)
    assert figure("quantity", Tallied(1, 2, 3), None, hidden=False) == (Decimal(3), None)


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"source": "self"}, False),
        ({"source": "measured", "measure": "contest.entrants", "target": 5}, False),
        ({"source": "measured", "measure": "contest.none", "target": 5}, True),
        ({"source": "measured", "measure": "contest.entrants", "target": 5, "whom": "firm"}, True),
        ({"source": "measured", "measure": "contest.entrants"}, True),
        ({"source": "declared", "measure": "contest.entrants", "target": 5}, True),
        ({"source": "declared", "target": 5, "least": 6}, True),
        ({"source": "self", "compared": True}, True),
    ],
)
def test_a_criterion_that_could_not_be_looked_at_is_told_when_the_pack_is_read(
    more: dict[str, object], wrong: bool
) -> None:
    one = Criterion("a", "A", "A", **more)  # type: ignore[arg-type]
    assert bool(trouble(one, {"contest.entrants"})) == wrong
