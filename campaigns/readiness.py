"""What a campaign still lacks before it may be released, in words, and where in the console it is done."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_, DomainError
from campaigns import given_pack
from campaigns.models import STAGES, Activity, Campaign, CampaignBody, Phase
from campaigns.registry import kind_named


@dataclass(frozen=True)
class Missing:
    """Something to do before the release. `step`: where in the console it is done (who, when, rules)."""

    step: str
    sentence: str
    values: dict[str, Any] = field(default_factory=dict)


NO_DOCUMENT = N_("Ghi số và ngày của văn bản phát động (trừ cuộc vận động làm thí điểm).")
NO_LEAD = N_("Chọn cơ quan chủ trì.")
NO_RELEASER = N_("Chọn cơ quan phát hành.")
NO_ROUND = N_("Cuộc vận động chưa có đợt nào.")
IN_THE_PAST = N_("%(title)s: ngày đóng đã qua. Chọn lại ngày.")
OVERLAPPING = N_("%(title)s mở khi đợt trước chưa đóng. Xếp các đợt nối tiếp nhau.")
NOT_FIT = N_("%(title)s: %(why)s")


def missing(session: Session, campaign: Campaign) -> list[Missing]:
    """What must be done before the release, in words; nothing: it may be released."""
    found = []
    if campaign.stage != "pilot" and not (campaign.document_number and campaign.document_date):
        found.append(Missing("who", NO_DOCUMENT))
    parts = set(session.scalars(select(CampaignBody.part).where(CampaignBody.campaign_id == campaign.id)))
    found += [
        Missing("who", sentence)
        for part, sentence in (("lead", NO_LEAD), ("releasing", NO_RELEASER))
        if part not in parts
    ]
    return found + _missing_in_rounds(session, campaign)


def _missing_in_rounds(session: Session, campaign: Campaign) -> list[Missing]:
    phases = list(
        session.scalars(select(Phase).where(Phase.campaign_id == campaign.id).order_by(Phase.number))
    )
    waiting = list(session.scalars(waiting_in(campaign.id)))
    to_come = {activity.phase_id for activity in waiting}
    found = [] if phases else [Missing("when", NO_ROUND)]
    for before, phase in zip([None, *phases], phases, strict=False):
        if phase.id in to_come and phase.closes_at <= clock.now():
            found.append(Missing("when", IN_THE_PAST, {"title": phase.title["vi"]}))
        if phase.id in to_come and before is not None and phase.opens_at < before.closes_at:
            found.append(Missing("when", OVERLAPPING, {"title": phase.title["vi"]}))
    return found + [unfit for activity in waiting for unfit in _unfit(session, activity)]


def waiting_in(campaign: uuid.UUID) -> Any:
    """Activities of the campaign that have not opened."""
    return (
        select(Activity)
        .where(Activity.campaign_id == campaign, Activity.state == "scheduled")
        .order_by(Activity.opens_at, Activity.code)
    )


def _unfit(session: Session, activity: Activity) -> list[Missing]:
    """What the kind itself would refuse at the opening: a bank too small, for one."""
    try:
        kind_named(activity.kind).check_opening(session, activity)
    except DomainError as error:
        if error.code in given_pack.LACKS_QUESTIONS and given_pack.sealed_until(
            session, campaign_of(session, activity)
        ):
            return []  # they open with a key from above, at their hour
        why = error.sentence % error.values if error.values else error.sentence
        return [Missing("rules", NOT_FIT, {"title": activity.title["vi"], "why": why})]
    return []


def campaign_of(session: Session, activity: Activity) -> Campaign:
    return session.get_one(Campaign, activity.campaign_id)


def next_stage(stage: str | None) -> str | None:
    """What follows pilot, then evaluated; None after scaled or where it is no pilot."""
    if stage is None or stage == STAGES[-1]:
        return None
    return STAGES[STAGES.index(stage) + 1]
