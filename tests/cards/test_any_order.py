"""Any order, duplication or lateness of facts gives the same locked revision and the same restatement, on both databases."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from backend import clock
from backend.cards import actions, canonical, revisions, verify
from backend.participation.record import write_facts
from backend.people.regrouping import merge_units
from backend.safeguards.audit import OPERATOR
from tests.cards.book import (
    AGAIN,
    ENTRANTS,
    HOUSEHOLDS,
    PAPERS,
    PUBLISHED,
    VISITS,
    Deed,
    hamlets,
    keyed,
    opened,
    person,
    published,
)
from tests.support.world import World

MOMENTS = (None, PUBLISHED - timedelta(days=1), PUBLISHED + timedelta(days=1), AGAIN - timedelta(hours=1))
TOLD = st.lists(
    st.tuples(
        st.sampled_from([ENTRANTS, ENTRANTS, PAPERS, HOUSEHOLDS, VISITS]),
        st.integers(0, 3),  # hamlet
        st.integers(0, 11),  # person
        st.integers(0, 40),  # days since 25 September: before, in and after the month
        st.booleans(),  # received late
        st.sampled_from(MOMENTS),  # taken back
    ),
    min_size=1,
    max_size=30,
)
FEW = settings(
    max_examples=12, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


def deeds_of(told: Sequence[tuple], units: Sequence[uuid.UUID]) -> list[Deed]:  # type: ignore[type-arg]
    made = []
    for measure, hamlet, who, day, is_late, back in told:
        received = PUBLISHED + timedelta(days=2) if is_late else PUBLISHED - timedelta(days=2)
        back = max(back, received + timedelta(hours=1)) if back else None
        made.append(
            Deed(
                units[hamlet],
                person(who),
                date(2026, 9, 25) + timedelta(days=day),
                measure,
                1,
                received,
                back,
            )
        )
    return keyed(made)


def lived(
    session: Session,
    world: World,
    units: list[uuid.UUID],
    deeds: list[Deed],
    order: random.Random,
    at_once: bool,
) -> list[bytes]:
    """Two revisions of the same ledger, arrived in some order with some of it sent twice; `at_once`: all before the first."""
    with session.begin_nested() as nested:
        card = opened(session, world)
        rows = [row for deed in deeds for row in deed.rows()]
        early = [row for row in rows if at_once or row["received_at"] <= PUBLISHED]  # type: ignore[operator]
        late = [row for row in rows if row not in early]
        _arrive(session, early, order)
        found = [published(session, card).payload]
        _arrive(session, late, order)
        with clock.stopped_at(PUBLISHED + timedelta(days=3)):
            merge_units(session, units[:2], units[0], on=date(2026, 10, 10), document="NQ 12")
            actions.name_head(session, card.id, "Chủ tịch Ủy ban nhân dân xã", "Người Thử", OPERATOR)
        second = published(session, card, AGAIN)
        found += [second.payload, canonical.to_bytes([vars(one) for one in revisions.changes(second)])]
        actions.lock(session, card.id, OPERATOR)
        assert verify.verify(session) == []
        nested.rollback()
    session.expire_all()
    return found


def _arrive(session: Session, rows: list[dict[str, object]], order: random.Random) -> None:
    sent = [*rows, *order.sample(rows, len(rows) // 3)]
    order.shuffle(sent)
    for row in sent:
        write_facts(session, [row])


@FEW
@given(told=TOLD, seed=st.integers(0, 10**6))
def test_the_order_of_arrival_changes_no_byte(world: World, told: list, seed: int) -> None:  # type: ignore[type-arg]
    with world.database.transaction() as session:
        units = [world.hamlet, world.other_hamlet, *hamlets(session, world, [50, 60])]
        deeds = deeds_of(told, units)
        first = lived(session, world, units, deeds, random.Random(seed), at_once=False)
        other = lived(session, world, units, deeds, random.Random(seed + 1), at_once=False)
        # Written to the database before the first revision or after it: what counts is when it was received.
        early = lived(session, world, units, deeds, random.Random(seed), at_once=True)
        session.rollback()
    assert first == other == early


@FEW
@given(told=TOLD)
def test_lateness_moves_figures_between_revisions_and_loses_none(world: World, told: list) -> None:  # type: ignore[type-arg]
    """Whatever came late, the last revision says what it would have said had everything come in time."""
    with world.database.transaction() as session:
        units = [world.hamlet, world.other_hamlet, *hamlets(session, world, [50, 60])]
        deeds = deeds_of(told, units)
        in_time = [
            replace(
                one,
                received=PUBLISHED - timedelta(days=2),
                took_back=one.took_back and PUBLISHED - timedelta(days=1),
            )
            for one in deeds
        ]
        late = lived(session, world, units, deeds, random.Random(1), at_once=False)
        early = lived(session, world, units, in_time, random.Random(1), at_once=False)
        session.rollback()
    assert figures_of(late[1]) == figures_of(early[1])


def figures_of(payload: bytes) -> object:
    read = canonical.read(payload)
    return read["groups"], read["total"], read["class"]
