"""What a team takes along: the list in parts with its manifest, and what a pull says of it afterwards."""

import gzip
import hashlib
import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from backend import clock
from backend.participation import changes
from backend.participation.models import Operation
from backend.teams import change, households, merging
from backend.teams.cards import read_card
from backend.teams.change import Plan
from backend.teams.models import Assignment, Household, HouseholdPlace
from backend.teams.rules import monday_of
from mobile_api.team import PART
from tests.support.teams import NICKNAMES, TeamWorld, found_team, person, plant_team
from tests.support.world import Phone, World


@pytest.fixture
def field(world: World) -> TeamWorld:
    return plant_team(world)


def load(phone: Phone, part: int = 0) -> dict[str, Any]:
    answer = phone.get(f"/team/load?part={part}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def number_new(world: World) -> None:
    with world.database.transaction() as session:
        changes.number_new(session)


def pull(phone: Phone, cursor: int) -> list[dict[str, Any]]:
    number_new(phone.world)
    answer = phone.get(f"/sync/pull?cursor={cursor}")
    assert answer.status_code == 200, answer.text
    return list(answer.json["changes"])


def newest(phone: Phone) -> int:
    number_new(phone.world)
    return int(load(phone)["cursor"])


def told(rows: list[dict[str, Any]]) -> list[tuple[str, str, Any]]:
    return [(row["noun"], row["change"], row["data"]) for row in rows]


def other_team(field: TeamWorld) -> tuple[uuid.UUID, Phone]:
    world = field.world
    team, phone = found_team(world, world.other_hamlet, "xóm Cầu Cong", "05752-TCN02"), world.phone("Hậu")
    with world.database.transaction() as session:
        change.join(session, team, person(phone), clock.today())
    return team, phone


def many(field: TeamWorld, count: int, number: int = 100) -> None:
    """So many more households, written straight into the tables, their codes from `number` on."""
    now = clock.now()
    ids = [uuid.uuid4() for _ in range(count)]
    rows = [
        {
            "id": one, "code": f"05752-T01-H{n + number:03d}", "kind": "household", "nickname": f"Nhà số {n} (hư cấu)",
            "made_at": now,
        }
        for n, one in enumerate(ids)
    ]  # fmt: skip
    with field.world.database.transaction() as session:
        session.execute(insert(Household), rows)
        session.execute(
            insert(HouseholdPlace),
            [{"household_id": one, "unit_id": field.hamlet, "valid_from": clock.today()} for one in ids],
        )
        session.execute(
            insert(Assignment),
            [{"household_id": one, "team_id": field.team, "valid_from": now} for one in ids],
        )


# --- the load ------------------------------------------------------------------------------------------------------------


def test_a_member_takes_the_team_and_its_households_along(field: TeamWorld) -> None:
    world, monday = field.world, monday_of(clock.today())
    with world.database.transaction() as session:
        change.plan_week(session, field.team, monday, [Plan(monday, field.hamlet, "Đi từng ngõ")])
    held = load(field.member)
    assert held["manifest"]["parts"] == 1
    (team,) = held["teams"]
    assert team | {"plan": [], "areas": []} == {
        "id": str(field.team),
        "name": "Tổ công nghệ số cộng đồng xóm Đồng Tiến",
        "decision": {"number": "15/QĐ-UBND", "date": "2025-07-01", "by": "UBND xã Tân Khánh"},
        "is_leader": False,
        "members": ["Lành", "Mai"],
        "areas": [],
        "plan": [],
    }
    assert team["areas"] == [{"id": str(field.hamlet), "name": "xóm Đồng Tiến"}]
    assert team["plan"] == [{"day": monday.isoformat(), "place": "xóm Đồng Tiến", "task": "Đi từng ngõ"}]
    assert load(field.leader)["teams"][0]["is_leader"] is True
    assert {row["nickname"] for row in held["households"]} == set(NICKNAMES)
    row = next(row for row in held["households"] if row["nickname"] == NICKNAMES[0])
    with world.database.transaction(writes=False) as session:
        assert read_card(session, world.app.services.seal, row["card"]) == uuid.UUID(row["id"])
    assert row | {"card": "", "version": 0} == {
        "id": str(field.households[0]), "version": 0, "code": "05752-T01-H001", "kind": "household",
        "nickname": NICKNAMES[0], "hamlet": {"id": str(field.hamlet), "name": "xóm Đồng Tiến"}, "team": str(field.team),
        "last_visit": None, "follow_up_on": None, "promised_by": None, "no_further_visit": False, "card": "",
    }  # fmt: skip


def test_the_parts_together_fit_the_manifest(field: TeamWorld) -> None:
    many(field, 2 * PART)
    first = load(field.member)
    manifest = first["manifest"]
    parts = [first, *(load(field.member, part) for part in range(1, manifest["parts"]))]
    assert (manifest["parts"], manifest["count"]) == (3, 2 * PART + 5)
    assert [len(part["households"]) for part in parts] == [PART, PART, 5]
    assert [len(part["teams"]) for part in parts] == [1, 0, 0]
    assert all(part["manifest"] == manifest for part in parts)
    rows = [row for part in parts for row in part["households"]]
    assert rows == sorted(rows, key=lambda row: row["id"])
    text = "".join(f"{row['id']}:{row['version']}\n" for row in rows)
    assert hashlib.sha256(text.encode()).hexdigest() == manifest["hash"]
    assert field.member.get("/team/load?part=3").status_code == 404


def test_a_row_that_changed_changes_the_manifest(field: TeamWorld) -> None:
    before = load(field.member)["manifest"]
    with field.world.database.transaction() as session:
        households.rename(session, field.households[0], "Nhà bà Sáu, cổng xanh")
    after = load(field.member)["manifest"]
    assert after["hash"] != before["hash"]
    assert after["count"] == before["count"]


def test_who_knows_a_part_is_not_sent_it_again(field: TeamWorld) -> None:
    phone = field.member
    mark = phone.get("/team/load").headers["ETag"]

    def ask(part: int = 0) -> Any:
        return phone.client.get(
            f"/api/v1/team/load?part={part}", headers=phone.headers | {"If-None-Match": mark}
        )

    again = ask()
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "no-store"  # what a stolen phone's browser would otherwise keep
    with field.world.database.transaction() as session:
        changes.tell(session, "activity", field.world.activity, "changed")
    number_new(field.world)
    assert ask().status_code == 304  # other people's news is no part of it
    field.add("Nhà mới")
    assert ask().status_code == 200


def test_who_can_unpack_gets_it_packed(field: TeamWorld) -> None:
    many(field, PART)
    plain = field.member.get("/team/load")
    packed = field.member.client.get(
        "/api/v1/team/load", headers=field.member.headers | {"Accept-Encoding": "gzip"}
    )
    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.data)) == plain.json
    assert len(packed.data) * 5 < len(plain.data)
    assert packed.headers["ETag"] == plain.headers["ETag"]


def test_somebody_in_no_team_takes_nothing_along(field: TeamWorld) -> None:
    held = load(field.world.phone("Khách"))
    assert held["manifest"] == {"parts": 1, "count": 0, "hash": hashlib.sha256(b"").hexdigest()}
    assert (held["teams"], held["households"]) == ([], [])


def test_a_member_of_another_team_sees_nothing_of_this_one(field: TeamWorld) -> None:
    team, phone = other_team(field)
    held = load(phone)
    assert ([one["id"] for one in held["teams"]], held["households"]) == ([str(team)], [])


def test_who_left_yesterday_takes_nothing_along_today(field: TeamWorld) -> None:
    with field.world.database.transaction() as session:
        change.leave(session, field.team, person(field.member), clock.today())
    assert load(field.member)["teams"] == []
    assert load(field.member)["households"] == []


@pytest.mark.parametrize("part", ["-1", "x", "10001", "1e9", "9" * 400])
def test_a_part_that_is_no_number_does_not_fit(field: TeamWorld, part: str) -> None:
    assert field.member.get(f"/team/load?part={part}").status_code == 422


# --- the pull --------------------------------------------------------------------------------------------------------------


def test_a_household_that_changed_is_told_as_the_load_tells_it(field: TeamWorld) -> None:
    cursor = newest(field.member)
    with field.world.database.transaction() as session:
        households.rename(session, field.households[0], "Nhà bà Sáu, cổng xanh")
    ((noun, what, data),) = told(pull(field.member, cursor))
    assert (noun, what) == ("household", "changed")
    assert data == next(row for row in load(field.member)["households"] if row["id"] == data["id"])
    assert data["nickname"] == "Nhà bà Sáu, cổng xanh"


def test_a_household_given_to_another_team_leaves_the_phone_with_its_reason(field: TeamWorld) -> None:
    team, phone = other_team(field)
    mine, theirs = newest(field.member), newest(phone)
    with field.world.database.transaction() as session:
        households.assign(session, field.households[0], team, "chia lại địa bàn")
    name = "Tổ công nghệ số cộng đồng xóm Cầu Cong"
    assert told(pull(field.member, mine)) == [
        ("household", "evicted", {"reason": "reassigned", "team": name})
    ]
    ((_, what, data),) = told(pull(phone, theirs))
    assert (what, data["id"]) == ("changed", str(field.households[0]))


def test_a_household_without_a_team_leaves_the_phone(field: TeamWorld) -> None:
    cursor = newest(field.member)
    with field.world.database.transaction() as session:
        households.assign(session, field.households[0], None, "chưa có tổ")
    assert told(pull(field.member, cursor)) == [
        ("household", "evicted", {"reason": "unassigned", "team": None})
    ]


def test_a_household_that_came_back_meanwhile_stays(field: TeamWorld) -> None:
    team, phone = other_team(field)
    cursor, theirs = newest(field.member), newest(phone)
    for owner in (team, field.team):
        with (
            clock.stopped_at(clock.now() + timedelta(seconds=1)),
            field.world.database.transaction() as session,
        ):
            households.assign(session, field.households[0], owner, "đổi ý")
    rows = told(pull(field.member, cursor))
    assert rows[0] == ("household", "evicted", None)
    assert rows[-1][1] == "changed"
    assert rows[-1][2]["team"] == str(field.team)
    assert [data and data["reason"] for _, _, data in told(pull(phone, theirs))] == [None, "reassigned"]


def test_a_household_merged_into_another_leaves_the_phone(field: TeamWorld) -> None:
    cursor = newest(field.member)
    with field.world.database.transaction() as session:
        merging.merge(session, field.households[0], field.households[1], distinct=frozenset())
    rows = {row["id"]: row for row in pull(field.member, cursor)}
    gone = rows[str(field.households[0])]
    assert (gone["change"], gone["data"]["reason"]) == ("evicted", "merged")
    assert str(field.households[0]) not in {row["id"] for row in load(field.member)["households"]}


def test_the_team_is_told_anew_and_is_gone_for_who_left(field: TeamWorld) -> None:
    cursor = newest(field.member)
    with field.world.database.transaction() as session:
        change.appoint(session, field.team, person(field.member))
    ((noun, _, data),) = told(pull(field.member, cursor))
    assert (noun, data["is_leader"]) == ("team", True)
    cursor = newest(field.member)
    with field.world.database.transaction() as session:
        change.leave(session, field.team, person(field.member), clock.today())
    assert told(pull(field.member, cursor)) == [("team", "changed", None)]
    assert pull(field.leader, cursor)[-1]["data"]["members"] == ["Lành"]


def test_a_pull_never_skips_what_moved_while_the_list_was_loaded(field: TeamWorld) -> None:
    many(field, PART)
    number_new(field.world)
    first = load(field.member)
    with field.world.database.transaction() as session:
        households.rename(session, field.households[0], "Nhà bà Sáu, cổng xanh")
    assert load(field.member, 1)["manifest"] != first["manifest"]  # start again
    rows = pull(field.member, first["cursor"])
    assert [row["data"]["nickname"] for row in rows] == ["Nhà bà Sáu, cổng xanh"]


def test_an_idle_pull_is_small_however_much_the_phone_holds(field: TeamWorld) -> None:
    phone = field.member
    many(field, 5_000)
    rows = [
        {
            "id": uuid.uuid4(), "device_id": uuid.UUID(phone.device), "device_seq": n, "subject": uuid.uuid4(),
            "activity_id": field.world.activity, "action": "x.y", "schema": 1, "body_hash": "0" * 64,
            "happened_at": clock.now(), "time_trust": "high", "received_at": clock.now(), "verdict": "accepted",
            "outcome": "noted", "receipt": f"r{n}",
        }
        for n in range(2, 200, 2)
    ]  # fmt: skip
    with field.world.database.transaction() as session:
        session.execute(insert(Operation), rows)
    cursor = newest(phone)
    answer = phone.get(f"/sync/pull?cursor={cursor}")
    assert answer.json["changes"] == []
    assert len(answer.json["missing"]) == 20
    assert len(answer.data) + len(str(answer.headers)) <= 2048
