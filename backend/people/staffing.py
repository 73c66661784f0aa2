"""Changing who does what: roles granted and ended, logins suspended, one-time passwords.

Every change names the version of the member that its maker saw; a change made meanwhile by somebody else refuses it.
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import NotAllowed, NotFound
from backend.people import rules, staff
from backend.people.errors import (
    ChangedMeanwhile,
    LastOperator,
    NotForOneself,
    RoleDatesWrong,
    RoleHeldAlready,
    RoleUnknown,
)
from backend.people.models import RoleGrant, StaffLogin
from backend.people.staff import Staff
from backend.units.queries import named
from backend.units.trees import holds_on

KEEPER = "system_operator"
ONE_TIME_LIFE = timedelta(days=7)
_PLAIN = "abcdefghjkmnpqrstuvwxyz23456789"
"""What nobody mistakes on paper: no l and 1, no o and 0, no i."""


@dataclass(frozen=True)
class Change:
    """Who changes whom, having seen which version of them."""

    by: Staff
    person: uuid.UUID
    version: int


def one_time_password() -> str:
    """'k7fm-9xqd-3hpt': read out or written down once, about 59 bits."""
    return "-".join("".join(secrets.choice(_PLAIN) for _ in range(4)) for _ in range(3))


def add(session: Session, name: str, username: str, one_time_hash: str) -> uuid.UUID:
    """A member without a role, who must choose an own password. Raises StaffNameInvalid, UsernameInvalid, UsernameTaken."""
    until = clock.now() + ONE_TIME_LIFE
    return staff.add_member(
        session, rules.staff_name(name), rules.username(username), one_time_hash, one_time_until=until
    )


def renew_password(session: Session, change: Change, one_time_hash: str) -> None:
    """A new one-time password for who forgot theirs; where they are signed in, they no longer are."""
    login = _hold(session, change)
    login.password_hash, login.one_time_until = one_time_hash, clock.now() + ONE_TIME_LIFE
    staff.close_sessions(session, change.person)


def suspend(session: Session, change: Change) -> None:
    """Close the login and all its sessions at once. Raises LastOperator."""
    login = _hold(session, change)
    _check_keeper_stays(session, change.person)
    login.suspended_at = clock.now()
    staff.close_sessions(session, change.person)


def restore(session: Session, change: Change) -> None:
    _hold(session, change).suspended_at = None


def grant(
    session: Session, change: Change, role: str, unit: uuid.UUID, *, since: date, last_day: date | None
) -> RoleGrant:
    """A role on a unit and all below it, `last_day` included. Raises RoleUnknown, NotForOneself, RoleDatesWrong,
    UnitUnknown, NotAllowed for a unit out of the giver's reach, RoleHeldAlready.
    """
    _check_grant(session, change, role, unit, since, last_day)
    _hold(session, change)
    ends = last_day + timedelta(days=1) if last_day else None
    known = session.scalars(
        select(RoleGrant).where(
            RoleGrant.person_id == change.person, RoleGrant.role == role, RoleGrant.unit_id == unit
        )
    ).all()
    if any(_overlap(row, since, ends) for row in known):
        raise RoleHeldAlready
    # Ended on the day it began, and now given again from that day: the row begins anew, the trail keeps both deeds.
    row = next((row for row in known if row.valid_from == since), None)
    row = row or RoleGrant(person_id=change.person, role=role, unit_id=unit, valid_from=since)
    row.valid_to = ends
    session.add(row)
    session.flush()  # two at once: the constraint refuses the second here
    return row


def _check_grant(
    session: Session, change: Change, role: str, unit: uuid.UUID, since: date, last_day: date | None
) -> None:
    if role not in staff.ROLES:
        raise RoleUnknown
    if change.person == change.by.person:
        raise NotForOneself
    if since < clock.today() or (last_day is not None and last_day < since):
        raise RoleDatesWrong
    named(session, unit, clock.today())
    if unit not in staff.reach_on_every_line(session, change.by, KEEPER):
        raise NotAllowed


def _overlap(row: RoleGrant, since: date, ends: date | None) -> bool:
    if row.valid_to is not None and row.valid_to <= max(since, row.valid_from):
        return False
    return ends is None or row.valid_from < ends


def end_grant(session: Session, change: Change, grant_id: uuid.UUID) -> RoleGrant:
    """From this moment the role no longer holds. Raises NotFound, ChangedMeanwhile, LastOperator."""
    _hold(session, change)
    row = session.get(RoleGrant, grant_id, populate_existing=True)
    if row is None or row.person_id != change.person:
        raise NotFound
    if row.unit_id not in staff.reach_on_every_line(session, change.by, KEEPER):
        raise NotAllowed
    if row.role == KEEPER:
        _check_keeper_stays(session, change.person)
    row.valid_to = max(clock.today(), row.valid_from)
    return row


# --- holding and checking ------------------------------------------------------------------------------------------


def _hold(session: Session, change: Change) -> StaffLogin:
    """The member's login, held, together with those of all who keep the system: changes go one after another, so two
    operators leaving at once cannot each take the other for staying. Raises NotFound, ChangedMeanwhile, NotAllowed.
    """
    keepers = select(RoleGrant.person_id).where(RoleGrant.role == KEEPER)
    rows = session.scalars(
        select(StaffLogin)
        .where(or_(StaffLogin.person_id == change.person, StaffLogin.person_id.in_(keepers)))
        .order_by(StaffLogin.person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    login = next((row for row in rows if row.person_id == change.person), None)
    if login is None:
        raise NotFound
    require_over(session, change.by, change.person)
    if login.version != change.version:
        raise ChangedMeanwhile
    login.version += 1
    return login


def require_over(session: Session, member: Staff, person: uuid.UUID) -> None:
    """Raises NotAllowed unless every role the person holds or will hold lies in the operator's reach: an operator of
    a commune does not take over the login of somebody at the province.
    """
    held = select(RoleGrant.unit_id).where(
        RoleGrant.person_id == person,
        or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > clock.today()),
    )
    if not set(session.scalars(held)) <= staff.reach_on_every_line(session, member, KEEPER):
        raise NotAllowed


def _check_keeper_stays(session: Session, leaving: uuid.UUID) -> None:
    """Somebody else must keep the system, without a last day. Raises LastOperator."""
    keeping = (
        select(RoleGrant.person_id)
        .join(StaffLogin, StaffLogin.person_id == RoleGrant.person_id)
        .where(RoleGrant.role == KEEPER, holds_on(RoleGrant, clock.today()))
    )
    if leaving not in set(session.scalars(keeping)):
        return
    stays = keeping.where(
        RoleGrant.person_id != leaving, RoleGrant.valid_to.is_(None), StaffLogin.suspended_at.is_(None)
    )
    if session.scalars(stays).first() is None:
        raise LastOperator
