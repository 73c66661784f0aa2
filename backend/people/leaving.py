"""Leave and erase: the facts keep, the person goes (Law 91/2025/QH15 art. 4; a fact knows only a random key)."""

import uuid
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.people.models import (
    Consent,
    Membership,
    Person,
    Phone,
    RoleGrant,
    SignInSession,
    StaffLogin,
    SubjectLink,
)


def erase(session: Session, person_id: uuid.UUID) -> None:
    """Delete everything that says who this was. The phone number goes with the last person on it."""
    person = session.get_one(Person, person_id)
    phone = person.phone_id
    for table in (SubjectLink, Consent, Membership, SignInSession, RoleGrant, StaffLogin):
        session.execute(delete(table).where(table.person_id == person_id))
    session.delete(person)
    session.flush()  # the next question is whether anybody is left on the phone
    if phone and session.scalars(select(Person.id).where(Person.phone_id == phone)).first() is None:
        session.execute(delete(Phone).where(Phone.id == phone))


def idle_since(session: Session, moment: datetime) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Citizens (person, subject) who joined before `moment` and have not signed in since; staff are not meant."""
    awake = select(SignInSession.person_id).where(SignInSession.expires_at > moment)
    rows = session.execute(
        select(Person.id, SubjectLink.subject)
        .join(SubjectLink, SubjectLink.person_id == Person.id)
        .where(
            Person.joined_at < moment,
            Person.id.not_in(awake),
            Person.id.not_in(select(StaffLogin.person_id)),
        )
    )
    return [(person, subject) for person, subject in rows]
