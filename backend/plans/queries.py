"""Reading the register: documents, their tasks, and what is late."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import among
from backend.errors import NotFound
from backend.plans import rules
from backend.plans.models import (
    PlanDocument,
    PlanPhase,
    PlanRelation,
    PlanTask,
    PlanTaskLink,
    PlanTaskState,
    PlanTaskUnit,
)
from backend.units.queries import named_many

MOST = 500


@dataclass(frozen=True)
class DocumentLine:
    """A document in the list. `replaced`: another one of the register supersedes it."""

    document: PlanDocument
    tasks: int
    late: int
    replaced: bool


@dataclass(frozen=True)
class TaskLine:
    """A task with who does it in words, and how late it is."""

    task: PlanTask
    document: PlanDocument
    lead: str
    along: tuple[str, ...]
    is_late: bool
    days: int


def documents(session: Session, unit: uuid.UUID, words: str = "") -> list[DocumentLine]:
    """The unit's register, the newest first; those without a date last."""
    rows = session.scalars(
        select(PlanDocument)
        .where(PlanDocument.unit_id == unit)
        .order_by(PlanDocument.dated.is_(None), PlanDocument.dated.desc(), PlanDocument.made_at)
        .limit(MOST)
    )
    found = [row for row in rows if rules.finds(words, row.folded)]
    ids = [row.id for row in found]
    query = select(PlanTask.document_id, func.count()).where(PlanTask.document_id.in_(ids))
    rows_counted = session.execute(query.group_by(PlanTask.document_id))
    counts = {row[0]: row[1] for row in rows_counted}
    late_ones = _late_by_document(session, ids)
    replaced = set(
        session.scalars(
            select(PlanRelation.to_id).where(PlanRelation.kind == "supersedes", PlanRelation.to_id.in_(ids))
        )
    )
    return [
        DocumentLine(row, counts.get(row.id, 0), late_ones.get(row.id, 0), row.id in replaced)
        for row in found
    ]


def _late_by_document(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    query = select(PlanTask.document_id, func.count()).where(
        PlanTask.document_id.in_(ids), PlanTask.state.in_(("open", "doing")), PlanTask.due_on < clock.today()
    )
    rows = session.execute(query.group_by(PlanTask.document_id))
    return {row[0]: row[1] for row in rows}


def document(session: Session, document_id: uuid.UUID, units: Iterable[uuid.UUID]) -> PlanDocument:
    """A document of one of these units' registers. Raises NotFound."""
    found = session.get(PlanDocument, document_id)
    if found is None or found.unit_id not in set(units):
        raise NotFound
    return found


def phases(session: Session, document_id: uuid.UUID) -> list[PlanPhase]:
    query = select(PlanPhase).where(PlanPhase.document_id == document_id).order_by(PlanPhase.code)
    return list(session.scalars(query))


def relations(session: Session, document_id: uuid.UUID) -> list[tuple[str, bool, PlanDocument]]:
    """(what, whether this document does it to the other, the other)."""
    found: list[tuple[str, bool, PlanDocument]] = []
    for here, there, ours in (
        (PlanRelation.from_id, PlanRelation.to_id, True),
        (PlanRelation.to_id, PlanRelation.from_id, False),
    ):
        rows = session.execute(
            select(PlanRelation.kind, PlanDocument)
            .join(PlanDocument, PlanDocument.id == there)
            .where(here == document_id)
        )
        found += [(kind, ours, other) for kind, other in rows]
    return found


# --- tasks ------------------------------------------------------------------------------------------------------------


def _tasks() -> Select[PlanTask, PlanDocument]:
    return select(PlanTask, PlanDocument).join(PlanDocument, PlanDocument.id == PlanTask.document_id)


def tasks(session: Session, document_id: uuid.UUID) -> list[TaskLine]:
    """In the order of their numbers in the document."""
    rows = session.execute(_tasks().where(PlanTask.document_id == document_id).limit(MOST)).all()
    return sorted(_lines(session, rows), key=lambda line: number_key(line.task.code))


def number_key(code: str) -> tuple[tuple[int, int, str], ...]:
    """'2.10' after '2.9'; what has no number stands last."""
    parts = code.replace("-", ".").split(".")
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def task(session: Session, task_id: uuid.UUID, units: Iterable[uuid.UUID]) -> TaskLine:
    """A task of one of these units' registers, or led by one of them. Raises NotFound."""
    row = session.execute(_tasks().where(PlanTask.id == task_id)).first()
    ours = set(units)
    if row is None or not ours & {row[1].unit_id, row[0].lead_id}:
        raise NotFound
    return _lines(session, [row])[0]


def late(session: Session, unit: uuid.UUID, today: date) -> list[TaskLine]:
    """What should have been done by now in the unit's register, the longest overdue first."""
    query = _tasks().where(
        PlanDocument.unit_id == unit, PlanTask.state.in_(("open", "doing")), PlanTask.due_on < today
    )
    return _lines(session, session.execute(query.order_by(PlanTask.due_on).limit(MOST)).all())


def led_by(session: Session, units: Iterable[uuid.UUID]) -> list[TaskLine]:
    """What these units lead and have not finished, the nearest deadline first."""
    query = _tasks().where(among(PlanTask.lead_id, units), PlanTask.state.in_(("open", "doing")))
    query = query.order_by(PlanTask.due_on.is_(None), PlanTask.due_on).limit(MOST)
    return _lines(session, session.execute(query).all())


def led_between(session: Session, unit: uuid.UUID, first: date, last: date) -> list[TaskLine]:
    """What the unit leads, finished or not, that was due in these days or has no day, the earliest first."""
    days = PlanTask.due_on.is_(None) | PlanTask.due_on.between(first, last)
    query = _tasks().where(PlanTask.lead_id == unit, days)
    query = query.order_by(PlanTask.due_on.is_(None), PlanTask.due_on).limit(MOST)
    return _lines(session, session.execute(query).all())


def linked(session: Session, unit: uuid.UUID, kind: str, ref: str) -> list[TaskLine]:
    """The tasks of the unit's register that are done by this campaign, or measured by this indicator."""
    ids = select(PlanTaskLink.task_id).where(PlanTaskLink.kind == kind, PlanTaskLink.ref == ref)
    query = _tasks().where(PlanDocument.unit_id == unit, PlanTask.id.in_(ids))
    query = query.order_by(PlanTask.due_on.is_(None), PlanTask.due_on, PlanTask.id).limit(MOST)
    return _lines(session, session.execute(query).all())


def _lines(session: Session, rows: Sequence[Row[PlanTask, PlanDocument]]) -> list[TaskLine]:
    ids = [row.id for row, _ in rows]
    along: dict[uuid.UUID, list[uuid.UUID]] = {}
    for row in session.scalars(select(PlanTaskUnit).where(PlanTaskUnit.task_id.in_(ids))):
        along.setdefault(row.task_id, []).append(row.unit_id)
    units = {unit for some in along.values() for unit in some} | {
        row.lead_id for row, _ in rows if row.lead_id
    }
    names = {one.id: one.heading for one in named_many(session, units, clock.today()).values()}
    return [_line(row, paper, along.get(row.id, []), names) for row, paper in rows]


def _line(
    row: PlanTask, paper: PlanDocument, along: list[uuid.UUID], names: dict[uuid.UUID, str]
) -> TaskLine:
    today = clock.today()
    lead = names.get(row.lead_id, row.lead_words) if row.lead_id else row.lead_words
    return TaskLine(
        row,
        paper,
        lead,
        tuple(sorted(names[unit] for unit in along if unit in names)),
        rules.is_late(row.state, row.due_on, row.done_on, today),
        rules.days_late(row.due_on, row.done_on or today),
    )


def states(session: Session, task_id: uuid.UUID) -> list[PlanTaskState]:
    """How the task stood, the newest first."""
    query = select(PlanTaskState).where(PlanTaskState.task_id == task_id)
    return list(session.scalars(query.order_by(PlanTaskState.at.desc(), PlanTaskState.id.desc())))


def links(session: Session, task_id: uuid.UUID) -> list[PlanTaskLink]:
    query = select(PlanTaskLink).where(PlanTaskLink.task_id == task_id)
    return list(session.scalars(query.order_by(PlanTaskLink.kind, PlanTaskLink.ref)))
