import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.scorecards.indicators import Indicator, value
from backend.scorecards.models import ScorecardLine
from backend.tallies.disclosure import hidden_cells


def card(session: Session, unit: uuid.UUID, period: str) -> list[ScorecardLine]:
    """The unit's lines of one period."""
    return list(
        session.scalars(
            select(ScorecardLine)
            .where(ScorecardLine.unit_id == unit, ScorecardLine.period == period)
            .order_by(ScorecardLine.activity_id, ScorecardLine.indicator)
        )
    )


def lines(
    session: Session, indicator: str, activity: uuid.UUID, units: Iterable[uuid.UUID], period: str = "all"
) -> dict[uuid.UUID, ScorecardLine]:
    """One indicator of one activity over many units; a unit without a line has no figure, which is not zero."""
    rows = session.scalars(
        select(ScorecardLine).where(
            ScorecardLine.indicator == indicator,
            ScorecardLine.activity_id == activity,
            ScorecardLine.unit_id.in_(list(units)),
            ScorecardLine.period == period,
        )
    )
    return {row.unit_id: row for row in rows}


def line(
    session: Session, unit: uuid.UUID, period: str, indicator: str, activity: uuid.UUID
) -> ScorecardLine | None:
    return session.get(ScorecardLine, (unit, period, indicator, activity))


@dataclass(frozen=True)
class Figure:
    """One indicator of one unit as it may be shown. No numerator: nothing was counted, or the group is too small."""

    indicator: Indicator
    numerator: int | None = None
    denominator: int | None = None
    rules: str | None = None
    is_hidden: bool = False

    @property
    def value(self) -> Decimal | None:
        return None if self.numerator is None else value(self.indicator, self.numerator, self.denominator)


Figures = dict[uuid.UUID, dict[str, Figure]]


def figures(
    session: Session,
    indicators: Sequence[Indicator],
    activity: uuid.UUID,
    units: Iterable[uuid.UUID],
    period: str = "all",
) -> Figures:
    """The indicators of units that stand side by side under one published total, small groups taken out.

    Where the people of a unit are hidden its other figures are too: with one paper a person, papers are people.
    """
    wanted = list(units)
    found = {i.code: lines(session, i.code, activity, wanted, period) for i in indicators}
    small: set[uuid.UUID] = set()
    for indicator in indicators:
        if indicator.about_people and indicator.numerator.take == "people":
            small |= _too_small(found[indicator.code], wanted)
    return {
        unit: {
            i.code: _figure(i, found[i.code].get(unit), unit in small | _own(i, found)) for i in indicators
        }
        for unit in wanted
    }


def _own(indicator: Indicator, found: dict[str, dict[uuid.UUID, ScorecardLine]]) -> set[uuid.UUID]:
    rows = found[indicator.code]
    return _too_small(rows, rows) if indicator.about_people else set()


def _too_small(rows: dict[uuid.UUID, ScorecardLine], units: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Units whose people stay hidden. Once one of them has a figure, a unit without a line is a zero about people."""
    if not rows:
        return set()
    cells = {unit: (row.numerator, row.denominator) for unit, row in rows.items()}
    return hidden_cells({unit: cells.get(unit, (0, None)) for unit in units})


def _figure(indicator: Indicator, row: ScorecardLine | None, is_hidden: bool) -> Figure:
    if is_hidden:
        heads = row.denominator if row and indicator.denominator == "headcount" else None
        return Figure(indicator, denominator=heads, rules=row.rules if row else None, is_hidden=True)
    if row is None:
        return Figure(indicator)
    return Figure(indicator, row.numerator, row.denominator, row.rules)
