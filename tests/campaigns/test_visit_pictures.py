"""Photos of visits go with what they were for: the activity, the person, or the visit that never named them."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend import clock
from backend.media.models import Photo
from backend.media.photos import Keeping
from backend.worker import tidy
from campaigns.models import Activity
from campaigns.registry import kind_named
from campaigns.visit.models import VisitPhoto
from tests.mobile_api.test_photos import named, send, shot
from tests.support.visits import Field, in_the_field, join, met, new_household
from tests.support.world import World

MONTH = timedelta(days=30)
HOUR = timedelta(hours=1)


@pytest.fixture
def field(world: World) -> Field:
    return in_the_field(world)


def here(world: World) -> set[str]:
    with world.database.transaction(writes=False) as session:
        return set(session.scalars(select(Photo.digest)))


def links(world: World) -> set[str]:
    with world.database.transaction(writes=False) as session:
        return set(session.scalars(select(VisitPhoto.digest)))


def tidied(world: World, later: timedelta, keeping: Keeping | None = None) -> set[str]:
    """What is left of the photos after the worker has tidied so much later."""
    with clock.stopped_at(clock.now() + later), world.database.transaction() as session:
        tidy(session, *([keeping] if keeping else []))
    return here(world)


def test_a_photo_no_visit_names_goes_after_a_month_and_a_named_one_stays(field: Field) -> None:
    kept, lost = shot(10), shot(20)
    household = new_household(field.bich)
    field.bich.do("visit.log", met(household, photos=[named(kept)]))
    for raw in (kept, lost):
        assert send(field.bich, raw).json["complete"]
    assert tidied(field.world, MONTH - HOUR) == {named(kept), named(lost)}
    assert tidied(field.world, MONTH + HOUR) == {named(kept)}


def test_how_long_is_the_operators_to_say(field: Field) -> None:
    send(field.bich, shot(10))
    assert tidied(field.world, timedelta(days=6), Keeping(unnamed=timedelta(days=5))) == set()


def test_a_photo_waits_with_the_visit_that_names_it(field: Field) -> None:
    """The visit's household has not arrived yet: nobody may throw away what belongs to it."""
    raw = shot(10)
    waiting = field.bich.do("visit.log", met(uuid.uuid4(), photos=[named(raw)]))
    assert waiting["outcome"] == "waiting"
    send(field.bich, raw)
    assert tidied(field.world, MONTH + HOUR) == {named(raw)}


def test_forgetting_an_activity_takes_its_photos_and_no_others(field: Field) -> None:
    mine, other = shot(10), shot(20)
    household = new_household(field.bich)
    field.bich.do("visit.log", met(household, photos=[named(mine)]))
    for raw in (mine, other):
        send(field.bich, raw)
    with field.world.database.transaction() as session:
        activity = session.get_one(Activity, field.world.activity)
        kind_named(activity.kind).forget(session, activity.id)
    assert here(field.world) == {named(other)}
    assert links(field.world) == set()


def test_who_leaves_takes_photos_along_and_visits_name_them_no_more(field: Field) -> None:
    join(field.world, field.team, field.cuong)
    mine, other = shot(10), shot(20)
    household = new_household(field.bich)
    field.bich.do("visit.log", met(household, photos=[named(mine)]))
    field.cuong.do("visit.log", met(household, photos=[named(other)]))
    send(field.bich, mine)
    send(field.cuong, other)
    assert field.bich.delete("/me", {"pin": "1234"}).status_code == 204
    assert here(field.world) == links(field.world) == {named(other)}
