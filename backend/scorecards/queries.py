import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.participation.periods import ALL
from backend.scorecards.hiding import Sheet
from backend.scorecards.indicators import Indicator, value
from backend.scorecards.models import ScorecardLine
from backend.units.models import Unit, UnitLink
from backend.units.queries import frozen_headcounts
from backend.units.trees import holds_on


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
    """The indicators of units of an activity, small groups taken out as seen from its owner unit down."""
    wanted = list(units)
    below = _below(session, owner, wanted)
    rows = _rows(session, indicators, activity, {owner, *wanted, *chain(*below.values())}, period)
    heads = {unit: head.people for unit, head in frozen_headcounts(session, activity).items()}
    counts = {place: (row.numerator, row.denominator) for place, row in rows.items()}
    sheet = Sheet(indicators, owner, below, heads, counts)
    hidden = {i.code: sheet.hidden(i, wanted, period) for i in indicators}
    return {
        unit: {
            i.code: _figure(i, rows.get((i.code, unit, period)), unit in hidden[i.code]) for i in indicators
        }
        for unit in wanted
    }


def _rows(
    session: Session,
    indicators: Sequence[Indicator],
    activity: uuid.UUID,
    units: Iterable[uuid.UUID],
    period: str,
) -> dict[Place, ScorecardLine]:
    """Their lines; for a shorter period those of every period, because what may be shown hangs on all of them."""
    query = select(ScorecardLine).where(
        ScorecardLine.activity_id == activity,
        ScorecardLine.indicator.in_([indicator.code for indicator in indicators]),
        ScorecardLine.unit_id.in_(list(units)),
    )
    if period == ALL:
        query = query.where(ScorecardLine.period == ALL)
    return {(row.indicator, row.unit_id, row.period): row for row in session.scalars(query)}


def _below(
    session: Session, owner: uuid.UUID, units: Sequence[uuid.UUID]
) -> dict[uuid.UUID, dict[uuid.UUID, str]]:
    """Each unit on the way from these up to the owner with all its children and their kinds; one statement."""
    here = (UnitLink.tree == "territory", UnitLink.unit_id != owner, holds_on(UnitLink, clock.today()))
    way = select(UnitLink.unit_id, UnitLink.parent_id).where(UnitLink.unit_id.in_(units), *here)
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
