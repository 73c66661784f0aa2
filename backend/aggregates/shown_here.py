"""What this unit shows in public itself, read as tables: whoever has the packets has these pages beside them.

Public are the open data of its published cards, once it ever switched them on, and the published results of its contests
(handed in, for campaigns stand above). They tell of the whole unit alone. Inside the node, and no part of this: cards behind a
sign-in, hamlets side by side, live scorecards. Those who read them are bound by their office and answer for it; to count
them as told would mean to tell the level above nothing that is worth telling, for they show hamlets by their own rule.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import count, groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.aggregates.gather import counted
from backend.aggregates.hiding import Counted, Laid, Protected, Sent, Sides, Told
from backend.aggregates.hiding_shapes import HIDDEN
from backend.aggregates.told_before import FURTHEST_BACK, kin, told_tables
from backend.calendars import Period
from backend.cards.published import Published, published_figures
from backend.open_data.models import OpenDataChoice
from backend.tallies.disclosure import K

DAYS = "days"
"""The calendar of what ran from one day to another."""


@dataclass(frozen=True)
class Result:
    """So many different people, as a published result says: `counts` as `Counted.counts` names it."""

    counts: str
    first: date
    last: date
    number: int


Results = Callable[[Session, uuid.UUID], Iterable[Result]]
"""The published results of a unit"""


def no_results(session: Session, unit: uuid.UUID) -> Iterable[Result]:
    return ()


def all_told(session: Session, laid: Laid, results: Results) -> tuple[list[Told], frozenset[str] | None]:
    """Every table told of the unit with what its public pages say, and the counts they say of this very period."""
    return beside(laid, told_tables(session, laid.top, laid.last), [*_shown(session, laid, results)])


def beside(laid: Laid, told: list[Told], shown: list[Told]) -> tuple[list[Told], frozenset[str] | None]:
    """Public pages as they stand now (`shown`) laid beside the packets, for `hiding.protect`. Pure."""
    if not shown:
        return told, None
    public = frozenset(_said(one for one in shown if _which(one.laid) == _which(laid)))
    known = [_with_public(one, shown) for one in told]
    return [*_apart(laid, known, shown), *known], public


def _shown(session: Session, laid: Laid, results: Results) -> Iterator[Told]:
    sensitive, number = {e.counts: e.k for e in laid.elements}, count()
    for unit, code in kin(session, laid.top).items():
        if _ever_open(session, unit):
            for period, figures in _by_period(published_figures(session, unit)):
                if period.last >= laid.last - FURTHEST_BACK:
                    yield _of_card(code, period, figures, sensitive)
        for one in results(session, unit):
            yield _of_result(code, one, next(number), sensitive.get(one.counts, K))


def _ever_open(session: Session, unit: uuid.UUID) -> bool:
    """What was public once is known for good."""
    query = select(OpenDataChoice.id).where(OpenDataChoice.unit_id == unit, OpenDataChoice.is_on)
    return session.scalars(query.limit(1)).first() is not None


def _by_period(figures: Iterable[Published]) -> Iterator[tuple[Period, list[Published]]]:
    """Card by card. What a card hides is no part of it: it is hidden in the packet of that card as well."""
    told = (one for one in figures if one.formula.about_people and one.numerator is not None)
    for (_, period), found in groupby(told, key=lambda one: (one.template.code, one.period)):
        yield period, [*found]


def _of_card(top: str, period: Period, figures: list[Published], k: dict[str, int]) -> Told:
    elements = [counted(one.code, one.formula, K) for one in figures]
    elements = [replace(e, k=k.get(e.counts, K)) for e in elements]
    sides = [Sides(int(one.numerator or 0), _whole(one)) for one in figures]
    return _table(top, period, elements, sides)


def _whole(one: Published) -> int | None:
    return None if one.denominator is None else int(one.denominator)


def _of_result(top: str, one: Result, number: int, k: int) -> Told:
    period = Period(DAYS, f"{one.first:%Y%m%d}-{one.last:%Y%m%d}-{number}", one.first, one.last)
    return _table(top, period, [Counted("people", one.counts, True, "distinct", k=k)], [Sides(one.number)])


def _table(top: str, period: Period, elements: list[Counted], sides: list[Sides]) -> Told:
    cells = {e.code: one for e, one in zip(elements, sides, strict=True)}
    laid = Laid(
        period.calendar, period.code, period.first, period.last, (top,), tuple(elements), {top: cells}
    )
    sent = {code: Sent(one.numerator, one.denominator, "") for code, one in cells.items()}
    return Told(laid, Protected({top: sent}))


# --- beside what was told -------------------------------------------------------------------------------------------


def _which(laid: Laid) -> tuple[str, str, date, date]:
    return laid.top, laid.calendar, laid.first, laid.last


def _with_public(told: Told, shown: Iterable[Told]) -> Told:
    """A packet that kept the whole back is read with a public page of the same days, where that says the number it kept back:
    what a page says of a later revision was never said of this one."""
    said = _said(one for one in shown if _which(one.laid) == _which(told.laid))
    top = told.laid.top
    cells = dict(told.sent.cells[top])
    for e in told.laid.elements:
        sides = told.laid.cells[top][e.code]
        pairs = [(e.counts, sides.numerator), *([(e.out_of, sides.denominator)] if e.out_of else [])]
        if cells[e.code].flag in HIDDEN and all(
            number is not None and said.get(str(name)) == number for name, number in pairs
        ):
            cells[e.code] = Sent(sides.numerator, sides.denominator, "")
    return Told(told.laid, replace(told.sent, cells={**told.sent.cells, top: cells}))


def _said(pages: Iterable[Told]) -> dict[str, int | None]:
    """What is counted -> the number on the page"""
    found: dict[str, int | None] = {}
    for one in pages:
        for e in one.laid.elements:
            sides = one.laid.cells[one.laid.top][e.code]
            found |= {e.counts: sides.numerator} | ({e.out_of: sides.denominator} if e.out_of else {})
    return found


def _apart(laid: Laid, told: Iterable[Told], shown: Iterable[Told]) -> Iterator[Told]:
    """Public pages of days no packet told of: they stand as tables of their own."""
    tables = [laid, *(one.laid for one in told)]
    for one in shown:
        same = [table for table in tables if _which(table) == _which(one.laid)]
        had = {name for table in same for e in table.elements for name in (e.counts, e.out_of)}
        left = tuple(e for e in one.laid.elements if not {e.counts, e.out_of or e.counts} & had)
        if left:
            yield Told(replace(one.laid, elements=left), one.sent)
