"""Which figures of one activity stay hidden: the rule of small numbers laid over units and periods. Pure.

Decided for 'all' first, where most people stand. The periods in a longer one are shown with the same units hidden, or
by no unit under that total where those would not be enough. What is hidden of a unit is hidden of all below it.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from backend.participation.periods import ALL, holding
from backend.scorecards.indicators import Indicator, Term
from backend.tallies.disclosure import NOBODY, Cell, K, Table, hidden_cells, may_split

Unit = uuid.UUID
Counts = Mapping[tuple[str, Unit, str], tuple[int, int | None]]
"""(indicator, unit, period) -> numerator and denominator"""


@dataclass(frozen=True)
class Sheet:
    """One activity around some units. `top` owns it; `below`: children with their kinds, under each unit on the way up.

    A unit without a line is a zero about people once another of its kind under the same total has one.
    """

    indicators: Sequence[Indicator]
    top: Unit
    below: Mapping[Unit, Mapping[Unit, str]]
    heads: Mapping[Unit, int]
    counts: Counts
    k: int = K

    def hidden(self, indicator: Indicator, units: Iterable[Unit], period: str) -> set[Unit]:
        """Those of the units that are not shown; one that has left the owner's tree among them, if it has a count."""
        wanted, above = set(units), self._above()
        inside = {unit for unit in wanted if unit in above}
        hidden = {u for parent in {above[u] for u in inside} for u in self._hidden(indicator, parent, period)}
        left = {unit for unit in wanted - inside if (indicator.code, unit, period) in self.counts}
        return hidden & wanted | left

    def _above(self) -> dict[Unit, Unit | None]:
        found: dict[Unit, Unit | None] = {
            unit: above for above, units in self.below.items() for unit in units
        }
        return found | {self.top: None}

    def _hidden(self, indicator: Indicator, parent: Unit | None, period: str) -> set[Unit]:
        if period != ALL and period not in self._longer():
            return set()
        if parent is not None and parent in self._hidden(indicator, self._above()[parent], period):
            return set(self.below.get(parent, ()))
        is_open = self._is_open(indicator, parent, period)
        return self._chosen(indicator, parent) if is_open else set(self._family(parent))

    def _family(self, parent: Unit | None) -> list[Unit]:
        """The units that make up a total, smallest frozen headcount first: an order no paper moves."""
        if parent is None:
            return [self.top] if self._is_counted(self.top) else []
        kinds = self.below.get(parent, {})
        counted = {kind for unit, kind in kinds.items() if self._is_counted(unit)}
        found = [unit for unit, kind in kinds.items() if kind in counted]
        return sorted(found, key=lambda unit: (unit not in self.heads, self.heads.get(unit, 0), unit))

    def _is_counted(self, unit: Unit) -> bool:
        return any((indicator.code, unit, ALL) in self.counts for indicator in self.indicators)

    # --- which units: chosen once, for everything --------------------------------------------------------------

    def _chosen(self, indicator: Indicator, parent: Unit | None) -> set[Unit]:
        """Where the people of a unit are hidden its other figures are too: with one paper a person, papers are people."""
        first = [] if indicator in self._people() else self._people()
        along = {unit for other in first for unit in self._chosen(other, parent)}
        if not indicator.about_people:
            return along
        return hidden_cells(self._table(indicator, parent, ALL), self._family(parent), along, self.k)

    def _people(self) -> list[Indicator]:
        return [i for i in self.indicators if i.about_people and i.numerator.take == "people"]

    def _table(self, indicator: Indicator, parent: Unit | None, period: str) -> Table[Unit]:
        cells = {unit: self._cell(indicator, unit, period) for unit in self._family(parent)}
        if parent is None:
            return Table(cells)
        rest = self._cell(indicator, parent, period) - sum(cells.values(), NOBODY)
        return Table(cells, replace(rest, did_not=None) if indicator.denominator == "headcount" else rest)

    def _cell(self, indicator: Indicator, unit: Unit, period: str) -> Cell:
        nobody = (0, self._of(indicator, unit, period))
        return Cell.out_of(*self.counts.get((indicator.code, unit, period), nobody))

    def _of(self, indicator: Indicator, unit: Unit, period: str) -> int | None:
        """The denominator of a zero, for which no line was written."""
        if not isinstance(indicator.denominator, Term):
            return self.heads.get(unit) if indicator.denominator == "headcount" else None
        counting = (i.code for i in self.indicators if i.numerator == indicator.denominator)
        return next((self.counts.get((code, unit, period), (0, None))[0] for code in counting), None)

    # --- which periods: all that stand in the same longer one, or none -----------------------------------------

    def _is_open(self, indicator: Indicator, parent: Unit | None, period: str) -> bool:
        """What is counted out of another count is not split at all: the other one's parts would give bounds for it."""
        if isinstance(indicator.denominator, Term) and any(
            len(self._in(p)) > 1 for p in self._holding(period)
        ):
            return False
        deciding = {i.code: i for i in (*self._people(), indicator) if i.about_people}
        return all(
            self._may_split(i, parent, longer) for longer in self._holding(period) for i in deciding.values()
        )

    def _may_split(self, indicator: Indicator, parent: Unit | None, longer: str) -> bool:
        return may_split(
            self._table(indicator, parent, longer),
            [self._table(indicator, parent, part) for part in self._in(longer)],
            self._chosen(indicator, parent),
            self.k,
        )

    def _in(self, longer: str) -> list[str]:
        return [short for short, long in self._longer().items() if long == longer]

    def _holding(self, period: str) -> list[str]:
        longer, found = self._longer(), []
        while period in longer:
            period = longer[period]
            found.append(period)
        return found

    def _longer(self) -> dict[str, str]:
        """Each period with any count, and the next longer one that holds it."""
        months = {period for _, _, period in self.counts if len(period) == 6 and period.isdigit()}
        return {short: long for month in sorted(months) for short, long in pairwise(holding(month))}
