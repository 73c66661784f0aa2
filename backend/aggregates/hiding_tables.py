"""Which tables tell of the same: revisions, shorter periods, and units that went into one another. Pure.

A whole that went into another has tables of its own. Those of the same days are read side by side, so that the ground a unit has
today is found in whichever tables told of it. What no table told of, the reader is held to know.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from backend.aggregates.hiding_views import View

Family = tuple[int, ...]
"""Numbers of tables of the same days: of each whole one"""
Spot = tuple[int, str]
"""(number of the table, unit)"""


@dataclass(frozen=True)
class Ground:
    """Where other tables tell of the ground of a unit. `is_whole`: of all of it."""

    spots: tuple[Spot, ...] = ()
    is_whole: bool = False

    def __bool__(self) -> bool:
        return bool(self.spots)


NOWHERE = Ground()


@dataclass
class Tables:
    """`views`: oldest first. Which table was before, which lie within, and whose ground is whose."""

    views: Sequence[View]
    made_of: dict[str, tuple[str, ...]] = field(init=False, default_factory=dict)
    gone: dict[str, date] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for view in self.views:
            self.made_of.update(view.laid.parts_of)
            self.gone.update(view.laid.gone)
        self._at: dict[Family, dict[str, int]] = {}
        self._kin: dict[str, set[str]] = {view.laid.top: self._history(view.laid.top) for view in self.views}

    def _history(self, unit: str) -> set[str]:
        found, wanted = set[str](), [unit]
        while wanted:
            if (one := wanted.pop()) not in found:
                found.add(one)
                wanted.extend(self.made_of.get(one, ()))
        return found

    def _is_kin(self, one: View, other: View) -> bool:
        """The same whole, or one that went into the other."""
        mine, theirs = one.laid.top, other.laid.top
        return mine in self._kin[theirs] or theirs in self._kin[mine]

    def before(self, number: int, name: str) -> Family:
        """The last tables of the same days that were told before; () where none was."""
        view = self.views[number]
        return self._family(
            view,
            (i for i in range(number) if self.views[i].days == view.days and name in self.views[i].counts),
        )

    def _family(self, view: View, tables: Iterable[int]) -> Family:
        """Of each whole the last one; first that of the asking whole, then those that were there to the end."""
        last = {self.views[i].laid.top: i for i in tables if self._is_kin(view, self.views[i])}
        return tuple(sorted(last.values(), key=lambda i: self._rank(view, i)))

    def _rank(self, view: View, i: int) -> tuple[bool, bool, int]:
        laid = self.views[i].laid
        return laid.top != view.laid.top, self._is_gone(laid.top, laid.last), -i

    def _is_gone(self, unit: str, on: date) -> bool:
        return unit in self.gone and self.gone[unit] <= on

    def within(self, number: int, name: str) -> list[Family]:
        """The longest shorter periods that were told: of each its last revision known by then, else its first."""
        view = self.views[number]
        found: dict[object, dict[str, int]] = {}
        for i, other in enumerate(self.views):
            if name in other.counts and other.lies_in(view) and self._is_kin(view, other):
                tops = found.setdefault(other.days, {})
                if i < number or other.laid.top not in tops:
                    tops[other.laid.top] = i
        inside = [self.views[next(iter(tops.values()))] for tops in found.values()]
        return [
            self._family(view, tops.values())
            for one, tops in zip(inside, found.values(), strict=True)
            if not any(one.lies_in(other) for other in inside)
        ]

    def tiles(self, number: int, inside: Iterable[Family]) -> bool:
        found = [self.views[family[0]].laid for family in inside]
        laid = self.views[number].laid
        return sum((one.last - one.first).days + 1 for one in found) == (laid.last - laid.first).days + 1

    def _places(self, tables: Family) -> dict[str, int]:
        """Unit -> the first of the tables that has it."""
        if tables not in self._at:
            self._at[tables] = {one: i for i in reversed(tables) for one in self.views[i].laid.units}
        return self._at[tables]

    def ground(self, unit: str, tables: Family, asking: View) -> Ground:
        """The places of those tables that make up the ground a unit has in the table that asks; none where they do not.

        One that took in others, or was divided, and kept its code has another ground than before.
        """
        at = self._places(tables)
        parts = [part for part in self.made_of.get(unit, ()) if part != unit]
        if unit not in at:
            found = [self.ground(part, tables, asking) for part in parts]
            spots = tuple(dict.fromkeys(spot for one in found for spot in one.spots))
            return Ground(spots, all(one.is_whole for one in found)) if spots else NOWHERE
        mine, last = set(asking.laid.units), self.views[at[unit]].laid.last
        if any(part in mine and part not in at for part in parts):
            return NOWHERE
        beside = [part for part in parts if part in at and part not in mine]
        beside = [part for part in beside if at[part] == at[unit] or not self._is_gone(part, last)]
        return Ground((*((at[one], one) for one in (unit, *beside)),), True)
