"""The council: who judges by which rubric, who gets what to judge, the meeting, and what the sheets came to.

Judges score by themselves, before any talk: a sheet is its judge's alone until everybody has handed in or the meeting
began. The rubric is fixed with the first score. What the node stores as the result can be reckoned anew from the sheets.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import NotFound
from backend.safeguards.audit import Actor, note
from campaigns.initiative import conflicts, intake, rules
from campaigns.initiative.errors import (
    CouncilIncomplete,
    DocumentMissing,
    MeetingBegan,
    MeetingNotOpen,
    NoCouncilMember,
    NoQuorum,
    NotNow,
    RubricFixed,
    RubricUnusable,
    SheetsMissing,
)
from campaigns.initiative.models import Assignment, Council, CouncilMember, Initiative, Result, Score
from campaigns.initiative.offices import Handler, Paper
from campaigns.initiative.schemas import Criterion, InitiativeSettings

COUNCIL = "initiative_council"


@dataclass(frozen=True)
class Member:
    """`part`: chair | secretary | member. `unit`: where the decision says the member works."""

    person: uuid.UUID
    part: str = "member"
    unit: uuid.UUID | None = None


@dataclass(frozen=True)
class Marks:
    """What the sheets are reckoned by."""

    rubric: tuple[Criterion, ...]
    recommend_from: int
    judges: int
    quorum: int

    @classmethod
    def of(cls, settings: InitiativeSettings) -> "Marks":
        return cls(settings.rubric, settings.recommend_from, settings.judges, settings.quorum)


def held(session: Session, council: uuid.UUID) -> Council:
    """Alone until the transaction ends. Raises NotFound."""
    row = session.get(Council, council, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def _note(session: Session, council: Council, deed: str, by: Handler, why: str | None = None) -> None:
    council.revision += 1
    note(
        session,
        Actor("staff", by.person),
        f"initiative.{deed}",
        COUNCIL,
        council.id,
        unit=by.unit,
        reason=why,
    )


def rubric_of(council: Council) -> tuple[Criterion, ...]:
    return msgspec.convert(council.rubric, tuple[Criterion, ...])


# --- a sitting ----------------------------------------------------------------------------------------------------


def convene(
    session: Session,
    activity: uuid.UUID,
    *,
    title: str,
    paper: Paper,
    members: Sequence[Member],
    marks: Marks,
    blind: bool,
    by: Handler,
) -> Council:
    """A sitting by a decision document. Raises DocumentMissing, CouncilIncomplete, RubricUnusable."""
    if not paper.number.strip():
        raise DocumentMissing
    _check(marks, members)
    made = Council(
        activity_id=activity, unit_id=by.unit, title=title.strip()[:200], document_number=paper.number.strip()[:60],
        document_date=paper.day, is_blind=blind, present=[], revision=1, rubric=msgspec.to_builtins(marks.rubric),
        recommend_from=marks.recommend_from, judges=marks.judges, quorum=marks.quorum,
    )  # fmt: skip
    session.add(made)
    session.flush()
    session.add_all(
        CouncilMember(council_id=made.id, person_id=one.person, part=one.part, unit_id=one.unit)
        for one in members
    )
    session.flush()
    _note(session, made, "convene", by)
    return made


def _check(marks: Marks, members: Sequence[Member]) -> None:
    if rules.why_no_rubric(marks.rubric, marks.recommend_from):
        raise RubricUnusable
    chairs = sum(one.part == "chair" for one in members)
    if chairs != 1 or len({one.person for one in members}) < max(marks.judges, marks.quorum):
        raise CouncilIncomplete


def change_marks(session: Session, council: Council, marks: Marks, by: Handler) -> None:
    """Before the first score. Raises RubricFixed, RubricUnusable, CouncilIncomplete."""
    if council.fixed_at is not None:
        raise RubricFixed
    _check(marks, [Member(one.person_id, one.part) for one in members_of(session, council.id)])
    council.rubric = msgspec.to_builtins(marks.rubric)
    council.recommend_from, council.judges, council.quorum = marks.recommend_from, marks.judges, marks.quorum
    _note(session, council, "change_marks", by)


def members_of(session: Session, council: uuid.UUID) -> list[CouncilMember]:
    query = select(CouncilMember).where(CouncilMember.council_id == council)
    return list(session.scalars(query.order_by(CouncilMember.part, CouncilMember.person_id)))


# --- who judges what ----------------------------------------------------------------------------------------------


def assign(
    session: Session, council: Council, initiative: Initiative, judges: Sequence[uuid.UUID], by: Handler
) -> list[Assignment]:
    """Put it on these judges' desks; a conflict is found at once and told. Raises NoCouncilMember, MeetingBegan, NotNow."""
    if council.opened_at is not None:
        raise MeetingBegan
    if (
        initiative.activity_id != council.activity_id
        or rules.next_state("assign", initiative.state, initiative.track) is None
    ):
        raise NotNow
    seated = {one.person_id for one in members_of(session, council.id)}
    if not set(judges) <= seated:
        raise NoCouncilMember
    made = [_desk(session, council, initiative, judge) for judge in dict.fromkeys(judges)]
    if initiative.state == "valid":
        intake.move(session, initiative, "assign", by)
    _note(session, council, "assign", by, initiative.code)
    return made


def _desk(session: Session, council: Council, initiative: Initiative, judge: uuid.UUID) -> Assignment:
    query = select(Assignment).where(Assignment.initiative_id == initiative.id, Assignment.person_id == judge)
    row = session.scalars(query).first()
    if row is None:
        row = Assignment(council_id=council.id, initiative_id=initiative.id, person_id=judge)
        session.add(row)
        session.flush()
    conflicts.look(session, row, initiative)
    return row


def take_off(session: Session, council: Council, assignment: Assignment, by: Handler) -> None:
    """Somebody else judges it. A sheet handed in stays. Raises NotNow."""
    if assignment.handed_in_at is not None:
        raise NotNow
    session.execute(delete(Score).where(Score.assignment_id == assignment.id))
    session.delete(assignment)
    _note(session, council, "take_off", by)


def suggested(session: Session, council: Council, initiative: Initiative, many: int) -> list[uuid.UUID]:
    """Members without a conflict who do not judge it yet, those with the least to judge first."""
    load = dict(
        session.execute(
            select(Assignment.person_id, func.count()).where(Assignment.council_id == council.id).group_by(Assignment.person_id)
        ).all()
    )  # fmt: skip
    has = {row.person_id for row in assignments(session, council.id, initiative.id)}
    able = [one.person_id for one in members_of(session, council.id) if one.person_id not in has]
    free = [judge for judge in able if not _would_conflict(session, council, initiative, judge)]
    return sorted(free, key=lambda judge: (load.get(judge, 0), judge.bytes))[:many]


def _would_conflict(session: Session, council: Council, initiative: Initiative, judge: uuid.UUID) -> bool:
    asked = Assignment(
        council_id=council.id, initiative_id=initiative.id, person_id=judge, namesake_cleared=False
    )
    return conflicts.found(session, asked, initiative, clock.today()) is not None


def assignments(
    session: Session, council: uuid.UUID, initiative: uuid.UUID | None = None
) -> list[Assignment]:
    query = select(Assignment).where(Assignment.council_id == council)
    if initiative is not None:
        query = query.where(Assignment.initiative_id == initiative)
    return list(session.scalars(query.order_by(Assignment.initiative_id, Assignment.id)))


# --- the meeting --------------------------------------------------------------------------------------------------


def open_meeting(session: Session, council: Council, present: Sequence[uuid.UUID], by: Handler) -> None:
    """It begins with these members: sheets are open to the council, and nobody scores any more. Raises NoQuorum."""
    seated = {one.person_id for one in members_of(session, council.id)}
    here = sorted(seated & set(present), key=str)
    if len(here) < council.quorum:
        raise NoQuorum
    council.opened_at = council.opened_at or clock.now()
    council.present = [str(person) for person in here]
    _note(session, council, "open_meeting", by)


def decide(session: Session, council: Council, initiative: Initiative, words: str, by: Handler) -> Result:
    """What the sheets come to: recommended or not. Raises MeetingNotOpen, SheetsMissing, NotNow."""
    if council.opened_at is None:
        raise MeetingNotOpen
    for assignment in assignments(session, council.id, initiative.id):
        conflicts.look(session, assignment, initiative)
    session.flush()
    found = reckoned(session, council, initiative.id)
    intake.move(session, initiative, "recommend" if found.recommended else "not_recommend", by, words)
    row = Result(
        council_id=council.id, initiative_id=initiative.id, told=found.told(), recommended=found.recommended,
        at=clock.now(), person_id=by.person,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def close_meeting(session: Session, council: Council, paper: Paper, minutes: str, by: Handler) -> None:
    """The minutes: their number, their day and what they say. Raises MeetingNotOpen, DocumentMissing."""
    if council.opened_at is None:
        raise MeetingNotOpen
    if not paper.number.strip():
        raise DocumentMissing
    council.minutes_number, council.minutes_on = paper.number.strip()[:60], paper.day
    council.minutes, council.closed_at = minutes.strip()[:6000] or None, clock.now()
    _note(session, council, "close_meeting", by)


# --- what the sheets come to --------------------------------------------------------------------------------------


def counting_sheets(session: Session, council: uuid.UUID, initiative: uuid.UUID) -> list[rules.Sheet]:
    """Sheets handed in by judges without a conflict."""
    rows = [row for row in assignments(session, council, initiative) if row.handed_in_at and not row.conflict]
    return [rules.Sheet(row.id, points_of(session, row.id)) for row in rows]


def points_of(session: Session, assignment: uuid.UUID) -> dict[str, Decimal]:
    rows = session.execute(select(Score.criterion, Score.points).where(Score.assignment_id == assignment))
    return {criterion: Decimal(points) / 100 for criterion, points in rows}


def reckoned(session: Session, council: Council, initiative: uuid.UUID) -> rules.Result:
    """The result as the sheets stand. Raises SheetsMissing."""
    sheets = counting_sheets(session, council.id, initiative)
    if len(sheets) < council.judges:
        raise SheetsMissing
    return rules.result(sheets, rubric_of(council), Decimal(council.recommend_from))


def differences(session: Session, activity: uuid.UUID) -> list[Mapping[str, object]]:
    """Results that are not what their sheets come to today: points that changed, a sheet whose judge turned out to conflict."""
    query = select(Result, Council).join(Council, Council.id == Result.council_id)
    found: list[Mapping[str, object]] = []
    for row, council in session.execute(query.where(Council.activity_id == activity)).all():
        try:
            now: Mapping[str, object] | None = reckoned(session, council, row.initiative_id).told()
        except SheetsMissing:
            now = None
        if now != row.told:
            found.append({"initiative": row.initiative_id, "stored": row.told, "reckoned": now})
    return found


def day_of(council: Council) -> date:
    """The day of the sitting, for whoever tells about it."""
    return clock.local_day(council.opened_at) if council.opened_at else council.document_date
