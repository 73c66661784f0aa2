"""What people do with an inspection file: plan it, decide it, write findings, conclude, publish, answer, accept."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import NotFound
from backend.inspection import rules, subjects
from backend.inspection.errors import (
    AnswerMissing,
    CommitteeDecides,
    ConclusionIncomplete,
    DaysOver,
    DaysWrong,
    FileChanged,
    FileClosed,
    FileIncomplete,
    FindingIncomplete,
    NotOneOfTheTeam,
    NumberTaken,
    OutOfReach,
    PaperMissing,
    PlannerDecides,
    RemedyIncomplete,
    SubjectUnknown,
)
from backend.inspection.models import (
    LONG,
    NUMBER,
    TITLE,
    WORDS,
    InspectionFile,
    InspectionFinding,
    InspectionMember,
    InspectionScope,
)
from backend.people.models import RoleGrant
from backend.safeguards.audit import Actor, note
from backend.units.models import TREES
from backend.units.trees import holds_on, subtree

ROLE = "inspector"
WHY_NOT = {
    "words": FileIncomplete, "empty": FileIncomplete, "days": DaysWrong, "reach": OutOfReach, "paper": PaperMissing,
    "past": DaysOver,
}  # fmt: skip


@dataclass(frozen=True)
class Planned:
    """A line of the programme. `team`: the first of them leads."""

    title: str
    reason: str
    planned_for: date
    first: date
    last: date
    units: tuple[uuid.UUID, ...]
    materials: tuple[str, ...]
    team: tuple[uuid.UUID, ...]


@dataclass(frozen=True)
class Found:
    """A finding as it is written down."""

    unit: uuid.UUID
    kind: str
    subject_kind: str
    words: str
    subject_id: str = ""
    criterion: str = ""
    period: str = ""
    remedy: str = ""
    remedy_due: date | None = None


def reach_of(session: Session, unit: uuid.UUID) -> set[uuid.UUID]:
    """Whom a body may inspect: itself and everything below it in whatever line."""
    return set().union(*(subtree(session, unit, clock.today(), tree) for tree in TREES))


def plan(session: Session, unit: uuid.UUID, told: Planned, by: Actor) -> uuid.UUID:
    """A new line in the body's programme. Raises FileIncomplete, DaysWrong, OutOfReach, NotOneOfTheTeam."""
    days = (told.first, told.last)
    reach = reach_of(session, unit)
    why = rules.why_not_plan(
        told.title, told.reason, days, told.units, reach, told.materials, team=len(told.team)
    )
    if why:
        raise WHY_NOT[why]
    _check_team(session, told.team)
    made = InspectionFile(
        unit_id=unit, title=told.title[:TITLE], reason=told.reason[:WORDS], materials=sorted(set(told.materials)),
        first=told.first, last=told.last, planned_for=told.planned_for, made_at=clock.now(), made_by=by.id,
    )  # fmt: skip
    session.add(made)
    session.flush()  # scope and team need its id
    session.add_all(InspectionScope(file_id=made.id, unit_id=one) for one in set(told.units))
    session.add_all(
        InspectionMember(file_id=made.id, person_id=person, part="member" if at else "lead")
        for at, person in enumerate(dict.fromkeys(told.team))
    )
    note(session, by, "inspection.plan", "inspection", made.id, unit=unit)
    return made.id


def _check_team(session: Session, team: Sequence[uuid.UUID]) -> None:
    query = select(RoleGrant.person_id).where(
        RoleGrant.person_id.in_(team), RoleGrant.role == ROLE, holds_on(RoleGrant, clock.today())
    )
    if set(session.scalars(query)) != set(team):
        raise NotOneOfTheTeam


def decide(
    session: Session, file_id: uuid.UUID, number: str, basis: str, opens_on: date, ends_on: date, by: Actor,
    *, as_committee: bool = False,
) -> InspectionFile:  # fmt: skip
    """The file is opened for those days. Raises PlannerDecides, CommitteeDecides, PaperMissing, DaysWrong, DaysOver, NumberTaken."""
    held = _held(session, file_id)
    if held.state != "planned":
        raise FileChanged
    if held.made_by == by.id:
        raise PlannerDecides
    if set(rules.SENSITIVE) & set(held.materials) and not as_committee:
        raise CommitteeDecides
    if why := rules.why_not_decide(number, basis, opens_on, ends_on, clock.today()):
        raise WHY_NOT[why]
    held.number, held.basis = number.strip()[:NUMBER], basis.strip()[:TITLE]
    held.opens_on, held.ends_on, held.state, held.decided_by = opens_on, ends_on, "decided", by.id
    held.revision += 1
    try:
        session.flush()  # the constraint says whether the number is free
    except IntegrityError:
        raise NumberTaken from None
    note(session, by, "inspection.decide", "inspection", held.id, unit=held.unit_id, reason=held.number)
    return held


def find(session: Session, file_id: uuid.UUID, told: Found, by: Actor) -> uuid.UUID:
    """A finding while the file runs. Raises FileClosed, FindingIncomplete, SubjectUnknown, RemedyIncomplete."""
    held = _held(session, file_id)
    if rules.stand(held.state, held.opens_on, held.ends_on, clock.today()) != "running":
        raise FileClosed
    units = set(session.scalars(select(InspectionScope.unit_id).where(InspectionScope.file_id == held.id)))
    known = told.kind in rules.FINDINGS and told.subject_kind in rules.SUBJECTS
    if told.unit not in units or not known or len(told.words.strip()) < 3:
        raise FindingIncomplete
    _check_subject(session, told, (held.first, held.last))
    asked = bool(told.remedy.strip() and told.remedy_due)
    if told.kind in rules.NEEDS_REMEDY and not asked:
        raise RemedyIncomplete
    row = InspectionFinding(
        file_id=held.id, unit_id=told.unit, kind=told.kind, subject_kind=told.subject_kind,
        subject_id=told.subject_id[:60], criterion=told.criterion[:60], period=told.period[:20],
        words=told.words.strip()[:LONG], remedy=told.remedy.strip()[:WORDS], remedy_due=told.remedy_due,
        remedy_state="asked" if asked else "none", made_at=clock.now(), made_by=by.id,
    )  # fmt: skip
    session.add(row)
    session.flush()  # the trail names it
    note(session, by, "inspection.find", "finding", row.id, unit=told.unit, reason=held.number)
    return row.id


def _check_subject(session: Session, told: Found, days: tuple[date, date]) -> None:
    """What it rests on is there, is the unit's and lies in the days of the file. Raises SubjectUnknown."""
    there = subjects.of_unit(session, told.unit, days)
    wanted = (told.subject_kind, told.subject_id, told.criterion)
    one = next((one for one in there if (one.kind, one.id, one.criterion) == wanted), None)
    if one is None:
        raise SubjectUnknown
    periods = {one.period} if one.period else {"", *(month.code for month in subjects.months(days))}
    if told.period not in periods:
        raise SubjectUnknown


def conclude(
    session: Session, file_id: uuid.UUID, words: str, number: str, on: date | None, by: Actor
) -> None:
    """The file is closed with its conclusion. Raises FileClosed, ConclusionIncomplete."""
    held = _held(session, file_id)
    if rules.stand(held.state, held.opens_on, held.ends_on, clock.today()) not in ("running", "over"):
        raise FileClosed
    if len(words.strip()) < 3 or not number.strip() or on is None or on > clock.today():
        raise ConclusionIncomplete
    held.conclusion, held.conclusion_number, held.conclusion_on = (
        words.strip()[:LONG],
        number.strip()[:NUMBER],
        on,
    )
    held.state, held.revision = "concluded", held.revision + 1
    note(session, by, "inspection.conclude", "inspection", held.id, unit=held.unit_id, reason=held.number)


def publish(session: Session, file_id: uuid.UUID, by: Actor) -> None:
    """Everybody may read the conclusion. Raises FileClosed while there is none."""
    held = _held(session, file_id)
    if held.state != "concluded":
        raise FileClosed
    if held.published_at is None:
        held.published_at = clock.now()
        note(session, by, "inspection.publish", "inspection", held.id, unit=held.unit_id, reason=held.number)


def answer(
    session: Session, finding_id: uuid.UUID, words: str, units: Collection[uuid.UUID], by: Actor
) -> None:
    """The unit says what it did about it. Raises NotFound, AnswerMissing, FileChanged."""
    row = session.get(InspectionFinding, finding_id, with_for_update=True, populate_existing=True)
    if row is None or row.unit_id not in units:
        raise NotFound
    if row.remedy_state not in ("asked", "answered"):
        raise FileChanged
    if len(words.strip()) < 3:
        raise AnswerMissing
    row.answer, row.remedy_state = words.strip()[:WORDS], "answered"
    row.answered_at, row.answered_by = clock.now(), by.id
    note(session, by, "inspection.answer", "finding", row.id, unit=row.unit_id)


def accept(session: Session, finding_id: uuid.UUID, file_id: uuid.UUID, by: Actor, *, enough: bool) -> None:
    """The inspectors looked at the answer: enough, or not yet. Raises NotFound, FileChanged."""
    row = session.get(InspectionFinding, finding_id, with_for_update=True, populate_existing=True)
    if row is None or row.file_id != file_id:
        raise NotFound
    if row.remedy_state != "answered":
        raise FileChanged
    row.remedy_state, row.accepted_at = ("accepted", clock.now()) if enough else ("asked", None)
    note(
        session,
        by,
        "inspection.accept" if enough else "inspection.ask_again",
        "finding",
        row.id,
        unit=row.unit_id,
    )


def _held(session: Session, file_id: uuid.UUID) -> InspectionFile:
    """Alone until the transaction ends. Raises NotFound."""
    row = session.get(InspectionFile, file_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row
