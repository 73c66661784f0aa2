"""What stands behind a criterion of a card: its figure and its gates, each with both sides and the records of its days.

Counted like the card itself: over the units as they stood, and by what was known when the revision was made. Days stand
together until enough people stand in a row; where a row divides people, neither side of it may be about a few.
"""

import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from backend import clock
from backend.cards import ledger, lineup, revisions, store
from backend.cards.errors import CriterionUnknown
from backend.cards.ledger import Record
from backend.cards.lineup import Stay
from backend.cards.models import Card
from backend.cards.shapes import Criterion, Gate
from backend.scorecards.indicators import Term
from backend.tallies.disclosure import K, may_show

Sides = tuple[list[Record], list[Record] | None]


@dataclass(frozen=True)
class Days:
    """The records of some days: what they come to on each side, and how many people or households they are about."""

    first: date
    last: date
    above: int
    below: int | None
    people: int
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Fraction:
    """`gate` None: the figure itself. `below` None: it is divided by heads or by nothing. `total`: what the sides come to;
    None: about too few to be told."""

    gate: Gate | None
    above: Term
    below: Term | None
    total: tuple[int, int | None] | None
    rows: tuple[Days, ...]


def opened(session: Session, card: Card, code: str, is_hidden: bool) -> list[Fraction]:
    """The figure first, then each gate that counts. Of a hidden figure nothing: its gates divide the same few people.

    Raises CriterionUnknown.
    """
    published = revisions.last(session, card.id)
    template = store.template_with(session, published.template_sha if published else card.template_sha)
    criterion = next((one for one in template.criteria if one.code == code), None)
    if criterion is None or criterion.formula is None:
        raise CriterionUnknown(criterion=code[:40])
    if is_hidden:
        return []
    stays, known_at = _counted_over(session, card)
    found = ledger.records(session, stays, criterion.measures(), known_at)
    return [_fraction(one, found) for one in _asked(criterion)]


@dataclass(frozen=True)
class _Asked:
    """`divides_people`: those who did out of those who could."""

    gate: Gate | None
    above: Term
    below: Term | None
    divides_people: bool


def _asked(criterion: Criterion) -> Iterator[_Asked]:
    formula = criterion.formula
    if formula is not None:
        below = formula.denominator
        yield _Asked(None, formula.numerator, below, formula.about_people and below is not None)
    for gate in criterion.gates:
        if gate.above and gate.below:
            yield _Asked(gate, gate.above, gate.below, gate.kind == "completion")


def _fraction(asked: _Asked, found: Sequence[Record]) -> Fraction:
    above = [one for one in found if one.measure == asked.above.measure]
    below = [one for one in found if one.measure == asked.below.measure] if asked.below else None
    total = (
        _amount(asked.above, above),
        _amount(asked.below, below) if asked.below and below is not None else None,
    )
    is_told = asked.gate is None or _may_stand(asked, (above, below))
    rows = in_days((above, below), lambda sides: _may_stand(asked, sides)) if is_told else []
    return Fraction(
        asked.gate, asked.above, asked.below, total if is_told else None,
        tuple(_row(asked, sides) for sides in rows),
    )  # fmt: skip


def _may_stand(asked: _Asked, sides: Sides) -> bool:
    above, below = sides
    if not asked.divides_people or asked.below is None or below is None:
        return _people(above) >= K
    return _people(below) >= K and may_show(_amount(asked.above, above), _amount(asked.below, below))


def in_days(sides: Sides, may: Callable[[Sides], bool]) -> list[Sides]:
    """Whole days joined until they may stand by themselves; what is left over joins the row before it. Pure."""
    above, below = _by_day(sides[0]), _by_day(sides[1] or [])
    days = sorted({*above, *below})

    def of(some: Sequence[date]) -> Sides:
        kept = [one for day in some for one in above.get(day, ())]
        return kept, None if sides[1] is None else [one for day in some for one in below.get(day, ())]

    groups: list[list[date]] = [[]]
    for day in days:
        groups[-1].append(day)
        if may(of(groups[-1])):
            groups.append([])
    left = groups.pop()
    while left and groups and not may(of(left)):
        left = groups.pop() + left
    if left and may(of(left)):
        groups.append(left)
    return [of(group) for group in groups]


def _by_day(records: Sequence[Record]) -> dict[date, list[Record]]:
    found: dict[date, list[Record]] = {}
    for one in records:
        found.setdefault(one.day, []).append(one)
    return found


def _row(asked: _Asked, sides: Sides) -> Days:
    above, below = sides
    every = [*above, *(below or ())]
    return Days(
        min(one.day for one in every), max(one.day for one in every), _amount(asked.above, above),
        None if asked.below is None or below is None else _amount(asked.below, below),
        max(_people(above), _people(below or [])), tuple(one.key for one in every),
    )  # fmt: skip


def _people(records: Sequence[Record]) -> int:
    """People or households; what is about nobody in particular counts by itself."""
    return len({one.subject or one.operation for one in records})


def _amount(term: Term, records: Sequence[Record]) -> int:
    """As the card counts it."""
    if term.take == "people":
        return len({one.subject for one in records if one.subject})
    return len(records) if term.take == "facts" else sum(one.quantity for one in records)


def counting(session: Session, card: Card, measures: Collection[str]) -> set[uuid.UUID]:
    """The activities whose facts of these measures stand behind the card."""
    stays, known_at = _counted_over(session, card)
    return set(ledger.activities(session, stays, measures, known_at))


def _counted_over(session: Session, card: Card) -> tuple[list[Stay], datetime]:
    """Which units on which days, and as known when: of the last revision, else as it is now."""
    published = revisions.last(session, card.id)
    if published:
        return store.lineup_with(session, published.lineup_sha), published.as_known_at
    now = clock.now()
    return lineup.stays(session, [card.unit_id], revisions.period_of(card), "was", clock.local_day(now)), now
