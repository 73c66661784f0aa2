"""Gathering what the pages show: which activities a member sees, and their figures with small groups taken out."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from admin import charts
from admin.blueprint import SCORECARD_READERS
from backend import clock, http
from backend.errors import NotAllowed
from backend.participation import queries as ledger
from backend.people.staff import reach, require_reach
from backend.scorecards.indicators import Indicator, template
from backend.scorecards.queries import Figure, figures
from backend.scorecards.standing import Side
from backend.units.likeness import Band
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
    """A unit below the owner of an activity: its rate, the bar's length, its place if it leads its band.

    `may_open`: whether this member may open its scorecard.
    """

    unit: NamedUnit
    headcount: int
    people: int | None
    rate: float | None
    is_hidden: bool
    bar: float
    place: int | None
    may_open: bool


def visible_activities() -> list[Pair]:
    """Activities in which a unit within the member's reach takes part."""
    mine = reach(http.session(), http.staff())
    return [pair for pair in campaigns.activities(http.session()) if mine & taking_part(pair[1])]


def visible_activity(activity_id: uuid.UUID) -> Pair:
    """What is still a draft is seen by the owner's own members only. Raises ActivityUnknown, NotAllowed."""
    activity, campaign = campaigns.activity(http.session(), activity_id)
    mine = reach(http.session(), http.staff())
    if campaign.owner_unit_id in mine:
        return activity, campaign
    if campaign.state == "draft" or not mine & taking_part(campaign):
        raise NotAllowed
    return activity, campaign


def own_activity(activity_id: uuid.UUID, *roles: str) -> Pair:
    """An activity whose owner the member serves in one of these roles. Raises ActivityUnknown, NotAllowed."""
    activity, campaign = visible_activity(activity_id)
    require_reach(http.session(), http.staff(), campaign.owner_unit_id, *roles)
    return activity, campaign


def taking_part(campaign: Campaign) -> set[uuid.UUID]:
    return subtree(http.session(), campaign.owner_unit_id, clock.today())


def indicators_of(activity: Activity) -> list[Indicator]:
    """The indicators that read this kind's measures; those that tell how people did only once it is settled.

    How many passed moves with every paper that comes in: whoever watches would learn how good that paper was.
    """
    readable = {
        measure.code
        for measure in kind_named(activity.kind).measures
        if activity.state == "settled" or not (measure.sealed or measure.tells_result)
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


def parts(side: Side) -> list[tuple[Band[NamedUnit], list[Part]]]:
    """Each size band with all its units in name order; the leaders bear their place."""
    mine = reach(http.session(), http.staff(), *SCORECARD_READERS)
    top = charts.axis_top(max((_plain(row.rate) or 0 for row in side.rows), default=0))
    places = {leader.row.unit.id: leader.place for band in side.bands for leader in band.leaders}
    rows = [
        Part(
            unit=row.unit,
            headcount=row.headcount,
            people=row.people,
            rate=_plain(row.rate),
            is_hidden=row.unit.id in side.hidden,
            bar=charts.share(_plain(row.rate), top),
            place=places.get(row.unit.id),
            may_open=row.unit.id in mine,
        )
        for row in side.rows
    ]
    return [(band, [row for row in rows if row.unit in band.units]) for band in side.bands]


def headline(found: dict[str, Figure], code: str) -> Figure:
    """One indicator out of many; a kind that does not count it has no figure."""
    return found.get(code) or Figure(template()[code])


def people_in(found: dict[str, Figure]) -> Figure:
    """The figure about people that this kind of activity is known by: who took part, which households were met."""
    return next(
        (one for one in found.values() if one.indicator.numerator.take == "people"), headline(found, PEOPLE)
    )


def _plain(rate: Decimal | None) -> float | None:
    return None if rate is None else float(rate)


# --- papers as they come in -----------------------------------------------------------------------------------------


def midnight() -> datetime:
    return datetime.combine(clock.today(), time(), clock.VIETNAM)


def papers_today(activities: Collection[uuid.UUID]) -> dict[uuid.UUID, ledger.Arrived]:
    """Activity -> papers since midnight, and when the newest came."""
    return ledger.arrived(http.session(), activities, _papers_measure(), midnight())


def papers_since(activity: Activity, since: datetime, every: timedelta) -> list[tuple[datetime, int]]:
    return ledger.arrivals(http.session(), activity.id, _papers_measure(), since, every)


def _papers_measure() -> str:
    return template()[PAPERS].numerator.measure
