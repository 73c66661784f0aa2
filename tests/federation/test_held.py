"""How much a peer may make this node keep, what becomes of packets that had to wait, and that their sender learns it."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from backend import clock
from backend.db.engine import Database
from backend.federation.packets import bounds, giving, held, outbox
from backend.federation.packets.stream import Arrived, Book, PacketRefused, Stream
from backend.federation.peers.models import Peer, PeerKey
from tests.federation.pair import AN, BINH, BOOK, NOTES, Note, Pair, Side, pair

NOT_YET = ["not-yet"]


@pytest.fixture
def two(sqlite_template: Path, database: Database, tmp_path: Path) -> Iterator[Pair]:
    """The province on the database under test, the commune on SQLite."""
    place = tmp_path / "commune.sqlite3"
    shutil.copy(sqlite_template, place)
    commune = Database(f"sqlite:///{place}")
    yield pair(Side(place, commune, AN), Side(None, database, BINH))
    commune.close()


def offer(two: Pair) -> int:
    return held.offer_again(two.province.database, BOOK, BINH, NOT_YET)


def now_open(two: Pair) -> None:
    """What the held notes wait for is there."""
    two.deliver(two.commune.say("open", "1"))


def outcomes(two: Pair) -> list[Any]:
    return two.commune.rows("SELECT state, outcome, code FROM packet_out ORDER BY position")


def change(side: Side, model: type, **values: Any) -> None:
    with side.database.transaction() as session:
        session.execute(update(model).values(**values))


# --- so many wait -----------------------------------------------------------------------------------------------------


def test_only_so_many_wait_and_the_next_one_comes_again_later(
    two: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MOST_HELD", 2)
    packets = [two.commune.say(key, "wait") for key in "abc"]
    assert [two.deliver(packet).status for packet in packets] == [202, 202, 409]
    assert outcomes(two)[2] == ("waiting", "refused", "too-many-held")
    assert two.province.rows("SELECT count(*) FROM packet_in") == [(2,)]
    now = clock.now() + timedelta(minutes=1)
    with two.province.database.transaction() as session:
        session.execute(text("INSERT INTO note (stream, key, value) VALUES ('notes', 'open', '1')"))
    assert offer(two) == 2
    with clock.stopped_at(now):
        assert two.deliver(packets[2]).status == 201


def test_what_waits_is_bounded_in_bytes_too(two: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    first = two.commune.say("a", "wait")
    monkeypatch.setattr(bounds, "MOST_HELD_BYTES", len(two.commune.raw(first)) + 10)
    assert two.deliver(first).status == 202
    assert two.deliver(two.commune.say("b", "wait")).status == 409


# --- of whom ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["suspended", "revoked"])
def test_nothing_is_taken_of_a_peer_that_is_shut_out_meanwhile(two: Pair, state: str) -> None:
    two.deliver(two.commune.say("a", "wait"))
    now_open(two)
    change(two.province, Peer, state=state)
    assert offer(two) == 0
    assert two.province.notes() == {"open": "1"}
    change(two.province, Peer, state="active")
    assert offer(two) == 1


def test_what_a_thief_left_waiting_is_refused_when_the_key_is_known_to_be_lost(two: Pair) -> None:
    two.deliver(two.commune.say("a", "wait"))
    now_open(two)
    change(two.province, PeerKey, withdrawn_from=clock.now() - timedelta(hours=1))
    assert offer(two) == 0
    assert two.province.rows("SELECT code FROM packet_in WHERE number = 1") == [("key-over",)]


def test_what_came_before_the_key_was_lost_is_taken(two: Pair) -> None:
    two.deliver(two.commune.say("a", "wait"))
    now_open(two)
    change(two.province, PeerKey, withdrawn_from=clock.now() + timedelta(hours=1))
    assert offer(two) == 1


def test_one_that_fails_takes_nothing_from_the_others(two: Pair) -> None:
    def receive(session: Any, arrived: Arrived) -> None:
        if arrived.body.key == "a":
            raise RuntimeError("the room broke")

    for key in "ab":
        two.deliver(two.commune.say(key, "wait"))
    broken = Book((Stream("notes", "note/1", Note, frozenset({"state"}), receive, "up"),))
    assert held.offer_again(two.province.database, broken, BINH, NOT_YET) == 1
    assert two.province.rows("SELECT number, state FROM packet_in ORDER BY number") == [
        (1, "put_aside"),
        (2, "applied"),
    ]


# --- the sender learns it ---------------------------------------------------------------------------------------------


def ask_again(two: Pair) -> list[bytes]:
    """A day later; answers what is sent again."""
    with (
        clock.stopped_at(clock.now() + timedelta(days=1, minutes=1)),
        two.commune.database.transaction() as session,
    ):
        return giving.packets(session, two.commune.peer, AN)


@pytest.mark.parametrize(("refuses", "state"), [(False, "received"), (True, "refused")])
def test_the_sender_learns_what_became_of_a_packet_that_was_held(
    two: Pair, refuses: bool, state: str
) -> None:
    two.deliver(two.commune.say("a", "wait"))
    assert outcomes(two) == [("received", "held", "not-yet")]
    assert two.commune.waiting() == []

    def receive(session: Any, arrived: Arrived) -> None:
        assert arrived.is_again
        if refuses:
            raise PacketRefused("not-this", "/value")

    book = Book((Stream("notes", "note/1", Note, frozenset({"state"}), receive, "up"),))
    held.offer_again(two.province.database, book, BINH, NOT_YET)
    [raw] = ask_again(two)
    receipt = two.province.take(raw)
    assert receipt.status == 200
    two.commune.settle(receipt.raw)
    assert outcomes(two) == [(state, "refused" if refuses else "taken", "not-this" if refuses else None)]
    assert ask_again(two) == []


def test_what_is_still_held_is_asked_about_once_a_day(two: Pair) -> None:
    two.deliver(two.commune.say("a", "wait"))
    later = clock.now() + timedelta(days=1, minutes=1)
    [raw] = ask_again(two)
    with clock.stopped_at(later):
        two.commune.settle(two.province.take(raw).raw)
        with two.commune.database.transaction() as session:
            assert giving.packets(session, two.commune.peer, AN) == []
    assert outcomes(two) == [("received", "held", "not-yet")]


def test_what_is_only_asked_about_is_not_said_again_in_a_new_epoch(two: Pair, tmp_path: Path) -> None:
    """It would come behind what was said since, and undo it."""
    two.deliver(two.commune.say("a", "wait"))
    two.commune.back_up(tmp_path / "copy")
    two.deliver(two.commune.say("a", "forgotten"))
    two.commune.restore(tmp_path / "copy")
    assert two.deliver(two.commune.say("a", "2")).body.code == "fork"
    ask_again(two)
    assert [one[:2] for one in outcomes(two)] == [("waiting", "held"), ("waiting", "refused")]
    two.commune.begin_epoch()
    two.deliver_all()
    assert outcomes(two) == [
        ("received", "held", "not-yet"), ("replaced", "refused", "fork"), ("received", "taken", None),
    ]  # fmt: skip
    assert two.province.notes() == {"a": "2"}
    assert len(ask_again(two)) == 1, "and is asked about as before"


# --- the disk ---------------------------------------------------------------------------------------------------------


def test_a_peer_may_send_so_much_a_day_and_goes_on_the_next(
    two: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    packets = [two.commune.say(key, "1", part) for key, part in (("a", ""), ("b", "xa"), ("c", ""))]
    with clock.stopped_at(clock.now()):
        assert two.deliver(packets[0]).status == 201
        [(kept,)] = two.province.rows("SELECT day_bytes FROM stream_in")
        monkeypatch.setattr(bounds, "MOST_A_DAY", 2 * kept + len(two.commune.raw(packets[1])))
        assert two.deliver(packets[1]).status == 201
        over = two.deliver(packets[2])
    assert (over.status, over.body.code, over.settles) == (409, "too-much-today", False)
    assert two.commune.rows("SELECT state FROM packet_out WHERE number = 2") == [("waiting",)]
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        assert two.deliver(packets[2]).status == 201


def test_streams_are_names_a_peer_makes_up_and_there_are_so_many(
    two: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MOST_STREAMS", 1)
    assert two.deliver(two.commune.say("a", "1")).status == 201
    assert two.deliver(two.commune.say("b", "1", "xa-2026")).body.code == "too-many-streams"
    assert two.deliver(two.commune.say("a", "2")).status == 201


def test_beyond_the_first_hundred_of_what_is_refused_only_the_digest_is_kept(
    two: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MOST_PUT_ASIDE", 2)
    packets = [two.commune.say(str(number), "no") for number in range(3)]
    first = [two.deliver(packet) for packet in packets]
    assert two.province.rows("SELECT length(raw) > 0 FROM packet_in ORDER BY number") == [(1,), (1,), (0,)]
    assert {one.body.code for one in first} == {"not-this"}
    again = two.province.take(two.commune.raw(packets[2]))
    assert (again.status, again.raw) == (200, first[2].raw)


def test_a_text_no_database_keeps_is_refused_and_not_repeated_for_ever(two: Pair) -> None:
    with two.commune.database.transaction() as session:
        bad = outbox.put(session, two.commune.peer, NOTES, "", {"key": "a\x00b", "value": "1"})
    assert two.deliver(bad).body.code == "invalid"
    assert outcomes(two)[0][0] == "refused"
