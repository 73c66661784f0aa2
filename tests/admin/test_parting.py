"""Households merged by mistake stand apart again, each with its own visits, and every figure follows."""

import uuid

import pytest

from backend import clock, figures
from backend.teams import households
from backend.teams.merging import merge
from backend.teams.models import Household
from backend.teams.queries import household_view, responsible
from campaigns.registry import measure_book
from campaigns.visit.measures import DISTINCT
from campaigns.visit.models import Visit
from tests.admin.desk import Desk, trail
from tests.support.visits import Field, in_the_field, met, new_household
from tests.support.world import World

WHY = "hai nhà cùng tên gọi"


@pytest.fixture
def field(world: World) -> Field:
    return in_the_field(world)


def merged(field: Field, apart: str, stays: str) -> None:
    with field.world.database.transaction() as session:
        merge(session, uuid.UUID(apart), uuid.UUID(stays), distinct=DISTINCT)


def pair(field: Field) -> tuple[str, str]:
    return new_household(field.bich, nickname="nhà bác Tư"), new_household(field.bich, nickname="nhà ông Tư")


def agrees(field: Field) -> bool:
    return figures.differences(field.world.database, measure_book()) == []


def test_parted_each_has_its_own_visits_and_counts_once(field: Field, desk: Desk) -> None:
    apart, stays = pair(field)
    for household in (apart, stays):
        field.bich.do("visit.log", met(household))
    assert field.tallies()["visit.households"] == 2
    merged(field, apart, stays)
    assert field.tallies()["visit.households"] == 1
    client, where = desk("an"), f"/admin/households/{stays}/merged/{apart}"
    assert where in client.get(f"/admin/households/{stays}").text
    assert client.get(where).status_code == 200
    assert client.post(where, data={"why": "x"}).status_code == 409
    assert client.post(where, data={"why": WHY}).location.endswith(apart)
    assert field.tallies() == {"visit.households": 2, "visit.visits": 2, "visit.vneid.installed": 2}
    assert agrees(field)
    assert client.get(f"/admin/households/{apart}").text.count('data-testid="visit"') == 1
    assert client.get(f"/admin/households/{stays}").text.count('data-testid="visit"') == 1
    with field.world.database.transaction(writes=False) as session:
        view = household_view(session, uuid.UUID(apart))
        assert (view.hamlet.id, view.team) == (field.world.hamlet, field.team)
        assert responsible(session, uuid.UUID(apart), clock.now()).household == uuid.UUID(apart)
    assert WHY in str(trail(field.world, "household.unmerge")[0].reason)


def test_visits_since_then_go_where_they_were_and_stay_otherwise(field: Field, desk: Desk) -> None:
    apart, stays = pair(field)
    field.bich.do("visit.log", met(stays))
    merged(field, apart, stays)
    theirs = field.bich.do("visit.log", met(apart, {"cashless": "activated"}, note="cổng sau"))
    field.bich.do("visit.log", met(stays, {"signature": "explained"}))
    client, where = desk("an"), f"/admin/households/{stays}/merged/{apart}"
    assert client.get(where).text.count('data-testid="theirs"') == 2
    client.post(where, data={"why": WHY, "visit": theirs["id"]})
    assert field.tallies() == {
        "visit.households": 2, "visit.visits": 3, "visit.vneid.installed": 1, "visit.cashless.activated": 1,
        "visit.signature.explained": 1,
    }  # fmt: skip
    assert agrees(field)
    with field.world.database.transaction(writes=False) as session:
        rows = session.query(Visit).filter_by(household_id=uuid.UUID(apart)).all()
        assert [(row.corrects, row.stands, row.note) for row in rows] == [
            (uuid.UUID(theirs["id"]), True, "cổng sau")
        ]
        assert not session.get_one(Visit, uuid.UUID(theirs["id"])).stands


def test_a_visit_that_was_moved_can_still_be_corrected_by_its_writer(field: Field, desk: Desk) -> None:
    apart, stays = pair(field)
    merged(field, apart, stays)
    theirs = field.bich.do("visit.log", met(apart, {"cashless": "activated"}))
    desk("an").post(f"/admin/households/{stays}/merged/{apart}", data={"why": WHY, "visit": theirs["id"]})
    field.bich.do("visit.log", met(apart, {"cashless": "used_alone"}, corrects=theirs["id"]))
    assert field.tallies() == {"visit.households": 1, "visit.visits": 1, "visit.cashless.used_alone": 1}
    assert agrees(field)


def test_without_a_choice_nothing_moves(field: Field, desk: Desk) -> None:
    apart, stays = pair(field)
    merged(field, apart, stays)
    field.bich.do("visit.log", met(apart))
    desk("an").post(
        f"/admin/households/{stays}/merged/{apart}", data={"why": WHY, "visit": ["x", str(uuid.uuid4())]}
    )
    assert field.tallies()["visit.households"] == 1
    field.bich.do("visit.log", met(apart))
    assert field.tallies()["visit.households"] == 2, "it is a household of its own again"
    assert agrees(field)


def test_what_was_merged_into_it_before_comes_along(field: Field, desk: Desk) -> None:
    first, apart = pair(field)
    stays = new_household(field.bich, nickname="nhà khác")
    for household in (first, apart, stays):
        field.bich.do("visit.log", met(household))
    merged(field, first, apart)
    merged(field, apart, stays)
    assert field.tallies()["visit.households"] == 1
    desk("an").post(f"/admin/households/{stays}/merged/{apart}", data={"why": WHY})
    assert field.tallies()["visit.households"] == 2
    with field.world.database.transaction(writes=False) as session:
        assert households.resolve(session, uuid.UUID(first)) == uuid.UUID(apart)
    assert agrees(field)


def test_merged_parted_and_merged_again(field: Field, desk: Desk) -> None:
    apart, stays = pair(field)
    for household in (apart, stays):
        field.bich.do("visit.log", met(household))
    for count in (1, 2, 1, 2):
        if count == 1:
            merged(field, apart, stays)
        else:
            desk("an").post(f"/admin/households/{stays}/merged/{apart}", data={"why": WHY})
        assert field.tallies()["visit.households"] == count
        assert agrees(field)


def test_only_who_keeps_the_teams_parts_and_only_what_was_merged(field: Field, desk: Desk) -> None:
    apart, stays = pair(field)
    where = f"/admin/households/{stays}/merged/{apart}"
    assert desk("an").get(where).status_code == 404
    merged(field, apart, stays)
    assert desk("an").get(f"/admin/households/{stays}/merged/{uuid.uuid4()}").status_code == 404
    for who, status in (("far", 403), ("head", 403), ("leader", 403)):
        assert desk(who).post(where, data={"why": WHY}).status_code == status
    assert desk("an").post(where, data={"why": WHY}).status_code == 302
    assert desk("an").post(where, data={"why": WHY}).status_code == 404, "the second of two who press at once"
    with field.world.database.transaction(writes=False) as session:
        assert session.get_one(Household, uuid.UUID(apart)).merged_into is None
