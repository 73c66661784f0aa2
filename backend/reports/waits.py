"""What a step waits for: those below before those above, a number out of the book, and nothing pulled out from under a
closed figure."""

import uuid
from typing import cast

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Interval, Period, periods
from backend.cards.models import Card
from backend.db.statements import among
from backend.own_calendars.reading import period_of
from backend.reports import rules
from backend.reports.errors import ChildrenMissing, DayBeforeSigning, NumberMissing, NumberTaken, ParentLocked
from backend.reports.models import Duty, Report, Step, Submission
from backend.reports.obligations import calendar_of, falls_by_calendar
from backend.reports.rules import Stamp
from backend.units.models import Unit, UnitLink
from backend.units.queries import named_at_last, named_to_the_last
from backend.units.trees import holds_on

# --- those below ---------------------------------------------------------------------------------------------------


def missing_children(session: Session, row: Submission) -> list[uuid.UUID]:
    """Units that owe this one a report of its period, or have opened a scorecard of it, and have not sent it."""
    period = period_of(row)
    if row.subject_kind == "card":
        card = session.get(Card, row.subject_id)
        return sorted(_cards_below(session, row, period, card.template if card else ""))
    return sorted(_reports_below(session, row, period) | _cards_below(session, row, period))


def require_children(session: Session, row: Submission) -> None:
    """Raises ChildrenMissing."""
    missing = missing_children(session, row)
    if missing:
        names = named_to_the_last(session, missing, clock.today())
        raise ChildrenMissing(units="; ".join(sorted(one.full_name for one in names.values())))


def _reports_below(session: Session, row: Submission, period: Period) -> set[uuid.UUID]:
    own = session.scalars(
        select(Duty.interval).join(Report, Report.duty_id == Duty.id).where(Report.id == row.subject_id)
    ).one()
    duties = select(Duty).where(
        Duty.receiver_id == row.unit_id, Duty.unit_id != row.unit_id, Duty.valid_from <= period.last,
        or_(Duty.valid_to.is_(None), Duty.valid_to > period.last),
        ((Duty.calendar == row.calendar) & (Duty.interval == own)) | Duty.fills_longer,
        Duty.unit_id.in_(_still_there(period)),
    )  # fmt: skip
    owing = {duty.id: duty for duty in session.scalars(duties)}
    alike = {duty.id for duty in owing.values() if (duty.calendar, duty.interval) == (row.calendar, own)}
    expected = {
        (duty.id, code): duty.unit_id
        for duty in owing.values()
        for code in ([period.code] if duty.id in alike else _filling(duty, period))
    }
    rows = session.execute(
        select(Report.duty_id, Report.period, Submission.state)
        .join(Submission, (Submission.subject_id == Report.id) & (Submission.subject_kind == "report"))
        .where(among(Report.duty_id, owing))
    )
    states = {(duty, code): state for duty, code, state in rows}
    return {expected[one] for one in rules.still_missing(expected, states)}


def _still_there(period: Period) -> Select[uuid.UUID]:
    """Units that can still send: nobody waits for one that ended within the period, or since."""
    day = max(period.last, clock.today())
    return select(Unit.id).where(or_(Unit.valid_to.is_(None), Unit.valid_to > day))


def _filling(duty: Duty, period: Period) -> list[str]:
    """The shorter periods of the duty that lie within this one, from the day it holds."""
    if not falls_by_calendar(duty):
        return []
    within = periods(calendar_of(duty), period.first, period.last, cast(Interval, duty.interval))
    return [
        one.code
        for one in within
        if _lies_in(one, period) and one.last >= duty.valid_from and (one.first, one.last) != (period.first, period.last)
    ]  # fmt: skip


def _cards_below(
    session: Session, row: Submission, period: Period, template: str | None = None
) -> set[uuid.UUID]:
    """Whose card of a period within this one was opened right below, and has reached this unit on no line; of a card only
    those of its own template and line."""
    below = select(UnitLink.unit_id).where(
        UnitLink.parent_id == row.unit_id, UnitLink.tree == "territory", holds_on(UnitLink, min(period.last, clock.today()))
    )  # fmt: skip
    query = select(Card).where(
        Card.unit_id.in_(below), Card.unit_id.in_(_still_there(period)), Card.calendar == row.calendar
    )
    if template is not None:
        query = query.where(Card.template == template, Card.period == row.period)
    opened = {card.id: card.unit_id for card in session.scalars(query) if _lies_in(period_of(card), period)}
    sent = select(Submission.subject_id).where(
        Submission.subject_kind == "card", Submission.receiver_id == row.unit_id,
        among(Submission.subject_id, opened), Submission.state.in_(rules.WITH_ABOVE),
    )  # fmt: skip
    if template is not None:
        sent = sent.where(Submission.line == row.line)
    there = set(session.scalars(sent))
    return {unit for card, unit in opened.items() if card not in there}


def _lies_in(inner: Period, outer: Period) -> bool:
    return outer.first <= inner.first and inner.last <= outer.last


# --- those above ---------------------------------------------------------------------------------------------------


def signed_without_them(session: Session, row: Submission) -> bool:
    """Whether the signer of this round said why they did not wait for those below."""
    query = select(Step.words).where(
        Step.submission_id == row.id, Step.round == row.round, Step.deed == "sign", Step.words.is_not(None)
    )
    return session.scalars(query).first() is not None


def require_open_parent(session: Session, row: Submission) -> None:
    """What was built on this figure is closed, of this period or of a longer one: it must be opened first, in the open.

    A report is built on reports; on a scorecard both are. Raises ParentLocked.
    """
    if row.receiver_id == row.unit_id:  # a sheet of its own: nobody builds on it
        return
    own = period_of(row)
    kinds = rules.SUBJECTS if row.subject_kind == "card" else ("report",)
    parents = session.scalars(
        select(Submission).where(
            Submission.unit_id == row.receiver_id, Submission.subject_kind.in_(kinds), Submission.id != row.id,
            Submission.state == "locked",
        )
    )  # fmt: skip
    for parent in parents:
        if _lies_in(own, period_of(parent)):
            raise ParentLocked(unit=named_at_last(session, parent.unit_id, clock.today()).full_name)


# --- the number ----------------------------------------------------------------------------------------------------


def require_stamp(session: Session, row: Submission, stamp: Stamp | None) -> None:
    """Raises NumberMissing, DayBeforeSigning, NumberTaken."""
    if stamp is None or not stamp.number.strip():
        raise NumberMissing
    signed = session.scalars(
        select(Step.at).where(Step.submission_id == row.id, Step.deed == "sign").order_by(Step.at.desc())
    ).first()
    if stamp.on > clock.today() or (signed and stamp.on < clock.local_day(signed)):
        raise DayBeforeSigning
    if _is_taken(session, row, stamp):
        raise NumberTaken(number=stamp.number.strip(), year=stamp.on.year)


def _is_taken(session: Session, row: Submission, stamp: Stamp) -> bool:
    """By another paper of the unit on the same line in that year, also by one that was given back since."""
    told = select(Step.id).where(
        Step.submission_id == Submission.id, Step.deed == "number",
        Step.words.startswith(f"{stamp.number.strip()} · ", autoescape=True), Step.words.endswith(f"/{stamp.on.year}"),
    )  # fmt: skip
    same = select(Submission.id).where(
        Submission.unit_id == row.unit_id, Submission.line == row.line, Submission.id != row.id, told.exists()
    )
    return session.scalars(same).first() is not None
