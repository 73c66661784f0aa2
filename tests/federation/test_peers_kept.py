"""A link that ends or loses its key leaves nothing open behind it: no unit spoken for twice, no doubtful packet unseen."""

import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from backend import clock
from backend.db.base import new_id
from backend.db.engine import Database
from backend.db.node import Node, this_node
from backend.errors import NotFound
from backend.federation.peers import doubts, enrol, errors, keeping, queries, reach
from backend.federation.peers.models import Peer, PeerReach
from backend.safeguards.audit import Actor
from backend.safeguards.signing import Signer
from backend.units.models import Unit
from tests.federation import pair
from tests.federation.test_peers import Side, commune, offered, proposed, province, refused, taken_in

__all__ = ["commune", "province"]

TODAY = clock.today()
BEFORE = TODAY - timedelta(days=20)


def speaks(side: Side, peer: uuid.UUID, code: str, on: date) -> bool:
    with side.writing() as session:
        return queries.may_speak_for(session, peer, code, on)


def serves(side: Side, code: str) -> None:
    """The node offers itself as the node of another unit."""
    with side.writing() as session:
        unit = session.scalars(select(Unit.id).where(Unit.code == code)).one()
        session.execute(update(Node).values(unit_id=unit))


def another_node(side: Side) -> Side:
    """The same database as a node that was founded beside it, with a key of its own."""
    with side.writing() as session:
        session.execute(update(this_node(session).__class__).values(id=uuid.uuid4()))
    return Side(side.database, Signer.throw_away(), side.first, side.second)


def test_a_revoked_peer_speaks_for_nothing_from_that_day_on(province: Side, commune: Side) -> None:
    child, _ = taken_in(province, commune)
    with province.writing() as session:
        reach.speak(
            session, child, "05755", TODAY + timedelta(days=30)
        )  # a merger that holds from next month
        keeping.revoke(session, child, "Nhầm máy", province.first)
    assert not speaks(province, child, "05752", TODAY)
    assert speaks(province, child, "05752", BEFORE), "what it told of the days before stays its own"
    assert not speaks(province, child, "05755", TODAY + timedelta(days=31))


def test_a_node_taken_in_for_the_wrong_unit_does_not_speak_for_it_when_it_comes_again(
    province: Side, commune: Side
) -> None:
    child, _ = taken_in(province, commune)
    with province.writing() as session:
        keeping.revoke(session, child, "Nhầm xã", province.first)
    serves(commune, "05755")
    again = proposed(province, offered(commune))
    with province.writing() as session:
        enrol.confirm(session, again, commune.signer.key_id, province.second)
    assert again == child
    assert speaks(province, child, "05755", BEFORE)
    assert not speaks(province, child, "05752", BEFORE), (
        "not of past days either: it was never that commune's"
    )
    assert not speaks(province, child, "05752", TODAY)


def test_a_node_taken_in_again_for_its_unit_speaks_for_it_again(province: Side, commune: Side) -> None:
    child, _ = taken_in(province, commune)
    with province.writing() as session:
        keeping.revoke(session, child, "Thử lại từ đầu", province.first)
    again = proposed(province, offered(commune))
    with province.writing() as session:
        enrol.confirm(session, again, commune.signer.key_id, province.second)
    assert speaks(province, child, "05752", TODAY)
    assert speaks(province, child, "05752", BEFORE)


def test_a_second_node_of_one_unit_and_line_is_not_confirmed(province: Side, commune: Side) -> None:
    child, _ = taken_in(province, commune)
    other = another_node(commune)
    second = proposed(province, offered(other))
    refused(province, errors.UnitTaken, enrol.confirm, second, other.signer.key_id, province.second)
    with province.writing() as session:
        keeping.suspend(session, child, "Đang xem", province.first)
    refused(province, errors.UnitTaken, enrol.confirm, second, other.signer.key_id, province.second)
    with province.writing() as session:
        keeping.revoke(session, child, "Máy cũ thôi dùng", province.first)
        enrol.confirm(session, second, other.signer.key_id, province.second)
    assert speaks(province, second, "05752", TODAY)


def test_another_line_of_the_unit_has_a_node_of_its_own(province: Side, commune: Side) -> None:
    taken_in(province, commune)
    other = another_node(commune)
    party = proposed(province, offered(other, "party"))
    with province.writing() as session:
        assert enrol.confirm(session, party, other.signer.key_id, province.second).state == "active"


def test_a_unit_that_ended_is_spoken_for_to_its_end(province: Side, commune: Side) -> None:
    with province.writing() as session:
        session.execute(update(Unit).where(Unit.code == "05752").values(valid_to=BEFORE))
    child, _ = taken_in(province, commune)
    assert speaks(province, child, "05752", BEFORE - timedelta(days=1))
    assert not speaks(province, child, "05752", BEFORE)


# --- a lost key -----------------------------------------------------------------------------------------------------


@pytest.fixture
def link(database: Database, tmp_path: Path, sqlite_template: Path) -> tuple[pair.Side, pair.Side]:
    """(the province that receives, the commune that tells)."""
    other = tmp_path / "xa.sqlite3"
    other.write_bytes(sqlite_template.read_bytes())
    with clock.stopped_at(clock.now() - timedelta(days=30)):
        receiver = pair.Side(None, database, pair.AN).found("Tỉnh")
        sender = pair.Side(other, Database(f"sqlite:///{other}"), pair.BINH).found("Xã")
    receiver.know(sender, "child")
    sender.know(receiver, "parent")
    return receiver, sender


def told(link: tuple[pair.Side, pair.Side], key: str) -> str:
    receiver, sender = link
    return receiver.take(sender.raw(sender.say(key, "1"))).body.digest


def operator() -> Actor:
    return Actor("staff", new_id())


def test_what_came_with_a_lost_key_is_in_doubt_until_somebody_asked(
    link: tuple[pair.Side, pair.Side],
) -> None:
    receiver, sender = link
    with clock.stopped_at(clock.now() - timedelta(days=5)):
        own = told(link, "a")
    doubtful = told(link, "b")
    with receiver.database.transaction() as session:
        keeping.give_up(session, receiver.peer.id, clock.now() - timedelta(days=2), operator())
        listed = doubts.of_peer(session, receiver.peer.id)
        assert [(one.stream, one.number, one.key_id) for one in listed] == [
            ("notes", 2, sender.signer.key_id)
        ]
        assert doubts.among(session, [own, doubtful, "0" * 64]) == {doubtful}
    by = operator()
    with receiver.database.transaction() as session:
        doubts.settle(session, receiver.peer.id, doubtful, by)
        assert doubts.of_peer(session, receiver.peer.id) == []
        assert doubts.among(session, [doubtful]) == set()
    for other in (doubtful, own):
        with pytest.raises(NotFound), receiver.database.transaction() as session:
            doubts.settle(session, receiver.peer.id, other, by)


def test_what_the_key_before_signed_is_not_in_doubt(link: tuple[pair.Side, pair.Side]) -> None:
    """A key that was rotated before the other one was lost."""
    receiver, _ = link
    told(link, "a")
    with receiver.database.transaction() as session:
        peer = session.get_one(Peer, receiver.peer.id)
        for key in queries.keys_of(session, peer.id):
            key.until_at = clock.now() - timedelta(days=1)
        keeping.give_up(session, peer.id, clock.now() - timedelta(hours=1), operator())
        assert doubts.of_peer(session, peer.id) == []


def test_reaches_that_never_held_are_no_error(province: Side, commune: Side) -> None:
    """Revoked on the day it was taken in for a unit that begins later: the interval is empty, and the database takes it."""
    child, _ = taken_in(province, commune)
    with province.writing() as session:
        reach.speak(session, child, "05755", TODAY + timedelta(days=9))
        reach.end_all(session, child, TODAY)
        ends = dict(
            session.execute(
                select(PeerReach.unit_code, PeerReach.until_on).where(PeerReach.peer_id == child)
            ).all()
        )
    assert ends == {"05752": TODAY, "05755": TODAY + timedelta(days=9)}
