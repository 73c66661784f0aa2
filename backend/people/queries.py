import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from backend.people.models import Membership, Person
from backend.units.queries import NamedUnit, named_many
from backend.units.trees import holds_on


@dataclass(frozen=True)
class Belonging:
    id: uuid.UUID
    kind: str
    unit: NamedUnit
    valid_from: date


def person(session: Session, person_id: uuid.UUID) -> Person:
    return session.get_one(Person, person_id)


def belongings(session: Session, person_id: uuid.UUID, day: date) -> list[Belonging]:
    """The person's memberships on that day, with the units as they are called then."""
    rows = list(
        session.scalars(
            select(Membership)
            .where(Membership.person_id == person_id, holds_on(Membership, day))
            .order_by(Membership.kind)
        )
    )
    units = named_many(session, [row.unit_id for row in rows], day)
    return [Belonging(r.id, r.kind, units[r.unit_id], r.valid_from) for r in rows if r.unit_id in units]


def unit_of(session: Session, person_id: uuid.UUID, kind: str, day: date) -> uuid.UUID | None:
    """Where the person belonged on that day in that way; the newest if two overlap."""
    return session.scalars(_UNIT_OF, {"person": person_id, "how": kind, "day": day}).first()


_BELONGS = Membership.__table__.c
_UNIT_OF = (
    select(_BELONGS.unit_id)
    .where(
        _BELONGS.person_id == bindparam("person"),
        _BELONGS.kind == bindparam("how"),
        _BELONGS.valid_from <= bindparam("day"),
        or_(_BELONGS.valid_to.is_(None), _BELONGS.valid_to > bindparam("day")),
    )
    .order_by(_BELONGS.valid_from.desc(), _BELONGS.id.desc())
    .limit(1)
)
