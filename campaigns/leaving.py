"""A person leaves, or the time agreed to is over: every room forgets what it keeps, then the person goes."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.certificates import batches
from backend.certificates import queries as certificates
from backend.certificates import revoke as taking_back
from backend.media import photos
from backend.participation.models import Change, Operation, Quarantined
from backend.people import consents, leaving
from backend.people.sign_in import Participant
from backend.safeguards.audit import WORKER, note
from backend.teams.change import let_go
from campaigns.models import Activity
from campaigns.registry import KINDS, kind_named


def erase(session: Session, who: Participant) -> None:
    """Erase everywhere on this node. Facts stay, under a key that no longer leads to anybody."""
    _erase(session, who.person, who.subject)


def _erase(session: Session, person: uuid.UUID, subject: uuid.UUID) -> None:
    """Held first: a paper that is being made for them is there before it is looked for, or is not made at all."""
    leaving.hold(session, person)
    for kind in KINDS:
        kind.erase(session, subject)
    batches.erase(session, subject)
    taking_back.erase(session, subject)
    photos.erase(session, subject)
    session.execute(delete(Quarantined).where(Quarantined.subject == subject))
    session.execute(delete(Change).where(Change.subject == subject))
    session.execute(update(Operation).where(Operation.subject == subject).values(body=None))
    let_go(session, person)
    leaving.erase(session, person)


def forget_unnamed_photos(session: Session, keeping: photos.Keeping) -> int:
    """Whole photos that no room's record names, and no deed that waits. Answers how many went."""

    def named(digests: Collection[str]) -> set[str]:
        return {digest for kind in KINDS for digest in kind.names_photos(session, digests)}

    return photos.forget_unnamed(session, keeping, named)


def held(session: Session, who: Participant) -> dict[str, list[dict[str, Any]]]:
    """What the rooms hold of a person, for the person's own download."""
    rooms = {kind.name: kind.held(session, who.subject) for kind in KINDS}
    sent = [{"sha256": digest, "bytes": size} for digest, size in photos.held(session, who.subject)]
    return rooms | {"certificates": certificates.held(session, who.subject), "photos": sent}


def _kept(purpose: str) -> timedelta:
    """How long the text that was agreed to promises to keep things."""
    return timedelta(days=consents.texts()[purpose].retention_days)


def forget_what_is_over(session: Session, now: datetime) -> int:
    """Keep what the consent texts promise: papers go a set time after their activity closed, and so does a person who
    has not signed in since. Answers how many persons went (Law 91/2025/QH15 art. 3.3: as long as the purpose needs).
    """
    for activity in session.scalars(select(Activity).where(Activity.state == "settled")):
        if activity.closes_at < now - _kept(kind_named(activity.kind).entry.consent):
            kind_named(activity.kind).forget(session, activity.id)
    batches.forget_refused(session, now)
    idle = leaving.idle_since(session, now - _kept("contest_entry"))
    for person, subject in idle:
        _erase(session, person, subject)
    if idle:
        note(session, WORKER, "person.forget", "person", reason=str(len(idle)))
    return len(idle)
