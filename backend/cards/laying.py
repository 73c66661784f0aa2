"""Counts of a period laid over the units of one day, when some of them were divided meanwhile.

What went whole into another is counted there. Of a unit that was divided, what its people did before goes with whoever is
recorded in one of the parts since; the rest is shared by the weights of the division where it adds up, so that the parts
give the whole again to the last one. Different people are never shared: while somebody's place is not known, how many there
are in each part is not known either.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from backend.calendars import Period
from backend.cards import ledger, lineup
from backend.cards.ledger import BySubject, Counts
from backend.cards.lineup import ONE_DAY, Stay
from backend.cards.rules import Count
from backend.tallies.split_view import recorded_in
from backend.units import crosswalk
from backend.units.lineage import Lineage, Step, lineage
from backend.units.splitting import Split, divisions

At = tuple[date, datetime]
"""A day, and what of that day this node knew of by then."""
ALL_DAY = datetime.max.replace(tzinfo=UTC)


class Ways:
    """Where what was done in a unit belongs among the units of a day."""

    def __init__(self, known: Lineage, found: Iterable[Split], day: date) -> None:
        self._whole = {step.source: step for step in known.steps if step.holds_from <= day}
        self.divisions = [one for one in found if one.event.holds_from <= day]

    def next(self, unit: uuid.UUID, at: At) -> Step | Split | None:
        """The first thing that happened to it from then on; what went whole went so whatever the day."""
        divided = [one for one in self.divisions if one.source == unit and _when(one) > at]
        first = min(divided, key=_when, default=None)
        whole = self._whole.get(unit)
        if whole is None or (first is not None and _when(first) < (whole.holds_from, whole.made_at)):
            return first
        return whole

    def crossed(self, unit: uuid.UUID, at: At) -> list[Split]:
        """The divisions on the way from there."""
        step = self.next(unit, at)
        if step is None:
            return []
        if isinstance(step, Step):
            return self.crossed(step.target, max(at, (step.holds_from, step.made_at)))
        return [step, *(more for part, _ in step.parts for more in self.crossed(part, _when(step)))]

    def ends(self, unit: uuid.UUID, at: At) -> set[uuid.UUID]:
        return set(self.share(unit, at, 0))

    def share(self, unit: uuid.UUID, at: At, amount: int) -> dict[uuid.UUID, int]:
        """The amount over the units at the end of the way; the parts add up to it."""
        step = self.next(unit, at)
        if step is None:
            return {unit: amount}
        if isinstance(step, Step):
            return self.share(step.target, max(at, (step.holds_from, step.made_at)), amount)
        found: dict[uuid.UUID, int] = {}
        for (part, _), own in zip(step.parts, crosswalk.share(amount, step.weights), strict=True):
            for end, more in self.share(part, _when(step), own).items():
                found[end] = found.get(end, 0) + more
        return found


def _when(one: Split) -> At:
    return one.event.holds_from, one.event.made_at


@dataclass(frozen=True)
class Piece:
    """The days of a unit that lie before it was divided. `key` stands for it among tops."""

    unit: uuid.UUID
    first: date
    last: date
    key: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def at(self) -> At:
        return self.first, ALL_DAY


@dataclass(frozen=True)
class Over:
    """Counts by unit. `shared`: measures of which a part was shared by weights; `unplaced`: measures of people of whom some
    have no place yet. `together`: units that came out of the same division. `since`: when a unit last took in or gave
    away people, so that older headcounts are of others.
    """

    counts: Counts
    shared: Mapping[uuid.UUID, set[str]]
    unplaced: Mapping[uuid.UUID, set[str]]
    together: list[set[uuid.UUID]]
    since: Mapping[uuid.UUID, date]
    stays: list[Stay]


def lay(
    session: Session,
    parent: uuid.UUID,
    units: Collection[uuid.UUID],
    period: Period,
    day: date,
    measures: Collection[str],
    known_at: datetime,
) -> Over:
    """What was counted in the period, over the units as they stood on that day, and over what stands above them."""
    known = lineage(session)
    ways = Ways(known, divisions(session), day)
    pieces = _pieces(ways, known, period)
    whole = lineup.laid(session, [parent, *units], period, day)
    stays = [
        *_of_parent(whole, pieces, ways, parent),
        *_without([stay for stay in whole if stay.top != parent], pieces),
    ]
    over = Over(
        ledger.counts(session, stays, measures, known_at), {}, {}, [], _since(ways, known, day), stays
    )
    touched = [piece for piece in pieces if ways.ends(piece.unit, piece.at) & set(units)]
    return _divided(session, over, touched, ways, measures, known_at) if touched else over


def _pieces(ways: Ways, known: Lineage, period: Period) -> list[Piece]:
    turns = {one.event.holds_from for one in ways.divisions}
    begins = [period.first, *sorted(day for day in turns if period.first < day <= period.last)]
    ends = [day - ONE_DAY for day in begins[1:]] + [period.last]
    units = known.history(one.source for one in ways.divisions)
    return [
        Piece(unit, first, last)
        for unit in sorted(units)
        for first, last in zip(begins, ends, strict=True)
        if ways.crossed(unit, (first, ALL_DAY))
    ]


def _without(stays: Iterable[Stay], pieces: Sequence[Piece]) -> list[Stay]:
    """Pieces begin and end where stretches do, so a stay is cut day by day of them."""
    found = list(stays)
    for piece in pieces:
        cut = []
        for stay in found:
            if stay.unit != piece.unit or piece.last < stay.first or stay.last < piece.first:
                cut.append(stay)
                continue
            if stay.first < piece.first:
                cut.append(replace(stay, last=piece.first - ONE_DAY))
            if piece.last < stay.last:
                cut.append(replace(stay, first=piece.last + ONE_DAY))
        found = cut
    return found


def _of_parent(whole: Iterable[Stay], pieces: Iterable[Piece], ways: Ways, parent: uuid.UUID) -> list[Stay]:
    """Nothing is divided for what stands above all parts; what was divided and ended counts there too."""
    own = [stay for stay in whole if stay.top == parent]
    below = {stay.unit for stay in own}
    more = [
        Stay(parent, piece.unit, piece.first, piece.last)
        for piece in pieces
        if piece.unit not in below and ways.ends(piece.unit, piece.at) <= below
    ]
    return [*own, *more]


def _since(ways: Ways, known: Lineage, day: date) -> dict[uuid.UUID, date]:
    found: dict[uuid.UUID, date] = {}
    turned = [(step.target, step.holds_from) for step in known.steps if step.holds_from <= day]
    turned += [
        (unit, one.event.holds_from)
        for one in ways.divisions
        for unit in (one.source, *(part for part, _ in one.parts))
    ]
    for unit, when in turned:
        found[unit] = max(found.get(unit, when), when)
    return found


# --- what is divided ------------------------------------------------------------------------------------------------


@dataclass
class _Sums:
    """Of one unit and one measure."""

    people: set[uuid.UUID] = field(default_factory=set)
    quantity: int = 0
    facts: int = 0

    def add(self, row: BySubject) -> None:
        self.quantity += row.quantity
        self.facts += row.facts
        if row.subject is not None:
            self.people.add(row.subject)


class _Laid:
    """Sums of the units that have a part in a division."""

    def __init__(self) -> None:
        self.sums: dict[tuple[uuid.UUID, str], _Sums] = {}
        self.shared: dict[uuid.UUID, set[str]] = {}
        self.unplaced: dict[uuid.UUID, set[str]] = {}

    def of(self, unit: uuid.UUID, measure: str) -> _Sums:
        return self.sums.setdefault((unit, measure), _Sums())

    def by_weight(self, ways: Ways, piece: Piece, rows: Sequence[BySubject]) -> None:
        """What belongs to nobody whose place is known, measure by measure."""
        for measure in sorted({row.measure for row in rows}):
            own = [row for row in rows if row.measure == measure]
            quantities = ways.share(piece.unit, piece.at, sum(row.quantity for row in own))
            facts = ways.share(piece.unit, piece.at, sum(row.facts for row in own))
            for end, much in quantities.items():
                sums = self.of(end, measure)
                sums.quantity, sums.facts = sums.quantity + much, sums.facts + facts[end]
                self.shared.setdefault(end, set()).add(measure)
                if any(row.subject for row in own):
                    self.unplaced.setdefault(end, set()).add(measure)


def _divided(
    session: Session,
    over: Over,
    pieces: Sequence[Piece],
    ways: Ways,
    measures: Collection[str],
    known_at: datetime,
) -> Over:
    together = [ways.ends(piece.unit, piece.at) for piece in pieces]
    touched = set[uuid.UUID]().union(*together)
    own = [stay for stay in over.stays if stay.top in touched]
    before = [Stay(piece.key, piece.unit, piece.first, piece.last) for piece in pieces]
    rows = ledger.by_subject(session, [*own, *before], measures, known_at)
    found = _Laid()
    for row in rows:
        if row.top in touched:
            found.of(row.top, row.measure).add(row)
    for piece in pieces:
        _lay_piece(session, found, ways, piece, [row for row in rows if row.top == piece.key])
    counts: Counts = {top: by for top, by in over.counts.items() if top not in touched}
    for (unit, measure), sums in found.sums.items():
        counts.setdefault(unit, {})[measure] = Count(len(sums.people), sums.quantity, sums.facts)
    return replace(over, counts=counts, shared=found.shared, unplaced=found.unplaced, together=together)


def _lay_piece(session: Session, found: _Laid, ways: Ways, piece: Piece, rows: Sequence[BySubject]) -> None:
    place = _places(session, ways, piece, {row.subject for row in rows if row.subject})
    rest = []
    for row in rows:
        end = place.get(row.subject) if row.subject else None
        if end is None:
            rest.append(row)
        else:
            found.of(end, row.measure).add(row)
    found.by_weight(ways, piece, rest)


def _places(
    session: Session, ways: Ways, piece: Piece, subjects: set[uuid.UUID]
) -> dict[uuid.UUID, uuid.UUID]:
    """Who is still recorded in a unit that was divided was never asked, until somebody said that everybody is placed;
    then whoever is recorded nowhere belongs to what stayed.
    """
    crossed, ends = ways.crossed(piece.unit, piece.at), ways.ends(piece.unit, piece.at)
    unasked = {one.source for one in crossed if not one.event.placed_at}
    found = recorded_in(session, ends - unasked, subjects, crossed[0].event.holds_from)
    stayed = next((unit for unit, _ in crossed[0].parts if unit in ends), None)
    if not unasked and stayed is not None:
        found = dict.fromkeys(subjects, stayed) | found
    return found
