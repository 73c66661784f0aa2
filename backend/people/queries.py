import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from backend import clock
from backend.people import consents
from backend.people.models import Consent, Membership, Person, SubjectLink
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


def memberships_of(session: Session, person_id: uuid.UUID, day: date) -> dict[str, set[uuid.UUID]]:
    """Every way the person belongs on that day -> the units. One statement: it runs before every first deed."""
    found: dict[str, set[uuid.UUID]] = {}
    for kind, unit in session.execute(_MEMBERSHIPS, {"person": person_id, "day": day}):
        found.setdefault(kind, set()).add(unit)
    return found


_MEMBERSHIPS = select(_BELONGS.kind, _BELONGS.unit_id).where(
    _BELONGS.person_id == bindparam("person"),
    _BELONGS.valid_from <= bindparam("day"),
    or_(_BELONGS.valid_to.is_(None), _BELONGS.valid_to > bindparam("day")),
)


# --- names on boards ------------------------------------------------------------------------------------------------


def board_named() -> Select[uuid.UUID, str]:
    """(subject, board_name) of everybody who may stand on a board by name: agreed to the present text, has not
    withdrawn, chose a name, and is an adult today. Each subject once.

    Join it: `named = board_named().subquery()`, `... .join(named, named.c.subject == standing.subject)`. It asks for
    no parameters: year and version are looked up when the statement runs, so what is built on it may be kept.
    """
    return _BOARD_NAMED


_PERSON, _LINK, _CONSENT = Person.__table__.c, SubjectLink.__table__.c, Consent.__table__.c
_AGREED = exists().where(
    _CONSENT.person_id == _PERSON.id,
    _CONSENT.purpose == consents.BOARD_NAME,
    _CONSENT.version
    == bindparam("board_text", callable_=lambda: consents.texts()[consents.BOARD_NAME].version),
    _CONSENT.withdrawn_at.is_(None),
)
_BOARD_NAMED = (
    select(_LINK.subject, _PERSON.board_name)
    .join(Person.__table__, _PERSON.id == _LINK.person_id)
    .where(
        _PERSON.board_name.is_not(None),
        # As `rules.may_be_named`: a year that is not known names nobody.
        _PERSON.birth_year < bindparam("board_adult", callable_=lambda: clock.today().year - 18),
        _AGREED,
    )
)
_BOARD_NAMES = _BOARD_NAMED.where(_LINK.subject.in_(bindparam("subjects", expanding=True)))


def board_names(session: Session, subjects: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Those of `subjects` who may be named, with their names. One statement."""
    wanted = list(subjects)
    if not wanted:
        return {}
    rows = session.execute(_BOARD_NAMES, {"subjects": wanted})
    return {row.subject: row.board_name for row in rows}


_PUBLISH_NAME = exists().where(
    _CONSENT.person_id == _PERSON.id,
    _CONSENT.purpose == consents.PUBLISH_NAME,
    _CONSENT.version
    == bindparam("name_text", callable_=lambda: consents.texts()[consents.PUBLISH_NAME].version),
    _CONSENT.withdrawn_at.is_(None),
)
_PUBLISHED_NAMES = (
    select(_LINK.subject, _PERSON.name)
    .join(Person.__table__, _PERSON.id == _LINK.person_id)
    .where(
        _LINK.subject.in_(bindparam("subjects", expanding=True)),
        _PERSON.birth_year < bindparam("named_adult", callable_=lambda: clock.today().year - 18),
        _PUBLISH_NAME,
    )
)


def published_names(session: Session, subjects: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Those of `subjects` whose own name may stand in public: adults who agreed to the present text. One statement."""
    wanted = list(subjects)
    if not wanted:
        return {}
    rows = session.execute(_PUBLISHED_NAMES, {"subjects": wanted})
    return {row.subject: row.name for row in rows}


_COMMON_FINAL = exists().where(
    _CONSENT.person_id == _PERSON.id,
    _CONSENT.purpose == consents.COMMON_FINAL,
    _CONSENT.version
    == bindparam("final_text", callable_=lambda: consents.texts()[consents.COMMON_FINAL].version),
    _CONSENT.withdrawn_at.is_(None),
)
_FINALISTS = (
    select(_LINK.subject)
    .join(Person.__table__, _PERSON.id == _LINK.person_id)
    .where(
        _LINK.subject.in_(bindparam("subjects", expanding=True)),
        _PERSON.birth_year < bindparam("final_adult", callable_=lambda: clock.today().year - 18),
        _COMMON_FINAL,
    )
)


def agreed_to_final(session: Session, subjects: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of `subjects` whose result may stand on a final list of many communes: adults who agreed to the present
    text and have not withdrawn. One statement."""
    wanted = list(subjects)
    return set(session.scalars(_FINALISTS, {"subjects": wanted})) if wanted else set()


def honour_agreed() -> Select[uuid.UUID, datetime]:
    """(subject, given_at) of everybody who may stand on honour walls by name: agreed to the present text, has not withdrawn,
    and is an adult today. Join it as `board_named`; what was chosen before `given_at` was chosen under an agreement that
    is over.
    """
    return _HONOURED


_HONOURED = (
    select(_LINK.subject, _CONSENT.given_at)
    .join(Person.__table__, _PERSON.id == _LINK.person_id)
    .join(Consent.__table__, _CONSENT.person_id == _PERSON.id)
    .where(
        _PERSON.birth_year < bindparam("honoured_adult", callable_=lambda: clock.today().year - 18),
        _CONSENT.purpose == consents.HONOUR_NAME,
        _CONSENT.version
        == bindparam("honour_text", callable_=lambda: consents.texts()[consents.HONOUR_NAME].version),
        _CONSENT.withdrawn_at.is_(None),
    )
)


def honoured_since(session: Session, subject: uuid.UUID) -> datetime | None:
    """Since when this person agrees to stand on honour walls by name; None for a minor and for who does not."""
    rows = session.execute(_HONOURED.where(_LINK.subject == subject))
    return min((row.given_at for row in rows), default=None)
