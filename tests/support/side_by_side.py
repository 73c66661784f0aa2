"""The express way and the general way side by side on PostgreSQL: two people do the same at the same stopped moments.

The one goes the express way, for the other it is closed; what they are told and what is held of them must be the same.
"""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from backend import clock, figures
from backend.participation.models import Fact, Operation, PendingFact, Quarantined
from backend.people.models import SubjectLink
from campaigns import express, known
from campaigns.contest.models import ContestAttempt
from campaigns.registry import measure_book
from tests.support.world import Phone, World

MORNING = datetime(2026, 11, 22, 3, tzinfo=UTC)
"""Ten in the morning in Viet Nam."""
Deed = Callable[[Phone, dict[str, Any]], Any]
"""(phone, its running attempt) -> what the node answers"""
TABLES = (Operation, Fact, PendingFact, Quarantined)


@dataclass
class Watched:
    """What the express way did with each deed offered to it: True taken, False left to the general way."""

    world: World
    is_open: bool = True
    took: list[bool] = field(default_factory=list)


interfering = threading.Event()
"""Set while a test lets somebody else write between the express way's two statements."""


def footprint(world: World) -> list[Any]:
    with world.database.transaction(writes=False) as session:
        counts = [session.scalar(select(func.count()).select_from(table)) for table in TABLES]
        papers = session.execute(
            select(ContestAttempt.id, ContestAttempt.revision, ContestAttempt.state).order_by(
                ContestAttempt.id
            )
        )
        return [*counts, *papers.all()]


# --- side by side -------------------------------------------------------------------------------------------------


def side_by_side(watched: Watched, deed: Deed, taken: bool, prepare: Deed | None = None) -> dict[str, Any]:
    """Do it both ways and compare; answers what the express way's person was told. `taken`: by the express way."""
    told, rows = [], []
    with clock.stopped_at(MORNING):
        people = [watched.world.phone(name) for name in ("Người thứ nhất", "Người thứ hai")]
    for phone, is_open in zip(people, (True, False), strict=True):
        with clock.stopped_at(MORNING) as move:
            watched.is_open = False
            attempt = phone.start()
            move(timedelta(seconds=30))
            if prepare:
                prepare(phone, attempt)
            watched.is_open = is_open
            answer = deed(phone, attempt)
        told.append(plain_answer(answer))
        rows.append(plain_rows(watched.world, phone))
    assert told[0] == told[1]
    assert rows[0] == rows[1]
    assert watched.took[-1:] == [taken]
    assert figures.differences(watched.world.database, measure_book()) == []
    return told[0]


def plain_answer(answer: Any) -> dict[str, Any]:
    """Status and body without what differs between any two people: ids, receipts, hashes, seals."""
    body = json.loads(answer.get_data())
    for row in body.get("results", []):
        assert row.pop("receipt").startswith("LT-")
        for name in ("id", "hash", "seal"):
            assert row.pop(name)
        if row["result"]:
            row["result"]["attempt"].pop("id")
            row["result"]["attempt"].pop("answers")  # compared in the rows, by right and wrong
    return {"status": answer.status_code, "seq": answer.headers.get("Lantoa-Highest-Seq"), "body": body}


def plain_rows(world: World, phone: Phone) -> dict[str, Any]:
    """Everything held of the person, ids replaced by what they stand for."""
    with world.database.transaction(writes=False) as session:
        subject = session.scalar(
            select(SubjectLink.subject).where(SubjectLink.person_id == uuid.UUID(phone.me["id"]))
        )
        papers = session.scalars(
            select(ContestAttempt).where(ContestAttempt.subject == subject).order_by(ContestAttempt.number)
        ).all()
        deeds = session.scalars(
            select(Operation)
            .where(Operation.subject == subject)
            .order_by(Operation.device_seq, Operation.received_at)
        ).all()
        order = {deed.id: number for number, deed in enumerate(deeds)}
        stands_for = {str(paper.id): f"paper {paper.number}" for paper in papers}
        facts = session.scalars(
            select(Fact).where(Fact.subject == subject).order_by(Fact.received_at, Fact.line)
        ).all()
        pending = session.execute(select(PendingFact.operation_id, PendingFact.line)).all()
        return {
            "deeds": [without(deed, "id", "device_id", "subject", "receipt", "body_hash", "body") for deed in deeds],
            "facts": [
                without(fact, "subject", "scope", "operation_id")
                | {"scope": stands_for.get(fact.scope, fact.scope), "deed": order[fact.operation_id]}
                for fact in facts
            ],
            "pending": sorted((order[deed], line) for deed, line in pending if deed in order),
            "papers": [plain_paper(world, paper, order) for paper in papers],
            "aside": [row.reason for row in session.scalars(select(Quarantined).where(Quarantined.subject == subject))],
        }  # fmt: skip


def without(row: Any, *names: str) -> dict[str, Any]:
    return {
        column.name: getattr(row, column.name) for column in row.__table__.columns if column.name not in names
    }


def plain_paper(world: World, paper: ContestAttempt, order: dict[uuid.UUID, int]) -> dict[str, Any]:
    keys = world.keys(str(paper.id))
    given = {
        place: [said[0] == keys[place], *said[1:]] for place, said in paper.answers.items() if place != "d"
    }
    hidden = ("id", "subject", "drawn", "answers", "held_by", "started_by", "submitted_by")
    by = order.get(paper.submitted_by) if paper.submitted_by else None
    return without(paper, *hidden) | {"answers": given, "devices": len(paper.answers.get("d", [])), "by": by}


# --- what they do -------------------------------------------------------------------------------------------------


def a_few(phone: Phone, attempt: dict[str, Any], right: int = 2, **other: Any) -> str:
    """Three answers, `right` of them right, frozen."""
    answers = dict(list(phone.answers(attempt, right).items())[:3])
    return phone.freeze("contest.answer", {"attempt": attempt["id"], "answers": answers}, **other)


def a_paper(
    phone: Phone, attempt: dict[str, Any], right: int = 4, guess: int | None = None, **other: Any
) -> str:
    body = {"attempt": attempt["id"], "answers": phone.answers(attempt, right), "prediction": guess}
    return phone.freeze("contest.submit", body, **other)


def save(phone: Phone, attempt: dict[str, Any], **more: Any) -> Any:
    return phone.push(a_few(phone, attempt, **more))


def hand_in(phone: Phone, attempt: dict[str, Any], **more: Any) -> Any:
    return phone.push(a_paper(phone, attempt, **more))


def row_of(answer: Any) -> dict[str, Any]:
    (row,) = answer.json["results"]
    return dict(row)


def answers_only(answers: dict[str, str]) -> Deed:
    def deed(phone: Phone, attempt: dict[str, Any]) -> Any:
        return phone.push(phone.freeze("contest.answer", {"attempt": attempt["id"], "answers": answers}))

    return deed


def verdict(told: dict[str, Any]) -> tuple[str, str, str | None]:
    (row,) = told["body"]["results"]
    return row["verdict"], row["outcome"], row["reason"]


def refresh(world: World) -> None:
    """As if the rules had been frozen that way before this process ever looked."""
    known._KNOWN.clear()
    with clock.stopped_at(MORNING):
        world.phone().start()


@contextmanager
def between(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Any]) -> Iterator[None]:
    """`happens` once, after the express way has read and before it writes; in a thread of its own, as another request."""
    real, left = express._values, [happens]

    def values(*arguments: Any) -> dict[str, Any]:
        if left:
            at_once([left.pop()])
        return real(*arguments)

    interfering.set()
    with monkeypatch.context() as patch:
        patch.setattr(express, "_values", values)
        yield
    assert not left, "nothing came between"


def pusher(phone: Phone, frozen: str) -> Callable[[], Any]:
    client, envelope, headers = phone.world.client(), phone.envelope(frozen), phone.headers
    return lambda: client.post(
        "/api/v1/sync/push", data=envelope, content_type="application/json", headers=headers
    )


def at_once(deeds: list[Callable[[], Any]]) -> list[Any]:
    barrier, answers, errors = threading.Barrier(len(deeds)), [None] * len(deeds), list[BaseException]()

    def run(place: int) -> None:
        try:
            barrier.wait(timeout=20)
            answers[place] = deeds[place]()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not errors, errors
    return answers
