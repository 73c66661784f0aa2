"""What the sync answers: a verdict per operation, in the order sent."""

import hmac
import re
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from flask_babel import gettext

from backend.clock import iso, milliseconds
from backend.errors import N_
from backend.http import services
from backend.participation.deeds import VoucherIn
from backend.participation.models import Operation
from campaigns.reading import Vouched, Vouching
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
        seal=_seal(str(verdict.id), verdict.hash, received_at, _when(verdict)),
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


_TIMED = re.compile(r"([0-9]{1,15})([hl])[0-9a-f]{48}")
_TRUST = {"h": "high", "l": "low"}


def _when(verdict: Verdict) -> str:
    """'1793690032574h': milliseconds, and high or low trust; nothing of a deed that could not be read."""
    at = verdict.happened_at
    return f"{milliseconds(at)}{verdict.time_trust[0]}" if at else ""


def _seal(operation: str, hashed: str, received_at: str, when: str) -> str:
    """Says itself when the deed was done: after a restore the phone's clocks that told it have long run on.

    Without that, as older releases wrote it, it is the bare hash.
    """
    parts = ("receipt", operation, hashed, received_at, *([when] if when else []))
    sealed = services().seal.keyed_hash(*parts)
    return f"{when}{sealed[:48]}" if when else sealed


def vouching(vouchers: Sequence[VoucherIn]) -> Vouching:
    """Believe a voucher only when its seal is ours, for these very bytes."""
    by_id = {voucher.id: voucher for voucher in vouchers}

    def vouched_for(operation: uuid.UUID, hashed: str) -> Vouched | None:
        voucher = by_id.get(operation)
        if voucher is None:
            return None
        said = _TIMED.fullmatch(voucher.seal)
        ours = _seal(str(operation), hashed, voucher.received_at, f"{said[1]}{said[2]}" if said else "")
        if not hmac.compare_digest(ours.encode(), voucher.seal.encode()):
            return None
        happened = (int(said[1]), _TRUST[said[2]]) if said else None
        return Vouched(datetime.fromisoformat(voucher.received_at), happened)

    return vouched_for
