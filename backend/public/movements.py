"""Movements for everybody: who launched them, what is looked at, and published reviews, in which only those in front are named."""

import uuid
from dataclasses import dataclass

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from backend import http
from backend.errors import NotFound
from backend.http import anybody, guarded
from backend.public.page import page
from backend.safeguards.signing import canonical
from backend.units.offices import LINE_WORDS
from campaigns.models import Activity, Campaign
from campaigns.movement import launching, overview, reviews
from campaigns.movement.models import Review
from campaigns.movement.schemas import MovementSettings
from campaigns.movement.terms import REVIEWS, THEMES, WAYS
from campaigns.registry import settings_of

blueprint = Blueprint("movements", __name__, template_folder="templates")

MOST = 100


@dataclass(frozen=True)
class Shown:
    activity: Activity
    campaign: Campaign
    settings: MovementSettings


def _shown(activity: Activity, campaign: Campaign) -> Shown:
    return Shown(activity, campaign, settings_of(activity))


@blueprint.get("/phong-trao")
@guarded(anybody)
def every() -> ResponseReturnValue:
    """The newest of them, or of those of one theme."""
    theme = request.args.get("chu-de", "")
    theme = theme if theme in THEMES else ""
    found = [_shown(*pair) for pair in overview.opened(http.session(), MOST + 1)]
    rows = [one for one in found[:MOST] if not theme or theme in one.settings.tags]
    return page("movements", rows=rows, themes=THEMES, asked=theme, most=MOST if len(found) > MOST else None)


@blueprint.get("/phong-trao/<uuid:activity_id>")
@guarded(anybody)
def one(activity_id: uuid.UUID) -> ResponseReturnValue:
    """One of them, its reviews as they were signed, the newest first."""
    try:
        found = _shown(*overview.public_one(http.session(), activity_id))
    except NotFound:
        return page("movements", rows=[], themes=THEMES, asked="", missing=True), 404
    told: list[Review] = reviews.of(http.session(), activity_id, published=True)[::-1]
    return page(
        "movement",
        one=found,
        documents=launching.documents(http.session(), found.activity),
        reviews=told,
        themes=THEMES,
        lines=LINE_WORDS,
        ways=WAYS,
        kinds=REVIEWS,
    )


@blueprint.get("/phong-trao/<uuid:activity_id>/<int:review_number>.json")
@guarded(anybody)
def statement(activity_id: uuid.UUID, review_number: int) -> Response:
    """The very bytes that were signed: their SHA-256 is the digest the page shows."""
    told = reviews.of(http.session(), activity_id, published=True)
    found = next((row for row in told if row.number == review_number), None) or abort(404)
    answer = Response(canonical(found.statement or {}), content_type="application/json")
    name = f"phong-trao-{activity_id}-{found.number}.json"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Lantoa-Signature"] = found.signature or ""
    answer.headers["Lantoa-Key"] = found.key_id or ""
    return answer
