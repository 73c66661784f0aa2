"""The one reader of tallies and boards here: hands plain values to the rooms that show or reward them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.leaderboards import fold as boards
from backend.leaderboards.models import Board
from backend.leaderboards.queries import Row, around, board_of, perfect_subjects, rank_of, top
from backend.participation.measures import MeasureBook
from backend.people.queries import board_named
from backend.tallies.disclosure import K
from campaigns.kind import BoardRule, Placed, PlaceReader, Winner

MOST_NAMED = 20


def place_reader(session: Session, activity: uuid.UUID, subject: uuid.UUID) -> PlaceReader:
    """Reads the subject's own place; of fewer than five people no place is shown."""

    def placed(measure: str) -> Placed | None:
        found = rank_of(session, measure, activity, subject)
        if found is None:
            return None
        place = found.place if found.of_people >= K else None
        return Placed(place, found.of_people, found.target, found.operation)

    return placed


def found_board(session: Session, activity: uuid.UUID, rule: BoardRule) -> None:
    """The activity's ranking rule, kept beside its board from the opening on."""
    session.merge(Board(measure=rule.measure, activity_id=activity, chain=rule.chain, counts=rule.counts))


def fix_board(
    session: Session, activity: uuid.UUID, rule: BoardRule, book: MeasureBook, moment: datetime
) -> list[Winner]:
    """Fix ranking and target from the ledger; answers who had everything right."""
    board, ranking = session.get_one(Board, (rule.measure, activity)), book[rule.measure].ranking
    if ranking is None:
        return []
    boards.fix(session, board, ranking, moment)
    return [Winner(subject, operation) for subject, operation in perfect_subjects(session, board)]


@dataclass(frozen=True)
class Shown:
    """A fixed board as a person may see it: those who agreed by name, the own place, nameless neighbours."""

    chain: Sequence[Sequence[str]]
    people: int
    target: int | None
    named: list[Row]
    neighbours: list[Row]
    mine: Row | None


def shown_board(
    session: Session, measure: str, activity: uuid.UUID, subject: uuid.UUID | None = None
) -> Shown | None:
    """None before the board is fixed, or where fewer than five people stand on it."""
    board = board_of(session, measure, activity)
    if board is None or (board.people or 0) < K:
        return None
    rank = rank_of(session, measure, activity, subject) if subject else None
    near = around(session, board, rank.place) if rank else []
    return Shown(
        chain=board.chain,
        people=board.people or 0,
        target=board.target,
        named=top(session, board, board_named(), MOST_NAMED),
        neighbours=near,
        mine=next((row for row in near if row.subject == subject), None),
    )


@dataclass(frozen=True)
class Fixed:
    """How many people a fixed board places, the number their guesses were compared with, and when it was fixed."""

    people: int
    target: int | None
    at: datetime


def enough(number: int, people: int | None = None) -> int | None:
    """The number, or None where fewer than five people stand behind it (`people`, if that is another number)."""
    return number if (number if people is None else people) >= K else None


def fixed(session: Session, measure: str, activity: uuid.UUID) -> Fixed | None:
    board = board_of(session, measure, activity)
    return Fixed(board.people or 0, board.target, board.fixed_at) if board and board.fixed_at else None
