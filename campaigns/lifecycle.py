"""The life of an activity: opened (rules and headcounts frozen), closed, settled (results fixed)."""

import uuid
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_, DomainError
from backend.participation import changes
from backend.participation.lease import shut_gate
from backend.safeguards.audit import WORKER, Actor, note
from backend.units.change import freeze_headcounts
from backend.units.trees import subtree
from campaigns import common_launch, evidence, given_pack
from campaigns.models import Activity, Campaign
from campaigns.registry import kind_named, measure_book, settings_of

GOES_ON = ("scheduled", "running")
"""States of a campaign in which its activities open by themselves."""


class WrongState(DomainError):
    status = 409
    code = "wrong_state"
    sentence = N_("Hoạt động đang ở trạng thái khác nên không làm được việc này. Xin tải lại trang.")


class NotReleased(DomainError):
    status = 409
    code = "not_released"
    sentence = N_("Cuộc vận động chưa được duyệt phát hành hoặc đang tạm dừng, nên chưa mở được hoạt động.")


class StillRunning(DomainError):
    status = 409
    code = "still_running"
    sentence = N_("Vẫn còn bài đang trong thời gian làm. Xin đợi hết giờ làm bài rồi chốt kết quả.")


class ClosesInThePast(DomainError):
    status = 409
    code = "closes_in_the_past"
    sentence = N_("Ngày đóng phải ở sau thời điểm hiện tại. Xin chọn lại ngày, giờ đóng.")


def open_activity(session: Session, activity: Activity, actor: Actor) -> None:
    """Open it now. From here its rules, settings and denominators do not change.

    Raises WrongState unless scheduled, NotReleased, ClosesInThePast, FixedFromAbove before its day where that was fixed
    from above, and whatever the kind finds missing.
    """
    _alone_with(session, activity, "scheduled")
    if actor.kind == "staff" and clock.now() < activity.opens_at:
        common_launch.leave_as_it_is(session, [activity.id])
    if not _goes_on(session, activity):
        raise NotReleased
    if activity.closes_at <= clock.now():
        raise ClosesInThePast
    try:
        kind_named(activity.kind).check_opening(session, activity)
    except DomainError as lacking:
        given_pack.say_sealed(session, activity, lacking)
    _freeze(session, activity)
    _become(session, activity, "open", actor)


def _goes_on(session: Session, activity: Activity) -> bool:
    """Read again: the campaign may have been paused or withdrawn since this request first looked."""
    campaign = session.get_one(Campaign, activity.campaign_id, populate_existing=True)
    return campaign.state in GOES_ON or (campaign.state == "closed" and kind_named(activity.kind).comes_after)


def _freeze(session: Session, activity: Activity) -> None:
    campaign, kind = session.get_one(Campaign, activity.campaign_id), kind_named(activity.kind)
    now, settings = clock.now(), msgspec.convert(activity.settings, kind.settings)
    activity.opens_at = min(activity.opens_at, now)
    activity.frozen = {
        "settings": msgspec.to_builtins(settings),
        "rules": full_rules(activity),
        **kind.freeze(session, activity),
    }
    activity.frozen_at = now
    if rule := kind.board(settings):
        evidence.found_board(session, activity.id, rule)
    units = subtree(session, campaign.owner_unit_id, clock.local_day(now))
    freeze_headcounts(session, activity.id, units, campaign.population, now)


def full_rules(activity: Activity) -> dict[str, str]:
    """The rules people read, a line a sentence: what the settings mean, then the organiser's own lines.

    Once open, as they were frozen.
    """
    if activity.frozen:
        return dict(activity.frozen["rules"])
    kind = kind_named(activity.kind)
    made = kind.rules_in_words(msgspec.convert(activity.settings, kind.settings))
    return {
        language: "\n".join(filter(None, [*lines, activity.rules.get(language) or ""]))
        for language, lines in made.items()
    }


def close_activity(session: Session, activity: Activity, actor: Actor) -> None:
    """No new start from here on; a paper already begun may be finished in its own time. Raises WrongState, FixedFromAbove."""
    _alone_with(session, activity, "open")
    if clock.now() < activity.closes_at:
        common_launch.leave_as_it_is(session, [activity.id])
    activity.closes_at = max(clock.now(), activity.opens_at + timedelta(microseconds=1))
    _become(session, activity, "closed", actor)


def settle_activity(session: Session, activity: Activity, actor: Actor) -> None:
    """Fix the results: places are given out, sealed figures open, answers are shown.

    Raises WrongState unless closed, StillRunning, and what the kind still awaits from elsewhere.
    """
    _alone_with(session, activity, "closed")
    if not kind_named(activity.kind).may_settle(session, activity, clock.now()):
        raise StillRunning
    if waits := kind_named(activity.kind).awaits(session, activity):
        raise waits
    _settle(session, activity, actor)


def _settle(session: Session, activity: Activity, actor: Actor) -> None:
    kind, now = kind_named(activity.kind), clock.now()
    # What still runs is marked as run out first: whoever hands in at this moment is waited for, and then counted.
    kind.turn(session, activity, now)
    rule, target = kind.board(settings_of(activity)), kind.target(session, activity)
    winners = evidence.fix_board(session, activity.id, rule, measure_book(), now, target) if rule else []
    kind.settle(session, activity, winners, now)
    _become(session, activity, "settled", actor)


def unsettled(session: Session) -> list[uuid.UUID]:
    """Activities that time may still change."""
    return list(session.scalars(select(Activity.id).where(Activity.state != "settled")))


def turn(session: Session, activity_id: uuid.UUID, now: datetime) -> None:
    """What time itself does to one activity: opens, closes or settles it, and lets its kind do its part.

    Raises what opening raises when the activity is not fit to open.
    """
    shut_gate(session, activity_id)
    activity = session.get_one(Activity, activity_id, populate_existing=True)
    kind = kind_named(activity.kind)
    kind.turn(session, activity, now)
    if activity.state == "scheduled" and activity.opens_at <= now < activity.closes_at:
        if _goes_on(session, activity):
            open_activity(session, activity, WORKER)
    elif activity.state == "open" and activity.closes_at <= now:
        _become(session, activity, "closed", WORKER)
    elif (
        activity.state == "closed"
        and kind.settles_itself(activity)
        and kind.may_settle(session, activity, now)
        and kind.awaits(session, activity) is None
    ):
        _settle(session, activity, WORKER)


def _alone_with(session: Session, activity: Activity, state: str) -> None:
    """Nobody starts, hands in or changes the activity until we commit. Raises WrongState."""
    shut_gate(session, activity.id)
    session.refresh(activity)
    if activity.state != state:
        raise WrongState


def follow(session: Session, campaign: Campaign) -> None:
    """A released campaign runs from its first opening on, and is over when the last result is fixed."""
    states = set(session.scalars(select(Activity.state).where(Activity.campaign_id == campaign.id)))
    if campaign.state == "scheduled" and states - {"scheduled"}:
        campaign.state = "running"
    if campaign.state in GOES_ON and states == {"settled"}:
        campaign.state = "closed"


def _become(session: Session, activity: Activity, state: str, actor: Actor) -> None:
    activity.state = state
    session.flush()  # the campaign follows what its activities say
    campaign = session.get_one(Campaign, activity.campaign_id)
    follow(session, campaign)
    note(session, actor, f"activity.{state}", "activity", activity.id, unit=campaign.owner_unit_id)
    changes.tell(session, "activity", activity.id, "changed")
