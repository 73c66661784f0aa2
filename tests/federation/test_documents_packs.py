"""Packs down, with questions that nobody at a commune can read before they open."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from backend import clock
from backend.federation.documents import fetching, giving, standing, store
from backend.federation.documents.models import DocumentState
from backend.federation.peers import queries as peers
from backend.safeguards.audit import OPERATOR, Actor
from backend.streams import DOCUMENTS
from campaigns import campaigns, from_above, giving_packs, lifecycle
from campaigns.contest import bank
from campaigns.contest.models import ContestQuestion
from campaigns.drafting import Document
from campaigns.from_above import KEYS, KeyIn, PackIn
from campaigns.from_above_models import GivenPack, PackKey
from campaigns.given_pack import NotAllowedByPack, StillSealed, check_addition
from campaigns.giving_packs import OpensInThePast, Order
from campaigns.models import Activity, Campaign
from campaigns.pack import read_pack, sealed
from campaigns.pack.sealed import SealBroken
from campaigns.pack.store import SHIPPED, at_hand, read_once
from tests.support.levels import Levels, Node, province_and_communes

PACK = SHIPPED / "tim-hieu-chuyen-doi-so"


@pytest.fixture
def levels(tmp_path: Path) -> Iterator[Levels]:
    with province_and_communes(tmp_path, communes=1, lines=("state",)) as found:
        yield found


def give(levels: Levels, hours: float | None = 48, **more: object) -> str:
    node = levels.province
    with node.writing() as session:
        opens = clock.now() + timedelta(hours=hours) if hours is not None else None
        order = Order(("19",), "state", opens_at=opens, **more)  # type: ignore[arg-type]
        return giving_packs.give(
            session, node.signer, PACK, order, Actor("staff", node.staff["office"])
        ).digest


def fetch(node: Node) -> None:
    with node.here(), node.levels.link.client() as client:
        fetching.turn(node.database, node.signer, DOCUMENTS, client, node.settings.data)


def give_keys(levels: Levels) -> int:
    with levels.province.here():
        return giving_packs.give_due_keys(levels.province.database, levels.province.signer)


def from_province(node: Node) -> list[Path]:
    return [folder for folder in at_hand(node.settings.data) if folder.name.startswith("tren-")]


def launch(node: Node) -> None:
    """The organiser prepares and releases it while its questions lie under seal."""
    folder = from_province(node)[0]
    with node.writing() as session:
        by, pack = Actor("staff", node.staff["an"]), read_once(folder)
        dates = campaigns.dates_of(pack, clock.today() + timedelta(days=1))
        document = Document("12/KH", clock.today(), "Kế hoạch")
        made = campaigns.prepare(session, pack, node.unit, dates, by, document=document)
        campaigns.release(session, made.id, Actor("staff", node.staff["releaser"]))


def test_nobody_at_the_commune_can_read_the_questions_before_they_open(levels: Levels) -> None:
    node = levels.communes[0]
    give(levels)
    fetch(node)
    (folder,) = from_province(node)
    assert not (folder / "questions").exists()
    questions = read_pack(PACK).parts["contest"].questions
    told = questions[0].told.text.vi
    for path in node.settings.data.rglob("*"):
        if path.is_file():
            assert told.encode() not in path.read_bytes(), path
    pack = read_once(folder)
    assert pack.parts["contest"].questions == ()
    assert pack.how_many_questions == len(questions)


def test_a_sealed_pack_is_prepared_and_released_and_opens_by_itself_when_the_key_has_come(
    levels: Levels,
) -> None:
    node = levels.communes[0]
    give(levels, hours=24)
    fetch(node)
    launch(node)
    levels.pass_time(days=1, hours=7)
    with node.writing() as session:
        first = session.scalars(select(Activity).order_by(Activity.opens_at)).first()
        assert first is not None
        with pytest.raises(StillSealed):
            lifecycle.open_activity(session, first, OPERATOR)
    assert give_keys(levels) == 1
    assert give_keys(levels) == 0
    fetch(node)
    with node.writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        assert len(bank.in_force(session, campaign.id)) == read_pack(PACK).how_many_questions
        for activity in lifecycle.unsettled(session):
            lifecycle.turn(session, activity, clock.now())
        assert session.scalars(select(Activity).order_by(Activity.opens_at)).first().state == "open"  # type: ignore[union-attr]
        assert session.scalars(select(GivenPack.opened_at)).one() is not None
    (folder,) = from_province(node)
    assert read_pack(folder).digest == read_pack(PACK).digest


def test_a_key_that_cannot_go_out_does_not_keep_another_contest_shut(
    levels: Levels, caplog: pytest.LogCaptureFixture
) -> None:
    stuck, other = give(levels, hours=24), give(levels, hours=25)
    with levels.province.writing() as session:
        session.get_one(PackKey, stuck).scope = ["99999"]  # the unit is gone since
    levels.pass_time(hours=26)
    assert give_keys(levels) == 1
    with levels.province.reading() as session:
        assert [session.get_one(PackKey, one).given is None for one in (stuck, other)] == [True, False]
    assert stuck in caplog.text
    with levels.province.writing() as session:
        session.get_one(PackKey, stuck).scope = ["19"]
    assert give_keys(levels) == 1, "it is tried again"


def test_the_key_does_not_leave_before_its_hour(levels: Levels) -> None:
    give(levels, hours=24)
    levels.pass_time(hours=23, minutes=59)
    assert give_keys(levels) == 0
    levels.pass_time(minutes=1)
    assert give_keys(levels) == 1


def test_a_pack_cannot_open_in_the_past(levels: Levels) -> None:
    with pytest.raises(OpensInThePast):
        give(levels, hours=-1)


def test_a_key_that_comes_before_its_pack_waits_for_it(levels: Levels) -> None:
    node, province = levels.communes[0], levels.province
    digest = give(levels, hours=1)
    levels.pass_time(hours=2)
    give_keys(levels)
    levels.link.cut("before", fits=lambda carried: carried.path.endswith(digest))
    with province.reading() as session:
        key = session.scalars(select(PackKey)).one().given
    with node.here(), levels.link.client() as client, pytest.MonkeyPatch.context() as patch:
        smallest_first = fetching.taking.missing
        patch.setattr(
            fetching.taking, "missing", lambda *a: [one for one in smallest_first(*a) if one.digest == key]
        )
        fetching.turn(node.database, node.signer, DOCUMENTS, client, node.settings.data)
    with node.reading() as session:
        state = session.scalars(
            select(DocumentState).where(DocumentState.series.startswith("contest-key/"))
        ).one()
        assert state.state == "waiting"
    levels.link.faults.clear()
    levels.pass_time(minutes=2)
    fetch(node)
    levels.pass_time(minutes=2)
    fetch(node)
    with node.reading() as session:
        assert session.scalars(select(GivenPack.opened_at)).one() is not None


def test_a_pack_put_aside_before_its_key_came_is_not_offered_once_it_is_open(levels: Levels) -> None:
    node = levels.communes[0]
    digest = give(levels, hours=1)
    fetch(node)
    with node.writing() as session:
        from_above.put_aside(session, node.settings.data, digest)
    levels.pass_time(hours=2)
    give_keys(levels)
    fetch(node)
    with node.reading() as session:
        row = session.get_one(GivenPack, digest)
        assert (row.opened_at is not None, row.aside_at is not None) == (True, True)
    assert from_province(node) == []


def test_another_key_another_pack_or_an_altered_byte_opens_nothing() -> None:
    key = sealed.new_key()
    now = clock.now()
    told = sealed.seal({"questions/a.yaml": b"- code: x"}, key, "pack/a", "0" * 64, now, ())
    assert sealed.open_with(told, key, "pack/a") == {"questions/a.yaml": b"- code: x"}
    wrong = bytes([told.text[0] ^ 1]) + told.text[1:]
    for broken, with_key, about in (
        (told, sealed.new_key(), "pack/a"),
        (told, key, "pack/b"),
        (msgspec.structs.replace(told, text=wrong), key, "pack/a"),
    ):
        with pytest.raises(SealBroken):
            sealed.open_with(broken, with_key, about)


def test_questions_other_than_those_that_were_sealed_are_not_opened(levels: Levels) -> None:
    """The key fits, the text is whole, and yet it is not the pack that was promised."""
    node = levels.communes[0]
    digest = give(levels)
    fetch(node)
    with levels.province.reading() as session:
        key = session.scalars(select(PackKey)).one().key
    with node.writing() as session:
        row = store.document(session, digest)
        body = fetching.standing.frames.read_body(giving.opened(row), PackIn)
        assert body.sealed is not None
        other = msgspec.structs.replace(body, sealed=msgspec.structs.replace(body.sealed, opens_as="0" * 64))
        with pytest.raises(SealBroken):
            from_above.open_questions(session, KeyIn(digest, key), other, row.series, node.settings.data)
    assert len(from_province(node)) == 1


@pytest.mark.parametrize(
    "name", ["../pack.yaml", "/etc/x.yaml", "a/../../b.yaml", ".hidden/x.yaml", "a\\b.yaml"]
)
def test_no_file_of_a_pack_lies_outside_its_folder(name: str) -> None:
    with pytest.raises(SealBroken):
        sealed.safe(name)


def test_an_open_pack_is_offered_as_it_is_and_a_newer_one_takes_its_place(
    levels: Levels, tmp_path: Path
) -> None:
    node = levels.communes[0]
    give(levels, hours=None)
    fetch(node)
    (first,) = from_province(node)
    assert read_pack(first).digest == read_pack(PACK).digest
    second = give(levels, hours=None, additions=("questions",))
    fetch(node)
    (standing_now,) = from_province(node)
    assert standing_now != first
    with node.writing() as session:
        key = (peers.parents(session, "state")[0].id, "pack/tim-hieu-chuyen-doi-so")
        by = Actor("staff", node.staff["an"])
        standing.roll_back(session, DOCUMENTS, key, second, "Bản mới thiếu ảnh", by, node.settings.data)
    assert from_province(node) == [first]


def test_what_the_pack_does_not_leave_to_the_commune_is_not_changed_there(levels: Levels) -> None:
    node = levels.communes[0]
    give(levels, hours=None, additions=("dates",))
    fetch(node)
    launch(node)
    by = Actor("staff", node.staff["an"])
    with node.writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        one = session.scalars(
            select(ContestQuestion).where(ContestQuestion.campaign_id == campaign.id)
        ).first()
        assert one is not None
        with pytest.raises(NotAllowedByPack):
            bank.revise(session, campaign, one.code, one.revision, {"difficulty": 3}, by)
        check_addition(session, campaign, "dates")
        assert KEYS.take_back is None
