"""What is printed as QR codes: a household's card, and the code at the hamlet house that changes every week.

A phone without a signal reads the id out of either; only the node can tell whether its own seal is on it.
"""

import hmac
import uuid
from datetime import date, timedelta

from sqlalchemy.orm import Session

from backend.people.keys import Seal
from backend.teams.households import resolve
from backend.teams.models import Household
from backend.teams.queries import HouseholdView
from backend.teams.rules import week_of

HOUSEHOLD, HOUSE = "LTH1", "LTN1"
SEALED = 24
"""96 bits in hex: nobody guesses them, and the printed code stays coarse enough for an old phone's camera."""
WEEK = timedelta(days=7)


def household_card(seal: Seal, household: Household | HouseholdView) -> str:
    """'LTH1.<id>.<card>.<seal>'"""
    return _written(seal, HOUSEHOLD, str(household.id), str(household.card))


def read_card(session: Session, seal: Seal, text: str) -> uuid.UUID | None:
    """The household of a card of ours, or the one it was merged into. None for a card that was replaced, too."""
    parts = _read(seal, HOUSEHOLD, text)
    household = session.get(Household, parts[0]) if parts else None
    if household is None or parts is None or str(household.card) != parts[1]:
        return None
    return resolve(session, household.id)


def house_code(seal: Seal, hamlet: uuid.UUID, week: str) -> str:
    """'LTN1.<hamlet>.<2026-W47>.<seal>', for the wall of the hamlet house; `week` as `rules.week_of` writes it."""
    return _written(seal, HOUSE, str(hamlet), week)


def read_house_code(seal: Seal, text: str, day: date) -> uuid.UUID | None:
    """The hamlet of a code that hung there on that day: of its week, or of the week before for who was slow to change
    it."""
    parts = _read(seal, HOUSE, text)
    if parts is None or parts[1] not in (week_of(day), week_of(day - WEEK)):
        return None
    return parts[0]


def _written(seal: Seal, *parts: str) -> str:
    return ".".join((*parts, seal.keyed_hash("card", *parts)[:SEALED]))


def _read(seal: Seal, sort: str, text: str) -> tuple[uuid.UUID, str] | None:
    """(id, number or week) of a text sealed by this node."""
    parts = text.strip().split(".")
    if len(parts) != 4 or parts[0] != sort:
        return None
    if not hmac.compare_digest(_written(seal, *parts[:3]).encode(), text.strip().encode()):
        return None
    return uuid.UUID(parts[1]), parts[2]
