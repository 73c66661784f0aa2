"""Month codes in Vietnamese time, and the longer periods that hold a month."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.participation import periods


def test_a_month_begins_at_midnight_in_viet_nam() -> None:
    assert periods.month(datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC)) == "202612"
    assert periods.month(datetime(2026, 12, 31, 17, 0, tzinfo=UTC)) == "202701"


@pytest.mark.parametrize(
    ("month", "holding"),
    [
        ("202601", ["202601", "2026Q1", "2026S1", "2026", "all"]),
        ("202603", ["202603", "2026Q1", "2026S1", "2026", "all"]),
        ("202604", ["202604", "2026Q2", "2026S1", "2026", "all"]),
        ("202606", ["202606", "2026Q2", "2026S1", "2026", "all"]),
        ("202607", ["202607", "2026Q3", "2026S2", "2026", "all"]),
        ("202611", ["202611", "2026Q4", "2026S2", "2026", "all"]),
        ("202612", ["202612", "2026Q4", "2026S2", "2026", "all"]),
    ],
)
def test_every_period_that_holds_a_month_is_named_as_dhis2_names_it(month: str, holding: list[str]) -> None:
    assert periods.holding(month) == holding


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_noon_of_a_day_lies_in_the_month_of_the_day(day: date) -> None:
    noon = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
    assert periods.month(noon) == f"{day:%Y%m}"


@given(st.integers(2000, 2099))
def test_a_year_has_four_quarters_of_three_months_and_two_halves_of_six(year: int) -> None:
    held = [periods.holding(f"{year}{month:02d}") for month in range(1, 13)]
    quarters, halves = [row[1] for row in held], [row[2] for row in held]
    assert {quarters.count(q) for q in quarters} == {3}
    assert {halves.count(h) for h in halves} == {6}
    assert quarters == sorted(quarters)
