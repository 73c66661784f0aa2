"""Counts of a unit that was split, as it was and as it is now.

As it was: everything counted before the day, whole, in the unit in which it was done. As it is now: what was done by people
who have since been recorded in one of the new units counts there; what was done by all others is divided by the weights of
the split, where it adds up. Different people are never divided: of them only those whose place is known are counted.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from backend import clock
from backend.participation.measures import MeasureBook
from backend.participation.models import Fact
from backend.people.models import Membership, SubjectLink
from backend.teams.models import Household, HouseholdPlace
from backend.units.crosswalk import share
from backend.units.lineage import with_history
from backend.units.splitting import Split


@dataclass(frozen=True)
class Part:
    """A measure in one of the units of now. `people`: those whose place is known; None for what adds up."""

    unit: uuid.UUID
    quantity: int | None
    people: int | None


@dataclass(frozen=True)
class Line:
    """One measure of one activity before the split. `unplaced`: people of whom nobody has said where they belong now.

    `subjects`: how many people stand behind it. `is_estimated`: a part of it was divided by the weights.
    """

    measure: str
    activity: uuid.UUID
    quantity: int
    people: int | None
    parts: tuple[Part, ...]
    unplaced: int
    subjects: int
    is_estimated: bool


Row = tuple[str, uuid.UUID, uuid.UUID | None, int, int]
"""(measure, activity, subject, quantity, facts that stand)"""


def as_it_is_now(session: Session, book: MeasureBook, split: Split) -> list[Line]:
    """What was counted before the day of the split, over the units of now. Sealed measures are left out."""
    rows = [row for row in _before(session, split) if not book[row[0]].sealed]
    place = placed(session, split, {row[2] for row in rows if row[2]})
    cells: dict[tuple[str, uuid.UUID], list[Row]] = {}
    for row in rows:
        cells.setdefault((row[0], row[1]), []).append(row)
    return [
        line(measure, activity, found, book[measure].additivity == "distinct", split, place)
        for (measure, activity), found in sorted(cells.items())
    ]


def line(
    measure: str, activity: uuid.UUID, rows: Sequence[Row], distinct: bool, split: Split,
    place: Mapping[uuid.UUID, uuid.UUID],
) -> Line:  # fmt: skip
    """Pure. The parts add up to the whole again, whoever is placed where."""
    units = [unit for unit, _ in split.parts]
    quantity = sum(row[3] for row in rows)
    people = {row[2] for row in rows if row[2] and row[4] > 0}
    unknown = people - place.keys()
    if distinct:
        known = [sum(place.get(one) == unit for one in people) for unit in units]
        parts = tuple(Part(unit, None, many) for unit, many in zip(units, known, strict=True))
        return Line(
            measure, activity, quantity, len(people), parts, len(unknown), len(people), is_estimated=False
        )
    own = {unit: sum(row[3] for row in rows if row[2] and place.get(row[2]) == unit) for unit in units}
    rest = quantity - sum(own.values())
    amounts = [own[unit] + more for unit, more in zip(units, share(rest, split.weights), strict=True)]
    parts = tuple(Part(unit, amount, None) for unit, amount in zip(units, amounts, strict=True))
    return Line(measure, activity, quantity, None, parts, len(unknown), len(people), is_estimated=rest != 0)


def _before(session: Session, split: Split) -> list[Row]:
    day = datetime.combine(split.event.holds_from, time(), clock.VIETNAM)
    standing = func.sum(case((Fact.is_reversal, -1), else_=1))
    rows = session.execute(
        select(Fact.measure, Fact.activity_id, Fact.subject, func.sum(Fact.quantity), standing)
        .where(Fact.unit_id.in_(with_history(session, [split.source])), Fact.happened_at < day)
        .group_by(Fact.measure, Fact.activity_id, Fact.subject)
    )
    return [
        (measure, activity, subject, int(much), int(many)) for measure, activity, subject, much, many in rows
    ]


def placed(session: Session, split: Split, subjects: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Who is recorded in one of the new units today. Who is still in the old one was never asked, until somebody said that
    everybody is placed: then they belong to what stays.
    """
    wanted = set(subjects)
    units = [unit for unit, _ in split.parts if unit != split.source or split.event.placed_at]
    found = recorded_in(session, units, wanted, split.event.holds_from)
    if split.event.placed_at:
        found = dict.fromkeys(wanted, split.parts[0][0]) | found
    return found


def recorded_in(
    session: Session, units: Collection[uuid.UUID], subjects: AbstractSet[uuid.UUID], day: date
) -> dict[uuid.UUID, uuid.UUID]:
    """In which of these units people and households were recorded last, on that day or since."""
    people = (
        select(SubjectLink.subject, Membership.unit_id)
        .join(Membership, Membership.person_id == SubjectLink.person_id)
        .where(Membership.unit_id.in_(list(units)), _since(Membership, day))
        .order_by(Membership.valid_from, Membership.id)
    )
    homes = (
        select(Household.subject, HouseholdPlace.unit_id)
        .join(HouseholdPlace, HouseholdPlace.household_id == Household.id)
        .where(HouseholdPlace.unit_id.in_(list(units)), _since(HouseholdPlace, day))
        .order_by(HouseholdPlace.valid_from)
    )
    rows = [*session.execute(people), *session.execute(homes)]
    return {subject: unit for subject, unit in rows if subject in subjects}


def _since(table: type[Membership] | type[HouseholdPlace], day: date) -> ColumnElement[bool]:
    """Still recorded on that day, and for a day at least."""
    return or_(table.valid_to.is_(None), and_(table.valid_to > day, table.valid_to > table.valid_from))
