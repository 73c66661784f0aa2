"""A node restored from a backup: what it had acknowledged since is offered again, and nothing is lost or late."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from backend import clock
from backend.participation.models import Fact, Operation, PendingFact
from campaigns import lifecycle
from campaigns.contest.models import ContestAttempt
from campaigns.models import Activity
from tests.support.world import Phone, World


def lose_everything_since_the_backup(world: World) -> None:
    """The tables as they were before anybody had taken part."""
    with world.database.transaction() as session:
        for table in (PendingFact, Fact, ContestAttempt, Operation):
            session.execute(delete(table))


def offer_again(phone: Phone, frozen: list[str], verdicts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    vouchers = [{name: v[name] for name in ("id", "received_at", "seal")} for v in verdicts]
    envelope = json.loads(phone.envelope()) | {"vouchers": vouchers}
    head = json.dumps(envelope).replace('"operations": []', '"operations": [' + ",".join(frozen) + "]")
    answer = phone.client.post(
        "/api/v1/sync/push", data=head, content_type="application/json", headers=phone.headers
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json["results"])


def took_part(phone: Phone) -> tuple[list[str], list[dict[str, Any]]]:
    start = phone.freeze("contest.start", {})
    begun = phone.push(start).json["results"][0]
    attempt = begun["result"]["attempt"]
    submit = phone.freeze("contest.submit", {"attempt": attempt["id"], "answers": phone.answers(attempt, 4)})
    return [start, submit], [begun, phone.push(submit).json["results"][0]]


@pytest.mark.parametrize("days_later", [0, 30], ids=["while it is open", "long after it closed"])
def test_an_acknowledged_paper_counts_again_as_it_did(world: World, days_later: int) -> None:
    phone = world.phone()
    frozen, verdicts = took_part(phone)
    lose_everything_since_the_backup(world)
    with clock.stopped_at(clock.now() + timedelta(days=days_later)):
        if days_later:
            with world.database.transaction() as session:
                lifecycle.turn(session, world.activity, clock.now())
                assert session.get_one(Activity, world.activity).state == "closed"
        again = offer_again(phone, frozen, verdicts)
    assert [(v["verdict"], v["outcome"]) for v in again] == [("accepted", "noted"), ("accepted", "counted")]
    assert again[1]["result"]["attempt"]["result"]["right"] == 4
    assert again[1]["received_at"] == verdicts[1]["received_at"]


def test_a_made_up_voucher_is_not_believed(world: World) -> None:
    phone = world.phone()
    frozen, verdicts = took_part(phone)
    lose_everything_since_the_backup(world)
    forged = [v | {"received_at": "2026-11-01T00:00:00.000Z"} for v in verdicts]
    again = offer_again(phone, frozen, forged)
    assert all(v["received_at"] > "2026-11-01T00:00:01" for v in again)


def test_the_same_start_draws_the_same_paper(world: World) -> None:
    phone = world.phone()
    start = phone.freeze("contest.start", {})
    first = phone.push(start).json["results"][0]["result"]["attempt"]
    lose_everything_since_the_backup(world)
    again = phone.push(start).json["results"][0]["result"]["attempt"]
    assert (again["id"], again["questions"]) == (first["id"], first["questions"])


def test_what_was_refused_keeps_its_bytes_until_the_person_leaves(world: World) -> None:
    phone = world.phone()
    attempt = phone.start()
    late = phone.freeze(
        "contest.answer",
        {"attempt": attempt["id"], "answers": {attempt["questions"][0]["id"]: "a"}},
    )
    with clock.stopped_at(clock.now() + timedelta(seconds=600 + 121)):
        assert phone.push(late).json["results"][0]["reason"] == "too_late"
    with world.database.transaction(writes=False) as session:
        kept = session.scalars(select(Operation.body).where(Operation.reason == "too_late")).one()
        assert kept == late.encode()
    assert phone.delete("/me", {"pin": phone.pin}).status_code == 204
    with world.database.transaction(writes=False) as session:
        assert session.scalars(select(Operation.body).where(Operation.body.is_not(None))).all() == []
