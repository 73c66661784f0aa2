"""Papers of the register made anew or put right: what the paper says, the register says too, and nobody does it for oneself."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.certificates import accounts, mending
from backend.certificates.anew import anew
from backend.certificates.batch_models import BatchItem, CertificateBatch
from backend.certificates.models import Certificate
from backend.participation import changes
from backend.safeguards.audit import Actor
from backend.safeguards.signing import Signer
from backend.units.words import fold
from campaigns.award import register
from campaigns.award.errors import OwnAward
from campaigns.award.hands import Hand
from campaigns.award.models import Case, Entry


def again(
    session: Session, row: Certificate, name: str, why: str, by: Hand, signer: Signer, public_url: str
) -> Certificate:
    """The paper in place of this one, whatever it was made from; of an award its line in the register takes the name along.

    Raises OwnAward, NotStanding where the award was revoked, and what `anew` raises.
    """
    _require_stranger(by, row.subject, str(row.statement["name"]))
    line = _line(session, row.source_kind, row.source_id)
    made = anew(session, row.id, why, Actor("staff", by.person), signer, public_url, name)
    _take_along(session, line, str(made.statement["name"]))
    return made


def put_right(session: Session, batch: uuid.UUID, position: int, name: str, why: str, by: Hand) -> BatchItem:
    """A line that could not be printed, with its name put right; in the register too.

    Raises OwnAward, NotStanding, and what `mending.mend` raises.
    """
    item, source = session.get(BatchItem, (batch, position)), session.get(CertificateBatch, batch)
    line = _line(session, source.source_kind, item.source_id) if item and source else None
    if item is not None:
        _require_stranger(by, item.subject, str(item.words.get("name", "")))
    row = mending.mend(session, batch, position, name, why, Actor("staff", by.person))
    _take_along(session, line, str(row.words["name"]))
    return row


def _require_stranger(by: Hand, subject: uuid.UUID | None, name: str) -> None:
    """A name without an account may be the member's own: then somebody else does it. Raises OwnAward."""
    if (subject is not None and subject == by.subject) or fold(name) == fold(by.name):
        raise OwnAward


def _line(session: Session, source_kind: str, source_id: uuid.UUID | None) -> tuple[Entry, Case] | None:
    """The standing line of the register and its case, held; None for what is no award. Its person is held first, as by who leaves."""
    if source_kind != register.SOURCE or source_id is None:
        return None
    subject = session.scalar(select(Entry.subject).where(Entry.id == source_id))
    if subject is not None:
        accounts.held(session, [subject])
    return register.held(session, source_id)


def _take_along(session: Session, line: tuple[Entry, Case] | None, name: str) -> None:
    if line is None:
        return
    entry, case = line
    entry.name = name
    if entry.subject:
        changes.tell(session, "activity", case.activity_id, "changed", entry.subject)
