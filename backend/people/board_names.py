"""The name a person chooses to bear on boards. Nobody appears unasked: the name and the agreement come and go together."""

import uuid

from sqlalchemy.orm import Session

from backend.people import consents, rules
from backend.people.models import Consent, Person


def choose(session: Session, person: uuid.UUID, name: str, version: int) -> Consent:
    """Agree to the text of that version and be called `name`; asked again, the name changes.

    Raises BoardNameInvalid, BoardNameNotForMinors, ConsentTextUnknown.
    """
    shown = rules.board_name(name)
    given = consents.give(session, person, consents.BOARD_NAME, version)
    session.get_one(Person, person).board_name = shown
    return given


def drop(session: Session, person: uuid.UUID) -> None:
    """No longer on any board by name, from the next reading on. Harmless for who never was."""
    consents.withdraw_purpose(session, person, consents.BOARD_NAME)
