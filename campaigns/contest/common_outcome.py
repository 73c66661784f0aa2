"""What published results say of a contest of many communes: over whom the guesses were compared, and whose sum it is."""

from typing import Any

from sqlalchemy.orm import Session

from campaigns.common_models import CommonRound, CommonTotal
from campaigns.contest.common_heard import stands_on
from campaigns.contest.schemas import ContestSettings
from campaigns.models import Activity

FORMULA = {
    "vi": "Số người trả lời đúng tất cả các câu hỏi là số người (không phải số lượt thi) có bài được công nhận đúng hết ở tất cả các xã cùng thi, cộng từ số có ký "
    "của từng xã sau khi loại các bài trái thể lệ; xã có dưới 5 người dự thi không cộng vào. Khoảng cách dự đoán là hiệu tuyệt đối giữa số dự đoán và số này.",
    "en": "The number of people with every answer right counts people (not papers) whose recognised paper has nothing wrong in all communes that took part, added "
    "up from each commune's signed count after papers against the rules were removed; communes with fewer than 5 contestants are not added. The distance of a "
    "prediction is the absolute difference from this number.",
}


def parts(session: Session, activity: Activity, settings: ContestSettings) -> dict[str, Any]:
    """Nothing for a contest of the commune's own."""
    round_ = session.get(CommonRound, activity.id)
    if round_ is None or not settings.prediction or settings.predict_over != "common":
        return {}
    found = stands_on(session, round_)
    if found is None:
        return {"common": _said(round_, "alone", None)}
    return {"common": _said(round_, "common", found), "formula": FORMULA}


def _said(round_: CommonRound, scope: str, found: CommonTotal | None) -> dict[str, Any]:
    sums = {name: found.said[name] if found else None for name in ("number", "told", "expected", "small")}
    return {"scope": scope, "organiser": round_.terms["organiser"], "why": round_.alone_why, **sums}
