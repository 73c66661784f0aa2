"""How a unit stands towards the targets that govern it, each series judged by itself; for a page a fixed number of statements."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from sqlalchemy.orm import Session

from backend import calendars
from backend.calendars import Period
from backend.own_calendars.reading import period_of
from backend.targets.models import SeriesValue, TargetSet
from backend.targets.queries import Line
from backend.targets.rules import Between, Course, Progress, Told, goal_for, in_year, progress
from backend.targets.series import Counted, Said, measured_of, rows_standing, said
from backend.units.queries import NamedUnit

ONE_DAY = timedelta(days=1)
STANDS = ("ratio", "last")
"""Figures that tell how far one is; what adds up tells only what its own period brought."""


@dataclass(frozen=True)
class Judged:
    """One series of an indicator: its latest figure, the period that is of, and how it stands. `value`: what was judged;
    of a target of each year the sum of the year so far."""

    kind: str
    said: Said
    period: Period
    value: Decimal | None
    progress: Progress


Part = Literal["issuer", "below", "hamlet"]


@dataclass(frozen=True)
class Asked:
    """What a unit is judged by. `part`: what the unit is of the whole the targets are set for.

    A rate that is asked of the whole may be asked of a part; a count may not, because nobody has shared it out. Hamlets are
    not rated at all.
    """

    unit: uuid.UUID
    on: date
    between: Between
    counted: Sequence[Counted] = ()
    part: Part = "issuer"
    days: tuple[date, date] | None = None
    """Only figures of periods with any of these days; None: all."""
    since: date | None = None
    """From which day the plan holds."""


def is_within(days: tuple[date, date] | None, row: SeriesValue) -> bool:
    if days is None:
        return True
    period = period_of(row)
    return days[0] <= period.last and period.first <= days[1]


def part_of(of: TargetSet | None, unit: NamedUnit) -> Part:
    if of is None or of.issuer_unit_id == unit.id:
        return "issuer"
    return "hamlet" if unit.kind == "hamlet" else "below"


def judge(session: Session, lines: Sequence[Line], asked: Asked) -> dict[uuid.UUID, list[Judged]]:
    """Indicator -> its series that say anything, measured first."""
    rows = rows_standing(session, [line.indicator.id for line in lines], [asked.unit])
    by_place: dict[tuple[uuid.UUID, str], list[SeriesValue]] = {}
    for row in filter(lambda row: is_within(asked.days, row), rows):
        by_place.setdefault((row.indicator_id, row.kind), []).append(row)
    year = calendars.at("thang", asked.on, "year")
    found: dict[uuid.UUID, list[Judged]] = {}
    counted = measured_of(session, [line.indicator for line in lines], asked.unit, year, asked.counted)
    for line in lines:
        own = found.setdefault(line.indicator.id, [])
        if told_here := counted.get(line.indicator.id):
            own.append(_measured(line, told_here, year, asked))
        for kind in ("declared", "official"):
            if told := by_place.get((line.indicator.id, kind)):
                own.append(_said(line, told, asked))
    return found


def _measured(line: Line, told: Said, year: Period, asked: Asked) -> Judged:
    """The running year, as far as it has been counted."""
    absent = "no_figure" if told.is_hidden else told.absent
    goal = goal_for(line.goals, asked.on.year)
    course = None  # what is counted begins anew every year: it is on its way in the year of the horizon alone
    if asked.since is not None and goal is not None and goal.year == asked.on.year:
        course = Course(max(asked.since, year.first - ONE_DAY), asked.on)
    progress = _progress(line, told.value, asked.on, absent, asked, course)
    return Judged("measured", told, year, told.value, progress)


def _said(line: Line, rows: Sequence[SeriesValue], asked: Asked) -> Judged:
    """By the figure of the latest period; a target of each year by the year so far, up to the last day that is told."""
    dated = sorted(((period_of(row), row) for row in rows), key=lambda one: _end(one[0]))
    period, row = dated[-1]
    goal = goal_for(line.goals, asked.on.year)
    value, on, absent = row.value, asked.on, row.absent
    if goal is not None and goal.basis == "per_year":
        told = [Told(p.first, p.last, r.value) for p, r in dated if r.value is not None]
        value = in_year(told, asked.on.year, line.indicator.additivity)
        on = min(
            asked.on, max((one.last for one in told if one.last.year == asked.on.year), default=asked.on)
        )
        absent = None if value is not None or period.last.year != asked.on.year else row.absent
    course = None
    if asked.since is not None and line.indicator.additivity in STANDS:
        course = Course(asked.since, min(on, period.last))
    return Judged(row.kind, said(row), period, value, _progress(line, value, on, absent, asked, course))


def _end(period: Period) -> tuple[date, date]:
    """By the last day; of two that end together the longer one is later, because it says more."""
    return period.last, date.fromordinal(date.max.toordinal() - period.first.toordinal())


def _progress(
    line: Line, value: Decimal | None, on: date, absent: str | None, asked: Asked, course: Course | None
) -> Progress:
    goal = goal_for(line.goals, on.year)
    if asked.part == "hamlet":
        return Progress("cannot_say", "not_rated", goal)
    if asked.part == "below" and line.indicator.additivity != "ratio" and goal is not None:
        return Progress("cannot_say", "of_the_whole", goal)
    higher = line.indicator.direction == "higher"
    return progress(line.goals, value, on, absent=absent, between=asked.between, higher=higher, course=course)


def warnings(judged: Iterable[Judged]) -> list[Judged]:
    """Those that will likely be missed."""
    return [one for one in judged if one.progress.state == "likely_miss"]
