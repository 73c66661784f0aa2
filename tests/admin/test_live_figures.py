"""The live page of an activity: figures as they come in, and nothing that tells how good the papers are."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from backend import clock
from backend.db.base import new_id
from backend.db.engine import Database
from backend.http import NodeApp
from backend.participation import queries as ledger
from backend.safeguards.audit import OPERATOR
from campaigns import lifecycle
from campaigns.contest.models import ContestAttempt
from campaigns.models import Activity, Campaign
from tests.admin.desk import Desk, at_desk, more_hamlets, take_part, trail
from tests.support.contest import close, remove, settle, write_paper
from tests.support.world import World, plant

NOON = datetime(2026, 11, 20, 5, 30, 20, tzinfo=UTC)
"""12:30:20 in Viet Nam."""


def said(text: str, name: str) -> str:
    """What stands in the element of that test id, without its tags."""
    found = re.search(rf'data-testid="{name}"[^>]*>(.*?)</(?:dd|b|p|li|tr|section)>', text, re.S)
    assert found, f"no {name} on the page"
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def page(world: World, desk: Desk, who: str = "an", part: str = "/figures") -> str:
    answer = desk(who).get(f"/admin/activities/{world.activity}{part}")
    assert answer.status_code == 200, answer.text
    return answer.text


# --- arrivals ---------------------------------------------------------------------------------------------------------


def test_arrivals_are_counted_by_the_minute_hour_and_day_of_viet_nam(world: World) -> None:
    moments = [
        NOON, NOON + timedelta(seconds=39), NOON + timedelta(seconds=40), NOON + timedelta(hours=11, minutes=29),
        NOON + timedelta(hours=11, minutes=29, seconds=40),
    ]  # fmt: skip
    with world.database.transaction() as session:
        for moment in moments:
            write_paper(session, world, new_id(), 3, at=moment)
    papers = "contest.papers"
    with world.database.transaction(writes=False) as session:

        def counted(every: timedelta, since: datetime = NOON) -> list[tuple[str, int]]:
            rows = ledger.arrivals(session, world.activity, papers, since, every)
            return [(f"{moment.astimezone(clock.VIETNAM):%d %H:%M}", count) for moment, count in rows]

        assert counted(timedelta(minutes=1)) == [
            ("20 12:30", 2), ("20 12:31", 1), ("20 23:59", 1), ("21 00:00", 1),
        ]  # fmt: skip
        assert counted(timedelta(hours=1)) == [("20 12:00", 3), ("20 23:00", 1), ("21 00:00", 1)]
        assert counted(timedelta(days=1)) == [("20 00:00", 4), ("21 00:00", 1)]
        assert counted(timedelta(days=1), NOON + timedelta(seconds=40)) == [("20 00:00", 2), ("21 00:00", 1)]
        found = ledger.arrived(session, [world.activity, new_id()], papers, NOON + timedelta(hours=11))
        assert found == {world.activity: ledger.Arrived(2, moments[-1])}


def test_a_paper_that_was_removed_did_not_arrive(world: World) -> None:
    papers = take_part(world, 6)
    remove(world, papers[0].attempt)
    with world.database.transaction(writes=False) as session:
        since = papers[0].at - timedelta(days=1)
        rows = ledger.arrivals(session, world.activity, "contest.papers", since, timedelta(days=400))
        assert sum(count for _, count in rows) == 5


def test_the_chart_goes_from_minutes_to_hours_to_days_as_it_gets_quiet(world: World, desk: Desk) -> None:
    papers = take_part(world, 9)
    assert 'id="minutes-title"' in page(world, desk)
    for quiet, chart in ((timedelta(hours=2), "hours"), (timedelta(days=2), None)):
        with clock.stopped_at(papers[-1].at + quiet):
            text = page(world, desk)
        assert 'id="minutes-title"' not in text
        assert ('id="hours-title"' in text) == (chart == "hours")
        assert 'id="days-title"' in text
        assert said(text, "papers-total") == "9"


def test_days_of_what_is_over_end_with_its_closing(world: World, desk: Desk) -> None:
    papers = take_part(world, 9)
    close(world)
    with clock.stopped_at(papers[-1].at + timedelta(days=90)):
        text = page(world, desk)
    assert f"{papers[-1].at.astimezone(clock.VIETNAM):%d/%m}" in text
    assert said(text, "papers-today") == "0"


# --- attempts and hamlets ---------------------------------------------------------------------------------------------


def test_attempts_stand_by_state_and_are_hidden_while_few_took_part(world: World, desk: Desk) -> None:
    papers = take_part(world, 4)
    text = page(world, desk)
    assert "attempts-submitted" not in text
    assert "minutes-title" not in text
    take_part(world, 8)
    remove(world, papers[0].attempt)
    with world.database.transaction() as session:
        for state, number in (("running", 3), ("late", 2), ("expired", 1)):
            for _ in range(number):
                session.add(blank_paper(world, state))
    world.fold()
    text = page(world, desk)
    shown = {
        name: said(text, f"attempts-{name}")
        for name in ("running", "submitted", "late", "expired", "removed")
    }
    assert shown == {"running": "3", "submitted": "11", "late": "2", "expired": "1", "removed": "1"}
    assert said(text, "people-total") == "11"


def blank_paper(world: World, state: str) -> ContestAttempt:
    now, device = clock.now(), new_id()
    return ContestAttempt(
        id=new_id(), activity_id=world.activity, subject=new_id(), number=1, state=state, drawn=[], answers={},
        held_by=device, held_since=now, started_by=new_id(), started_at=now, due_at=now + timedelta(minutes=5),
    )  # fmt: skip


@pytest.fixture
def wide(app: NodeApp, database: Database) -> World:
    """The commune with eight hamlets, its contest not open yet."""
    world = plant(app, database, opened=False)
    more = more_hamlets(world, 45, 50, 55, 160, 170, 180)
    with world.database.transaction() as session:
        lifecycle.open_activity(session, session.get_one(Activity, world.activity), OPERATOR)
    for unit, people in zip(
        [world.hamlet, world.other_hamlet, *more], (20, 9, 18, 22, 2, 40, 30, 60), strict=True
    ):
        take_part(world, people, unit, apart=timedelta(seconds=1))
    return world


def test_hamlets_stand_in_bands_in_name_order_with_leaders_marked(wide: World) -> None:
    text = page(wide, at_desk(wide))
    bands = re.findall(r"<caption>(.*?)</caption>", text)
    assert bands == ["Dưới 150 người", "Từ 150 người trở lên"]
    rows = re.findall(r'data-testid="(hamlet-rate-[^"]+)"', text)
    assert rows[-3:] == ["hamlet-rate-05752-T14", "hamlet-rate-05752-T15", "hamlet-rate-05752-T16"], (
        "not by rate"
    )
    assert "thứ 1" in said(text, "hamlet-rate-05752-T16")
    hidden = said(text, "hamlet-rate-05752-T13")
    assert "Ẩn để không lộ cá nhân" in hidden
    assert not re.search(r"\b2/55\b", text)


# --- what nobody may know yet -----------------------------------------------------------------------------------------

TELLING = ("contest_passed", "bài đạt yêu cầu", "all_correct", "Tỷ lệ bài đạt", "câu đúng:")


@pytest.mark.parametrize("who", ["an", "head", "inspector", "office", "editor"])
def test_nothing_before_settlement_tells_how_good_the_papers_are(world: World, desk: Desk, who: str) -> None:
    take_part(world, 13, right=5)
    take_part(world, 9, world.other_hamlet, right=1)
    close(world)
    client = desk(who)
    for path in pages_of(world, who):
        answer = client.get(path)
        assert answer.status_code == 200, path
        found = [word for word in TELLING if word.lower() in answer.text.lower()]
        assert found == [], f"{path} tells {found}"
        # 13 all correct, 13 passed: the numbers themselves stand nowhere but among people and papers of a hamlet.
        assert not re.search(r"(đạt|đúng hết|passed)[^<]{0,40}\b13\b", answer.text), path


def pages_of(world: World, who: str) -> list[str]:
    here = f"/admin/activities/{world.activity}"
    found = ["/admin/", here, f"{here}/figures", f"{here}/boards"]
    if who == "an":
        found += [f"{here}/removals", f"{here}/settle", f"{here}/results", "/admin/audit"]
    if who in ("an", "office"):
        found += [
            f"/admin/units/{world.commune}/scorecard",
            f"/admin/units/{world.hamlet}/scorecard?period=all",
        ]
    return found


def test_figures_look_alike_however_good_the_papers_are(world: World, desk: Desk) -> None:
    """Two communes that differ in nothing but right answers are told apart by nobody before the settlement."""
    seen = []
    with clock.stopped_at(clock.now()) as move:
        papers = take_part(world, 12, right=1)
        before = {path: cleaned(desk("an").get(path).text) for path in pages_of(world, "an")}
        with world.database.transaction() as session:
            for paper in papers:
                session.get_one(ContestAttempt, paper.attempt).right = 5
        after = {path: cleaned(desk("an").get(path).text) for path in pages_of(world, "an")}
        move(timedelta(0))
    seen = [path for path, text in before.items() if "audit" not in path and text != after[path]]
    assert seen == []


def cleaned(text: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", text)


def test_how_many_passed_is_shown_once_it_is_settled(world: World, desk: Desk) -> None:
    take_part(world, 12, right=5)
    settle(world)
    world.fold()
    assert "Tỷ lệ bài đạt yêu cầu" in page(world, desk)


# --- who, and how much it costs ----------------------------------------------------------------------------------------


def test_a_draft_is_seen_by_the_owners_own_members_only(world: World, desk: Desk) -> None:
    with world.database.transaction() as session:
        session.get_one(Campaign, world.campaign).state = "draft"
    assert desk("an").get(f"/admin/activities/{world.activity}").status_code == 200
    assert desk("editor").get(f"/admin/activities/{world.activity}").status_code == 200
    assert desk("head").get(f"/admin/activities/{world.activity}").status_code == 403
    assert desk("far").get(f"/admin/activities/{world.activity}").status_code == 403


def test_the_live_part_costs_the_same_with_ten_times_the_papers(world: World, desk: Desk) -> None:
    client = desk("an")
    costs = []
    for people in (8, 80):
        take_part(world, people, apart=timedelta(seconds=1))
        costs.append(statements(world, lambda: client.get(f"/admin/activities/{world.activity}/figures")))
    assert costs[0] == costs[1]
    assert costs[0] <= 24


def statements(world: World, deed: object) -> int:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(world.database.engine, "before_cursor_execute", note)
    try:
        deed()  # type: ignore[operator]
    finally:
        event.remove(world.database.engine, "before_cursor_execute", note)
    return len([one for one in sent if not one.startswith(("BEGIN", "COMMIT", "PRAGMA", "ROLLBACK"))])


def test_the_live_part_reads_no_single_fact(world: World, desk: Desk) -> None:
    """Rows that come back are few however many papers there are: the database counts."""
    take_part(world, 60, apart=timedelta(seconds=1))
    client, rows = desk("an"), []

    def note(_connection: object, cursor: object, statement: str, *_more: object) -> None:
        if " fact" in statement:
            rows.append(statement)

    event.listen(world.database.engine, "after_cursor_execute", note)
    client.get(f"/admin/activities/{world.activity}/figures")
    event.remove(world.database.engine, "after_cursor_execute", note)
    assert rows
    assert all("count(" in one.lower() or "sum(" in one.lower() for one in rows)


# --- the first page ---------------------------------------------------------------------------------------------------


def test_what_waits_is_said_to_whom_it_waits_for(world: World, desk: Desk) -> None:
    papers = take_part(world, 9)
    assert 'data-testid="waiting"' not in desk("an").get("/admin/").text
    close(world)
    with world.database.transaction() as session:
        for paper in papers[:7]:
            session.get_one(ContestAttempt, paper.attempt).held_by = uuid.UUID(int=5)
    text = desk("an").get("/admin/").text
    assert "7 bài có dấu hiệu lạ" in said(text, "waiting-doubts")
    assert "có thể chốt kết quả" in said(text, "waiting-settle")
    assert 'data-testid="waiting"' not in desk("head").get("/admin/").text
    assert "chưa có người thứ hai đọc lại" in said(desk("editor").get("/admin/").text, "waiting-reading")
    settle(world)
    assert "chưa công bố" in said(desk("an").get("/admin/").text, "waiting-publish")
    assert trail(world, "activity.settled")
