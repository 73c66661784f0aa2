import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar, cast

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, select
from sqlalchemy.orm import Session

from backend.clock import local_day
from backend.participation.models import Fact, Operation, PendingFact, Quarantined

Query = TypeVar("Query", bound=Select[Any])


def highest_seq(session: Session, device: uuid.UUID) -> int:
    """The last number of the device's gapless run from 1; a hole stops it, so the phone sees what never arrived.

    What was put aside did arrive. Counting rows and comparing with the greatest number is all there is to do when
    there is no hole, the usual case.
    """
    top, count = cast(tuple[int | None, int], session.execute(_TOP_AND_COUNT, {"device": device}).one())
    aside = _only_aside(session, device)
    if max(top or 0, *aside, 0) == count + len(aside):
        return count + len(aside)
    taken_in = session.scalars(select(Operation.device_seq).where(Operation.device_id == device))
    arrived, run = {*taken_in, *aside}, 0
    while run + 1 in arrived:
        run += 1
    return run


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
    """The person's own deed with that receipt."""
    operation = session.scalars(
        select(Operation).where(Operation.receipt == receipt, Operation.subject == subject)
    ).first()
    if operation is not None:
        return operation
    return session.scalars(
        select(Quarantined).where(Quarantined.receipt == receipt, Quarantined.subject == subject)
    ).first()


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


def outcomes_of(session: Session, subject: uuid.UUID) -> dict[str, int]:
    rows = session.execute(
        select(Operation.outcome, func.count())
        .where(Operation.subject == subject)
        .group_by(Operation.outcome)
    )
    return {row[0]: row[1] for row in rows}


def arrivals(
    session: Session, activity: uuid.UUID, measure: str, since: datetime | None = None
) -> list[datetime]:
    """When each standing fact of the measure was received: what the console draws as arrivals."""
    query = _standing(select(Fact.received_at)).where(Fact.activity_id == activity, Fact.measure == measure)
    if since is not None:
        query = query.where(Fact.received_at >= since)
    return list(session.scalars(query.order_by(Fact.received_at)))


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
    query = _standing(select(Fact)).where(
        Fact.activity_id == activity,
        Fact.measure == measure,
        Fact.unit_id.in_(units),
        _in_period(period),
    )
    return list(session.scalars(query.order_by(Fact.happened_at, Fact.operation_id)))


def _standing(query: Query) -> Query:
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
