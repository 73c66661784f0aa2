"""The campaigns of a unit that went whole into another go along with it, and come back when that is taken back."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.errors import N_, DomainError
from backend.units.models import WHOLE, UnitCrosswalk, UnitEvent
from campaigns.models import Campaign

KEPT = "campaign"
"""Under which the event keeps whose they were."""


class OwnsCampaigns(DomainError):
    code = "owns_campaigns"
    sentence = N_(
        "Đơn vị đang đứng tên chiến dịch: %(titles)s. Khi giải thể, chỉ một đơn vị nhận 100 %% mới đứng tên tiếp được."
    )


def hand_over(session: Session, event: UnitEvent) -> list[Campaign]:
    """Whatever the units that ended in this event owned; answers which. Raises OwnsCampaigns where nobody took the whole."""
    steps = session.scalars(select(UnitCrosswalk).where(UnitCrosswalk.event_id == event.id)).all()
    into = {one.from_id: one.to_id for one in steps if one.weight == WHOLE and one.from_id != one.to_id}
    gone = set(into) | ({one.from_id for one in steps} if event.kind == "abolish" else set())
    owned = session.scalars(select(Campaign).where(Campaign.owner_unit_id.in_(gone)).with_for_update()).all()
    if left := [one for one in owned if one.owner_unit_id not in into]:
        raise OwnsCampaigns(titles="; ".join(one.title["vi"] for one in left)[:300])
    if owned:
        event.made = {**(event.made or {}), KEPT: {str(one.id): str(one.owner_unit_id) for one in owned}}
    for one in owned:
        one.owner_unit_id = into[one.owner_unit_id]
    return list(owned)


def hand_back(session: Session, event: UnitEvent) -> None:
    """Before the event itself is taken back."""
    for key, owner in ((event.made or {}).get(KEPT) or {}).items():
        session.get_one(Campaign, uuid.UUID(key)).owner_unit_id = uuid.UUID(owner)
