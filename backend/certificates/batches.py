"""Batches: many certificates made in one step, whatever their source. The worker draws them (see `turn`).

Making a batch fixes everything of every certificate: words, number, ids, place on the status list, moment. What comes
after can be done twice, by two, or again after a crash, and gives the same bytes.
"""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.certificates import accounts, designs, issue
from backend.certificates.batch_models import BatchItem, CertificateBatch
from backend.certificates.errors import (
    BatchEmpty,
    BatchExists,
    BatchIsDone,
    BatchNotStopped,
    BatchUnknown,
    DesignUnknown,
    EntriesRefused,
)
from backend.certificates.issue import Slot, Words
from backend.certificates.looking import Entry, Looked, Trouble, look
from backend.clock import iso
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.errors import N_
from backend.safeguards.audit import Actor, note

__all__ = ["Batch", "Entry", "Looked", "Trouble", "look", "make"]

Batch = CertificateBatch
AT_ONCE = 500
"""Rows of one INSERT."""
HAS_LEFT = N_("người nhận đã rời đi")
WORDS_KEPT = timedelta(days=90)
"""So long the name of a refused item stands on its page, to be put right; then its number and the reason remain."""


def make(
    session: Session,
    source_kind: str,
    source_id: uuid.UUID,
    entries: Sequence[Entry],
    design: uuid.UUID,
    by: Actor,
    *,
    unit: uuid.UUID,
    public_url: str,
    tier: str = "organiser",
    line: str = "state",
    issued_on: date | None = None,
    title: str = "",
    skip_refused: bool = False,
    looked: Looked | None = None,
) -> Batch:
    """The batch of one source, everything of every certificate fixed, in state 'ready': the worker goes on from there.

    `source_kind`: 'decision', 'activity', 'prizes' ...; entries of a decision in the order of its register. `unit`, `tier`,
    `line`: whose certificates they are and what stands behind them; a design of another unit, tier, or for a decision of
    another line, never prints them, so that no organiser's list comes out as a commendation. `issued_on`: the day that is
    printed, today unless said. `skip_refused`: those that cannot be printed become refused items with their reason;
    without it they stop everything. `looked`: what `look` found before this transaction. Raises BatchExists where somebody
    was quicker, EntriesRefused, BatchEmpty, DesignUnknown.
    """
    known = designs.find(session, design)
    if known.tier != tier or known.unit not in (None, unit) or (tier == "formal" and known.line != line):
        raise DesignUnknown
    looked = look(entries, known, looked)
    if not entries:
        raise BatchEmpty
    if looked.refused and not skip_refused:
        raise EntriesRefused(count=len(looked.refused))
    here = accounts.held(session, (one.account for one in entries if one.account))
    made = _found(
        session,
        id=new_id(), unit_id=unit, source_kind=source_kind, source_id=source_id, design_id=known.id, tier=tier, line=line,
        title=title[:300], total=len(entries), issued_on=issued_on or clock.today(), made_by=by.id,
    )  # fmt: skip
    _fill(session, made, entries, looked, here, public_url)
    note(session, by, "batch.make", "certificate_batch", made.id, unit=unit)
    return made


def _found(session: Session, **row: Any) -> Batch:
    """The row of the batch. Raises BatchExists: the constraint lets one in."""
    now = clock.now()
    row |= {"state": "ready", "issued_at": now.replace(microsecond=0), "made_at": now}
    insert = insert_into(session, CertificateBatch).values(row).on_conflict_do_nothing()
    if session.execute(insert.returning(CertificateBatch.__table__.c.id)).first() is None:
        raise BatchExists
    return session.get_one(CertificateBatch, row["id"])


def _fill(
    session: Session,
    made: Batch,
    entries: Sequence[Entry],
    looked: Looked,
    here: set[uuid.UUID],
    public_url: str,
) -> None:
    """A position, a number and a place on the status list for every entry, also for those that are refused. Who has left
    while the names were tried, and so is not among those `here`, is refused without a word of theirs."""
    slots = issue.slots(session, public_url, len(entries), made.issued_at, made.issued_on)
    rows = [
        _row(made, at, _gone(entry) if entry.account and entry.account not in here else looked.tried[entry], slot)
        for at, (entry, slot) in enumerate(zip(entries, slots, strict=True), start=1)
    ]  # fmt: skip
    for start in range(0, len(rows), AT_ONCE):
        session.execute(insert_into(session, BatchItem), rows[start : start + AT_ONCE])


def _gone(entry: Entry) -> Trouble:
    return Trouble(replace(entry, source_id=uuid.uuid4(), subject=None), HAS_LEFT, {})


def _row(made: Batch, at: int, tried: Entry | Trouble, slot: Slot) -> dict[str, Any]:
    trouble = tried.said() if isinstance(tried, Trouble) else None
    entry = tried.entry if isinstance(tried, Trouble) else tried
    words = replace(entry.words, tier=made.tier)  # type: ignore[arg-type]  # a check on both tables keeps it known
    return {
        "batch_id": made.id,
        "position": at,
        "source_id": entry.source_id,
        "recipient_kind": entry.recipient_kind,
        "subject": entry.subject,
        "recipient_unit_id": entry.unit,
        "activity_id": entry.activity,
        "words": {} if trouble == HAS_LEFT else packed(words),
        "number": slot.number,
        "credential_id": slot.credential_id,
        "list_id": slot.list_id,
        "list_number": slot.list_number,
        "list_position": slot.position,
        "state": "refused" if trouble else "waiting",
        "tries": 0,
        "trouble": trouble,
        "done_at": clock.now() if trouble else None,
    }


def packed(words: Words) -> dict[str, Any]:
    """As JSON keeps them."""
    until = words.valid_until
    return asdict(words) | {"valid_until": iso(until) if until else None}


def unpacked(told: dict[str, Any]) -> Words:
    until = told.get("valid_until")
    return Words(**{**told, "valid_until": datetime.fromisoformat(until) if until else None})


# --- what happens to a batch besides being drawn --------------------------------------------------------------------------


def find(session: Session, batch: uuid.UUID) -> Batch:
    """Held, for whoever changes it. Raises BatchUnknown."""
    found = session.scalars(
        select(CertificateBatch).where(CertificateBatch.id == batch).with_for_update()
    ).first()
    if found is None:
        raise BatchUnknown
    return found


def stop(session: Session, batch: uuid.UUID, why: str, by: Actor) -> None:
    """What is being drawn at this moment is not kept; what is done stays. Raises BatchUnknown, BatchIsDone."""
    row = find(session, batch)
    if row.state == "done":
        raise BatchIsDone
    if row.state != "stopped":
        row.state, row.stopped_why = "stopped", why[:300]
        note(session, by, "batch.stop", "certificate_batch", row.id, unit=row.unit_id,
             reason=None if row.line == "party" else why)  # fmt: skip


def go_on(session: Session, batch: uuid.UUID, by: Actor) -> None:
    """Raises BatchUnknown, BatchNotStopped."""
    row = find(session, batch)
    if row.state != "stopped":
        raise BatchNotStopped
    row.state, row.stopped_why = "ready", None
    note(session, by, "batch.go_on", "certificate_batch", row.id, unit=row.unit_id)


def give_up(session: Session, source_kind: str, source_id: uuid.UUID, why: str) -> int:
    """An entry is no longer wanted (its award was revoked, its person has left): what waits is refused, its number stays
    its, and what was refused is not put right any more. What exists already is not touched: revoke it. Answers how many
    items waited."""
    batches = select(CertificateBatch.id).where(CertificateBatch.source_kind == source_kind)
    its = BatchItem.batch_id.in_(batches), BatchItem.source_id == source_id
    # Held whatever their state is: a refused one may be being put right, and then waits.
    held = select(BatchItem).where(*its).with_for_update().execution_options(populate_existing=True)
    rows = list(session.scalars(held))
    waiting = [row for row in rows if row.state == "waiting"]
    for row in waiting:
        row.state, row.trouble, row.done_at = "refused", why[:300], clock.now()
    for row in rows:
        if row.state == "refused":
            row.words = {}
    session.flush()
    return len(waiting)


def erase(session: Session, subject: uuid.UUID) -> None:
    """A person leaves: no word of theirs stays in a batch, and nothing is drawn any more."""
    mine = BatchItem.subject == subject
    session.execute(
        update(BatchItem)
        .where(mine, BatchItem.state == "waiting")
        .values(state="refused", trouble=HAS_LEFT, done_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    for item in session.scalars(select(BatchItem).where(mine).with_for_update()):
        item.words, item.subject, item.source_id, item.certificate_id = {}, None, uuid.uuid4(), None


def forget_refused(session: Session, now: datetime) -> int:
    """Names and words of items that were refused long ago. Answers how many."""
    old = select(BatchItem).where(
        BatchItem.state == "refused", BatchItem.done_at < now - WORDS_KEPT, BatchItem.subject.is_not(None)
    )
    rows = list(session.scalars(old.with_for_update()))
    for row in rows:
        row.words, row.subject = {}, None
    return len(rows)
