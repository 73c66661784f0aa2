"""Restatements of a few people wait for the next. Pure.

Who has the figure of before and the one of now has the difference. One of 1..k-1 people is about a few like any other number:
the figure of before is told again, and what came later is told once it is many. The same between the months of a quarter and
the quarter. A whole is told anew beside parts that wait only where those that wait are many together.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from backend.aggregates.hiding_history import Book
from backend.aggregates.hiding_tables import Family, Ground
from backend.aggregates.hiding_views import View

Numbers = dict[str, dict[str, int]]
"""What is counted -> unit -> number"""


@dataclass(frozen=True)
class Admitted:
    """The numbers that may be told if they are not hidden; `is_held`: some are those of before."""

    numbers: Numbers
    is_held: bool = False


def admitted(book: Book, k: int) -> Admitted:
    """Of the last table of the book."""
    number = len(book.views) - 1
    view = book.views[number]
    names = sorted(book.names & view.counts.keys())
    now = {name: dict(view.values[name]) for name in names}
    told = {name: _earlier(book, number, name, is_told=True) for name in names}
    known = {name: _earlier(book, number, name, is_told=False) for name in names}
    parts = list(view.laid.units[1:])
    few = {unit for unit in view.laid.units if _is_few(view, unit, now, told, k)}
    waits = _waiting(view, few, parts, now, told, known, k)
    is_held = any(waits & told[name].keys() for name in names)
    return Admitted(_held(now, told, waits), is_held)


def _waiting(
    view: View, few: set[str], parts: list[str], now: Numbers, told: Numbers, known: Numbers, k: int
) -> set[str]:
    """Those of whom a few came, with as many more, the smallest changes first, as make them many; else everybody."""
    if view.laid.top in few:
        return set(view.laid.units)
    changed = {
        unit: sum(
            abs(now[name][unit] - told[name][unit])
            for name in now
            if unit in told[name] and unit in now[name]
        )
        for unit in parts
    }
    more = sorted((size, unit) for unit, size in changed.items() if size and unit not in few)
    waits = set(few)
    while not _may_wait_apart(waits, parts, now, told, known, k):
        if not more:
            return set(view.laid.units)
        waits.add(more.pop(0)[1])
    return waits


def _earlier(book: Book, number: int, name: str, is_told: bool) -> dict[str, int]:
    """Unit -> the number of the revision before, else what the shorter periods come to."""
    view, found = book.views[number], {}
    before, inside = book.before(number, name), _inside(book, number, name)
    for unit in view.laid.units:
        grounds = [book.ground(unit, before, view)]
        if not grounds[0]:
            grounds = [book.ground(unit, family, view) for family in inside]
        numbers = [_of(book, ground, name, is_told) for ground in grounds]
        if numbers and None not in numbers:
            found[unit] = sum(one for one in numbers if one is not None)
    return found


def _inside(book: Book, number: int, name: str) -> list[Family]:
    inside, additivity = book.within(number, name), book.views[number].counts[name].additivity
    if additivity == "last":
        last = book.views[number].laid.last
        return [family for family in inside if book.views[family[0]].laid.last == last]
    return inside if additivity == "sum" and inside and book.tiles(number, inside) else []


def _of(book: Book, ground: Ground, name: str, is_told: bool) -> int | None:
    found = []
    for number, unit in ground.spots:
        view = book.views[number]
        found.append((view.numbers if is_told else view.values)[name].get(unit))
    return None if not found or None in found else sum(one for one in found if one is not None)


def _is_few(view: View, unit: str, now: Numbers, told: Numbers, k: int) -> bool:
    """Whether a few came or went, on either side, since it was told."""
    moved = {
        name: now[name][unit] - told[name][unit] for name in now if unit in now[name] and unit in told[name]
    }
    moves = list(moved.values())
    for e in view.laid.elements:
        if e.out_of in moved and e.counts in moved:
            moves.append(moved[e.out_of] - moved[e.counts])
    return any(0 < abs(move) < k for move in moves)


def _may_wait_apart(few: set[str], parts: list[str], now: Numbers, told: Numbers, known: Numbers, k: int) -> bool:  # fmt: skip
    """What a reader finds by taking the parts told anew from the whole: nobody, or many, on those hidden and those waiting."""
    for name in now:
        unseen = [unit for unit in parts if unit in few or unit not in told[name]]
        moves = [
            now[name][unit] - known[name][unit]
            for unit in unseen
            if unit in known[name] and unit in now[name]
        ]
        if 0 < abs(sum(moves)) < k:
            return False
    return True


def _held(now: Numbers, told: Numbers, units: Iterable[str]) -> Numbers:
    kept = set(units)
    return {
        name: {
            unit: told[name][unit] if unit in kept and unit in told[name] else number
            for unit, number in numbers.items()
        }
        for name, numbers in now.items()
    }
