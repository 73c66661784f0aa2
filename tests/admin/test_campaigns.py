"""The console's campaigns: launched in five steps, released by whoever may, edited by two at once."""

import io
import re
import uuid
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from admin import campaign_words
from backend import clock
from backend.http import STAFF_TOKEN
from backend.people import sign_in
from backend.people.models import RoleGrant
from campaigns import campaigns as life
from campaigns.contest.schemas import ContestSettings
from campaigns.models import PARTS, STAGES, STATES, Activity, Campaign
from campaigns.movement.schemas import MovementSettings
from tests.support.packs import FILES, write_pack
from tests.support.world import World

NOON = datetime(2026, 11, 20, 12, tzinfo=clock.VIETNAM)
SHIPPED = "tim-hieu-chuyen-doi-so"
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def stopped() -> Iterator[Callable[[timedelta], None]]:
    with clock.stopped_at(NOON) as on:
        yield on


@pytest.fixture(autouse=True)
def without_tokens(stopped: Callable[[timedelta], None], world: World) -> None:
    """The commune is planted at that noon too, and its forms need no token here."""
    world.app.config["WTF_CSRF_METHODS"] = set()


def console(world: World, name: str) -> FlaskClient:
    with world.database.transaction() as session:
        token, _ = sign_in.open_session(session, world.staff[name], None)
    client = world.client()
    with client.session_transaction() as cookie:
        cookie[STAFF_TOKEN] = token
    return client


@pytest.fixture
def an(world: World) -> FlaskClient:
    """The organiser."""
    return console(world, "an")


@pytest.fixture
def releaser(world: World) -> FlaskClient:
    return console(world, "releaser")


@pytest.fixture
def draft(world: World, an: FlaskClient, tmp_path: Path) -> str:
    """The address of a draft of the small pack, brought as a zip."""
    bring(an, zipped(write_pack(tmp_path / "goi")))
    pack = re.findall(r'name="pack" value="(thu-[^"]+)"', an.get("/admin/campaigns/new").text)[0]
    made = an.post(
        "/admin/campaigns", data={"pack": pack, "owner": str(world.commune), "begins": "2026-12-01"}
    )
    assert made.status_code == 302, made.text
    return made.location.removesuffix("/who")


def zipped(folder: Path) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in folder.rglob("*"):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    out.seek(0)
    return out


def bring(client: FlaskClient, file: io.BytesIO) -> TestResponse:
    return client.post("/admin/campaigns/packs", data={"file": (file, "goi.zip")}, follow_redirects=True)


def typed(page: TestResponse) -> dict[str, list[str]]:
    """What a browser would send of the step's form as it stands."""
    form = page.text[page.text.index('data-testid="step-form"') :]
    form = form[: form.index("</form>")]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if (
            "disabled" in tag
            or "name" not in found
            or (found.get("type") == "checkbox" and " checked" not in tag)
        ):
            continue
        sent.setdefault(found["name"], []).append(plain(found.get("value", "")))
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        sent[name] = [plain(body)]
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        sent[name] = [plain(value) for value in re.findall(r'<option value="([^"]*)" selected', body)] or [""]
    return sent


def plain(text: str) -> str:
    for code, letter in (("&amp;", "&"), ("&#34;", '"'), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">")):
        text = text.replace(code, letter)
    return text


def save(client: FlaskClient, address: str, **changed: object) -> TestResponse:
    """Open a step, change some fields, save."""
    return client.post(address, data=typed(client.get(address)) | changed)


def campaign_at(world: World, address: str) -> Campaign:
    with world.database.transaction(writes=False) as session:
        code = address.rstrip("/").rpartition("/")[2]
        return session.scalars(select(Campaign).where(Campaign.id == uuid.UUID(code))).one()


def rounds(world: World, address: str) -> list[Activity]:
    with world.database.transaction(writes=False) as session:
        rows = select(Activity).where(Activity.campaign_id == campaign_at(world, address).id)
        return list(session.scalars(rows.order_by(Activity.opens_at)))


# --- from pack to release -------------------------------------------------------------------------------------------


def test_a_launch_in_five_steps_with_the_defaults(
    world: World, an: FlaskClient, releaser: FlaskClient
) -> None:
    first = an.get("/admin/campaigns/new")
    assert SHIPPED in first.text
    made = an.post(
        "/admin/campaigns", data={"pack": SHIPPED, "owner": str(world.commune), "begins": "2026-11-23"}
    )
    address = made.location.removesuffix("/who")
    who = save(an, made.location, document_number="12/KH-UBND", document_date="2026-11-16")
    assert who.location == f"{address}/when"
    when = save(an, who.location)
    assert when.location == f"{address}/rules"
    rules = save(an, when.location)
    assert rules.location == f"{address}/check"
    ready = an.get(rules.location, follow_redirects=True)
    assert 'data-testid="ready"' in ready.text
    assert 'data-testid="release"' not in ready.text, "who prepares does not release"
    seen = releaser.get(address)
    revision = re.findall(r'name="revision" value="(\d+)"', seen.text)[0]
    assert an.post(f"{address}/release", data={"revision": revision}).status_code == 403
    released = releaser.post(f"{address}/release", data={"revision": revision}, follow_redirects=True)
    assert "Đã phát hành" in released.text
    row = campaign_at(world, address)
    assert (row.state, row.released_by, row.prepared_by) == (
        "scheduled",
        world.staff["releaser"],
        world.staff["an"],
    )
    opens = [activity.opens_at.astimezone(clock.VIETNAM) for activity in rounds(world, address)]
    assert [moment.strftime("%d/%m %H:%M") for moment in opens] == [
        "23/11 07:00",
        "07/12 07:00",
        "21/12 07:00",
    ]


def test_releasing_what_was_edited_meanwhile_is_refused(
    world: World, an: FlaskClient, releaser: FlaskClient, draft: str
) -> None:
    save(an, f"{draft}/who", pilot="1")
    revision = re.findall(r'name="revision" value="(\d+)"', releaser.get(draft).text)[0]
    save(an, f"{draft}/who", title_vi="Tên khác")
    assert releaser.post(f"{draft}/release", data={"revision": revision}).status_code == 409
    assert campaign_at(world, draft).state == "draft"


def test_a_campaign_goes_through_its_life_by_buttons(
    world: World, an: FlaskClient, releaser: FlaskClient, draft: str, stopped: Callable[[timedelta], None]
) -> None:
    save(an, f"{draft}/who", pilot="1")
    releaser.post(f"{draft}/release", data={"revision": campaign_at(world, draft).revision})
    assert releaser.post(f"{draft}/withdraw", data={"reason": "cần sửa"}).status_code == 302
    assert an.post(f"{draft}/discard").status_code == 409
    releaser.post(f"{draft}/release", data={"revision": campaign_at(world, draft).revision})
    first = rounds(world, draft)[0]
    assert an.post(f"/admin/activities/{first.id}/open").status_code == 302
    stopped(timedelta(minutes=1))
    assert an.post(f"{draft}/pause", data={"reason": " "}).status_code == 409
    assert an.post(f"{draft}/pause", data={"reason": "mất điện"}).status_code == 302
    assert "mất điện" in an.get(draft).text
    for deed in ("resume", "close"):
        assert an.post(f"{draft}/{deed}").status_code == 302, deed
    assert an.post(f"{draft}/archive").status_code == 409
    assert an.post(f"/admin/activities/{first.id}/settle").status_code == 302
    assert (
        an.post(f"{draft}/stage", data={"stage": "evaluated", "reason": "Hai xóm làm tốt"}).status_code == 302
    )
    assert an.post(f"{draft}/archive").status_code == 302
    row = campaign_at(world, draft)
    assert (row.state, row.stage) == ("archived", "evaluated")
    assert an.get(f"{draft}/who").status_code == 409


# --- bad packs --------------------------------------------------------------------------------------------------------


def test_what_is_wrong_with_a_pack_is_listed_by_file_and_line(an: FlaskClient, tmp_path: Path) -> None:
    folder = write_pack(tmp_path / "goi")
    text = FILES["questions/mot.yaml"].replace("key: b", "key: [b, c]")
    (folder / "questions/mot.yaml").write_text(text, encoding="utf-8")
    (folder / "pictures/bia.png").write_bytes(b"<svg/>")
    answer = bring(an, zipped(folder))
    assert answer.status_code == 409
    told = re.findall(
        r'data-testid="pack-error"><code>([^<]+)</code> <b>dòng (\d+)</b> <span>([^<]+)', answer.text
    )
    assert [(file, line) for file, line, _ in told] == [("pack.yaml", "8"), ("questions/mot.yaml", "10")]
    assert "nhưng có 2 đáp án đúng" in told[1][2]
    assert "thu-v1" not in an.get("/admin/campaigns/new").text, "nothing is kept of it"


def test_a_pack_larger_than_any_other_request_comes_in_and_only_there(
    an: FlaskClient, world: World, tmp_path: Path
) -> None:
    folder = write_pack(tmp_path / "goi")
    (folder / "READING.md").write_bytes(bytes(range(256)) * 8000)
    big = zipped(folder).getvalue()
    assert len(big) > world.app.config["MAX_CONTENT_LENGTH"]
    assert bring(an, io.BytesIO(big)).status_code == 200
    stranger = world.client().post("/admin/campaigns/packs", data={"file": (io.BytesIO(big), "goi.zip")})
    assert stranger.status_code == 302, "asked to sign in before anything of it is read"
    huge = io.BytesIO(b"0" * 21_000_000)
    assert bring(an, huge).status_code == 413


@pytest.mark.parametrize("sent", [{}, {"pack": "../../etc"}, {"pack": "khong-co"}])
def test_a_pack_that_is_not_there(an: FlaskClient, world: World, sent: dict[str, str]) -> None:
    assert an.post("/admin/campaigns", data={"owner": str(world.commune)} | sent).status_code == 409


def test_an_owner_out_of_reach(an: FlaskClient, world: World) -> None:
    for owner, status in ((str(world.far_commune), 403), ("x", 404), (str(world.province), 403)):
        assert an.post("/admin/campaigns", data={"pack": SHIPPED, "owner": owner}).status_code == status


# --- the steps as forms -------------------------------------------------------------------------------------------------


def test_of_two_editors_the_second_is_told_and_keeps_what_was_typed(
    world: World, an: FlaskClient, draft: str
) -> None:
    address = f"{draft}/who"
    first, second = typed(an.get(address)), typed(an.get(address))
    assert an.post(address, data=first | {"title_vi": "Tên của người thứ nhất"}).status_code == 302
    told = an.post(address, data=second | {"title_vi": "Tên của người thứ hai", "document_number": "9/KH"})
    assert told.status_code == 409
    assert 'data-testid="changed-meanwhile"' in told.text
    kept = typed(told)
    assert (kept["title_vi"], kept["document_number"]) == (["Tên của người thứ hai"], ["9/KH"])
    newer = re.findall(r'data-testid="newer-title_vi">(.*?)</span>', told.text, re.S)
    assert "Tên của người thứ nhất" in newer[0]
    assert campaign_at(world, draft).title["vi"] == "Tên của người thứ nhất"
    assert an.post(address, data=kept).status_code == 302, "having seen the other's, the second may save"
    assert campaign_at(world, draft).title["vi"] == "Tên của người thứ hai"


def test_a_refused_step_keeps_what_was_typed_and_writes_nothing(
    world: World, an: FlaskClient, draft: str
) -> None:
    told = save(an, f"{draft}/when", opens_1="2026-12-05T07:00", closes_1="2026-12-04T07:00")
    assert told.status_code == 409
    assert 'data-testid="refused"' in told.text
    assert typed(told)["opens_1"] == ["2026-12-05T07:00"]
    told = save(an, f"{draft}/when", opens_2="ngày mai")
    assert told.status_code == 409
    assert typed(told)["opens_2"] == ["ngày mai"]
    told = save(an, f"{draft}/who", title_vi="  ", themes="Một, Hai, Một")
    assert told.status_code == 409
    assert typed(told)["themes"] == ["Một, Hai, Một"]
    assert campaign_at(world, draft).revision == 1
    save(an, f"{draft}/who", themes="Một, Hai, Một")
    assert campaign_at(world, draft).themes == ["Một", "Hai"]


def test_all_rounds_can_be_moved_together_and_looked_at_before_saving(
    world: World, an: FlaskClient, draft: str
) -> None:
    looked = save(an, f"{draft}/when", do="look", begins="2027-01-04")
    assert looked.status_code == 200
    fields = typed(looked)
    assert (fields["opens_1"], fields["closes_2"]) == (["2027-01-04T07:00"], ["2027-01-17T21:00"])
    assert campaign_at(world, draft).revision == 1
    for wrong in ("", "hôm nay"):
        assert save(an, f"{draft}/when", do="look", begins=wrong).status_code == 200


def test_the_rules_are_shown_as_they_would_be_and_saved(world: World, an: FlaskClient, draft: str) -> None:
    changed = {
        "dot-1.time_limit_s": "12",
        "dot-1.attempts_per_person": "",
        "dot-1.counting_attempt": "last",
        "dot-1.rules_vi": "Điều thêm.",
    }
    looked = save(an, f"{draft}/rules", do="look", **changed)
    assert looked.status_code == 200
    assert "12 phút" in looked.text
    assert "Điều thêm." in looked.text
    assert rounds(world, draft)[0].settings["time_limit_s"] == 1200
    assert save(an, f"{draft}/rules", **changed).status_code == 302
    settings = rounds(world, draft)[0].settings
    assert (settings["time_limit_s"], settings["attempts_per_person"], settings["counting_attempt"]) == (
        720,
        None,
        "last",
    )
    assert len(settings["strata"]) == 2
    save(an, f"{draft}/rules", **{"dot-1.free": "1", "dot-1.open_to": ["party_cell", "youth_branch"]})
    settings = rounds(world, draft)[0].settings
    assert (settings["strata"], settings["open_to"]) == ([], ["party_cell", "youth_branch"])


@pytest.mark.parametrize("wrong", ["0", "-5", "nhiều", "1e99", "nan", "inf", "", "2.5"])
def test_numbers_that_are_none(world: World, an: FlaskClient, draft: str, wrong: str) -> None:
    told = save(an, f"{draft}/rules", **{"dot-1.questions_per_attempt": wrong})
    assert told.status_code == 409
    assert typed(told)["dot-1.questions_per_attempt"] == [wrong] or wrong in ("0", "-5")
    assert rounds(world, draft)[0].settings["questions_per_attempt"] == 3


def test_a_paper_larger_than_the_bank_is_told_before_the_release(an: FlaskClient, draft: str) -> None:
    save(an, f"{draft}/who", pilot="1")
    save(an, f"{draft}/rules", **{"dot-2.questions_per_attempt": "50"})
    assert "Đợt 2" in an.get(draft).text.split('data-testid="missing"')[1].split("</ol>")[0]


# --- who may what -----------------------------------------------------------------------------------------------------


def test_a_draft_is_seen_by_the_owners_people_alone(world: World, draft: str) -> None:
    seen = {name: console(world, name).get(draft).status_code for name in world.staff}
    assert {name for name, status in seen.items() if status == 200} == {
        "an",
        "releaser",
        "office",
        "inspector",
        "editor",
    }
    assert {seen[name] for name in ("far", "head", "dpo", "operator")} == {403}
    listed = console(world, "head").get("/admin/campaigns").text
    assert "Cuộc thi thử" not in listed
    assert "Cuộc thi thử" in console(world, "releaser").get("/admin/campaigns").text


def test_only_its_own_people_change_it(world: World, draft: str) -> None:
    for name in set(world.staff) - {"an"}:
        client = console(world, name)
        assert client.get(f"{draft}/who").status_code == 403, name
        assert client.post(f"{draft}/discard").status_code == 403, name
    for name in set(world.staff) - {"releaser"}:
        assert console(world, name).post(f"{draft}/release", data={"revision": "1"}).status_code == 403, name


def test_the_head_of_the_owner_may_release(world: World, an: FlaskClient, draft: str) -> None:
    save(an, f"{draft}/who", pilot="1")
    with world.database.transaction() as session:
        grant = RoleGrant(
            person_id=world.staff["head"],
            role="unit_head",
            unit_id=world.commune,
            valid_from=date(2026, 1, 1),
        )
        session.add(grant)
    revision = campaign_at(world, draft).revision
    assert console(world, "head").post(f"{draft}/release", data={"revision": revision}).status_code == 302


def test_a_draft_is_thrown_away(world: World, an: FlaskClient, draft: str) -> None:
    assert an.post(f"{draft}/discard").location == "/admin/campaigns"
    assert an.get(draft).status_code == 404


def test_no_page_about_a_campaign_tells_a_right_answer(world: World, an: FlaskClient, draft: str) -> None:
    pages = [an.get(draft + step).text for step in ("", "/who", "/when", "/rules")] + [
        an.get("/admin/campaigns/new").text
    ]
    for text in FILES["questions/mot.yaml"], FILES["questions/hai.yaml"]:
        for words in re.findall(r'vi: "([^"]{8,})"', text):
            assert all(words not in page for page in pages), words


@on_sqlite
def test_a_poster_of_a_round(world: World, an: FlaskClient) -> None:
    answer = an.get(f"/admin/activities/{world.activity}/poster.png")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.data[:4] == b"\x89PNG"
    assert console(world, "far").get(f"/admin/activities/{world.activity}/poster.png").status_code == 403


@on_sqlite
def test_every_code_has_its_word(world: World) -> None:
    assert set(campaign_words.STATES) == set(STATES) == set(campaign_words.ORDER)
    assert set(campaign_words.STAGES) == set(STAGES)
    assert set(campaign_words.PARTS) == set(PARTS)
    held = set(ContestSettings.__struct_fields__) - {"strata", "ranking"}
    assert held <= set(campaign_words.SETTINGS)
    assert set(campaign_words.SETTINGS) - held <= set(MovementSettings.__struct_fields__)
    assert set(life.TRANSITIONS) == {"release", "withdraw", "pause", "resume", "close", "archive"}
