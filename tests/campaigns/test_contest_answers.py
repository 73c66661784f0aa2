"""Which answer the node keeps when several arrive for one question."""

from typing import Any

from backend.db.base import new_id
from tests.support.world import Phone, World, prove


def answered(phone: Phone, attempt: dict[str, Any], choice: str) -> str:
    body = {"attempt": attempt["id"], "question": attempt["questions"][0]["id"], "choice": choice}
    return phone.freeze("contest.answer", body)


def kept(phone: Phone, attempt: dict[str, Any]) -> str:
    mine = phone.get(f"/activities/{phone.world.activity}/mine").json["attempt"]
    return str(mine["answers"][attempt["questions"][0]["id"]])


def another_phone_of(phone: Phone) -> Phone:
    """The same person on a new device, whose deeds are counted from 1 again."""
    client, device = phone.world.client(), str(new_id())
    who = {
        "ticket": prove(client, phone.number),
        "device_id": device,
        "person_id": phone.me["id"],
        "pin": phone.pin,
    }
    made = client.post("/api/v1/sign-in/sessions", json=who)
    return Phone(phone.world, client, made.json["token"], device, phone.number, made.json["person"])


def test_the_last_answer_given_stands_even_where_a_batch_is_out_of_order(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    first, last = answered(phone, attempt, "a"), answered(phone, attempt, "b")
    phone.push(last, first)
    assert kept(phone, attempt) == "b"


def test_an_answer_that_comes_late_does_not_replace_a_later_one(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    first, last = answered(phone, attempt, "a"), answered(phone, attempt, "b")
    phone.push(last)
    phone.push(first)
    assert kept(phone, attempt) == "b"


def test_what_is_handed_in_is_what_is_kept_whichever_phone_did_more_before(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    for _ in range(3):
        phone.push(answered(phone, attempt, "a"))
    other = another_phone_of(phone)
    handed_in = other.answers(attempt, right=5)
    assert other.submit(attempt, right=5)["outcome"] == "counted"
    assert kept(other, attempt) == handed_in[attempt["questions"][0]["id"]]


def test_an_answer_changed_on_a_second_phone_stands(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    for _ in range(3):
        phone.push(answered(phone, attempt, "a"))
    other = another_phone_of(phone)
    other.push(answered(other, attempt, "b"))
    assert kept(other, attempt) == "b"
