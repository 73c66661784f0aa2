"""What an interim or a final review says beyond a report: the whole phase year by year, and what was achieved of the targets.

Kept with the report's figures as plain tables of words and numbers, so that a signed review reads the same for ever.
"""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any, cast

from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period, periods
from backend.reports.figures import COUNTED, Source
from backend.reports.other_figures import ahead, aim, plain, speakers
from backend.reports.paper import decimal_words
from backend.reports.words import HIDDEN, NOTHING
from backend.scorecards.queries import figures_by_period
from backend.targets.models import Target
from backend.targets.queries import Line, in_force, targets_of
from backend.targets.rules import Between, Goal
from backend.targets.series import Counted
from backend.targets.standing import Asked, Judged, judge, part_of
from backend.targets.words import SERIES, STATES
from backend.units.queries import NamedUnit

FORMS = ("interim", "final")

Table = dict[str, Any]
"""`heads`, and `rows` of words; None in a row: not known, which is not zero. `sum`: the last column adds the years up."""


def gathered(
    session: Session, unit: uuid.UUID, sources: Sequence[Source], period: Period
) -> dict[str, Table]:
    """phase, targets: the two sections of a review."""
    return {"phase": _phase(session, sources, period), "targets": _targets(session, unit, sources, period)}


# --- year by year ---------------------------------------------------------------------------------------------------


def _phase(session: Session, sources: Sequence[Source], period: Period) -> Table:
    """Only what adds up over months and is about nobody in particular; a year of which nothing is known stays empty."""
    until = min(period.last, clock.today())
    years = list(range(period.first.year, until.year + 1))
    months = periods(COUNTED, period.first, until, "month")
    rows = [
        row for source in sources if source.opens <= until for row in _by_year(session, source, months, years)
    ]
    return {"heads": ["TT", "Kết quả", *map(str, years), "Cộng"], "rows": rows, "sum": True}


def _by_year(
    session: Session, source: Source, months: Sequence[Period], years: Sequence[int]
) -> Iterator[list[Any]]:
    added = [one for one in source.indicators if one.denominator == "none" and not one.about_people]
    if not added or not months:
        return
    codes = [one.code for one in months]
    found = figures_by_period(session, added, source.activity, source.owner, [source.about], codes)
    for indicator in added:
        told = [(one.first.year, found[one.code][source.about][indicator.code].numerator) for one in months]
        sums = [_sum(value for year, value in told if year == wanted) for wanted in years]
        if any(value is not None for value in sums):
            noun = f" ({indicator.noun['vi']})" if indicator.noun else ""
            yield [f"{indicator.title['vi']}{noun} – {source.title}", *sums, _sum(sums)]


def _sum(values: Any) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


# --- against the targets --------------------------------------------------------------------------------------------

HEADS = ("TT", "Chỉ tiêu", "Mục tiêu", "Đạt được", "So với mục tiêu", "Đánh giá")


def _targets(session: Session, unit: uuid.UUID, sources: Sequence[Source], period: Period) -> Table:
    """Every target of the plan, also those nobody has told anything about: a review that leaves them out is no review."""
    on = min(period.last, clock.today())
    places = speakers(session, unit, period)
    rows: list[list[Any]] = []
    for found in in_force(session, places, on):
        lines = targets_of(session, found.id)
        place = places[found.issuer_unit_id]
        asked = Asked(
            place.id, on, cast(Between, found.between_horizons), _counted(sources) if place.id == unit else (), part_of(found, place),
            (period.first, period.last), found.valid_from,
        )  # fmt: skip
        judged = judge(session, lines, asked)
        speaker = None if place.id == unit else place
        for line in lines:
            rows += _told(line, judged.get(line.indicator.id, []), on.year, speaker)
    return {"heads": list(HEADS), "rows": rows}


def _counted(sources: Sequence[Source]) -> list[Counted]:
    return [
        Counted(one.activity, one.owner, one.title, frozenset(indicator.code for indicator in one.indicators))
        for one in sources
        if one.about == one.owner
    ]


def _told(line: Line, judged: Sequence[Judged], year: int, speaker: NamedUnit | None) -> list[list[Any]]:
    title = f"{line.indicator.name_vi} ({speaker.heading})" if speaker else line.indicator.name_vi
    if not judged:
        return [[title, _aim(line, ahead(line, year)), str(NOTHING), "", str(STATES["cannot_say"])]]
    return [_row(line, one, title) for one in judged]


def _row(line: Line, one: Judged, title: str) -> list[Any]:
    share = one.progress.share
    return [
        title,
        _aim(line, one.progress.goal),
        _value(line, one),
        "" if share is None or one.value is None else f"{decimal_words(str(share))} %",
        str(STATES[one.progress.state]),
    ]


def _value(line: Line, one: Judged) -> str:
    kind = str(SERIES[one.kind])
    if one.said.is_hidden:
        return str(HIDDEN)
    if one.value is None:
        return str(NOTHING)
    return f"{plain(one.value)} {_unit(line)} ({kind[:1].lower()}{kind[1:]})".replace("  ", " ")


def _unit(line: Line) -> str:
    return "%" if line.indicator.unit.startswith("%") else ""


def _aim(line: Line, goal: Goal | Target | None) -> str:
    return "–" if goal is None else aim(goal, _unit(line))
