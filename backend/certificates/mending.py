"""A name of a batch that could not be printed, put right: its line keeps number and place and waits to be drawn again."""

import uuid
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.certificates import accounts, batches, designs
from backend.certificates.anew import check_name, printable
from backend.certificates.batch_models import BatchItem
from backend.certificates.errors import NameIsChosen, NothingToMend
from backend.certificates.looking import Entry
from backend.safeguards.audit import Actor, note


def mend(session: Session, batch: uuid.UUID, position: int, name: str, why: str, by: Actor) -> BatchItem:
    """The line of the batch with this name on it. A line of somebody's own asking is mended by that person, on the phone.

    Raises BatchUnknown, NothingToMend, NameIsChosen, NameNotPrintable, PaperDoesNotFit, NameOfAnother, NameOfChild.
    """
    _check_here(session, batch, position)
    held = batches.find(session, batch)
    row = _line(session, batch, position)
    if row.activity_id is not None:
        raise NameIsChosen
    check_name(session, row.subject, str(row.words["name"]), name)
    entry = Entry(row.source_id, replace(batches.unpacked(row.words), name=name))
    row.words = batches.packed(printable(entry, designs.find(session, held.design_id)).words)
    row.state, row.trouble, row.tries, row.done_at = "waiting", None, 0, None
    if held.state == "done":
        held.state = "ready"
    note(session, by, "batch.mend", "certificate_batch", batch, unit=held.unit_id,
         reason=None if held.line == "party" else why)  # fmt: skip
    return row


def _check_here(session: Session, batch: uuid.UUID, position: int) -> None:
    """Its person is here and cannot leave meanwhile; asked before anything else is held."""
    seen = session.get(BatchItem, (batch, position))
    account = accounts.account_of(seen.subject, seen.source_id) if seen else None
    if account and not accounts.held(session, [account]):
        raise NothingToMend


def _line(session: Session, batch: uuid.UUID, position: int) -> BatchItem:
    query = select(BatchItem).where(BatchItem.batch_id == batch, BatchItem.position == position)
    row = session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()
    if row is None or row.state != "refused" or not row.words:
        raise NothingToMend
    return row
