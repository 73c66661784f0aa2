"""Who is responsible for a household at a moment. Pure functions over what was written down with its dates."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.clock import local_day
from backend.units.lineage import Lineage

Stay = tuple[uuid.UUID, date, date | None]
"""(hamlet, from, to); `to` is the first day it no longer holds."""
Duty = tuple[uuid.UUID, datetime, datetime | None]
"""(team, from, to)"""


@dataclass(frozen=True)
class History:
    """Where a household was and which teams had it, the oldest first."""

    household: uuid.UUID
    made_at: datetime
    merged_into: uuid.UUID | None
    stays: Sequence[Stay]
    duties: Sequence[Duty]


@dataclass(frozen=True)
class Responsible:
    """`household` is the one that stands today; hamlet and team are those of the moment asked for."""

    household: uuid.UUID
    hamlet: uuid.UUID
    team: uuid.UUID | None


class Histories:
    """The histories of some households and of those they were merged into; ask one of these for a batch."""

    def __init__(self, histories: Iterable[History], lineage: Lineage) -> None:
        self._by_id: Mapping[uuid.UUID, History] = {history.household: history for history in histories}
        self._lineage = lineage

    def __contains__(self, household: uuid.UUID) -> bool:
        return household in self._by_id

    def standing(self, household: uuid.UUID) -> uuid.UUID:
        """The household itself, or the one that stands for it since they were merged."""
        while (into := self._by_id[household].merged_into) is not None:
            household = into
        return household

    def at(self, household: uuid.UUID, moment: datetime) -> Responsible:
        """Hamlet and team of that moment, whatever was moved, reassigned or merged since.

        A moment before the household was known here is a clock gone wrong: what held first counts. A household merged
        into another has its own history until then, and the other one's after. Raises KeyError for an unknown one.
        """
        history = self._by_id[household]
        moment = max(moment, history.made_at)
        day = local_day(moment)
        hamlet, team = _held(history.stays, day), _held(history.duties, moment)
        if history.merged_into is not None:
            other = self.at(history.merged_into, moment)
            hamlet, team = hamlet or other.hamlet, team or other.team
        return Responsible(
            self.standing(household),
            on_day(self._lineage, hamlet or history.stays[0][0], day),
            None if team is None else on_day(self._lineage, team, day),
        )


def _held(rows: Iterable[tuple[uuid.UUID, date, date | None]], when: date) -> uuid.UUID | None:
    return next(
        (what for what, since, until in rows if since <= when and (until is None or when < until)), None
    )


def on_day(lineage: Lineage, unit: uuid.UUID, day: date) -> uuid.UUID:
    """The unit that stood for this one on that day: itself until it went into another."""
    while (step := lineage.next(unit)) is not None and step.holds_from <= day:
        unit = step.target
    return unit


def week_of(day: date) -> str:
    """'2026-W47': the ISO week, which begins on Monday."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def next_code(hamlet_code: str, last: str | None) -> str:
    """'05752-T01-H001' for the first of a hamlet; `last` is the highest given there so far. A number is never reused."""
    number = int(last.rpartition("-H")[2]) + 1 if last else 1
    return f"{hamlet_code}-H{number:03d}"
