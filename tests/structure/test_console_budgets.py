"""Keeps the console's pages about teams and households to what a commune with few households costs: as many statements,
and no more rows, however many households, visits and records that wait there are.
"""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.engine.cursor import CursorFetchStrategy

from backend import clock
from tests.admin.desk import at_desk
from tests.structure.test_budgets import spent
from tests.support.crowd import Crowd, gathered
from tests.support.teams import found_team
from tests.support.visits import join
from tests.support.world import World

STATEMENTS = {
    "/": 34,  # the last one: whether this node talks to any other
    "/households": 38,
    "/households?hamlet={hamlet}": 44,
    "/households?hamlet={hamlet}&q=so 1": 44,
    "/households/{household}": 63,
    "/household-list": 20,
    "/units/{hamlet}/cards": 20,
    "/teams": 33,
    "/teams/{team}": 32,
    "/teams/{team}/cards": 24,
    "/teams/{team}/day": 38,
    "/teams/{team}/logbook": 33,
    "/teams/{team}/month": 34,
    "/supervision": 79,
    "/supervision?team={team}": 89,
    "/supervision/export.csv": 37,
}
"""What each page asks the database. About a third is who is looking and what they may see."""
FEW, MANY, MORE = 6, 600, 600
"""Some of everything; more than a page shows or looks through; as many again."""


@pytest.fixture
def crowd(world: World) -> Crowd:
    return gathered(world)


def address(page: str, crowd: Crowd) -> str:
    """A page of the table above, about the first team and its hamlet."""
    here = {"team": crowd.field.team, "hamlet": crowd.world.hamlet, "household": crowd.often}
    return f"/admin{page.format(**here)}"


@contextmanager
def rows_read() -> Iterator[list[int]]:
    """How many rows came back from the database, a number a fetch."""
    read: list[int] = []

    def counting(plain: Any) -> Any:
        def fetch(*args: Any, **more: Any) -> Any:
            found = plain(*args, **more)
            read.append(len(found) if isinstance(found, list) else int(found is not None))
            return found

        return fetch

    with pytest.MonkeyPatch.context() as patch:
        for name in ("fetchone", "fetchmany", "fetchall"):
            patch.setattr(CursorFetchStrategy, name, counting(getattr(CursorFetchStrategy, name)))
        yield read


def cost(crowd: Crowd) -> dict[str, tuple[int, int]]:
    """Page -> (statements, rows)."""
    found: dict[str, tuple[int, int]] = {}
    client = at_desk(crowd.world)("an")
    for page in STATEMENTS:

        def look(page: str = page) -> None:
            answer = client.get(address(page, crowd))
            assert answer.status_code == 200, f"{page}: {answer.text[:300]}"

        with rows_read() as read:
            statements = spent(crowd.world.database, look)
        found[page] = (len(statements), sum(read))
    return found


def test_a_page_costs_the_same_however_many_households_and_visits_there_are(crowd: Crowd) -> None:
    crowd.grow(FEW)
    few = cost(crowd)
    crowd.grow(MANY)
    many = cost(crowd)
    crowd.grow(MORE)
    more = cost(crowd)
    assert {page: statements for page, (statements, _) in few.items()} == STATEMENTS
    assert {page: statements for page, (statements, _) in many.items()} == STATEMENTS
    assert {page: statements for page, (statements, _) in more.items()} == STATEMENTS
    full = {page: rows for page, (_, rows) in many.items()}
    assert {page: rows for page, (_, rows) in more.items()} == full


def test_a_page_asks_no_more_of_the_database_for_more_teams_and_hamlets(crowd: Crowd) -> None:
    crowd.grow(FEW)
    for number in range(5):
        team = found_team(
            crowd.world, crowd.world.other_hamlet, f"xóm số {number}", f"05752-TCN{number + 50}"
        )
        join(crowd.world, team, crowd.world.phone(), day=clock.today())
    assert {page: statements for page, (statements, _) in cost(crowd).items()} == STATEMENTS


def test_lists_are_read_to_their_end_a_part_at_a_time(crowd: Crowd) -> None:
    crowd.grow(MANY)
    client = at_desk(crowd.world)("an")
    lists = {
        f"/admin/households?hamlet={crowd.world.hamlet}": ("household-row", "after", MANY + 1),
        "/admin/supervision": ("due", "due_after", MANY),
    }
    for page, (row, name, total) in lists.items():
        seen: list[str] = []
        where: str | None = page
        for _ in range(total):
            text = client.get(where or page).text
            seen += re.findall(rf'data-testid="{row}".*?<code>(.*?)</code>', text, re.DOTALL)
            found = re.search(rf'href="([^"]*[?&;]{name}=[^"]*)" data-testid="next-part"', text)
            where = html.unescape(found[1]) if found else None
            if where is None:
                break
        assert (len(seen), len(set(seen))) == (total, total), page
