"""From one period to others, and where it lies in time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from backend.calendars.reading import at
from backend.calendars.shapes import Calendar, Interval, Period, PeriodUnknown, calendar_of, known
from backend.clock import VIETNAM


def periods(which: str | Calendar, first: date, last: date, interval: Interval) -> list[Period]:
    """Those of the interval with any day from `first` to `last`, oldest first."""
    of = known(which)
    if of.kind == "listed":
        return [row for row in _listed(of, interval) if row.first <= last and row.last >= first]
    found: list[Period] = []
    day = first
    while day <= last:
        found.append(at(of, day, interval))
        day = found[-1].last + timedelta(days=1)
    return found


def _listed(of: Calendar, interval: Interval) -> list[Period]:
    """Raises PeriodUnknown."""
    if interval != "own":
        raise PeriodUnknown(calendar=of.title, code=interval)
    return [replace(row, of=of) for row in of.listed]


def interval_of(period: Period, which: Calendar | None = None) -> Interval:
    of = calendar_of(period, which)
    return next(i for i in of.intervals if at(of, period.first, i).code == period.code)


def before(period: Period, which: Calendar | None = None) -> Period:
    """The one of the same length right before. Raises PeriodUnknown where a listed calendar begins."""
    return _beside(period, which, -1)


def after(period: Period, which: Calendar | None = None) -> Period:
    return _beside(period, which, 1)


def _beside(period: Period, which: Calendar | None, step: int) -> Period:
    of = calendar_of(period, which)
    if of.kind != "listed":
        day = period.last + timedelta(days=1) if step > 0 else period.first - timedelta(days=1)
        return at(of, day, interval_of(period, of))
    rows = _listed(of, "own")
    place = rows.index(period) + step
    if not 0 <= place < len(rows):
        raise PeriodUnknown(calendar=of.title, code=period.code)
    return rows[place]


def last_full(which: str | Calendar, interval: Interval, today: date) -> Period:
    """The last one that is over. Raises PeriodUnknown where none of a listed calendar is."""
    of = known(which)
    if of.kind != "listed":
        return before(at(of, today, interval), of)
    over = [row for row in _listed(of, interval) if is_over(row, today)]
    if not over:
        raise PeriodUnknown(calendar=of.title, code=today.isoformat())
    return over[-1]


def is_over(period: Period, today: date) -> bool:
    return period.last < today


def bounds(period: Period) -> tuple[datetime, datetime]:
    """Its first moment, and the first moment after it, by the clocks of Viet Nam."""
    ends = period.last + timedelta(days=1)
    return datetime.combine(period.first, time(), VIETNAM), datetime.combine(ends, time(), VIETNAM)


def choices(which: str | Calendar, interval: Interval, today: date, count: int) -> Sequence[Period]:
    """The running one and those before it, newest first: what a picker offers. Of a list those that have begun."""
    of = known(which)
    if of.kind == "listed":
        return [row for row in reversed(_listed(of, interval)) if row.first <= today][:count]
    found = [at(of, today, interval)]
    while len(found) < count:
        found.append(before(found[-1], of))
    return found
