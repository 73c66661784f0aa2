"""The fold: each pending fact is counted and its pending row deleted, in one transaction, by one worker at a time.

Pending rows, not a cursor, decide what is new: commits that land out of order lose nothing.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from backend.db.statements import insert_into
from backend.participation.lease import hold
from backend.participation.measures import MeasureBook
from backend.participation.models import Fact, PendingFact
from backend.tallies.counting import Cell, Counts, count
from backend.tallies.models import Tally, TallySubject
from backend.units.trees import LinesUp

Follower = Callable[[Session, Sequence[Fact], set[Cell]], None]
"""Somebody further up who is told which facts were just counted and which cells moved."""

BATCH = 1000


def fold_once(session: Session, book: MeasureBook, followers: Iterable[Follower] = ()) -> int:
    """Count one batch of pending facts; answers how many. Zero means everything is counted."""
    hold(session, "fold")
    facts = _pending(session)
    if not facts:
        return 0
    counts = count(facts, book, LinesUp(session, {fact.unit_id for fact in facts}))
    add(session, counts)
    for follow in followers:
        follow(session, facts, counts.cells())
    _delete_pending(session, facts)
    return len(facts)


def _pending(session: Session) -> Sequence[Fact]:
    pending = (PendingFact.operation_id == Fact.operation_id) & (PendingFact.line == Fact.line)
    return session.scalars(
        select(Fact).join(PendingFact, pending).order_by(Fact.operation_id, Fact.line).limit(BATCH)
    ).all()


def _delete_pending(session: Session, facts: Sequence[Fact]) -> None:
    keys = [(fact.operation_id, fact.line) for fact in facts]
    for start in range(0, len(keys), 200):
        chunk = keys[start : start + 200]
        session.execute(
            delete(PendingFact).where(tuple_(PendingFact.operation_id, PendingFact.line).in_(chunk))
        )


def add(session: Session, counts: Counts) -> None:
    """Add counts to the tallies; distinct people move only when a subject appears or disappears."""
    people = _add_subjects(session, counts)
    rows = [
        dict(zip(("measure", "activity_id", "unit_id", "period"), cell, strict=True))
        | {"quantity": quantity, "facts": facts, "people": people.get(cell, 0)}
        for cell, (quantity, facts) in counts.sums.items()
    ]
    if not rows:
        return
    statement = insert_into(session, Tally)
    new = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["measure", "activity_id", "unit_id", "period"],
            set_={
                "quantity": Tally.quantity + new.quantity,
                "facts": Tally.facts + new.facts,
                "people": Tally.people + new.people,
            },
        ),
        rows,
    )


def _add_subjects(session: Session, counts: Counts) -> dict[Cell, int]:
    """Merge the sets behind distinct counts; answers how many people each cell gained or lost."""
    gained: dict[Cell, int] = {}
    by_subject: dict[uuid.UUID, list[tuple[Cell, int]]] = {}
    for (cell, subject), change in counts.subjects.items():
        if change:
            by_subject.setdefault(subject, []).append((cell, change))
    before = _standing(session, by_subject, {cell[1] for cell in counts.sums})
    rows, gone = [], set()
    for subject, changes in by_subject.items():
        for cell, change in changes:
            old = before.get((cell, subject), 0)
            gained[cell] = gained.get(cell, 0) + int(old + change > 0) - int(old > 0)
            rows.append((*cell, subject, change))
            if old + change == 0:
                gone.add(subject)
    _merge_subjects(session, rows)
    _forget_gone(session, list(gone))
    return gained


def _standing(
    session: Session, subjects: Iterable[uuid.UUID], activities: set[uuid.UUID]
) -> dict[tuple[Cell, uuid.UUID], int]:
    wanted, found = list(subjects), {}
    for start in range(0, len(wanted), 500):
        rows = session.execute(
            select(TallySubject).where(
                TallySubject.subject.in_(wanted[start : start + 500]),
                TallySubject.activity_id.in_(activities),
            )
        ).scalars()
        for row in rows:
            found[(row.measure, row.activity_id, row.unit_id, row.period), row.subject] = row.facts
    return found


def _merge_subjects(session: Session, rows: Sequence[tuple[object, ...]]) -> None:
    if not rows:
        return
    names = ("measure", "activity_id", "unit_id", "period", "subject", "facts")
    statement = insert_into(session, TallySubject)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=list(names[:-1]), set_={"facts": TallySubject.facts + statement.excluded.facts}
        ),
        [dict(zip(names, row, strict=True)) for row in rows],
    )


def _forget_gone(session: Session, subjects: list[uuid.UUID]) -> None:
    """Nobody stands behind a count with nothing: taken back in one batch or in two, the rows are the same."""
    for start in range(0, len(subjects), 500):
        session.execute(
            delete(TallySubject).where(
                TallySubject.facts == 0, TallySubject.subject.in_(subjects[start : start + 500])
            )
        )


def recount(session: Session, book: MeasureBook, units: Collection[uuid.UUID]) -> set[Cell]:
    """Count the cells of these units anew, for what lies below them is no longer what was counted; answers which cells.

    Facts that wait are left to the fold.
    """
    hold(session, "fold")
    for table in (TallySubject, Tally):
        session.execute(delete(table).where(table.unit_id.in_(units)))
    lines, cells = LinesUp(session), set()

    def above(unit: uuid.UUID, day: date) -> list[uuid.UUID]:
        return [up for up in lines(unit, day) if up in units]

    for facts in _counted_in(session, lines.ever_below(units)):
        counts = count(facts, book, above)
        add(session, counts)
        cells |= counts.cells()
    return cells


def _counted_in(session: Session, units: Collection[uuid.UUID]) -> Iterator[Sequence[Fact]]:
    """The facts of these units that the fold has counted, a batch at a time."""
    place = tuple_(Fact.operation_id, Fact.line)
    query = (
        select(Fact)
        .outerjoin(
            PendingFact, (PendingFact.operation_id == Fact.operation_id) & (PendingFact.line == Fact.line)
        )
        .where(Fact.unit_id.in_(units), PendingFact.line.is_(None))
        .order_by(Fact.operation_id, Fact.line)
        .limit(BATCH)
    )
    facts = session.scalars(query).all()
    while facts:
        yield facts
        last = (facts[-1].operation_id, facts[-1].line)
        facts = session.scalars(query.where(place > last)).all()


def empty(session: Session) -> None:
    """Throw every count away, and with it the mark of what was not counted yet: whoever empties counts everything anew.

    A push that commits meanwhile leaves its own mark for the fold.
    """
    hold(session, "fold")
    session.execute(delete(TallySubject))
    session.execute(delete(Tally))
    session.execute(delete(PendingFact))


def waiting(session: Session) -> bool:
    """Whether any fact is not counted yet."""
    return session.scalars(select(PendingFact.line).limit(1)).first() is not None
