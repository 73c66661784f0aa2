"""What a member sees of the own pledge, what the room holds of a person, and forgetting it."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend import clock
from backend.clock import iso, local_day
from backend.media import photos
from backend.people import queries as people
from backend.people import staff
from backend.people.models import Person
from backend.units.queries import named_many
from campaigns.kind import Desk
from campaigns.pledge import rules
from campaigns.pledge import schemas as s
from campaigns.pledge.actions import standing_items
from campaigns.pledge.calendar import dates
from campaigns.pledge.ledger import PARTY
from campaigns.pledge.models import (
    Pledge,
    PledgeClass,
    PledgeEvidence,
    PledgeExemption,
    PledgeFile,
    PledgeItem,
    PledgeReading,
    PledgeReview,
    PledgeSharing,
    PledgeVersion,
    Suggestion,
)
from campaigns.pledge.rating import rating_rules


def _own(desk: Desk) -> Pledge | None:
    query = select(Pledge).where(
        Pledge.activity_id == desk.activity.id, Pledge.subject == desk.participant.subject
    )
    return desk.session.scalars(query).first()


def state(desk: Desk) -> str:
    """The state of the own pledge; 'none' before the first word."""
    pledge = _own(desk)
    return pledge.state if pledge else "none"


def mine(desk: Desk) -> dict[str, Any]:
    """Everything of the own pledge, who opened it too."""
    session, settings = desk.session, desk.settings
    rating, pledge = rating_rules()[settings.rating], _own(desk)
    cell_name, shared = _cell(desk)
    shown = s.MineOut(
        cell=cell_name,
        shared=shared,
        exempt=_exempt(desk),
        dates=dates(desk.activity, settings),
        classes=rating.names(desk.language),
        rating=rating.title.get(desk.language, rating.title["vi"]),
        unconfirmed=rating.unconfirmed,
        pledge=pledge_out(session, pledge) if pledge else None,
    )
    plain: dict[str, Any] = msgspec.to_builtins(shown)
    return plain


def _cell(desk: Desk) -> tuple[str | None, bool]:
    """What the member's present cell is called, and whether it shares deeds in force among its members."""
    cell = people.unit_of(desk.session, desk.participant.person, PARTY, local_day(desk.now))
    if cell is None:
        return None, False
    found = named_many(desk.session, [cell], local_day(desk.now))
    shared = desk.session.get(PledgeSharing, (desk.activity.id, cell, "cell")) is not None
    return found[cell].full_name if cell in found else None, shared


def _exempt(desk: Desk) -> str | None:
    return desk.session.scalar(
        select(PledgeExemption.reason).where(
            PledgeExemption.activity_id == desk.activity.id,
            PledgeExemption.subject == desk.participant.subject,
        )
    )


def pledge_out(session: Session, pledge: Pledge) -> s.PledgeOut:
    items, told = standing_items(session, pledge.id), versions(session, pledge.id)
    handed_in = told[-1].items if told else []
    confirmed = next((one.items for one in told if one.number == pledge.in_force), [])
    now = rules.plain(items)
    return s.PledgeOut(
        id=pledge.id,
        state=pledge.state,
        number=pledge.number,
        in_force=pledge.in_force,
        late=pledge.late,
        unsent=now != handed_in,
        items=[s.ItemOut(**row | {"id": uuid.UUID(row["id"])}, in_force=row in confirmed) for row in now],
        versions=[_version(one) for one in reversed(told)],
        evidence=evidence_of(session, pledge.id),
        reviews=reviews_of(session, pledge.id),
        classes=classes_of(session, pledge.id),
        readings=_readings(session, pledge.id),
    )


def versions(session: Session, pledge: uuid.UUID) -> list[PledgeVersion]:
    """Oldest first."""
    query = select(PledgeVersion).where(PledgeVersion.pledge_id == pledge)
    return list(session.scalars(query.order_by(PledgeVersion.number)))


def _iso(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None


def _version(one: PledgeVersion) -> s.VersionOut:
    return s.VersionOut(
        number=one.number,
        state=one.state,
        submitted_at=iso(one.submitted_at),
        decided_at=_iso(one.decided_at),
        words=one.words,
        items=one.items,
    )


def evidence_of(session: Session, pledge: uuid.UUID) -> list[s.EvidenceOut]:
    rows = session.scalars(
        select(PledgeEvidence)
        .where(PledgeEvidence.pledge_id == pledge, PledgeEvidence.gone.is_(False))
        .order_by(PledgeEvidence.written_at, PledgeEvidence.id)
    ).all()
    named = session.execute(
        select(PledgeFile.evidence_id, PledgeFile.digest).where(
            PledgeFile.evidence_id.in_([row.id for row in rows])
        )
    ).all()
    states = photos.states(session, [digest for _, digest in named])
    papers = photos.papers_among(session, list(states))
    return [_evidence(row, {d: states[d] for owner, d in named if owner == row.id}, papers) for row in rows]


def _evidence(row: PledgeEvidence, named: dict[str, str], papers: set[str]) -> s.EvidenceOut:
    return s.EvidenceOut(
        id=row.id,
        item=row.item_id,
        progress=row.progress,
        words=row.words,
        receipt=row.receipt,
        at=iso(row.written_at),
        photos=named,
        papers=sorted(papers & named.keys()),
    )


def reviews_of(session: Session, pledge: uuid.UUID) -> list[s.ReviewOut]:
    rows = session.scalars(
        select(PledgeReview).where(PledgeReview.pledge_id == pledge).order_by(PledgeReview.moment)
    )
    return [
        s.ReviewOut(
            moment=row.moment,
            outcomes=row.outcomes or {},
            words=row.words,
            own_class=row.own_class,
            cell_words=row.cell_words,
            checked_on=row.checked_on.isoformat() if row.checked_on else None,
        )
        for row in rows
    ]


def classes_of(session: Session, pledge: uuid.UUID) -> list[s.ClassOut]:
    """The newest proposal of the cell and the newest decision of the committee."""
    rows = session.scalars(
        select(PledgeClass).where(PledgeClass.pledge_id == pledge).order_by(PledgeClass.at, PledgeClass.id)
    )
    newest = {row.by: row for row in rows}
    return [_class(newest[by]) for by in ("cell", "committee") if by in newest]


def _class(row: PledgeClass) -> s.ClassOut:
    return s.ClassOut(
        by=row.by,
        chosen=row.chosen,
        document_number=row.document_number,
        document_date=row.document_date.isoformat() if row.document_date else None,
        words=row.words,
    )


def _readings(session: Session, pledge: uuid.UUID, most: int = 100) -> list[s.ReadingOut]:
    rows = session.scalars(
        select(PledgeReading)
        .where(PledgeReading.pledge_id == pledge)
        .order_by(PledgeReading.at.desc(), PledgeReading.id.desc())
        .limit(most)
    ).all()
    names = staff.names_of(session, {row.reader for row in rows}) | _fellows(session, rows)
    units = named_many(session, {row.unit_id for row in rows}, clock.today())
    return [
        s.ReadingOut(
            name=names.get(row.reader, ""),
            role=row.role,
            unit=units[row.unit_id].full_name if row.unit_id in units else "",
            part=row.part,
            at=iso(row.at),
        )
        for row in rows
    ]


def _fellows(session: Session, rows: Iterable[PledgeReading]) -> dict[uuid.UUID, str]:
    """Names of those who read as members of the same cell, by its decision: they are told to whom they read."""
    readers = {row.reader for row in rows if row.role == "cell_member"}
    if not readers:
        return {}
    query = select(Person.id, Person.name).where(Person.id.in_(readers))
    return {row[0]: row[1] for row in session.execute(query)}


def menu(session: Session, campaign: uuid.UUID) -> list[dict[str, Any]]:
    """Suggestions to choose from, in the order of the pack."""
    query = select(Suggestion.told).where(Suggestion.campaign_id == campaign).order_by(Suggestion.position)
    return list(session.scalars(query))


# --- what is held of a person -------------------------------------------------------------------------------------


def named_files(session: Session, digests: Collection[str]) -> set[str]:
    """Those of the digests that standing evidence names; the others serve nobody after a while."""
    query = select(PledgeFile.digest).join(PledgeEvidence, PledgeEvidence.id == PledgeFile.evidence_id)
    return set(session.scalars(query.where(PledgeFile.digest.in_(digests), PledgeEvidence.gone.is_(False))))


def held(session: Session, subject: uuid.UUID) -> list[dict[str, Any]]:
    """Every pledge of a person whole, for the own download."""
    pledges = session.scalars(select(Pledge).where(Pledge.subject == subject).order_by(Pledge.made_at))
    return [msgspec.to_builtins(pledge_out(session, pledge)) for pledge in pledges]


def erase(session: Session, subject: uuid.UUID) -> None:
    """Nothing of a pledge stays behind but what was counted."""
    _delete(session, list(session.scalars(select(Pledge.id).where(Pledge.subject == subject))))
    session.execute(delete(PledgeExemption).where(PledgeExemption.subject == subject))


def forget(session: Session, activity: uuid.UUID) -> None:
    """The time agreed to is over: the pledges of that year go, the facts stay."""
    _delete(session, list(session.scalars(select(Pledge.id).where(Pledge.activity_id == activity))))
    for table in (PledgeExemption, PledgeSharing):
        session.execute(delete(table).where(table.activity_id == activity))


def _delete(session: Session, pledges: Sequence[uuid.UUID]) -> None:
    rows = select(PledgeEvidence.id).where(PledgeEvidence.pledge_id.in_(pledges))
    digests = list(session.scalars(select(PledgeFile.digest).where(PledgeFile.evidence_id.in_(rows))))
    photos.forget(session, digests)
    session.execute(
        delete(PledgeFile)
        .where(PledgeFile.evidence_id.in_(rows))
        .execution_options(synchronize_session=False)
    )
    for table in (PledgeEvidence, PledgeReview, PledgeClass, PledgeReading, PledgeItem, PledgeVersion):
        session.execute(delete(table).where(table.pledge_id.in_(pledges)))
    session.execute(delete(Pledge).where(Pledge.id.in_(pledges)))
