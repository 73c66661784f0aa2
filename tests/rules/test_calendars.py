"""Calendars: every day is in exactly one period of an interval, and a code of another calendar is refused."""

from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import calendars
from backend.calendars import (
    CALENDARS,
    Calendar,
    CalendarUnknown,
    CalendarWrong,
    Interval,
    PeriodUnknown,
    after,
    at,
    before,
    bounds,
    holding,
    last_full,
    own,
    parse,
    periods,
    title,
)
from backend.clock import local_day

DAYS = st.dates(date(1960, 1, 1), date(2190, 12, 31))
"""A term back from any of these still begins in a year that is taken for one."""
CUTS = [(one, interval) for one in CALENDARS.values() for interval in one.intervals]


@given(st.sampled_from(CUTS), DAYS)
def test_every_day_is_in_exactly_one_period_of_an_interval(cut: tuple[Calendar, Interval], day: date) -> None:
    of, interval = cut
    here = at(of, day, interval)
    assert day in here
    assert parse(of, here.code) == here
    assert before(here).last + timedelta(days=1) == here.first
    assert after(here).first == here.last + timedelta(days=1)
    assert before(after(here)) == here


@given(st.sampled_from(CUTS), DAYS, st.integers(0, 900))
def test_periods_of_a_stretch_touch_and_cover_it(
    cut: tuple[Calendar, Interval], day: date, length: int
) -> None:
    of, interval = cut
    last = day + timedelta(days=length)
    found = periods(of, day, last, interval)
    assert day in found[0]
    assert last in found[-1]
    assert all(a.last + timedelta(days=1) == b.first for a, b in pairwise(found))
    assert len({title(one) for one in found}) == len(found)
    assert len({one.code for one in found}) == len(found)


@given(DAYS)
def test_a_longer_period_of_the_months_holds_the_shorter_ones_whole(day: date) -> None:
    for code in ("thang", "hanh-chinh"):
        for short, long in pairwise(holding(code, day)):
            assert long.first <= short.first
            assert short.last <= long.last


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_period_or_a_clear_refusal(typed: str) -> None:
    for of in CALENDARS.values():
        with suppress(PeriodUnknown):
            assert parse(of, typed).code == typed.strip()


@pytest.mark.parametrize(
    ("calendar", "code", "first", "last", "words"),
    [
        ("thang", "202611", "2026-11-01", "2026-11-30", "Tháng 11/2026"),
        ("thang", "2026Q4", "2026-10-01", "2026-12-31", "Quý IV/2026"),
        ("thang", "2026S1", "2026-01-01", "2026-06-30", "6 tháng đầu năm 2026"),
        ("thang", "2026S2", "2026-07-01", "2026-12-31", "6 tháng cuối năm 2026"),
        ("thang", "2026", "2026-01-01", "2026-12-31", "Năm 2026"),
        ("tuan", "2026W47", "2026-11-16", "2026-11-22", "Tuần 47/2026 (16/11/2026 - 22/11/2026)"),
        ("tuan", "2026W1", "2025-12-29", "2026-01-04", "Tuần 1/2026 (29/12/2025 - 04/01/2026)"),
        ("hanh-chinh", "202611", "2026-10-15", "2026-11-14", "Tháng 11/2026 (15/10/2026 - 14/11/2026)"),
        ("hanh-chinh", "202601", "2025-12-15", "2026-01-14", "Tháng 1/2026 (15/12/2025 - 14/01/2026)"),
        ("hanh-chinh", "2026S1", "2025-12-15", "2026-06-14", "6 tháng đầu năm 2026 (15/12/2025 - 14/06/2026)"),
        ("nam-hoc", "2026Sep", "2026-09-01", "2027-08-31", "Năm học 2026-2027 (01/09/2026 - 31/08/2027)"),
        ("nhiem-ky", "2025-2030", "2025-07-01", "2030-06-30", "Nhiệm kỳ 2025-2030 (01/07/2025 - 30/06/2030)"),
        ("nhiem-ky", "2025-2030H1", "2025-07-01", "2027-12-31", "Nửa đầu nhiệm kỳ 2025-2030 (01/07/2025 - 31/12/2027)"),
        ("nhiem-ky", "2025-2030H2", "2028-01-01", "2030-06-30", "Nửa cuối nhiệm kỳ 2025-2030 (01/01/2028 - 30/06/2030)"),
    ],
)  # fmt: skip
def test_codes_and_their_days(calendar: str, code: str, first: str, last: str, words: str) -> None:
    period = parse(calendar, code)
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)
    assert title(period) == words


@pytest.mark.parametrize(
    ("calendar", "code"),
    [
        ("thang", "2026W47"), ("thang", "202613"), ("thang", "2026Q5"), ("thang", "2026S3"), ("thang", "2026-11"),
        ("thang", "2025-2030"), ("tuan", "202611"), ("tuan", "2026W53x"), ("tuan", "2025W53"), ("tuan", "2026W0"),
        ("nam-hoc", "2026"), ("nam-hoc", "2026Oct"), ("nhiem-ky", "2026-2031"), ("nhiem-ky", "2025-2029"), ("nhiem-ky", "2025-2030H3"), ("nhiem-ky", "2026-2031H1"), ("nam-hoc", "2026SepH1"), ("nhiem-ky", "2025H1"),
        ("thang", "0000"), ("thang", ""), ("thang", "２０２６11"), ("hanh-chinh", "2026W47"),
    ],
)  # fmt: skip
def test_a_code_of_another_calendar_is_refused(calendar: str, code: str) -> None:
    with pytest.raises(PeriodUnknown):
        parse(calendar, code)


def test_an_unknown_calendar_is_refused() -> None:
    with pytest.raises(CalendarUnknown):
        parse("am-lich", "202611")


def test_moments_are_those_of_viet_nam() -> None:
    first, end = bounds(parse("thang", "202611"))
    assert first.isoformat() == "2026-11-01T00:00:00+07:00"
    assert local_day(end - timedelta(microseconds=1)) == date(2026, 11, 30)


def test_the_last_full_month_is_never_the_running_one() -> None:
    assert last_full("thang", "month", date(2026, 11, 30)).code == "202610"
    assert last_full("thang", "month", date(2026, 12, 1)).code == "202611"
    assert [one.code for one in calendars.choices("thang", "quarter", date(2026, 11, 22), 3)] == [
        "2026Q4", "2026Q3", "2026Q2",
    ]  # fmt: skip


# --- own calendars --------------------------------------------------------------------------------------------------

CONTEST = {
    "code": "hoi-thi",
    "title": "Hội thi",
    "kind": "listed",
    "periods": [
        {"code": "vong-2", "first": "2026-10-11", "last": "2026-10-31"},
        {"code": "vong-1", "first": "2026-10-01", "last": "2026-10-10"},
    ],
}


def test_an_own_calendar_is_data() -> None:
    of = own(CONTEST)
    assert at(of, date(2026, 10, 10), "own").code == "vong-1"
    assert after(parse(of, "vong-1"), of).code == "vong-2"
    assert title(parse(of, "vong-2"), of) == "vong-2 (11/10/2026 - 31/10/2026)"
    with pytest.raises(PeriodUnknown):
        at(of, date(2026, 11, 1), "own")
    tenth = own({"code": "muoi", "title": "Chốt ngày 10", "kind": "months", "day": 11, "months_back": 1})
    assert parse(tenth, "202611").last == date(2026, 11, 10)


@pytest.mark.parametrize(
    "wrong",
    [
        {"periods": [{"code": "a", "first": "2026-10-01", "last": "2026-10-10"}, {"code": "b", "first": "2026-10-12", "last": "2026-10-31"}]},
        {"periods": [{"code": "a", "first": "2026-10-01", "last": "2026-10-10"}, {"code": "b", "first": "2026-10-10", "last": "2026-10-31"}]},
        {"periods": [{"code": "a", "first": "2026-10-10", "last": "2026-10-01"}]},
        {"periods": [{"code": "a", "first": "hôm qua", "last": "2026-10-01"}]},
        {"periods": []}, {"code": "thang"}, {"kind": "trăng"}, {"day": 31, "kind": "months", "periods": []}, {"màu": "đỏ"},
    ],
)  # fmt: skip
def test_an_own_calendar_with_a_gap_or_an_overlap_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(CalendarWrong):
        own(CONTEST | wrong)
