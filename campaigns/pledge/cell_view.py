"""A cell's year at a glance: who has registered, what waits for the cell, what is due. And counts for those above.

Nobody is listed for what they did not do: of those who have not registered there is only a number.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.people.models import Membership, Person, SubjectLink
from backend.tallies.disclosure import K
from backend.units.trees import holds_on
from campaigns.models import Activity
from campaigns.pledge.ledger import PARTY
from campaigns.pledge.models import Pledge, PledgeExemption, PledgeSharing, PledgeVersion
from campaigns.pledge.rules import IN_FORCE

HANDED_IN = ("submitted", "returned", *IN_FORCE)


@dataclass(frozen=True)
class MemberLine:
    """A member who has handed in a pledge. `waits`: a version the cell has not answered; `opened`: by this reader."""

    pledge: uuid.UUID
    subject: uuid.UUID
    name: str
    state: str
    late: bool
    number: int
    waits: bool
    submitted_on: date


@dataclass(frozen=True)
class Coverage:
    """Counts of a cell. `expected`: members today without those exempt."""

    expected: int = 0
    registered: int = 0
    confirmed: int = 0
    midyear: int = 0
    assessed: int = 0
    exempt: int = 0

    @property
    def is_small(self) -> bool:
        return self.expected < K


@dataclass(frozen=True)
class Due:
    """A deed of a pledge in force that falls due in a stretch of time."""

    name: str
    pledge: uuid.UUID
    what: str
    measure: str
    due: date


def members(session: Session, cell: uuid.UUID, day: date) -> dict[uuid.UUID, str]:
    """Random key -> name of everybody who belongs to the cell on that day."""
    rows = session.execute(
        select(SubjectLink.subject, Person.name)
        .join(Membership, Membership.person_id == SubjectLink.person_id)
        .join(Person, Person.id == SubjectLink.person_id)
        .where(Membership.unit_id == cell, Membership.kind == PARTY, holds_on(Membership, day))
    )
    return {row[0]: row[1] for row in rows}


def lines(session: Session, activity: Activity, cell: uuid.UUID) -> list[MemberLine]:
    """Those of the cell's members who have registered: what waits for the cell first, then by name."""
    who = members(session, cell, clock.today())
    rows = session.scalars(
        select(Pledge).where(
            Pledge.activity_id == activity.id, Pledge.subject.in_(who), Pledge.state.in_(HANDED_IN)
        )
    ).all()
    waiting = _waiting(session, [row.id for row in rows])
    found = [_line(row, who[row.subject], row.id in waiting) for row in rows]
    return sorted(found, key=lambda one: (not one.waits, one.name, one.pledge))


def _waiting(session: Session, pledges: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    query = select(PledgeVersion.pledge_id).where(
        PledgeVersion.pledge_id.in_(pledges), PledgeVersion.state == "submitted"
    )
    return set(session.scalars(query))


def _line(row: Pledge, name: str, waits: bool) -> MemberLine:
    on = clock.local_day(row.submitted_at or row.made_at)
    return MemberLine(row.id, row.subject, name, row.state, row.late, row.number, waits, on)


def exemptions(session: Session, activity: Activity, cell: uuid.UUID) -> list[tuple[PledgeExemption, str]]:
    """Who is exempt this year in this cell, with the name; the cell decided it, so the cell sees it."""
    who = members(session, cell, clock.today())
    rows = session.scalars(
        select(PledgeExemption).where(
            PledgeExemption.activity_id == activity.id, PledgeExemption.cell_id == cell
        )
    )
    return sorted(((row, who.get(row.subject, "")) for row in rows), key=lambda pair: pair[1])


def sharing(session: Session, activity: Activity, cell: uuid.UUID) -> list[PledgeSharing]:
    return list(
        session.scalars(
            select(PledgeSharing).where(
                PledgeSharing.activity_id == activity.id, PledgeSharing.cell_id == cell
            )
        )
    )


def due_between(session: Session, activity: Activity, cell: uuid.UUID, since: date, until: date) -> list[Due]:
    """Deeds of versions in force that fall due from one day to another, both included."""
    who = members(session, cell, clock.today())
    rows = session.execute(
        select(Pledge.subject, Pledge.id, PledgeVersion.items)
        .join(
            PledgeVersion,
            (PledgeVersion.pledge_id == Pledge.id) & (PledgeVersion.number == Pledge.in_force),
        )
        .where(Pledge.activity_id == activity.id, Pledge.subject.in_(who), Pledge.state != "closed")
    )
    found = [
        Due(who[subject], pledge, item["what"], item["measure"], date.fromisoformat(item["due"]))
        for subject, pledge, items in rows
        for item in items
        if item["due"] and since <= date.fromisoformat(item["due"]) <= until
    ]
    return sorted(found, key=lambda one: (one.due, one.name, one.what))


def coverage(session: Session, activity: Activity, cells: Collection[uuid.UUID]) -> dict[uuid.UUID, Coverage]:
    """Counts per cell, by where members belong today. Two statements, however many cells."""
    day, found = clock.today(), {cell: Coverage() for cell in cells}
    counted = _counted(session, activity, cells, day)
    for cell, rows in counted.items():
        found[cell] = _coverage(rows)
    return found


Row = tuple[str | None, int | None, str | None]
"""(state of the pledge, version in force, exempt because)"""


def _counted(
    session: Session, activity: Activity, cells: Collection[uuid.UUID], day: date
) -> dict[uuid.UUID, list[tuple[Row, int]]]:
    columns = (Membership.unit_id, Pledge.state, Pledge.in_force.is_not(None), PledgeExemption.reason)
    rows = session.execute(
        select(*columns, func.count(func.distinct(SubjectLink.subject)))
        .join(SubjectLink, SubjectLink.person_id == Membership.person_id)
        .outerjoin(Pledge, (Pledge.subject == SubjectLink.subject) & (Pledge.activity_id == activity.id))
        .outerjoin(
            PledgeExemption,
            (PledgeExemption.subject == SubjectLink.subject) & (PledgeExemption.activity_id == activity.id),
        )
        .where(Membership.unit_id.in_(cells), Membership.kind == PARTY, holds_on(Membership, day))
        .group_by(*columns)
    )
    found: dict[uuid.UUID, list[tuple[Row, int]]] = {}
    for cell, state, in_force, reason, people in rows:
        found.setdefault(cell, []).append(((state, in_force, reason), people))
    return found


def _coverage(rows: Iterable[tuple[Row, int]]) -> Coverage:
    counts = dict.fromkeys(("expected", "registered", "confirmed", "midyear", "assessed", "exempt"), 0)
    for (state, in_force, reason), people in rows:
        if reason is not None:
            counts["exempt"] += people
            continue
        counts["expected"] += people
        counts["registered"] += people * (state in HANDED_IN)
        counts["confirmed"] += people * bool(in_force)
        counts["midyear"] += people * (state in IN_FORCE[1:])
        counts["assessed"] += people * (state == "closed")
    return Coverage(**counts)
