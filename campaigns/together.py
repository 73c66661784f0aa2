"""The express way for many: a run of deeds of one action in two exchanges with PostgreSQL, or not at all.

First exchange: hold whoever writes, the activity's gate and the rows the deeds are about; then read what there is to
know. Second: write operations, the room's rows, facts and their pending rows in one statement, and commit. What is not
the plain case, is held already or waits too long for somebody else writes nothing and is left to the general way
(`respond`). The same locks, rules, rows and answers as there: tests/campaigns/test_visit_express.py holds the two beside
each other. The same run offered again, as after a lost answer, is known by its numbers and answered from what is held.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from backend import clock
from backend.db.engine import Database
from backend.participation import periods
from backend.participation.deeds import Deed, OperationIn, ReadingIn, body_hash
from backend.participation.lease import key_of
from backend.people import keys
from backend.people.sign_in import Participant
from campaigns.kind import Decided, Together, Told
from campaigns.known import Known, known
from campaigns.reading import BODIES, OPERATION, UNREADABLE, Batch, deed_of
from campaigns.respond import Verdict
from campaigns.together_texts import HEAD, NAMES, holding, recalling, writing


@dataclass(frozen=True)
class Sent:
    """Operations as they arrived: whose token, from which device, their exact bytes."""

    token: str
    device: uuid.UUID
    sent: ReadingIn
    frozen: Sequence[bytes]
    language: Callable[[], str]
    arrived_at: datetime


@dataclass(frozen=True)
class Done:
    """The verdicts in the order sent, and the end of the device's run without a gap."""

    verdicts: list[Verdict]
    highest_seq: int


@dataclass(frozen=True)
class Run:
    """Deeds of one action in one activity, numbered one after another, as they arrived."""

    sent: Sent
    operations: Sequence[OperationIn]
    bodies: Sequence[Any]
    room: Together
    known: Known

    def deeds(self, person: uuid.UUID, subject: uuid.UUID) -> list[Deed]:
        sent = self.sent
        who = Participant(person, subject, sent.device, None, "", None)
        batch = Batch(who, sent.device, sent.sent, sent.frozen, arrived_at=sent.arrived_at)
        frozen = zip(self.operations, self.bodies, sent.frozen, strict=True)
        return [deed_of(batch, operation, body, raw) for operation, body, raw in frozen]

    def asked(self) -> dict[str, Any]:
        return {
            "token": keys.token_hash(self.sent.token), "moment": self.sent.arrived_at, "device": self.sent.device,
            "activity": self.known.activity, "gate": key_of(self.known.activity),
            "things": list({self.room.thing(body) for body in self.bodies}), "scope": f"{self.known.activity}", "ids": [operation.id for operation in self.operations],
        }  # fmt: skip


@dataclass(frozen=True)
class Head:
    """Who writes, how the activity stands, and where the device's numbers stand."""

    person: uuid.UUID
    subject: uuid.UUID
    state: str
    closes_at: datetime
    count: int
    top: int | None
    something_aside: bool

    @property
    def is_without_gap(self) -> bool:
        return self.count == (self.top or 0) and not self.something_aside


@dataclass(frozen=True)
class Unsaid:
    """Verdicts whose results still want the names of units; those arrive with the commit."""

    verdicts: list[Verdict]
    told: Sequence[Told]
    highest_seq: int
    names: psycopg.Cursor[Any]

    def said(self) -> Done:
        names = dict(self.names.fetchall())
        for told in self.told:
            told.result.update((what, names.get(unit, "")) for what, unit in told.units.items())
        return Done(self.verdicts, self.highest_seq)


def done(database: Database, sent: Sent) -> Done | None:
    """The deeds done, or None: not the plain case, and nothing was written."""
    run = _read(sent) if database.engine.dialect.name == "postgresql" else None
    if run is None:
        return None
    try:
        with database.by_itself() as cursor:
            unsaid = _exchange(cursor.connection, run)
            return unsaid.said() if unsaid else None
    except (
        psycopg.Error
    ):  # held already, somebody else's turn, or no connection: the general way says what there is
        return None


def _exchange(connection: psycopg.Connection[Any], run: Run) -> Unsaid | None:
    with connection.pipeline(), connection.transaction() as transaction:
        unsaid = _done(connection, run)
        if unsaid is None:
            raise psycopg.Rollback(transaction)
    return unsaid


def _read(sent: Sent) -> Run | None:
    try:
        operations = [OPERATION.decode(raw) for raw in sent.frozen]
        first = operations[0]
        _, action, decoder = BODIES[first.action]
        frozen_rules = known(first.activity)
        if action.together is None or frozen_rules is None or not _one_run(operations):
            return None
        bodies = [decoder.decode(one.body) for one in operations]
    except (*UNREADABLE, KeyError, IndexError):
        return None
    return Run(sent, operations, bodies, action.together, frozen_rules)


def _one_run(operations: Sequence[OperationIn]) -> bool:
    first = operations[0]
    return all(
        (one.action, one.activity, one.seq) == (first.action, first.activity, first.seq + number)
        for number, one in enumerate(operations)
    )


def _done(connection: psycopg.Connection[Any], run: Run) -> Unsaid | None:
    asked = run.asked()
    _ask(connection, holding(run.room), asked)
    head_row, rows = _ask(connection, HEAD, asked), _ask(connection, run.room.read, asked)
    found = head_row.fetchone()
    head = Head(*found) if found else None
    if head is None or not head.is_without_gap:
        return None
    if run.operations[-1].seq <= head.count:
        return _again(connection, run, head)
    return _anew(connection, run, head, rows.fetchall()) if run.operations[0].seq == head.count + 1 else None


def _ask(connection: psycopg.Connection[Any], text: str, asked: Mapping[str, Any]) -> psycopg.Cursor[Any]:
    return connection.cursor(binary=True).execute(text, asked, prepare=True)


def _anew(
    connection: psycopg.Connection[Any], run: Run, head: Head, rows: Sequence[tuple[Any, ...]]
) -> Unsaid | None:
    deeds = run.deeds(head.person, head.subject)
    if head.state not in run.room.states or any(deed.happened_at >= head.closes_at for deed in deeds):
        return None
    now = clock.now()
    decided = run.room.decide(run.known.look(run.sent.language, now), deeds, rows)
    if decided is None:
        return None
    strokes, values = decided
    wanted = run.asked() | _values(run, deeds, strokes) | values | {"now": now}
    _ask(connection, writing(run.room), wanted)
    verdicts = [
        Verdict(
            d.id, "accepted", one.outcome, None, d.receipt, d.body_hash, d.received_at, one.told.result,
            d.happened_at, d.time_trust,
        )
        for d, one in zip(deeds, strokes, strict=True)
    ]  # fmt: skip
    told = [one.told for one in strokes]
    return Unsaid(verdicts, told, deeds[-1].seq, _names(connection, told))


def _again(connection: psycopg.Connection[Any], run: Run, head: Head) -> Unsaid | None:
    """All of them came before, byte for byte: their old receipts."""
    asked = run.asked() | {"subject": head.subject}
    held = {row[0]: row[1:] for row in _ask(connection, recalling(run.room), asked).fetchall()}
    verdicts, told = [], []
    for id_, raw in zip(asked["ids"], run.sent.frozen, strict=True):
        if id_ not in held or held[id_][0] != body_hash(raw):
            return None
        hashed, outcome, reason, receipt, received_at, happened_at, trust, *own = held[id_]
        one = run.room.tell(tuple(own))
        told += [one] if one else []
        result = one.result if one else None
        verdicts.append(
            Verdict(
                id_, "duplicate", outcome, reason, receipt, hashed, received_at, result, happened_at, trust
            )
        )
    return Unsaid(verdicts, told, head.count, _names(connection, told))


def _names(connection: psycopg.Connection[Any], told: Sequence[Told]) -> psycopg.Cursor[Any]:
    units = {unit for one in told for unit in one.units.values()}
    day = min((one.day for one in told), default=clock.today())
    return _ask(connection, NAMES, {"units": list(units), "today": clock.today(), "day": day})


def _values(run: Run, deeds: Sequence[Deed], strokes: Sequence[Decided]) -> dict[str, Any]:
    lines = [
        (of, number, line) for of, one in enumerate(strokes, 1) for number, line in enumerate(one.lines, 1)
    ]
    return {
        "id": [deed.id for deed in deeds], "seq": [deed.seq for deed in deeds],
        "schema": [deed.schema for deed in deeds], "hash": [deed.body_hash for deed in deeds],
        "at": [deed.happened_at for deed in deeds], "trust": [deed.time_trust for deed in deeds],
        "receipt": [deed.receipt for deed in deeds], "period": [periods.month(deed.happened_at) for deed in deeds],
        "outcome": [one.outcome for one in strokes], "unit": [one.unit for one in strokes],
        "subject": deeds[0].subject, "action": deeds[0].action, "campaign": run.known.campaign,
        "of": [of for of, _, _ in lines], "line": [number for _, number, _ in lines],
        "measure": [line.measure for _, _, line in lines], "scope": [line.scope for _, _, line in lines],
        "whom": [line.subject for _, _, line in lines], "quantity": [line.quantity for _, _, line in lines],
    }  # fmt: skip
