"""Staff: sign-in by password, and roles that hold on a unit and all below it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_, NotAllowed, NotSignedIn
from backend.people import keys
from backend.people.errors import TooManyTries, WrongPassword
from backend.people.models import Person, RoleGrant, SignInSession, StaffLogin
from backend.units.trees import holds_on, subtree

ROLES = {
    "campaign_admin": N_("Ban Tổ chức"),
    "unit_head": N_("Người đứng đầu đơn vị"),
    "party_office": N_("Văn phòng Đảng ủy"),
    "inspector": N_("Kiểm tra, giám sát"),
    "dpo": N_("Nhân sự bảo vệ dữ liệu cá nhân"),
    "system_operator": N_("Vận hành hệ thống"),
}
MAX_WRONG = 5
LOCK = timedelta(minutes=15)
STAFF_SESSION_LIFE = timedelta(hours=10)

# Checked when the name is unknown, so that a stranger cannot tell by the time taken which names exist.
_NOBODY = keys.hash_secret("nobody's password")


@dataclass(frozen=True)
class Staff:
    """A signed-in staff member with the roles held today: role -> the units it was granted on."""

    person: uuid.UUID
    session: uuid.UUID
    name: str
    roles: dict[str, frozenset[uuid.UUID]]

    def holds(self, *roles: str) -> bool:
        return any(role in self.roles for role in roles)


def enter(session: Session, username: str, password: str) -> uuid.UUID:
    """The person behind a name and password. Raises WrongPassword (counted) or TooManyTries."""
    login = session.scalars(
        select(StaffLogin).where(StaffLogin.username == username.strip().lower()).with_for_update()
    ).first()
    now = clock.now()
    if login and login.locked_until and login.locked_until > now:
        raise TooManyTries(retry_after_s=round((login.locked_until - now).total_seconds()) or 1)
    right = keys.is_secret(password, login.password_hash if login else _NOBODY)
    if login is None or not right:
        _count_wrong(login)
        raise WrongPassword
    login.wrong_passwords, login.locked_until = 0, None
    return login.person_id


def _count_wrong(login: StaffLogin | None) -> None:
    if login is None:
        return
    login.wrong_passwords += 1
    if login.wrong_passwords >= MAX_WRONG:
        login.wrong_passwords, login.locked_until = 0, clock.now() + LOCK


def staff_member(session: Session, token: str) -> Staff:
    """Who holds this token, with today's roles. Raises NotSignedIn."""
    row = session.execute(
        select(Person.id, SignInSession.id, Person.name)
        .join(SignInSession, SignInSession.person_id == Person.id)
        .join(StaffLogin, StaffLogin.person_id == Person.id)
        .where(
            SignInSession.token_hash == keys.token_hash(token),
            SignInSession.revoked_at.is_(None),
            SignInSession.expires_at > clock.now(),
        )
    ).first()
    if row is None:
        raise NotSignedIn
    return Staff(*row, roles=_roles_today(session, row[0]))


def _roles_today(session: Session, person: uuid.UUID) -> dict[str, frozenset[uuid.UUID]]:
    found: dict[str, set[uuid.UUID]] = {}
    for role, unit in session.execute(
        select(RoleGrant.role, RoleGrant.unit_id).where(
            RoleGrant.person_id == person, holds_on(RoleGrant, clock.today())
        )
    ):
        found.setdefault(role, set()).add(unit)
    return {role: frozenset(units) for role, units in found.items()}


def reach(session: Session, staff: Staff, *roles: str) -> set[uuid.UUID]:
    """Every unit on which the member holds one of `roles` (any role when none is named), subtrees included."""
    granted = {unit for role, units in staff.roles.items() if not roles or role in roles for unit in units}
    day = clock.today()
    return set().union(*(subtree(session, unit, day) for unit in granted))


def require_reach(session: Session, staff: Staff, unit: uuid.UUID, *roles: str) -> None:
    """Raises NotAllowed unless the member holds one of `roles` on `unit` or above it."""
    if unit not in reach(session, staff, *roles):
        raise NotAllowed


def hire(
    session: Session, *, name: str, username: str, password: str, grants: list[tuple[str, uuid.UUID]]
) -> uuid.UUID:
    """A staff member with roles from today."""
    person = Person(name=name, joined_at=clock.now())
    session.add(person)
    session.flush()  # login and grants need its id
    session.add(
        StaffLogin(person_id=person.id, username=username.lower(), password_hash=keys.hash_secret(password))
    )
    for role, unit in grants:
        session.add(RoleGrant(person_id=person.id, role=role, unit_id=unit, valid_from=clock.today()))
    return person.id


def names_of(session: Session, people: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names of staff only: a citizen's key in the trail names nobody."""
    query = select(Person.id, Person.name).join(StaffLogin, StaffLogin.person_id == Person.id)
    return {row[0]: row[1] for row in session.execute(query.where(Person.id.in_(list(people))))}
