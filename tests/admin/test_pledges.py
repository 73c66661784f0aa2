"""Pledges on the console: the secretary answers what was read, the committee types in what was decided, nobody else looks."""

import io
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import docx
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from backend import clock
from backend.people import staff
from backend.people.models import RoleGrant
from backend.tallies import disclosure
from backend.units import change as units
from campaigns.models import Campaign
from campaigns.pledge import rules
from campaigns.pledge.models import PledgeClass, PledgeReading
from tests.admin.desk import Desk, trail
from tests.media.test_papers import ACTION, small
from tests.mobile_api.test_photos import named, send, shot
from tests.structure.test_budgets import spent
from tests.support import pdf_text
from tests.support.pledges import Cells, belong, item, register, transfer, year_of_pledges
from tests.support.world import PASSWORD, SINCE, Phone, World

TODAY = clock.today().strftime("%d/%m/%Y")


@pytest.fixture
def cells(world: World) -> Cells:
    return year_of_pledges(world)


def pledge_id(cells: Cells, phone: Phone) -> str:
    return str(cells.mine(phone)["pledge"]["id"])


def at(cells: Cells, phone: Phone) -> str:
    return f"/admin/pledges/{pledge_id(cells, phone)}"


def cell_page(cells: Cells, more: str = "") -> str:
    return f"/admin/pledges/cells/{cells.cell}{more}"


def hidden(text: str, name: str) -> str:
    """What a form of the page carries along."""
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return found[1]


def opened(cells: Cells, client: FlaskClient, phone: Phone) -> dict[str, str]:
    """Open the pledge at the desk; the fields its forms carry."""
    text = client.get(at(cells, phone)).text
    return {name: hidden(text, name) for name in ("version", "stamp") if f'name="{name}"' in text}


def confirmed(cells: Cells, client: FlaskClient, phone: Phone) -> None:
    fields = opened(cells, client, phone)
    assert client.post(f"{at(cells, phone)}/confirm", data=fields).status_code == 303


def look_back(phone: Phone, thing: str, words: str | None = None) -> None:
    told = {
        "moment": "year_end",
        "items": [{"item": thing, "outcome": "done", "words": words}],
        "own_class": "good",
    }
    assert phone.do("pledge.review", told)["outcome"] == "counted"


def proposed(cells: Cells, client: FlaskClient, phone: Phone, chosen: str = "good") -> None:
    """From nothing to the class the cell proposes."""
    thing = item()
    register(phone, thing)
    confirmed(cells, client, phone)
    look_back(phone, thing["id"])
    fields = opened(cells, client, phone) | {"class": chosen, "words": "Làm tốt việc hướng dẫn bà con."}
    assert client.post(f"{at(cells, phone)}/class", data=fields).status_code == 303


def state(cells: Cells, phone: Phone) -> str:
    return str(cells.mine(phone)["pledge"]["state"])


def is_problem(answer: TestResponse, words: str, status: int = 409) -> None:
    assert answer.status_code == status
    assert 'data-testid="problem"' in answer.text
    assert words in answer.text


def end_role(cells: Cells, who: str) -> None:
    with cells.world.database.transaction() as session:
        grant = session.scalars(select(RoleGrant).where(RoleGrant.person_id == cells.staff[who])).one()
        grant.valid_from, grant.valid_to = SINCE, clock.today()


# --- the way in -----------------------------------------------------------------------------------------------------


def test_the_menu_is_for_the_three_party_roles_only(cells: Cells, desk: Desk) -> None:
    for who in ("secretary", "committee", "board"):
        assert 'data-testid="menu-pledges"' in desk(who).get("/admin/").text
    for who in ("an", "office", "inspector", "dpo", "operator", "leader"):
        assert 'data-testid="menu-pledges"' not in desk(who).get("/admin/").text


def test_a_secretary_of_one_cell_comes_right_to_it(cells: Cells, desk: Desk) -> None:
    register(cells.binh)
    home = desk("secretary").get("/admin/")
    assert 'data-testid="waiting-pledges"' in home.text
    answer = desk("secretary").get("/admin/pledges")
    assert answer.status_code == 302
    assert cell_page(cells) in answer.location


def test_before_any_year_the_page_says_so(world: World, desk: Desk) -> None:
    cells = year_of_pledges(world)
    with world.database.transaction() as session:
        session.get_one(Campaign, world.campaign).state = "draft"
    assert 'data-testid="no-year"' in desk("secretary").get("/admin/pledges").text
    assert desk("secretary").get(cell_page(cells)).status_code == 404
    assert desk("committee").get("/admin/pledges/classes").status_code == 404


def test_a_year_there_is_not_is_not_found(cells: Cells, desk: Desk) -> None:
    for wrong in (uuid.uuid4(), "khong-phai-ma"):
        assert desk("secretary").get(cell_page(cells), query_string={"activity_id": wrong}).status_code == 404


# --- the cell ---------------------------------------------------------------------------------------------------------


def test_the_cell_sees_who_registered_and_a_number_for_the_others(cells: Cells, desk: Desk) -> None:
    belong(cells.world, cells.world.phone("Đàm Văn Lặng", consent=False), cells.cell)
    register(cells.binh)
    text = desk("secretary").get(cell_page(cells)).text
    assert "1/3 đã đăng ký" in text
    assert "Còn 2 đảng viên chưa đăng ký" in text
    before_choice = text.partition('id="exempt"')[0]
    assert "Bình" in before_choice
    assert "Lặng" not in before_choice
    assert len(trail(cells.world, "pledge.cell")) == 1


def test_what_falls_due_is_parted_at_thirty_days_and_its_reading_is_told_once(
    cells: Cells, desk: Desk
) -> None:
    def due(days: int) -> str:
        return (clock.today() + timedelta(days=days)).isoformat()

    register(
        cells.binh,
        item(what="Việc gần", due=due(10)),
        item(what="Việc xa", due=due(45)),
        item(what="Việc rất xa", due=due(90)),
    )
    client = desk("secretary")
    confirmed(cells, client, cells.binh)
    client.get(cell_page(cells))
    text = client.get(cell_page(cells)).text
    near, _, far = text.partition('id="due"')[2].partition("</section>")[0].partition("Sau đó")
    assert "Việc gần" in near
    assert "Việc xa" in far
    assert "Việc rất xa" not in near + far
    readings = [row["part"] for row in cells.mine(cells.binh)["pledge"]["readings"]]
    assert readings.count("due") == 1


def test_an_exemption_is_written_down_and_ended(cells: Cells, desk: Desk) -> None:
    client, subject = desk("secretary"), str(cells.subject(cells.an))
    told = {"subject": subject, "reason": "ill", "since": TODAY, "words": "Điều trị dài ngày"}
    assert client.post(cell_page(cells, "/exemptions"), data=told).status_code == 303
    text = client.get(cell_page(cells)).text
    assert "0/1 đã đăng ký" in text
    assert "Điều trị dài ngày" in text
    assert register(cells.an)["reason"] == "member_exempt"
    assert client.post(cell_page(cells, "/exemptions/end"), data={"subject": subject}).status_code == 303
    assert "0/2 đã đăng ký" in client.get(cell_page(cells)).text


def test_an_exemption_with_something_missing_keeps_what_was_typed(cells: Cells, desk: Desk) -> None:
    told = {"subject": str(cells.subject(cells.an)), "reason": "ill", "since": TODAY, "words": "Lời đã viết"}
    client, where = desk("secretary"), cell_page(cells, "/exemptions")
    for wrong, words, status in (
        ({"since": "hôm nọ"}, "Xin ghi ngày", 400),
        ({"subject": ""}, "Xin chọn một đảng viên", 409),
        ({"subject": str(cells.subject(cells.chau))}, "Xin chọn một đảng viên", 409),
    ):
        answer = client.post(where, data=told | wrong)
        is_problem(answer, words, status)
        assert "Lời đã viết" in answer.text
    assert client.post(where, data=told | {"reason": "lazy"}).status_code == 404
    assert cells.mine(cells.an)["exempt"] is None


def test_the_cells_decision_on_sharing_is_whole_and_has_its_day(cells: Cells, desk: Desk) -> None:
    client, where = desk("secretary"), cell_page(cells, "/sharing")
    is_problem(client.post(where, data={"audience": ["committee"], "decided_on": ""}), "Xin ghi ngày", 400)
    tomorrow = (clock.today() + timedelta(days=1)).strftime("%d/%m/%Y")
    is_problem(client.post(where, data={"audience": ["committee"], "decided_on": tomorrow}), "phía trước")
    assert (
        client.post(where, data={"audience": ["committee", "world"], "decided_on": TODAY}).status_code == 303
    )
    assert f"theo cuộc họp ngày {TODAY}" in client.get(cell_page(cells)).text
    assert client.post(where, data={"decided_on": TODAY}).status_code == 303
    assert "theo cuộc họp ngày" not in client.get(cell_page(cells)).text
    assert [entry.reason for entry in trail(cells.world, "pledge.share")] == ["committee", "nobody"]


# --- one pledge -------------------------------------------------------------------------------------------------------


def test_opening_a_pledge_is_told_to_the_member_and_stands_on_the_trail(cells: Cells, desk: Desk) -> None:
    register(cells.binh, item(what="Hướng dẫn 5 hộ"))
    text = desk("secretary").get(at(cells, cells.binh)).text
    assert "Hướng dẫn 5 hộ" in text
    (reading,) = cells.mine(cells.binh)["pledge"]["readings"]
    assert (reading["name"], reading["role"], reading["part"]) == ("Bí thư Lành", "cell_secretary", "body")
    (entry,) = trail(cells.world, "pledge.read")
    assert (entry.actor, entry.is_read, entry.unit_id) == (cells.staff["secretary"], True, cells.cell)


def test_what_changed_since_the_version_in_force_is_marked(cells: Cells, desk: Desk) -> None:
    kept, mended, dropped = item(what="Việc giữ nguyên"), item(what="Lời cũ"), item(what="Việc sẽ bỏ")
    register(cells.binh, kept, mended, dropped)
    client = desk("secretary")
    confirmed(cells, client, cells.binh)
    register(cells.binh, mended | {"what": "Lời mới"}, dropped | {"gone": True}, item(what="Việc thêm"))
    text = client.get(at(cells, cells.binh)).text
    marks = dict(re.findall(r'<h3>([^<]+) <span class="tag" data-testid="mark">([^<]+)</span>', text))
    assert marks == {"Lời mới": "đã sửa", "Việc thêm": "việc mới thêm", "Việc sẽ bỏ": "đã bỏ"}
    assert "Trước đây: Lời cũ" in text
    assert "Việc giữ nguyên" in text


def test_returned_with_words_and_silence_is_refused(cells: Cells, desk: Desk) -> None:
    register(cells.binh)
    client = desk("secretary")
    fields = opened(cells, client, cells.binh)
    is_problem(client.post(f"{at(cells, cells.binh)}/return", data=fields | {"words": " a "}), "cần bổ sung")
    assert state(cells, cells.binh) == "submitted"
    done = client.post(f"{at(cells, cells.binh)}/return", data=fields | {"words": "Ghi rõ số hộ."})
    assert done.status_code == 303
    mine = cells.mine(cells.binh)["pledge"]
    assert (mine["state"], mine["versions"][0]["words"]) == ("returned", "Ghi rõ số hộ.")


def test_what_changed_meanwhile_is_shown_anew_with_what_was_typed(cells: Cells, desk: Desk) -> None:
    register(cells.binh)
    client = desk("secretary")
    fields = opened(cells, client, cells.binh)
    register(cells.binh, item(what="Việc thêm sau đó"))
    for deed in ("return", "confirm"):
        answer = client.post(f"{at(cells, cells.binh)}/{deed}", data=fields | {"words": "Lời đã viết lâu"})
        is_problem(answer, "đã có thay đổi")
        assert "Việc thêm sau đó" in answer.text
        assert "Lời đã viết lâu" in answer.text
    assert state(cells, cells.binh) == "submitted"


@pytest.mark.parametrize("version", ["", "0", "-1", "²", "99999", "một"])
def test_a_version_that_is_none_confirms_nothing(cells: Cells, desk: Desk, version: str) -> None:
    register(cells.binh)
    client = desk("secretary")
    opened(cells, client, cells.binh)
    is_problem(client.post(f"{at(cells, cells.binh)}/confirm", data={"version": version}), "đã có thay đổi")


def test_unread_is_not_confirmed(cells: Cells, desk: Desk) -> None:
    register(cells.binh)
    answer = desk("secretary").post(f"{at(cells, cells.binh)}/confirm", data={"version": "1"})
    is_problem(answer, "chưa được mở xem")
    assert state(cells, cells.binh) == "submitted"


def test_who_looked_at_a_photo_only_has_not_read_the_pledge(cells: Cells, desk: Desk) -> None:
    digest = with_photo(cells, cells.binh)
    client = desk("secretary")
    assert client.get(f"{at(cells, cells.binh)}/pictures/{digest}").status_code == 200
    is_problem(client.post(f"{at(cells, cells.binh)}/confirm", data={"version": "1"}), "chưa được mở xem")


def test_of_two_secretaries_at_once_the_second_sees_what_the_first_did(cells: Cells, desk: Desk) -> None:
    cells.world.staff["second"] = second_secretary(cells)
    register(cells.binh)
    one, two = desk("secretary"), desk("second")
    first, late = opened(cells, one, cells.binh), opened(cells, two, cells.binh)
    assert one.post(f"{at(cells, cells.binh)}/confirm", data=first).status_code == 303
    answer = two.post(f"{at(cells, cells.binh)}/return", data=late | {"words": "Lời của người thứ hai"})
    is_problem(answer, "đã có thay đổi")
    assert "Lời của người thứ hai" in answer.text
    assert state(cells, cells.binh) == "in_force"
    first, late = opened(cells, one, cells.binh), opened(cells, two, cells.binh)
    checked = {"moment": "midyear", "day": TODAY, "words": "Đúng tiến độ."}
    assert one.post(f"{at(cells, cells.binh)}/check", data=first | checked).status_code == 303
    is_problem(two.post(f"{at(cells, cells.binh)}/check", data=late | checked), "đã có thay đổi")


def second_secretary(cells: Cells) -> uuid.UUID:
    with cells.world.database.transaction() as session:
        return staff.hire(
            session,
            name="Phó bí thư Tú",
            username="pho.bi.thu",
            password=PASSWORD,
            grants=[("cell_secretary", cells.cell)],
        )


def test_who_lost_the_role_confirms_nothing(cells: Cells, desk: Desk) -> None:
    register(cells.binh)
    client = desk("secretary")
    fields = opened(cells, client, cells.binh)
    end_role(cells, "secretary")
    for deed in ("confirm", "return", "check", "class"):
        answer = client.post(
            f"{at(cells, cells.binh)}/{deed}", data=fields | {"words": "Nhất trí", "moment": "midyear"}
        )
        assert answer.status_code == 403
    assert client.get(at(cells, cells.binh)).status_code == 403
    assert state(cells, cells.binh) == "submitted"


def test_after_a_transfer_the_old_cells_form_does_nothing(cells: Cells, desk: Desk) -> None:
    register(cells.binh)
    client = desk("secretary")
    fields = opened(cells, client, cells.binh)
    where = at(cells, cells.binh)
    transfer(cells.world, cells.binh, cells.other_cell)
    assert client.post(f"{where}/confirm", data=fields).status_code == 404
    assert (
        client.post(
            cell_page(cells, "/several"), data={"pledge": f"{where.rpartition('/')[2]}:1"}
        ).status_code
        == 409
    )
    assert state(cells, cells.binh) == "submitted"
    confirmed(cells, desk("other_secretary"), cells.binh)


def test_a_form_without_its_token_changes_nothing(cells: Cells, desk: Desk) -> None:
    register(cells.binh)
    client = desk("secretary")
    fields = opened(cells, client, cells.binh)
    cells.world.app.config["WTF_CSRF_METHODS"] = {"POST"}
    for path in (
        f"{at(cells, cells.binh)}/confirm",
        cell_page(cells, "/several"),
        cell_page(cells, "/sharing"),
    ):
        assert client.post(path, data=fields).status_code == 400
    assert state(cells, cells.binh) == "submitted"


# --- photos -------------------------------------------------------------------------------------------------------------


def with_photo(cells: Cells, phone: Phone) -> str:
    """A pledge in the cell's hands with evidence and its photo; the photo's name."""
    thing, raw = item(), shot()
    register(phone, thing)
    send(phone, raw)
    told = {
        "evidence": str(uuid.uuid4()),
        "item": thing["id"],
        "progress": "doing",
        "words": "Được 2 hộ",
        "photos": [named(raw)],
    }
    assert phone.do("pledge.evidence", told)["outcome"] == "noted"
    return named(raw)


def test_a_photo_is_shown_to_the_secretary_and_its_reading_is_told(cells: Cells, desk: Desk) -> None:
    digest = with_photo(cells, cells.binh)
    client = desk("secretary")
    text = client.get(at(cells, cells.binh)).text
    assert "Được 2 hộ" in text
    address = f"{at(cells, cells.binh)}/pictures/{digest}"
    assert address in text
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "no-store"
    assert [row["part"] for row in cells.mine(cells.binh)["pledge"]["readings"]].count("evidence") == 1
    for other in ("other_secretary", "committee", "an"):
        assert desk(other).get(address).status_code in (403, 404)


def test_a_pdf_is_handed_out_to_be_saved_and_its_reading_is_told(cells: Cells, desk: Desk) -> None:
    raw, thing = small(), item()
    register(cells.binh, thing)
    assert send(cells.binh, raw).json == {
        "arrived": len(raw), "size": len(raw), "complete": True, "refused": None
    }  # fmt: skip
    told = {"evidence": str(uuid.uuid4()), "item": thing["id"], "progress": "doing", "photos": [named(raw)]}
    assert cells.binh.do("pledge.evidence", told)["outcome"] == "noted"
    (evidence,) = cells.mine(cells.binh)["pledge"]["evidence"]
    assert (evidence["papers"], evidence["photos"]) == ([named(raw)], {named(raw): "complete"})
    client = desk("secretary")
    where = f"{at(cells, cells.binh)}/papers/{named(raw)}"
    assert where in client.get(at(cells, cells.binh)).text
    answer = client.get(where)
    assert (answer.data, answer.mimetype) == (raw, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert cells.mine(cells.binh)["pledge"]["readings"][0]["part"] == "evidence"
    assert client.get(where.replace("papers", "pictures")).status_code == 404
    assert client.get(f"{at(cells, cells.binh)}/papers/{'0' * 64}").status_code == 404
    assert desk("other_secretary").get(where).status_code == 404


def test_a_pdf_that_could_do_something_is_not_kept(cells: Cells, desk: Desk) -> None:
    raw, thing = small(ACTION), item()
    register(cells.binh, thing)
    assert send(cells.binh, raw).get_json()["refused"] == "pdf_active"
    told = {"evidence": str(uuid.uuid4()), "item": thing["id"], "progress": "doing", "photos": [named(raw)]}
    assert cells.binh.do("pledge.evidence", told)["outcome"] == "noted"
    (evidence,) = cells.mine(cells.binh)["pledge"]["evidence"]
    assert (evidence["papers"], evidence["photos"]) == ([], {named(raw): "refused"})
    assert desk("secretary").get(f"{at(cells, cells.binh)}/papers/{named(raw)}").status_code == 404


def test_a_photo_of_another_pledge_is_not_found_here(cells: Cells, desk: Desk) -> None:
    digest = with_photo(cells, cells.an)
    register(cells.binh)
    client = desk("secretary")
    assert client.get(f"{at(cells, cells.binh)}/pictures/{digest}").status_code == 404
    assert client.get(f"{at(cells, cells.binh)}/pictures/..%2f..%2fetc").status_code == 404


def test_evidence_of_a_deed_that_was_not_handed_in_is_not_shown(cells: Cells, desk: Desk) -> None:
    register(cells.binh)
    unsent = item(what="Việc còn đang viết")
    cells.binh.do("pledge.items", {"items": [unsent]})
    told = {"evidence": str(uuid.uuid4()), "item": unsent["id"], "progress": "doing", "words": "Lời kín"}
    cells.binh.do("pledge.evidence", told)
    text = desk("secretary").get(at(cells, cells.binh)).text
    assert "Lời kín" not in text
    assert "đang viết" not in text.partition("<h1>")[2]


# --- several at once ----------------------------------------------------------------------------------------------------


def test_several_are_confirmed_after_each_was_read_one_after_another(cells: Cells, desk: Desk) -> None:
    for phone in (cells.binh, cells.an):
        register(phone)
    client, where = desk("secretary"), cell_page(cells, "/several")
    text = client.get(where).text
    assert text.count('data-testid="unread"') == 2
    ids = [f"{pledge_id(cells, phone)}:1" for phone in (cells.binh, cells.an)]
    answer = client.post(where, data={"pledge": ids, "words": "Nhất trí"})
    assert answer.status_code == 409
    assert "chưa được mở xem" in answer.text
    while found := re.search(r'href="([^"]+)" data-testid="read-next"', text):
        text = client.get(found[1].replace("&amp;", "&")).text
    assert 'data-testid="to-several"' in text
    text = client.get(where).text
    assert text.count('data-testid="may-confirm"') == 2
    assert client.post(where, data={"pledge": ids, "words": "Nhất trí"}).status_code == 303
    for phone in (cells.binh, cells.an):
        mine = cells.mine(phone)["pledge"]
        assert (mine["state"], mine["versions"][0]["words"]) == ("in_force", "Nhất trí")


def test_one_that_changed_meanwhile_stays_and_is_named_the_others_go_through(
    cells: Cells, desk: Desk
) -> None:
    for phone in (cells.binh, cells.an):
        register(phone)
    client = desk("secretary")
    for phone in (cells.binh, cells.an):
        opened(cells, client, phone)
    register(cells.an, item(what="Việc thêm"))
    ids = [f"{pledge_id(cells, phone)}:1" for phone in (cells.binh, cells.an)]
    answer = client.post(cell_page(cells, "/several"), data={"pledge": ids, "words": "Lời chung"})
    assert answer.status_code == 409
    assert "<b>An</b>: Bản đăng ký đã có thay đổi" in answer.text
    assert "Lời chung" in answer.text or "Không còn bản nào" not in answer.text
    assert (state(cells, cells.binh), state(cells, cells.an)) == ("in_force", "submitted")


def test_nothing_chosen_is_said(cells: Cells, desk: Desk) -> None:
    register(cells.binh)
    for data in ({}, {"pledge": "x"}, {"pledge": f"{uuid.uuid4()}:1"}):
        is_problem(desk("secretary").post(cell_page(cells, "/several"), data=data), "ít nhất một bản")


def test_what_somebody_else_has_answered_meanwhile_is_said(cells: Cells, desk: Desk) -> None:
    register(cells.binh)
    confirmed(cells, desk("secretary"), cells.binh)
    data = {"pledge": f"{pledge_id(cells, cells.binh)}:1"}
    is_problem(desk("secretary").post(cell_page(cells, "/several"), data=data), "đã có thay đổi")


# --- through the year -----------------------------------------------------------------------------------------------------


def test_checked_at_mid_year_and_at_the_end(cells: Cells, desk: Desk) -> None:
    thing = item()
    register(cells.binh, thing)
    client = desk("secretary")
    confirmed(cells, client, cells.binh)
    where = f"{at(cells, cells.binh)}/check"
    told = {"moment": "midyear", "day": TODAY, "words": "Đúng tiến độ."}
    for wrong in ({"day": "ngày mai"}, {"day": "31/02/2026"}, {"day": "1/1/2999"}):
        answer = client.post(where, data=opened(cells, client, cells.binh) | told | wrong)
        is_problem(answer, "Xin ghi ngày", answer.status_code)
        assert "Đúng tiến độ." in answer.text
    assert (
        client.post(where, data=opened(cells, client, cells.binh) | told | {"moment": "easter"}).status_code
        == 404
    )
    assert client.post(where, data=opened(cells, client, cells.binh) | told).status_code == 303
    mine = cells.mine(cells.binh)["pledge"]
    assert (mine["state"], mine["reviews"][0]["cell_words"]) == ("midyear_checked", "Đúng tiến độ.")
    look_back(cells.binh, thing["id"], "Được 6 hộ")
    end = {"moment": "year_end", "day": TODAY, "words": "Làm tốt."}
    assert client.post(where, data=opened(cells, client, cells.binh) | end).status_code == 303
    text = client.get(at(cells, cells.binh)).text
    for words in ("Đúng tiến độ.", "Làm tốt.", "Được 6 hộ", "Mức tự nhận"):
        assert words in text


def test_a_mid_year_check_waits_only_from_its_day_on(world: World, desk: Desk) -> None:
    cells = year_of_pledges(world, days_ago=30)
    register(cells.binh)
    client = desk("secretary")
    confirmed(cells, client, cells.binh)
    assert 'data-testid="midyear-pending"' not in client.get(cell_page(cells)).text
    assert client.get(at(cells, cells.binh)).status_code == 200


def test_in_the_second_half_of_the_year_the_check_is_waited_for(world: World, desk: Desk) -> None:
    cells = year_of_pledges(world, days_ago=180)
    register(cells.binh)
    client = desk("secretary")
    confirmed(cells, client, cells.binh)
    assert 'data-testid="midyear-pending"' in client.get(cell_page(cells)).text


def test_the_class_is_chosen_from_the_rules_with_their_doubts(cells: Cells, desk: Desk) -> None:
    thing = item()
    register(cells.binh, thing)
    client = desk("secretary")
    confirmed(cells, client, cells.binh)
    look_back(cells.binh, thing["id"])
    text = client.get(at(cells, cells.binh)).text
    assert "Mức do tập thể quyết định" in text
    assert "Từ 70 đến dưới 90 điểm." in text
    assert "chưa xác nhận" in text
    assert not re.search(r'name="class"[^>]* checked', text)
    fields = opened(cells, client, cells.binh)
    for wrong in ({}, {"class": "wonderful"}):
        answer = client.post(f"{at(cells, cells.binh)}/class", data=fields | wrong | {"words": "Lời giữ lại"})
        is_problem(answer, "Xin chọn một mức")
        assert "Lời giữ lại" in answer.text
    assert client.post(f"{at(cells, cells.binh)}/class", data=fields | {"class": "good"}).status_code == 303
    assert state(cells, cells.binh) == "cell_assessed"


def test_a_class_before_the_members_own_review_is_too_early(cells: Cells, desk: Desk) -> None:
    register(cells.binh)
    client = desk("secretary")
    confirmed(cells, client, cells.binh)
    fields = opened(cells, client, cells.binh) | {"class": "good", "words": "Lời viết sớm"}
    answer = client.post(f"{at(cells, cells.binh)}/class", data=fields)
    is_problem(answer, "Chưa đến bước này")
    assert "Lời viết sớm" in answer.text


# --- the committee --------------------------------------------------------------------------------------------------------


def ticked(text: str) -> list[str]:
    return re.findall(r'type="checkbox" id="[^"]+" name="pledge" value="([^"]+)"', text)


def test_the_committee_decides_for_several_by_one_document(cells: Cells, desk: Desk) -> None:
    for phone in (cells.binh, cells.an):
        proposed(cells, desk("secretary"), phone)
    client, where = desk("committee"), "/admin/pledges/classes"
    text = client.get(where).text
    assert "Làm tốt việc hướng dẫn bà con." in text
    assert "Hướng dẫn 5 hộ" not in text
    chosen = {f"class-{value.partition(':')[0]}": "good" for value in ticked(text)}
    told: dict[str, Any] = {"pledge": ticked(text), "document": "12-QĐ/ĐU (hư cấu)", "day": TODAY} | chosen
    assert len(told["pledge"]) == 2
    assert client.post(where, data=told).status_code == 303
    for phone in (cells.binh, cells.an):
        mine = cells.mine(phone)["pledge"]
        assert (mine["state"], mine["classes"][1]["document_number"]) == ("closed", "12-QĐ/ĐU (hư cấu)")
        assert [row["part"] for row in mine["readings"]].count("class") == 1
    assert 'data-testid="none-waiting"' in client.get(where).text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"document": ""}, "số và ngày của văn bản"),
        ({"day": ""}, "số và ngày của văn bản"),
        ({"day": "hôm qua"}, "Xin ghi ngày"),
        ({"day": "1/1/2999"}, "phía trước"),
        ({"pledge": []}, "ít nhất một"),
    ],
)
def test_a_decision_with_something_missing_keeps_what_was_typed(
    cells: Cells, desk: Desk, wrong: dict[str, Any], words: str
) -> None:
    proposed(cells, desk("secretary"), cells.binh)
    client, where = desk("committee"), "/admin/pledges/classes"
    told = {"pledge": ticked(client.get(where).text), "document": "12-QĐ/ĐU", "day": TODAY} | wrong
    answer = client.post(where, data=told)
    is_problem(answer, words, answer.status_code)
    assert answer.status_code in (400, 409)
    if told["document"]:
        assert "12-QĐ/ĐU" in answer.text
    assert state(cells, cells.binh) == "cell_assessed"


def test_a_proposal_that_changed_meanwhile_is_not_decided(cells: Cells, desk: Desk) -> None:
    secretary, client, where = desk("secretary"), desk("committee"), "/admin/pledges/classes"
    proposed(cells, secretary, cells.binh)
    seen = ticked(client.get(where).text)
    again = opened(cells, secretary, cells.binh) | {"class": "completed"}
    assert secretary.post(f"{at(cells, cells.binh)}/class", data=again).status_code == 303
    told = {
        "pledge": seen,
        "document": "12-QĐ/ĐU",
        "day": TODAY,
        f"class-{pledge_id(cells, cells.binh)}": "good",
    }
    answer = client.post(where, data=told)
    assert answer.status_code == 409
    assert "<b>Bình</b>: Bản đăng ký đã có thay đổi" in answer.text
    assert "12-QĐ/ĐU" in answer.text
    assert state(cells, cells.binh) == "cell_assessed"


def test_a_later_decision_corrects_the_first_and_both_are_kept(cells: Cells, desk: Desk) -> None:
    client, where = desk("committee"), "/admin/pledges/classes"
    proposed(cells, desk("secretary"), cells.binh)
    for number, chosen in (("12-QĐ/ĐU", "good"), ("15-QĐ/ĐU", "excellent")):
        told = {"pledge": ticked(client.get(where).text), "document": number, "day": TODAY}
        assert (
            client.post(where, data=told | {f"class-{pledge_id(cells, cells.binh)}": chosen}).status_code
            == 303
        )
    assert cells.mine(cells.binh)["pledge"]["classes"][1]["chosen"] == "excellent"
    with cells.world.database.transaction(writes=False) as session:
        assert len(session.scalars(select(PledgeClass).where(PledgeClass.by == "committee")).all()) == 2
    assert cells.facts()["pledge.assessed"] == 1


def test_where_the_cell_shares_the_committee_reads_deeds_and_nothing_else(cells: Cells, desk: Desk) -> None:
    with_photo(cells, cells.binh)
    secretary, client = desk("secretary"), desk("committee")
    confirmed(cells, secretary, cells.binh)
    assert client.get(at(cells, cells.binh)).status_code == 404
    share = {"audience": ["committee"], "decided_on": TODAY}
    assert secretary.post(cell_page(cells, "/sharing"), data=share).status_code == 303
    text = client.get(at(cells, cells.binh)).text
    assert "Hướng dẫn 5 hộ" in text
    assert "Được 2 hộ" not in text
    assert "pictures" not in text
    assert "Chi bộ trả lời" not in text
    roles = [row["role"] for row in cells.mine(cells.binh)["pledge"]["readings"]]
    assert "party_committee" in roles


def test_who_died_has_no_class_and_nothing_breaks(cells: Cells, desk: Desk) -> None:
    register(cells.binh)
    client = desk("secretary")
    told = {"subject": str(cells.subject(cells.binh)), "reason": "deceased", "since": TODAY}
    assert client.post(cell_page(cells, "/exemptions"), data=told).status_code == 303
    assert 'data-testid="waits"' not in client.get(cell_page(cells)).text
    assert 'data-testid="waiting-pledges"' not in client.get("/admin/").text
    fields = opened(cells, client, cells.binh) | {"version": "1"}
    is_problem(client.post(f"{at(cells, cells.binh)}/confirm", data=fields), "không đổi được")
    assert cells.facts() == {"pledge.registered": 1}
    fake = {"pledge": f"{pledge_id(cells, cells.binh)}:.", "document": "1", "day": TODAY}
    assert desk("committee").post("/admin/pledges/classes", data=fake).status_code == 409


# --- numbers for those above ------------------------------------------------------------------------------------------------


def fill(cells: Cells, cell: uuid.UUID, people: int) -> list[Phone]:
    phones = [cells.world.phone(f"Đảng viên {n}", consent=False) for n in range(people)]
    for phone in phones:
        belong(cells.world, phone, cell)
    return phones


def rows(text: str) -> list[str]:
    return [
        " ".join(re.sub(r"<[^>]+>", " ", row).split())
        for row in re.findall(r'<tr data-testid="(?:cell|total)-row">(.*?)</tr>', text, re.S)
    ]


def test_cells_of_a_few_are_not_shown_as_numbers_nor_found_by_subtracting(cells: Cells, desk: Desk) -> None:
    with cells.world.database.transaction() as session:
        big = units.found(
            session, code="05752-CB09", kind="party_cell", name="Vân Lăng", level_word="chi bộ", since=SINCE,
            parents={"party": cells.organisation},
        )  # fmt: skip
    fill(cells, big, 9)
    fill(cells, cells.cell, 5)
    for who in ("board", "committee"):
        shown = rows(desk(who).get("/admin/pledges").text)
        assert [row.split()[2] for row in shown[:3]] == ["Cầu", "Đồng", "Vân"]
        hidden_rows = [row for row in shown if "ít người" in row]
        # one member in the small cell; its neighbour of seven goes with it, or the sum would tell
        assert len(hidden_rows) == 2
        assert any("0 /9" in row for row in shown)
        assert "0 /17" in shown[-1]


def test_the_board_sees_numbers_only(cells: Cells, desk: Desk) -> None:
    fill(cells, cells.cell, 5)
    fill(cells, cells.other_cell, 6)
    register(cells.binh, item(what="Chữ riêng của Bình"))
    client = desk("board")
    text = client.get("/admin/pledges").text
    assert "1 /7" in " ".join(rows(text))
    assert "Chữ riêng" not in text
    assert ">Bình<" not in text
    for path in (
        at(cells, cells.binh),
        cell_page(cells),
        "/admin/pledges/classes",
        cell_page(cells, "/agenda"),
    ):
        assert client.get(path).status_code == 403


@pytest.mark.parametrize(
    ("sizes", "hidden_sizes"),
    [
        ([3], [3]),
        ([8], []),
        ([3, 8], [3, 8]),
        ([3, 4, 9], [3, 4]),
        ([1, 2, 9, 20], [1, 2, 9]),
        ([0, 9, 20], [0, 9]),
    ],
)
def test_what_is_hidden_is_at_least_two_cells_and_not_few_people(
    sizes: list[int], hidden_sizes: list[int]
) -> None:
    expected = {uuid.UUID(int=n): size for n, size in enumerate(sizes)}
    assert sorted(expected[cell] for cell in rules.too_small(expected)) == hidden_sizes
    assert rules.FEW == disclosure.K


# --- the sheet for the meeting ------------------------------------------------------------------------------------------------


def test_the_sheet_for_the_meeting_on_paper_and_as_a_file(cells: Cells, desk: Desk) -> None:
    client = desk("secretary")
    register(cells.an, item(what="Nộp hồ sơ trực tuyến", due=(clock.today() + timedelta(days=9)).isoformat()))
    confirmed(cells, client, cells.an)
    register(cells.binh)
    text = client.get(cell_page(cells, "/agenda")).text
    answer = client.get(cell_page(cells, "/agenda.docx"))
    assert str(answer.mimetype).endswith("wordprocessingml.document")
    paper = docx.Document(io.BytesIO(answer.data))
    in_tables = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    written = "\n".join([one.text for one in paper.paragraphs] + in_tables)
    as_pdf = client.get(cell_page(cells, "/agenda.pdf"))
    assert (as_pdf.mimetype, "attachment" in as_pdf.headers["Content-Disposition"]) == (
        "application/pdf",
        True,
    )
    set_in_type = " ".join(pdf_text.words(as_pdf.data).split())
    for words in ("2/2 đã đăng ký", "Bình", "An", "Nộp hồ sơ trực tuyến", "ĐẢNG CỘNG SẢN VIỆT NAM"):
        assert words in text
        assert words in written
        assert words in set_in_type
    assert "phiếu bầu" not in written
    parts = [row["part"] for row in cells.mine(cells.an)["pledge"]["readings"]]
    assert parts.count("export") == 1
    assert "export" not in [row["part"] for row in cells.mine(cells.binh)["pledge"]["readings"]]


# --- what it costs ------------------------------------------------------------------------------------------------------------


def cost(cells: Cells, client: FlaskClient, path: str) -> int:
    client.get(path)
    return len(spent(cells.world.database, lambda: client.get(path)))


@pytest.mark.parametrize(
    ("who", "page"),
    [
        ("secretary", "cell"), ("secretary", "several"), ("secretary", "agenda"), ("secretary", "pledge"),
        ("committee", "classes"), ("board", "counts"),
    ],
)  # fmt: skip
def test_pages_cost_the_same_however_many_members_there_are(
    cells: Cells, desk: Desk, who: str, page: str
) -> None:
    secretary = desk("secretary")
    proposed(cells, secretary, cells.binh)
    register(cells.an)
    confirmed(cells, secretary, cells.an)
    client = desk(who)
    paths: dict[str, Callable[[], str]] = {
        "cell": lambda: cell_page(cells),
        "several": lambda: cell_page(cells, "/several"),
        "agenda": lambda: cell_page(cells, "/agenda"),
        "pledge": lambda: at(cells, cells.an),
        "classes": lambda: "/admin/pledges/classes",
        "counts": lambda: "/admin/pledges",
    }
    path = paths[page]()
    few = cost(cells, client, path)
    for n, phone in enumerate(fill(cells, cells.cell, 6)):
        phone.agree("pledge_record")
        if n % 2:
            proposed(cells, secretary, phone)
        else:
            register(phone)
    assert cost(cells, client, path) == few


def test_readings_of_lists_are_written_once_a_day(cells: Cells, desk: Desk) -> None:
    proposed(cells, desk("secretary"), cells.binh)
    for _ in range(3):
        desk("committee").get("/admin/pledges/classes")
    with cells.world.database.transaction(writes=False) as session:
        query = select(PledgeReading).where(PledgeReading.part == "class")
        (row,) = session.scalars(query).all()
    assert (row.role, row.unit_id) == ("party_committee", cells.organisation)
