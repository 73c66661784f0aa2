"""What a calendar and a period are, and the calendars every node has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from backend.errors import N_, DomainError

Interval = Literal["week", "month", "quarter", "half", "year", "half_term", "term", "own"]
Kind = Literal["months", "weeks", "years", "listed"]
MONTHS_IN: Mapping[str, int] = {"month": 1, "quarter": 3, "half": 6, "year": 12}
SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
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


@dataclass(frozen=True, order=True)
class Period:
    """`first` and `last` are its days, both in it. `of`: its calendar where that is an own one; `name`: what a period of
    such a list is called."""

    calendar: str
    code: str
    first: date
    last: date
    of: "Calendar | None" = field(default=None, compare=False, repr=False)
    name: str = field(default="", compare=False, repr=False)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Calendar:
    """How a calendar cuts time; all of it is data.

    months: begins on `day` of the month, `months_back` months before the one it is named for. years: begins on `day` of
    `month`, every `years` years, one of them in `anchor`. listed: just these periods, in order; some days may be in none.
    `is_preset`: nobody has confirmed it.
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
            return ("year",) if self.years == 1 else ("half_term", "term")
        return ("week",) if self.kind == "weeks" else ("own",)

    @property
    def is_shipped(self) -> bool:
        return CALENDARS.get(self.code) is self

    def period(self, code: str, first: date, last: date) -> Period:
        """One of its own; it carries an own calendar along, so that nobody has to look for that again."""
        return Period(self.code, code, first, last, None if self.is_shipped else self)


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
    """One that every node has. Raises CalendarUnknown."""
    found = CALENDARS.get(code)
    if found is None:
        raise CalendarUnknown(calendar=code)
    return found


def known(which: str | Calendar) -> Calendar:
    return which if isinstance(which, Calendar) else calendar(which)


def calendar_of(period: Period, which: Calendar | None = None) -> Calendar:
    return which or period.of or calendar(period.calendar)
