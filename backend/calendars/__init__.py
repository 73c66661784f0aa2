"""Calendars and their periods. Pure. A code says nothing without its calendar: 202611 is another month in each.

Codes have DHIS2's shape: 202611, 2026Q4, 2026S2, 2026, 2026W47, 2026Sep (the school year that begins in September);
a term is '2025-2030', its halves '2025-2030H1' and 'H2'. Days are days in Viet Nam; `bounds` gives the moments between
which a period lies.

shapes: what a calendar and a period are. reading: from a code and from a day. walking: from one period to others.
titles: in words. own: a calendar out of what somebody typed.
"""

from backend.calendars.own import CalendarWrong, own
from backend.calendars.reading import at, holding, parse
from backend.calendars.shapes import (
    CALENDARS,
    Calendar,
    CalendarUnknown,
    Interval,
    Period,
    PeriodUnknown,
    calendar,
)
from backend.calendars.titles import Heading, heading, title
from backend.calendars.walking import (
    after,
    before,
    bounds,
    choices,
    interval_of,
    is_over,
    last_full,
    periods,
)

__all__ = [
    "CALENDARS",
    "Calendar",
    "CalendarUnknown",
    "CalendarWrong",
    "Heading",
    "Interval",
    "Period",
    "PeriodUnknown",
    "after",
    "at",
    "before",
    "bounds",
    "calendar",
    "choices",
    "heading",
    "holding",
    "interval_of",
    "is_over",
    "last_full",
    "own",
    "parse",
    "periods",
    "title",
]
