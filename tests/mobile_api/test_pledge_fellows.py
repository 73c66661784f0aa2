"""What a cell shares among its members, on the phone: deeds in force and no more, each reading told to whose they are."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from backend import clock
from backend.safeguards.models import AuditEntry
from campaigns.models import Activity
from campaigns.pledge import cell, readers
from campaigns.pledge.models import Pledge
from tests.support.pledges import Cells, item, register, transfer, year_of_pledges
from tests.support.world import Phone, World


@pytest.fixture
def cells(world: World) -> Cells:
    return year_of_pledges(world)


def confirm(cells: Cells, phone: Phone) -> str:
    """Opened and confirmed by the secretary; the pledge's id."""
    mine = cells.mine(phone)["pledge"]
    with cells.world.database.transaction() as session:
        pledge, activity = (
            session.get_one(Pledge, uuid.UUID(mine["id"])),
            session.get_one(Activity, cells.activity),
        )
        readers.open_pledge(session, pledge.id, cells.secretary, {cells.cell})
        session.flush()
        cell.confirm(session, activity, pledge, mine["number"], "", cells.secretary)
    return str(mine["id"])


def share(cells: Cells, *audiences: str) -> None:
    with cells.world.database.transaction() as session:
        activity = session.get_one(Activity, cells.activity)
        cell.share(session, activity, audiences, clock.today(), cells.secretary)


def listed(cells: Cells, phone: Phone) -> Any:
    return phone.get(f"/pledges/{cells.activity}/fellows")


def read(cells: Cells, phone: Phone, pledge: str) -> Any:
    return phone.get(f"/pledges/{cells.activity}/fellows/{pledge}")


def told(cells: Cells, phone: Phone) -> list[tuple[str, str, str]]:
    rows: list[dict[str, Any]] = cells.mine(phone)["pledge"]["readings"]
    return [(row["name"], row["role"], row["part"]) for row in rows if row["role"] == "cell_member"]


def test_deeds_in_force_are_listed_and_read_and_every_reading_is_told(cells: Cells) -> None:
    register(cells.binh, item(what="Việc của Bình"))
    pledge = confirm(cells, cells.binh)
    assert cells.mine(cells.an)["shared"] is False
    share(cells, "cell")
    assert cells.mine(cells.an)["shared"] is True
    (fellow,) = listed(cells, cells.an).json["fellows"]
    assert (fellow["name"], fellow["deeds"], fellow["pledge"]) == ("Bình", 1, pledge)
    listed(cells, cells.an)
    answer = read(cells, cells.an, pledge).json
    assert (answer["name"], [one["what"] for one in answer["items"]]) == ("Bình", ["Việc của Bình"])
    assert set(answer["items"][0]) == {"id", "theme", "what", "measure", "due"}
    read(cells, cells.an, pledge)
    # on the list once a day, each opening by itself
    assert sorted(told(cells, cells.binh)) == [("An", "cell_member", "body")] * 2 + [
        ("An", "cell_member", "list")
    ]
    with cells.world.database.transaction(writes=False) as session:
        query = select(AuditEntry).where(AuditEntry.actor_kind == "person", AuditEntry.deed == "pledge.read")
        rows = session.scalars(query).all()
    assert [(row.is_read, row.noun_id, row.actor) for row in rows] == [
        (True, pledge, uuid.UUID(cells.an.me["id"]))
    ] * 2


def test_what_is_being_changed_is_not_shown_before_the_cell_confirms_it(cells: Cells) -> None:
    thing = item(what="Bản đã xác nhận")
    register(cells.binh, thing)
    pledge = confirm(cells, cells.binh)
    share(cells, "cell")
    register(cells.binh, thing | {"what": "Bản sửa"}, item(theme="innovation", what="Việc thêm"))
    assert listed(cells, cells.an).json["fellows"][0]["deeds"] == 1
    assert [one["what"] for one in read(cells, cells.an, pledge).json["items"]] == ["Bản đã xác nhận"]


def test_without_the_cells_decision_nobody_reads(cells: Cells) -> None:
    register(cells.binh)
    pledge = confirm(cells, cells.binh)
    for audiences in ((), ("committee",)):
        share(cells, *audiences)
        for answer in (listed(cells, cells.an), read(cells, cells.an, pledge)):
            assert (answer.status_code, answer.json["code"]) == (404, "cell_shares_nothing")
    assert told(cells, cells.binh) == []


def test_a_draft_and_what_waits_are_on_no_list(cells: Cells) -> None:
    share(cells, "cell")
    cells.binh.do("pledge.items", {"items": [item()]})
    assert listed(cells, cells.an).json["fellows"] == []
    cells.binh.do("pledge.submit", {})
    assert listed(cells, cells.an).json["fellows"] == []
    assert read(cells, cells.an, cells.mine(cells.binh)["pledge"]["id"]).status_code == 404


def test_who_went_to_another_cell_reads_no_more_and_is_read_no_more(cells: Cells) -> None:
    for phone in (cells.binh, cells.an):
        register(phone)
    pledges = [confirm(cells, phone) for phone in (cells.binh, cells.an)]
    share(cells, "cell")
    transfer(cells.world, cells.an, cells.other_cell)
    assert read(cells, cells.an, pledges[0]).json["code"] == "cell_shares_nothing"
    assert listed(cells, cells.binh).json["fellows"] == []
    assert read(cells, cells.binh, pledges[1]).status_code == 404


def test_the_own_pledge_and_one_of_another_cell_are_not_found_here(cells: Cells, world: World) -> None:
    for phone in (cells.binh, cells.chau):
        register(phone)
    share(cells, "cell")
    mine = confirm(cells, cells.binh)
    theirs = cells.mine(cells.chau)["pledge"]["id"]
    for pledge in (mine, theirs, str(uuid.uuid4())):
        assert read(cells, cells.binh, pledge).status_code == 404
    assert world.client().get(f"/api/v1/pledges/{cells.activity}/fellows").status_code == 401
    stranger = world.phone("Người ngoài", consent=False)
    assert listed(cells, stranger).json["code"] == "cell_shares_nothing"


def test_a_reader_who_left_for_good_has_no_name_in_the_list_of_readers(cells: Cells) -> None:
    register(cells.binh)
    pledge = confirm(cells, cells.binh)
    share(cells, "cell")
    read(cells, cells.an, pledge)
    assert cells.an.delete("/me", {"pin": "1234"}).status_code == 204
    assert told(cells, cells.binh) == [("", "cell_member", "body")]
