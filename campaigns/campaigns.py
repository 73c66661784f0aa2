"""A campaign's life: prepared, released by whoever may, running, paused, closed, archived; each step on the trail."""

import uuid
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import among
from backend.errors import N_, DomainError
from backend.safeguards.audit import Actor, note
from backend.safeguards.models import AuditEntry
from campaigns.drafting import (
    Changes,
    Document,
    NotReady,
    alone_with,
    dates_of,
    discard,
    edit,
    prepare,
    tell_phones,
)
from campaigns.lifecycle import WrongState, close_activity
from campaigns.models import Activity, Campaign, CampaignBody, Phase
from campaigns.readiness import Missing, missing, next_stage

__all__ = [
    "TRANSITIONS",
    "Changes",
    "Document",
    "Missing",
    "NotReady",
    "advance",
    "archive",
    "bodies_of",
    "campaigns",
    "close",
    "dates_of",
    "discard",
    "edit",
    "missing",
    "next_stage",
    "owners",
    "pause",
    "prepare",
    "release",
    "resume",
    "rounds_of",
    "timeline",
    "withdraw",
]


@dataclass(frozen=True)
class Transition:
    """From which states a deed leads to which. The first opening does 'scheduled' -> 'running' by itself."""

    before: tuple[str, ...]
    after: str


TRANSITIONS = {
    "release": Transition(("draft",), "scheduled"),
    "withdraw": Transition(("scheduled",), "draft"),
    "pause": Transition(("running",), "paused"),
    "resume": Transition(("paused",), "running"),
    "close": Transition(("running", "paused"), "closed"),
    "archive": Transition(("closed",), "archived"),
}


class ReasonMissing(DomainError):
    status = 409
    code = "reason_missing"
    sentence = N_("Xin ghi lý do, ít nhất vài chữ.")


class ResultsMissing(DomainError):
    status = 409
    code = "results_missing"
    sentence = N_("Còn đợt chưa chốt kết quả. Xin chốt kết quả rồi lưu trữ.")


class WrongStage(DomainError):
    status = 409
    code = "wrong_stage"
    sentence = N_("Thí điểm đi theo thứ tự: thí điểm, đã đánh giá, nhân rộng. Xin tải lại trang.")


def release(session: Session, campaign_id: uuid.UUID, actor: Actor, revision: int | None = None) -> Campaign:
    """From here on people see it, and its rounds open by themselves on their day.

    `revision`: what the releaser looked at. Raises WrongState, ChangedMeanwhile, NotReady.
    """
    campaign = alone_with(session, campaign_id, TRANSITIONS["release"].before, revision)
    if lacking := missing(session, campaign):
        raise NotReady(count=len(lacking))
    campaign.released_by, campaign.released_at = actor.id, clock.now()
    return _become(session, campaign, "release", actor)


def withdraw(session: Session, campaign_id: uuid.UUID, actor: Actor, reason: str) -> Campaign:
    """Back to the draft, while nothing has opened. Raises WrongState, ReasonMissing."""
    campaign = alone_with(session, campaign_id, TRANSITIONS["withdraw"].before)
    if any(
        activity.state != "scheduled"
        for _, activities in rounds_of(session, campaign)
        for activity in activities
    ):
        raise WrongState
    return _become(session, campaign, "withdraw", actor, _said(reason))


def pause(session: Session, campaign_id: uuid.UUID, actor: Actor, reason: str) -> Campaign:
    """Nobody starts anything new, nothing opens; a paper already begun goes on. Raises WrongState, ReasonMissing."""
    campaign = alone_with(session, campaign_id, TRANSITIONS["pause"].before)
    return _become(session, campaign, "pause", actor, _said(reason))


def resume(session: Session, campaign_id: uuid.UUID, actor: Actor) -> Campaign:
    """Raises WrongState."""
    campaign = alone_with(session, campaign_id, TRANSITIONS["resume"].before)
    return _become(session, campaign, "resume", actor)


def close(session: Session, campaign_id: uuid.UUID, actor: Actor) -> Campaign:
    """What is open closes, what has not opened stays shut for good. Raises WrongState, FixedFromAbove."""
    campaign = alone_with(session, campaign_id, TRANSITIONS["close"].before)
    for _, activities in rounds_of(session, campaign):
        for activity in activities:
            if activity.state == "open":
                close_activity(session, activity, actor)
    return _become(session, campaign, "close", actor)


def archive(session: Session, campaign_id: uuid.UUID, actor: Actor) -> Campaign:
    """Everything is over and its results are fixed. Raises WrongState, ResultsMissing."""
    campaign = alone_with(session, campaign_id, TRANSITIONS["archive"].before)
    if any(
        activity.state == "closed"
        for _, activities in rounds_of(session, campaign)
        for activity in activities
    ):
        raise ResultsMissing
    return _become(session, campaign, "archive", actor)


def advance(session: Session, campaign_id: uuid.UUID, stage: str, why: str, actor: Actor) -> Campaign:
    """A pilot is evaluated, then scaled; what was found is written down. Raises WrongStage, ReasonMissing."""
    campaign = alone_with(session, campaign_id, ("scheduled", "running", "paused", "closed", "archived"))
    if stage != next_stage(campaign.stage):
        raise WrongStage
    campaign.stage, campaign.stage_note = stage, _said(why)
    campaign.revision += 1
    note(
        session,
        actor,
        f"campaign.{stage}",
        "campaign",
        campaign.id,
        unit=campaign.owner_unit_id,
        reason=campaign.stage_note,
    )
    return campaign


def _said(reason: str) -> str:
    text = " ".join(reason.split())
    if len(text) < 3:
        raise ReasonMissing
    return text[:500]


def _become(
    session: Session, campaign: Campaign, deed: str, actor: Actor, reason: str | None = None
) -> Campaign:
    campaign.state = TRANSITIONS[deed].after
    campaign.revision += 1
    session.flush()  # a rule of the database is told here, not at the end
    note(
        session,
        actor,
        f"campaign.{deed}",
        "campaign",
        campaign.id,
        unit=campaign.owner_unit_id,
        reason=reason,
    )
    tell_phones(session, campaign)
    return campaign


# --- reading ----------------------------------------------------------------------------------------------------------


def rounds_of(session: Session, campaign: Campaign) -> list[tuple[Phase, list[Activity]]]:
    """The campaign's rounds in order, each with its activities."""
    phases = session.scalars(select(Phase).where(Phase.campaign_id == campaign.id).order_by(Phase.number))
    rows = session.scalars(
        select(Activity).where(Activity.campaign_id == campaign.id).order_by(Activity.code)
    )
    by_phase: dict[uuid.UUID, list[Activity]] = {}
    for activity in rows:
        by_phase.setdefault(activity.phase_id, []).append(activity)
    return [(phase, by_phase.get(phase.id, [])) for phase in phases]


def bodies_of(session: Session, campaign_id: uuid.UUID) -> dict[str, list[uuid.UUID]]:
    """part -> units"""
    found: dict[str, list[uuid.UUID]] = {}
    for row in session.scalars(select(CampaignBody).where(CampaignBody.campaign_id == campaign_id)):
        found.setdefault(row.part, []).append(row.unit_id)
    return found


def owners(session: Session) -> set[uuid.UUID]:
    """Units that have campaigns, drafts included."""
    return set(session.scalars(select(Campaign.owner_unit_id).distinct()))


def campaigns(session: Session, owners: set[uuid.UUID]) -> list[Campaign]:
    """All campaigns of these owners, drafts included, the newest first."""
    rows = select(Campaign).where(among(Campaign.owner_unit_id, owners))
    return list(session.scalars(rows.order_by(Campaign.made_at.desc(), Campaign.id.desc())))


def timeline(session: Session, campaign: Campaign) -> list[AuditEntry]:
    """Who did what to it, the newest first."""
    activities = session.scalars(select(Activity.id).where(Activity.campaign_id == campaign.id))
    rows = select(AuditEntry).where(
        AuditEntry.is_read.is_(False),
        or_(
            and_(AuditEntry.noun == "campaign", AuditEntry.noun_id == str(campaign.id)),
            and_(AuditEntry.noun == "activity", AuditEntry.noun_id.in_([str(one) for one in activities])),
        ),
    )
    return list(session.scalars(rows.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(100)))
