"""Which figures of hamlets stay closed on a sheet that sets them side by side.

A figure is shown there only where the live scorecard shows it too: what one page hides, another must not give away.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.calendars import Period
from backend.cards.rules import Base
from backend.cards.shapes import Criterion, Template
from backend.participation.periods import ALL
from backend.scorecards import queries as live
from backend.scorecards.indicators import template as live_template
from backend.scorecards.models import ScorecardLine
from backend.tallies.disclosure import NOBODY, Cell, K, Table, hidden_cells, may_show
from backend.units.queries import NamedUnit

Hidden = Mapping[str, set[uuid.UUID]]
"""Criterion -> units"""


@dataclass(frozen=True)
class Heads:
    by_population: Mapping[str, Mapping[uuid.UUID, int]]
    counted_on: date | None

    @property
    def sizes(self) -> Mapping[uuid.UUID, int]:
        """What the bands go by: the first population the template divides by, else whatever was counted."""
        return next(iter(self.by_population.values()), {})


@dataclass(frozen=True)
class Laid:
    """The units of one view with what was counted in them."""

    parent: uuid.UUID
    units: list[NamedUnit]
    bases: Mapping[uuid.UUID, Base]
    heads: Heads

    @property
    def ids(self) -> list[uuid.UUID]:
        return [unit.id for unit in self.units]


def hidden(
    session: Session, template: Template, period: Period, laid: Laid, along: Hidden | None = None
) -> Hidden:
    """Criterion -> units not shown: few people, hidden on the live scorecards, or a neighbour of one of those."""
    closed = _closed(session, template, period, laid)
    return {
        one.code: _few(one, laid, closed.get(one.code, set()) | (along or {}).get(one.code, set()))
        for one in template.criteria
    }


def _few(criterion: Criterion, laid: Laid, along: AbstractSet[uuid.UUID]) -> set[uuid.UUID]:
    """The commune's own figure stands beside the sheet, so that nothing may come back by subtraction."""
    formula = criterion.formula
    if formula is None or not formula.about_people:
        return set()
    cells = {unit: _cell(criterion, laid.bases[unit]) for unit in laid.ids}
    whole = _cell(criterion, laid.bases[laid.parent])
    if not may_show(whole.did, _under(criterion, laid.bases[laid.parent])):
        return set(cells)
    rest = whole - sum(cells.values(), NOBODY)
    sizes = laid.heads.sizes
    order = sorted(cells, key=lambda unit: (unit not in sizes, sizes.get(unit, 0), unit))
    return hidden_cells(Table(cells, Cell(rest.did)), order, set(along) & cells.keys())


def _cell(criterion: Criterion, base: Base) -> Cell:
    above = base.take(criterion.formula.numerator) if criterion.formula else 0
    return Cell.out_of(above, _under(criterion, base))


def _closed(session: Session, template: Template, period: Period, laid: Laid) -> dict[str, set[uuid.UUID]]:
    """Units the live scorecards hide in an activity that counts here, and those whose other months would come out.

    A month stands beside what the live scorecards tell of the whole activity, and beside every other month of this sheet:
    the difference must be many, or the activity must lie in the month altogether; and where one month of an activity is
    about a few, no month is shown, for those that are would leave it over.
    """
    wanted = {one.live_indicator: one.code for one in template.criteria if one.live_indicator}
    lines = _live_lines(session, wanted, laid.ids, period)
    found: dict[str, set[uuid.UUID]] = {code: set() for code in wanted.values()}
    for name, code in wanted.items():
        for activity in {row.activity_id for row in lines if row.indicator == name}:
            found[code] |= _hidden_live(session, name, activity, laid)
        found[code] |= _few_in_a_month(session, name, {row.activity_id for row in lines}, laid)
        for unit in laid.ids:
            if _gives_away(
                template[code],
                [row for row in lines if (row.indicator, row.unit_id) == (name, unit)],
                laid,
                unit,
            ):
                found[code].add(unit)
    return found


def _live_lines(
    session: Session, names: Collection[str], units: Collection[uuid.UUID], period: Period
) -> list[ScorecardLine]:
    """Of the activities with a count in the period: their lines for it and for all of their time."""
    counting = select(ScorecardLine.activity_id).where(ScorecardLine.period == period.code).distinct()
    query = select(ScorecardLine).where(
        ScorecardLine.unit_id.in_(list(units)),
        ScorecardLine.indicator.in_(list(names)),
        ScorecardLine.period.in_([ALL, period.code]),
        ScorecardLine.activity_id.in_(counting),
    )
    return list(session.scalars(query))


def _hidden_live(session: Session, name: str, activity: uuid.UUID, laid: Laid) -> set[uuid.UUID]:
    figures = live.figures(session, [live_template()[name]], activity, laid.parent, laid.ids)
    return {unit for unit in laid.ids if figures[unit][name].is_hidden}


def _few_in_a_month(
    session: Session, name: str, activities: Collection[uuid.UUID], laid: Laid
) -> set[uuid.UUID]:
    """Units with a month of 1-4 in one of the activities. A month of nobody leaves nobody over."""
    if not live_template()[name].about_people:
        return set()
    rows = session.scalars(
        select(ScorecardLine.unit_id).where(
            ScorecardLine.unit_id.in_(laid.ids),
            ScorecardLine.indicator == name,
            ScorecardLine.activity_id.in_(list(activities)),
            ScorecardLine.period.regexp_match("^[0-9]{6}$"),
            ScorecardLine.numerator.between(1, K - 1),
        )
    )
    return set(rows)


def _gives_away(criterion: Criterion, lines: Sequence[ScorecardLine], laid: Laid, unit: uuid.UUID) -> bool:
    whole = sum(row.numerator for row in lines if row.period == ALL)
    inside = sum(row.numerator for row in lines if row.period != ALL)
    here = _cell(criterion, laid.bases[unit]).did
    return whole != inside and whole - here < K


def _under(criterion: Criterion, base: Base) -> int | None:
    formula = criterion.formula
    if formula is None:
        return None
    if formula.denominator:
        return base.take(formula.denominator)
    return base.heads.get(formula.population) if formula.population else None
