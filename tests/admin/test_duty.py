"""Expected, registered, recognised: numbers of agencies for the State's line, of members for the Party's, nobody listed."""

import re
import uuid
from dataclasses import dataclass

import pytest

from backend.units import change as units
from tests.admin.desk import Desk
from tests.admin.idea_desk import seated
from tests.structure.test_budgets import spent
from tests.support.initiatives import Year, hand_in, small, text
from tests.support.pledges import Cells, belong, register, year_of_pledges
from tests.support.world import SINCE, World

FEW_WORDS = "ít người"


@dataclass
class Both:
    """A year of pledges and one of initiatives in one commune."""

    cells: Cells
    year: Year


def fill(cells: Cells, cell: uuid.UUID, people: int) -> None:
    for n in range(people):
        phone = cells.world.phone(f"Đảng viên {cell.hex[:4]}{n}", consent=False)
        belong(cells.world, phone, cell)


@pytest.fixture
def both(world: World) -> Both:
    """Seven members in the one cell, six in the other; one pledge is handed in."""
    cells = year_of_pledges(world)
    fill(cells, cells.cell, 5)
    fill(cells, cells.other_cell, 5)
    assert register(cells.binh)["outcome"] == "counted"
    return Both(cells, seated(world))


def rows(desk: Desk, who: str, kind: str) -> dict[str, list[str]]:
    """Heading -> what its cells of the table say."""
    page = desk(who).get("/admin/duty")
    assert page.status_code == 200, page.text[:300]
    found = {}
    for row in re.findall(rf'<tr data-testid="{kind}-row">(.*?)</tr>', page.text, re.DOTALL):
        bare = re.sub(r'<span class="label">.*?</span>', "", row)
        heading, *numbers = [
            re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", bare)
        ]
        found[heading] = numbers
    return found


def test_an_agency_counts_when_it_has_registered_and_again_when_recognised(both: Both, desk: Desk) -> None:
    year = both.year
    hand_in(year.binh, small(unit=str(year.agency)))
    year.recognise(year.recommended(hand_in(year.chau, text(unit=str(year.school)))))
    found = rows(desk, "secretary", "unit")
    assert found["Trung tâm hành chính công"] == ["1/1", "0/1"]
    assert found["Trường Tân Khánh"] == ["1/1", "1/1"]
    commune = next(iter(found.values()))
    assert [one.split("/")[0] for one in commune] == ["2", "1"]
    assert rows(desk, "secretary", "cell") == {}


def test_an_association_on_another_line_is_listed_where_it_is_counted(both: Both, desk: Desk) -> None:
    world = both.year.world
    with world.database.transaction() as session:
        units.found(session, code="05752-F1", kind="association", name="Hội Nông dân xã", level_word="", since=SINCE,
                    parents={"front": world.commune})  # fmt: skip
    found = rows(desk, "secretary", "unit")
    assert found["Hội Nông dân xã"] == ["0/1", "0/1"]
    commune, *below = found.values()
    assert int(commune[0].split("/")[1]) == len(below)


def test_a_head_sees_the_own_unit_alone(both: Both, desk: Desk) -> None:
    assert list(rows(desk, "school_head", "unit")) == ["Trường Tân Khánh"]


def test_members_are_counted_by_cell_for_the_partys_line_alone(both: Both, desk: Desk) -> None:
    belong(both.year.world, both.year.chau, both.cells.cell)
    hand_in(both.year.chau, small())
    assert rows(desk, "committee", "cell") == {
        "Chi bộ Cầu Cong": ["0", "0", "0/6", "0/6"],
        "Chi bộ Đồng Tiến": ["1", "0", "1/8", "0/8"],
    }
    assert rows(desk, "committee", "total") == {"Tất cả": ["1", "0", "1/14", "0/14"]}
    assert rows(desk, "committee", "unit") == {}
    for who in ("an", "agency_head", "secretary"):
        assert rows(desk, who, "cell") == {}, who
    assert list(rows(desk, "other_secretary", "cell")) == ["Chi bộ Cầu Cong"]


def test_cells_of_a_few_are_hidden_and_not_found_by_subtracting(world: World, desk: Desk) -> None:
    cells = year_of_pledges(world)
    fill(cells, cells.cell, 9)
    register(cells.chau)
    Both(cells, seated(world))
    found = rows(desk, "board", "cell")
    assert found == dict.fromkeys(("Chi bộ Cầu Cong", "Chi bộ Đồng Tiến"), [FEW_WORDS] * 4)
    assert rows(desk, "board", "total")["Tất cả"][2] == "1/12"


def test_nobody_is_named_and_those_who_have_no_part_in_it_do_not_come_in(both: Both, desk: Desk) -> None:
    page = desk("committee").get("/admin/duty").text
    for phone in (both.cells.binh, both.cells.an, both.cells.chau):
        assert phone.me["name"] not in page
    for who in ("Chánh", "inspector", "dpo", "operator", "office"):
        assert desk(who).get("/admin/duty").status_code == 403, who
        assert 'data-testid="menu-duty"' not in desk(who).get("/admin/").text
    for who in ("secretary", "committee", "agency_head"):
        assert 'data-testid="menu-duty"' in desk(who).get("/admin/").text


def test_before_anything_was_released_the_page_says_so(world: World, desk: Desk) -> None:
    assert 'data-testid="nothing"' in desk("an").get("/admin/duty").text
    assert desk("an").get(f"/admin/duty?activity_id={uuid.uuid4()}").status_code == 200


def test_a_year_out_of_reach_is_not_there(both: Both, desk: Desk) -> None:
    assert desk("secretary").get(f"/admin/duty?activity_id={uuid.uuid4()}").status_code == 404


@pytest.mark.parametrize("who", ["secretary", "committee"])
def test_the_page_costs_the_same_however_many_units_members_and_ideas(
    both: Both, desk: Desk, who: str
) -> None:
    client, year = desk(who), both.year

    def cost() -> int:
        return len(spent(year.world.database, lambda: client.get("/admin/duty")))

    few = cost()
    fill(both.cells, both.cells.other_cell, 4)
    for n in range(3):
        hand_in(year.chau, small(title=f"Ý thứ {n}"))
    assert cost() == few
