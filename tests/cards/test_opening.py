"""Behind a point of a card: both sides of its figure and gates, in rows that hold enough people and add up to what is shown."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from backend import clock
from backend.cards import opening, queries
from backend.cards.ledger import Record
from backend.cards.models import Card
from backend.cards.opening import Fraction, Sides, in_days
from backend.tallies.disclosure import K, may_show
from tests.cards.book import AGAIN, ASSISTED, PUBLISHED, Deed, many, opened, published, write
from tests.support.world import World

ALONE, EXPLAINED = "visit.vneid.used_alone", "visit.vneid.explained"


def visits(world: World, days: Sequence[tuple[int, int, int]]) -> list[Deed]:
    """(day of October, explained, of whom on their own) -> a deed for each household."""
    found = []
    for day, explained, alone in days:
        for number in range(explained):
            deed = Deed(world.hamlet, uuid.uuid4(), date(2026, 10, day), EXPLAINED, key=uuid.uuid4())
            found.append(deed)
            if number < alone:
                found.append(replace(deed, measure=ALONE, key=uuid.uuid4()))
    return found


def behind(session: Session, card: Card, code: str) -> list[Fraction]:
    row = next(one for one in queries.view_of(session, card).criteria if one.code == code)
    return opening.opened(session, card, code, row.is_hidden)


def test_a_figure_without_an_indicator_of_its_own_opens_to_rows_that_add_up(world: World) -> None:
    with world.database.transaction() as session:
        card = opened(session, world)
        write(session, visits(world, [(3, 12, 6), (9, 2, 1), (20, 14, 6)]))
        published(session, card)
        [figure] = behind(session, card, "tu-dung-duoc")
        shown = next(one for one in queries.view_of(session, card).criteria if one.code == "tu-dung-duoc")
    assert figure.total == (13, 28) == (shown.numerator, shown.denominator)
    assert [(row.first.day, row.last.day, row.above, row.below) for row in figure.rows] == [
        (3, 3, 6, 12),
        (9, 20, 7, 16),
    ]


def test_no_row_tells_of_a_few_who_did_or_did_not(world: World) -> None:
    """On the third all but one, on the ninth only two: told together, or not at all."""
    with world.database.transaction() as session:
        card = opened(session, world)
        write(session, visits(world, [(3, 12, 11), (9, 12, 2)]))
        published(session, card)
        [figure] = behind(session, card, "tu-dung-duoc")
    assert [(row.first.day, row.last.day, row.above, row.below) for row in figure.rows] == [(3, 9, 13, 24)]


def test_a_gate_opens_to_both_of_its_sides(world: World) -> None:
    with world.database.transaction() as session:
        card = opened(session, world)
        write(session, many(world.hamlet, 8, ASSISTED, quantity=5))
        write(session, visits(world, [(3, 20, 8)]))
        published(session, card)
        figure, gate = behind(session, card, "buoi-huong-dan")
    assert figure.total == (40, None)
    assert gate.gate is not None
    assert gate.gate.kind == "completion"
    assert gate.total == (8, 20)


def test_a_gate_about_a_few_is_not_told(world: World) -> None:
    with world.database.transaction() as session:
        card = opened(session, world)
        write(session, many(world.hamlet, 8, ASSISTED, quantity=5))
        write(session, visits(world, [(3, 20, 2)]))
        published(session, card)
        figure, gate = behind(session, card, "buoi-huong-dan")
    assert figure.rows
    assert (gate.total, gate.rows) == (None, ())


def test_nothing_opens_behind_a_hidden_figure(world: World) -> None:
    with world.database.transaction() as session:
        card = opened(session, world)
        write(session, many(world.hamlet, K - 1))
        published(session, card)
        assert behind(session, card, "du-thi") == []


def test_what_came_after_the_revision_does_not_move_its_rows(world: World) -> None:
    with world.database.transaction() as session:
        card = opened(session, world)
        write(session, many(world.hamlet, 12))
        published(session, card)
        before = behind(session, card, "du-thi")
        late = [
            replace(one, subject=uuid.uuid4(), received=PUBLISHED + timedelta(days=1))
            for one in many(world.hamlet, 9)
        ]
        write(session, late)
        assert behind(session, card, "du-thi") == before
        with clock.stopped_at(AGAIN):
            published(session, card, AGAIN)
        assert behind(session, card, "du-thi")[0].total == (21, None)


# --- days together ------------------------------------------------------------------------------------------------------

days_of = st.lists(st.tuples(st.integers(1, 8), st.integers(0, 12), st.integers(0, 12)), max_size=8)


@given(days_of)
def test_rows_hold_every_record_once_and_each_may_stand_by_itself(told: list[tuple[int, int, int]]) -> None:
    below = [record(day) for day, did, not_ in told for _ in range(did + not_)]
    above = [record(day) for day, did, _ in told for _ in range(did)]

    def may(sides: Sides) -> bool:
        return may_show(len(sides[0]), len(sides[1] or []))

    rows = in_days((above, below), may)
    assert all(may(row) for row in rows)
    if rows:
        assert sorted(one.key for row in rows for one in row[1] or ()) == sorted(one.key for one in below)
    else:
        assert not may((above, below))


def record(day: int) -> Record:
    return Record(EXPLAINED, date(2026, 10, day), uuid.uuid4(), uuid.uuid4(), 1, 1)
