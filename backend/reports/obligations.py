"""What the plans say about reporting, as data, and which unit has which duty by it."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Interval, Period, calendar, choices, interval_of, parse, periods
from backend.reports.due import Rule, due_day
from backend.reports.errors import (
    DueDayWrong,
    DutyTaken,
    ObligationUnknown,
    PeriodNotExpected,
    ReportUnknown,
)
from backend.reports.models import DueChange, Duty
from backend.safeguards.audit import Actor, note

PLAIN = ("month", "quarter", "half", "year")
"""Intervals that fall due by the calendar. The others begin when somebody opens one."""


@dataclass(frozen=True)
class Obligation:
    """A row of obligations.yaml. `form`: report, interim or final review, or a sheet for the national system."""

    code: str
    title: str
    sender: str
    receiver: str
    intervals: tuple[str, ...]
    lines: tuple[str, ...]
    form: str
    source: str
    note: str = ""
    sheet: str = ""
    subject: str = ""


@cache
def _data() -> dict[str, Any]:
    text = Path(__file__).with_name("obligations.yaml").read_text(encoding="utf-8")
    return cast(dict[str, Any], yaml.safe_load(text))


@cache
def shipped() -> dict[str, Obligation]:
    """Every row, by its code; contradicting plans stand beside each other."""
    return {row["code"]: _obligation(row) for row in _data()["obligations"]}


def _obligation(row: dict[str, Any]) -> Obligation:
    bodies, plans, source = _data()["bodies"], _data()["plans"], row["source"]
    place = f", mục {source['place']}" if source["place"] else ""
    return Obligation(
        row["code"], row["title"], bodies[row["sender"]], bodies[row["receiver"]], tuple(row["intervals"]),
        tuple(row["lines"]), row["form"], f"{plans[source['plan']]}{place}", row.get("note", ""), row.get("sheet", ""),
        row.get("subject", _data()["subject"]),
    )  # fmt: skip


def preset() -> Rule:
    """The day nobody has confirmed; see the file."""
    return Rule(_data()["preset"]["due_day"], _data()["preset"]["due_months"], is_preset=True)


def preset_source() -> str:
    return str(_data()["preset"]["source"])


# --- duties of units -------------------------------------------------------------------------------------------------


def give_duty(
    session: Session, *, unit: uuid.UUID, receiver: uuid.UUID, obligation: str, line: str, interval: str,
    since: date, by: Actor, rule: Rule | None = None, calendar: str = "thang",
) -> Duty:  # fmt: skip
    """From `since` on the unit owes these reports; without a rule the preset day holds, marked as such.

    What no calendar calls for has no day. Raises ObligationUnknown, DutyTaken.
    """
    row = shipped().get(obligation)
    if row is None or interval not in row.intervals or line not in row.lines:
        raise ObligationUnknown
    same = select(Duty.id).where(
        Duty.unit_id == unit, Duty.obligation == obligation, Duty.line == line, Duty.interval == interval
    )
    if session.scalars(same).first() is not None:
        raise DutyTaken
    if interval not in PLAIN:
        rule = rule or Rule(None)
    told = rule or preset()
    made = Duty(
        unit_id=unit, receiver_id=receiver, obligation=obligation, line=line, calendar=calendar, interval=interval,
        due_day=told.day, due_months=told.months, is_preset=told.is_preset, valid_from=since,
    )  # fmt: skip
    session.add(made)
    session.flush()  # reports refer to it
    note(session, by, "report.duty", "duty", made.id, unit=unit, reason=f"{obligation} {line} {interval}")
    return made


def set_due(session: Session, duty: uuid.UUID, day: int | None, months: int, by: Actor) -> DueChange:
    """The day the receiving office has settled, for the period that runs and those to come. Raises ReportUnknown, DueDayWrong."""
    row = session.scalars(select(Duty).where(Duty.id == duty).with_for_update()).first()
    if row is None:
        raise ReportUnknown
    if (day is not None and not 1 <= day <= 31) or not 0 <= months <= 12:
        raise DueDayWrong
    before = len(changes(session, [duty])[duty])
    made = DueChange(
        duty_id=duty, number=before + 1, holds_from=clock.today(), due_day=day, due_months=months, person_id=by.id,
        at=clock.now(),
    )  # fmt: skip
    session.add(made)
    note(session, by, "report.due_day", "duty", row.id, unit=row.unit_id, reason=f"{day} +{months}")
    return made


Changes = Sequence[DueChange]
"""Of one duty, the earliest first."""


def changes(session: Session, of: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[DueChange]]:
    """Duty -> how its day was changed."""
    found: dict[uuid.UUID, list[DueChange]] = {duty: [] for duty in of}
    query = select(DueChange).where(DueChange.duty_id.in_(list(found)))
    for row in session.scalars(query.order_by(DueChange.number)):
        found[row.duty_id].append(row)
    return found


def rule_of(duty: Duty, changed: Changes, on: date) -> Rule:
    """The rule of a period that ends on that day: a later change does not make what was late timely."""
    held = [one for one in changed if one.holds_from <= on]
    if held:
        return Rule(held[-1].due_day, held[-1].due_months)
    return Rule(duty.due_day, duty.due_months, duty.is_preset)


def duties(
    session: Session, *, units: set[uuid.UUID], receivers: set[uuid.UUID], since: date, until: date
) -> list[Duty]:
    """Duties that hold on some day between the two, of these units or towards those."""
    return list(
        session.scalars(
            select(Duty)
            .where(
                or_(Duty.unit_id.in_(list(units)), Duty.receiver_id.in_(list(receivers))),
                Duty.valid_from <= until,
                or_(Duty.valid_to.is_(None), Duty.valid_to > since),
            )
            .order_by(Duty.obligation, Duty.id)
        )
    )


def falls_by_calendar(duty: Duty) -> bool:
    return duty.interval in PLAIN


def offered(duty: Duty) -> list[Period]:
    """The periods one may be begun for where no calendar calls: the running ones of every length and those before."""
    of = calendar(duty.calendar)
    return [one for interval in reversed(of.intervals) for one in choices(of, interval, clock.today(), 2)]


def expected(duty: Duty, changed: Changes, since: date, until: date) -> list[Period]:
    """The periods whose reports fall due between two days; none for what no calendar calls for."""
    if duty.interval not in PLAIN:
        return []
    first = max(duty.valid_from, since.replace(day=1, year=since.year - 1))
    found = periods(duty.calendar, first, until, cast(Interval, duty.interval))
    return [one for one in found if _holds(duty, one) and _falls(duty, changed, one, since, until)]


def _holds(duty: Duty, period: Period) -> bool:
    """What was owed before the duty ended stays owed."""
    return duty.valid_from <= period.last and (duty.valid_to is None or duty.valid_to > period.last)


def _falls(duty: Duty, changed: Changes, period: Period, since: date, until: date) -> bool:
    due = due_day(period, rule_of(duty, changed, period.last))
    return since <= (due or period.last) <= until


def period_of(duty: Duty, code: str) -> Period:
    """A period this duty is about. Raises PeriodUnknown, PeriodNotExpected."""
    found = parse(duty.calendar, code)
    is_one = duty.interval not in PLAIN or interval_of(found) == duty.interval
    if not is_one or found.last < duty.valid_from or found.first > clock.today():
        raise PeriodNotExpected
    return found
