"""Leave and erase: no table of the node holds the person any more, and no figure moves."""

import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from backend import figures
from backend.errors import NotSignedIn
from backend.people import leaving, models, sign_in
from backend.people.consents import texts
from backend.people.models import SubjectLink
from backend.tallies.models import Tally
from campaigns.registry import measure_book
from tests.support.world import Phone, World, prove

NAME = "Nguyễn Thị Rời Đi"
GUARDIAN = "Trần Thị Mẹ"
KEEP_SUBJECT = {"operation", "fact", "standing", "tally_subject", "audit_entry"}
"""Tables that may keep the random key; nothing leads from it to anybody once the link is gone."""


def spellings(key: uuid.UUID | str) -> set[str]:
    """A key as either database may write it."""
    known = uuid.UUID(str(key))
    return {str(known), known.hex}


def tables_holding(world: World, *words: str) -> set[str]:
    """Every table in which any column of any row, in any case, holds one of the words."""
    wanted, found = [word.lower() for word in words], set()
    with world.database.transaction(writes=False) as session:
        for table in inspect(session.connection()).get_table_names():
            for row in session.execute(text(f'SELECT * FROM "{table}"')):
                whole = " ".join(_plain(value) for value in row).lower()
                if any(word in whole for word in wanted):
                    found.add(table)
    return found


def _plain(value: Any) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, (bytes, memoryview)) else str(value)


def subject_of(world: World, phone: Phone) -> uuid.UUID:
    with world.database.transaction(writes=False) as session:
        link = session.query(SubjectLink).filter_by(person_id=uuid.UUID(phone.me["id"])).one()
        return link.subject


def number_of(phone: Phone) -> str:
    return phone.number[1:]  # however the country code is written


def figures_of(world: World) -> list[tuple[Any, ...]]:
    world.fold()
    with world.database.transaction(writes=False) as session:
        return sorted(
            (row.measure, str(row.unit_id), row.period, row.quantity, row.facts, row.people)
            for row in session.query(Tally)
        )


def leave(phone: Phone, pin: str = "1234") -> Any:
    return phone.delete("/me", {"pin": pin})


def busy_person(world: World) -> Phone:
    """Somebody who left a trace in every room: papers, quarantined deeds, a move, receipts, a download, wrong PINs."""
    phone = world.phone(NAME)
    phone.take_part(right=5)
    phone.push(phone.freeze("contest.start", {}, schema="one", note=NAME))
    phone.client.patch("/api/v1/me", json={"name": NAME + " Mới"}, headers=phone.headers)
    phone.client.patch("/api/v1/me", json={"unit_id": str(world.other_hamlet)}, headers=phone.headers)
    assert phone.get("/me/data").status_code == 200
    assert leave(phone, "9999").status_code == 403
    world.fold()
    return phone


def test_before_leaving_the_search_does_find_the_person(world: World) -> None:
    phone = busy_person(world)
    assert {"person", "quarantined"} <= tables_holding(world, NAME)
    assert tables_holding(world, number_of(phone)) == {"phone"}
    assert {"person", "membership", "consent", "sign_in_session", "subject_link"} <= tables_holding(
        world, *spellings(phone.me["id"])
    )
    assert "subject_link" in tables_holding(world, *spellings(subject_of(world, phone)))


def test_after_leaving_nothing_on_the_node_says_who_it_was(world: World) -> None:
    phone = busy_person(world)
    subject = subject_of(world, phone)
    assert leave(phone).status_code == 204
    assert tables_holding(world, NAME) == set()
    assert tables_holding(world, number_of(phone)) == set()
    assert tables_holding(world, *spellings(phone.me["id"])) == set()
    assert tables_holding(world, *spellings(subject)) <= KEEP_SUBJECT


def test_what_was_counted_stays_counted(world: World) -> None:
    for number in range(5):
        world.phone(f"Người {number}").take_part(number)
    phone = busy_person(world)
    before = figures_of(world)
    assert leave(phone).status_code == 204
    assert figures_of(world) == before
    with world.database.transaction() as session:
        figures.rebuild(session, measure_book())
    assert figures_of(world) == before
    assert figures.differences(world.database, measure_book()) == []


def test_a_fact_not_yet_counted_is_counted_after_its_person_left(world: World) -> None:
    phone = world.phone(NAME)
    phone.take_part()
    assert leave(phone).status_code == 204
    world.fold()
    with world.database.transaction(writes=False) as session:
        row = session.get_one(Tally, ("contest.entrants", world.activity, world.hamlet, "all"))
        assert row.people == 1


def test_the_token_is_dead_and_the_phone_may_begin_anew(world: World) -> None:
    phone = busy_person(world)
    assert leave(phone).status_code == 204
    for answer in (phone.get("/me"), phone.get("/me/data"), leave(phone), phone.push()):
        assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    code = phone.client.post("/api/v1/sign-in/codes", json={"phone": phone.number}).json["demo_code"]
    proof = phone.client.post("/api/v1/sign-in/proofs", json={"phone": phone.number, "code": code})
    assert proof.json["persons"] == []
    again = world.phone(NAME, number=phone.number)
    assert again.me["id"] != phone.me["id"]
    assert again.take_part()["outcome"] == "counted"


def test_the_other_person_on_the_same_phone_stays(world: World) -> None:
    phone = world.phone(NAME)
    other = world.phone("Người ở lại", number=phone.number)
    other.start()
    assert leave(phone).status_code == 204
    assert tables_holding(world, NAME, *spellings(phone.me["id"])) == set()
    assert tables_holding(world, number_of(phone)) == {"phone"}
    assert other.get("/me").json["name"] == "Người ở lại"
    assert other.get(f"/activities/{world.activity}/mine").json["attempt"]["state"] == "running"
    assert prove(world.client(), phone.number)
    assert leave(other).status_code == 204
    assert tables_holding(world, number_of(phone)) == set()


@pytest.mark.parametrize("pin", ["0000", "123", "12345678", ""])
def test_a_wrong_pin_erases_nothing(world: World, pin: str) -> None:
    phone = world.phone(NAME)
    assert leave(phone, pin).status_code in (403, 422)
    assert phone.delete("/me").status_code == 422
    assert phone.get("/me").json["name"] == NAME


def test_five_wrong_pins_lock_even_the_right_one(world: World) -> None:
    phone = world.phone(NAME)
    assert [leave(phone, "0000").status_code for _ in range(5)] == [403, 403, 403, 403, 429]
    locked = leave(phone)
    assert (locked.status_code, locked.json["code"]) == (429, "too_many_tries")
    assert int(locked.headers["Retry-After"]) > 0
    assert phone.get("/me").status_code == 200


def test_a_guardians_name_goes_with_the_child(world: World) -> None:
    child = world.phone("Em Bé", birth_year=2015, consent=False)
    code = child.post("/me/guardian-codes").json["demo_code"]
    given = child.post(
        "/me/guardian-consents",
        {
            "code": code,
            "guardian_name": GUARDIAN,
            "relation": "mother",
            "version": texts()["guardian_contest_entry"].version,
            "campaign_id": str(world.campaign),
        },
    )
    assert given.status_code == 201, given.text
    assert tables_holding(world, GUARDIAN) == {"consent"}
    assert leave(child).status_code == 204
    assert tables_holding(world, GUARDIAN, "Em Bé", number_of(child)) == set()


# --- at the same time ---


def waits_for(
    world: World, first: Callable[[Session], object], second: Callable[[Session], object]
) -> Future[Any]:
    """Runs `second` in a transaction of its own while that of `first` is still open; it must wait for its end."""

    def run() -> object:
        with world.database.transaction() as session:
            return second(session)

    with ThreadPoolExecutor(1) as pool, world.database.transaction() as session:
        first(session)
        session.flush()
        running = pool.submit(run)
        with pytest.raises(TimeoutError):
            running.result(timeout=0.4)
    return running


def id_of(phone: Phone) -> uuid.UUID:
    return uuid.UUID(phone.me["id"])


def test_the_last_two_on_a_phone_leaving_at_once_leave_no_number(world: World) -> None:
    phone = world.phone(NAME)
    other = world.phone("Người kia", number=phone.number)
    waits_for(
        world, lambda s: leaving.erase(s, id_of(phone)), lambda s: leaving.erase(s, id_of(other))
    ).result()
    assert tables_holding(world, number_of(phone)) == set()


def test_joining_on_one_phone_goes_one_after_another(world: World) -> None:
    phone = world.phone(NAME)

    def join(session: Session) -> object:
        number = f"+84{number_of(phone)}"
        return sign_in.join(session, number, name=NAME, birth_year=1980, pin_hash="", hamlet=world.hamlet)

    waits_for(world, join, join).result()


def test_who_is_just_sending_a_deed_is_erased_after_it(world: World) -> None:
    phone = world.phone(NAME)
    subject = subject_of(world, phone)
    waits_for(
        world, lambda s: sign_in.hold_subject(s, subject), lambda s: leaving.erase(s, id_of(phone))
    ).result()
    with world.database.transaction() as session, pytest.raises(NotSignedIn):
        sign_in.hold_subject(session, subject)
    with world.database.transaction() as session, pytest.raises(NotSignedIn):
        leaving.erase(session, id_of(phone))


def test_a_number_left_without_people_is_forgotten(world: World) -> None:
    phone = world.phone(NAME)
    with world.database.transaction() as session:
        session.add(models.Phone(number="+84987654321"))
    with world.database.transaction() as session:
        sign_in.forget_old_codes(session)
    assert tables_holding(world, "987654321") == set()
    assert tables_holding(world, number_of(phone)) == {"phone"}


def test_tidying_does_not_take_the_number_of_somebody_just_joining(world: World) -> None:
    with world.database.transaction() as session:
        session.add(models.Phone(number="+84987654321"))

    def join(session: Session) -> object:
        return sign_in.join(
            session, "+84987654321", name=NAME, birth_year=1980, pin_hash="", hamlet=world.hamlet
        )

    def tidy() -> None:
        with world.database.transaction() as session:
            sign_in.forget_old_codes(session)

    with ThreadPoolExecutor(1) as pool:
        with world.database.transaction() as session:
            join(session)
            tidied = pool.submit(tidy)
            wait([tidied], timeout=0.4)
        tidied.result()
    assert tables_holding(world, "987654321") == {"phone"}
