"""A unit's scorecard with its months side by side, and behind every figure the person-free rows it is made of."""

import hashlib
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from flask_babel import gettext

from admin import charts, inspection_reach, inspection_words, shown
from admin.blueprint import SCORECARD_READERS, SCORECARD_ROLES, actor, blueprint, page
from admin.figures import (
    Pair,
    indicators_of,
    parts_of,
    people_in,
    taking_part,
    visible_activities,
    visible_activity,
)
from admin.inspection_reach import Days
from backend import calendars, clock, http
from backend.errors import NotAllowed, NotFound
from backend.http import guarded, staff_with, writes_on_read
from backend.inspection.queries import FileLine
from backend.inspection.rules import covers_days
from backend.participation.queries import FactGroup, grouped, standing_facts
from backend.people.staff import reach
from backend.safeguards.audit import note
from backend.scorecards.indicators import Indicator, Term
from backend.scorecards.queries import Figure, figures, figures_by_period
from backend.tallies.disclosure import K
from backend.tallies.queries import periods_of
from backend.units.lineage import with_history
from backend.units.queries import FrozenFigure, NamedUnit, frozen_headcounts, named
from backend.units.trees import subtree
from campaigns.models import Activity, Campaign
from campaigns.queries import round_of
from campaigns.registry import measure_book

PERIOD = re.compile(r"all|20\d\d(0[1-9]|1[0-2]|Q[1-4]|S[12])?")
MONTH = re.compile(r"20\d\d(0[1-9]|1[0-2])")
MOST_MONTHS = 8
"""So many columns stand side by side on a narrow phone with their numbers."""


@dataclass(frozen=True)
class Section:
    """One activity on a scorecard: the unit's figures, its frozen headcount, and the units right below.

    `people`: how many took part since it opened, for the line that sums the campaign up. `months`: the unit's figures
    month by month, oldest first.
    """

    activity: Activity
    campaign: Campaign
    number: int
    figures: list[Figure]
    people: Figure
    heads: FrozenFigure | None
    below: list[tuple[NamedUnit, list[Figure]]]
    months: list[tuple[str, dict[str, Figure]]]
    in_period: bool


@dataclass(frozen=True)
class Trend:
    """One indicator of the unit over the rounds and months of a campaign."""

    indicator: Indicator
    columns: list[charts.Column]


@dataclass(frozen=True)
class Part:
    """A campaign on a scorecard: its rounds in order, the trends over them, and the rounds that have the period asked."""

    campaign: Campaign
    rounds: list[Section]
    trends: list[Trend]
    sections: list[Section]


@blueprint.get("/units/<uuid:unit_id>/scorecard")
@writes_on_read
@guarded(staff_with(*SCORECARD_ROLES))
def scorecard(unit_id: uuid.UUID) -> Response:
    """Every indicator of a unit. What an inspector reads is put on the trail."""
    unit, period = named(http.session(), unit_id, clock.today()), _period()
    file = _file_for(unit_id, period)
    pairs = [
        pair
        for pair in visible_activities()
        if _counts_in(pair, unit_id) and _is_within(file, _days_of(pair[0]))
    ]
    found = {
        activity.id: [
            one for one in periods_of(http.session(), activity.id) if _is_within(file, _period_days(one))
        ]
        for activity, _ in pairs
    }
    below = parts_of(unit.id)
    sections = [_section(pair, unit, below, period, found[pair[0].id]) for pair in pairs]
    if http.staff().holds("inspector"):
        note(http.session(), actor(), "scorecard.read", "unit", unit.id, unit=unit.id, is_read=True)
    periods = _periods(found.values(), period)
    return page(
        "scorecard.html",
        unit=unit,
        period=period,
        periods=periods,
        before=_beside(periods, period, -1),
        after=_beside(periods, period, 1),
        parts_of_card=_parts(sections, period),
        finding_words=inspection_words,
        found=inspection_reach.findings(unit.id, "indicator"),
    )


def _file_for(unit: uuid.UUID, period: str) -> FileLine | None:
    """None for who reads within reach; else the running inspection file this is read under. Raises NotOpen, NotAllowed."""
    if unit in reach(http.session(), http.staff(), *SCORECARD_READERS):
        return None
    days = _period_days(period)
    if unit in inspection_reach.opened("scorecards", days=days):
        return inspection_reach.read(unit, "scorecards", shown.period(period), days)
    if unit not in inspection_reach.opened("facts", days=days):
        raise NotAllowed
    return inspection_reach.read(unit, "facts", shown.period(period), days)


def _is_within(file: FileLine | None, days: Days | None) -> bool:
    """Under a file only what has to do with its days; 'all' is as long as the activity."""
    return (
        file is None or days is None or covers_days((file.file.first, file.file.last), *days, clock.today())
    )


def _days_of(activity: Activity) -> Days:
    return clock.local_day(activity.opens_at), clock.local_day(activity.closes_at)


def _period_days(period: str) -> Days | None:
    if period == "all":
        return None
    found = calendars.parse("thang", period)
    return found.first, found.last


def _counts_in(pair: Pair, unit: uuid.UUID) -> bool:
    return pair[0].state != "scheduled" and unit in taking_part(pair[1])


def _period() -> str:
    asked = request.args.get("period", "all")
    return asked if PERIOD.fullmatch(asked) else "all"


def _periods(found: Iterable[list[str]], present: str) -> list[str]:
    """Periods with any count, everything first, then the newest; the one asked for is always among them."""
    every = {period for periods in found for period in periods}
    return ["all", *sorted((every | {present}) - {"all"}, reverse=True)]


def _beside(periods: list[str], present: str, step: int) -> str | None:
    """The month with counts before or after the one that is shown."""
    months = sorted(period for period in periods if MONTH.fullmatch(period))
    if present not in months:
        return months[-1] if step < 0 and months else None
    at = months.index(present) + step
    return months[at] if 0 <= at < len(months) else None


def _section(pair: Pair, unit: NamedUnit, below: list[NamedUnit], period: str, periods: list[str]) -> Section:
    """All periods of all the units are read at once."""
    activity, campaign = pair
    months = [
        one
        for one in sorted(periods)
        if MONTH.fullmatch(one) and (one <= period or not MONTH.fullmatch(period))
    ]
    units = [unit.id, *(part.id for part in below)]
    found = figures_by_period(
        http.session(),
        indicators_of(activity),
        activity.id,
        campaign.owner_unit_id,
        units,
        ["all", period, *months],
    )
    return Section(
        activity=activity,
        campaign=campaign,
        number=round_of(http.session(), activity),
        figures=list(found[period][unit.id].values()),
        people=people_in(found["all"][unit.id]),
        heads=frozen_headcounts(http.session(), activity.id).get(unit.id),
        below=[(part, list(found[period][part.id].values())) for part in below],
        months=[(month, found[month][unit.id]) for month in months],
        in_period=period == "all" or period in periods,
    )


def _parts(sections: list[Section], period: str) -> list[Part]:
    """By campaign, in the order of the activities: what is running first."""
    campaigns = {section.campaign.id: section.campaign for section in sections}
    return [
        Part(
            campaign=campaign,
            rounds=(
                own := sorted(
                    (s for s in sections if s.campaign.id == key), key=lambda s: s.activity.opens_at
                )
            ),
            trends=_trends(own),
            sections=[s for s in sections if s.campaign.id == key and s.in_period],
        )
        for key, campaign in campaigns.items()
    ]


def _trends(rounds: list[Section]) -> list[Trend]:
    """Where there is more than one month or round to compare. A hidden month stays hidden; nothing is put in its place."""
    columns = [(section, month, found) for section in rounds for month, found in section.months][
        -MOST_MONTHS:
    ]
    indicators = {code: figure.indicator for _, _, found in columns for code, figure in found.items()}
    trends = [
        Trend(
            indicator,
            charts.told(
                [_told(section, month, found[code]) for section, month, found in columns if code in found]
            ),
        )
        for code, indicator in indicators.items()
    ]
    return [trend for trend in trends if len(trend.columns) > 1]


def _told(section: Section, month: str, figure: Figure) -> charts.Told:
    number, value = section.number, figure.value
    return charts.Told(
        label=gettext("T%(month)s·Đ%(round)s", month=int(month[4:]), round=number),
        full=gettext("%(month)s, đợt %(round)s", month=shown.period(month), round=number),
        value=None if figure.is_hidden else float(value or 0),
        words=shown.figure(figure),
    )


def _own_figures(pair: Pair, unit: NamedUnit, period: str) -> list[Figure]:
    activity, campaign = pair
    found = figures(
        http.session(), indicators_of(activity), activity.id, campaign.owner_unit_id, [unit.id], period
    )
    return list(found[unit.id].values())


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
    unit, period = named(http.session(), unit_id, clock.today()), _period()
    activity, campaign = visible_activity(_activity_asked())
    _check_inspection(unit.id, period, activity)
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


def _check_inspection(unit: uuid.UUID, period: str, activity: Activity) -> None:
    """Whoever reads here as an inspector alone needs a running file over the unit and over all the days. Raises NotOpen."""
    if unit not in reach(http.session(), http.staff(), *SCORECARD_READERS):
        days = _period_days(period) or _days_of(activity)
        inspection_reach.read(unit, "facts", shown.period(period), days, whole=True)


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
    below = with_history(session, subtree(session, unit.id, clock.today()))
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
