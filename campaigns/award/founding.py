"""Awards for a campaign that has none yet: an activity of awards is added to it and opened at once."""

from datetime import timedelta
from itertools import count

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.participation.lease import hold
from campaigns.award.hands import Hand
from campaigns.award.prizes import KEEPERS
from campaigns.award.schemas import AwardSettings
from campaigns.models import Activity, Campaign, Phase

APPEAL_ROOM = timedelta(days=90)
TITLE = {"vi": "Khen thưởng", "en": "Awards"}


def of_campaign(session: Session, campaign: Campaign) -> list[Activity]:
    query = select(Activity).where(Activity.campaign_id == campaign.id, Activity.kind == "award")
    return list(session.scalars(query.order_by(Activity.opens_at, Activity.id)))


def alone(session: Session) -> None:
    """Two officers who press at once come one after the other, to the end of the transaction."""
    hold(session, "award_founding")


def add(session: Session, campaign: Campaign, settings: AwardSettings, by: Hand) -> Activity:
    """A scheduled activity of awards in the campaign's last round; `lifecycle.open_activity` opens it.

    Raises AwardNotYours.
    """
    by.require(KEEPERS, campaign.owner_unit_id, "state")
    alone(session)
    phase = session.scalars(
        select(Phase).where(Phase.campaign_id == campaign.id).order_by(Phase.number.desc())
    ).first()
    assert phase is not None  # noqa: S101 - no campaign is without a round
    row = Activity(
        id=new_id(), campaign_id=campaign.id, phase_id=phase.id, code=_free_code(session, campaign), kind="award",
        title=TITLE, rules={"vi": "", "en": ""}, settings=msgspec.to_builtins(settings), state="scheduled",
        opens_at=clock.now(), closes_at=max(phase.closes_at, clock.now() + APPEAL_ROOM),
    )  # fmt: skip
    session.add(row)
    session.flush()  # opening reads it back
    return row


def _free_code(session: Session, campaign: Campaign) -> str:
    taken = set(session.scalars(select(Activity.code).where(Activity.campaign_id == campaign.id)))
    return next(code for n in count(1) if (code := f"khen-thuong-{n}") not in taken)
