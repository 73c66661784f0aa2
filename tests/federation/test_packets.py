"""Packets in a chain: taken once and in order, refused in words, healed after a restored backup on either side."""

import shutil
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import delete, update

from backend import clock
from backend.db.engine import Database
from backend.federation import frames
from backend.federation.frames import FrameRefused, PacketHeader
from backend.federation.packets import comparing, giving, held, inbox, outbox, settling
from backend.federation.packets.inbox import PacketNotBelieved
from backend.federation.packets.models import StreamIn
from backend.federation.packets.stream import Book
from backend.federation.peers import rotation, trouble
from backend.federation.peers.models import Peer, PeerKey
from tests.federation.pair import AN, BINH, BOOK, CHI, NOTES, ORDERS, PARTY, Note, Pair, Side, key_row, pair


@pytest.fixture
def two(database: Database, tmp_path: Path, sqlite_template: Path) -> Iterator[Pair]:
    """The province on either database; its commune on SQLite, as communes are."""
    place = tmp_path / "commune.sqlite3"
    shutil.copy(sqlite_template, place)
    commune = Side(place, Database(f"sqlite:///{place}"), AN)
    yield pair(commune, Side(None, database, BINH))
    commune.database.close()


def troubles(side: Side) -> dict[str, int]:
    return dict(side.rows("SELECT code, sum(count) FROM peer_trouble GROUP BY code"))


def test_a_packet_is_taken_and_its_sender_holds_the_receipt(two: Pair) -> None:
    packet = two.commune.say("a", "1", part="xa-2026")
    receipt = two.deliver(packet)
    assert (receipt.status, receipt.body.outcome, receipt.body.digest) == (201, "taken", packet.digest)
    assert receipt.body.head == frames.Place(packet.epoch, 1, packet.digest)
    assert two.province.notes() == {"a": "1"}
    row = two.commune.rows("SELECT stream, state, outcome, receipt FROM packet_out")[0]
    assert tuple(row) == ("notes/xa-2026", "received", "taken", receipt.raw)
    assert two.commune.waiting() == []


def test_numbers_have_no_gaps_and_every_packet_names_the_one_before(two: Pair) -> None:
    packets = [two.commune.say(key, "1") for key in "abc"]
    headers = [frames.kept_payload(packet.payload).header for packet in packets]
    assert [header.number for header in headers if isinstance(header, PacketHeader)] == [1, 2, 3]
    assert [header.prev for header in headers if isinstance(header, PacketHeader)] == [
        "", packets[0].digest, packets[1].digest,
    ]  # fmt: skip


def test_a_packet_that_comes_again_gets_the_same_receipt_and_changes_nothing(two: Pair) -> None:
    packet = two.commune.say("a", "1")
    first = two.deliver(packet)
    two.deliver(two.commune.say("a", "2"))
    again = two.province.take(two.commune.raw(packet))
    assert (again.status, again.raw) == (200, first.raw)
    assert two.province.notes() == {"a": "2"}


def test_a_gap_names_what_is_missing(two: Pair) -> None:
    packets = [two.commune.say(key, "1") for key in "abcd"]
    two.deliver(packets[0])
    receipt = two.province.take(two.commune.raw(packets[3]))
    assert (receipt.status, receipt.body.code) == (409, "gap")
    assert receipt.body.missing is not None
    assert receipt.body.missing.numbers == [2, 3]
    assert not receipt.settles
    assert two.province.notes() == {"a": "1"}
    assert troubles(two.province) == {"gap": 1}


def test_an_old_packet_after_a_new_one_is_only_known(two: Pair) -> None:
    packets = [two.commune.say("a", value) for value in "123"]
    for packet in packets:
        two.deliver(packet)
    assert two.province.take(two.commune.raw(packets[0])).status == 200
    assert two.province.notes() == {"a": "3"}


def forked(two: Pair) -> bytes:
    """A second packet with number 2, rightly signed: the commune's database was restored and nobody opened a new epoch."""
    first = two.commune.say("a", "1")
    two.deliver(first)
    kept = two.commune.rows("SELECT epoch FROM stream_out")[0][0]
    two.deliver(two.commune.say("a", "2"))
    header = PacketHeader(
        sender=str(two.commune.id), to=str(two.province.id), line="state", epoch=kept, made_at=clock.iso(clock.now()),
        schema="note/1", software="lantoa 0", stream="notes", number=2, prev=first.digest, follows=None,
    )  # fmt: skip
    return frames.seal(AN, header, Note("a", "other")).raw


def test_a_fork_is_kept_and_both_are_told_while_the_first_stands(two: Pair) -> None:
    raw = forked(two)
    receipt = two.province.take(raw)
    assert (receipt.status, receipt.body.code) == (409, "fork")
    assert two.province.notes() == {"a": "2"}
    assert two.province.rows("SELECT raw FROM packet_fork") == [(raw,)]
    assert troubles(two.province) == {"fork": 1}
    two.province.take(raw)
    assert len(two.province.rows("SELECT raw FROM packet_fork")) == 1


def test_a_packet_that_builds_on_another_history_is_a_fork(two: Pair) -> None:
    two.deliver(two.commune.say("a", "1"))
    header = PacketHeader(
        sender=str(two.commune.id), to=str(two.province.id), line="state", schema="note/1", software="lantoa 0", stream="notes", number=2,
        epoch=two.commune.rows("SELECT epoch FROM stream_out")[0][0], made_at=clock.iso(clock.now()), prev="0" * 64, follows=None,
    )  # fmt: skip
    assert two.province.take(frames.seal(AN, header, Note("a", "x")).raw).body.code == "fork"
    assert two.province.notes() == {"a": "1"}


def test_what_does_not_fit_its_schema_is_kept_and_uses_its_number_up(two: Pair) -> None:
    with two.commune.database.transaction() as session:
        bad = outbox.put(session, two.commune.peer, NOTES, "", {"key": "a", "value": 7})
    receipt = two.deliver(bad)
    assert (receipt.status, receipt.body.code, receipt.body.pointer) == (422, "invalid", "/value")
    assert two.commune.rows("SELECT state, code FROM packet_out") == [("refused", "invalid")]
    assert two.deliver(two.commune.say("a", "1")).status == 201
    assert two.province.notes() == {"a": "1"}


def test_what_a_room_refuses_leaves_nothing_behind_and_holds_nothing_up(two: Pair) -> None:
    receipt = two.deliver(two.commune.say("a", "no"))
    assert (receipt.status, receipt.body.code, receipt.body.pointer) == (422, "not-this", "/value")
    assert two.province.notes() == {}
    assert two.province.rows("SELECT state, code FROM packet_in") == [("put_aside", "not-this")]
    assert two.deliver(two.commune.say("a", "1")).status == 201


def test_a_sealed_period_is_kept_as_late(two: Pair) -> None:
    assert two.deliver(two.commune.say("a", "late")).status == 423
    assert two.commune.rows("SELECT state, outcome FROM packet_out") == [("received", "late")]
    assert two.province.rows("SELECT state FROM packet_in") == [("late",)]


def test_what_cannot_be_read_yet_is_held_and_taken_when_it_can(two: Pair) -> None:
    assert two.deliver(two.commune.say("a", "wait")).status == 202
    assert two.commune.waiting() == []
    assert two.province.notes() == {}
    two.deliver(two.commune.say("open", "1"))
    assert held.offer_again(two.province.database, BOOK, BINH, ["not-yet"]) == 1
    assert two.province.notes() == {"a": "wait", "open": "1"}
    assert held.offer_again(two.province.database, BOOK, BINH, ["not-yet"]) == 0


@pytest.mark.parametrize(
    ("changed", "code", "status"),
    [
        ({"to": str(uuid.uuid4())}, "not-for-us", 421),
        ({"sender": str(uuid.uuid4())}, "other-sender", 403),
        ({"stream": "rumours"}, "unknown-stream", 404),
        ({"stream": "party/xa-2026"}, "wrong-line", 403),
        ({"stream": "orders"}, "wrong-direction", 403),
        ({"schema": "note/2"}, "unknown-schema", 422),
    ],
)
def test_what_does_not_belong_here_uses_no_number_up(
    two: Pair, changed: dict[str, str], code: str, status: int
) -> None:
    header = frames.kept_payload(two.commune.say("a", "1").payload).header
    told = {name: getattr(header, name) for name in header.__struct_fields__} | changed
    receipt = two.province.take(frames.seal(AN, PacketHeader(**told), Note("a", "1")).raw)
    assert (receipt.body.code, receipt.status) == (code, status)
    assert not receipt.settles
    assert two.province.rows("SELECT * FROM packet_in") == []
    assert troubles(two.province) == {code: 1}


def test_nothing_is_believed_that_the_peer_did_not_sign(two: Pair) -> None:
    raw = two.commune.raw(two.commune.say("a", "1"))
    forgeries = {
        raw[:-2] + b"x}": "bad-signature",
        frames.seal_payload(CHI, frames.outside(raw).payload): "unknown-key",
        b"x" * 100: "not-a-frame",
    }
    for forged, code in forgeries.items():
        with pytest.raises(PacketNotBelieved) as caught:
            two.province.take(forged)
        assert caught.value.code == code
    assert troubles(two.province) == dict.fromkeys(forgeries.values(), 1)
    assert two.province.rows("SELECT * FROM packet_in") == []


def test_a_known_packet_with_another_signature_is_not_let_through(two: Pair) -> None:
    raw = two.commune.raw(two.commune.say("a", "1"))
    two.province.take(raw)
    with pytest.raises(PacketNotBelieved):
        two.province.take(raw[:50] + bytes([raw[50] ^ 1]) + raw[51:])


def test_the_address_and_the_packet_must_say_the_same(two: Pair) -> None:
    raw = two.commune.raw(two.commune.say("a", "1"))
    for expected in (("notes", 2), ("orders", 1)):
        with pytest.raises(FrameRefused):
            two.province.take(raw, expected=expected)
    assert two.province.take(raw, expected=("notes", 1)).status == 201


def test_a_suspended_peer_is_not_believed(two: Pair) -> None:
    raw = two.commune.raw(two.commune.say("a", "1"))
    two.province.peer.state = "suspended"
    with pytest.raises(PacketNotBelieved):
        two.province.take(raw)


# --- keys -----------------------------------------------------------------------------------------------------------------


def test_a_rotated_key_counts_for_what_was_made_before(two: Pair) -> None:
    before = two.commune.raw(two.commune.say("a", "1"))
    change = clock.now()
    with two.province.database.transaction() as session:
        session.execute(update(PeerKey).values(until_at=change))
        session.add(key_row(two.province.peer, CHI))
    assert two.province.take(before).status == 201
    after = two.commune.say("a", "2")
    with pytest.raises(PacketNotBelieved) as caught:
        two.province.take(two.commune.raw(after))
    assert caught.value.code == "key-over"


def test_what_a_lost_key_signed_is_delivered_under_the_new_one(two: Pair) -> None:
    """A thief writes any date: nothing new of a lost key is taken. Its owner signs the same packets anew; no number moves."""
    packet = two.commune.say("a", "1")
    old = two.commune.raw(packet)
    with two.province.database.transaction() as session:
        session.execute(update(PeerKey).values(withdrawn_from=clock.now() + timedelta(days=1)))
        session.add(key_row(two.province.peer, CHI))
    with pytest.raises(PacketNotBelieved) as caught:
        two.province.take(old)
    assert caught.value.code == "key-over"
    two.commune.signer = CHI
    with two.commune.database.transaction() as session:
        [again] = giving.packets(session, two.commune.peer, CHI)
    assert frames.outside(again).digest == packet.digest
    assert two.province.take(again).status == 201


def test_what_was_fetched_under_a_lost_key_is_fetched_again_under_the_new_one(two: Pair) -> None:
    """Downward and on a stick nobody says that a signature is not believed."""
    with two.province.database.transaction() as session:
        outbox.put(session, two.province.peer, ORDERS, "", Note("a", "1"))
        [old] = giving.packets(session, two.province.peer, BINH)
    with two.commune.database.transaction() as session:
        session.execute(update(PeerKey).values(withdrawn_from=clock.now()))
        session.add(key_row(two.commune.peer, CHI))
    with pytest.raises(PacketNotBelieved):
        two.commune.take(old)
    with two.province.database.transaction() as session:
        [again] = giving.packets(session, two.province.peer, CHI)
    assert two.commune.take(again).status == 201
    assert frames.outside(again).digest == frames.outside(old).digest


def test_the_answer_to_a_known_packet_is_signed_by_the_key_and_in_the_epoch_of_now(two: Pair) -> None:
    """Its first receipt was lost on the way, and then the key that signed it, or what stood since the backup."""
    packet = two.commune.say("a", "1")
    raw = two.commune.raw(packet)
    first = two.province.take(raw, via="file")
    assert two.province.take(raw).raw == first.raw, "byte for byte while nothing has changed"
    with two.commune.database.transaction() as session:
        session.execute(update(PeerKey).values(withdrawn_from=clock.now()))
        session.add(key_row(two.commune.peer, CHI))
    two.province.signer = CHI
    two.province.begin_epoch()
    again = two.province.take(raw)
    assert (again.status, again.body) == (200, first.body)
    with two.province.database.transaction() as session:
        assert [frames.signed_by(one) for one in giving.receipts(session, two.province.peer, CHI)] == [
            CHI.key_id
        ]
    with pytest.raises(FrameRefused):
        two.commune.settle(first.raw)
    two.commune.settle(again.raw)
    assert two.commune.waiting() == []


def test_what_names_a_new_key_stays_in_the_old_ones_hand_until_the_new_one_was_answered(two: Pair) -> None:
    """The receiver knows no other. Was it told by hand meanwhile, the packet is signed anew like all others."""
    commune, province, new = two.commune, two.province, CHI
    with commune.database.transaction() as session:
        rotation.announce(session, AN, new)
        outbox.put(session, commune.peer, NOTES, "", Note("a", "1"), signer=AN)
        keys, note = giving.packets(session, commune.peer, new)
    assert [frames.signed_by(keys), frames.signed_by(note)] == [AN.key_id, new.key_id], "and it goes first"
    with province.database.transaction() as session:  # the key was lost; two persons have entered the new one
        session.execute(update(PeerKey).values(withdrawn_from=clock.now()))
        session.add(key_row(province.peer, new))
    book = Book((NOTES, rotation.STREAM))
    with province.database.transaction() as session:
        receipt = inbox.take_in(session, note, province.peer, via="file", book=book, signer=BINH)
    commune.settle(receipt.raw)
    with commune.database.transaction() as session:
        [keys] = giving.packets(session, commune.peer, new)
    assert frames.signed_by(keys) == new.key_id
    with province.database.transaction() as session:
        receipt = inbox.take_in(session, keys, province.peer, via="file", book=book, signer=BINH)
    commune.settle(receipt.raw)
    assert commune.waiting() == []


def test_a_key_rotated_long_ago_is_believed_no_more_whatever_day_it_writes(two: Pair) -> None:
    """Found years later on a disk thrown away. Its owner has signed anew what was still on the road."""
    found, on_the_road = two.commune.raw(two.commune.say("a", "1")), clock.now()
    with two.commune.database.transaction() as session:
        statement = comparing.statement(session, two.commune.peer, AN)
        outbox.put(session, two.commune.peer, NOTES, "", Note("b", "1"))
    with two.province.database.transaction() as session:
        session.execute(update(PeerKey).values(until_at=on_the_road + timedelta(seconds=1)))
        session.add(key_row(two.province.peer, CHI))
    with clock.stopped_at(on_the_road + settling.ROAD + timedelta(seconds=2)):
        with pytest.raises(PacketNotBelieved) as caught:
            two.province.take(found)
        assert caught.value.code == "key-over"
        with two.province.database.transaction() as session, pytest.raises(FrameRefused):
            comparing.compare(session, two.province.peer, statement)
        with two.commune.database.transaction() as session:
            again = giving.packets(session, two.commune.peer, CHI)
        assert [two.province.take(one).status for one in again] == [201, 201]


def test_a_receipt_by_a_rotated_key_counts_for_its_time_alone(two: Pair) -> None:
    first, second = two.commune.say("a", "1"), two.commune.say("b", "1")
    in_time, late = (two.province.take(two.commune.raw(one)).raw for one in (first, second))
    with two.commune.database.transaction() as session:
        ends = datetime.fromisoformat(str(frames.kept(late).header.made_at))
        session.execute(update(PeerKey).values(until_at=ends + timedelta(milliseconds=1)))
    two.commune.settle(in_time)
    with two.commune.database.transaction() as session:
        session.execute(update(PeerKey).values(until_at=ends))
    with pytest.raises(FrameRefused) as caught:
        two.commune.settle(late)
    assert caught.value.code == "key-over"
    assert len(two.commune.waiting()) == 1


def test_an_old_receipt_of_a_restored_receiver_ends_no_wait(tmp_path: Path, sqlite_template: Path) -> None:
    """It says that something was taken which the backup does not have."""
    from tests.federation.pair import from_template

    two = from_template(sqlite_template, tmp_path)
    two.province.back_up(tmp_path / "copy")
    packet = two.commune.say("a", "1")
    old = two.deliver(packet)
    two.province.restore(tmp_path / "copy")
    two.province.begin_epoch()
    assert two.compare() == ["notes", "notes"]
    with pytest.raises(FrameRefused) as caught:
        two.commune.settle(old.raw)
    assert caught.value.code == "receipt-over"
    two.deliver_all()
    assert two.province.notes() == {"a": "1"}


def test_an_old_statement_makes_nothing_wait_again(two: Pair) -> None:
    """Found on some stick: what was missing then was sent since."""
    with two.province.database.transaction() as session:
        old = comparing.statement(session, two.province.peer, BINH)
    with clock.stopped_at(clock.now() + timedelta(hours=1)):
        two.deliver(two.commune.say("a", "1"))
        assert two.compare() == []
        with two.commune.database.transaction() as session:
            assert comparing.compare(session, two.commune.peer, old) == []
    assert two.commune.waiting() == []


def test_who_stated_something_with_a_clock_ahead_is_heard_again(two: Pair) -> None:
    with clock.stopped_at(clock.now() + timedelta(days=400)), two.province.database.transaction() as session:
        ahead = comparing.statement(session, two.province.peer, BINH)
    with two.commune.database.transaction() as session:
        comparing.compare(session, two.commune.peer, ahead)
    two.deliver(two.commune.say("a", "1"))
    with clock.stopped_at(clock.now() + timedelta(hours=1)):
        with two.province.database.transaction() as session:
            session.execute(delete(StreamIn))  # as if restored
            lost = comparing.statement(session, two.province.peer, BINH)
        with two.commune.database.transaction() as session:
            assert comparing.compare(session, two.commune.peer, lost) == ["notes"]


def test_a_peer_that_makes_up_reasons_fills_no_table(two: Pair) -> None:
    packet = two.commune.say("a", "1")
    real = two.province.take(two.commune.raw(packet))
    header, away = frames.kept(real.raw).header, frames.Place("", 0, "")
    letters = "abcdefghijklmnopqrstuvwxyz"
    with two.commune.database.transaction() as session:
        for code in (f"made-up-{one}{other}" for one in letters for other in letters):
            body = msgspec.structs.replace(real.body, outcome="refused", code=code, head=away)
            settling.settle(session, two.commune.peer, frames.seal(BINH, header, body).raw)
    found = troubles(two.commune)
    assert len(found) == trouble.MOST_CODES + 1
    assert sum(found.values()) == len(letters) ** 2


def test_a_receipt_of_a_lost_key_ends_no_wait(two: Pair) -> None:
    receipt = two.province.take(two.commune.raw(two.commune.say("a", "1")))
    with two.commune.database.transaction() as session:
        session.execute(update(PeerKey).values(withdrawn_from=clock.now()))
    with pytest.raises(FrameRefused):
        two.commune.settle(receipt.raw)
    assert len(two.commune.waiting()) == 1


def test_a_receipt_for_somebody_else_ends_no_wait(two: Pair) -> None:
    receipt = two.province.take(two.commune.raw(two.commune.say("a", "1")))
    with two.commune.database.transaction() as session:
        session.execute(update(Peer).values(node_id=uuid.uuid4()))
        session.get_one(Peer, two.commune.peer.id)
    with two.commune.database.transaction(writes=False) as session:
        two.commune.peer = session.get_one(Peer, two.commune.peer.id)
    with pytest.raises(FrameRefused):
        two.commune.settle(receipt.raw)


# --- backups ----------------------------------------------------------------------------------------------------------------


def test_a_restored_sender_begins_a_new_epoch_and_the_old_one_is_over(two: Pair) -> None:
    two.deliver(two.commune.say("a", "1"))
    lost = two.commune.raw(two.commune.say("a", "lost"))
    two.commune.begin_epoch()
    two.deliver_all()
    new = two.commune.say("a", "2")
    header = frames.kept_payload(new.payload).header
    assert isinstance(header, PacketHeader)
    assert (header.number, header.prev) == (1, "")
    assert header.follows is not None
    assert header.follows.number == 2
    assert two.deliver(new).status == 201
    assert two.province.take(lost).status == 200
    assert two.province.notes() == {"a": "2"}


def test_a_new_epoch_does_not_overtake_what_still_waits_in_the_old_one(two: Pair) -> None:
    two.deliver(two.commune.say("a", "1"))
    two.commune.say("a", "2")
    two.commune.begin_epoch()
    new = two.commune.say("a", "3")
    receipt = two.province.take(two.commune.raw(new))
    assert receipt.body.code == "gap"
    assert receipt.body.missing is not None
    assert receipt.body.missing.numbers == [2]
    two.deliver_all()
    assert two.province.notes() == {"a": "3"}


def test_an_epoch_that_is_over_is_never_accepted_again(two: Pair) -> None:
    first = two.commune.say("a", "1")
    header = frames.kept_payload(first.payload).header
    assert isinstance(header, PacketHeader)
    two.deliver(first)
    two.commune.begin_epoch()
    two.deliver(two.commune.say("a", "2"))
    told = {name: getattr(header, name) for name in header.__struct_fields__}
    late = PacketHeader(**(told | {"number": 2, "prev": first.digest}))
    receipt = two.province.take(frames.seal(AN, late, Note("a", "old")).raw)
    assert (receipt.status, receipt.body.code) == (409, "old-epoch")
    assert two.province.notes() == {"a": "2"}


def test_a_fork_is_healed_by_a_new_epoch_and_nothing_is_lost(two: Pair, tmp_path: Path) -> None:
    two.deliver(two.commune.say("a", "1"))
    two.commune.back_up(tmp_path / "copy")
    two.deliver(two.commune.say("b", "forgotten"))
    two.commune.restore(tmp_path / "copy")
    fork, after = two.commune.say("c", "1"), two.commune.say("d", "1")
    assert two.deliver(fork).body.code == "fork"
    assert two.deliver(after).body.code == "fork"
    assert troubles(two.commune) == {"fork": 2}
    two.commune.begin_epoch()
    two.deliver_all()
    assert two.province.notes() == {"a": "1", "b": "forgotten", "c": "1", "d": "1"}
    assert dict(two.commune.rows("SELECT state, count(*) FROM packet_out GROUP BY state")) == {
        "received": 3, "replaced": 2,
    }  # fmt: skip


def test_a_fork_that_shows_only_in_the_new_epoch_is_healed_by_another(two: Pair, tmp_path: Path) -> None:
    """What was said between the restore and the new epoch goes out behind a packet that was known."""
    two.commune.say("a", "1")
    two.commune.back_up(tmp_path / "copy")
    two.deliver_all()
    two.deliver(two.commune.say("b", "forgotten"))
    two.commune.restore(tmp_path / "copy")
    two.commune.say("c", "1")
    two.deliver(two.commune.waiting()[0])
    two.commune.begin_epoch()
    two.commune.say("c", "2")
    assert two.deliver(two.commune.waiting()[0]).body.code == "fork"
    assert two.commune.rows("SELECT trouble FROM stream_out") == [("fork",)], "shown to the operator"
    two.commune.begin_epoch()
    two.deliver_all()
    assert two.province.notes() == {"a": "1", "b": "forgotten", "c": "2"}


def test_a_restored_receiver_gets_again_what_it_lost(tmp_path: Path, sqlite_template: Path) -> None:
    from tests.federation.pair import from_template

    two = from_template(sqlite_template, tmp_path)
    two.deliver(two.commune.say("a", "1"))
    two.province.back_up(tmp_path / "copy")
    two.deliver(two.commune.say("b", "1"))
    two.deliver(two.commune.say("c", "1"))
    two.province.restore(tmp_path / "copy")
    assert two.province.notes() == {"a": "1"}
    last = two.commune.say("d", "1")
    assert two.deliver(last).body.code == "gap"
    two.deliver_all()
    assert two.province.notes() == dict.fromkeys("abcd", "1")


def test_a_comparison_finds_what_was_silently_lost(tmp_path: Path, sqlite_template: Path) -> None:
    """Nothing new waits, so no gap would ever show."""
    from tests.federation.pair import from_template

    two = from_template(sqlite_template, tmp_path)
    two.province.back_up(tmp_path / "copy")
    two.deliver(two.commune.say("a", "1"))
    assert two.compare() == []
    two.province.restore(tmp_path / "copy")
    assert two.compare() == ["notes", "notes"]  # either side sees it
    two.deliver_all()
    assert two.province.notes() == {"a": "1"}
    assert two.compare() == []


# --- what may go where --------------------------------------------------------------------------------------------------


def test_the_outbox_lets_no_stream_on_a_line_that_is_not_its_own(two: Pair) -> None:
    for stream in (PARTY, ORDERS):
        with two.commune.database.transaction() as session, pytest.raises(ValueError, match="may not go"):
            outbox.put(session, two.commune.peer, stream, "", Note("a", "1"))


@pytest.mark.parametrize("part", ["xa 2026", "0912345678", "x" * 200, "../keys", "xa\n"])
def test_the_outbox_lets_no_stream_out_whose_name_nobody_reads(two: Pair, part: str) -> None:
    """It would wait for ever: its own peer refuses it as malformed."""
    with pytest.raises(ValueError, match="no name of a stream"):
        two.commune.say("a", "1", part)
    assert two.commune.rows("SELECT count(*) FROM stream_out") == [(0,)]


def test_over_the_wire_and_in_a_file_is_the_same(two: Pair) -> None:
    first, second = two.commune.say("a", "1"), two.commune.say("b", "1")
    by_wire, by_file = (
        two.province.take(two.commune.raw(first)),
        two.province.take(two.commune.raw(second), via="file"),
    )
    assert (by_wire.status, by_file.status) == (201, 201)
    assert two.province.take(two.commune.raw(first), via="file").raw == by_wire.raw
    with two.province.database.transaction() as session:
        assert giving.receipts(session, two.province.peer, BINH) == [by_file.raw]
    with two.province.database.transaction() as session:
        assert giving.receipts(session, two.province.peer, BINH) == []
        assert giving.receipts(session, two.province.peer, BINH, again=True) == [by_file.raw]


def test_two_lines_between_the_same_nodes_are_two_peers(two: Pair) -> None:
    two.commune.know(two.province, "parent", "party")
    at_province = two.province.know(two.commune, "child", "party")
    raw = two.commune.raw(two.commune.say("a", "1"))
    with two.province.database.transaction() as session:
        receipt = inbox.take_in(session, raw, at_province, via="wire", book=BOOK, signer=BINH)
    assert receipt.body.code == "wrong-line"
