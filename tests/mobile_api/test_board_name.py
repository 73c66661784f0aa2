"""Nobody appears unasked: a name on boards comes with its agreement and goes with it, and never names a minor."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from backend import clock
from backend.people import consents, queries
from backend.people.models import Consent, Person, SubjectLink
from tests.structure.test_budgets import spent
from tests.support.world import Phone, World

YEAR = clock.today().year
NAME = "Bác Sáu hoa mai"


def choose(phone: Phone, name: Any = NAME, **more: Any) -> TestResponse:
    body = {"name": name, "version": consents.texts()["board_name"].version} | more
    return phone.client.put("/api/v1/me/board-name", json=body, headers=phone.headers)


def subject_of(world: World, phone: Phone) -> uuid.UUID:
    with world.database.transaction(writes=False) as session:
        link = select(SubjectLink.subject).where(SubjectLink.person_id == uuid.UUID(phone.me["id"]))
        return session.scalars(link).one()


def on_board(world: World, *phones: Phone) -> dict[uuid.UUID, str]:
    subjects = [subject_of(world, phone) for phone in phones]
    with world.database.transaction(writes=False) as session:
        return queries.board_names(session, subjects)


def stored(world: World, phone: Phone) -> str | None:
    with world.database.transaction(writes=False) as session:
        return session.get_one(Person, uuid.UUID(phone.me["id"])).board_name


def test_off_by_default_and_not_by_the_other_agreements(world: World) -> None:
    phone = world.phone()
    phone.agree("publish_name")
    assert phone.get("/me").json["board_name"] is None
    assert on_board(world, phone) == {}


def test_who_agrees_is_named_as_they_chose(world: World) -> None:
    phone, other = world.phone(), world.phone("Người khác")
    answer = choose(phone, "  Bác  Sáu hoa mai ")
    assert answer.status_code == 200, answer.text
    assert answer.json["board_name"] == phone.get("/me").json["board_name"] == NAME
    assert "board_name" in {row["purpose"] for row in answer.json["consents"]}
    assert phone.get("/me/data").json["person"]["board_name"] == NAME
    assert on_board(world, phone, other) == {subject_of(world, phone): NAME}


def test_another_name_replaces_the_first_under_the_same_agreement(world: World) -> None:
    phone = world.phone()
    choose(phone)
    assert choose(phone, "Cô Lan").json["board_name"] == "Cô Lan"
    rows = [row for row in phone.get("/me").json["consents"] if row["purpose"] == "board_name"]
    assert len(rows) == 1


def test_taken_back_the_name_is_gone_at_once_and_everywhere(world: World) -> None:
    phone = world.phone()
    choose(phone)
    assert phone.delete("/me/board-name").status_code == 204
    assert phone.delete("/me/board-name").status_code == 204
    assert stored(world, phone) is None
    assert on_board(world, phone) == {}
    me = phone.get("/me").json
    assert me["board_name"] is None
    assert [row["withdrawn_at"] is None for row in me["consents"] if row["purpose"] == "board_name"] == [
        False
    ]


def test_taken_back_in_the_list_of_agreements_the_name_is_gone_too(world: World) -> None:
    phone = world.phone()
    given = choose(phone).json["consents"]
    (row,) = [row for row in given if row["purpose"] == "board_name"]
    assert phone.delete(f"/me/consents/{row['id']}").status_code == 204
    assert stored(world, phone) is None
    assert on_board(world, phone) == {}
    phone.agree("board_name")
    assert on_board(world, phone) == {}, "a new agreement does not bring an old name back"


def test_taking_another_agreement_back_leaves_the_name(world: World) -> None:
    phone = world.phone()
    choose(phone)
    entry = next(row for row in phone.get("/me").json["consents"] if row["purpose"] == "contest_entry")
    phone.delete(f"/me/consents/{entry['id']}")
    assert stored(world, phone) == NAME


@pytest.mark.parametrize("years", [10, 15, 16, 17, 18])
def test_nobody_under_18_by_year_of_birth(world: World, years: int) -> None:
    phone = world.phone("Em", birth_year=YEAR - years, consent=False)
    answer = choose(phone)
    assert (answer.status_code, answer.json["code"]) == (409, "board_name_not_for_minors")
    straight = phone.agree("board_name")
    assert (straight.status_code, straight.json["code"]) == (409, "board_name_not_for_minors")
    assert stored(world, phone) is None
    assert phone.get("/me").json["consents"] == []


def test_even_a_row_that_got_in_otherwise_names_no_minor(world: World) -> None:
    phone = world.phone("Em", birth_year=YEAR - 18, consent=False)
    with world.database.transaction() as session:
        person = session.get_one(Person, uuid.UUID(phone.me["id"]))
        person.board_name = NAME
        session.add(
            Consent(
                person_id=person.id, purpose="board_name", version=1, given_at=clock.now(), channel="app",
                given_by="self",
            )
        )  # fmt: skip
    assert on_board(world, phone) == {}
    with clock.stopped_at(clock.now().replace(year=YEAR + 1)):
        assert on_board(world, phone) == {subject_of(world, phone): NAME}


@pytest.mark.parametrize(
    "name", ["A", "0912345678", "Hoa 0912 345 678", "1975", "a\tb", "a" * 41, "\u200b\u200b", "  "]
)
def test_what_is_no_name_is_refused_and_nothing_is_agreed(world: World, name: str) -> None:
    phone = world.phone()
    answer = choose(phone, name)
    assert (answer.status_code, answer.json["code"]) == (409, "board_name_invalid")
    assert {row["purpose"] for row in phone.get("/me").json["consents"]} == {"contest_entry"}


def test_an_old_text_is_not_agreed_to(world: World) -> None:
    phone = world.phone()
    answer = choose(phone, version=9)
    assert (answer.status_code, answer.json["code"]) == (409, "consent_text_unknown")
    assert stored(world, phone) is None


@pytest.mark.parametrize(
    "body", [{}, {"name": "Hoa"}, {"name": 7, "version": 1}, {"name": "Hoa", "version": "1"}]
)
def test_a_payload_of_another_shape_is_refused(world: World, body: dict[str, Any]) -> None:
    phone = world.phone()
    assert phone.client.put("/api/v1/me/board-name", json=body, headers=phone.headers).status_code == 422


def test_an_agreement_to_an_older_text_names_nobody(world: World) -> None:
    phone = world.phone()
    choose(phone)
    with world.database.transaction() as session:
        row = session.scalars(select(Consent).where(Consent.purpose == "board_name")).one()
        row.version = 0
    assert on_board(world, phone) == {}
    assert phone.get("/me").json["board_name"] is None


def test_leaving_takes_the_name_along(world: World) -> None:
    phone = world.phone()
    choose(phone)
    assert phone.delete("/me", {"pin": "1234"}).status_code == 204
    with world.database.transaction(writes=False) as session:
        assert session.scalars(select(Person).where(Person.board_name.is_not(None))).all() == []
        assert session.execute(queries.board_named()).all() == []


def test_twenty_names_or_one_cost_one_statement(world: World) -> None:
    phones = [world.phone(f"Người {n}") for n in range(4)]
    for number, phone in enumerate(phones[:3]):
        choose(phone, f"Tên số {number}")
    subjects = [subject_of(world, phone) for phone in phones]

    def read() -> None:
        with world.database.transaction(writes=False) as session:
            assert len(queries.board_names(session, subjects)) == 3

    assert spent(world.database, read) == ["SELECT subject_link"]


def test_a_board_joins_the_named_in_its_own_statement(world: World) -> None:
    """As a board does: the first two in some order of those who agreed, asking for no parameters."""
    phones = [world.phone(f"Người {n}") for n in range(4)]
    for phone in phones[1:]:
        choose(phone, f"Tên {phone.me['name']}")
    named = queries.board_named().subquery()
    query = (
        select(SubjectLink.subject, named.c.board_name)
        .join(named, named.c.subject == SubjectLink.subject)
        .order_by(named.c.board_name.desc())
        .limit(2)
    )
    for _ in range(2):
        with world.database.transaction(writes=False) as session:
            assert [row.board_name for row in session.execute(query)] == ["Tên Người 3", "Tên Người 2"]


def test_two_agreements_standing_side_by_side_name_once(world: World) -> None:
    phone = world.phone()
    choose(phone)
    with world.database.transaction() as session:
        row = session.scalars(select(Consent).where(Consent.purpose == "board_name")).one()
        copy = {c.name: getattr(row, c.name) for c in Consent.__table__.columns if c.name != "id"}
        session.add(Consent(**copy | {"channel": "paper"}))
    with world.database.transaction(writes=False) as session:
        assert len(session.execute(queries.board_named()).all()) == 1
    phone.delete("/me/board-name")
    assert on_board(world, phone) == {}
