"""Whoever looks on a whole country opens every page for as many statements as who looks on two communes, and no statement
names its units one by one: PostgreSQL takes 65,535 parameters and not one more.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event, insert, update

from backend import clock
from backend.calendars import parse
from backend.cards import actions
from backend.db.base import new_id
from backend.db.engine import Database
from backend.people import staff
from backend.people.models import RoleGrant
from backend.safeguards.audit import OPERATOR
from backend.targets.models import TargetSet
from backend.units import change
from backend.units.models import Unit, UnitLink, UnitName
from tests.admin.desk import Desk, at_desk
from tests.structure.test_budgets import TABLE
from tests.support.world import PASSWORD, SINCE, World
from tests.targets.conftest import issue_at

ROLES = ("party_office", "unit_head", "campaign_admin", "province_viewer", "drafter", "party_committee")
MONTH = parse("thang", "202610")
NOW = datetime(2026, 11, 4, 9, tzinfo=UTC)
FEW, MANY, HAMLETS = 2, 130, 27
CARDS = 60
"""More than one page of them."""
MOST_PARAMETERS = 100


@dataclass
class Country:
    """A country above the province; `growth`: communes planted so far."""

    world: World
    id: uuid.UUID
    card: uuid.UUID
    set: uuid.UUID
    growth: int = 0

    def grow(self, communes: int) -> list[uuid.UUID]:
        """So many communes more, each with its hamlets; the one everybody knows grows along."""
        first, self.growth = self.growth, self.growth + communes
        made = {new_id(): ("commune", f"Xã {first + n}", self.world.province) for n in range(communes)}
        parents = [*made, *([self.world.commune] if communes == MANY else [])]
        below = {new_id(): ("hamlet", f"Xóm {n}", commune) for commune in parents for n in range(HAMLETS)}
        with self.world.database.transaction() as session:
            for table, row in ((Unit, _unit), (UnitName, _name), (UnitLink, _link)):
                session.execute(insert(table), [row(*one) for one in (made | below).items()])
        return list(made)

    def issue_sets(self, communes: list[uuid.UUID]) -> None:
        """Each its own, which says nothing yet."""
        words = {"issued_by": "UBND xã", "title": "Kế hoạch năm", "valid_from": SINCE, "made_at": NOW}
        with self.world.database.transaction() as session:
            session.add_all(TargetSet(issuer_unit_id=commune, **words) for commune in communes)

    def open_cards(self, communes: list[uuid.UUID]) -> None:
        with self.world.database.transaction() as session:
            for commune in communes:
                actions.open_card(session, commune, "xa-thang", MONTH, OPERATOR)


Made = tuple[str, str, uuid.UUID]


def _unit(unit: uuid.UUID, made: Made) -> dict[str, Any]:
    return {"id": unit, "code": unit.hex, "kind": made[0], "valid_from": SINCE, "valid_to": None}


def _name(unit: uuid.UUID, made: Made) -> dict[str, Any]:
    words = {"name": made[1], "level_word": made[0], "folded": made[1], "sort_key": made[1]}
    return {"id": new_id(), "unit_id": unit, "valid_from": SINCE, "valid_to": None} | words


def _link(unit: uuid.UUID, made: Made) -> dict[str, Any]:
    return {
        "id": new_id(), "unit_id": unit, "parent_id": made[2], "tree": "territory", "valid_from": SINCE, "valid_to": None,
    }  # fmt: skip


@pytest.fixture
def country(world: World) -> Iterator[Country]:
    with world.database.transaction() as session:
        top = change.found(session, code="VN", kind="country", name="Việt Nam", level_word="", since=SINCE)
        session.add(
            UnitLink(id=new_id(), unit_id=world.province, parent_id=top, tree="territory", valid_from=SINCE)
        )
        world.staff["nation"] = staff.hire(
            session, name="nation", username="nation", password=PASSWORD, grants=[(role, top) for role in ROLES]
        )  # fmt: skip
        session.execute(update(RoleGrant).values(valid_from=SINCE))
        card = actions.open_card(session, world.commune, "xa-thang", MONTH, OPERATOR).id
        own_set = issue_at(session, top, "quang-ngai").id
    with clock.stopped_at(NOW):
        yield Country(world, top, card, own_set)


@pytest.fixture
def desk(world: World) -> Desk:
    return at_desk(world)


PAGES: dict[str, Callable[[Country], str]] = {
    "home": lambda _: "/",
    "cards": lambda _: "/cards?period=202610",
    "more cards": lambda _: "/cards?period=202610&page=2",
    "a card": lambda country: f"/cards/{country.card}",
    "targets": lambda _: "/targets",
    "a set of targets": lambda country: f"/targets/sets/{country.set}",
    "scorecard of the country": lambda country: f"/units/{country.id}/scorecard",
    "scorecard of the province": lambda country: f"/units/{country.world.province}/scorecard",
    "scorecard of the commune": lambda country: f"/units/{country.world.commune}/scorecard",
    "reports": lambda _: "/reports",
    "punctuality": lambda _: "/reports/punctuality",
    "plans": lambda _: "/plans",
    "inspections": lambda _: "/inspections",
}  # fmt: skip


@contextmanager
def statements(database: Database) -> Iterator[list[tuple[int, str]]]:
    """(how many parameters, table) of everything that is sent."""
    sent: list[tuple[int, str]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        found = TABLE.search(statement)
        sent.append((len(parameters), found[1] if found else ""))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def cost(country: Country, desk: Desk) -> dict[str, tuple[int, int, str]]:
    """Page -> (statements, the most parameters of one, its table)."""
    client, found = desk("nation"), {}
    for name, path in PAGES.items():
        with statements(country.world.database) as sent:
            answer = client.get(f"/admin{path(country)}")
        assert answer.status_code == 200, f"{name}: {answer.text[:300]}"
        found[name] = (len(sent), *max(sent))
    return found


def test_a_page_costs_the_same_however_many_units_are_in_reach(country: Country, desk: Desk) -> None:
    made = country.grow(FEW)
    country.open_cards(made)
    country.issue_sets(made)
    few = cost(country, desk)
    made = country.grow(MANY)
    country.open_cards(made[:CARDS])
    country.issue_sets(made)
    many = cost(country, desk)
    assert {page: count for page, (count, _, _) in many.items()} == {
        page: count for page, (count, _, _) in few.items()
    }
    too_many = {page: (most, which) for page, (_, most, which) in many.items() if most > MOST_PARAMETERS}
    assert too_many == {}


def test_the_cards_of_a_country_are_read_to_their_end_a_page_at_a_time(country: Country, desk: Desk) -> None:
    country.open_cards(country.grow(CARDS))
    first, second = (desk("nation").get(f"/admin/cards?period=202610&page={n}").text for n in (1, 2))
    assert first.count('data-testid="line-') == 50
    assert second.count('data-testid="line-') == CARDS + 1 - 50
    assert 'data-testid="more-cards"' in first
    assert 'data-testid="more-cards"' not in second
    assert "1 xã, phường khác" in first  # the far one has none
