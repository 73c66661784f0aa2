"""Any order, duplication or lateness of facts gives the same locked revision and the same restatement, on both databases.

The ledger counts a person once within a scope (a round, an activity). Of several deeds of one person in one scope, from two
phones or in two hamlets, that which was known first stands, and with it its hamlet and its day; those known later change
nothing, however often and in whatever order they come. So what decides a revision is what each deed was known by, never the
order in which rows reach the database. Which of two deeds stands may depend on which came first; how many people there are
in all does not even depend on that.
"""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period
from backend.cards import actions, canonical, ledger, lineup, revisions, verify
from backend.cards.rules import Count
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
    opened,
    person,
    published,
)
from tests.support.world import World

ONCE = (ENTRANTS, HOUSEHOLDS)
"""Counted once within a scope; the others once each."""
EARLY, LATE = PUBLISHED - timedelta(days=1), PUBLISHED + timedelta(days=2)
WAITED = timedelta(hours=50)
"""From before the first revision until after it, for what is known late."""
TOLD = st.lists(
    st.tuples(
        st.sampled_from([ENTRANTS, ENTRANTS, ENTRANTS, HOUSEHOLDS, HOUSEHOLDS, PAPERS, VISITS]),
        st.integers(0, 3),  # hamlet
        st.integers(0, 5),  # person: few, so that the same ones come again
        st.integers(0, 40),  # days since 25 September: before, in and after the month
        st.integers(0, 1),  # round
        st.booleans(),  # known late
        st.booleans(),  # waited before it was recorded
        st.sampled_from([None, None, timedelta(minutes=7), timedelta(days=3)]),  # taken back so long after
    ),
    min_size=2,
    max_size=30,
)
FEW = settings(
    max_examples=12, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
Row = dict[str, object]


@dataclass(frozen=True)
class Came:
    """A deed with the moment it was known by, and whether another of its scope stood already."""

    deed: Deed
    known: datetime
    is_second: bool = False

    def rows(self) -> list[Row]:
        """Who comes second is written all the same, as a second phone would; there is nothing of theirs to take back."""
        return (replace(self.deed, took_back=None) if self.is_second else self.deed).rows()


def came(told: Sequence[tuple], units: Sequence[uuid.UUID], shift: timedelta = LATE - EARLY) -> list[Came]:  # type: ignore[type-arg]
    """`shift`: how much later the late ones were known. Nothing else depends on it, not even who was first."""
    found = crowd(units)
    for number, (measure, hamlet, who, day, round_, is_late, waited, back) in enumerate(told):
        known = EARLY + timedelta(minutes=number) + (shift if is_late else timedelta())
        deed = Deed(
            units[hamlet], person(who), date(2026, 9, 25) + timedelta(days=day), measure,
            received=known - WAITED if waited else known, recorded=known,
            took_back=known + back if back else None, key=uuid.UUID(int=1000 + number),
            scope=f"round {round_}" if measure in ONCE else "",
        )  # fmt: skip
        found.append(Came(deed, known))
    return found


def crowd(units: Sequence[uuid.UUID]) -> list[Came]:
    """Eight others in time, so that no figure is hidden for being about a few."""
    known = EARLY - timedelta(hours=1)
    return [
        Came(
            Deed(
                units[n % 4], person(100 + n), date(2026, 10, 12), measure, received=known, recorded=known,
                key=uuid.UUID(int=10_000 + 10 * n + at), scope="round 0" if measure in ONCE else "",
            ),
            known,
        )
        for n in range(8)
        for at, measure in enumerate((ENTRANTS, HOUSEHOLDS, PAPERS, VISITS))
    ]  # fmt: skip


def settled(found: Sequence[Came]) -> list[Came]:
    """As a room would write them: the first of a scope stands until it is taken back, then the next generation begins."""
    standing: dict[object, Deed] = {}
    done = []
    for one in sorted(found, key=lambda came: came.known):
        deed = one.deed
        scope = (deed.measure, deed.subject, deed.scope or deed.key)
        first = standing.get(scope)
        if first is not None and (first.took_back is None or one.known < first.took_back):
            done.append(replace(one, deed=replace(deed, generation=first.generation), is_second=True))
            continue
        standing[scope] = replace(deed, generation=first.generation + 1 if first else 1)
        done.append(replace(one, deed=standing[scope]))
    return done


def lived(
    session: Session,
    world: World,
    units: list[uuid.UUID],
    deeds: list[Came],
    order: random.Random,
    at_once: bool = False,
) -> list[bytes]:
    """Two revisions of the same ledger, arrived in some order with some of it sent twice; `at_once`: all before the first."""
    with session.begin_nested() as nested:
        card = opened(session, world)
        rows = [row for one in deeds for row in one.rows()]
        early = [row for row in rows if at_once or row["recorded_at"] <= PUBLISHED]  # type: ignore[operator]
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


def _arrive(session: Session, rows: list[Row], order: random.Random) -> None:
    """In any order, some of them twice. Only of those that count once together does the first stay the first."""
    sent = [*rows, *order.sample(rows, len(rows) // 3)]
    order.shuffle(sent)
    places: dict[object, list[int]] = {}
    for at, row in enumerate(sent):
        places.setdefault(_once(row), []).append(at)
    for held in places.values():
        first = min(held, key=lambda at: sent[at]["recorded_at"])  # type: ignore[arg-type, return-value]
        sent[held[0]], sent[first] = sent[first], sent[held[0]]
    for row in sent:
        write_facts(session, [row])


def _once(row: Row) -> object:
    return tuple(row[name] for name in ("measure", "subject", "scope", "generation", "is_reversal"))


def places(session: Session, world: World) -> list[uuid.UUID]:
    return [world.hamlet, world.other_hamlet, *hamlets(session, world, [50, 60])]


@FEW
@given(told=TOLD, seed=st.integers(0, 10**6))
def test_the_order_of_arrival_changes_no_byte(world: World, told: list, seed: int) -> None:  # type: ignore[type-arg]
    with world.database.transaction() as session:
        units = places(session, world)
        deeds = settled(came(told, units))
        first = lived(session, world, units, deeds, random.Random(seed))
        other = lived(session, world, units, deeds, random.Random(seed + 1))
        # Written to the database before the first revision or after it: what counts is when it was known.
        early = lived(session, world, units, deeds, random.Random(seed), at_once=True)
        session.rollback()
    assert first == other == early


@FEW
@given(told=TOLD, seed=st.integers(0, 10**6))
def test_who_comes_second_in_a_scope_changes_no_byte(world: World, told: list, seed: int) -> None:  # type: ignore[type-arg]
    """The same person again, from another phone, in another hamlet or month: as if it had never been sent."""
    with world.database.transaction() as session:
        units = places(session, world)
        deeds = settled(came(told, units))
        whole = lived(session, world, units, deeds, random.Random(seed))
        without = lived(session, world, units, [one for one in deeds if not one.is_second], random.Random(1))
        session.rollback()
    assert whole == without


@FEW
@given(told=TOLD)
def test_lateness_moves_figures_between_revisions_and_loses_none(world: World, told: list) -> None:  # type: ignore[type-arg]
    """Whatever came late, the last revision says what it would have said had everything come in time, in the same order."""
    with world.database.transaction() as session:
        units = places(session, world)
        late = settled(came(told, units))
        moments = sorted({at for one in late for at in (one.known, one.deed.took_back) if at})
        in_time = [
            _earlier(one, {at: EARLY + timedelta(minutes=n) for n, at in enumerate(moments)}) for one in late
        ]
        found = [lived(session, world, units, deeds, random.Random(1)) for deeds in (late, in_time)]
        session.rollback()
    assert figures_of(found[0][1]) == figures_of(found[1][1])


def _earlier(one: Came, moments: dict[datetime, datetime]) -> Came:
    known, back = moments[one.known], one.deed.took_back
    deed = replace(one.deed, received=known, recorded=known, took_back=back and moments[back])
    return replace(one, deed=deed, known=known)


@FEW
@given(told=TOLD, seed=st.integers(0, 10**6))
def test_how_many_people_there_are_in_all_depends_on_no_order(world: World, told: list, seed: int) -> None:  # type: ignore[type-arg]
    """Which of two deeds of a scope stands is decided by which comes first; that one of them does, by nothing."""
    with world.database.transaction() as session:
        units = places(session, world)
        rows = [row for one in came(told, units) for row in replace(one.deed, took_back=None).rows()]
        found = [_counted(session, world, rows, random.Random(seed + n)) for n in range(3)]
        session.rollback()
    assert found[0] == found[1] == found[2]
    # A scope counts once, and so does each deed of what has none.
    assert sum(by.facts for by in found[0].values()) == len(
        {(row["measure"], row["subject"], row["scope"]) for row in rows}
    )


def _counted(session: Session, world: World, rows: list[Row], order: random.Random) -> dict[str, Count]:
    autumn = Period("tuan", "2026", date(2026, 9, 1), date(2026, 11, 30))
    with session.begin_nested() as nested:
        sent = order.sample(rows, len(rows)) + order.sample(rows, len(rows) // 2)
        for row in sent:
            write_facts(session, [row | {"received_at": AGAIN}])
        stays = lineup.stays(session, [world.commune], autumn, "was", AGAIN.date())
        found = ledger.counts(session, stays, {*ONCE, PAPERS, VISITS}, AGAIN)
        nested.rollback()
    session.expire_all()
    return found.get(world.commune, {})


def figures_of(payload: bytes) -> object:
    read = canonical.read(payload)
    return read["groups"], read["total"], read["class"]
