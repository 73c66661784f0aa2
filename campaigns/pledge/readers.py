"""Who opens a pledge, and the trace it leaves: for the trail, and for the member to see."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.errors import NotFound
from backend.people import queries as people
from backend.people.models import SubjectLink
from backend.safeguards.audit import Actor, note
from campaigns.pledge import queries, rules
from campaigns.pledge import schemas as s
from campaigns.pledge.ledger import PARTY
from campaigns.pledge.models import Pledge, PledgeReading, PledgeSharing
from campaigns.pledge.rules import Part, ReaderKind

ROLES = {"secretary": "cell_secretary", "committee": "party_committee", "inspection": "inspector"}


@dataclass(frozen=True)
class Reader:
    """A staff member in the office they act in: `kind` and the `unit` the office is of (the cell; the organisation).

    Or a member of the same cell (`cell_member`) on the own phone.
    `paper`: the number of the inspection file that opens the pledge to them.
    """

    person: uuid.UUID
    kind: ReaderKind
    unit: uuid.UUID
    paper: str = ""

    @property
    def role(self) -> str:
        return ROLES.get(self.kind, self.kind)

    @property
    def actor(self) -> Actor:
        return Actor("person" if self.kind == "cell_member" else "staff", self.person)


@dataclass(frozen=True)
class Opened:
    """A pledge as this reader may see it; what is not theirs is not there. `cell`: the member's present one."""

    pledge: Pledge
    subject: uuid.UUID
    cell: uuid.UUID | None
    parts: frozenset[Part]
    told: s.PledgeOut

    def may(self, part: Part) -> bool:
        return part in self.parts


def present_cell(session: Session, subject: uuid.UUID) -> uuid.UUID | None:
    """Where whoever stands behind the key is a member today; None after they left."""
    person = session.scalar(select(SubjectLink.person_id).where(SubjectLink.subject == subject))
    return people.unit_of(session, person, PARTY, clock.today()) if person else None


def open_pledge(
    session: Session, pledge_id: uuid.UUID, reader: Reader, cells: set[uuid.UUID], part: str = "body"
) -> Opened:
    """Open it for a reader whose office reaches these cells; noted on the trail and shown to the member.

    Raises NotFound for what the reader may not see: that it exists is nobody else's business either.
    """
    pledge = session.get(Pledge, pledge_id)
    cell = present_cell(session, pledge.subject) if pledge else None
    if pledge is None or cell is None or cell not in cells:
        raise NotFound
    parts = rules.may_read(reader.kind, pledge.state, shared_with=shared_with(session, pledge, cell))
    if not parts:
        raise NotFound
    _trace(session, pledge, reader, cell, part)
    return Opened(
        pledge, pledge.subject, cell, parts, _only(queries.pledge_out(session, pledge), parts, reader)
    )


def shared_with(session: Session, pledge: Pledge, cell: uuid.UUID) -> set[str]:
    query = select(PledgeSharing.audience).where(
        PledgeSharing.activity_id == pledge.activity_id, PledgeSharing.cell_id == cell
    )
    return set(session.scalars(query))


def _trace(session: Session, pledge: Pledge, reader: Reader, cell: uuid.UUID, part: str) -> None:
    session.add(
        PledgeReading(
            pledge_id=pledge.id, version=pledge.number or None, reader=reader.person, role=reader.role,
            unit_id=reader.unit, part=part, at=clock.now(),
        )
    )  # fmt: skip
    why = f"{part} · {reader.paper}" if reader.paper else part
    note(session, reader.actor, "pledge.read", "pledge", pledge.id, unit=cell, reason=why, is_read=True)


def trace_listed(
    session: Session, reader: Reader, listed: Mapping[uuid.UUID, int | None], part: str, unit: uuid.UUID
) -> None:
    """Lines out of many pledges (pledge -> version) stood on one sheet: one entry on the trail, and for each member one
    line a day and reader, however often the sheet was opened. `part`: due | class | body | export | list.
    """
    note(session, reader.actor, f"pledge.read_{part}", "unit", unit, unit=unit, is_read=True)
    known = set(
        session.scalars(
            select(PledgeReading.pledge_id).where(
                PledgeReading.pledge_id.in_(listed),
                PledgeReading.reader == reader.person,
                PledgeReading.role == reader.role,
                PledgeReading.part == part,
                PledgeReading.at >= datetime.combine(clock.today(), time(), clock.VIETNAM),
            )
        )
    )
    rows = [
        {"id": new_id(), "pledge_id": pledge, "version": number, "reader": reader.person, "role": reader.role,
         "unit_id": reader.unit, "part": part, "at": clock.now()}
        for pledge, number in listed.items() if pledge not in known
    ]  # fmt: skip
    if rows:
        session.execute(insert(PledgeReading), rows)


def _only(told: s.PledgeOut, parts: frozenset[Part], reader: Reader) -> s.PledgeOut:
    """Never the member's unsent working copy: what is shown was handed in, or is in force where only that is shared."""
    shown: dict[str, Any] = {"readings": [], "unsent": False, "items": _items(told, reader)}
    if "items" not in parts:
        shown |= {"items": []}
    if "versions" not in parts:
        shown |= {"versions": []}
    handed_in = {row["id"] for one in told.versions for row in one.items}
    seen = [one for one in told.evidence if str(one.item) in handed_in] if "evidence" in parts else []
    shown["evidence"] = seen
    if "comments" not in parts:
        shown |= {"reviews": []}
    if "class" not in parts:
        shown |= {"classes": []}
    kept = {name: getattr(told, name) for name in told.__struct_fields__}
    return s.PledgeOut(**kept | shown)


def _items(told: s.PledgeOut, reader: Reader) -> list[s.ItemOut]:
    wanted = told.number if reader.kind in ("secretary", "inspection") else told.in_force
    version = next((one for one in told.versions if one.number == wanted), None)
    confirmed = next((one.items for one in told.versions if one.number == told.in_force), [])
    rows = version.items if version else []
    return [s.ItemOut(**row | {"id": uuid.UUID(row["id"])}, in_force=row in confirmed) for row in rows]
