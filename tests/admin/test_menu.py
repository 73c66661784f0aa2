"""The menu: grouped where there is much to choose from, and no entry or link that shuts in somebody's face."""

import re

import pytest

from backend import calendars, clock
from backend.cards import actions as cards
from backend.people.models import RoleGrant
from backend.safeguards.audit import OPERATOR
from tests.admin.desk import Desk, take_part
from tests.support.world import World

NAV = re.compile(r"<nav.*?</nav>", re.DOTALL)
LINK = re.compile(r'href="(/admin/[^"#]*)')


def menu_of(desk: Desk, who: str) -> str:
    found = NAV.search(desk(who).get("/admin/").text)
    assert found
    return found[0]


@pytest.mark.parametrize(
    "who", ["an", "head", "inspector", "front", "dpo", "operator", "office", "cell", "drafter", "province"]
)
def test_every_entry_of_the_menu_opens(world: World, desk: Desk, who: str) -> None:
    entries = LINK.findall(menu_of(desk, who))
    assert entries
    for href in entries:
        assert desk(who).get(href).status_code == 200, href


def test_much_stands_under_headings_and_little_in_one_row(world: World, desk: Desk) -> None:
    with world.database.transaction() as session:
        for role in ("party_office", "question_editor", "dpo"):
            session.add(
                RoleGrant(
                    person_id=world.staff["an"], role=role, unit_id=world.commune, valid_from=clock.today()
                )
            )
    many = menu_of(desk, "an")
    assert re.findall(r"<summary[^>]*>([^<]+)", many) == [
        "Hoạt động",
        "Số liệu",
        "Báo cáo, kế hoạch",
        "Đơn vị, cán bộ",
    ]
    assert "<summary" not in menu_of(desk, "inspector")
    assert 'class="here"' in (NAV.search(desk("an").get("/admin/cards").text) or [""])[0]


def test_a_card_shows_no_link_its_reader_may_not_open(world: World, desk: Desk) -> None:
    take_part(world, 8)
    month = calendars.at("thang", clock.today(), "month")
    with world.database.transaction() as session:
        card = cards.open_card(session, world.commune, "xa-thang", month, OPERATOR).id
    for who in ("office", "province", "drafter"):
        client = desk(who)
        listed = client.get("/admin/cards").text.split("<main")[1]
        for href in set(LINK.findall(listed)):
            assert client.get(href.replace("&amp;", "&")).status_code < 400, (who, href)
        page = client.get(f"/admin/cards/{card}?live=1").text.split("<main")[1]
        assert ("/criteria/" in page) is (who == "office")
        for href in set(LINK.findall(page)):
            assert client.get(href.replace("&amp;", "&")).status_code < 400, (who, href)
