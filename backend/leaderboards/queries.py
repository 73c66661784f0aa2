"""Reading a board. Nobody has a place before it is fixed: an early place would tell how many have everything right."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.leaderboards.models import Board, Standing
from backend.leaderboards.ranking import distance
from backend.participation.models import Fact

AROUND = 2
"""How many neighbours on each side of the own place."""


@dataclass(frozen=True)
class Rank:
    """`place` 1 is the best. `operation`: the deed whose result counts; `target`: what guesses were compared with."""

    place: int
    of_people: int
    operation: uuid.UUID
    target: int | None


@dataclass(frozen=True)
class Row:
    """One placed result. `gap`: how far the guess was from the target; None where nobody guessed."""

    subject: uuid.UUID
    place: int
    result: dict[str, int]
    handed_in: datetime
    gap: int | None
    name: str | None = None


def board_of(session: Session, measure: str, activity: uuid.UUID) -> Board | None:
    """The board, once it is fixed."""
    board = session.get(Board, (measure, activity))
    return board if board and board.fixed_at else None


def rank_of(session: Session, measure: str, activity: uuid.UUID, subject: uuid.UUID) -> Rank | None:
    """The subject's own place; None before the board is fixed. Two rows are read, whatever the number of people."""
    board = board_of(session, measure, activity)
    own = session.get(Standing, (measure, activity, subject)) if board else None
    if board is None or own is None or own.place is None:
        return None
    return Rank(own.place, board.people or 0, own.operation_id, board.target)


def top(session: Session, board: Board, named: Select[uuid.UUID, str], limit: int) -> list[Row]:
    """The first of those in `named` (subject, name), in order; their places keep the gaps of those who are not."""
    who = named.subquery()
    subject, name = who.c
    first = (
        _standing(board, name).join(who, subject == Standing.subject).order_by(Standing.place).limit(limit)
    )
    return _read(session, board, first)


def leading(session: Session, board: Board, limit: int) -> list[Row]:
    """The first of everybody, in order, without names: for whoever recognises results, never for a public page."""
    placed = Standing.place.between(1, limit)
    return _read(session, board, _standing(board).where(placed).order_by(Standing.place))


def around(session: Session, board: Board, place: int) -> list[Row]:
    """The results near a place, nobody's name among them."""
    # Each place by its number: of a range the database would not know how few it holds, and plan anew every time.
    near = Standing.place.in_(range(place - AROUND, place + AROUND + 1))
    return _read(session, board, _standing(board).where(near))


def _standing(board: Board, *more: Any) -> Any:
    return select(Standing.subject, Standing.place, Standing.operation_id, *more).where(
        Standing.measure == board.measure, Standing.activity_id == board.activity_id
    )


def _read(session: Session, board: Board, chosen: Any) -> list[Row]:
    """Those chosen with their results, in order. The choice is made first: of hundreds named few results are fetched."""
    subject, place, operation, *more = chosen.subquery().c
    fact = (Fact.operation_id == operation) & (Fact.measure == board.measure) & Fact.is_reversal.is_(False)
    query = select(subject, place, Fact.result, Fact.received_at, *more).join(Fact, fact).order_by(place)
    return [
        Row(subject, place, result, handed_in, _gap(board, result), *name)
        for subject, place, result, handed_in, *name in session.execute(query)
    ]


def _gap(board: Board, result: dict[str, int]) -> int | None:
    guess = result.get("guess")
    return None if guess is None or board.target is None else distance(guess, board.target)


def perfect_subjects(session: Session, board: Board) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """(subject, operation) of every counting result with nothing wrong."""
    query = select(Standing.subject, Standing.operation_id).where(
        Standing.measure == board.measure, Standing.activity_id == board.activity_id, Standing.perfect
    )
    return [(row[0], row[1]) for row in session.execute(query.order_by(Standing.place))]
