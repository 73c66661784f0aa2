"""Which figures of one activity stay hidden: the rule of small numbers laid over units and periods. Pure.

Decided for 'all' first, where most people stand. The periods in a longer one are shown with the same units hidden, or
by no unit under that total where those would not be enough. What is hidden of a unit is hidden of all below it.

Units may have become one since the denominators were fixed. Whoever saw the old figures subtracts them from the new one,
so what is hidden is chosen for the old units first (`before`), as if nothing had happened, and carried on: a unit that took
in a hidden one is hidden too, unless all that are hidden went into it, for together they are many.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import pairwise

from backend.participation.periods import ALL, holding
from backend.scorecards.indicators import Indicator, Term
from backend.tallies.disclosure import (
    NOBODY,
    Cell,
    K,
    Table,
    hidden_cells,
    may_show,
    may_split,
    may_stand_beside,
)

Unit = uuid.UUID
Counts = Mapping[tuple[str, Unit, str], tuple[int, int | None]]
"""(indicator, unit, period) -> numerator and denominator"""


@dataclass(frozen=True)
class Steps:
    """What became of units since the denominators were fixed.

    `went`: a unit that ended -> the unit it went into. `kinds` of those that ended. `fresh`: made out of others.
    """

    went: Mapping[Unit, Unit] = field(default_factory=dict)
    kinds: Mapping[Unit, str] = field(default_factory=dict)
    fresh: AbstractSet[Unit] = frozenset()

    def today(self, unit: Unit) -> Unit:
        while unit in self.went:
            unit = self.went[unit]
        return unit

    def into(self, unit: Unit) -> list[Unit]:
        """The units that went straight into it."""
        return [source for source, target in self.went.items() if target == unit]

    def leaves(self, unit: Unit) -> set[Unit]:
        """The units of the beginning that it is made of."""
        own = set() if unit in self.fresh else {unit}
        return own.union(*(self.leaves(source) for source in self.into(unit)))


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
    steps: Steps = field(default_factory=Steps)

    def hidden(self, indicator: Indicator, units: Iterable[Unit], period: str) -> set[Unit]:
        """Those of the units that are not shown; one that has left the owner's tree among them, if it has a count."""
        wanted, above = set(units), self._above()
        inside = {unit for unit in wanted if unit in above}
        hidden = {u for parent in {above[u] for u in inside} for u in self._hidden(indicator, parent, period)}
        ended = {unit for unit in wanted - inside if above.get(self.steps.today(unit))}
        hidden |= {unit for unit in ended if self._is_hidden_ended(indicator, unit, period)}
        inside |= ended
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
        if parent is not None and self._hides_below(indicator, parent, period):
            return set(self.below.get(parent, ()))
        is_open = self._is_open(indicator, parent, period)
        return self._chosen(indicator, parent) if is_open else set(self._family(parent))

    def _hides_below(self, indicator: Indicator, parent: Unit, period: str) -> bool:
        """Hidden itself, or made of units of which some were hidden with all below them."""
        above = self._above()[parent]
        if parent in self._hidden(indicator, above, period):
            return True
        return bool(self.steps.into(parent)) and not self._before(indicator, above).isdisjoint(
            self.steps.leaves(parent)
        )

    def _family(self, parent: Unit | None) -> list[Unit]:
        """The units that make up a total, smallest frozen headcount first: an order no paper moves."""
        if parent is None:
            return [self.top] if self._is_counted(self.top) else []
        return self._in_order(self.below.get(parent, {}), self.heads)

    def _in_order(self, kinds: Mapping[Unit, str], heads: Mapping[Unit, int]) -> list[Unit]:
        counted = {kind for unit, kind in kinds.items() if self._is_counted(unit)}
        found = [unit for unit, kind in kinds.items() if kind in counted]
        return sorted(found, key=lambda unit: (unit not in heads, heads.get(unit, 0), unit))

    def _is_counted(self, unit: Unit) -> bool:
        return any((indicator.code, unit, ALL) in self.counts for indicator in self.indicators)

    # --- which units: chosen once, for everything --------------------------------------------------------------

    def _chosen(self, indicator: Indicator, parent: Unit | None) -> set[Unit]:
        """Where the people of a unit are hidden its other figures are too: with one paper a person, papers are people."""
        along = {unit for other in self._first(indicator) for unit in self._chosen(other, parent)}
        if self._has_steps(parent):
            along |= self._carried(self._before(indicator, parent), self._family(parent))
        if not indicator.about_people:
            return along
        return hidden_cells(self._table(indicator, parent, ALL), self._family(parent), along, self.k)

    def _first(self, indicator: Indicator) -> list[Indicator]:
        return [] if indicator in self._people() else self._people()

    def _people(self) -> list[Indicator]:
        return [i for i in self.indicators if i.about_people and i.numerator.take == "people"]

    def _table(self, indicator: Indicator, parent: Unit | None, period: str) -> Table[Unit]:
        cells = {unit: self._cell(indicator, unit, period) for unit in self._family(parent)}
        return (
            Table(cells)
            if parent is None
            else Table(cells, self._rest(indicator, parent, period, cells.values()))
        )

    def _rest(self, indicator: Indicator, parent: Unit, period: str, cells: Iterable[Cell]) -> Cell:
        """What the total holds that stands in no cell."""
        rest = self._cell(indicator, parent, period) - sum(cells, NOBODY)
        return replace(rest, did_not=None) if indicator.denominator == "headcount" else rest

    def _cell(self, indicator: Indicator, unit: Unit, period: str) -> Cell:
        nobody = (0, self._of(indicator, unit, period))
        return Cell.out_of(*self.counts.get((indicator.code, unit, period), nobody))

    def _of(self, indicator: Indicator, unit: Unit, period: str) -> int | None:
        """The denominator of a zero, for which no line was written."""
        if not isinstance(indicator.denominator, Term):
            return self.heads.get(unit) if indicator.denominator == "headcount" else None
        counting = (i.code for i in self.indicators if i.numerator == indicator.denominator)
        return next((self.counts.get((code, unit, period), (0, None))[0] for code in counting), None)

    # --- units that ended ----------------------------------------------------------------------------------------

    def _has_steps(self, parent: Unit | None) -> bool:
        return (
            any(self.steps.today(unit) in self.below.get(parent, ()) for unit in self.steps.went)
            if parent
            else False
        )

    def _before(self, indicator: Indicator, parent: Unit | None) -> set[Unit]:
        """What is hidden of the units of the beginning."""
        along = {unit for other in self._first(indicator) for unit in self._before(other, parent)}
        if parent is None or not indicator.about_people:
            return along
        return hidden_cells(
            self._table_before(indicator, parent, ALL), self._family_before(parent), along, self.k
        )

    def _family_before(self, parent: Unit) -> list[Unit]:
        below = self.below.get(parent, {})
        ended = {u: kind for u, kind in self.steps.kinds.items() if self.steps.today(u) in below}
        kinds = {u: kind for u, kind in {**below, **ended}.items() if u not in self.steps.fresh}
        return self._in_order(kinds, {u: self._heads_before(u) for u in kinds if u in self.heads})

    def _heads_before(self, unit: Unit) -> int:
        return self.heads[unit] - sum(self.heads.get(other, 0) for other in self.steps.into(unit))

    def _table_before(self, indicator: Indicator, parent: Unit, period: str) -> Table[Unit]:
        """A unit that stayed and took others in stands without what is theirs."""
        cells = {}
        for unit in self._family_before(parent):
            taken_in = (self._cell(indicator, other, period) for other in self.steps.into(unit))
            cells[unit] = self._cell(indicator, unit, period) - sum(taken_in, Cell(0, 0))
        return Table(cells, self._rest(indicator, parent, period, cells.values()))

    def _carried(self, before: AbstractSet[Unit], units: Iterable[Unit]) -> set[Unit]:
        """Those that hold a part of what was hidden. All of it in one unit is many people together."""
        found = set()
        for unit in units:
            leaves = self.steps.leaves(unit)
            if leaves & before and not (before <= leaves and self.steps.into(unit)):
                found.add(unit)
        return found

    def _is_hidden_ended(self, indicator: Indicator, unit: Unit, period: str) -> bool:
        """As chosen for the units of the beginning, and while what came since to the one it went into tells on nobody."""
        if period != ALL and period not in self._longer():
            return False
        parent = self._above()[self.steps.today(unit)]
        if parent is None or self._hides_below(indicator, parent, period):
            return True
        if period != ALL and not self._is_open(indicator, parent, period):
            return True
        if unit in self._carried(self._before(indicator, parent), [unit]):
            return True
        return not all(self._may_show_ended(i, unit, period) for i in self._deciding(indicator))

    def _may_show_ended(self, indicator: Indicator, unit: Unit, period: str) -> bool:
        own = self._cell(indicator, unit, period)
        if not may_show(own.did, None if own.did_not is None else own.did + own.did_not, self.k):
            return False
        while unit in self.steps.went:
            unit = self.steps.went[unit]
            parts = [self._cell(indicator, other, period) for other in self.steps.into(unit)]
            if unit in self.steps.fresh and not may_stand_beside(
                self._cell(indicator, unit, period), parts, self.k
            ):
                return False
        return True

    # --- which periods: all that stand in the same longer one, or none -----------------------------------------

    def _is_open(self, indicator: Indicator, parent: Unit | None, period: str) -> bool:
        """What is counted out of another count is not split at all: the other one's parts would give bounds for it."""
        if isinstance(indicator.denominator, Term) and any(
            len(self._in(p)) > 1 for p in self._holding(period)
        ):
            return False
        return all(
            self._may_split(i, parent, longer)
            for longer in self._holding(period)
            for i in self._deciding(indicator)
        )

    def _deciding(self, indicator: Indicator) -> list[Indicator]:
        return list({i.code: i for i in (*self._people(), indicator) if i.about_people}.values())

    def _may_split(self, indicator: Indicator, parent: Unit | None, longer: str) -> bool:
        parts = self._in(longer)
        now = may_split(
            self._table(indicator, parent, longer),
            [self._table(indicator, parent, part) for part in parts],
            self._chosen(indicator, parent),
            self.k,
        )
        if not now or parent is None or not self._has_steps(parent):
            return now
        return may_split(
            self._table_before(indicator, parent, longer),
            [self._table_before(indicator, parent, part) for part in parts],
            self._before(indicator, parent),
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
