"""Two nodes come to know each other by hand: four people, a file each way, a code and two fingerprints by telephone."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.db.engine import Database
from backend.db.node import found_node, serve
from backend.errors import DomainError
from backend.federation.peers import enrol, errors, keeping, papers, queries, reach
from backend.federation.peers.models import Peer, PeerInvitation, PeerKey
from backend.safeguards.audit import OPERATOR, Actor
from backend.safeguards.signing import Signer, canonical, packed
from backend.units import change as units

SINCE = date(2025, 7, 1)
ADDRESS = "https://tinh.example"


@dataclass
class Side:
    """A node with its two operators."""

    database: Database
    signer: Signer
    first: Actor
    second: Actor

    def writing(self) -> AbstractContextManager[Session]:
        return self.database.transaction()


def founded(database: Database, own: str) -> Side:
    with database.transaction() as session:
        found_node(session, f"Nút {own}")
        province = units.found(
            session, code="19", kind="province", name="Thái Nguyên", level_word="tỉnh", since=SINCE
        )
        places = {"19": province}
        for code in ("05752", "05755"):
            places[code] = units.found(
                session, code=code, kind="commune", name=f"Xã {code}", level_word="xã", since=SINCE,
                parents={"territory": province},
            )  # fmt: skip
        units.found(
            session, code="05752-T01", kind="hamlet", name="Kê", level_word="xóm", since=SINCE,
            parents={"territory": places["05752"]},
        )  # fmt: skip
        serve(session, places[own])
    return Side(database, Signer.throw_away(), Actor("staff", new_id()), Actor("staff", new_id()))


@pytest.fixture
def province(database: Database) -> Side:
    return founded(database, "19")


@pytest.fixture
def commune(sqlite_template: Path, tmp_path: Path) -> Iterator[Side]:
    place = tmp_path / "commune.sqlite3"
    shutil.copy(sqlite_template, place)
    opened = Database(f"sqlite:///{place}")
    yield founded(opened, "05752")
    opened.close()


def offered(commune: Side, line: str = "state") -> enrol.Offered:
    with commune.writing() as session:
        return enrol.offer(session, commune.signer, line, commune.first)


def proposed(province: Side, made: enrol.Offered) -> uuid.UUID:
    with province.writing() as session:
        return enrol.propose(session, made.raw, province.first, made.code).id


def taken_in(province: Side, commune: Side, line: str = "state") -> tuple[uuid.UUID, uuid.UUID]:
    """The whole of it: (the child at the province, the parent at the commune)."""
    child = proposed(province, offered(commune, line))
    with province.writing() as session:
        enrol.confirm(session, child, commune.signer.key_id, province.second)
        raw = enrol.answer(session, province.signer, child, ADDRESS)
    with commune.writing() as session:
        parent = enrol.propose(session, raw, commune.first).id
        enrol.confirm(session, parent, province.signer.key_id, commune.second)
    return child, parent


def refused(side: Side, error: type[DomainError], deed: object, *given: object, **named: object) -> None:
    with pytest.raises(error), side.writing() as session:
        deed(session, *given, **named)  # type: ignore[operator]


def state(side: Side, peer: uuid.UUID) -> str:
    with side.writing() as session:
        return queries.peer(session, peer).state


def test_four_people_take_two_nodes_together(province: Side, commune: Side) -> None:
    child, parent = taken_in(province, commune)
    with province.writing() as session:
        row = queries.children(session, "state")[0]
        assert (row.id, row.unit_code, row.name, row.side) == (child, "05752", "Nút 05752", "child")
        assert queries.open_key(session, child).key_id == commune.signer.key_id  # type: ignore[union-attr]
    with commune.writing() as session:
        row = queries.parents(session, "state")[0]
        assert (row.id, row.unit_code, row.address) == (parent, "19", ADDRESS)
        assert queries.parents(session, "party") == []


def test_nothing_is_open_before_the_second_person_has_heard_the_fingerprint(
    province: Side, commune: Side
) -> None:
    child = proposed(province, offered(commune))
    with province.writing() as session:
        assert queries.children(session) == []
        assert queries.open_key(session, child) is None
        assert queries.public_at(session, child, commune.signer.key_id, clock.now()) is None
    refused(province, errors.NotThatState, enrol.answer, province.signer, child, ADDRESS)


def test_who_entered_it_may_not_confirm_it(province: Side, commune: Side) -> None:
    child = proposed(province, offered(commune))
    refused(province, errors.SamePerson, enrol.confirm, child, commune.signer.key_id, province.first)
    refused(province, errors.SamePerson, enrol.confirm, child, commune.signer.key_id, OPERATOR)


def test_the_database_refuses_one_person_too(province: Side, commune: Side) -> None:
    child = proposed(province, offered(commune))
    for table, here in ((Peer, Peer.id == child), (PeerKey, PeerKey.peer_id == child)):
        with pytest.raises(IntegrityError), province.writing() as session:
            session.execute(update(table).where(here).values(confirmed_by=province.first.id))
    with pytest.raises(IntegrityError), province.writing() as session:
        session.execute(update(Peer).where(Peer.id == child).values(state="active"))


def test_another_fingerprint_confirms_nothing_and_the_right_one_may_be_typed_as_heard(
    province: Side, commune: Side
) -> None:
    child = proposed(province, offered(commune))
    refused(
        province, errors.FingerprintDiffers, enrol.confirm, child, province.signer.key_id, province.second
    )
    refused(province, errors.FingerprintDiffers, enrol.confirm, child, "", province.second)
    heard = commune.signer.key_id.lower().replace("-", " ")
    with province.writing() as session:
        assert enrol.confirm(session, child, heard, province.second).state == "active"


def test_a_file_without_its_code_is_not_taken(province: Side, commune: Side) -> None:
    made = offered(commune)
    refused(province, errors.CodeDiffers, enrol.propose, made.raw, province.first, "AAAA-AAAA-AAAA")
    refused(province, errors.CodeDiffers, enrol.propose, made.raw, province.first)
    with province.writing() as session:
        assert (
            enrol.propose(session, made.raw, province.first, made.code.lower().replace("-", " ")).state
            == "proposed"
        )


def test_a_file_swapped_on_its_way_fits_no_code(province: Side, commune: Side) -> None:
    made = offered(commune)
    thief = Signer.throw_away()
    statement = msgspec.structs.replace(papers.read(made.raw).statement, public=packed(thief.public))
    swapped = papers.write(thief, statement, papers.code_hash("AAAA-AAAA-AAAA", statement.nonce))  # type: ignore[union-attr]
    refused(province, errors.CodeDiffers, enrol.propose, swapped, province.first, made.code)


def test_any_altered_byte_of_a_file_is_noticed(province: Side, commune: Side) -> None:
    made = offered(commune)
    told = msgspec.json.decode(made.raw)
    for name, other in (
        ("unit_code", "05755"),
        ("name", "Ai đó"),
        ("line", "party"),
        ("public", packed(Signer.throw_away().public)),
    ):
        altered = canonical(told | {"statement": told["statement"] | {name: other}})
        refused(province, errors.OfferForged, enrol.propose, altered, province.first, made.code)


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", b"\xff", b"[" * 5000, b'{"statement":{"kind":"offer"}}', b"x" * 5000]
)
def test_what_is_no_such_file_is_said_so(province: Side, raw: bytes) -> None:
    refused(province, errors.OfferUnreadable, enrol.propose, raw, province.first, "x")


def test_an_offer_is_taken_once_and_for_a_week(province: Side, commune: Side) -> None:
    made = offered(commune)
    proposed(province, made)
    refused(province, errors.OfferOver, enrol.propose, made.raw, province.second, made.code)
    late = offered(commune)
    with clock.stopped_at(clock.now() + timedelta(days=8)):
        refused(province, errors.OfferOver, enrol.propose, late.raw, province.first, late.code)


def test_an_answer_is_for_the_own_offer_and_taken_once(province: Side, commune: Side) -> None:
    child = proposed(province, offered(commune))
    with province.writing() as session:
        enrol.confirm(session, child, commune.signer.key_id, province.second)
        raw = enrol.answer(session, province.signer, child, ADDRESS)
    with commune.writing() as session:
        enrol.propose(session, raw, commune.first)
    refused(commune, errors.OfferOver, enrol.propose, raw, commune.first)
    refused(province, errors.OwnNode, enrol.propose, raw, province.first)
    told = msgspec.json.decode(raw)["statement"]
    strange = Signer.throw_away()
    forged = msgspec.convert(told | {"public": packed(strange.public)}, papers.Statement)
    refused(commune, errors.OfferOver, enrol.propose, papers.write(strange, forged, "00" * 32), commune.first)


@pytest.mark.parametrize(
    "epoch", ["ffffffff-ffff-7fff-bfff-ffffffffffff", "0190a0a0-0000-4000-8000-0000000000e1", "nonsense"]
)
def test_a_paper_of_an_epoch_that_has_not_come_is_refused(province: Side, commune: Side, epoch: str) -> None:
    """Everything it said later in its true one would be of an older life."""
    told = msgspec.json.decode(offered(commune).raw)["statement"] | {"epoch": epoch}
    raw = papers.write(commune.signer, msgspec.convert(told, papers.Statement), "00" * 32)
    refused(province, errors.OfferAhead, enrol.propose, raw, province.first)


def test_an_answer_by_somebody_who_did_not_hear_the_code_is_refused(province: Side, commune: Side) -> None:
    made = offered(commune)
    strange = Signer.throw_away()
    now = clock.now()
    answer = papers.Answer(
        name="Tỉnh giả", unit_code="19", node_id=str(uuid.uuid4()), epoch=str(new_id()), public=packed(strange.public),
        line="state", address="https://gia.example", offer=papers.read(made.raw).digest, made_at=clock.iso(now),
        until_at=clock.iso(now + timedelta(days=1)),
    )  # fmt: skip
    raw = papers.write(strange, answer, papers.code_hash("AAAA-AAAA-AAAA", "x"))
    refused(commune, errors.CodeDiffers, enrol.propose, raw, commune.first)


def test_a_unit_nobody_here_knows_cannot_be_spoken_for(province: Side, commune: Side) -> None:
    with commune.writing() as session:
        session.execute(update(units.Unit).where(units.Unit.code == "05752").values(code="99999"))
    made = offered(commune)
    refused(province, errors.UnitUnknown, enrol.propose, made.raw, province.first, made.code)


def test_two_lines_between_two_nodes_are_two_peers(province: Side, commune: Side) -> None:
    state_line, _ = taken_in(province, commune)
    party_line, _ = taken_in(province, commune, "party")
    with province.writing() as session:
        assert {peer.id for peer in queries.children(session)} == {state_line, party_line}
        assert [peer.id for peer in queries.children(session, "party")] == [party_line]
    made = offered(commune)
    refused(province, errors.AlreadyPeer, enrol.propose, made.raw, province.first, made.code)


def test_revoking_ends_it_at_once_and_it_can_be_taken_in_again(province: Side, commune: Side) -> None:
    child, _ = taken_in(province, commune)
    refused(province, errors.ReasonMissing, keeping.revoke, child, " ", province.first)
    with province.writing() as session:
        keeping.revoke(session, child, "Ngừng vận hành", province.first)
    with province.writing() as session:
        assert queries.children(session) == []
        assert queries.open_key(session, child) is None
    made = offered(commune)
    assert proposed(province, made) == child
    with province.writing() as session:
        enrol.confirm(session, child, commune.signer.key_id, province.second)
    assert state(province, child) == "active"


def test_suspending_holds_it_off_until_it_is_let_in_again(province: Side, commune: Side) -> None:
    child, _ = taken_in(province, commune)
    with province.writing() as session:
        keeping.suspend(session, child, "Kiểm tra", province.first)
        assert queries.children(session) == []
    refused(province, errors.NotThatState, keeping.suspend, child, "Lần nữa", province.first)
    with province.writing() as session:
        keeping.resume(session, child, province.first)
    assert state(province, child) == "active"


def test_a_lost_key_is_given_up_by_one_person_and_followed_by_two(province: Side, commune: Side) -> None:
    child, _ = taken_in(province, commune)
    lost, commune.signer = commune.signer, Signer.throw_away()
    since = clock.now() - timedelta(days=2)
    made = offered(commune)
    with province.writing() as session:
        keeping.rekey(session, child, made.raw, made.code, since, province.first)
    with province.writing() as session:
        assert queries.public_at(session, child, lost.key_id, clock.now()) is None
        assert queries.public_at(session, child, lost.key_id, since) is None
        assert queries.public_at(session, child, lost.key_id, since - timedelta(seconds=1)) == lost.public
        assert queries.public_at(session, child, commune.signer.key_id, clock.now()) is None
    refused(province, errors.SamePerson, enrol.confirm, child, commune.signer.key_id, province.first)
    with province.writing() as session:
        enrol.confirm(session, child, commune.signer.key_id, province.second)
        assert queries.open_key(session, child).key_id == commune.signer.key_id  # type: ignore[union-attr]


def test_a_new_key_of_another_node_does_not_take_a_lost_ones_place(province: Side, commune: Side) -> None:
    child, _ = taken_in(province, commune)
    with commune.writing() as session:
        session.execute(update(enrol.this_node(session).__class__).values(id=uuid.uuid4()))
    made = offered(commune)
    refused(
        province, errors.OtherNode, keeping.rekey, child, made.raw, made.code, clock.now(), province.first
    )


def test_a_lost_key_never_comes_back(province: Side, commune: Side) -> None:
    child, _ = taken_in(province, commune)
    with province.writing() as session:
        keeping.give_up(session, child, clock.now(), province.first)
        keeping.revoke(session, child, "Mất khóa", province.first)
    made = offered(commune)
    refused(province, errors.KeyGivenUp, enrol.propose, made.raw, province.first, made.code)


def test_a_peer_speaks_for_its_unit_and_what_lies_below(province: Side, commune: Side) -> None:
    child, _ = taken_in(province, commune)
    with province.writing() as session:
        speaks = lambda code, on=date(2026, 10, 31): queries.may_speak_for(session, child, code, on)  # noqa: E731
        assert speaks("05752")
        assert speaks("05752-T01")
        assert speaks("05752-T99"), "a hamlet only the commune knows"
        assert speaks("05752", SINCE), "also for the months before it was enrolled"
        assert not speaks("05752", SINCE - timedelta(days=1))
        assert not speaks("05755")
        assert not speaks("05755-T01")
        assert not speaks("19")
        assert not speaks("057520")
        assert not speaks("99999")


def test_a_province_speaks_for_its_communes_and_their_hamlets(province: Side, commune: Side) -> None:
    _, parent = taken_in(province, commune)
    with commune.writing() as session:
        asked = {"19", "05752", "05755", "05752-T01", "05755-T77", "01", "00004"}
        assert queries.beyond_reach(session, parent, asked, date(2026, 10, 31)) == {"01", "00004"}


def test_a_hamlet_that_went_to_another_commune_is_no_longer_spoken_for_whatever_its_code(
    province: Side, commune: Side
) -> None:
    child, _ = taken_in(province, commune)
    moved = date(2026, 9, 1)
    with province.writing() as session:
        code_of = {row.code: row.id for row in session.scalars(select(units.Unit))}
        link = session.scalars(
            select(units.UnitLink).where(units.UnitLink.unit_id == code_of["05752-T01"])
        ).one()
        link.valid_to = moved
        session.add(
            units.UnitLink(unit_id=link.unit_id, parent_id=code_of["05755"], tree=link.tree, valid_from=moved)
        )
        session.flush()
        assert queries.may_speak_for(session, child, "05752-T01", moved - timedelta(days=1))
        assert not queries.may_speak_for(session, child, "05752-T01", moved)


def test_a_commune_merged_away_speaks_for_the_days_before(province: Side, commune: Side) -> None:
    child, _ = taken_in(province, commune)
    day = date(2026, 12, 1)
    with province.writing() as session:
        assert reach.end_of_unit(session, "05752", day) == [child]
        reach.speak(session, child, "05755", day)
        assert queries.may_speak_for(session, child, "05752", date(2026, 11, 30))
        assert not queries.may_speak_for(session, child, "05752", day)
        assert queries.may_speak_for(session, child, "05755", day)
        assert not queries.may_speak_for(session, child, "05755", date(2026, 11, 30))


def test_codes_are_kept_as_what_cannot_be_read_out_and_forgotten(province: Side, commune: Side) -> None:
    made = offered(commune)
    with commune.writing() as session:
        row = session.scalars(select(PeerInvitation)).one()
        assert made.code.replace("-", "") not in row.code_hash.upper()
    with clock.stopped_at(datetime.now(UTC) + timedelta(days=9)), commune.writing() as session:
        enrol.forget_old(session)
        assert session.scalars(select(PeerInvitation)).all() == []
