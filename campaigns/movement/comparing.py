"""Measuring entrants by the ledger, and setting like units side by side."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from backend.clock import local_day
from backend.participation.measures import MeasureBook
from backend.units.queries import frozen_headcounts
from backend.units.tags import adults_present, tags_of
from backend.units.trees import parents_of
from campaigns import evidence
from campaigns.evidence import Tallied
from campaigns.models import Activity
from campaigns.movement import rules
from campaigns.movement.criteria import Say
from campaigns.movement.measures import OF_FIRMS
from campaigns.movement.schemas import Criterion

Figures = Mapping[uuid.UUID, Mapping[str, Tallied]]


@dataclass(frozen=True)
class Heads:
    """Of a unit: those the rates are taken of, and those actually there."""

    counted: int | None
    present: int | None


def heads_of(
    session: Session, activity: Activity, units: Sequence[uuid.UUID], day: date
) -> dict[uuid.UUID, Heads]:
    """Frozen at the opening; adults actually present as last counted up to the day."""
    frozen, present = frozen_headcounts(session, activity.id), adults_present(session, units, day)
    return {unit: Heads(frozen[unit].people if unit in frozen else None, present.get(unit)) for unit in units}


def likes(
    session: Session, heads: Mapping[uuid.UUID, Heads], units: Sequence[uuid.UUID], day: date
) -> list[rules.Like]:
    """By adults actually present where every unit was counted so, else by the headcount of the movement."""
    tags = tags_of(session, units, day)
    present = all(heads[unit].present is not None for unit in units)
    return [
        rules.Like(
            unit, (heads[unit].present if present else heads[unit].counted) or 0, tags.get(unit, frozenset())
        )
        for unit in units
    ]


def measure(
    session: Session,
    book: MeasureBook,
    activity: Activity,
    criteria: Sequence[Criterion],
    units: Sequence[uuid.UUID],
    until: date,
) -> dict[uuid.UUID, list[Say]]:
    """What the ledger says of each unit since the opening, and over as many days before it."""
    asked = [one for one in criteria if one.source == "measured" and one.measure]
    if not asked or not units:
        return {unit: [] for unit in units}
    codes, first = {one.measure or "" for one in asked}, local_day(activity.opens_at)
    days = (until - first).days
    now = evidence.unit_figures(session, book, codes, units, first, until)
    past = evidence.unit_figures(
        session, book, codes, units, first - timedelta(days=days + 1), first - timedelta(days=1)
    )
    heads = heads_of(session, activity, units, until)
    families = siblings(session, units, until)
    told: dict[uuid.UUID, list[Say]] = {unit: [] for unit in units}
    for one in asked:
        values = _told(session, book, one, now, heads, families)
        before = _told(session, book, one, past, heads, families)
        for unit, (value, why) in values.items():
            told[unit].append(Say(one.code, value=value, before=before[unit][0], why_missing=why))
    return told


def _told(
    session: Session, book: MeasureBook, one: Criterion, found: Figures, heads: Mapping[uuid.UUID, Heads],
    families: Sequence[Sequence[uuid.UUID]],
) -> dict[uuid.UUID, tuple[Decimal | None, str | None]]:  # fmt: skip
    """A criterion over all its units: what one may not tell is not to come back from what the others tell."""
    measure = one.measure or ""
    known, hidden = book[measure], set[uuid.UUID]()
    if (
        known.additivity == "distinct"
        or known.tells_result
        or one.take in ("people", "rate")
        or measure in OF_FIRMS
    ):
        for family in families:
            people = {unit: found[unit][measure].people for unit in family}
            # Of firms nobody knows how many there could have been.
            of = {unit: None if measure in OF_FIRMS else heads[unit].counted for unit in family}
            hidden |= evidence.hidden_units(session, people, of)
    return {
        unit: figure(one.take, found[unit][measure], heads[unit].counted, hidden=unit in hidden)
        for family in families
        for unit in family
    }


def siblings(session: Session, units: Sequence[uuid.UUID], day: date) -> list[list[uuid.UUID]]:
    """The units parted by what stands above them, whose total may be known elsewhere."""
    above = parents_of(session, units, day)
    found: dict[uuid.UUID | None, list[uuid.UUID]] = {}
    for unit in units:
        found.setdefault(above.get(unit), []).append(unit)
    return list(found.values())


def figure(
    take: str, found: Tallied, heads: int | None, *, hidden: bool
) -> tuple[Decimal | None, str | None]:
    """The value, or why there is none. Pure."""
    if take == "rate" and not heads:
        return None, "no_headcount"
    if hidden:
        return None, "hidden"
    if take == "rate":
        return (Decimal(found.people * 100) / Decimal(heads or 1)).quantize(Decimal("0.01")), None
    return Decimal({"people": found.people, "facts": found.facts, "quantity": found.quantity}[take]), None
