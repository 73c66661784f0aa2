"""The same two nodes on two lines, with the same keys: what was signed for one line says nothing on the other."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select, text

from backend import clock
from backend.federation import frames
from backend.federation.frames import CatalogueHeader, FrameRefused
from backend.federation.packets import carrying, comparing, inbox, outbox, settling, sticks
from backend.federation.packets.models import PacketIn, PacketOut
from backend.federation.packets.stream import EVERY_LINE, Book, Stream
from backend.federation.peers import queries, rotation
from backend.federation.peers.models import PeerKey
from backend.safeguards.signing import Signer
from tests.federation.pair import AN, BINH, SCHEMA, Note, Pair, Side, from_template, receive
from tests.support.levels import Levels, province_and_communes

NEWS = Stream("news", "note/1", Note, EVERY_LINE, receive, "both")
BOOK = Book((NEWS, rotation.STREAM))


@pytest.fixture
def two(tmp_path: Path, sqlite_template: Path) -> Iterator[Pair]:
    """`peer` of both is the other one on the State's line."""
    made = from_template(sqlite_template, tmp_path)
    for here, there, side in (
        (made.commune, made.province, "parent"),
        (made.province, made.commune, "child"),
    ):
        here.know(there, side, "party")
    yield made
    made.commune.database.close()
    made.province.database.close()


def on(side: Side, line: str) -> None:
    """From now on `side.peer` is the other one on that line."""
    with side.database.transaction(writes=False) as session:
        side.peer = next(one for one in queries.all_peers(session) if one.line == line)


def said(two: Pair, line: str) -> bytes:
    on(two.commune, line)
    return two.commune.raw(two.commune.say("a", line, stream=NEWS))


def taken(two: Pair, raw: bytes, line: str) -> str:
    on(two.province, line)
    with two.province.database.transaction() as session:
        receipt = inbox.take_in(session, raw, two.province.peer, via="wire", book=BOOK, signer=BINH)
    return receipt.body.code or receipt.body.outcome


def test_a_packet_of_one_line_is_none_of_the_other(two: Pair) -> None:
    """Else the State's first packet would stand as the Party's, and the Party's own be a fork for ever."""
    state, party = said(two, "state"), said(two, "party")
    assert taken(two, state, "party") == "wrong-line"
    assert two.province.rows("SELECT * FROM packet_in") == []
    assert [taken(two, party, "party"), taken(two, state, "state")] == ["taken", "taken"]


@pytest.mark.parametrize("line", ["state", "party"])
def test_a_stick_brought_in_under_the_wrong_line_is_refused(two: Pair, line: str) -> None:
    other = {"state": "party", "party": "state"}[line]
    raw = said(two, line)
    [told] = carrying.bring_in(two.province.database, sticks.write([raw]), BOOK, BINH, other)
    assert (told.outcome, told.code) == ("refused", "wrong-line")
    assert two.province.rows("SELECT * FROM packet_in") == []
    [told] = carrying.bring_in(two.province.database, sticks.write([raw]), BOOK, BINH)
    assert told.outcome == "taken", "it says itself which line it is of"
    assert two.province.notes() == {"a": line}


def test_the_same_words_on_both_lines_at_the_same_moment_are_two_packets(two: Pair) -> None:
    with clock.stopped_at(clock.now()):
        raws = {}
        for line in ("state", "party"):
            on(two.commune, line)
            raws[line] = two.commune.raw(two.commune.say("a", "1", stream=NEWS))
    assert {line: taken(two, raw, line) for line, raw in raws.items()} == {"state": "taken", "party": "taken"}


def test_the_database_takes_one_packet_of_each_line_even_were_they_alike(two: Pair) -> None:
    """A digest names a packet of one peer."""
    with two.province.database.transaction() as session:
        for peer in queries.all_peers(session):
            session.add(
                PacketIn(
                    peer_id=peer.id, stream="news", epoch="e", number=1, digest="0" * 64, raw=b"", state="applied", via="wire",
                    received_at=clock.now(), receipt=b"",
                )
            )  # fmt: skip


def test_a_receipt_of_one_line_ends_no_wait_on_the_other(two: Pair) -> None:
    raw = said(two, "state")
    on(two.province, "state")
    with two.province.database.transaction() as session:
        receipt = inbox.take_in(session, raw, two.province.peer, via="wire", book=BOOK, signer=BINH)
    frame = frames.kept(receipt.raw)
    other = frames.seal(BINH, msgspec.structs.replace(frame.header, line="party"), receipt.body).raw
    with two.commune.database.transaction() as session, pytest.raises(FrameRefused):
        settling.settle(session, next(one for one in queries.parents(session) if one.line == "state"), other)
    on(two.commune, "party")
    with pytest.raises(FrameRefused):
        two.commune.settle(receipt.raw)


def test_a_statement_about_one_line_is_not_held_against_the_other(two: Pair) -> None:
    on(two.commune, "party")
    with two.commune.database.transaction() as session:
        raw = comparing.statement(session, two.commune.peer, AN)
    on(two.province, "state")
    with two.province.database.transaction() as session, pytest.raises(FrameRefused):
        comparing.compare(session, two.province.peer, raw)


def test_every_header_between_two_nodes_names_its_line() -> None:
    for header in (frames.PacketHeader, frames.ReceiptHeader, frames.DigestHeader, CatalogueHeader):
        assert "line" in header.__struct_fields__


# --- over the real door -------------------------------------------------------------------------------------------------


@pytest.fixture
def levels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Levels]:
    monkeypatch.setattr("backend.streams.book", lambda: BOOK)
    with province_and_communes(tmp_path, communes=1) as made:
        for node in made.nodes.values():
            with node.writing() as session:
                session.execute(text(SCHEMA))
        yield made


def test_a_new_key_is_told_on_both_lines_at_one_moment_and_both_go_on(levels: Levels) -> None:
    """The same body to the same node in the same millisecond, number 1 on both lines."""
    commune, new = levels.communes[0], Signer.throw_away()
    with commune.writing() as session:
        rotation.announce(session, commune.signer, new)
        assert session.scalar(select(func.count(PacketOut.digest.distinct()))) == 2
    levels.courier()
    with commune.reading() as session:
        assert rotation.without_it(session, new) == []
    commune.signer = new
    with commune.writing() as session:
        for peer in queries.parents(session):
            outbox.put(session, peer, NEWS, "", Note(peer.line, "1"), "")
    levels.pass_time(minutes=1)
    levels.courier()
    with levels.province.reading() as session:
        assert {str(row.key) for row in session.execute(text("SELECT key FROM note"))} == {"party", "state"}
        keys = select(func.count()).select_from(PeerKey).where(PeerKey.key_id == new.key_id)
        assert session.scalar(keys) == 2
    levels.pass_time(**{"days": (rotation.OVERLAP + timedelta(days=1)).days})
    levels.courier()
