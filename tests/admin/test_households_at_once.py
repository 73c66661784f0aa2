"""Two members of staff merge the same two households at the same moment, each the other way round."""

import time
import uuid
from typing import Any

import pytest

from backend.teams import households
from backend.teams.models import Household
from tests.admin.desk import Desk
from tests.admin.field import found_team, household
from tests.support.side_by_side import at_once
from tests.support.world import World

ROUNDS = 2


def test_a_merge_both_ways_at_once_is_done_once_and_told_to_the_other(
    world: World, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = households.held

    def slowly(*args: Any, **more: Any) -> Household:
        row = plain(*args, **more)
        time.sleep(0.2)  # the other has all the time it needs to hold the second row first
        return row

    monkeypatch.setattr("backend.teams.merging.held", slowly)
    team = found_team(world)
    for number in range(ROUNDS):
        pair = [household(world, f"nhà {number} {side}", team) for side in ("trước", "sau")]
        answers = at_once([merging(desk, world, one, other) for one, other in (pair, pair[::-1])])
        told = sorted(answer.status_code for answer in answers)
        # Both wait for the same row first, so that nobody is sent away to try again: the second finds it done.
        assert told[0] == 302
        assert told[1] in (404, 409)
        with world.database.transaction(writes=False) as session:
            into = {session.get_one(Household, key).merged_into for key in pair}
        assert None in into, "one of them stands"
        assert into & set(pair), "and the other is part of it"


def merging(desk: Desk, world: World, one: uuid.UUID, other: uuid.UUID) -> Any:
    with world.database.transaction(writes=False) as session:
        code = session.get_one(Household, other).code
    client, agreed = desk("an"), {"code": code, "agreed": "yes"}
    return lambda: client.post(f"/admin/households/{one}/merge", data=agreed)
