"""Certificates for everybody who passed, in one step: the page before, the page while, the page after."""

import io
import uuid
import zipfile

import pytest
from sqlalchemy import select, update

from backend import clock
from backend.certificates import baked, batches, designs, issue, looking, turn
from backend.certificates.batch_models import CertificateBatch
from backend.certificates.hands import OneHand
from backend.certificates.issue import Owner
from backend.certificates.models import Certificate
from backend.certificates.revoke import revoke
from backend.db.base import new_id
from backend.media import store
from backend.participation.models import Fact
from backend.people.models import Person, SubjectLink
from backend.safeguards import signing
from backend.safeguards.audit import OPERATOR
from campaigns import certificate_batches
from campaigns.models import Activity, Campaign
from tests.admin.desk import Desk, take_part, trail
from tests.admin.test_award_paper import writing_meanwhile
from tests.certificates.test_batches import entries
from tests.support.contest import close, settle
from tests.support.world import World

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def new(world: World) -> str:
    return f"/admin/activities/{world.activity}/certificates"


def over(world: World, people: int = 6) -> None:
    """People with an account took part, it is closed, results are fixed."""
    papers = take_part(world, people)
    with world.database.transaction() as session:
        for number, paper in enumerate(papers):
            person = Person(
                id=new_id(), name=f"Nguyễn Văn Số {number}", birth_year=1980, joined_at=clock.now()
            )
            session.add(person)
            session.flush()  # the link needs its person
            session.add(SubjectLink(subject=paper.subject, person_id=person.id))
    close(world)
    settle(world)


def made(world: World) -> list[CertificateBatch]:
    with world.database.transaction(writes=False) as session:
        return list(session.scalars(select(CertificateBatch)))


def drawn(world: World, papers: bool = False) -> None:
    services = world.app.services
    hand = OneHand(
        services.signer, services.settings.public_url, store.folder_in(services.settings.data), sample=True, papers=papers
    )  # fmt: skip
    while turn.turn(world.database, hand):
        pass


def certificates(world: World) -> list[Certificate]:
    with world.database.transaction(writes=False) as session:
        return list(session.scalars(select(Certificate)))


def formal(world: World, unit: uuid.UUID | None = None) -> uuid.UUID:
    """A batch behind which a decision stands."""
    with world.database.transaction() as session:
        return batches.make(
            session, "decision", uuid.uuid4(), entries(2), designs.shipped_id("giay-khen"), OPERATOR,
            unit=unit or world.commune, public_url="https://lantoa.example", title="Quyết định 15",
            tier="formal",
        ).id  # fmt: skip


def test_before_the_results_are_settled_nobody_gets_one(world: World, desk: Desk) -> None:
    take_part(world, 3)
    assert 'data-testid="not-settled"' in desk("an").get(new(world)).text
    answer = desk("an").post(new(world))
    assert (answer.status_code, made(world)) == (409, [])


def test_all_who_passed_get_theirs_in_one_step(world: World, desk: Desk) -> None:
    over(world)
    page = desk("an").get(new(world))
    assert 'data-testid="make-batch"' in page.text
    answer = desk("an").post(new(world))
    assert answer.status_code == 303, answer.text
    (batch,) = made(world)
    assert answer.location.endswith(str(batch.id))
    drawn(world)
    shown = desk("an").get(answer.location).text
    assert 'data-state="done"' in shown
    assert len(certificates(world)) == batch.total > 0
    assert {row.activity_id for row in certificates(world)} == {world.activity}
    assert len(trail(world, "batch.make")) == 1
    assert f">{batch.total}<" in desk("an").get(f"/admin/batches/{batch.id}/live").text


def test_the_second_officer_is_led_to_what_the_first_made(world: World, desk: Desk) -> None:
    over(world)
    desk("an").post(new(world))
    answer = desk("an").post(new(world))
    assert (answer.status_code, 'data-testid="problem"' in answer.text) == (409, True)
    assert str(made(world)[0].id) in answer.text
    assert len(made(world)) == 1


def test_a_name_that_cannot_be_printed_is_shown_before_and_after(world: World, desk: Desk) -> None:
    over(world)
    with world.database.transaction() as session:
        took_part = select(SubjectLink.person_id).where(SubjectLink.subject.in_(select(Fact.subject)))
        session.execute(update(Person).where(Person.id.in_(took_part)).values(name="Lê Văn 😀 <b>"))
    page = desk("an").get(new(world)).text
    assert "😀 &lt;b&gt;" in page
    desk("an").post(new(world))
    drawn(world)
    (batch,) = made(world)
    shown = desk("an").get(f"/admin/batches/{batch.id}").text
    assert "U+1F600" in shown
    assert trail(world, "batch.refused")


def test_stopping_asks_for_a_reason_and_going_on_is_one_button(world: World, desk: Desk) -> None:
    over(world)
    desk("an").post(new(world))
    (batch,) = made(world)
    here = f"/admin/batches/{batch.id}"
    short = desk("an").post(f"{here}/stop", data={"why": "x"})
    assert (short.status_code, 'value="x"' in short.text) == (409, True), "what was typed stays"
    assert desk("an").post(f"{here}/stop", data={"why": "chọn nhầm mẫu"}).status_code == 303
    drawn(world)
    assert certificates(world) == []
    assert "chọn nhầm mẫu" in desk("an").get(here).text
    assert desk("an").post(f"{here}/go-on").status_code == 303
    drawn(world)
    assert len(certificates(world)) == batch.total
    assert desk("an").post(f"{here}/stop", data={"why": "quá muộn rồi"}).status_code == 409
    assert [row.deed for deed in ("batch.stop", "batch.go_on") for row in trail(world, deed)] == [
        "batch.stop",
        "batch.go_on",
    ]


def test_the_printer_gets_every_paper_that_stands_and_no_name_in_a_files_name(
    world: World, desk: Desk
) -> None:
    over(world)
    desk("an").post(new(world))
    drawn(world, papers=True)
    (batch,) = made(world)
    rows = certificates(world)
    with world.database.transaction() as session:
        revoke(session, rows[0].number, "sai tên", OPERATOR)
    for kind, begins in (("pdf", b"%PDF"), ("png", b"\x89PNG")):
        answer = desk("an").get(f"/admin/batches/{batch.id}.{kind}.zip")
        assert answer.status_code == 200
        packed = zipfile.ZipFile(io.BytesIO(answer.data))
        assert packed.testzip() is None
        names = packed.namelist()
        assert {name[6:25] for name in names} == {row.number for row in rows[1:]}, "not the one taken back"
        assert all(packed.read(name).startswith(begins) for name in names)
    assert all(baked.credential_in(packed.read(name)) for name in names)
    assert len(trail(world, "batch.read")) == 2
    assert desk("an").get(f"/admin/batches/{batch.id}.exe.zip").status_code == 404


@on_sqlite
def test_papers_with_a_decision_behind_them_are_not_the_organisers(world: World, desk: Desk) -> None:
    batch, far = formal(world), formal(world, world.far_commune)
    for address in ("", "/live", ".pdf.zip"):
        assert desk("an").get(f"/admin/batches/{batch}{address}").status_code == 404
        assert desk("emulation").get(f"/admin/batches/{batch}{address}").status_code == 200
        assert desk("emulation").get(f"/admin/batches/{far}{address}").status_code == 404
    assert (
        desk("an").post(f"/admin/batches/{batch}/stop", data={"why": "không phải của tôi"}).status_code == 404
    )
    assert "Quyết định 15" not in desk("an").get("/admin/batches").text
    assert "Quyết định 15" in desk("emulation").get("/admin/batches").text


@on_sqlite
@pytest.mark.parametrize(
    "query", ["before=x", "before=" + str(uuid.UUID(int=1)), "after=-5", "after=x", "after=99999999999"]
)
def test_addresses_that_nobody_wrote_are_pages_like_others(world: World, desk: Desk, query: str) -> None:
    batch = formal(world)
    assert desk("emulation").get(f"/admin/batches?{query}").status_code == 200
    assert desk("emulation").get(f"/admin/batches/{batch}?{query}").status_code == 200
    assert desk("an").get(f"{new(world)}?design=x").status_code == 404


def test_who_asked_before_is_counted_and_keeps_the_own(world: World, desk: Desk) -> None:
    over(world)
    desk("an").post(new(world))
    drawn(world)
    first = {row.number for row in certificates(world)}
    page = desk("an").get(new(world)).text
    assert 'data-testid="make-batch"' not in page, "all have theirs"
    refused = desk("an").post(new(world), data={"design": str(designs.ORGANISER)})
    assert refused.status_code == 409
    assert {row.number for row in certificates(world)} == first


@on_sqlite
@pytest.mark.parametrize("method", ["get", "post"])
def test_others_write_while_names_are_tried(
    world: World, desk: Desk, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    over(world)
    wrote = writing_meanwhile(world, monkeypatch)
    assert desk("an").open(new(world), method=method).status_code in (200, 303)
    assert wrote == ["while they are read", "while they are tried"]
    assert len(made(world)) == (method == "post")


@on_sqlite
def test_names_that_were_tried_are_not_tried_again_inside(
    world: World, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    over(world)
    tried, one = list[str](), looking._tried
    monkeypatch.setattr(looking, "_tried", lambda entry, known: tried.append("x") or one(entry, known))
    assert desk("an").post(new(world)).status_code == 303
    assert len(tried) == made(world)[0].total > 0


def test_who_got_one_between_the_look_and_the_making_is_left_out(world: World) -> None:
    over(world)
    with world.database.transaction(writes=False) as session:
        activity = session.get_one(Activity, world.activity)
        campaign = session.get_one(Campaign, activity.campaign_id)
        found = certificate_batches.passers(session, activity, campaign)
        ready = found, batches.look(found.entries, designs.find(session, None))
    first = found.entries[0]
    with world.database.transaction() as session:
        signer = world.app.services.signer
        signing.remember(session, signer)
        (slot,) = issue.slots(session, "https://lantoa.example", 1, clock.now(), clock.today())
        owner = Owner(world.commune, world.activity, first.subject)
        issue.place(session, first.words, slot, issue.seal(first.words, slot, signer), owner, OPERATOR)
    with world.database.transaction() as session:
        batch = certificate_batches.make(
            session, activity, campaign, designs.ORGANISER, OPERATOR, "https://lantoa.example", ready
        )
    assert batch.total == len(found.entries) - 1


@on_sqlite
def test_a_paper_that_cannot_be_drawn_breaks_no_zip(world: World, desk: Desk) -> None:
    over(world)
    desk("an").post(new(world))
    drawn(world)
    (batch,), rows = made(world), certificates(world)
    with world.database.transaction() as session:
        lost = update(Certificate).where(Certificate.id == rows[0].id).values(design_id=uuid.uuid4())
        session.execute(lost)
    answer = desk("an").get(f"/admin/batches/{batch.id}.pdf.zip")
    packed = zipfile.ZipFile(io.BytesIO(answer.data))
    assert packed.testzip() is None
    (note,) = [name for name in packed.namelist() if name.endswith(".txt")]
    assert rows[0].number in note
    assert len(packed.namelist()) == len(rows), "the others are all there"
