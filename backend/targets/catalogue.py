"""The catalogue of what plans set targets for."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.scorecards.indicators import Indicator, template
from backend.targets.errors import IndicatorUnknown
from backend.targets.models import PlanIndicator


def indicator(session: Session, code: str) -> PlanIndicator:
    """Raises IndicatorUnknown."""
    found = session.scalars(select(PlanIndicator).where(PlanIndicator.code == code)).first()
    if found is None:
        raise IndicatorUnknown
    return found


def indicators(session: Session, codes: Iterable[str]) -> dict[str, PlanIndicator]:
    rows = session.scalars(select(PlanIndicator).where(PlanIndicator.code.in_(list(codes))))
    return {row.code: row for row in rows}


def measuring(one: PlanIndicator) -> Indicator | None:
    """The indicator of our own scorecards that counts the same thing; None where nothing is measured."""
    return next((own for own in template().indicators if own.code == one.measured_by), None)
