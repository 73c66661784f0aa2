"""A code of a unit says how one belongs to it; an organiser cannot slip out of the board they sit on."""

import uuid

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.people import belonging, queries
from backend.people.errors import JoinCodeNotForAge, JoinCodeUnknown
from backend.people.models import Membership
from backend.units import change as units
from backend.units.errors import ClassCodeUnknown
from backend.units.models import JoinCode
from tests.structure.test_budgets import spent
from tests.support.world import SINCE, Phone, World

KINDS = {
    "BTC1": "body", "BTC2": "body", "CB1": "party_cell", "CB2": "party_cell", "DOAN": "youth_branch",
    "COQUAN": "agency", "HOI": "association",
}  # fmt: skip


@pytest.fixture
def codes(world: World) -> dict[str, uuid.UUID]:
    with world.database.transaction() as session:
        found = {
            code: units.found(
                session, code=f"05752-{code}", kind=kind, name=code, level_word="", since=SINCE,
                parents={"party": world.commune},
            )
            for code, kind in KINDS.items()
        }  # fmt: skip
        session.add_all(JoinCode(code=code, unit_id=unit) for code, unit in found.items())
        session.add(JoinCode(code="OLD", unit_id=found["BTC1"], valid_to=clock.today()))
    return found


def key(phone: Phone) -> uuid.UUID:
    return uuid.UUID(phone.me["id"])


def join(world: World, phone: Phone, *typed: str) -> dict[str, set[uuid.UUID]]:
    with world.database.transaction() as session:
        for code in typed:
            belonging.join_with_code(session, key(phone), code)
        return belongs(session, phone)


def belongs(session: Session, phone: Phone) -> dict[str, set[uuid.UUID]]:
    return queries.memberships_of(session, key(phone), clock.today())


def test_the_kind_of_the_unit_says_how_one_belongs(world: World, codes: dict[str, uuid.UUID]) -> None:
    phone = world.phone()
    assert join(world, phone, "btc1", " CB1 ", "DOAN", "COQUAN") == {
        "lives_in": {world.hamlet},
        "body": {codes["BTC1"]},
        "party_cell": {codes["CB1"]},
        "youth_branch": {codes["DOAN"]},
        "works_at": {codes["COQUAN"]},
    }


def test_a_second_body_does_not_end_the_first_but_a_second_cell_does(
    world: World, codes: dict[str, uuid.UUID]
) -> None:
    found = join(world, world.phone(), "BTC1", "BTC2", "BTC1", "CB1", "CB2")
    assert found["body"] == {codes["BTC1"], codes["BTC2"]}
    assert found["party_cell"] == {codes["CB2"]}


def test_what_held_on_another_day_is_not_held_today(world: World, codes: dict[str, uuid.UUID]) -> None:
    phone = world.phone()
    join(world, phone, "CB1", "CB2")
    with world.database.transaction(writes=False) as session:
        assert queries.memberships_of(session, key(phone), SINCE) == {}


@pytest.mark.parametrize("code", ["", "NOPE", "OLD", "HOI"])
def test_a_code_of_nothing_is_said_to_be_none(world: World, codes: dict[str, uuid.UUID], code: str) -> None:
    phone = world.phone()
    with world.database.transaction() as session, pytest.raises(JoinCodeUnknown):
        belonging.join_with_code(session, key(phone), code)


def test_a_class_takes_pupils_by_its_own_code_only(world: World, codes: dict[str, uuid.UUID]) -> None:
    phone = world.phone(birth_year=clock.today().year - 12, consent=False)
    with world.database.transaction() as session, pytest.raises(ClassCodeUnknown):
        belonging.join_class(session, key(phone), "BTC1")
    assert join(world, phone, "TK7A")["studies_at"] == {world.school_class}


def test_no_minor_is_put_into_a_party_cell(world: World, codes: dict[str, uuid.UUID]) -> None:
    phone = world.phone(birth_year=clock.today().year - 17, consent=False)
    with world.database.transaction() as session, pytest.raises(JoinCodeNotForAge):
        belonging.join_with_code(session, key(phone), "CB1")


def test_all_memberships_cost_one_statement(world: World, codes: dict[str, uuid.UUID]) -> None:
    phone = world.phone()
    join(world, phone, "BTC1", "CB1")

    def read() -> None:
        with world.database.transaction(writes=False) as session:
            belongs(session, phone)

    assert spent(world.database, read) == ["SELECT membership"]


def test_joining_twice_leaves_one_row(world: World, codes: dict[str, uuid.UUID]) -> None:
    phone = world.phone()
    join(world, phone, "BTC1")
    join(world, phone, "BTC1")
    with world.database.transaction(writes=False) as session:
        rows = session.scalars(select(Membership).where(Membership.person_id == key(phone))).all()
        assert sorted(row.kind for row in rows) == ["body", "lives_in"]
