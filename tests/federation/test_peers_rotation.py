"""A key is followed by another while everybody goes on talking; a key somebody else has cannot do that."""

import uuid
from datetime import datetime, timedelta

import msgspec
import pytest
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.db.engine import Database
from backend.db.node import found_node
from backend.federation.packets.models import PacketOut
from backend.federation.packets.stream import Arrived, PacketRefused
from backend.federation.peers import queries, rotation
from backend.federation.peers.models import Peer, PeerKey
from backend.safeguards.signing import Signer, packed

NODE = uuid.uuid4()


@pytest.fixture
def old() -> Signer:
    return Signer.throw_away()


@pytest.fixture
def peer(database: Database, old: Signer) -> Peer:
    """The sender as this node knows it."""
    now = clock.now() - timedelta(days=30)
    made = Peer(
        node_id=NODE, name="Xã", unit_code="05755", side="child", line="state", state="active", proposed_by=new_id(),
        proposed_at=now, confirmed_by=new_id(), confirmed_at=now,
    )  # fmt: skip
    with database.transaction() as session:
        found_node(session, "Tỉnh")
        session.add(made)
        session.flush()
        session.add(
            PeerKey(
                peer_id=made.id, key_id=old.key_id, public=packed(old.public), from_at=now, confirmed_at=now
            )
        )
    return made


def told(session: Session, peer: Peer, keys: rotation.Keys) -> None:
    rotation.receive(session, Arrived(peer, None, keys, "", clock.now()))  # type: ignore[arg-type]
    session.flush()


def test_both_keys_are_good_until_the_old_one_ends(database: Database, peer: Peer, old: Signer) -> None:
    new, until = Signer.throw_away(), clock.now() + timedelta(days=3)
    with database.transaction() as session:
        told(session, peer, rotation.body(str(NODE), old, new, until))
    with database.transaction(writes=False) as session:
        good = lambda signer, at: queries.public_at(session, peer.id, signer.key_id, at) is not None  # noqa: E731
        assert good(old, until - timedelta(seconds=1))
        assert not good(old, until + timedelta(seconds=1))
        assert good(new, clock.now())
        assert good(new, until + timedelta(days=300))
        assert queries.open_key(session, peer.id).key_id == new.key_id  # type: ignore[union-attr]


def test_told_twice_is_told_once(database: Database, peer: Peer, old: Signer) -> None:
    keys = rotation.body(str(NODE), old, Signer.throw_away(), clock.now() + timedelta(days=3))
    with database.transaction() as session:
        told(session, peer, keys)
        told(session, peer, keys)
        assert len(queries.keys_of(session, peer.id)) == 2


def test_an_old_key_is_never_kept_open_for_longer_than_the_overlap(
    database: Database, peer: Peer, old: Signer
) -> None:
    with database.transaction() as session:
        told(
            session,
            peer,
            rotation.body(str(NODE), old, Signer.throw_away(), clock.now() + timedelta(days=900)),
        )
        assert queries.key_at(session, peer.id, old.key_id).until_at <= clock.now() + rotation.OVERLAP  # type: ignore[union-attr,operator]


@pytest.mark.parametrize("until", ["2026-02-30T00:00:00.000Z", "9999-12-31T23:59:59.999Z"])
def test_an_end_that_is_no_moment_is_refused(database: Database, peer: Peer, old: Signer, until: str) -> None:
    keys = rotation.body(str(NODE), old, Signer.throw_away(), clock.now())
    with database.transaction() as session, pytest.raises(PacketRefused) as refused:
        told(session, peer, msgspec.structs.replace(keys, until=until))
    assert (refused.value.code, refused.value.pointer) == ("bad-moment", "/until")


def test_a_key_told_of_long_ago_closes_the_old_one_when_the_packet_comes(
    database: Database, peer: Peer, old: Signer
) -> None:
    with database.transaction() as session:
        told(
            session, peer, rotation.body(str(NODE), old, Signer.throw_away(), clock.now() - timedelta(days=9))
        )
        assert not queries.believes(
            queries.key_at(session, peer.id, old.key_id), clock.now() + timedelta(seconds=1)
        )


def altered(keys: rotation.Keys, **more: str) -> rotation.Keys:
    return msgspec.structs.replace(keys, **more)


def in_its_name(old: Signer, thief: Signer, until: datetime) -> rotation.Keys:
    """Right in everything but the hand that signed for the old key."""
    mine = Signer.throw_away()
    message = rotation._said(str(NODE), old.key_id, packed(mine.public), clock.iso(until))
    return rotation.Keys(
        old.key_id, packed(mine.public), clock.iso(until), thief.sign(message), mine.sign(message)
    )


def test_nobody_else_can_tell_of_a_new_key(database: Database, peer: Peer, old: Signer) -> None:
    thief, until = Signer.throw_away(), clock.now() + timedelta(days=1)
    good = rotation.body(str(NODE), old, Signer.throw_away(), until)
    bad = {
        "signed by a stranger": rotation.body(str(NODE), thief, Signer.throw_away(), until),
        "a stranger in the old key's name": altered(
            rotation.body(str(NODE), thief, thief, until), old=old.key_id
        ),
        "a stranger who has the new key": in_its_name(old, thief, until),
        "another key put in": altered(good, public=packed(thief.public)),
        "without having it": altered(good, proof=thief.sign(b"x")),
        "for another node": rotation.body(str(uuid.uuid4()), old, Signer.throw_away(), until),
        "another end": altered(good, until=clock.iso(until + timedelta(days=1))),
        "no moment": altered(good, until="mai"),
        "no key": altered(good, public="!"),
    }
    for how, keys in bad.items():
        with pytest.raises(PacketRefused), database.transaction() as session:
            told(session, peer, keys)
        with database.transaction(writes=False) as session:
            assert [key.key_id for key in queries.keys_of(session, peer.id)] == [old.key_id], how


def test_a_key_that_was_followed_or_lost_tells_of_no_other(
    database: Database, peer: Peer, old: Signer
) -> None:
    new, until = Signer.throw_away(), clock.now() + timedelta(days=1)
    with database.transaction() as session:
        told(session, peer, rotation.body(str(NODE), old, new, until))
    with pytest.raises(PacketRefused), database.transaction() as session:
        told(session, peer, rotation.body(str(NODE), old, Signer.throw_away(), until))
    with database.transaction() as session:
        queries.key_at(session, peer.id, new.key_id).withdrawn_from = clock.now()  # type: ignore[union-attr]
    with pytest.raises(PacketRefused), database.transaction() as session:
        told(session, peer, rotation.body(str(NODE), new, Signer.throw_away(), until))


def test_every_active_peer_is_told_in_the_old_keys_hand(database: Database, peer: Peer, old: Signer) -> None:
    new = Signer.throw_away()
    with database.transaction() as session:
        assert [one.id for one in rotation.announce(session, old, new)] == [peer.id]
    with database.transaction() as session:
        packet = session.query(PacketOut).one()
        assert (packet.stream, packet.subject, packet.key_id) == ("keys", new.key_id, old.key_id)
        assert [one.id for one in rotation.without_it(session, new)] == [peer.id]
        packet.state = "received"
        session.flush()
        assert rotation.without_it(session, new) == []


def test_a_key_packet_holds_keys_and_a_moment_and_no_room_for_words(old: Signer) -> None:
    keys = rotation.body(str(NODE), old, Signer.throw_away(), clock.now())
    raw = msgspec.json.encode(keys)
    assert msgspec.json.decode(raw, type=rotation.Keys) == keys
    for name in rotation.Keys.__struct_fields__:
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(
                msgspec.json.encode(altered(keys, **{name: "Bà Lan, 0912345678"})), type=rotation.Keys
            )
