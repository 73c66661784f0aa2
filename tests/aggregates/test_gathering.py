"""What a commune gathers for its packet: the figures of its published card, with every hamlet, nothing left out."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from backend.aggregates import gather
from backend.aggregates.dataset import of_line
from backend.aggregates.gathered import body_of
from backend.aggregates.hiding import protect
from backend.aggregates.packet import Declared
from backend.cards import canonical, store
from backend.cards.models import Card, CardRevision
from tests.aggregates.telling import MEASURES, a_month, cell, peer, strangers, tell_all, told
from tests.cards.book import ASSISTED, HOUSEHOLDS, Deed, hamlets, opened, published, write
from tests.support.world import World


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with world.database.transaction() as session:
        yield session


def on_card(revision: CardRevision, code: str) -> dict[str, object]:
    said = canonical.read(revision.payload)
    return next(row for group in said["groups"] for row in group["criteria"] if row["code"] == code)


def test_the_communes_own_figures_are_those_of_its_card_to_the_digit(world: World, session: Session) -> None:
    peer(session, "parent")
    card = a_month(session, world)
    (body,) = told(session)
    own = cell(body, "05752", "du-thi")
    row = on_card(card, "du-thi")
    assert (str(own.numerator), str(own.denominator), own.value, own.flag) == (
        row["numerator"],
        row["denominator"],
        row["value"],
        "",
    )
    assert (own.numerator, own.denominator, own.value) == (21, 70, "30")


def test_every_measured_criterion_of_every_hamlet_is_in_it_once_and_in_order(
    world: World, session: Session
) -> None:
    peer(session, "parent")
    a_month(session, world)
    (body,) = told(session)
    units, elements = [one.code for one in body.scope.units], [one.code for one in body.scope.elements]
    assert units == ["05752", "05752-T02", "05752-T01"]  # the whole, then the smallest first
    assert elements == ["du-thi", "buoi-huong-dan", "ho-da-den", "tu-dung-duoc", "sang-kien-gui"]
    places = [(one.unit, one.element) for one in body.cells]
    assert places == [(u, e) for u in range(3) for e in range(5)]


def test_what_was_never_counted_is_no_zero(world: World, session: Session) -> None:
    peer(session, "parent")
    a_month(session, world)
    (body,) = told(session)
    never = cell(body, "05752-T01", "sang-kien-gui")
    assert (never.numerator, never.value, never.flag) == (None, None, "N")


def test_events_are_told_whatever_their_number_and_add_up_with_what_is_of_no_hamlet(
    world: World, session: Session
) -> None:
    peer(session, "parent")
    write(session, [Deed(world.hamlet, None, date(2026, 10, 15), ASSISTED, 2)])
    write(session, [replace(Deed(world.commune, None, date(2026, 10, 16), ASSISTED, 3), key=world.commune)])
    a_month(session, world)
    (body,) = told(session)
    assert cell(body, "05752-T01", "buoi-huong-dan").numerator == 2
    assert cell(body, "05752-T02", "buoi-huong-dan").numerator == 0
    assert cell(body, "05752", "buoi-huong-dan").numerator == 5
    assert next(one for one in body.scope.elements if one.code == "buoi-huong-dan").apart == 3


def test_a_few_people_are_told_in_no_cell_and_by_no_rest(world: World, session: Session) -> None:
    """Three of a hamlet: neither they nor the sum they could be subtracted from with their neighbour."""
    peer(session, "parent")
    hamlets(session, world, [60, 80])
    a_month(session, world, [(world.hamlet, 3), (world.other_hamlet, 12)])
    (body,) = told(session)
    few, beside = cell(body, "05752-T01", "du-thi"), cell(body, "05752-T02", "du-thi")
    assert few.flag in ("S", "C")
    assert (few.numerator, few.value) == (None, None)
    assert few.denominator == 40  # a headcount is public
    assert beside.flag in ("S", "C") or cell(body, "05752", "du-thi").flag in ("S", "C")
    assert next(one for one in body.scope.elements if one.code == "du-thi").apart is None


def test_points_stay_at_home_while_a_figure_is_hidden_that_the_card_shows(
    world: World, session: Session
) -> None:
    """Fifteen of seventy are many on the card; the packet hides them beside a hamlet of three, and so must the points."""
    peer(session, "parent")
    a_month(session, world, [(world.hamlet, 3), (world.other_hamlet, 12)])
    (body,) = told(session)
    assert (cell(body, "05752", "du-thi").flag == "") == (body.points is not None)


def test_points_and_class_go_with_a_packet_that_hides_nothing_of_its_own(
    world: World, session: Session
) -> None:
    peer(session, "parent")
    card = a_month(session, world)
    (body,) = told(session)
    total = canonical.read(card.payload)["total"]
    assert body.points is not None
    assert (body.points.points, body.points.out_of) == (total["points"], total["out_of"])
    assert (body.points.is_complete, body.points.rated) == (total["is_complete"], None)


def test_no_person_and_no_id_of_anybody_is_in_it(world: World, session: Session) -> None:
    peer(session, "parent")
    write(session, strangers(world.hamlet, 7, measure=HOUSEHOLDS))
    card = opened(session, world)
    card.answers_title, card.answers_name = "Chủ tịch", "Nguyễn Văn Ất"
    session.flush()
    published(session, card)
    (row,) = tell_all(session)
    text = row.body.decode()
    assert "Nguyễn" not in text
    for unit in (world.commune, world.hamlet, card.id):
        assert str(unit) not in text
        assert unit.hex not in text


def test_what_the_unit_declared_stays_back_with_the_figure_it_is_near(world: World, session: Session) -> None:
    peer(session, "parent")
    card = a_month(session, world, [(world.hamlet, 3)])
    said = Declared("du-thi", "7.5"), Declared("niem-yet", "2")
    book = of_line(store.template_with(session, card.template_sha), "state", MEASURES)
    found = gather.own(session, session.get_one(Card, card.card_id), card, book)
    body = body_of(replace(found, declared=said), protect(found.laid, []))
    assert cell(body, "05752", "du-thi").flag == "S"
    assert [one.code for one in body.declared] == ["niem-yet"]
