"""The three series of an indicator: what the node counted, what the unit says of itself, what was taken over from elsewhere."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.calendars import Period
from backend.scorecards.indicators import Indicator
from backend.scorecards.queries import Figure, figures_by_period
from backend.targets.catalogue import indicator, measuring
from backend.targets.models import PlanIndicator, SeriesReason, SeriesValue


@dataclass(frozen=True)
class Counted:
    """An activity whose measured lines may be read, and the unit it belongs to. Who asks knows both, and what is sealed.

    `readable`: indicators of our scorecards that may be read of it; None stands for all.
    """

    activity: uuid.UUID
    owner: uuid.UUID
    title: str = ""
    readable: frozenset[str] | None = None


@dataclass(frozen=True)
class Said:
    """What one series says. No value: `absent` says why, or `is_hidden`."""

    kind: str
    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    absent: str | None = None
    source: str = ""
    at: datetime | None = None
    by: uuid.UUID | None = None
    number: int = 1
    is_hidden: bool = False
    rules: str | None = None


@dataclass(frozen=True)
class ThreeSeries:
    """Side by side, never added, never put in each other's place. None: nothing was said."""

    measured: Said | None = None
    declared: Said | None = None
    official: Said | None = None

    @property
    def counted_less(self) -> bool:
        """What was counted falls below what the unit had declared."""
        one, other = self.measured, self.declared
        return bool(
            one and other and one.value is not None and other.value is not None and one.value < other.value
        )


def series(
    session: Session, code: str, unit: uuid.UUID, period: Period, counted: Sequence[Counted] = ()
) -> ThreeSeries:
    """The three series of an indicator of a unit in a period. Raises IndicatorUnknown."""
    one = indicator(session, code)
    said = standing(session, [one.id], [unit], period)
    return ThreeSeries(
        measured(session, one, unit, period, counted),
        said.get((one.id, unit, "declared")),
        said.get((one.id, unit, "official")),
    )


Place = tuple[uuid.UUID, uuid.UUID, str]
"""(indicator, unit, kind)"""


def standing(
    session: Session, of: Iterable[uuid.UUID], units: Iterable[uuid.UUID], period: Period
) -> dict[Place, Said]:
    """What stands in one period."""
    rows = rows_standing(session, of, units)
    return {
        (row.indicator_id, row.unit_id, row.kind): said(row)
        for row in rows
        if (row.calendar, row.period) == (period.calendar, period.code)
    }


def rows_standing(session: Session, of: Iterable[uuid.UUID], units: Iterable[uuid.UUID]) -> list[SeriesValue]:
    """Of every period and kind the row with the highest number, in the order of their periods' codes."""
    same = ("indicator_id", "unit_id", "calendar", "period", "kind")
    columns = [getattr(SeriesValue, name) for name in same]
    newest = (
        select(*columns, func.max(SeriesValue.number).label("number"))
        .where(SeriesValue.indicator_id.in_(list(of)), SeriesValue.unit_id.in_(list(units)))
        .group_by(*columns)
        .subquery()
    )
    matched = [getattr(SeriesValue, name) == newest.c[name] for name in (*same, "number")]
    query = select(SeriesValue).join(
        newest, matched[0] & matched[1] & matched[2] & matched[3] & matched[4] & matched[5]
    )
    return list(session.scalars(query.order_by(SeriesValue.period, SeriesValue.calendar, SeriesValue.kind)))


def told_by_unit(
    session: Session, of: Iterable[uuid.UUID], units: Iterable[uuid.UUID]
) -> dict[uuid.UUID, int]:
    """Units that said anything of these indicators, and of how many."""
    query = (
        select(SeriesValue.unit_id, func.count(SeriesValue.indicator_id.distinct()))
        .where(SeriesValue.indicator_id.in_(list(of)))
        .group_by(SeriesValue.unit_id)
    )
    mine = set(units)  # may be every unit of the country: too many to name to the database
    return {unit: count for unit, count in session.execute(query) if unit in mine}


def history(session: Session, one: PlanIndicator, unit: uuid.UUID) -> list[SeriesValue]:
    """Everything that was ever said, the newest first: what was replaced stays."""
    query = select(SeriesValue).where(SeriesValue.indicator_id == one.id, SeriesValue.unit_id == unit)
    return list(session.scalars(query.order_by(SeriesValue.said_at.desc(), SeriesValue.id.desc())))


def reasons(session: Session, one: PlanIndicator, unit: uuid.UUID) -> dict[tuple[str, str], SeriesReason]:
    """(calendar, period) -> the reason given last."""
    query = select(SeriesReason).where(SeriesReason.indicator_id == one.id, SeriesReason.unit_id == unit)
    rows = session.scalars(query.order_by(SeriesReason.said_at, SeriesReason.id))
    return {(row.calendar, row.period): row for row in rows}


def said(row: SeriesValue) -> Said:
    return Said(
        row.kind, row.value, row.numerator, row.denominator, row.absent, row.source, row.said_at, row.said_by,
        row.number,
    )  # fmt: skip


MEASURED_CALENDARS = ("thang",)
"""The ledger is counted by plain months; for another calendar nothing is measured, rather than something near it."""


def measured(
    session: Session, one: PlanIndicator, unit: uuid.UUID, period: Period, counted: Sequence[Counted]
) -> Said | None:
    """What the node counted of it in a period."""
    return measured_by_period(session, one, unit, [period], counted).get(period)


def measured_of(
    session: Session, of: Iterable[PlanIndicator], unit: uuid.UUID, period: Period, counted: Sequence[Counted]
) -> dict[uuid.UUID, Said]:
    """The same for many indicators: every activity is read once, however many lines a plan has."""
    if period.calendar not in MEASURED_CALENDARS:
        return {}
    owns = {one.id: own for one in of if (own := measuring(one))}
    rows: dict[uuid.UUID, list[tuple[Counted, Figure]]] = {one: [] for one in owns}
    for source in counted:
        readable = {o.code: o for o in owns.values() if source.readable is None or o.code in source.readable}
        if readable:
            found = figures_by_period(
                session, list(readable.values()), source.activity, source.owner, [unit], [period.code]
            )[period.code][unit]
            for one, own in owns.items():
                if own.code in readable:
                    rows[one].append((source, found[own.code]))
    told = {one: _measured(own, rows[one]) for one, own in owns.items()}
    return {one: said for one, said in told.items() if said is not None}


def measured_by_period(
    session: Session,
    one: PlanIndicator,
    unit: uuid.UUID,
    periods: Iterable[Period],
    counted: Sequence[Counted],
) -> dict[Period, Said]:
    """The same for several periods, for no more statements than one costs.

    Counts of several activities add up; of a ratio the first activity that has one is read, because people who took part in
    two would count twice.
    """
    own, plain = measuring(one), [period for period in periods if period.calendar in MEASURED_CALENDARS]
    if own is None or not plain:
        return {}
    codes, read = [period.code for period in plain], []
    for source in counted:
        if source.readable is None or own.code in source.readable:
            found = figures_by_period(session, [own], source.activity, source.owner, [unit], codes)
            read.append((source, {code: found[code][unit][own.code] for code in codes}))
    told = {
        period: _measured(own, [(source, rows[period.code]) for source, rows in read]) for period in plain
    }
    return {period: said for period, said in told.items() if said is not None}


def _measured(own: Indicator, rows: Sequence[tuple[Counted, Figure]]) -> Said | None:
    hidden = next((row for row in rows if row[1].is_hidden), None)
    if hidden:
        return Said("measured", None, source=hidden[0].title, is_hidden=True, rules=hidden[1].rules)
    found = [(source, figure) for source, figure in rows if figure.numerator is not None]
    if not found:
        return None
    if own.denominator == "none" and own.numerator.take in ("quantity", "facts"):
        total = sum(figure.numerator or 0 for _, figure in found)
        titles = "; ".join(dict.fromkeys(source.title for source, _ in found if source.title))
        return Said("measured", Decimal(total), source=titles, rules=found[0][1].rules)
    source, figure = found[0]
    below = figure.denominator
    absent = None if figure.value is not None else "zero_denominator" if below == 0 else "no_denominator"
    return Said(
        "measured",
        figure.value,
        None if own.denominator == "none" else Decimal(figure.numerator or 0),
        None if below is None else Decimal(below),
        absent,
        source.title,
        rules=figure.rules,
    )
