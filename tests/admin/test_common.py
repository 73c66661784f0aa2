"""The pages of a contest of many communes: at a commune what is awaited, at the level above who has told."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from backend import clock
from tests.admin.desk import at_desk, trail
from tests.campaigns.test_common_here import close_in_time, people
from tests.support.common import Carrier, arrive, make_common, turn
from tests.support.contest import turn as time_passes
from tests.support.world import World

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def an(world: World) -> FlaskClient:
    return at_desk(world)("an")


@on_sqlite
def test_a_round_of_ones_own_has_no_such_page(world: World, an: FlaskClient) -> None:
    answer = an.get(f"/admin/activities/{world.activity}/common")
    assert answer.status_code == 409
    assert "của riêng xã" in answer.text


@on_sqlite
def test_the_page_goes_from_looking_to_waiting_to_settled(world: World, an: FlaskClient) -> None:
    make_common(world)
    people(world)
    place = f"/admin/activities/{world.activity}/common"
    assert "chưa đóng" in an.get(place).text
    close_in_time(world)
    text = an.get(f"/admin/activities/{world.activity}/settle").text
    assert 'data-testid="is-common"' in text
    assert 'data-testid="confirm-settle"' not in text
    assert 'data-testid="ready"' in an.get(place).text
    assert an.post(place, data={"do": "ready"}).status_code == 303
    turn(world, Carrier())
    text = an.get(place).text
    assert "Đang đợi Ban Chỉ đạo tỉnh" in text
    assert 'data-testid="alone-do"' not in text, "not before the deadline"
    arrive(world, 41)
    turn(world, Carrier())
    assert "số chung bản số 1" in an.get(place).text
    arrive(world, 40, number=2)
    assert 'data-testid="anew-do"' in an.get(place).text
    assert an.post(place, data={"do": "anew", "why": "x"}).status_code == 409
    assert an.post(place, data={"do": "anew", "why": "Tỉnh đính chính"}).status_code == 303
    assert "số chung bản số 2" in an.get(place).text
    assert [len(trail(world, deed)) for deed in ("common.ready", "common.anew")] == [1, 1]


@on_sqlite
def test_going_alone_needs_the_deadline_and_a_reason_and_what_was_typed_stays(
    world: World, an: FlaskClient
) -> None:
    make_common(world)
    people(world)
    place = f"/admin/activities/{world.activity}/common"
    close_in_time(world)
    an.post(place, data={"do": "ready"})
    early = an.post(place, data={"do": "alone", "why": "Đường truyền hỏng"})
    assert early.status_code == 409
    assert "Chưa hết hạn đợi" in early.text
    with clock.stopped_at(clock.now() + timedelta(hours=73)):
        an = at_desk(world)("an")
        short = an.post(place, data={"do": "alone", "why": "hỏng"})
        assert short.status_code == 409
        assert ">hỏng</textarea>" in short.text
        assert an.post(place, data={"do": "alone", "why": "Đường truyền hỏng"}).status_code == 303
        assert turn(world, Carrier()) == "settled"
        time_passes(world)
        assert "Đường truyền hỏng" in an.get(place).text


@on_sqlite
def test_the_level_above_takes_a_common_pack_once_and_sees_who_has_not_told(
    world: World, an: FlaskClient
) -> None:
    assert "Toàn tỉnh tìm hiểu" in an.get("/admin/common").text
    assert an.post("/admin/common", data={"pack": "thi-chung-toan-tinh"}).status_code == 303
    text = an.get("/admin/common/thi-chung-toan-tinh/dot-1").text
    assert "0/0" in text
    early = an.post("/admin/common/thi-chung-toan-tinh/dot-1", data={"do": "total"})
    assert early.status_code == 409
    assert an.post("/admin/common/thi-chung-toan-tinh/dot-1", data={"do": "final"}).status_code == 409
    assert an.get("/admin/common/thi-chung-toan-tinh/dot-9").status_code == 404
    assert an.post("/admin/common", data={"pack": "khong-co"}).status_code == 404
    assert an.post("/admin/common", data={"pack": "cong-dan-so"}).status_code == 409


@on_sqlite
def test_nobody_else_opens_it(world: World) -> None:
    far = at_desk(world)("far")
    assert far.get("/admin/common").status_code == 404
    assert far.get("/admin/common/thi-chung-toan-tinh/dot-1").status_code == 404


@on_sqlite
def test_everybody_may_ask_for_lists_and_is_told_where_there_is_none(world: World) -> None:
    browser = world.client()
    assert "Chưa có danh sách chung kết" in browser.get("/thi-chung").text
    assert browser.get("/thi-chung/khong/co").status_code == 404
    assert browser.get("/thi-chung/khong/co.json").status_code == 404


@on_sqlite
def test_the_first_page_leads_to_the_lists_only_where_a_common_contest_is(world: World) -> None:
    browser = world.client()
    assert 'data-testid="door-common"' not in browser.get("/").text
    make_common(world)
    assert 'href="/thi-chung"' in browser.get("/").text


@on_sqlite
def test_rounds_and_communes_are_called_by_their_names(world: World, an: FlaskClient) -> None:
    make_common(world)
    an.post("/admin/common", data={"pack": "thi-chung-toan-tinh"})
    text = an.get("/admin/common").text
    assert f"/admin/activities/{world.activity}/common" in text
    assert "thi-chung · dot-1" not in text
    assert "gói thi-chung" not in text
