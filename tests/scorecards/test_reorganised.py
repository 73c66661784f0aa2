"""Keeps hidden figures hidden when units become one, from a reader who kept the old pages and has the new ones too.

Promised for counts that stand still: what could not be proven of a unit before (see test_attack) cannot be proven after,
with the pages of before and after side by side, those of the units that ended among them.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend import clock
from backend.db.base import new_id
from backend.participation.periods import ALL
from backend.people.regrouping import merge_units
from backend.scorecards.hiding import Sheet, Steps
from backend.scorecards.indicators import template
from backend.scorecards.queries import figures
from backend.tallies.disclosure import K
from backend.units import change
from backend.units.reorganise import NewUnit
from tests.scorecards.readers import PEOPLE, TOP, Equation, Place, name, narrowed
from tests.scorecards.test_attack import DEC, MONTHS, NOV, named
from tests.support.world import World

RATE = template()[PEOPLE]
View = dict[tuple[str, str], int]
"""(unit, period) -> the number a page gives"""


@dataclass
class Reorganised:
    """Hamlets under a commune of which some went into others, in this order; `later`: who came to the new ones since."""

    place: Place
    went: Mapping[str, str]
    later: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def fresh(self) -> set[str]:
        return set(self.went.values()) - set(self.place.below[TOP])

    def history(self, unit: str) -> list[str]:
        sources = [source for source, target in self.went.items() if target == unit]
        return [unit, *(u for source in sources for u in self.history(source))]

    def number(self, unit: str, period: str) -> int:
        months = self.place.periods.get(period, ())
        units = (
            [u for child in self.today() for u in self.history(child)] if unit == TOP else self.history(unit)
        )
        came = (
            book.get(u, {}).get(m, 0)
            for u in {*units, unit}
            for m in months
            for book in (self.place.came, self.later)
        )
        return sum(came)

    def today(self) -> list[str]:
        """The units there are now."""
        return [u for u in (*self.place.below[TOP], *self.fresh) if u not in self.went]

    def heads(self, unit: str) -> int:
        return sum(self.place.heads.get(u, 0) for u in self.history(unit))

    def shown(self, k: int, periods: Sequence[str]) -> View:
        """Pages of before and after, the later ones last."""
        stays = set(self.went.values()) - self.fresh
        before = {
            (f"own {unit}" if unit in stays else unit, p): n  # what it had before it took others in
            for (_, unit, p), n in self.place.shown(k, periods).items()
            if not self.later
        }
        units = [TOP, *self.today(), *self.went]
        counts = {
            (PEOPLE, name(unit), p): (n, self.heads(unit) if unit != TOP else self.place.heads[TOP])
            for unit in units
            for p in self.place.periods
            if (n := self.number(unit, p))
        }
        sheet = Sheet(
            [RATE],
            name(TOP),
            {name(TOP): {name(unit): "unit" for unit in self.today()}},
            {name(TOP): self.place.heads[TOP]} | {name(u): self.heads(u) for u in units if u != TOP},
            counts,
            k,
            Steps(
                {name(a): name(b) for a, b in self.went.items()},
                {name(a): "unit" for a in self.went},
                frozenset(map(name, self.fresh)),
            ),
        )
        after = {
            (unit, p): self.number(unit, p)
            for p in periods
            for unit in units
            if name(unit) not in sheet.hidden(RATE, [name(unit)], p)
        }
        return before | after


MERGES = [
    {"u0": "new", "u1": "new"},
    {"u0": "new", "u3": "new"},
    {"u1": "new", "u2": "new"},
    {"u0": "u1"},
    {"u3": "u0"},
    {"u0": "new", "u1": "new", "u2": "last", "new": "last"},
]


def every_way(heads: dict[str, int], went: Mapping[str, str]) -> Iterator[Reorganised]:
    for each in itertools.product(*(range(h + 1) for h in heads.values())):
        came = {unit: {NOV: n} for unit, n in zip(heads, each, strict=True)}
        place = Place({TOP: list(heads)}, {**heads, TOP: sum(heads.values())}, came, codes=(PEOPLE,))
        yield Reorganised(place, went)


@pytest.mark.parametrize("went", MERGES)
@pytest.mark.parametrize("heads", [(4, 5, 6, 7)])
def test_no_small_table_betrays_a_unit_that_went_into_another(
    heads: tuple[int, ...], went: dict[str, str]
) -> None:
    views: dict[frozenset[object], list[Reorganised]] = defaultdict(list)
    for way in every_way(named(*heads), went):
        views[frozenset(way.shown(2, [ALL]).items())].append(way)
    assert [trouble for view, alike in views.items() for trouble in _proven(dict(view), alike)] == []  # type: ignore[call-overload]


def _proven(view: View, alike: list[Reorganised]) -> Iterator[str]:
    for unit, heads in alike[0].place.heads.items():
        thing = f"own {unit}" if unit in alike[0].went.values() else unit
        if unit == TOP or (TOP, ALL) not in view or (thing, ALL) in view:
            continue
        did = {way.place.number(PEOPLE, unit, ALL) for way in alike}
        if len(did) == 1 or max(did) < 2 or heads - min(did) < 2:
            yield f"{unit} is one of {did} in {view}"


# --- any table, against a reader who adds and subtracts --------------------------------------------------------------


@st.composite
def reorganised(draw: st.DrawFn, later: bool = False) -> Reorganised:
    units = [f"h{n}" for n in range(draw(st.integers(2, 6)))]
    months = draw(st.lists(st.sampled_from(MONTHS), min_size=1, max_size=3, unique=True))
    came, heads = {}, {}
    for unit in units:
        most = draw(st.sampled_from((3, 8, 30)))
        came[unit] = {m: draw(st.integers(0, most)) for m in months}
        heads[unit] = max(sum(came[unit].values()) + draw(st.sampled_from((0, 1, 4, 5, 40))), 2 * K)
    went: dict[str, str] = {}
    there = list(units)
    for n in range(draw(st.integers(1, 2))):
        if len(there) < 2:
            break
        sources = draw(st.lists(st.sampled_from(there), min_size=2, max_size=min(3, len(there)), unique=True))
        target = draw(st.sampled_from([f"new{n}", sources[0]]))
        went.update({source: target for source in sources if source != target})
        there = [unit for unit in there if unit not in went] + ([target] if target not in there else [])
    place = Place({TOP: units}, {**heads, TOP: sum(heads.values())}, came, codes=(PEOPLE,))
    fresh = [unit for unit in there if unit.startswith("new")] if later else []
    return Reorganised(place, went, {unit: {m: draw(st.integers(0, 7)) for m in months} for unit in fresh})


def betrayed(case: Reorganised) -> list[str]:
    """What was hidden of a unit of the beginning and is proven to be small by all pages and headcounts together."""
    stays, periods = set(case.went.values()) - case.fresh, list(case.place.periods)
    shown, known = case.shown(K, periods), defaultdict(lambda: (0.0, float("inf")))
    leaves = {leaf: f"own {leaf}" if leaf in stays else leaf for leaf in case.place.below[TOP]}
    for leaf, thing in leaves.items():
        known |= {("came", thing, p): (0, case.place.heads[leaf]) for p in periods}
    known |= {("came", unit, p): (n, n) for (unit, p), n in shown.items()}
    ranges = narrowed(known, _sums(case, list(leaves.values())))
    return [
        f"{leaf} {p} is in {ranges['came', thing, p]}, {shown}"
        for leaf, thing in leaves.items()
        for p in periods
        if (TOP, p) in shown and (thing, p) not in shown
        if ranges["came", thing, p][1] < K or case.place.heads[leaf] - ranges["came", thing, p][0] < K
    ]


def _sums(case: Reorganised, leaves: list[str]) -> list[Equation]:
    found: list[Equation] = []
    for period, months in case.place.periods.items():
        found.append(([("came", unit, period) for unit in case.today()], ("came", TOP, period)))
        for target in set(case.went.values()):
            parts = [source for source, into in case.went.items() if into == target]
            own = [f"own {target}"] if f"own {target}" in leaves else []
            found.append(([("came", unit, period) for unit in (*parts, *own)], ("came", target, period)))
        if period != months[0]:
            units = {TOP, *case.today(), *case.went, *leaves}
            found += [([("came", unit, m) for m in months], ("came", unit, period)) for unit in units]
    return found


@settings(max_examples=300, deadline=None)
@given(reorganised())
def test_no_subtraction_of_old_and_new_betrays_a_unit(case: Reorganised) -> None:
    assert betrayed(case) == []


@settings(max_examples=150, deadline=None)
@given(reorganised(later=True))
def test_nor_do_the_pages_of_today_tell_the_few_who_came_since(case: Reorganised) -> None:
    shown = case.shown(K, list(case.place.periods))
    for target, months in case.later.items():
        for period, inside in case.place.periods.items():
            sources = [s for s, t in case.went.items() if t == target]
            if all((unit, period) in shown for unit in (target, *sources)):
                since = sum(months.get(m, 0) for m in inside)
                assert since == 0 or since >= K, (case, shown)


def test_a_small_one_that_went_into_a_large_one_takes_it_out_of_sight() -> None:
    """Whoever remembers the large one's 20 would read the small one's 3 off the sum."""
    heads = {"a": 30, "b": 35, "c": 60, "d": 80, TOP: 205}
    came = {unit: {NOV: n} for unit, n in {"a": 3, "b": 10, "c": 20, "d": 30}.items()}
    case = Reorganised(
        Place({TOP: ["a", "b", "c", "d"]}, heads, came, codes=(PEOPLE,)), {"a": "new", "c": "new"}
    )
    assert {unit for unit, _ in case.shown(K, [ALL])} == {TOP, "c", "d"}


def test_those_hidden_together_may_be_shown_as_one() -> None:
    heads = {"a": 30, "b": 35, "c": 60, "d": 80, TOP: 205}
    came = {unit: {NOV: n} for unit, n in {"a": 3, "b": 10, "c": 20, "d": 30}.items()}
    case = Reorganised(
        Place({TOP: ["a", "b", "c", "d"]}, heads, came, codes=(PEOPLE,)), {"a": "new", "b": "new"}
    )
    assert case.shown(K, [ALL])["new", ALL] == 13
    assert ("a", ALL) not in case.shown(K, [ALL])


def test_two_large_ones_are_shown_before_and_after() -> None:
    heads = {"a": 30, "b": 35, "c": 60, TOP: 125}
    came = {unit: {NOV: n, DEC: n} for unit, n in {"a": 7, "b": 10, "c": 20}.items()}
    case = Reorganised(Place({TOP: ["a", "b", "c"]}, heads, came, codes=(PEOPLE,)), {"a": "new", "b": "new"})
    shown = case.shown(K, [ALL, NOV])
    assert {(u, p): n for (u, p), n in shown.items() if p == NOV} == {
        (TOP, NOV): 37, ("a", NOV): 7, ("b", NOV): 10, ("c", NOV): 20, ("new", NOV): 17,
    }  # fmt: skip


# --- as the pages read them --------------------------------------------------------------------------------------------


def test_the_pages_show_both_as_they_were_and_the_sum_as_it_is(world: World) -> None:
    with world.database.transaction() as session:
        for unit in (world.hamlet, world.other_hamlet):
            change.count_heads(session, unit, "residents", clock.today(), 99, "khác nhóm, không tính ở đây")
    for hamlet, people in ((world.hamlet, 6), (world.other_hamlet, 7)):
        for _ in range(people):
            world.phone(hamlet=hamlet).take_part()
    world.fold()
    with world.database.transaction() as session:
        new = merge_units(
            session,
            [world.hamlet, world.other_hamlet],
            NewUnit(f"05752-{new_id().hex[:6]}", "Mới", "xóm"),
            on=clock.today(),
            document="NQ 12",
        )
    world.fold()
    units = [world.hamlet, world.other_hamlet, new, world.commune]
    with world.database.transaction(writes=False) as session:
        found = figures(session, [RATE], world.activity, world.commune, units)
    shown = [(found[u][PEOPLE].numerator, found[u][PEOPLE].denominator) for u in units]
    assert shown == [(6, 40), (7, 30), (13, 70), (13, 70)]
