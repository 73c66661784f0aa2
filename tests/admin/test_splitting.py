"""Split and take back at the console: two steps, both views, and clear words."""

import html
import re
import uuid
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from backend import clock
from backend.units.models import Unit, UnitEvent
from tests.admin.desk import Desk, take_part, trail
from tests.support.world import World


def form(**more: str) -> dict[str, str]:
    told = {
        "stays": "60", "name-0": "Đồng Tiến 2", "code-0": "05752-T09", "level_word-0": "xóm", "weight-0": "40",
        "on": f"{clock.today():%d/%m/%Y}", "document": "Nghị quyết 12/NQ-HĐND", "decided_on": "",
    }  # fmt: skip
    return told | more


@pytest.fixture
def client(desk: Desk) -> FlaskClient:
    return desk("an")


def hidden(text: str) -> dict[str, str]:
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', text)
    return {name: html.unescape(value) for name, value in found}


def newest_event(world: World) -> uuid.UUID:
    with world.database.transaction(writes=False) as session:
        return (
            session.scalars(select(UnitEvent.id).order_by(UnitEvent.made_at.desc())).first() or uuid.uuid4()
        )


def test_both_views_are_shown_before_anything_is_written_and_it_can_be_taken_back(
    world: World, client: FlaskClient
) -> None:
    with clock.stopped_at(clock.now() - timedelta(days=1)):
        take_part(world, 7)
    here = f"/admin/units/{world.hamlet}"
    seen = client.post(f"{here}/split/preview", data=form())
    assert seen.status_code == 200
    assert [
        re.sub(r"\D", "", one)
        for one in re.findall(r'data-testid="heads"><span class="line">([^<]+)', seen.text)
    ] == ["24", "16"]
    assert "chưa đếm được" in seen.text
    assert trail(world, "units.split") == []
    assert client.post(f"{here}/split", data=form(digest="khác")).status_code == 409
    assert client.post(f"{here}/split", data=hidden(seen.text)).status_code == 303
    told = client.get(f"{here}/history").text
    assert "Xóm Đồng Tiến 60 % + Xóm Đồng Tiến 2 40 %" in told
    back = client.post(f"{here}/events/{newest_event(world)}/undo", follow_redirects=True)
    assert "Đã hoàn lại việc sắp xếp" in back.text
    with world.database.transaction(writes=False) as session:
        assert session.scalars(select(Unit).where(Unit.code == "05752-T09")).first() is None
    assert [entry.deed for entry in trail(world, "units.undo")] == ["units.undo"]


@pytest.mark.parametrize(
    ("more", "status", "said"),
    [
        ({"weight-0": "38,5"}, 400, "98,5 %"),
        ({"weight-0": "nhiều"}, 400, "bằng số lớn hơn 0"),
        ({"name-0": "", "code-0": "", "weight-0": ""}, 400, "ít nhất hai"),
        ({"code-0": "05752-T2", "name-0": ""}, 409, "mã mới"),
        ({"on": "hôm nay"}, 409, "ngày/tháng/năm"),
        ({"on": "01/01/2099"}, 409, "chưa tới"),
        ({"code-0": "05752-T02"}, 409, "đã được dùng"),
    ],
)
def test_what_is_refused_is_said_and_nothing_typed_is_lost(
    world: World, client: FlaskClient, more: dict[str, str], status: int, said: str
) -> None:
    answer = client.post(f"/admin/units/{world.hamlet}/split/preview", data=form(**more))
    assert (answer.status_code, said in answer.text) == (status, True)
    assert 'value="Nghị quyết 12/NQ-HĐND"' in answer.text


def test_units_of_elsewhere_and_the_commune_itself_are_not_split_here(
    world: World, client: FlaskClient
) -> None:
    assert client.get(f"/admin/units/{world.far_hamlet}/split").status_code == 404
    assert client.post(f"/admin/units/{world.commune}/split/preview", data=form()).status_code == 409
    assert client.post(f"/admin/units/{world.hamlet}/events/{uuid.uuid4()}/undo").status_code == 404
