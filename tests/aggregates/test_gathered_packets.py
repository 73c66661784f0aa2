"""The packets a commune really sends, over months, a restatement and a merge, read by the adversary; and its public pages."""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.aggregates.gather import boundaries
from backend.aggregates.hiding import Counted, Laid, Sides
from backend.aggregates.packet import Figures
from backend.aggregates.shown_here import Result, all_told, no_results
from backend.aggregates.told_before import told_tables
from backend.calendars import parse
from backend.cards import actions
from backend.open_data import choices
from backend.safeguards.audit import OPERATOR
from backend.units import reorganise
from backend.units.models import Unit
from backend.units.reorganise import NewUnit
from tests.aggregates.adversary import Adversary, Element, Packet
from tests.aggregates.telling import a_month, peer, strangers, told
from tests.cards.book import hamlets, published, write
from tests.support.world import World

COUNTS = {"du-thi": ("contest.entrants people", None)}
MERGED = "05752-T99"


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with world.database.transaction() as session:
        yield session


def as_read(body: Figures) -> Packet:
    """Of the wire's bytes alone: what is about people, by unit."""
    period = parse(body.calendar, body.period)
    elements, units = body.scope.elements, [one.code for one in body.scope.units]
    read = tuple(Element(e.code, COUNTS[e.code][0], e.additivity, e.k) for e in elements if e.code in COUNTS)
    cells: dict[str, dict[str, tuple[int | None, int | None, str]]] = {unit: {} for unit in units}
    for one in body.cells:
        if elements[one.element].code in COUNTS:
            cells[units[one.unit]][elements[one.element].code] = (one.numerator, one.denominator, one.flag)
    return Packet(period.first, period.last, tuple(units), read, cells)


def a_card(
    session: Session, world: World, month: int, entrants: dict[uuid.UUID, int], at: datetime
) -> uuid.UUID:
    for unit, people in entrants.items():
        day = date(2026, month, 15)
        write(session, strangers(unit, people, day=day, received=at - timedelta(days=1)))
    with clock.stopped_at(datetime(2026, month, 20, 3, tzinfo=UTC)):
        card = actions.open_card(
            session, world.commune, "xa-thang", parse("thang", f"2026{month:02}"), OPERATOR
        )
    published(session, card, at)
    return card.id


def test_the_packets_of_a_commune_give_no_hidden_count_away(world: World, session: Session) -> None:
    peer(session, "parent")
    places = [world.hamlet, world.other_hamlet, *hamlets(session, world, (25, 60, 90))]
    bodies: list[Figures] = []
    for month, counts in ((8, (9, 12, 3, 20, 1)), (9, (4, 12, 8, 30, 40)), (10, (11, 8, 20, 30))):
        if month == 10:
            with clock.stopped_at(datetime(2026, 10, 1, 3, tzinfo=UTC)):
                places = [_merge(session, places[:2]), *places[2:]]
        at = datetime(2026, month + 1, 3, 9, tzinfo=UTC)
        card = a_card(session, world, month, dict(zip(places, counts, strict=True)), at)
        bodies += told(session, at + timedelta(hours=1))
        write(session, strangers(places[-2], 7, day=date(2026, month, 16), received=at + timedelta(days=2)))
        write(session, strangers(places[-1], 2, day=date(2026, month, 16), received=at + timedelta(days=2)))
        published(session, _card(session, card), at + timedelta(days=5))
        bodies += told(session, at + timedelta(days=6))
    assert [one.revision for one in bodies] == [1, 2, 1, 2, 1, 2]
    assert MERGED in [one.code for one in bodies[-1].scope.units]
    found = Adversary([as_read(one) for one in bodies], {MERGED: ("05752-T01", "05752-T02")})
    assert found.hidden
    assert found.findings() == []


def _card(session: Session, card: uuid.UUID):  # type: ignore[no-untyped-def]
    from backend.cards.models import Card

    return session.get_one(Card, card)


def _merge(session: Session, units: list[uuid.UUID]) -> uuid.UUID:
    new = NewUnit(MERGED, "Đồng Cầu", "xóm")
    return reorganise.merge(session, units, new, on=date(2026, 10, 1), document="Nghị quyết số 12/NQ-HĐND")


def asked(first: date = date(2026, 10, 1), last: date = date(2026, 10, 31), name: str = "202610") -> Laid:
    e = Counted("du-thi", "contest.entrants people", True, "distinct")
    return Laid("thang", name, first, last, ("05752",), (e,), {"05752": {"du-thi": Sides(21, 70)}})


def test_a_card_is_read_as_public_once_open_data_were_on_and_ever_after(
    world: World, session: Session
) -> None:
    a_month(session, world)
    assert all_told(session, asked(), no_results) == ([], None)
    for is_on in (True, False):
        choices.choose(session, world.commune, is_on, OPERATOR)
        session.flush()
        known, public = all_told(session, asked(), no_results)
        assert "contest.entrants people" in (public or ())
        assert all(one.laid.units == ("05752",) for one in known)
    november = asked(date(2026, 11, 1), date(2026, 11, 30), "202611")
    known, public = all_told(session, november, no_results)
    assert public == frozenset()
    assert [one.sent.cells["05752"]["du-thi"].numerator for one in known] == [21]


def test_a_published_result_stands_beside_the_months_it_shares_days_with(
    world: World, session: Session
) -> None:
    result = Result("contest.entrants people", date(2026, 9, 20), date(2026, 10, 20), 19)
    known, public = all_told(session, asked(), lambda session, unit: [result])
    assert public == frozenset()
    assert [(one.laid.calendar, one.laid.first) for one in known] == [("days", date(2026, 9, 20))]


def test_what_was_told_and_shown_under_the_old_name_is_read_under_the_new_one_and_the_other_way_round(
    world: World, session: Session
) -> None:
    peer(session, "parent")
    a_month(session, world)
    told(session)
    choices.choose(session, world.commune, True, OPERATOR)
    other = session.scalars(select(Unit.id).where(Unit.code == "05755")).one()
    with clock.stopped_at(datetime(2026, 11, 4, 3, tzinfo=UTC)):
        new = reorganise.merge(
            session, [world.commune, other], NewUnit("05999", "Tân Mới", "xã"), on=date(2026, 11, 4), document="Nghị quyết số 12/NQ-HĐND"
        )  # fmt: skip
    session.flush()
    for code in ("05999", "05755", "05752"):
        assert [one.laid.top for one in told_tables(session, code, date(2026, 12, 31))] == ["05752"]
    parts_of, gone = boundaries(session, [new])
    assert (parts_of["05999"], gone["05752"]) == (("05752", "05755"), date(2026, 11, 4))
    november = Laid("thang", "202611", date(2026, 11, 1), date(2026, 11, 30), ("05999",), asked().elements, {"05999": {"du-thi": Sides(21, 70)}})  # fmt: skip
    known, public = all_told(session, november, lambda session, unit: [Result("contest.entrants people", date(2026, 9, 20), date(2026, 10, 20), 19)] if unit == other else ())  # fmt: skip
    assert public == frozenset(), "the old page stands, and is of another period"
    assert {(one.laid.top, one.laid.calendar) for one in known} >= {("05752", "thang"), ("05755", "days")}
