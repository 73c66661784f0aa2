"""Templates of cards at the console and the command line, and which template and period a page of cards is about."""

import html
import io
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text, update

from backend import clock
from backend.cards import actions, issuing, store, templates
from backend.cards.models import Card, CardTemplateIssue
from backend.cli import main
from backend.people import staff
from backend.people.models import RoleGrant
from backend.safeguards.audit import OPERATOR
from backend.units import change
from tests.admin.desk import Desk, trail
from tests.cards.book import MONTH, PUBLISHED, many, opened, published, write
from tests.cards.test_templates import EXAMPLE, ROWS
from tests.support.world import PASSWORD, World

NOW = PUBLISHED + timedelta(days=1)
OCTOBER = datetime(2026, 10, 25, 3, tzinfo=UTC)


@pytest.fixture
def now(world: World) -> Iterator[None]:
    """The first days of November; "above" works for the province."""
    with world.database.transaction() as session:
        world.staff["above"] = staff.hire(
            session,
            name="above",
            username="above",
            password=PASSWORD,
            grants=[("party_office", world.province)],
        )
        session.execute(update(RoleGrant).values(valid_from=date(2026, 1, 1)))
    with clock.stopped_at(NOW):
        yield


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def shipped(was: str = "", now: str = "") -> bytes:
    text_ = (templates.SHIPPED / "xa-thang-2.yaml").read_text(encoding="utf-8")
    assert was in text_
    return text_.replace(was, now, 1).encode()


def previewed(desk: Desk, who: str, unit: uuid.UUID, data: bytes, name: str = "mau.yaml", **more: str):  # type: ignore[no-untyped-def]
    form = {"unit": str(unit), "valid_from": "2026-11-01", "file": (io.BytesIO(data), name)} | more
    return desk(who).post("/admin/card-templates/preview", data=form, content_type="multipart/form-data")


def brought_in(
    desk: Desk, who: str, unit: uuid.UUID, data: bytes, name: str = "mau.yaml", **more: str
) -> int:
    page = previewed(desk, who, unit, data, name, **more)
    packed = re.search(r'name="packed" value="([^"]+)"', page.text)
    assert packed, plain(page.text)
    form = {
        "unit": str(unit),
        "valid_from": more.get("valid_from", "2026-11-01"),
        "packed": html.unescape(packed[1]),
    }
    return desk(who).post("/admin/card-templates", data=form).status_code


def issues(world: World) -> list[tuple[str, int]]:
    with world.database.transaction(writes=False) as session:
        rows = session.scalars(select(CardTemplateIssue).order_by(CardTemplateIssue.version))
        return [(row.code, row.version) for row in rows]


@pytest.mark.usefixtures("now")
def test_a_template_is_taken_away_changed_and_brought_in_as_a_new_version(world: World, desk: Desk) -> None:
    sha = templates.newest("xa-thang").sha256
    file = desk("above").get(f"/admin/card-templates/{sha}.yaml")
    assert file.status_code == 200
    changed = file.get_data().replace("Phiếu điểm tháng của xã".encode(), "Phiếu của tỉnh".encode(), 1)
    assert brought_in(desk, "above", world.province, changed) == 303
    assert issues(world) == [("xa-thang", 3)]
    page = plain(desk("above").get("/admin/card-templates").text)
    assert "Bản 3" in page
    assert "Chưa có phiếu nào theo bản này." in page
    assert trail(world, "card.template")[0].actor == world.staff["above"]
    form = {"unit": str(world.commune), "period": "202611"}
    assert desk("office").post("/admin/cards", data=form).status_code == 303
    with world.database.transaction(writes=False) as session:
        card = session.scalars(select(Card)).one()
    assert "bản 3" in plain(desk("office").get(f"/admin/cards/{card.id}").text)


@pytest.mark.usefixtures("now")
def test_what_is_wrong_is_named_and_nothing_is_written(world: World, desk: Desk) -> None:
    page = previewed(desk, "above", world.province, shipped("most: 25", "most: 30"))
    assert page.status_code == 422
    assert "nhóm tham-gia: điểm các tiêu chí cộng lại là 45" in plain(page.text)
    for data, name in (
        (b"\xff\xfe", "a.yaml"),
        (b"x", "a.xlsx"),
        (b"", "a.csv"),
        (b"a: [", "a.yaml"),
        (b"PK\x03\x04", "a.xlsx"),
    ):
        assert previewed(desk, "above", world.province, data, name).status_code in (400, 422), name
    assert desk("above").post(
        "/admin/card-templates/preview", data={"unit": str(world.province)}
    ).status_code in (400, 422)
    for packed in ("", "rác", "c%1E4@DH~w#s"):
        form = {"unit": str(world.province), "valid_from": "2026-11-01", "packed": packed}
        assert desk("above").post("/admin/card-templates", data=form).status_code == 400
    assert issues(world) == []


@pytest.mark.usefixtures("now")
def test_a_table_of_criteria_is_brought_in_under_a_code_of_its_own(world: World, desk: Desk) -> None:
    assert previewed(desk, "office", world.commune, ROWS.encode(), "t.csv").status_code == 422
    told = {"code": "tieu-chi-xa", "title": "Bộ tiêu chí xã"}
    assert brought_in(desk, "office", world.commune, ROWS.encode(), "t.csv", **told) == 303
    assert issues(world) == [("tieu-chi-xa", 1)]
    page = desk("office").get("/admin/cards?template=tieu-chi-xa&period=202610").text
    assert "Bộ tiêu chí xã" in page


@pytest.mark.usefixtures("now")
def test_who_may_bring_one_in(world: World, desk: Desk) -> None:
    assert desk("dpo").get("/admin/card-templates").status_code == 403
    assert desk("province").get("/admin/card-templates").status_code == 200
    assert "Đưa vào một bộ tiêu chí" not in desk("province").get("/admin/card-templates").text
    assert previewed(desk, "province", world.province, shipped()).status_code == 403
    assert previewed(desk, "office", world.province, shipped()).status_code == 403
    assert previewed(desk, "head", world.hamlet, shipped()).status_code == 403, "no cards of hamlets"
    assert brought_in(desk, "above", world.province, shipped("Phiếu điểm tháng", "Phiếu tháng")) == 303
    page = previewed(desk, "office", world.commune, shipped("Phiếu điểm tháng", "Phiếu khác"))
    packed = re.search(r'name="packed" value="([^"]+)"', page.text)
    assert packed
    form = {"unit": str(world.commune), "valid_from": "2026-11-01", "packed": html.unescape(packed[1])}
    assert desk("office").post("/admin/card-templates", data=form).status_code == 403, "the province has it"


@pytest.mark.usefixtures("now")
def test_a_document_confirms_a_preset(world: World, desk: Desk) -> None:
    sha = templates.newest("xa-thang").sha256
    form = {"unit": str(world.province), "number": "15/QĐ-UBND", "dated": "2026-09-30", "issued_by": "UBND tỉnh", "valid_from": "2026-10-01"}  # fmt: skip
    path = f"/admin/card-templates/{sha}/confirm"
    assert desk("above").post(path, data=form).status_code == 422, "October is over"
    with clock.stopped_at(OCTOBER):
        assert desk("above").post(path, data=form | {"dated": "hôm qua"}).status_code == 400
        assert desk("above").post(path, data=form | {"number": ""}).status_code == 400
        assert desk("office").post(path, data=form).status_code == 403
        own = desk("office").post(path, data=form | {"unit": str(world.commune)})
        assert (own.status_code, "do cấp trên ban hành" in own.text) == (403, True)
        assert "confirm-xa-thang" not in desk("office").get("/admin/card-templates").text
        assert "confirm-xa-thang" in desk("above").get("/admin/card-templates").text
        assert desk("above").post("/admin/card-templates/khong-co/confirm", data=form).status_code == 404
        assert desk("above").post(path, data=form).status_code == 303
    with world.database.transaction() as session:
        card = opened(session, world).id
    page = plain(desk("office").get(f"/admin/cards/{card}").text)
    assert "theo văn bản 15/QĐ-UBND ngày 30/9/2026, UBND tỉnh" in page or "15/QĐ-UBND" in page
    assert "chưa có cơ quan nào xác nhận" not in page


@pytest.mark.usefixtures("now")
def test_an_open_card_goes_over_to_the_new_version_with_a_reason(world: World, desk: Desk) -> None:
    with world.database.transaction() as session:
        card = opened(session, world).id
    assert "bản mẫu số" not in plain(desk("above").get(f"/admin/cards/{card}").text)
    data = shipped("Phiếu điểm tháng", "Phiếu tháng")
    with clock.stopped_at(OCTOBER):
        assert brought_in(desk, "above", world.province, data, valid_from="2026-10-01") == 303
    page = plain(desk("office").get(f"/admin/cards/{card}").text)
    assert "Kỳ này có bản mẫu số 3; phiếu đang theo bản số 2." in page
    path, reason = f"/admin/cards/{card}/template", {"reason": "Tỉnh ban hành mẫu mới"}
    assert desk("office").post(path, data=reason).status_code == 403, "the level above does"
    assert desk("above").post(path, data={"reason": "ngắn"}).status_code == 422
    assert desk("above").post(path, data=reason).status_code == 303
    assert desk("above").post(path, data=reason).status_code == 409
    assert "bản 3" in plain(desk("office").get(f"/admin/cards/{card}").text)


@pytest.mark.usefixtures("now")
def test_nobody_writes_or_chooses_the_rules_of_its_own_card(world: World, desk: Desk) -> None:
    data = shipped("trial: true", "trial: false")
    assert brought_in(desk, "office", world.commune, data) == 403
    own = data.replace(b"template: xa-thang", b"template: cua-xa", 1)
    assert brought_in(desk, "office", world.commune, own) == 403
    assert brought_in(desk, "above", world.province, data, valid_from="2026-10-31") == 422
    assert issues(world) == []
    own = own.replace(b"trial: false", b"trial: true", 1)
    assert brought_in(desk, "office", world.commune, own) == 303
    form = {"unit": str(world.commune), "template": "cua-xa", "period": "202611"}
    card = desk("office").post("/admin/cards", data=form).location
    again = own.replace(b"target: 10\n", b"target: 5\n", 1)
    assert brought_in(desk, "office", world.commune, again) == 303
    assert 'data-testid="adopt"' not in desk("office").get(card).text
    reason = {"reason": "Xã ban hành mẫu mới"}
    assert desk("office").post(f"{card}/template", data=reason).status_code == 403
    assert 'data-testid="adopt"' in desk("above").get(card).text
    assert desk("above").post(f"{card}/template", data=reason).status_code == 303


@pytest.mark.usefixtures("now")
def test_what_a_commune_issued_changes_no_page_of_the_province(world: World, desk: Desk) -> None:
    """As it may stand in a database that was filled by other rules."""
    quarterly = issuing.data_of(templates.newest("xa-thang")) | {
        "version": 7, "interval": "quarter", "title": {"vi": "Phiếu của riêng xã"}
    }  # fmt: skip
    with world.database.transaction() as session:
        sha = store.keep_template(session, templates.from_data(quarterly))
        session.add(CardTemplateIssue(
            issuer_id=world.commune, code="xa-thang", version=7, template_sha=sha, valid_from=date(2026, 1, 1),
            made_by=None, made_at=clock.now(),
        ))  # fmt: skip
    page = desk("above").get("/admin/cards?period=202610")
    assert page.status_code == 200
    assert "Phiếu của riêng xã" not in page.text
    own = {"template": "cua-xa"}
    with world.database.transaction() as session:
        issuing.issue(
            session,
            world.commune,
            issuing.data_of(templates.newest("xa-thang")) | own,
            date(2026, 11, 1),
            OPERATOR,
        )
    assert desk("above").get("/admin/cards?template=cua-xa&period=202610").status_code == 200, "its own code"


@pytest.mark.usefixtures("now")
def test_a_card_of_a_year_is_chosen_by_its_template(world: World, desk: Desk) -> None:
    assert desk("above").get("/admin/card-templates/example.yaml").get_data() == EXAMPLE.read_bytes()
    assert brought_in(desk, "above", world.province, EXAMPLE.read_bytes(), valid_from="2026-01-01") == 303
    page = desk("office").get("/admin/cards?template=chuyen-doi-so-xa")
    assert "Năm 2025" in page.text
    assert desk("office").get("/admin/cards?template=chuyen-doi-so-xa&period=202610").status_code == 422
    assert desk("office").get("/admin/cards?template=khong-co").status_code == 404
    form = {"unit": str(world.commune), "template": "chuyen-doi-so-xa", "period": "2026"}
    answer = desk("office").post("/admin/cards", data=form)
    assert answer.status_code == 303
    assert "Năm 2026" in desk("office").get(answer.location).text


@pytest.mark.usefixtures("now")
def test_a_month_of_years_ago_can_be_chosen(world: World, desk: Desk) -> None:
    page = desk("office").get("/admin/cards").text
    assert 'value="202201"' in page
    assert "Tháng 3/2019" in desk("office").get("/admin/cards?period=201903").text


@pytest.mark.usefixtures("now")
def test_a_trial_is_not_rated_in_the_list(world: World, desk: Desk) -> None:
    with world.database.transaction() as session:
        write(session, many(world.hamlet, 12))
        published(session, opened(session, world))
    page = plain(desk("above").get("/admin/cards?period=202610").text)
    assert "Chạy thử, không xếp loại" in page
    assert "Hoàn thành" not in page


@pytest.mark.usefixtures("now")
def test_cards_of_communes_stand_in_groups_of_like_size(world: World, desk: Desk) -> None:
    sizes = [1000, 1200, 1500, 9000, 9500, 9900]
    with world.database.transaction() as session:
        for number, people in enumerate(sizes, start=1):
            unit = change.found(
                session, code=f"0990{number}", kind="commune", name=f"Cỡ {number}", level_word="xã", since=date(2025, 7, 1),
                parents={"territory": world.province},
            )  # fmt: skip
            change.count_heads(session, unit, "residents_from_7", date(2026, 6, 30), people, "thử nghiệm")
            opened(session, world, unit=unit)
    page = plain(desk("above").get("/admin/cards?period=202610").text)
    order = [
        page.index(words)
        for words in ("dưới 8000 người", "Xã Cỡ 1", "Xã Cỡ 3", "từ 8000 người trở lên", "Xã Cỡ 4")
    ]
    assert order == sorted(order)


@pytest.mark.usefixtures("now")
def test_what_an_ended_unit_published_stays_readable_above_it_and_nowhere_else(
    world: World, desk: Desk
) -> None:
    with world.database.transaction() as session:
        write(session, many(world.hamlet, 12))
        card = opened(session, world)
        here = card.id
        published(session, card)
        session.execute(text("UPDATE unit SET valid_to = '2026-11-03' WHERE code = '05752'"))
        session.execute(text("UPDATE unit_link SET valid_to = '2026-11-03' WHERE valid_to IS NULL AND unit_id = (SELECT id FROM unit WHERE code = '05752')"))  # fmt: skip
    assert "Tân Khánh" in desk("above").get(f"/admin/cards/{here}").text
    assert f"/admin/cards/{here}" in desk("above").get("/admin/cards?period=202610").text
    assert desk("above").post(f"/admin/cards/{here}/lock").status_code == 403
    assert desk("far").get(f"/admin/cards/{here}").status_code == 404


def test_the_command_line_brings_one_in_or_says_what_is_wrong(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANTOA_MODE", "demo")
    monkeypatch.setenv("LANTOA_DATABASE_URL", world.database.engine.url.render_as_string(hide_password=False))
    file = tmp_path / "mau.yaml"
    file.write_bytes(shipped("most: 25", "most: 30"))
    wrong = CliRunner().invoke(main, ["scorecards", "import", str(file), "--unit", "05752"])
    assert (wrong.exit_code, "nhóm tham-gia" in wrong.output) == (1, True)
    file.write_bytes(shipped("Phiếu điểm tháng", "Phiếu tháng"))
    lost = CliRunner().invoke(main, ["scorecards", "import", str(file), "--unit", "khong-co"])
    assert lost.exit_code == 1
    with clock.stopped_at(OCTOBER):
        told = ["scorecards", "import", str(file), "--from", "2026-10-01", "--unit"]
        rated = CliRunner().invoke(main, [*told, "05752"])
        assert (rated.exit_code, "do cấp trên ban hành" in rated.output) == (1, True)
        done = CliRunner().invoke(main, [*told, "19"])
    assert (done.exit_code, done.output) == (0, "xa-thang version 3 holds from 2026-10-01 on.\n")
    assert issues(world) == [("xa-thang", 3)]
    with world.database.transaction() as session:
        opened_here = actions.open_card(session, world.commune, "xa-thang", MONTH, OPERATOR)
        assert store.template_with(session, opened_here.template_sha).version == 3
