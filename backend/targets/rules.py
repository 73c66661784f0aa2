"""What a figure comes to, and how far it is on the way to a target. Pure; decimals only.

A missing denominator or a division by zero is a mark with its own sentence, never 0. Between two horizons nothing is
assumed unless the set says `linear`, and then the answer says so too.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, Protocol, TypeVar

from backend.scorecards.indicators import ratio

Absent = Literal["no_denominator", "zero_denominator"]
State = Literal["attained", "on_track", "likely_miss", "cannot_say"]
Between = Literal["none", "linear"]


def value_of(
    numerator: Decimal, denominator: Decimal | None, factor: int = 100, decimals: int = 1
) -> Decimal | Absent:
    """The ratio people read, rounded half up as reports are; or why there is none."""
    if denominator is None:
        return "no_denominator"
    if denominator == 0:
        return "zero_denominator"
    return ratio(numerator, denominator, factor, decimals)


@dataclass(frozen=True)
class Goal:
    """A target as plain values."""

    year: int
    comparator: str
    value: Decimal | None
    value_max: Decimal | None = None
    basis: str = "level"


@dataclass(frozen=True)
class Progress:
    """`share`: per cent of the target, above 100 as it is. `expected`: what the way so far would have needed.

    `why`: the code of the sentence that says what this rests on. `between`: what was assumed between two horizons.
    `missed`: the horizon that is over and is still not reached, even where a later one asks for less.
    """

    state: State
    why: str
    goal: Goal | None = None
    share: Decimal | None = None
    expected: Decimal | None = None
    between: Between = "none"
    missed: Goal | None = None


def goal_for(goals: Sequence[Goal], year: int) -> Goal | None:
    """The horizon of that year, else the next one after it."""
    return min((goal for goal in goals if goal.year >= year), key=lambda goal: goal.year, default=None)


def before(goals: Sequence[Goal], year: int) -> Goal | None:
    """The last horizon that is over by the end of the year before."""
    return max((goal for goal in goals if goal.year < year), key=lambda goal: goal.year, default=None)


def reaches(goal: Goal, value: Decimal, higher: bool = True) -> bool:
    """Whether the value is what the target asks for. 'Đạt 100%' is reached from there on: more does not miss it."""
    if goal.value is None:
        return False
    if goal.comparator == "gt":
        return value > goal.value
    if goal.comparator == "lt":
        return value < goal.value
    if not upwards(goal.comparator, higher):
        return value <= (goal.value if goal.value_max is None else goal.value_max)
    return value >= goal.value


def upwards(comparator: str, higher: bool) -> bool:
    """Whether more is better: what the target itself says goes before what is known of the indicator."""
    if comparator in ("le", "lt"):
        return False
    return comparator in ("ge", "gt") or higher


def progress(
    goals: Sequence[Goal],
    value: Decimal | None,
    on: date,
    *,
    absent: str | None = None,
    between: Between = "none",
    higher: bool = True,
    course: "Course | None" = None,
) -> Progress:
    """How the value of a unit, as it is known on that day, stands towards the horizon that is next.

    `course`: for a plan without a horizon before; then only what lies below every straight way is called behind.
    """
    goal = goal_for(goals, on.year)
    if goal is None:
        return Progress("cannot_say", "no_target_ahead" if goals else "no_target")
    if goal.comparator == "qualitative" or goal.value is None:
        return Progress("cannot_say", "qualitative", goal)
    if value is None:
        return Progress("cannot_say", absent or "no_figure", goal)
    share = _share(goal.value, value)
    if reaches(goal, value, higher):
        return Progress("attained", "reached", goal, share, missed=_missed(goals, goal, value, on, higher))
    if goal.basis == "per_year":
        return _within_the_year(goal, value, on, share, higher)
    if not _has_start(goals, goal, on):
        return _without_start(goal, value, share, course, higher)
    return _on_the_way(goals, goal, value, on, share, between, higher)


def _missed(goals: Sequence[Goal], goal: Goal, value: Decimal, on: date, higher: bool) -> Goal | None:
    held = before(goals, on.year)
    if held is None or held.value is None or held.basis != goal.basis or reaches(held, value, higher):
        return None
    return held


def _share(target: Decimal, value: Decimal) -> Decimal | None:
    """No share of a target that is 0."""
    return None if target == 0 else (value * 100 / target).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _within_the_year(goal: Goal, value: Decimal, on: date, share: Decimal | None, higher: bool) -> Progress:
    """A target of each year is expected in step with the year, whatever is assumed between horizons."""
    assert goal.value is not None  # noqa: S101 - the caller has looked
    expected = _rounded(goal.value * year_gone(on))
    return _judged(goal, value, expected, share, "share_of_year", "none", higher)


def _on_the_way(
    goals: Sequence[Goal], goal: Goal, value: Decimal, on: date, share: Decimal | None, between: Between, higher: bool
) -> Progress:  # fmt: skip
    held = before(goals, on.year)
    assert held is not None and held.value is not None  # noqa: PT018, S101 - the caller has looked
    if between == "linear":
        expected = line_at(held, goal, on)
        return _judged(goal, value, expected, share, "line", "linear", higher)
    if not reaches(held, value, higher):
        return Progress("likely_miss", "last_horizon_missed", goal, share, held.value)
    return Progress("on_track", "last_horizon_held", goal, share, held.value)


def _has_start(goals: Sequence[Goal], goal: Goal, on: date) -> bool:
    held = before(goals, on.year)
    return held is not None and held.value is not None and held.basis == goal.basis


@dataclass(frozen=True)
class Course:
    """From which day a plan has been on its way, and the last day that the figure tells of."""

    since: date
    told: date


def _without_start(
    goal: Goal, value: Decimal, share: Decimal | None, course: Course | None, higher: bool
) -> Progress:
    """Where nobody wrote what there was at the beginning nothing is assumed but that it was not less than nothing: whoever is
    below the straight way from 0 is below every straight way."""
    least = _least(goal, course) if course and upwards(goal.comparator, higher) else None
    if least is not None and value < least:
        return Progress("likely_miss", "behind_any_start", goal, share, least)
    return Progress("cannot_say", "no_start" if share is None else "share_so_far", goal, share)


def _least(goal: Goal, course: Course) -> Decimal | None:
    """What the straight way from 0 had come to; None where there is no such way."""
    last = date(goal.year, 12, 31)
    if goal.value is None or goal.value <= 0 or not course.since < course.told <= last:
        return None
    return _rounded(goal.value * (course.told - course.since).days / (last - course.since).days)


def _judged(
    goal: Goal, value: Decimal, expected: Decimal, share: Decimal | None, why: str, between: Between, higher: bool
) -> Progress:  # fmt: skip
    is_on_track = value >= expected if upwards(goal.comparator, higher) else value <= expected
    return Progress("on_track" if is_on_track else "likely_miss", why, goal, share, expected, between)


def year_gone(on: date) -> Decimal:
    """The part of the year that is over at the end of that day."""
    first, last = date(on.year, 1, 1), date(on.year, 12, 31)
    return Decimal((on - first).days + 1) / ((last - first).days + 1)


def line_at(held: Goal, goal: Goal, on: date) -> Decimal:
    """On the straight line from the end of one horizon's year to the end of the other's, as the plan writes them:
    where the plan falls, the line falls."""
    assert held.value is not None and goal.value is not None  # noqa: PT018, S101 - the caller has looked
    first, last = date(held.year, 12, 31), date(goal.year, 12, 31)
    gone = Decimal((on - first).days) / (last - first).days
    return _rounded(held.value + (goal.value - held.value) * gone)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


# --- what is asked of a period --------------------------------------------------------------------------------------

Cannot = Literal[
    "no_horizon", "qualitative", "whole_year", "running_total", "of_the_whole", "other_unit", "no_number"
]


@dataclass(frozen=True)
class Asking:
    """What a plan asks of the figure of a period. `value`: what it is held against; None: `cannot` says why there is none.

    `is_between`: on the line between two horizons. `is_share`: the period's days of a target of the whole year.
    """

    goal: Goal | None
    value: Decimal | None = None
    is_between: bool = False
    is_share: bool = False
    cannot: Cannot | None = None


def asked_of(
    goals: Sequence[Goal], first: date, last: date, between: str, additivity: str, higher: bool = True
) -> Asking:
    """A target is never made a number that it is not: what a period of this length cannot be held against is said."""
    goal, is_between = goal_at(goals, last, between)
    if goal is None:
        return Asking(goal_for(goals, last.year), cannot="no_horizon")
    if goal.comparator == "qualitative" or goal.value is None:
        return Asking(goal, cannot="qualitative")
    if goal.basis == "total":
        return Asking(goal, cannot="running_total")
    held = (
        goal.value_max if goal.value_max is not None and not upwards(goal.comparator, higher) else goal.value
    )
    if goal.basis == "level" or _is_whole_years(first, last):
        return Asking(goal, held, is_between)
    if additivity != "sum":
        return Asking(goal, cannot="whole_year")
    days = (date(last.year, 12, 31) - date(last.year, 1, 1)).days + 1
    return Asking(goal, _rounded(held * ((last - first).days + 1) / days), is_between, is_share=True)


def goal_at(goals: Sequence[Goal], on: date, between: str) -> tuple[Goal | None, bool]:
    """The target of a day's year, and whether it had to be put between two others, which only `linear` does.

    What is asked of every year up to a horizon is asked of this one too; that is no guess.
    """
    own = next((goal for goal in goals if goal.year == on.year), None)
    later = goal_for(goals, on.year)
    if own is not None or later is None or later.basis == "per_year":
        return own or later, False
    held = before(goals, on.year)
    if between != "linear" or held is None or held.value is None or later.value is None:
        return None, False
    if (held.basis, held.comparator) != (later.basis, later.comparator) or later.value_max is not None:
        return None, False
    return Goal(on.year, later.comparator, line_at(held, later, on), None, later.basis), True


def _is_whole_years(first: date, last: date) -> bool:
    return (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)


# --- sums over a year ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A figure of a period: its days, and whether it is there."""

    first: date
    last: date
    value: Decimal


def in_year(told: Sequence[Told], year: int, additivity: str) -> Decimal | None:
    """What a year comes to by what is known: the year's own figure; else of what adds up the sum of the longest periods
    that do not overlap, of anything else the latest."""
    inside = [one for one in told if one.first.year == year == one.last.year]
    if not inside:
        return None
    if additivity != "sum":
        return max(inside, key=lambda one: (one.last, one.last - one.first)).value
    return sum((one.value for one in apart(inside, lambda one: one)), Decimal(0))


class Span(Protocol):
    @property
    def first(self) -> date: ...

    @property
    def last(self) -> date: ...


T = TypeVar("T")


def apart(found: Iterable[T], days: Callable[[T], Span]) -> list[T]:
    """The longest periods that do not overlap, by their days; of two of the same days the one that came first."""
    taken: list[T] = []
    for one in sorted(found, key=lambda one: (days(one).first - days(one).last, days(one).first)):
        if all(days(one).last < days(other).first or days(other).last < days(one).first for other in taken):
            taken.append(one)
    return sorted(taken, key=lambda one: days(one).first)
