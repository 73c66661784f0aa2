"""Writing the ledger. Every statement is idempotent in itself: sending twice is harmless, whoever races whom."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import dialect_insert, insert_into, on_postgres
from backend.participation import periods
from backend.participation.deeds import Answer, Deed, FactLine, body_hash, new_receipt
from backend.participation.models import Fact, Operation, PendingFact, Quarantined

KEPT_WHOLE = ("refused", "waiting")
"""Outcomes whose bytes stay beside the operation: nothing typed is thrown away, and what waits is judged anew."""

AT_ONCE = timedelta(minutes=1)
"""A request is written long before that."""


@dataclass(frozen=True)
class Attribution:
    """Where what a deed counts belongs: decided by the server from the dated tree, never by the phone."""

    unit: uuid.UUID
    campaign: uuid.UUID
    in_custody: bool = False

    @property
    def verdict(self) -> str:
        return "custody" if self.in_custody else "accepted"


def claim(session: Session, deeds: Sequence[Deed]) -> tuple[set[uuid.UUID], dict[uuid.UUID, Operation]]:
    """Take the place of each deed in the ledger; the answer is (ids that are new, ids already held).

    A racing transaction with the same id or (device, sequence) makes this wait, then lose: the constraint decides.
    """
    if not deeds:
        return set(), {}
    new = set(session.scalars(_claiming(on_postgres(session)), [_row(deed) for deed in deeds]))
    return new, _held(session, [deed for deed in deeds if deed.id not in new])


@cache
def _claiming(postgres: bool) -> Any:
    table = Operation.__table__.c
    return dialect_insert(postgres, Operation).on_conflict_do_nothing().returning(table.id)


@cache
def _adding_facts(postgres: bool) -> Any:
    table = Fact.__table__.c
    return dialect_insert(postgres, Fact).on_conflict_do_nothing().returning(table.operation_id, table.line)


_PENDING = insert(PendingFact.__table__)  # type: ignore[arg-type]


def _row(deed: Deed) -> dict[str, object]:
    return {
        "id": deed.id,
        "device_id": deed.device,
        "device_seq": deed.seq,
        "subject": deed.subject,
        "activity_id": deed.activity,
        "action": deed.action,
        "schema": deed.schema,
        "body_hash": deed.body_hash,
        "happened_at": deed.happened_at,
        "time_trust": deed.time_trust,
        "received_at": deed.received_at,
        "verdict": "accepted",
        "outcome": "noted",
        "receipt": deed.receipt,
    }


def _held(session: Session, deeds: Sequence[Deed]) -> dict[uuid.UUID, Operation]:
    """The operation each deed collided with, by the deed's id: same id first, else same place in the sequence."""
    if not deeds:
        return {}
    same_place = [(Operation.device_id == d.device) & (Operation.device_seq == d.seq) for d in deeds]
    rows = session.scalars(select(Operation).where(or_(Operation.id.in_([d.id for d in deeds]), *same_place)))
    by_id = {row.id: row for row in rows}
    by_place = {(row.device_id, row.device_seq): row for row in by_id.values()}
    return {d.id: by_id.get(d.id) or by_place[(d.device, d.seq)] for d in deeds}


def settle(session: Session, answered: Iterable[tuple[Deed, Answer, Attribution]]) -> None:
    """Write each answer beside its operation, and its facts, each with a pending row for the fold."""
    triples = list(answered)
    if not triples:
        return
    session.execute(_SETTLE, [_verdict(deed, answer, place) for deed, answer, place in triples])
    lines = [
        _fact(deed, answer, number, line, place)
        for deed, answer, place in triples
        for number, line in enumerate(answer.facts, start=1)
    ]
    write_facts(session, lines)


_SETTLE = (
    update(Operation.__table__)  # type: ignore[arg-type]
    .where(Operation.__table__.c.id == bindparam("deed_id"))
    .values(
        body=bindparam("new_body"),
        verdict=bindparam("new_verdict"),
        outcome=bindparam("new_outcome"),
        reason=bindparam("new_reason"),
    )
)


def _verdict(deed: Deed, answer: Answer, place: Attribution) -> dict[str, object]:
    return {
        "deed_id": deed.id,
        "new_verdict": place.verdict,
        "new_outcome": answer.outcome,
        "new_reason": answer.reason,
        "new_body": deed.frozen if answer.outcome in KEPT_WHOLE else None,
    }


def _fact(deed: Deed, answer: Answer, number: int, line: FactLine, place: Attribution) -> dict[str, object]:
    return fact_row(
        deed.id, line.measure, (line.subject or deed.subject) if line.with_subject else None, line.scope, place.unit,
        place.campaign, deed.activity, answer.happened_at or deed.happened_at, line=number, generation=line.generation,
        quantity=line.quantity, result=line.result, received_at=deed.received_at,
    )  # fmt: skip


def fact_row(
    operation: uuid.UUID,
    measure: str,
    subject: uuid.UUID | None,
    scope: str,
    unit: uuid.UUID,
    campaign: uuid.UUID,
    activity: uuid.UUID,
    happened_at: datetime,
    *,
    line: int = 1,
    generation: int = 1,
    quantity: int = 1,
    result: dict[str, Any] | None = None,
    received_at: datetime | None = None,
) -> dict[str, object]:
    """A fact as it is written; received when it happened unless said otherwise."""
    return {
        "operation_id": operation,
        "line": line,
        "measure": measure,
        "subject": subject,
        "scope": scope,
        "generation": generation,
        "quantity": quantity,
        "result": result,
        "unit_id": unit,
        "campaign_id": campaign,
        "activity_id": activity,
        "happened_at": happened_at,
        "received_at": received_at or happened_at,
        "period": periods.month(happened_at),
        "is_reversal": False,
    }


def write_facts(session: Session, rows: Sequence[Mapping[str, object]]) -> int:
    """Insert facts and their pending rows. A fact already counted in its scope is left as it stands."""
    if not rows:
        return 0
    told = [{"recorded_at": _recorded_at(row), **row} for row in rows]
    written = session.execute(_adding_facts(on_postgres(session)), told).all()
    if written:
        session.execute(_PENDING, [{"operation_id": o, "line": line} for o, line in written])
    return len(written)


def _recorded_at(row: Mapping[str, object]) -> datetime | None:
    """Nothing to say where it is written as it comes in; what waited or was repaired is known only from now on."""
    now, received = clock.now(), row["received_at"]
    return now if isinstance(received, datetime) and now - received > AT_ONCE else None


def quarantine(
    session: Session,
    device: uuid.UUID,
    subject: uuid.UUID,
    raw: bytes,
    reason: str,
    seq: int | None,
    **legible: object,
) -> Quarantined:
    """Keep a deed that cannot be taken in, byte for byte. The same bytes again answer with the first receipt.

    `legible`: its `deed_id`, `happened_at` and `time_trust` where they could be read.
    """
    hashed = body_hash(raw)
    row = {
        "device_id": device,
        "device_seq": seq,
        "subject": subject,
        "body": raw,
        "body_hash": hashed,
        "reason": reason,
        "received_at": clock.now(),
        "receipt": new_receipt(),
        **legible,
    }
    session.execute(
        insert_into(session, Quarantined)
        .values(**row)
        .on_conflict_do_nothing(index_elements=["device_id", "body_hash"])
    )
    return session.scalars(
        select(Quarantined).where(Quarantined.device_id == device, Quarantined.body_hash == hashed)
    ).one()
