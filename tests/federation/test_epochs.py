"""A thief who names an epoch from the end of time, or begins streams without end, does not close the link for its owner."""

import shutil
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from backend import clock
from backend.db.engine import Database
from backend.db.node import begin_epoch, this_node
from backend.federation import epochs, frames
from backend.federation.documents import taking
from backend.federation.documents.shapes import Catalogue
from backend.federation.frames import CatalogueHeader, DigestHeader, FrameRefused, PacketHeader, ReceiptHeader
from backend.federation.packets import bounds, comparing, receipts
from backend.federation.packets.courier import _epoch
from backend.federation.packets.inbox import PacketNotBelieved
from backend.federation.packets.models import PacketOut
from backend.federation.peers.models import PeerKey
from backend.federation.software import software
from backend.safeguards.signing import Signer
from tests.federation.pair import AN, BINH, CHI, Note, Pair, Side, key_row, pair

END = "ffffffff-ffff-7fff-bfff-ffffffffffff"
NO_TIME = "ffffffff-ffff-4fff-bfff-ffffffffffff"


@pytest.fixture
def two(sqlite_template: Path, database: Database, tmp_path: Path) -> Iterator[Pair]:
    """The province on the database under test, the commune on SQLite."""
    place = tmp_path / "commune.sqlite3"
    shutil.copy(sqlite_template, place)
    commune = Database(f"sqlite:///{place}")
    yield pair(Side(place, commune, AN), Side(None, database, BINH))
    commune.close()


def of(epoch: str, two: Pair, stream: str = "notes", signer: Signer = AN) -> bytes:
    """The first packet of an epoch, as whoever holds the commune's key writes it."""
    header = PacketHeader(
        sender=str(two.commune.id), to=str(two.province.id), line="state", epoch=epoch, made_at=clock.iso(clock.now()),
        schema="note/1", software=software(), stream=stream, number=1, prev="", follows=None,
    )  # fmt: skip
    return frames.seal(signer, header, Note("thief", "1")).raw


def epoch_in(days: float, two: Pair) -> str:
    with two.commune.database.transaction() as session, clock.stopped_at(clock.now() + timedelta(days=days)):
        this_node(session).epoch = uuid.UUID(int=0)
        epoch = str(begin_epoch(session))
        session.rollback()
    return epoch


def rekeyed(two: Pair) -> None:
    """The key was lost: two people entered the new one, the commune began anew."""
    now = clock.now()
    with two.province.database.transaction() as session:
        session.execute(update(PeerKey).values(withdrawn_from=now, until_at=now))
        session.add(key_row(two.province.peer, CHI))
    two.commune.signer = CHI
    two.commune.begin_epoch()
    with two.commune.database.transaction() as session:
        session.execute(
            update(PacketOut).where(PacketOut.state == "waiting").values(key_id=None, signature=None)
        )


@pytest.mark.parametrize("epoch", [END, NO_TIME])
def test_an_epoch_that_has_not_come_is_not_believed_and_its_owner_goes_on(two: Pair, epoch: str) -> None:
    two.deliver(two.commune.say("a", "1"))
    with pytest.raises(PacketNotBelieved) as refused:
        two.province.take(of(epoch, two))
    assert refused.value.code == "epoch-ahead"
    rekeyed(two)
    assert two.deliver(two.commune.say("a", "2")).status == 201
    assert two.province.notes() == {"a": "2"}


def test_an_epoch_may_be_a_day_ahead_and_no_more(two: Pair) -> None:
    """Then its owner waits a day at most."""
    assert epochs.is_believed(epoch_in(0.99, two))
    assert not epochs.is_believed(epoch_in(1.01, two))
    assert not epochs.is_believed("no epoch")
    assert two.province.take(of(epoch_in(0.99, two), two)).status == 201
    rekeyed(two)
    assert two.deliver(two.commune.say("a", "1")).body.code == "old-epoch"
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        two.commune.begin_epoch()
        two.deliver_all()
    assert two.province.notes()["a"] == "1"


def test_a_statement_a_catalogue_and_a_receipt_of_such_an_epoch_change_nothing(two: Pair) -> None:
    packet = two.commune.say("a", "1")
    told: dict[str, Any] = {
        "sender": str(two.province.id), "to": str(two.commune.id), "line": "state", "epoch": END,
        "made_at": clock.iso(clock.now()), "software": software(),
    }  # fmt: skip
    statement = frames.seal(
        BINH, DigestHeader(schema=comparing.SCHEMA, **told), comparing.Streams({}, {})
    ).raw
    with two.commune.database.transaction() as session, pytest.raises(FrameRefused) as refused:
        comparing.compare(session, two.commune.peer, statement)
    assert refused.value.code == "epoch-ahead"
    catalogue = frames.seal(
        BINH, CatalogueHeader(schema="catalogue/1", number=1, **told), Catalogue((), ())
    ).raw
    with two.commune.database.transaction() as session, pytest.raises(FrameRefused) as refused:
        taking.take_catalogue(session, catalogue, two.commune.peer)
    assert refused.value.code == "epoch-ahead"
    body = receipts.read(two.province.take(two.commune.raw(packet)).raw, lambda _: BINH.public)[1].body
    with pytest.raises(FrameRefused) as refused:
        two.commune.settle(frames.seal(BINH, ReceiptHeader(schema=receipts.SCHEMA, **told), body).raw)
    assert refused.value.code == "epoch-ahead"
    assert (_epoch(END), _epoch("x")) == (None, None), "what an answer's header says is not believed either"
    assert two.commune.rows("SELECT epoch FROM peer") == [(None,)]


def test_an_epoch_grows_although_the_clock_was_set_back(two: Pair) -> None:
    def next_at(hours: float) -> uuid.UUID:
        with (
            clock.stopped_at(start + timedelta(hours=hours)),
            two.commune.database.transaction() as session,
        ):
            return begin_epoch(session)

    start = clock.now()
    first, back, later = next_at(20), next_at(0), next_at(40)
    assert first < back < later
    assert {one.version for one in (first, back, later)} == {7}
    wrong = next_at(24 * 365)
    assert later < next_at(41) < wrong, "one of a day that had not come no node believed"


# --- streams without end ------------------------------------------------------------------------------------------------


def test_a_thief_who_begins_all_the_streams_there_may_be_costs_their_owner_a_day_at_most(
    two: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MOST_STREAMS", 4)
    two.deliver(two.commune.say("mine", "1"))
    stolen = epoch_in(0, two)
    taken = [two.province.take(of(stolen, two, f"notes/a{number}")).status for number in range(5)]
    assert taken == [201, 201, 201, 409, 409]
    rekeyed(two)
    assert two.deliver(two.commune.say("mine", "2")).status == 201, "what was known goes on at once"
    fresh = two.commune.say("fresh", "1", "xa-2027")
    assert two.deliver(fresh).body.code == "too-many-streams"
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        assert two.deliver(fresh).status == 201


def test_streams_that_only_go_on_today_are_not_counted(two: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_STREAMS", 2)
    for value in ("1", "2"):
        with clock.stopped_at(clock.now() + timedelta(days=int(value))):
            said = [two.deliver(two.commune.say(part, value, part)).status for part in ("a", "b")]
            assert said == [201, 201]
    with clock.stopped_at(clock.now() + timedelta(days=2)):
        assert two.deliver(two.commune.say("c", "1", "c")).status == 201


def test_so_many_epochs_of_one_stream_begin_on_a_day(two: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_EPOCHS", 2)
    said = []
    for key in "abc":
        said.append(two.deliver(two.commune.say(key, "1")))
        two.commune.begin_epoch()
    assert [(one.status, one.body.code) for one in said] == [(201, ""), (201, ""), (409, "too-many-streams")]
    assert two.deliver(two.commune.say("other", "1", "xa-2026")).status == 201


def test_a_statement_holds_the_streams_that_moved_last(two: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than fit would be malformed, and the two would never again compare."""
    monkeypatch.setattr(comparing, "MOST_STREAMS", 2)
    for part in ("a", "b", "c"):
        two.deliver(two.commune.say(part, "1", part))
    two.commune.begin_epoch()
    last = two.commune.say("a", "2", "a")
    two.deliver(last)
    with two.province.database.transaction() as session:
        had = comparing.here(session, two.province.peer.id).had
    assert had["notes/a"] == frames.Place(last.epoch, 1, last.digest)
    assert set(had) == {"notes/a", "notes/c"}
