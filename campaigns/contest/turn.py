"""What a contest does by itself as time passes, and when it may open and be settled."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.errors import N_, DomainError
from campaigns.contest.models import ContestAttempt, ContestQuestion
from campaigns.models import Activity


class TooFewQuestions(DomainError):
    status = 409
    code = "too_few_questions"
    sentence = N_(
        "Ngân hàng chỉ có %(have)s câu, trong khi mỗi đề cần %(need)s câu. Xin bổ sung câu hỏi rồi mở lại."
    )


def check_opening(session: Session, activity: Activity) -> None:
    """Raises TooFewQuestions."""
    have = session.scalar(
        select(func.count()).select_from(ContestQuestion).where(ContestQuestion.activity_id == activity.id)
    )
    need = activity.settings["questions_per_attempt"]
    if (have or 0) < need:
        raise TooFewQuestions(have=have or 0, need=need)


def turn(session: Session, activity: Activity, now: datetime) -> None:
    """Papers never handed in are marked as run out once their time and grace are over; a late one may still come."""
    session.execute(
        update(ContestAttempt)
        .where(
            ContestAttempt.activity_id == activity.id,
            ContestAttempt.state == "running",
            ContestAttempt.due_at < now - _grace(activity),
        )
        .values(state="expired")
    )


def may_settle(session: Session, activity: Activity, now: datetime) -> bool:
    """No paper can still arrive in time: none runs, or the last one's time and grace are over."""
    last_due = session.scalar(
        select(func.max(ContestAttempt.due_at)).where(
            ContestAttempt.activity_id == activity.id, ContestAttempt.state == "running"
        )
    )
    return last_due is None or last_due + _grace(activity) < now


def _grace(activity: Activity) -> timedelta:
    return timedelta(seconds=activity.settings["grace_s"])
