"""How much one peer may make this node keep. Beyond it a packet is refused, its number is not used up, and it comes again later."""

import uuid
from datetime import datetime, time

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from backend.federation.packets.models import PUT_ASIDE, PacketIn, StreamIn

MOST_A_DAY = 512 << 20
"""Bytes of packets of one peer, by the calendar of UTC: a province that was cut off for a year has a tenth of it."""
MOST_STREAMS, MOST_EPOCHS = 500, 20
"""Streams one peer may begin on a day of UTC, and epochs of one stream: both are names the peer makes up. Of a day and not for
ever, so that whoever stole a key does not use up what its owner will need."""
MOST_HELD, MOST_HELD_BYTES = 200, 64 << 20
"""Packets of one peer that wait for the same thing. They are opened again each minute."""
MOST_PUT_ASIDE = 100
"""So many refused packets of one peer are kept whole; of the others the digest and the receipt are."""
MOST_FORKS = 100
"""Of one peer: whoever forks a thousand times tells nothing new."""
TOO_MUCH, TOO_MANY, FULL = "too-much-today", "too-many-streams", "too-many-held"


def is_too_much(today: int, size: int) -> bool:
    """Whether one more packet of that size is. `today`: bytes kept of its peer since midnight."""
    return today + size > MOST_A_DAY


def may_begin(session: Session, peer_id: uuid.UUID, stream: str, now: datetime, *, is_known: bool) -> bool:
    """Whether the peer may begin another stream now, or another epoch of one that is known."""
    midnight = datetime.combine(now.date(), time(), now.tzinfo)
    mine = StreamIn.stream == stream
    query = (
        select(func.count(case((mine, 1))), func.count(case((StreamIn.turn == 1, 1))))
        .join(PacketIn, (PacketIn.peer_id == StreamIn.peer_id) & (PacketIn.stream == StreamIn.stream)
              & (PacketIn.epoch == StreamIn.epoch) & (PacketIn.number == 1))
        .where(StreamIn.peer_id == peer_id, StreamIn.at >= midnight, PacketIn.received_at >= midnight)
        .where(or_(mine, StreamIn.turn == 1))
    )  # fmt: skip
    epochs, streams = session.execute(query).one()
    return bool(epochs < MOST_EPOCHS if is_known else streams < MOST_STREAMS)


def may_wait(session: Session, peer_id: uuid.UUID, code: str, size: int) -> bool:
    """Whether one more packet of the peer may be held for this reason."""
    query = select(func.count(), func.coalesce(func.sum(func.length(PacketIn.raw)), 0)).where(
        PacketIn.peer_id == peer_id, PacketIn.state == PUT_ASIDE, PacketIn.code == code
    )
    packets, size_held = session.execute(query).one()
    return bool(packets < MOST_HELD and size_held + size <= MOST_HELD_BYTES)


def is_kept_whole(session: Session, peer_id: uuid.UUID) -> bool:
    """Whether one more packet of the peer that was refused is kept with all its words."""
    some = select(PacketIn.number).where(PacketIn.peer_id == peer_id, PacketIn.state == PUT_ASIDE)
    counted = select(func.count()).select_from(some.limit(MOST_PUT_ASIDE).subquery())
    return (session.scalar(counted) or 0) < MOST_PUT_ASIDE
