"""What a cell decided to share among its own members: deeds in force, read on the phone, each reading told to the member.

Never evidence, comments or a class. Whose deeds are not in force is on no list, and nobody's deeds stay on a reader's phone.
"""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from backend.clock import local_day
from backend.errors import NotFound
from backend.people import queries as people
from backend.units.queries import named
from backend.units.words import sort_key
from campaigns.kind import Desk
from campaigns.pledge import cell_view, rules
from campaigns.pledge.errors import CellSharesNothing
from campaigns.pledge.ledger import PARTY
from campaigns.pledge.models import Pledge, PledgeSharing, PledgeVersion
from campaigns.pledge.readers import Reader, open_pledge, trace_listed
from campaigns.pledge.schemas import ItemOut


@dataclass(frozen=True)
class Fellow:
    """Another member of the cell with how many deeds in force."""

    pledge: uuid.UUID
    name: str
    deeds: int


@dataclass(frozen=True)
class Fellows:
    """`decided_on`: when the cell decided to share."""

    cell: str
    decided_on: date
    fellows: list[Fellow]


@dataclass(frozen=True)
class Deeds:
    name: str
    items: list[ItemOut]


def fellows(desk: Desk) -> Fellows:
    """Those of the own cell who have deeds in force, by name. Raises CellSharesNothing."""
    cell, sharing = _shared(desk)
    day = local_day(desk.now)
    who = cell_view.members(desk.session, cell, day)
    rows = desk.session.execute(
        select(Pledge.id, Pledge.subject, Pledge.number, PledgeVersion.items)
        .join(
            PledgeVersion,
            (PledgeVersion.pledge_id == Pledge.id) & (PledgeVersion.number == Pledge.in_force),
        )
        .where(
            Pledge.activity_id == desk.activity.id, Pledge.subject.in_(who), Pledge.state.in_(rules.IN_FORCE),
            Pledge.subject != desk.participant.subject,
        )
    ).all()  # fmt: skip
    trace_listed(desk.session, _reader(desk, cell), {row[0]: row[2] for row in rows}, "list", cell)
    found = [Fellow(pledge, who[subject], len(items)) for pledge, subject, _, items in rows]
    found.sort(key=lambda one: (sort_key(one.name), one.pledge))
    return Fellows(named(desk.session, cell, day).full_name, sharing.decided_on, found)


def deeds(desk: Desk, pledge_id: uuid.UUID) -> Deeds:
    """The deeds in force of another member of the own cell. Raises CellSharesNothing, NotFound."""
    cell, _ = _shared(desk)
    pledge = desk.session.get(Pledge, pledge_id)
    if pledge is None or pledge.activity_id != desk.activity.id or pledge.subject == desk.participant.subject:
        raise NotFound
    one = open_pledge(desk.session, pledge_id, _reader(desk, cell), {cell})
    return Deeds(cell_view.name_of(desk.session, one.subject), one.told.items)


def _shared(desk: Desk) -> tuple[uuid.UUID, PledgeSharing]:
    cell = people.unit_of(desk.session, desk.participant.person, PARTY, local_day(desk.now))
    sharing = desk.session.get(PledgeSharing, (desk.activity.id, cell, "cell")) if cell else None
    if cell is None or sharing is None:
        raise CellSharesNothing
    return cell, sharing


def _reader(desk: Desk, cell: uuid.UUID) -> Reader:
    return Reader(desk.participant.person, "cell_member", cell)
