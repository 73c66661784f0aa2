"""A lost phone: turned away whatever it asks for, told to wipe itself, and nothing it holds is taken any more."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from backend import clock
from backend.db.base import new_id
from backend.errors import NotFound
from backend.participation.models import Operation, Quarantined
from backend.people import devices, sign_in
from backend.people.models import LostDevice, SignInSession
from tests.support.world import Phone, World, prove


def lose(world: World, phone: Phone) -> None:
    with world.database.transaction() as session:
        devices.report_lost(session, person(phone), uuid.UUID(phone.device))


def person(phone: Phone) -> uuid.UUID:
    return uuid.UUID(phone.me["id"])


def is_turned_away(answer: TestResponse) -> None:
    assert (answer.status_code, answer.json["code"]) == (401, "device_lost"), answer.text


def lost_rows(world: World) -> list[LostDevice]:
    with world.database.transaction(writes=False) as session:
        return list(session.scalars(select(LostDevice)))


def enter(phone: Phone, device: str, pin: str = "1234") -> TestResponse:
    body = {
        "ticket": prove(phone.client, phone.number),
        "person_id": phone.me["id"],
        "pin": pin,
        "device_id": device,
    }
    return phone.client.post("/api/v1/sign-in/sessions", json=body)


def test_whatever_a_lost_phone_asks_it_is_told_to_wipe_itself(world: World) -> None:
    phone = world.phone()
    lose(world, phone)
    start = phone.freeze("contest.start", {})
    for answer in (
        phone.get("/home"),
        phone.get("/me"),
        phone.get("/sync/pull"),
        phone.get("/team/load"),
        phone.push(start),
        phone.push(start, phone.freeze("contest.start", {})),
        phone.post("/sync/relay", {}),
        phone.delete("/sign-in/session"),
        phone.delete("/me", {"pin": phone.pin}),
        phone.client.put(f"/api/v1/photos/{'0' * 64}?offset=0&size=1", data=b"x", headers=phone.headers),
        phone.client.post(
            f"/api/v1/activities/{world.activity}/contest/start",
            data=start,
            content_type="application/json",
            headers=phone.headers,
        ),
    ):
        is_turned_away(answer)
    with world.database.transaction(writes=False) as session:
        assert session.scalars(select(Operation)).all() == []
        assert session.scalars(select(Quarantined)).all() == []


@pytest.mark.parametrize("call", ["get", "push"])
def test_when_it_heard_of_it_is_written_down_once(world: World, call: str) -> None:
    phone = world.phone()
    lose(world, phone)
    assert lost_rows(world)[0].wiped_at is None
    ask = (
        (lambda: phone.get("/home"))
        if call == "get"
        else (lambda: phone.push(phone.freeze("contest.start", {})))
    )
    is_turned_away(ask())
    (first,) = lost_rows(world)
    assert first.wiped_at is not None
    with clock.stopped_at(clock.now() + timedelta(hours=1)):
        is_turned_away(ask())
    assert lost_rows(world)[0].wiped_at == first.wiped_at


def test_however_long_a_lost_phone_was_silent_it_is_told_to_wipe_itself(world: World) -> None:
    """Its session ran out and was tidied away long since: the old token still tells which phone calls."""
    phone, kept = world.phone("Mất"), world.phone("Còn")
    lose(world, phone)
    with clock.stopped_at(clock.now() + timedelta(days=400)):
        with world.database.transaction() as session:
            sign_in.forget_old_codes(session)
        is_turned_away(phone.get("/home"))
        assert kept.get("/home").json["code"] == "not_signed_in"
        with world.database.transaction(writes=False) as session:
            (left,) = session.scalars(select(SignInSession))  # the other one's is gone as before
    assert left.person_id == person(phone)
    assert lost_rows(world)[0].wiped_at is not None


def test_the_same_person_goes_on_with_another_phone(world: World) -> None:
    phone = world.phone()
    other = enter(phone, str(new_id())).json["token"]
    lose(world, phone)
    is_turned_away(phone.get("/me"))
    kept = phone.client.get("/api/v1/me", headers={"Authorization": f"Bearer {other}"})
    assert (kept.status_code, kept.json["id"]) == (200, phone.me["id"])
    assert enter(phone, str(new_id())).status_code == 201


def test_who_has_the_phone_and_the_pin_does_not_sign_in_on_what_it_holds(world: World) -> None:
    phone = world.phone()
    lose(world, phone)
    is_turned_away(enter(phone, phone.device))
    assert enter(phone, phone.device, pin="0000").json["code"] == "pin_wrong"


def test_a_phone_is_lost_only_by_who_signed_in_on_it(world: World) -> None:
    one, other = world.phone("Một"), world.phone("Hai")
    with world.database.transaction() as session:
        for device in (uuid.UUID(other.device), uuid.uuid4()):
            with pytest.raises(NotFound):
                devices.report_lost(session, person(one), device)
    assert other.get("/me").status_code == 200
    lose(world, one)
    lose(world, one)
    assert len(lost_rows(world)) == 1
    assert other.get("/me").status_code == 200


def test_a_token_that_ended_otherwise_is_only_not_signed_in(world: World) -> None:
    phone = world.phone()
    assert phone.delete("/sign-in/session").status_code == 204
    assert phone.get("/me").json["code"] == "not_signed_in"
    lose(world, phone)
    is_turned_away(phone.get("/me"))  # it may hold data still


def test_a_person_sees_the_own_phones_with_what_became_of_them(world: World) -> None:
    phone = world.phone()
    second = new_id()
    with clock.stopped_at(clock.now() + timedelta(minutes=1)):
        assert enter(phone, str(second)).status_code == 201
    lose(world, phone)
    phone.get("/me")
    with world.database.transaction(writes=False) as session:
        newest, lost = devices.of_person(session, person(phone))
    assert (newest.id, newest.lost_at, newest.wiped_at) == (second, None, None)
    assert lost.id == uuid.UUID(phone.device)
    assert lost.lost_at is not None
    assert lost.wiped_at is not None


def test_who_leaves_leaves_no_lost_phone_behind(world: World) -> None:
    phone = world.phone()
    lose(world, phone)
    token = enter(phone, str(new_id())).json["token"]
    gone = phone.client.delete(
        "/api/v1/me", json={"pin": phone.pin}, headers={"Authorization": f"Bearer {token}"}
    )
    assert gone.status_code == 204
    assert lost_rows(world) == []
