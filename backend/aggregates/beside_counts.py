"""Counts of people that go up in a stream of their own, beside the figures. What the figures keep hidden is not to be read there.

The reader may know that nobody else was counted in those days, so a count is taken for the figure of every period it shares days
with: where that one is hidden and the two are less than k apart, or where it is all but a few of everybody, it is not told.
What was told this way stands beside the packets afterwards like a result in public (`shown_here.Result`).
"""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.aggregates.hiding import Told
from backend.aggregates.hiding_views import View
from backend.aggregates.told_before import TELLING, told_tables
from backend.participation.lease import hold
from backend.tallies.disclosure import K, may_show
from backend.units.models import Unit
from backend.units.queries import newest_heads

POPULATION = "residents_from_7"


def may_tell(session: Session, unit: str, first: date, last: date, counts: Mapping[str, int]) -> bool:
    """`counts`: what is counted, named as `Counted.counts` -> how many, of the whole unit from one day to another.

    Waits until no figures are being told, and keeps them from being told to the end of this transaction: neither goes up
    without having looked at the other.
    """
    hold(session, TELLING)
    heads = _heads(session, unit, last)
    if any(not may_show(number, heads, K) for number in counts.values() if number >= K):
        return False
    return keeps_hidden(told_tables(session, unit, last), first, last, counts)


def keeps_hidden(told: Iterable[Told], first: date, last: date, counts: Mapping[str, int]) -> bool:
    """Whether no hidden figure of a whole is as near as a few to one of the counts. Pure."""
    views = (View(one.laid, one.sent) for one in told)
    near = [view for view in views if view.laid.first <= last and first <= view.laid.last]
    return not any(_gives_away(view, name, number) for view in near for name, number in counts.items())


def _gives_away(view: View, name: str, number: int) -> bool:
    true = view.values.get(name, {}).get(view.laid.top)
    if true is None or view.laid.top in view.shown[name]:
        return False
    heads = view.heads(name, view.laid.top)
    return abs(true - number) < view.counts[name].k or not may_show(number, heads, view.counts[name].k)


def _heads(session: Session, unit: str, on: date) -> int | None:
    own = session.scalars(select(Unit.id).where(Unit.code == unit)).first()
    rows = newest_heads(session, [own], on, [POPULATION]) if own else {}
    return next((row.people for row in rows.values()), None)
