"""The phone's home: what is on, what this person did, and how the own hamlet stands."""

from typing import Any

from backend import clock, http
from backend.http import guarded, signed_in
from backend.participation.queries import outcomes_of
from backend.people import queries as people
from backend.scorecards import queries as cards
from backend.scorecards.indicators import template
from backend.units.queries import named
from campaigns.models import Activity, Campaign
from campaigns.queries import activities
from campaigns.registry import kind_named
from mobile_api import schemas as s
from mobile_api.activities import card
from mobile_api.blueprint import PhoneBlueprint

blueprint = PhoneBlueprint("home", __name__, description="Home")

STANDING = "contest_participation"


@blueprint.route("/home")
@guarded(signed_in)
@blueprint.response(200, s.HomeSchema)
def read_home() -> dict[str, Any]:
    """Activities of this node with what the person still lacks, own counts, and the hamlet's standing."""
    session, who = http.session(), http.me()
    shown = _for_me(activities(session))
    counts = outcomes_of(session, who.subject)
    newest = next((pair for pair in shown if pair[0].state != "scheduled" and _has_standing(pair[0])), None)
    return {
        "activities": [card(activity, campaign) for activity, campaign in shown],
        "participation": {name: counts.get(name, 0) for name in ("counted", "noted", "refused")},
        "hamlet": _hamlet(*newest) if newest else None,
    }


def _for_me(found: list[tuple[Activity, Campaign]]) -> list[tuple[Activity, Campaign]]:
    """Without what is only for members of a kind of unit the person does not belong to."""
    audiences = {activity.id: kind_named(activity.kind).audience for activity, _ in found}
    if not any(audiences.values()):
        return found
    belongs = people.memberships_of(http.session(), http.me().person, clock.today())
    return [pair for pair in found if audiences[pair[0].id] in (None, *belongs)]


def _has_standing(activity: Activity) -> bool:
    counted = {measure.code for measure in kind_named(activity.kind).measures}
    return template()[STANDING].measures() <= counted


def _hamlet(activity: Activity, campaign: Campaign) -> dict[str, Any] | None:
    session, today = http.session(), clock.today()
    unit = people.unit_of(session, http.me().person, "lives_in", today)
    if unit is None:
        return None
    hamlet = named(session, unit, today)
    indicators, owner = [template()[STANDING]], campaign.owner_unit_id
    figure = cards.figures(session, indicators, activity.id, owner, [unit])[unit][STANDING]
    return {
        "name": hamlet.heading,
        "entrants": figure.numerator,
        "headcount": None if figure.is_hidden else figure.denominator,
        "rate": None if figure.value is None else float(figure.value),
        "hidden": figure.is_hidden,
    }
