"""Correcting a fact: it is reversed, once, and what is right takes the next generation. Nothing is overwritten."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import NotFound
from backend.participation.models import Fact
from backend.participation.record import write_facts

CARRIED = (
    "measure", "subject", "scope", "unit_id", "campaign_id", "activity_id", "happened_at", "period",
)  # fmt: skip


def reverse(session: Session, operation: uuid.UUID, line: int, by: uuid.UUID) -> bool:
    """Take a fact back in the name of operation `by`. False when it had been taken back before."""
    fact = _fact(session, operation, line)
    row = _carried(fact) | {
        "operation_id": by,
        "line": 1,
        "generation": fact.generation,
        "quantity": -fact.quantity,
        "result": fact.result,
        "is_reversal": True,
        "reverses_operation": operation,
        "reverses_line": line,
    }
    return write_facts(session, [row]) == 1


def replace(
    session: Session,
    operation: uuid.UUID,
    line: int,
    by: uuid.UUID,
    quantity: int,
    result: dict[str, Any] | None,
) -> bool:
    """Reverse a fact and count `quantity` in its stead, one generation later."""
    fact = _fact(session, operation, line)
    if not reverse(session, operation, line, by):
        return False
    row = _carried(fact) | {
        "operation_id": by,
        "line": 2,
        "generation": fact.generation + 1,
        "quantity": quantity,
        "result": result,
        "is_reversal": False,
    }
    return write_facts(session, [row]) == 1


def _fact(session: Session, operation: uuid.UUID, line: int) -> Fact:
    found = session.scalars(select(Fact).where(Fact.operation_id == operation, Fact.line == line)).first()
    if found is None:
        raise NotFound
    return found


def _carried(fact: Fact) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in CARRIED} | {"received_at": clock.now()}
