"""Keeping the boards: whoever's facts were just counted gets the standing worked out anew from the ledger."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from backend.db.statements import insert_into
from backend.leaderboards.models import Board, Standing
from backend.leaderboards.ranking import Result, counting, level
from backend.participation.measures import MeasureBook, Ranking
from backend.participation.models import Fact
from backend.tallies.counting import Cell
from backend.tallies.fold import Follower

Where = tuple[str, uuid.UUID]
"""(measure, activity)"""
CHUNK = 500


def board_keeper(book: MeasureBook, *, placing: bool = True) -> Follower:
    """`placing`: a board already fixed gives out its places anew; a rebuild does that once, at its end."""

    def follow(session: Session, facts: Sequence[Fact], _cells: set[Cell]) -> None:
        touched: dict[Where, set[uuid.UUID]] = defaultdict(set)
        for fact in facts:
            if fact.subject and book[fact.measure].ranking:
                touched[fact.measure, fact.activity_id].add(fact.subject)
        for (measure, activity), subjects in touched.items():
            board = _stand(session, book, measure, activity, subjects)
            if placing and board.fixed_at:
                give_places(session, board)

    return follow


def _stand(
    session: Session, book: MeasureBook, measure: str, activity: uuid.UUID, subjects: set[uuid.UUID]
) -> Board:
    ranking, board = book[measure].ranking, _board(session, measure, activity)
    assert ranking  # noqa: S101 - who asks has looked
    _stand_anew(session, board, ranking, subjects)
    return board


def stand_everybody(session: Session, book: MeasureBook) -> None:
    """Everybody who ever did something that is ranked, worked out anew; places are given out afterwards."""
    for measure in (one.code for one in book if one.ranking):
        for chunk in _everybody(session, measure):
            touched: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
            for subject, activity in chunk:
                touched[activity].add(subject)
            for activity, subjects in touched.items():
                _stand(session, book, measure, activity, subjects)


def _everybody(session: Session, measure: str) -> Iterator[Sequence[tuple[uuid.UUID, uuid.UUID]]]:
    """(subject, activity) of a measure, a chunk of people at a time."""
    of = (Fact.measure == measure, Fact.subject.is_not(None))
    people = select(Fact.subject).where(*of).distinct().order_by(Fact.subject).limit(CHUNK)
    found = session.scalars(people).all()
    while found:
        within = Fact.subject.between(found[0], found[-1])
        pairs = session.execute(select(Fact.subject, Fact.activity_id).where(*of, within).distinct())
        yield [(subject, activity) for subject, activity in pairs if subject]
        found = session.scalars(people.where(Fact.subject > found[-1])).all()


def _board(session: Session, measure: str, activity: uuid.UUID) -> Board:
    """The activity's own rule, or one that leaves everything to the measure."""
    return session.get(Board, (measure, activity)) or Board(
        measure=measure, activity_id=activity, chain=[], counts="best"
    )


def _stand_anew(session: Session, board: Board, ranking: Ranking, subjects: set[uuid.UUID]) -> None:
    wanted = list(subjects)
    for start in range(0, len(wanted), CHUNK):
        chunk = wanted[start : start + CHUNK]
        of_chunk = _results_query(board).where(Fact.subject.in_(chunk))
        after = _counting(session, board, ranking, of_chunk)
        _delete(session, board, [subject for subject in chunk if subject not in after])
        _write(session, board, after)


def _results_query(board: Board) -> Select:  # type: ignore[type-arg]
    return select(
        Fact.subject, Fact.operation_id, Fact.line, Fact.result, Fact.received_at,
        Fact.is_reversal, Fact.reverses_operation, Fact.reverses_line,
    ).where(Fact.measure == board.measure, Fact.activity_id == board.activity_id)  # fmt: skip


def _counting(
    session: Session,
    board: Board,
    ranking: Ranking,
    query: Select,  # type: ignore[type-arg]
) -> dict[uuid.UUID, Result]:
    """Each subject's result that counts, of those not taken back."""
    rows = session.execute(query).all()
    taken_back = {(row.reverses_operation, row.reverses_line) for row in rows if row.is_reversal}
    found: dict[uuid.UUID, list[Result]] = defaultdict(list)
    for row in rows:
        if row.subject and not row.is_reversal and (row.operation_id, row.line) not in taken_back:
            found[row.subject].append(
                _result(board, ranking, row.result or {}, row.received_at, row.operation_id)
            )
    chosen = {subject: counting(results, board.counts) for subject, results in found.items()}
    return {subject: result for subject, result in chosen.items() if result}


def _result(
    board: Board, ranking: Ranking, result: dict[str, int], received_at: datetime, operation: uuid.UUID
) -> Result:
    chain = board.chain or ranking.order
    perfect = bool(ranking.perfect and result[ranking.perfect[0]] == result[ranking.perfect[1]])
    return Result(level(result, received_at, chain, board.target), received_at, operation, perfect)


def _on(board: Board) -> tuple[object, ...]:
    return Standing.measure == board.measure, Standing.activity_id == board.activity_id


def _delete(session: Session, board: Board, subjects: Iterable[uuid.UUID]) -> None:
    gone = list(subjects)
    if gone:
        session.execute(delete(Standing).where(*_on(board), Standing.subject.in_(gone)))  # type: ignore[arg-type]


KEYS = ("first", "second", "third", "fourth")


def _write(session: Session, board: Board, results: dict[uuid.UUID, Result]) -> None:
    if not results:
        return
    statement = insert_into(session, Standing)
    changed = {name: statement.excluded[name] for name in (*KEYS, "perfect", "operation_id")}
    session.execute(
        statement.on_conflict_do_update(index_elements=["measure", "activity_id", "subject"], set_=changed),
        [
            {
                "measure": board.measure,
                "activity_id": board.activity_id,
                "subject": subject,
                **dict(zip(KEYS, result.level, strict=True)),
                "perfect": result.perfect,
                "operation_id": result.operation,
            }
            for subject, result in results.items()
        ],
    )


# --- fixing: the moment places are given out ----------------------------------------------------------------------


def fix(
    session: Session, board: Board, ranking: Ranking, moment: datetime, target: int | None = None
) -> None:
    """Stand everybody anew straight from the ledger, fix the target, give out the places.

    The target is the number of people whose counting result has nothing wrong. Where a guess decides which of two
    equally right papers counts, both have nothing wrong, so the number does not move when it becomes known.
    `target`: the number guesses are compared with, where it comes from elsewhere.
    """
    session.execute(delete(Standing).where(*_on(board)))  # type: ignore[arg-type]
    board.target = None
    _write_all(session, board, _counting(session, board, ranking, _results_query(board)))
    if any(way == "near" for _, way in board.chain):
        board.target = perfect_people(session, board) if target is None else target
        _write_all(session, board, _counting(session, board, ranking, _results_query(board)))
    board.fixed_at = moment
    give_places(session, board)


def count_now(session: Session, board: Board, ranking: Ranking) -> tuple[int, int]:
    """(people, of them with nothing wrong) straight from the ledger, of a board not yet fixed. Nothing is written."""
    results = _counting(session, board, ranking, _results_query(board)).values()
    return len(results), sum(result.perfect for result in results)


def _write_all(session: Session, board: Board, results: dict[uuid.UUID, Result]) -> None:
    subjects = list(results)
    for start in range(0, len(subjects), CHUNK):
        _write(session, board, {subject: results[subject] for subject in subjects[start : start + CHUNK]})


def perfect_people(session: Session, board: Board) -> int:
    query = select(func.count()).select_from(Standing).where(*_on(board), Standing.perfect)  # type: ignore[arg-type]
    return session.scalar(query) or 0


def give_places(session: Session, board: Board) -> None:
    """Places 1, 2, 3 ... in a total order: four keys, then the operation. One statement, whatever the number."""
    order = [getattr(Standing, name) for name in (*KEYS, "operation_id")]
    placed = (
        select(Standing.subject, func.row_number().over(order_by=order).label("place"))
        .where(*_on(board))  # type: ignore[arg-type]
        .subquery()
    )
    session.execute(
        update(Standing)
        .where(*_on(board), Standing.subject == placed.c.subject)  # type: ignore[arg-type]
        .values(place=placed.c.place)
        .execution_options(synchronize_session=False)
    )
    people = select(func.count()).select_from(Standing).where(*_on(board))  # type: ignore[arg-type]
    board.people = session.scalar(people) or 0
    session.flush()


def give_all_places(session: Session) -> None:
    """Of every board that is fixed: the end of a rebuild."""
    for board in session.scalars(select(Board).where(Board.fixed_at.is_not(None))):
        give_places(session, board)


def empty(session: Session) -> None:
    """The boards' rules stay; what was worked out by them goes."""
    session.execute(delete(Standing))
