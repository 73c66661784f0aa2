"""A merge decided for a day to come: nobody lives through it before, and on that day the node that decided does too."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from backend import clock
from backend.federation.documents import giving
from backend.federation.documents.models import Document
from backend.federation.peers.models import PeerReach
from backend.safeguards.audit import Actor
from backend.units import change
from backend.units.models import Unit, UnitEvent
from campaigns import units_from_above
from tests.federation.test_documents_units import decide, fetch, the_merge, tree
from tests.support.levels import Levels, Node, province_and_communes


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def levels(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Levels]:
    with province_and_communes(
        tmp_path, database=request.param, communes=2, lines=("state", "party")
    ) as found:
        yield found


def turn(node: Node) -> bool:
    with node.here():
        return units_from_above.turn(node.database)


def a_merge_in_ten_days(levels: Levels) -> None:
    with levels.province.here():
        told = the_merge(levels, on=clock.today() + timedelta(days=10))
    decide(levels, told)


def test_before_its_day_it_is_lived_through_nowhere(levels: Levels) -> None:
    a_merge_in_ten_days(levels)
    levels.pass_time(days=9)
    assert not turn(levels.province)
    with levels.province.reading() as session:
        assert session.scalars(select(UnitEvent)).all() == []
        assert len(units_from_above.decided_ahead(session)) == 1


def test_on_its_day_every_node_has_the_same_tree_and_the_reach_of_the_ended_commune_ends(
    levels: Levels,
) -> None:
    a_merge_in_ten_days(levels)
    levels.pass_time(days=10)
    assert turn(levels.province)
    assert not turn(levels.province)  # once
    trees = []
    for node in levels.nodes.values():
        if node is not levels.province:
            fetch(node)
        with node.reading() as session:
            trees.append(tree(session))
    assert all(one == trees[0] for one in trees)
    with levels.province.reading() as session:
        ended = session.scalars(select(PeerReach.until_on).where(PeerReach.unit_code == "05923"))
        assert set(ended) == {clock.today()}


def test_one_that_was_taken_back_before_its_day_does_not_happen(levels: Levels) -> None:
    a_merge_in_ten_days(levels)
    with levels.province.writing() as session:
        for row in session.scalars(select(Document)):
            giving.withdraw(session, row.digest, "Hoãn", Actor("staff", levels.province.staff["office"]))
    levels.pass_time(days=11)
    assert not turn(levels.province)


def test_one_that_no_longer_fits_holds_up_nothing(levels: Levels) -> None:
    a_merge_in_ten_days(levels)
    with levels.province.writing() as session:
        one = session.scalars(select(Unit.id).where(Unit.code == "05923")).one()
        change.close(session, one, clock.today())
    levels.pass_time(days=10)
    assert not turn(levels.province)
    with levels.province.reading() as session:
        assert session.scalars(select(UnitEvent)).all() == []
