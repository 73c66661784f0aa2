"""A node holds the whole country; people still find the hamlets of their own commune first."""

from datetime import date

import pytest
from sqlalchemy import select, update

from backend.db.node import Node, own_unit
from backend.errors import NotSetUp
from backend.units import national
from backend.units.change import found
from backend.units.models import Unit
from tests.support.world import World


@pytest.fixture
def country(world: World) -> World:
    """The world with the whole list, and a hamlet of elsewhere that stands before the own ones by name."""
    with world.database.transaction() as session:
        national.load(session)
        far = session.scalars(select(Unit.id).where(Unit.code == "00004")).one()
        found(
            session, code="00004-T01", kind="hamlet", name="An Bình", level_word="tổ dân phố", since=date(2025, 7, 1),
            parents={"territory": far},
        )  # fmt: skip
    return world


def test_the_node_says_which_commune_it_serves(country: World) -> None:
    assert country.client().get("/api/v1/node").json["commune"]["id"] == str(country.commune)


def test_hamlets_of_the_own_commune_are_offered_first(country: World) -> None:
    units = country.client().get("/api/v1/units?kind=hamlet&limit=100").json["units"]
    assert [unit["code"] for unit in units][:2] == ["05752-T02", "05752-T01"]
    assert units[2]["name"] == "An Bình"


def test_a_commune_is_found_among_all(country: World) -> None:
    units = country.client().get("/api/v1/units?kind=commune&q=truong+sa").json["units"]
    assert [(unit["level_word"], unit["name"], unit["parent_name"]) for unit in units] == [
        ("đặc khu", "Trường Sa", "Khánh Hòa")
    ]


def test_a_node_that_serves_nobody_yet_says_so(world: World) -> None:
    with world.database.transaction() as session:
        session.execute(update(Node).values(unit_id=None))
        with pytest.raises(NotSetUp):
            own_unit(session)
    assert world.client().get("/api/v1/node").status_code == 503
    assert world.client().get("/api/v1/units").status_code == 503
