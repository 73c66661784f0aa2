"""Counting the ledger as it was known at a moment. Each function is one statement, whatever the size of the units.

A fact is known once it was recorded, and so is its reversal: what waited or was repaired came earlier, but nobody could
count it before. A fact dated more than a day after it was received is dated wrong: it is kept out of every figure and
counted apart, so that somebody sees it.
"""

import json
import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import (
    ColumnElement,
    String,
    Subquery,
    Uuid,
    and_,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.orm import Session, aliased

from backend.calendars import Period, bounds
from backend.cards.lineup import ONE_DAY, Stay
from backend.cards.rules import Count
from backend.clock import VIETNAM, local_day
from backend.db.base import Moment
from backend.db.statements import on_postgres
from backend.participation.models import Fact

Counts = dict[uuid.UUID, dict[str, Count]]
"""top -> measure -> count"""


@dataclass(frozen=True)
class Came:
    """What became known between two moments for days of a period: facts that came, facts that had come before but were
    recorded only now, and facts taken back."""

    late: int = 0
    reversed: int = 0
    recorded: int = 0


@dataclass(frozen=True)
class BySubject:
    """What stands of a measure below a top about one person or household; None: about nobody in particular."""

    top: uuid.UUID
    measure: str
    subject: uuid.UUID | None
    quantity: int
    facts: int


@dataclass(frozen=True)
class Record:
    """One fact that stands, without whose it is told to anybody: `subject` only keeps different people apart."""

    measure: str
    day: date
    subject: uuid.UUID | None
    operation: uuid.UUID
    line: int
    quantity: int

    @property
    def key(self) -> str:
        return f"{self.operation}/{self.line}"


def records(
    session: Session, stays: Iterable[Stay], measures: Collection[str], known_at: datetime
) -> list[Record]:
    """The facts that `counts` adds up, the oldest first."""
    place = _places(session, stays)
    rows = session.execute(
        select(Fact.measure, Fact.happened_at, Fact.subject, Fact.operation_id, Fact.line, Fact.quantity)
        .select_from(place)
        .join(Fact, _inside(place))
        .where(
            Fact.measure.in_(sorted(measures)),
            Fact.is_reversal.is_(False),
            _known(Fact) <= known_at,
            ~_is_ahead(session),
            ~_taken_back(known_at),
        )
        .order_by(Fact.happened_at, Fact.operation_id, Fact.line)
    )
    return [
        Record(row.measure, local_day(row.happened_at), row.subject, row.operation_id, row.line, row.quantity)
        for row in rows
    ]


def counts(session: Session, stays: Iterable[Stay], measures: Collection[str], known_at: datetime) -> Counts:
    """What stands of each measure below each top. People are different people: counted anew, never added up."""
    if not measures:
        return {}
    place = _places(session, stays)
    rows = session.execute(
        select(
            place.c.top,
            Fact.measure,
            func.count(),
            func.sum(Fact.quantity),
            func.count(Fact.subject.distinct()),
        )
        .join(Fact, _inside(place))
        .where(
            Fact.measure.in_(sorted(measures)),
            Fact.is_reversal.is_(False),
            _known(Fact) <= known_at,
            ~_is_ahead(session),
            ~_taken_back(known_at),
        )
        .group_by(place.c.top, Fact.measure)
    )
    found: Counts = {}
    for top, measure, facts, quantity, people in rows:
        found.setdefault(top, {})[measure] = Count(people, int(quantity), facts)
    return found


def by_subject(
    session: Session, stays: Iterable[Stay], measures: Collection[str], known_at: datetime
) -> list[BySubject]:
    """The same, one line for whom each count is about: for counts that must be laid over other units."""
    if not measures:
        return []
    place = _places(session, stays)
    rows = session.execute(
        select(place.c.top, Fact.measure, Fact.subject, func.sum(Fact.quantity), func.count())
        .join(Fact, _inside(place))
        .where(
            Fact.measure.in_(sorted(measures)),
            Fact.is_reversal.is_(False),
            _known(Fact) <= known_at,
            ~_is_ahead(session),
            ~_taken_back(known_at),
        )
        .group_by(place.c.top, Fact.measure, Fact.subject)
        .order_by(place.c.top, Fact.measure, Fact.subject)
    )
    return [BySubject(top, measure, who, int(much), many) for top, measure, who, much, many in rows]


def ever_counted(
    session: Session, stays: Iterable[Stay], measures: Collection[str], known_at: datetime
) -> dict[uuid.UUID, frozenset[str]]:
    """Measures with any fact up to the end of the stay: without one nothing was counted there, which is not a zero."""
    if not measures:
        return {}
    place, measure = _places(session, stays), _listed(session, measures)
    known = exists().where(
        Fact.unit_id == place.c.unit,
        Fact.measure == measure.c.measure,
        Fact.happened_at < place.c.until,
        _known(Fact) <= known_at,
    )
    rows = session.execute(
        select(place.c.top, measure.c.measure)
        .select_from(place)
        .join(measure, true())
        .where(known)
        .distinct()
    )
    found: dict[uuid.UUID, set[str]] = {}
    for top, code in rows:
        found.setdefault(top, set()).add(code)
    return {top: frozenset(codes) for top, codes in found.items()}


def came_between(
    session: Session, stays: Iterable[Stay], measures: Collection[str], since: datetime, until: datetime
) -> dict[str, Came]:
    """Per measure, why a figure moved: `since` was known before, `until` is known now."""
    if not measures:
        return {}
    place = _places(session, stays)
    rows = session.execute(
        select(
            Fact.measure,
            Fact.is_reversal,
            func.count(),
            func.sum(case((Fact.received_at > since, 1), else_=0)),
        )
        .select_from(place)
        .join(Fact, _inside(place))
        .where(
            Fact.measure.in_(sorted(measures)),
            _known(Fact) > since,
            _known(Fact) <= until,
            ~_is_ahead(session),
        )
        .group_by(Fact.measure, Fact.is_reversal)
    )
    found: dict[str, Counter[str]] = {}
    for measure, is_reversal, count, late in rows:
        told = {"reversed": count} if is_reversal else {"late": int(late), "recorded": count - int(late)}
        found.setdefault(measure, Counter()).update(told)
    return {measure: Came(**sides) for measure, sides in found.items()}


def dated_ahead(
    session: Session, stays: Iterable[Stay], measures: Collection[str], period: Period, known_at: datetime
) -> int:
    """Records kept out because they are dated after they arrived; those dated in the period or received in it."""
    if not measures:
        return 0
    place, (first, end) = _places(session, stays), bounds(period)
    here = or_(
        and_(Fact.received_at >= first, Fact.received_at < end),
        and_(Fact.happened_at >= first, Fact.happened_at < end),
    )
    units = select(place.c.unit).distinct().subquery()
    return session.scalars(
        select(func.count())
        .select_from(units)
        .join(Fact, Fact.unit_id == units.c.unit)
        .where(
            Fact.measure.in_(sorted(measures)),
            Fact.is_reversal.is_(False),
            _is_ahead(session),
            _known(Fact) <= known_at,
            here,
        )
    ).one()


def activities(
    session: Session, stays: Iterable[Stay], measures: Collection[str], known_at: datetime
) -> list[uuid.UUID]:
    """The activities whose facts stand behind these figures."""
    place = _places(session, stays)
    rows = session.scalars(
        select(Fact.activity_id)
        .select_from(place)
        .join(Fact, _inside(place))
        .where(Fact.measure.in_(sorted(measures)), _known(Fact) <= known_at)
        .distinct()
    )
    return sorted(rows)


# --- handing units to the database -------------------------------------------------------------------------------


def _places(session: Session, stays: Iterable[Stay]) -> Subquery:
    """The stays as a table, out of one parameter: thousands of units are no longer a statement than one."""
    rows = [[_key(session, stay.unit), _key(session, stay.top), *_moments(session, stay)] for stay in stays]
    return (
        text(_ROWS_ON_POSTGRES if on_postgres(session) else _ROWS_ON_SQLITE)
        .bindparams(rows=json.dumps(rows))
        .columns(unit=Uuid, top=Uuid, since=Moment, until=Moment)
        .subquery("place")
    )


_ROWS_ON_POSTGRES = """SELECT CAST(value->>0 AS uuid) AS unit, CAST(value->>1 AS uuid) AS top,
 CAST(value->>2 AS timestamptz) AS since, CAST(value->>3 AS timestamptz) AS until
 FROM jsonb_array_elements(CAST(:rows AS jsonb))"""
_ROWS_ON_SQLITE = """SELECT json_extract(value, '$[0]') AS unit, json_extract(value, '$[1]') AS top,
 json_extract(value, '$[2]') AS since, json_extract(value, '$[3]') AS until FROM json_each(:rows)"""
_LIST_ON_POSTGRES = "SELECT value AS measure FROM jsonb_array_elements_text(CAST(:codes AS jsonb))"
_LIST_ON_SQLITE = "SELECT value AS measure FROM json_each(:codes)"


def _listed(session: Session, measures: Collection[str]) -> Subquery:
    statement = text(_LIST_ON_POSTGRES if on_postgres(session) else _LIST_ON_SQLITE)
    return statement.bindparams(codes=json.dumps(sorted(measures))).columns(measure=String).subquery("asked")


def _key(session: Session, unit: uuid.UUID) -> str:
    """As each database keeps it."""
    return str(unit) if on_postgres(session) else unit.hex


def _moments(session: Session, stay: Stay) -> list[str]:
    first = datetime.combine(stay.first, time(), VIETNAM).astimezone(UTC)
    end = datetime.combine(stay.last + ONE_DAY, time(), VIETNAM).astimezone(UTC)
    if on_postgres(session):
        return [first.isoformat(), end.isoformat()]
    return [f"{moment:%Y-%m-%d %H:%M:%S.%f}" for moment in (first, end)]


def _inside(place: Subquery) -> ColumnElement[bool]:
    return and_(
        Fact.unit_id == place.c.unit, Fact.happened_at >= place.c.since, Fact.happened_at < place.c.until
    )


def _known(fact: type[Fact]) -> ColumnElement[datetime]:
    return func.coalesce(fact.recorded_at, fact.received_at)


def _is_ahead(session: Session) -> ColumnElement[bool]:
    """A day's grace: clocks differ, and what is done this evening may be written down this morning."""
    if on_postgres(session):
        return Fact.happened_at > Fact.received_at + literal_column("INTERVAL '1 day'")
    return Fact.happened_at > func.datetime(Fact.received_at, "+1 day")


def _taken_back(known_at: datetime) -> ColumnElement[bool]:
    back = aliased(Fact)
    return (
        select(back.line)
        .where(
            back.reverses_operation == Fact.operation_id,
            back.reverses_line == Fact.line,
            _known(back) <= known_at,
        )
        .correlate(Fact)
        .exists()
    )
