"""Steps around the contest of `world` that more than one test takes."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.leaderboards.models import Board, Standing
from backend.participation import record
from backend.participation.deeds import Deed, counted
from backend.participation.record import Attribution
from backend.safeguards.audit import OPERATOR, Actor
from backend.tallies.models import Tally
from campaigns import lifecycle
from campaigns.contest import removal, rules
from campaigns.contest.models import ContestAttempt
from campaigns.contest.schemas import ContestSettings
from campaigns.models import Activity
from campaigns.registry import kind_named
from tests.support.world import Phone, World, prove

LONG_AGO = timedelta(days=30)


def choose(world: World, **settings: Any) -> None:
    """As if the organiser had chosen otherwise before opening. Before anybody takes part: then the rules are known by
    heart in each process."""
    with world.database.transaction() as session:
        activity = session.get_one(Activity, world.activity)
        chosen = msgspec.convert(activity.settings | settings, ContestSettings)
        activity.settings = msgspec.to_builtins(chosen)
        if activity.frozen is None:
            return
        activity.frozen = activity.frozen | {"settings": activity.settings}
        kind = kind_named(activity.kind)
        rule = kind.board(settings_of(activity))
        assert rule
        board = session.get_one(Board, (rule.measure, activity.id))
        board.chain, board.counts = rule.chain, rule.counts


def settings_of(activity: Activity) -> ContestSettings:
    return msgspec.convert(activity.settings_in_force, ContestSettings)


def turn(world: World) -> str:
    """What the worker does as time passes; the activity's state afterwards."""
    with world.database.transaction() as session:
        for _ in range(3):
            lifecycle.turn(session, world.activity, clock.now())
        return session.get_one(Activity, world.activity).state


def close(world: World) -> None:
    with world.database.transaction() as session:
        lifecycle.close_activity(session, session.get_one(Activity, world.activity), OPERATOR)


def settle(world: World) -> None:
    """Close and settle; nobody may be in the middle of a paper."""
    with world.database.transaction() as session:
        activity = session.get_one(Activity, world.activity)
        if activity.state == "open":
            lifecycle.close_activity(session, activity, OPERATOR)
        lifecycle.settle_activity(session, activity, OPERATOR)


def remove(
    world: World, attempt: str | uuid.UUID, reason: str = "by_another", words: str | None = None
) -> None:
    with world.database.transaction() as session:
        activity = session.get_one(Activity, world.activity)
        actor = Actor("staff", world.staff["an"])
        removal.remove(session, activity, uuid.UUID(str(attempt)), reason, words, actor)


def mine(phone: Phone) -> dict[str, Any]:
    return dict(phone.get(f"/activities/{phone.world.activity}/mine").json)


def boards(phone: Phone) -> dict[str, Any]:
    answer = phone.get(f"/activities/{phone.world.activity}/boards")
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def figures_of(world: World) -> dict[str, int]:
    """What stands in the commune's tallies, per measure."""
    world.fold()
    with world.database.transaction(writes=False) as session:
        rows = session.scalars(select(Tally).where(Tally.unit_id == world.commune, Tally.period == "all"))
        return {row.measure: row.quantity for row in rows}


def people_of(world: World) -> dict[str, int]:
    """How many people stand in the commune's tallies, per measure."""
    world.fold()
    with world.database.transaction(writes=False) as session:
        rows = session.scalars(select(Tally).where(Tally.unit_id == world.commune, Tally.period == "all"))
        return {row.measure: row.people for row in rows}


def places(world: World) -> dict[uuid.UUID, tuple[int | None, uuid.UUID]]:
    """Subject -> (place, the operation that counts)."""
    with world.database.transaction(writes=False) as session:
        rows = session.scalars(select(Standing).where(Standing.activity_id == world.activity))
        return {row.subject: (row.place, row.operation_id) for row in rows}


def second_phone(phone: Phone) -> Phone:
    """The same person signed in on another phone, whose deeds are counted from 1 again."""
    client, device = phone.world.client(), str(new_id())
    who = {
        "ticket": prove(client, phone.number), "device_id": device, "person_id": phone.me["id"], "pin": phone.pin,
    }  # fmt: skip
    made = client.post("/api/v1/sign-in/sessions", json=who)
    assert made.status_code == 201, made.text
    return Phone(phone.world, client, made.json["token"], device, phone.number, made.json["person"])


@dataclass(frozen=True)
class Written:
    """A paper written straight into the ledger and the room: thousands a second, where phones would take minutes."""

    attempt: uuid.UUID
    subject: uuid.UUID
    operation: uuid.UUID
    right: int
    of: int
    elapsed_ms: int
    guess: int | None
    at: datetime
    number: int

    @property
    def perfect(self) -> bool:
        return self.right == self.of


def write_paper(
    session: Session,
    world: World,
    subject: uuid.UUID,
    right: int,
    elapsed_ms: int = 60_000,
    guess: int | None = None,
    at: datetime | None = None,
    number: int = 1,
    of: int = 5,
    settings: ContestSettings | None = None,
    unit: uuid.UUID | None = None,
) -> Written:
    """What a start and a submit leave behind."""
    moment, attempt, device = at or clock.now(), new_id(), new_id()
    deed = Deed(
        id=new_id(), device=device, seq=1, subject=subject, person=new_id(), activity=world.activity,
        action="contest.submit", schema=1, body=None, body_hash="0" * 64, happened_at=moment, time_trust="high",
        received_at=moment, frozen=b"",
    )  # fmt: skip
    session.add(
        ContestAttempt(
            id=attempt, activity_id=world.activity, subject=subject, number=number, state="submitted",
            drawn=[[n, "abcd", ""] for n in range(1, of + 1)], answers={"d": []}, guess=guess, held_by=device,
            held_since=moment, started_by=new_id(), submitted_by=deed.id, started_at=moment, due_at=moment,
            submitted_at=moment, right=right, elapsed_ms=elapsed_ms,
        )
    )  # fmt: skip
    session.flush()
    chosen = settings or ContestSettings(pass_right=3)
    lines = rules.facts(attempt, world.activity, right, of, elapsed_ms, guess, chosen)
    record.claim(session, [deed])
    record.settle(session, [(deed, counted(*lines), Attribution(unit or world.hamlet, world.campaign))])
    return Written(attempt, subject, deed.id, right, of, elapsed_ms, guess, moment, number)
