"""The web process is killed again and again while phones push. What a phone holds a receipt for is in the ledger, once."""

import http.client
import json
import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import func, select

from backend import clock, figures
from backend.db.base import new_id
from backend.db.engine import Database
from backend.participation.models import Fact, Operation, PendingFact, Quarantined
from backend.tallies.models import Tally
from campaigns.models import Activity
from campaigns.registry import measure_book
from tests.faults.serving import Node

pytestmark = pytest.mark.fault

PHONES, ANSWERS = 20, 8
PUSHES = PHONES * (ANSWERS + 2)
KILLS = 4
PATIENCE_S = 45


@dataclass
class Phone:
    """A phone that keeps each deed's bytes and offers them until they are acknowledged."""

    node: Node
    activity: str
    hamlet: str
    number: str
    boot: str = field(default_factory=lambda: str(uuid.uuid4()))
    device: str = field(default_factory=lambda: str(new_id()))
    token: str = ""
    seq: int = 0
    receipts: dict[str, str] = field(default_factory=dict)
    """Operation id -> receipt, the first one told."""

    def sign_in(self) -> None:
        code = self.node.ask("POST", "/sign-in/codes", json.dumps({"phone": self.number}).encode())[
            "demo_code"
        ]
        proof = {"phone": self.number, "code": code}
        ticket = self.node.ask("POST", "/sign-in/proofs", json.dumps(proof).encode())["ticket"]
        person = {
            "ticket": ticket, "device_id": self.device, "name": "Người thử", "birth_year": 1980, "pin": "1234",
            "unit_id": self.hamlet, "person_id": str(new_id()),
        }  # fmt: skip
        self.token = self.node.ask("POST", "/sign-in/persons", json.dumps(person).encode())["token"]
        consent = json.dumps({"purpose": "contest_entry", "version": 1}).encode()
        self.node.ask("POST", "/me/consents", consent, self.token)

    def do(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        """One deed, offered until there is a receipt; the verdict that brought it."""
        self.seq += 1
        wall = clock.milliseconds(clock.now())
        operation = {
            "id": str(new_id()), "seq": self.seq, "activity": self.activity, "action": action, "schema": 1,
            "wall_ms": wall, "mono_ms": wall, "boot_id": self.boot, "anchor": None, "body": body,
        }  # fmt: skip
        sent = {"wall_ms": wall, "mono_ms": wall, "boot_id": self.boot}
        batch = json.dumps({"device_id": self.device, "sent": sent, "operations": [operation]}).encode()
        give_up = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up:
            try:
                verdict = self.node.ask("POST", "/sync/push", batch, self.token)["results"][0]
            except (OSError, http.client.HTTPException, json.JSONDecodeError):
                time.sleep(0.05 + random.random() / 10)
                continue
            assert verdict["verdict"] in ("accepted", "duplicate"), verdict
            assert self.receipts.setdefault(verdict["id"], verdict["receipt"]) == verdict["receipt"]
            return dict(verdict)
        raise AssertionError("no receipt in time")

    def take_part(self) -> None:
        attempt = self.do("contest.start", {})["result"]["attempt"]
        chosen = {question["id"]: some_answer(question) for question in attempt["questions"]}
        for question, choice in list(chosen.items())[:ANSWERS]:
            self.do("contest.answer", {"attempt": attempt["id"], "answers": {question: choice}})
            time.sleep(random.random() / 5)
        verdict = self.do("contest.submit", {"attempt": attempt["id"], "answers": chosen, "prediction": 40})
        assert verdict["outcome"] == "counted"


def some_answer(question: dict[str, Any]) -> str:
    codes = [option["code"] for option in question["options"]]
    if question["form"] == "ordering":
        return ",".join(codes)
    if question["form"] == "matching":
        return f"{codes[0]}:{question['matches'][0]['code']}"
    return str(codes[0])


def signed_in_phones(node: Node) -> list[Phone]:
    database = Database(node.database_url)
    with database.transaction(writes=False) as session:
        now_on = select(Activity.id).where(Activity.state == "open", Activity.kind == "contest")
        activity = str(session.scalars(now_on).one())
    database.close()
    hamlet = node.ask("GET", "/units?kind=hamlet")["units"][0]["id"]
    phones = [Phone(node, activity, hamlet, f"09{n:08d}") for n in range(10, 10 + PHONES)]
    for phone in phones:
        phone.sign_in()
    return phones


def everybody_takes_part(phones: list[Phone], node: Node) -> list[int]:
    """All phones at once, while web processes are killed; the process ids that died."""
    errors: list[BaseException] = []

    def run(phone: Phone) -> None:
        try:
            phone.take_part()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(phone,), daemon=True) for phone in phones]
    for thread in threads:
        thread.start()
    killed = []
    for _ in range(KILLS):
        time.sleep(0.4)
        killed.append(node.kill_a_web_process())
    for thread in threads:
        thread.join(timeout=PATIENCE_S)
    assert not errors, errors[:3]
    assert not any(thread.is_alive() for thread in threads)
    return killed


def test_no_acknowledged_deed_is_lost_and_none_counts_twice(node: Node) -> None:
    phones = signed_in_phones(node)
    before = papers_and_people(node)
    killed = everybody_takes_part(phones, node)
    assert len(set(killed)) == KILLS
    ours = {uuid.UUID(deed): receipt for phone in phones for deed, receipt in phone.receipts.items()}
    assert len(ours) == PUSHES
    database = Database(node.database_url)
    try:
        figures.fold_all(database, measure_book())
        with database.transaction(writes=False) as session:
            devices = [uuid.UUID(phone.device) for phone in phones]
            held = {
                row.id: row
                for row in session.scalars(select(Operation).where(Operation.device_id.in_(devices)))
            }
            facts = Counter(session.scalars(select(Fact.operation_id).where(Fact.operation_id.in_(ours))))
            assert {deed: row.receipt for deed, row in held.items()} == ours
            counted = [row for row in held.values() if row.outcome == "counted"]
            assert len(counted) == PHONES
            assert all(facts[row.id] >= 2 for row in counted), "an entrant and a paper at least"
            assert not set(facts) - {row.id for row in counted}
            for measure in ("contest.entrants", "contest.papers"):
                once = select(func.count()).where(Fact.measure == measure, Fact.operation_id.in_(ours))
                assert session.scalar(once) == PHONES
            assert session.scalar(select(func.count()).select_from(Quarantined)) == 0
            assert session.scalar(select(func.count()).select_from(PendingFact)) == 0
    finally:
        database.close()
    assert papers_and_people(node) == (before[0] + PHONES, before[1] + PHONES)
    checked = node.lantoa("rebuild", "--check")
    assert checked.returncode == 0, checked.stdout


def papers_and_people(node: Node) -> tuple[int, int]:
    """Papers and entrants of the round that is open in the whole province, as folded."""
    database = Database(node.database_url)
    with database.transaction(writes=False) as session:
        rows = session.execute(
            select(Tally.measure, func.max(Tally.facts), func.max(Tally.people))
            .join(Activity, Activity.id == Tally.activity_id)
            .where(
                Activity.state == "open",
                Tally.period == "all",
                Tally.measure.in_(["contest.papers", "contest.entrants"]),
            )
            .group_by(Tally.measure)
        ).all()
    database.close()
    found = {measure: (facts, people) for measure, facts, people in rows}
    return found["contest.papers"][0], found["contest.entrants"][1]
