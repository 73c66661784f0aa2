"""What the data protection officer reads: how many agreed to what, and one person's agreements upon a request."""

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Integer, func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.people.errors import ReasonNamesPerson, SeveralOnPhone
from backend.people.models import Consent, Membership, Person, Phone, SubjectLink
from backend.people.queries import unit_of
from backend.people.rules import LONG_NUMBER, normal_phone
from backend.units.trees import holds_on
from backend.units.words import fold

DAY = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\b")
LEAST = 5
"""Fewer people than this are not shown as a number."""


@dataclass(frozen=True)
class Agreed:
    """How many people agree to a purpose today, and how many took their agreement back; None: too few to be said."""

    agree: int | None
    withdrew: int | None


def agreed_by_purpose(session: Session, units: Collection[uuid.UUID]) -> dict[str, Agreed]:
    """For the people who live in one of `units` today. One statement."""
    stands = func.max(Consent.withdrawn_at.is_(None).cast(Integer)).label("stands")
    each = (
        select(Consent.person_id, Consent.purpose, stands)
        .join(Membership, Membership.person_id == Consent.person_id)
        .where(
            Membership.kind == "lives_in", holds_on(Membership, clock.today()), Membership.unit_id.in_(units)
        )
        .group_by(Consent.person_id, Consent.purpose)
        .subquery()
    )
    counted = select(each.c.purpose, func.sum(each.c.stands), func.count()).group_by(each.c.purpose)
    return {
        purpose: Agreed(_enough(int(agree)), _enough(int(everybody) - int(agree)))
        for purpose, agree, everybody in session.execute(counted)
    }


def _enough(people: int) -> int | None:
    return people if people >= LEAST else None


def person_of(session: Session, subject: uuid.UUID) -> uuid.UUID | None:
    return session.scalar(select(SubjectLink.person_id).where(SubjectLink.subject == subject))


def subject_of(session: Session, person: uuid.UUID) -> uuid.UUID | None:
    return session.scalar(select(SubjectLink.subject).where(SubjectLink.person_id == person))


def person_on_phone(session: Session, phone: str, name: str) -> uuid.UUID | None:
    """Who has this number; where several share it, the one of that name. Raises PhoneInvalid, SeveralOnPhone."""
    on_phone = select(Person.id, Person.name).join(Phone, Phone.id == Person.phone_id)
    rows = session.execute(on_phone.where(Phone.number == normal_phone(phone))).all()
    fitting = [row.id for row in rows if not name.strip() or fold(row.name) == fold(name)]
    if len(rows) > 1 and len(fitting) != 1:
        raise SeveralOnPhone
    return fitting[0] if fitting else None


def lives_in_one_of(session: Session, person: uuid.UUID, units: Collection[uuid.UUID]) -> bool:
    return unit_of(session, person, "lives_in", clock.today()) in units


def check_reason(reason: str, *names: str) -> None:
    """The trail is kept for long, so a reason names nobody. A name of one word is let pass: "An" stands in many
    sentences that mean nobody. Raises ReasonNamesPerson.
    """
    undated = DAY.sub(" x ", reason)
    folded = f" {fold(reason)} "
    whole = [fold(name) for name in names if len(name.split()) > 1]
    if LONG_NUMBER.search(undated) or any(f" {name} " in folded for name in whole):
        raise ReasonNamesPerson
