"""Keeps whose day it is by which a report is due, and that no later day rewrites what is past."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import update

from backend import clock
from backend.db.base import new_id
from backend.people.staff import Staff
from backend.reports import obligations, queries
from backend.reports.due import Rule
from backend.reports.hands import Desk
from backend.reports.models import Duty, Submission
from backend.reports.queries import Owed
from tests.support.reports import BELOW, Office, office
from tests.support.world import World


@pytest.fixture
def here(world: World) -> Office:
    return office(world)


def owed(here: Office) -> Owed:
    with here.world.database.transaction(writes=False) as session:
        rows = queries.owed(session, {here.world.commune}, set())
        return next(row for row in rows if row.period == here.half)


def settle(here: Office, duty: uuid.UUID, day: int, months: int) -> None:
    with here.world.database.transaction() as session:
        obligations.set_due(session, duty, day, months, here.by("above"))


def test_a_day_settled_later_does_not_make_what_was_late_timely(here: Office) -> None:
    duty = here.duty(rule=Rule(1, 0))
    late = owed(here)
    assert late.is_late
    settle(here, duty, 28, 12)
    still = owed(here)
    assert (still.due, still.is_late) == (late.due, True)
    assert (still.rule.day, still.rule.months, still.rule.is_preset) == (28, 12, False)


def test_the_period_that_runs_has_the_new_day_and_the_last_word_of_a_day_stands(here: Office) -> None:
    duty = here.duty(rule=Rule(1, 0))
    for day in (10, 20):
        settle(here, duty, day, 1)
    with here.world.database.transaction(writes=False) as session:
        row = session.get_one(Duty, duty)
        told = obligations.changes(session, [duty])[duty]
        assert [one.due_day for one in told] == [10, 20]
        assert obligations.rule_of(row, told, clock.today()) == Rule(20, 1)
        assert obligations.rule_of(row, told, clock.today() - timedelta(days=1)) == Rule(1, 0)


def test_what_was_owed_before_a_duty_ended_stays_owed(here: Office) -> None:
    duty = here.duty(rule=Rule(1, 0))
    with here.world.database.transaction() as session:
        session.execute(
            update(Duty).where(Duty.id == duty).values(valid_to=clock.today() - timedelta(days=1))
        )
    assert owed(here).is_late


# --- whose it is to do --------------------------------------------------------------------------------------------


def desk(here: Office, **roles: list[uuid.UUID]) -> Desk:
    with here.world.database.transaction(writes=False) as session:
        granted = {role: frozenset(units) for role, units in roles.items()}
        return Desk.of(session, Staff(here.world.staff["an"], new_id(), "an", granted))


def at(here: Office, until: str) -> Submission:
    submission = here.open(here.below())
    here.walk(submission, until, BELOW)
    return here.row(submission)


@pytest.mark.parametrize("role", ["drafter", "reviewer", "signer", "clerk"])
def test_an_office_role_given_above_does_nothing_below_and_reads_no_draft_there(
    here: Office, role: str
) -> None:
    row = at(here, "draft")
    above, own = (desk(here, **{role: [unit]}) for unit in (here.world.commune, here.agency))
    assert not above.may_read(row)
    assert own.may_read(row)
    assert not above.writes(here.agency, "state")
    deed = {"drafter": "draft", "reviewer": "review", "signer": "sign", "clerk": "number"}[role]
    row.state = {"draft": "open", "review": "drafted", "sign": "reviewed", "number": "signed"}[deed]
    assert own.holds(row, deed)
    assert not above.holds(row, deed)


def test_the_office_above_reads_what_was_sent_and_no_draft(here: Office) -> None:
    row = at(here, "number")
    office_above = desk(here, party_office=[here.world.commune])
    assert not office_above.may_read(row)
    row.state = "sent"
    assert office_above.may_read(row)
    assert not desk(here, party_office=[here.world.province]).may_read(row)


def test_who_only_watches_reads_and_does_nothing(here: Office) -> None:
    watcher = desk(here, province_viewer=[here.world.commune])
    row = at(here, "send")
    assert watcher.may_read(row)
    for state in ("sent", "received", "locked"):
        row.state = state
        assert watcher.buttons(row, {}) == []


def test_who_sends_does_not_settle_the_day_who_receives_does(here: Office) -> None:
    sender, receiver = (desk(here, party_office=[unit]) for unit in (here.agency, here.world.commune))
    assert not sender.keeps_days(here.world.commune, "state")
    assert receiver.keeps_days(here.world.commune, "state")
