"""Households on the console: codes and nicknames, given to teams, moved and merged after a look, imported from a file."""

import io
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from backend import clock
from backend.teams import queries
from backend.teams.overview import history
from tests.admin.desk import Desk, trail
from tests.admin.field import found_team, hire_leader, household
from tests.support.world import World


def seen(world: World, *hamlets: uuid.UUID) -> dict[str, queries.HouseholdView]:
    with world.database.transaction(writes=False) as session:
        rows = queries.households_in(session, hamlets or (world.hamlet, world.other_hamlet))
    return {row.nickname: row for row in rows}


def add(client: Any, world: World, **typed: str) -> Any:
    new = {"hamlet": str(world.hamlet), "kind": "household", "nickname": "nhà bác Tư"}
    return client.post("/admin/households", data=new | typed)


def test_a_household_gets_a_code_and_keeps_no_more_than_a_nickname(world: World, desk: Desk) -> None:
    team, client = found_team(world), desk("an")
    assert add(client, world, team=str(team)).status_code == 302
    row = seen(world)["nhà bác Tư"]
    assert (row.code, row.team) == ("05752-T01-H001", team)
    text = client.get(f"/admin/households?hamlet={world.hamlet}").text
    assert "nhà bác Tư" in text
    assert "nhà bác Tư" in client.get(f"/admin/households?hamlet={world.hamlet}&q=bac tu").text
    assert "nhà bác Tư" not in client.get(f"/admin/households?hamlet={world.hamlet}&q=khong").text


@pytest.mark.parametrize("typed", [{"nickname": " "}, {"nickname": "x" * 61}, {"kind": "villa"}])
def test_what_is_no_household_is_refused(world: World, desk: Desk, typed: dict[str, str]) -> None:
    answer = add(desk("an"), world, **typed)
    assert answer.status_code == 409
    assert 'data-testid="problem"' in answer.text
    assert seen(world) == {}


def test_two_households_of_a_hamlet_can_be_told_apart(world: World, desk: Desk) -> None:
    client = desk("an")
    add(client, world)
    assert add(client, world, nickname="Nha bac tu").status_code == 409
    assert add(client, world, hamlet=str(world.other_hamlet)).status_code == 302


def test_those_that_came_twice_from_phones_are_pointed_out(world: World, desk: Desk) -> None:
    household(world, "nhà bác Tư")
    household(world, "Nhà Bác Tư")
    assert desk("an").get("/admin/households").text.count('data-testid="duplicate"') == 1


def test_giving_households_to_a_team_is_shown_first(world: World, desk: Desk) -> None:
    old = found_team(world)
    new = found_team(world, world.other_hamlet, "05752-TCN2", "xóm Cầu Cong")
    first, second = household(world, "một", old), household(world, "hai", new)
    client, chosen = desk("an"), {"household": [str(first), str(second)], "team": str(new)}
    shown = client.post("/admin/households/assign", data=chosen)
    assert shown.status_code == 200
    assert shown.text.count('data-testid="assigning"') == 1, "the other one has that team already"
    assert seen(world)["một"].team == old, "nothing is written yet"
    agreed = chosen | {"agreed": "yes", "reason": "chia lại địa bàn"}
    assert client.post("/admin/households/assign", data=agreed).status_code == 302
    assert seen(world)["một"].team == new
    assert [entry.reason for entry in trail(world, "household.assign")] == ["chia lại địa bàn"]
    client.post("/admin/households/assign", data={"household": str(first), "team": "none", "agreed": "yes"})
    assert seen(world)["một"].team is None


def test_nothing_chosen_is_said(world: World, desk: Desk) -> None:
    answer = desk("an").post("/admin/households/assign", data={"hamlet": str(world.hamlet)})
    assert answer.status_code == 409


def test_a_household_moves_and_its_history_stays(world: World, desk: Desk) -> None:
    one, client = household(world, "một"), desk("an")
    where, there = f"/admin/households/{one}/move", str(world.other_hamlet)
    ahead = f"{clock.today() + timedelta(days=3):%d/%m/%Y}"
    assert client.post(where, data={"hamlet": there, "day": ahead}).status_code == 409
    assert client.post(where, data={"hamlet": there, "day": "mai"}).status_code == 400
    with clock.stopped_at(clock.now() + timedelta(days=2)):
        client = desk("an")
        assert (
            client.post(where, data={"hamlet": there, "day": f"{clock.today():%d/%m/%Y}"}).status_code == 302
        )
        assert seen(world)["một"].hamlet.id == world.other_hamlet
        with world.database.transaction(writes=False) as session:
            assert [stay.unit for stay in history(session, one).places] == ["Xóm Cầu Cong", "Xóm Đồng Tiến"]
    assert len(trail(world, "household.move")) == 1


def test_two_that_are_one_are_merged_after_a_look(world: World, desk: Desk) -> None:
    one, two = household(world, "nhà bác Tư"), household(world, "nhà ông Tư")
    code, client = seen(world)["nhà ông Tư"].code, desk("an")
    where = f"/admin/households/{one}/merge"
    assert client.post(where, data={"code": "KHONG-CO"}).status_code == 404
    assert "Hai hộ này là một?" in client.post(where, data={"code": code.lower()}).text
    assert len(seen(world)) == 2
    assert client.post(where, data={"code": code, "agreed": "yes"}).location.endswith(str(two))
    assert set(seen(world)) == {"nhà ông Tư"}
    assert client.get(f"/admin/households/{one}").location.endswith(str(two))
    assert "nhà bác Tư" in client.get(f"/admin/households/{two}").text
    assert len(trail(world, "household.merge")) == 1


def test_a_leader_adds_and_renames_where_the_own_team_goes_and_nowhere_else(world: World, desk: Desk) -> None:
    team = found_team(world)
    hire_leader(world, team)
    foreign, client = household(world, "nhà khác", hamlet=world.other_hamlet), desk("lan")
    assert add(client, world).status_code == 302
    own = seen(world)["nhà bác Tư"]
    assert own.team == team
    assert (
        client.post(f"/admin/households/{own.id}/name", data={"nickname": "nhà bác Tư cuối xóm"}).status_code
        == 302
    )
    assert client.post(f"/admin/households/{own.id}/card").status_code == 302
    assert seen(world)["nhà bác Tư cuối xóm"].card == own.card + 1
    assert add(client, world, hamlet=str(world.other_hamlet)).status_code == 404
    assert client.get(f"/admin/households/{foreign}").status_code == 403
    assert client.post(f"/admin/households/{foreign}/name", data={"nickname": "x"}).status_code == 403
    assert client.post(f"/admin/households/{own.id}/move").status_code == 403


@pytest.mark.parametrize("who", ["far", "inspector", "dpo", "editor"])
def test_nicknames_are_for_those_who_look_after_the_hamlet(world: World, desk: Desk, who: str) -> None:
    one, client = household(world, "nhà bác Tư"), desk(who)
    assert client.get(f"/admin/households/{one}").status_code == 403
    assert "nhà bác Tư" not in client.get(f"/admin/households?hamlet={world.hamlet}").text
    assert client.get("/admin/household-list/file.csv").status_code == (404 if who == "far" else 403)


# --- a list from a file ----------------------------------------------------------------------------------------------


def upload(client: Any, text: str | bytes, name: str = "ho.csv") -> Any:
    data = text.encode() if isinstance(text, str) else text
    return client.post("/admin/household-list", data={"file": (io.BytesIO(data), name)})


def hidden(text: str, name: str) -> str:
    from html import unescape

    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found
    return unescape(found[1])


def agree(client: Any, shown: Any) -> Any:
    data = {name: hidden(shown.text, name) for name in ("digest", "lines")}
    return client.post("/admin/household-list/yes", data=data)


LIST = """xóm,loại,tên gọi,mã tổ
05752-T01,hộ gia đình,nhà bác Tư,05752-TCN1
Cầu Cong,hộ kinh doanh,quán cô Ba,
xom cau cong,,nhà cụ Mùi,
05752-T99,hộ gia đình,lạc đường,
05752-T01,hộ gia đình,Nha bac tu,
05752-T01,biệt thự,nhà lầu,
05752-T01,hộ gia đình,nhà 012345678901,
"""


def test_a_list_is_shown_then_written_once(world: World, desk: Desk) -> None:
    team, client = found_team(world), desk("an")
    shown = upload(client, LIST)
    assert shown.text.count('data-testid="change"') == 3
    assert shown.text.count('data-testid="trouble"') == 4
    assert seen(world) == {}, "nothing is written yet"
    assert agree(client, shown).status_code == 302
    rows = seen(world)
    assert set(rows) == {"nhà bác Tư", "quán cô Ba", "nhà cụ Mùi"}
    assert (rows["nhà bác Tư"].team, rows["quán cô Ba"].kind) == (team, "household_business")
    assert agree(client, shown).status_code == 409, "sent twice"
    assert len(seen(world)) == 3
    assert [entry.reason for entry in trail(world, "household.import")] == ["added 3"]


def test_what_changed_meanwhile_refuses_the_yes(world: World, desk: Desk) -> None:
    found_team(world)
    client = desk("an")
    shown = upload(client, LIST)
    household(world, "quán cô Ba", hamlet=world.other_hamlet)
    assert agree(client, shown).status_code == 409
    assert set(seen(world)) == {"quán cô Ba"}


def test_rows_that_were_tampered_with_are_not_written(world: World, desk: Desk) -> None:
    client = desk("an")
    shown = upload(client, "xóm,tên gọi\n05752-T01,nhà bác Tư\n")
    data = {name: hidden(shown.text, name) for name in ("digest", "lines")}
    for lines in (data["lines"].replace("bác Tư", "khác"), "[]", "{", "[[1]]", "[[1,2,3,4,5,6]]", "7"):
        answer = client.post("/admin/household-list/yes", data=data | {"lines": lines})
        assert answer.status_code in (400, 409)
    assert seen(world) == {}


def test_the_list_handed_out_comes_back_without_changing_anything(world: World, desk: Desk) -> None:
    team, client = found_team(world), desk("an")
    household(world, "nhà bác Tư", team)
    household(world, "quán cô Ba", hamlet=world.other_hamlet)
    book = client.get("/admin/household-list/file.xlsx").data
    assert "nhà bác Tư" in str(
        [[c.value for c in r] for r in load_workbook(io.BytesIO(book)).worksheets[0].rows]
    )
    shown = upload(client, book, "ho.xlsx")
    assert 'data-testid="nothing"' in shown.text
    assert 'data-testid="troubles-count">0<' in shown.text
    csv = client.get("/admin/household-list/file.csv").data.decode("utf-8-sig")
    shown = upload(client, csv.replace("nhà bác Tư", "nhà bác Tư cuối xóm"))
    agree(client, shown)
    assert "nhà bác Tư cuối xóm" in seen(world)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "a.csv"), (b"PK\x03\x04xx", "a.xlsx"), (b"a,b\n1,2\n", "a.csv"), ("xóm,tên gọi\nĐồng Tiến,Hß\n".encode("utf-16"), "a.csv"),
        ("xóm,tên gọi\n" + "a,b\n" * 2100, "a.csv"), (b"\xd0\xcf\x11\xe0", "a.xls"),
    ],
)  # fmt: skip
def test_files_of_every_sort_are_answered(world: World, desk: Desk, data: Any, name: str) -> None:
    answer = upload(desk("an"), data, name)
    assert answer.status_code in (200, 400, 413)
    assert seen(world) == {}


def test_a_formula_is_never_written(world: World, desk: Desk) -> None:
    book, file = Workbook(), io.BytesIO()
    for row in (
        ["xóm", "tên gọi"],
        ["05752-T01", "=1+1"],
        ["05752-T01", "+cmd"],
        ["05752-T01", "nhà\u200b bác"],
    ):
        book.active.append(row)
    book.save(file)
    shown = upload(desk("an"), file.getvalue(), "ho.xlsx")
    assert shown.text.count('data-testid="trouble"') == 3
