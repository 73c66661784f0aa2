"""Where a node speaks of contests of many communes at all, and whom one concerns."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from campaigns import evidence
from campaigns.common_models import CommonFinal, CommonRound
from campaigns.contest import rules
from campaigns.contest.common_local import terms_of
from campaigns.contest.models import ContestAttempt
from campaigns.models import Activity, Campaign


def is_any(session: Session) -> bool:
    """Whether such a contest runs or ran here, or its list was published here: elsewhere no page speaks of it."""
    return bool(session.scalar(select(exists(_released()) | exists(select(CommonFinal.id)))))


def concerns(session: Session, subject: uuid.UUID, now: datetime) -> bool:
    """Whether somebody may still stand on a final list: everybody while a round of such a contest is to come or open,
    afterwards who handed in a paper, until the days for entering are over."""
    rounds = [row for row in session.execute(_released()) if row[0].terms["finalists"]]
    if any(activity.state in ("scheduled", "open") for _, activity in rounds):
        return True
    left = [round_.activity_id for round_, activity in rounds if _may_enter(session, round_, activity, now)]
    return bool(left) and _took_part(session, subject, left)


def _released() -> Select[CommonRound, Activity]:
    return (
        select(CommonRound, Activity)
        .join(Activity, Activity.id == CommonRound.activity_id)
        .join(Campaign, Campaign.id == Activity.campaign_id)
        .where(Campaign.state != "draft")
    )


def _may_enter(session: Session, round_: CommonRound, activity: Activity, now: datetime) -> bool:
    if activity.state != "settled":
        return activity.state == "closed"
    fixed = evidence.fixed(session, rules.PAPERS, activity.id)
    return fixed is not None and now <= fixed.at + timedelta(days=terms_of(round_).entry_days)


def _took_part(session: Session, subject: uuid.UUID, rounds: list[uuid.UUID]) -> bool:
    papers = select(ContestAttempt.id).where(
        ContestAttempt.subject == subject,
        ContestAttempt.activity_id.in_(rounds),
        ContestAttempt.state == "submitted",
    )
    return bool(session.scalar(select(exists(papers))))
