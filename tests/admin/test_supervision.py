"""Supervision: coverage and stages by place, what waits taken in by who is responsible, holes, calls, papers; no ranking."""

import csv
import io
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest

from backend import clock
from backend.people.models import LostDevice
from backend.teams import queries
from campaigns.visit import checks
from tests.admin.desk import Desk, trail
from tests.admin.field import hire_leader
from tests.support.visits import Field, in_the_field, join, met, new_household
from tests.support.world import World

PAGE = "/admin/supervision"


@pytest.fixture
def field(world: World) -> Field:
    return in_the_field(world)


def waiting_of(world: World) -> list[checks.Waiting]:
    with world.database.transaction(writes=False) as session:
        return list(checks.waiting(session, [world.activity]).rows)


def stranger(field: Field) -> tuple[Any, dict[str, Any], str]:
    """Somebody in no team met a household of the first team; the visit waits."""
    household, phone = new_household(field.bich), field.world.phone("Dung")
    verdict = phone.do("visit.log", met(household, note="cửa xanh"))
    assert (verdict["outcome"], verdict["reason"]) == ("waiting", "not_in_team")
    return phone, verdict, household


# --- figures ---------------------------------------------------------------------------------------------------------


def test_before_anything_runs_the_page_says_so(world: World, desk: Desk) -> None:
    assert 'data-testid="no-activity"' in desk("an").get(PAGE).text
    assert desk("an").get(f"{PAGE}/export.csv").status_code == 404


def test_coverage_follow_ups_and_team_days_without_any_member(field: Field, desk: Desk) -> None:
    first, second = new_household(field.bich), new_household(field.bich, nickname="Nhà cụ Mùi")
    soon = (clock.today() + timedelta(days=3)).isoformat()
    field.bich.do("visit.log", met(first, {"vneid": "installed"}, follow_up_on=soon))
    text = desk("an").get(PAGE).text
    assert "1/2" in text
    assert text.count('data-testid="due"') == 1
    assert text.count('data-testid="team-day"') == 1
    assert "1 lượt thăm" in text
    with field.world.database.transaction(writes=False) as session:
        codes = {
            str(key): row.code
            for key, row in queries.household_views(session, [uuid.UUID(first), uuid.UUID(second)]).items()
        }
    assert codes[first] in text
    assert text.split('id="phones"')[0].count("Bích") == 0, "members stand beside their phones only"


def test_few_people_are_not_shown_and_many_are(field: Field, desk: Desk) -> None:
    for number in range(3):
        field.bich.do(
            "visit.log", met(new_household(field.bich, nickname=f"nhà {number}"), {"vneid": "installed"})
        )
    assert "dưới 5" in desk("an").get(PAGE).text
    for number in range(3, 7):
        field.bich.do(
            "visit.log", met(new_household(field.bich, nickname=f"nhà {number}"), {"vneid": "installed"})
        )
    text = desk("an").get(PAGE).text
    assert "dưới 5" not in text
    assert re.search(r'<td class="number"><span class="label">Đã cài đặt</span>7</td>', text)


def test_the_table_to_take_along_hides_what_subtracting_would_tell(field: Field, desk: Desk) -> None:
    for number in range(7):
        field.bich.do(
            "visit.log", met(new_household(field.bich, nickname=f"nhà {number}"), {"vneid": "installed"})
        )
    there = new_household(field.cuong, field.world.other_hamlet)
    field.cuong.do("visit.log", met(there, {"vneid": "installed"}))
    answer = desk("an").get(f"{PAGE}/export.csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [(row["Xóm"], row["Số hộ"], row["Hộ đã thăm"]) for row in rows] == [
        ("Xóm Cầu Cong", "1", "1"),
        ("Xóm Đồng Tiến", "7", "7"),
    ]
    assert {row["VNeID: đã cài đặt"] for row in rows} == {""}, "one is small, so its neighbour goes with it"
    assert {row["VNeID: tự sử dụng được"] for row in rows} == {"0"}
    assert "Bích" not in answer.text
    assert len(trail(field.world, "visits.export")) == 1


def test_the_head_of_a_hamlet_sees_that_hamlet_and_a_leader_the_own_team(field: Field, desk: Desk) -> None:
    hire_leader(field.world, field.other_team)
    new_household(field.bich)
    new_household(field.cuong, field.world.other_hamlet)
    shown = {who: desk(who).get(PAGE).text for who in ("an", "head", "lan")}
    assert {who: text.count('data-testid="coverage"') for who, text in shown.items()} == {
        "an": 2,
        "head": 1,
        "lan": 1,
    }
    assert "Bích" in shown["an"]
    assert "Bích" not in shown["head"]
    assert "Cường" in shown["lan"]
    assert desk("lan").get(f"{PAGE}?team={field.team}").status_code == 403
    assert desk("an").get(f"{PAGE}?team=nonsense").status_code == 404
    assert 'data-testid="coverage"' not in desk("far").get(PAGE).text


# --- what waits ------------------------------------------------------------------------------------------------------


def test_what_waits_is_taken_in_by_the_leader_with_a_reason(field: Field, desk: Desk) -> None:
    phone, verdict, _ = stranger(field)
    hire_leader(field.world, field.team)
    client, where = desk("lan"), f"{PAGE}/waiting/{verdict['id']}"
    assert client.get(PAGE).text.count('data-testid="waiting"') == 1
    text = client.get(where).text
    for words in ("Dung", "cửa xanh", "VNeID", "không ở trong tổ nào"):
        assert words in text
    assert client.post(where, data={"do": "accept", "team": str(field.team), "why": ""}).status_code == 409
    assert (
        client.post(
            where, data={"do": "accept", "team": str(field.other_team), "why": "đi cùng tổ hôm ấy"}
        ).status_code
        == 409
    )
    assert client.post(
        where, data={"do": "accept", "team": str(field.team), "why": "gọi 0912345678 hỏi"}
    ).status_code in (400, 409)
    assert len(waiting_of(field.world)) == 1
    done = client.post(where, data={"do": "accept", "team": str(field.team), "why": "đi cùng tổ hôm ấy"})
    assert done.status_code == 302
    assert waiting_of(field.world) == []
    assert field.facts()["visit.households"] == 1
    assert [entry.reason for entry in trail(field.world, "visits.accept")] == ["đi cùng tổ hôm ấy"]
    assert client.get(where).status_code == 404, "done"
    assert client.post(where, data={"do": "again"}).status_code == 404
    assert phone.me["id"]


def test_what_was_put_right_is_judged_anew(field: Field, desk: Desk) -> None:
    phone, verdict, _ = stranger(field)
    client, where = desk("an"), f"{PAGE}/waiting/{verdict['id']}"
    assert client.post(where, data={"do": "again"}).location.endswith(where), "nothing has changed"
    assert len(waiting_of(field.world)) == 1
    join(field.world, field.team, phone)
    client.post(where, data={"do": "again"})
    assert waiting_of(field.world) == []
    assert field.facts()["visit.visits"] == 1


def test_what_is_not_accepted_does_not_count_and_stays_readable(field: Field, desk: Desk) -> None:
    _, verdict, _ = stranger(field)
    where = f"{PAGE}/waiting/{verdict['id']}"
    assert desk("an").post(where, data={"do": "refuse", "why": "không có lượt thăm này"}).status_code == 302
    assert waiting_of(field.world) == []
    assert "visit.visits" not in field.facts()
    assert len(trail(field.world, "visits.refuse")) == 1


def test_a_leader_comes_near_nothing_of_another_team(field: Field, desk: Desk) -> None:
    _, verdict, _ = stranger(field)
    hire_leader(field.world, field.other_team)
    where = f"{PAGE}/waiting/{verdict['id']}"
    assert desk("lan").get(where).status_code == 404
    assert desk("lan").post(where, data={"do": "refuse", "why": "không phải tổ tôi"}).status_code == 404
    assert desk("far").get(where).status_code == 404
    assert 'data-testid="waiting"' not in desk("lan").get(PAGE).text
    assert len(waiting_of(field.world)) == 1


# --- phones ----------------------------------------------------------------------------------------------------------


def test_numbers_that_never_came_are_named(field: Field, desk: Desk) -> None:
    new_household(field.bich)
    field.bich.seq += 2
    new_household(field.bich, nickname="Nhà sau")
    text = desk("an").get(PAGE).text
    assert "số 2–3 chưa về" in text
    assert "chưa về" not in desk("head").get(PAGE).text, "names of members are for who leads them"


def test_a_lost_phone_is_reported_by_who_leads_its_owner(field: Field, desk: Desk) -> None:
    hire_leader(field.world, field.other_team)
    where = f"/admin/teams/{field.team}/phones/{field.bich.device}/lost"
    person = {"person": field.bich.me["id"]}
    assert desk("lan").post(where, data=person).status_code == 403
    assert desk("an").post(where, data={"person": field.cuong.me["id"]}).status_code == 404, (
        "not of this team"
    )
    assert (
        desk("an").post(where.replace(field.bich.device, str(uuid.uuid4())), data=person).status_code == 404
    )
    assert desk("an").post(where, data=person).status_code == 302
    with field.world.database.transaction(writes=False) as session:
        lost = session.get(LostDevice, (uuid.UUID(field.bich.device), uuid.UUID(field.bich.me["id"])))
        assert lost is not None
    assert "đã báo mất" in desk("an").get(PAGE).text
    assert len(trail(field.world, "device.lost")) == 1


# --- call-backs ------------------------------------------------------------------------------------------------------


def test_visits_are_drawn_once_and_answers_are_kept(field: Field, desk: Desk) -> None:
    for number in range(3):
        field.bich.do("visit.log", met(new_household(field.bich, nickname=f"nhà {number}")))
    client = desk("an")
    for _ in range(2):
        client.post(f"{PAGE}/calls", data={"number": "2"})
    assert client.post(f"{PAGE}/calls", data={"number": "nhiều"}).status_code == 302
    text = client.get(PAGE).text
    assert text.count('data-testid="call"') == 3
    with field.world.database.transaction(writes=False) as session:
        visit = checks.call_backs(session, field.world.activity).rows[0].visit.id
    assert client.post(f"{PAGE}/calls/{visit}", data={"answer": "tuyệt vời"}).status_code == 404
    assert client.post(f"{PAGE}/calls/{uuid.uuid4()}", data={"answer": "differs"}).status_code == 404
    assert client.post(f"{PAGE}/calls/{visit}", data={"answer": "differs"}).status_code == 302
    assert "có điểm khác</span>" in client.get(PAGE).text
    assert [entry.reason for entry in trail(field.world, "visits.call_back")] == ["differs"]
    assert desk("far").post(f"{PAGE}/calls", data={"number": "2"}).status_code == 404


# --- papers ----------------------------------------------------------------------------------------------------------


def test_the_teams_papers_print_from_the_same_records(field: Field, desk: Desk) -> None:
    household = new_household(field.bich)
    field.bich.do("visit.log", met(household, {"online_service": "used_alone"}, note="hẹn chiều thứ Sáu"))
    field.bich.do(
        "visit.session",
        {
            "hamlet": str(field.world.hamlet), "assisted": 6, "declared": 40,
            "services": [{"service": "online_service", "outcome": "explained", "people": 6}],
        },
    )  # fmt: skip
    client, where = desk("an"), f"/admin/teams/{field.team}"
    day = client.get(f"{where}/day").text
    assert "hẹn chiều thứ Sáu" in day
    assert day.count('data-testid="day-household"') == 1
    log = client.get(f"{where}/logbook").text
    assert log.count('data-testid="log-line"') == 2
    assert "tự sử dụng được" in log
    month = client.get(f"{where}/month").text
    assert 'Số lượt người được hướng dẫn dịch vụ công trực tuyến</td><td class="number">7</td>' in month
    assert "40" in month
    assert "……" in month, "what nobody counted is not zero"
    empty = client.get(f"{where}/logbook?month=2020-01-05").text
    assert "Tháng này chưa ghi lượt nào." in empty


@pytest.mark.parametrize("part", ["day", "logbook", "month"])
def test_notes_of_visits_are_for_the_own_team(field: Field, desk: Desk, part: str) -> None:
    hire_leader(field.world, field.other_team)
    hire_leader(field.world, field.team, "own")
    where = f"/admin/teams/{field.team}/{part}"
    assert {who: desk(who).get(where).status_code for who in ("own", "an", "lan", "head", "far")} == {
        "own": 200, "an": 200, "lan": 403, "head": 403, "far": 403,
    }  # fmt: skip


def test_cards_carry_codes_and_no_names(field: Field, desk: Desk) -> None:
    new_household(field.bich, nickname="Nhà có tên riêng")
    for where in (f"units/{field.world.hamlet}", f"teams/{field.team}"):
        text = desk("an").get(f"/admin/{where}/cards").text
        assert text.count('data-testid="household-card"') == 1
        assert "<svg" in text
        assert "Nhà có tên riêng" not in text
    assert 'data-testid="house-code"' in desk("an").get(f"/admin/units/{field.world.hamlet}/cards").text
    assert desk("an").get(f"/admin/units/{uuid.uuid4()}/cards").status_code == 404
    assert desk("far").get(f"/admin/units/{field.world.hamlet}/cards").status_code == 404


def test_a_households_visits_stay_readable_without_the_notes(field: Field, desk: Desk) -> None:
    household = new_household(field.bich)
    first = field.bich.do("visit.log", met(household, {"vneid": "installed"}, note="cửa xanh"))
    field.bich.do("visit.log", met(household, {"vneid": "used_alone"}, corrects=first["id"]))
    text = desk("an").get(f"/admin/households/{household}").text
    assert text.count('data-testid="visit"') == 2
    assert text.count("đã có bản sửa") == 1
    assert "VNeID: tự sử dụng được" in text
    assert "cửa xanh" not in text
