"""Making one certificate: sealed from its words and its slot without a database, then placed.

Everything that could differ between two tries is in the slot: number, ids, place in the list, moment. Ed25519 gives the
same signature for the same bytes, so sealing twice gives the same certificate; whoever is stopped half-way just begins again.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.certificates import credential, did, proof, slip, status
from backend.certificates.did import Identity
from backend.certificates.models import Certificate
from backend.certificates.rules import new_number
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.safeguards import signing
from backend.safeguards.audit import Actor, note
from backend.safeguards.signing import Signer

Tier = Literal["thanks", "organiser", "formal"]
RecipientKind = Literal["person", "unit", "firm"]
FORM = "lantoa.certificate/2"
"""The statement; those of form 1 have no tier and no office's books, all else is the same."""


@dataclass(frozen=True)
class Words:
    """Everything that is printed and signed, in Vietnamese.

    `heading`: what the paper is ('Giấy chứng nhận', 'Giấy khen'). `achievement`: its code in ASCII, small letters, digits
    and hyphens. `criteria`: what had to be done. `decision`, `register`: whole phrases as printed ('Quyết định số
    15/QĐ-UBND ngày 20/11/2026', 'Vào sổ số 7'), empty where no decision stands behind it.
    """

    name: str
    title: str
    issuer: str
    achievement: str
    deed: str = ""
    result: str = ""
    criteria: str = ""
    heading: str = "Giấy chứng nhận"
    tier: Tier = "organiser"
    recipient_kind: RecipientKind = "person"
    decision: str = ""
    register: str = ""
    signer: str = ""
    signer_title: str = ""
    place: str = ""
    valid_until: datetime | None = None


@dataclass(frozen=True)
class Slot:
    """What is fixed before anything is signed. `issued_on`: the day that is printed, as it is in Việt Nam."""

    number: str
    credential_id: uuid.UUID
    list_id: uuid.UUID
    list_number: int
    position: int
    issued_at: datetime
    issued_on: date
    identity: Identity


@dataclass(frozen=True)
class Sealed:
    """`statement` and `credential` as they are kept; `slip` and `slip_signature` make up `verify_url`, the printed code."""

    statement: dict[str, Any]
    signature: str
    key_id: str
    credential: str
    slip: str
    slip_signature: str
    verify_url: str


@dataclass(frozen=True)
class Owner:
    """Whose it is and what it was made from. `unit_id` issues it; a person is a `subject`, a unit `recipient_unit_id`."""

    unit_id: uuid.UUID
    activity_id: uuid.UUID | None = None
    subject: uuid.UUID | None = None
    recipient_unit_id: uuid.UUID | None = None
    source_kind: str = "asked"
    source_id: uuid.UUID | None = None
    design_id: uuid.UUID | None = None


def slots(
    session: Session, public_url: str, count: int, issued_at: datetime, issued_on: date
) -> Sequence[Slot]:
    """As many new slots: places in the list are taken, whether used or not. `issued_at` loses its split seconds, which no
    credential has."""
    who = did.identity(session, public_url)
    at = issued_at.replace(microsecond=0)
    return [
        Slot(new_number(), uuid.uuid4(), one.list_id, one.list_number, one.position, at, issued_on, who)
        for one in status.take(session, count, issued_at)
    ]


def seal(words: Words, slot: Slot, signer: Signer) -> Sealed:
    """Statement, credential and slip, signed. Pure: the same words, slot and key always give the same bytes."""
    said = statement(words, slot)
    by = did.method(slot.identity.did, signer.key_id)
    signed = proof.sign(credential.document(words, slot), signer, by, slot.issued_at)
    told = slip.text(said, slot.list_number, slot.position, did.key_name(signer.key_id))
    mark, packed = signer.sign(told.encode()), slip.packed(told)
    return Sealed(
        statement=said,
        signature=signer.sign(signing.canonical(said)),
        key_id=signer.key_id,
        credential=credential.to_text(signed),
        slip=packed,
        slip_signature=mark,
        verify_url=f"{slot.identity.public_url}/xac-minh/{slot.number}?s={mark}#{packed}",
    )


def statement(words: Words, slot: Slot) -> dict[str, Any]:
    """What is signed beside the credential: every printed word, and nothing that is not printed."""
    always = {
        "form": FORM,
        "number": slot.number,
        "name": words.name,
        "deed": words.deed,
        "title": words.title,
        "result": words.result,
        "issuer": words.issuer,
        "date": slot.issued_on.isoformat(),
        "heading": words.heading,
        "tier": words.tier,
        "recipient": words.recipient_kind,
    }
    where_told = {
        "decision": words.decision,
        "register": words.register,
        "signer": words.signer,
        "signer_title": words.signer_title,
        "place": words.place,
    }
    return always | {name: value for name, value in where_told.items() if value}


def place(session: Session, words: Words, slot: Slot, sealed: Sealed, owner: Owner, by: Actor) -> Certificate:
    """The certificate's row. Where the same person and activity, or the same source, has one already, that one.

    Whoever sealed it calls `signing.remember` before, in the same transaction, so that no retired key gets through.
    """
    row = {
        "id": new_id(),
        "number": slot.number,
        "tier": words.tier,
        "recipient_kind": words.recipient_kind,
        "statement": sealed.statement,
        "signature": sealed.signature,
        "key_id": sealed.key_id,
        "credential": sealed.credential,
        "credential_id": slot.credential_id,
        "slip_signature": sealed.slip_signature,
        "list_id": slot.list_id,
        "position": slot.position,
        "issued_at": slot.issued_at,
        "valid_until": words.valid_until,
    } | {name: getattr(owner, name) for name in Owner.__dataclass_fields__}
    session.execute(insert_into(session, Certificate).values(row).on_conflict_do_nothing())
    there = session.scalars(select(Certificate).where(_the_same(slot, owner))).one()
    if there.number == slot.number:
        note(session, by, "certificate.issue", "certificate", there.id, unit=there.unit_id)
    return there


def _the_same(slot: Slot, owner: Owner) -> Any:
    stands = Certificate.replaced_by.is_(None)
    if owner.source_id is not None:
        return (
            stands
            & (Certificate.source_kind == owner.source_kind)
            & (Certificate.source_id == owner.source_id)
        )
    if owner.activity_id is not None and owner.subject is not None:
        return (
            stands & (Certificate.activity_id == owner.activity_id) & (Certificate.subject == owner.subject)
        )
    return Certificate.number == slot.number
