"""Writing the residents down, all at once, with the agreements that those who take part have given."""

import random
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from backend import clock
from backend.demo.data import DATA, invented
from backend.demo.places import SINCE as UNITS_SINCE
from backend.demo.places import Planted
from backend.demo.residents import Resident
from backend.people import consents, keys, rules, staff
from backend.people.models import Consent, Membership, Person, Phone, SignInSession, SubjectLink
from backend.people.sign_in import SESSION_LIFE
from backend.units.models import Unit

Row = dict[str, Any]
CHUNK = 1000
SINCE = {"team": DATA["teams"]["decision"]["date"], "party_cell": UNITS_SINCE}
CHANNEL = "demo"


def hire_staff(session: Session, planted: Planted) -> dict[str, uuid.UUID]:
    """The staff of the demo: username -> person."""
    return {
        row["username"]: staff.hire(
            session,
            name=row["name"],
            username=row["username"],
            password=DATA["password"],
            grants=[(role, _granted_on(session, row, planted)) for role in row["roles"]],
        )
        for row in DATA["staff"]
    }


def _granted_on(session: Session, row: Row, planted: Planted) -> uuid.UUID:
    """A hamlet's head serves the hamlet, a leader the team, a secretary the cell, the committee the Party organisation,
    who looks on for a province that province, everybody else the commune."""
    if "province" in row:
        return session.scalars(select(Unit.id).where(Unit.code == row["province"])).one()
    if "team" in row:
        return planted.teams[row["team"]]
    if "cell" in row:
        return planted.cells[row["cell"]]
    if "party" in row:
        return planted.organisation
    return planted.hamlets.get(row.get("unit", ""), planted.commune)


def write_down(
    session: Session, people: Sequence[Resident], planted: Planted, campaign: uuid.UUID, chance: random.Random
) -> None:
    """Phones, persons, where they belong, their sessions and agreements. Everybody's `since` is set by now."""
    year = clock.today().year
    phones = {one.phone: uuid.UUID(int=chance.getrandbits(128), version=4) for one in people}
    nobodys, guests = keys.hash_secret(keys.new_token()), keys.hash_secret(DATA["family"]["pin"])
    _insert(session, Phone, ({"id": key, "number": _number(number)} for number, key in phones.items()))
    _insert(
        session,
        Person,
        (
            {
                "id": one.id,
                "name": one.name,
                "birth_year": one.born,
                "phone_id": phones[one.phone],
                "pin_hash": guests if one.guest else nobodys,
                "joined_at": one.since,
                "board_name": rules.board_name(one.board_name) if _is_named(one) and one.board_name else None,
            }
            for one in people
        ),
    )
    _insert(session, SubjectLink, ({"subject": one.subject, "person_id": one.id} for one in people))
    _insert(session, Membership, (row for one in people for row in _memberships(one, planted)))
    _insert(session, SignInSession, (_session(one) for one in people if not one.guest))
    _insert(session, Consent, (row for one in people for row in _agreements(one, campaign, year, chance)))


def _insert(session: Session, table: type, rows: Iterable[Row]) -> None:
    found = list(rows)
    for start in range(0, len(found), CHUNK):
        session.execute(insert(table), found[start : start + CHUNK])


def _number(phone: str) -> str:
    """A number to sign in with, or one that nobody can hold."""
    return phone if phone.startswith("demo-") else rules.normal_phone(phone)


def _memberships(one: Resident, planted: Planted) -> Iterator[Row]:
    belongs = [("lives_in", planted.hamlets[one.hamlet]), *one.belongs]
    for kind, unit in belongs:
        # The decision named the team's members; the app they joined later.
        # Nor did anybody join the Party through the app.
        since = SINCE.get(kind) or clock.local_day(_since(one))
        yield {"person_id": one.id, "unit_id": unit, "kind": kind, "valid_from": since}


def _session(one: Resident) -> Row:
    since = _since(one)
    return {
        "token_hash": keys.token_hash(keys.new_token()),
        "person_id": one.id,
        "device_id": one.device,
        "made_at": since,
        "expires_at": since + SESSION_LIFE,
    }


def _agreements(one: Resident, campaign: uuid.UUID, year: int, chance: random.Random) -> Iterator[Row]:
    """What somebody who takes part agreed to before the first paper; a child's guardian too."""
    if not one.takes_part:
        return
    if one.is_minor(year):
        guardian = invented(
            f"{one.name.split()[0]} {chance.choice(['Văn Thành', 'Thị Hòa', 'Văn Lực', 'Thị Thơm'])}"
        )
        relation = "mother" if " Thị " in guardian else "father"
        by = {
            "given_by": "guardian",
            "guardian_name": guardian,
            "guardian_relation": relation,
            "campaign_id": campaign,
        }
        yield _agreement(one, consents.BY_GUARDIAN, by)
        yield _agreement(one, "child_assent")
        return
    yield _agreement(one, "contest_entry")
    if _is_named(one):
        yield _agreement(one, consents.BOARD_NAME)
    elif one.board_name:  # was named for a while, and then no longer
        yield _agreement(one, consents.BOARD_NAME, {"withdrawn_at": _since(one) + timedelta(days=2)})


def _agreement(one: Resident, purpose: str, more: Row | None = None) -> Row:
    return {
        "person_id": one.id,
        "purpose": purpose,
        "version": consents.texts()[purpose].version,
        "given_at": _since(one),
        "channel": CHANNEL,
        "given_by": "self",
        "guardian_name": None,
        "guardian_relation": None,
        "campaign_id": None,
        "withdrawn_at": None,
    } | (more or {})


def _is_named(one: Resident) -> bool:
    return one.board_name is not None and one.takes_part and not one.withdrew


def _since(one: Resident) -> datetime:
    assert one.since  # noqa: S101 - set by whoever planned what they do
    return one.since
