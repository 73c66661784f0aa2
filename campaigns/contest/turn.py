"""What a contest does by itself as time passes, and what it fixes when it opens and when it is settled."""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.db.base import new_id
from backend.errors import N_, DomainError
from backend.participation import record
from backend.participation.models import Fact
from campaigns.common_models import CommonRound
from campaigns.contest import rules
from campaigns.contest.models import ContestAttempt
from campaigns.contest.pool import share_of
from campaigns.contest.schemas import ContestSettings, Stratum
from campaigns.kind import BoardRule, Winner
from campaigns.models import Activity

CHUNK = 500


class TooFewQuestions(DomainError):
    status = 409
    code = "too_few_questions"
    sentence = N_(
        "Ngân hàng chỉ còn %(have)s câu cho đợt này, trong khi mỗi đề cần %(need)s câu. Xin bổ sung câu hỏi rồi mở lại."
    )


class StratumTooThin(DomainError):
    status = 409
    code = "stratum_too_thin"
    sentence = N_(
        "Phần “%(part)s” cần %(need)s câu nhưng ngân hàng chỉ có %(have)s câu. Xin bổ sung câu hỏi hoặc sửa cách lấy đề."
    )


class StrataTooMany(DomainError):
    status = 409
    code = "strata_too_many"
    sentence = N_(
        "Cơ cấu đề cộng lại là %(wanted)s câu, nhiều hơn %(need)s câu của mỗi đề. Xin sửa cách lấy đề."
    )


class PassTellsAllCorrect(DomainError):
    status = 409
    code = "pass_tells_all_correct"
    sentence = N_(
        "Có câu dự đoán thì mức đạt phải ít hơn số câu của đề; nếu không, số bài đạt sẽ làm lộ số người trả lời đúng hết."
    )


class RanksInCircles(DomainError):
    status = 409
    code = "ranks_in_circles"
    sentence = N_(
        "Khi xếp hạng có dự đoán thì số câu đúng phải được xét trước dự đoán. Xin sửa thứ tự xếp hạng."
    )


class NothingCommon(DomainError):
    status = 409
    code = "nothing_common"
    sentence = N_(
        "Thể lệ ghi dự đoán tính chung nhiều xã, nhưng gói này không phải gói của cuộc thi chung. Xin dùng gói do cấp trên phát hành."
    )


def check_opening(session: Session, activity: Activity) -> None:
    """Raises PassTellsAllCorrect, RanksInCircles, NothingCommon, TooFewQuestions, StrataTooMany, StratumTooThin."""
    settings = msgspec.convert(activity.settings, ContestSettings)
    if rules.tells_too_much(settings):
        raise PassTellsAllCorrect
    if rules.ranks_in_circles(settings):
        raise RanksInCircles
    if settings.predict_over == "common" and session.get(CommonRound, activity.id) is None:
        raise NothingCommon
    pool = share_of(session, activity, settings)
    if len(pool) < settings.questions_per_attempt:
        raise TooFewQuestions(have=len(pool), need=settings.questions_per_attempt)
    _check_strata(settings, pool)


def _check_strata(settings: ContestSettings, pool: Sequence[rules.Drawable]) -> None:
    """Every paper can hold what its rules promise from each part, whichever questions chance takes first."""
    wanted = sum(stratum.count for stratum in settings.strata)
    if wanted > settings.questions_per_attempt:
        raise StrataTooMany(wanted=wanted, need=settings.questions_per_attempt)
    pools = [{q.number for q in pool if rules.fits(q, stratum)} for stratum in settings.strata]
    for stratum, have in zip(settings.strata, rules.surely_left(settings.strata, pools), strict=True):
        if have < stratum.count:
            raise StratumTooThin(part=_named(stratum), have=have, need=stratum.count)


def _named(stratum: Stratum) -> str:
    level = [] if stratum.difficulty is None else [f"độ khó {stratum.difficulty}"]
    return ", ".join([*stratum.topics, *level])


def freeze(session: Session, activity: Activity) -> dict[str, Any]:
    """What papers are drawn from, fixed with the rules: later edits of the bank concern later rounds."""
    pool = share_of(session, activity, msgspec.convert(activity.settings, ContestSettings))
    return {"pool": [question.number for question in pool]}


def board(settings: ContestSettings) -> BoardRule:
    return BoardRule(rules.PAPERS, rules.chain(settings), settings.counting_attempt)


def turn(session: Session, activity: Activity, now: datetime) -> None:
    """Papers never handed in are marked as run out once their time and grace are over; a late one may still come.

    Whoever hands in at this moment holds the paper: this waits, and then sees that there is nothing to mark.
    """
    session.execute(
        update(ContestAttempt)
        .where(
            ContestAttempt.activity_id == activity.id,
            ContestAttempt.state == "running",
            ContestAttempt.due_at < now - _grace(activity),
        )
        .values(state="expired", revision=ContestAttempt.revision + 1)
        .execution_options(synchronize_session=False)
    )


def may_settle(session: Session, activity: Activity, now: datetime) -> bool:
    """No paper can still arrive in time: none runs, or the last one's time and grace are over."""
    waits_until = settles_from(session, activity)
    return waits_until is None or waits_until < now


def settles_from(session: Session, activity: Activity) -> datetime | None:
    """When the time and grace of the last running paper are over; None where none runs."""
    last_due = session.scalar(
        select(func.max(ContestAttempt.due_at)).where(
            ContestAttempt.activity_id == activity.id, ContestAttempt.state == "running"
        )
    )
    return None if last_due is None else last_due + _grace(activity)


def settles_itself(activity: Activity) -> bool:
    return _settings(activity).settle == "auto"


def _settings(activity: Activity) -> ContestSettings:
    return msgspec.convert(activity.settings_in_force, ContestSettings)


SLACK = timedelta(seconds=30)
"""A paper that came in its last second may still wait for its turn; longer than this no request lives."""


def _grace(activity: Activity) -> timedelta:
    return timedelta(seconds=_settings(activity).grace_s) + SLACK


def settle(session: Session, activity: Activity, winners: Sequence[Winner], now: datetime) -> None:
    """Count those with everything right: only now, because before this the number would decide every prediction."""
    # One operation of the node's own carries all of them, a line each.
    by, line = new_id(), 0
    for start in range(0, len(winners), CHUNK):
        papers = _papers(session, activity, winners[start : start + CHUNK])
        rows = [_all_correct(fact, activity, by, line + n) for n, fact in enumerate(papers, start=1)]
        line += len(rows)
        record.write_facts(session, rows)


def _papers(session: Session, activity: Activity, winners: Sequence[Winner]) -> Iterator[Fact]:
    query = select(Fact).where(
        Fact.activity_id == activity.id,
        Fact.measure == rules.PAPERS,
        Fact.operation_id.in_([winner.operation for winner in winners]),
        Fact.is_reversal.is_(False),
    )
    return session.scalars(query.order_by(Fact.operation_id))


def _all_correct(paper: Fact, activity: Activity, by: uuid.UUID, line: int) -> dict[str, object]:
    carried = ("subject", "unit_id", "campaign_id", "activity_id", "happened_at", "received_at", "period")
    return {name: getattr(paper, name) for name in carried} | {
        "operation_id": by,
        "line": line,
        "measure": rules.ALL_CORRECT,
        "scope": f"{activity.id}",
        "generation": 1,
        "quantity": 1,
        "result": None,
        "is_reversal": False,
    }


def papers_by_state(session: Session, activity: uuid.UUID) -> Counter[str]:
    """How many papers stand in each state; nothing about how good they are."""
    query = select(ContestAttempt.state, func.count()).where(ContestAttempt.activity_id == activity)
    return Counter({row[0]: row[1] for row in session.execute(query.group_by(ContestAttempt.state))})
