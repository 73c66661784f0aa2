"""What the row of a visit keeps of what was said, whichever way it comes in."""

from collections.abc import Sequence
from typing import Any

from campaigns.visit.schemas import LogIn, VisitSettings

KEPT = (
    "place", "met", "consent_version", "device", "follow_up_on", "follow_up_of", "no_further_visit", "note",
)  # fmt: skip


def kept_of(body: LogIn, settings: VisitSettings, *, over: bool) -> dict[str, Any]:
    """What a row keeps of what was said. After the campaign (`over`) nothing more that was for the team alone."""
    agreed = body.consent is not None
    return {
        "place": body.place,
        "met": body.met,
        "consent_version": body.consent,
        "device": body.device if agreed else None,
        "follow_up_on": body.follow_up_on,
        "follow_up_of": body.follow_up_of,
        "no_further_visit": body.no_further_visit and not over,
        "note": None if over or not body.note else body.note[: settings.note_length] or None,
    }


def photos_of(body: LogIn, settings: VisitSettings, *, over: bool) -> Sequence[str]:
    """The digests a row keeps; none without the word of whoever was met."""
    return (
        list(dict.fromkeys(body.photos)) if settings.photos and not over and body.consent is not None else []
    )
