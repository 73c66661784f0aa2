import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.scorecards.models import ScorecardLine


def card(session: Session, unit: uuid.UUID, period: str) -> list[ScorecardLine]:
    """The unit's lines of one period."""
    return list(
        session.scalars(
            select(ScorecardLine)
            .where(ScorecardLine.unit_id == unit, ScorecardLine.period == period)
            .order_by(ScorecardLine.activity_id, ScorecardLine.indicator)
        )
    )


def lines(
    session: Session, indicator: str, activity: uuid.UUID, units: Iterable[uuid.UUID], period: str = "all"
) -> dict[uuid.UUID, ScorecardLine]:
    """One indicator of one activity over many units; a unit without a line has no figure, which is not zero."""
    rows = session.scalars(
        select(ScorecardLine).where(
            ScorecardLine.indicator == indicator,
            ScorecardLine.activity_id == activity,
            ScorecardLine.unit_id.in_(list(units)),
            ScorecardLine.period == period,
        )
    )
    return {row.unit_id: row for row in rows}


def line(
    session: Session, unit: uuid.UUID, period: str, indicator: str, activity: uuid.UUID
) -> ScorecardLine | None:
    return session.get(ScorecardLine, (unit, period, indicator, activity))
