"""Proving a phone number, choosing a person on it, and the sessions that follow."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.errors import NotSignedIn
from backend.people import keys
from backend.people.errors import (
    CodeExpired,
    PersonTaken,
    PersonThere,
    PersonUnknown,
    PhoneFull,
    TooManyTries,
    WrongCode,
    WrongPin,
)
from backend.people.identity import CodeSender
from backend.people.models import (
    LostDevice,
    Membership,
    Person,
    Phone,
    SignInCode,
    SignInSession,
    SubjectLink,
)
from backend.people.rules import normal_phone
from backend.safeguards.limits import count_try

CODE_LIFE = timedelta(minutes=5)
SESSION_LIFE = timedelta(days=90)
MAX_WRONG = 5
LOCK = timedelta(minutes=15)
PERSONS_PER_PHONE = 8
"""A family of three generations fits; somebody filling a contest with invented people from one number does not."""


@dataclass(frozen=True)
class Participant:
    """A signed-in person as the ledger needs to know them: read in one query, carried through the request."""

    person: uuid.UUID
    subject: uuid.UUID
    device: uuid.UUID | None
    session: uuid.UUID | None
    name: str
    birth_year: int | None


def send_code(session: Session, seal: keys.Seal, sender: CodeSender, phone: str) -> str | None:
    """Send a fresh code; older ones stop working. Answers what may be shown on the screen (demo) or None."""
    number = normal_phone(phone)
    whose = seal.keyed_hash("phone", number)
    count_try(session, seal.keyed_hash("codes", number), limit=8, window_s=3600)
    now = clock.now()
    session.execute(
        update(SignInCode)
        .where(SignInCode.phone_hash == whose, SignInCode.used_at.is_(None))
        .values(used_at=now)
    )
    code = keys.new_code()
    hashed = seal.keyed_hash("code", number, code)
    session.add(SignInCode(phone_hash=whose, code_hash=hashed, made_at=now, expires_at=now + CODE_LIFE))
    return sender.send(number, code)


def prove(session: Session, seal: keys.Seal, phone: str, code: str) -> str:
    """The phone's number in its normal form once the code is right. Nothing is kept of it yet.

    Raises WrongCode (counted), TooManyTries after five wrong ones, CodeExpired.
    """
    number = normal_phone(phone)
    waiting = _waiting_code(session, seal.keyed_hash("phone", number))
    if waiting.wrong_tries >= MAX_WRONG:
        raise TooManyTries(retry_after_s=_seconds_until(waiting.expires_at))
    if seal.keyed_hash("code", number, code.strip()) != waiting.code_hash:
        waiting.wrong_tries += 1
        if waiting.wrong_tries >= MAX_WRONG:
            raise TooManyTries(retry_after_s=_seconds_until(waiting.expires_at))
        raise WrongCode(tries_left=MAX_WRONG - waiting.wrong_tries)
    waiting.used_at = clock.now()
    return number


def _waiting_code(session: Session, whose: str) -> SignInCode:
    newest = session.scalars(
        select(SignInCode)
        .where(SignInCode.phone_hash == whose, SignInCode.used_at.is_(None))
        .order_by(SignInCode.made_at.desc())
        .limit(1)
        .with_for_update()
    ).first()
    if newest is None or newest.expires_at < clock.now():
        raise CodeExpired
    return newest


def _hold_phone(session: Session, number: str) -> uuid.UUID:
    """The number's row, made if need be and held, so that joining and leaving on one phone go one after another."""
    made = insert_into(session, Phone).values(id=new_id(), number=number)
    held = made.on_conflict_do_update(index_elements=["number"], set_={"number": number})
    return cast(uuid.UUID, session.execute(held.returning(Phone.id)).scalar_one())


def persons_on(session: Session, number: str) -> list[Person]:
    """Whoever of the family already takes part on this phone."""
    return list(
        session.scalars(
            select(Person)
            .join(Phone, Phone.id == Person.phone_id)
            .where(Phone.number == number)
            .order_by(Person.joined_at)
        )
    )


def join(
    session: Session,
    number: str,
    *,
    name: str,
    birth_year: int,
    pin_hash: str,
    hamlet: uuid.UUID,
    person_id: uuid.UUID | None = None,
) -> Person:
    """A new person on a proved phone number, living in `hamlet` from today. `person_id` is made by the phone.

    Raises PersonThere when that person is on this phone already, PersonTaken when on another, PhoneFull.
    """
    phone, key = _hold_phone(session, number), person_id or new_id()
    _check_room(session, phone, key)
    person = Person(
        id=key, name=name, birth_year=birth_year, phone_id=phone, pin_hash=pin_hash, joined_at=clock.now()
    )
    session.add(person)
    session.flush()  # the rows below need it
    session.add(SubjectLink(subject=uuid.uuid4(), person_id=key))
    session.add(Membership(person_id=key, unit_id=hamlet, kind="lives_in", valid_from=clock.today()))
    return person


def _check_room(session: Session, phone: uuid.UUID, key: uuid.UUID) -> None:
    there = session.get(Person, key)
    if there is not None:
        raise PersonThere if there.phone_id == phone else PersonTaken
    count = session.scalar(select(func.count()).select_from(Person).where(Person.phone_id == phone)) or 0
    if count >= PERSONS_PER_PHONE:
        raise PhoneFull(most=PERSONS_PER_PHONE)


def pin_hash_on(session: Session, number: str, person_id: uuid.UUID) -> str | None:
    """What to compare a PIN with. Raises PersonUnknown when nobody of that id is on the phone, TooManyTries."""
    on_phone = select(Person).join(Phone, Phone.id == Person.phone_id).where(Phone.number == number)
    person = session.scalars(on_phone.where(Person.id == person_id)).first()
    if person is None:
        raise PersonUnknown
    return pin_hash_of(person)


def pin_hash_of(person: Person) -> str | None:
    """What to compare a PIN with. Raises TooManyTries while locked: nothing is compared then."""
    _check_unlocked(person)
    return person.pin_hash


def enter(session: Session, number: str, person_id: uuid.UUID, pin: keys.Compared) -> Person:
    """The person on that phone whose PIN fits. Raises PersonUnknown, WrongPin (counted), TooManyTries."""
    person = session.scalars(
        select(Person)
        .join(Phone, Phone.id == Person.phone_id)
        .where(Person.id == person_id, Phone.number == number)
        .with_for_update(of=Person)
    ).first()
    if person is None:
        raise PersonUnknown
    _count(person, pin)
    return person


def check_pin(session: Session, person_id: uuid.UUID, pin: keys.Compared) -> None:
    """Raises WrongPin (counted) or TooManyTries while locked."""
    _count(session.get_one(Person, person_id, with_for_update=True), pin)


def _check_unlocked(person: Person) -> None:
    if person.locked_until and person.locked_until > clock.now():
        raise TooManyTries(retry_after_s=_seconds_until(person.locked_until))


def _count(person: Person, pin: keys.Compared) -> None:
    """Count the try on a held row: tries that race are counted one after another."""
    _check_unlocked(person)
    if pin.fits and pin.hashed == person.pin_hash:
        person.wrong_pins, person.locked_until = 0, None
        return
    person.wrong_pins += 1
    if person.wrong_pins >= MAX_WRONG:
        person.wrong_pins, person.locked_until = 0, clock.now() + LOCK
        raise TooManyTries(retry_after_s=_seconds_until(person.locked_until))
    raise WrongPin(tries_left=MAX_WRONG - person.wrong_pins)


def hold_subject(session: Session, subject: uuid.UUID) -> None:
    """Keep whoever is behind this key from being erased until this transaction ends; what is written in it would
    otherwise outlive them. Raises NotSignedIn when they are gone already."""
    if session.execute(_HELD, {"key": subject}).first() is None:
        raise NotSignedIn


def open_session(
    session: Session, person: uuid.UUID, device: uuid.UUID | None, life: timedelta = SESSION_LIFE
) -> tuple[str, datetime]:
    """A token for the device, told once, and when it ends."""
    token, now = keys.new_token(), clock.now()
    session.add(
        SignInSession(
            token_hash=keys.token_hash(token),
            person_id=person,
            device_id=device,
            made_at=now,
            expires_at=now + life,
        )
    )
    return token, now + life


def participant(session: Session, token: str) -> Participant:
    """Who holds this token. Raises NotSignedIn. One query: it runs on every request of the phone."""
    row = session.execute(_WHO, {"token_hash": keys.token_hash(token), "moment": clock.now()}).first()
    if row is None:
        raise NotSignedIn
    return Participant(*row)


# Built once: building a statement costs more than the database needs to answer it (anchors, ratio 5 against 6).
_PERSON, _LINK, _SESSION = Person.__table__.c, SubjectLink.__table__.c, SignInSession.__table__.c
_WHO = (
    select(_PERSON.id, _LINK.subject, _SESSION.device_id, _SESSION.id, _PERSON.name, _PERSON.birth_year)
    .join(SignInSession.__table__, _SESSION.person_id == _PERSON.id)
    .join(SubjectLink.__table__, _LINK.person_id == _PERSON.id)
    .where(
        _SESSION.token_hash == bindparam("token_hash"),
        _SESSION.revoked_at.is_(None),
        _SESSION.expires_at > bindparam("moment"),
    )
)
_HELD = select(_LINK.subject).where(_LINK.subject == bindparam("key")).with_for_update(read=True)


def close_session(session: Session, session_id: uuid.UUID | None) -> None:
    session.execute(
        update(SignInSession).where(SignInSession.id == session_id).values(revoked_at=clock.now())
    )


def forget_old_codes(session: Session) -> None:
    """Codes live a day, ended sessions thirty days (to answer 'who was signed in?'), numbers as long as their people.

    The sign-ins of a lost phone stay as long as the person: whenever it calls again, its old token must still tell
    which phone it is, so that it hears to wipe itself and not only to sign in anew.
    """
    now = clock.now()
    session.execute(delete(SignInCode).where(SignInCode.made_at < now - timedelta(days=1)))
    lost = select(LostDevice).where(
        LostDevice.device_id == SignInSession.device_id, LostDevice.person_id == SignInSession.person_id
    )
    old = SignInSession.expires_at < now - timedelta(days=30)
    session.execute(delete(SignInSession).where(old, ~lost.exists()))
    _forget_empty_phones(session)


def _forget_empty_phones(session: Session) -> None:
    """Asked twice: somebody may have joined between the first answer and its lock; the second sees them."""
    nobody = ~select(Person.id).where(Person.phone_id == Phone.id).exists()
    empty = session.scalars(select(Phone.id).where(nobody).with_for_update(skip_locked=True)).all()
    if empty:
        session.execute(
            delete(Phone).where(Phone.id.in_(empty), nobody).execution_options(synchronize_session=False)
        )


def _seconds_until(moment: datetime) -> int:
    return max(1, round((moment - clock.now()).total_seconds()))
