"""What the sync answers: a verdict per operation, in the order sent."""

import uuid
from typing import Any, Literal

import msgspec

from backend.errors import N_
from campaigns.reasons import SHARED
from campaigns.registry import KINDS
from campaigns.respond import Verdict

REASONS: dict[str, str] = {
    **SHARED,
    **{code: words for kind in KINDS for code, words in kind.reasons.items()},
}


class VerdictOut(msgspec.Struct, frozen=True):
    """`verdict`: what the ledger did with it. `outcome`: whether it counts. `message` says why, in plain words."""

    id: uuid.UUID | None
    verdict: Literal["accepted", "duplicate", "custody", "quarantined"]
    outcome: Literal["counted", "noted", "refused", "waiting"]
    reason: str | None
    message: str | None
    receipt: str
    hash: str
    received_at: str
    result: dict[str, Any] | None


class VerdictsOut(msgspec.Struct, frozen=True):
    """`highest_seq`: the end of the device's run without a gap; a hole below shows what never arrived."""

    results: list[VerdictOut]
    highest_seq: int


def verdict_out(verdict: Verdict, say: Any, iso: Any) -> VerdictOut:
    reason = verdict.reason
    return VerdictOut(
        id=verdict.id,
        verdict=verdict.verdict,  # type: ignore[arg-type]
        outcome=verdict.outcome,  # type: ignore[arg-type]
        reason=reason,
        message=say(REASONS.get(reason, N_("Việc này không được tính."))) if reason else None,
        receipt=verdict.receipt,
        hash=verdict.hash,
        received_at=iso(verdict.received_at),
        result=verdict.result,
    )
