"""What never changes of an activity once it is open, kept in each process so that a deed need not ask for it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns.kind import Desk, Look

_KNOWN: dict[uuid.UUID, "Known"] = {}
_MOST = 256


@dataclass(frozen=True)
class Known:
    """An activity's frozen rules, its campaign, and who owns and attributes what is done in it."""

    activity: uuid.UUID
    campaign: uuid.UUID
    owner: uuid.UUID
    counts_by: str
    settings: Any

    def look(self, language: Callable[[], str], now: datetime) -> Look:
        return Look(self.activity, self.campaign, self.owner, self.counts_by, self.settings, language, now)


def known(activity: uuid.UUID) -> Known | None:
    return _KNOWN.get(activity)


def remember(desk: Desk) -> None:
    """Of an activity whose rules are frozen; before that everything may still change."""
    activity, campaign = desk.activity, desk.campaign
    if activity.id in _KNOWN or not activity.frozen:
        return
    if len(_KNOWN) >= _MOST:
        _KNOWN.clear()
    _KNOWN[activity.id] = Known(
        activity.id, campaign.id, campaign.owner_unit_id, campaign.counts_by, desk.settings
    )
