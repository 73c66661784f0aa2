"""Who is in a team. Days are always asked for: what held then, not what holds now."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.people.models import Membership, Person, SubjectLink
from backend.units.trees import holds_on
from backend.units.words import sort_key

TEAM = "team"
"""How a person belongs to a team."""


@dataclass(frozen=True)
class Member:
    id: uuid.UUID
    name: str
    since: date


def teams_of(session: Session, person: uuid.UUID, day: date) -> list[uuid.UUID]:
    """The teams the person belonged to on that day, the one joined first in front."""
    return list(
        session.scalars(
            select(Membership.unit_id)
            .where(Membership.person_id == person, Membership.kind == TEAM, holds_on(Membership, day))
            .order_by(Membership.valid_from, Membership.id)
        )
    )


def subjects_of(session: Session, team: uuid.UUID, day: date) -> list[uuid.UUID]:
    """The random keys of its members on that day: whose phones are told."""
    return list(
        session.scalars(
            select(SubjectLink.subject)
            .join(Membership, Membership.person_id == SubjectLink.person_id)
            .where(Membership.unit_id == team, Membership.kind == TEAM, holds_on(Membership, day))
            .distinct()
        )
    )


def members_of(
    session: Session, teams: Collection[uuid.UUID], day: date
) -> dict[uuid.UUID, tuple[Member, ...]]:
    """Team -> its members on that day, in Vietnamese order."""
    rows = session.execute(
        select(Membership.unit_id, Person.id, Person.name, Membership.valid_from)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.unit_id.in_(teams), Membership.kind == TEAM, holds_on(Membership, day))
    )
    found: dict[uuid.UUID, list[Member]] = {}
    for team, person, name, since in rows:
        found.setdefault(team, []).append(Member(person, name, since))
    return {team: tuple(sorted(some, key=_in_order)) for team, some in found.items()}


def _in_order(member: Member) -> tuple[str, uuid.UUID]:
    return sort_key(member.name), member.id
