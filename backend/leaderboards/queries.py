import uuid
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from backend.leaderboards.models import Standing, StandingLevel


@dataclass(frozen=True)
class Rank:
    """`place` 1 is the best; equal results share a place."""

    place: int
    of_people: int


def rank_of(session: Session, measure: str, activity: uuid.UUID, subject: uuid.UUID) -> Rank | None:
    """The subject's own rank, or None before the fold has counted the result. Reads levels, not people."""
    own = session.get(Standing, (measure, activity, subject))
    if own is None:
        return None
    level = StandingLevel
    better = or_(level.first < own.first, and_(level.first == own.first, level.second < own.second))
    here = and_(level.measure == measure, level.activity_id == activity)
    ahead = session.scalar(select(func.sum(level.people)).where(here, better)) or 0
    everybody = session.scalar(select(func.sum(level.people)).where(here)) or 0
    return Rank(place=int(ahead) + 1, of_people=int(everybody))
