"""Classes the cells proposed, as the committee sees them: by name, with the deeds only where the cell shares them."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.people.models import Membership, Person, SubjectLink
from backend.units.trees import holds_on
from backend.units.words import sort_key
from campaigns.models import Activity
from campaigns.pledge.ledger import PARTY
from campaigns.pledge.models import Pledge, PledgeClass, PledgeSharing, PledgeVersion


@dataclass(frozen=True)
class Proposal:
    """A class the cell proposed, and the committee's decision once there is one. `items`: None where not shared."""

    pledge: uuid.UUID
    name: str
    cell: uuid.UUID
    number: int
    proposed: PledgeClass
    decided: PledgeClass | None
    items: list[dict[str, Any]] | None

    @property
    def stand(self) -> str:
        """What a decision is made from: it is refused once the cell or the committee has said something else."""
        return class_stand(self.proposed, self.decided)


def class_stand(proposed: PledgeClass | None, decided: PledgeClass | None) -> str:
    return ".".join(str(row.id) if row else "" for row in (proposed, decided))


def proposals(session: Session, activity: Activity, cells: Collection[uuid.UUID]) -> list[Proposal]:
    """Proposals of the cells about their members of today, by name. Four statements, however many."""
    day = clock.today()
    rows = session.execute(
        select(Pledge, Person.name, Membership.unit_id)
        .join(SubjectLink, SubjectLink.subject == Pledge.subject)
        .join(Person, Person.id == SubjectLink.person_id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Pledge.activity_id == activity.id,
            Pledge.state.in_(("cell_assessed", "closed")),
            Membership.unit_id.in_(cells),
            Membership.kind == PARTY,
            holds_on(Membership, day),
        )
    ).all()
    rows = sorted(rows, key=lambda row: (sort_key(row[1]), row[0].id))
    classes = newest_classes(session, [row[0].id for row in rows])
    shown = _shared_items(session, activity, [row[0].id for row in rows])
    shares = _sharing_cells(session, activity)
    return [
        Proposal(
            pledge.id, name, cell, pledge.number, classes[pledge.id, "cell"],
            classes.get((pledge.id, "committee")), shown.get(pledge.id) if cell in shares else None,
        )
        for pledge, name, cell in rows
        if (pledge.id, "cell") in classes
    ]  # fmt: skip


def newest_classes(
    session: Session, pledges: Sequence[uuid.UUID]
) -> dict[tuple[uuid.UUID, str], PledgeClass]:
    """(pledge, cell | committee) -> what was said last."""
    rows = session.scalars(
        select(PledgeClass).where(PledgeClass.pledge_id.in_(pledges)).order_by(PledgeClass.at, PledgeClass.id)
    )
    return {(row.pledge_id, row.by): row for row in rows}


def _shared_items(
    session: Session, activity: Activity, pledges: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """The deeds in force; whether the cell shares them is asked by the caller."""
    rows = session.execute(
        select(PledgeVersion.pledge_id, PledgeVersion.items)
        .join(Pledge, (Pledge.id == PledgeVersion.pledge_id) & (Pledge.in_force == PledgeVersion.number))
        .where(Pledge.activity_id == activity.id, Pledge.id.in_(pledges))
    )
    return {row[0]: row[1] for row in rows}


def _sharing_cells(session: Session, activity: Activity) -> set[uuid.UUID]:
    query = select(PledgeSharing.cell_id).where(
        PledgeSharing.activity_id == activity.id, PledgeSharing.audience == "committee"
    )
    return set(session.scalars(query))
