"""The life of an activity: launched from a pack, opened (rules and headcounts frozen), closed, settled."""

import uuid
from datetime import datetime
from pathlib import Path

import msgspec
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_, DomainError
from backend.participation import changes
from backend.participation.lease import shut_gate
from backend.safeguards.audit import WORKER, Actor, note
from backend.units.change import freeze_headcounts
from backend.units.trees import subtree
from campaigns.models import Activity, Campaign, Phase
from campaigns.registry import kind_named

PACKS = Path(__file__).parent / "packs"


class WrongState(DomainError):
    status = 409
    code = "wrong_state"
    sentence = N_("Hoạt động đang ở trạng thái khác nên không làm được việc này. Xin tải lại trang.")


class StillRunning(DomainError):
    status = 409
    code = "still_running"
    sentence = N_("Vẫn còn bài đang trong thời gian làm. Xin đợi hết giờ làm bài rồi chốt kết quả.")


class ClosesInThePast(DomainError):
    status = 409
    code = "closes_in_the_past"
    sentence = N_("Ngày đóng phải ở sau thời điểm hiện tại. Xin chọn lại ngày, giờ đóng.")


def launch(
    session: Session, pack: str, owner: uuid.UUID, opens_at: datetime, closes_at: datetime, actor: Actor
) -> Campaign:
    """A campaign with its activities, scheduled, from a pack that ships with the product."""
    folder = PACKS / pack
    data = yaml.safe_load((folder / "pack.yaml").read_text(encoding="utf-8"))
    campaign = Campaign(
        code=data["pack"],
        kind=data["campaign_kind"],
        title=data["title"],
        summary=data["summary"],
        owner_unit_id=owner,
        made_at=clock.now(),
    )
    session.add(campaign)
    session.flush()  # its phase needs its id
    phase = Phase(
        campaign_id=campaign.id, number=1, title=data["title"], opens_at=opens_at, closes_at=closes_at
    )
    session.add(phase)
    session.flush()  # its activities need its id
    for spec in data["activities"]:
        _schedule(session, campaign, phase, spec, folder)
    note(session, actor, "campaign.launch", "campaign", campaign.id, unit=owner)
    return campaign


def _schedule(session: Session, campaign: Campaign, phase: Phase, spec: dict, folder: Path) -> None:  # type: ignore[type-arg]
    kind = kind_named(spec["kind"])
    activity = Activity(
        campaign_id=campaign.id,
        phase_id=phase.id,
        code=spec["code"],
        kind=kind.name,
        title=spec["title"],
        rules=spec["rules"],
        settings=msgspec.to_builtins(msgspec.convert(spec["settings"], kind.settings)),
        opens_at=phase.opens_at,
        closes_at=phase.closes_at,
    )
    session.add(activity)
    session.flush()  # what the kind unpacks hangs on its id
    kind.unpack(session, activity, spec, folder)


def open_activity(session: Session, activity: Activity, actor: Actor) -> None:
    """Open it now. From here its rules, settings and denominators do not change.

    Raises WrongState unless scheduled, ClosesInThePast, and whatever the kind finds missing.
    """
    _alone_with(session, activity, "scheduled")
    if activity.closes_at <= clock.now():
        raise ClosesInThePast
    kind = kind_named(activity.kind)
    kind.check_opening(session, activity)
    _freeze(session, activity)
    _become(session, activity, "open", actor)


def _freeze(session: Session, activity: Activity) -> None:
    campaign = session.get_one(Campaign, activity.campaign_id)
    now = clock.now()
    activity.opens_at = min(activity.opens_at, now)
    activity.frozen = {"settings": activity.settings, "rules": activity.rules}
    activity.frozen_at = now
    units = subtree(session, campaign.owner_unit_id, clock.local_day(now))
    freeze_headcounts(session, activity.id, units, campaign.population, now)


def close_activity(session: Session, activity: Activity, actor: Actor) -> None:
    """No new start from here on; a paper already begun may be finished in its own time. Raises WrongState."""
    _alone_with(session, activity, "open")
    activity.closes_at = max(clock.now(), activity.opens_at)
    _become(session, activity, "closed", actor)


def settle_activity(session: Session, activity: Activity, actor: Actor) -> None:
    """Fix the results: sealed figures open, answers are shown. Raises WrongState unless closed, StillRunning."""
    _alone_with(session, activity, "closed")
    if not kind_named(activity.kind).may_settle(session, activity, clock.now()):
        raise StillRunning
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
        open_activity(session, activity, WORKER)
    elif activity.state == "open" and activity.closes_at <= now:
        _become(session, activity, "closed", WORKER)
    elif activity.state == "closed" and kind.may_settle(session, activity, now):
        _become(session, activity, "settled", WORKER)


def _alone_with(session: Session, activity: Activity, state: str) -> None:
    """Nobody starts, hands in or changes the activity until we commit. Raises WrongState."""
    shut_gate(session, activity.id)
    session.refresh(activity)
    if activity.state != state:
        raise WrongState


def _become(session: Session, activity: Activity, state: str, actor: Actor) -> None:
    activity.state = state
    campaign = session.get_one(Campaign, activity.campaign_id)
    note(session, actor, f"activity.{state}", "activity", activity.id, unit=campaign.owner_unit_id)
    changes.tell(session, "activity", activity.id, "changed")
