"""Operations as they arrive: typed decoding of single rows, and what a room answers to each."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

BIG = 2**53 - 1
"""The largest integer a phone's JavaScript counts exactly; beyond it a number is refused, not rounded."""

Count = Annotated[int, msgspec.Meta(ge=0, le=BIG)]
Seq = Annotated[int, msgspec.Meta(ge=1, le=BIG)]


class AnchorIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    server_ms: Count
    mono_ms: Count
    boot_id: uuid.UUID


class ReadingIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    wall_ms: Count
    mono_ms: Count
    boot_id: uuid.UUID


class OperationIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One deed of a person, its bytes frozen by the phone when it was done."""

    id: uuid.UUID
    seq: Seq
    activity: uuid.UUID
    action: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    schema: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    wall_ms: Count
    mono_ms: Count
    boot_id: uuid.UUID
    body: msgspec.Raw
    anchor: AnchorIn | None = None


class VoucherIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a node said when it took a deed in, brought back after that node was restored from a backup."""

    id: uuid.UUID
    received_at: Annotated[str, msgspec.Meta(max_length=40)]
    seal: Annotated[str, msgspec.Meta(max_length=64)]


class PushIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A batch of deeds; each row stays raw, so that one bad row spoils nothing and its exact bytes can be hashed."""

    device_id: uuid.UUID
    sent: ReadingIn
    operations: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=50)]
    vouchers: Annotated[list[VoucherIn], msgspec.Meta(max_length=50)] = []


Outcome = Literal["counted", "noted", "refused", "waiting"]


@dataclass(frozen=True)
class FactLine:
    """What a room wants counted; silently not added where the subject already has it in that scope and generation.

    `generation`: one more for each time it was taken back there. `subject`: whom it counts, where that is not the
    person who did it (a household that was visited).
    """

    measure: str
    scope: str
    quantity: int = 1
    result: dict[str, int] | None = None
    with_subject: bool = True
    generation: int = 1
    subject: uuid.UUID | None = None


@dataclass(frozen=True)
class Answer:
    """A room's answer to one deed: counted with its facts, noted, or refused with a reason that is a stable word.

    `happened_at`: the moment its facts carry, where the room knows better than the phone's clock. `unit`: where its
    facts belong, where that is not the doer's own place. `in_custody`: kept in the name of whoever is responsible there.
    """

    outcome: Outcome
    reason: str | None = None
    facts: tuple[FactLine, ...] = ()
    result: dict[str, Any] | None = None
    happened_at: datetime | None = None
    unit: uuid.UUID | None = None
    in_custody: bool = False


def counted(
    *facts: FactLine, result: dict[str, Any] | None = None, happened_at: datetime | None = None
) -> Answer:
    return Answer("counted", facts=facts, result=result, happened_at=happened_at)


def noted(result: dict[str, Any] | None = None, unit: uuid.UUID | None = None) -> Answer:
    return Answer("noted", result=result, unit=unit)


def refused(reason: str, result: dict[str, Any] | None = None) -> Answer:
    return Answer("refused", reason=reason, result=result)


@dataclass(frozen=True)
class Deed:
    """One operation on its way into the ledger: decoded, timed and attributed by the server.

    `vouched`: this node acknowledged it before a backup was restored; `received_at` is then that first arrival.
    """

    id: uuid.UUID
    device: uuid.UUID
    seq: int
    subject: uuid.UUID
    person: uuid.UUID
    activity: uuid.UUID
    action: str
    schema: int
    body: Any
    body_hash: str
    happened_at: datetime
    time_trust: str
    received_at: datetime
    frozen: bytes
    vouched: bool = False
    receipt: str = field(default_factory=lambda: new_receipt())


ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
"""No I, L, O, U, 0 or 1: a receipt may be read out over the phone."""


def new_receipt() -> str:
    """'LT-7GQ2-KM4X-9TBR': 59 bits, short enough to be copied by hand."""
    # One draw for all letters; over 128 bits the alphabet's bias is far below anything that matters.
    number, letters = secrets.randbits(128), []
    for _ in range(12):
        number, at = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[at])
    text = "".join(letters)
    return f"LT-{text[:4]}-{text[4:8]}-{text[8:]}"


def body_hash(frozen: bytes | memoryview) -> str:
    return hashlib.sha256(frozen).hexdigest()
