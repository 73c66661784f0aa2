"""Which answer the node keeps when several arrive for one question."""

from datetime import timedelta
from typing import Any

import pytest

from backend import clock
from tests.support.contest import mine, second_phone
from tests.support.world import Phone, World


def answered(phone: Phone, attempt: dict[str, Any], choice: str) -> str:
    body = {"attempt": attempt["id"], "answers": {attempt["questions"][0]["id"]: choice}}
    return phone.freeze("contest.answer", body)


def kept(phone: Phone, attempt: dict[str, Any]) -> str:
    return str(mine(phone)["attempt"]["answers"][attempt["questions"][0]["id"]])


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
    other = second_phone(phone)
    other.do("contest.start", {"take_over": True})
    handed_in = other.answers(attempt, right=5)
    assert other.submit(attempt, right=5)["outcome"] == "counted"
    assert kept(other, attempt) == handed_in[attempt["questions"][0]["id"]]


def test_an_answer_changed_on_a_second_phone_stands(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    for _ in range(3):
        phone.push(answered(phone, attempt, "a"))
    other = second_phone(phone)
    other.do("contest.start", {"take_over": True})
    other.push(answered(other, attempt, "b"))
    assert kept(other, attempt) == "b"


@pytest.mark.parametrize("arrival", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1), (1, 3, 0, 2)], ids=str)
def test_in_whatever_order_two_phones_are_heard_the_same_answers_stand(
    world: World, arrival: tuple[int, ...]
) -> None:
    """Two said before the take-over, two after it; one more of the first phone that is refused whenever it comes."""
    with clock.stopped_at(clock.now()) as move:
        second = timedelta(seconds=1)
        phone = world.phone()
        attempt = phone.start()
        other = second_phone(phone)

        def said(by: Phone, answers: dict[str, str]) -> tuple[Phone, str]:
            move(second)
            return by, by.freeze("contest.answer", {"attempt": attempt["id"], "answers": answers})

        deeds = [said(phone, {"1": "a", "2": "a"}), said(phone, {"2": "b", "3": "b"})]
        move(second)
        other.do("contest.start", {"take_over": True})
        deeds += [said(other, {"3": "c", "4": "c"}), said(other, {"4": "d"})]
        too_late = said(phone, {"1": "d", "5": "d"})
        move(second)
        for place in (arrival[0], arrival[1]):
            deeds[place][0].push(deeds[place][1])
        assert too_late[0].push(too_late[1]).json["results"][0]["reason"] == "taken_over"
        for place in (arrival[2], arrival[3]):
            deeds[place][0].push(deeds[place][1])
    assert mine(other)["attempt"]["answers"] == {"1": "a", "2": "b", "3": "c", "4": "d"}
