"""Movements at the console: launched, entered by a unit's head, answered, reviewed, published; each in the own office only."""

import re
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from backend import clock
from backend.people import staff
from backend.safeguards.audit import Actor
from campaigns import drafting
from campaigns.models import Activity
from campaigns.movement import exemplary
from campaigns.movement.models import Enrolment, Exemplary, Firm, Launch, Mark, Review
from campaigns.pack import read_pack
from campaigns.pack.store import SHIPPED
from tests.admin.desk import Desk, trail
from tests.admin.test_campaigns import save
from tests.mobile_api.test_photos import named, send, shot
from tests.structure.test_budgets import spent
from tests.support.movements import CHANNEL, ENTRANTS, LINKED, QR, Movement, business, movement_of, scheduled
from tests.support.world import PASSWORD, World

TODAY = clock.today().strftime("%d/%m/%Y")
DOCUMENT = {
    "line": "front", "number": "05/TB-MTTQ", "day": TODAY, "title": "Phối hợp phát động", "signer": "Trần Thị Mặt",
    "signer_title": "Chủ tịch Ủy ban MTTQ",
}  # fmt: skip


@pytest.fixture
def movement(world: World) -> Movement:
    return movement_of(world)


def hire_head(movement: Movement, name: str) -> str:
    """The head of another hamlet."""
    with movement.world.database.transaction() as session:
        movement.world.staff[name] = staff.hire(
            session, name=name, username=f"head.{len(movement.world.staff)}", password=PASSWORD,
            grants=[("unit_head", movement.hamlets[name])],
        )  # fmt: skip
    return name


def page_of(movement: Movement, desk: Desk, who: str = "emulation", rest: str = "") -> str:
    answer = desk(who).get(f"/admin/movements/{movement.activity}{rest}")
    assert answer.status_code == 200, answer.text
    return answer.text


def post(movement: Movement, desk: Desk, who: str, rest: str, **form: object) -> TestResponse:
    return desk(who).post(f"/admin/movements/{movement.activity}{rest}", data=form)


def entrant(movement: Movement, name: str = "Đồng Tiến") -> Enrolment:
    with movement.world.database.transaction(writes=False) as session:
        query = select(Enrolment).where(Enrolment.unit_id == movement.hamlets[name])
        row = session.scalars(query).one()
        session.expunge(row)
        return row


def told(answer: TestResponse) -> str:
    assert 400 <= answer.status_code < 500, answer.status_code
    assert 'data-testid="problem"' in answer.text
    return answer.text


# --- who comes in -----------------------------------------------------------------------------------------------------


def test_the_menu_is_for_those_who_have_to_do_with_emulation(world: World, desk: Desk) -> None:
    for who in ("emulation", "emulators", "head", "an", "front"):
        assert 'data-testid="menu-movements"' in desk(who).get("/admin/").text, who
    for who in ("office", "dpo", "operator", "leader", "cell", "signer"):
        assert 'data-testid="menu-movements"' not in desk(who).get("/admin/").text, who


def test_the_list_takes_no_statement_more_for_a_movement_more(movement: Movement, desk: Desk) -> None:
    office = desk("emulation")
    office.get("/admin/movements")
    before = spent(movement.world.database, lambda: office.get("/admin/movements"))
    for _ in range(3):
        scheduled(movement.world)
    after = spent(movement.world.database, lambda: office.get("/admin/movements"))
    assert len(after) == len(before)
    assert office.get("/admin/movements").text.count('data-testid="movement-row"') == 4


def test_one_of_another_commune_finds_nothing(movement: Movement, desk: Desk) -> None:
    assert 'data-testid="movement-row"' not in desk("far").get("/admin/movements").text
    entered = movement.enrol("Đồng Tiến")
    for path in ("", f"/entrants/{entered}", "/reviews/1"):
        assert desk("far").get(f"/admin/movements/{movement.activity}{path}").status_code == 404
    assert post(movement, desk, "far", "/launch", **DOCUMENT, unit=movement.world.commune).status_code == 404
    assert desk("far").get(f"/admin/movements/{uuid.uuid4()}").status_code == 404


# --- launching --------------------------------------------------------------------------------------------------------


def test_the_officer_writes_down_who_launched_it_too(movement: Movement, desk: Desk) -> None:
    done = post(movement, desk, "emulation", "/launch", **DOCUMENT, unit=movement.world.commune)
    assert done.status_code == 303
    assert "05/TB-MTTQ" in page_of(movement, desk)
    assert len(trail(movement.world, "movement.launch")) == 1
    again = post(movement, desk, "emulation", "/launch", **DOCUMENT, unit=movement.world.commune)
    assert "Trần Thị Mặt" in told(again), "what was typed is still there"


@pytest.mark.parametrize(
    "wrong", [{"day": "31/02/2026"}, {"day": "01/01/2099"}, {"number": ""}, {"line": "x"}, {"signer": "  "}]
)
def test_a_document_that_is_not_whole_is_refused_with_what_was_typed(
    movement: Movement, desk: Desk, wrong: dict[str, str]
) -> None:
    form = DOCUMENT | wrong | {"unit": str(movement.world.commune)}
    assert "Phối hợp phát động" in told(post(movement, desk, "emulation", "/launch", **form))
    with movement.world.database.transaction(writes=False) as session:
        assert session.scalars(select(Launch)).all() == []


# --- entering ---------------------------------------------------------------------------------------------------------


def test_a_head_enters_the_own_unit_and_the_officer_answers(movement: Movement, desk: Desk) -> None:
    form = {"unit": movement.hamlets["Đồng Tiến"], f"target-{ENTRANTS}": "30", f"words-{CHANNEL}": "Lập nhóm"}
    assert post(movement, desk, "head", "/enrol", **form).status_code == 303
    row = entrant(movement)
    assert row.state == "open"
    page = page_of(movement, desk, "emulation", f"/entrants/{row.id}")
    assert "Lập nhóm" in page
    back = {"words": "Xin ghi thêm nguồn số liệu", "revision": row.revision}
    assert post(movement, desk, "emulation", f"/entrants/{row.id}/return", **back).status_code == 303
    assert "Xin ghi thêm nguồn" in page_of(movement, desk, "head", f"/entrants/{row.id}")
    again = {f"target-{ENTRANTS}": "25,5", "revision": entrant(movement).revision}
    assert post(movement, desk, "head", f"/entrants/{row.id}/promise", **again).status_code == 303
    yes = {"revision": entrant(movement).revision}
    assert post(movement, desk, "emulation", f"/entrants/{row.id}/confirm", **yes).status_code == 303
    assert entrant(movement).state == "confirmed"


def test_a_head_speaks_for_no_other_unit(movement: Movement, desk: Desk) -> None:
    other = movement.enrol("Cầu Cong")
    assert post(movement, desk, "head", "/enrol", unit=movement.hamlets["Xóm 3"]).status_code == 404
    for rest, form in (
        (f"/entrants/{other}/promise", {}),
        (f"/entrants/{other}/declare", {}),
        (f"/entrants/{other}/withdraw", {}),
    ):
        assert post(movement, desk, "head", rest, revision=1, **form).status_code == 404
    assert desk("head").get(f"/admin/movements/{movement.activity}/entrants/{other}").status_code == 404
    own = movement.enrol("Đồng Tiến", confirmed=False)
    assert post(movement, desk, "head", f"/entrants/{own}/confirm", revision=1).status_code == 403


@pytest.mark.parametrize("typed", ["abc", "-3", "1e400", "NaN", "9" * 19])
def test_a_goal_that_is_no_number_is_told_and_not_lost(movement: Movement, desk: Desk, typed: str) -> None:
    form = {
        "unit": movement.hamlets["Đồng Tiến"],
        f"target-{ENTRANTS}": typed,
        f"words-{CHANNEL}": "Lập nhóm",
    }
    assert "Lập nhóm" in told(post(movement, desk, "head", "/enrol", **form))


def test_two_officers_answer_at_once_and_the_second_is_told(movement: Movement, desk: Desk) -> None:
    row = movement.enrol("Đồng Tiến", confirmed=False)
    seen = {"revision": entrant(movement).revision}
    assert post(movement, desk, "emulation", f"/entrants/{row}/confirm", **seen).status_code == 303
    told(post(movement, desk, "an", f"/entrants/{row}/return", words="Thiếu nguồn số", **seen))
    assert entrant(movement).state == "confirmed"


def test_a_declared_figure_without_a_source_is_refused_and_kept_in_the_form(
    movement: Movement, desk: Desk
) -> None:
    row = movement.enrol("Đồng Tiến")
    form = {f"value-{LINKED}": "61", f"met-{CHANNEL}": "yes", "revision": entrant(movement).revision}
    assert 'value="61"' in told(post(movement, desk, "head", f"/entrants/{row}/declare", **form))
    form |= {f"paper-{LINKED}": "Sổ xóm trang 3"}
    assert post(movement, desk, "head", f"/entrants/{row}/declare", **form).status_code == 303
    with movement.world.database.transaction(writes=False) as session:
        marks = {mark.criterion: (mark.source, mark.met) for mark in session.scalars(select(Mark))}
    assert marks == {LINKED: ("declared", None), CHANNEL: ("self", True)}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1.306", "1306"),
        ("1.306,5", "1306.5"),
        ("1306", "1306"),
        ("25,5", "25.5"),
        ("25.5", "25.5"),
        ("1 306", "1306"),
    ],
)
def test_a_figure_is_read_as_people_write_it_and_a_saved_form_changes_nothing(
    movement: Movement, desk: Desk, typed: str, kept: str
) -> None:
    row = movement.enrol("Đồng Tiến")

    def value() -> Decimal | None:
        with movement.world.database.transaction(writes=False) as session:
            return session.scalars(select(Mark.value).where(Mark.criterion == LINKED)).one()

    def form(text: str) -> dict[str, Any]:
        return {f"value-{LINKED}": text, f"paper-{LINKED}": "Sổ xóm", "revision": entrant(movement).revision}

    assert post(movement, desk, "head", f"/entrants/{row}/declare", **form(typed)).status_code == 303
    assert value() == Decimal(kept)
    page = page_of(movement, desk, "head", f"/entrants/{row}")
    shown = re.search(rf'name="value-{LINKED}"[^>]*value="([^"]*)"', page)
    assert shown is not None
    assert post(movement, desk, "head", f"/entrants/{row}/declare", **form(shown[1])).status_code == 303
    assert value() == Decimal(kept), "saved as it stood"
    for unclear in ("1,306", "abc", "1.30.6"):
        assert post(movement, desk, "head", f"/entrants/{row}/declare", **form(unclear)).status_code == 400


# --- reviews ----------------------------------------------------------------------------------------------------------


def test_a_review_is_drafted_read_published_and_then_stays(movement: Movement, desk: Desk) -> None:
    movement.enrol_all()
    for number, name in enumerate(movement.hamlets, start=1):
        movement.took_part(name, 6 * number)
    assert post(movement, desk, "emulation", "/reviews", kind="interim", until=TODAY).status_code == 303
    assert "Xóm 7" in page_of(movement, desk, rest="/reviews/1")
    assert desk("head").get(f"/admin/movements/{movement.activity}/reviews/1").status_code == 404
    done = post(movement, desk, "emulation", "/reviews/1/publish", words="Nhiều nơi làm tốt.")
    assert done.status_code == 303
    page = page_of(movement, desk, "head", "/reviews/1")
    assert "Nhiều nơi làm tốt." in page
    assert "Cầu Cong" not in page, "a head reads who leads, and no other unit's figures"
    told(post(movement, desk, "emulation", "/reviews/1/save", words="khác"))
    told(post(movement, desk, "emulation", "/reviews/1/discard"))
    told(post(movement, desk, "emulation", "/reviews", kind="interim", until="01/01/2099"))
    assert post(movement, desk, "head", "/reviews", kind="final", until=TODAY).status_code == 403
    assert post(movement, desk, "emulation", "/reviews", kind="yearly", until=TODAY).status_code == 404


def test_entrants_stand_by_name_and_no_page_orders_them_by_a_figure(movement: Movement, desk: Desk) -> None:
    movement.enrol_all()
    movement.took_part("Xóm 7", 60)
    movement.review()
    page = page_of(movement, desk)
    rows = [part.split("</a>")[0].split(">")[-1] for part in page.split('data-testid="entrant-row"')[1:]]
    assert rows[:3] == ["Xóm Cầu Cong", "Xóm Đồng Tiến", "Xóm Vùng xa 8"]
    assert len(rows) == 10


def test_a_head_sees_the_own_unit_alone(movement: Movement, desk: Desk) -> None:
    movement.enrol_all()
    movement.took_part("Xóm 7", 60)
    page = page_of(movement, desk, "head")
    assert page.count('data-testid="entrant-row"') == 1
    assert "Xóm 7" not in page
    assert "Cầu Cong" not in page


# --- firms ------------------------------------------------------------------------------------------------------------


def add(movement: Movement, desk: Desk, **more: object) -> TestResponse:
    form = {
        "name": "Mộc Gia Bảo",
        "sort": "firm",
        "hamlet": movement.world.hamlet,
        "movement": movement.activity,
        "agreed_how": "spoken",
        "agreed_on": TODAY,
    }
    return desk("emulation").post("/admin/firms", data=form | more)


def test_an_officer_enters_a_firm_and_writes_down_how_it_sees_itself(movement: Movement, desk: Desk) -> None:
    assert add(movement, desk).status_code == 303
    with movement.world.database.transaction(writes=False) as session:
        firm, row = session.scalars(select(Firm)).one(), session.scalars(select(Enrolment)).one()
        assert (firm.enrolled_by, row.state) == (None, "confirmed")
    form = {f"met-{QR}": "yes", "revision": row.revision}
    assert post(movement, desk, "emulation", f"/entrants/{row.id}/declare", **form).status_code == 303
    assert movement.counted() == {"movement.firms": 1, "movement.assessed": 1}
    assert desk("emulation").post(f"/admin/firms/{firm.id}/verify").status_code == 303
    assert "Mộc Gia Bảo" in desk("emulation").get("/admin/firms?q=moc").text
    assert "Mộc Gia Bảo" not in desk("emulation").get("/admin/firms?q=che").text
    assert trail(movement.world, "movement.firms_read")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"sort": "bank"},
        {"hamlet": ""},
        {"agreed_on": ""},
        {"agreed_on": "31/02/2026"},
        {"agreed_on": "01/01/2099"},
        {"agreed_how": "x"},
    ],
)
def test_a_firm_without_name_sort_or_hamlet_is_told(
    movement: Movement, desk: Desk, wrong: dict[str, str]
) -> None:
    told(add(movement, desk, **wrong))
    assert len(trail(movement.world, "movement.firms_read")) == 1, "the list was shown in the answer"
    with movement.world.database.transaction(writes=False) as session:
        assert session.scalars(select(Firm)).all() == []


def test_a_photo_that_shows_it_opens_for_who_keeps_emulation_and_nobody_else(
    movement: Movement, desk: Desk
) -> None:
    phone, told_, raw = movement.owner(), business(movement), shot()
    digest = named(raw)
    phone.do("movement.enrol", told_)
    said = {"criterion": QR, "met": True, "photos": [digest]}
    phone.do("movement.assess", {"enrolment": told_["enrolment"], "marks": [said]})
    place = f"/entrants/{told_['enrolment']}"
    assert f"/files/{digest}" in page_of(movement, desk, rest=place)
    address = f"/admin/movements/{movement.activity}{place}/files/{digest}"
    assert desk("emulation").get(address).status_code == 404, "it has not arrived"
    assert send(phone, raw).json["complete"]
    assert desk("emulation").get(address).mimetype == "image/jpeg"
    assert desk("far").get(address).status_code == 404
    assert desk("emulation").get(address[:-64] + "0" * 64).status_code == 404


def test_a_firm_an_officer_wrote_down_goes_when_its_owner_asks(movement: Movement, desk: Desk) -> None:
    assert add(movement, desk).status_code == 303
    with movement.world.database.transaction(writes=False) as session:
        firm = session.scalars(select(Firm.id)).one()
    assert "đồng ý bằng lời" in desk("emulation").get("/admin/firms").text
    assert desk("far").post(f"/admin/firms/{firm}/delete").status_code == 404
    assert desk("emulation").post(f"/admin/firms/{firm}/delete").status_code == 303
    with movement.world.database.transaction(writes=False) as session:
        assert session.scalars(select(Firm)).all() == []
    assert movement.counted() == {}
    assert len(trail(movement.world, "movement.firm_deleted")) == 1


def test_a_name_that_is_there_is_not_entered_twice(movement: Movement, desk: Desk) -> None:
    movement.owner().do("movement.enrol", business(movement, "Mộc Gia Bảo"))
    assert "Mộc Gia Bảo" in told(add(movement, desk))


def test_firms_are_for_who_keeps_emulation_of_these_hamlets(movement: Movement, desk: Desk) -> None:
    movement.owner().do("movement.enrol", business(movement))
    with movement.world.database.transaction(writes=False) as session:
        firm, row = session.scalars(select(Firm.id)).one(), session.scalars(select(Enrolment.id)).one()
    assert "Cô Lành" in desk("emulation").get("/admin/firms").text
    assert "Cô Lành" not in desk("far").get("/admin/firms").text
    assert desk("far").post(f"/admin/firms/{firm}/verify").status_code == 404
    assert add(movement, desk, hamlet=movement.world.far_hamlet).status_code == 404
    for who in ("head", "front", "emulators"):
        assert desk(who).get("/admin/firms").status_code == 403, who
    assert desk("head").get(f"/admin/movements/{movement.activity}/entrants/{row}").status_code == 404
    assert desk("emulation").get(f"/admin/movements/{movement.activity}/entrants/{row}").status_code == 200
    assert trail(movement.world, "movement.firm_read"), "opening a household business is on the trail"


# --- exemplary models -------------------------------------------------------------------------------------------------

TEXT = {
    "title": "Xóm không giấy",
    "what": "Họp bằng bản điện tử.",
    "results": "Ai vắng cũng đọc được.",
    "how": "Lập một nhóm.",
}


def written(movement: Movement, desk: Desk) -> uuid.UUID:
    form = TEXT | {"unit": str(movement.world.hamlet)}
    assert desk("head").post("/admin/models", data=form).status_code == 303
    with movement.world.database.transaction(writes=False) as session:
        return session.scalars(select(Exemplary.id)).one()


def test_a_model_is_written_by_its_unit_published_by_the_officer_and_visited_by_others(
    movement: Movement, desk: Desk
) -> None:
    model = written(movement, desk)
    anybody = movement.world.client()
    assert anybody.get(f"/mo-hinh/{model}").status_code == 404
    seen = {"revision": "1"}
    assert desk("head").post(f"/admin/models/{model}/publish", data=seen).status_code == 403
    assert desk("emulation").post(f"/admin/models/{model}/publish", data=seen).status_code == 303
    assert "Họp bằng bản điện tử." in anybody.get(f"/mo-hinh/{model}").text
    other = hire_head(movement, "Cầu Cong")
    form = {"unit": movement.hamlets["Cầu Cong"], "day": TODAY, "people": "12", "took_home": "Lập nhóm xóm"}
    assert desk(other).post(f"/admin/models/{model}/visit", data=form).status_code == 303
    assert "Cầu Cong" in anybody.get(f"/mo-hinh/{model}").text
    assert "Lập nhóm xóm" in told(desk(other).post(f"/admin/models/{model}/visit", data=form)), "once a day"
    for wrong in ({"people": "0"}, {"people": "x"}, {"day": "01/01/2099"}, {"took_home": ""}):
        told(desk(other).post(f"/admin/models/{model}/visit", data=form | wrong))
    own = form | {"unit": movement.hamlets["Đồng Tiến"]}
    told(desk("head").post(f"/admin/models/{model}/visit", data=own))
    assert desk("emulation").post(f"/admin/models/{model}/withdraw").status_code == 303
    assert anybody.get(f"/mo-hinh/{model}").status_code == 404


def test_a_model_half_written_or_of_another_unit_is_refused(movement: Movement, desk: Desk) -> None:
    form = TEXT | {"unit": str(movement.world.hamlet), "how": " "}
    assert "Họp bằng bản điện tử." in told(desk("head").post("/admin/models", data=form))
    other = TEXT | {"unit": str(movement.hamlets["Cầu Cong"])}
    assert desk("head").post("/admin/models", data=other).status_code == 404
    model = written(movement, desk)
    assert desk("far").get(f"/admin/models/{model}").status_code == 404
    told(desk("head").post(f"/admin/models/{model}/change", data=TEXT | {"revision": "99"}))
    assert (
        desk("head").post(f"/admin/models/{model}/change", data=TEXT | {"revision": "1"}).status_code == 303
    )


def test_other_words_for_a_published_model_wait_for_who_publishes(movement: Movement, desk: Desk) -> None:
    model, anybody = written(movement, desk), movement.world.client()
    desk("emulation").post(f"/admin/models/{model}/publish", data={"revision": "1"})
    changed = TEXT | {"what": "Họp bằng điện thoại của cả xóm.", "revision": "2"}
    assert desk("head").post(f"/admin/models/{model}/change", data=changed).status_code == 303
    assert "điện thoại của cả xóm" not in anybody.get(f"/mo-hinh/{model}").text
    assert "điện thoại của cả xóm" not in desk("far").get(f"/admin/models/{model}").text
    assert "điện thoại của cả xóm" in desk("emulation").get(f"/admin/models/{model}").text
    told(desk("emulation").post(f"/admin/models/{model}/publish", data={"revision": "2"}))
    assert desk("emulation").post(f"/admin/models/{model}/publish", data={"revision": "3"}).status_code == 303
    assert "điện thoại của cả xóm" in anybody.get(f"/mo-hinh/{model}").text
    told(desk("emulation").post(f"/admin/models/{model}/publish", data={"revision": "4"}))


def test_a_model_says_in_which_movement_it_was_made(movement: Movement, desk: Desk) -> None:
    form = TEXT | {"unit": str(movement.world.hamlet), "movement": str(movement.activity)}
    assert "Họp bằng bản điện tử." in told(desk("head").post("/admin/models", data=form)), "not enrolled yet"
    movement.enrol("Đồng Tiến")
    assert desk("head").post("/admin/models", data=form).status_code == 303
    with movement.world.database.transaction(writes=False) as session:
        model = session.scalars(select(Exemplary.id)).one()
    desk("emulation").post(f"/admin/models/{model}/publish", data={"revision": "1"})
    assert f"/phong-trao/{movement.activity}" in movement.world.client().get(f"/mo-hinh/{model}").text


def test_all_own_models_are_found_however_many(movement: Movement, desk: Desk) -> None:
    with movement.world.database.transaction() as session:
        for number in range(exemplary.PAGE + 1):
            text = exemplary.Text(f"Mô hình {number}", "Làm", "Được", "Theo")
            exemplary.write(session, movement.world.hamlet, text, movement.officer)
    first = desk("head").get("/admin/models").text
    assert 'data-testid="own-more"' in first
    second = desk("head").get("/admin/models?own=2").text
    assert (
        first.count('data-testid="own-model"') + second.count('data-testid="own-model"') == exemplary.PAGE + 1
    )


def test_a_unit_far_away_is_marked_so_with_its_source(movement: Movement, desk: Desk) -> None:
    movement.enrol("Đồng Tiến")
    form = {"unit": movement.hamlets["Đồng Tiến"], "tag": "border", "source": "QĐ 12"}
    assert post(movement, desk, "emulation", "/tag", **form).status_code == 303
    assert "biên giới" in page_of(movement, desk)
    told(post(movement, desk, "emulation", "/tag", **form | {"source": "", "tag": "hard"}))
    assert post(movement, desk, "emulation", "/tag", **form | {"off": "yes"}).status_code == 303
    assert " · biên giới" not in page_of(movement, desk)
    for deed in ("movement.tag", "movement.tag_off"):
        (entry,) = trail(movement.world, deed)
        assert (entry.noun_id, entry.reason) == (str(movement.hamlets["Đồng Tiến"]), "border")
    post(movement, desk, "emulation", "/tag", **form | {"off": "yes"})
    assert len(trail(movement.world, "movement.tag_off")) == 1, "nothing changed, nothing is noted"


def test_a_review_is_on_the_trail(movement: Movement, desk: Desk) -> None:
    movement.enrol("Đồng Tiến")
    post(movement, desk, "emulation", "/reviews", kind="interim", until=TODAY)
    post(movement, desk, "emulation", "/reviews/1/publish", words="")
    assert [entry.actor for entry in trail(movement.world, "movement.interim")] == [movement.officer.id]
    with movement.world.database.transaction(writes=False) as session:
        assert session.scalars(select(Review.state)).all() == ["published"]


@pytest.mark.parametrize(
    "pack", ["cong-dan-so", "doi-moi-cong-viec", "doanh-nghiep-tien-phong", "xom-dien-hinh"]
)
def test_the_rules_of_a_pack_are_read_and_saved_before_it_opens(world: World, desk: Desk, pack: str) -> None:
    read = read_pack(SHIPPED / pack)
    dates = drafting.dates_of(read, clock.today() + timedelta(days=1))
    with world.database.transaction() as session:
        draft = drafting.prepare(session, read, world.commune, dates, Actor("staff", world.staff["an"])).id
        kept = (
            session.scalars(
                select(Activity).where(Activity.campaign_id == draft, Activity.kind == "movement")
            )
            .one()
            .settings
        )
    page = desk("an").get(f"/admin/campaigns/{draft}/rules")
    assert page.status_code == 200
    assert "Chủ đề thi đua" in page.text
    (code,) = re.findall(r'name="([a-z-]+)\.tags" value="digital"', page.text)
    changed = {f"{code}.tags": ["patriotic", "digital"]}
    saved = save(desk("an"), f"/admin/campaigns/{draft}/rules", **changed)
    assert saved.status_code == 302, saved.text
    with world.database.transaction(writes=False) as session:
        now = (
            session.scalars(
                select(Activity).where(Activity.campaign_id == draft, Activity.kind == "movement")
            )
            .one()
            .settings
        )
    assert now["tags"] == ["patriotic", "digital"]
    assert now["criteria"] == kept["criteria"], "criteria are no field of the form and stay"
