"""Writing the register: documents, how they hang together, phases, tasks, and how tasks stand."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.errors import NotFound
from backend.plans import rules
from backend.plans.errors import (
    DayAhead,
    DocumentHere,
    DocumentIncomplete,
    PhaseWrong,
    RelationCircular,
    RelationWrong,
    TaskChanged,
    TaskHere,
    TaskIncomplete,
    WhyMissing,
)
from backend.plans.models import (
    ISSUER,
    NUMBER,
    TITLE,
    WHAT,
    WORDS,
    PlanDocument,
    PlanPhase,
    PlanRelation,
    PlanTask,
    PlanTaskLink,
    PlanTaskState,
    PlanTaskUnit,
)
from backend.plans.rules import Due, Paper
from backend.safeguards.audit import Actor, note


@dataclass(frozen=True)
class Task:
    """A task as it is to be written down. `lead`, `with_units`: units of ours; the words say it as the document does."""

    what: str
    lead_words: str
    due: Due
    number: str = ""
    lead: uuid.UUID | None = None
    with_words: str = ""
    with_units: tuple[uuid.UUID, ...] = ()
    output: str = ""
    phase: uuid.UUID | None = None

    @property
    def code(self) -> str:
        return rules.code_of(self.number, self.what)


# --- documents --------------------------------------------------------------------------------------------------------


def add_document(session: Session, unit: uuid.UUID, paper: Paper, by: Actor) -> uuid.UUID:
    """A document new to the unit's register. Raises DocumentIncomplete, DayAhead, DocumentHere."""
    if rules.missing(paper.issuer, paper.title):
        raise DocumentIncomplete
    if paper.dated and paper.dated > clock.today():
        raise DayAhead
    row = {
        "id": new_id(), "unit_id": unit, "issuer": paper.issuer[:ISSUER], "number": paper.number[:NUMBER],
        "dated": paper.dated, "title": paper.title[:TITLE], "key": rules.key_of(paper),
        "folded": rules.folded(paper), "made_at": clock.now(), "made_by": by.id,
    }  # fmt: skip
    made = (
        insert_into(session, PlanDocument)
        .values(**row)
        .on_conflict_do_nothing(index_elements=["unit_id", "key"])
    )
    found: uuid.UUID | None = session.execute(made.returning(PlanDocument.id)).scalar()
    if found is None:
        raise DocumentHere
    note(session, by, "plan.add_document", "plan_document", found, unit=unit)
    return found


def relate(session: Session, unit: uuid.UUID, start: uuid.UUID, kind: str, to: uuid.UUID, by: Actor) -> None:
    """A document implements, supersedes or embeds another of the same register. Raises RelationWrong, RelationCircular."""
    ours = set(
        session.scalars(
            select(PlanDocument.id)
            .where(PlanDocument.unit_id == unit, PlanDocument.id.in_([start, to]))
            .order_by(PlanDocument.id)
            .with_for_update()  # two people do not close a circle at once
        )
    )
    if start == to or ours != {start, to}:
        raise RelationWrong
    rows = session.execute(select(PlanRelation.from_id, PlanRelation.to_id).where(PlanRelation.kind == kind))
    if rules.leads_back(start, to, [(one, other) for one, other in rows]):
        raise RelationCircular
    told = insert_into(session, PlanRelation).values(from_id=start, to_id=to, kind=kind)
    session.execute(told.on_conflict_do_nothing())
    note(session, by, f"plan.{kind}", "plan_document", start, unit=unit)


def add_phase(
    session: Session,
    document: PlanDocument,
    code: str,
    title: str,
    starts: date | None,
    ends: date | None,
    by: Actor,
) -> uuid.UUID:
    """A phase; one there already by that code keeps its row and takes the new words. Raises PhaseWrong."""
    if not code.strip() or rules.missing(title) or (starts and ends and ends < starts):
        raise PhaseWrong
    row = {"title": title[:TITLE], "starts_on": starts, "ends_on": ends}
    statement = insert_into(session, PlanPhase).values(
        id=new_id(), document_id=document.id, code=code.strip()[:20], **row
    )
    kept = statement.on_conflict_do_update(index_elements=["document_id", "code"], set_=row)
    phase: uuid.UUID = session.execute(kept.returning(PlanPhase.id)).scalar_one()
    note(session, by, "plan.add_phase", "plan_document", document.id, unit=document.unit_id)
    return phase


# --- tasks ------------------------------------------------------------------------------------------------------------


def add_task(session: Session, document: PlanDocument, task: Task, by: Actor) -> uuid.UUID:
    """Raises TaskIncomplete, TaskHere."""
    if rules.missing(task.what, task.lead_words) or not (task.due.on or task.due.words):
        raise TaskIncomplete
    row = _columns(task) | {
        "id": new_id(),
        "document_id": document.id,
        "code": task.code,
        "state": "open",
        "revision": 1,
    }
    made = (
        insert_into(session, PlanTask)
        .values(**row)
        .on_conflict_do_nothing(index_elements=["document_id", "code"])
    )
    found: uuid.UUID | None = session.execute(made.returning(PlanTask.id)).scalar()
    if found is None:
        raise TaskHere
    _work_along(session, found, task.with_units)
    _say(session, found, "open", "", clock.today(), by)
    note(session, by, "plan.add_task", "plan_task", found, unit=document.unit_id)
    return found


def change_task(session: Session, held: PlanTask, task: Task, unit: uuid.UUID, by: Actor) -> None:
    """What a newer list says of a task there is. How it stands is not the list's to say."""
    for name, value in _columns(task).items():
        if value or name in ("due_on", "due_words"):
            setattr(held, name, value)
    held.revision += 1
    if task.with_units:  # an empty cell says nothing; a shorter one takes away
        gone = (PlanTaskUnit.task_id == held.id, PlanTaskUnit.unit_id.not_in(task.with_units))
        session.execute(delete(PlanTaskUnit).where(*gone))
    _work_along(session, held.id, task.with_units)
    note(session, by, "plan.change_task", "plan_task", held.id, unit=unit)


def _columns(task: Task) -> dict[str, object]:
    return {
        "phase_id": task.phase,
        "what": task.what[:WHAT],
        "lead_id": task.lead,
        "lead_words": task.lead_words[:ISSUER],
        "with_words": task.with_words[:WORDS],
        "due_on": task.due.on,
        "due_words": task.due.words,
        "output": task.output[:WORDS],
    }


def _work_along(session: Session, task: uuid.UUID, units: Collection[uuid.UUID]) -> None:
    for unit in units:
        told = insert_into(session, PlanTaskUnit).values(task_id=task, unit_id=unit)
        session.execute(told.on_conflict_do_nothing())


def stands(
    session: Session, task_id: uuid.UUID, state: str, words: str, on: date, by: Actor, *, seen: int
) -> None:
    """Somebody says how the task stands. `seen`: the revision they had before them.

    Raises NotFound, TaskChanged, DayAhead, WhyMissing.
    """
    task = session.get(PlanTask, task_id, with_for_update=True, populate_existing=True)
    if task is None or state not in rules.STATES:
        raise NotFound
    if task.revision != seen:
        raise TaskChanged
    if on > clock.today():
        raise DayAhead
    if state in rules.OVER and rules.missing(words):
        raise WhyMissing
    task.state, task.done_on, task.revision = state, on if state == "done" else None, task.revision + 1
    _say(session, task.id, state, words, on, by)
    unit = session.get_one(PlanDocument, task.document_id).unit_id
    note(session, by, "plan.task_state", "plan_task", task.id, unit=unit, reason=state)


def _say(session: Session, task: uuid.UUID, state: str, words: str, on: date, by: Actor) -> None:
    session.add(
        PlanTaskState(task_id=task, state=state, words=words[:WORDS], on=on, at=clock.now(), person_id=by.id)
    )


def link_task(session: Session, task: uuid.UUID, kind: str, ref: str, unit: uuid.UUID, by: Actor) -> None:
    """The task is done by that campaign, or measured by that indicator."""
    told = insert_into(session, PlanTaskLink).values(task_id=task, kind=kind, ref=ref[:60])
    session.execute(told.on_conflict_do_nothing())
    note(session, by, "plan.link_task", "plan_task", task, unit=unit, reason=kind)
