"""What the console asks of teams and households beside the queries all share: whom to take in, and one history."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import N_, DomainError
from backend.people.models import Membership, Person, SubjectLink
from backend.people.proofs import person_on_phone
from backend.people.rules import old_enough
from backend.teams.errors import HouseholdUnknown
from backend.teams.models import Assignment, Household, HouseholdPlace
from backend.teams.queries import TEAM
from backend.units.overview import last_names
from backend.units.trees import holds_on
from backend.units.words import fold

LEAST_AGE = 16
"""Whoever looks after households is old enough to be met at the door."""


class NobodyRegistered(DomainError):
    status = 409
    code = "nobody_registered"
    sentence = N_(
        "Chưa có ai từ 16 tuổi đăng ký ứng dụng với đúng họ tên và số điện thoại này. Xin nhờ người ấy đăng ký trước."
    )


@dataclass(frozen=True)
class Stay:
    """Where a household was, or which team looked after it. `until`: the first day it no longer held."""

    unit: str
    since: date
    until: date | None


@dataclass(frozen=True)
class HouseholdHistory:
    """The newest first. `merged`: the households that turned out to be this one."""

    household: Household
    places: tuple[Stay, ...]
    teams: tuple[Stay, ...]
    merged: tuple[Household, ...]
    into: Household | None


def registered(session: Session, name: str, number: str) -> uuid.UUID:
    """The person of that name on that phone: both must fit, so that a number alone tells nothing. Raises
    NobodyRegistered, PhoneInvalid, SeveralOnPhone.
    """
    person = person_on_phone(session, number, name)
    if person is None or not name.strip():
        raise NobodyRegistered
    one = session.get_one(Person, person)
    # A number that only one person has is found whatever the name: here the name must fit, too.
    if fold(one.name) != fold(name) or not old_enough(one.birth_year, clock.today().year, LEAST_AGE):
        raise NobodyRegistered
    return person


def members_per_team(session: Session, day: date) -> dict[uuid.UUID, int]:
    rows = session.execute(
        select(Membership.unit_id, func.count(Membership.person_id.distinct()))
        .where(Membership.kind == TEAM, holds_on(Membership, day))
        .group_by(Membership.unit_id)
    ).all()
    return {team: count for team, count in rows}  # noqa: C416 - a row is no pair to the type checker


def ever_in(session: Session, teams: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The random keys of whoever is or was in one of these teams: what they wrote then is still the team's."""
    rows = select(SubjectLink.subject).join(Membership, Membership.person_id == SubjectLink.person_id)
    return set(session.scalars(rows.where(Membership.kind == TEAM, Membership.unit_id.in_(teams))))


def history(session: Session, household: uuid.UUID) -> HouseholdHistory:
    """Raises HouseholdUnknown."""
    one = session.get(Household, household)
    if one is None:
        raise HouseholdUnknown
    places, held = _places(session, household), _held(session, household)
    names = last_names(session, {row.unit_id for row in places} | {row.team_id for row in held})
    return HouseholdHistory(
        one,
        tuple(Stay(_name(names, row.unit_id), row.valid_from, row.valid_to) for row in places),
        tuple(
            Stay(
                _name(names, row.team_id),
                clock.local_day(row.valid_from),
                clock.local_day(row.valid_to) if row.valid_to else None,
            )
            for row in held
        ),
        tuple(session.scalars(select(Household).where(Household.merged_into == household))),
        session.get(Household, one.merged_into) if one.merged_into else None,
    )


def _places(session: Session, household: uuid.UUID) -> list[HouseholdPlace]:
    query = select(HouseholdPlace).where(HouseholdPlace.household_id == household)
    return list(session.scalars(query.order_by(HouseholdPlace.valid_from.desc())))


def _held(session: Session, household: uuid.UUID) -> list[Assignment]:
    query = select(Assignment).where(Assignment.household_id == household)
    return list(session.scalars(query.order_by(Assignment.valid_from.desc())))


def _name(names: dict[uuid.UUID, str], unit: uuid.UUID) -> str:
    name = names.get(unit, "")
    return name[:1].upper() + name[1:]
