"""The phone's home: what is on, what this person did, and how the own hamlet stands."""

from typing import Any

from backend import clock, http
from backend.http import guarded, signed_in
from backend.participation.queries import outcomes_of
from backend.people import queries as people
from backend.scorecards import queries as cards
from backend.scorecards.indicators import template, value
from backend.tallies.disclosure import may_show
from backend.units.queries import named
from campaigns.models import Activity
from campaigns.queries import activities
from mobile_api import schemas as s
from mobile_api.activities import card
from mobile_api.api import PhoneBlueprint

blueprint = PhoneBlueprint("home", __name__, description="Home")

STANDING = "contest_participation"


@blueprint.route("/home")
@guarded(signed_in)
@blueprint.response(200, s.HomeSchema)
def read_home() -> dict[str, Any]:
    """Activities of this node with what the person still lacks, own counts, and the hamlet's standing."""
    session, who = http.session(), http.me()
    shown = activities(session)
    counts = outcomes_of(session, who.subject)
    newest = next((activity for activity, _ in shown if activity.state != "scheduled"), None)
    return {
        "activities": [card(activity, campaign) for activity, campaign in shown],
        "participation": {name: counts.get(name, 0) for name in ("counted", "noted", "refused")},
        "hamlet": _hamlet(newest) if newest else None,
    }


def _hamlet(activity: Activity) -> dict[str, Any] | None:
    session, today = http.session(), clock.today()
    unit = people.unit_of(session, http.me().person, "lives_in", today)
    if unit is None:
        return None
    line = cards.line(session, unit, "all", STANDING, activity.id)
    name = named(session, unit, today).full_name
    if line is None or not may_show(line.numerator, line.denominator):
        return {"name": name, "entrants": None, "headcount": None, "rate": None, "hidden": True}
    rate = value(template()[STANDING], line.numerator, line.denominator)
    return {
        "name": name,
        "entrants": line.numerator,
        "headcount": line.denominator,
        "rate": float(rate) if rate is not None else None,
        "hidden": False,
    }
