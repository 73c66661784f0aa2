"""What the sync answers: a verdict per operation, in the order sent."""

import hmac
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from flask_babel import gettext

from backend.clock import iso
from backend.errors import N_
from backend.http import services
from backend.participation.deeds import VoucherIn
from backend.participation.models import Operation
from campaigns.reading import Vouching
from campaigns.reasons import SHARED
from campaigns.registry import KINDS
from campaigns.respond import Verdict

REASONS: dict[str, str] = {
    **SHARED,
    **{code: words for kind in KINDS for code, words in kind.reasons.items()},
}


class VerdictOut(msgspec.Struct, frozen=True):
    """`verdict`: what the ledger did with it. `outcome`: whether it counts. `message` says why, in plain words.

    `seal`: the node's word for id, hash and `received_at`. The phone keeps it and brings it back as a voucher if the
    node is restored from a backup, so that a paper handed in on time is not late when it is offered again.
    """

    id: uuid.UUID | None
    verdict: Literal["accepted", "duplicate", "custody", "quarantined"]
    outcome: Literal["counted", "noted", "refused", "waiting"]
    reason: str | None
    message: str | None
    receipt: str
    hash: str
    received_at: str
    seal: str
    result: dict[str, Any] | None


class VerdictsOut(msgspec.Struct, frozen=True):
    """`highest_seq`: the end of the device's run without a gap; a hole below shows what never arrived."""

    results: list[VerdictOut]
    highest_seq: int


def verdict_out(verdict: Verdict) -> VerdictOut:
    reason, received_at = verdict.reason, iso(verdict.received_at)
    return VerdictOut(
        id=verdict.id,
        verdict=verdict.verdict,  # type: ignore[arg-type]
        outcome=verdict.outcome,  # type: ignore[arg-type]
        reason=reason,
        message=message_of(reason),
        receipt=verdict.receipt,
        hash=verdict.hash,
        received_at=received_at,
        seal=_seal(str(verdict.id), verdict.hash, received_at),
        result=verdict.result,
    )


def message_of(reason: str | None) -> str | None:
    return gettext(REASONS.get(reason, N_("Việc này không được tính."))) if reason else None


def judgement(operation: Operation) -> dict[str, Any]:
    """What became of a deed since its first verdict, in the words of a verdict."""
    return {
        "verdict": operation.verdict,
        "outcome": operation.outcome,
        "reason": operation.reason,
        "message": message_of(operation.reason),
        "receipt": operation.receipt,
    }


def _seal(operation: str, hashed: str, received_at: str) -> str:
    return services().seal.keyed_hash("receipt", operation, hashed, received_at)


def vouching(vouchers: Sequence[VoucherIn]) -> Vouching:
    """Believe a voucher only when its seal is ours, for these very bytes."""
    by_id = {voucher.id: voucher for voucher in vouchers}

    def vouched_for(operation: uuid.UUID, hashed: str) -> datetime | None:
        voucher = by_id.get(operation)
        if voucher is None:
            return None
        ours = _seal(str(operation), hashed, voucher.received_at)
        return (
            datetime.fromisoformat(voucher.received_at) if hmac.compare_digest(ours, voucher.seal) else None
        )

    return vouched_for
