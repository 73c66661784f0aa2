"""Two rows of one household: counted once from then on, both histories readable, and a rebuild agrees to the digit."""

import time
import uuid
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock, figures
from backend.db.base import new_id
from backend.participation.models import Change, Fact
from backend.participation.periods import month
from backend.participation.record import write_facts
from backend.people.keys import Seal
from backend.tallies.models import Tally
from backend.teams import cards, errors, households, queries
from backend.teams.merging import merge
from backend.teams.models import Household
from backend.teams.queries import responsible
from campaigns.registry import measure_book
from tests.faults.test_concurrency import at_once
from tests.support.teams import TeamWorld, found_team

ONCE, SUM = "contest.entrants", "contest.passed"
"""Any measure counted once a subject, and any that is added up: merging knows no names of measures."""
DAY = timedelta(days=1)
SEAL = Seal("a key for tests")


def count(
    session: Session, field: TeamWorld, household: uuid.UUID, scope: str = "a", measure: str = ONCE
) -> uuid.UUID:
    """A fact about a household, as a visit would leave it: once in a scope, however often asked."""
    row = session.get_one(Household, household)
    fact = {
        "operation_id": new_id(),
        "line": 1,
        "measure": measure,
        "subject": row.subject,
        "scope": scope,
        "generation": 1,
        "quantity": 1,
        "result": None,
        "unit_id": responsible(session, household, clock.now()).hamlet,
        "campaign_id": field.world.campaign,
        "activity_id": field.world.activity,
        "happened_at": clock.now(),
        "received_at": clock.now(),
        "period": month(clock.now()),
        "is_reversal": False,
    }
    write_facts(session, [fact])
    return uuid.UUID(str(fact["operation_id"]))


def one(field: TeamWorld, gone: uuid.UUID, stays: uuid.UUID) -> uuid.UUID:
    with field.world.database.transaction() as session:
        return merge(session, gone, stays, distinct={ONCE})


def distinct(field: TeamWorld, measure: str = ONCE, unit: uuid.UUID | None = None) -> tuple[int, int]:
    """(different households, sum) in the commune."""
    with field.world.database.transaction(writes=False) as session:
        row = session.get(Tally, (measure, field.world.activity, unit or field.world.commune, "all"))
        return (row.people, row.quantity) if row else (0, 0)


def agrees(field: TeamWorld) -> bool:
    """What `lantoa rebuild --check` asks."""
    return figures.differences(field.world.database, measure_book()) == []


@pytest.mark.parametrize("folded", [True, False])
def test_both_counted_before_they_are_one_after(field: TeamWorld, folded: bool) -> None:
    gone, stays, third = field.households[:3]
    with field.world.database.transaction() as session:
        for household in (gone, stays, third):
            count(session, field, household)
    if folded:
        field.world.fold()
        assert distinct(field) == (3, 3)
    one(field, gone, stays)
    field.world.fold()
    assert distinct(field) == (2, 2)
    assert agrees(field)


def test_in_each_scope_the_first_of_both_counts_for_the_one_that_stays(field: TeamWorld) -> None:
    gone, stays = field.households[:2]
    start = clock.now()
    with clock.stopped_at(start) as go_on, field.world.database.transaction() as session:
        for household, scope in (
            (gone, "only"),
            (gone, "late"),
            (stays, "late"),
            (stays, "soon"),
            (gone, "soon"),
        ):
            count(session, field, household, scope)
            go_on(DAY)
    field.world.fold()
    by = one(field, gone, stays)
    field.world.fold()
    assert distinct(field)[0] == 1
    assert agrees(field)
    with field.world.database.transaction(writes=False) as session:
        subject = session.get_one(Household, stays).subject
        rows = session.scalars(select(Fact).where(Fact.operation_id == by, ~Fact.is_reversal)).all()
        assert {(row.scope, row.subject, row.happened_at, row.generation) for row in rows} == {
            ("only", subject, start, 1), ("late", subject, start + DAY, 2),
        }  # fmt: skip
        assert [standing_fact(session, stays, scope) for scope in ("only", "late", "soon")] == [True] * 3
        assert not any(standing_fact(session, gone, scope) for scope in ("only", "late", "soon"))


def test_what_is_added_up_stays_as_it_is(field: TeamWorld) -> None:
    gone, stays = field.households[:2]
    with field.world.database.transaction() as session:
        for household in (gone, stays):
            count(session, field, household, "visit", SUM)
    one(field, gone, stays)
    field.world.fold()
    assert distinct(field, SUM)[1] == 2


def test_a_chain_of_merges_counts_one(field: TeamWorld) -> None:
    first, second, third = field.households[:3]
    with field.world.database.transaction() as session:
        for household in (first, second, third):
            count(session, field, household)
    one(field, first, second)
    one(field, second, third)
    field.world.fold()
    assert distinct(field) == (1, 1)
    assert agrees(field)
    with field.world.database.transaction(writes=False) as session:
        assert households.resolve(session, first) == third
        assert responsible(session, first, clock.now()).household == third


def test_into_one_that_was_merged_leads_to_the_one_that_stands(field: TeamWorld) -> None:
    first, second, third = field.households[:3]
    one(field, second, third)
    one(field, first, second)
    with field.world.database.transaction(writes=False) as session:
        assert session.get_one(Household, first).merged_into == third


def test_taken_back_before_it_takes_the_next_generation(field: TeamWorld) -> None:
    """The other one had been counted there and taken back: it counts again, and not as if it had never been."""
    first, second, third = field.households[:3]
    with field.world.database.transaction() as session:
        count(session, field, first)
    one(field, first, second)
    with field.world.database.transaction() as session:
        count(session, field, third)
    one(field, second, third)
    field.world.fold()
    assert distinct(field) == (1, 1)
    assert agrees(field)


def test_both_histories_stay_readable(field: TeamWorld) -> None:
    with clock.stopped_at(clock.now() - 10 * DAY):
        gone = field.add("Nhà bà Sáu (ngõ trên)", hamlet=field.world.other_hamlet)
    stays, yesterday = field.households[0], clock.now() - DAY
    one(field, gone, stays)
    with field.world.database.transaction(writes=False) as session:
        before, now = responsible(session, gone, yesterday), responsible(session, gone, clock.now())
        assert (before.household, before.hamlet, before.team) == (stays, field.world.other_hamlet, field.team)
        assert (now.household, now.hamlet, now.team) == (stays, field.hamlet, field.team)
        assert gone not in [row.id for row in queries.households_of(session, field.team, clock.now())]
        assert queries.eviction(session, gone)[0] == "merged"
        assert {
            row.change for row in session.scalars(select(Change).where(Change.noun_id == gone))
        } == {"changed", "evicted"}  # fmt: skip


def test_whoever_had_one_half_has_the_whole(field: TeamWorld) -> None:
    gone, stays = field.households[:2]
    with field.world.database.transaction() as session:
        households.assign(session, stays, None)
    one(field, gone, stays)
    with field.world.database.transaction(writes=False) as session:
        assert responsible(session, stays, clock.now()).team == field.team


def test_its_card_opens_the_other_one(field: TeamWorld) -> None:
    gone, stays = field.households[:2]
    with field.world.database.transaction(writes=False) as session:
        card = cards.household_card(SEAL, session.get_one(Household, gone))
    one(field, gone, stays)
    with field.world.database.transaction(writes=False) as session:
        assert cards.read_card(session, SEAL, card) == stays


def test_what_cannot_be_merged_changes_nothing(field: TeamWorld) -> None:
    first, second = field.households[:2]
    with field.world.database.transaction() as session:
        shop = households.add(
            session,
            hamlet=field.hamlet,
            kind="household_business",
            nickname="Quán",
            team=None,
            now=clock.now(),
        ).id
    for gone, stays, refusal in (
        (first, first, errors.CannotMergeHouseholds),
        (first, shop, errors.CannotMergeHouseholds),
        (first, new_id(), errors.HouseholdUnknown),
        (new_id(), first, errors.HouseholdUnknown),
    ):
        with pytest.raises(refusal):
            one(field, gone, stays)
    one(field, first, second)
    with pytest.raises(errors.AlreadyMerged):
        one(field, first, field.households[2])
    with pytest.raises(errors.CannotMergeHouseholds):
        one(field, second, first)  # first leads to second by now


PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=6)
VISITED = st.lists(st.tuples(st.integers(0, 4), st.sampled_from("ab")), max_size=8)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(VISITED, PAIRS, VISITED)
def test_however_merged_each_group_counts_once_in_each_scope(
    field: TeamWorld,
    before: list[tuple[int, str]],
    pairs: list[tuple[int, int]],
    after: list[tuple[int, str]],
) -> None:
    keys = [field.add(f"Nhà thử {n}") for n in range(5)]
    done: set[tuple[uuid.UUID, str]] = set()
    run = new_id().hex[-12:]  # the database is shared by the examples

    def visit(all_: list[tuple[int, str]]) -> None:
        with field.world.database.transaction() as session:
            for number, scope in all_:
                standing = households.resolve(session, keys[number])
                if not standing_fact(session, standing, f"{run}{scope}"):
                    count(session, field, standing, f"{run}{scope}")
                done.add((keys[number], scope))

    visit(before)
    for gone, stays in pairs:
        try:
            one(field, keys[gone], keys[stays])
        except (errors.AlreadyMerged, errors.CannotMergeHouseholds):
            continue
    visit(after)
    field.world.fold()
    with field.world.database.transaction(writes=False) as session:
        groups = {(households.resolve(session, key), scope) for key, scope in done}
        standing = {
            (household, scope)
            for household in keys
            for scope in "ab"
            if standing_fact(session, household, f"{run}{scope}")
        }
    assert standing == groups
    assert agrees(field)


def standing_fact(session: Session, household: uuid.UUID, scope: str) -> bool:
    """Counted there and not taken back: facts less reversals, which is 0 or 1."""
    subject = session.get_one(Household, household).subject
    rows = session.execute(
        select(Fact.is_reversal, func.count())
        .where(Fact.subject == subject, Fact.scope == scope, Fact.measure == ONCE)
        .group_by(Fact.is_reversal)
    )
    found: dict[bool, int] = dict(rows.all())
    standing = found.get(False, 0) - found.get(True, 0)
    assert standing in (0, 1)
    return bool(standing)


def test_a_team_of_another_hamlet_keeps_its_past(field: TeamWorld) -> None:
    other = found_team(field.world, field.world.other_hamlet, "xóm Cầu Cong", "05752-TCN02")
    with clock.stopped_at(clock.now() - 10 * DAY):
        gone = field.add("Nhà ông Tư", hamlet=field.world.other_hamlet, team=other)
    yesterday = clock.now() - DAY
    one(field, gone, field.households[1])
    with field.world.database.transaction(writes=False) as session:
        assert responsible(session, gone, yesterday).team == other
        assert responsible(session, gone, clock.now()).team == field.team


def test_a_visit_and_a_merge_in_the_same_moment_count_one_household(field: TeamWorld) -> None:
    """Whoever comes second sees what the first did, in whatever order the database lets them through."""
    pairs = [(field.add(f"Nhà trùng {n}"), field.add(f"Nhà trùng {n} (ghi lại)")) for n in range(4)]

    def visit(gone: uuid.UUID, stays: uuid.UUID, scope: str) -> None:
        with field.world.database.transaction() as session:
            known = queries.histories(session, [gone, stays], held=True)
            time.sleep(0.05)  # the merge has all the time it needs to slip in between
            for household in {known.standing(gone), known.standing(stays)}:
                count(session, field, household, scope)

    for number, (gone, stays) in enumerate(pairs):
        scope = f"s{number}"
        at_once(
            lambda gone=gone, stays=stays, scope=scope: visit(gone, stays, scope),
            lambda gone=gone, stays=stays: one(field, gone, stays),
        )
        with field.world.database.transaction(writes=False) as session:
            assert standing_fact(session, stays, scope)
            assert not standing_fact(session, gone, scope)
    field.world.fold()
    assert agrees(field)
