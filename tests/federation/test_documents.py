"""Documents down: given out by the province, fetched, applied, told upward, rolled back, withdrawn. By wire and by stick."""

import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.federation import frames
from backend.federation.documents import catalogue, fetching, giving, standing, store, taking
from backend.federation.documents.errors import (
    CannotTakeBack,
    DocumentAsItIs,
    DocumentRefused,
    NothingStands,
    ReasonMissing,
    ReleaseUnreadable,
    ScopeUnknown,
)
from backend.federation.documents.kinds import DocumentKind
from backend.federation.documents.models import Document, DocumentAck, DocumentState
from backend.federation.documents.shapes import place_of
from backend.federation.frames import FrameRefused
from backend.federation.no_person import NamesSomebody
from backend.federation.packets import carrying, sticks
from backend.federation.peers import queries as peers
from backend.federation.peers import trouble
from backend.federation.peers.models import Peer, PeerTrouble
from backend.safeguards.audit import Actor
from backend.streams import CALENDARS, DOCUMENTS, book
from backend.targets import from_above
from backend.targets.from_above import TARGETS, CellIn, TargetsIn
from backend.targets.queries import cells, set_of
from campaigns.common_shapes import LONGEST, ContestTotal
from campaigns.contest import common_wire
from tests.support.levels import Levels, Node, province_and_communes


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def levels(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Levels]:
    with province_and_communes(tmp_path, database=request.param, communes=2) as found:
        yield found


def a_set(value: str, since: date = date(2026, 1, 1), title: str = "Kế hoạch 57") -> TargetsIn:
    cell = CellIn(
        "T1", "Tỷ lệ hồ sơ trực tuyến", "Online rate", "%", "manual", 2027, "ge", value, None, "level", False, value,
        None, "", None, None, None, None,
    )  # fmt: skip
    return TargetsIn("19", title, "UBND tỉnh", "12/KH", date(2025, 12, 30), since, "none", (cell,))


def give(
    levels: Levels, body: object, kind: DocumentKind = TARGETS, part: str = "05-2030", **more: object
) -> str:
    node = levels.province
    told = {"units": ["19"], "line": "state", "by": Actor("staff", node.staff["office"])} | more
    with node.writing() as session:
        return giving.give(session, node.signer, kind, part, body, **told).digest  # type: ignore[arg-type]


def fetch(node: Node) -> bool:
    with node.here(), node.levels.link.client() as client:
        return fetching.turn(node.database, node.signer, DOCUMENTS, client, node.settings.data)


def state_of(node: Node, series: str = "targets/05-2030") -> DocumentState:
    with node.reading() as session:
        return session.scalars(select(DocumentState).where(DocumentState.series == series)).one()


def value_in_force(node: Node) -> str | None:
    with node.reading() as session:
        found = set_of(session, node.unit, clock.today())
        return str(cells(session, found.id)[0].value) if found else None


def parent(session: Session, line: str = "state") -> Peer:
    return peers.parents(session, line)[0]


def told_upward(levels: Levels, digest: str) -> dict[str, str]:
    """Code of the child's unit -> what it told."""
    return {unit: row.state for unit, row in acks_of(levels, digest).items()}


def acks_of(levels: Levels, digest: str) -> dict[str, DocumentAck]:
    with levels.province.reading() as session:
        rows = session.scalars(select(DocumentAck).where(DocumentAck.digest == digest))
        return {peers.peer(session, row.peer_id).unit_code: row for row in rows}


def test_a_set_of_targets_governs_every_commune_it_was_given_to(levels: Levels) -> None:
    digest = give(levels, a_set("0.60"))
    for node in levels.communes:
        assert fetch(node)
        assert value_in_force(node) == "0.60"
        assert not fetch(node)  # nothing new, nothing done again
    levels.courier()
    assert told_upward(levels, digest) == {"05917": "applied", "05923": "applied"}


def test_a_newer_number_takes_the_place_of_the_one_before_and_says_so(levels: Levels) -> None:
    give(levels, a_set("60"))
    node = levels.communes[0]
    fetch(node)
    second = give(levels, a_set("70"))
    fetch(node)
    assert value_in_force(node) == "70"
    assert state_of(node).standing == second
    with levels.province.reading() as session:
        row = store.document(session, second)
        assert (row.number, giving.opened(row).header.prev != "") == (2, True)  # type: ignore[union-attr]


def test_the_same_content_is_not_given_out_twice(levels: Levels) -> None:
    give(levels, a_set("60"))
    with pytest.raises(DocumentAsItIs):
        give(levels, a_set("60"))


def test_a_place_nobody_knows_cannot_be_told(levels: Levels) -> None:
    with pytest.raises(ScopeUnknown):
        give(levels, a_set("60"), units=["99999"])


def test_a_document_for_one_commune_does_not_exist_for_another(levels: Levels) -> None:
    one, other = levels.communes
    digest = give(levels, a_set("60"), units=[one.code])
    assert fetch(one)
    fetch(other)
    assert value_in_force(other) is None
    with other.reading() as session, levels.link.client() as client:
        line = fetching._line(session, other.signer, client, parent(session))
        with other.here():
            assert line.call("GET", fetching.DOCUMENT + digest).status == 404


def test_what_goes_down_on_the_state_line_is_not_in_the_catalogue_of_the_party_line(levels: Levels) -> None:
    give(levels, a_set("60"))
    with levels.province.reading() as session:
        named = {child.line: catalogue.named_for(session, child).named for child in peers.children(session)}
    assert len(named["state"]) == 1
    assert named["party"] == ()


def test_the_office_goes_back_to_the_version_before_with_a_reason_that_is_read_above(levels: Levels) -> None:
    first = give(levels, a_set("60"))
    node = levels.communes[0]
    fetch(node)
    second = give(levels, a_set("70", since=date(2025, 12, 1)))  # newer, and begins earlier
    fetch(node)
    assert value_in_force(node) == "70"
    by = Actor("staff", node.staff["office"])
    with node.writing() as session:
        key = (parent(session).id, "targets/05-2030")
        with pytest.raises(ReasonMissing):
            standing.roll_back(session, DOCUMENTS, key, second, " ", by)
    with node.writing() as session:
        standing.roll_back(session, DOCUMENTS, key, second, "Số trong bảng gõ nhầm cột", by)
    assert value_in_force(node) == "60"
    fetch(node)
    assert state_of(node).standing == first  # it does not come back by itself
    levels.courier()
    said = acks_of(levels, second)["05917"]
    assert (said.state, said.words) == ("rolled_back", "Số trong bảng gõ nhầm cột")
    give(levels, a_set("75"))
    fetch(node)
    assert value_in_force(node) == "75"


def test_neither_a_document_nor_a_reason_carries_a_telephone_number(levels: Levels) -> None:
    with pytest.raises(NamesSomebody):
        give(levels, a_set("60", title="Kế hoạch, hỏi 0912 345 678"))
    digest, node = give(levels, a_set("60")), levels.communes[0]
    fetch(node)
    by, words = Actor("staff", node.staff["office"]), "gọi ông Ba 0912345678"
    with node.writing() as session:
        key = (parent(session).id, "targets/05-2030")
        with pytest.raises(NamesSomebody), session.begin_nested():
            standing.roll_back(session, DOCUMENTS, key, digest, words, by)
    assert state_of(node).state == "applied"


def test_two_who_roll_back_at_once_roll_back_once(levels: Levels) -> None:
    give(levels, a_set("60"))
    second = give(levels, a_set("70"))
    node = levels.communes[0]
    fetch(node)
    by = Actor("staff", node.staff["office"])
    with node.writing() as session:
        key = (parent(session).id, "targets/05-2030")
        standing.roll_back(session, DOCUMENTS, key, second, "gõ nhầm", by)
        with pytest.raises(NothingStands):
            standing.roll_back(session, DOCUMENTS, key, second, "gõ nhầm", by)
    assert value_in_force(node) is None  # the first one was never applied here


def test_what_its_issuer_takes_back_stands_nowhere_any_more(levels: Levels) -> None:
    give(levels, a_set("60"))
    node = levels.communes[0]
    fetch(node)
    second = give(levels, a_set("70"))
    fetch(node)
    with levels.province.writing() as session:
        giving.withdraw(session, second, "Ban hành nhầm", Actor("staff", levels.province.staff["office"]))
    fetch(node)
    assert value_in_force(node) == "60"
    levels.courier(node)
    assert told_upward(levels, second) == {"05917": "withdrawn"}


def test_a_release_nobody_could_read_is_not_signed(levels: Levels) -> None:
    """Every node below would refuse the document, whatever it says."""
    for words in ("bản mới nhất", "0912345678", "v1", "1.2-beta"):
        with pytest.raises(ReleaseUnreadable):
            give(levels, a_set("60"), min_software=words)
    assert give(levels, a_set("60"), min_software=" 0.1.0 ")


def test_older_software_refuses_and_says_which_version_is_needed(levels: Levels) -> None:
    digest = give(levels, a_set("60"), min_software="99.1")
    node = levels.communes[0]
    fetch(node)
    row = state_of(node)
    assert (row.state, row.why) == ("refused", "software-too-old")
    assert "99.1" in (row.words or "")
    assert value_in_force(node) is None
    levels.courier(node)
    assert told_upward(levels, digest) == {"05917": "refused"}


def test_what_was_refused_is_looked_at_again_and_the_same_refusal_is_told_once(levels: Levels) -> None:
    give(levels, a_set("60"), min_software="99.1")
    node = levels.communes[0]
    fetch(node)
    levels.pass_time(hours=7)
    assert fetch(node)
    with node.reading() as session:
        from backend.federation.packets.models import PacketOut

        assert len(session.scalars(select(PacketOut).where(PacketOut.stream == "acks")).all()) == 1


def test_the_longest_names_a_contest_of_many_communes_may_have_go_down_and_their_answer_up(
    levels: Levels,
) -> None:
    contest, round_ = "a" * LONGEST, "b" * LONGEST
    body = ContestTotal(contest, round_, "c" * 64, 1, 5, 20, 3, 3, 0, [])
    part = common_wire.part_of(body)
    digest, node = give(levels, body, kind=common_wire.TOTAL, part=part), levels.communes[0]
    fetch(node)
    assert state_of(node, f"contest-total/{part}").standing == digest
    levels.courier(node)
    assert told_upward(levels, digest) == {"05917": "applied"}
    assert len(place_of(f"contest-total/{part}", str(node.id))) <= DocumentState.series.type.length  # type: ignore[attr-defined]


def test_a_kind_this_software_does_not_know_is_refused_not_lost(levels: Levels) -> None:
    unknown = DocumentKind("lesson", "lesson/1", TargetsIn, "Bài học", lambda session, given: ())
    give(levels, a_set("60"), kind=unknown, part="x")
    node = levels.communes[0]
    fetch(node)
    assert state_of(node, "lesson/x").why == "kind-unknown"


def test_a_cut_link_leaves_what_came_and_the_next_turn_goes_on(levels: Levels) -> None:
    give(levels, a_set("60"))
    give(levels, a_set("61", title="Kế hoạch khác"), part="khac")
    node = levels.communes[0]
    seen: list[str] = []
    levels.link.cut(
        "after", fits=lambda carried: "/documents/" in carried.path and not seen.append(carried.path)
    )
    fetch(node)
    assert value_in_force(node) is None
    fetch(node)
    assert {state_of(node).state, state_of(node, "targets/khac").state} == {"applied"}


# --- what is not believed --------------------------------------------------------------------------------------------


def as_given(levels: Levels, digest: str) -> tuple[bytes, bytes]:
    """The catalogue of the first commune and the document, as they would go on a stick."""
    node = levels.province
    with node.writing() as session:
        child = next(one for one in peers.children(session, "state") if one.unit_code == "05917")
        return catalogue.for_peer(session, node.signer, child), store.document(session, digest).raw


def test_on_a_stick_the_same_comes_out_as_over_the_wire(levels: Levels) -> None:
    digest = give(levels, a_set("60"))
    node = levels.communes[0]
    with levels.province.writing() as session:
        child = next(one for one in peers.children(session, "state") if one.unit_code == "05917")
        stick = list(fetching.frames_for(session, levels.province.signer, child))
    with node.here():
        for outcome in ("kept", "known"):
            told = carrying.bring_in(node.database, sticks.write(stick), book(), node.signer)
            assert [one.outcome for one in told] == [outcome, outcome]
        fetching.apply_due(node.database, DOCUMENTS, node.settings.data)
    assert value_in_force(node) == "60"
    assert state_of(node).standing == digest


@pytest.mark.parametrize("which", [0, 1])
def test_an_altered_byte_anywhere_is_refused(levels: Levels, which: int) -> None:
    pair = as_given(levels, give(levels, a_set("60")))
    raw = pair[which]
    node = levels.communes[0]
    take = (taking.take_catalogue, taking.take_document)[which]
    with node.writing() as session:
        if which:
            taking.take_catalogue(session, pair[0], parent(session))
        for at in range(0, len(raw), max(1, len(raw) // 40)):
            wrong = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
            with pytest.raises((FrameRefused, DocumentRefused)):
                take(session, wrong, parent(session))


def test_a_document_that_no_catalogue_names_is_not_taken(levels: Levels) -> None:
    _, raw = as_given(levels, give(levels, a_set("60")))
    with levels.communes[0].writing() as session, pytest.raises(DocumentRefused) as refused:
        taking.take_document(session, raw, parent(session))
    assert refused.value.code == "not-in-catalogue"


def test_an_older_catalogue_does_not_bring_an_older_document_back(levels: Levels) -> None:
    old, _ = as_given(levels, give(levels, a_set("60")))
    give(levels, a_set("70"))
    node = levels.communes[0]
    fetch(node)
    with node.writing() as session, pytest.raises(DocumentRefused) as refused:
        taking.take_catalogue(session, old, parent(session))
    assert refused.value.code == "old-catalogue"


def test_the_catalogue_of_another_commune_is_not_ours(levels: Levels) -> None:
    raw, _ = as_given(levels, give(levels, a_set("60")))
    with levels.communes[1].writing() as session, pytest.raises(DocumentRefused) as refused:
        taking.take_catalogue(session, raw, parent(session))
    assert refused.value.code == "wrong-node"


def test_a_stranger_who_signs_in_the_name_of_the_province_is_not_believed(levels: Levels) -> None:
    digest = give(levels, a_set("60"))
    with levels.province.reading() as session:
        frame = giving.opened(store.document(session, digest))
    forged = frames.seal(levels.communes[1].signer, frame.header, frame.body_raw and a_set("99")).raw
    with levels.communes[0].writing() as session, pytest.raises(FrameRefused):
        taking.take_document(session, forged, parent(session))


def test_what_is_refused_on_the_way_is_on_record_and_changes_nothing(levels: Levels) -> None:
    """The province signs the answer, so the line is good; what it carries was signed by nobody known."""
    digest = give(levels, a_set("60"))
    node, province = levels.communes[0], levels.province
    with province.writing() as session:
        row = store.document(session, digest)
        forged = frames.seal(levels.communes[1].signer, giving.opened(row).header, a_set("60")).raw
        session.connection().execute(
            update(Document.__table__).where(Document.digest == digest).values(raw=forged)
        )  # type: ignore[arg-type]
    fetch(node)
    with node.here():
        trouble.flush(node.database)
    with node.reading() as session:
        assert session.scalars(select(Document)).all() == []
        assert [row.code for row in session.scalars(select(PeerTrouble))] == ["unknown-key"]


def test_a_restored_province_begins_a_new_epoch_and_its_catalogue_is_believed_again(levels: Levels) -> None:
    from backend.db.node import begin_epoch

    old, _ = as_given(levels, give(levels, a_set("60")))
    node = levels.communes[0]
    fetch(node)
    levels.pass_time(minutes=5)
    with levels.province.writing() as session:
        begin_epoch(session)
    new, _ = as_given(levels, give(levels, a_set("70")))
    with node.writing() as session:
        assert taking.take_catalogue(session, new, parent(session))
        with pytest.raises(DocumentRefused):
            taking.take_catalogue(session, old, parent(session))


def test_a_calendar_cannot_be_rolled_back_and_says_why(levels: Levels) -> None:
    from backend.own_calendars.from_above import CalendarIn

    body = CalendarIn("19", "19-thang-bao-cao", "Tháng báo cáo của tỉnh", "months", 15, 1, False, ())
    digest = give(levels, body, kind=CALENDARS, part="19-thang-bao-cao")
    node = levels.communes[0]
    fetch(node)
    with node.writing() as session:
        key = (parent(session).id, "calendar/19-thang-bao-cao")
        with pytest.raises(CannotTakeBack):
            standing.roll_back(session, DOCUMENTS, key, digest, "thử xem sao", Actor("staff", uuid.uuid4()))


def test_a_set_that_a_file_would_be_refused_for_is_refused(levels: Levels) -> None:
    body = a_set("60")
    wrong = TargetsIn(**{name: getattr(body, name) for name in body.__struct_fields__} | {"unit": "88"})
    give(levels, wrong)
    node = levels.communes[0]
    fetch(node)
    assert state_of(node).why == "outside-reach"
    assert from_above.TARGETS.name == "targets"
    with node.reading() as session:
        assert session.scalars(select(PeerTrouble)).all() == []
