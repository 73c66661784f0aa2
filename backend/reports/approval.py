"""The deeds by which a submission goes from hand to hand; every one is a step and a line on the trail."""

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import NotAllowed
from backend.reports import card_flow, compose, files, rules, upward, waits
from backend.reports.errors import MovedOn, SamePerson, StepNotOpen, WordsMissing
from backend.reports.models import REASON, Step, Submission
from backend.reports.rules import Stamp
from backend.reports.submissions import held, of_subject, open_submission
from backend.reports.waits import missing_children
from backend.reports.words import STATES
from backend.safeguards.audit import Actor, note
from backend.safeguards.reasons import is_reason

__all__ = ["Stamp", "missing_children", "of_subject", "open_submission", "played", "take"]


def take(
    session: Session, submission: uuid.UUID, deed: str, by: Actor, *, seen: int, words: str = "",
    stamp: Stamp | None = None, sample: bool = False,
) -> Submission:  # fmt: skip
    """One step on the way. `seen`: the revision the person had before their eyes; `sample`: files made for another node say
    that they are of a demo.

    Raises ReportUnknown, MovedOn, StepNotOpen, SamePerson, WordsMissing, NumberMissing, NumberTaken,
    DayBeforeSigning, ChildrenMissing, ParentLocked, AnsweredAbove, TextNamesSomebody; of a card that is locked also AppealOpen, AppealRunning.
    """
    row = held(session, submission)
    words = words.strip()[:REASON]
    if row.revision != seen:
        raise MovedOn
    before = rules.Held(row.state, row.round, played(session, [row])[row.id])
    _check(session, row, before, deed, by, words, stamp)
    upward.before_step(session, row, deed)
    was = row.state
    _write(row, rules.done(before, deed, _who(by)), deed, by, stamp)
    if row.subject_kind == "card" and deed == "draft":
        card_flow.hand_on(session, row)
    _tell(session, row, deed, by, words)
    if deed in rules.KEPT_AT:
        files.keep(session, row, deed)
    upward.after_step(session, row, deed, words, before.round, sample)
    if row.subject_kind == "card":
        card_flow.after_step(session, row, deed, was, by, words)
    return row


def played(session: Session, rows: Iterable[Submission]) -> dict[uuid.UUID, dict[str, frozenset[uuid.UUID]]]:
    """Submission -> part -> everybody who played it in the present round, for all in a fixed number of statements.

    Whoever wrote at the report, or made the card that is carried, is one of the drafters, whoever handed it on.
    """
    known = list(rows)
    rounds = {row.id: row.round for row in known}
    found: dict[uuid.UUID, dict[str, frozenset[uuid.UUID]]] = {of: {} for of in rounds}
    query = select(Step).where(Step.submission_id.in_(list(rounds)), Step.deed.not_in(rules.NEEDS_WORDS))
    for step in session.scalars(query):
        if step.round == rounds[step.submission_id]:
            parts, part = found[step.submission_id], rules.PART_OF[step.deed]
            parts[part] = parts.get(part, frozenset()) | {step.person_id}
    written = compose.writers(session, [row.subject_id for row in known if row.subject_kind == "report"])
    made = card_flow.hands(session, [row for row in known if row.subject_kind == "card"])
    for row in known:
        if people := written.get(row.subject_id) or made.get(row.id):
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
    if (words or deed in rules.NEEDS_WORDS) and not is_reason(words):
        raise WordsMissing
    if deed == "sign" and not words:
        waits.require_children(session, row)
    if deed == "number":
        waits.require_stamp(session, row, stamp)
    if deed == "lock" and not words and not waits.signed_without_them(session, row):
        waits.require_children(session, row)
    if deed in rules.NEEDS_WORDS and row.state in rules.WITH_ABOVE:
        waits.require_open_parent(session, row)


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
