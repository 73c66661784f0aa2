"""Whoever looks after the teams sees coverage, what is due and what waits, and no member's tally."""

import uuid
from datetime import timedelta

from backend import clock
from campaigns.visit import checks, papers, promised, supervision
from tests.support.visits import in_the_field, met, new_household
from tests.support.world import World


def test_coverage_and_what_is_due_follow_the_visits(world: World) -> None:
    field, today = in_the_field(world), clock.today()
    one, other = new_household(field.bich), new_household(field.bich, nickname="Nhà cô Tươi")
    field.bich.do("visit.log", met(one, follow_up_on=today.isoformat()))
    field.bich.do("visit.log", {"household": one, "met": "nobody"})
    field.bich.do("visit.log", {"household": other, "met": "declined"})
    with world.database.transaction() as session:
        (hamlet,) = supervision.coverage(session, world.activity, [world.hamlet], today)
        assert (hamlet.visited, hamlet.households) == (1, 2)
        (due,) = promised.follow_ups_due(session, world.activity, today).rows
        assert due.household == uuid.UUID(one)
        assert promised.follow_ups_due(session, world.activity, today - timedelta(days=1)).rows == []
        assert supervision.stages(session, world.activity) == {"vneid": {"installed": 1}}
        (day,) = supervision.team_days(session, world.activity, today, today)
        assert (day.visits, day.households) == (3, 2)
        assert papers.month(session, field.team, today, today).visits == 1
        assert len(papers.logbook(session, field.team, today, today).rows) == 3
    field.bich.do("visit.log", met(one))
    with world.database.transaction() as session:
        assert promised.follow_ups_due(session, world.activity, today).rows == []


def test_call_backs_are_drawn_once_and_what_waits_names_whom_to_ask(world: World) -> None:
    field = in_the_field(world)
    household = new_household(field.bich)
    field.bich.do("visit.log", met(household))
    field.bich.do("visit.log", met(household))
    field.bich.do("visit.log", met(uuid.uuid4()))
    with world.database.transaction() as session:
        drawn = checks.draw(session, world.activity, 5)
        assert (len(drawn), checks.draw(session, world.activity, 5)) == (2, [])
        checks.answer(session, drawn[0], "confirmed")
        assert [called.answer for called in checks.call_backs(session, world.activity).rows] == [
            None,
            "confirmed",
        ]
        assert checks.twice_a_day(session, world.activity).rows[0].records == 2
        (waits,) = checks.waiting(session, [world.activity]).rows
        assert (waits.reason, waits.person_name, waits.told["met"]) == ("household_unknown", "Bích", "adult")
