"""The boards of an activity as people see them: hamlets beside hamlets of like size, and those who agreed to be named."""

import uuid

from flask import Response

from admin.blueprint import blueprint, page
from admin.figures import visible_activity
from backend import clock, http
from backend.http import guarded, staff_with
from backend.scorecards.standing import band_words, side_by_side
from backend.units.queries import named
from campaigns import evidence, results
from campaigns.models import Activity
from campaigns.registry import kind_named, settings_of


@blueprint.get("/activities/<uuid:activity_id>/boards")
@guarded(staff_with())
def boards(activity_id: uuid.UUID) -> Response:
    """What everybody may see; people are ranked only once the results are settled."""
    activity, campaign = visible_activity(activity_id)
    session = http.session()
    side = side_by_side(session, activity.id, campaign.owner_unit_id)
    return page(
        "boards.html",
        activity=activity,
        campaign=campaign,
        owner=named(session, campaign.owner_unit_id, clock.today()),
        how=_how(activity),
        bands=[(band_words(band), band) for band in side.bands],
        level_word=side.level_word,
        counted_on=side.counted_on,
        board=_persons(activity),
        published=results.published(session, activity.id),
    )


def _how(activity: Activity) -> list[str]:
    return kind_named(activity.kind).ranking_in_words(settings_of(activity))[http.language()]


def _persons(activity: Activity) -> evidence.Shown | None:
    """None before the results are settled, or where fewer than five people stand on the board."""
    rule = kind_named(activity.kind).board(settings_of(activity))
    return evidence.shown_board(http.session(), rule.measure, activity.id) if rule else None
