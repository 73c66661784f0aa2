import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import among
from backend.participation.periods import ALL
from backend.scorecards.hiding import Sheet, Steps
from backend.scorecards.indicators import Indicator, value
from backend.scorecards.models import ScorecardLine
from backend.units.lineage import Lineage, lineage
from backend.units.models import Unit, UnitLink
from backend.units.queries import frozen_at, frozen_headcounts
from backend.units.trees import holds_on, own_line


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
Place = tuple[str, uuid.UUID, str]
"""(indicator, unit, period)"""


def figures(
    session: Session,
    indicators: Sequence[Indicator],
    activity: uuid.UUID,
    owner: uuid.UUID,
    units: Iterable[uuid.UUID],
    period: str = ALL,
) -> Figures:
    """The indicators of units of an activity, small groups taken out as seen from its owner unit down.

    Units that ended since it opened are answered as they were.
    """
    return figures_by_period(session, indicators, activity, owner, units, [period])[period]


def figures_by_period(
    session: Session,
    indicators: Sequence[Indicator],
    activity: uuid.UUID,
    owner: uuid.UUID,
    units: Iterable[uuid.UUID],
    periods: Sequence[str],
) -> dict[str, Figures]:
    """The same for several periods, for no more statements than one costs."""
    known = lineage(session)
    wanted, steps = list(units), _steps(session, activity, known)
    below = _below(session, owner, list({steps.today(unit) for unit in wanted}))
    around = {owner, *wanted, *steps.went, *chain(*below.values())}
    rows = _rows(session, indicators, activity, around, only_all=set(periods) <= {ALL})
    heads = {unit: head.people for unit, head in frozen_headcounts(session, activity, known).items()}
    counts = {place: (row.numerator, row.denominator) for place, row in rows.items()}
    sheet = Sheet(indicators, owner, below, heads, counts, steps=steps)
    return {period: _in_period(sheet, rows, wanted, period) for period in periods}


def _in_period(
    sheet: Sheet, rows: dict[Place, ScorecardLine], wanted: Sequence[uuid.UUID], period: str
) -> Figures:
    hidden = {i.code: sheet.hidden(i, wanted, period) for i in sheet.indicators}
    return {
        unit: {
            i.code: _figure(i, rows.get((i.code, unit, period)), unit in hidden[i.code])
            for i in sheet.indicators
        }
        for unit in wanted
    }


def _steps(session: Session, activity: uuid.UUID, known: Lineage) -> Steps:
    """What became of units since the activity's denominators were fixed."""
    if not known.steps:
        return Steps()
    steps = known.since(frozen_at(session, activity)).steps
    units = {step.source for step in steps} | {step.target for step in steps}
    rows = {row.id: row for row in session.scalars(select(Unit).where(Unit.id.in_(units)))}
    return Steps(
        went={step.source: step.target for step in steps},
        kinds={step.source: rows[step.source].kind for step in steps},
        fresh={step.target for step in steps if rows[step.target].valid_from >= step.holds_from},
    )


def _rows(
    session: Session,
    indicators: Sequence[Indicator],
    activity: uuid.UUID,
    units: Iterable[uuid.UUID],
    only_all: bool,
) -> dict[Place, ScorecardLine]:
    """Their lines; for a shorter period those of every period, because what may be shown hangs on all of them.

    What 'all' shows hangs on no shorter period, so it may be read together with them.
    """
    query = select(ScorecardLine).where(
        ScorecardLine.activity_id == activity,
        ScorecardLine.indicator.in_([indicator.code for indicator in indicators]),
        among(ScorecardLine.unit_id, units),
    )
    if only_all:
        query = query.where(ScorecardLine.period == ALL)
    return {(row.indicator, row.unit_id, row.period): row for row in session.scalars(query)}


def _below(
    session: Session, owner: uuid.UUID, units: Sequence[uuid.UUID]
) -> dict[uuid.UUID, dict[uuid.UUID, str]]:
    """Each unit on the way from these up to the owner with all its children and their kinds; one statement."""
    here = (UnitLink.tree == own_line(owner), UnitLink.unit_id != owner, holds_on(UnitLink, clock.today()))
    way = select(UnitLink.unit_id, UnitLink.parent_id).where(among(UnitLink.unit_id, units), *here)
    up = way.cte("up", recursive=True)
    next_up = select(UnitLink.unit_id, UnitLink.parent_id).join(up, UnitLink.unit_id == up.c.parent_id)
    up = up.union(next_up.where(*here))
    links = session.execute(
        select(UnitLink.parent_id, UnitLink.unit_id, Unit.kind)
        .join(Unit, Unit.id == UnitLink.unit_id)
        .where(UnitLink.parent_id.in_(select(up.c.parent_id)), *here)
    )
    found: dict[uuid.UUID, dict[uuid.UUID, str]] = {}
    for parent, unit, kind in links:
        found.setdefault(parent, {})[unit] = kind
    return _down_from(owner, found)


def _down_from(
    owner: uuid.UUID, below: dict[uuid.UUID, dict[uuid.UUID, str]]
) -> dict[uuid.UUID, dict[uuid.UUID, str]]:
    """Without what stands above or beside the owner."""
    found, next_down = {}, [owner]
    while next_down:
        unit = next_down.pop()
        if unit in below:
            found[unit] = below[unit]
            next_down.extend(below[unit])
    return found


def _figure(indicator: Indicator, row: ScorecardLine | None, is_hidden: bool) -> Figure:
    if is_hidden:
        heads = row.denominator if row and indicator.denominator == "headcount" else None
        return Figure(indicator, denominator=heads, rules=row.rules if row else None, is_hidden=True)
    if row is None:
        return Figure(indicator)
    return Figure(indicator, row.numerator, row.denominator, row.rules)
