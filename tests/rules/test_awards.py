"""The rules of awards without a database: every chain in every state, one prize a person, nothing over the budget."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.award import forms, rules
from campaigns.award.rules import Figure, Held, Placed, PrizeRow

TODAY = date(2026, 11, 23)
LINES = ("state", "party", "front", "youth")
STATES = ("drafted", "proposed", "considered", "signed", "numbered", "registered", "dropped")
DEEDS = ("propose", "council", "sign", "number", "register", "give_back", "drop")
WAYS = {
    ("drafted", "propose"): "proposed", ("proposed", "council"): "considered", ("considered", "sign"): "signed",
    ("signed", "number"): "numbered", ("numbered", "register"): "registered", ("proposed", "give_back"): "drafted",
    ("considered", "give_back"): "drafted", ("signed", "give_back"): "drafted", ("drafted", "drop"): "dropped",
}  # fmt: skip
WITHOUT_COUNCIL = {
    ("drafted", "propose"): "proposed", ("proposed", "sign"): "signed", ("signed", "number"): "numbered",
    ("numbered", "register"): "registered", ("proposed", "give_back"): "drafted", ("signed", "give_back"): "drafted",
    ("drafted", "drop"): "dropped",
}  # fmt: skip
ORGANISER = {
    ("drafted", "propose"): "proposed", ("proposed", "sign"): "signed", ("signed", "register"): "registered",
    ("proposed", "give_back"): "drafted", ("drafted", "drop"): "dropped",
}  # fmt: skip
EXPECTED = {"state": WAYS, "party": WAYS, "front": WAYS, "youth": WITHOUT_COUNCIL}


def chain(line: str, tier: str = "formal") -> rules.Chain:
    found = rules.chain_for(line, tier, TODAY)
    assert found is not None
    return found


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("line", LINES)
def test_every_line_leads_from_every_state_only_where_its_chain_says(
    line: str, state: str, deed: str
) -> None:
    assert rules.leads_to(chain(line), state, deed) == EXPECTED[line].get((state, deed))
    assert rules.leads_to(chain(line, "organiser"), state, deed) == ORGANISER.get((state, deed))


def test_no_chain_leads_from_a_suggestion_to_a_decision_without_a_persons_deed() -> None:
    for one in rules.shipped():
        assert all(link.roles and link.part for link in one.links)
        assert one.links[0].before == "drafted"
        assert one.links[-1].after == "registered"


def test_no_chain_claims_to_be_confirmed_and_each_says_where_it_comes_from() -> None:
    assert {one.line for one in rules.shipped()} == {*LINES, "any"}
    for one in rules.shipped():
        assert not one.is_confirmed
        assert one.source
    assert rules.chain_for("state", "formal", date(2023, 12, 31)) is None, "the law held from 2024 on"


def test_a_chain_comes_back_from_a_case_as_it_was() -> None:
    for one in rules.shipped():
        assert rules.read_chain(rules.as_kept(one)) == one


def test_formal_awards_of_all_lines_share_a_guard_and_certificates_have_their_own() -> None:
    assert {chain(line).guard for line in LINES} == {""}
    assert chain("state", "organiser").guard == "organiser"


@pytest.mark.parametrize("part", rules.HANDS)
def test_four_hands_are_four_people(part: str) -> None:
    held = Held("proposed", {hand: hand for hand in rules.HANDS})
    assert rules.is_somebody_else(part, held, part)
    assert not any(rules.is_somebody_else(part, held, other) for other in rules.HANDS if other != part)
    assert rules.is_somebody_else("registrar", held, "signer")


# --- one prize a person --------------------------------------------------------------------------------------------

boards = st.lists(st.integers(0, 8), max_size=20).map(
    lambda keys: [Placed(key, place) for place, key in enumerate(keys, start=1)]
)
prize_lists = st.lists(st.integers(-1, 4), max_size=5).map(
    lambda counts: [PrizeRow(f"p{n}", count) for n, count in enumerate(counts)]
)


@given(boards, prize_lists, st.sets(st.integers(0, 8)))
def test_nobody_gets_two_prizes_and_no_prize_is_given_more_often_than_there_are(
    board: list[Placed[int]], prizes: list[PrizeRow], without: set[int]
) -> None:
    found = rules.top_with_one_prize(board, prizes, without)
    assert len({one.key for one in found}) == len(found)
    assert not {one.key for one in found} & without
    for prize in prizes:
        assert sum(one.prize == prize.code for one in found) <= max(prize.left, 0)
    people = {one.key for one in board} - without
    assert len(found) == min(len(people), sum(max(prize.left, 0) for prize in prizes))


@given(boards, prize_lists)
def test_whoever_is_placed_better_gets_no_worse_prize(
    board: list[Placed[int]], prizes: list[PrizeRow]
) -> None:
    order = [prize.code for prize in prizes]
    ranks = [order.index(one.prize) for one in rules.top_with_one_prize(board[::-1], prizes)]
    assert ranks == sorted(ranks)
    best: dict[int, int] = {}
    for one in board:
        best.setdefault(one.key, one.place)
    found = rules.top_with_one_prize(board, prizes)
    assert [one.place for one in found] == sorted(best[one.key] for one in found)


def test_a_figure_that_may_not_be_said_is_neither_for_nor_against() -> None:
    assert rules.reaches(Figure(None), 90) is None
    assert rules.reaches(Figure(Decimal("89.9")), 90) is False
    assert rules.reaches(Figure(Decimal(90)), 90) is True


def test_spending_more_prizes_than_there_are_is_seen() -> None:
    prizes = {"nhat": (1, Decimal(500_000)), "nhi": (2, Decimal(300_000))}
    paid, owed = {"nhat": (1, Decimal(450_000))}, {"nhi": Decimal(1)}
    (first, second) = rules.spent(prizes, {"nhat": 1, "nhi": 1}, paid, owed)
    assert (first.left, second.left, second.promised, second.budget) == (
        0,
        1,
        Decimal(300_000),
        Decimal(600_000),
    )
    assert (first.handed_over, first.paid, first.owed) == (1, 450_000, 0), "as it changed hands"
    assert first.promised == 450_000
    assert (second.handed_over, second.paid, second.owed) == (0, 0, 1)
    assert rules.spent(prizes, {"nhat": 2}, {})[0].left == -1


# --- forms and bonuses are dated data ---------------------------------------------------------------------------------


def test_the_bonus_follows_the_day_and_is_told_as_unconfirmed() -> None:
    before, after = forms.on(date(2025, 6, 30)), forms.on(date(2025, 7, 1))
    assert before.by_code["lao-dong-tien-tien"].bonus is None
    assert after.by_code["lao-dong-tien-tien"].bonus == Decimal("0.3") * 2_340_000
    assert (before.is_confirmed, after.is_confirmed) == (False, False)
    assert after.source
    assert forms.words_of("giay-khen") == "Giấy khen"
    assert forms.words_of("khong-con") == "khong-con"
