"""Why less was counted than was declared: the words a unit gave last, wherever they are asked for."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.calendars import Period
from backend.targets.models import SeriesReason


def last(
    session: Session, of: Iterable[uuid.UUID], unit: uuid.UUID, period: Period, until: datetime
) -> dict[uuid.UUID, SeriesReason]:
    """Indicator -> the reason given last by then for that very period."""
    rows = session.scalars(
        select(SeriesReason)
        .where(
            SeriesReason.indicator_id.in_(list(of)),
            SeriesReason.unit_id == unit,
            SeriesReason.calendar == period.calendar,
            SeriesReason.period == period.code,
            SeriesReason.said_at <= until,
        )
        .order_by(SeriesReason.said_at, SeriesReason.id)
    )
    return {row.indicator_id: row for row in rows}
