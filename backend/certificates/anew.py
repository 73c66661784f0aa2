"""A paper made a second time: the same award under a new number, the old one taken back.

For a name that was printed wrong, and papers whose key was withdrawn, which nobody believes. A lost one is printed again.
"""

import json
import uuid
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.certificates import accounts, designs, issue
from backend.certificates.batch_models import BatchItem
from backend.certificates.designs import Known
from backend.certificates.errors import (
    CertificateUnknown,
    NameNotPrintable,
    NameOfAnother,
    NameOfChild,
    PaperDoesNotFit,
    PaperTakenBack,
)
from backend.certificates.issue import Owner, Slot, Words
from backend.certificates.looking import NO_FIT, Entry, Trouble, look
from backend.certificates.models import Certificate
from backend.certificates.revoke import revoke
from backend.certificates.rules import is_initials, is_slip
from backend.errors import N_
from backend.people.models import Person, SubjectLink
from backend.people.rules import age_group
from backend.safeguards import keys, signing
from backend.safeguards.audit import Actor, note
from backend.safeguards.keys import KeyUnknown
from backend.safeguards.signing import NodeKey, Signer

MADE_ANEW = N_("Đã cấp lại bằng giấy khác: %(why)s")
"""The page of the old number does not say the new one: whoever found a lost paper holds the old one."""


def anew(
    session: Session, certificate: uuid.UUID, why: str, by: Actor, signer: Signer, public_url: str, name: str = ""
) -> Certificate:  # fmt: skip
    """The paper in place of this one. `why` stands on the page of the old one, for everybody; `name`: as it should have
    been printed, '' where it is right. The printed day stays.

    Whether `by` may do that is the caller's question. Raises CertificateUnknown, PaperTakenBack, NameNotPrintable,
    PaperDoesNotFit, NameOfAnother, NameOfChild, KeyRetired.
    """
    old = _held(session, certificate)
    if name and name != old.statement["name"]:
        check_name(session, old.subject, _first_name(session, old), name)
    words = _printable(session, old, name)
    slot = _slot(session, old, public_url)
    signing.remember(session, signer)
    revoke(session, old, (MADE_ANEW % {"why": why})[:300], by)
    old.replaced_by = slot.number
    session.flush()  # the place of the old one is free before the new one takes it
    made = issue.place(session, words, slot, issue.seal(words, slot, signer), _owner(old), by)
    _into_batch(session, old, made)
    note(session, by, "certificate.anew", "certificate", made.id, unit=made.unit_id, reason=old.number)
    return made


def unbelieved(session: Session, key: str, *, older: bool = False) -> list[tuple[uuid.UUID, str]]:
    """Papers of a withdrawn or replaced key that this node's page believes no more, with their numbers, the oldest first.
    `older`: also those from before, which the page believes and others, who read the published keys alone, do not.
    Raises KeyUnknown.
    """
    known = session.get(NodeKey, key)
    if known is None:
        raise KeyUnknown
    rows = select(Certificate).where(Certificate.key_id == key, Certificate.revoked_at.is_(None))
    found = session.scalars(rows.order_by(Certificate.issued_at, Certificate.id)).all()
    return [(row.id, row.number) for row in found if older or not keys.believed(known, row.issued_at)]


def _held(session: Session, certificate: uuid.UUID) -> Certificate:
    """Its person cannot leave meanwhile, and nobody else takes it back or makes it anew."""
    seen = session.get(Certificate, certificate)
    if seen is None:
        raise CertificateUnknown
    account = accounts.account_of(seen.subject, seen.source_id or seen.id)
    if account and not accounts.held(session, [account]):
        raise CertificateUnknown
    row = session.scalars(
        select(Certificate)
        .where(Certificate.id == certificate)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise CertificateUnknown
    if row.revoked_at is not None:
        raise PaperTakenBack
    return row


def _first_name(session: Session, row: Certificate) -> str:
    """As it was printed first: slip upon slip would lead to anybody."""
    before = session.scalars(select(Certificate).where(Certificate.replaced_by == row.number)).first()
    return _first_name(session, before) if before is not None else str(row.statement["name"])


def check_name(session: Session, subject: uuid.UUID | None, old: str, new: str) -> None:
    """A slip is put right, never a paper given to somebody else; and nobody writes a child's name over the initials.
    Raises NameOfAnother, NameOfChild.
    """
    if new == old:
        return
    link = select(Person.birth_year).join(SubjectLink, SubjectLink.person_id == Person.id)
    year = session.execute(link.where(SubjectLink.subject == subject)).first() if subject else None
    if is_initials(old) or (year and age_group(year[0], clock.today().year) == "minor"):
        raise NameOfChild
    if not is_slip(old, new):
        raise NameOfAnother


def _printable(session: Session, old: Certificate, name: str) -> Words:
    words = words_of(old)
    known = designs.find(session, old.design_id)
    return printable(Entry(old.id, replace(words, name=name or words.name)), known).words


def printable(entry: Entry, known: Known) -> Entry:
    """The entry with its name as it will be printed. Raises NameNotPrintable, PaperDoesNotFit."""
    tried = look([entry], known).tried[entry]
    if isinstance(tried, Trouble):
        raise PaperDoesNotFit if tried.why == NO_FIT and tried.values["field"] != "name" else NameNotPrintable
    return tried


def words_of(row: Certificate) -> Words:
    """What was printed and signed. Papers of the first form say less; what they are all of them are."""
    said: dict[str, Any] = {"heading": "Giấy chứng nhận"} | row.statement
    told = {
        key: said.get(key, "") for key in ("name", "title", "issuer", "deed", "result", "heading", "decision")
    }
    told |= {key: said.get(key, "") for key in ("register", "signer", "signer_title", "place")}
    more = json.loads(row.credential)["credentialSubject"]["achievement"] if row.credential else None
    return Words(
        **told,
        achievement=more["id"].rpartition("/thanh-tich/")[2] if more else str(row.activity_id),
        criteria=more["criteria"]["narrative"] if more else "",
        tier=row.tier,  # type: ignore[arg-type]  # a check on the table keeps it known
        recipient_kind=row.recipient_kind,  # type: ignore[arg-type]  # so does another
        valid_until=row.valid_until,
    )


def _slot(session: Session, old: Certificate, public_url: str) -> Slot:
    (slot,) = issue.slots(session, public_url, 1, clock.now(), date.fromisoformat(old.statement["date"]))
    return slot


def _owner(old: Certificate) -> Owner:
    return Owner(**{field: getattr(old, field) for field in Owner.__dataclass_fields__})


def _into_batch(session: Session, old: Certificate, made: Certificate) -> None:
    """The file for the printer holds the paper that is good."""
    session.execute(
        update(BatchItem)
        .where(BatchItem.certificate_id == old.id)
        .values(certificate_id=made.id)
        .execution_options(synchronize_session=False)
    )
