"""When a report is due, and how complete and how timely a set of them is. Pure."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from backend.calendars import Period


@dataclass(frozen=True)
class Rule:
    """The day of the month that lies `months` after the one in which the period ends; or so many `days` after its last one,
    as weeks and contests need it. Neither: none was set."""

    day: int | None
    months: int = 1
    is_preset: bool = False
    days: int | None = None


def due_day(period: Period, rule: Rule) -> date | None:
    """A 31st in a shorter month is its last day."""
    if rule.days is not None:
        return period.last + timedelta(days=rule.days)
    if rule.day is None:
        return None
    month = period.last.year * 12 + period.last.month - 1 + rule.months
    year, number = month // 12, month % 12 + 1
    return date(year, number, min(rule.day, monthrange(year, number)[1]))


@dataclass(frozen=True)
class Expected:
    """One report that is owed: until when, and on which day it was first sent. `is_there`: it has left the unit and was
    not given back."""

    due: date | None
    first_sent: date | None
    is_there: bool

    @property
    def on_time(self) -> bool:
        """Whoever sent in time and was asked to complete it was in time."""
        return bool(self.is_there and self.first_sent and (self.due is None or self.first_sent <= self.due))

    def is_late(self, today: date) -> bool:
        return not self.is_there and self.due is not None and self.due < today

    def is_near(self, today: date, days: int) -> bool:
        return (
            not self.is_there and self.due is not None and today <= self.due <= today + timedelta(days=days)
        )


@dataclass(frozen=True)
class Punctuality:
    """Completeness = actual / expected; timeliness = on time / expected. Nothing expected: no rate, never zero."""

    expected: int
    actual: int
    on_time: int

    @property
    def complete(self) -> Decimal | None:
        return _rate(self.actual, self.expected)

    @property
    def timely(self) -> Decimal | None:
        return _rate(self.on_time, self.expected)


def punctuality(reports: Iterable[Expected]) -> Punctuality:
    found = list(reports)
    return Punctuality(len(found), sum(one.is_there for one in found), sum(one.on_time for one in found))


def _rate(part: int, whole: int) -> Decimal | None:
    if not whole:
        return None
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
