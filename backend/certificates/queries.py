"""What is asked about certificates: by anybody who holds a number, by the organiser, by the person."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.certificates import proof, slip
from backend.certificates.models import Certificate
from backend.certificates.rules import number_in
from backend.clock import iso
from backend.safeguards import keys, signing
from backend.safeguards.signing import NodeKey

Verdict = Literal[
    "valid", "revoked", "altered", "unknown", "mistyped", "expired", "key_expired", "key_withdrawn"
]


@dataclass(frozen=True)
class Checked:
    """The answer to whoever verifies. `certificate` is None unless the node holds one that its own key vouches for."""

    verdict: Verdict
    number: str
    certificate: Certificate | None = None


def check(session: Session, typed: str, signature: str | None = None) -> Checked:
    """What this node can say of a number somebody typed or scanned; `signature` is what the scanned code carried."""
    number = number_in(typed)
    if number is None:
        return Checked("mistyped", typed)
    found = session.scalars(select(Certificate).where(Certificate.number == number)).first()
    if found is None:
        return Checked("unknown", number)
    key = session.get(NodeKey, found.key_id)
    if key is None or not _stands(found, key):
        return Checked("altered", number)
    if signature is not None and signature not in (found.signature, found.slip_signature):
        return Checked("altered", number, found)
    return Checked(_word(found, key, clock.now()), number, found)


def _stands(row: Certificate, key: NodeKey) -> bool:
    """Whether the row is what its key signed: the statement, and the credential where there is one."""
    public = signing.unpacked(key.public)
    if not signing.verify(public, signing.canonical(row.statement), row.signature):
        return False
    return row.credential is None or _is_signed(row.credential, row.number, public)


def _is_signed(credential: str, number: str, public: bytes) -> bool:
    """Whether it is a credential of this very paper that this key signed."""
    try:
        told = json.loads(credential)
    except ValueError:
        return False
    return proof.holds(told, public) and bool(told["evidence"][0]["name"] == number)


def _word(row: Certificate, key: NodeKey, at: datetime) -> Verdict:
    """The node's own record says when it was issued; whoever steals a key cannot write into it."""
    if row.revoked_at:
        return "revoked"
    if not keys.believed(key, row.issued_at):
        return "key_withdrawn" if key.withdrawn_at else "key_expired"
    return "expired" if row.valid_until and at >= row.valid_until else "valid"


def verify_url(row: Certificate, public_url: str) -> str:
    """What the printed code says: the page's address with a signature, and for a paper with a credential its slip.

    `public_url` is for papers from before there were credentials; the others name their address themselves.
    """
    if row.credential is None:
        return f"{public_url}/xac-minh/{row.number}?s={row.signature}"
    told = json.loads(row.credential)
    entry, method = told["credentialStatus"], told["proof"]["verificationMethod"]
    number = int(entry["statusListCredential"].rpartition("/")[2])
    text = slip.text(row.statement, number, int(entry["statusListIndex"]), method.partition("#")[2])
    return f"{told['evidence'][0]['id']}?s={row.slip_signature}#{slip.packed(text)}"


def of_activity(session: Session, activity: uuid.UUID, subject: uuid.UUID) -> Certificate | None:
    """The certificate a person has for one activity; of one made anew, the newest."""
    query = select(Certificate).where(
        Certificate.activity_id == activity, Certificate.subject == subject, Certificate.replaced_by.is_(None)
    )
    return session.scalars(query).first()


def of_source(session: Session, source_kind: str, source_id: uuid.UUID) -> Certificate | None:
    """The certificate that was made from one thing: an entry of a register, a thank-you."""
    query = select(Certificate).where(
        Certificate.source_kind == source_kind,
        Certificate.source_id == source_id,
        Certificate.replaced_by.is_(None),
    )
    return session.scalars(query).first()


def of_subject(session: Session, subject: uuid.UUID) -> list[Certificate]:
    """Every certificate a person has, the newest first; none in whose place there is another."""
    rows = select(Certificate).where(Certificate.subject == subject, Certificate.replaced_by.is_(None))
    return list(session.scalars(rows.order_by(Certificate.issued_at.desc(), Certificate.id.desc())))


def issued(session: Session, activity: uuid.UUID) -> list[Certificate]:
    """Every certificate of an activity, the newest first: for the organiser who may have to take one back."""
    rows = select(Certificate).where(Certificate.activity_id == activity)
    return list(session.scalars(rows.order_by(Certificate.issued_at.desc(), Certificate.id.desc())))


def held(session: Session, subject: uuid.UUID) -> list[dict[str, Any]]:
    """For the person's own download."""
    rows = session.scalars(
        select(Certificate).where(Certificate.subject == subject).order_by(Certificate.issued_at)
    )
    return [
        {
            "statement": row.statement,
            "signature": row.signature,
            "key_id": row.key_id,
            "credential": json.loads(row.credential) if row.credential else None,
            "issued_at": iso(row.issued_at),
            "revoked_at": iso(row.revoked_at) if row.revoked_at else None,
            "revoked_reason": row.revoked_reason,
        }
        for row in rows
    ]
