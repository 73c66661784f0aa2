"""Documents by who may not give them: a child, a parent that was revoked, a parent of another line, one that speaks for others."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from msgspec import structs
from sqlalchemy import delete, event, select
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm import Session

from backend import clock
from backend.certificates.from_above import REVOCATIONS, RevocationsIn, RevokedIn
from backend.certificates.models import RevokedKey
from backend.db.node import begin_epoch
from backend.federation import frames
from backend.federation.documents import acks, catalogue, fetching, giving, queries, standing, taking
from backend.federation.documents import software as software_rule
from backend.federation.documents.errors import DocumentRefused, ReasonNamesSomebody, TooManyStand, WrongLine
from backend.federation.documents.kinds import LINES, DocumentKind, Given, Made
from backend.federation.documents.models import Document, DocumentAck, DocumentState, DocumentWithdrawal
from backend.federation.documents.shapes import Catalogue, Gone, Named
from backend.federation.frames import CatalogueHeader, DocumentHeader, Scope
from backend.federation.packets import carrying, sticks
from backend.federation.packets.models import PacketOut
from backend.federation.peers import keeping
from backend.federation.peers import queries as peers
from backend.federation.peers.models import Peer
from backend.federation.software import software
from backend.safeguards.audit import Actor
from backend.safeguards.signing import NodeKey, Signer
from backend.streams import DOCUMENTS, book
from backend.targets.from_above import TARGETS
from backend.units import change, deciding
from backend.units.deciding import Act
from backend.units.errors import CodeTaken
from backend.units.event_in import UnitsIn
from backend.units.models import UnitEvent
from backend.units.reorganise import NewUnit
from campaigns.from_above import PACKS, FileIn, PackIn
from campaigns.pack.store import at_hand
from campaigns.units_from_above import UNITS, live_through
from tests.federation.test_documents import a_set, acks_of, fetch, give, parent, state_of
from tests.support.levels import SINCE, Levels, Node, province_and_communes

Line = Literal["state", "party"]


@pytest.fixture
def levels(tmp_path: Path) -> Iterator[Levels]:
    with province_and_communes(tmp_path, communes=2) as found:
        yield found


def office(node: Node) -> Actor:
    return Actor("staff", node.staff["office"])


def revocations(*signers: Signer) -> RevocationsIn:
    since = clock.now() - timedelta(days=700)
    return RevocationsIn(tuple(RevokedIn(one.key_id, since, "máy chủ bị lấy cắp") for one in signers))


# --- who -------------------------------------------------------------------------------------------------------------


def stick_of(sender: Node, to: Node, *papers: tuple[DocumentKind, str, Any], line: Line = "state") -> bytes:
    """What a node writes that gives documents to whom it likes, with its good key."""
    with sender.here():
        moment = clock.iso(clock.now())
    common: dict[str, Any] = {
        "sender": str(sender.id), "epoch": str(sender.epoch()), "made_at": moment, "software": software(),
    }  # fmt: skip
    made = []
    for kind, part, body in papers:
        header = DocumentHeader(
            **common, to="", schema=kind.schema, series=f"{kind.name}/{part}", number=1, prev="", scope=Scope([], line),
            min_software="", content_type="application/json",
        )  # fmt: skip
        made.append((header.series, frames.seal(sender.signer, header, body)))
    named = tuple(Named(series, 1, frame.digest, len(frame.raw)) for series, frame in made)
    listed = CatalogueHeader(**common, to=str(to.id), line=line, schema="catalogue/1", number=1)
    first = frames.seal(sender.signer, listed, Catalogue(named, ()))
    return sticks.write([first.raw, *(frame.raw for _, frame in made)])


def test_a_child_pushes_no_document_to_its_parent_on_a_stick_revoked_or_not(levels: Levels) -> None:
    child, province = levels.communes[0], levels.province
    with province.reading() as session:
        act = Act(clock.today(), "Nghị quyết giả")
        told = deciding.merging(session, ["05917", "05923"], NewUnit("05999", "Giả", "xã"), act, "05917")
        papers = (
            (UNITS, str(told.id), told),
            (REVOCATIONS, "khoa", revocations(province.signer)),
            (PACKS, "gia", PackIn("gia", 1, (), (FileIn("pack.yaml", b"code: gia"),), None)),
        )
        before = at_hand(province.settings.data)
    stick = stick_of(child, province, *papers)
    for _ in range(2):
        with province.here():
            outcomes = carrying.bring_in(province.database, stick, book(), province.signer)
            assert {one.outcome for one in outcomes} == {"refused"}
            fetching.apply_due(province.database, DOCUMENTS, province.settings.data)
        with province.writing() as session:
            assert session.scalars(select(DocumentState)).all() == []
            assert session.get(UnitEvent, told.id) is None
            assert session.get_one(NodeKey, province.signer.key_id).withdrawn_at is None
            assert at_hand(province.settings.data) == before
            for one in peers.children(session):
                keeping.revoke(session, one.id, "bị lấy cắp máy", Actor("staff", province.staff["operator"]))


def test_a_document_of_a_child_is_refused_for_its_direction_whatever_a_catalogue_names(
    levels: Levels,
) -> None:
    child, province = levels.communes[0], levels.province
    stick = sticks.read(stick_of(child, province, (TARGETS, "gia", a_set("99"))))
    with province.writing() as session:
        below = next(one for one in peers.children(session, "state") if one.unit_code == child.code)
        for take, raw in zip((taking.take_catalogue, taking.take_document), stick, strict=True):
            with pytest.raises(DocumentRefused) as refused:
                take(session, raw, below)
            assert refused.value.code == "wrong-direction"


@pytest.mark.parametrize("how", ["suspended", "revoked"])
def test_what_waits_is_not_applied_after_its_parent_was(levels: Levels, how: str) -> None:
    node = levels.communes[0]
    give(levels, a_set("60"), min_software="99.1")
    fetch(node)
    with node.writing() as session:
        by = Actor("staff", node.staff["operator"])
        (keeping.suspend if how == "suspended" else keeping.revoke)(
            session, parent(session).id, "nghi bị lộ", by
        )
    levels.pass_time(hours=7)
    with node.reading() as session, pytest.MonkeyPatch.context() as patch:
        patch.setattr(software_rule, "check", lambda needed: None)
        assert standing.due(session, DOCUMENTS) == []


def test_a_parent_is_not_told_what_this_node_gives_its_children(levels: Levels) -> None:
    """The province has the commune's key; it asks at the commune's door."""
    node = levels.communes[0]
    levels.link.nodes[levels.communes[0].address] = node
    with levels.province.writing() as session:
        row = next(one for one in peers.children(session, "state") if one.unit_code == node.code)
        row.address = node.address
        session.flush()
        with levels.link.client() as client, levels.province.here():
            line = fetching._line(session, levels.province.signer, client, row)
            assert line.call("GET", fetching.CATALOGUE).status == 404


# --- on which line, and of what ----------------------------------------------------------------------------------------


def test_units_and_keys_given_up_go_on_the_states_line_alone(levels: Levels) -> None:
    with levels.province.here():
        body = revocations(levels.communes[0].signer)
    with pytest.raises(WrongLine):
        give(levels, body, kind=REVOCATIONS, part="khoa", line="party")
    give(levels, body, kind=replace(REVOCATIONS, lines=LINES), part="khoa", line="party")
    node = levels.communes[0]
    fetch(node)
    assert state_of(node, "revocations/khoa").why == "wrong-line"
    assert UNITS.lines == frozenset({"state"})


def test_a_key_of_this_node_is_given_up_by_its_operator_only(levels: Levels) -> None:
    node = levels.communes[0]
    with levels.province.here():
        body = revocations(node.signer)
    give(levels, body, kind=REVOCATIONS, part="khoa")
    fetch(node)
    assert state_of(node, "revocations/khoa").state == "applied"
    levels.courier(node)  # it goes on signing, on both lines
    with node.reading() as session:
        assert session.get_one(NodeKey, node.signer.key_id).withdrawn_at is None
    with node.here():
        assert "Cấp trên báo khóa ký của máy chủ này" in node.browser("operator").get("/admin/documents").text


@pytest.mark.parametrize("whose", ["05917", "05923", "00", "88"])
def test_targets_in_the_name_of_another_unit_are_refused(levels: Levels, whose: str) -> None:
    for node in levels.nodes.values():
        with node.writing() as session:
            change.found(session, code="00", kind="country", name="Việt Nam", level_word="nước", since=SINCE)
    give(levels, structs.replace(a_set("60"), unit=whose))
    node = levels.communes[0]
    fetch(node)
    row = state_of(node)
    assert (row.state, row.why, whose in (row.words or "")) == ("refused", "outside-reach", True)


@pytest.mark.parametrize("kind", ["targets", "template", "calendar", "units"])
def test_every_document_that_speaks_of_units_says_of_which(kind: str) -> None:
    assert DOCUMENTS[kind].speaks is not None


def another_province(levels: Levels) -> None:
    for node in levels.nodes.values():
        with node.writing() as session:
            hanoi = change.found(
                session, code="01", kind="province", name="Hà Nội", level_word="thành phố", since=SINCE
            )
            for code in ("00004", "00008"):
                change.found(
                    session, code=code, kind="commune", name=code, level_word="phường", since=SINCE,
                    parents={"territory": hanoi},
                )  # fmt: skip


def test_a_province_reorganises_its_own_communes_and_no_others(levels: Levels) -> None:
    another_province(levels)
    act = Act(date(2026, 11, 1), "Nghị quyết 15")
    with levels.province.writing() as session:
        theirs: list[UnitsIn] = [
            deciding.merging(session, ["00004", "00008"], NewUnit("00999", "Mới", "phường"), act, "00004"),
            deciding.renaming(session, "00004", "Tên khác", "phường", act),
            deciding.moving(session, "05917", "01", act),
            deciding.moving(session, "00004", "19", act),
        ]
        own = deciding.merging(session, ["05917", "05923"], NewUnit("05999", "Mới", "xã"), act, "05917")
    node = levels.communes[0]
    for told in (*theirs, own):
        give(levels, told, kind=UNITS, part=str(told.id))
    fetch(node)
    states = [state_of(node, f"units/{told.id}") for told in (*theirs, own)]
    assert [(one.state, one.why) for one in states] == [("refused", "outside-reach")] * 4 + [
        ("applied", None)
    ]


def test_a_unit_of_others_does_not_come_in_as_one_that_begins(levels: Levels) -> None:
    another_province(levels)
    act = Act(date(2026, 11, 1), "Nghị quyết 15")
    with levels.province.reading() as session:
        told = deciding.merging(session, ["05917", "05923"], NewUnit("00998", "Mới", "xã"), act, "05917")
    taken = msgspec.json.decode(msgspec.json.encode(told).replace(b"00998", b"00004"), type=UnitsIn)
    with levels.communes[0].writing() as session, pytest.raises(CodeTaken):
        live_through(session, taken)


# --- the catalogue ----------------------------------------------------------------------------------------------------


def as_listed(levels: Levels) -> bytes:
    with levels.province.writing() as session:
        child = next(one for one in peers.children(session, "state") if one.unit_code == "05917")
        return catalogue.for_peer(session, levels.province.signer, child)


def test_the_catalogue_of_a_life_in_between_does_not_hold_up_the_one_that_goes_on(levels: Levels) -> None:
    """The province was restored twice; a stick of the time in between comes late, its key still open."""
    give(levels, a_set("60"))
    node = levels.communes[0]
    fetch(node)
    sent = []
    for value in ("61", "62"):
        levels.pass_time(minutes=5)
        with levels.province.writing() as session:
            begin_epoch(session)
        give(levels, a_set(value))
        sent.append(as_listed(levels))
    fetch(node)
    levels.pass_time(minutes=5)
    with node.writing() as session, pytest.raises(DocumentRefused) as refused:
        taking.take_catalogue(session, sent[0], parent(session))
    assert refused.value.code == "old-catalogue"
    last = give(levels, a_set("63"))
    fetch(node)
    assert state_of(node).standing == last


def test_what_was_refused_is_not_fetched_again_each_minute_and_a_new_number_at_once(levels: Levels) -> None:
    digest, node = give(levels, a_set("60")), levels.communes[0]
    forget = Document.__table__
    with levels.province.writing() as session:
        row = session.get_one(Document, digest)
        forged = frames.seal(node.signer, giving.opened(row).header, a_set("60")).raw
        session.connection().execute(forget.update().where(forget.c.digest == digest).values(raw=forged))  # type: ignore[attr-defined]
    asked: list[int] = []
    for _ in range(60):
        fetch(node)
        levels.pass_time(minutes=1)
        asked.append(sum("/documents/" in one.path for one in levels.link.carried))
    assert 3 <= asked[-1] <= 6
    give(levels, a_set("61"))
    fetch(node)
    assert state_of(node).state == "applied"


def test_a_reason_that_names_somebody_goes_to_nobody(levels: Levels) -> None:
    digest, node = give(levels, a_set("60")), levels.communes[0]
    fetch(node)
    with levels.province.writing() as session, pytest.raises(ReasonNamesSomebody):
        giving.withdraw(session, digest, "Bà Lan 0912345678 yêu cầu", office(levels.province))
    with levels.province.writing() as session:  # as an older version wrote it
        session.add(DocumentWithdrawal(digest=digest, words="Bà Lan 0912345678 yêu cầu", at=clock.now()))
    assert b"0912345678" not in as_listed(levels)
    fetch(node)
    assert state_of(node).state == "withdrawn"


def test_one_reason_that_names_somebody_is_not_read_and_the_rest_of_the_catalogue_counts(
    levels: Levels,
) -> None:
    digest, later = give(levels, a_set("60")), give(levels, a_set("70"), part="19-2030")
    province, node = levels.province, levels.communes[0]
    fetch(node)
    with province.here():
        header = CatalogueHeader(
            sender=str(province.id), to=str(node.id), line="state", epoch=str(province.epoch()),
            made_at=clock.iso(clock.now()), schema="catalogue/1", software=software(), number=99,
        )  # fmt: skip
    gone = (Gone("targets/05-2030", 1, digest, "gọi 0912345678"), Gone("targets/19-2030", 1, later, "Nhầm"))
    with node.writing() as session:
        raw = frames.seal(province.signer, header, Catalogue((), gone)).raw
        assert taking.take_catalogue(session, raw, parent(session))
    rows = [state_of(node), state_of(node, "targets/19-2030")]
    assert [(row.wanted, row.recalled) for row in rows] == [(None, ""), (None, "Nhầm")]


def test_a_catalogue_never_grows_beyond_what_a_child_takes(
    levels: Levels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "MOST", 3)
    monkeypatch.setattr(giving, "MOST_SERIES", 2)
    digest = ""
    for value in range(4):  # the same series again and again, taken back each time
        digest = give(levels, a_set(str(60 + value)), part="mot")
        levels.pass_time(minutes=1)
        with levels.province.writing() as session:
            giving.withdraw(session, digest, "Ban hành nhầm", office(levels.province))
    give(levels, a_set("60"), part="hai")
    give(levels, a_set("60"), part="ba")
    with pytest.raises(TooManyStand):
        give(levels, a_set("60"), part="bon")
    body = frames.read_body(frames.kept(as_listed(levels)), Catalogue)
    assert (len(body.named), len(body.withdrawn)) == (2, 3)
    assert body.withdrawn[0].digest == digest  # the newest


@contextmanager
def statements(node: Node) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*told: Any) -> None:
        seen.append(told[2])

    event.listen(node.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(node.database.engine, "before_cursor_execute", note)


def test_a_catalogue_is_written_without_the_bytes_of_what_it_names(levels: Levels) -> None:
    for part in "abc":
        give(levels, a_set("60"), part=part)
    with statements(levels.province) as seen:
        as_listed(levels)
    assert seen
    assert not [one for one in seen if "document.raw" in one.replace("length(document.raw)", "")]


# --- what nobody thought of ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [OverflowError("year 0 is out of range"), DataError("", {}, Exception())])
def test_one_that_fails_altogether_is_put_aside_told_upward_and_holds_up_nothing(
    levels: Levels, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def apply(session: Session, given: Given) -> list[Made]:
        tried.append(given.part)
        if given.part == "hong":
            session.add(RevokedKey(key_id="K", since=clock.now(), words="", document=given.digest))
            raise error
        return list(TARGETS.apply(session, given))

    monkeypatch.setitem(DOCUMENTS, "targets", replace(TARGETS, apply=apply))
    digest, other = give(levels, a_set("60"), part="hong"), give(levels, a_set("61"))
    node = levels.communes[0]
    for _ in range(3):
        fetch(node)
        levels.pass_time(minutes=1)
    assert tried.count("hong") == 1, "not each minute"
    assert (state_of(node, "targets/hong").why, state_of(node).standing) == ("failed", other)
    with node.reading() as session:
        assert session.scalars(select(RevokedKey)).all() == [], "nothing half done"
    levels.courier(node)
    assert (acks_of(levels, digest)["05917"].state, acks_of(levels, digest)["05917"].why) == (
        "refused",
        "failed",
    )


def test_a_database_that_is_away_is_no_fault_of_the_document(
    levels: Levels, monkeypatch: pytest.MonkeyPatch
) -> None:
    def apply(session: Session, given: Given) -> list[Made]:
        raise OperationalError("", {}, Exception())

    give(levels, a_set("60"))
    node = levels.communes[0]
    with monkeypatch.context() as patch:
        patch.setitem(DOCUMENTS, "targets", replace(TARGETS, apply=apply))
        fetch(node)
        assert (state_of(node).state, state_of(node).tried) == ("fetched", None)
    fetch(node)
    assert state_of(node).state == "applied"


def test_what_cannot_be_taken_back_for_a_fault_here_is_tried_again(
    levels: Levels, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take_back(session: Session, given: Given) -> None:
        raise RuntimeError

    digest, node = give(levels, a_set("60")), levels.communes[0]
    fetch(node)
    with levels.province.writing() as session:
        giving.withdraw(session, digest, "Ban hành nhầm", office(levels.province))
    with monkeypatch.context() as patch:
        patch.setitem(DOCUMENTS, "targets", replace(TARGETS, take_back=take_back))
        fetch(node)
        assert (state_of(node).why, state_of(node).standing) == ("failed", digest)
        with node.reading() as session:
            assert standing.due(session, DOCUMENTS) == [], "not each minute"
    levels.pass_time(hours=7)
    fetch(node)
    assert (state_of(node).state, state_of(node).standing) == ("withdrawn", None)


# --- what is told upward -------------------------------------------------------------------------------------------------


def test_what_happened_while_a_parent_was_suspended_is_told_when_it_is_back(levels: Levels) -> None:
    digest, node = give(levels, a_set("60")), levels.communes[0]
    fetch(node)
    by = Actor("staff", node.staff["operator"])
    with node.writing() as session:
        above = parent(session).id
        keeping.suspend(session, above, "đang kiểm tra", by)
        key = (above, "targets/05-2030")
        standing.roll_back(session, DOCUMENTS, key, digest, "Sai cột số liệu", office(node))
    levels.courier(node)
    assert acks_of(levels, digest) == {}
    with node.writing() as session:
        keeping.resume(session, above, by)
    levels.courier(node)
    assert acks_of(levels, digest)["05917"].state == "rolled_back"


def test_who_was_revoked_is_told_nothing_more(levels: Levels) -> None:
    digest, node = give(levels, a_set("60")), levels.communes[0]
    fetch(node)
    with node.writing() as session:
        session.execute(delete(PacketOut))
        above = parent(session)
        keeping.revoke(session, above.id, "nghi bị lộ", Actor("staff", node.staff["operator"]))
        key = (above.id, "targets/05-2030")
        standing.roll_back(session, DOCUMENTS, key, digest, "Sai cột số liệu", office(node))
        assert session.scalars(select(PacketOut)).all() == []


def test_a_clock_that_was_ahead_does_not_outlive_its_mistake(levels: Levels) -> None:
    digest, node = give(levels, a_set("60")), levels.communes[0]
    with levels.province.writing() as session:
        child = next(one for one in peers.children(session, "state") if one.unit_code == "05917")
        for state, at in (("refused", clock.now() + timedelta(days=400)), ("applied", clock.now())):
            body = acks.Ack("targets/05-2030", 1, digest, state, "", "", at)  # type: ignore[arg-type]
            acks.receive(session, Arrivedlike(child, body))  # type: ignore[arg-type]
        assert session.scalars(select(DocumentAck.state)).one() == "applied"
    assert node.code == "05917"


class Arrivedlike:
    def __init__(self, peer: Peer, body: acks.Ack) -> None:
        self.peer, self.body = peer, body


def test_the_oldest_of_many_documents_opens(levels: Levels, monkeypatch: pytest.MonkeyPatch) -> None:
    first = give(levels, a_set("60"))
    levels.pass_time(minutes=1)
    give(levels, a_set("61"))
    monkeypatch.setattr(queries, "MOST", 1)
    with levels.province.here():
        assert levels.province.browser("office").get(f"/admin/documents/given/{first}").status_code == 200
    with levels.province.reading() as session:
        assert [one.newest for one in queries.given_out(session)] == [True]
        assert not queries.out(session, first)[0].newest
