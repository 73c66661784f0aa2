"""Gathering what the pages show: which activities a member sees, and their figures with small groups taken out."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from admin import charts
from admin.blueprint import SCORECARD_ROLES
from backend import clock, http
from backend.errors import NotAllowed
from backend.participation.queries import arrivals
from backend.people.staff import reach
from backend.scorecards.indicators import Indicator, template
from backend.scorecards.queries import Figure, figures
from backend.units.queries import NamedUnit, children
from backend.units.trees import subtree
from campaigns import queries as campaigns
from campaigns.models import Activity, Campaign
from campaigns.registry import kind_named

PEOPLE, PAPERS = "contest_participation", "contest_papers"
PARTS = ("hamlet", "commune", "province")

Pair = tuple[Activity, Campaign]


@dataclass(frozen=True)
class Part:
    """A unit below the owner of an activity with its rate, the bar's length, and whether its scorecard may be opened."""

    unit: NamedUnit
    rate: Figure
    bar: float
    may_open: bool


def visible_activities() -> list[Pair]:
    """Activities in which a unit within the member's reach takes part."""
    mine = reach(http.session(), http.staff())
    return [pair for pair in campaigns.activities(http.session()) if mine & taking_part(pair[1])]


def visible_activity(activity_id: uuid.UUID) -> Pair:
    """Raises ActivityUnknown, NotAllowed."""
    activity, campaign = campaigns.activity(http.session(), activity_id)
    if not reach(http.session(), http.staff()) & taking_part(campaign):
        raise NotAllowed
    return activity, campaign


def taking_part(campaign: Campaign) -> set[uuid.UUID]:
    return subtree(http.session(), campaign.owner_unit_id, clock.today())


def indicators_of(activity: Activity) -> list[Indicator]:
    """The indicators that read this kind's measures; those on a sealed measure only once the activity is settled."""
    readable = {
        measure.code
        for measure in kind_named(activity.kind).measures
        if activity.state == "settled" or not measure.sealed
    }
    return [indicator for indicator in template().indicators if indicator.measures() <= readable]


def totals(activity: Activity, campaign: Campaign) -> dict[str, Figure]:
    """The owner's own figures: the whole commune's, for a commune's activity."""
    owner = campaign.owner_unit_id
    found = figures(http.session(), indicators_of(activity), activity.id, owner, [owner])
    return found[owner]


def parts_of(unit: uuid.UUID) -> list[NamedUnit]:
    """The units right below in Vietnamese order: the hamlets of a commune, the communes of a province."""
    session, today = http.session(), clock.today()
    return next((found for kind in PARTS if (found := children(session, unit, kind, today))), [])


def parts(activity: Activity, campaign: Campaign, order: str) -> list[Part]:
    """The rate of each unit below the owner. Sorted by rate, those without a figure stand last, in name order."""
    owner = campaign.owner_unit_id
    units = parts_of(owner)
    rates = figures(http.session(), indicators_of(activity), activity.id, owner, [unit.id for unit in units])
    mine = reach(http.session(), http.staff(), *SCORECARD_ROLES)
    rated = [(unit, headline(rates[unit.id], PEOPLE)) for unit in units]
    top = charts.axis_top(max((_plain(rate) or 0 for _, rate in rated), default=0))
    rows = [Part(u, rate, charts.share(_plain(rate), top), u.id in mine) for u, rate in rated]
    return sorted(rows, key=_by_rate) if order == "rate" else rows


def headline(found: dict[str, Figure], code: str) -> Figure:
    """One indicator out of many; a kind that does not count it has no figure."""
    return found.get(code) or Figure(template()[code])


def _plain(rate: Figure) -> float | None:
    return None if rate.value is None else float(rate.value)


def _by_rate(part: Part) -> float:
    return -(_plain(part.rate) or 0)


def papers_since(activity: Activity, since: datetime | None = None) -> list[datetime]:
    return arrivals(http.session(), activity.id, template()[PAPERS].numerator.measure, since)
