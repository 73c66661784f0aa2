"""Reorganising at the console: five kinds on one page, each read through first, and taken back until something rests on it."""

import re
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from backend import clock
from backend.calendars import holding
from backend.cards import actions, revisions
from backend.clock import VIETNAM
from backend.safeguards.audit import OPERATOR
from backend.units import change
from backend.units.models import Unit, UnitEvent
from backend.units.queries import named
from campaigns.models import Campaign, Publication
from tests.admin.desk import Desk, take_part, trail
from tests.admin.test_splitting import form as split_form
from tests.admin.test_splitting import hidden, newest_event
from tests.support.world import SINCE, World

TODAY = f"{clock.today():%d/%m/%Y}"
ACT = {"on": TODAY, "document": "NQ 9/NQ-HĐND", "issuer": "HĐND xã", "decided_on": TODAY}


@pytest.fixture
def client(desk: Desk) -> FlaskClient:
    return desk("an")


@pytest.fixture
def school_of_two(world: World) -> dict[str, uuid.UUID]:
    """Two schools and a class of the first."""
    with world.database.transaction() as session:
        first, second = (
            change.found(session, code=f"05752-S{n}", kind="school", name=f"Trường số {n}", level_word="", since=SINCE, parents={"territory": world.commune})
            for n in (1, 2)
        )  # fmt: skip
        a_class = change.found(session, code="05752-6A", kind="school_class", name="6A", level_word="lớp", since=SINCE, parents={"territory": first})  # fmt: skip
    return {"first": first, "second": second, "class": a_class}


def agreed(client: FlaskClient, path: str, told: dict[str, str]) -> Any:
    """Read the preview and say yes to it."""
    seen = client.post(f"/admin/units/{path}/preview", data=told)
    assert seen.status_code == 200, seen.text
    return client.post(f"/admin/units/{path}", data=hidden(seen.text))


def test_one_page_leads_to_each_of_the_five(world: World, client: FlaskClient) -> None:
    seen = client.get("/admin/units/reorganise").text
    assert "/admin/units/merge" in seen
    for kind in ("split", "move", "rename", "abolish"):
        assert f'data-testid="kind-{kind}"' in seen
        answer = client.get("/admin/units/reorganise", query_string={"kind": kind, "unit": str(world.hamlet)})
        assert answer.headers["Location"].endswith(f"/admin/units/{world.hamlet}/{kind}")
        assert client.get(answer.headers["Location"]).status_code == 200
    odd = client.get("/admin/units/reorganise", query_string={"kind": "split", "unit": "x"})
    assert odd.status_code == 200
    far = {"kind": "split", "unit": str(world.far_hamlet)}
    assert client.get("/admin/units/reorganise", query_string=far).status_code == 404


def test_a_class_moves_and_both_schools_are_shown_before_and_after(
    world: World, client: FlaskClient, school_of_two: dict[str, uuid.UUID]
) -> None:
    take_part(world, 6, unit=school_of_two["class"])
    told = ACT | {"parent": str(school_of_two["second"])}
    seen = client.post(f"/admin/units/{school_of_two['class']}/move/preview", data=told).text
    assert seen.count('data-testid="look-before"') == seen.count('data-testid="look-after"') == 3
    assert "trực thuộc Trường số 2" in seen
    with world.database.transaction(writes=False) as session:
        assert session.scalars(select(UnitEvent)).first() is None, "a preview writes nothing"
    assert agreed(client, f"{school_of_two['class']}/move", told).status_code == 303
    assert [entry.deed for entry in trail(world, "units.move")] == ["units.move"]
    page = client.get("/admin/units/reorganise").text
    assert "HĐND xã" in page
    back = f"/admin/units/{school_of_two['class']}/events/{newest_event(world)}/undo"
    assert "Đã hoàn lại" in client.post(back, follow_redirects=True).text
    assert [entry.deed for entry in trail(world, "units.undo")] == ["units.undo"]


def test_a_hamlet_becomes_a_residential_group(world: World, client: FlaskClient) -> None:
    told = ACT | {"name": "Đồng Tiến", "level_word": "Tổ dân phố"}
    assert agreed(client, f"{world.hamlet}/rename", told).status_code == 303
    with world.database.transaction(writes=False) as session:
        assert named(session, world.hamlet, clock.today()).full_name == "tổ dân phố Đồng Tiến"
    assert "xóm Đồng Tiến" in client.get(f"/admin/units/{world.hamlet}/history").text.replace("Xóm", "xóm")


def test_yes_counts_only_for_what_was_shown(world: World, client: FlaskClient) -> None:
    told = ACT | {"name": "Tên mới", "level_word": "xóm"}
    seen = hidden(client.post(f"/admin/units/{world.hamlet}/rename/preview", data=told).text)
    other = client.post(f"/admin/units/{world.hamlet}/rename", data=seen | {"name": "Tên khác"})
    assert (other.status_code, "Tên khác" in other.text) == (409, True)
    with world.database.transaction() as session:
        change.count_heads(session, world.hamlet, "residents_from_7", clock.today(), 41, "đếm lại")
    assert client.post(f"/admin/units/{world.hamlet}/rename", data=seen).status_code == 409
    assert trail(world, "units.rename") == []


# --- abolished -------------------------------------------------------------------------------------------------------


def test_an_empty_unit_is_abolished_one_with_people_only_into_another(
    world: World, client: FlaskClient
) -> None:
    world.phone()
    with world.database.transaction() as session:
        empty = change.found(session, code="05752-T33", kind="hamlet", name="Vắng", level_word="xóm", since=SINCE, parents={"territory": world.commune})  # fmt: skip
    refused = client.post(f"/admin/units/{world.hamlet}/abolish/preview", data=ACT)
    assert (refused.status_code, "không còn người" in refused.text) == (409, True)
    assert agreed(client, f"{empty}/abolish", ACT).status_code == 303
    assert "Giải thể" in client.get(f"/admin/units/{empty}/history").text
    assert client.post(f"/admin/units/{empty}/events/{newest_event(world)}/undo").status_code == 303
    with world.database.transaction(writes=False) as session:
        assert session.get_one(Unit, empty).valid_to is None
    whole = ACT | {"into-0": str(world.other_hamlet), "weight-0": "100"}
    assert agreed(client, f"{world.hamlet}/abolish", whole).status_code == 303
    assert "Xóm Đồng Tiến → Xóm Cầu Cong" in client.get("/admin/units/reorganise").text


@pytest.mark.parametrize(
    ("rows", "status", "said"),
    [
        ({"into-0": "other", "weight-0": "98,5"}, 400, "98,5 %"),
        ({"into-0": "other", "weight-0": ""}, 400, "lớn hơn 0"),
        ({"into-0": "", "weight-0": "100"}, 404, "Không có đơn vị"),
        ({"into-0": "far", "weight-0": "100"}, 404, "Không có đơn vị"),
        ({"into-0": "other", "weight-0": "60", "into-1": "other", "weight-1": "40"}, 404, "Không có đơn vị"),
        ({"into-0": "other", "weight-0": "100", "on": "31/02/2026"}, 409, "ngày/tháng/năm"),
        ({"into-0": "other", "weight-0": "100", "document": ""}, 409, "văn bản"),
    ],
)
def test_what_is_refused_is_said_and_nothing_typed_is_lost(
    world: World, client: FlaskClient, rows: dict[str, str], status: int, said: str
) -> None:
    places = {"other": str(world.other_hamlet), "far": str(world.far_hamlet)}
    told = ACT | {name: places.get(value, value) for name, value in rows.items()}
    answer = client.post(f"/admin/units/{world.hamlet}/abolish/preview", data=told)
    assert (answer.status_code, said in answer.text) == (status, True)
    assert 'value="HĐND xã"' in answer.text
    assert f'value="{told["weight-0"]}"' in answer.text


# --- what rests on it ------------------------------------------------------------------------------------------------


def undone(client: FlaskClient, world: World, unit: uuid.UUID) -> str:
    answer = client.post(f"/admin/units/{unit}/events/{newest_event(world)}/undo", follow_redirects=True)
    return answer.text


def renamed(client: FlaskClient, unit: uuid.UUID) -> None:
    assert agreed(client, f"{unit}/rename", ACT | {"name": "Mới", "level_word": "xóm"}).status_code == 303


def split_by(client: FlaskClient, unit: uuid.UUID, **more: str) -> None:
    assert agreed(client, f"{unit}/split", split_form(**more)).status_code == 303


def publish_card(world: World, unit: uuid.UUID, months_ago: int) -> None:
    """The unit's card of the month that lies so long back, published now."""
    month = holding("thang", clock.today().replace(day=1) - timedelta(days=1 + 31 * (months_ago - 1)))[0]
    with world.database.transaction() as session:
        opened = datetime.combine(month.last, datetime.min.time(), VIETNAM)
        with clock.stopped_at(opened):
            card = actions.open_card(session, unit, "xa-thang", month, OPERATOR)
        revisions.publish(session, card, OPERATOR, "", clock.now())


def test_a_card_of_the_commune_published_since_keeps_it_and_is_named(
    world: World, client: FlaskClient
) -> None:
    day = clock.today().replace(day=1) - timedelta(days=10)
    split_by(client, world.hamlet, on=f"{day:%d/%m/%Y}")
    publish_card(world, world.commune, 1)
    assert "bản công bố số 1" in client.get(f"/admin/units/{world.hamlet}/history").text
    said = undone(client, world, world.hamlet)
    assert "Không hoàn lại được" in said
    assert "Xã Tân Khánh" in said
    assert trail(world, "units.undo") == []


def test_a_card_of_a_time_before_it_or_of_another_commune_keeps_nothing(
    world: World, client: FlaskClient
) -> None:
    split_by(client, world.hamlet)
    publish_card(world, world.commune, 1)  # the month before the day
    publish_card(world, world.far_commune, 1)
    assert "Đã hoàn lại" in undone(client, world, world.hamlet)


def test_results_published_since_keep_it(world: World, client: FlaskClient) -> None:
    split_by(client, world.hamlet)
    with world.database.transaction() as session:
        session.add(
            Publication(
                activity_id=world.activity, number=1, statement={}, digest="0", signature="0", key_id="0",
                published_at=clock.now(),
            )
        )  # fmt: skip
    assert "Kết quả đã công bố" in undone(client, world, world.hamlet)


def test_a_name_is_taken_back_whatever_the_commune_published(world: World, client: FlaskClient) -> None:
    renamed(client, world.hamlet)
    publish_card(world, world.commune, 1)
    assert "Đã hoàn lại" in undone(client, world, world.hamlet)


# --- campaigns, people ---------------------------------------------------------------------------------------------------


def owned_by(world: World, unit: uuid.UUID) -> None:
    with world.database.transaction() as session:
        session.get_one(Campaign, world.campaign).owner_unit_id = unit


def owner(world: World) -> uuid.UUID:
    with world.database.transaction(writes=False) as session:
        return session.get_one(Campaign, world.campaign).owner_unit_id


def test_campaigns_go_with_the_unit_that_owned_them_and_come_back(world: World, client: FlaskClient) -> None:
    owned_by(world, world.hamlet)
    told = ACT | {"into-0": str(world.other_hamlet), "weight-0": "100"}
    seen = client.post(f"/admin/units/{world.hamlet}/abolish/preview", data=told)
    assert "Tìm hiểu chuyển đổi số" in seen.text
    assert owner(world) == world.hamlet
    assert client.post(f"/admin/units/{world.hamlet}/abolish", data=hidden(seen.text)).status_code == 303
    assert owner(world) == world.other_hamlet
    undone(client, world, world.hamlet)
    assert owner(world) == world.hamlet


def test_a_unit_that_owns_a_campaign_does_not_just_end(world: World, client: FlaskClient) -> None:
    owned_by(world, world.other_hamlet)
    refused = client.post(f"/admin/units/{world.other_hamlet}/abolish/preview", data=ACT)
    assert (refused.status_code, "Tìm hiểu chuyển đổi số" in refused.text) == (409, True)


def test_somebody_says_when_everybody_is_placed(world: World, client: FlaskClient) -> None:
    split_by(client, world.hamlet)
    here, event = f"/admin/units/{world.hamlet}", newest_event(world)
    assert 'data-testid="placed"' in client.get(f"{here}/history").text
    assert client.post(f"{here}/events/{event}/placed").status_code == 303
    assert 'data-testid="unplaced"' in client.get(f"{here}/history").text
    assert client.post(f"{here}/events/{event}/placed").status_code == 303
    assert [len(trail(world, deed)) for deed in ("units.placed", "units.unplaced")] == [1, 1]
    renamed(client, world.other_hamlet)
    plain = f"/admin/units/{world.other_hamlet}/events/{newest_event(world)}/placed"
    assert client.post(plain).status_code == 404


def test_who_reads_no_scorecard_sees_no_figure(world: World, client: FlaskClient, desk: Desk) -> None:
    take_part(world, 6)
    told = ACT | {"name": "Mới", "level_word": "xóm"}
    seen, other = (
        one.post(f"/admin/units/{world.hamlet}/rename/preview", data=told).text
        for one in (client, desk("operator"))  # who keeps units, and reads no scorecard
    )
    assert _cells(seen, "Người dự thi") == ["6", "6"]
    assert 'data-testid="line"' not in other
    assert 'data-testid="look-before"' in other


def test_a_preview_gives_no_few_people_away_by_sums(world: World, client: FlaskClient) -> None:
    """3 hidden and 6 shown: the 9 of both together would tell the 3. Of a split, neither would the parts."""
    take_part(world, 3)
    take_part(world, 6, unit=world.other_hamlet)
    told = ACT | {"into-0": str(world.other_hamlet), "weight-0": "100"}
    seen = client.post(f"/admin/units/{world.hamlet}/abolish/preview", data=told).text
    assert _cells(seen, "Người dự thi") == ["ít người, ẩn", "6", "ít người, ẩn"]
    parts = client.post(f"/admin/units/{world.hamlet}/split/preview", data=split_form()).text
    assert _cells(parts, "Bài thi đã nộp") == []


def _cells(seen: str, title: str) -> list[str]:
    """What a line of the preview shows, without what only a phone says beside each number."""
    lines = re.findall(r'data-testid="line"><th scope="row">([^<]+)</th>(.*?)</tr>', seen)
    cells = [
        cell for name, told in lines if name == title for cell in re.findall(r"<td.*?</td>", told)
    ]  # fmt: skip
    return [re.sub(r'<span class="small-only">.*?</span>|<[^>]+>', "", cell) for cell in cells]
