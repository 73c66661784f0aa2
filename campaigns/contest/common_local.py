"""A commune's side of a contest of many: what must come before places are given out, and whose count they stand on."""

import uuid
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import DomainError
from backend.participation.lease import shut_gate
from backend.safeguards.audit import Actor, note
from campaigns import evidence
from campaigns.common_models import CommonRound
from campaigns.common_terms import CommonIn, wait_until
from campaigns.contest import rules
from campaigns.contest.common_heard import newest_total
from campaigns.contest.errors import (
    AwaitsTotal,
    CountNotSent,
    NoNewTotal,
    NotCommon,
    PapersStillCome,
    RoundIsElsewhere,
    StillWaiting,
    WhyAlone,
)
from campaigns.contest.schemas import ContestSettings
from campaigns.models import Activity, Campaign

# --- what is known here -----------------------------------------------------------------------------------------------


def round_of(session: Session, activity: uuid.UUID) -> CommonRound:
    """Raises NotCommon."""
    found = session.get(CommonRound, activity)
    if found is None:
        raise NotCommon
    return found


def terms_of(round_: CommonRound) -> CommonIn:
    return msgspec.convert(round_.terms, CommonIn)


def settings_of(activity: Activity) -> ContestSettings:
    return msgspec.convert(activity.settings_in_force, ContestSettings)


def until(activity: Activity, round_: CommonRound) -> datetime:
    return wait_until(activity.closes_at, terms_of(round_))


# --- before places are given out ------------------------------------------------------------------------------------


def awaits(session: Session, activity: Activity) -> DomainError | None:
    """What must come before this round is settled, as the refusal that says so; None where nothing must."""
    round_ = session.get(CommonRound, activity.id)
    if round_ is None or not _over_all(activity) or round_.alone_why is not None:
        return None
    if round_.ready_at is None and settings_of(activity).settle == "by_hand":
        return CountNotSent()
    if newest_total(session, round_) is not None:
        return None
    return AwaitsTotal(organiser=round_.terms["organiser"]["vi"], until=_moment(until(activity, round_)))


def is_over_all(session: Session, activity: Activity) -> bool:
    """Whether guesses of this activity are held against the count of all communes."""
    return (
        activity.kind == "contest"
        and session.get(CommonRound, activity.id) is not None
        and _over_all(activity)
    )


def _over_all(activity: Activity) -> bool:
    settings = settings_of(activity)
    return settings.prediction and settings.predict_over == "common"


def _moment(when: datetime) -> str:
    return when.astimezone(clock.VIETNAM).strftime("%H:%M, %d/%m/%Y")


def target(session: Session, activity: Activity) -> int | None:
    """The number of all communes, noted as what these results stand on; None where the own number is the target."""
    round_ = session.get(CommonRound, activity.id)
    if round_ is None or not _over_all(activity) or round_.alone_why is not None:
        return None
    found = newest_total(session, round_)
    if found is None:
        return None
    round_.total_number, round_.total_document = found.number, found.document
    return int(found.said["all_correct"])


def get_ready(session: Session, activity: Activity, actor: Actor) -> CommonRound:
    """The organiser has looked at the papers: the count may go up. Doing it twice changes nothing.

    Raises NotCommon, RoundIsElsewhere before the round is closed, PapersStillCome while a paper may still come.
    """
    from campaigns.contest.turn import may_settle

    shut_gate(session, activity.id)
    session.refresh(activity)
    round_ = round_of(session, activity.id)
    if activity.state != "closed":
        raise RoundIsElsewhere
    if not may_settle(session, activity, clock.now()):
        raise PapersStillCome
    if round_.ready_at is None:
        round_.ready_at, round_.ready_by = clock.now(), actor.id
        noted(session, actor, "common.ready", activity)
    return round_


def go_alone(session: Session, activity: Activity, why: str, actor: Actor) -> None:
    """After the deadline: let the results stand on the own number, with a reason that is published with them.

    Raises NotCommon, RoundIsElsewhere, CountNotSent, StillWaiting, WhyAlone.
    """
    shut_gate(session, activity.id)
    session.refresh(activity)
    round_ = round_of(session, activity.id)
    if activity.state != "closed" or newest_total(session, round_) is not None:
        raise RoundIsElsewhere
    if round_.ready_at is None:
        raise CountNotSent
    if clock.now() < until(activity, round_):
        raise StillWaiting(until=_moment(until(activity, round_)))
    if len(why.split()) < 2:
        raise WhyAlone
    round_.alone_why, round_.alone_by = why[:500], actor.id
    noted(session, actor, "common.alone", activity, why)


def stand_anew(session: Session, activity: Activity, why: str, actor: Actor) -> None:
    """A newer count of all communes came after settling: give out the places by it. The organiser publishes it after.

    Raises NotCommon, RoundIsElsewhere unless settled, NoNewTotal, WhyAlone.
    """
    shut_gate(session, activity.id)
    session.refresh(activity)
    round_ = round_of(session, activity.id)
    found = newest_total(session, round_)
    if activity.state != "settled" or not _over_all(activity):
        raise RoundIsElsewhere
    if found is None or found.document == round_.total_document:
        raise NoNewTotal
    if len(why.split()) < 2:
        raise WhyAlone
    round_.total_number, round_.total_document = found.number, found.document
    round_.alone_why, round_.alone_by = None, None
    evidence.compare_anew(session, papers(), activity.id, int(found.said["all_correct"]))
    noted(session, actor, "common.anew", activity, why)


def noted(session: Session, actor: Actor, deed: str, activity: Activity, why: str | None = None) -> None:
    """In the trail of the unit whose campaign it is."""
    campaign = session.get_one(Campaign, activity.campaign_id)
    note(session, actor, deed, "activity", activity.id, unit=campaign.owner_unit_id, reason=why)


def papers() -> Any:
    """The measure by which papers are counted and ranked."""
    return next(measure for measure in rules.MEASURES if measure.code == rules.PAPERS)
