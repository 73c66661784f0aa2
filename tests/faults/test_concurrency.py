"""Several at once: whoever races, a deed counts once and a person has one paper. Real threads, real databases."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from backend import clock, figures
from backend.participation.models import Fact, Operation
from backend.tallies.models import Tally
from campaigns.contest.models import ContestAttempt
from campaigns.registry import measure_book
from tests.support.contest import second_phone
from tests.support.world import Phone, World, prove


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all of them in the same moment, each in its own thread; their answers in order."""
    barrier, answers = threading.Barrier(len(deeds)), [None] * len(deeds)
    errors: list[BaseException] = []

    def run(place: int, deed: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=20)
            answers[place] = deed()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not errors, errors
    return answers


def pusher(phone: Phone, *frozen: str) -> Callable[[], TestResponse]:
    """A push from a client of its own, as if the phone had opened another line."""
    envelope, headers = phone.envelope(*frozen), phone.headers
    client = phone.world.client()
    return lambda: client.post(
        "/api/v1/sync/push", data=envelope, content_type="application/json", headers=headers
    )


def count(world: World, table: Any) -> int:
    with world.database.transaction(writes=False) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_the_same_push_five_times_at_once_counts_once_and_gives_one_receipt(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    paper = phone.freeze("contest.submit", {"attempt": attempt["id"], "answers": phone.answers(attempt, 3)})
    answers = at_once(*(pusher(phone, paper) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    rows = [answer.json["results"][0] for answer in answers]
    assert sorted(row["verdict"] for row in rows) == ["accepted"] + ["duplicate"] * 4
    assert len({row["receipt"] for row in rows}) == 1
    assert {row["outcome"] for row in rows} == {"counted"}
    assert {row["result"]["attempt"]["result"]["right"] for row in rows} == {3}
    assert (count(world, Operation), count(world, Fact)) == (2, 3)


def test_the_same_deeds_in_two_orders_at_once_are_each_counted_once(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    deeds = [
        phone.freeze("contest.answer", {"attempt": attempt["id"], "answers": {question["id"]: "a"}})
        for question in attempt["questions"]
    ] + [phone.freeze("contest.submit", {"attempt": attempt["id"], "answers": phone.answers(attempt)})]
    for answer in at_once(pusher(phone, *deeds), pusher(phone, *reversed(deeds)), pusher(phone, *deeds)):
        assert answer.status_code in (200, 503), answer.text  # a deadlock is undone and offered again
    again = phone.push(*deeds)
    assert [row["verdict"] for row in again.json["results"]] == ["duplicate"] * len(deeds)
    assert again.json["highest_seq"] == len(deeds) + 1
    assert (count(world, Operation), count(world, Fact)) == (len(deeds) + 1, 3)


def test_five_phones_racing_to_start_get_a_paper_each(world: World) -> None:
    phones = [world.phone(f"Người {number}") for number in range(5)]
    answers = at_once(*(pusher(phone, phone.freeze("contest.start", {})) for phone in phones))
    attempts = {answer.json["results"][0]["result"]["attempt"]["id"] for answer in answers}
    assert len(attempts) == count(world, ContestAttempt) == 5


def test_two_starts_of_one_person_give_one_paper(world: World) -> None:
    phone = world.phone()
    other = second_phone(phone)
    racers = [pusher(each, each.freeze("contest.start", {})) for each in (phone, other, phone, other)]
    rows = [answer.json["results"][0] for answer in at_once(*racers)]
    assert {(row["verdict"], row["outcome"]) for row in rows} == {("accepted", "noted")}
    assert len({row["result"]["attempt"]["id"] for row in rows}) == count(world, ContestAttempt) == 1
    assert count(world, Operation) == 4


def test_one_paper_handed_in_from_two_phones_at_once_counts_once(world: World) -> None:
    phone = world.phone()
    other = second_phone(phone)
    attempt = phone.start()
    # The first phone wrote its paper before the other one took over, so each of the two may hand in. It knows the
    # node's time to the millisecond, so that waiting in a queue does not make its paper look later than it is.
    body = {"attempt": attempt["id"], "answers": phone.answers(attempt, 5)}
    now = clock.milliseconds(clock.now())
    anchor = {"server_ms": now, "mono_ms": now, "boot_id": phone.boot}
    before = phone.freeze("contest.submit", body, anchor=anchor)
    other.do("contest.start", {"take_over": True})
    after = other.freeze("contest.submit", {"attempt": attempt["id"], "answers": phone.answers(attempt, 1)})
    rows = [
        answer.json["results"][0]
        for answer in at_once(
            pusher(phone, before), pusher(other, after), pusher(phone, before), pusher(other, after)
        )
    ]
    assert {(row["outcome"], row["reason"] or "") for row in rows} == {
        ("counted", ""),
        ("refused", "already_submitted"),
    }
    assert sorted(row["verdict"] for row in rows) == ["accepted", "accepted", "duplicate", "duplicate"]
    told = [row["result"] for row in rows if row["result"]]
    assert len({result["attempt"]["result"]["right"] for result in told}) == 1
    world.fold()
    with world.database.transaction(writes=False) as session:
        assert session.get_one(Tally, ("contest.papers", world.activity, world.commune, "all")).facts == 1


def test_workers_folding_at_once_while_papers_arrive_count_each_fact_once(world: World) -> None:
    phones = [world.phone(f"Người {number}") for number in range(4)]
    papers = []
    for phone in phones:
        attempt = phone.start()
        papers.append(
            pusher(phone, phone.freeze("contest.submit", {"attempt": attempt["id"], "answers": phone.answers(attempt)}))
        )  # fmt: skip

    def fold_a_while() -> None:
        for _ in range(5):
            world.fold()

    at_once(*papers, fold_a_while, fold_a_while)
    world.fold()
    with world.database.transaction(writes=False) as session:
        assert session.get_one(Tally, ("contest.entrants", world.activity, world.commune, "all")).people == 4
    assert figures.differences(world.database, measure_book()) == []


def test_a_code_proves_a_phone_once_whoever_races(world: World) -> None:
    number = "0912345678"
    code = world.client().post("/api/v1/sign-in/codes", json={"phone": number}).json["demo_code"]

    def proof() -> TestResponse:
        return world.client().post("/api/v1/sign-in/proofs", json={"phone": number, "code": code})

    assert sorted(answer.status_code for answer in at_once(*[proof] * 4)) == [200, 409, 409, 409]


def test_wrong_pins_tried_at_once_are_all_counted(world: World) -> None:
    phone = world.phone()
    ticket = prove(world.client(), phone.number)
    body = {"ticket": ticket, "device_id": str(uuid.uuid4()), "person_id": phone.me["id"], "pin": "9999"}

    def attempt() -> TestResponse:
        return world.client().post("/api/v1/sign-in/sessions", json=body)

    statuses = [answer.status_code for answer in at_once(*[attempt] * 5)]
    assert sorted(statuses) == [403, 403, 403, 403, 429]
    assert attempt().status_code == 429
