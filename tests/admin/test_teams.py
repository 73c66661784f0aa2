"""Teams on the console: set up by a decision, joined by who is registered, planned by their leaders, ranked by nobody."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend import clock
from backend.teams import queries
from backend.teams.models import Team
from backend.teams.rules import monday_of
from tests.admin.desk import Desk, trail
from tests.admin.field import DECISION, found_team, hire_leader, household, join
from tests.support.world import World

NEW = {
    "name": "xóm Cầu Cong",
    "code": "05752-TCN7",
    "decision_number": "15/QĐ-UBND",
    "decision_date": "8/8/2025",
    "decided_by": "Ủy ban nhân dân xã Tân Khánh",
}


def view(world: World, team: uuid.UUID) -> queries.TeamView:
    with world.database.transaction(writes=False) as session:
        return queries.team_view(session, team)


def test_a_team_is_set_up_by_a_decision_and_serves_its_hamlets(world: World, desk: Desk) -> None:
    client = desk("an")
    done = client.post("/admin/teams", data=NEW | {"area": [str(world.hamlet), str(world.other_hamlet)]})
    assert done.status_code == 302
    team = uuid.UUID(done.location.rpartition("/")[2])
    made = view(world, team)
    assert (made.code, made.decision_number, len(made.areas)) == ("05752-TCN7", "15/QĐ-UBND", 2)
    text = client.get(done.location).text
    for words in ("xóm Cầu Cong", "15/QĐ-UBND", "08/08/2025", "Xóm Đồng Tiến"):
        assert words in text
    assert [entry.reason for entry in trail(world, "teams.found")] == ["15/QĐ-UBND"]


@pytest.mark.parametrize(
    ("lacking", "value"),
    [
        ("name", ""),
        ("decision_number", ""),
        ("decision_date", "hôm qua"),
        ("code", "mã có dấu cách"),
        ("area", []),
    ],
)
def test_what_is_missing_is_said_and_everything_typed_stays(
    world: World, desk: Desk, lacking: str, value: Any
) -> None:
    answer = desk("an").post("/admin/teams", data=NEW | {"area": [str(world.hamlet)]} | {lacking: value})
    assert answer.status_code in (400, 409)
    assert 'data-testid="problem"' in answer.text
    assert "Ủy ban nhân dân xã Tân Khánh" in answer.text
    with world.database.transaction(writes=False) as session:
        assert session.scalars(select(Team)).all() == []


def test_a_code_is_given_once(world: World, desk: Desk) -> None:
    found_team(world, code="05752-TCN7")
    answer = desk("an").post("/admin/teams", data=NEW | {"area": [str(world.hamlet)]})
    assert answer.status_code == 409
    assert "05752-TCN7 đã được dùng" in answer.text


def test_who_is_registered_joins_by_name_and_number_and_both_must_fit(world: World, desk: Desk) -> None:
    team, phone, client = found_team(world), world.phone("Đỗ Thị Na"), desk("an")
    where = f"/admin/teams/{team}/members"
    for name, number in (("Ai Khác", phone.number), ("Đỗ Thị Na", "0388888888"), ("", phone.number)):
        answer = client.post(where, data={"name": name, "number": number})
        assert answer.status_code == 409
        assert "Chưa có ai" in answer.text
    assert view(world, team).members == ()
    assert client.post(where, data={"name": "do thi na", "number": phone.number}).status_code == 302
    assert [member.name for member in view(world, team).members] == ["Đỗ Thị Na"]
    (entry,) = trail(world, "teams.join")
    assert phone.number not in str(entry.reason)


def test_a_child_is_not_sent_to_doors(world: World, desk: Desk) -> None:
    team, child = found_team(world), world.phone("Em Bé", birth_year=clock.today().year - 12)
    answer = desk("an").post(f"/admin/teams/{team}/members", data={"name": "Em Bé", "number": child.number})
    assert answer.status_code == 409
    assert view(world, team).members == ()


def test_a_leader_is_appointed_and_a_member_leaves(world: World, desk: Desk) -> None:
    team, phone, client = found_team(world), world.phone("Đỗ Thị Na"), desk("an")
    person = uuid.UUID(phone.me["id"])
    join(world, team, person)
    client.post(f"/admin/teams/{team}/leader", data={"person": str(person)})
    assert view(world, team).leader == person
    assert "Tổ trưởng</span>" in client.get(f"/admin/teams/{team}").text
    assert client.post(f"/admin/teams/{team}/members/{person}/end").status_code == 302
    assert (view(world, team).members, view(world, team).leader) == ((), None)
    assert client.post(f"/admin/teams/{team}/members/{person}/end").status_code == 409, "left already"


def test_areas_come_and_go(world: World, desk: Desk) -> None:
    team, client = found_team(world), desk("an")
    client.post(f"/admin/teams/{team}/areas", data={"area": str(world.other_hamlet)})
    assert {area.id for area in view(world, team).areas} == {world.hamlet, world.other_hamlet}
    client.post(f"/admin/teams/{team}/areas/{world.hamlet}/end")
    assert {area.id for area in view(world, team).areas} == {world.other_hamlet}
    assert "Chưa có tổ phụ trách" in client.get("/admin/teams").text


def test_the_leader_plans_the_week_and_only_the_own_one(world: World, desk: Desk) -> None:
    team = found_team(world)
    other = found_team(world, world.other_hamlet, "05752-TCN2", "xóm Cầu Cong")
    hire_leader(world, team)
    monday = monday_of(clock.today())
    week = {
        "monday": monday.isoformat(),
        "day": [monday.isoformat(), (monday + timedelta(days=2)).isoformat()],
        "place": [str(world.hamlet)] * 2,
        "task": ["Thăm hộ cuối xóm", "  "],
    }
    client = desk("lan")
    assert client.post(f"/admin/teams/{team}/plan", data=week).status_code == 302
    assert [line.task for line in view(world, team).plan] == ["Thăm hộ cuối xóm"]
    assert "Thăm hộ cuối xóm" in client.get(f"/admin/teams/{team}").text
    assert client.post(f"/admin/teams/{other}/plan", data=week).status_code == 403
    wrong = week | {"day": [(monday + timedelta(days=9)).isoformat()] * 2}
    assert client.post(f"/admin/teams/{team}/plan", data=wrong).status_code == 409


def test_everybody_sees_the_teams_in_reach(world: World, desk: Desk) -> None:
    here = found_team(world)
    there = found_team(world, world.other_hamlet, "05752-TCN2", "xóm Cầu Cong")
    hire_leader(world, there)
    seen = {
        who: {team for team in (here, there) if desk(who).get(f"/admin/teams/{team}").status_code == 200}
        for who in ("an", "head", "lan", "far", "inspector")
    }
    assert seen == {"an": {here, there}, "head": {here}, "lan": {there}, "far": set(), "inspector": set()}
    assert str(here) not in desk("lan").get("/admin/teams").text
    assert desk("an").get(f"/admin/teams/{uuid.uuid4()}").status_code == 404


@pytest.mark.parametrize("who", ["head", "far", "lan"])
def test_only_the_organiser_changes_a_team(world: World, desk: Desk, who: str) -> None:
    team = found_team(world)
    hire_leader(world, team)
    client = desk(who)
    found = client.post("/admin/teams", data=NEW | {"area": [str(world.hamlet)]})
    assert found.status_code == (404 if who == "far" else 403)
    for part in ("members", "leader", "areas", f"members/{uuid.uuid4()}/end", f"areas/{world.hamlet}/end"):
        assert client.post(f"/admin/teams/{team}/{part}").status_code == 403
    assert view(world, team).decision_number == DECISION


def test_the_page_shows_households_by_code(world: World, desk: Desk) -> None:
    team = found_team(world)
    household(world, "nhà bác Tư (hư cấu)", team)
    text = desk("an").get(f"/admin/teams/{team}").text
    assert "nhà bác Tư (hư cấu)" in text
    assert "05752-T01-H001" in text
