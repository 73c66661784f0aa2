"""A judge's own desk: what is assigned, the points, the handing in. Others' sheets stay closed until all are in or the meeting began."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import insert_into
from backend.errors import NotFound
from backend.safeguards.audit import Actor, note
from campaigns.initiative import authors, conflicts, council, rules
from campaigns.initiative.errors import (
    ConflictOfInterest,
    MeetingBegan,
    NotNow,
    PointsOutOfRange,
    SheetHandedIn,
    SheetIncomplete,
)
from campaigns.initiative.models import REMARK, Assignment, Council, Initiative, Score


@dataclass(frozen=True)
class ToJudge:
    """What a judge sees: the text, and no names where the council judges blind."""

    assignment: Assignment
    initiative: Initiative
    authors: tuple[str, ...]
    points: Mapping[str, Decimal]


@dataclass(frozen=True)
class SheetView:
    """A sheet as somebody may see it; `points` None while it is closed to them."""

    judge: uuid.UUID
    handed_in: bool
    conflict: str | None
    points: Mapping[str, Decimal] | None
    total: Decimal | None
    remark: str | None


def desk(session: Session, judge: uuid.UUID) -> list[ToJudge]:
    """Everything on a judge's desk that is not withdrawn, what is still to do first."""
    query = (
        select(Assignment, Initiative, Council)
        .join(Initiative, Initiative.id == Assignment.initiative_id)
        .join(Council, Council.id == Assignment.council_id)
        .where(Assignment.person_id == judge, Initiative.state != "withdrawn")
    )
    rows = sorted(
        session.execute(query).all(), key=lambda row: (row[0].handed_in_at is not None, str(row[0].id))
    )
    return [_to_judge(session, *row) for row in rows]


def _to_judge(session: Session, assignment: Assignment, initiative: Initiative, sitting: Council) -> ToJudge:
    parts = rules.may_read("judge", initiative.state, blind=sitting.is_blind)
    names = [one.name for one in authors.of(session, initiative.id)] if "authors" in parts else []
    return ToJudge(assignment, initiative, tuple(names), council.points_of(session, assignment.id))


def mine(session: Session, assignment: uuid.UUID, judge: uuid.UUID) -> tuple[Assignment, Initiative, Council]:
    """An assignment of this judge, held. Raises NotFound for anybody else's."""
    row = session.get(Assignment, assignment, with_for_update=True, populate_existing=True)
    if row is None or row.person_id != judge:
        raise NotFound
    return row, session.get_one(Initiative, row.initiative_id), council.held(session, row.council_id)


def score(
    session: Session,
    assignment: uuid.UUID,
    judge: uuid.UUID,
    points: Mapping[str, Decimal],
    remark: str,
    *,
    hand_in: bool,
) -> None:
    """Write the points, and hand the sheet in. The first points of a sitting fix its rubric.

    Raises NotFound, SheetHandedIn, MeetingBegan, NotNow, ConflictOfInterest, PointsOutOfRange, SheetIncomplete.
    """
    row, initiative, sitting = mine(session, assignment, judge)
    _check_open(row, initiative, sitting)
    if conflicts.look(session, row, initiative):
        note(
            session,
            Actor("staff", judge),
            "initiative.conflict",
            "initiative",
            initiative.id,
            reason=row.conflict,
        )
        raise ConflictOfInterest
    _write(session, row, sitting, points)
    row.remark = remark.strip()[:REMARK] or None
    sitting.fixed_at = sitting.fixed_at or clock.now()
    if hand_in:
        _hand_in(session, row, sitting)
        note(session, Actor("staff", judge), "initiative.hand_in_sheet", "initiative", initiative.id)


def _check_open(row: Assignment, initiative: Initiative, sitting: Council) -> None:
    if row.handed_in_at is not None:
        raise SheetHandedIn
    if sitting.opened_at is not None:
        raise MeetingBegan
    if initiative.state != "judging":
        raise NotNow


def _write(session: Session, row: Assignment, sitting: Council, points: Mapping[str, Decimal]) -> None:
    most = {one.code: one.max for one in council.rubric_of(sitting)}
    for code, value in points.items():
        hundredths = value * 100
        if code not in most or not value.is_finite() or not 0 <= value <= most[code] or hundredths % 1:
            raise PointsOutOfRange
        made = insert_into(session, Score).values(
            assignment_id=row.id, criterion=code, points=int(hundredths)
        )
        session.execute(
            made.on_conflict_do_update(
                index_elements=["assignment_id", "criterion"], set_={"points": int(hundredths)}
            )
        )


def _hand_in(session: Session, row: Assignment, sitting: Council) -> None:
    if set(council.points_of(session, row.id)) != {one.code for one in council.rubric_of(sitting)}:
        raise SheetIncomplete
    row.handed_in_at = clock.now()


# --- who sees whose -----------------------------------------------------------------------------------------------


def is_open(session: Session, sitting: Council, initiative: uuid.UUID) -> bool:
    """Sheets lie open once everybody who may score has handed in, or once the meeting began."""
    rows = [row for row in council.assignments(session, sitting.id, initiative) if not row.conflict]
    return sitting.opened_at is not None or bool(rows and all(row.handed_in_at for row in rows))


def seen_by(
    session: Session, sitting: Council, initiative: uuid.UUID, judge: uuid.UUID | None
) -> list[SheetView]:
    """The sheets on an initiative. `judge`: who looks; None: the secretary, who sees who handed in and no points before
    they are open. A judge in conflict sees nothing of it."""
    rows, opened = council.assignments(session, sitting.id, initiative), is_open(session, sitting, initiative)
    own = next((row for row in rows if row.person_id == judge), None)
    if judge is not None and (own is None or own.conflict):
        return []
    return [_view(session, sitting, row, opened or row is own) for row in rows]


def _view(session: Session, sitting: Council, row: Assignment, shown: bool) -> SheetView:
    points = council.points_of(session, row.id) if shown else None
    rubric = council.rubric_of(sitting)
    whole = points is not None and set(points) == {one.code for one in rubric}
    return SheetView(
        judge=row.person_id,
        handed_in=row.handed_in_at is not None,
        conflict=row.conflict,
        points=points,
        total=rules.weighted(points, rubric) if points and whole else None,
        remark=row.remark if shown else None,
    )
