"""The express way in: one deed of a hot action in two statements on PostgreSQL, or not at all.

Read: who holds the token, what the room needs of its row, where the person belongs, where the device's numbers stand.
Write: operation, the room's row, facts and their pending rows, all in one statement that fails as a whole. It fails on
purpose (a division by zero) when the room's row moved meanwhile, when the deed is held already or when the person is
gone: then nothing was written and the general way (`respond`) says what is to be said. Same rules, same rows, same
answer; tests/campaigns/test_express.py holds the two beside each other.

Two statements, each by itself: nothing is locked between them, the row's revision tells whether it moved.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import msgspec
import psycopg

from backend import clock
from backend.db.engine import Database
from backend.participation import periods
from backend.participation.deeds import Answer, Deed, FactLine, OperationIn, ReadingIn
from backend.participation.record import Attribution
from backend.people import keys
from backend.people.sign_in import Participant
from campaigns.kind import Express
from campaigns.known import Known, known
from campaigns.reading import BODIES, OPERATION, UNREADABLE, Batch, deed_of
from campaigns.respond import Verdict

READ = """SELECT s.person_id, l.subject,
 (SELECT m.unit_id FROM membership m WHERE m.person_id = s.person_id AND m.kind = %(counts_by)s AND m.valid_from <= %(day)s
  AND (m.valid_to IS NULL OR m.valid_to > %(day)s) ORDER BY m.valid_from DESC, m.id DESC LIMIT 1),
 {columns}
 FROM sign_in_session s JOIN subject_link l ON l.person_id = s.person_id {join}
 WHERE s.token_hash = %(token)s AND s.revoked_at IS NULL AND s.expires_at > %(moment)s AND s.device_id = %(device)s
 AND (SELECT count(*) FROM operation o WHERE o.device_id = %(device)s AND o.device_seq < %(seq)s) = %(seq)s - 1
 AND NOT EXISTS (SELECT 1 FROM quarantined q WHERE q.device_id = %(device)s)"""
HEAD = 3
"""How many columns stand before the room's own."""

OPERATION_ROW = """INSERT INTO operation (id, device_id, device_seq, subject, activity_id, action, schema, body_hash,
 happened_at, time_trust, received_at, verdict, outcome, receipt)
 SELECT %(id)s, %(device)s, %(seq)s, held.subject, %(activity)s, %(action)s, %(schema)s, %(body_hash)s,
 %(happened_at)s, %(time_trust)s, %(received_at)s, %(verdict)s, %(outcome)s, %(receipt)s
 FROM held ON CONFLICT DO NOTHING RETURNING id"""
FACT_ROWS = """INSERT INTO fact (operation_id, line, measure, subject, scope, generation, quantity, result, unit_id,
 campaign_id, activity_id, happened_at, received_at, period, is_reversal)
 SELECT kept_op.id, f.line, f.measure, %(subject)s, f.scope, 1, f.quantity, f.result::json, %(unit)s, %(campaign)s,
 %(activity)s, %(counted_at)s, %(received_at)s, %(period)s, false
 FROM (SELECT op.id FROM op, room) kept_op,
  unnest(%(lines)s::int[], %(measures)s::text[], %(scopes)s::text[], %(quantities)s::bigint[], %(results)s::text[])
  AS f(line, measure, scope, quantity, result)
 ON CONFLICT DO NOTHING RETURNING operation_id, line"""
WRITE = """WITH held AS (SELECT subject FROM subject_link WHERE subject = %(subject)s FOR SHARE),
 op AS ({operation}), room AS ({room}){facts} SELECT 1 / (SELECT count(*) FROM room)"""
FACTS = """, facts AS ({fact_rows}),
 pending AS (INSERT INTO pending_fact (operation_id, line) SELECT operation_id, line FROM facts)"""


@cache
def _reading(express: Express) -> str:
    return READ.format(columns=express.columns, join=express.join)


@cache
def _writing(express: Express, with_facts: bool) -> str:
    facts = FACTS.format(fact_rows=FACT_ROWS) if with_facts else ""
    return WRITE.format(operation=OPERATION_ROW, room=express.write, facts=facts)


@dataclass(frozen=True)
class Sent:
    """One operation as it arrived: whose token, from which device, its exact bytes."""

    token: str
    device: uuid.UUID
    sent: ReadingIn
    frozen: bytes
    language: Callable[[], str]
    arrived_at: datetime


@dataclass(frozen=True)
class Done:
    """The verdict, and the end of the device's run without a gap."""

    verdict: Verdict
    highest_seq: int


def done(database: Database, sent: Sent) -> Done | None:
    """The deed done, or None: not one of the plain cases, and nothing was written."""
    if database.engine.dialect.name != "postgresql":
        return None
    try:
        operation = OPERATION.decode(sent.frozen)
        _, action, decoder = BODIES[operation.action]
        body = decoder.decode(operation.body)
    except (*UNREADABLE, KeyError):
        return None
    frozen = known(operation.activity)
    if action.express is None or frozen is None:
        return None
    try:
        with database.by_itself() as cursor:
            return _done(cursor, sent, operation, action.express, body, frozen)
    except (
        psycopg.Error
    ):  # moved, held already, gone, or no connection: the general way says what is to be said
        return None


def _done(
    cursor: psycopg.Cursor[Any],
    sent: Sent,
    operation: OperationIn,
    express: Express,
    body: Any,
    known: Known,
) -> Done | None:
    day, thing = clock.local_day(sent.arrived_at), express.thing(body)
    asked = {
        "token": keys.token_hash(sent.token), "moment": sent.arrived_at, "thing": thing,
        "activity": operation.activity, "counts_by": known.counts_by, "day": day, "seq": operation.seq,
        "device": sent.device,
    }  # fmt: skip
    row = cursor.execute(_reading(express), asked).fetchone()
    if row is None:
        return None
    person, subject, unit = row[:HEAD]
    who = Participant(person, subject, sent.device, None, "", None)
    batch = Batch(who, sent.device, sent.sent, [sent.frozen], arrived_at=sent.arrived_at)
    deed = deed_of(batch, operation, body, sent.frozen)
    stroke = express.decide(known.look(sent.language, sent.arrived_at), deed, tuple(row[HEAD:]))
    if stroke is None or not _same_day(stroke.answer, deed, day):
        return None
    place = Attribution(unit or known.owner, known.campaign, in_custody=unit is None)
    values = _values(deed, stroke.answer, place) | {"thing": thing} | stroke.values
    cursor.execute(_writing(express, bool(stroke.answer.facts)), values)
    return Done(_verdict(deed, stroke.answer, place), deed.seq)


def _same_day(answer: Answer, deed: Deed, day: date) -> bool:
    """The unit was read for the day of arrival; what happened on another day is attributed by the general way."""
    return clock.local_day(answer.happened_at or deed.happened_at) == day


def _verdict(deed: Deed, answer: Answer, place: Attribution) -> Verdict:
    return Verdict(
        deed.id, place.verdict, answer.outcome, answer.reason, deed.receipt, deed.body_hash, deed.received_at, answer.result,
        deed.happened_at, deed.time_trust,
    )  # fmt: skip


def _values(deed: Deed, answer: Answer, place: Attribution) -> dict[str, Any]:
    counted_at = answer.happened_at or deed.happened_at
    return {
        "id": deed.id, "device": deed.device, "seq": deed.seq, "subject": deed.subject, "activity": deed.activity,
        "action": deed.action, "schema": deed.schema, "body_hash": deed.body_hash, "happened_at": deed.happened_at,
        "time_trust": deed.time_trust, "received_at": deed.received_at, "verdict": place.verdict, "outcome": answer.outcome,
        "receipt": deed.receipt, "unit": place.unit, "campaign": place.campaign,
        "counted_at": counted_at, "period": periods.month(counted_at), **_facts(answer.facts),
    }  # fmt: skip


def _facts(lines: tuple[FactLine, ...]) -> dict[str, Any]:
    if not lines:
        return {}
    return {
        "lines": list(range(1, len(lines) + 1)),
        "measures": [line.measure for line in lines],
        "scopes": [line.scope for line in lines],
        "quantities": [line.quantity for line in lines],
        "results": [msgspec.json.encode(line.result).decode() if line.result else None for line in lines],
    }
