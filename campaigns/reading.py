"""Reading frozen bytes into deeds. What cannot be read is not an error: it is kept aside with the reason why."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from backend import clock
from backend.participation import deeds as d
from backend.participation import times
from backend.participation.deeds import Deed, OperationIn, ReadingIn
from backend.people.sign_in import Participant
from campaigns.registry import KINDS

T = TypeVar("T")

OPERATION = msgspec.json.Decoder(OperationIn)
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
BODIES = {
    f"{kind.name}.{action.name}": (kind, action, msgspec.json.Decoder(action.body))
    for kind in KINDS
    for action in kind.actions
}


@dataclass(frozen=True)
class Vouched:
    """When this node took a deed in before a restore, and when it was done: (milliseconds, trust). Vouchers of older
    releases do not say the latter."""

    received_at: datetime
    happened: tuple[int, str] | None = None


Vouching = Callable[[uuid.UUID, str], Vouched | None]
"""(operation, hash of its bytes) -> what this node said of it before a restore, if the phone can prove it"""


def no_voucher(_operation: uuid.UUID, _hash: str) -> Vouched | None:
    return None


@dataclass(frozen=True)
class Batch:
    """Frozen bytes of operations from one device of one person, and the phone's clocks when it sent them.

    `arrived_at`: when the request came, before it waited for anything; now if not said.
    """

    participant: Participant
    device: uuid.UUID
    sent: ReadingIn
    operations: Sequence[bytes]
    language: str = "vi"
    arrived_at: datetime | None = None
    vouched_for: Vouching = no_voucher


def read(batch: Batch, raw: bytes) -> Deed | tuple[bytes, str]:
    """The decoded deed, or the raw bytes with the reason why they cannot be read."""
    try:
        operation = OPERATION.decode(raw)
    except UNREADABLE:
        return raw, "not_readable"
    known = BODIES.get(operation.action)
    if known is None:
        return raw, "action_unknown"
    try:
        body = known[2].decode(operation.body)
    except UNREADABLE:
        return raw, "body_invalid"
    return deed_of(batch, operation, body, raw)


def _reading(clocks: OperationIn | ReadingIn) -> times.Reading:
    return times.Reading(clocks.wall_ms, clocks.mono_ms, str(clocks.boot_id))


def deed_of(batch: Batch, operation: OperationIn, body: Any, raw: bytes) -> Deed:
    """The operation timed by the node's clock and tied to its person."""
    hashed = d.body_hash(raw)
    before = batch.vouched_for(operation.id, hashed)
    received = before.received_at if before else batch.arrived_at or clock.now()
    happened, trust = (before and before.happened) or times.happened(
        _reading(operation),
        times.Anchor(operation.anchor.server_ms, operation.anchor.mono_ms, str(operation.anchor.boot_id))
        if operation.anchor
        else None,
        _reading(operation if before else batch.sent),
        clock.milliseconds(received),
    )
    return Deed(
        id=operation.id,
        device=batch.device,
        seq=operation.seq,
        subject=batch.participant.subject,
        person=batch.participant.person,
        activity=operation.activity,
        action=operation.action,
        schema=operation.schema,
        body=body,
        body_hash=hashed,
        happened_at=clock.from_milliseconds(happened),
        time_trust=trust,
        received_at=received,
        frozen=raw,
        vouched=before is not None,
    )


class _Place(msgspec.Struct):
    """The little that may still be read of an unreadable operation, each part by itself."""

    id: msgspec.Raw = msgspec.Raw()
    seq: msgspec.Raw = msgspec.Raw()


_PLACE = msgspec.json.Decoder(_Place)
_ID = msgspec.json.Decoder(uuid.UUID)
_SEQ = msgspec.json.Decoder(d.Seq)


def place_in(raw: bytes) -> tuple[uuid.UUID | None, int | None]:
    """Id and sequence number as far as they can be read, so that the phone knows which deed is meant."""
    try:
        place = _PLACE.decode(raw)
    except UNREADABLE:
        return None, None
    return _part(_ID, place.id), _part(_SEQ, place.seq)


def _part(decoder: "msgspec.json.Decoder[T]", raw: msgspec.Raw) -> T | None:
    try:
        return decoder.decode(raw)
    except UNREADABLE:
        return None
