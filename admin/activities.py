"""The page of one activity: its state, its figures as they come in, and the organiser's buttons to open and close it."""

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import Session

from admin import charts, rooms, shown
from admin.blueprint import BANK_ROLES, THANKERS, actor, blueprint, page
from admin.figures import (
    PAPERS,
    PEOPLE,
    Pair,
    headline,
    indicators_of,
    own_activity,
    papers_since,
    papers_today,
    parts,
    totals,
    visible_activity,
)
from backend import clock, http
from backend.http import guarded, staff_with
from backend.people.staff import reach
from backend.safeguards.audit import Actor
from backend.scorecards.queries import Figure
from backend.scorecards.standing import band_words, side_by_side
from backend.units.queries import named
from campaigns import lifecycle, results
from campaigns.contest.turn import papers_by_state
from campaigns.models import Activity, Campaign
from campaigns.registry import kind_named

ATTEMPTS = ("running", "submitted", "late", "expired", "removed")
MINUTES, HOURS, DAYS = 60, 24, 31
"""How many columns the three charts of arrivals have."""


@blueprint.get("/activities/<uuid:activity_id>")
@guarded(staff_with())
def activity(activity_id: uuid.UUID) -> Response:
    """One activity. Its figures stand in a part of their own, which the page asks for again every few seconds."""
    one, campaign = pair = visible_activity(activity_id)
    return page(
        "activity.html",
        settings=_settings(one),
        rules=shown.words(lifecycle.full_rules(one)).splitlines(),
        deeds=_may(campaign, "campaign_admin"),
        may_thank=one.frozen_at is not None and _may(campaign, *THANKERS),
        may_read_bank=_may(campaign, *BANK_ROLES),
        settles_itself=kind_named(one.kind).settles_itself(one),
        publishes=kind_named(one.kind).publishes,
        rated=PEOPLE in {indicator.code for indicator in indicators_of(one)},
        desk=rooms.own_desk(one),
        published=results.published(http.session(), one.id),
        **_board(pair),
    )


@blueprint.get("/activities/<uuid:activity_id>/figures")
@guarded(staff_with())
def activity_figures(activity_id: uuid.UUID) -> Response:
    """The part with the figures alone."""
    return page("_figures.html", **_board(visible_activity(activity_id)))


def _may(campaign: Campaign, *roles: str) -> bool:
    return campaign.owner_unit_id in reach(http.session(), http.staff(), *roles)


def _board(pair: Pair) -> dict[str, Any]:
    one, campaign = pair
    session, found = http.session(), totals(*pair)
    side = side_by_side(session, one.id, campaign.owner_unit_id)
    papers = headline(found, PAPERS)
    return {
        "activity": one,
        "campaign": campaign,
        "owner": named(session, campaign.owner_unit_id, clock.today()),
        "people": headline(found, PEOPLE),
        "papers": papers,
        "others": [figure for code, figure in found.items() if code not in (PEOPLE, PAPERS)],
        "attempts": _attempts(one, papers),
        "bands": [(band_words(band), band, rows) for band, rows in parts(side)],
        "level_word": side.level_word,
        "now": clock.now(),
        **_arrivals(one, papers),
    }


def _attempts(activity: Activity, papers: Figure) -> Counter[str] | None:
    """How many papers stand in each state; nothing while so few took part that their number is hidden."""
    return None if papers.is_hidden else papers_by_state(http.session(), activity.id)


# --- arrivals ---------------------------------------------------------------------------------------------------------


def _arrivals(activity: Activity, papers: Figure) -> dict[str, Any]:
    """Papers per day, and closer by: per minute of the last hour, per hour of the last day when that was quiet."""
    found = None if papers.is_hidden else papers_today([activity.id]).get(activity.id)
    if found is None:
        return {"near": None, "days": None, "today": 0, "newest": None}
    return {
        "near": _near(activity, found.newest),
        "days": _days(activity),
        "today": found.since,
        "newest": found.newest,
    }


def _near(activity: Activity, newest: datetime) -> dict[str, Any] | None:
    now = clock.now()
    if now - newest < MINUTES * charts.MINUTE:
        rows = _stretches(activity, now, charts.MINUTE, MINUTES)
        return _chart(rows, "%H:%M", "minutes", gettext("Bài nộp mỗi phút, 60 phút qua"), gettext("Phút"), 15)
    if now - newest < HOURS * charts.HOUR:
        rows = _stretches(activity, now, charts.HOUR, HOURS)
        return _chart(rows, "%H:00", "hours", gettext("Bài nộp mỗi giờ, 24 giờ qua"), gettext("Giờ"), 6)
    return None


def _days(activity: Activity) -> dict[str, Any]:
    """Days since the opening, at most 31; of what is over the days until it closed."""
    last = clock.now() if activity.state == "open" else min(clock.now(), activity.closes_at)
    since = (clock.local_day(last) - clock.local_day(activity.opens_at)).days + 1
    how_many = min(DAYS, max(1, since))
    rows = _stretches(activity, last, charts.DAY, how_many)
    return _chart(
        rows, "%d/%m", "days", gettext("Bài nộp mỗi ngày"), gettext("Ngày"), charts.every_nth(how_many)
    )


def _stretches(
    activity: Activity, until: datetime, every: timedelta, how_many: int
) -> list[tuple[datetime, int]]:
    last = _begin(until, every)
    return charts.stretches(
        papers_since(activity, last - every * (how_many - 1), every), last, every, how_many
    )


def _begin(moment: datetime, every: timedelta) -> datetime:
    """The full minute, hour or day of Viet Nam's clock in which the moment lies."""
    here = moment.astimezone(clock.VIETNAM).replace(second=0, microsecond=0)
    if every >= charts.HOUR:
        here = here.replace(minute=0)
    return here.replace(hour=0) if every >= charts.DAY else here


def _chart(
    rows: list[tuple[datetime, int]], label: str, name: str, title: str, first: str, nth: int
) -> dict[str, Any]:
    labelled = [(f"{time.astimezone(clock.VIETNAM):{label}}", float(count)) for time, count in rows]
    return {"name": name, "title": title, "first": first, "columns": charts.columns(labelled, every=nth)}


def _settings(activity: Activity) -> list[tuple[str, str]]:
    """The rules' numbers in words: frozen once open, still open to change before."""
    values = activity.settings_in_force
    return [shown.setting(name, value) for name, value in values.items() if shown.is_plain(value)]


# --- the organiser's deeds ---------------------------------------------------------------------------------------


@blueprint.post("/activities/<uuid:activity_id>/open")
@guarded(staff_with("campaign_admin"))
def open_activity(activity_id: uuid.UUID) -> ResponseReturnValue:
    return _do(activity_id, lifecycle.open_activity, gettext("Đã mở. Thể lệ và dân số từ đây không đổi."))


@blueprint.post("/activities/<uuid:activity_id>/close")
@guarded(staff_with("campaign_admin"))
def close_activity(activity_id: uuid.UUID) -> ResponseReturnValue:
    return _do(activity_id, lifecycle.close_activity, gettext("Đã đóng. Không ai bắt đầu bài mới được nữa."))


def _do(
    activity_id: uuid.UUID, deed: Callable[[Session, Activity, Actor], None], sentence: str
) -> ResponseReturnValue:
    """Only the owner unit's own organisers. Raises NotAllowed, and what the deed itself refuses."""
    one, _ = own_activity(activity_id, "campaign_admin")
    deed(http.session(), one, actor())
    flash(sentence)
    return redirect(url_for("admin.activity", activity_id=activity_id))
