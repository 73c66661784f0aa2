"""A team ends in one step: members leave, households are given on, plans fall away, and what was done stands."""

import re
import uuid
from typing import Any

import pytest
from sqlalchemy import select

from backend import clock
from backend.participation.models import Change
from backend.teams import change, queries
from backend.teams.change import Plan
from backend.teams.models import PlanLine, Team
from backend.teams.rules import monday_of
from backend.units.models import Unit
from tests.admin.desk import Desk, trail
from tests.support.visits import Field, in_the_field, met, new_household
from tests.support.world import World


@pytest.fixture
def field(world: World) -> Field:
    return in_the_field(world)


def where(field: Field) -> str:
    return f"/admin/teams/{field.team}/dissolve"


def form(client: Any, field: Field, heir: Any = "none", **other: str) -> dict[str, str]:
    """The form as it is shown, filled in."""
    seen = client.get(where(field)).text
    agreed = re.search(r'name="agreed" value="([0-9a-f]+)"', seen)
    assert agreed, seen
    return {"agreed": agreed[1], "number": "44/QĐ-UBND", "day": "05/11/2026", "heir": str(heir)} | other


def plan(field: Field) -> None:
    with field.world.database.transaction() as session:
        monday = monday_of(clock.today())
        change.plan_week(
            session, field.team, monday, [Plan(clock.today(), field.world.hamlet, "đi từng nhà")]
        )


def test_what_will_happen_is_shown_and_then_happens(field: Field, desk: Desk) -> None:
    one, two = new_household(field.bich), new_household(field.bich, nickname="Nhà cụ Mùi")
    field.bich.do("visit.log", met(one))
    plan(field)
    before, client = field.tallies(), desk("an")
    assert where(field) in client.get(f"/admin/teams/{field.team}").text
    seen = client.get(where(field)).text
    for words in ("1: Bích", "2: Xóm Đồng Tiến 2", '"planned">1<'):
        assert words in seen
    assert client.post(where(field), data=form(client, field, field.other_team)).status_code == 302
    with field.world.database.transaction(writes=False) as session:
        today = clock.today()
        assert [team.id for team in queries.teams_in(session, field.world.commune, today)] == [
            field.other_team
        ]
        held = queries.households_of(session, field.other_team, clock.now())
        assert {str(row.id) for row in held} == {one, two}
        assert field.world.hamlet in {area.id for area in queries.team_view(session, field.other_team).areas}
        assert queries.teams_of(session, uuid.UUID(field.bich.me["id"]), today) == []
        row = session.get_one(Team, field.team)
        assert (row.dissolved_number, str(row.dissolved_date), row.leader_id) == (
            "44/QĐ-UBND",
            "2026-11-05",
            None,
        )
        assert session.get_one(Unit, field.team).valid_to == today
        assert session.scalars(select(PlanLine).where(PlanLine.team_id == field.team)).all() == []
        evicted = session.scalars(select(Change.noun_id).where(Change.change == "evicted")).all()
        assert {str(key) for key in evicted} == {one, two}, "the phones of its members let go"
    assert field.tallies() == before, "what was done stands"
    assert [entry.reason for entry in trail(field.world, "teams.dissolve")] == ["44/QĐ-UBND"]
    assert {entry.reason for entry in trail(field.world, "household.assign")} == {"44/QĐ-UBND"}
    assert client.get(where(field)).status_code == 404
    assert client.get("/admin/teams").text.count("05752-CN1") == 0


def test_households_may_be_left_without_a_team(field: Field, desk: Desk) -> None:
    household, client = new_household(field.bich), desk("an")
    assert client.post(where(field), data=form(client, field)).status_code == 302
    with field.world.database.transaction(writes=False) as session:
        assert queries.household_view(session, uuid.UUID(household)).team is None
    assert 'value="none"' not in client.get(f"/admin/households/{household}").text
    assert field.bich.get("/team/load").get_json()["teams"] == []


def test_a_visit_that_arrives_later_waits_and_is_not_lost(field: Field, desk: Desk) -> None:
    household, client = new_household(field.bich), desk("an")
    client.post(where(field), data=form(client, field))
    late = field.bich.do("visit.log", met(household))
    assert (late["outcome"], late["reason"]) == ("waiting", "not_in_team")
    page = f"/admin/supervision/waiting/{late['id']}"
    done = client.post(
        page, data={"do": "accept", "team": str(field.other_team), "why": "đi hôm tổ giải thể"}
    )
    assert done.status_code == 302
    assert field.facts()["visit.visits"] == 1


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"number": ""}, 409),
        ({"day": ""}, 409),
        ({"day": "hôm nay"}, 400),
        ({"day": "01/01/2999"}, 409),
        ({"heir": ""}, 409),
        ({"heir": "x"}, 409),
        ({"agreed": "0"}, 409),
    ],
)
def test_what_is_missing_is_said_and_nothing_happens(
    field: Field, desk: Desk, wrong: dict[str, str], status: int
) -> None:
    client = desk("an")
    answer = client.post(where(field), data=form(client, field, **wrong))
    assert answer.status_code == status
    assert wrong.get("number", "44/QĐ-UBND") in answer.text
    with field.world.database.transaction(writes=False) as session:
        assert session.get_one(Unit, field.team).valid_to is None


def test_somebody_who_joined_meanwhile_is_seen_before_the_team_ends(field: Field, desk: Desk) -> None:
    client = desk("an")
    filled = form(client, field)
    new_household(field.bich, nickname="Nhà mới")
    answer = client.post(where(field), data=filled)
    assert answer.status_code == 409
    assert "vừa thay đổi" in answer.text


def test_only_who_keeps_the_teams_ends_one(field: Field, desk: Desk) -> None:
    for who, status in (("far", 403), ("head", 403), ("leader", 403)):
        assert desk(who).post(where(field), data={"agreed": "x"}).status_code == status
