"""Phones by the id they made for themselves: where a person signed in, and what becomes of a phone that was lost.

A lost phone is told so with its next call, whatever it asks for, and wipes itself; nothing it holds is taken any more,
not even carried here by somebody else's phone.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import insert_into
from backend.errors import NotFound
from backend.people import keys
from backend.people.errors import DeviceLost
from backend.people.models import LostDevice, Person, SignInSession, SubjectLink
from backend.people.sign_in import Participant


@dataclass(frozen=True)
class Device:
    """A phone a person signed in on. `wiped_at`: when it called after it was lost, and was told to wipe itself."""

    id: uuid.UUID
    since: datetime
    lost_at: datetime | None
    wiped_at: datetime | None


def of_person(session: Session, person: uuid.UUID) -> list[Device]:
    """The person's phones, the one signed in last in front."""
    return of_people(session, [person]).get(person, [])


def of_people(session: Session, people: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Device]]:
    """The same for each of these people who has one."""
    newest = func.max(SignInSession.made_at)
    phone = (SignInSession.person_id, SignInSession.device_id, LostDevice.reported_at, LostDevice.wiped_at)
    rows = session.execute(
        select(*phone, newest)
        .outerjoin(LostDevice, _SAME)
        .where(SignInSession.person_id.in_(people), SignInSession.device_id.is_not(None))
        .group_by(*phone)
        .order_by(newest.desc())
    )
    found: dict[uuid.UUID, list[Device]] = {}
    for person, device, lost, wiped, since in rows:
        if device:
            found.setdefault(person, []).append(Device(device, since, lost, wiped))
    return found


def report_lost(session: Session, person: uuid.UUID, device: uuid.UUID) -> None:
    """From now on the phone is turned away and wipes itself. Saying so twice is harmless.

    Raises NotFound when this person never signed in on it: nobody loses other people's phones.
    """
    own = (SignInSession.person_id == person, SignInSession.device_id == device)
    if session.scalars(select(SignInSession.id).where(*own).limit(1)).first() is None:
        raise NotFound
    now = clock.now()
    lost = insert_into(session, LostDevice).values(device_id=device, person_id=person, reported_at=now)
    session.execute(lost.on_conflict_do_nothing())
    session.execute(
        update(SignInSession).where(*own, SignInSession.revoked_at.is_(None)).values(revoked_at=now)
    )


def check_not_lost(session: Session, person: uuid.UUID, device: uuid.UUID) -> None:
    """Raises DeviceLost: whoever has the phone, and the PIN with it, does not sign in on what it holds."""
    if session.get(LostDevice, (device, person)) is not None:
        raise DeviceLost


def lost_with(session: Session, token: str) -> LostDevice | None:
    """The lost phone this token was given to. Asked only about a token that opens nothing."""
    query = select(LostDevice).join(SignInSession, _SAME)
    return session.scalars(query.where(SignInSession.token_hash == keys.token_hash(token))).first()


def note_wiped(session: Session, lost: LostDevice) -> None:
    """It has called and was told to wipe itself."""
    mine = (LostDevice.device_id == lost.device_id, LostDevice.person_id == lost.person_id)
    session.execute(
        update(LostDevice).where(*mine, LostDevice.wiped_at.is_(None)).values(wiped_at=clock.now())
    )


def carried_for(session: Session, sign_in_session: uuid.UUID) -> Participant | None:
    """In whose name deeds are taken that somebody else's phone brings.

    None once that sign-in was ended or the phone lost. One that ran out is good still: the file may have been days
    on its way, and its seal has proved who made it.
    """
    lost = exists().where(_SAME)
    row = session.execute(
        select(
            Person.id,
            SubjectLink.subject,
            SignInSession.device_id,
            SignInSession.id,
            Person.name,
            Person.birth_year,
        )
        .join(SignInSession, SignInSession.person_id == Person.id)
        .join(SubjectLink, SubjectLink.person_id == Person.id)
        .where(SignInSession.id == sign_in_session, SignInSession.revoked_at.is_(None), ~lost)
    ).first()
    return Participant(*row) if row else None


_SAME = (LostDevice.device_id == SignInSession.device_id) & (LostDevice.person_id == SignInSession.person_id)
