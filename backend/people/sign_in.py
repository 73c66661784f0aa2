"""Proving a phone number, choosing a person on it, and the sessions that follow."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.errors import NotSignedIn
from backend.people import keys
from backend.people.errors import CodeExpired, PersonUnknown, TooManyTries, WrongCode, WrongPin
from backend.people.identity import CodeSender
from backend.people.models import Membership, Person, Phone, SignInCode, SignInSession, SubjectLink
from backend.people.rules import normal_phone
from backend.safeguards.limits import count_try

CODE_LIFE = timedelta(minutes=5)
SESSION_LIFE = timedelta(days=90)
MAX_WRONG = 5
LOCK = timedelta(minutes=15)


@dataclass(frozen=True)
class Participant:
    """A signed-in person as the ledger needs to know them: read in one query, carried through the request."""

    person: uuid.UUID
    subject: uuid.UUID
    device: uuid.UUID | None
    session: uuid.UUID
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


def _phone(session: Session, number: str) -> uuid.UUID:
    session.execute(
        insert_into(session, Phone)
        .values(id=new_id(), number=number)
        .on_conflict_do_nothing(index_elements=["number"])
    )
    return session.scalars(select(Phone.id).where(Phone.number == number)).one()


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
    session: Session, number: str, *, name: str, birth_year: int, pin_hash: str, hamlet: uuid.UUID
) -> Person:
    """A new person on a proved phone number, living in `hamlet` from today."""
    phone = _phone(session, number)
    person = Person(
        name=name, birth_year=birth_year, phone_id=phone, pin_hash=pin_hash, joined_at=clock.now()
    )
    session.add(person)
    session.flush()  # the rows below need its id
    session.add(SubjectLink(subject=uuid.uuid4(), person_id=person.id))
    session.add(Membership(person_id=person.id, unit_id=hamlet, kind="lives_in", valid_from=clock.today()))
    return person


def enter(session: Session, number: str, person_id: uuid.UUID, pin: str) -> Person:
    """The person on that phone whose PIN fits. Raises PersonUnknown, WrongPin (counted), TooManyTries."""
    person = session.scalars(
        select(Person)
        .join(Phone, Phone.id == Person.phone_id)
        .where(Person.id == person_id, Phone.number == number)
        .with_for_update(of=Person)
    ).first()
    if person is None:
        raise PersonUnknown
    check_pin(person, pin)
    return person


def check_pin(person: Person, pin: str) -> None:
    """Raises WrongPin (counted) or TooManyTries while locked."""
    now = clock.now()
    if person.locked_until and person.locked_until > now:
        raise TooManyTries(retry_after_s=_seconds_until(person.locked_until))
    if person.pin_hash and keys.is_secret(pin, person.pin_hash):
        person.wrong_pins, person.locked_until = 0, None
        return
    person.wrong_pins += 1
    if person.wrong_pins >= MAX_WRONG:
        person.wrong_pins, person.locked_until = 0, now + LOCK
        raise TooManyTries(retry_after_s=_seconds_until(person.locked_until))
    raise WrongPin(tries_left=MAX_WRONG - person.wrong_pins)


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
        .where(
            SignInSession.token_hash == keys.token_hash(token),
            SignInSession.revoked_at.is_(None),
            SignInSession.expires_at > clock.now(),
        )
    ).first()
    if row is None:
        raise NotSignedIn
    return Participant(*row)


def close_session(session: Session, session_id: uuid.UUID) -> None:
    session.execute(
        update(SignInSession).where(SignInSession.id == session_id).values(revoked_at=clock.now())
    )


def forget_old_codes(session: Session) -> None:
    """Codes live a day, ended sessions thirty days (to answer 'who was signed in?')."""
    now = clock.now()
    session.execute(delete(SignInCode).where(SignInCode.made_at < now - timedelta(days=1)))
    session.execute(delete(SignInSession).where(SignInSession.expires_at < now - timedelta(days=30)))


def _seconds_until(moment: datetime) -> int:
    return max(1, round((moment - clock.now()).total_seconds()))
