"""What a unit says of itself, and why what was counted is less. Rows are added; none is ever written over."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period
from backend.targets.errors import EvidenceMissing, NotBegun, SaidMeanwhile, WordsMissing
from backend.targets.figures import Figure, Shape, figure
from backend.targets.models import PlanIndicator, SeriesReason, SeriesValue

MOST_WORDS = 1000


def shape(one: PlanIndicator) -> Shape:
    return Shape(one.additivity, one.factor, one.decimals)


def declare(
    session: Session,
    one: PlanIndicator,
    unit: uuid.UUID,
    period: Period,
    typed: tuple[str, str, str],
    evidence: str,
    by: uuid.UUID | None,
    *,
    seen: int | None = None,
) -> SeriesValue:
    """A figure of the unit's own: (value, numerator, denominator) as typed. `seen`: the number of the one that stood when
    the form was opened. Raises FigureRefused, SaidMeanwhile."""
    said = figure(shape(one), *typed)
    if not evidence.strip():
        raise EvidenceMissing
    if period.first > clock.today():
        raise NotBegun(period=period.code)
    return add(session, one, unit, period, "declared", said, evidence.strip()[:MOST_WORDS], by, seen=seen)


def add(
    session: Session,
    one: PlanIndicator,
    unit: uuid.UUID,
    period: Period,
    kind: str,
    said: Figure,
    source: str,
    by: uuid.UUID | None,
    *,
    seen: int | None = None,
) -> SeriesValue:
    """The next row of that place. Raises SaidMeanwhile when another one was added since `seen`, or at this moment."""
    number = newest(session, one, unit, period, kind)
    if seen is not None and seen != number:
        raise SaidMeanwhile
    row = SeriesValue(
        indicator_id=one.id, unit_id=unit, calendar=period.calendar, period=period.code, kind=kind, number=number + 1,
        value=said.value, numerator=said.numerator, denominator=said.denominator, absent=said.absent, source=source,
        said_by=by, said_at=clock.now(),
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise SaidMeanwhile from None
    return row


def newest(session: Session, one: PlanIndicator, unit: uuid.UUID, period: Period, kind: str) -> int:
    """The number of what stands there, 0 for nothing."""
    query = select(func.max(SeriesValue.number)).where(
        SeriesValue.indicator_id == one.id,
        SeriesValue.unit_id == unit,
        SeriesValue.calendar == period.calendar,
        SeriesValue.period == period.code,
        SeriesValue.kind == kind,
    )
    return session.scalars(query).one() or 0


def give_reason(
    session: Session, one: PlanIndicator, unit: uuid.UUID, period: Period, words: str, by: uuid.UUID | None
) -> SeriesReason:
    """Why less was counted than declared. Raises WordsMissing."""
    if not words.strip():
        raise WordsMissing
    row = SeriesReason(
        indicator_id=one.id, unit_id=unit, calendar=period.calendar, period=period.code,
        words=words.strip()[:MOST_WORDS], said_by=by, said_at=clock.now(),
    )  # fmt: skip
    session.add(row)
    return row
