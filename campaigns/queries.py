import uuid

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from backend.db.statements import among
from backend.errors import N_, DomainError
from campaigns.models import Activity, Campaign, CampaignPicture, Phase


class ActivityUnknown(DomainError):
    status = 404
    code = "activity_unknown"
    sentence = N_("Không có hoạt động này ở đây.")


def activity(session: Session, activity_id: uuid.UUID) -> tuple[Activity, Campaign]:
    """Raises ActivityUnknown."""
    row = session.execute(_ONE, {"id": activity_id}).first()
    if row is None:
        raise ActivityUnknown
    return row[0], row[1]


def public_activity(session: Session, activity_id: uuid.UUID) -> tuple[Activity, Campaign]:
    """The same for whoever takes part: what is still being prepared is not there. Raises ActivityUnknown."""
    found = activity(session, activity_id)
    if found[1].state == "draft":
        raise ActivityUnknown
    return found


_ONE = (
    select(Activity, Campaign)
    .join(Campaign, Campaign.id == Activity.campaign_id)
    .where(Activity.id == bindparam("id"))
)


def activities(session: Session, owners: set[uuid.UUID] | None = None) -> list[tuple[Activity, Campaign]]:
    """Every activity that was released, open ones first, then those to come, then the past, the newest first; only of
    these owners if given."""
    query = (
        select(Activity, Campaign)
        .join(Campaign, Campaign.id == Activity.campaign_id)
        .where(Campaign.state != "draft")
    )
    if owners is not None:
        query = query.where(among(Campaign.owner_unit_id, owners))
    order = {"open": 0, "scheduled": 1, "closed": 2, "settled": 3}
    rows = [(row[0], row[1]) for row in session.execute(query.order_by(Activity.opens_at, Activity.kind))]
    # At hand when a card asks which round it is; a session forgets what nobody holds.
    session.info["phases"] = session.scalars(select(Phase)).all()
    rows.sort(key=lambda pair: order[pair[0].state])
    past = [pair for pair in rows if order[pair[0].state] > 1]
    return [pair for pair in rows if order[pair[0].state] < 2] + past[::-1]


def round_of(session: Session, activity: Activity) -> int:
    """The number of the phase it belongs to: the first, second, third round."""
    return session.get_one(Phase, activity.phase_id).number


def is_settled(session: Session, activity_id: uuid.UUID) -> bool:
    """Whether the results of that activity are fixed and may be known."""
    return session.scalar(select(Activity.state).where(Activity.id == activity_id)) == "settled"


def campaign(session: Session, campaign_id: uuid.UUID) -> Campaign:
    """Raises ActivityUnknown, the word a phone understands."""
    found = session.get(Campaign, campaign_id)
    if found is None:
        raise ActivityUnknown
    return found


def picture_url(digest: str) -> str:
    """Where anybody who was shown the picture may ask for it: nobody guesses a digest."""
    return f"/hinh/{digest}"


def picture(session: Session, digest: str) -> CampaignPicture | None:
    """A campaign's picture by its digest, whichever campaign brought it."""
    return session.scalars(select(CampaignPicture).where(CampaignPicture.digest == digest).limit(1)).first()
