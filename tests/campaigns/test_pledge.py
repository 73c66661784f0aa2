"""A pledge through its year: written on phones, answered by the cell, counted once, read by nobody it does not concern."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import DomainError, NotFound
from campaigns.models import Activity
from campaigns.pledge import cell, cell_view
from campaigns.pledge.errors import (
    ChangedSince,
    ClassUnknown,
    DocumentMissing,
    NotOpened,
    TooEarly,
    WordsMissing,
)
from campaigns.pledge.models import Pledge
from campaigns.pledge.readers import Opened, Reader, open_pledge
from tests.support.pledges import Cells, belong, item, register, transfer, year_of_pledges
from tests.support.world import Phone, World

PAPER = cell.Paper("12-QĐ/ĐU (hư cấu)", date(2026, 12, 20))


@pytest.fixture
def cells(world: World) -> Cells:
    return year_of_pledges(world)


def deed(cells: Cells, phone: Phone, do: Callable[[Session, Activity, Pledge], Any]) -> Any:
    """Something done with a member's pledge at the console."""
    with cells.world.database.transaction() as session:
        activity = session.get_one(Activity, cells.activity)
        pledge = cell.held(session, uuid.UUID(cells.mine(phone)["pledge"]["id"]))
        return do(session, activity, pledge)


def opened(cells: Cells, phone: Phone, by: Reader, reach: set[uuid.UUID] | None = None) -> Opened:
    with cells.world.database.transaction() as session:
        pledge = uuid.UUID(cells.mine(phone)["pledge"]["id"])
        return open_pledge(session, pledge, by, {by.unit} if reach is None else reach)


def confirm(cells: Cells, phone: Phone, by: Reader | None = None, number: int = 1) -> None:
    by = by or cells.secretary
    opened(cells, phone, by)
    deed(cells, phone, lambda s, a, p: cell.confirm(s, a, p, number, "Nhất trí.", by))


def refusal(do: Callable[[], Any]) -> type[DomainError] | None:
    try:
        do()
    except DomainError as error:
        return type(error)
    return None


# --- writing and handing in ---------------------------------------------------------------------------------------


def test_a_pledge_is_counted_once_in_the_members_cell(cells: Cells) -> None:
    assert register(cells.binh)["outcome"] == "counted"
    register(cells.binh, item(what="Dùng chữ ký số"))
    assert cells.facts() == {"pledge.registered": 1}
    assert cells.tallies(cells.cell)["pledge.registered"] == (1, 1)
    assert cells.tallies(cells.organisation)["pledge.registered"] == (1, 1)
    assert "pledge.registered" not in cells.tallies(cells.other_cell)


def test_two_phones_that_began_without_signal_end_in_one_pledge_with_the_deeds_of_both(cells: Cells) -> None:
    one, two = item(what="Việc ghi ở máy thứ nhất"), item(what="Việc ghi ở máy thứ hai")
    cells.binh.do("pledge.items", {"items": [one]})
    cells.binh.do("pledge.items", {"items": [two]})
    pledge = cells.mine(cells.binh)["pledge"]
    assert {row["what"] for row in pledge["items"]} == {one["what"], two["what"]}


def test_of_one_deed_written_twice_the_later_words_hold_whichever_came_first(cells: Cells) -> None:
    first = item(what="Lời viết trước")
    now = clock.milliseconds(clock.now())
    early, late = {"wall_ms": now - 60_000, "mono_ms": now - 60_000}, {"wall_ms": now, "mono_ms": now}
    cells.binh.do("pledge.items", {"items": [first | {"what": "Lời viết sau"}]}, **late)
    cells.binh.do("pledge.items", {"items": [first]}, **early)
    assert [row["what"] for row in cells.mine(cells.binh)["pledge"]["items"]] == ["Lời viết sau"]


def test_a_deed_taken_out_stays_out(cells: Cells) -> None:
    kept, gone = item(), item(what="Bỏ việc này")
    cells.binh.do("pledge.items", {"items": [kept, gone]})
    cells.binh.do("pledge.items", {"items": [gone | {"gone": True}]})
    assert [row["id"] for row in cells.mine(cells.binh)["pledge"]["items"]] == [kept["id"]]


@pytest.mark.parametrize(
    ("items", "reason"),
    [
        ([item(measure=" ")], "item_without_measure"),
        ([item(due=None)], "item_without_due"),
        ([item(theme="science")], "no_digital_item"),
        ([item() for _ in range(11)], "too_many_items"),
        ([item(gone=True)], "no_item"),
    ],
)
def test_what_is_not_whole_is_not_handed_in_and_stays_written(
    cells: Cells, items: list[dict[str, Any]], reason: str
) -> None:
    verdict = register(cells.binh, *items)
    assert (verdict["outcome"], verdict["reason"]) == ("refused", reason)
    assert verdict["message"]
    assert cells.mine(cells.binh)["pledge"]["state"] == "draft"
    assert cells.facts() == {}


def test_a_digital_deed_is_asked_only_where_the_plan_demands_it(world: World) -> None:
    cells = year_of_pledges(world, digital_required=False)
    assert register(cells.binh, item(theme="science"))["outcome"] == "counted"


def test_whoever_registers_late_is_taken_and_marked_late(world: World) -> None:
    cells = year_of_pledges(world, days_ago=120)
    assert register(cells.binh)["outcome"] == "counted"
    assert cells.mine(cells.binh)["pledge"]["late"] is True


def test_whoever_is_no_party_member_cannot_begin_one(cells: Cells) -> None:
    stranger = cells.world.phone("Khách")
    stranger.agree("pledge_record")
    verdict = stranger.do("pledge.items", {"items": [item()]})
    assert (verdict["outcome"], verdict["reason"]) == ("refused", "group_missing")


def test_a_deed_of_somebody_elses_pledge_is_not_written_over(cells: Cells) -> None:
    theirs = item()
    register(cells.an, theirs)
    verdict = cells.binh.do("pledge.items", {"items": [theirs | {"what": "Chép đè"}]})
    assert verdict["reason"] == "item_taken"
    assert cells.mine(cells.an)["pledge"]["items"][0]["what"] == theirs["what"]


# --- the cell answers ---------------------------------------------------------------------------------------------


def test_returned_completed_confirmed(cells: Cells) -> None:
    register(cells.binh)
    deed(cells, cells.binh, lambda s, a, p: cell.send_back(s, p, 1, "Ghi rõ số hộ.", cells.secretary))
    mine = cells.mine(cells.binh)["pledge"]
    assert (mine["state"], mine["versions"][0]["words"]) == ("returned", "Ghi rõ số hộ.")
    register(cells.binh, item(what="Hướng dẫn 6 hộ"))
    confirm(cells, cells.binh, number=2)
    mine = cells.mine(cells.binh)["pledge"]
    assert (mine["state"], mine["in_force"]) == ("in_force", 2)
    assert cells.facts() == {"pledge.registered": 1, "pledge.confirmed": 1, "pledge.digital_items": 2}


def test_nobody_confirms_what_they_have_not_opened(cells: Cells) -> None:
    register(cells.binh)
    unread = lambda: deed(cells, cells.binh, lambda s, a, p: cell.confirm(s, a, p, 1, "", cells.secretary))  # noqa: E731
    assert refusal(unread) is NotOpened
    opened(cells, cells.binh, cells.secretary)
    register(cells.binh, item(what="Việc thêm sau khi đã mở xem"))
    assert refusal(unread) is ChangedSince
    newest = lambda: deed(cells, cells.binh, lambda s, a, p: cell.confirm(s, a, p, 2, "", cells.secretary))  # noqa: E731
    assert refusal(newest) is NotOpened


def test_sending_back_says_what_is_missing(cells: Cells) -> None:
    register(cells.binh)
    silent = lambda: deed(cells, cells.binh, lambda s, a, p: cell.send_back(s, p, 1, " ", cells.secretary))  # noqa: E731
    assert refusal(silent) is WordsMissing


def test_an_amendment_leaves_the_confirmed_version_in_force_until_the_cell_confirms_it(cells: Cells) -> None:
    first = item()
    register(cells.binh, first)
    confirm(cells, cells.binh)
    register(cells.binh, first | {"gone": True}, item(what="Việc thay thế"), item(theme="innovation"))
    mine = cells.mine(cells.binh)["pledge"]
    assert (mine["state"], mine["in_force"], mine["number"]) == ("in_force", 1, 2)
    confirm(cells, cells.binh, number=2)
    assert cells.mine(cells.binh)["pledge"]["in_force"] == 2
    register(cells.binh, item(what="Thêm một việc số"), item(what="Và một việc số nữa"))
    confirm(cells, cells.binh, number=3)
    assert cells.facts()["pledge.digital_items"] == 3
    assert cells.facts()["pledge.confirmed"] == 1


# --- evidence -----------------------------------------------------------------------------------------------------


def test_evidence_with_words_photos_and_a_receipt_of_ones_own(cells: Cells) -> None:
    mine = item()
    receipt = register(cells.binh, mine)["receipt"]
    told = {
        "evidence": str(uuid.uuid4()),
        "item": mine["id"],
        "progress": "doing",
        "words": "Được 2 hộ",
        "photos": ["a" * 64],
    }
    assert cells.binh.do("pledge.evidence", told)["outcome"] == "noted"
    assert (
        cells.binh.do("pledge.evidence", told | {"progress": "done", "receipt": receipt})["outcome"]
        == "noted"
    )
    (shown,) = cells.mine(cells.binh)["pledge"]["evidence"]
    assert (shown["progress"], shown["receipt"], shown["photos"]) == ("done", receipt, {"a" * 64: "waiting"})


def test_evidence_does_not_borrow_somebody_elses_receipt(cells: Cells) -> None:
    mine = item()
    register(cells.binh, mine)
    theirs = register(cells.an)["receipt"]
    told = {"evidence": str(uuid.uuid4()), "item": mine["id"], "progress": "done", "receipt": theirs}
    assert cells.binh.do("pledge.evidence", told)["reason"] == "receipt_unknown"


# --- through the year ---------------------------------------------------------------------------------------------


def year(cells: Cells, phone: Phone, by: Reader) -> None:
    """From registering to the committee's decision."""
    mine = item()
    register(phone, mine)
    confirm(cells, phone, by)
    deed(cells, phone, lambda s, a, p: cell.check(s, a, p, "midyear", "Đúng tiến độ.", date(2026, 6, 20), by))
    look_back(phone, mine["id"])
    deed(cells, phone, lambda s, a, p: cell.propose(s, a, p, "good", "Làm tốt.", by))
    deed(cells, phone, lambda s, a, p: cell.decide(s, a, p, "good", "", PAPER, cells.committee))


def look_back(phone: Phone, thing: str, **more: Any) -> dict[str, Any]:
    told = {
        "moment": "year_end",
        "items": [{"item": thing, "outcome": "done", "words": None}],
        "own_class": "good",
    }
    return phone.do("pledge.review", told | more)


def test_a_whole_year(cells: Cells) -> None:
    year(cells, cells.binh, cells.secretary)
    mine = cells.mine(cells.binh)["pledge"]
    assert mine["state"] == "closed"
    assert [(row["by"], row["chosen"]) for row in mine["classes"]] == [
        ("cell", "good"),
        ("committee", "good"),
    ]
    assert mine["classes"][1]["document_number"] == PAPER.number
    assert cells.facts() == {
        "pledge.registered": 1, "pledge.confirmed": 1, "pledge.digital_items": 1, "pledge.midyear_checked": 1,
        "pledge.reviewed": 1, "pledge.assessed": 1,
    }  # fmt: skip
    assert cells.binh.do("pledge.items", {"items": [item()]})["reason"] == "pledge_decided"


def test_no_step_is_jumped(cells: Cells) -> None:
    mine = item()
    register(cells.binh, mine)
    assert look_back(cells.binh, mine["id"])["reason"] == "not_in_force"
    by = cells.secretary
    for step in (
        lambda s, a, p: cell.check(s, a, p, "midyear", "", date(2026, 6, 20), by),
        lambda s, a, p: cell.propose(s, a, p, "good", "", by),
        lambda s, a, p: cell.decide(s, a, p, "good", "", PAPER, cells.committee),
    ):
        assert refusal(lambda step=step: deed(cells, cells.binh, step)) is TooEarly  # type: ignore[misc]


def test_a_class_comes_from_the_rules_in_force_and_a_decision_names_its_document(cells: Cells) -> None:
    mine = item()
    register(cells.binh, mine)
    confirm(cells, cells.binh)
    assert look_back(cells.binh, mine["id"], own_class="wonderful")["reason"] == "class_unknown"
    look_back(cells.binh, mine["id"])
    invented = lambda s, a, p: cell.propose(s, a, p, "wonderful", "", cells.secretary)  # noqa: E731
    assert refusal(lambda: deed(cells, cells.binh, invented)) is ClassUnknown
    deed(cells, cells.binh, lambda s, a, p: cell.propose(s, a, p, "good", "", cells.secretary))
    paper = cell.Paper(" ", date(2026, 12, 1))
    bare = partial(cell.decide, chosen="good", words="", paper=paper, by=cells.committee)
    assert refusal(lambda: deed(cells, cells.binh, bare)) is DocumentMissing


def test_who_changes_cell_in_july_goes_on_there_and_stays_counted_where_it_was(cells: Cells) -> None:
    mine = item()
    register(cells.binh, mine)
    confirm(cells, cells.binh)
    transfer(cells.world, cells.binh, cells.other_cell)
    assert refusal(lambda: opened(cells, cells.binh, cells.secretary)) is NotFound
    assert opened(cells, cells.binh, cells.other_secretary).may("evidence")
    look_back(cells.binh, mine["id"])
    deed(cells, cells.binh, lambda s, a, p: cell.propose(s, a, p, "good", "", cells.other_secretary))
    assert cells.tallies(cells.cell)["pledge.registered"] == (1, 1)
    assert cells.tallies(cells.other_cell)["pledge.reviewed"] == (1, 1)
    deed(cells, cells.binh, lambda s, a, p: cell.decide(s, a, p, "good", "", PAPER, cells.committee))
    assert cells.tallies(cells.other_cell)["pledge.assessed"] == (1, 1)


def test_what_changed_cells_is_listed_in_the_new_cell_and_no_more_in_the_old(world: World) -> None:
    """In July, with a deed due in August: the new cell has it on its lists, the old one is not asked for it."""
    with clock.stopped_at(datetime(2026, 7, 15, 3, tzinfo=UTC)):
        cells = year_of_pledges(world, days_ago=180)
        register(cells.binh, item(what="Đến hạn tháng tám", due="2026-08-20"))
        confirm(cells, cells.binh)
        transfer(world, cells.binh, cells.other_cell)
        today = clock.today()
        with world.database.transaction() as session:
            activity = session.get_one(Activity, cells.activity)
            due = {
                unit: cell_view.due_between(session, activity, unit, today, today + timedelta(days=60))
                for unit in (cells.cell, cells.other_cell)
            }
            counts = cell_view.coverage(session, activity, [cells.cell, cells.other_cell])
        assert due[cells.cell] == []
        assert [one.what for one in due[cells.other_cell]] == ["Đến hạn tháng tám"]
        assert (counts[cells.cell].expected, counts[cells.cell].confirmed) == (1, 0)
        assert (counts[cells.other_cell].expected, counts[cells.other_cell].confirmed) == (2, 1)


def test_an_exempt_member_is_not_expected_and_a_deceased_one_is_left_in_peace(cells: Cells) -> None:
    register(cells.binh)
    with cells.world.database.transaction() as session:
        activity = session.get_one(Activity, cells.activity)
        for phone, reason in ((cells.an, "exempt"), (cells.binh, "deceased")):
            cell.exempt(session, activity, cells.subject(phone), reason, "", clock.today(), cells.secretary)
        found = cell_view.coverage(session, activity, [cells.cell])[cells.cell]
    assert (found.expected, found.registered, found.exempt) == (0, 0, 2)
    assert cells.mine(cells.binh)["pledge"]["state"] == "closed"
    assert cells.mine(cells.an)["exempt"] == "exempt"
    assert register(cells.an)["reason"] == "member_exempt"


# --- who reads ----------------------------------------------------------------------------------------------------


def test_a_draft_is_the_members_alone(cells: Cells) -> None:
    cells.binh.do("pledge.items", {"items": [item()]})
    assert refusal(lambda: opened(cells, cells.binh, cells.secretary)) is NotFound


def test_every_reading_by_another_is_shown_to_the_member(cells: Cells) -> None:
    register(cells.binh)
    opened(cells, cells.binh, cells.secretary)
    (shown,) = cells.mine(cells.binh)["pledge"]["readings"]
    assert (shown["name"], shown["role"], shown["part"]) == ("Bí thư Lành", "cell_secretary", "body")
    assert "Đồng Tiến" in shown["unit"]


def test_the_secretary_sees_what_was_handed_in_and_not_what_is_being_written(cells: Cells) -> None:
    register(cells.binh, item(what="Việc đã gửi"))
    cells.binh.do("pledge.items", {"items": [item(what="Việc còn đang viết")]})
    seen = opened(cells, cells.binh, cells.secretary).told
    assert [row.what for row in seen.items] == ["Việc đã gửi"]
    assert "đang viết" not in str(seen)


def test_the_committee_reads_deeds_only_where_the_cell_decided_so(cells: Cells) -> None:
    mine = item()
    register(cells.binh, mine)
    confirm(cells, cells.binh)
    reach = {cells.cell, cells.other_cell}
    assert refusal(lambda: opened(cells, cells.binh, cells.committee, reach)) is NotFound
    look_back(cells.binh, mine["id"])
    deed(cells, cells.binh, lambda s, a, p: cell.propose(s, a, p, "good", "Làm tốt.", cells.secretary))
    seen = opened(cells, cells.binh, cells.committee, reach)
    assert (seen.told.items, seen.told.evidence, seen.told.reviews) == ([], [], [])
    assert seen.told.classes[0].chosen == "good"
    with cells.world.database.transaction() as session:
        cell.share(
            session, session.get_one(Activity, cells.activity), ["committee"], clock.today(), cells.secretary
        )
    seen = opened(cells, cells.binh, cells.committee, reach)
    assert [row.what for row in seen.told.items] == [mine["what"]]
    assert (seen.told.evidence, seen.told.reviews) == ([], [])


def test_only_the_present_cell_takes_a_pledge_in_hand_and_never_a_draft(cells: Cells) -> None:
    cells.an.do("pledge.items", {"items": [item()]})
    register(cells.binh)
    transfer(cells.world, cells.binh, cells.other_cell)

    def take(phone: Phone, unit: uuid.UUID) -> uuid.UUID:
        with cells.world.database.transaction() as session:
            pledge = uuid.UUID(cells.mine(phone)["pledge"]["id"])
            return cell.at_hand(session, pledge, "secretary", {unit})[1]

    assert refusal(lambda: take(cells.binh, cells.cell)) is NotFound
    assert take(cells.binh, cells.other_cell) == cells.other_cell
    assert refusal(lambda: take(cells.an, cells.cell)) is NotFound


# --- the cell at a glance -----------------------------------------------------------------------------------------


def test_the_cell_sees_who_registered_and_of_the_others_only_how_many(cells: Cells) -> None:
    register(cells.binh)
    for name in ("Dung", "Giang"):
        belong(cells.world, cells.world.phone(name, consent=False), cells.cell)
    with cells.world.database.transaction(writes=False) as session:
        activity = session.get_one(Activity, cells.activity)
        shown = cell_view.lines(session, activity, cells.cell)
        found = cell_view.coverage(session, activity, [cells.cell, cells.other_cell])
    assert [(one.name, one.waits) for one in shown] == [("Bình", True)]
    assert (found[cells.cell].expected, found[cells.cell].registered) == (4, 1)
    assert (found[cells.other_cell].expected, found[cells.other_cell].registered) == (1, 0)


def test_what_falls_due_is_read_from_the_versions_in_force(cells: Cells) -> None:
    soon = item(what="Đến hạn", due=(clock.today() + timedelta(days=5)).isoformat())
    register(cells.binh, soon, item(what="Còn lâu", due=(clock.today() + timedelta(days=200)).isoformat()))
    confirm(cells, cells.binh)
    register(cells.an, soon | {"id": str(uuid.uuid4())})
    with cells.world.database.transaction(writes=False) as session:
        activity = session.get_one(Activity, cells.activity)
        today = clock.today()
        found = cell_view.due_between(session, activity, cells.cell, today, today + timedelta(days=30))
    assert [(one.name, one.what) for one in found] == [("Bình", "Đến hạn")]


# --- leaving ------------------------------------------------------------------------------------------------------


def test_whoever_leaves_takes_the_pledge_along_and_what_was_counted_stays(cells: Cells) -> None:
    year(cells, cells.binh, cells.secretary)
    before = cells.facts()
    assert cells.binh.delete("/me", {"pin": "1234"}).status_code == 204
    with cells.world.database.transaction(writes=False) as session:
        assert session.query(Pledge).count() == 0
    assert cells.facts() == before
