"""Taking a certificate back, and forgetting it with its person."""

import uuid

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend import clock
from backend.certificates import status
from backend.certificates.errors import CertificateUnknown
from backend.certificates.models import Certificate
from backend.certificates.queries import of_activity
from backend.participation import changes
from backend.safeguards.audit import Actor, note


def revoke(session: Session, certificate: Certificate | str, why: str, by: Actor) -> Certificate:
    """Take one back, by its row or its number: from now on whoever verifies it reads when and why, and the list of
    revocations says so to those who cannot ask. Twice is harmless; the first reason stays. The number of one that was made
    anew takes back the paper in its place.

    Whether `by` may do that is the caller's question. Raises CertificateUnknown.
    """
    same = (
        Certificate.number == certificate
        if isinstance(certificate, str)
        else Certificate.id == certificate.id
    )
    # Read again under the lock: it may have been made anew since the caller saw it.
    held = select(Certificate).where(same).with_for_update().execution_options(populate_existing=True)
    found = session.scalars(held).first()
    if found is None:
        raise CertificateUnknown
    if found.replaced_by is not None:
        return revoke(session, found.replaced_by, why, by)
    _revoke(session, found, why, by)
    return found


def revoke_of(session: Session, activity: uuid.UUID, subject: uuid.UUID, why: str, by: Actor) -> bool:
    """The same where a result is no longer recognised: call it with the removal. False where there is none."""
    found = of_activity(session, activity, subject)
    if found is not None:
        revoke(session, found, why, by)
    return found is not None


def _revoke(session: Session, row: Certificate, why: str, by: Actor) -> None:
    if row.revoked_at is not None:
        return
    row.revoked_at, row.revoked_reason = clock.now(), why
    if row.list_id is not None and row.position is not None:
        status.mark(session, row.list_id, row.position, row.revoked_at)
    note(session, by, "certificate.revoke", "certificate", row.id, unit=row.unit_id)
    if row.activity_id is not None and row.subject is not None:
        changes.tell(session, "activity", row.activity_id, "changed", row.subject)


def erase(session: Session, subject: uuid.UUID) -> None:
    """The certificates go with the person: their numbers lead nowhere from then on. What the lists say of their places
    stays, and names nobody: a revoked paper does not become good again because its person left."""
    session.execute(delete(Certificate).where(Certificate.subject == subject))
