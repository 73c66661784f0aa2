"""Prizes of a campaign that were published: how many, of what money, how many were handed over. Nobody's name."""

import uuid

from flask import Blueprint

from backend import http
from backend.errors import NotFound
from backend.http import anybody, guarded
from backend.public.page import page
from campaigns.award import prizes
from campaigns.queries import ActivityUnknown, public_activity

blueprint = Blueprint("prizes", __name__, template_folder="templates")


@blueprint.get("/giai-thuong")
@guarded(anybody)
def every() -> str:
    """Campaigns with prizes that were published, the newest first."""
    return page("prizes_all", rows=prizes.made_public(http.session()))


@blueprint.get("/giai-thuong/<uuid:award_id>")
@guarded(anybody)
def of_campaign(award_id: uuid.UUID) -> str:
    """Raises NotFound while nothing of it was published."""
    session = http.session()
    try:
        activity, campaign = public_activity(session, award_id)
    except ActivityUnknown:
        raise NotFound from None
    rows = prizes.published(session, activity.id)
    if not rows:
        raise NotFound
    return page(
        "prizes",
        campaign=campaign,
        rows=rows,
        budget=sum(one.budget for _, one in rows),
        paid=sum(one.paid for _, one in rows),
        owed=sum(one.owed for _, one in rows),
    )
