"""Keeping the boards: whoever's facts were just counted gets the standing worked out anew from the ledger."""

import uuid
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.db.statements import insert_into
from backend.leaderboards.models import Standing, StandingLevel
from backend.leaderboards.ranking import Level, best, level
from backend.participation.measures import MeasureBook, Ranking
from backend.participation.models import Fact
from backend.tallies.counting import Cell
from backend.tallies.fold import Follower

Place = tuple[str, uuid.UUID, uuid.UUID]
"""(measure, activity, subject)"""


def board_keeper(book: MeasureBook) -> Follower:
    def follow(session: Session, facts: Sequence[Fact], _cells: set[Cell]) -> None:
        places = {
            (fact.measure, fact.activity_id, fact.subject)
            for fact in facts
            if fact.subject and book[fact.measure].ranking
        }
        for place in sorted(places, key=str):
            _stand_anew(session, book, place)

    return follow


def _stand_anew(session: Session, book: MeasureBook, place: Place) -> None:
    measure, activity, subject = place
    old = session.get(Standing, place)
    new = _best_of(session, book, place)
    if old is not None:
        _move(session, measure, activity, Level(old.first, old.second), -1)
        session.delete(old)
        session.flush()  # the same key is written again below
    if new is not None:
        reached, operation = new
        _move(session, measure, activity, reached, +1)
        session.add(
            Standing(
                measure=measure,
                activity_id=activity,
                subject=subject,
                first=reached.first,
                second=reached.second,
                operation_id=operation,
            )
        )


def _best_of(session: Session, book: MeasureBook, place: Place) -> tuple[Level, uuid.UUID] | None:
    measure, activity, subject = place
    ranking = book[measure].ranking or Ranking(())
    facts = session.scalars(
        select(Fact)
        .where(Fact.measure == measure, Fact.activity_id == activity, Fact.subject == subject)
        .order_by(Fact.received_at, Fact.operation_id)
    ).all()
    taken_back = {(fact.reverses_operation, fact.reverses_line) for fact in facts if fact.is_reversal}
    return best(
        (level(fact.result or {}, ranking), fact.operation_id)
        for fact in facts
        if not fact.is_reversal and (fact.operation_id, fact.line) not in taken_back
    )


def _move(session: Session, measure: str, activity: uuid.UUID, at: Level, by: int) -> None:
    statement = insert_into(session, StandingLevel).values(
        measure=measure, activity_id=activity, first=at.first, second=at.second, people=by
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["measure", "activity_id", "first", "second"],
            set_={"people": StandingLevel.people + by},
        )
    )
    if by < 0:
        session.execute(delete(StandingLevel).where(StandingLevel.people == 0))


def empty(session: Session) -> None:
    session.execute(delete(Standing))
    session.execute(delete(StandingLevel))
