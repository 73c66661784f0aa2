"""Leave and erase: the facts keep, the person goes (Law 91/2025/QH15 art. 4; a fact knows only a random key)."""

import uuid
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.errors import NotSignedIn
from backend.people.models import (
    Consent,
    LostDevice,
    Membership,
    Person,
    Phone,
    RoleGrant,
    SignInSession,
    StaffLogin,
    SubjectLink,
)


def hold(session: Session, person_id: uuid.UUID) -> None:
    """Before anything of theirs is deleted: deeds still coming in end first, and later ones find nobody.

    Raises NotSignedIn when the person is gone already.
    """
    link = select(SubjectLink.subject).where(SubjectLink.person_id == person_id).with_for_update()
    if session.scalars(link).first() is None:
        raise NotSignedIn


def erase(session: Session, person_id: uuid.UUID) -> None:
    """Delete everything that says who this was. The phone number goes with the last person on it."""
    hold(session, person_id)
    person = session.get_one(Person, person_id)
    phone = person.phone_id
    # Held, so that the last two on a phone, leaving at once, do not each take the other for staying.
    session.execute(select(Phone.id).where(Phone.id == phone).with_for_update())
    for table in (SubjectLink, Consent, Membership, SignInSession, LostDevice, RoleGrant, StaffLogin):
        session.execute(delete(table).where(table.person_id == person_id))
    session.delete(person)
    session.flush()  # the next question is whether anybody is left on the phone
    if phone and session.scalars(select(Person.id).where(Person.phone_id == phone)).first() is None:
        session.execute(delete(Phone).where(Phone.id == phone))


def idle_since(session: Session, moment: datetime) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Citizens (person, subject) who joined before `moment` and have not signed in since, each held; staff are not meant."""
    awake = select(SignInSession.person_id).where(SignInSession.expires_at > moment)
    rows = session.execute(
        select(Person.id, SubjectLink.subject)
        .join(SubjectLink, SubjectLink.person_id == Person.id)
        .where(
            Person.joined_at < moment,
            Person.id.not_in(awake),
            Person.id.not_in(select(StaffLogin.person_id)),
        )
        .with_for_update(of=SubjectLink, skip_locked=True)  # who is busy is not idle
    )
    return [(person, subject) for person, subject in rows]
