"""On PostgreSQL transactions overlap: what closes, checks or erases must not slip past what is going on."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from backend import clock, figures
from backend.app import create_app
from backend.config import Settings
from backend.db.engine import Database
from backend.participation.lease import pass_gate
from backend.people.models import SubjectLink
from backend.people.sign_in import hold_subject
from backend.safeguards.audit import OPERATOR
from campaigns import lifecycle
from campaigns.models import Activity
from campaigns.registry import measure_book
from tests.support import postgres
from tests.support.world import World, plant

pytestmark = pytest.mark.postgres


@pytest.fixture
def overlapping(postgres_template: str, tmp_path: Path) -> Iterator[World]:
    name = f"g_{uuid4().hex}"
    url = postgres.create_database(name, template=postgres_template)
    database = Database(url)
    settings = Settings(mode="demo", data=tmp_path, database_url=url, secret_key="k", identity="demo")
    yield plant(create_app(settings, database=database), database)
    database.close()
    postgres.drop_database(name)


def beside(deed: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=deed)
    thread.start()
    time.sleep(0.5)
    return thread


def test_closing_waits_for_a_start_that_is_going_on(overlapping: World) -> None:
    world, phone = overlapping, overlapping.phone()
    state: list[str] = []

    def close_and_settle() -> None:
        with world.database.transaction() as session:
            activity = session.get_one(Activity, world.activity)
            lifecycle.close_activity(session, activity, OPERATOR)
        with world.database.transaction() as session:
            lifecycle.turn(session, world.activity, clock.now())
            state.append(session.get_one(Activity, world.activity).state)

    with world.database.transaction() as session:
        pass_gate(session, world.activity)  # what a push does before it looks at the activity's state
        closing = beside(close_and_settle)
        assert closing.is_alive(), "closing did not wait"
    closing.join(10)
    assert state == ["settled"]
    assert phone.do("contest.start", {})["reason"] == "closed"


def test_the_check_agrees_while_people_go_on_taking_part(overlapping: World) -> None:
    world = overlapping
    for number in range(5):
        world.phone(f"Người {number}").take_part()
    world.fold()
    phones = [world.phone(f"Thêm {number}") for number in range(8)]
    going_on = beside(lambda: [phone.take_part() for phone in phones])
    wrong = [figures.differences(world.database, measure_book()) for _ in range(3)]
    going_on.join(30)
    assert wrong == [[], [], []]


def test_leaving_waits_for_a_push_that_is_going_on(overlapping: World) -> None:
    world, phone = overlapping, overlapping.phone()
    with world.database.transaction() as session:
        with world.database.transaction(writes=False) as look:
            subject = look.scalars(select(SubjectLink.subject)).one()
        hold_subject(session, subject)
        answers: list[int] = []
        leaving = beside(lambda: answers.append(phone.delete("/me", {"pin": phone.pin}).status_code))
        assert leaving.is_alive(), "leaving did not wait"
    leaving.join(10)
    assert answers == [204]
    assert phone.push(phone.freeze("contest.start", {})).status_code == 401
