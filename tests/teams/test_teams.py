"""Teams on both databases: set up by a decision, joined and left by the day, led by a member, with a week planned."""

import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from backend import clock
from backend.db.base import new_id
from backend.participation.models import Change
from backend.people.regrouping import merge_units
from backend.teams import change, errors, queries
from backend.teams.change import Plan
from backend.teams.models import TeamArea
from backend.teams.rules import monday_of
from backend.units.errors import CannotMerge, CodeTaken
from backend.units.reorganise import NewUnit
from tests.faults.test_concurrency import at_once
from tests.support.teams import DECISION, TeamWorld, found_team, person
from tests.support.world import SINCE

DAY = timedelta(days=1)


def view(field: TeamWorld, day: date | None = None) -> queries.TeamView:
    with field.world.database.transaction(writes=False) as session:
        return queries.team_view(session, field.team, day)


def told(field: TeamWorld) -> int:
    with field.world.database.transaction(writes=False) as session:
        query = select(func.count()).select_from(Change).where(Change.noun == "team")
        return session.scalar(query) or 0


def test_a_team_stands_on_its_decision(field: TeamWorld) -> None:
    team = view(field)
    assert (team.name, team.decision_number) == ("Tổ công nghệ số cộng đồng xóm Đồng Tiến", DECISION)
    assert [member.name for member in team.members] == ["Lành", "Mai"]
    assert team.leader == person(field.leader)
    assert [area.name for area in team.areas] == ["xóm Đồng Tiến"]
    with pytest.raises(CodeTaken):
        found_team(field.world, field.hamlet, "khác", "05752-TCN01")


def test_who_leaves_leads_no_more_and_was_a_member_until_then(field: TeamWorld) -> None:
    leader, today = person(field.leader), clock.today()
    before = told(field)
    with field.world.database.transaction() as session:
        change.leave(session, field.team, leader, today)
        with pytest.raises(errors.NotInTeam):
            change.leave(session, field.team, leader, today)
        with pytest.raises(errors.NotInTeam):
            change.appoint(session, field.team, leader)
        assert queries.teams_of(session, leader, today - DAY) == [field.team]
        assert queries.teams_of(session, leader, today) == []
        assert queries.load(session, leader) == queries.Load((), ())
    assert view(field).leader is None
    assert told(field) == before + 2  # whoever left learns of it, too


def test_asked_twice_at_once_a_person_joins_once(field: TeamWorld) -> None:
    phone = field.world.phone("Nga")

    def join() -> None:
        with field.world.database.transaction() as session:
            change.join(session, field.team, person(phone), clock.today())

    at_once(join, join, join)
    assert [member.name for member in view(field).members] == ["Lành", "Mai", "Nga"]


def test_areas_end_and_begin(field: TeamWorld) -> None:
    today, other = clock.today(), field.world.other_hamlet
    with field.world.database.transaction() as session:
        change.serve_area(session, field.team, other, today)
        change.serve_area(session, field.team, other, today)
        change.leave_area(session, field.team, field.hamlet, today)
        assert queries.teams_serving(session, other, today) == [field.team]
        assert queries.teams_serving(session, field.hamlet, today) == []
        assert queries.teams_serving(session, field.hamlet, today - DAY) == [field.team]
        change.leave_area(session, field.team, other, today)
        change.serve_area(session, field.team, other, today)
        rows = session.scalars(select(TeamArea).where(TeamArea.unit_id == other)).all()
        assert len(rows) == 1


def test_a_plan_takes_the_place_of_what_was_planned(field: TeamWorld) -> None:
    monday = monday_of(clock.today())
    first = Plan(monday, field.hamlet, "Đi từng ngõ")
    with field.world.database.transaction() as session:
        change.plan_week(
            session, field.team, monday, [first, Plan(monday + DAY, field.hamlet, "Trực bàn hướng dẫn")]
        )
        change.plan_week(session, field.team, monday, [first])
        change.plan_week(
            session, field.team, monday + 7 * DAY, [Plan(monday + 7 * DAY, field.hamlet, "Tuần sau")]
        )
        for wrong_monday, day in (
            (monday, monday + 7 * DAY),
            (monday, monday - DAY),
            (monday + DAY, monday + DAY),
        ):
            with pytest.raises(errors.NotThatWeek):
                change.plan_week(session, field.team, wrong_monday, [Plan(day, field.hamlet, "x")])
    assert [(line.day, line.place.name, line.task) for line in view(field).plan] == [
        (monday, "xóm Đồng Tiến", "Đi từng ngõ"),
        (monday + 7 * DAY, "xóm Đồng Tiến", "Tuần sau"),
    ]


def test_the_decision_is_amended_and_phones_learn_of_it(field: TeamWorld) -> None:
    before, version = told(field), view(field).version
    with field.world.database.transaction() as session:
        change.amend_decision(
            session, field.team, number="20/QĐ-UBND", decided_on=date(2026, 1, 5), decided_by="UBND xã"
        )
    assert (view(field).decision_number, view(field).version) == ("20/QĐ-UBND", version + 1)
    assert told(field) == before + 2


def test_a_load_is_what_the_member_looks_after(field: TeamWorld) -> None:
    second = found_team(field.world, field.world.other_hamlet, "xóm Cầu Cong", "05752-TCN02")
    elsewhere = field.add("Nhà xóm khác", hamlet=field.world.other_hamlet, team=second)
    stranger = field.world.phone("Chi")
    with field.world.database.transaction(writes=False) as session:
        loaded = queries.load(session, person(field.member))
        assert [row.id for row in loaded.households] == sorted(field.households, key=str)
        assert [team.id for team in loaded.teams] == [field.team]
        assert queries.load(session, person(stranger)) == queries.Load((), ())
        assert [team.id for team in queries.teams_in(session, field.world.commune, clock.today())] == [
            second, field.team,
        ]  # fmt: skip
    with field.world.database.transaction() as session:
        change.join(session, second, person(field.member), SINCE)
        loaded = queries.load(session, person(field.member))
        assert {row.id for row in loaded.households} == {*field.households, elsewhere}


def test_an_unknown_team(field: TeamWorld) -> None:
    with field.world.database.transaction() as session:
        for unknown in (new_id(), field.hamlet):
            with pytest.raises(errors.TeamUnknown):
                queries.team_view(session, unknown)
            with pytest.raises(errors.TeamUnknown):
                change.join(session, unknown, uuid.UUID(field.leader.me["id"]), clock.today())


def test_a_leader_who_leaves_the_node_leaves_the_team(field: TeamWorld) -> None:
    assert field.leader.delete("/me", {"pin": "1234"}).status_code == 204
    team = view(field)
    assert (team.leader, [member.name for member in team.members]) == (None, ["Mai"])


def test_teams_are_not_merged_as_if_they_were_hamlets(field: TeamWorld) -> None:
    second = found_team(field.world, field.world.other_hamlet, "xóm Cầu Cong", "05752-TCN02")
    with field.world.database.transaction() as session, pytest.raises(CannotMerge):
        merge_units(
            session,
            [field.team, second],
            NewUnit("05752-TCN09", "chung", "Tổ"),
            on=clock.today(),
            document="x",
        )
    assert view(field).name == "Tổ công nghệ số cộng đồng xóm Đồng Tiến"
