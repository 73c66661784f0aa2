"""Keeps due days, completeness and timeliness."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.calendars import parse
from backend.reports import layouts, obligations, paper
from backend.reports.due import Expected, Rule, due_day, punctuality

DAY = date(2026, 7, 18)


@pytest.mark.parametrize(
    ("code", "rule", "due"),
    [
        ("2026S1", Rule(18, 1), date(2026, 7, 18)),
        ("202612", Rule(18, 1), date(2027, 1, 18)),
        ("202601", Rule(31, 1), date(2026, 2, 28)),
        ("202601", Rule(31, 0), date(2026, 1, 31)),
        ("2026", Rule(5, 2), date(2027, 2, 5)),
        ("2026", Rule(None), None),
    ],
)
def test_a_report_is_due_on_its_day_of_the_month_after(code: str, rule: Rule, due: date | None) -> None:
    assert due_day(parse("thang", code), rule) == due


@given(st.integers(1, 31), st.integers(0, 12), st.integers(1, 12))
def test_a_due_day_always_exists_and_lies_in_its_month(day: int, months: int, month: int) -> None:
    period = parse("thang", f"2027{month:02d}")
    due = due_day(period, Rule(day, months))
    assert due
    assert (due.year - 2027) * 12 + due.month == month + months
    assert due.day <= day


def test_who_sent_in_time_and_was_asked_for_more_was_in_time() -> None:
    again = Expected(DAY, date(2026, 7, 17), is_there=True)
    given_back = Expected(DAY, date(2026, 7, 17), is_there=False)
    late = Expected(DAY, date(2026, 7, 19), is_there=True)
    never = Expected(DAY, None, is_there=False)
    kept = punctuality([again, given_back, late, never])
    assert (kept.expected, kept.actual, kept.on_time) == (4, 2, 1)
    assert (kept.complete, kept.timely) == (Decimal("50.0"), Decimal("25.0"))
    assert never.is_late(date(2026, 7, 19))
    assert not never.is_late(DAY)
    assert never.is_near(date(2026, 7, 11), 7)
    assert not late.is_late(date(2026, 7, 20))


def test_nothing_expected_has_no_rate() -> None:
    assert punctuality([]).complete is None
    assert punctuality([]).timely is None


def test_a_report_without_a_day_is_never_late() -> None:
    assert not Expected(None, None, is_there=False).is_late(date(2030, 1, 1))
    assert Expected(None, date(2030, 1, 1), is_there=True).on_time


def test_every_shipped_obligation_names_its_source_and_known_words() -> None:
    found = obligations.shipped().values()
    assert len(found) >= 15
    for one in found:
        assert one.source
        assert set(one.lines) <= {"party", "state"}
        assert one.form in layouts.shipped()[0]["kinds"]
        assert one.intervals
    assert obligations.preset().is_preset


def test_the_layout_in_force_is_the_newest_of_its_line() -> None:
    assert layouts.in_force("party", date(2026, 7, 1))["code"] == "dang-36-2018"
    assert layouts.in_force("state", date(2026, 7, 1))["code"] == "nd30-2020"
    assert layouts.in_force("state", date(1999, 1, 1))["code"] == "nd30-2020"


def test_numbers_and_days_are_written_as_each_line_writes_them() -> None:
    party, state = layouts.in_force("party", DAY), layouts.in_force("state", DAY)
    assert paper.numbered(party, "ĐU", "15") == "Số 15-BC/ĐU"
    assert paper.numbered(state, "UBND", "15") == "Số: 15/BC-UBND"
    assert paper.numbered(state, "UBND", "15/BC-BCĐ") == "Số: 15/BC-BCĐ"
    assert "15" not in paper.numbered(state, "UBND", None)
    assert paper.day_in_words(date(2026, 2, 5)) == "ngày 05 tháng 02 năm 2026"
    assert paper.day_in_words(date(2026, 11, 15)) == "ngày 15 tháng 11 năm 2026"


@given(st.text(alphabet="{}abunit", max_size=20))
def test_braces_in_a_name_stay_words(name: str) -> None:
    said = paper.filled("Đảng ủy {unit} ({khac})", {"unit": name})
    assert said == f"Đảng ủy {name} ({{khac}})"
