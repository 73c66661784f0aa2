"""Households on both databases: codes two people ask for at once, moves, teams that change, and what phones are told."""

import itertools
import uuid
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from backend import clock
from backend.db.base import new_id
from backend.participation.models import Change
from backend.people.regrouping import merge_units
from backend.teams import change, errors, households, queries
from backend.teams.models import Assignment, Household
from backend.teams.queries import responsible
from backend.teams.rules import Responsible
from backend.units.errors import NotYet, UnitUnknown
from backend.units.reorganise import NewUnit
from tests.faults.test_concurrency import at_once
from tests.support.teams import TeamWorld, found_team, person
from tests.support.world import World

DAY = timedelta(days=1)


def told(world: World, noun_id: uuid.UUID) -> Counter[tuple[str, str]]:
    """(noun, change) -> how many phones."""
    with world.database.transaction(writes=False) as session:
        rows = session.scalars(select(Change).where(Change.noun_id == noun_id)).all()
        assert all(row.subject for row in rows)
        return Counter((row.noun, row.change) for row in rows)


def who(world: World, household: uuid.UUID, at: datetime | None = None) -> Responsible:
    with world.database.transaction(writes=False) as session:
        return responsible(session, household, at or clock.now())


# --- codes -----------------------------------------------------------------------------------------------------------


def test_the_node_gives_the_codes_in_a_hamlet_one_after_the_other(field: TeamWorld) -> None:
    with field.world.database.transaction(writes=False) as session:
        rows = queries.households_in(session, [field.hamlet])
    assert [row.code for row in rows] == [f"05752-T01-H00{n}" for n in range(1, 6)]
    assert [row.id for row in rows] == field.households


def test_two_at_once_both_get_a_code(field: TeamWorld) -> None:
    names = [f"Nhà số {n}" for n in range(6)]
    made = at_once(*(lambda name=name: field.add(name) for name in names))
    with field.world.database.transaction(writes=False) as session:
        codes = set(session.scalars(select(Household.code).where(Household.id.in_(made))))
    assert codes == {f"05752-T01-H{n:03d}" for n in range(6, 12)}


def test_the_same_household_sent_twice_at_once_is_one(field: TeamWorld) -> None:
    key = new_id()

    def add() -> str:
        with field.world.database.transaction() as session:
            return households.add(
                session, hamlet=field.hamlet, kind="household", nickname="Nhà mới", team=field.team,
                now=clock.now(), id=key,
            ).code  # fmt: skip

    assert at_once(add, add) == ["05752-T01-H006"] * 2
    assert told(field.world, key) == {("household", "changed"): 2}


def test_a_code_is_not_given_again_when_its_household_moved_away(field: TeamWorld) -> None:
    with field.world.database.transaction() as session:
        households.move(session, field.households[-1], field.world.other_hamlet, clock.today())
    new = field.add("Nhà đến sau")
    with field.world.database.transaction(writes=False) as session:
        assert queries.household_view(session, new).code == "05752-T01-H006"


def test_a_household_is_in_a_hamlet_and_nowhere_else(field: TeamWorld) -> None:
    for place in (field.world.commune, field.team, new_id()):
        with pytest.raises(UnitUnknown):
            field.add("Nhà ở đâu", hamlet=place)
    with pytest.raises(errors.TeamUnknown):
        field.add("Nhà của ai", team=field.hamlet)


def test_a_household_met_before_its_hamlet_was_merged_is_entered_where_it_was(field: TeamWorld) -> None:
    met = clock.now() - 3 * DAY
    new = merge_hamlets(field, clock.today() - DAY)
    with field.world.database.transaction() as session:
        late = households.add(
            session, hamlet=field.hamlet, kind="household", nickname="Nhà muộn", team=field.team, now=met
        )
        soon = households.add(
            session,
            hamlet=field.hamlet,
            kind="household",
            nickname="Nhà sớm",
            team=field.team,
            now=clock.now(),
        )
        assert (late.code, soon.code) == ("05752-T01-H006", "05752-T09-H001")
        assert responsible(session, late.id, met).hamlet == field.hamlet
        assert responsible(session, late.id, clock.now()).hamlet == new


# --- moves and teams -------------------------------------------------------------------------------------------------


def test_a_household_that_moves_keeps_its_history(field: TeamWorld) -> None:
    first, yesterday = field.households[0], clock.now() - DAY
    start = clock.now() - 10 * DAY
    with clock.stopped_at(start):
        early = field.add("Nhà có từ trước")
    with field.world.database.transaction() as session:
        households.move(session, early, field.world.other_hamlet, clock.today())
        with pytest.raises(NotYet):
            households.move(session, first, field.world.other_hamlet, clock.today() + DAY)
        with pytest.raises(errors.MovedSince):
            households.move(session, early, field.hamlet, clock.today() - DAY)
    assert who(field.world, early, yesterday).hamlet == field.hamlet
    assert who(field.world, early).hamlet == field.world.other_hamlet
    assert who(field.world, early).team == field.team
    with field.world.database.transaction(writes=False) as session:
        counts = queries.households_per_hamlet(
            session, [field.hamlet, field.world.other_hamlet], clock.today()
        )
        assert counts == {field.hamlet: 5, field.world.other_hamlet: 1}


def test_a_move_put_right_on_its_day_leaves_one_place(field: TeamWorld) -> None:
    with field.world.database.transaction() as session:
        households.move(session, field.households[0], field.world.other_hamlet, clock.today())
        households.move(session, field.households[0], field.hamlet, clock.today())
    assert who(field.world, field.households[0]).hamlet == field.hamlet


def test_reassigned_both_teams_learn_of_it_and_the_past_stays(field: TeamWorld) -> None:
    key, before = field.households[0], clock.now()
    second = found_team(field.world, field.world.other_hamlet, "xóm Cầu Cong", "05752-TCN02")
    other = field.world.phone("Nga")
    with field.world.database.transaction() as session:
        change.join(session, second, person(other), clock.today())
    with field.world.database.transaction() as session:
        households.assign(session, key, second, "đổi địa bàn")
    assert (who(field.world, key, before).team, who(field.world, key).team) == (field.team, second)
    # two members learnt of it when it was added, lost it now, and the other one has it
    assert told(field.world, key) == {("household", "changed"): 3, ("household", "evicted"): 2}
    with field.world.database.transaction(writes=False) as session:
        assert queries.eviction(session, key) == ("reassigned", "Tổ công nghệ số cộng đồng xóm Cầu Cong")
        assert [row.id for row in queries.households_of(session, second, clock.now())] == [key]
        assert key in [row.id for row in queries.households_of(session, field.team, before)]
        assert key not in [row.id for row in queries.households_of(session, field.team, clock.now())]


def test_given_and_taken_in_one_moment_never_held(field: TeamWorld) -> None:
    second = found_team(field.world, field.world.other_hamlet, "xóm Cầu Cong", "05752-TCN02")
    key = field.households[0]
    with clock.stopped_at(clock.now()), field.world.database.transaction() as session:
        for team in (second, field.team, second, None, field.team):
            households.assign(session, key, team)
        assert responsible(session, key, clock.now()).team == field.team
        open_ = session.scalars(
            select(Assignment).where(Assignment.household_id == key, Assignment.valid_to.is_(None))
        )
        assert len(open_.all()) == 1


def test_two_who_reassign_at_once_leave_one_team(field: TeamWorld) -> None:
    teams = [
        found_team(field.world, field.world.other_hamlet, f"số {n}", f"05752-TCN0{n}") for n in range(2, 5)
    ]
    key = field.households[0]

    def assign(team: uuid.UUID) -> None:
        with field.world.database.transaction() as session:
            households.assign(session, key, team)

    at_once(*(lambda team=team: assign(team) for team in teams))
    with field.world.database.transaction(writes=False) as session:
        rows = session.scalars(
            select(Assignment).where(Assignment.household_id == key).order_by(Assignment.valid_from)
        ).all()
        assert [row.valid_to is None for row in rows] == [False, False, False, True]
        assert all(
            row.valid_to <= later.valid_from for row, later in itertools.pairwise(rows) if row.valid_to
        )


def test_who_counts_and_who_touches_the_same_household_never_wait_crosswise(field: TeamWorld) -> None:
    key = field.households[0]

    def visit() -> int:
        for _ in range(5):
            with field.world.database.transaction() as session:
                responsible(session, key, clock.now(), held=True)
                households.touch(session, key)
        return 5

    assert at_once(visit, visit, visit) == [5, 5, 5]
    with field.world.database.transaction(writes=False) as session:
        assert queries.household_view(session, key).version == 16


def test_a_new_name_is_written_as_it_is_said(field: TeamWorld) -> None:
    key = field.households[0]
    with field.world.database.transaction() as session:
        households.rename(session, key, "  Nhà   bà Bảy ")
        assert queries.household_view(session, key).nickname == "Nhà bà Bảy"
        assert queries.household_view(session, key).version == 2
        households.forget_nickname(session, key)
        assert queries.household_view(session, key).nickname == "05752-T01-H001"
        with pytest.raises(errors.HouseholdUnknown):
            households.rename(session, new_id(), "Không có")


# --- hamlets that become one -------------------------------------------------------------------------------------------


def merge_hamlets(field: TeamWorld, on: date | None = None) -> uuid.UUID:
    with field.world.database.transaction() as session:
        return merge_units(
            session, [field.hamlet, field.world.other_hamlet], NewUnit("05752-T09", "Đồng Cong", "xóm"),
            on=on or clock.today(), document="Nghị quyết số 12/NQ-HĐND",
        )  # fmt: skip


def test_after_hamlets_became_one_old_days_belong_to_the_old_and_today_to_the_new(field: TeamWorld) -> None:
    with clock.stopped_at(clock.now() - 10 * DAY):
        early = field.add("Nhà có từ trước")
    new = merge_hamlets(field)
    assert who(field.world, early, clock.now() - DAY).hamlet == field.hamlet
    assert who(field.world, early).hamlet == new
    with field.world.database.transaction(writes=False) as session:
        loaded = queries.load(session, person(field.member))
        assert {row.hamlet.name for row in loaded.households} == {"xóm Đồng Cong"}
        assert len(loaded.households) == 6
        assert [spot.name for spot in loaded.teams[0].areas] == ["xóm Đồng Cong"]
        assert queries.households_per_hamlet(session, [new], clock.today()) == {new: 6}
        assert len(queries.households_in(session, [new])) == 6
        assert queries.households_in(session, [field.hamlet]) == []
        assert queries.teams_serving(session, new, clock.today()) == [field.team]
        assert len(queries.households_in(session, [field.hamlet], clock.now() - DAY)) == 1


MOVES = st.lists(
    st.tuples(st.sampled_from(["move", "assign", "wait"]), st.integers(0, 2)), min_size=1, max_size=12
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MOVES)
def test_whatever_is_moved_and_reassigned_every_moment_keeps_its_answer(
    field: TeamWorld, steps: list[tuple[str, int]]
) -> None:
    """What is written down later never changes who was responsible before."""
    teams, hamlets = _several(field)
    with clock.stopped_at(clock.now() - 40 * DAY) as go_on:
        key, seen = field.add("Nhà đi lại nhiều", hamlet=hamlets[0]), {}
        for deed, number in steps:
            with field.world.database.transaction() as session:
                standing = households.resolve(session, key)
                if deed == "move":
                    households.move(session, standing, hamlets[number % 2], clock.today())
                elif deed == "assign":
                    households.assign(session, standing, [*teams, None][number])
                now = responsible(session, key, clock.now())
            seen[clock.now()] = now
            go_on(DAY)
    with field.world.database.transaction(writes=False) as session:
        known = queries.histories(session, [key])
        assert {moment: known.at(key, moment) for moment in seen} == seen


def _several(field: TeamWorld) -> tuple[list[uuid.UUID], list[uuid.UUID]]:
    with field.world.database.transaction(writes=False) as session:
        known = [team.id for team in queries.teams_in(session, field.world.commune, clock.today())]
    if len(known) < 2:
        known.append(found_team(field.world, field.world.other_hamlet, "xóm Cầu Cong", "05752-TCN02"))
    return known, [field.hamlet, field.world.other_hamlet]


# --- what may be the same ------------------------------------------------------------------------------------------------


def test_duplicates_are_found_by_place_and_by_name_typed_in_a_hurry(field: TeamWorld) -> None:
    double = field.add("nha ba sau")
    field.add("Nhà bà Sáu", hamlet=field.world.other_hamlet)
    with field.world.database.transaction(writes=False) as session:
        (found,) = queries.duplicates(session, field.world.commune)
        assert [row.id for row in found.households] == [field.households[0], double]
        assert found.hamlet.name == "xóm Đồng Tiến"


def test_a_typed_code_finds_its_household(field: TeamWorld) -> None:
    with field.world.database.transaction(writes=False) as session:
        assert queries.with_code(session, " 05752-t01-h002 ") == field.households[1]
        assert queries.with_code(session, "05752-T01-H099") is None
