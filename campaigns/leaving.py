"""A person leaves: every room forgets what it keeps, then the person goes."""

from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from backend.participation.models import Change, Quarantined
from backend.people import leaving
from backend.people.sign_in import Participant
from campaigns.registry import KINDS


def erase(session: Session, who: Participant) -> None:
    """Erase everywhere on this node. Facts stay, under a key that no longer leads to anybody."""
    for kind in KINDS:
        kind.erase(session, who.subject)
    session.execute(delete(Quarantined).where(Quarantined.subject == who.subject))
    session.execute(delete(Change).where(Change.subject == who.subject))
    leaving.erase(session, who.person)


def held(session: Session, who: Participant) -> dict[str, list[dict[str, Any]]]:
    """What the rooms hold of a person, for the person's own download."""
    return {kind.name: kind.held(session, who.subject) for kind in KINDS}
