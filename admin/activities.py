"""The first page and the page of one activity: its state, its figures as they come in, and the organiser's buttons."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from admin import charts, shown
from admin.blueprint import SCORECARD_ROLES, actor, blueprint, page
from admin.figures import (
    PAPERS,
    PEOPLE,
    Pair,
    headline,
    papers_since,
    parts,
    parts_of,
    totals,
    visible_activities,
    visible_activity,
)
from backend import clock, http
from backend.http import guarded, staff_with
from backend.people.staff import reach, require_reach
from backend.safeguards.audit import Actor
from backend.scorecards.queries import Figure
from backend.units.queries import NamedUnit, named, named_many
from campaigns import lifecycle
from campaigns.models import Activity, Campaign

ORDERS = ("name", "rate")


@dataclass(frozen=True)
class Listed:
    """An activity as the first page lists it."""

    activity: Activity
    campaign: Campaign
    owner: NamedUnit
    people: Figure
    papers: Figure
    today: int
    newest: datetime | None


@blueprint.get("/")
@guarded(staff_with())
def home() -> Response:
    """Activities in reach with their numbers, and the scorecards this member may open."""
    return page("home.html", listed=[_listed(pair) for pair in visible_activities()], units=_own_units())


def _listed(pair: Pair) -> Listed:
    activity, campaign = pair
    found = totals(activity, campaign)
    papers = headline(found, PAPERS)
    moments = _moments(activity, papers)
    return Listed(
        activity=activity,
        campaign=campaign,
        owner=named(http.session(), campaign.owner_unit_id, clock.today()),
        people=headline(found, PEOPLE),
        papers=papers,
        today=sum(moment >= _midnight() for moment in moments),
        newest=moments[-1] if moments else None,
    )


def _moments(activity: Activity, papers: Figure) -> list[datetime]:
    """When the papers of the last month came; nothing while so few took part that their number is hidden."""
    return [] if papers.is_hidden else papers_since(activity, _days_ago(charts.MOST_COLUMNS))


def _own_units() -> list[tuple[NamedUnit, list[NamedUnit]]]:
    """The units whose scorecards the member may open: those granted, each with the ones right below."""
    member = http.staff()
    granted = {unit for role in SCORECARD_ROLES for unit in member.roles.get(role, ())}
    found = named_many(http.session(), granted, clock.today())
    return [(unit, parts_of(unit.id)) for unit in sorted(found.values(), key=lambda unit: unit.code)]


def _midnight() -> datetime:
    return datetime.combine(clock.today(), time(), clock.VIETNAM)


def _days_ago(days: int) -> datetime:
    return _midnight() - timedelta(days=days)


@blueprint.get("/activities/<uuid:activity_id>")
@guarded(staff_with())
def activity(activity_id: uuid.UUID) -> Response:
    """One activity. Its figures stand in a part of their own, which the page asks for again every few seconds."""
    pair = visible_activity(activity_id)
    return page("activity.html", settings=_settings(pair[0]), deeds=_may_act(pair[1]), **_board(pair))


@blueprint.get("/activities/<uuid:activity_id>/figures")
@guarded(staff_with())
def activity_figures(activity_id: uuid.UUID) -> Response:
    """The part with the figures alone."""
    return page("_figures.html", **_board(visible_activity(activity_id)))


def _board(pair: Pair) -> dict[str, Any]:
    found, order = totals(*pair), _order()
    rows = parts(*pair, order)
    return {
        "activity": pair[0],
        "campaign": pair[1],
        "owner": named(http.session(), pair[1].owner_unit_id, clock.today()),
        "people": headline(found, PEOPLE),
        "papers": headline(found, PAPERS),
        "others": [f for code, f in found.items() if code not in (PEOPLE, PAPERS)],
        "parts_below": rows,
        "order": order,
        "now": clock.now(),
        **_arrivals(pair[0], headline(found, PAPERS)),
    }


def _order() -> str:
    asked = request.args.get("sort", "name")
    return asked if asked in ORDERS else "name"


def _arrivals(activity: Activity, papers: Figure) -> dict[str, Any]:
    """Papers per day since the opening, per hour of today, and the columns that show them."""
    moments, today = _moments(activity, papers), clock.today()
    if not moments:
        return {"days": [], "hours": [], "today": 0, "newest": None}
    last = today if activity.state == "open" else min(today, clock.local_day(activity.closes_at))
    days = charts.per_day(moments, min(last, clock.local_day(activity.opens_at)), last)
    hours = charts.per_hour(moments, today)
    return {
        "days": charts.columns([(shown.day(day)[:5], n) for day, n in days], every=-(-len(days) // 5)),
        "hours": charts.columns([(gettext("%(hour)sg", hour=hour), n) for hour, n in hours], every=6),
        "today": sum(n for _, n in hours),
        "newest": moments[-1],
    }


def _settings(activity: Activity) -> list[tuple[str, str]]:
    """The rules' numbers in words: frozen once open, still open to change before."""
    values = (activity.frozen or {}).get("settings", activity.settings)
    return [shown.setting(name, value) for name, value in values.items()]


# --- the organiser's deeds ---------------------------------------------------------------------------------------


def _may_act(campaign: Campaign) -> bool:
    return campaign.owner_unit_id in reach(http.session(), http.staff(), "campaign_admin")


@blueprint.post("/activities/<uuid:activity_id>/open")
@guarded(staff_with("campaign_admin"))
def open_activity(activity_id: uuid.UUID) -> ResponseReturnValue:
    return _do(activity_id, lifecycle.open_activity, gettext("Đã mở. Thể lệ và dân số từ đây không đổi."))


@blueprint.post("/activities/<uuid:activity_id>/close")
@guarded(staff_with("campaign_admin"))
def close_activity(activity_id: uuid.UUID) -> ResponseReturnValue:
    return _do(activity_id, lifecycle.close_activity, gettext("Đã đóng. Không ai bắt đầu bài mới được nữa."))


@blueprint.post("/activities/<uuid:activity_id>/settle")
@guarded(staff_with("campaign_admin"))
def settle_activity(activity_id: uuid.UUID) -> ResponseReturnValue:
    return _do(activity_id, lifecycle.settle_activity, gettext("Đã chốt kết quả."))


def _do(
    activity_id: uuid.UUID, deed: Callable[[Session, Activity, Actor], None], sentence: str
) -> ResponseReturnValue:
    """Only the owner unit's own organisers. Raises NotAllowed, and what the deed itself refuses."""
    activity, campaign = visible_activity(activity_id)
    require_reach(http.session(), http.staff(), campaign.owner_unit_id, "campaign_admin")
    deed(http.session(), activity, actor())
    flash(sentence)
    return redirect(url_for("admin.activity", activity_id=activity_id))
