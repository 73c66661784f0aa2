"""Which figures of a table stay hidden when it is told to the level above. Pure, and the same every time.

Hidden are counts of 1..k-1 people, of nobody, and of all but 0..k-1; with them their fixed partner (the neighbour in the order
of the units), and as many more as it takes: a table is told only when for every figure hidden in it or in any table before
another world is found in which everything told is the same and that figure is many, on both sides. So nobody can calculate
it or prove it small, whatever months, quarters, revisions and boundaries he sets side by side. Where no such choice is found
the whole is not told either; then nothing new is said, and nothing can come out.

    protect(laid, told) -> Protected
"""

from collections.abc import Iterable, Sequence

from backend.aggregates.hiding_choice import Choice
from backend.aggregates.hiding_shapes import (
    HIDDEN,
    Counted,
    Flag,
    Laid,
    Note,
    Protected,
    Sent,
    Sides,
    Told,
    kept,
    told_again,
)
from backend.aggregates.hiding_views import View

__all__ = [
    "Counted", "Flag", "Laid", "Note", "Protected", "Sent", "Sides", "Told", "kept", "protect", "told_again",
]  # fmt: skip


def protect(laid: Laid, told: Sequence[Told] = (), public: frozenset[str] | None = None) -> Protected:
    """What may be told of a table, given all that this node told before, oldest first, whatever line or dataset.

    Give every table told of the same top unit (of whatever period, line and revision). Store the answer with the table
    (`kept(Told(laid, answer))`) and give it back the next time. `public`: counts that stand on this unit's own public pages for
    the whole of this very period (`shown_here`), None where the unit shows nothing in public.
    """
    views = [*(View(one.laid, one.sent) for one in told), View(laid)]
    cells: dict[str, dict[str, Sent]] = {unit: {} for unit in laid.units}
    notes: list[Note] = []
    chosen = [Choice(views, names, public).decide() for names in _bundles(views)]
    for e in laid.elements:
        found = next((one for one in chosen if e.counts in one.names), None)
        for unit in laid.units:
            sides = laid.cells[unit][e.code]
            cells[unit][e.code] = found.sent(unit, e, sides) if found else _plain(e, sides)
        notes += found.notes(e) if found else []
    return Protected(cells, tuple(notes))


def _plain(element: Counted, sides: Sides) -> Sent:
    """Events and things."""
    if sides.flag in HIDDEN and element.out_of:
        return Sent(None, None, sides.flag)
    return Sent(sides.numerator, sides.denominator, sides.flag)


def _bundles(views: Sequence[View]) -> list[frozenset[str]]:
    """Counts about people that hang together: one divided by another, or part of another."""
    found: list[set[str]] = []
    for names in _ties(views):
        near = [one for one in found if one & names]
        found = [one for one in found if not one & names] + [names.union(*near)]
    here = views[-1].counts.keys()
    return sorted((frozenset(one) for one in found if one & here), key=sorted)


def _ties(views: Sequence[View]) -> Iterable[set[str]]:
    for view in views:
        by_code = {e.code: e for e in view.laid.elements}
        for e in view.laid.elements:
            whole = by_code.get(e.whole or "")
            if e.about_people:
                yield {e.counts, *([e.out_of] if e.out_of else []), *([whole.counts] if whole else [])}
