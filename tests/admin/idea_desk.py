"""What the tests of initiatives at the console share: who sits where, and forms as a browser sends them."""

import re
import uuid

from werkzeug.test import TestResponse

from backend.people import staff
from campaigns.initiative.models import Initiative
from tests.support.initiatives import Year, year_of_initiatives
from tests.support.world import PASSWORD, World


def seated(world: World) -> Year:
    """A year whose secretary, judges and heads can be signed in by `desk`."""
    year = year_of_initiatives(world)
    world.staff["secretary"] = year.secretary.person
    world.staff |= year.judges
    with world.database.transaction() as session:
        for who, unit in (("agency_head", year.agency), ("school_head", year.school)):
            world.staff[who] = staff.hire(
                session,
                name=f"Thủ trưởng {who}",
                username=who,
                password=PASSWORD,
                grants=[("unit_head", unit)],
            )
    return year


def revision(year: Year, initiative: str) -> int:
    return year.with_session(lambda s: s.get_one(Initiative, uuid.UUID(initiative)).revision)


def state(year: Year, initiative: str) -> str:
    return year.with_session(lambda s: s.get_one(Initiative, uuid.UUID(initiative)).state)


def is_problem(answer: TestResponse, words: str, status: int = 409) -> None:
    assert answer.status_code == status, answer.text[:500]
    assert 'data-testid="problem"' in answer.text
    assert words in answer.text


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return found[1]
