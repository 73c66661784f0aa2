"""Figures of a published card and of the hamlets under it, counted in this node's own ledger as it was known then.

The commune's own figures are those of the card, to the digit. Its hamlets are laid over the units of the period's last day,
as they stand side by side on the commune's own pages. A fixed number of statements, however many hamlets.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.aggregates import card_says
from backend.aggregates.dataset import WITHOUT_PARTS, Dataset
from backend.aggregates.gathered import Gathered
from backend.aggregates.hiding import Counted, Laid, Sides
from backend.aggregates.packet import State, ToldUnitBody
from backend.calendars import Period
from backend.cards import canonical, laying, revisions, sources, store
from backend.cards.laying import Over
from backend.cards.models import Card, CardRevision
from backend.cards.rules import Base
from backend.cards.shapes import Formula, Template
from backend.db.statements import among
from backend.scorecards.indicators import Term
from backend.units.lineage import lineage
from backend.units.models import Unit, UnitLink
from backend.units.queries import NamedUnit, children, named, newest_heads
from backend.units.splitting import divisions
from backend.units.trees import holds_on

PARTS_KIND = "hamlet"


@dataclass(frozen=True)
class _Place:
    """The units of the scope on the last day, the whole first, and what was counted in each."""

    units: list[NamedUnit]
    bases: Mapping[uuid.UUID, Base]
    over: Over

    @property
    def top(self) -> NamedUnit:
        return self.units[0]


def own(session: Session, card: Card, revision: CardRevision, dataset: Dataset) -> Gathered:
    """Everything the revision of the card says on that line, with the hamlets, nothing hidden yet."""
    period, said = revisions.period_of(card), canonical.read(revision.payload)
    place = _place(session, card, revision, dataset, period)
    return Gathered(
        dataset=dataset,
        period=period,
        units=told_units(session, place.units, _last_day(session, card.unit_id, period)),
        laid=_laid(session, place, dataset, period),
        apart=_apart(place, dataset, card.unit_id),
        lineup=revision.lineup_sha,
        revision=revision.number,
        reason=revision.reason,
        known_at=revision.as_known_at,
        state=cast(State, card.state),
        hidden_on_card=card_says.hidden_on(said),
        points=card_says.points_of(said, dataset),
        declared=card_says.declared_of(said, dataset),
        approval=card_says.approval_of(session, card),
    )


# --- who and how many -------------------------------------------------------------------------------------------


def _last_day(session: Session, unit: uuid.UUID, period: Period) -> date:
    """The last day of the period on which the unit was there."""
    ended = session.get_one(Unit, unit).valid_to
    return period.last if ended is None or ended > period.last else ended - timedelta(days=1)


def _place(session: Session, card: Card, revision: CardRevision, dataset: Dataset, period: Period) -> _Place:
    template, day = dataset.template, _last_day(session, card.unit_id, period)
    stays = store.lineup_with(session, revision.lineup_sha)
    base = sources.base_of(session, card, template, stays, revision.as_known_at, revision.published_at)
    below = [] if dataset.line in WITHOUT_PARTS else children(session, card.unit_id, PARTS_KIND, day)
    ids = [unit.id for unit in below]
    over = laying.lay(session, card.unit_id, ids, period, day, template.measures, revision.as_known_at)
    heads = _heads(session, ids, template, day, over)
    bases = {unit: Base(over.counts.get(unit, {}), base.counted, heads.get(unit, {})) for unit in ids}
    sizes = {unit: next(iter(found.values()), 0) for unit, found in heads.items() if found}
    below.sort(key=lambda unit: (unit.id not in sizes, sizes.get(unit.id, 0), unit.code))
    return _Place([named(session, card.unit_id, day), *below], bases | {card.unit_id: base}, over)


def _heads(
    session: Session, units: list[uuid.UUID], template: Template, day: date, over: Over
) -> dict[uuid.UUID, dict[str, int]]:
    """The newest headcounts by then; none from before a unit took others in or gave a part away. The first population of
    the template stands first: by it the hamlets are ordered, which no paper moves."""
    newest = newest_heads(session, units, day, template.populations)
    found: dict[uuid.UUID, dict[str, int]] = {}
    for (unit, population), row in sorted(newest.items(), key=lambda one: one[0][1]):
        if row.on_date >= over.since.get(unit, row.on_date):
            found.setdefault(unit, {})[population] = row.people
    return found


def told_units(session: Session, units: list[NamedUnit], day: date) -> tuple[ToldUnitBody, ...]:
    """As others are told of them: by official code, with what stands above and the days they exist."""
    ids = [unit.id for unit in units]
    spans = {row.id: row for row in session.execute(select(Unit.id, Unit.valid_from, Unit.valid_to).where(among(Unit.id, ids)))}  # fmt: skip
    links = session.execute(
        select(UnitLink.unit_id, Unit.code)
        .join(Unit, Unit.id == UnitLink.parent_id)
        .where(among(UnitLink.unit_id, ids), UnitLink.tree == "territory", holds_on(UnitLink, day))
    )
    above = {row.unit_id: row.code for row in links}
    return tuple(
        ToldUnitBody(
            code=unit.code, name=unit.name, level_word=unit.level_word, kind=unit.kind, parent=above.get(unit.id),
            since=spans[unit.id].valid_from.isoformat(), until=_iso(spans[unit.id].valid_to),
        )
        for unit in units
    )  # fmt: skip


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


# --- laid before the rule of small numbers ----------------------------------------------------------------------


def _laid(session: Session, place: _Place, dataset: Dataset, period: Period) -> Laid:
    parts_of, gone = boundaries(session, [unit.id for unit in place.units])
    cells = {
        unit.code: {
            one.code: _sides(formula, place.bases[unit.id], place.over, unit.id)
            for one, formula in dataset.measured
        }
        for unit in place.units
    }
    return Laid(
        calendar=period.calendar,
        period=period.code,
        first=period.first,
        last=period.last,
        units=tuple(unit.code for unit in place.units),
        elements=counted_of(dataset),
        cells=cells,
        parts_of=parts_of,
        gone=gone,
    )


def counted_of(dataset: Dataset) -> tuple[Counted, ...]:
    found = {one.code: one for one in dataset.elements}
    return tuple(counted(one.code, formula, found[one.code].k) for one, formula in dataset.measured)


def counted(code: str, formula: Formula, k: int) -> Counted:
    below = formula.denominator if formula.about_people else None
    return Counted(
        code=code,
        counts=_name(formula.numerator),
        about_people=formula.about_people,
        additivity="distinct" if formula.numerator.take == "people" else "sum",
        out_of=_name(below) if below else None,
        k=k,
    )


def _name(term: Term) -> str:
    return f"{term.measure} {term.take}"


def _sides(formula: Formula, base: Base, over: Over, unit: uuid.UUID) -> Sides:
    if formula.numerator.measure not in base.counted:
        return Sides(None, None, "N")
    terms = [term for term in (formula.numerator, formula.denominator) if term and term.take == "people"]
    if any(term.measure in over.unplaced.get(unit, ()) for term in terms):
        return Sides(None, None, "X")
    return Sides(base.take(formula.numerator), _below(formula, base))


def _below(formula: Formula, base: Base) -> int | None:
    if formula.denominator:
        return base.take(formula.denominator)
    return base.heads.get(formula.population) if formula.population else None


def boundaries(
    session: Session, units: list[uuid.UUID]
) -> tuple[dict[str, tuple[str, ...]], dict[str, date]]:
    """What came of others and what was divided, among all that ever went into these units; and since when those are gone."""
    parts_of = _parts_of(session, units)
    known_ids = {unit for target, parts in parts_of.items() for unit in (target, *parts)}
    if not known_ids:
        return {}, {}
    query = select(Unit.id, Unit.code, Unit.valid_to).where(among(Unit.id, known_ids))
    known = {row.id: row for row in session.execute(query)}
    codes = {
        known[unit].code: tuple(sorted({known[part].code for part in parts}))
        for unit, parts in parts_of.items()
    }
    return codes, {row.code: row.valid_to for row in known.values() if row.valid_to}


def _parts_of(session: Session, units: list[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    known = lineage(session)
    history = known.history(units)
    found = {unit: list(known.before(unit)) for unit in history if known.before(unit)}
    for one in divisions(session):
        if one.source in history or {part for part, _ in one.parts} & history:
            found.setdefault(one.source, []).extend(part for part, _ in one.parts if part != one.source)
    return found


def _apart(place: _Place, dataset: Dataset, top: uuid.UUID) -> dict[str, int | None]:
    """By it whoever receives the packet checks the sum. Not where a unit came or went meanwhile, for then the parts are of
    another ground than the card."""
    laid = Base(place.over.counts.get(top, {}), place.bases[top].counted, {})
    below = [place.bases[unit.id] for unit in place.units[1:]]
    found: dict[str, int | None] = {}
    for one, formula in dataset.measured:
        whole, term = place.bases[top].take(formula.numerator), formula.numerator
        rest = whole - sum(base.take(term) for base in below)
        if (
            below
            and term.take != "people"
            and laid.take(term) == whole
            and rest >= 0
            and term.measure in laid.counted
        ):
            found[one.code] = rest
    return found
