"""The contest's parts of the published results: how many, how ranked, what was taken out and why."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns import evidence
from campaigns.contest import common_outcome, rules
from campaigns.contest.models import ContestAttempt
from campaigns.contest.reasons import REMOVALS
from campaigns.contest.removal import removed_by_reason
from campaigns.contest.schemas import ContestSettings
from campaigns.contest.words import ranking_in_words
from campaigns.models import Activity

FORMULA = {
    "vi": "Số người trả lời đúng tất cả các câu hỏi là số người (không phải số lượt thi) có bài được công nhận đúng hết, đếm sau khi loại "
    "các bài trái thể lệ. Khoảng cách dự đoán là hiệu tuyệt đối giữa số dự đoán và số này.",
    "en": "The number of people with every answer right counts people (not papers) whose recognised paper has nothing wrong, after "
    "papers against the rules were removed. The distance of a prediction is the absolute difference from this number.",
}


def outcome(session: Session, activity: Activity, settings: ContestSettings) -> dict[str, Any]:
    fixed = evidence.fixed(session, rules.PAPERS, activity.id)
    ranking, people = ranking_in_words(settings), fixed.people if fixed else 0
    return {
        "chain": [{"vi": vi, "en": en} for vi, en in zip(ranking["vi"], ranking["en"], strict=True)],
        "people": evidence.enough(people),
        "papers": evidence.enough(_papers(session, activity), people),
        "removed": [
            {"reason": REMOVALS[reason], "count": evidence.enough(count)}
            for reason, count in sorted(removed_by_reason(session, activity.id).items())
        ],
        "prediction": settings.prediction,
        # The rules promise this number to everybody who guessed it, however small it is.
        "all_correct": fixed.target if fixed and settings.prediction else None,
        "formula": FORMULA,
    } | common_outcome.parts(session, activity, settings)


def _papers(session: Session, activity: Activity) -> int:
    query = select(func.count()).where(
        ContestAttempt.activity_id == activity.id, ContestAttempt.state == "submitted"
    )
    return session.scalar(query) or 0
