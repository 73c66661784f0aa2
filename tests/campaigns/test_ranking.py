"""Places: a total order fixed at settlement, which a naive sort and a rebuild give again, whoever was removed before."""

import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from backend import clock, figures
from backend.leaderboards.models import Board, Standing
from backend.participation.models import Fact, Operation, PendingFact
from campaigns.contest.models import ContestAttempt
from campaigns.contest.schemas import CHAIN, ContestSettings
from campaigns.models import Activity, Campaign
from campaigns.registry import measure_book
from tests.support.contest import Written, choose, mine, places, remove, settle, write_paper
from tests.support.world import World

few = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    # One planted commune serves all examples; each begins by forgetting the papers of the one before.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NINE = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PEOPLE = [uuid.UUID(int=(7 << 120) + number) for number in range(12)]


class Sheet(NamedTuple):
    """A paper as the story tells it."""

    who: int
    right: int
    elapsed_ms: int
    guess: int | None
    second: int
    removed: bool


sheets = st.lists(
    st.builds(
        Sheet,
        st.integers(0, len(PEOPLE) - 1),
        st.sampled_from([5, 5, 5, 4, 4, 0]),
        st.sampled_from([60_000, 60_500, 61_000, 599_999]),
        st.none() | st.integers(0, 14),
        st.integers(0, 3),
        st.sampled_from([False, False, False, True]),
    ),
    max_size=24,
)
chains = st.sampled_from(
    [CHAIN, ("right", "elapsed"), ("right",), ("elapsed", "right"), ("right", "elapsed", "prediction")]
)


# --- the naive way -----------------------------------------------------------------------------------------------


def naive(
    papers: list[Written], chain: tuple[str, ...], counts: str
) -> tuple[list[tuple[uuid.UUID, uuid.UUID]], int]:
    """(subject, operation) in order, and how many people have everything right: as one would with pencil and paper."""

    def key(paper: Written, target: int | None) -> tuple[Any, ...]:
        far = 10**12 if paper.guess is None else abs(paper.guess - (target or 0))
        values = {
            "right": -paper.right,
            "prediction": 0 if target is None else far,
            "elapsed": paper.elapsed_ms // 1000,
            "handed_in": clock.milliseconds(paper.at),
        }
        return (*(values[name] for name in dict.fromkeys([*chain, "handed_in"])),)

    def chosen(target: int | None) -> list[Written]:
        found = []
        for subject in {paper.subject for paper in papers}:
            own = sorted((p for p in papers if p.subject == subject), key=lambda p: (p.at, str(p.operation)))
            best = min(own, key=lambda p: key(p, target))
            found.append({"first": own[0], "last": own[-1], "best": best}[counts])
        return found

    target = sum(paper.perfect for paper in chosen(None))
    known = target if "prediction" in chain else None
    ordered = sorted(chosen(known), key=lambda p: (*key(p, known), str(p.operation)))
    return [(paper.subject, paper.operation) for paper in ordered], target


def afresh(world: World, chain: tuple[str, ...], counts: str) -> None:
    """The round open again, as if nobody had taken part, under these rules."""
    with world.database.transaction() as session:
        for table in (PendingFact, Fact, ContestAttempt, Operation):
            session.execute(delete(table))
        figures.rebuild(session, measure_book())
        session.execute(update(Board).values(fixed_at=None, target=None, people=None))
        session.execute(update(Campaign).values(state="running"))
        session.execute(update(Activity).values(state="open"))
    choose(world, prediction="prediction" in chain, ranking=list(chain), counting_attempt=counts)


def tell(world: World, story: list[Sheet], *, fold_between: bool) -> list[Written]:
    """Write the papers, remove some; those that stand."""
    numbers: dict[int, int] = {}
    written = []
    with world.database.transaction() as session:
        for sheet in story:
            numbers[sheet.who] = numbers.get(sheet.who, 0) + 1
            written.append(
                write_paper(
                    session, world, PEOPLE[sheet.who], sheet.right, sheet.elapsed_ms, sheet.guess,
                    NINE + timedelta(seconds=sheet.second), numbers[sheet.who],
                )
            )  # fmt: skip
    if fold_between:
        world.fold()
    for sheet, paper in zip(story, written, strict=True):
        if sheet.removed:
            remove(world, paper.attempt)
    return [paper for sheet, paper in zip(story, written, strict=True) if not sheet.removed]


@few
@given(story=sheets, chain=chains, counts=st.sampled_from(["first", "best", "last"]), fold=st.booleans())
def test_the_board_is_the_naive_ranking_and_a_rebuild_gives_it_again(
    world: World, story: list[Sheet], chain: tuple[str, ...], counts: str, fold: bool
) -> None:
    afresh(world, chain, counts)
    standing = tell(world, story, fold_between=fold)
    expected, all_correct = naive(standing, chain, counts)
    settle(world)
    fixed = places(world)
    assert sorted(place or 0 for place, _ in fixed.values()) == list(range(1, len(expected) + 1))
    order = sorted(fixed, key=lambda subject: fixed[subject][0] or 0)
    assert [(subject, fixed[subject][1]) for subject in order] == expected
    with world.database.transaction(writes=False) as session:
        board = session.scalars(select(Board)).one()
        assert board.people == len(expected)
        assert board.target == (all_correct if "prediction" in chain else None)
        facts = session.scalars(select(Fact.subject).where(Fact.measure == "contest.all_correct")).all()
    assert len(facts) == len(set(facts)) == all_correct
    world.fold()
    assert places(world) == fixed, "counting what waited moves nobody"
    with world.database.transaction() as session:
        figures.rebuild(session, measure_book())
    assert places(world) == fixed
    assert figures.differences(world.database, measure_book()) == []


@few
@given(story=sheets.filter(bool), chance=st.randoms(use_true_random=False))
def test_in_whatever_order_papers_come_the_places_are_the_same(
    world: World, story: list[Sheet], chance: random.Random
) -> None:
    """One paper a person; the deed's own id decides only where everything else is equal, and here nothing is."""
    once = list({sheet.who: sheet for sheet in story}.values())
    once = [sheet._replace(second=n, removed=False) for n, sheet in enumerate(once)]
    found = []
    for _ in range(2):
        afresh(world, CHAIN, "best")
        tell(world, once, fold_between=False)
        settle(world)
        found.append({subject: place for subject, (place, _) in places(world).items()})
        chance.shuffle(once)
    assert found[0] == found[1]


# --- what a removal moves ----------------------------------------------------------------------------------------


def guessed(world: World, guesses: list[tuple[int, int]]) -> list[Written]:
    """A paper each: (right, guess), all equally fast, one second after the other."""
    with world.database.transaction() as session:
        return [
            write_paper(
                session, world, PEOPLE[n], right, 60_000, guess, NINE + timedelta(seconds=n)
            )
            for n, (right, guess) in enumerate(guesses)
        ]  # fmt: skip


def order(world: World) -> list[int]:
    """Who stands first, second, ...: numbers of PEOPLE."""
    found = places(world)
    return [PEOPLE.index(subject) for subject in sorted(found, key=lambda s: found[s][0] or 0)]


def target(world: World) -> int | None:
    with world.database.transaction(writes=False) as session:
        return session.scalars(select(Board.target)).one()


STORY = [(5, 3), (5, 4), (5, 9), (5, 1), (4, 4), (0, 0)]
"""Four with everything right, who guessed 3, 4, 9 and 1; two who have not."""


def test_without_a_removal_the_nearest_guess_to_four_wins(world: World) -> None:
    choose(world, prediction=True)
    guessed(world, STORY)
    settle(world)
    assert target(world) == 4
    assert order(world) == [1, 0, 3, 2, 4, 5]


def test_with_one_of_four_removed_the_number_is_three_and_another_guess_wins(world: World) -> None:
    choose(world, prediction=True)
    papers = guessed(world, STORY)
    remove(world, papers[2].attempt)
    settle(world)
    assert target(world) == 3
    assert order(world) == [0, 1, 3, 4, 5]


def test_with_three_of_four_removed_the_last_guess_is_far_from_the_mark_and_still_first(world: World) -> None:
    choose(world, prediction=True)
    papers = guessed(world, STORY)
    for place in (0, 1, 3):
        remove(world, papers[place].attempt)
    settle(world)
    assert target(world) == 1
    assert order(world) == [2, 4, 5]


def test_removing_who_was_not_all_correct_moves_nobody_before_them(world: World) -> None:
    choose(world, prediction=True)
    papers = guessed(world, STORY)
    remove(world, papers[4].attempt)
    settle(world)
    assert target(world) == 4
    assert order(world) == [1, 0, 3, 2, 5]


def test_gaps_on_the_phone_follow_the_number(world: World) -> None:
    choose(world, prediction=True)
    phones = [world.phone(f"Người {n}") for n in range(6)]
    attempts = []
    for phone, (right, guess) in zip(phones, STORY, strict=True):
        attempts.append(phone.start()["id"])
        phone.submit(mine(phone)["attempt"], right, guess)
    remove(world, attempts[2])
    settle(world)
    shown = [mine(phone)["attempt"]["result"] for phone in phones]
    assert {row["all_correct"] for row in shown if row["counted"]} == {3}
    assert [row["gap"] for row in shown] == [0, 1, None, 2, 1, 3]
    assert [row["rank"] and row["rank"]["place"] for row in shown] == [1, 2, None, 3, 4, 5]
    assert [row["prediction"] for row in shown] == [3, 4, 9, 1, 4, 0]


def test_a_person_with_a_removed_and_a_second_paper_stands_with_the_second(world: World) -> None:
    choose(world, prediction=True, attempts_per_person=2)
    guessed(world, STORY)
    with world.database.transaction() as session:
        again = write_paper(session, world, PEOPLE[0], 4, 90_000, 4, NINE + timedelta(minutes=5), number=2)
        first = session.scalars(
            select(ContestAttempt.id).where(ContestAttempt.subject == PEOPLE[0], ContestAttempt.number == 1)
        ).one()
    remove(world, first)
    settle(world)
    assert target(world) == 3
    assert places(world)[PEOPLE[0]][1] == again.operation


@pytest.mark.parametrize(("counts", "all_correct"), [("first", 1), ("best", 2), ("last", 1)])
def test_all_correct_counts_people_by_the_paper_that_counts(
    world: World, counts: str, all_correct: int
) -> None:
    """One was perfect first and not again, the other only later; nobody is counted twice."""
    choose(world, prediction=True, attempts_per_person=None, counting_attempt=counts)
    story = [(0, 5, 1), (0, 3, 2), (0, 3, 3), (1, 2, 1), (1, 5, 2), (1, 5, 3)]
    with world.database.transaction() as session:
        for who, right, number in story:
            write_paper(
                session, world, PEOPLE[who], right, 60_000, 1, NINE + timedelta(minutes=number), number
            )
    settle(world)
    assert target(world) == all_correct


def test_who_guesses_nothing_stands_behind_who_guesses_wildly(world: World) -> None:
    choose(world, prediction=True)
    with world.database.transaction() as session:
        for n, guess in enumerate((None, 10_000_000)):
            write_paper(session, world, PEOPLE[n], 5, 60_000, guess, NINE)
    settle(world)
    assert order(world) == [1, 0]


def test_a_phone_cannot_win_a_tie_by_the_id_it_gives_its_deed(world: World) -> None:
    """Everything that the rules name being equal, the node's own clock decides, even where no rule says so."""
    choose(world, ranking=["right"])
    with world.database.transaction() as session:
        first, second = (
            write_paper(session, world, PEOPLE[n], 5, 60_000, None, NINE + timedelta(milliseconds=1 - n))
            for n in range(2)
        )
        assert first.operation < second.operation
    settle(world)
    assert order(world) == [1, 0]


def test_before_the_settlement_nobody_has_a_place_and_the_number_is_nowhere(world: World) -> None:
    choose(world, prediction=True)
    guessed(world, STORY)
    world.fold()
    assert {place for place, _ in places(world).values()} == {None}
    with world.database.transaction(writes=False) as session:
        assert session.scalars(select(Board.target)).one() is None
        assert session.scalars(select(Standing.place).where(Standing.place.is_not(None))).all() == []
        assert "contest.all_correct" not in set(session.scalars(select(Fact.measure)))


def test_the_frozen_default_is_chain_a_of_the_contests_seen() -> None:
    assert ContestSettings().ranking == ("right", "prediction", "elapsed", "handed_in")
