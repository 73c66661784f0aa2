"""Keys of the issuer over time: what a retired key signed stands, something new comes only under the open one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import delete, select

from backend import clock
from backend.app import services_of
from backend.db.node import begin_epoch
from backend.federation import frames
from backend.federation.documents import catalogue, giving, store, taking
from backend.federation.documents.errors import DocumentRefused
from backend.federation.documents.models import Document
from backend.federation.frames import FrameRefused
from backend.federation.peers import queries as peers
from backend.federation.peers.models import PeerKey
from backend.safeguards import keys
from backend.safeguards.audit import Actor
from backend.safeguards.signing import Signer, packed
from tests.federation.test_documents import a_set, fetch, give, parent, state_of, value_in_force
from tests.support.levels import Levels, enrol, province_and_communes

NEW = packed(b"n" * 32)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def levels(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Levels]:
    with province_and_communes(tmp_path, database=request.param, communes=2, lines=()) as found:
        enrol(found.province, found.communes[0], "state")
        yield found


def office(levels: Levels) -> Actor:
    return Actor("staff", levels.province.staff["office"])


def signs_with_a_new_key(levels: Levels, lost_since: datetime | None = None) -> Signer:
    """Rotated, or lost since then. The commune that was enrolled is told, as the `keys` packet or two persons do it."""
    node, old = levels.province, levels.province.signer
    node.settings = replace(node.settings, signing_key=NEW)
    node.signer = Signer(NEW)
    node.app.services = services_of(node.settings, node.database)
    with node.writing() as session:
        keys.rotate(session, old, node.signer, office(levels))
        if lost_since:
            keys.withdraw(session, old.key_id, lost_since, office(levels))
    with levels.communes[0].writing() as session:
        above = parent(session)
        held = session.get_one(PeerKey, (above.id, old.key_id))
        held.until_at, held.withdrawn_from = clock.now(), lost_since
        session.flush()
        session.add(
            PeerKey(
                peer_id=above.id, key_id=node.signer.key_id, public=packed(node.signer.public), from_at=clock.now(),
                confirmed_at=clock.now(),
            )
        )  # fmt: skip
    return old


def as_if_signed_by(levels: Levels, signer: Signer, value: str) -> tuple[bytes, bytes]:
    """What a thief of a key writes: a catalogue and a document, both of a moment when the key was good."""
    node = levels.province
    real = give(levels, a_set(value))
    with node.writing() as session:
        child = peers.children(session, "state")[0]
        held, row = catalogue.for_peer(session, node.signer, child), store.document(session, real)
        papers = [frames.kept(held), giving.opened(row)]
    headers = [msgspec.structs.replace(one.header, made_at="2026-11-01T00:00:00.000Z") for one in papers]
    bodies = [msgspec.json.decode(one.body_raw) for one in papers]
    first, second = [
        frames.seal(signer, header, body).raw for header, body in zip(headers, bodies, strict=True)
    ]
    return first, second


def test_what_the_retired_key_signed_stands_and_the_new_one_goes_on_in_the_series(levels: Levels) -> None:
    one = levels.communes[0]
    give(levels, a_set("60"))
    fetch(one)
    levels.pass_time(hours=1)
    signs_with_a_new_key(levels)
    fetch(one)
    assert value_in_force(one) == "60"
    second = give(levels, a_set("70"))
    fetch(one)
    assert (value_in_force(one), state_of(one).standing) == ("70", second)


def test_a_node_that_enrols_later_and_never_knew_the_retired_key_takes_what_it_signed(levels: Levels) -> None:
    give(levels, a_set("60"))
    levels.pass_time(hours=1)
    signs_with_a_new_key(levels)
    late = levels.communes[1]
    enrol(levels.province, late, "state")
    fetch(late)
    assert value_in_force(late) == "60"


def test_whoever_holds_the_retired_key_brings_in_nothing(levels: Levels) -> None:
    one = levels.communes[0]
    old = signs_with_a_new_key(levels)
    levels.pass_time(hours=1)
    listed, paper = as_if_signed_by(levels, old, "99")
    with one.writing() as session:
        with pytest.raises((FrameRefused, DocumentRefused)):
            taking.take_catalogue(session, listed, parent(session))
        with pytest.raises(DocumentRefused) as refused:
            taking.take_document(session, paper, parent(session))
    assert refused.value.code == "not-in-catalogue"


def test_what_a_lost_key_signed_before_it_was_lost_is_taken_and_what_it_signed_since_is_not(
    levels: Levels,
) -> None:
    lost = give(levels, a_set("60"))
    levels.pass_time(days=2)
    since = levels.now - timedelta(days=1)
    doubtful = give(levels, a_set("61", title="Kế hoạch khác"), part="khac")
    levels.pass_time(days=1)
    signs_with_a_new_key(levels, lost_since=since)
    late = levels.communes[1]
    enrol(levels.province, late, "state")
    for node in levels.communes:
        fetch(node)
        with node.reading() as session:
            assert store.there(session, [lost, doubtful]) == {lost}
    give(levels, a_set("62", title="Kế hoạch khác"), part="khac")
    fetch(late)
    assert state_of(late, "targets/khac").state == "applied"


def test_an_issuer_that_was_restored_gives_a_number_again_and_is_understood(levels: Levels) -> None:
    one = levels.communes[0]
    give(levels, a_set("60"))
    forgotten = give(levels, a_set("70"))
    fetch(one)
    levels.pass_time(minutes=5)
    with levels.province.writing() as session:  # the backup was older than the second one
        table = Document.__table__
        session.connection().execute(delete(table).where(table.c.digest == forgotten))  # type: ignore[arg-type]
        begin_epoch(session)
    again = give(levels, a_set("75"))
    fetch(one)
    assert (value_in_force(one), state_of(one).standing, state_of(one).wanted_number) == ("75", again, 2)
    with one.reading() as session:
        assert len(session.scalars(select(Document).where(Document.number == 2)).all()) == 2
