"""What a Party member does with the own pledge: write items, hand it in, add evidence, look back."""

import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from backend.db.statements import insert_into
from backend.participation.deeds import Answer, Deed, FactLine, counted, noted, refused
from backend.participation.models import Operation
from campaigns.kind import Desk
from campaigns.pledge import ledger, rules
from campaigns.pledge.calendar import register_until
from campaigns.pledge.measures import REGISTERED, REVIEWED
from campaigns.pledge.models import (
    Pledge,
    PledgeEvidence,
    PledgeExemption,
    PledgeFile,
    PledgeItem,
    PledgeReview,
    PledgeVersion,
)
from campaigns.pledge.rating import rating_rules
from campaigns.pledge.schemas import EvidenceIn, ItemIn, ItemsIn, ReviewIn, StandOut


def own(desk: Desk, subject: uuid.UUID) -> Pledge | None:
    """The member's pledge of the year, held until the transaction ends."""
    query = select(Pledge).where(Pledge.activity_id == desk.activity.id, Pledge.subject == subject)
    return desk.session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()


def _begun(desk: Desk, deed: Deed) -> Pledge:
    """The pledge, begun with this deed where there was none: two phones begin one and the same."""
    fresh = {
        "id": uuid.uuid5(desk.activity.id, str(deed.subject)),
        "activity_id": desk.activity.id,
        "subject": deed.subject,
        "state": "draft",
        "number": 0,
        "late": False,
        "made_at": deed.happened_at,
        "changed_at": deed.received_at,
    }
    made = insert_into(desk.session, Pledge).values(**fresh).on_conflict_do_nothing()
    desk.session.execute(made)
    pledge = own(desk, deed.subject)
    assert pledge is not None  # noqa: S101 - made above, or by the phone that was quicker
    return pledge


def _told(pledge: Pledge) -> dict[str, Any]:
    return msgspec.structs.asdict(StandOut(pledge.id, pledge.state, pledge.number, pledge.late))


def again(desk: Desk, deed: Deed) -> dict[str, Any] | None:
    """The answer to a deed offered again: where the pledge stands now."""
    pledge = own(desk, deed.subject)
    return _told(pledge) if pledge else None


def _not_open(desk: Desk, deed: Deed) -> str | None:
    if desk.activity.state == "scheduled":
        return "not_open_yet"
    return "closed" if deed.happened_at >= desk.activity.closes_at else None


# --- items --------------------------------------------------------------------------------------------------------


def items(desk: Desk, deed: Deed) -> Answer:
    """Write deeds of the working copy, or take them out again."""
    body: ItemsIn = deed.body
    if reason := _not_open(desk, deed):
        return refused(reason)
    pledge = _begun(desk, deed)
    if pledge.state not in rules.MAY_WRITE:
        return refused("pledge_decided")
    held = _held(desk.session, [item.id for item in body.items])
    if any(row.pledge_id != pledge.id for row in held.values()):
        return refused("item_taken")
    for item in body.items:
        _write(desk.session, pledge, deed, item, held.get(item.id))
    pledge.changed_at = deed.received_at
    return noted(_told(pledge))


def _held(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, PledgeItem]:
    rows = session.scalars(select(PledgeItem).where(PledgeItem.id.in_(ids)))
    return {row.id: row for row in rows}


def _write(session: Session, pledge: Pledge, deed: Deed, item: ItemIn, row: PledgeItem | None) -> None:
    if row is None:
        row = PledgeItem(id=item.id, pledge_id=pledge.id)
        session.add(row)
    elif not rules.newer(deed.happened_at, deed.id, (row.written_at, row.operation_id)):
        return
    row.theme, row.what, row.measure, row.due = item.theme, item.what.strip(), item.measure.strip(), item.due
    row.menu, row.gone = item.menu, item.gone
    row.written_at, row.operation_id = deed.happened_at, deed.id


def standing_items(session: Session, pledge: uuid.UUID) -> list[PledgeItem]:
    """The working copy, in the order its deeds fall due."""
    rows = session.scalars(
        select(PledgeItem).where(PledgeItem.pledge_id == pledge, PledgeItem.gone.is_(False))
    )
    return sorted(rows, key=lambda row: (row.due is None, str(row.due), str(row.id)))


def submit(desk: Desk, deed: Deed) -> Answer:
    """Hand the working copy to the cell. Counted the first time, in the cell where membership is held that day."""
    if reason := _not_open(desk, deed):
        return refused(reason)
    pledge = own(desk, deed.subject)
    if pledge is None:
        return refused("no_item")
    if pledge.state not in rules.MAY_WRITE:
        return refused("pledge_decided")
    if _exempt(desk, deed.subject):
        return refused("member_exempt")
    desk.session.flush()  # items of the same batch
    listed = standing_items(desk.session, pledge.id)
    shapes = [rules.Deed(item.theme, item.measure, item.due) for item in listed]
    settings = desk.settings
    if reason := rules.why_not_hand_in(
        shapes, digital_required=settings.digital_required, most=settings.most_items
    ):
        return refused(reason)
    _hand_in(desk, deed, pledge, listed)
    line = FactLine(REGISTERED, ledger.scope(desk.activity))
    return counted(line, result=_told(pledge))


def _exempt(desk: Desk, subject: uuid.UUID) -> bool:
    query = select(PledgeExemption.id).where(
        PledgeExemption.activity_id == desk.activity.id, PledgeExemption.subject == subject
    )
    return desk.session.scalar(query) is not None


def _hand_in(desk: Desk, deed: Deed, pledge: Pledge, listed: Sequence[PledgeItem]) -> None:
    before = desk.session.get(PledgeVersion, (pledge.id, pledge.number)) if pledge.number else None
    if before is not None and before.state == "submitted":
        before.state = "superseded"
    pledge.number += 1
    pledge.state = rules.after_handing_in(pledge.state)
    pledge.changed_at = deed.received_at
    if pledge.submitted_at is None:
        pledge.submitted_at = deed.happened_at
        pledge.late = deed.happened_at >= register_until(desk.activity, desk.settings)
        pledge.cell_id = ledger.cell_on(desk, deed)
    version = PledgeVersion(
        pledge_id=pledge.id, number=pledge.number, items=rules.plain(listed), submitted_at=deed.happened_at
    )
    desk.session.add(version)
    desk.session.flush()


# --- evidence -----------------------------------------------------------------------------------------------------


def evidence(desk: Desk, deed: Deed) -> Answer:
    """Words, photos or a receipt that show how far a deed is."""
    body: EvidenceIn = deed.body
    if reason := _not_open(desk, deed):
        return refused(reason)
    pledge = own(desk, deed.subject)
    if pledge is None:
        return refused("pledge_unknown")
    if pledge.state in ("cell_assessed", "closed"):
        return refused("pledge_decided")
    item = desk.session.get(PledgeItem, body.item)
    if item is None or item.pledge_id != pledge.id:
        return refused("item_unknown")
    if body.receipt and not _own_receipt(desk.session, body.receipt, deed.subject):
        return refused("receipt_unknown")
    return _take_evidence(desk.session, pledge, deed)


def _own_receipt(session: Session, receipt: str, subject: uuid.UUID) -> bool:
    query = select(Operation.id).where(
        Operation.receipt == receipt.strip().upper(),
        Operation.subject == subject,
        Operation.outcome != "refused",
    )
    return session.scalar(query) is not None


def _take_evidence(session: Session, pledge: Pledge, deed: Deed) -> Answer:
    body: EvidenceIn = deed.body
    row = session.get(PledgeEvidence, body.evidence)
    if row is not None and row.pledge_id != pledge.id:
        return refused("item_taken")
    if row is not None and not rules.newer(deed.happened_at, deed.id, (row.written_at, row.operation_id)):
        return noted(_told(pledge))
    if row is None:
        row = PledgeEvidence(id=body.evidence, pledge_id=pledge.id)
        session.add(row)
    row.item_id, row.progress, row.words, row.gone = body.item, body.progress, body.words, body.gone
    row.receipt = body.receipt.strip().upper() if body.receipt else None
    row.written_at, row.operation_id = deed.happened_at, deed.id
    session.flush()
    _name_photos(session, row.id, [] if body.gone else body.photos)
    return noted(_told(pledge))


def _name_photos(session: Session, row: uuid.UUID, photos: Sequence[str]) -> None:
    session.execute(delete(PledgeFile).where(PledgeFile.evidence_id == row))
    named = [{"evidence_id": row, "digest": digest} for digest in dict.fromkeys(photos)]
    if named:
        session.execute(insert(PledgeFile), named)


# --- looking back -------------------------------------------------------------------------------------------------


def review(desk: Desk, deed: Deed) -> Answer:
    """How the member sees the own half year or year. The year's review is counted and closes the writing."""
    body: ReviewIn = deed.body
    if reason := _not_open(desk, deed):
        return refused(reason)
    pledge = own(desk, deed.subject)
    if pledge is None:
        return refused("pledge_unknown")
    if pledge.state not in (*rules.UNDER_WAY, "self_assessed"):
        return refused("pledge_decided" if pledge.state in rules.IN_FORCE else "not_in_force")
    if body.own_class and body.own_class not in rating_rules()[desk.settings.rating].names("vi"):
        return refused("class_unknown")
    known = set(desk.session.scalars(select(PledgeItem.id).where(PledgeItem.pledge_id == pledge.id)))
    if any(one.item not in known for one in body.items):
        return refused("item_unknown")
    _take_review(desk.session, pledge, deed)
    if body.moment == "midyear":
        return noted(_told(pledge))
    pledge.state = "self_assessed"
    return counted(FactLine(REVIEWED, ledger.scope(desk.activity)), result=_told(pledge))


def _take_review(session: Session, pledge: Pledge, deed: Deed) -> None:
    body: ReviewIn = deed.body
    row = session.get(PledgeReview, (pledge.id, body.moment))
    if row is None:
        row = PledgeReview(pledge_id=pledge.id, moment=body.moment)
        session.add(row)
    elif row.written_at and deed.happened_at < row.written_at:
        return
    row.outcomes = {str(one.item): {"outcome": one.outcome, "words": one.words} for one in body.items}
    row.words, row.own_class = body.words, body.own_class if body.moment == "year_end" else None
    row.written_at = deed.happened_at
    pledge.changed_at = deed.received_at
