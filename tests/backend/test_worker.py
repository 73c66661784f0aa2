"""The worker goes on whatever one activity or one round does."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from backend import clock, figures
from backend.app import create_app
from backend.config import Settings
from backend.db.engine import Database
from backend.safeguards.models import AuditEntry
from backend.worker import Worker
from campaigns.contest.models import ContestQuestion
from campaigns.models import Activity
from campaigns.registry import measure_book
from tests.support.world import World, plant


def test_an_activity_that_cannot_open_holds_up_nothing(settings: Settings, database: Database) -> None:
    world = plant(create_app(settings, database=database), database, opened=False)
    with database.transaction() as session:
        session.execute(delete(ContestQuestion))
    worker = Worker(database, measure_book())
    worker.step()
    worker.turn_activities()
    with database.transaction(writes=False) as session:
        assert session.get_one(Activity, world.activity).state == "scheduled"


def test_a_round_that_fails_is_not_the_end(world: World) -> None:
    worker, rounds = Worker(world.database, measure_book()), []

    def fails_once() -> bool:
        rounds.append(1)
        if len(rounds) > 1:
            worker.stop()
            return False
        raise LookupError("a measure nobody knows")

    worker.step = fails_once  # type: ignore[method-assign]
    worker.stopping.wait = lambda _seconds=0.0: worker.stopping.is_set()  # type: ignore[method-assign]
    worker.run()
    assert len(rounds) == 2


def test_two_workers_turn_an_activity_once(settings: Settings, database: Database) -> None:
    world = plant(create_app(settings, database=database), database, opened=False)
    for _ in range(2):
        Worker(database, measure_book()).turn_activities()
    with clock.stopped_at(clock.now() + timedelta(days=8)):
        for _ in range(4):
            Worker(database, measure_book()).turn_activities()
    with database.transaction(writes=False) as session:
        deeds = session.scalars(select(AuditEntry.deed).where(AuditEntry.noun_id == str(world.activity)))
        assert sorted(deeds) == ["activity.closed", "activity.open", "activity.settled"]


def test_a_fold_that_fails_does_not_keep_activities_from_turning(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = plant(create_app(settings, database=database), database, opened=False)

    def fails(*_: object) -> bool:
        raise LookupError("a measure nobody knows")

    monkeypatch.setattr(figures, "is_anything_waiting", fails)
    with pytest.raises(LookupError):
        Worker(database, measure_book()).step()
    with database.transaction(writes=False) as session:
        assert session.get_one(Activity, world.activity).state == "open"
