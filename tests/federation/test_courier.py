"""The courier over the real door: one request at a time, patience, nothing given up; the parent's own packets are fetched."""

import gzip
import tracemalloc
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Response
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from backend import http
from backend.federation.packets import bounds, courier, inbox, outbox, rounds, settling, sticks
from backend.federation.packets.client import FRAME, FRAMES
from backend.federation.packets.models import PacketOut, PeerCall, StreamOut
from backend.federation.packets.stream import Book, Stream
from backend.federation.peers import queries
from backend.federation.peers.models import Peer, PeerTrouble
from backend.safeguards.signing import Signer
from tests.federation.pair import BOOK, NOTES, ORDERS, PARTY, SCHEMA, Note
from tests.support.levels import Levels, Node, province_and_communes
from tests.support.levels_link import _Pieces


@pytest.fixture
def levels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Levels]:
    monkeypatch.setattr("backend.streams.book", lambda: BOOK)
    with province_and_communes(tmp_path, communes=2, lines=("state",)) as made:
        for node in made.nodes.values():
            with node.writing() as session:
                session.execute(text(SCHEMA))
        yield made


@pytest.fixture
def two_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Levels]:
    """One commune, enrolled twice."""
    monkeypatch.setattr("backend.streams.book", lambda: BOOK)
    with province_and_communes(tmp_path, communes=1, lines=("party", "state")) as made:
        for node in made.nodes.values():
            with node.writing() as session:
                session.execute(text(SCHEMA))
        yield made


def say_on(node: Node, line: str, key: str) -> None:
    with node.writing() as session:
        [peer] = queries.parents(session, line)
        outbox.put(session, peer, NOTES if line == "state" else PARTY, "", Note(key, "1"), key)


def say(node: Node, key: str, value: str, stream: Stream = NOTES, part: str = "") -> None:
    with node.writing() as session:
        peers = queries.parents(session) or queries.children(session)
        outbox.put(session, peers[0], stream, part, Note(key, value), key)


def notes(node: Node) -> dict[str, str]:
    with node.reading() as session:
        return {str(row.key): str(row.value) for row in session.execute(text("SELECT key, value FROM note"))}


def states(node: Node) -> list[str]:
    with node.reading() as session:
        return list(session.scalars(select(PacketOut.state).order_by(PacketOut.stream, PacketOut.position)))


def call(node: Node) -> PeerCall:
    with node.reading() as session:
        return session.scalars(select(PeerCall)).one()


def puts(levels: Levels) -> list[str]:
    return [one.path for one in levels.link.carried if one.method == "PUT"]


def test_packets_go_up_in_order_and_their_receipts_come_back(levels: Levels) -> None:
    commune = levels.communes[0]
    for value in "123":
        say(commune, "a", value, part="xa-2026")
    levels.courier()
    assert notes(levels.province) == {"a": "3"}
    assert states(commune) == ["received"] * 3
    assert puts(levels) == [f"/federation/packets/notes/xa-2026/{n}" for n in (1, 2, 3)]


def test_the_parents_packets_are_fetched_and_receipted(levels: Levels) -> None:
    say(levels.province, "order", "1", ORDERS)
    levels.courier()
    assert notes(levels.communes[0]) == {"order": "1"}
    assert notes(levels.communes[1]) == {}
    assert states(levels.province) == ["received"]
    before = len(levels.link.carried)
    levels.courier()
    assert len(levels.link.carried) == before, "a child asks at most every half minute"
    say(levels.province, "order", "2", ORDERS)
    levels.pass_time(seconds=31)
    levels.courier()
    assert notes(levels.communes[0]) == {"order": "2"}


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_cut_link_loses_nothing_and_doubles_nothing(levels: Levels, when: Any) -> None:
    commune = levels.communes[0]
    for key in "ab":
        say(commune, key, "1")
    levels.link.cut(when)
    levels.courier()
    assert call(commune).trouble == "no-link"
    levels.pass_time(seconds=60)
    levels.courier()
    assert notes(levels.province) == {"a": "1", "b": "1"}
    assert states(commune) == ["received"] * 2
    assert call(commune).tries == 0


def test_two_weeks_without_a_parent(levels: Levels) -> None:
    commune = levels.communes[0]
    levels.link.is_down = True
    for day in range(14):
        say(commune, f"day {day}", "1")
        levels.courier()
        levels.pass_time(days=1)
    assert call(commune).tries == 14
    levels.link.is_down = False
    levels.courier()
    assert len(notes(levels.province)) == 14


def test_patience_grows_to_an_hour_and_never_ends() -> None:
    seconds = [settling.delay(tries).total_seconds() for tries in range(1, 30)]
    assert 16 <= seconds[0] <= 22
    assert 96 <= seconds[2] <= 128
    assert seconds[7:] == [3600] * 22
    assert len({settling.delay(3) for _ in range(20)}) > 1, (
        "jitter: a province's communes do not all come at once"
    )


@contextmanager
def busy(node: Node, status: int) -> Iterator[None]:
    """Its door asks everybody for a quarter of an hour, signed."""
    views = node.app.view_functions
    real = views["federation.put_packet"]
    views["federation.put_packet"] = lambda **_: Response(status=status, headers={"Retry-After": "900"})
    try:
        yield
    finally:
        views["federation.put_packet"] = real


def waits(node: Node) -> float:
    """Seconds until the parent is called again."""
    due = call(node).next_try_at
    return (due - node.levels.now).total_seconds() if due else 0


@pytest.mark.parametrize("status", [429, 503])
def test_a_parent_that_asks_for_time_is_given_it(levels: Levels, status: int) -> None:
    commune = levels.communes[0]
    say(commune, "a", "1")
    with busy(levels.province, status):
        levels.turn(commune)
    assert 900 <= waits(commune) <= 901
    levels.pass_time(seconds=899)
    before = len(levels.link.carried)
    levels.courier()
    assert len(levels.link.carried) == before + 1, "only the other commune has called"
    levels.pass_time(seconds=2)
    levels.courier()
    assert notes(levels.province) == {"a": "1"}


def test_who_cannot_sign_may_not_ask_for_time(levels: Levels) -> None:
    """Anybody on the way can write a header."""
    say(levels.communes[0], "a", "1")
    levels.link.answer_instead(
        httpx.Response(503, headers={"Retry-After": "86400", "Content-Type": "application/problem+json"}, json={"code": "x" * 900})
    )  # fmt: skip
    levels.turn(levels.communes[0])
    assert waits(levels.communes[0]) < 60
    assert call(levels.communes[0]).trouble == "answer-not-signed"


@pytest.mark.parametrize(
    ("packing", "body"),
    [("gzip", gzip.compress(bytes(64 << 20))), ("gzip", b"broken"), ("br", b"x"), ("identity, gzip", b"x")],
)
def test_an_answer_is_never_unpacked(levels: Levels, packing: str, body: bytes) -> None:
    """None was asked for; whoever packs one may be anybody, and what is in it without end."""
    say(levels.communes[0], "a", "1")
    packed = httpx.Response(200, headers={"Content-Encoding": packing}, stream=_Pieces(body))
    packed._content = body  # as it travels
    levels.link.answer_instead(packed)
    tracemalloc.start()
    levels.turn(levels.communes[0])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert call(levels.communes[0]).trouble == "answer-packed"
    assert most < 8 << 20
    levels.pass_time(minutes=1)
    levels.courier()
    assert notes(levels.province) == {"a": "1"}


@pytest.mark.parametrize(
    ("name", "kind", "bad"),
    [("get_packets", FRAMES, b"9\nabc"), ("compare_streams", FRAME, b"LANTOA1 a b\n{}")],
    ids=["a list of frames cut short", "no statement"],
)
def test_a_parent_that_answers_nonsense_does_not_keep_another_from_being_called(
    two_lines: Levels, monkeypatch: pytest.MonkeyPatch, name: str, kind: str, bad: bytes
) -> None:
    """Both parents are the same node here; its Party door signs what nobody can read."""
    commune, province = two_lines.communes[0], two_lines.province
    views = province.app.view_functions
    real = views[f"federation.{name}"]

    def view(**how: object) -> object:
        return Response(bad, content_type=kind) if http.caller().line == "party" else real(**how)

    monkeypatch.setitem(views, f"federation.{name}", view)
    two_lines.pass_time(days=8)  # so that both compare, too
    two_lines.turn(commune)
    two_lines.pass_time(days=8)
    say_on(commune, "state", "a")
    say_on(commune, "party", "b")
    two_lines.courier(commune)
    assert notes(province)["a"] == "1"
    with commune.reading() as session:
        party, state = (queries.parents(session, line)[0].id for line in ("party", "state"))
        calls = {row.peer_id: row for row in session.scalars(select(PeerCall))}
        assert (calls[state].tries, calls[party].tries > 0) == (0, True)
        codes = set(session.scalars(select(PeerTrouble.code).where(PeerTrouble.peer_id == party)))
        assert codes & {"stick-cut", "malformed", "unknown-key"}
    assert calls[party].next_try_at is not None, "with patience, not again and again"
    assert calls[party].busy_until is None


def test_a_call_that_fails_altogether_fails_alone(two_lines: Levels, monkeypatch: pytest.MonkeyPatch) -> None:
    commune = two_lines.communes[0]
    say_on(commune, "state", "a")
    real = settling.claim_call

    def broken(session: Session, peer_id: uuid.UUID, until: datetime) -> PeerCall | None:
        if session.get_one(Peer, peer_id).line == "party":
            raise RuntimeError("its row cannot be read")
        return real(session, peer_id, until)

    monkeypatch.setattr(settling, "claim_call", broken)
    two_lines.courier(commune)
    assert notes(two_lines.province) == {"a": "1"}
    with commune.reading() as session:
        assert session.scalars(select(PeerTrouble.code)).all() == ["failed"]


def test_one_turn_that_fails_takes_nothing_from_the_others(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def breaks() -> bool:
        raise RuntimeError("figures")

    def works(name: str) -> Callable[[], bool]:
        def turn() -> bool:
            done.append(name)
            return False

        return turn

    pause = rounds.Rounds((works("first"), breaks, works("courier"), breaks, works("keys"))).round()
    assert done == ["first", "courier", "keys"]
    assert pause == rounds.PAUSE_AFTER_TROUBLE_S
    assert len(caplog.records) == 2
    assert rounds.Rounds((works("a"), lambda: True)).round() == 0


def test_a_stream_that_is_too_much_today_holds_up_itself_alone(
    levels: Levels, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune = levels.communes[0]
    say(commune, "a", "1" * 20_000, part="large")
    say(commune, "b", "1", part="small")
    monkeypatch.setattr(bounds, "MOST_A_DAY", 15_000)
    levels.turn(commune)
    assert notes(levels.province) == {"b": "1"}
    assert call(commune).next_try_at is None, "the parent is there"
    with commune.reading() as session:
        waiting = select(StreamOut.stream, StreamOut.trouble).where(StreamOut.next_try_at.is_not(None))
        assert session.execute(waiting).all() == [("notes/large", "too-much-today")]


def test_a_stream_that_cannot_be_sent_takes_nothing_from_the_others(
    levels: Levels, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune = levels.communes[0]
    for part in ("a", "b"):
        say(commune, part, "1", part=part)
    say(levels.province, "order", "1", ORDERS)
    real = outbox.sign

    def broken(packet: PacketOut, signer: Signer) -> bytes:
        if packet.stream == "notes/a":
            raise RuntimeError("its payload cannot be read")
        return real(packet, signer)

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "sign", broken)
        levels.turn(commune)
    assert notes(levels.province) == {"b": "1"}
    assert notes(commune) == {"order": "1"}
    assert call(commune).tries == 0
    with commune.reading() as session:
        assert (
            session.scalars(select(StreamOut.trouble).where(StreamOut.stream == "notes/a")).one() == "failed"
        )
        assert session.scalars(select(PeerTrouble.code)).all() == ["failed"]
    levels.pass_time(minutes=1)
    levels.turn(commune)
    assert notes(levels.province) == {"a": "1", "b": "1"}


def test_a_packet_from_above_that_brings_its_room_down_takes_nothing_from_the_others(
    levels: Levels, monkeypatch: pytest.MonkeyPatch
) -> None:
    commune = levels.communes[0]
    for part in ("a", "b", "c"):
        say(levels.province, part, "1", ORDERS, part)
    real = inbox.take_by_itself

    def broken(database: Any, raw: bytes, *rest: Any) -> Any:
        if b'"orders/b"' in raw:
            raise RuntimeError("its room broke")
        return real(database, raw, *rest)

    monkeypatch.setattr(inbox, "take_by_itself", broken)
    levels.turn(commune)
    assert notes(commune) == {"a": "1", "c": "1"}
    assert states(levels.province) == ["received", "waiting", "received"]
    assert call(commune).tries == 0
    with commune.reading() as session:
        assert session.scalars(select(PeerTrouble.code)).all() == ["failed"]


def test_a_parent_that_does_not_take_receipts_is_asked_in_its_time(
    levels: Levels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is known comes again each time: that is no reason to ask at once again."""
    commune = levels.communes[0]
    say(levels.province, "order", "1", ORDERS)
    view = Response(status=204)
    monkeypatch.setitem(levels.province.app.view_functions, "federation.post_receipts", lambda: view)
    assert levels.turn(commune), "it was new"
    assert not levels.turn(commune)
    before = len(levels.link.carried)
    levels.turn(commune)
    assert len(levels.link.carried) == before


def test_a_portals_welcome_page_is_no_receipt(levels: Levels) -> None:
    commune = levels.communes[0]
    say(commune, "a", "1")
    levels.link.answer_instead(httpx.Response(200, content=b"Welcome", headers={"Content-Type": "text/html"}))
    levels.turn(commune)
    assert states(commune) == ["waiting"]
    assert call(commune).trouble == "answer-not-signed"


@pytest.mark.parametrize("is_answer", [False, True])
def test_an_altered_byte_is_noticed_either_way(levels: Levels, is_answer: bool) -> None:
    commune = levels.communes[0]
    say(commune, "a", "1")
    levels.link.alter(answer=is_answer)
    levels.turn(commune)
    assert states(commune) == ["waiting"]
    levels.pass_time(minutes=2)
    levels.courier()
    assert notes(levels.province) == {"a": "1"}


def test_what_is_refused_for_good_does_not_hold_up_what_follows(levels: Levels) -> None:
    commune = levels.communes[0]
    say(commune, "a", "no")
    say(commune, "b", "late")
    say(commune, "c", "1")
    levels.courier()
    assert states(commune) == ["refused", "received", "received"]
    answers = [one.answer for one in levels.link.carried if one.method == "PUT"]
    assert [answer.status_code for answer in answers if answer] == [422, 423, 201]
    problem = answers[0].json() if answers[0] else {}
    assert (problem["code"], problem["errors"]) == ("not-this", [{"pointer": "/value", "code": "not-this"}])


def test_a_stream_the_parent_does_not_know_yet_waits_and_others_go_on(levels: Levels) -> None:
    """Its software is older: after an upgrade everything arrives."""
    commune = levels.communes[0]
    new = Stream("news", "note/1", Note, frozenset({"state"}), NOTES.receive, "up")
    say(commune, "a", "1", new)
    say(commune, "b", "1")
    levels.courier()
    assert notes(levels.province) == {"b": "1"}
    services = levels.province.app.services
    object.__setattr__(services, "streams", Book((*BOOK.streams, new)))
    levels.pass_time(hours=2)
    levels.courier()
    assert notes(levels.province) == {"a": "1", "b": "1"}


def test_a_restored_parent_is_sent_again_what_it_lost(levels: Levels, tmp_path: Path) -> None:
    """Its new epoch tells: both compare at once, though nothing waits."""
    import shutil

    from backend.db.node import begin_epoch
    from tests.support.levels import replace_app

    commune, province = levels.communes[0], levels.province
    say(commune, "a", "1")
    levels.courier()
    place = Path(str(province.database.engine.url.database))
    province.database.close()
    shutil.copy(place, tmp_path / "copy")
    say(commune, "b", "1")
    levels.courier()
    province.database.close()
    shutil.copy(tmp_path / "copy", place)
    with province.writing() as session:
        begin_epoch(session)
    replace_app(province)
    from backend.wire.gate import Gate

    gate = province.app.wsgi_app
    assert isinstance(gate, Gate)
    gate._names.clear()  # a node is restored while it is stopped
    assert notes(province) == {"a": "1"}
    levels.pass_time(minutes=1)
    levels.courier()
    assert notes(province) == {"a": "1", "b": "1"}


def test_a_week_later_both_compare(levels: Levels) -> None:
    say(levels.communes[0], "a", "1")
    levels.courier()
    levels.pass_time(days=8)
    levels.courier()
    compared = [one for one in levels.link.carried if one.path == "/federation/streams"]
    assert len(compared) == 2, "one a commune"
    assert all(one.answer is not None and one.answer.status_code == 200 for one in compared)


def test_only_one_process_calls_a_parent_at_a_time(levels: Levels) -> None:
    commune = levels.communes[0]
    say(commune, "a", "1")
    with commune.writing() as session:
        peer = queries.parents(session)[0]
        from backend import clock

        assert settling.claim_call(session, peer.id, clock.now() + courier.CLAIM)
    assert levels.turn(commune) is False
    levels.pass_time(minutes=6)  # whoever claimed it has died
    levels.courier()
    assert notes(levels.province) == {"a": "1"}


def test_a_fork_waits_for_its_operator_and_a_new_epoch_delivers_it(levels: Levels) -> None:
    from backend.db.node import begin_epoch

    commune = levels.communes[0]
    say(commune, "a", "1")
    levels.courier()
    with (
        commune.writing() as session
    ):  # as if restored to before the first packet, and nobody opened a new epoch
        session.execute(text("DELETE FROM packet_out"))
        session.execute(text("DELETE FROM stream_out"))
    say(commune, "b", "1")
    levels.courier()
    with commune.reading() as session:
        assert session.scalars(select(StreamOut.trouble)).one() == "fork"
    with commune.writing() as session:
        begin_epoch(session)
    levels.courier()
    assert notes(levels.province) == {"a": "1", "b": "1"}
    assert states(commune) == ["replaced", "received"]


def test_a_large_packet_travels_packed(levels: Levels) -> None:
    commune = levels.communes[0]
    say(commune, "a", "1234567890" * 1000)
    levels.courier()
    [sent] = [one for one in levels.link.carried if one.method == "PUT"]
    assert ("content-encoding", "gzip") in [(name.lower(), value) for name, value in sent.headers]
    assert len(sent.body) < 1500
    assert len(notes(levels.province)["a"]) == 10_000


def test_a_child_may_not_read_what_waits_for_another(levels: Levels) -> None:
    say(levels.province, "order", "1", ORDERS)
    other = levels.communes[1]
    levels.courier(other)
    asked = [one.answer for one in levels.link.carried if one.path == "/federation/packets"]
    assert [answer.status_code for answer in asked if answer] == [204]
    assert sticks.read(b"") == []
