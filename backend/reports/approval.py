"""The deeds by which a submission goes from hand to hand; every one is a step and a line on the trail."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import parse
from backend.cards import actions as cards
from backend.errors import NotAllowed
from backend.reports import compose, files, rules
from backend.reports.errors import (
    ChildrenMissing,
    DayBeforeSigning,
    MovedOn,
    NumberMissing,
    NumberTaken,
    ParentLocked,
    SamePerson,
    StepNotOpen,
    WordsMissing,
)
from backend.reports.models import REASON, Duty, Report, Step, Submission
from backend.reports.submissions import held, of_subject, open_submission
from backend.reports.words import STATES
from backend.safeguards.audit import Actor, note
from backend.units.queries import named, named_many

__all__ = ["LOCKERS", "Stamp", "of_subject", "open_submission", "played", "take"]

Locker = Callable[[Session, uuid.UUID, Actor], None]


def _nothing_to_lock(session: Session, subject: uuid.UUID, by: Actor) -> None:
    """A report is locked by its submission alone."""


def _lock_card(session: Session, subject: uuid.UUID, by: Actor) -> None:
    cards.lock(session, subject, by)


LOCKERS: dict[str, Locker] = {"report": _nothing_to_lock, "card": _lock_card}
"""What else is locked with a submission of that kind."""


@dataclass(frozen=True)
class Stamp:
    """What the clerk writes on the paper: the number out of the book, and its day. No machine gives numbers."""

    number: str
    on: date


def take(
    session: Session, submission: uuid.UUID, deed: str, by: Actor, *, seen: int, words: str = "",
    stamp: Stamp | None = None,
) -> Submission:  # fmt: skip
    """One step on the way. `seen`: the revision the person had before their eyes.

    Raises ReportUnknown, MovedOn, StepNotOpen, SamePerson, WordsMissing, NumberMissing, NumberTaken,
    DayBeforeSigning, ChildrenMissing, ParentLocked.
    """
    row = held(session, submission)
    words = words.strip()[:REASON]
    if row.revision != seen:
        raise MovedOn
    before = rules.Held(row.state, row.round, played(session, [row])[row.id])
    _check(session, row, before, deed, by, words, stamp)
    _write(row, rules.done(before, deed, _who(by)), deed, by, stamp)
    _tell(session, row, deed, by, words)
    if deed in rules.KEPT_AT and row.subject_kind == "report":
        files.keep(session, row, deed)
    if deed == "lock":
        LOCKERS[row.subject_kind](session, row.subject_id, by)
    return row


def played(session: Session, rows: Iterable[Submission]) -> dict[uuid.UUID, dict[str, frozenset[uuid.UUID]]]:
    """Submission -> part -> everybody who played it in the present round, for all in a fixed number of statements.

    Whoever wrote words that stand in the report is one of its drafters, whoever handed it on.
    """
    known = list(rows)
    rounds = {row.id: row.round for row in known}
    found: dict[uuid.UUID, dict[str, frozenset[uuid.UUID]]] = {of: {} for of in rounds}
    query = select(Step).where(Step.submission_id.in_(list(rounds)), Step.deed.not_in(rules.NEEDS_WORDS))
    for step in session.scalars(query):
        if step.round == rounds[step.submission_id]:
            parts, part = found[step.submission_id], rules.PART_OF[step.deed]
            parts[part] = parts.get(part, frozenset()) | {step.person_id}
    written = compose.writers(session, {row.subject_id for row in known if row.subject_kind == "report"})
    for row in known:
        if people := written.get(row.subject_id):
            found[row.id]["drafter"] = found[row.id].get("drafter", frozenset()) | people
    return found


def _who(by: Actor) -> uuid.UUID:
    """Raises NotAllowed for the worker and the command line: a paper passes through people's hands."""
    if by.id is None:
        raise NotAllowed
    return by.id


def _check(
    session: Session, row: Submission, held: rules.Held[uuid.UUID], deed: str, by: Actor, words: str,
    stamp: Stamp | None,
) -> None:  # fmt: skip
    if rules.leads_to(row.state, deed) is None:
        raise StepNotOpen(state=STATES[row.state])
    if not rules.is_somebody_else(held, deed, _who(by)):
        raise SamePerson
    if deed in rules.NEEDS_WORDS and not words:
        raise WordsMissing
    if deed == "sign" and not words:
        _require_children(session, row)
    if deed == "number":
        _require_stamp(session, row, stamp)
    if deed == "lock" and not words and not _signed_without_them(session, row):
        _require_children(session, row)
    if deed in rules.NEEDS_WORDS and row.state in rules.WITH_ABOVE:
        _require_open_parent(session, row)


def _write(row: Submission, after: rules.Held[uuid.UUID], deed: str, by: Actor, stamp: Stamp | None) -> None:
    row.state, row.round, row.revision = after.state, after.round, row.revision + 1
    if deed in rules.NEEDS_WORDS:
        for part in rules.PARTS:
            setattr(row, f"{part}_id", None)
    else:
        setattr(row, f"{rules.PART_OF[deed]}_id", by.id)
    if deed == "number" and stamp:
        row.number, row.number_on, row.number_year = stamp.number.strip(), stamp.on, stamp.on.year
    if deed == "send":
        row.sent_at = clock.now()
        row.first_sent_at = row.first_sent_at or row.sent_at
    if deed in rules.NEEDS_WORDS:
        row.sent_at = row.number = row.number_on = row.number_year = None  # a new paper gets a new number


def _tell(session: Session, row: Submission, deed: str, by: Actor, words: str) -> None:
    told = words
    if deed == "number" and row.number_on:
        told = f"{row.number} · {row.number_on:%d/%m/%Y}"
    session.add(
        Step(
            submission_id=row.id,
            round=row.round,
            deed=deed,
            state=row.state,
            person_id=_who(by),
            at=clock.now(),
            words=told or None,
        )
    )
    note(session, by, f"report.{deed}", "submission", row.id, unit=row.unit_id, reason=told[:500] or None)
    session.flush()  # the database has its own word about who may play two parts


# --- what a step waits for -------------------------------------------------------------------------------------------


def missing_children(session: Session, row: Submission) -> list[uuid.UUID]:
    """Units that owe this one the same period on any line and have not sent it."""
    if row.subject_kind == "card":
        return _missing_cards(session, row)
    interval = session.scalars(
        select(Duty.interval).join(Report, Report.duty_id == Duty.id).where(Report.id == row.subject_id)
    ).first()
    ends = parse(row.calendar, row.period).last
    duties = select(Duty).where(
        Duty.receiver_id == row.unit_id, Duty.calendar == row.calendar, Duty.interval == interval,
        Duty.valid_from <= ends, or_(Duty.valid_to.is_(None), Duty.valid_to > ends),
    )  # fmt: skip
    expected = {duty.id: duty.unit_id for duty in session.scalars(duties) if duty.unit_id != row.unit_id}
    rows = session.execute(
        select(Report.duty_id, Submission.state)
        .join(Submission, Submission.subject_id == Report.id)
        .where(Report.duty_id.in_(list(expected)), Report.period == row.period)
    )
    states = {row[0]: row[1] for row in rows}
    return sorted({expected[duty] for duty in rules.still_missing(expected, states)})


def _missing_cards(session: Session, row: Submission) -> list[uuid.UUID]:
    below = session.scalars(
        select(Submission).where(
            Submission.subject_kind == "card", Submission.receiver_id == row.unit_id, Submission.line == row.line,
            Submission.calendar == row.calendar, Submission.period == row.period, Submission.unit_id != row.unit_id,
        )
    )  # fmt: skip
    return sorted({one.unit_id for one in below if one.state not in rules.WITH_ABOVE})


def _require_children(session: Session, row: Submission) -> None:
    missing = missing_children(session, row)
    if missing:
        names = named_many(session, missing, clock.today())
        raise ChildrenMissing(units="; ".join(sorted(one.full_name for one in names.values())))


def _require_stamp(session: Session, row: Submission, stamp: Stamp | None) -> None:
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
    """By another report of the unit on the same line in that year, also by one whose paper was given back since."""
    told = select(Step.id).where(
        Step.submission_id == Submission.id, Step.deed == "number",
        Step.words.startswith(f"{stamp.number.strip()} · ", autoescape=True), Step.words.endswith(f"/{stamp.on.year}"),
    )  # fmt: skip
    same = select(Submission.id).where(
        Submission.unit_id == row.unit_id, Submission.line == row.line, Submission.id != row.id, told.exists()
    )
    return session.scalars(same).first() is not None


def _signed_without_them(session: Session, row: Submission) -> bool:
    """Whether the signer of this round said why they did not wait for those below."""
    query = select(Step.words).where(
        Step.submission_id == row.id, Step.round == row.round, Step.deed == "sign", Step.words.is_not(None)
    )
    return session.scalars(query).first() is not None


def _require_open_parent(session: Session, row: Submission) -> None:
    """What was built on this figure is closed, of this period or of a longer one: it must be opened first, in the open."""
    if row.receiver_id == row.unit_id:  # a sheet of its own: nobody builds on it
        return
    own = parse(row.calendar, row.period)
    parents = session.scalars(
        select(Submission).where(
            Submission.unit_id == row.receiver_id, Submission.subject_kind == row.subject_kind,
            Submission.id != row.id, Submission.state == "locked",
        )
    )  # fmt: skip
    for parent in parents:
        its = parse(parent.calendar, parent.period)
        if its.first <= own.first and own.last <= its.last:
            raise ParentLocked(unit=named(session, parent.unit_id, clock.today()).full_name)
