"""Keeps the rule that who only looks writes nothing, unless the page says that looking is put on the trail.

A reading request has a transaction that cannot write, so a page that notes who looked and does not say so breaks; but
only once it finds what it was asked for. So here every page is asked for things there are, by whoever may ask.
"""

import itertools
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, select
from werkzeug.routing import Rule

from backend import clock
from backend.calendars import last_full
from backend.cards import actions
from backend.cards.models import Card
from backend.db.engine import Database
from backend.safeguards.audit import OPERATOR
from campaigns.contest.models import ContestAttempt
from tests.structure.test_guards import DUMMY, ROLE_OF, client_of, may_knock, routes
from tests.support.crowd import Crowd, gathered
from tests.support.world import World

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WRITING = ("INSERT", "UPDATE", "DELETE")
VISITORS = ("citizen", *(who for who in ROLE_OF if who != "far"))


@pytest.fixture
def crowd(world: World) -> Crowd:
    world.phone("Lan").take_part()
    found = gathered(world)
    found.grow(2)
    with world.database.transaction() as session:
        month = last_full("thang", "month", clock.today())
        actions.open_card(session, world.commune, "xa-thang", month, OPERATOR)
    return found


def things(crowd: Crowd) -> dict[str, list[Any]]:
    """What stands in an address -> some there are."""
    world = crowd.world
    with world.database.transaction(writes=False) as session:
        attempts = session.scalars(select(ContestAttempt.id)).all()
        cards = session.scalars(select(Card.id)).all()
    return {
        "activity_id": [crowd.contest, world.activity],
        "campaign_id": [world.campaign],
        "unit_id": [world.commune, world.hamlet],
        "team_id": [crowd.field.team],
        "household_id": [crowd.often],
        "operation_id": [crowd.waiting[0]],
        "attempt_id": list(attempts)[:1],
        "card_id": list(cards),
        "person_id": [world.staff["an"], uuid.UUID(crowd.field.bich.me["id"])],
        "word": ["xlsx", "csv"],
        "code": ["Q001", "vi"],
    }


def addresses(crowd: Crowd, rule: Rule, known: dict[str, list[Any]]) -> Iterator[str]:
    """The page with each of the things it can be about."""
    urls = crowd.world.app.url_map.bind("localhost")
    names = list(rule._converters)
    choices = [
        known.get(name, [DUMMY.get(type(rule._converters[name]).__name__, "khong-co")]) for name in names
    ]
    for chosen in itertools.product(*choices):
        yield urls.build(rule.endpoint, dict(zip(names, chosen, strict=True)))


def writes_sent(database: Database, sent: list[str]) -> Any:
    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.lstrip().upper().startswith(WRITING):
            sent.append(statement.split("(")[0])

    event.listen(database.engine, "before_cursor_execute", note)
    return note


@on_sqlite
@pytest.mark.parametrize("visitor", VISITORS)
def test_who_only_looks_writes_nothing_unless_the_page_says_so(crowd: Crowd, visitor: str) -> None:
    world, known, wrong, found = crowd.world, things(crowd), [], set()
    person = uuid.UUID(crowd.field.bich.me["id"]) if visitor == "citizen" else world.staff[visitor]
    client, headers = client_of(world, visitor, person)
    sent: list[str] = []
    note = writes_sent(world.database, sent)
    asked = {"activity": str(crowd.contest), "indicator": "contest_participation", "number": "LT-0"}
    for rule, method, guard in routes(world.app):
        if method != "GET" or not may_knock(guard, visitor) or guard.name == "anybody":
            continue
        says_so = getattr(world.app.view_functions[rule.endpoint], "writes", False)
        for page in addresses(crowd, rule, known):
            sent.clear()
            answer = client.get(page, headers=headers, query_string=asked)
            if answer.status_code >= 500 or (sent and not says_so):
                wrong.append(f"{page}: {answer.status_code} {sent}")
            if answer.status_code == 200:
                found.add(rule.rule)
    event.remove(world.database.engine, "before_cursor_execute", note)
    assert wrong == []
    assert len(found) >= 5, "pages were looked at, not refused"
