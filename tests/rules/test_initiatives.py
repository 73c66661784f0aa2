"""What follows on what, how shares add up, what sheets come to, who conflicts, who reads: without a database."""

import itertools
import uuid
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.initiative import blind, rules
from campaigns.initiative.models import STATES
from campaigns.initiative.schemas import PRESET, Criterion

KEYS = [uuid.UUID(int=n) for n in range(1, 9)]
UNIT, OTHER = uuid.UUID(int=100), uuid.UUID(int=101)
MARK = Decimal(60)


def sheet(n: int, *points: float) -> rules.Sheet:
    told = zip(("novelty", "applicability", "effect"), points, strict=True)
    return rules.Sheet(KEYS[n], {code: Decimal(str(value)) for code, value in told})


# --- states ---


def test_registered_never_leads_straight_to_recognised() -> None:
    assert rules.next_state("recognise", "received", "formal") is None
    assert rules.next_state("recognise", "valid", "formal") is None
    assert rules.next_state("recognise", "recommended", "formal") == "recognised"


def test_a_small_idea_is_noted_and_never_judged() -> None:
    may = {deed for deed in rules.MOVES if rules.next_state(deed, "received", "small")}
    assert may == {"return", "invalid", "note"}
    assert rules.next_state("note", "received", "formal") is None


@pytest.mark.parametrize("state", STATES)
def test_nothing_follows_on_what_was_withdrawn_and_every_step_ends_in_a_known_state(state: str) -> None:
    ends = {rules.next_state(deed, state, track) for deed in rules.MOVES for track in ("small", "formal")} - {
        None
    }
    assert ends <= set(STATES)
    if state in ("draft", "withdrawn", "invalid", "not_recognised", "returned"):
        assert ends == set()


# --- shares ---


@given(st.lists(st.integers(0, 100), min_size=1, max_size=8))
def test_shares_of_those_who_stand_always_make_a_hundred(shares: list[int]) -> None:
    told = dict(zip(KEYS, shares, strict=False))
    found = rules.settled(told)
    assert sum(found.values()) == 100
    assert rules.settled(dict(reversed(told.items()))) == found
    for one, other in itertools.combinations(told, 2):
        if told[one] > told[other]:
            assert found[one] >= found[other]


def test_what_one_left_falls_to_the_others_by_their_shares() -> None:
    assert rules.settled({KEYS[0]: 40, KEYS[1]: 20}) == {KEYS[0]: 67, KEYS[1]: 33}
    assert rules.settled({KEYS[0]: 60, KEYS[1]: 40}) == {KEYS[0]: 60, KEYS[1]: 40}
    assert rules.settled({}) == {}


# --- the rubric ---


def test_a_result_by_hand() -> None:
    found = rules.result([sheet(0, 24, 28, 35), sheet(1, 22, 27, 34), sheet(2, 25, 28, 36.5)], PRESET, MARK)
    assert (found.total, found.spread) == (Decimal("86.50"), Decimal("6.50"))
    assert found.means == {
        "novelty": Decimal("23.67"),
        "applicability": Decimal("27.67"),
        "effect": Decimal("35.17"),
    }
    assert found.spreads["novelty"] == Decimal("3.00")
    assert found.recommended


def test_enough_in_all_but_one_criterion_is_not_recommended() -> None:
    found = rules.result([sheet(0, 10, 26, 25), sheet(1, 12, 27, 26), sheet(2, 11, 26, 25)], PRESET, MARK)
    assert found.total > MARK
    assert (found.failed, found.recommended) == (("novelty",), False)


def test_a_mark_is_reached_before_rounding_not_after() -> None:
    """A mean of 59.99... is no 60."""
    below = rules.result([sheet(0, 20, 20, 20), sheet(1, 20, 20, 20), sheet(2, 20, 20, 19.99)], PRESET, MARK)
    assert (below.total, below.recommended) == (Decimal("60.00"), False)
    assert rules.result([sheet(0, 20, 20, 20)], PRESET, MARK).recommended


def test_weights_count() -> None:
    rubric = (Criterion("a", "A", "A", 10, 3), Criterion("b", "B", "B", 10, 1))
    found = rules.result([rules.Sheet(KEYS[0], {"a": Decimal(5), "b": Decimal(8)})], rubric, Decimal(23))
    assert (found.total, found.recommended) == (Decimal("23.00"), True)


@given(
    st.lists(st.tuples(*(st.integers(0, most * 4) for most in (30, 30, 40))), min_size=1, max_size=7),
    st.randoms(),
)
def test_the_same_sheets_give_the_same_result_in_whatever_order(points: Any, chance: Any) -> None:
    sheets = [sheet(n, *(p / 4 for p in row)) for n, row in enumerate(points)]
    shuffled = list(sheets)
    chance.shuffle(shuffled)
    found = rules.result(sheets, PRESET, MARK)
    assert rules.result(shuffled, PRESET, MARK).told() == found.told()
    assert min(rules.weighted(s.points, PRESET) for s in sheets) <= found.total + Decimal("0.01")


@pytest.mark.parametrize(
    ("rubric", "mark", "why"),
    [
        (PRESET, 60, None),
        ((*PRESET, PRESET[0]), 60, "twice"),
        ((Criterion("a", "A", "A", 10, 1, 11),), 5, "pass_over_max"),
        (PRESET, 101, "out_of_reach"),
    ],
)
def test_a_rubric_nobody_could_judge_by(rubric: tuple[Criterion, ...], mark: int, why: str | None) -> None:
    assert rules.why_no_rubric(rubric, mark) == why


# --- conflicts ---

AUTHOR = rules.AuthorFacts(KEYS[0], "Nguyễn Văn An", UNIT, frozenset({UNIT}))


@pytest.mark.parametrize(
    ("judge", "unit", "why"),
    [
        (rules.Judge(KEYS[1], "Hoa"), OTHER, None),
        (rules.Judge(KEYS[0], "Hoa"), OTHER, "author"),
        (rules.Judge(KEYS[1], "Hoa", family=frozenset({KEYS[0]})), OTHER, "family"),
        (rules.Judge(KEYS[1], "Hoa", units=frozenset({UNIT})), OTHER, "same_unit"),
        (rules.Judge(None, "Hoa", places=frozenset({UNIT})), OTHER, "same_unit"),
        (rules.Judge(None, "Hoa", places=frozenset({OTHER})), OTHER, "same_unit"),
        (rules.Judge(None, "nguyen van  an"), OTHER, "namesake"),
        (rules.Judge(None, "Nguyễn Văn An", namesake_cleared=True), OTHER, None),
        (rules.Judge(KEYS[0], "Nguyễn Văn An", namesake_cleared=True), OTHER, "author"),
    ],
)
def test_who_must_not_judge(judge: rules.Judge, unit: uuid.UUID, why: str | None) -> None:
    assert rules.conflict(judge, [AUTHOR], unit) == why


def test_two_without_an_account_are_not_the_same_person() -> None:
    assert rules.conflict(rules.Judge(None, "Hoa"), [rules.AuthorFacts(None, "Lan")], None) is None


# --- who reads ---


@pytest.mark.parametrize("state", STATES)
def test_what_each_reader_may_open(state: str) -> None:
    assert "sheets" not in rules.may_read("author", state)
    assert "notes" not in rules.may_read("author", state)
    assert rules.may_read("secretary", state) == frozenset() if state == "draft" else True
    assert rules.may_read("judge", state, blind=True) <= {"content"}
    assert rules.may_read("judge", state, blind=True, met=True) <= {"content", "place"}
    assert rules.may_read("everybody", state) == frozenset()
    shown = rules.may_read("everybody", state, published=True)
    assert shown == (frozenset({"content", "place"}) if state in ("recognised", "noted") else frozenset())


# --- judged blind ---


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Phòng Kinh tế đề xuất", "[…] đề xuất"),
        ("PHÒNG  KINH\nTẾ và phong kinh te", "[…] và […]"),
        ("Anh Lý Do nêu lý do", "Anh […] nêu lý do"),
        ("LÝ DO", "[…]"),
        ("Ở xóm Kê, thống kê", "Ở […], thống kê"),
        ("Phòng Kinh tếch", "Phòng Kinh tếch"),
        ("", ""),
    ],
)
def test_names_are_covered_and_words_that_only_look_alike_are_not(text: str, left: str) -> None:
    names = blind.Names({"Lý Do", "", "Kê"}, {"Phòng Kinh tế", "Kinh tế", "xóm Kê", "Kê"})
    assert blind.covered(text, names) == left


def test_the_names_of_people_stay_covered_when_those_of_units_are_shown() -> None:
    names = blind.Names({"Lý Do"}, {"Phòng Kinh tế"})
    assert blind.covered("Lý Do, Phòng Kinh tế", names, units_too=False) == "[…], Phòng Kinh tế"
