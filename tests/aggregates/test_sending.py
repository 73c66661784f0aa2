"""When the level above is told, what it is told again, and that nobody is told two things of the same figures."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.aggregates import sending
from backend.aggregates.models import AggregateSent
from backend.aggregates.told_before import body_in
from backend.cards import actions, revisions
from backend.cards.models import Card
from backend.federation.packets.models import PacketOut
from backend.federation.peers.models import Peer
from backend.safeguards.audit import OPERATOR
from tests.aggregates.telling import MEASURES, NOW, STREAM, a_month, cell, peer, strangers, tell_all, told
from tests.cards.book import AGAIN, ASSISTED, REASON, Deed, opened, published, write
from tests.support.world import World

LATER = AGAIN + timedelta(hours=1)
BETWEEN = AGAIN - timedelta(days=1)


@pytest.fixture
def session(world: World) -> Iterator[Session]:
    with world.database.transaction() as session:
        yield session


@pytest.fixture
def province(session: Session) -> Peer:
    return peer(session, "parent")


def of_october(session: Session) -> Card:
    return session.scalars(select(Card)).one()


def test_nothing_is_told_before_a_card_is_published(world: World, session: Session, province: Peer) -> None:
    write(session, strangers(world.hamlet, 9))
    opened(session, world)
    assert tell_all(session) == []


def test_without_a_parent_nothing_is_made(world: World, session: Session) -> None:
    a_month(session, world)
    assert tell_all(session) == []


def test_a_published_card_is_told_once_however_often_the_worker_looks(
    world: World, session: Session, province: Peer
) -> None:
    a_month(session, world)
    (row,) = tell_all(session)
    assert tell_all(session) == []
    (packet,) = session.scalars(select(PacketOut))
    assert (packet.stream, packet.subject, packet.digest) == (
        "figures/xa-thang", "xa-thang/thang/202610", row.packet_digest,
    )  # fmt: skip


def test_a_restatement_goes_up_with_its_reason_and_the_next_number(
    world: World, session: Session, province: Peer
) -> None:
    a_month(session, world)
    tell_all(session)
    write(session, strangers(world.hamlet, 10, received=BETWEEN))
    published(session, of_october(session), AGAIN)
    (body,) = told(session, LATER)
    assert (body.revision, body.reason) == (2, REASON)
    assert cell(body, "05752", "du-thi").numerator == 31


def test_two_more_people_wait_for_the_next_revision(world: World, session: Session, province: Peer) -> None:
    """Whoever holds both packets would read off how many came: the figure told before stands, and says so."""
    a_month(session, world)
    tell_all(session)
    write(session, strangers(world.hamlet, 2, received=BETWEEN))
    published(session, of_october(session), AGAIN)
    (body,) = told(session, LATER)
    own = cell(body, "05752", "du-thi")
    assert (own.numerator, own.flag) == (21, "H")


def test_events_of_a_restatement_do_not_wait(world: World, session: Session, province: Peer) -> None:
    write(session, [Deed(world.hamlet, None, datetime(2026, 10, 15).date(), ASSISTED, 2, key=uuid.uuid4())])
    a_month(session, world)
    tell_all(session)
    late = Deed(
        world.hamlet, None, datetime(2026, 10, 16).date(), ASSISTED, 1, received=BETWEEN, key=uuid.uuid4()
    )
    write(session, [late])
    published(session, of_october(session), AGAIN)
    (body,) = told(session, LATER)
    assert (cell(body, "05752", "buoi-huong-dan").numerator, cell(body, "05752", "buoi-huong-dan").flag) == (
        3,
        "",
    )


def test_the_cards_next_state_travels_with_the_same_figures(
    world: World, session: Session, province: Peer
) -> None:
    a_month(session, world)
    (first,) = told(session)
    with clock.stopped_at(NOW + timedelta(days=1)):
        actions.lock(session, of_october(session).id, OPERATOR)
    (second,) = told(session, NOW + timedelta(days=1))
    assert (first.state, second.state) == ("open", "locked")
    assert (second.cells, second.revision) == (first.cells, first.revision)
    assert [one.step for one in second.approval] == ["published", "locked"]


def test_a_card_that_was_opened_again_is_told_as_that_too(
    world: World, session: Session, province: Peer
) -> None:
    a_month(session, world)
    card = of_october(session).id
    states = [told(session)[0].state]
    for day, step in enumerate(("lock", "reopen", "lock"), start=1):
        with clock.stopped_at(NOW + timedelta(days=day)):
            if step == "lock":
                actions.lock(session, card, OPERATOR)
            else:
                actions.reopen(session, card, OPERATOR, "Còn sót bản ghi của xóm")
        states += [body.state for body in told(session, NOW + timedelta(days=day))]
    assert states == ["open", "locked", "open", "locked"]


def test_every_parent_of_the_line_is_told_the_same_to_the_letter(
    world: World, session: Session, province: Peer
) -> None:
    a_month(session, world, [(world.hamlet, 3), (world.other_hamlet, 12)])
    first = tell_all(session)
    peer(session, "parent", name="Nút dự phòng")  # enrolled a day later
    second = tell_all(session, NOW + timedelta(days=1))
    assert [row.body for row in second] == [row.body for row in first]
    assert second[0].peer_id != first[0].peer_id
    assert (first[0].laid is not None, second[0].laid) == (True, None)  # one table, told twice


def test_a_party_parent_is_told_nothing_of_a_template_without_party_measures(
    world: World, session: Session
) -> None:
    peer(session, "parent", line="party")
    a_month(session, world)
    assert tell_all(session) == []


def test_a_peer_that_is_not_active_is_told_nothing(world: World, session: Session, province: Peer) -> None:
    a_month(session, world)
    province.state = "suspended"
    session.flush()
    assert tell_all(session) == []


def test_a_reason_with_a_telephone_number_in_it_stays_at_home(
    world: World, session: Session, province: Peer
) -> None:
    a_month(session, world)
    tell_all(session)
    write(session, strangers(world.hamlet, 10, received=BETWEEN))
    published(session, of_october(session), AGAIN, "Bà Lan báo lại, gọi 0912 345 678 để hỏi")
    (body,) = told(session, LATER)
    assert "0912" not in body.reason
    assert "Lan" not in body.reason


def test_one_card_that_cannot_be_told_does_not_hold_up_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world.database.transaction() as session:
        peer(session, "parent")
        peer(session, "parent", name="Nút khác")
        a_month(session, world)
    whole, tries = sending.tell, []

    def failing(session: Session, one: sending.Due, stream: object, results: object) -> AggregateSent:
        tries.append(one.peer.name)
        if one.peer.name == "Nút khác":
            raise ValueError("a broken one")
        return whole(session, one, STREAM)

    monkeypatch.setattr(sending, "tell", failing)
    with clock.stopped_at(NOW):
        assert sending.turn(world.database, MEASURES, STREAM)
        assert not sending.turn(world.database, MEASURES, STREAM)
    with world.database.transaction(writes=False) as session:
        rows = session.scalars(select(AggregateSent)).all()
    assert [body_in(row).revision for row in rows] == [1]
    assert tries.count("Nút khác") == 2


def test_what_was_told_is_never_changed(world: World, session: Session, province: Peer) -> None:
    from backend.db.lasting import Unchangeable

    a_month(session, world)
    (row,) = tell_all(session)
    row.state = "locked"
    with pytest.raises(Unchangeable):
        session.flush()
    session.rollback()


def test_the_same_packet_is_made_however_the_card_is_read_later(
    world: World, session: Session, province: Peer
) -> None:
    """The ledger as it was known then: what arrives between publishing and telling is not in it."""
    card = a_month(session, world)
    write(session, strangers(world.hamlet, 20, received=card.as_known_at + timedelta(hours=1)))
    (body,) = told(session, datetime(2026, 11, 9, tzinfo=UTC))
    assert cell(body, "05752-T01", "du-thi").numerator == 9
    assert body.known_at == clock.iso(card.as_known_at)
    assert revisions.last(session, card.card_id) is not None
