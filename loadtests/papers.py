"""Papers in the middle of being answered, and the one deed each of their people will send."""

import hashlib
import json
import random
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import psycopg

from backend import clock
from backend.db.base import new_id
from backend.participation.deeds import new_receipt
from campaigns.contest import rules
from campaigns.contest.rules import Drawable
from campaigns.contest.schemas import ContestSettings
from loadtests.commune import CONTEST, QUESTIONS, Commune, Somebody, copy

KINDS_OF_PAPER = 300
"""Drawing is not what is measured: so many papers are drawn, and people share them."""
SAVED = 8
"""How many of twenty questions are answered and saved when the measured deed arrives: a start and one deed came before."""
BATCH = 3


@dataclass(frozen=True)
class Begun:
    """Somebody's running paper; the phone's next deed has the number `seq`."""

    who: Somebody
    attempt: uuid.UUID
    drawn: list[Any]
    seq: int


def begin(connection: psycopg.Connection[Any], place: Commune, everybody: Iterable[Somebody]) -> list[Begun]:
    """A paper for each, started a quarter of an hour ago, eight answers saved."""
    drawn = _drawn()
    begun = [Begun(one, new_id(), random.choice(drawn), 3) for one in everybody]
    started = clock.now() - timedelta(minutes=15)
    _write_operations(connection, place, begun, started)
    due = rules.due_at(started, msgspec.convert(CONTEST, ContestSettings))
    copy(connection, """contest_attempt (id, activity_id, subject, number, state, drawn, answers, held_by, held_since,
         started_by, started_at, due_at, revision)""",
         ((one.attempt, place.activity, one.who.subject, 1, "running", json.dumps(one.drawn), _saved(one, started),
           one.who.device, started, new_id(), started, due, 2) for one in begun))  # fmt: skip
    return begun


def _drawn() -> list[list[Any]]:
    chosen = msgspec.convert(CONTEST, ContestSettings)
    pool = [Drawable(n, f"chu-de-{n % 6}", 1 + n % 3, "single", "abcd") for n in range(1, QUESTIONS + 1)]
    return [rules.draw(new_id(), pool, chosen) for _ in range(KINDS_OF_PAPER)]


def _saved(one: Begun, started: datetime) -> str:
    choices = {str(place): random.choice("abcd") for place in range(1, SAVED + 1)}
    return json.dumps(rules.merged({}, choices, one.who.device.hex, 2, clock.milliseconds(started)))


def _write_operations(
    connection: psycopg.Connection[Any], place: Commune, begun: Iterable[Begun], at: datetime
) -> None:
    copy(connection, """operation (id, device_id, device_seq, subject, activity_id, action, schema, body_hash, happened_at,
         time_trust, received_at, verdict, outcome, receipt)""",
         ((new_id(), one.who.device, seq, one.who.subject, place.activity, action, 1,
           hashlib.sha256(one.attempt.bytes + action.encode()).hexdigest(), at, "high", at, "accepted", "noted",
           new_receipt())
          for one in begun for seq, action in ((1, "contest.start"), (2, "contest.answer"))))  # fmt: skip


EARLIER = """INSERT INTO fact (operation_id, line, measure, subject, scope, generation, quantity, unit_id, campaign_id,
 activity_id, happened_at, received_at, period, is_reversal)
 SELECT gen_random_uuid(), 1, 'contest.papers', gen_random_uuid(), 'earlier', 1, 1, %(commune)s, %(campaign)s, %(earlier)s,
 now() - interval '40 days', now() - interval '40 days', '202610', false FROM generate_series(1, %(number)s)"""


def write_earlier_facts(connection: psycopg.Connection[Any], place: Commune, number: int) -> None:
    """A ledger that is not empty. (One that was vacuumed while empty has its foreign key checked by reading all of it,
    until autovacuum comes by a minute later: true of the first contest of a node's life, and not what is measured.)"""
    values = {"commune": place.commune, "campaign": place.campaign, "earlier": new_id(), "number": number}
    connection.execute(EARLIER, values)


# --- what they send ---------------------------------------------------------------------------------------------


def write_pushes(
    place: Path, activity: uuid.UUID, begun: Iterable[Begun], deed: Callable[[Begun], Any]
) -> None:
    """A line each for requests.lua, shuffled: whoever comes next is anybody."""
    lines = [
        f"POST /api/v1/sync/push\t{one.who.token}\t{push(one.who.device, activity, one.seq, *deed(one))}\n"
        for one in begun
    ]
    random.shuffle(lines)
    with place.open("w", encoding="utf-8") as file:
        file.writelines(lines)


def push(
    device: uuid.UUID | str, activity: uuid.UUID | str, seq: int, action: str, body: dict[str, Any]
) -> str:
    """One deed as the phone sends it, a second after it was done."""
    wall, boot = clock.milliseconds(clock.now()), str(uuid.uuid4())
    operation = {
        "id": str(new_id()), "seq": seq, "activity": str(activity), "action": action, "schema": 1, "wall_ms": wall,
        "mono_ms": 500_000, "boot_id": boot, "anchor": None, "body": body,
    }  # fmt: skip
    sent = {"wall_ms": wall + 1000, "mono_ms": 501_000, "boot_id": boot}
    return json.dumps({"device_id": str(device), "sent": sent, "operations": [operation]})


def a_few_answers(one: Begun) -> tuple[str, dict[str, Any]]:
    """The next three, as the phone saves them."""
    places = range(SAVED + 1, SAVED + 1 + BATCH)
    return "contest.answer", {"attempt": str(one.attempt), "answers": _choices(places)}


def a_whole_paper(one: Begun) -> tuple[str, dict[str, Any]]:
    body = {"attempt": str(one.attempt), "answers": _choices(range(1, len(one.drawn) + 1))}
    return "contest.submit", body | {"prediction": random.randint(0, 500)}


def _choices(places: Iterable[int]) -> dict[str, str]:
    return {str(place): random.choice("abcd") for place in places}
