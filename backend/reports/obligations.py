"""What the plans say about reporting, as data, and which unit has which duty by it."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, object_session

from backend import clock
from backend.calendars import Calendar, Interval, Period, choices, interval_of, parse, periods
from backend.calendars import calendar as shipped_calendar
from backend.db.statements import among
from backend.own_calendars.reading import find, usable
from backend.reports.due import Rule, due_day
from backend.reports.errors import (
    CalendarDoesNotFit,
    CalendarNotYours,
    DueDaysWrong,
    DueDayWrong,
    DutyEnded,
    DutyTaken,
    EndDayWrong,
    ObligationUnknown,
    PeriodNotExpected,
    ReportUnknown,
    WordsMissing,
)
from backend.reports.models import DueChange, Duty
from backend.safeguards.audit import Actor, note
from backend.safeguards.reasons import is_reason
from backend.units.models import Unit

PLAIN = ("week", "month", "quarter", "half", "year", "own")
"""Intervals that fall due by the calendar. The others begin when somebody opens one."""
CHOSEN = ("week", "own")
"""No plan names these: an office may ask for them of any report, as for the rounds of a contest."""
OF_A_TERM = {"mid_term": "half_term", "two_and_half_years": "half_term", "term": "term"}
"""What each is in a calendar of terms."""
AD_HOC = "ad_hoc"
USUAL = {"week": "tuan"} | dict.fromkeys(OF_A_TERM, "nhiem-ky")
USUALLY = "thang"


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


def preset_days() -> Rule:
    """The same for weeks and rounds."""
    return Rule(None, is_preset=True, days=_data()["preset"]["due_days"])


def preset_source() -> str:
    return str(_data()["preset"]["source"])


# --- duties of units -------------------------------------------------------------------------------------------------


def give_duty(
    session: Session, *, unit: uuid.UUID, receiver: uuid.UUID, obligation: str, line: str, interval: str,
    since: date, by: Actor, rule: Rule | None = None, calendar: str = "", fills_longer: bool = False,
) -> Duty:  # fmt: skip
    """From `since` on the unit owes these reports; without a rule the preset day holds, marked as such. No `calendar`: the
    usual one of such an interval. `fills_longer`: a longer report of the receiver waits for all of these in its period.

    What no calendar calls for has no day. Raises ObligationUnknown, CalendarUnknown, CalendarDoesNotFit, CalendarNotYours,
    DutyTaken.
    """
    row = shipped().get(obligation)
    if row is None or interval not in (*row.intervals, *CHOSEN) or line not in row.lines:
        raise ObligationUnknown
    of = _calendar_for(session, interval, calendar, {unit, receiver})
    session.execute(select(Unit.id).where(Unit.id == unit).with_for_update())  # two givers, one duty
    still_holds = or_(
        Duty.valid_to.is_(None),
        Duty.valid_to > since,
        (Duty.valid_from == since) & (Duty.receiver_id == receiver),
    )
    same = select(Duty.id).where(
        Duty.unit_id == unit, Duty.obligation == obligation, Duty.line == line, Duty.interval == interval,
        Duty.calendar == of.code, still_holds,
    )  # fmt: skip
    if session.scalars(same).first() is not None:
        raise DutyTaken
    if interval not in PLAIN:
        rule = rule or Rule(None)
    told = rule or (preset_days() if interval in CHOSEN else preset())
    made = Duty(
        unit_id=unit, receiver_id=receiver, obligation=obligation, line=line, calendar=of.code, interval=interval,
        due_day=told.day, due_months=told.months, due_days=told.days, is_preset=told.is_preset, fills_longer=fills_longer,
        valid_from=since,
    )  # fmt: skip
    session.add(made)
    session.flush()  # reports refer to it
    note(
        session,
        by,
        "report.duty",
        "duty",
        made.id,
        unit=unit,
        reason=f"{obligation} {line} {interval} {of.code}"[:200],
    )
    return made


def fits(of: Calendar, interval: str) -> bool:
    """Whether reports of such an interval can be asked for by that calendar; what is ad hoc goes with any."""
    return interval == "ad_hoc" or OF_A_TERM.get(interval, interval) in of.intervals


def _calendar_for(session: Session, interval: str, code: str, units: set[uuid.UUID]) -> Calendar:
    of = find(session, code or USUAL.get(interval, USUALLY))
    if not fits(of, interval):
        raise CalendarDoesNotFit(calendar=of.title)
    if of.code not in {one.code for one in usable(session, units, clock.today())}:
        raise CalendarNotYours
    return of


def calendar_of(duty: Duty) -> Calendar:
    """The calendar by which this duty counts."""
    session = object_session(duty)
    return find(session, duty.calendar) if session else shipped_calendar(duty.calendar)


def set_due(
    session: Session, duty: uuid.UUID, day: int | None, months: int, by: Actor, days: int | None = None
) -> DueChange:
    """The day the receiving office has settled, for the period that runs and those to come. Raises ReportUnknown, DueDayWrong."""
    row = session.scalars(select(Duty).where(Duty.id == duty).with_for_update()).first()
    if row is None:
        raise ReportUnknown
    if (day is not None and not 1 <= day <= 31) or not 0 <= months <= 12:
        raise DueDayWrong
    if days is not None and not 0 <= days <= 366:
        raise DueDaysWrong
    before = len(changes(session, [duty])[duty])
    made = DueChange(
        duty_id=duty, number=before + 1, holds_from=clock.today(), due_day=day, due_months=months, due_days=days,
        person_id=by.id, at=clock.now(),
    )  # fmt: skip
    session.add(made)
    note(
        session,
        by,
        "report.due_day",
        "duty",
        row.id,
        unit=row.unit_id,
        reason=f"{day} +{months}" if days is None else f"+{days}",
    )
    return made


def end_duty(session: Session, duty: uuid.UUID, on: date, reason: str, by: Actor) -> Duty:
    """From that day on it is no longer owed; periods that were over by then still are, so that no past is rewritten.

    Raises ReportUnknown, DutyEnded, EndDayWrong, WordsMissing.
    """
    query = select(Duty).where(Duty.id == duty).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).first()
    if row is None:
        raise ReportUnknown
    today = clock.today()
    if row.valid_to is not None and row.valid_to <= today:
        raise DutyEnded(day=f"{row.valid_to:%d/%m/%Y}")
    if on < max(today, row.valid_from):
        raise EndDayWrong
    if not is_reason(reason):
        raise WordsMissing
    row.valid_to = on
    note(
        session, by, "report.duty_end", "duty", row.id, unit=row.unit_id,
        reason=f"{on:%d/%m/%Y} · {reason.strip()}"[:500],
    )  # fmt: skip
    return row


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
        return Rule(held[-1].due_day, held[-1].due_months, days=held[-1].due_days)
    return Rule(duty.due_day, duty.due_months, duty.is_preset, duty.due_days)


def duties(
    session: Session, *, units: set[uuid.UUID], receivers: set[uuid.UUID], since: date, until: date
) -> list[Duty]:
    """Duties that hold on some day between the two, of these units or towards those."""
    return list(
        session.scalars(
            select(Duty)
            .where(
                or_(among(Duty.unit_id, units), among(Duty.receiver_id, receivers)),
                Duty.valid_from <= until,
                or_(Duty.valid_to.is_(None), Duty.valid_to > since),
            )
            .order_by(Duty.obligation, Duty.id)
        )
    )


Ends = Mapping[uuid.UUID, date]
"""Duty -> the first day on which it no longer holds, of those that end."""


def ends_of(session: Session, found: Iterable[Duty]) -> dict[uuid.UUID, date]:
    """A duty ends on its day, or with the unit that owes it or the one that is owed. One statement."""
    known = list(found)
    units = {unit for duty in known for unit in (duty.unit_id, duty.receiver_id)}
    rows = session.execute(
        select(Unit.id, Unit.valid_to).where(among(Unit.id, units), Unit.valid_to.is_not(None))
    )
    gone = {unit: day for unit, day in rows if day is not None}
    ends: dict[uuid.UUID, date] = {}
    for duty in known:
        days = [duty.valid_to, gone.get(duty.unit_id), gone.get(duty.receiver_id)]
        if told := [day for day in days if day is not None]:
            ends[duty.id] = min(told)
    return ends


def falls_by_calendar(duty: Duty) -> bool:
    return duty.interval in PLAIN


def offered(duty: Duty) -> list[Period]:
    """The periods one may be begun for, the running one first: of a term the term itself or its halves, of what is ad hoc
    every length."""
    of, today = calendar_of(duty), clock.today()
    own = OF_A_TERM.get(duty.interval, duty.interval)
    lengths = [own] if own != AD_HOC else list(reversed(of.intervals))
    found = [one for length in lengths for one in choices(of, cast(Interval, length), today, 2)]
    return [one for one in found if _is_asked(duty, one)]


def _is_asked(duty: Duty, period: Period) -> bool:
    """In the middle of a term its first half is looked back on."""
    return duty.interval != "mid_term" or period.code.endswith("H1")


def expected(duty: Duty, changed: Changes, since: date, until: date, end: date | None = None) -> list[Period]:
    """The periods whose reports fall due between two days; none for what no calendar calls for. `end`: of `ends_of`."""
    if duty.interval not in PLAIN:
        return []
    first = max(duty.valid_from, since.replace(day=1, year=since.year - 1))
    found = periods(calendar_of(duty), first, until, cast(Interval, duty.interval))
    return [one for one in found if _holds(duty, one, end) and _falls(duty, changed, one, since, until)]


def _holds(duty: Duty, period: Period, end: date | None) -> bool:
    """What was owed before the duty ended stays owed."""
    return duty.valid_from <= period.last and (end is None or end > period.last)


def _falls(duty: Duty, changed: Changes, period: Period, since: date, until: date) -> bool:
    due = due_day(period, rule_of(duty, changed, period.last))
    return since <= (due or period.last) <= until


def period_of(duty: Duty, code: str) -> Period:
    """A period this duty is about. Raises PeriodUnknown, PeriodNotExpected."""
    found = parse(calendar_of(duty), code)
    length = OF_A_TERM.get(duty.interval, duty.interval)
    is_one = length == "ad_hoc" or (interval_of(found) == length and _is_asked(duty, found))
    if not is_one or found.last < duty.valid_from or found.first > clock.today() or _is_over(duty, found):
        raise PeriodNotExpected
    return found


def _is_over(duty: Duty, period: Period) -> bool:
    """Whether the duty no longer held at the end of the period; of what no calendar calls for, whether it holds no more."""
    session = object_session(duty)
    end = ends_of(session, [duty]).get(duty.id) if session else duty.valid_to
    return end is not None and end <= (period.last if falls_by_calendar(duty) else clock.today())
