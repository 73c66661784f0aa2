"""Reading the staff: who is there, with which roles, on which units, from when to when."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import among
from backend.errors import NotFound
from backend.people.models import Person, RoleGrant, StaffLogin
from backend.units.queries import NamedUnit, named_many
from backend.units.trees import holds_on
from backend.units.words import fold, sort_key


@dataclass(frozen=True)
class Held:
    """One role on one unit. `last_day`: the last day it holds; None: until somebody ends it."""

    id: uuid.UUID
    role: str
    unit: NamedUnit
    since: date
    last_day: date | None
    is_over: bool
    is_ahead: bool


@dataclass(frozen=True)
class Member:
    """A staff member as the page shows them. `elsewhere`: how many more roles, on units the reader has no say in;
    `is_unplaced`: has never had a role anywhere.
    """

    person: uuid.UUID
    name: str
    username: str
    version: int
    one_time_until: datetime | None
    suspended_at: datetime | None
    held: tuple[Held, ...]
    elsewhere: int
    is_unplaced: bool

    @property
    def present(self) -> tuple[Held, ...]:
        return tuple(one for one in self.held if not one.is_over)

    @property
    def past(self) -> tuple[Held, ...]:
        return tuple(one for one in self.held if one.is_over)


def members(session: Session, units: set[uuid.UUID], *, without_role: bool, words: str = "") -> list[Member]:
    """Staff with a role, past or present, on one of `units`; `without_role` adds those who have none yet. By name."""
    found = _members(session, units)
    wanted = fold(words).split()
    fitting = [
        one for one in found if (one.held or (without_role and one.is_unplaced)) and _fits(one, wanted)
    ]
    return sorted(fitting, key=lambda one: (sort_key(one.name), one.username))


def holders(session: Session, role: str, units: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Who holds the role today on one of these very units."""
    query = select(RoleGrant.person_id).where(
        RoleGrant.role == role, among(RoleGrant.unit_id, units), holds_on(RoleGrant, clock.today())
    )
    return list(session.scalars(query.distinct()))


def _fits(member: Member, wanted: list[str]) -> bool:
    text = f"{fold(member.name)} {member.username}"
    return all(word in text for word in wanted)


def member(session: Session, person: uuid.UUID, units: set[uuid.UUID], *, without_role: bool) -> Member:
    """Raises NotFound for who is no member, or not within reach."""
    one = next(iter(_members(session, units, person)), None)
    if one is None or not (one.held or (without_role and one.is_unplaced)):
        raise NotFound
    return one


def _members(session: Session, units: set[uuid.UUID], person: uuid.UUID | None = None) -> list[Member]:
    logins = select(StaffLogin, Person.name).join(Person, Person.id == StaffLogin.person_id)
    grants = select(RoleGrant).order_by(RoleGrant.valid_from, RoleGrant.role)
    if person is not None:
        logins, grants = logins.where(Person.id == person), grants.where(RoleGrant.person_id == person)
    held: dict[uuid.UUID, list[RoleGrant]] = {}
    for row in session.scalars(grants):
        held.setdefault(row.person_id, []).append(row)
    names = named_many(
        session, {row.unit_id for rows in held.values() for row in rows} & units, clock.today()
    )
    return [
        _member(login, name, held.get(login.person_id, []), names) for login, name in session.execute(logins)
    ]


def _member(
    login: StaffLogin, name: str, rows: Iterable[RoleGrant], names: dict[uuid.UUID, NamedUnit]
) -> Member:
    rows, today = list(rows), clock.today()
    held = tuple(_held(row, names[row.unit_id], today) for row in rows if row.unit_id in names)
    return Member(
        person=login.person_id,
        name=name,
        username=login.username,
        version=login.version,
        one_time_until=login.one_time_until,
        suspended_at=login.suspended_at,
        held=held,
        elsewhere=sum(row.unit_id not in names and not _is_over(row, today) for row in rows),
        is_unplaced=not rows,
    )


def _held(row: RoleGrant, unit: NamedUnit, today: date) -> Held:
    last = row.valid_to - timedelta(days=1) if row.valid_to else None
    over = _is_over(row, today)
    ahead = not over and row.valid_from > today
    return Held(row.id, row.role, unit, row.valid_from, last, is_over=over, is_ahead=ahead)


def _is_over(row: RoleGrant, today: date) -> bool:
    """Ended, or ended before it began."""
    return row.valid_to is not None and row.valid_to <= max(today, row.valid_from)


def units_called(session: Session, words: str, units: set[uuid.UUID], most: int = 12) -> list[NamedUnit]:
    """Units among `units` whose folded name or code holds every folded word, in Vietnamese order."""
    wanted = fold(words).split()
    found = named_many(session, units, clock.today()).values()
    fitting = [
        unit for unit in found if all(w in f"{fold(unit.full_name)} {unit.code.lower()}" for w in wanted)
    ]
    return sorted(fitting, key=lambda unit: sort_key(unit.name))[:most]
