import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar, cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from backend.clock import local_day
from backend.db.statements import on_postgres
from backend.participation.models import Fact, Operation, PendingFact, Quarantined

Query = TypeVar("Query", bound=Select[Any])


def highest_seq(session: Session, device: uuid.UUID) -> int:
    """The last number of the device's gapless run from 1; a hole stops it, so the phone sees what never arrived.

    What was put aside did arrive. Counting rows and comparing with the greatest number is all there is to do when
    there is no hole, the usual case.
    """
    top, count, aside = _arrived_of(session, device)
    if top == count:
        return count
    taken_in = session.scalars(select(Operation.device_seq).where(Operation.device_id == device))
    arrived, run = {*taken_in, *aside}, 0
    while run + 1 in arrived:
        run += 1
    return run


def is_without_gap(session: Session, device: uuid.UUID) -> bool:
    top, count, _ = _arrived_of(session, device)
    return top == count


def _arrived_of(session: Session, device: uuid.UUID) -> tuple[int, int, set[int]]:
    """The device's greatest number, how many of its numbers arrived, and which of those were put aside."""
    top, count = cast(tuple[int | None, int], session.execute(_TOP_AND_COUNT, {"device": device}).one())
    aside = _only_aside(session, device)
    return max(top or 0, *aside, 0), count + len(aside), aside


def _only_aside(session: Session, device: uuid.UUID) -> set[int]:
    """Places in the device's sequence that hold a deed put aside and no operation."""
    return {seq for seq in session.scalars(_ASIDE, {"device": device}) if seq is not None}


_OPERATION, _PUT_ASIDE = Operation.__table__.c, Quarantined.__table__.c
_TOP_AND_COUNT = select(func.max(_OPERATION.device_seq), func.count()).where(
    _OPERATION.device_id == bindparam("device")
)
_ASIDE = (
    select(_PUT_ASIDE.device_seq)
    .where(
        _PUT_ASIDE.device_id == bindparam("device"),
        _PUT_ASIDE.device_seq.is_not(None),
        ~exists().where(
            _OPERATION.device_id == bindparam("device"), _OPERATION.device_seq == _PUT_ASIDE.device_seq
        ),
    )
    .distinct()
)


def by_receipt(session: Session, receipt: str, subject: uuid.UUID) -> Operation | Quarantined | None:
    """The person's own deed with that receipt; of one that was put aside and taken up since, what it became."""
    operation = session.scalars(
        select(Operation).where(Operation.receipt == receipt, Operation.subject == subject)
    ).first()
    if operation is not None:
        return operation
    kept = session.scalars(
        select(Quarantined).where(Quarantined.receipt == receipt, Quarantined.subject == subject)
    ).first()
    return (kept and kept.became and session.get(Operation, kept.became)) or kept


def facts_of(session: Session, operation: uuid.UUID) -> list[Fact]:
    return list(session.scalars(select(Fact).where(Fact.operation_id == operation).order_by(Fact.line)))


def waiting_lines(session: Session, operation: uuid.UUID) -> set[int]:
    """Lines of the operation that the fold has not counted yet."""
    return set(session.scalars(select(PendingFact.line).where(PendingFact.operation_id == operation)))


def operations_of(session: Session, subject: uuid.UUID, limit: int = 200) -> list[Operation]:
    return list(
        session.scalars(
            select(Operation)
            .where(Operation.subject == subject)
            .order_by(Operation.received_at.desc())
            .limit(limit)
        )
    )


def own_operations(
    session: Session, subject: uuid.UUID, ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Operation]:
    rows = session.scalars(select(Operation).where(Operation.id.in_(ids), Operation.subject == subject))
    return {row.id: row for row in rows}


def outcomes_of(session: Session, subject: uuid.UUID) -> dict[str, int]:
    rows = session.execute(
        select(Operation.outcome, func.count())
        .where(Operation.subject == subject)
        .group_by(Operation.outcome)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class Arrived:
    """Standing facts of an activity: how many came since a moment, and when the newest came."""

    since: int
    newest: datetime


def arrived(
    session: Session, activities: Collection[uuid.UUID], measure: str, since: datetime
) -> dict[uuid.UUID, Arrived]:
    """Activity -> what arrived there; an activity without any is not in it. One statement for all of them."""
    recent = func.sum(case((Fact.received_at >= since, 1), else_=0))
    columns: Any = select(Fact.activity_id, recent, func.max(Fact.received_at))
    query = standing(columns).where(Fact.activity_id.in_(list(activities)), Fact.measure == measure)
    return {row[0]: Arrived(row[1], row[2]) for row in session.execute(query.group_by(Fact.activity_id))}


def arrivals(
    session: Session, activity: uuid.UUID, measure: str, since: datetime, every: timedelta
) -> list[tuple[datetime, int]]:
    """How many standing facts of the measure were received in each stretch of time, oldest first, empty ones left out.

    Stretches begin on the full minute, hour or day in Viet Nam. Counted by the database: 250,000 rows stay there.
    """
    stretch = _stretch(session, every)
    columns: Any = select(stretch, func.count())
    query = standing(columns).where(
        Fact.activity_id == activity, Fact.measure == measure, Fact.received_at >= since
    )
    rows = session.execute(query.group_by(stretch).order_by(stretch))
    return [(_FIRST + int(number) * every, count) for number, count in rows]


_EAST_S = 7 * 3600
_FIRST = datetime(1969, 12, 31, 17, tzinfo=UTC)
"""Midnight in Viet Nam by today's clock, seven hours east of UTC since long before the first of these facts."""


def _stretch(session: Session, every: timedelta) -> ColumnElement[int]:
    """The number of the stretch a fact was received in, counted from `_FIRST`."""
    # Written into the statement: PostgreSQL takes two parameters of one value for two expressions when it groups.
    east, size = (literal_column(str(n), BigInteger) for n in (_EAST_S, int(every.total_seconds())))
    epoch = (
        func.floor(func.extract("epoch", Fact.received_at))
        if on_postgres(session)
        else func.strftime("%s", Fact.received_at)
    )
    return (sql_cast(epoch, BigInteger) + east) // size


@dataclass(frozen=True)
class FactGroup:
    """Facts of some days together, at least as many people as the disclosure rule asks; no row about one person."""

    first_day: date
    last_day: date
    facts: int
    people: int
    quantity: int
    keys: tuple[str, ...]


def standing_facts(
    session: Session, activity: uuid.UUID, measure: str, units: set[uuid.UUID], period: str
) -> list[Fact]:
    """Facts not reversed, oldest first: what a figure is made of."""
    query = standing(select(Fact)).where(
        Fact.activity_id == activity,
        Fact.measure == measure,
        Fact.unit_id.in_(units),
        _in_period(period),
    )
    return list(session.scalars(query.order_by(Fact.happened_at, Fact.operation_id)))


def standing(query: Query) -> Query:
    """Only facts that are no reversal and were not reversed."""
    gone = select(Fact.reverses_operation, Fact.reverses_line).where(Fact.is_reversal).subquery()
    taken_back = (gone.c.reverses_operation == Fact.operation_id) & (gone.c.reverses_line == Fact.line)
    return query.outerjoin(gone, taken_back).where(
        Fact.is_reversal.is_(False), gone.c.reverses_operation.is_(None)
    )


def _in_period(period: str) -> ColumnElement[bool]:
    if period == "all":
        return Fact.period == Fact.period
    if "Q" in period or "S" in period:
        return Fact.period.in_(_months(period))
    return Fact.period.startswith(period)


def _months(period: str) -> list[str]:
    year, letter, number = period[:4], period[4], int(period[5])
    size = 3 if letter == "Q" else 6
    return [f"{year}{m:02d}" for m in range((number - 1) * size + 1, number * size + 1)]


def grouped(facts: list[Fact], at_least: int) -> list[FactGroup]:
    """Days joined until each group holds `at_least` different people; the remainder joins the last group. Pure."""
    groups: list[list[Fact]] = []
    for fact in facts:
        if groups and _may_still_grow(groups[-1], fact, at_least):
            groups[-1].append(fact)
        else:
            groups.append([fact])
    if len(groups) > 1 and _people(groups[-1]) < at_least:
        groups[-2].extend(groups.pop())
    return [_as_group(group) for group in groups if _people(group) >= at_least]


def _may_still_grow(group: list[Fact], fact: Fact, at_least: int) -> bool:
    same_day = local_day(group[-1].happened_at) == local_day(fact.happened_at)
    return same_day or _people(group) < at_least


def _people(group: list[Fact]) -> int:
    return len({fact.subject or fact.operation_id for fact in group})


def _as_group(group: list[Fact]) -> FactGroup:
    return FactGroup(
        first_day=local_day(group[0].happened_at),
        last_day=local_day(group[-1].happened_at),
        facts=len(group),
        people=_people(group),
        quantity=sum(fact.quantity for fact in group),
        keys=tuple(f"{fact.operation_id}/{fact.line}" for fact in group),
    )
