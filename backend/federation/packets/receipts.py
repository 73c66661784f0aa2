"""A receipt: what a node answered to one packet, signed, bound to the packet by its digest. Whoever sent it keeps it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from backend import clock
from backend.federation import frames
from backend.federation.frames import Frame, FrameRefused, PacketHeader, Place, ReceiptHeader
from backend.federation.packets.order import MOST_MISSING
from backend.federation.shapes import Epoch, Hash, Line, Moment, Number, StreamName
from backend.federation.software import software
from backend.safeguards.signing import Signer

SCHEMA = "receipt/1"
Outcome = Literal["taken", "late", "held", "refused"]
STATUS = {"taken": 201, "late": 423, "held": 202, "refused": 422}
CONFLICTS = frozenset({"gap", "fork", "old-epoch"})
# 409 for what is too much: a 429 tells whoever asks to leave this node in peace, all other streams too.
REFUSALS = {**dict.fromkeys(CONFLICTS, 409), "not-for-us": 421, "other-sender": 403, "wrong-line": 403,
            "wrong-direction": 403, "unknown-stream": 404, "too-many-held": 409, "too-much-today": 409,
            "too-many-streams": 409}  # fmt: skip

Code = Annotated[str, Meta(pattern=r"^[a-z-]{0,60}\Z")]
POINTER = r"(/([A-Za-z_][A-Za-z0-9_-]{0,40}|[0-9]{1,6})){0,12}"
Pointer = Annotated[str, Meta(pattern=rf"^{POINTER}\Z")]


class Missing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first of the packets of `epoch` that have to come before."""

    epoch: Epoch
    numbers: Annotated[list[Number], Meta(max_length=MOST_MISSING)]


class ReceiptBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`digest`: of the packet. `code`: why it was not taken; `pointer`: where in its body. `head`: how far this stream is
    known here: where it is at the packet or beyond, the number is used up, whatever the outcome.

    `outcome`: taken · late (its period was sealed, kept beside) · held (kept, cannot be read yet) · refused.
    """

    stream: StreamName
    epoch: Epoch
    number: Number
    digest: Hash
    outcome: Outcome
    code: Code
    pointer: Pointer
    at: Moment
    head: Place
    missing: Missing | None


@dataclass(frozen=True)
class Receipt:
    """`known`: the same receipt was given before, nothing was changed."""

    body: ReceiptBody
    raw: bytes
    known: bool = False

    @property
    def status(self) -> int:
        """How the wire says it."""
        if self.known:
            return 200
        return REFUSALS.get(self.body.code, STATUS[self.body.outcome])

    @property
    def settles(self) -> bool:
        """Whether the packet is done with: its number is used up at the receiver."""
        head = self.body.head
        return (
            head.epoch == self.body.epoch
            and head.number >= self.body.number
            and self.body.code not in CONFLICTS
        )


@dataclass(frozen=True)
class Writer:
    """Who answers: this node, its epoch, its key; and to whom (a node's id), on which line."""

    node: str
    epoch: str
    signer: Signer
    to: str
    line: Line

    def receipt(
        self,
        packet: Frame,
        outcome: Outcome,
        head: Place,
        at: datetime,
        code: str = "",
        pointer: str = "",
        missing: Missing | None = None,
    ) -> Receipt:
        """The signed answer to a packet."""
        about = packet.header
        assert isinstance(about, PacketHeader)  # noqa: S101 - asked for packets only
        moment = clock.iso(at)
        body = ReceiptBody(
            about.stream,
            about.epoch,
            about.number,
            packet.digest,
            outcome,
            code,
            pointer if _POINTER.fullmatch(pointer) else "",
            moment,
            head,
            missing,
        )
        return Receipt(body, self._signed(body, moment))

    def again(self, raw: bytes) -> Receipt:
        """A receipt this node gave before, byte for byte; signed anew where its key or its epoch is not this node's any more,
        for then its sender would not believe it, and wait for ever."""
        said = _kept.decode(raw[raw.index(b"\n") + 1 :])
        if said.header.epoch != self.epoch or frames.signed_by(raw) != self.signer.key_id:
            raw = self._signed(said.body, clock.iso(clock.now()))
        return Receipt(said.body, raw, known=True)

    def _signed(self, body: ReceiptBody, moment: str) -> bytes:
        header = ReceiptHeader(
            sender=self.node, to=self.to, line=self.line, epoch=self.epoch, made_at=moment, schema=SCHEMA, software=software()
        )  # fmt: skip
        return frames.seal_payload(self.signer, frames.payload_of(header, body))


_POINTER = re.compile(POINTER)
_body = msgspec.json.Decoder(ReceiptBody)


class _KeptHeader(msgspec.Struct):
    epoch: str


class _Kept(msgspec.Struct):
    header: _KeptHeader
    body: ReceiptBody


_kept = msgspec.json.Decoder(_Kept)


def read(raw: bytes, key_of: Callable[[str], bytes | None]) -> tuple[ReceiptHeader, Receipt]:
    """A receipt that a peer gave. Raises FrameRefused."""
    frame = frames.open_frame(raw, key_of)
    if not isinstance(frame.header, ReceiptHeader) or frame.header.schema != SCHEMA:
        raise FrameRefused("malformed")
    try:
        return frame.header, Receipt(_body.decode(frame.body_raw), raw)
    except msgspec.ValidationError:
        raise FrameRefused("malformed") from None
