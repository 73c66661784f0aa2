"""The whole ledger counted anew by the database gives what was folded fact by fact: whoever moved, came twice or was taken back."""

import random
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from backend import figures
from backend.db.base import new_id
from backend.participation import correct
from backend.participation.models import Fact
from backend.participation.periods import holding
from backend.participation.record import write_facts
from backend.tallies import anew, fold, lines
from backend.tallies.models import Tally
from backend.units.models import UnitLink
from backend.units.trees import LinesUp
from campaigns.registry import measure_book
from tests.participation.test_fold import ON_POSTGRES, derived, entrants, hand_in, rebuilt
from tests.support.world import SINCE, World

MEASURES = ("visit.visits", "visit.households", "contest.papers", "pledge.digital_items")
FIRST = datetime(2025, 9, 1, tzinfo=UTC)
MOVED = (date(2025, 12, 10), date(2026, 3, 1))
"""A hamlet that goes over to the other commune, and comes back."""


def fact(chance: random.Random, units: list[uuid.UUID], people: list[uuid.UUID], activity: uuid.UUID) -> dict[str, Any]:  # fmt: skip
    # Hours around midnight in Viet Nam, so that a month and a day of change are hit from both sides.
    at = FIRST + timedelta(days=chance.randrange(300), hours=chance.choice((16, 17, 3)), minutes=59)
    measure = chance.choice(MEASURES)
    result = {"right": 3, "of": 5, "elapsed_ms": 1000} if measure == "contest.papers" else None
    return {
        "operation_id": new_id(), "line": 1, "measure": measure, "subject": chance.choice([*people, None]),
        "scope": f"{new_id()}", "generation": 1, "quantity": chance.randrange(1, 4), "result": result,
        "unit_id": chance.choice(units), "campaign_id": activity, "activity_id": activity, "happened_at": at,
        "received_at": at, "period": f"{at + timedelta(hours=7):%Y%m}", "is_reversal": False,
    }  # fmt: skip


def move(session: Session, world: World) -> None:
    """There and back, as links of days."""
    ours = (UnitLink.unit_id == world.hamlet, UnitLink.tree == "territory")
    session.execute(update(UnitLink).where(*ours).values(valid_to=MOVED[0]))
    stays = ((world.far_commune, *MOVED), (world.commune, MOVED[1], None))
    session.execute(insert(UnitLink), [
        {"id": new_id(), "unit_id": world.hamlet, "parent_id": parent, "tree": "territory", "valid_from": since, "valid_to": until}
        for parent, since, until in stays
    ])  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_counted_anew_is_what_was_folded(world: World, seed: int) -> None:
    chance = random.Random(seed)
    units = [world.hamlet, world.other_hamlet, world.far_hamlet, world.commune, world.province, new_id()]
    people, activities = [new_id() for _ in range(6)], [world.activity, new_id()]
    with world.database.transaction() as session:
        move(session, world)
        rows = [fact(chance, units, people, chance.choice(activities)) for _ in range(150)]
        write_facts(session, rows)
    world.fold()
    with world.database.transaction() as session:
        for row in chance.sample(rows, 40):
            correct.reverse(session, row["operation_id"], 1, new_id())
    world.fold()
    folded = derived(world.database)
    assert rebuilt(world) == folded
    assert {len(folded["tally"]), len(folded["tally_subject"])}.isdisjoint({0})
    assert far_and_near(world) == counted_by_hand(world)


def far_and_near(world: World) -> tuple[int, int]:
    with world.database.transaction(writes=False) as session:
        rows = session.execute(
            select(Tally.unit_id, Tally.quantity).where(Tally.measure == MEASURES[0], Tally.period == "all")
        )
        sums = [(unit, quantity) for unit, quantity in rows]
    return tuple(sum(q for unit, q in sums if unit == which) for which in (world.far_commune, world.commune))  # type: ignore[return-value]  # fmt: skip


def counted_by_hand(world: World) -> tuple[int, int]:
    """The moved hamlet's visits belong to the other commune for as long as it stood there."""
    far = near = 0
    with world.database.transaction(writes=False) as session:
        for row in session.scalars(select(Fact).where(Fact.measure == MEASURES[0])):
            day = (row.happened_at + timedelta(hours=7)).date()
            is_away = row.unit_id == world.hamlet and MOVED[0] <= day < MOVED[1]
            far += row.quantity if is_away or row.unit_id in (world.far_hamlet,) else 0
            is_home = row.unit_id in (world.hamlet, world.other_hamlet, world.commune) and not is_away
            near += row.quantity if is_home else 0
    return far, near


@ON_POSTGRES
def test_what_arrives_while_everything_is_counted_is_left_to_the_fold(world: World) -> None:
    """Committed between throwing away and counting: counted once, not twice, and not forgotten."""
    with world.database.transaction() as session:
        hand_in(session, world, new_id())
    world.fold()
    with world.database.transaction() as session:
        fold.empty(session)
        with world.database.transaction() as another:
            hand_in(another, world, new_id())
        assert anew.count_everything(session, measure_book()) == 3
    assert entrants(world, world.commune) == 1
    assert world.fold() == 3
    assert entrants(world, world.commune) == 2
    kept = derived(world.database)["tally"]
    assert rebuilt(world)["tally"] == kept


def test_an_empty_ledger_counts_nothing(world: World) -> None:
    with world.database.transaction() as session:
        assert figures.rebuild(session, measure_book()) == 0


def test_every_month_finds_the_longer_periods_that_hold_it() -> None:
    found = {row["period"]: row for row in lines.longer("202511", "202702")}
    for month in lines.months("202511", "202702"):
        way = [month]
        while way[-1] in found:
            assert found[way[-1]]["step"] == len(way)
            way.append(found[way[-1]]["longer"])
        assert way == holding(month)
    assert len(list(lines.months("202511", "202702"))) == 16


def test_units_that_share_what_stands_above_share_a_line(world: World) -> None:
    with world.database.transaction() as session:
        laid = lines.layout(LinesUp(session), (SINCE, SINCE + timedelta(days=400)))
        line = {row["unit_id"]: row["line"] for row in laid.line_of}
        assert line[world.hamlet] == line[world.other_hamlet] != line[world.far_hamlet]
        assert laid.spans == []
        move(session, world)
        session.flush()
        moved = lines.layout(LinesUp(session), (SINCE, SINCE + timedelta(days=400)))
    assert [row["unit_id"] for row in moved.spans] == [world.hamlet] * 3
