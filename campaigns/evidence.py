"""The one reader of tallies and boards here: hands plain values to the rooms that show or reward them."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from backend import clock
from backend.clock import VIETNAM
from backend.db.statements import among
from backend.leaderboards import fold as boards
from backend.leaderboards.models import Board
from backend.leaderboards.queries import Row, around, board_of, leading, perfect_subjects, rank_of, top
from backend.participation.measures import Measure, MeasureBook
from backend.participation.models import Fact
from backend.participation.queries import standing
from backend.people.queries import board_named
from backend.tallies.disclosure import Cell, K, Table, hidden_cells, may_show
from backend.tallies.queries import Sealed, read
from backend.units.lineage import lineage
from backend.units.queries import frozen_headcounts, named_many
from backend.units.trees import each_subtree
from campaigns.kind import BoardRule, Leader, Placed, PlaceReader, Winner
from campaigns.models import Activity

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
    session: Session,
    activity: uuid.UUID,
    rule: BoardRule,
    book: MeasureBook,
    moment: datetime,
    target: int | None = None,
) -> list[Winner]:
    """Fix ranking and target from the ledger; answers who had everything right. `target`: one that comes from elsewhere."""
    board, ranking = session.get_one(Board, (rule.measure, activity)), book[rule.measure].ranking
    if ranking is None:
        return []
    boards.fix(session, board, ranking, moment, target)
    return [Winner(subject, operation) for subject, operation in perfect_subjects(session, board)]


def count_now(session: Session, measure: Measure, activity: uuid.UUID) -> tuple[int, int]:
    """(people, of them with everything right) of a board not yet fixed, for whoever adds up many communes; no page
    of this node ever shows the second before the results are settled."""
    board = session.get_one(Board, (measure.code, activity))
    return boards.count_now(session, board, measure.ranking) if measure.ranking else (0, 0)


def compare_anew(session: Session, measure: Measure, activity: uuid.UUID, target: int) -> None:
    """Give out the places of a fixed board anew, guesses held against another number. When it was fixed stays."""
    board = session.get_one(Board, (measure.code, activity))
    if measure.ranking and board.fixed_at:
        boards.fix(session, board, measure.ranking, board.fixed_at, target)


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


# --- figures of units, straight from the ledger ------------------------------------------------------------------------


@dataclass(frozen=True)
class Tallied:
    """What stands of a measure in a unit and all below it: different people, facts, and their sum."""

    people: int = 0
    facts: int = 0
    quantity: int = 0


def unit_figures(
    session: Session,
    book: MeasureBook,
    measures: Collection[str],
    units: Collection[uuid.UUID],
    first: date,
    last: date,
) -> dict[uuid.UUID, dict[str, Tallied]]:
    """Unit -> measure -> what happened there from one day to another, in whichever activity; different people once.

    A unit that took in others bears their deeds. Of a sealed measure only activities that are settled are counted.
    A measure without a deed is there as nothing. Units with nothing below them, nearly all, are asked about at once.
    """
    counted = _counted(book, measures, first, last)
    found: dict[uuid.UUID, dict[str, Tallied]] = {unit: dict.fromkeys(measures, Tallied()) for unit in units}
    places, known = each_subtree(session, units, last), lineage(session)
    inside = {unit: known.history(places.get(unit, {unit})) for unit in units}
    alone = [unit for unit, these in inside.items() if len(these) == 1]
    query = counted.add_columns(Fact.unit_id).where(among(Fact.unit_id, alone)).group_by(Fact.unit_id)
    for code, people, facts, total, unit in session.execute(query) if alone else ():
        found[unit][code] = Tallied(people, facts, int(total))
    for unit, these in inside.items():
        if len(these) > 1:
            for code, people, facts, total in session.execute(counted.where(among(Fact.unit_id, these))):
                found[unit][code] = Tallied(people, facts, int(total))
    return found


def _counted(book: MeasureBook, measures: Collection[str], first: date, last: date) -> Any:
    """Measure, different people, facts, and their sum, of what stands from one day to another."""
    sealed = [code for code in measures if book[code].sealed]
    settled = select(Activity.id).where(Activity.state == "settled")
    gone = aliased(Fact)
    taken_back = exists().where(gone.reverses_operation == Fact.operation_id, gone.reverses_line == Fact.line)
    return (
        select(Fact.measure, func.count(Fact.subject.distinct()), func.count(), func.sum(Fact.quantity))
        .where(
            Fact.measure.in_(sorted(measures)),
            Fact.is_reversal.is_(False),
            ~taken_back,
            Fact.happened_at >= _morning(first),
            Fact.happened_at < _morning(last + timedelta(days=1)),
            or_(Fact.measure.not_in(sealed), Fact.activity_id.in_(settled)),
        )
        .group_by(Fact.measure)
    )


def _morning(day: date) -> datetime:
    return datetime.combine(day, time.min, VIETNAM)


# --- for whoever recognises: a few names and figures, never a list of those who did not ------------------------------


@dataclass(frozen=True)
class Sources:
    """What the registry hands over, so that one room reads of another without knowing it: the measures, and who leads."""

    book: MeasureBook
    leaders: Callable[[Session, Activity], list[Leader]]


def ranking(session: Session, measure: str, activity: uuid.UUID, most: int) -> list[Row] | None:
    """The first of a fixed board, without names. None before it is fixed."""
    board = board_of(session, measure, activity)
    return None if board is None else leading(session, board, most)


def person_counts(
    session: Session, book: MeasureBook, measure: str, activity: Activity, at_least: int, most: int
) -> list[tuple[uuid.UUID, int]]:
    """Subjects whose facts of the measure come to `at_least`, with what they come to, the most first. Raises Sealed."""
    if book[measure].sealed and activity.state != "settled":
        raise Sealed
    total = func.sum(Fact.quantity)
    sums: Any = select(Fact.subject, total)
    query = (
        standing(sums)
        .where(Fact.measure == measure, Fact.activity_id == activity.id, Fact.subject.is_not(None))
        .group_by(Fact.subject)
        .having(total >= at_least)
        .order_by(total.desc(), Fact.subject)
        .limit(most)
    )
    return [(subject, int(count)) for subject, count in session.execute(query) if subject]


def settled_figures(
    session: Session,
    book: MeasureBook,
    measure: str,
    activity: Activity,
    units: Sequence[uuid.UUID],
    take: Literal["facts", "people", "rate"] = "facts",
) -> dict[uuid.UUID, Decimal | None]:
    """Unit -> its figure, a rate in per cent; None where it is hidden or not known, which looks the same. Raises Sealed."""
    counts = read(session, book, measure, activity.id, units, settled=activity.state == "settled")
    if take == "facts":
        return {unit: Decimal(counts[unit].quantity) if unit in counts else None for unit in units}
    heads = frozen_headcounts(session, activity.id)
    of = {unit: heads[unit].people if unit in heads else None for unit in units}
    people = {unit: counts[unit].people if unit in counts else 0 for unit in units}
    hidden = hidden_units(session, people, of)
    return {unit: None if unit in hidden else _share(people[unit], of[unit], take) for unit in units}


def hidden_units(
    session: Session, people: Mapping[uuid.UUID, int], of: Mapping[uuid.UUID, int | None]
) -> set[uuid.UUID]:
    """Whose count of people is not told beside the others, of how many there are in each (None: nobody knows).

    As on a scorecard: a small one takes its neighbour along, so that nothing comes back by subtraction.
    """
    names = named_many(session, people, clock.today())
    order = sorted(people, key=lambda unit: (names[unit].code if unit in names else "", str(unit)))
    cells = {unit: Cell.out_of(people[unit], of[unit]) for unit in order}
    alone = {unit for unit in order if not may_show(people[unit], of[unit])}
    return set(hidden_cells(Table(cells), order, alone))


def _share(people: int, of: int | None, take: str) -> Decimal | None:
    if take == "people":
        return Decimal(people)
    return Decimal(people) * 100 / of if of else None


def review_leaders(session: Session, activity: Activity, sources: Sources) -> list[Leader]:
    """Units in front by the review published last, nobody else; asked of the kind that published it."""
    return sources.leaders(session, activity)
