"""What a room says about a stream it fills or reads, and what it is handed when a packet of it arrives."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from sqlalchemy.orm import Session

from backend.federation.frames import PacketHeader

if TYPE_CHECKING:
    from backend.federation.peers.models import Peer

KEYS = "keys"
"""The stream in which a node names its next key: it goes before all others, which that key may have signed."""
EVERY_LINE = frozenset({"state", "party", "front", "youth"})


class PacketRefused(Exception):
    """A well-formed, signed packet that a room does not take. It is kept, its number is used up and its sender is told.

    `code`: a word we choose and keep, with hyphens; `pointer`: where in the body, as "/cells/3". What the room wrote
    before raising is undone.
    """

    def __init__(self, code: str, pointer: str = "") -> None:
        super().__init__(code)
        self.code, self.pointer = code, pointer


class PacketHeld(PacketRefused):
    """The room cannot read it yet (a template it has not got): kept, and offered again by `held.offer_again`."""


@dataclass(frozen=True)
class Arrived:
    """A packet in order, verified, from an enrolled peer of the stream's line. `peer` is only read; `body` is an instance
    of the stream's Struct; `received_at` is this node's clock, when it came first. `is_again`: it was held meanwhile, and
    packets after it may have been taken."""

    peer: "Peer"
    header: PacketHeader
    body: Any
    digest: str
    received_at: datetime
    is_again: bool = False


Receive = Callable[[Session, Arrived], Literal["late"] | None]


@dataclass(frozen=True)
class Stream:
    """One kind of packet between two nodes; listed in `backend/streams.py`.

    `name`: "figures"; a part of it is named by the sender: "figures/xa-2026", each part with its own chain.
    `schema`: "figures/1". `lines`: on which lines it may go: Party and State never mix. `receive` writes what the packet
    says in the transaction of the packet, answers "late" where its period was sealed already and it was kept beside;
    may raise PacketRefused or PacketHeld. It may see the same body again in another packet (after a restored backup).
    `direction`: "up" goes from child to parent.
    """

    name: str
    schema: str
    body: type[msgspec.Struct]
    lines: frozenset[str]
    receive: Receive
    direction: Literal["up", "down", "both"]


@dataclass(frozen=True)
class Book:
    """The streams this node knows, by name. Raises ValueError for two of one name."""

    streams: Iterable[Stream] = ()
    by_name: dict[str, Stream] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "streams", tuple(self.streams))
        object.__setattr__(self, "by_name", {stream.name: stream for stream in self.streams})
        if len(self.by_name) != len(tuple(self.streams)):
            raise ValueError("two streams of one name")

    def of(self, full_name: str) -> Stream | None:
        """The stream of "figures/xa-2026"."""
        return self.by_name.get(full_name.partition("/")[0])
