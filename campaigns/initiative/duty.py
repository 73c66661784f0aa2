"""Who is expected to send in ideas and how far that has come: every agency, and every Party member, as numbers alone.

An idea counts for this however small it is, and wherever below the unit it was registered. Nobody is listed for what
they did not do: of whoever has sent in nothing there is only a number.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.people.models import Membership, SubjectLink
from backend.units.models import Unit
from backend.units.trees import LinesUp, holds_on
from campaigns.initiative.ledger import PARTY
from campaigns.initiative.models import Author, Initiative
from campaigns.models import Activity

WORKING = ("agency", "school", "association")
"""Kinds of units that are expected to register; hamlets and cells may."""
FEW = 5


@dataclass(frozen=True)
class Duty:
    """Of so many expected so many have registered an initiative that was not withdrawn, and so many have a recognised one."""

    expected: int = 0
    registered: int = 0
    recognised: int = 0

    @property
    def is_small(self) -> bool:
        """So few people that a number would tell of each; not for units, whose doings are public."""
        return self.expected < FEW

    def and_one(self, registered: bool, recognised: bool) -> "Duty":
        return Duty(self.expected + 1, self.registered + registered, self.recognised + recognised)


def _registered(activity: Activity) -> tuple[ColumnElement[bool], ...]:
    return (
        Initiative.activity_id == activity.id,
        Initiative.registered_at.is_not(None),
        Initiative.state != "withdrawn",
    )


# --- every agency -------------------------------------------------------------------------------------------------


def expected_in(session: Session, units: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The agencies, schools and associations that are among these units or below them, in whatever line."""
    day, up, wanted = clock.today(), LinesUp(session), set(units)
    return {one for one in session.scalars(_owing(day)) if not wanted.isdisjoint(up(one, day))}


def _owing(day: date) -> Select[uuid.UUID]:
    return select(Unit.id).where(Unit.kind.in_(WORKING), holds_on(Unit, day))


def of_units(session: Session, activity: Activity, units: Collection[uuid.UUID]) -> dict[uuid.UUID, Duty]:
    """Unit -> how many agencies, schools and associations it is or has below it, in whatever line, and how many of them
    have come so far. Three statements, however many units."""
    day, up, found = clock.today(), LinesUp(session), {unit: Duty() for unit in units}
    registered, recognised = set[uuid.UUID](), set[uuid.UUID]()
    query = select(Initiative.unit_id, func.max(case((Initiative.state == "recognised", 1), else_=0)))
    query = query.where(*_registered(activity), Initiative.unit_id.is_not(None))
    for unit, is_recognised in session.execute(query.group_by(Initiative.unit_id)):
        registered.update(up(unit, day))
        recognised.update(up(unit, day) if is_recognised else ())
    for one in session.scalars(_owing(day)):
        for above in up(one, day):
            if above in found:
                found[above] = found[above].and_one(one in registered, one in recognised)
    return found


# --- every member -------------------------------------------------------------------------------------------------


def of_members(session: Session, activity: Activity, cells: Collection[uuid.UUID]) -> dict[uuid.UUID, Duty]:
    """Cell -> how many members belong to it today, and how many of them are authors. Two statements."""
    day = clock.today()
    here = (Membership.unit_id.in_(cells), Membership.kind == PARTY, holds_on(Membership, day))
    members = func.count(func.distinct(Membership.person_id))
    expected = session.execute(select(Membership.unit_id, members).where(*here).group_by(Membership.unit_id))
    found = dict.fromkeys(cells, Duty()) | {cell: Duty(people) for cell, people in expected}
    recognised = case((Initiative.state == "recognised", Membership.person_id))
    query = (
        select(Membership.unit_id, members, func.count(func.distinct(recognised)))
        .join(SubjectLink, SubjectLink.person_id == Membership.person_id)
        .join(Author, Author.subject == SubjectLink.subject)
        .join(Initiative, Initiative.id == Author.initiative_id)
        .where(*here, *_registered(activity), Author.agreed_at.is_not(None), Author.withdrawn_at.is_(None))
    )
    for cell, authors, with_recognised in session.execute(query.group_by(Membership.unit_id)):
        found[cell] = Duty(found[cell].expected, authors, with_recognised)
    return found
