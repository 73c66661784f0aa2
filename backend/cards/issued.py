"""Which of the templates that offices brought in holds for a unit and a period."""

import uuid
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.calendars import Period
from backend.cards.models import CardTemplateIssue
from backend.db.statements import among
from backend.targets.queries import above


def issues_of(
    session: Session, issuers: Iterable[uuid.UUID], code: str | None = None
) -> list[CardTemplateIssue]:
    """The newest version first."""
    query = select(CardTemplateIssue).where(
        among(CardTemplateIssue.issuer_id, issuers), CardTemplateIssue.withdrawn_at.is_(None)
    )
    if code is not None:
        query = query.where(CardTemplateIssue.code == code)
    return list(session.scalars(query.order_by(CardTemplateIssue.version.desc(), CardTemplateIssue.id)))


def issued_for(session: Session, unit: uuid.UUID, code: str, period: Period) -> CardTemplateIssue | None:
    """Of those issued on the unit's own line, in force when the period begins: the highest issuer's newest."""
    way = above(session, unit, period.last)
    rows = [row for row in issues_of(session, way, code) if row.valid_from <= period.first]
    return max(rows, key=lambda row: (way.index(row.issuer_id), row.version), default=None)
