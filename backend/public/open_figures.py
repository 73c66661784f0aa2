"""What a unit's open data say: figures that were published before, one a row, and nothing that is about a person.

Three sources: the newest published revision of each scorecard, official series, results of contests. Points and classes are
left out: they rate an office, and a trial year's are no rating at all. Small groups stay hidden as they are on the card; a
count that two published rows give away by their difference is hidden as well.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period
from backend.cards.published import published_figures
from backend.own_calendars.reading import period_of
from backend.tallies.disclosure import K
from backend.targets.models import PlanIndicator, SeriesValue
from backend.targets.series import rows_standing
from campaigns import results
from campaigns.models import Publication

ENTRANTS = "contest.entrants"
DAYS = "days"
"""The calendar of what ran from one day to another: its code is the two days."""
RULES = "targets/1"
PLAIN = "thang"
CONTEST = {
    "people": {"vi": "Người dự thi", "en": "People who took part"},
    "papers": {"vi": "Lượt thi", "en": "Papers handed in"},
    "all_correct": {"vi": "Người trả lời đúng tất cả", "en": "People with everything right"},
}
PEOPLE = ("người", "hộ", "đảng viên", "cán bộ", "học sinh", "đoàn viên")
"""What is counted where a bare number is about a group of people."""


@dataclass(frozen=True)
class OpenFigure:
    """A row. `status`: shown | hidden | none (nothing is known, which is not 0). `about`: what it belongs to, in words."""

    source: str
    about: Mapping[str, str]
    figure: str
    title: Mapping[str, str]
    series: str
    period: Period
    status: str
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    measured_in: str
    rules: str
    revision: int
    is_trial: bool
    as_known_at: datetime
    published_at: datetime
    people: str = ""
    """Of a count of different people: the measure that counts them. Rows of one measure must not tell on each other."""


def figures(session: Session, unit: uuid.UUID) -> list[OpenFigure]:
    """Everything the unit gives away, by source, the newest period first."""
    found = [*_cards(session, unit), *_official(session, unit), *_contests(session, unit)]
    order = {"scorecard": 0, "official": 1, "results": 2}
    found.sort(
        key=lambda row: (order[row.source], -row.period.last.toordinal(), -row.period.first.toordinal())
    )
    return list(apart(found))


# --- scorecards -----------------------------------------------------------------------------------------------------


def _cards(session: Session, unit: uuid.UUID) -> Iterator[OpenFigure]:
    for one in published_figures(session, unit):
        yield OpenFigure(
            source="scorecard",
            about=dict(one.template.title),
            figure=one.code,
            title=one.title,
            series="measured",
            period=one.period,
            status=_status(one.is_hidden, one.value),
            numerator=one.numerator,
            denominator=one.denominator,
            value=one.value,
            measured_in="%" if one.is_percent else one.noun,
            rules=one.rules,
            revision=one.revision,
            is_trial=one.is_trial,
            as_known_at=one.as_known_at,
            published_at=one.published_at,
            people=one.formula.numerator.measure if one.formula.numerator.take == "people" else "",
        )


def _status(hidden: bool, value: object) -> str:
    return "hidden" if hidden else "none" if value is None else "shown"


# --- official series ------------------------------------------------------------------------------------------------


def _official(session: Session, unit: uuid.UUID) -> Iterator[OpenFigure]:
    """Where each was taken from stays with the office: it is what somebody typed."""
    said = select(SeriesValue.indicator_id).where(SeriesValue.unit_id == unit, SeriesValue.kind == "official")
    known = {
        one.id: one
        for one in session.scalars(select(PlanIndicator).where(PlanIndicator.id.in_(said.distinct())))
    }
    for row in rows_standing(session, known, [unit]):
        if row.kind == "official":
            yield _series(row, known[row.indicator_id])


def _series(row: SeriesValue, one: PlanIndicator) -> OpenFigure:
    hidden = is_few(row, one)
    return OpenFigure(
        source="official",
        about={"vi": "Số chính thức", "en": "Official figures"},
        figure=one.code,
        title={"vi": one.name_vi, "en": one.name_en or one.name_vi},
        series="official",
        period=period_of(row),
        status=_status(hidden, row.value),
        numerator=None if hidden else row.numerator,
        denominator=None if hidden else row.denominator,
        value=None if hidden else row.value,
        measured_in=one.unit,
        rules=RULES,
        revision=row.number,
        is_trial=False,
        as_known_at=row.said_at,
        published_at=row.said_at,
    )


def is_few(row: SeriesValue, one: PlanIndicator) -> bool:
    """A handful of people, or all but a handful of a whole."""
    above, below = row.numerator, row.denominator
    if below is not None and above is not None:
        return 0 < above < K or 0 < below - above < K
    told = above if above is not None else row.value
    return one.unit.strip().lower() in PEOPLE and told is not None and 0 < told < K


# --- contests -------------------------------------------------------------------------------------------------------


def _contests(session: Session, unit: uuid.UUID) -> Iterator[OpenFigure]:
    for row in results.list_published(session, unit):
        for name in ("people", "papers", "all_correct"):
            if name in row.statement and (name != "all_correct" or _tells_all_correct(row.statement)):
                yield _contest(row, name)


def _tells_all_correct(said: Mapping[str, Any]) -> bool:
    """As on the page of results: where nobody was asked to guess it, an empty one is not spoken of."""
    return bool(said.get("prediction")) or isinstance(said["all_correct"], int)


def _contest(row: Publication, name: str) -> OpenFigure:
    said = row.statement
    first, last = (
        clock.local_day(datetime.fromisoformat(said[moment])) for moment in ("opened_at", "closed_at")
    )
    count = None if said[name] is None else Decimal(said[name])
    return OpenFigure(
        source="results",
        about=said["title"],
        figure=f"contest.{name}",
        title=CONTEST[name],
        series="measured",
        period=Period(DAYS, f"{first:%Y%m%d}-{last:%Y%m%d}", first, last),
        status="hidden" if count is None else "shown",
        numerator=count,
        denominator=None,
        value=count,
        measured_in="lượt" if name == "papers" else "người",
        rules=f"contest/{said['rules_version']}",
        revision=row.number,
        is_trial=False,
        as_known_at=row.published_at,
        published_at=row.published_at,
        people=ENTRANTS if name == "people" else "",
    )


# --- beside each other ----------------------------------------------------------------------------------------------


def apart(rows: Iterable[OpenFigure]) -> Iterator[OpenFigure]:
    """Without the counts that tell of a few people when one row is taken from another.

    A month holds its contests and a contest may reach beyond its month; a period of another calendar is a month with some days
    more and some less. Whoever takes one count of people from the other has those of the rest. The contest's count stands
    signed on its own page, so the card's gives way; before a month, the quarter and the card of another calendar do.
    """
    told = [*rows]
    for row in told:
        if row.source == "scorecard" and row.people and any(_tells(row, other) for other in told):
            yield replace(row, status="hidden", numerator=None, denominator=None, value=None)
        else:
            yield row


def _tells(row: OpenFigure, other: OpenFigure) -> bool:
    """Whether beside that other row this one would say something about a few."""
    stands = other.source == "results" or (other.source == "scorecard" and _goes_before(other, row))
    if not stands or other.people != row.people or row.numerator is None or other.numerator is None:
        return False
    overlap = row.period.first <= other.period.last and other.period.first <= row.period.last
    return overlap and 0 < abs(row.numerator - other.numerator) < K


def _goes_before(one: OpenFigure, other: OpenFigure) -> bool:
    """Of two periods that share days the shorter one of a calendar, a plain one before others, else by the calendar's name."""
    mine, theirs = one.period, other.period
    if mine.calendar == theirs.calendar:
        return mine.last - mine.first < theirs.last - theirs.first
    return mine.calendar == PLAIN or (theirs.calendar != PLAIN and mine.calendar < theirs.calendar)
