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
from backend.units.trees import holds_on
from backend.units.words import sort_key
from campaigns.models import Activity, Campaign
from campaigns.pledge.ledger import PARTY
from campaigns.pledge.models import (
    Pledge,
    PledgeExemption,
    PledgeReading,
    PledgeSharing,
    PledgeVersion,
)
from campaigns.pledge.rules import FEW, IN_FORCE

HANDED_IN = ("submitted", "returned", *IN_FORCE)


@dataclass(frozen=True)
class MemberLine:
    """A member who has handed in a pledge. `waits`: a version the cell has not answered."""

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
        return self.expected < FEW


@dataclass(frozen=True)
class Due:
    """A deed of a pledge in force (version `number`) that falls due in a stretch of time."""

    name: str
    pledge: uuid.UUID
    number: int
    what: str
    measure: str
    due: date


def years(session: Session) -> list[tuple[Activity, Campaign]]:
    """Every year of pledges that was released, the newest first."""
    rows = session.execute(
        select(Activity, Campaign)
        .join(Campaign, Campaign.id == Activity.campaign_id)
        .where(Activity.kind == "pledge", Campaign.state != "draft")
        .order_by(Activity.opens_at.desc(), Activity.id)
    )
    return [(row[0], row[1]) for row in rows]


def name_of(session: Session, subject: uuid.UUID) -> str:
    """The member's name; '' once nobody stands behind the key."""
    query = select(Person.name).join(SubjectLink, SubjectLink.person_id == Person.id)
    return session.scalar(query.where(SubjectLink.subject == subject)) or ""


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
    found = [_line(row, who[row.subject], row.id in waiting and row.state != "closed") for row in rows]
    return sorted(found, key=lambda one: (not one.waits, sort_key(one.name), one.pledge))


def _waiting(session: Session, pledges: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    query = select(PledgeVersion.pledge_id).where(
        PledgeVersion.pledge_id.in_(pledges), PledgeVersion.state == "submitted"
    )
    return set(session.scalars(query))


def waiting_in(session: Session, activity: Activity, cells: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Cell -> how many versions of its members wait for an answer."""
    rows = session.execute(
        select(Membership.unit_id, func.count())
        .join(SubjectLink, SubjectLink.person_id == Membership.person_id)
        .join(Pledge, (Pledge.subject == SubjectLink.subject) & (Pledge.activity_id == activity.id))
        .join(
            PledgeVersion,
            (PledgeVersion.pledge_id == Pledge.id) & (PledgeVersion.state == "submitted"),
        )
        .where(
            Membership.unit_id.in_(cells), Membership.kind == PARTY, holds_on(Membership, clock.today()),
            Pledge.state.in_(HANDED_IN), Pledge.state != "closed",
        )
        .group_by(Membership.unit_id)
    )  # fmt: skip
    return {row[0]: row[1] for row in rows}


def opened_by(session: Session, person: uuid.UUID, lines: Iterable[MemberLine]) -> set[uuid.UUID]:
    """Those of the pledges whose newest version this person has opened as the cell's secretary."""
    numbers = {one.pledge: one.number for one in lines}
    rows = session.execute(
        select(PledgeReading.pledge_id, PledgeReading.version).where(
            PledgeReading.pledge_id.in_(numbers),
            PledgeReading.reader == person,
            PledgeReading.part == "body",
            PledgeReading.role == "cell_secretary",
        )
    )
    return {pledge for pledge, version in rows if version == numbers[pledge]}


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
    return sorted(((row, who.get(row.subject, "")) for row in rows), key=lambda pair: sort_key(pair[1]))


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
        select(Pledge.subject, Pledge.id, PledgeVersion.number, PledgeVersion.items)
        .join(
            PledgeVersion,
            (PledgeVersion.pledge_id == Pledge.id) & (PledgeVersion.number == Pledge.in_force),
        )
        .where(Pledge.activity_id == activity.id, Pledge.subject.in_(who), Pledge.state != "closed")
    )
    found = [
        Due(who[subject], pledge, number, item["what"], item["measure"], date.fromisoformat(item["due"]))
        for subject, pledge, number, items in rows
        for item in items
        if item["due"] and since <= date.fromisoformat(item["due"]) <= until
    ]
    return sorted(found, key=lambda one: (one.due, sort_key(one.name), one.what))


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
