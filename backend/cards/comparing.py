"""Hamlets side by side for a period: figures within groups of like size. No points, no class, no last place."""

import uuid
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period
from backend.cards import discretion, ledger, lineup, store
from backend.cards.discretion import Heads, Hidden, Laid
from backend.cards.lineup import View
from backend.cards.rules import Base, Figure, Mark, figure
from backend.cards.shapes import Criterion, Template
from backend.scorecards.comparison import Band, Compared, bands
from backend.units.lineage import lineage
from backend.units.models import WHOLE, Headcount, UnitCrosswalk, UnitEvent
from backend.units.queries import NamedUnit, children

HIDDEN, REORGANISED = "hidden", "reorganised"


@dataclass(frozen=True)
class Row:
    """A hamlet with its figure; None: hidden, or not known (`figure.marks` says which)."""

    unit: NamedUnit
    headcount: int | None
    figure: Figure
    place: int | None


@dataclass(frozen=True)
class Comparison:
    """One criterion over all hamlets, by bands of like size; each band in name order. `unsized`: nobody counted heads.

    `apart`: what was counted and the heads are not of the same unit, because it was divided or joined meanwhile.
    """

    criterion: Criterion
    bands: list[tuple[Band[NamedUnit], list[Row]]]
    unsized: list[Row]
    apart: list[Row]


@dataclass(frozen=True)
class SideBySide:
    template: Template
    period: Period
    units: list[NamedUnit]
    comparisons: list[Comparison]
    counted_on: date | None
    known_at: datetime


def side_by_side(
    session: Session, parent: uuid.UUID, template_code: str, period: Period, view: View = "was"
) -> SideBySide:
    """The units right below, as they were on the period's last day (`now`: today). Raises TemplateUnknown."""
    template, known_at = store.template_in_force(session, template_code, period), clock.now()
    today = clock.local_day(known_at)
    was = _laid_out(session, parent, template, period, "was", min(period.last, today), known_at)
    apart = _reorganised(session, period, view)
    if view == "was":
        closed = discretion.hidden(session, template, period, was)
        return _compared(template, period, was, closed, apart, known_at)
    # A unit that took in a hidden one would give it away by subtraction, so it is hidden too.
    became, before = lineage(session), discretion.hidden(session, template, period, was)
    along = {code: {became.today(unit) for unit in units} for code, units in before.items()}
    now = _laid_out(session, parent, template, period, "now", today, known_at)
    closed = discretion.hidden(session, template, period, now, along)
    return _compared(template, period, now, closed, apart, known_at)


def _reorganised(session: Session, period: Period, view: View) -> set[uuid.UUID]:
    """Units whose counts and heads are not of the same people.

    As it was: divided, joined or moved within the period, so that its counts are of some days only. As it is now: divided since
    the period began, for its deeds stay whole in the old one; what was joined whole has both, counts and heads.
    """
    query = (
        select(UnitCrosswalk.from_id, UnitCrosswalk.to_id, UnitCrosswalk.weight, UnitEvent.kind)
        .join(UnitEvent, UnitEvent.id == UnitCrosswalk.event_id)
        .where(UnitEvent.holds_from > period.first)
    )
    if view == "was":
        query = query.where(UnitEvent.holds_from <= period.last)
    rows = session.execute(query.order_by(UnitEvent.made_at)).all()
    moved = {
        row.from_id for row in rows if row.from_id != row.to_id or (row.kind == "move" and view == "was")
    }
    steps = [row for row in rows if row.from_id in moved and (view == "was" or row.weight != WHOLE)]
    return {unit for row in steps for unit in (row.from_id, row.to_id)}


def _laid_out(
    session: Session,
    parent: uuid.UUID,
    template: Template,
    period: Period,
    view: View,
    day: date,
    known_at: datetime,
) -> Laid:
    units = children(session, parent, template.unit_kind, day)
    heads = _heads(
        session, [parent, *(unit.id for unit in units)], template, period.last if view == "was" else day
    )
    return Laid(parent, units, _bases(session, parent, units, template, period, view, heads, known_at), heads)


def _compared(
    template: Template,
    period: Period,
    laid: Laid,
    hidden: Hidden,
    apart: AbstractSet[uuid.UUID],
    known_at: datetime,
) -> SideBySide:
    comparisons = [_compare(template, one, laid, hidden[one.code], apart) for one in template.criteria]
    return SideBySide(template, period, laid.units, comparisons, laid.heads.counted_on, known_at)


def _heads(session: Session, units: Collection[uuid.UUID], template: Template, until: date) -> Heads:
    """The newest headcount of each unit up to the end of the period."""
    rows = session.scalars(
        select(Headcount)
        .where(Headcount.unit_id.in_(list(units)), Headcount.population.in_(sorted(template.populations)))
        .where(Headcount.on_date <= until)
        .order_by(Headcount.on_date)
    ).all()
    found: dict[str, dict[uuid.UUID, int]] = {population: {} for population in sorted(template.populations)}
    for row in rows:
        found[row.population][row.unit_id] = row.people
    return Heads(found, max((row.on_date for row in rows), default=None))


def _bases(
    session: Session, parent: uuid.UUID, units: Sequence[NamedUnit], template: Template, period: Period, view: View,
    heads: Heads, known_at: datetime,
) -> dict[uuid.UUID, Base]:  # fmt: skip
    tops = [parent, *(unit.id for unit in units)]
    stays = lineup.stays(session, tops, period, view, clock.local_day(known_at))
    counts = ledger.counts(session, stays, template.measures, known_at)
    counted = ledger.ever_counted(session, stays, template.measures, known_at).get(parent, frozenset())
    return {
        top: Base(
            counts=counts.get(top, {}),
            counted=counted,  # counted anywhere in the commune: then nobody here is a zero, not an unknown
            heads={
                population: found[top] for population, found in heads.by_population.items() if top in found
            },
        )
        for top in tops
    }


def _compare(
    template: Template,
    criterion: Criterion,
    laid: Laid,
    hidden: AbstractSet[uuid.UUID],
    apart: AbstractSet[uuid.UUID],
) -> Comparison:
    units, bases, sizes = laid.units, laid.bases, laid.heads.sizes
    figures = {unit.id: _figure(criterion, bases[unit.id], template, unit.id in hidden) for unit in units}
    figures |= {unit: Figure(marks=(Mark(REORGANISED),)) for unit in figures.keys() & apart}
    compared = [
        Compared(unit, sizes[unit.id], _people(figures[unit.id]), figures[unit.id].value)
        for unit in units
        if unit.id in sizes and unit.id not in apart
    ]
    told = template.comparison
    found = bands(compared, told.get("edges", (0,)), told.get("fewest", 3))
    places = {leader.row.unit.id: leader.place for band in found for leader in band.leaders}
    rows = {unit.id: Row(unit, sizes.get(unit.id), figures[unit.id], places.get(unit.id)) for unit in units}
    return Comparison(
        criterion,
        [(band, [rows[unit.id] for unit in units if unit in band.units]) for band in found],
        [rows[unit.id] for unit in units if unit.id not in sizes and unit.id not in apart],
        [rows[unit.id] for unit in units if unit.id in apart],
    )


def _figure(criterion: Criterion, base: Base, template: Template, is_hidden: bool) -> Figure:
    if criterion.formula is None:
        return Figure(marks=(Mark("no_data"),))
    found = figure(criterion.formula, base, template.confidence_below)
    if is_hidden and found.value is not None:
        kept = found.denominator if criterion.formula.population else None
        return Figure(denominator=kept, marks=(Mark(HIDDEN),))
    return found


def _people(found: Figure) -> int | None:
    return None if found.numerator is None else int(found.numerator)
