"""A unit's scorecard, and behind every figure the person-free rows it is made of."""

import hashlib
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from flask_babel import gettext

from admin import shown
from admin.blueprint import SCORECARD_ROLES, actor, blueprint, page
from admin.figures import Pair, indicators_of, parts_of, taking_part, visible_activities, visible_activity
from backend import clock, http
from backend.errors import NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.participation.queries import FactGroup, grouped, standing_facts
from backend.people.staff import require_reach
from backend.safeguards.audit import note
from backend.scorecards.indicators import Indicator, Term
from backend.scorecards.queries import Figure, figures
from backend.tallies.disclosure import K
from backend.tallies.queries import periods_of
from backend.units.queries import FrozenFigure, NamedUnit, frozen_headcounts, named
from backend.units.trees import subtree
from campaigns.models import Activity, Campaign
from campaigns.registry import measure_book

PERIOD = re.compile(r"all|20\d\d(0[1-9]|1[0-2]|Q[1-4]|S[12])?")


@dataclass(frozen=True)
class Section:
    """One activity on a scorecard: the unit's figures, its frozen headcount, and the units right below."""

    activity: Activity
    campaign: Campaign
    figures: list[Figure]
    heads: FrozenFigure | None
    below: list[tuple[NamedUnit, list[Figure]]]


@blueprint.get("/units/<uuid:unit_id>/scorecard")
@writes_on_read
@guarded(staff_with(*SCORECARD_ROLES))
def scorecard(unit_id: uuid.UUID) -> Response:
    """Every indicator of a unit. What an inspector reads is put on the trail."""
    unit, period = _unit_in_reach(unit_id), _period()
    running = [pair for pair in visible_activities() if _counts_in(pair, unit_id)]
    if http.staff().holds("inspector"):
        note(http.session(), actor(), "scorecard.read", "unit", unit.id, unit=unit.id, is_read=True)
    return page(
        "scorecard.html",
        unit=unit,
        period=period,
        periods=_periods([activity.id for activity, _ in running], period),
        sections=[_section(pair, unit, period) for pair in running],
    )


def _unit_in_reach(unit_id: uuid.UUID) -> NamedUnit:
    """Raises UnitUnknown, NotAllowed."""
    unit = named(http.session(), unit_id, clock.today())
    require_reach(http.session(), http.staff(), unit_id, *SCORECARD_ROLES)
    return unit


def _counts_in(pair: Pair, unit: uuid.UUID) -> bool:
    return pair[0].state != "scheduled" and unit in taking_part(pair[1])


def _period() -> str:
    asked = request.args.get("period", "all")
    return asked if PERIOD.fullmatch(asked) else "all"


def _periods(activities: Iterable[uuid.UUID], present: str) -> list[str]:
    """Periods with any count, everything first, then the newest; the one asked for is always among them."""
    found = {period for activity in activities for period in periods_of(http.session(), activity)}
    return ["all", *sorted((found | {present}) - {"all"}, reverse=True)]


def _section(pair: Pair, unit: NamedUnit, period: str) -> Section:
    activity, campaign = pair
    below = parts_of(unit.id)
    under = _figures(pair, [part.id for part in below], period)
    return Section(
        activity=activity,
        campaign=campaign,
        figures=_own_figures(pair, unit, period),
        heads=frozen_headcounts(http.session(), activity.id).get(unit.id),
        below=[(part, list(under[part.id].values())) for part in below],
    )


def _figures(pair: Pair, units: list[uuid.UUID], period: str) -> dict[uuid.UUID, dict[str, Figure]]:
    activity, campaign = pair
    owner = campaign.owner_unit_id
    return figures(http.session(), indicators_of(activity), activity.id, owner, units, period)


def _own_figures(pair: Pair, unit: NamedUnit, period: str) -> list[Figure]:
    return list(_figures(pair, [unit.id], period)[unit.id].values())


# --- what a figure is made of -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """Facts of some days together, at least five people, with a short mark to compare two printouts by."""

    group: FactGroup
    amount: int
    mark: str


@blueprint.get("/units/<uuid:unit_id>/facts")
@writes_on_read
@guarded(staff_with(*SCORECARD_ROLES))
def facts(unit_id: uuid.UUID) -> Response:
    """The rows behind one figure. Reading them is put on the audit trail."""
    unit, period = _unit_in_reach(unit_id), _period()
    activity, campaign = visible_activity(_activity_asked())
    figure = _figure_asked((activity, campaign), unit, period)
    rows = [] if figure.numerator is None else _rows(activity, figure.indicator, unit, period)
    code = figure.indicator.code
    note(
        http.session(),
        actor(),
        "facts.read",
        "activity",
        activity.id,
        unit=unit.id,
        reason=f"{code} {period}",
        is_read=True,
    )
    return page(
        "facts.html",
        unit=unit,
        period=period,
        activity=activity,
        campaign=campaign,
        figure=figure,
        formula=formula(figure.indicator),
        heads=frozen_headcounts(http.session(), activity.id).get(unit.id),
        rows=rows,
        total=sum(row.amount for row in rows),
    )


def _activity_asked() -> uuid.UUID:
    try:
        return uuid.UUID(request.args.get("activity", ""))
    except ValueError:
        raise NotFound from None


def _figure_asked(pair: Pair, unit: NamedUnit, period: str) -> Figure:
    """Raises NotFound for an indicator this activity does not have, a sealed one included."""
    wanted = request.args.get("indicator")
    found = [f for f in _own_figures(pair, unit, period) if f.indicator.code == wanted]
    if not found:
        raise NotFound
    return found[0]


def _rows(activity: Activity, indicator: Indicator, unit: NamedUnit, period: str) -> list[Row]:
    session, term = http.session(), indicator.numerator
    below = subtree(session, unit.id, clock.today())
    standing = standing_facts(session, activity.id, term.measure, below, period)
    return [
        Row(group, getattr(group, term.take), check_mark(group.keys))
        for group in grouped(standing, at_least=K)
    ]


def check_mark(keys: Iterable[str]) -> str:
    """Ten hex digits that change when any fact of the group does; they tell nothing about a person."""
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:10]


def formula(indicator: Indicator) -> dict[str, Any]:
    """The two sides of the fraction in words."""
    below = indicator.denominator
    return {
        "above": _term(indicator.numerator),
        "below": _term(below) if isinstance(below, Term) else _headcount(below),
        "factor": shown.number(indicator.factor) if indicator.factor != 1 else None,
    }


def _headcount(below: str) -> str | None:
    return gettext("Số dân chốt ngày mở") if below == "headcount" else None


def _term(term: Term) -> str:
    return gettext(measure_book()[term.measure].title)
