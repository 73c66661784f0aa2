"""Consent: one row per purpose and version of its text, given by the person or, for a child, by a guardian."""

import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import DomainError, NotFound
from backend.people.errors import (
    BoardNameNotForMinors,
    CommonFinalNotForMinors,
    ConsentTextUnknown,
    GuardianNeeded,
    HonourNameNotForMinors,
    NotAMinor,
)
from backend.people.models import Consent, Person
from backend.people.rules import age_group, may_be_named

BY_GUARDIAN = "guardian_contest_entry"
"""The purpose nobody can agree to for themselves."""
BOARD_NAME = "board_name"
"""The purpose for adults only; the chosen name goes the moment this agreement is withdrawn."""


@dataclass(frozen=True)
class ConsentText:
    """What a person is shown before agreeing; a change of meaning is a new version."""

    purpose: str
    version: int
    title: dict[str, str]
    text: dict[str, str]
    legal_basis: Any
    retention_days: int


PUBLISH_NAME = "publish_name"
"""The own name may stand in public; of adults only (queries.published_names)."""
HONOUR_NAME = "honour_name"
"""The name on a decision may stand on the honour wall, for the awards the person chose; of adults only."""
COMMON_FINAL = "common_final"
"""The own result, without a name, may stand on the final list of a contest of many communes; of adults only."""
FOR_ADULTS = {
    BOARD_NAME: BoardNameNotForMinors,
    HONOUR_NAME: HonourNameNotForMinors,
    COMMON_FINAL: CommonFinalNotForMinors,
}


TEXTS = Path(__file__).parent / "consent_texts.yaml"


@cache
def _read(place: Path) -> dict[tuple[str, int], ConsentText]:
    """Every text there ever was, a purpose's versions from old to new."""
    rows = [ConsentText(**row) for row in yaml.safe_load(place.read_text(encoding="utf-8"))]
    return {(row.purpose, row.version): row for row in sorted(rows, key=lambda row: row.version)}


def texts() -> dict[str, ConsentText]:
    """The present text of every purpose."""
    return {purpose: row for (purpose, _), row in _read(TEXTS).items()}


def text(purpose: str, version: int) -> ConsentText | None:
    """What was shown to somebody who agreed to that version; None for one this release does not know."""
    return _read(TEXTS).get((purpose, version))


def give(session: Session, person: uuid.UUID, purpose: str, version: int, channel: str = "app") -> Consent:
    """Raises ConsentTextUnknown when the text read is not the present one, GuardianNeeded where it is not theirs,
    BoardNameNotForMinors, HonourNameNotForMinors or CommonFinalNotForMinors where no minor may agree.
    """
    if purpose == BY_GUARDIAN:
        raise GuardianNeeded
    if purpose in FOR_ADULTS:
        _check_adult(session, person, FOR_ADULTS[purpose])
    return _add(session, person, purpose, version, channel=channel, given_by="self")


def _check_adult(session: Session, person: uuid.UUID, refusal: type[DomainError]) -> None:
    if not may_be_named(session.get_one(Person, person).birth_year, clock.today().year):
        raise refusal


def give_for_child(
    session: Session,
    child: uuid.UUID,
    version: int,
    *,
    guardian_name: str,
    relation: str,
    campaign: uuid.UUID,
) -> Consent:
    """A guardian agrees for a child under 16, for one campaign. Raises NotAMinor, ConsentTextUnknown."""
    person = session.get_one(Person, child)
    if age_group(person.birth_year, clock.today().year) != "minor":
        raise NotAMinor
    return _add(
        session,
        child,
        BY_GUARDIAN,
        version,
        channel="app",
        given_by="guardian",
        guardian_name=guardian_name,
        guardian_relation=relation,
        campaign_id=campaign,
    )


def _add(session: Session, person: uuid.UUID, purpose: str, version: int, **how: Any) -> Consent:
    """A new row, unless the same agreement by the same hand stands already: then that one."""
    if not _is_present(purpose, version):
        raise ConsentTextUnknown
    session.get_one(Person, person, with_for_update=True)  # the same asked twice at once leaves one row
    given = {"purpose": purpose, "version": version, **how}
    for standing_row in _standing_rows(session, person, purpose, how.get("campaign_id")):
        if all(getattr(standing_row, name) == given[name] for name in given.keys() - {"channel"}):
            return standing_row
    row = Consent(person_id=person, given_at=clock.now(), **given)
    session.add(row)
    session.flush()  # the door answers with its id
    return row


def _is_present(purpose: str, version: int) -> bool:
    newest = texts().get(purpose)
    return newest is not None and newest.version == version


def _standing_rows(
    session: Session, person: uuid.UUID, purpose: str, campaign: uuid.UUID | None
) -> list[Consent]:
    return [
        row
        for row in of_person(session, person)
        if row.purpose == purpose and row.campaign_id == campaign and row.withdrawn_at is None
    ]


def withdraw(session: Session, person: uuid.UUID, consent: uuid.UUID) -> None:
    """Take back what that consent is about: every agreement to the same purpose, for the same campaign, by whomever.

    Raises NotFound when the consent is not this person's. Withdrawing twice is harmless.
    """
    row = session.get(Consent, consent)
    if row is None or row.person_id != person:
        raise NotFound
    withdraw_purpose(session, person, row.purpose, row.campaign_id)


def withdraw_purpose(
    session: Session, person: uuid.UUID, purpose: str, campaign: uuid.UUID | None = None
) -> None:
    """Take back every agreement of the person to `purpose`; with board_name the name itself goes."""
    owner = session.get_one(Person, person, with_for_update=True)
    for row in _standing_rows(session, person, purpose, campaign):
        row.withdrawn_at = clock.now()
    if purpose == BOARD_NAME:
        owner.board_name = None


def of_person(session: Session, person: uuid.UUID) -> list[Consent]:
    return list(
        session.scalars(select(Consent).where(Consent.person_id == person).order_by(Consent.given_at))
    )


def standing(session: Session, person: uuid.UUID, campaign: uuid.UUID) -> set[str]:
    """Purposes agreed to, in the present version, not withdrawn; a guardian's only where it is for `campaign`."""
    return {
        row.purpose
        for row in of_person(session, person)
        if stands(row) and (row.campaign_id is None or row.campaign_id == campaign)
    }


def stands(row: Consent) -> bool:
    """Given in the present version and not withdrawn."""
    return row.withdrawn_at is None and _is_present(row.purpose, row.version)
