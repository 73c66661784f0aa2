"""Calendars and their periods. Pure. A code says nothing without its calendar: 202611 is another month in each.

Codes have DHIS2's shape: 202611, 2026Q4, 2026S2, 2026, 2026W47, 2026Sep (the school year that begins in September);
a term is '2025-2030'. Days are days in Viet Nam; `bounds` gives the moments between which a period lies.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Literal

from backend.clock import VIETNAM
from backend.errors import N_, DomainError

Interval = Literal["week", "month", "quarter", "half", "year", "term", "own"]
Kind = Literal["months", "weeks", "years", "listed"]
MONTHS_IN: Mapping[str, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ROMAN = ("I", "II", "III", "IV")
FIRST_YEAR, LAST_YEAR = 1946, 2199


class PeriodUnknown(DomainError):
    """A code that this calendar does not have, one of another calendar's among them."""

    status = 422
    code = "period_unknown"
    sentence = N_("Lịch “%(calendar)s” không có kỳ %(code)s. Xin chọn kỳ theo đúng lịch của báo cáo này.")


class CalendarUnknown(DomainError):
    status = 422
    code = "calendar_unknown"
    sentence = N_("Không có lịch báo cáo %(calendar)s. Xin chọn lịch trong danh sách.")


class CalendarWrong(DomainError):
    """An own calendar that leaves a day out or holds one twice, or is not written as calendars are."""

    status = 422
    code = "calendar_wrong"
    sentence = N_("Lịch tự đặt chưa đúng: các kỳ phải nối tiếp nhau, không hở, không chồng ngày nào.")


@dataclass(frozen=True, order=True)
class Period:
    """`first` and `last` are its days, both in it."""

    calendar: str
    code: str
    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Calendar:
    """How a calendar cuts time; all of it is data.

    months: begins on `day` of the month, `months_back` months before the one it is named for. years: begins on `day` of
    `month`, every `years` years, one of them in `anchor`. listed: just these periods. `is_preset`: nobody has confirmed it.
    """

    code: str
    title: str
    kind: Kind
    day: int = 1
    months_back: int = 0
    month: int = 1
    years: int = 1
    anchor: int = 2025
    listed: tuple[Period, ...] = ()
    is_preset: bool = False

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """From short to long."""
        if self.kind == "months":
            return ("month", "quarter", "half", "year")
        if self.kind == "years":
            return ("year",) if self.years == 1 else ("term",)
        return ("week",) if self.kind == "weeks" else ("own",)


CALENDARS: Mapping[str, Calendar] = {
    one.code: one
    for one in (
        Calendar("thang", N_("Tháng, quý, 6 tháng, năm dương lịch"), "months"),
        Calendar("tuan", N_("Tuần (thứ Hai đến Chủ nhật)"), "weeks"),
        Calendar(
            "hanh-chinh", N_("Tháng hành chính (từ ngày 15 tháng trước đến ngày 14)"), "months",
            day=15, months_back=1, is_preset=True,
        ),
        Calendar("nam-hoc", N_("Năm học (từ tháng 9 đến tháng 8)"), "years", month=9, is_preset=True),
        Calendar("nhiem-ky", N_("Nhiệm kỳ 5 năm"), "years", month=7, years=5, is_preset=True),
    )
}  # fmt: skip


def calendar(code: str) -> Calendar:
    """Raises CalendarUnknown."""
    found = CALENDARS.get(code)
    if found is None:
        raise CalendarUnknown(calendar=code)
    return found


def own(data: Mapping[str, Any]) -> Calendar:
    """An own calendar out of data: {code, title, periods: [{code, first, last}]} or the fields of `Calendar`.

    Raises CalendarWrong.
    """
    try:
        fields = dict(data)
        rows = [
            Period(fields["code"], row["code"], _day(row["first"]), _day(row["last"]))
            for row in fields.pop("periods", [])
        ]
        made = Calendar(listed=tuple(sorted(rows, key=lambda row: row.first)), **fields)
        _check(made)
    except (KeyError, TypeError, ValueError):
        raise CalendarWrong from None
    return made


def _day(written: Any) -> date:
    return written if isinstance(written, date) else date.fromisoformat(written)


def _check(made: Calendar) -> None:
    rows = made.listed
    if made.kind not in ("months", "weeks", "years", "listed") or made.code in CALENDARS:
        raise ValueError(made.code)
    if not (
        1 <= made.day <= 28 and 0 <= made.months_back <= 11 and 1 <= made.month <= 12 and made.years >= 1
    ):
        raise ValueError(made.code)
    if (made.kind == "listed") != bool(rows) or len({row.code for row in rows}) < len(rows):
        raise ValueError(made.code)
    if any(row.last < row.first for row in rows):
        raise ValueError(made.code)
    if any(after.first != before.last + timedelta(days=1) for before, after in pairwise(rows)):
        raise ValueError(made.code)


def _known(which: str | Calendar) -> Calendar:
    return which if isinstance(which, Calendar) else calendar(which)


# --- from a code, and from a day --------------------------------------------------------------------------------


def parse(which: str | Calendar, code: str) -> Period:
    """The period with that code. Raises PeriodUnknown, CalendarUnknown."""
    of = _known(which)
    found = _READERS[of.kind](of, code.strip())
    if found is None:
        raise PeriodUnknown(calendar=of.title, code=code)
    return found


def holding(which: str | Calendar, day: date) -> list[Period]:
    """Every period that holds the day, from short to long. Raises PeriodUnknown for a day outside a listed calendar."""
    of = _known(which)
    return [at(of, day, interval) for interval in of.intervals]


def at(which: str | Calendar, day: date, interval: Interval) -> Period:
    """The one period of that interval that holds the day. Raises PeriodUnknown."""
    of = _known(which)
    if interval not in of.intervals:
        raise PeriodUnknown(calendar=of.title, code=interval)
    found = _parse_or_none(of, _code_at(of, day, interval))
    if found is None:
        raise PeriodUnknown(calendar=of.title, code=day.isoformat())
    return found


def periods(which: str | Calendar, first: date, last: date, interval: Interval) -> list[Period]:
    """Those of the interval with any day from `first` to `last`, oldest first."""
    found: list[Period] = []
    day = first
    while day <= last:
        found.append(at(which, day, interval))
        day = found[-1].last + timedelta(days=1)
    return found


def interval_of(period: Period, which: Calendar | None = None) -> Interval:
    of = which or calendar(period.calendar)
    return next(i for i in of.intervals if at(of, period.first, i).code == period.code)


def before(period: Period, which: Calendar | None = None) -> Period:
    """The one of the same length right before. Raises PeriodUnknown where a listed calendar begins."""
    of = which or calendar(period.calendar)
    return at(of, period.first - timedelta(days=1), interval_of(period, of))


def after(period: Period, which: Calendar | None = None) -> Period:
    of = which or calendar(period.calendar)
    return at(of, period.last + timedelta(days=1), interval_of(period, of))


def last_full(which: str | Calendar, interval: Interval, today: date) -> Period:
    """The last one that is over."""
    of = _known(which)
    return before(at(of, today, interval), of)


def is_over(period: Period, today: date) -> bool:
    return period.last < today


def bounds(period: Period) -> tuple[datetime, datetime]:
    """Its first moment, and the first moment after it, by the clocks of Viet Nam."""
    ends = period.last + timedelta(days=1)
    return datetime.combine(period.first, time(), VIETNAM), datetime.combine(ends, time(), VIETNAM)


def _parse_or_none(of: Calendar, code: str) -> Period | None:
    return _READERS[of.kind](of, code)


def _code_at(of: Calendar, day: date, interval: Interval) -> str:
    if of.kind == "months":
        year, month = _named_month(of, day)
        return _month_code(year, month, interval)
    if of.kind == "weeks":
        year, week, _ = day.isocalendar()
        return f"{year}W{week}"
    if of.kind == "years":
        started = day.year - (day < date(day.year, of.month, of.day))
        return _years_code(of, started - (started - of.anchor) % of.years)
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


# --- reading codes --------------------------------------------------------------------------------------------------

_MONTHS = re.compile(r"(\d{4})(?:(0[1-9]|1[0-2])|Q([1-4])|S([12]))?", re.ASCII)
_WEEK = re.compile(r"(\d{4})W([1-9]|[1-4]\d|5[0-3])", re.ASCII)
_YEARS = re.compile(r"(\d{4})(?:([A-Z][a-z]{2})|-(\d{4}))?", re.ASCII)


def _in_months(of: Calendar, code: str) -> Period | None:
    read = _MONTHS.fullmatch(code)
    if not read or not _is_in_time(int(read[1])):
        return None
    month, quarter, half = (int(part) if part else 0 for part in read.groups()[1:])
    length = 1 if month else 3 if quarter else 6 if half else 12
    begins = month or (quarter - 1) * 3 + 1 if month or quarter else (half - 1) * 6 + 1 if half else 1
    since = int(read[1]) * 12 + begins - 1 - of.months_back
    return Period(of.code, code, _nth(since, of.day), _nth(since + length, of.day) - timedelta(days=1))


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
    return Period(of.code, code, monday, monday + timedelta(days=6))


def _in_years(of: Calendar, code: str) -> Period | None:
    read = _YEARS.fullmatch(code)
    if not read or not _is_in_time(int(read[1])) or (int(read[1]) - of.anchor) % of.years:
        return None
    started = int(read[1])
    if code != _years_code(of, started):
        return None
    ends = date(started + of.years, of.month, of.day) - timedelta(days=1)
    return Period(of.code, code, date(started, of.month, of.day), ends)


def _years_code(of: Calendar, started: int) -> str:
    if of.years > 1:
        return f"{started}-{started + of.years}"
    return f"{started}{SHORT_MONTHS[of.month - 1]}"


def _in_list(of: Calendar, code: str) -> Period | None:
    return next((row for row in of.listed if row.code == code), None)


def _is_in_time(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR


_READERS = {"months": _in_months, "weeks": _in_weeks, "years": _in_years, "listed": _in_list}


# --- in words -------------------------------------------------------------------------------------------------------


def title(period: Period, which: Calendar | None = None) -> str:
    """In Vietnamese, as it stands in a heading: 'Tháng 11/2026', 'Quý IV/2026', 'Tuần 47/2026 (16/11 - 22/11/2026)'.

    Where the days are not what the name makes one think, they are said.
    """
    of = which or calendar(period.calendar)
    name = "".join(_names(of, period.code))
    is_plain = of.kind == "months" and of.day == 1 and not of.months_back
    return name if is_plain else f"{name} ({_dmy(period.first)} - {_dmy(period.last)})"


def _dmy(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _names(of: Calendar, code: str) -> Iterator[str]:
    if of.kind == "weeks":
        yield f"Tuần {code[5:]}/{code[:4]}"
    elif of.kind == "years":
        yield f"Năm học {code[:4]}-{int(code[:4]) + 1}" if of.code == "nam-hoc" else _term_name(of, code)
    elif of.kind == "listed":
        yield code
    else:
        yield _month_name(code)


def _term_name(of: Calendar, code: str) -> str:
    return f"Nhiệm kỳ {code}" if of.years > 1 else f"Năm {code[:4]}-{int(code[:4]) + 1}"


def _month_name(code: str) -> str:
    year, rest = code[:4], code[4:]
    if not rest:
        return f"Năm {year}"
    if rest[0] == "Q":
        return f"Quý {ROMAN[int(rest[1]) - 1]}/{year}"
    if rest[0] == "S":
        return f"6 tháng {'đầu' if rest[1] == '1' else 'cuối'} năm {year}"
    return f"Tháng {int(rest)}/{year}"


def choices(which: str | Calendar, interval: Interval, today: date, count: int) -> Sequence[Period]:
    """The running one and those before it, newest first: what a picker offers."""
    of = _known(which)
    found = [at(of, today, interval)]
    while len(found) < count:
        found.append(before(found[-1], of))
    return found
