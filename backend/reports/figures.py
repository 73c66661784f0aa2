"""The figures of a report, read from below and kept as they were on the day it was composed. Nobody types them."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period, periods
from backend.participation.periods import ALL
from backend.reports.other_figures import of_cards, of_plan
from backend.reports.words import HIDDEN, NO_DENOMINATOR, NOT_OF_PERIOD, NOTHING
from backend.scorecards.indicators import Indicator, template
from backend.scorecards.queries import Figure, figures_by_period
from backend.units.models import TREES
from backend.units.trees import subtree

MEASURED = "measured"
SINCE_OPENED = "lũy kế từ khi mở"
MOST_CHARTS, MOST_BARS = 3, 8
COUNTED = "thang"
"""The calendar whose periods the ledger counts by."""


@dataclass(frozen=True)
class Source:
    """An activity whose figures go into reports: handed in, because this room knows no activities. `about`: whose."""

    activity: uuid.UUID
    owner: uuid.UUID
    about: uuid.UUID
    title: str
    opens: date
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True)
class Offered:
    """An activity that may say something, and whose it is."""

    activity: uuid.UUID
    owner: uuid.UUID
    title: str
    opens: date
    indicators: tuple[Indicator, ...]


def concerning(session: Session, unit: uuid.UUID, offered: Sequence[Offered]) -> list[Source]:
    """Those that say something about the unit: its own, those of units below it, and those it takes part in."""
    today = clock.today()
    below = set().union(*(subtree(session, unit, today, tree) for tree in TREES))
    under = {owner: subtree(session, owner, today) for owner in {one.owner for one in offered} - below}
    return [
        Source(
            one.activity, one.owner, one.owner if one.owner in below else unit, one.title, one.opens, one.indicators
        )
        for one in offered
        if one.owner in below or unit in under[one.owner]
    ]  # fmt: skip


Row = dict[str, Any]
"""code, title, of (the activity), series, numerator, denominator, value (a decimal as text), decimals, word, absent."""


def gathered(session: Session, unit: uuid.UUID, sources: Iterable[Source], period: Period) -> dict[str, Any]:
    """What the ledger says about a period: rows, and charts of what may be added up. Null is not zero."""
    months = _months(period)
    rows: list[Row] = []
    charts: list[dict[str, Any]] = []
    for source in sources:
        if source.opens > period.last:
            continue
        codes = [period.code, ALL, *(one.code for one in months)]
        found = figures_by_period(
            session, source.indicators, source.activity, source.owner, [source.about], codes
        )
        told = {code: found[code][source.about] for code in codes}
        rows += _rows(source, period, told)
        charts += _by_month(source, months, told)
    # What the unit published on a scorecard of this very period it answers for: it stands in place of the plain counts of the
    # same figures, and of no others.
    published = of_cards(session, unit, period)
    held = {row["indicator"] for row in published}
    rows = published + [row for row in rows if row["code"] not in held] + of_plan(session, unit, period)
    return {
        "as_of": clock.iso(clock.now()),
        "rules": template().rules,
        "rows": rows,
        "charts": [*_rates(rows), *charts[:MOST_CHARTS]],
    }


def _rows(source: Source, period: Period, told: Mapping[str, Mapping[str, Figure]]) -> list[Row]:
    """Of a period that may not be parted from the rest the sum since the beginning is told, while the period still runs:
    afterwards that sum holds days of other periods."""
    is_counted, still_runs = period.calendar == COUNTED, period.last >= clock.today()
    found = []
    for code, whole in told[ALL].items():
        now = told[period.code][code] if is_counted else Figure(whole.indicator)
        cannot_part = now.is_hidden or not is_counted
        if cannot_part and still_runs and whole.numerator is not None and source.about == source.owner:
            found.append(_row(source, whole, SINCE_OPENED))
        elif not is_counted and whole.numerator is not None:
            found.append(_row(source, now, "") | {"absent": NOT_OF_PERIOD})
        elif now.numerator is not None or (now.is_hidden and source.about == source.owner):
            found.append(_row(source, now, ""))
    return found


def _months(period: Period) -> list[Period]:
    first = period.first
    if (period.last - first).days < 32:  # a month alone is no line: the six that end with it
        back = first.year * 12 + first.month - 1 - 5
        first = date(back // 12, back % 12 + 1, 1)
    return periods(COUNTED, first, period.last, "month")[-12:]


def _row(source: Source, found: Figure, span: str) -> Row:
    indicator, value = found.indicator, found.value
    absent = None
    if found.is_hidden:
        absent = HIDDEN
    elif found.numerator is None:
        absent = NOTHING
    elif value is None:
        absent = NO_DENOMINATOR
    shows = not found.is_hidden
    return {
        "code": indicator.code,
        "title": indicator.title["vi"],
        "of": f"{source.title}; {span}" if span else source.title,
        "series": MEASURED,
        "numerator": found.numerator if shows else None,
        "denominator": found.denominator if shows and indicator.denominator != "none" else None,
        "factor": indicator.factor,
        "value": None if value is None or not shows else str(value),
        "decimals": indicator.decimals,
        "word": _word(indicator),
        "absent": absent,
        "rules": found.rules,
    }


def _word(indicator: Indicator) -> str:
    if indicator.factor == 100:
        return "%"
    if indicator.noun:
        return indicator.noun["vi"]
    return "người" if indicator.numerator.take == "people" else ""


def _by_month(
    source: Source, months: Sequence[Period], told: Mapping[str, Mapping[str, Figure]]
) -> Iterator[dict[str, Any]]:
    """Only what can be added up and says nothing about single people; a lone month is no line."""
    for indicator in source.indicators:
        values = [told[one.code][indicator.code].numerator for one in months]
        is_sum = not indicator.about_people and indicator.denominator == "none"
        if is_sum and sum(1 for value in values if value) > 1:
            yield {
                "kind": "columns",
                "title": f"{indicator.title['vi']} ({source.title})",
                "labels": [f"{one.first.month}/{one.first.year}" for one in months],
                "values": values,
            }


def _rates(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Every rate of the table beside the others."""
    rated = [row for row in rows if row["word"] == "%" and row["value"] and row["series"] == MEASURED][
        :MOST_BARS
    ]
    if len(rated) < 2:
        return []
    return [
        {
            "kind": "bars",
            "title": "Các tỷ lệ trong biểu số liệu (%)",
            "labels": [f"{row['title']} – {row['of']}" for row in rated],
            "values": [float(row["value"]) for row in rated],
        }
    ]


def same(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Titles of the figures that two reports of the same period say differently: the lines carry the same figures."""

    def told(figures: dict[str, Any]) -> dict[tuple[str, str], Any]:
        return {(row["of"], row["title"]): (row["numerator"], row["denominator"]) for row in figures["rows"]}

    here, there = told(one), told(other)
    return sorted({key[1] for key in here.keys() & there.keys() if here[key] != there[key]})
