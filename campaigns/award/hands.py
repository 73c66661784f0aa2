"""Who acts: a member of staff in the posts today's roles give, and the paper a deed rests on."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.people.models import Person, RoleGrant, SubjectLink
from backend.people.staff import Staff
from backend.units.offices import Post, offices
from backend.units.trees import holds_on
from backend.units.words import fold
from campaigns.award.errors import AwardNotYours, OwnAward
from campaigns.award.models import LINES, Case, Nominee
from campaigns.award.rules import Chain, read_chain

OFFICERS = ("emulation_officer",)
KEEPERS = ("emulation_officer", "party_office", "campaign_admin")
"""Who keeps lists, prizes and appeals of an office; on the Party's line its own office does."""


@dataclass(frozen=True)
class Paper:
    """A document as it is signed. `number` and `day` are the clerk's."""

    number: str = ""
    day: date | None = None
    signer: str = ""
    signer_title: str = ""


@dataclass(frozen=True)
class Minutes:
    """What the council's minutes say."""

    day: date
    present: int
    agreed: int
    words: str


@dataclass(frozen=True)
class Hand:
    """`posts`: role -> (unit, line) for which this member acts in it. `subject`: the random key of the same person as a
    citizen, where there is one.
    """

    person: uuid.UUID
    name: str
    posts: Mapping[str, frozenset[Post]] = field(default_factory=dict)
    subject: uuid.UUID | None = None

    def acts(self, roles: Collection[str], unit: uuid.UUID, line: str) -> bool:
        return any((unit, line) in self.posts.get(role, ()) for role in roles)

    def everywhere(self, roles: Collection[str]) -> frozenset[Post]:
        return frozenset(post for role in roles for post in self.posts.get(role, ()))

    def units(self, roles: Collection[str], line: str | None = None) -> set[uuid.UUID]:
        return {unit for unit, on in self.everywhere(roles) if line in (None, on)}

    def require(self, roles: Collection[str], unit: uuid.UUID, line: str) -> None:
        """Raises AwardNotYours."""
        if not self.acts(roles, unit, line):
            raise AwardNotYours


def hand(session: Session, person: uuid.UUID) -> Hand:
    """A member with the roles held today."""
    rows = session.execute(
        select(RoleGrant.role, RoleGrant.unit_id).where(
            RoleGrant.person_id == person, holds_on(RoleGrant, clock.today())
        )
    ).all()
    roles: dict[str, set[uuid.UUID]] = {}
    for role, unit in rows:
        roles.setdefault(role, set()).add(unit)
    return _hand(session, person, session.get_one(Person, person).name, roles)


def hand_of(session: Session, staff: Staff) -> Hand:
    """The member who is signed in."""
    return _hand(session, staff.person, staff.name, staff.roles)


def _hand(session: Session, person: uuid.UUID, name: str, roles: Mapping[str, Collection[uuid.UUID]]) -> Hand:
    granted = {unit for units in roles.values() for unit in units}
    known = offices(session, granted, clock.today())
    subject = session.scalar(select(SubjectLink.subject).where(SubjectLink.person_id == person))
    return Hand(person, name, {role: known.posts(units, LINES) for role, units in roles.items()}, subject)


def readers_of(chain: Chain) -> set[str]:
    """Roles through whose hands a case goes."""
    return {role for one in chain.links for role in one.roles} | set(chain.revokes) | {"emulation_officer"}


def may_read(by: Hand, case: Case) -> bool:
    """Whoever has a part in it, on either end."""
    roles = readers_of(read_chain(case.chain))
    return by.acts(roles, case.unit_id, case.line) or by.acts(roles, case.deciding_unit_id, case.line)


def is_named(session: Session, by: Hand, case: uuid.UUID) -> bool:
    """Whether this member stands on the case. A name without an account may be theirs: then somebody else does it."""
    rows = session.execute(
        select(Nominee.subject, Nominee.printed_name).where(
            Nominee.case_id == case, Nominee.state != "struck", Nominee.recipient_kind == "person"
        )
    )
    own = fold(by.name)
    return any(subject == by.subject if subject else fold(name) == own for subject, name in rows)


def require_stranger(session: Session, by: Hand, case: uuid.UUID) -> None:
    """Raises OwnAward."""
    if is_named(session, by, case):
        raise OwnAward


def trailed(case: Case, words: str) -> str | None:
    """The words of a deed as the trail keeps them: none on the Party's line, whose matters are not for every reader of the
    trail. The case itself keeps them for its own hands."""
    return None if case.line == "party" else words.strip()[:300] or None
