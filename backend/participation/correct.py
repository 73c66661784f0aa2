"""Correcting a fact: it is reversed, once, and what is right takes the next generation. Nothing is overwritten."""

import uuid
from collections.abc import Iterable
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

Place = tuple[uuid.UUID, int]
"""(operation, line)"""


def reverse(session: Session, operation: uuid.UUID, line: int, by: uuid.UUID, by_line: int = 1) -> bool:
    """Take a fact back in the name of operation `by`. False when it had been taken back before."""
    return _reverse(session, _fact(session, operation, line), by, by_line)


def _reverse(session: Session, fact: Fact, by: uuid.UUID, by_line: int) -> bool:
    row = _carried(fact) | {
        "operation_id": by,
        "line": by_line,
        "generation": fact.generation,
        "quantity": -fact.quantity,
        "result": fact.result,
        "is_reversal": True,
        "reverses_operation": fact.operation_id,
        "reverses_line": fact.line,
    }
    return write_facts(session, [row]) == 1


def take_back(session: Session, facts: Iterable[Fact], by: uuid.UUID) -> int:
    """Reverse facts, a line of `by` each from 1 on; answers the next free line."""
    line = 0
    for line, fact in enumerate(facts, start=1):
        _reverse(session, fact, by, line)
    return line + 1


def count_again(
    session: Session,
    like: Fact,
    measure: str,
    scope: str,
    generation: int,
    by: Place,
    subject: uuid.UUID | None = None,
) -> bool:
    """Count a subject once more in a scope where the fact before was taken back; where and when as in `like`.

    `subject`: where it turned out to be another one than in `like`.
    """
    row = _carried(like) | {
        "subject": subject or like.subject,
        "operation_id": by[0],
        "line": by[1],
        "measure": measure,
        "scope": scope,
        "generation": generation,
        "quantity": 1,
        "result": None,
        "is_reversal": False,
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
