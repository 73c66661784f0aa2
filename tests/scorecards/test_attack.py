"""Keeps hidden figures hidden from a reader who has every page, every headcount and the rule, and subtracts.

Promised, for counts that stand still: no hidden count of a unit that has sisters, 2k people or more and a total that
is shown, can be proven to be 0, below k, or all but 0..k-1, be it by subtraction between units, between periods or
between indicators; for small tables not even by trying every table that could look like this under the rule. Not
promised: that nobody learns that some of the partners hidden together are small, which hiding always says; what comes
out by watching figures move (the partners at least never change), or from rows of single days; against whom nobody can be hidden, because they
know from elsewhere all but one of the units hidden together, or the only unit of a total; that a month in which
anything at all was counted stays unknown, the list of periods names it; how many people came in several periods.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.participation.periods import ALL
from backend.tallies.disclosure import K
from tests.scorecards.readers import PAPERS, PASSED, PEOPLE, TOP, Place, ranges

NOV, DEC = "202611", "202612"
MONTHS = ("202609", NOV, DEC, "202701")
Came = dict[str, dict[str, int]]


# --- every small table, against a reader who knows the rule --------------------------------------------------


def every_place(heads: dict[str, int], months: int = 1, own: range = range(1)) -> Iterator[Place]:
    """Every way these units can have come, with every own number of the total."""
    names, stay = list(heads), MONTHS[1 : months + 1]
    ways = [
        [w for w in itertools.product(range(h + 1), repeat=months) if sum(w) <= h] for h in heads.values()
    ]
    owns = list(itertools.product(own, repeat=months))
    for *each, rest in itertools.product(*ways, owns):
        came = {
            u: dict(zip(stay, way, strict=True)) for u, way in zip((*names, TOP), (*each, rest), strict=True)
        }
        yield Place({TOP: names}, {**heads, TOP: sum(heads.values()) + own[-1]}, came, codes=(PEOPLE,))


def every_result(heads: dict[str, int]) -> Iterator[Place]:
    """Every way they can have come in one month and passed."""
    ways = [[(came, passed) for came in range(h + 1) for passed in range(came + 1)] for h in heads.values()]
    for each in itertools.product(*ways):
        came = {u: {NOV: way[0]} for u, way in zip(heads, each, strict=True)}
        passed = {u: {NOV: way[1]} for u, way in zip(heads, each, strict=True)}
        yield Place({TOP: list(heads)}, {**heads, TOP: sum(heads.values())}, came, passed)


def proven(places: Iterator[Place], k: int, periods: tuple[str, ...]) -> list[str]:
    """Hidden cells of which a reader of some view can be sure, having tried every table that gives this view."""
    views: dict[frozenset[object], list[Place]] = defaultdict(list)
    for place in places:
        views[frozenset(place.shown(k, [p for p in periods if p in place.periods]).items())].append(place)
    return [
        f"{code} {unit} {period}: {what} in {dict(view)}"  # type: ignore[call-overload]
        for view, alike in views.items()
        for code, unit, period in _hidden(dict(view), alike[0], periods)  # type: ignore[call-overload]
        if (what := _sure([_sides(place, code, unit, period) for place in alike], k))
    ]


def _hidden(view: dict[tuple[str, str, str], int], place: Place, periods: tuple[str, ...]):  # type: ignore[no-untyped-def]
    for code, unit, period in itertools.product(place.codes, place.below[TOP], periods):
        if (code, TOP, period) in view and (code, unit, period) not in view and code != PAPERS:
            yield code, unit, period


def _sides(place: Place, code: str, unit: str, period: str) -> tuple[int, int]:
    did, of = place.number(code, unit, period), place.of(code, unit, period)
    return did, (of or 0) - did


def _sure(sides: list[tuple[int, int]], k: int) -> str | None:
    did, did_not = {a for a, _ in sides}, {b for _, b in sides}
    if len(set(sides)) == 1:
        return f"exactly {sides[0]}"
    if max(did) < k:
        return f"only {did} did"
    return f"only {did_not} did not" if max(did_not) < k else None


def named(*heads: int) -> dict[str, int]:
    return {f"u{n}": people for n, people in enumerate(heads)}


@pytest.mark.parametrize("heads", [(4, 5), (4, 5, 6), (4, 5, 6, 7), (4, 12), (4, 4, 12)])
def test_no_small_table_betrays_a_hidden_unit(heads: tuple[int, ...]) -> None:
    assert proven(every_place(named(*heads)), 2, (ALL,)) == []


@pytest.mark.parametrize(("heads", "k"), [((6, 7, 9), 3), ((10, 11, 14), 5)])
def test_nor_does_it_with_another_k(heads: tuple[int, ...], k: int) -> None:
    assert proven(every_place(named(*heads)), k, (ALL,)) == []


@pytest.mark.parametrize("heads", [(4, 5), (4, 5, 6), (4, 4, 12)])
def test_nor_where_people_stand_in_the_total_alone(heads: tuple[int, ...]) -> None:
    assert proven(every_place(named(*heads), own=range(4)), 2, (ALL,)) == []


@pytest.mark.parametrize("heads", [(4, 5), (5, 6)])
def test_nor_over_two_months(heads: tuple[int, ...]) -> None:
    assert proven(every_place(named(*heads), months=2), 2, (ALL, "2026Q4", NOV, DEC)) == []


@pytest.mark.parametrize("heads", [(4, 5), (5, 6)])
def test_nor_with_the_papers_that_passed(heads: tuple[int, ...]) -> None:
    assert proven(every_result(named(*heads)), 2, (ALL,)) == []


# --- any table, against a reader who adds and subtracts ------------------------------------------------------


@st.composite
def places(draw: st.DrawFn, own: tuple[int, ...] = (0, 0, 2, 7)) -> Place:
    """Two to six hamlets under a commune, or two or three communes under a province; some months; own numbers."""
    below = draw(
        st.sampled_from([_tree(n) for n in range(2, 7)] + [_tree(2, 3), _tree(2, 2, 3), _tree(4, 2)])
    )
    months = draw(st.lists(st.sampled_from(MONTHS), min_size=1, max_size=3, unique=True))
    came: Came = {}
    passed: Came = {}
    heads: dict[str, int] = {}
    for unit in _leaves_first(below):
        most = draw(st.sampled_from(own if unit in below else (3, 8, 30)))
        came[unit] = {m: draw(st.integers(0, most)) for m in months}
        passed[unit] = {m: draw(st.integers(0, people)) for m, people in came[unit].items()}
        room = draw(st.sampled_from((0, 1, 4, 5, 40)))
        inside = sum(heads[child] for child in below.get(unit, ()))
        grown = inside + sum(came[unit].values())
        heads[unit] = grown if unit in below else max(grown + room, 2 * K)
    return Place(below, heads, came, passed)


def _tree(*sizes: int) -> dict[str, list[str]]:
    """One number: hamlets below. More: communes below, each with so many hamlets."""
    if len(sizes) == 1:
        return {TOP: [f"h{n}" for n in range(sizes[0])]}
    communes = {f"c{c}": [f"c{c}h{n}" for n in range(size)] for c, size in enumerate(sizes)}
    return {TOP: list(communes), **communes}


def _leaves_first(below: dict[str, list[str]], unit: str = TOP) -> list[str]:
    return [*(u for child in below.get(unit, ()) for u in _leaves_first(below, child)), unit]


def betrayed(place: Place, knows_own: bool = False) -> list[str]:
    """Hidden cells of a total that is shown, proven to be small on one side."""
    shown, known = place.shown(K), ranges(place, K, knows_own)
    return [
        f"{what} {unit} {period} is in {known[what, unit, period]}, {shown}"
        for above, units in place.below.items()
        for unit in units
        for period in place.periods
        for code, what, other in ((PEOPLE, "came", None), (PASSED, "passed", "failed"))
        if code in place.codes and (code, above, period) in shown and (code, unit, period) not in shown
        if _is_small(known[what, unit, period], place.heads[unit])
        or (other and known[other, unit, period][1] < K)
    ]


def _is_small(known: tuple[float, float], heads: int) -> bool:
    return known[1] < K or heads - known[0] < K


@settings(max_examples=150, deadline=None)
@given(places())
def test_no_subtraction_betrays_a_hidden_unit(place: Place) -> None:
    assert betrayed(place) == []


@settings(max_examples=100, deadline=None)
@given(places(own=(0,)))
def test_nor_for_a_reader_who_knows_that_nobody_stands_in_a_total_alone(place: Place) -> None:
    assert betrayed(place, knows_own=True) == []


def in_november(**people: int) -> Came:
    return {unit: {NOV: n} for unit, n in people.items()}


@pytest.mark.parametrize(
    "place",
    [
        # the hidden together would be 0 of 90
        Place({TOP: ["a", "b", "c"]}, {"a": 100, "b": 50, "c": 40, TOP: 190}, in_november(a=10)),
        # the hidden together would be all of 60
        Place({TOP: ["a", "b", "c"]}, {"a": 30, "b": 30, "c": 90, TOP: 150}, in_november(a=30, b=30, c=20)),
        # two people stand in the commune and in no hamlet
        Place({TOP: ["a", "b"]}, {"a": 40, "b": 60, TOP: 100}, in_november(a=10, b=20, top=2)),
        # a small November of one hamlet beside a full December of all
        Place(
            {TOP: ["a", "b", "c"]},
            {"a": 100, "b": 100, "c": 100, TOP: 300},
            {"a": {NOV: 2, DEC: 20}, "b": {NOV: 30, DEC: 20}, "c": {NOV: 40, DEC: 20}},
        ),
        # a hidden commune whose hamlets are all large
        Place(
            {TOP: ["c", "d"], "c": ["e", "f"], "d": ["g", "h"]},
            {"c": 80, "d": 90, "e": 40, "f": 40, "g": 45, "h": 45, TOP: 170},
            in_november(e=15, f=15, g=2, h=1),
        ),
        # nobody of a hamlet passed, everybody of another
        Place(
            {TOP: ["a", "b", "c"]},
            {"a": 90, "b": 100, "c": 110, TOP: 300},
            in_november(a=10, b=20, c=30),
            in_november(b=20, c=15),
        ),
    ],
)  # fmt: skip
def test_what_subtraction_once_gave_away_stays_hidden(place: Place) -> None:
    assert betrayed(place) == []


def test_months_go_before_units_do() -> None:
    """A hamlet small in one month is still shown for the whole time; no hamlet is shown for the months."""
    months = {"a": {NOV: 2, DEC: 20}, "b": {NOV: 30, DEC: 20}, "c": {NOV: 40, DEC: 20}}
    shown = Place({TOP: ["a", "b", "c"]}, {"a": 100, "b": 100, "c": 100, TOP: 300}, months).shown(K)
    assert {(u, p) for code, u, p in shown if code == PEOPLE and u != TOP} == {
        (u, p) for u in "abc" for p in (ALL, "2026", "2026S2", "2026Q4")
    }
    assert (PEOPLE, TOP, NOV) in shown


def test_partners_do_not_change_as_people_come() -> None:
    heads = {"a": 50, "b": 60, "c": 70, "d": 80, TOP: 260}
    for others in itertools.product((6, 9, 20, 40), repeat=3):
        b, c, d = others
        shown = Place({TOP: ["a", "b", "c", "d"]}, heads, in_november(a=3, b=b, c=c, d=d)).shown(K)
        assert {u for code, u, p in shown if (code, p) == (PEOPLE, ALL)} == {TOP, "c", "d"}
