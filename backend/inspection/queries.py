"""Reading inspection files, and the readings made under them."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import among
from backend.errors import NotFound
from backend.inspection import rules
from backend.inspection.errors import NotOpen
from backend.inspection.models import (
    InspectionFile,
    InspectionFinding,
    InspectionMember,
    InspectionReading,
    InspectionScope,
)
from backend.inspection.rules import Cover, Stand
from backend.safeguards.audit import Actor, note

MOST = 200


@dataclass(frozen=True)
class FileLine:
    """A file with where it stands today, the units it covers and who inspects (the first leads)."""

    file: InspectionFile
    stand: Stand
    units: tuple[uuid.UUID, ...]
    team: tuple[uuid.UUID, ...]

    @property
    def names_pledges(self) -> bool:
        return "pledges" in self.file.materials


@dataclass(frozen=True)
class Finding:
    """A finding and the file it stands in."""

    finding: InspectionFinding
    file: InspectionFile

    @property
    def is_overdue(self) -> bool:
        return rules.is_overdue(self.finding.remedy_state, self.finding.remedy_due, clock.today())


def programme(session: Session, bodies: Collection[uuid.UUID]) -> list[FileLine]:
    """The files of these bodies, the newest first."""
    query = select(InspectionFile).where(among(InspectionFile.unit_id, bodies))
    rows = session.scalars(
        query.order_by(InspectionFile.planned_for.desc(), InspectionFile.id.desc()).limit(MOST)
    ).all()
    return _lines(session, rows)


def every(session: Session) -> list[FileLine]:
    """All files of the node, the newest first; who may see which is the door's question."""
    query = select(InspectionFile).order_by(InspectionFile.planned_for.desc(), InspectionFile.id.desc())
    return _lines(session, session.scalars(query.limit(MOST)).all())


def running_for(session: Session, by: Actor) -> list[FileLine]:
    """The files that run today with this person in the team, the one that runs longest first."""
    today = clock.today()
    mine = select(InspectionMember.file_id).where(InspectionMember.person_id == by.id)
    query = select(InspectionFile).where(
        InspectionFile.id.in_(mine), InspectionFile.state == "decided",
        InspectionFile.opens_on <= today, InspectionFile.ends_on >= today,
    )  # fmt: skip
    rows = session.scalars(query.order_by(InspectionFile.ends_on.desc(), InspectionFile.id)).all()
    return _lines(session, rows)


def about(session: Session, units: Collection[uuid.UUID]) -> list[FileLine]:
    """The decided files that cover one of these units: their heads see that they are inspected."""
    ids = select(InspectionScope.file_id).where(among(InspectionScope.unit_id, units))
    query = select(InspectionFile).where(InspectionFile.id.in_(ids), InspectionFile.state != "planned")
    return _lines(session, session.scalars(query.order_by(InspectionFile.opens_on.desc()).limit(MOST)).all())


def file(session: Session, file_id: uuid.UUID) -> FileLine:
    """Raises NotFound."""
    row = session.get(InspectionFile, file_id)
    if row is None:
        raise NotFound
    return _lines(session, [row])[0]


def _lines(session: Session, rows: Collection[InspectionFile]) -> list[FileLine]:
    ids = [row.id for row in rows]
    units: dict[uuid.UUID, list[uuid.UUID]] = {}
    for scope in session.scalars(select(InspectionScope).where(InspectionScope.file_id.in_(ids))):
        units.setdefault(scope.file_id, []).append(scope.unit_id)
    team: dict[uuid.UUID, list[uuid.UUID]] = {}
    query = select(InspectionMember).where(InspectionMember.file_id.in_(ids))
    for member in session.scalars(query.order_by(InspectionMember.part, InspectionMember.person_id)):
        team.setdefault(member.file_id, []).append(member.person_id)
    today = clock.today()
    return [
        FileLine(
            row,
            rules.stand(row.state, row.opens_on, row.ends_on, today),
            tuple(units.get(row.id, ())),
            tuple(team.get(row.id, ())),
        )
        for row in rows
    ]


def cover_of(line: FileLine) -> Cover:
    held = line.file
    return Cover(
        held.state,
        held.opens_on,
        held.ends_on,
        frozenset(held.materials),
        frozenset(line.units),
        frozenset(line.team),
    )


def is_open_for(line: FileLine, by: Actor, unit: uuid.UUID, material: str) -> bool:
    return by.id is not None and rules.opens(cover_of(line), by.id, unit, material, clock.today())


# --- reading under a file ------------------------------------------------------------------------------------------------


def read_under(
    session: Session, line: FileLine, unit: uuid.UUID, material: str, what: str, by: Actor
) -> None:
    """Somebody of the team opens something; written down for the unit's head and on the trail. Raises NotOpen."""
    if not is_open_for(line, by, unit, material):
        raise NotOpen
    session.add(
        InspectionReading(
            file_id=line.file.id,
            unit_id=unit,
            person_id=by.id,
            material=material,
            what=what[:200],
            at=clock.now(),
        )
    )
    deed = f"inspection.read_{material}"
    note(session, by, deed, "unit", unit, unit=unit, reason=line.file.number, is_read=True)


def readings_of_unit(
    session: Session, units: Collection[uuid.UUID]
) -> list[tuple[InspectionReading, InspectionFile]]:
    """What inspectors opened of these units, the newest first."""
    return _readings(session, among(InspectionReading.unit_id, units))


def readings_of_file(session: Session, file_id: uuid.UUID) -> list[tuple[InspectionReading, InspectionFile]]:
    return _readings(session, InspectionReading.file_id == file_id)


def _readings(session: Session, where: object) -> list[tuple[InspectionReading, InspectionFile]]:
    query = select(InspectionReading, InspectionFile).join(
        InspectionFile, InspectionFile.id == InspectionReading.file_id
    )
    rows = session.execute(query.where(where).order_by(InspectionReading.at.desc()).limit(MOST))  # type: ignore[arg-type]
    return [(reading, held) for reading, held in rows]


# --- findings ----------------------------------------------------------------------------------------------------------


def findings_of_file(session: Session, file_id: uuid.UUID) -> list[Finding]:
    return _findings(session, InspectionFinding.file_id == file_id)


def findings_of_units(session: Session, units: Collection[uuid.UUID]) -> list[Finding]:
    """What was found in these units."""
    return _findings(session, among(InspectionFinding.unit_id, units))


def findings_on(
    session: Session, unit: uuid.UUID, subject_kind: str, subject_id: uuid.UUID | str | None = None
) -> list[Finding]:
    """What was found on one figure of a unit, a card, a report, an indicator; or on all of that kind."""
    same = (InspectionFinding.unit_id == unit) & (InspectionFinding.subject_kind == subject_kind)
    if subject_id is not None:
        same &= InspectionFinding.subject_id == str(subject_id)
    return _findings(session, same)


def _findings(session: Session, where: object) -> list[Finding]:
    query = select(InspectionFinding, InspectionFile).join(
        InspectionFile, InspectionFile.id == InspectionFinding.file_id
    )
    rows = session.execute(query.where(where).order_by(InspectionFinding.made_at).limit(MOST))  # type: ignore[arg-type]
    return [Finding(row, held) for row, held in rows]


def published(session: Session) -> list[InspectionFile]:
    """Conclusions everybody may read, the newest first."""
    query = select(InspectionFile).where(InspectionFile.published_at.is_not(None))
    return list(session.scalars(query.order_by(InspectionFile.published_at.desc()).limit(MOST)))
