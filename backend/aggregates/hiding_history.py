"""What a reader knows of a count, from every table that was told: unknowns and the equations between them. Pure.

A count over units, periods and revisions is laid out in the smallest pieces there are tables of: what adds up (visits) in the
months of a quarter, what does not (different people) in one unknown a period with the months as bounds. A later revision is
the earlier one and a number the reader is held to know; a merged unit is its parts. What a whole has in none of its parts the
reader knows, too. So he knows more here than anybody does; what he cannot find out here cannot be found out.
"""

from dataclasses import dataclass
from itertools import chain

from backend.aggregates.hiding_known import Known, Place
from backend.aggregates.hiding_shapes import HIDDEN, Counted
from backend.aggregates.hiding_tables import Family
from backend.aggregates.hiding_views import margins
from backend.aggregates.hiding_worlds import Expression


@dataclass
class Book(Known):
    """Every table laid out."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for number in sorted(range(len(self.views)), key=self._length):
            for name in sorted(self.names & self.views[number].counts.keys()):
                self._lay(number, name)
            self._lay_shares(number)
        for place in self.of:
            if place[1] in self.views[place[0]].shown[place[2]]:
                self.tell(place)

    def _length(self, number: int) -> tuple[int, int]:
        laid = self.views[number].laid
        return (laid.last - laid.first).days, number

    def _lay(self, number: int, name: str) -> None:
        view = self.views[number]
        top, parts = view.laid.top, view.laid.units[1:]
        values = view.values[name]
        for unit in parts:
            if unit in values:
                self._lay_unit(number, unit, name)
        if top in values and not any(
            view.laid.cells[u][e.code].flag in HIDDEN
            for u in parts
            for e in view.laid.elements
            if e.counts == name
        ):
            self._lay_top(number, name, [unit for unit in parts if unit in values])
        for unit in values:
            if (number, unit, name) in self.of:
                self._lay_bounds(number, unit, name)
        self._lay_divisions(number, name)

    # --- units -----------------------------------------------------------------------------------------------------

    def _lay_top(self, number: int, name: str, parts: list[str]) -> None:
        view = self.views[number]
        top, values, element = view.laid.top, view.values[name], view.counts[name]
        together = tuple(chain.from_iterable(self.of[number, unit, name] for unit in parts))
        apart = values[top] - sum(values[unit] for unit in parts)
        if not self._adds_up(element):
            self._lay_unit(number, top, name)
            self._lay_overlap(number, name, parts, together, -apart)
        elif not parts:
            self._lay_unit(number, top, name)
        else:
            self.of[number, top, name] = together + self._rest(apart, element.k)
            self._lay_bare(number, name)

    def _lay_bare(self, number: int, name: str) -> None:
        """A shorter period known of the whole alone: no part leads from it to here, so the wholes themselves must."""
        place = (number, self.views[number].laid.top, name)
        places, is_whole = self._parts_of(*place)
        if places and is_whole:
            self.made[place] = places
        if any(self.views[i].is_bare for i, _, _ in places) and (
            found := self._made_of(place, places, is_whole)
        ):
            self.worlds.equate([(self.of[place], 1), (found, -1)])

    @staticmethod
    def _adds_up(element: Counted) -> bool:
        return element.additivity == "sum" or element.belongs_once

    def _rest(self, apart: int, k: int) -> Expression:
        """A few in none of the parts are a hidden figure as well; otherwise it is a number the reader knows."""
        if not 0 < apart < k:
            return ()
        self.rests.add(rest := self.worlds.unknown(apart))
        return (rest,)

    def _lay_overlap(
        self, number: int, name: str, parts: list[str], together: Expression, twice: int
    ) -> None:
        """Somebody may be counted in two parts: the parts together are at least the whole, each is at most the whole."""
        top = self.of[number, self.views[number].laid.top, name]
        if twice >= 0:
            self.worlds.equate([(together, 1), (top, -1), ((self.worlds.unknown(twice),), -1)])
        for unit in parts:
            self.at_most(self.of[number, unit, name], top)

    # --- periods and revisions ---------------------------------------------------------------------------------------

    def _lay_unit(self, number: int, unit: str, name: str) -> None:
        view = self.views[number]
        value, heads = view.values[name][unit], view.heads(name, unit)
        found = (
            self._from_parts(number, unit, name)
            or self._from_before(number, unit, name)
            or self._from_within(number, unit, name)
        )
        if found is None:
            found = (self.worlds.unknown(value, heads),)
        elif len(found) == 1:
            self.worlds.also(found[0], value, heads)
        elif heads is not None and heads >= value:
            self.worlds.equate([(found, 1), ((self.worlds.unknown(heads - value),), 1)])
        self.of[number, unit, name] = found

    def _from_before(self, number: int, unit: str, name: str) -> Expression | None:
        """The revision before; unless it was shown there and many came since: then it is another number."""
        view = self.views[number]
        ground = self.ground(unit, self.before(number, name), view)
        spots = [(self.views[i], one) for i, one in ground.spots]
        if spots and all(one in then.shown[name] for then, one in spots):
            told = sum(then.shown[name][one] for then, one in spots)
            is_many = abs(view.values[name][unit] - told) >= view.counts[name].k
            if is_many or any(one not in then.numbers[name] for then, one in spots):
                return (self.worlds.unknown(view.values[name][unit]),)
        return self.sum_of(ground, name)

    def _lay_divisions(self, number: int, name: str) -> None:
        """A unit that was divided is its parts together, in the revision before and in the periods within; so is one that came
        of others, where one of those tells later of the same days."""
        before = self.before(number, name)
        adds_up = self.views[number].counts[name].additivity == "sum"
        inside = self.within(number, name) if adds_up else []
        earlier = [[before]] if before else []
        if inside and self.tiles(number, inside):
            earlier.append(inside)
        for families in earlier:
            for i in families[0]:
                for whole in self.views[i].laid.units:
                    self._lay_division(number, families, whole, name)
        for i in before:
            self._lay_whole_of(number, i, name)

    def _lay_division(self, number: int, families: list[Family], whole: str, name: str) -> None:
        view, parts = self.views[number], self.made_of.get(whole, ())
        if whole in view.laid.units or not parts or not all(part in view.laid.units for part in parts):
            return
        asking = self.views[families[0][0]]
        now = self.sum_at((number, part, name) for part in parts)
        then = [self.sum_of(self.ground(whole, family, asking), name) for family in families]
        if now is not None and None not in then:
            self.worlds.equate([(now, 1), *((one, -1) for one in then if one is not None)])

    def _lay_whole_of(self, number: int, before: int, name: str) -> None:
        """What a whole told is what those that went into it tell, the others of them being known or told as well."""
        top, whole = self.views[number].laid.top, self.views[before].laid.top
        parts = self.made_of.get(whole, ())
        if top == whole or top not in parts:
            return
        days = self.views[number].days
        last = {self.views[i].laid.top: i for i in range(number + 1) if self.views[i].days == days}
        places = [(last[part], part, name) for part in parts if part in last]
        now, then = (
            self.sum_at(place for place in places if place in self.of),
            self.of.get((before, whole, name)),
        )
        if now is not None and then is not None:
            since = self.untold(sum(self.worlds.value[one] for one in then), now)
            self.worlds.equate([(now, 1), (since, 1), (then, -1)])

    def _from_parts(self, number: int, unit: str, name: str) -> Expression | None:
        """The shorter periods that fill it; of a stock the one that ends with it."""
        places, is_whole = self._parts_of(number, unit, name)
        if places and is_whole:
            self.made[number, unit, name] = places
        return self._made_of((number, unit, name), places, is_whole)

    def _made_of(self, place: Place, places: list[Place], is_whole: bool) -> Expression | None:
        number, unit, name = place
        found = self.sum_at(places)
        if found is None or is_whole:
            return found
        return found + self.untold(self.views[number].values[name][unit], found)

    def _parts_of(self, number: int, unit: str, name: str) -> tuple[list[Place], bool]:
        """The figures it is made of, and whether of nothing else."""
        view, inside = self.views[number], self.within(number, name)
        additivity = view.counts[name].additivity
        if additivity == "last":
            inside = [family for family in inside if self.views[family[0]].laid.last == view.laid.last]
        elif additivity == "distinct" or not self.tiles(number, inside):
            return [], False
        grounds = [self.ground(unit, family, view) for family in inside]
        places = [(i, one, name) for ground in grounds for i, one in ground.spots]
        if not all(grounds) or any(place not in self.of for place in places):
            return [], False
        return places, all(ground.is_whole for ground in grounds)

    def _from_within(self, number: int, unit: str, name: str) -> Expression | None:
        """Shorter periods that do not fill it, and what nobody was told of."""
        view = self.views[number]
        inside = self.within(number, name) if view.counts[name].additivity == "sum" else []
        inside = [one for one in inside if unit == view.laid.top or not self.views[one[0]].is_bare]
        parts = [self.sum_of(self.ground(unit, family, view), name) for family in inside]
        if not parts or None in parts:
            return None
        found = tuple(chain.from_iterable(part for part in parts if part is not None))
        known = sum(self.worlds.value[one] for one in found)
        return (*found, self.worlds.unknown(max(0, view.values[name][unit] - known)))

    def _lay_bounds(self, number: int, unit: str, name: str) -> None:
        """Different people of a quarter: at least those of each month, at most those of all together."""
        if self.views[number].counts[name].additivity != "distinct":
            return
        view, whole = self.views[number], self.of[number, unit, name]
        inside = self.within(number, name)
        grounds = [self.ground(unit, family, view) for family in inside]
        found = [part for ground in grounds if (part := self.sum_of(ground, name)) is not None]
        for part in found:
            self.at_most(part, whole)
        is_all = len(found) == len(grounds) and all(ground.is_whole for ground in grounds)
        if found and is_all and self.tiles(number, inside):
            self.at_most(whole, tuple(chain.from_iterable(found)))
            if sum(self._holds_any(part) for part in found) < 2:
                self.made[number, unit, name] = [
                    (i, one, name) for ground in grounds for i, one in ground.spots
                ]

    def _holds_any(self, part: Expression) -> bool:
        """Where all but one month are empty, the people of the quarter are those of the month."""
        return any(self.worlds.value[one] for one in part)

    # --- one count out of another -------------------------------------------------------------------------------------

    def _lay_shares(self, number: int) -> None:
        view = self.views[number]
        for e in view.laid.elements:
            if e.counts in self.names and e.out_of:
                for unit in view.values[e.counts].keys() & view.values[e.out_of].keys():
                    self._lay_others(number, unit, e.counts, e.out_of)
        for whole, parts in margins(view.laid).items():
            if whole[0] in self.names:
                self._lay_margin(number, whole[0], parts)

    def _lay_others(self, number: int, unit: str, name: str, out_of: str) -> None:
        values = self.views[number].values
        others = values[out_of][unit] - values[name][unit]
        if others >= 0:
            found = (self.worlds.unknown(others),)
            self.others[number, unit, name, out_of] = found
            terms = [(self.of[number, unit, out_of], 1), (self.of[number, unit, name], -1), (found, -1)]
            self.worlds.equate(terms)

    def _lay_margin(self, number: int, whole: str, parts: list[str]) -> None:
        for unit in self.views[number].laid.units:
            found = [self.of.get((number, unit, name)) for name in (whole, *parts)]
            if found[0] is not None and None not in found:
                self.worlds.equate([(found[0], 1), *((one, -1) for one in found[1:] if one is not None)])
