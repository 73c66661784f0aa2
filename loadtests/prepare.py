"""Planting people with a running paper, and freezing the one push each of them will send."""

import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from backend import clock
from backend.config import Settings
from backend.db import migrate
from backend.db.base import new_id
from backend.db.engine import Database
from backend.db.node import found_node
from backend.demo import plant_contest, plant_units
from backend.people import keys
from backend.people.models import Membership, Person, SignInSession, SubjectLink
from campaigns.contest import rules
from campaigns.contest.models import ContestAttempt, ContestQuestion
from campaigns.contest.schemas import ContestSettings

Prepared = list[dict[str, Any]]
"""{token, path, body, headers...} of one push each"""


def prepare(settings: Settings, people: int, place: Path) -> None:
    """Plant `people` contestants in a fresh database and write their pushes to `place`, a JSON line each."""
    database = Database(settings.database_url)
    migrate.upgrade(database.engine)
    with database.transaction() as session:
        found_node(session, "loadtest")
        planted = plant_units(session)
        activity = plant_contest(session, planted)
        hamlets = list(planted.hamlets.values())
        pool = session.scalars(select(ContestQuestion).where(ContestQuestion.activity_id == activity)).all()
        questions = [(str(q.id), [option["code"] for option in q.options]) for q in pool]
    with place.open("w", encoding="utf-8") as file:
        for start in range(0, people, 500):
            with database.transaction() as session:
                for line in _plant(session, activity, hamlets, questions, min(500, people - start)):
                    file.write(json.dumps(line) + "\n")
    database.close()


def _plant(
    session: Session,
    activity: uuid.UUID,
    hamlets: list[uuid.UUID],
    questions: list[tuple[str, list[str]]],
    people: int,
) -> Prepared:
    now, rows, pushes = clock.now(), [], []
    for number in range(people):
        person, subject, device, attempt, token = new_id(), uuid.uuid4(), new_id(), new_id(), keys.new_token()
        drawn = rules.draw(attempt, questions, ContestSettings())
        rows.append((person, subject, device, attempt, token, hamlets[number % len(hamlets)], drawn))
        pushes.append(_push(activity, device, attempt, token, drawn))
    session.execute(
        insert(Person),
        [{"id": r[0], "name": "tải thử", "birth_year": 1980, "joined_at": now} for r in rows],
    )
    session.execute(insert(SubjectLink), [{"subject": r[1], "person_id": r[0]} for r in rows])
    session.execute(
        insert(Membership),
        [
            {"person_id": r[0], "unit_id": r[5], "kind": "lives_in", "valid_from": clock.local_day(now)}
            for r in rows
        ],
    )
    session.execute(
        insert(SignInSession),
        [
            {
                "token_hash": keys.token_hash(r[4]),
                "person_id": r[0],
                "device_id": r[2],
                "made_at": now,
                "expires_at": now + timedelta(days=1),
            }
            for r in rows
        ],
    )
    session.execute(
        insert(ContestAttempt),
        [
            {
                "id": r[3],
                "activity_id": activity,
                "subject": r[1],
                "number": 1,
                "drawn": r[6],
                "started_by": new_id(),
                "started_at": now,
                "due_at": now + timedelta(hours=1),
            }
            for r in rows
        ],
    )
    return pushes


def _push(
    activity: uuid.UUID, device: uuid.UUID, attempt: uuid.UUID, token: str, drawn: list[tuple[str, list[str]]]
) -> dict[str, Any]:
    """One whole paper of twenty answers in one operation, as the phone hands it in."""
    wall, boot = clock.milliseconds(clock.now()), str(uuid.uuid4())
    operation = {
        "id": str(new_id()),
        "seq": 1,
        "activity": str(activity),
        "action": "contest.submit",
        "schema": 1,
        "wall_ms": wall,
        "mono_ms": 5_000,
        "boot_id": boot,
        "anchor": None,
        "body": {"attempt": str(attempt), "answers": {question: options[0] for question, options in drawn}},
    }
    sent = {"wall_ms": wall, "mono_ms": 6_000, "boot_id": boot}
    body = json.dumps({"device_id": str(device), "sent": sent, "operations": [operation]})
    return {"token": token, "body": body}
