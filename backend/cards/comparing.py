"""Hamlets side by side for a period: figures within groups of like size. No points, no class, no last place."""

import uuid
from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from backend import clock
from backend.calendars import Period
from backend.cards import discretion, laying, ledger, store
from backend.cards.discretion import Heads, Hidden, Laid
from backend.cards.laying import Over
from backend.cards.lineup import View
from backend.cards.rules import Base, Figure, Mark, figure
from backend.cards.shapes import Criterion, Template
from backend.units.likeness import Band, Compared, bands
from backend.units.lineage import lineage
from backend.units.queries import NamedUnit, children, newest_heads

HIDDEN, SHARED, UNPLACED = "hidden", "shared", "unplaced"


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

    `apart`: a unit was divided, and of some who took part nobody has said yet in which part they live now.
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
    """The units right below, as they were on the period's last day (`now`: today). Raises TemplateUnknown.

    Either way the whole period is laid over the units of that day, counts and heads alike: what went whole into another
    counts there, what was divided is divided (`laying`).
    """
    template, known_at = store.template_in_force(session, template_code, period), clock.now()
    today = clock.local_day(known_at)
    was, over = _laid_out(session, parent, template, period, min(period.last, today), known_at)
    before = _together(discretion.hidden(session, template, period, was), over)
    if view == "was":
        return _compared(template, period, was, before, over, known_at)
    # A unit that took in a hidden one would give it away by subtraction, so it is hidden too.
    became = lineage(session)
    along = {code: {became.today(unit) for unit in units} for code, units in before.items()}
    now, over = _laid_out(session, parent, template, period, today, known_at)
    closed = _together(discretion.hidden(session, template, period, now, along), over)
    return _compared(template, period, now, closed, over, known_at)


def _together(hidden: Hidden, over: Over) -> Hidden:
    """The parts of a division stand beside what was counted in the whole: where one is hidden, all are."""
    return {
        code: units.union(*(group for group in over.together if group & units))
        for code, units in hidden.items()
    }


def _laid_out(
    session: Session, parent: uuid.UUID, template: Template, period: Period, day: date, known_at: datetime
) -> tuple[Laid, Over]:
    units = children(session, parent, template.unit_kind, day)
    ids = [unit.id for unit in units]
    over = laying.lay(session, parent, ids, period, day, template.measures, known_at)
    heads = _heads(session, [parent, *ids], template, day, over)
    counted = ledger.ever_counted(session, over.stays, template.measures, known_at).get(parent, frozenset())
    bases = {
        top: Base(
            counts=over.counts.get(top, {}),
            counted=counted,  # counted anywhere in the commune: then nobody here is a zero, not an unknown
            heads={
                population: found[top] for population, found in heads.by_population.items() if top in found
            },
        )
        for top in (parent, *ids)
    }
    return Laid(parent, units, bases, heads), over


def _compared(
    template: Template,
    period: Period,
    laid: Laid,
    hidden: Hidden,
    over: Over,
    known_at: datetime,
) -> SideBySide:
    comparisons = [_compare(template, one, laid, hidden[one.code], over) for one in template.criteria]
    return SideBySide(template, period, laid.units, comparisons, laid.heads.counted_on, known_at)


def _heads(
    session: Session, units: Collection[uuid.UUID], template: Template, until: date, over: Over
) -> Heads:
    """The newest headcount of each unit up to that day; none from before it took others in or gave a part away."""
    newest = newest_heads(session, units, until, template.populations).values()
    rows = [row for row in newest if row.on_date >= over.since.get(row.unit_id, row.on_date)]
    found: dict[str, dict[uuid.UUID, int]] = {population: {} for population in sorted(template.populations)}
    for row in rows:
        found[row.population][row.unit_id] = row.people
    return Heads(found, max((row.on_date for row in rows), default=None))


def _compare(
    template: Template, criterion: Criterion, laid: Laid, hidden: AbstractSet[uuid.UUID], over: Over
) -> Comparison:
    units, bases, sizes = laid.units, laid.bases, laid.heads.sizes
    figures = {
        unit.id: _marked(
            criterion, _figure(criterion, bases[unit.id], template, unit.id in hidden), over, unit.id
        )
        for unit in units
    }
    apart = {unit for unit, found in figures.items() if any(mark.code == UNPLACED for mark in found.marks)}
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


def _marked(criterion: Criterion, found: Figure, over: Over, unit: uuid.UUID) -> Figure:
    """Said where a number was shared by weights; kept back where different people are not placed yet."""
    formula = criterion.formula
    terms = [term for term in (formula.numerator, formula.denominator) if term] if formula else []
    people = [term for term in terms if term.take == "people"]
    if any(term.measure in over.unplaced.get(unit, ()) for term in people):
        return Figure(marks=(Mark(UNPLACED),))
    added = [term for term in terms if term.take != "people"]
    if found.value is not None and any(term.measure in over.shared.get(unit, ()) for term in added):
        return replace(found, marks=(*found.marks, Mark(SHARED)))
    return found


def _people(found: Figure) -> int | None:
    return None if found.numerator is None else int(found.numerator)
