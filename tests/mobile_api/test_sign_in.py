"""Signing in: a code proves the phone, a PIN proves who of the family it is, and guessing leads nowhere."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend import clock
from backend.app import create_app
from backend.config import Settings
from backend.db.base import new_id
from backend.db.engine import Database
from backend.people import sign_in
from backend.people.keys import Seal
from mobile_api import sign_in as door
from tests.support.world import World, plant, prove

NUMBER = "0912345678"
Move = Callable[[timedelta], None]


@pytest.fixture
def move(world: World) -> Iterator[Move]:
    with clock.stopped_at(clock.now()) as on:
        yield on


@pytest.fixture
def client(world: World) -> FlaskClient:
    return world.client()


def ask_code(client: FlaskClient, number: str = NUMBER) -> str:
    answer = client.post("/api/v1/sign-in/codes", json={"phone": number})
    assert answer.status_code == 200, answer.text
    return str(answer.json["demo_code"])


def prove_with(client: FlaskClient, code: str, number: str = NUMBER) -> TestResponse:
    return client.post("/api/v1/sign-in/proofs", json={"phone": number, "code": code})


def join(client: FlaskClient, world: World, ticket: str, name: str = "Bình", **other: Any) -> TestResponse:
    person = {
        "ticket": ticket, "device_id": str(new_id()), "name": name, "birth_year": 1980, "pin": "1234",
        "unit_id": str(world.hamlet), "person_id": str(new_id()),
    }  # fmt: skip
    return client.post("/api/v1/sign-in/persons", json=person | other)


def enter(client: FlaskClient, ticket: str, person: str, pin: str) -> TestResponse:
    return client.post(
        "/api/v1/sign-in/sessions",
        json={"ticket": ticket, "device_id": str(new_id()), "person_id": person, "pin": pin},
    )


def other_than(code: str) -> str:
    return "000001" if code == "000000" else "000000"


def said(answer: TestResponse) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json", answer.text
    return answer.status_code, answer.json["code"]


# --- codes -------------------------------------------------------------------------------------------------------


def test_wrong_codes_count_down_and_the_fifth_locks_the_right_one_out(client: FlaskClient) -> None:
    code = ask_code(client)
    for left in (4, 3, 2, 1):
        answer = prove_with(client, other_than(code))
        assert said(answer) == (403, "wrong_code")
        assert answer.json["tries_left"] == left
        assert f"{left}" in answer.json["detail"]
    for tried in (other_than(code), code):
        answer = prove_with(client, tried)
        assert said(answer) == (429, "too_many_tries")
        assert 0 < int(answer.headers["Retry-After"]) == answer.json["retry_after_s"] <= 300
    assert prove_with(client, ask_code(client)).status_code == 200


def test_wrong_tries_before_the_right_code_do_no_harm(client: FlaskClient) -> None:
    code = ask_code(client)
    for _ in range(4):
        prove_with(client, other_than(code))
    assert prove_with(client, code).status_code == 200


def test_a_code_lives_five_minutes(client: FlaskClient, move: Move) -> None:
    code = ask_code(client)
    move(timedelta(minutes=5))
    assert prove_with(client, code).status_code == 200
    late = ask_code(client)
    move(timedelta(minutes=5, seconds=1))
    assert said(prove_with(client, late)) == (409, "code_expired")


def test_a_code_works_once(client: FlaskClient) -> None:
    code = ask_code(client)
    assert prove_with(client, code).status_code == 200
    assert said(prove_with(client, code)) == (409, "code_expired")


def test_a_new_code_ends_the_old_one(client: FlaskClient) -> None:
    old, new = ask_code(client), ask_code(client)
    if old != new:
        assert said(prove_with(client, old)) == (403, "wrong_code")
    assert prove_with(client, new).status_code == 200


def test_a_code_belongs_to_its_number_however_that_is_written(client: FlaskClient) -> None:
    code = ask_code(client, "0912 345 678")
    assert said(prove_with(client, code, "0987654321")) == (409, "code_expired")
    assert prove_with(client, code, "+84 912.345.678").status_code == 200


@pytest.mark.parametrize("number", ["0112345678", "091234567", "+14155550100", "0000000000"])
def test_what_is_no_vietnamese_mobile_number_is_refused(client: FlaskClient, number: str) -> None:
    answer = client.post("/api/v1/sign-in/codes", json={"phone": number})
    assert said(answer) == (409, "phone_invalid")


def test_codes_for_one_number_are_rationed(client: FlaskClient, move: Move) -> None:
    for _ in range(8):
        ask_code(client)
    answer = client.post("/api/v1/sign-in/codes", json={"phone": NUMBER})
    assert said(answer) == (429, "rate_limited")
    wait = int(answer.headers["Retry-After"])
    assert 0 < wait == answer.json["retry_after_s"] <= 3600
    assert ask_code(client, "0987654321"), "another number is not held up"
    move(timedelta(seconds=wait))
    assert ask_code(client)


def test_a_code_is_never_told_when_its_port_brings_it_elsewhere(
    settings: Settings, database: Database
) -> None:
    sent: list[tuple[str, str]] = []

    class Letters:
        name = "letters"

        def send(self, phone: str, code: str) -> str | None:
            sent.append((phone, code))
            return None

    app = create_app(settings, database=database, code_sender=Letters())
    plant(app, database)
    client = app.test_client()
    answer = client.post("/api/v1/sign-in/codes", json={"phone": NUMBER})
    assert answer.json == {"expires_in_s": 300}
    ((phone, code),) = sent
    assert phone == "+84912345678"
    assert code not in answer.text + str(answer.headers)
    assert prove_with(client, code).status_code == 200


# --- the family on one phone -------------------------------------------------------------------------------------


def test_several_persons_share_a_phone_and_each_has_an_own_pin(world: World, client: FlaskClient) -> None:
    ticket = prove(client, NUMBER)
    mother = join(client, world, ticket, "Mẹ", pin="1111").json["person"]
    son = join(client, world, ticket, "Con", pin="2222").json["person"]
    proof = prove_with(client, ask_code(client)).json
    assert [person["name"] for person in proof["persons"]] == ["Mẹ", "Con"]
    assert {frozenset(person) for person in proof["persons"]} == {frozenset(("id", "name"))}
    ticket = proof["ticket"]
    assert enter(client, ticket, mother["id"], "1111").json["person"]["name"] == "Mẹ"
    assert enter(client, ticket, son["id"], "2222").json["person"]["name"] == "Con"
    assert said(enter(client, ticket, son["id"], "1111")) == (403, "pin_wrong")


def test_a_person_of_another_phone_is_unknown_whatever_the_pin(world: World, client: FlaskClient) -> None:
    stranger = world.phone("Người lạ")
    ticket = prove(client, NUMBER)
    assert said(enter(client, ticket, stranger.me["id"], stranger.pin)) == (404, "person_unknown")
    assert said(enter(client, ticket, str(new_id()), "1234")) == (404, "person_unknown")


def test_five_wrong_pins_lock_for_a_quarter_of_an_hour(world: World, client: FlaskClient, move: Move) -> None:
    phone = world.phone(number=NUMBER)
    ticket = prove(client, NUMBER)
    for left in (4, 3, 2, 1):
        answer = enter(client, ticket, phone.me["id"], "9999")
        assert (said(answer), answer.json["tries_left"]) == ((403, "pin_wrong"), left)
    assert said(enter(client, ticket, phone.me["id"], "9999")) == (429, "too_many_tries")
    move(timedelta(minutes=15) - timedelta(seconds=1))
    ticket = prove(client, NUMBER)
    locked = enter(client, ticket, phone.me["id"], phone.pin)
    assert said(locked) == (429, "too_many_tries")
    assert locked.headers["Retry-After"] == "1"
    move(timedelta(seconds=1))
    assert enter(client, ticket, phone.me["id"], phone.pin).status_code == 201


def test_a_right_pin_forgets_the_wrong_ones(world: World, client: FlaskClient) -> None:
    phone = world.phone(number=NUMBER)
    ticket = prove(client, NUMBER)
    for _ in range(2):
        for _ in range(4):
            assert enter(client, ticket, phone.me["id"], "9999").status_code == 403
        assert enter(client, ticket, phone.me["id"], phone.pin).status_code == 201


# --- joining again, and how many a phone holds -------------------------------------------------------------------


def test_joining_sent_again_is_the_same_person(world: World, client: FlaskClient) -> None:
    ticket, key = prove(client, NUMBER), str(new_id())
    first = join(client, world, ticket, person_id=key)
    again = join(client, world, ticket, "Bình viết khác", person_id=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json["person"]["id"] == again.json["person"]["id"] == key
    assert first.json["token"] != again.json["token"]
    assert again.json["person"]["name"] == "Bình"
    assert said(join(client, world, ticket, person_id=key, pin="9999")) == (403, "pin_wrong")
    assert [p["id"] for p in prove_with(client, ask_code(client)).json["persons"]] == [key]


def test_nobody_joins_under_the_id_of_a_person_on_another_number(world: World, client: FlaskClient) -> None:
    phone = world.phone()
    ticket = prove(client, NUMBER)
    assert said(join(client, world, ticket, person_id=phone.me["id"])) == (409, "person_taken")
    assert said(join(client, world, ticket, person_id=str(world.staff["an"]))) == (409, "person_taken")
    assert prove_with(client, ask_code(client)).json["persons"] == []


def test_a_person_needs_an_id(world: World, client: FlaskClient) -> None:
    assert said(join(client, world, prove(client, NUMBER), person_id="x")) == (422, "payload_invalid")


def at_once(deeds: list[Callable[[], TestResponse]]) -> list[TestResponse]:
    with ThreadPoolExecutor(len(deeds)) as pool:
        return [done.result() for done in [pool.submit(deed) for deed in deeds]]


def test_the_same_joining_sent_many_times_at_once_leaves_one_person(world: World) -> None:
    ticket, key = prove(world.client(), NUMBER), str(new_id())
    answers = at_once([lambda: join(world.client(), world, ticket, person_id=key)] * 6)
    assert [answer.status_code for answer in answers] == [201] * 6
    with world.database.transaction(writes=False) as session:
        assert len(sign_in.persons_on(session, "+84912345678")) == 1


def test_a_phone_holds_a_family_and_not_more_even_when_they_race(world: World, client: FlaskClient) -> None:
    ticket, key = prove(client, NUMBER), str(new_id())
    assert join(client, world, ticket, person_id=key).status_code == 201
    for _ in range(sign_in.PERSONS_PER_PHONE - 3):
        assert join(client, world, ticket).status_code == 201
    answers = at_once([lambda: join(world.client(), world, ticket)] * 6)
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409, 409]
    full = join(client, world, ticket)
    assert said(full) == (409, "phone_full")
    assert str(sign_in.PERSONS_PER_PHONE) in full.json["detail"]
    assert join(client, world, ticket, person_id=key).status_code == 201, "who is there already comes in"


# --- limits of an address ----------------------------------------------------------------------------------------


def test_one_address_is_rationed_and_another_is_not(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CODES", "PROOFS", "PERSONS"):
        monkeypatch.setattr(f"mobile_api.sign_in.{name}_AN_HOUR", 2)
    ticket = prove(client, NUMBER)
    prove(client, "0987654321")
    for answer in (
        client.post("/api/v1/sign-in/codes", json={"phone": "0987654322"}),
        prove_with(client, "123456"),
    ):
        assert said(answer) == (429, "rate_limited")
        assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert [join(client, world, ticket).status_code for _ in range(3)] == [201, 201, 429]
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    asked = client.post("/api/v1/sign-in/codes", json={"phone": NUMBER}, environ_base=elsewhere)
    assert asked.status_code == 200


def test_limits_of_an_address_leave_room_for_a_commune_behind_one_router() -> None:
    assert min(door.CODES_AN_HOUR, door.PROOFS_AN_HOUR, door.PERSONS_AN_HOUR) >= 300


# --- tickets and sessions ----------------------------------------------------------------------------------------


def test_a_ticket_lives_a_quarter_of_an_hour(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = prove(client, NUMBER)
    assert join(client, world, ticket).status_code == 201
    monkeypatch.setattr("backend.people.keys.TICKET_S", -1)
    assert said(join(client, world, ticket)) == (409, "ticket_expired")


def test_a_forged_or_mangled_ticket_opens_nothing(world: World, client: FlaskClient) -> None:
    ticket = prove(client, NUMBER)
    forged = Seal("another key").ticket("+84912345678")
    for wrong in (forged, ticket[:-2], ticket + "x", "x", "a.b.c", ticket.replace(".", "-")):
        assert said(join(client, world, wrong)) == (409, "ticket_expired")
        assert said(enter(client, wrong, str(new_id()), "1234")) == (409, "ticket_expired")


def test_nobody_joins_a_unit_that_is_not_there(world: World, client: FlaskClient) -> None:
    ticket = prove(client, NUMBER)
    assert said(join(client, world, ticket, unit_id=str(new_id()))) == (404, "unit_unknown")
    assert prove_with(client, ask_code(client)).json["persons"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"pin": "12a4"}, {"pin": "123"}, {"pin": "1234567"}, {"pin": "1234\n"}, {"pin": "١٢٣٤"}, {"pin": 1234},
        {"name": ""}, {"name": "   "}, {"name": "a" * 81}, {"name": None}, {"birth_year": 1899},
        {"birth_year": 2101}, {"birth_year": "1980"}, {"birth_year": 1980.5}, {"birth_year": True},
        {"unit_id": "x"}, {"device_id": ""}, {"more": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_person_that_does_not_fit_is_refused_field_by_field(
    world: World, client: FlaskClient, wrong: dict[str, Any]
) -> None:
    answer = join(client, world, prove(client, NUMBER), **wrong)
    assert said(answer) == (422, "payload_invalid")
    assert set(answer.json["errors"]["json"]) == set(wrong)


def test_signing_out_ends_this_device_alone(world: World) -> None:
    phone = world.phone(number=NUMBER)
    client = world.client()
    other = enter(client, prove(client, NUMBER), phone.me["id"], phone.pin).json["token"]
    assert phone.delete("/sign-in/session").status_code == 204
    assert said(phone.get("/me")) == (401, "not_signed_in")
    assert said(phone.delete("/sign-in/session")) == (401, "not_signed_in")
    here = client.get("/api/v1/me", headers={"Authorization": f"Bearer {other}"})
    assert here.status_code == 200


def test_a_session_ends_after_ninety_days(world: World, move: Move) -> None:
    phone = world.phone()
    move(timedelta(days=90) - timedelta(seconds=1))
    assert phone.get("/me").status_code == 200
    move(timedelta(seconds=1))
    assert said(phone.get("/me")) == (401, "not_signed_in")


# --- finding the own hamlet --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["Đồng Tiến", "dong tien", "DONG TIEN", "đồng", "tien", "xom dong", "  dong   tien "]
)
def test_a_hamlet_is_found_with_or_without_tone_marks(client: FlaskClient, typed: str) -> None:
    found = client.get("/api/v1/units", query_string={"q": typed, "kind": "hamlet"}).json["units"]
    assert [unit["name"] for unit in found] == ["Đồng Tiến", "Đồng Tiến"]
    assert {unit["parent_name"] for unit in found} == {"Tân Khánh", "Xa Lạ"}


@pytest.mark.parametrize("typed", ["%", "_", "\\", "dong%", "không có"])
def test_signs_of_the_query_language_are_plain_letters(client: FlaskClient, typed: str) -> None:
    assert client.get("/api/v1/units", query_string={"q": typed}).json == {"units": []}
