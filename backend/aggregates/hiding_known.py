"""The unknowns of every figure of every table, what was told of them, and what a reader has already. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain

from backend.aggregates.hiding_tables import Ground, Tables
from backend.aggregates.hiding_worlds import Expression, Worlds

Place = tuple[int, str, str]
"""(number of the table, unit, what is counted)"""


@dataclass
class Known(Tables):
    """`names`: the counts that hang together, the others are left out."""

    names: frozenset[str]
    worlds: Worlds = field(default_factory=Worlds)
    of: dict[Place, Expression] = field(default_factory=dict)
    others: dict[tuple[int, str, str, str], Expression] = field(default_factory=dict)
    """(table, unit, numerator, denominator) -> those of the denominator who are not in the numerator"""
    rests: set[int] = field(default_factory=set)
    apart: set[int] = field(default_factory=set)
    """What no table told of: the reader is held to know it, and no figure counts as told because of it"""
    made: dict[Place, list[Place]] = field(default_factory=dict)
    """The figures of shorter periods that add up to a figure"""
    _told: set[Expression] = field(default_factory=set)

    def tell(self, place: Place) -> None:
        """An equation; none where it would say again what others say."""
        made, unknowns = self.made.get(place), self.of[place]
        if made and all(self.is_known(one) for one in made):
            return
        self._told.add(unknowns)
        self.worlds.equate([(unknowns, 1)])

    def mark(self) -> tuple[int, set[Expression]]:
        return self.worlds.mark(), set(self._told)

    def back(self, mark: tuple[int, set[Expression]]) -> None:
        """Untell what was told since the mark."""
        self.worlds.back(mark[0])
        self._told = mark[1]
        self.worlds.settle()

    def is_known(self, place: Place) -> bool:
        """Whether a reader has the number already: told itself, or all it is made of."""
        number, unit, name = place
        if self.views[number].sent and unit in self.views[number].shown[name]:
            return True
        made, found = self.made.get(place), self.of.get(place)
        if made and all(self.is_known(one) for one in made):
            return True
        if not found or self._is_another(place, found):
            return False
        return found in self._told or self.worlds.is_known(found)

    def _is_another(self, place: Place, unknowns: Expression) -> bool:
        """Many came since those unknowns were told: a number of its own, though it hangs together with the one before."""
        number, unit, name = place
        view = self.views[number]
        told = sum(self.worlds.value[one] for one in unknowns)
        return abs(view.values[name][unit] - told) >= view.counts[name].k

    # --- sums ------------------------------------------------------------------------------------------------------------

    def sum_of(self, ground: Ground, name: str) -> Expression | None:
        """None where there is no such ground, or nobody counted there."""
        return self.sum_at([(number, unit, name) for number, unit in ground.spots])

    def sum_at(self, places: Iterable[Place]) -> Expression | None:
        found = [self.of.get(place) for place in places]
        if not found or None in found:
            return None
        return tuple(dict.fromkeys(chain.from_iterable(one for one in found if one)))

    def untold(self, whole: int, parts: Expression) -> Expression:
        """What a number has beyond those parts, where the rest of its ground stands in no table."""
        value = whole - sum(self.worlds.value[one] for one in parts)
        self.apart.add(found := self.worlds.unknown(value, low=min(0, value)))
        return (found,)

    def at_most(self, part: Expression, whole: Expression) -> None:
        value = self.worlds.value
        room = sum(value[one] for one in whole) - sum(value[one] for one in part)
        if room >= 0:
            self.worlds.equate([(whole, 1), (part, -1), ((self.worlds.unknown(room),), -1)])
