"""A member's year for the demo and the tests: two deeds written, handed in, one under way."""

import random
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from campaigns.models import Activity
from campaigns.pledge.models import Suggestion

Act = Callable[[str, dict[str, Any], int], dict[str, Any]]
"""(action, body, seconds after the deed before) -> the action's result"""

OWN_WORDS = {
    "theme": "digital_transformation",
    "what": "Hướng dẫn 5 hộ trong xóm nộp hồ sơ trực tuyến (hư cấu)",
    "measure": "5 hộ tự nộp được ít nhất một hồ sơ",
    "menu": None,
}


def seed(
    session: Session, activity: Activity, act: Act, chance: random.Random, hand: uuid.UUID | None = None
) -> None:
    """`hand` is not used here: a pledge belongs to nobody but its member."""
    first, second = (str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in range(2))
    due = (clock.local_day(activity.opens_at) + timedelta(days=200)).isoformat()
    items = [
        {"id": first, "due": due} | OWN_WORDS,
        {"id": second, "due": due} | _from_menu(session, activity, chance),
    ]
    act("pledge.items", {"items": items}, 0)
    act("pledge.submit", {}, 60)
    act(
        "pledge.evidence",
        {
            "evidence": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            "item": first,
            "progress": "doing",
            "words": "Đã hướng dẫn được 2 hộ (hư cấu).",
        },
        86_400,
    )


def _from_menu(session: Session, activity: Activity, chance: random.Random) -> dict[str, Any]:
    """A deed from the menu of the campaign; in own words where it has none."""
    query = select(Suggestion.told).where(Suggestion.campaign_id == activity.campaign_id)
    told = list(session.scalars(query.order_by(Suggestion.position)))
    if not told:
        return {**OWN_WORDS, "theme": "innovation"}
    one = chance.choice(told)
    return {
        "theme": one["theme"],
        "what": one["what"]["vi"],
        "measure": one["measure"]["vi"][:200],
        "menu": one["code"],
    }
