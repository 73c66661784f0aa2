"""What is owed, by whom, until when, and how far it has come."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period, title
from backend.db.statements import among
from backend.own_calendars.reading import period_of
from backend.reports.due import Expected, Punctuality, Rule, due_day, punctuality
from backend.reports.models import Duty, Report, Step, Submission
from backend.reports.obligations import (
    Changes,
    Obligation,
    changes,
    duties,
    ends_of,
    expected,
    falls_by_calendar,
    offered,
    rule_of,
    shipped,
)
from backend.reports.rules import NEEDS_WORDS, WITH_ABOVE
from backend.reports.upward_models import ReportAnswer
from backend.units.queries import NamedUnit, named_to_the_last

BACK, AHEAD = timedelta(days=200), timedelta(days=45)
A_YEAR = timedelta(days=366)
REMIND_DAYS = 7


@dataclass(frozen=True)
class Owed:
    """One report that somebody owes, with what has become of it."""

    duty: Duty
    obligation: Obligation
    unit: NamedUnit
    receiver: NamedUnit
    period: Period
    due: date | None
    is_guess: bool
    """Nobody had confirmed that day by the end of the period."""
    rule: Rule
    """By which the next ones are due."""
    report: uuid.UUID | None
    submission: Submission | None

    @property
    def title(self) -> str:
        return f"{self.obligation.title}, {title(self.period)[:1].lower()}{title(self.period)[1:]}"

    @property
    def receiver_words(self) -> str:
        """A sheet for the national system goes to no unit of the tree."""
        return self.obligation.receiver if self.obligation.form == "sheet" else self.receiver.heading

    @property
    def state(self) -> str | None:
        """None: nobody has begun."""
        return self.submission.state if self.submission else None

    @property
    def kept(self) -> Expected:
        row = self.submission
        sent = clock.local_day(row.first_sent_at) if row and row.first_sent_at else None
        return Expected(self.due, sent, bool(row and row.state in WITH_ABOVE))

    @property
    def is_late(self) -> bool:
        return self.kept.is_late(clock.today())

    @property
    def is_near(self) -> bool:
        return self.kept.is_near(clock.today(), REMIND_DAYS)


def owed(session: Session, units: set[uuid.UUID], receivers: set[uuid.UUID]) -> list[Owed]:
    """What these units owe or are owed, due from half a year back to the coming weeks, by its day; a fixed number of statements."""
    today = clock.today()
    found = duties(session, units=units, receivers=receivers, since=today - BACK - A_YEAR, until=today)
    changed, ends = changes(session, [duty.id for duty in found]), ends_of(session, found)
    wanted = [
        (duty, one)
        for duty in found
        for one in expected(duty, changed[duty.id], today - BACK, today + AHEAD, ends.get(duty.id))
    ]
    wanted += _begun(session, {duty.id: duty for duty in found if not falls_by_calendar(duty)})
    return sorted(
        _joined(session, wanted, changed), key=lambda one: (one.due or one.period.last, one.unit.code)
    )


def owed_for(session: Session, units: set[uuid.UUID], receivers: set[uuid.UUID], year: int) -> list[Owed]:
    """The same for every period that ends in a year and has fallen due by today."""
    today, first = clock.today(), date(year, 1, 1)
    found = duties(session, units=units, receivers=receivers, since=first - A_YEAR, until=today)
    changed, ends = changes(session, [duty.id for duty in found]), ends_of(session, found)
    wanted = [
        (duty, one)
        for duty in found
        for one in expected(duty, changed[duty.id], first, today, ends.get(duty.id))
        if one.last.year == year
    ]
    return _joined(session, wanted, changed)


def _begun(session: Session, called: dict[uuid.UUID, Duty]) -> list[tuple[Duty, Period]]:
    """Reports no calendar calls for, once somebody has begun one."""
    rows = session.scalars(select(Report).where(Report.duty_id.in_(list(called))))
    return [(called[row.duty_id], period_of(row)) for row in rows]


def standing(session: Session, units: set[uuid.UUID], receivers: set[uuid.UUID]) -> list[Owed]:
    """Every duty of these units or towards those that holds today, with the running period, however far its day is."""
    today = clock.today()
    found = duties(session, units=units, receivers=receivers, since=today, until=today)
    ends = ends_of(session, found)
    holding = [one for one in found if ends.get(one.id, date.max) > today]
    return _joined(session, [(one, periods[0]) for one in holding if (periods := offered(one))])


def on_call(rows: Iterable[Owed], units: set[uuid.UUID]) -> list[Owed]:
    """Of those standing what these units begin when somebody asks for it: mid-term, end of term, ad hoc."""
    return [one for one in rows if one.unit.id in units and not falls_by_calendar(one.duty)]


def owed_one(session: Session, report: Report) -> Owed:
    duty = session.get_one(Duty, report.duty_id)
    return _joined(session, [(duty, period_of(report))])[0]


def _joined(
    session: Session,
    wanted: Sequence[tuple[Duty, Period]],
    changed: Mapping[uuid.UUID, Changes] | None = None,
) -> list[Owed]:
    ids, today = {duty.id for duty, _ in wanted}, clock.today()
    changed = changes(session, ids) if changed is None else changed
    rows = session.execute(
        select(Report, Submission)
        .join(Submission, (Submission.subject_id == Report.id) & (Submission.subject_kind == "report"))
        .where(among(Report.duty_id, ids))
    )
    known = {(report.duty_id, report.period): (report.id, submission) for report, submission in rows}
    units = {unit for duty, _ in wanted for unit in (duty.unit_id, duty.receiver_id)}
    names = named_to_the_last(session, units, today)
    found = []
    for duty, period in wanted:
        if duty.unit_id in names and duty.receiver_id in names:
            its, now = (rule_of(duty, changed[duty.id], day) for day in (period.last, today))
            found.append(
                Owed(
                    duty, shipped()[duty.obligation], names[duty.unit_id], names[duty.receiver_id], period,
                    due_day(period, its), its.is_preset, now, *known.get((duty.id, period.code), (None, None)),
                )
            )  # fmt: skip
    return found


def kept_by_unit(rows: Iterable[Owed]) -> list[tuple[NamedUnit, Punctuality]]:
    """Expected, sent and in time of each unit, for what is due by today; in the order of units, not of merit."""
    today, found = clock.today(), dict[NamedUnit, list[Expected]]()
    for one in rows:
        if one.due and one.due <= today:
            found.setdefault(one.unit, []).append(one.kept)
    return [(unit, punctuality(kept)) for unit, kept in sorted(found.items(), key=lambda row: row[0].code)]


def late_list(rows: Iterable[Owed]) -> str:
    """Plain text to paste into a group chat: units and what is due, never a person."""
    groups: dict[tuple[date, str], list[str]] = {}
    for one in rows:
        if one.is_late and one.due:
            groups.setdefault((one.due, one.title), []).append(one.unit.heading)
    lines: list[str] = []
    for (due, what), names in sorted(groups.items()):
        lines += [f"{what} (hạn {due:%d/%m/%Y}), chưa nhận được của:"]
        lines += [f"{number}. {name}" for number, name in enumerate(sorted(names), start=1)] + [""]
    return "\n".join(lines).strip()


def sister(session: Session, report: Report, duty: Duty) -> tuple[Report, Submission] | None:
    """The report of the same unit, period and interval on the other line."""
    row = session.execute(
        select(Report, Submission)
        .join(Duty, Duty.id == Report.duty_id)
        .join(Submission, (Submission.subject_id == Report.id) & (Submission.subject_kind == "report"))
        .where(
            Duty.unit_id == duty.unit_id,
            Duty.line != duty.line,
            Duty.interval == duty.interval,
            Report.calendar == report.calendar,
            Report.period == report.period,
        )
        .order_by(Report.id)
    ).first()
    return None if row is None else (row[0], row[1])


# --- one submission -----------------------------------------------------------------------------------------------


def submission(session: Session, submission_id: uuid.UUID) -> Submission | None:
    return session.get(Submission, submission_id)


def steps(session: Session, submission_id: uuid.UUID) -> list[Step]:
    """Oldest first."""
    query = select(Step).where(Step.submission_id == submission_id).order_by(Step.at, Step.id)
    return list(session.scalars(query))


def last_words(session: Session, row: Submission) -> str:
    """Why it was given back or opened again."""
    told = [
        (step.at, step.words) for step in steps(session, row.id) if step.deed in NEEDS_WORDS and step.words
    ]
    query = select(ReportAnswer.decided_at, ReportAnswer.words).where(
        ReportAnswer.submission_id == row.id, ReportAnswer.outcome == "returned"
    )
    told += [(at, words) for at, words in session.execute(query)]
    return max(told)[1] if told else ""


def waiting(session: Session, units: set[uuid.UUID], receivers: set[uuid.UUID]) -> list[Submission]:
    """Everything on its way out of these units or into those, oldest first."""
    query = select(Submission).where(
        among(Submission.unit_id, units) | among(Submission.receiver_id, receivers),
        Submission.state != "locked",
    )
    return list(session.scalars(query.order_by(Submission.id)))
