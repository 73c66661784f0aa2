"""The eighteen failures that other systems of the field are known for; each has a test that it does not happen here.

Numbered as in the study of those systems. What belongs to reports between nodes (10) and to units (11) is held here for
the ledger: a count that falls to nothing says nothing, and hamlets that become one keep both their counts.
"""

import json
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from backend import clock
from backend.config import Settings
from backend.db.base import Base
from backend.media import photos
from backend.media.models import Photo
from backend.participation.models import Fact, Operation, Quarantined
from backend.people import devices
from backend.people.regrouping import merge_units
from backend.tallies.models import Tally
from backend.teams import households
from backend.teams.queries import duplicates
from backend.units.reorganise import NewUnit
from campaigns.models import Activity
from campaigns.visit.checks import doubtful_times
from campaigns.visit.models import Visit
from mobile_api.team import PART
from tests.faults.test_concurrency import at_once, count, pusher
from tests.mobile_api.test_photos import PIECE, named, put, send, shot
from tests.mobile_api.test_relay import carry, sealed
from tests.mobile_api.test_restore import offer_again
from tests.mobile_api.test_team_load import load, many, other_team
from tests.structure.test_budgets import spent
from tests.support.backups import back_up, restore
from tests.support.field import counted, new_household, open_visits, pulled, verdicts, visit
from tests.support.teams import TeamWorld, person, plant_team
from tests.support.world import World

VISITS, HOUSEHOLDS, INSTALLED = "visit.visits", "visit.households", "visit.vneid.installed"
DAY = timedelta(days=1)


@pytest.fixture
def field(world: World) -> TeamWorld:
    return plant_team(world)


@pytest.fixture
def activity(world: World) -> uuid.UUID:
    """A round of visits that began a month ago, for those who come back after days without a signal."""
    opened = open_visits(world)
    with world.database.transaction() as session:
        session.execute(
            update(Activity).where(Activity.id == opened).values(opens_at=clock.now() - timedelta(days=60))
        )
    return opened


def assign(field: TeamWorld, household: uuid.UUID, team: uuid.UUID | None) -> None:
    with field.world.database.transaction() as session:
        households.assign(session, household, team, "chia lại địa bàn")


def test_failure_01_work_done_for_a_household_that_went_to_another_team_counts(
    field: TeamWorld, activity: uuid.UUID
) -> None:
    home, (other, _) = field.households[0], other_team(field)
    with clock.stopped_at(clock.now()) as move:
        before = visit(field.member, activity, home)
        move(timedelta(hours=1))
        assign(field, home, other)
        move(timedelta(hours=1))
        after = visit(field.member, activity, home)  # the phone was away and does not know
        move(timedelta(hours=1))
        early, late = verdicts(field.member, before, after)
        told = [row for row in pulled(field.member) if row["change"] == "evicted"]
    assert (early["verdict"], early["outcome"], early["result"]["in_custody"]) == (
        "accepted",
        "counted",
        False,
    )
    assert (late["verdict"], late["outcome"], late["result"]["in_custody"]) == ("custody", "counted", True)
    assert late["result"]["team"] == "Tổ công nghệ số cộng đồng xóm Cầu Cong"
    assert (counted(field.world, VISITS), counted(field.world, HOUSEHOLDS)) == (2, 1)
    assert told[-1]["data"] == {"reason": "reassigned", "team": "Tổ công nghệ số cộng đồng xóm Cầu Cong"}


def test_failure_01_work_of_somebody_who_was_in_no_team_waits_and_keeps_its_bytes(
    field: TeamWorld, activity: uuid.UUID
) -> None:
    stranger = field.world.phone("Khách")
    frozen = visit(stranger, activity, field.households[0])
    (told,) = verdicts(stranger, frozen)
    assert (told["verdict"], told["outcome"], told["reason"]) == ("custody", "waiting", "not_in_team")
    with field.world.database.transaction(writes=False) as session:
        assert (
            session.scalars(select(Operation.body).where(Operation.outcome == "waiting")).one()
            == frozen.encode()
        )
    assert counted(field.world, VISITS) == 0


def test_failure_02_retries_that_race_leave_one_record(field: TeamWorld, activity: uuid.UUID) -> None:
    batch = [visit(field.member, activity, home) for home in field.households]
    answers = at_once(*(pusher(field.member, *batch) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    receipts = {tuple(row["receipt"] for row in answer.json["results"]) for answer in answers}
    assert len(receipts) == 1
    assert (count(field.world, Operation), count(field.world, Visit)) == (5, 5)
    assert (counted(field.world, VISITS), counted(field.world, HOUSEHOLDS)) == (5, 5)


def test_failure_03_an_upload_cut_off_and_edited_leaves_both_and_a_correction_replaces(
    field: TeamWorld, activity: uuid.UUID
) -> None:
    phone, home = field.member, field.households[0]
    first = visit(phone, activity, home)
    original = json.loads(first)["id"]
    verdicts(phone, first)  # the answer was lost; a lesser app would now let the record be edited
    (edited,) = verdicts(phone, first.replace("installed", "activated"))
    assert (edited["verdict"], edited["reason"]) == ("quarantined", "content_differs")
    assert count(field.world, Quarantined) == 1
    assert verdicts(phone, first)[0]["verdict"] == "duplicate"
    right = {"services": [{"service": "vneid", "outcome": "activated"}], "corrects": original}
    (corrected,) = verdicts(phone, visit(phone, activity, home, body=right))
    assert (corrected["outcome"], corrected["result"]["stands"]) == ("counted", True)
    assert (counted(field.world, VISITS), counted(field.world, INSTALLED)) == (1, 0)
    assert counted(field.world, "visit.vneid.activated") == 1


def test_failure_04_nothing_is_synced_without_a_receipt_that_can_be_asked_for(
    field: TeamWorld, activity: uuid.UUID
) -> None:
    phone = field.member
    kept = [visit(phone, activity, home) for home in field.households[:3]]
    told = verdicts(phone, kept[0], kept[2])
    for row in told:
        assert phone.get(f"/receipts/{row['receipt']}").json["outcome"] == "counted"
    assert phone.get("/me").json["highest_seq"] == 1
    assert phone.get("/sync/pull").json["missing"] == [[2, 2]]
    line = phone.client.get("/api/v1/probe?nonce=xyz").json
    assert (line["lantoa"], line["nonce"]) == (
        "here",
        "xyz",
    )  # what a portal that says 200 to all cannot know


@pytest.mark.parametrize("years", [-9, 9], ids=["years ago", "years ahead"])
def test_failure_05_a_wrong_clock_moves_nothing_into_another_month(
    field: TeamWorld, activity: uuid.UUID, years: int
) -> None:
    phone, done_at = field.member, clock.now() - timedelta(hours=5)
    wrong = clock.milliseconds(done_at + timedelta(days=365 * years))
    anchor = {"server_ms": clock.milliseconds(done_at) - 60_000, "mono_ms": 1_000, "boot_id": phone.boot}
    frozen = visit(phone, activity, field.households[0], wall_ms=wrong, mono_ms=61_000, anchor=anchor)
    assert verdicts(phone, frozen)[0]["outcome"] == "counted"
    with field.world.database.transaction(writes=False) as session:
        (held,) = session.scalars(select(Operation)).all()
        assert abs(held.happened_at - done_at) < timedelta(seconds=1)
        assert {fact.period for fact in session.scalars(select(Fact))} == {
            f"{done_at + timedelta(hours=7):%Y%m}"
        }


def test_failure_05_a_time_nobody_can_tell_is_counted_and_looked_at(
    field: TeamWorld, activity: uuid.UUID
) -> None:
    started_anew = str(uuid.uuid4())
    frozen = visit(field.member, activity, field.households[0], boot_id=started_anew, wall_ms=0, mono_ms=0)
    assert verdicts(field.member, frozen)[0]["outcome"] == "counted"
    with field.world.database.transaction(writes=False) as session:
        assert [row.id for row in doubtful_times(session, activity).rows] == [
            uuid.UUID(json.loads(frozen)["id"])
        ]


def test_failure_06_an_outbox_the_browser_erased_is_seen_and_brought_back_by_its_file(
    field: TeamWorld, activity: uuid.UUID
) -> None:
    phone = field.member
    kept = [visit(phone, activity, home) for home in field.households]
    file = sealed(phone, *kept[:4])  # written out in time
    verdicts(phone, kept[0], kept[4])
    assert phone.get("/sync/pull").json["missing"] == [[2, 4]]
    assert carry(field.leader, file).json == {"taken": 4, "refused": 0}
    assert phone.get("/sync/pull").json["missing"] == []
    assert (counted(field.world, VISITS), counted(field.world, HOUSEHOLDS)) == (5, 5)


def test_failure_07_what_a_pull_costs_does_not_grow_with_what_there_is(field: TeamWorld) -> None:
    world, phone = field.world, field.member

    def cost(cursor: int) -> tuple[list[str], int]:
        asked: list[Any] = []
        statements = spent(world.database, lambda: asked.append(phone.get(f"/sync/pull?cursor={cursor}")))
        assert asked[0].status_code == 200
        return statements, len(asked[0].data)

    pulled(phone)
    few = cost(load(phone)["cursor"])
    many(field, 3_000)
    pulled(phone)
    assert cost(load(phone)["cursor"]) == few
    assert few[1] < 200
    with world.database.transaction() as session:
        for home in range(500):
            households.touch(session, field.households[home % 5])
    page = pulled(phone)
    assert len(page) == 200  # a page and no more, whatever waits


def test_failure_08_a_first_load_cut_short_cannot_be_taken_for_whole(field: TeamWorld) -> None:
    many(field, PART)
    first = load(field.member)
    assert len(first["households"]) < first["manifest"]["count"]
    with field.world.database.transaction() as session:
        households.rename(session, field.households[0], "Nhà bà Sáu, cổng xanh")
    second = load(field.member, 1)
    assert second["manifest"] != first["manifest"]  # parts of two different lists do not make one


def test_failure_09_a_node_restored_from_a_backup_gets_back_what_it_had_acknowledged(
    field: TeamWorld, activity: uuid.UUID, settings: Settings, tmp_path: Path
) -> None:
    phone, world = field.member, field.world
    before = phone.get("/me").headers["Lantoa-Epoch"]
    world.database.close()
    backup = back_up(settings.database_url, tmp_path)
    batch = [visit(phone, activity, home) for home in field.households]
    with clock.stopped_at(clock.now() + DAY):
        told = verdicts(phone, *batch)  # done without signal, a day before it was sent
    done = happened(world)
    restore(world, [phone], settings, backup)
    assert counted(world, VISITS) == 0
    assert phone.get("/me").headers["Lantoa-Epoch"] != before
    phone.boot = str(uuid.uuid4())  # the app was closed meanwhile: its running clock says nothing of that day
    with clock.stopped_at(clock.now() + 3 * DAY):
        again = offer_again(phone, batch, told)
    assert [row["received_at"] for row in again] == [row["received_at"] for row in told]
    assert happened(world) == done
    assert (counted(world, VISITS), counted(world, HOUSEHOLDS)) == (5, 5)
    world.database.close()
    backup.throw_away()


def happened(world: World) -> dict[uuid.UUID, datetime]:
    with world.database.transaction(writes=False) as session:
        return {row.id: row.happened_at for row in session.scalars(select(Operation))}


def test_failure_10_a_figure_that_falls_to_nothing_says_nothing(
    field: TeamWorld, activity: uuid.UUID
) -> None:
    world, phone = field.world, field.member
    first = visit(phone, activity, field.households[0])
    verdicts(phone, first)
    world.fold()
    assert tallied(world, INSTALLED) == 1
    wrong = {"services": [], "consent": None, "met": "nobody", "corrects": json.loads(first)["id"]}
    verdicts(phone, visit(phone, activity, field.households[0], body=wrong))
    world.fold()
    assert (tallied(world, INSTALLED), tallied(world, HOUSEHOLDS)) == (0, 0)


def tallied(world: World, measure: str, unit: uuid.UUID | None = None) -> int:
    query = select(func.max(Tally.quantity)).where(Tally.measure == measure, Tally.period == "all")
    with world.database.transaction(writes=False) as session:
        return int(session.scalar(query.where(Tally.unit_id == (unit or world.commune))) or 0)


def test_failure_11_hamlets_that_become_one_keep_both_their_counts(
    field: TeamWorld, activity: uuid.UUID
) -> None:
    world, (_, other) = field.world, other_team(field)
    there = uuid.uuid4()
    verdicts(field.member, *(visit(field.member, activity, home) for home in field.households[:3]))
    verdicts(
        other,
        new_household(other, activity, world.other_hamlet, "Nhà ông Ba", household=there),
        visit(other, activity, there),
        visit(other, activity, there),
    )
    world.fold()
    assert (tallied(world, VISITS, world.hamlet), tallied(world, VISITS, world.other_hamlet)) == (3, 2)
    with world.database.transaction() as session:
        new = merge_units(
            session, [world.hamlet, world.other_hamlet], NewUnit("05752-T09", "Đồng Cong", "xóm"),
            on=clock.today(), document="Nghị quyết số 12/NQ-HĐND",
        )  # fmt: skip
    late = visit(field.member, activity, field.households[4])
    assert verdicts(field.member, late)[0]["result"]["hamlet"] == "xóm Đồng Cong"
    world.fold()
    assert tallied(world, VISITS, new) == 6
    assert tallied(world, VISITS) == 6
    assert counted(world, VISITS, unit_id=world.hamlet) == 3  # as it was, still readable


def test_failure_12_a_sync_that_is_never_finished_leaves_nothing_behind(field: TeamWorld) -> None:
    world, phone, raw = field.world, field.member, shot()
    many(field, PART)
    before = sizes(world)
    load(phone)  # and never the second part
    phone.get("/sync/pull")
    assert sizes(world) == before
    put(phone, named(raw), 0, len(raw), raw[:PIECE])
    with (
        clock.stopped_at(clock.now() + photos.PLAINLY.unfinished + DAY),
        world.database.transaction() as session,
    ):
        photos.forget_unfinished(session, photos.PLAINLY)
        assert session.scalar(select(func.count()).select_from(Photo)) == 0


def sizes(world: World) -> dict[str, int]:
    with world.database.transaction(writes=False) as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def test_failure_13_a_record_of_an_older_or_newer_app_is_taken_or_kept_whole(
    field: TeamWorld, activity: uuid.UUID
) -> None:
    phone, home = field.member, field.households[0]
    old = phone.freeze(
        "visit.log", {"household": str(home), "met": "nobody"}, activity=str(activity), schema=1
    )
    newer = visit(phone, activity, home, schema=1000)
    unknown = visit(phone, activity, home, body={"a_field_of_tomorrow": 1})
    action = phone.freeze("visit.of_tomorrow", {}, activity=str(activity))
    told = verdicts(phone, old, newer, unknown, action)
    assert [row["verdict"] for row in told] == ["accepted", "accepted", "quarantined", "quarantined"]
    with field.world.database.transaction(writes=False) as session:
        kept = set(session.scalars(select(Quarantined.body)))
    assert kept == {unknown.encode(), action.encode()}


def test_failure_14_two_phones_that_thought_of_the_same_name_leave_two_households(
    field: TeamWorld, activity: uuid.UUID
) -> None:
    one, other = field.leader, field.member
    answers = at_once(
        pusher(one, new_household(one, activity, field.hamlet, "Nhà bà Bảy")),
        pusher(other, new_household(other, activity, field.hamlet, "nha ba bay")),
    )
    rows = [answer.json["results"][0] for answer in answers]
    assert {row["verdict"] for row in rows} == {"accepted"}
    codes = {row["result"]["code"] for row in rows}
    assert len(codes) == 2
    with field.world.database.transaction(writes=False) as session:
        (alike,) = duplicates(session, field.world.commune)
    assert {view.code for view in alike.households} == codes


def test_failure_15_a_stolen_phone_is_shut_out_and_told_to_wipe_itself(
    field: TeamWorld, activity: uuid.UUID
) -> None:
    phone = field.member
    frozen = visit(phone, activity, field.households[0])
    file = sealed(phone, frozen)
    with field.world.database.transaction() as session:
        devices.report_lost(session, person(phone), uuid.UUID(phone.device))
    for answer in (phone.push(frozen), phone.get("/sync/pull"), phone.get("/team/load")):
        assert (answer.status_code, answer.json["code"]) == (401, "device_lost")
    assert carry(field.leader, file).json["code"] == "relay_refused"
    assert count(field.world, Operation) == 0


def test_failure_16_half_a_photo_is_never_whole_and_a_whole_one_never_replaced(
    field: TeamWorld, activity: uuid.UUID
) -> None:
    phone, raw = field.member, shot()
    name = named(raw)
    frozen = visit(phone, activity, field.households[0], body={"photos": [name]})
    assert verdicts(phone, frozen)[0]["outcome"] == "counted"  # nobody waits for the photo
    put(phone, name, 0, len(raw), raw[:PIECE])
    assert phone.get(f"/photos/{name}").json["complete"] is False
    assert put(phone, name, PIECE, len(raw), b"x" * (len(raw) - PIECE)).json["code"] == "photo_differs"
    assert send(phone, raw).json["complete"] is True
    with field.world.database.transaction(writes=False) as session:
        kept = photos.picture(session, name)
    assert put(phone, name, 0, len(raw), b"other").json["complete"] is True
    with field.world.database.transaction(writes=False) as session:
        assert photos.picture(session, name) == kept


def test_failure_17_no_quota_turns_the_work_of_the_field_away(field: TeamWorld, activity: uuid.UUID) -> None:
    phone, homes = field.member, field.households
    for batch in range(20):  # a thousand records in one hour, after two weeks away
        told = verdicts(phone, *(visit(phone, activity, homes[(batch + n) % 5]) for n in range(50)))
        assert {row["outcome"] for row in told} == {"counted"}
    assert (counted(field.world, VISITS), counted(field.world, HOUSEHOLDS)) == (1_000, 5)


def test_failure_18_sync_waits_for_nothing_that_is_derived(field: TeamWorld, activity: uuid.UUID) -> None:
    with field.world.database.transaction() as session:
        for table in ("tally_subject", "tally", "standing", "scorecard_line"):  # a rebuild that takes hours
            session.execute(text(f"ALTER TABLE {table} RENAME TO {table}_being_rebuilt"))
    phone = field.member
    assert verdicts(phone, visit(phone, activity, field.households[0]))[0]["outcome"] == "counted"
    assert len(load(phone)["households"]) == 5
    assert pulled(phone)
    assert phone.get(f"/activities/{activity}/mine").json["today"] == {"visits": 1, "households": 1}
