"""Keeps the rule that a visit belongs to whoever was responsible when it happened. No database, no clock."""

import uuid
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.teams.rules import Duty, Histories, History, Stay, monday_of, next_code, on_day, week_of
from backend.units.lineage import Lineage, Step

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
HOME, OTHER, THIRD, TEAM, NEXT = (uuid.UUID(int=n) for n in range(1, 6))


def at_day(number: int) -> datetime:
    return START + timedelta(days=number)


def history(stays: list[Stay], duties: list[Duty], name: int = 100, into: uuid.UUID | None = None) -> History:
    return History(uuid.UUID(int=name), START, into, stays, duties)


def merged(source: uuid.UUID, target: uuid.UUID, day: date) -> Lineage:
    return Lineage([Step(source, target, day, START)])


def test_a_household_that_moved_was_where_it_was() -> None:
    day = at_day(10).date()
    known = Histories([history([(HOME, START.date(), day), (OTHER, day, None)], [])], Lineage())
    key = uuid.UUID(int=100)
    assert known.at(key, at_day(9)).hamlet == HOME
    assert known.at(key, at_day(10)).hamlet == OTHER


def test_the_day_of_a_move_is_the_day_in_viet_nam() -> None:
    day = date(2026, 3, 12)
    known = Histories([history([(HOME, START.date(), day), (OTHER, day, None)], [])], Lineage())
    late = datetime(2026, 3, 11, 17, 30, tzinfo=UTC)  # half past midnight on the 12th in Viet Nam
    assert known.at(uuid.UUID(int=100), late).hamlet == OTHER
    assert known.at(uuid.UUID(int=100), late - timedelta(hours=1)).hamlet == HOME


def test_a_clock_years_behind_falls_to_the_first_who_had_it() -> None:
    duties: list[Duty] = [(TEAM, START, at_day(3)), (NEXT, at_day(3), None)]
    known = Histories([history([(HOME, START.date(), None)], duties)], Lineage())
    found = known.at(uuid.UUID(int=100), datetime(1999, 1, 1, tzinfo=UTC))
    assert (found.hamlet, found.team) == (HOME, TEAM)


def test_nobody_is_responsible_in_a_gap() -> None:
    duties: list[Duty] = [(TEAM, START, at_day(3)), (NEXT, at_day(5), None)]
    known = Histories([history([(HOME, START.date(), None)], duties)], Lineage())
    assert known.at(uuid.UUID(int=100), at_day(4)).team is None


def test_merged_hamlets_are_the_old_ones_until_their_day() -> None:
    steps = merged(HOME, OTHER, at_day(5).date())
    known = Histories([history([(HOME, START.date(), None)], [])], steps)
    assert known.at(uuid.UUID(int=100), at_day(4)).hamlet == HOME
    assert known.at(uuid.UUID(int=100), at_day(5)).hamlet == OTHER


def test_a_chain_of_merged_hamlets_is_walked_to_its_day() -> None:
    steps = Lineage([
        Step(HOME, OTHER, at_day(5).date(), START),
        Step(OTHER, THIRD, at_day(9).date(), START),
    ])  # fmt: skip
    assert [on_day(steps, HOME, at_day(n).date()) for n in (4, 5, 8, 9)] == [HOME, OTHER, OTHER, THIRD]


def test_a_merged_household_has_its_own_past_and_the_others_present() -> None:
    gone = history(
        [(HOME, START.date(), at_day(5).date())], [(TEAM, START, at_day(5))], 100, uuid.UUID(int=200)
    )
    stays = history([(OTHER, START.date(), None)], [(NEXT, START, None)], 200)
    known = Histories([gone, stays], Lineage())
    before, after = known.at(gone.household, at_day(4)), known.at(gone.household, at_day(6))
    assert (before.household, before.hamlet, before.team) == (stays.household, HOME, TEAM)
    assert (after.household, after.hamlet, after.team) == (stays.household, OTHER, NEXT)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=8, unique=True), st.integers(-5, 70))
def test_exactly_one_is_responsible_whatever_was_reassigned(days: list[int], asked: int) -> None:
    """Duties without gaps: the one that began last before the moment has it."""
    starts = sorted({0, *days})
    ends = [*(at_day(day) for day in starts[1:]), None]
    duties: list[Duty] = [
        (uuid.UUID(int=1000 + day), at_day(day), until) for day, until in zip(starts, ends, strict=True)
    ]
    known = Histories([history([(HOME, START.date(), None)], duties)], Lineage())
    begun = [day for day in starts if day <= max(asked, 0)]
    assert known.at(uuid.UUID(int=100), at_day(asked)).team == uuid.UUID(int=1000 + begun[-1])


def test_codes_run_on_past_a_thousand() -> None:
    assert next_code("05752-T01", None) == "05752-T01-H001"
    assert next_code("05752-T01", "05752-T01-H009") == "05752-T01-H010"
    assert next_code("05752-T01", "05752-T01-H999") == "05752-T01-H1000"
    assert next_code("05752-T01", "05752-T01-H1000") == "05752-T01-H1001"


def test_weeks_begin_on_monday_and_belong_to_the_year_of_their_thursday() -> None:
    assert week_of(date(2026, 11, 22)) == "2026-W47"
    assert week_of(date(2026, 11, 23)) == "2026-W48"
    assert week_of(date(2027, 1, 1)) == "2026-W53"
    assert monday_of(date(2026, 11, 22)) == date(2026, 11, 16)
