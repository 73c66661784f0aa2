"""The nation's documents reach a commune through its province: the same bytes, the same signature, and the counts go back up."""

import functools
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs
from sqlalchemy import select, update

from backend import clock
from backend.federation import frames
from backend.federation.documents import bounds, catalogue, fetching, giving, passing, store, vouching
from backend.federation.documents.errors import DocumentRefused, OutsideReach
from backend.federation.documents.kinds import Speaks
from backend.federation.documents.models import Document, DocumentState
from backend.federation.documents.shapes import Catalogue, Vouched
from backend.federation.packets import carrying, sticks
from backend.federation.packets.models import PacketOut
from backend.federation.peers import queries as peers
from backend.federation.peers import trouble
from backend.federation.peers.models import REVOKED, PeerTrouble
from backend.safeguards.audit import Actor
from backend.safeguards.signing import Signer, packed
from backend.streams import DOCUMENTS, book
from backend.targets.from_above import TARGETS
from backend.units import change
from tests.federation.test_documents import a_set, fetch, value_in_force
from tests.structure.test_budgets import spent
from tests.support import levels as support
from tests.support.levels import SINCE, Levels, Node, enrol, province_and_communes

SERIES = "targets/05-2030"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def levels(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Levels]:
    """With a node above the province, which is one of `nodes` under '00'."""
    plant = support._units

    def with_nation(session, node):  # type: ignore[no-untyped-def]
        found = plant(session, node)
        nation = change.found(
            session, code="00", kind="country", name="Việt Nam", level_word="nước", since=SINCE
        )
        change.place(session, found["19"], nation, "territory", SINCE + timedelta(days=1))
        return found | {"00": nation}

    monkeypatch.setattr(support, "_units", with_nation)
    with province_and_communes(tmp_path, database=request.param, communes=2, lines=("state",)) as found:
        found.nodes["00"] = support.found(found, 4, "00", "Trung ương")
        enrol(found["00"], found.province, "state")
        yield found


def communes(levels: Levels) -> list[Node]:
    return [node for node in levels.communes if node.code != "00"]


def issue(node: Node, value: str, **more: object) -> str:
    told = {"units": ["19"], "line": "state", "by": Actor("staff", node.staff["office"])} | more
    with node.writing() as session:
        body = structs.replace(a_set(value), unit=node.code)
        return giving.give(session, node.signer, TARGETS, "05-2030", body, **told).digest  # type: ignore[arg-type]


def down(levels: Levels) -> None:
    fetch(levels.province)
    for node in communes(levels):
        fetch(node)


def up(levels: Levels) -> None:
    levels.courier(*communes(levels))
    fetch(levels.province)
    levels.courier(levels.province)


def place(levels: Levels) -> str:
    return f"{SERIES}@{levels['00'].id}"


def state_at(node: Node, series: str) -> DocumentState:
    with node.reading() as session:
        return session.scalars(select(DocumentState).where(DocumentState.series == series)).one()


def counted(levels: Levels, digest: str) -> tuple[int, dict[str, int]]:
    with levels["00"].reading() as session:
        below, told = passing.added(passing.further_below(session, digest))
        return below, dict(told)


def test_the_same_bytes_with_the_nations_signature_stand_on_all_three_levels(levels: Levels) -> None:
    digest = issue(levels["00"], "0.60")
    down(levels)
    raws = set()
    for node in (levels["00"], levels.province, *communes(levels)):
        with node.reading() as session:
            raws.add(store.document(session, digest).raw)
    assert len(raws) == 1
    assert frames.outside(raws.pop()).key_id == levels["00"].signer.key_id
    for node in communes(levels):
        assert value_in_force(node) == "0.60"
        assert state_at(node, place(levels)).standing == digest
        assert not fetch(node)


def test_what_became_of_it_goes_up_as_counts_and_only_when_they_change(levels: Levels) -> None:
    digest = issue(levels["00"], "0.60")
    fetch(levels.province)
    levels.courier(levels.province)
    assert counted(levels, digest) == (2, {})
    down(levels)
    up(levels)
    assert counted(levels, digest) == (2, {"applied": 2})
    fetch(levels.province)
    with levels.province.reading() as session:
        sent = session.scalars(select(PacketOut).where(PacketOut.stream == "ack-sums")).all()
    assert len(sent) == 2


def test_what_the_province_cannot_apply_itself_is_passed_on_all_the_same(levels: Levels) -> None:
    digest = issue(levels["00"], "0.60", min_software="99.1")
    down(levels)
    up(levels)
    assert state_at(levels.province, SERIES).why == "software-too-old"
    assert counted(levels, digest) == (2, {"refused": 2})


def test_a_series_of_the_nation_and_one_of_the_province_that_are_called_alike_stand_side_by_side(
    levels: Levels,
) -> None:
    theirs, own = issue(levels["00"], "0.60"), issue(levels.province, "0.70")
    down(levels)
    one = communes(levels)[0]
    assert {state_at(one, place(levels)).wanted, state_at(one, SERIES).wanted} == {theirs, own}


def test_what_the_nation_takes_back_stands_in_no_commune(levels: Levels) -> None:
    digest = issue(levels["00"], "0.60")
    down(levels)
    with levels["00"].writing() as session:
        giving.withdraw(session, digest, "Ban hành nhầm", Actor("staff", levels["00"].staff["office"]))
    down(levels)
    up(levels)
    assert [value_in_force(node) for node in communes(levels)] == [None, None]
    assert counted(levels, digest) == (2, {"withdrawn": 2})


def test_what_is_for_one_commune_is_passed_on_to_that_one(levels: Levels) -> None:
    one, other = communes(levels)
    digest = issue(levels["00"], "0.60", units=[one.code])
    with (
        levels.province.writing() as session
    ):  # the nation counts it for the province, which has that commune
        session.expire_all()
    down(levels)
    with other.reading() as session:
        assert session.get(Document, digest) is None


def test_the_province_cannot_change_it_on_the_way(levels: Levels) -> None:
    digest = issue(levels["00"], "0.60")
    fetch(levels.province)
    with levels.province.writing() as session:
        header = giving.opened(store.document(session, digest)).header
        forged = frames.seal(levels.province.signer, header, a_set("0.99")).raw
        table = Document.__table__
        session.connection().execute(update(table).where(table.c.digest == digest).values(raw=forged))  # type: ignore[arg-type]
    one = communes(levels)[0]
    fetch(one)
    with one.here():
        trouble.flush(one.database)
    with one.reading() as session:
        assert session.scalars(select(Document)).all() == []
        assert [row.code for row in session.scalars(select(PeerTrouble))] == ["key-not-believed"]


def test_once_the_nation_is_no_peer_of_the_province_nothing_new_of_it_goes_on(levels: Levels) -> None:
    digest = issue(levels["00"], "0.60")
    down(levels)
    with levels.province.writing() as session:
        peers.parents(session)[0].state = REVOKED
    one = communes(levels)[0]
    fetch(one)
    assert (state_at(one, place(levels)).wanted, state_at(one, place(levels)).standing) == (None, digest)
    with levels.province.reading() as session:
        child = peers.children(session)[0]
        assert not catalogue.may_have(session, child, store.document(session, digest))


def test_a_stick_of_the_province_carries_it_too(levels: Levels) -> None:
    issue(levels["00"], "0.60")
    fetch(levels.province)
    one = communes(levels)[0]
    with levels.province.writing() as session:
        child = next(row for row in peers.children(session) if row.unit_code == one.code)
        stick = sticks.write(fetching.frames_for(session, levels.province.signer, child))
    with one.here():
        told = carrying.bring_in(one.database, stick, book(), one.signer)
        fetching.apply_due(one.database, DOCUMENTS, one.settings.data)
    assert [row.outcome for row in told] == ["kept", "kept"]
    assert value_in_force(one) == "0.60"


# --- whose word counts ------------------------------------------------------------------------------------------------


THIEF = Signer(packed(b"t" * 32))


def said(node: object, until: str = "") -> Catalogue:
    return Catalogue((), (), (Vouched(str(node), packed(THIEF.public), until),))


def test_a_key_the_province_answers_for_is_the_nations_and_nobody_elses(levels: Levels) -> None:
    with communes(levels)[0].reading() as session:
        above = peers.parents(session)[0]
        key = vouching.key_for(session, above, said(levels["00"].id), THIEF.key_id)
        assert key is not None
        assert key.signs(str(levels["00"].id), clock.now())
        assert not key.signs(str(above.node_id), clock.now())


@pytest.mark.parametrize("until", ["2026-13-45T99:99:99.000Z", "9999-12-31T23:59:59.999Z"])
def test_a_key_that_ends_at_no_moment_is_nobodys_and_breaks_nothing(levels: Levels, until: str) -> None:
    with communes(levels)[0].reading() as session:
        above = peers.parents(session)[0]
        with pytest.raises(DocumentRefused) as refused:
            vouching.key_for(session, above, said(levels["00"].id, until), THIEF.key_id)
        assert refused.value.code == "malformed"


def test_the_province_cannot_bring_in_an_open_key_of_its_own_this_way(levels: Levels) -> None:
    with communes(levels)[0].reading() as session:
        above = peers.parents(session)[0]
        assert vouching.key_for(session, above, said(above.node_id), THIEF.key_id) is None


def test_who_knows_the_nation_itself_goes_by_its_own_record(levels: Levels) -> None:
    one = communes(levels)[0]
    enrol(levels["00"], one, "party")
    with one.reading() as session:
        above = peers.parents(session, "state")[0]
        assert vouching.key_for(session, above, said(levels["00"].id), THIEF.key_id) is None
        own = vouching.key_for(session, above, None, levels["00"].signer.key_id)
        assert own is not None
        assert own.node == str(levels["00"].id)


def test_on_another_line_than_the_states_nobody_speaks_in_the_name_of_the_country_through_a_province(
    levels: Levels,
) -> None:
    one = communes(levels)[0]
    enrol(levels["00"], levels.province, "party")
    enrol(levels.province, one, "party")
    issue(levels["00"], "0.60", line="party")
    down(levels)
    assert state_at(levels.province, SERIES).state == "applied", "the province enrolled with it"
    assert (state_at(one, place(levels)).state, state_at(one, place(levels)).why) == (
        "refused",
        "outside-reach",
    )


def test_the_node_that_spoke_for_the_country_first_is_the_only_one_that_does(levels: Levels) -> None:
    issue(levels["00"], "0.60")
    down(levels)
    with communes(levels)[0].reading() as session:
        above = peers.parents(session)[0]
        bounds.check(session, above, str(levels["00"].id), Speaks(issuer="00"))
        with pytest.raises(OutsideReach):
            bounds.check(session, above, str(uuid.uuid4()), Speaks(issuer="00"))
    with communes(levels)[0].here():
        trouble.flush(communes(levels)[0].database)
    with communes(levels)[0].reading() as session:
        assert [row.code for row in session.scalars(select(PeerTrouble))] == ["outside-reach"]


def test_what_is_summed_up_of_many_that_were_taken_back_asks_no_more_for_each(levels: Levels) -> None:
    asked = []
    for _ in range(2):
        for value in ("0.60", "0.61", "0.62"):
            digest = issue(levels["00"], value)
            fetch(levels.province)
            with levels["00"].writing() as session:
                giving.withdraw(
                    session, digest, "Ban hành nhầm", Actor("staff", levels["00"].staff["office"])
                )
            fetch(levels.province)
        with levels.province.reading() as session:
            deed = functools.partial(passing.withdrawn, session, "state")
            asked.append(
                (len(passing.withdrawn(session, "state")), len(spent(levels.province.database, deed)))
            )
    (few, first), (many, second) = asked
    assert (few, many, second - first) == (3, 6, 0)
