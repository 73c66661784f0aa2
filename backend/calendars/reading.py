"""From a code to its period, and from a day to the periods that hold it."""

import re
from dataclasses import replace
from datetime import date, timedelta

from backend.calendars.shapes import (
    FIRST_YEAR,
    LAST_YEAR,
    MONTHS_IN,
    SHORT_MONTHS,
    Calendar,
    Interval,
    Period,
    PeriodUnknown,
    known,
)

_MONTHS = re.compile(r"(\d{4})(?:(0[1-9]|1[0-2])|Q([1-4])|S([12]))?", re.ASCII)
_WEEK = re.compile(r"(\d{4})W([1-9]|[1-4]\d|5[0-3])", re.ASCII)
_YEARS = re.compile(r"(\d{4})(?:([A-Z][a-z]{2})|-(\d{4})(?:H([12]))?)?", re.ASCII)


def parse(which: str | Calendar, code: str) -> Period:
    """The period with that code. Raises PeriodUnknown, CalendarUnknown."""
    of = known(which)
    found = _READERS[of.kind](of, code.strip())
    if found is None:
        raise PeriodUnknown(calendar=of.title, code=code)
    return found


def holding(which: str | Calendar, day: date) -> list[Period]:
    """Every period that holds the day, from short to long. Raises PeriodUnknown for a day outside a listed calendar."""
    of = known(which)
    return [at(of, day, interval) for interval in of.intervals]


def at(which: str | Calendar, day: date, interval: Interval) -> Period:
    """The one period of that interval that holds the day. Raises PeriodUnknown."""
    of = known(which)
    if interval not in of.intervals:
        raise PeriodUnknown(calendar=of.title, code=interval)
    found = _READERS[of.kind](of, _code_at(of, day, interval))
    if found is None:
        raise PeriodUnknown(calendar=of.title, code=day.isoformat())
    return found


# --- the code of a day ----------------------------------------------------------------------------------------------


def _code_at(of: Calendar, day: date, interval: Interval) -> str:
    if of.kind == "months":
        year, month = _named_month(of, day)
        return _month_code(year, month, interval)
    if of.kind == "weeks":
        year, week, _ = day.isocalendar()
        return f"{year}W{week}"
    if of.kind == "years":
        return _year_at(of, day, interval)
    return next((row.code for row in of.listed if day in row), "")


def _named_month(of: Calendar, day: date) -> tuple[int, int]:
    """The month a day is counted in: from `day` on, `months_back` months further."""
    months = day.year * 12 + day.month - 1 + of.months_back - (day.day < of.day)
    return months // 12, months % 12 + 1


def _month_code(year: int, month: int, interval: Interval) -> str:
    number = (month - 1) // MONTHS_IN[interval] + 1
    return {
        "month": f"{year}{month:02d}", "quarter": f"{year}Q{number}", "half": f"{year}S{number}", "year": f"{year}",
    }[interval]  # fmt: skip


def _year_at(of: Calendar, day: date, interval: Interval) -> str:
    began = day.year - (day < date(day.year, of.month, of.day))
    began -= (began - of.anchor) % of.years
    code = _years_code(of, began)
    return code if interval != "half_term" else f"{code}H{1 + (day >= _middle(of, began))}"


def _middle(of: Calendar, began: int) -> date:
    """The first day of a term's second half: thirty months after the first for five years."""
    return _nth(began * 12 + of.month - 1 + of.years * 6, of.day)


# --- reading codes --------------------------------------------------------------------------------------------------


def _in_months(of: Calendar, code: str) -> Period | None:
    read = _MONTHS.fullmatch(code)
    if not read or not _is_in_time(int(read[1])):
        return None
    month, quarter, half = (int(part) if part else 0 for part in read.groups()[1:])
    length = 1 if month else 3 if quarter else 6 if half else 12
    begins = month or (quarter - 1) * 3 + 1 if month or quarter else (half - 1) * 6 + 1 if half else 1
    since = int(read[1]) * 12 + begins - 1 - of.months_back
    return of.period(code, _nth(since, of.day), _nth(since + length, of.day) - timedelta(days=1))


def _nth(months: int, day: int) -> date:
    return date(months // 12, months % 12 + 1, day)


def _in_weeks(of: Calendar, code: str) -> Period | None:
    read = _WEEK.fullmatch(code)
    if not read or not _is_in_time(int(read[1])):
        return None
    try:
        monday = date.fromisocalendar(int(read[1]), int(read[2]), 1)
    except ValueError:  # a week 53 in a year that has 52
        return None
    return of.period(code, monday, monday + timedelta(days=6))


def _in_years(of: Calendar, code: str) -> Period | None:
    read = _YEARS.fullmatch(code)
    if not read or not _is_in_time(int(read[1])) or (int(read[1]) - of.anchor) % of.years:
        return None
    began = int(read[1])
    if code.removesuffix(f"H{read[4]}") != _years_code(of, began):
        return None
    first, ends = date(began, of.month, of.day), date(began + of.years, of.month, of.day)
    if read[4] == "1":
        ends = _middle(of, began)
    elif read[4] == "2":
        first = _middle(of, began)
    return of.period(code, first, ends - timedelta(days=1))


def _years_code(of: Calendar, began: int) -> str:
    if of.years > 1:
        return f"{began}-{began + of.years}"
    return f"{began}{SHORT_MONTHS[of.month - 1]}"


def _in_list(of: Calendar, code: str) -> Period | None:
    found = next((row for row in of.listed if row.code == code), None)
    return None if found is None else replace(found, of=of)


def _is_in_time(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR


_READERS = {"months": _in_months, "weeks": _in_weeks, "years": _in_years, "listed": _in_list}
