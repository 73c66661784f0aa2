"""What people agreed to has an end: papers and idle people go when it comes, the figures stay."""

from datetime import timedelta

from sqlalchemy import func, select

from backend import clock, figures
from backend.people.models import Person, StaffLogin
from backend.safeguards.audit import OPERATOR
from campaigns import leaving, lifecycle
from campaigns.contest.models import ContestAttempt
from campaigns.models import Activity
from campaigns.registry import measure_book
from tests.support.world import World


def _settle(world: World) -> None:
    with world.database.transaction() as session:
        activity = session.get_one(Activity, world.activity)
        lifecycle.close_activity(session, activity, OPERATOR)
        lifecycle.settle_activity(session, activity, OPERATOR)


def _forget_after(world: World, days: int) -> int:
    with clock.stopped_at(clock.now() + timedelta(days=days)), world.database.transaction() as session:
        return leaving.forget_what_is_over(session, clock.now())


def _count(world: World, table: type) -> int:
    with world.database.transaction(writes=False) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_papers_and_idle_people_go_and_figures_stay(world: World) -> None:
    for number in range(6):
        world.phone(f"Người {number}").take_part()
    world.fold()
    _settle(world)
    assert _forget_after(world, 729) == 0
    assert _count(world, ContestAttempt) == 6
    assert _forget_after(world, 900) == 6
    assert _count(world, ContestAttempt) == 0
    assert _count(world, Person) == _count(world, StaffLogin) == len(world.staff)
    assert figures.differences(world.database, measure_book()) == []


def test_somebody_who_came_back_is_not_forgotten(world: World) -> None:
    phone = world.phone()
    phone.take_part()
    _settle(world)
    with clock.stopped_at(clock.now() + timedelta(days=600)):
        world.phone("Người khác", number="0912000999")
    assert _forget_after(world, 900) == 1
    assert _count(world, Person) == 1 + _count(world, StaffLogin)
