"""Keeping the boards: whoever's facts were just counted gets the standing worked out anew from the ledger."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.db.statements import insert_into
from backend.leaderboards.models import Standing, StandingLevel
from backend.leaderboards.ranking import Level, best, level
from backend.participation.measures import MeasureBook, Ranking
from backend.participation.models import Fact
from backend.tallies.counting import Cell
from backend.tallies.fold import Follower

Board = tuple[str, uuid.UUID]
"""(measure, activity)"""


def board_keeper(book: MeasureBook) -> Follower:
    def follow(session: Session, facts: Sequence[Fact], _cells: set[Cell]) -> None:
        boards: dict[Board, set[uuid.UUID]] = defaultdict(set)
        for fact in facts:
            if fact.subject and book[fact.measure].ranking:
                boards[fact.measure, fact.activity_id].add(fact.subject)
        for board, subjects in boards.items():
            _stand_anew(session, book, board, subjects)

    return follow


def _stand_anew(session: Session, book: MeasureBook, board: Board, subjects: set[uuid.UUID]) -> None:
    before = _standings(session, board, subjects)
    after = _best_results(session, book, board, subjects)
    moves: Counter[Level] = Counter()
    moves.subtract(old for old in before.values())
    moves.update(new for new, _ in after.values())
    _delete(session, board, before.keys() - after.keys())
    _write(session, board, after)
    _move(session, board, {at: by for at, by in moves.items() if by})


def _standings(session: Session, board: Board, subjects: set[uuid.UUID]) -> dict[uuid.UUID, Level]:
    rows = session.execute(
        select(Standing.subject, Standing.first, Standing.second).where(
            Standing.measure == board[0], Standing.activity_id == board[1], Standing.subject.in_(subjects)
        )
    )
    return {subject: Level(first, second) for subject, first, second in rows}


def _best_results(
    session: Session, book: MeasureBook, board: Board, subjects: set[uuid.UUID]
) -> dict[uuid.UUID, tuple[Level, uuid.UUID]]:
    """Each subject's best standing result and the operation it came with."""
    ranking = book[board[0]].ranking or Ranking(())
    by_subject: dict[uuid.UUID, list[Fact]] = defaultdict(list)
    for fact in session.scalars(
        select(Fact)
        .where(Fact.measure == board[0], Fact.activity_id == board[1], Fact.subject.in_(subjects))
        .order_by(Fact.received_at, Fact.operation_id)
    ):
        by_subject[fact.subject].append(fact)  # type: ignore[index]
    found = {subject: _best(facts, ranking) for subject, facts in by_subject.items()}
    return {subject: result for subject, result in found.items() if result is not None}


def _best(facts: Iterable[Fact], ranking: Ranking) -> tuple[Level, uuid.UUID] | None:
    taken_back = {(fact.reverses_operation, fact.reverses_line) for fact in facts if fact.is_reversal}
    return best(
        (level(fact.result or {}, ranking), fact.operation_id)
        for fact in facts
        if not fact.is_reversal and (fact.operation_id, fact.line) not in taken_back
    )


def _delete(session: Session, board: Board, subjects: Iterable[uuid.UUID]) -> None:
    gone = list(subjects)
    if gone:
        session.execute(
            delete(Standing).where(
                Standing.measure == board[0], Standing.activity_id == board[1], Standing.subject.in_(gone)
            )
        )


def _write(session: Session, board: Board, standings: dict[uuid.UUID, tuple[Level, uuid.UUID]]) -> None:
    if not standings:
        return
    statement = insert_into(session, Standing)
    new = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["measure", "activity_id", "subject"],
            set_={"first": new.first, "second": new.second, "operation_id": new.operation_id},
        ),
        [
            {
                "measure": board[0],
                "activity_id": board[1],
                "subject": subject,
                "first": reached.first,
                "second": reached.second,
                "operation_id": operation,
            }
            for subject, (reached, operation) in standings.items()
        ],
    )


def _move(session: Session, board: Board, moves: dict[Level, int]) -> None:
    """Add to and take from the histogram of levels."""
    if not moves:
        return
    statement = insert_into(session, StandingLevel)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["measure", "activity_id", "first", "second"],
            set_={"people": StandingLevel.people + statement.excluded.people},
        ),
        [
            {
                "measure": board[0],
                "activity_id": board[1],
                "first": at.first,
                "second": at.second,
                "people": by,
            }
            for at, by in moves.items()
        ],
    )
    if min(moves.values()) < 0:
        session.execute(delete(StandingLevel).where(StandingLevel.people == 0))


def empty(session: Session) -> None:
    session.execute(delete(Standing))
    session.execute(delete(StandingLevel))
