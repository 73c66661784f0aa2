"""Who this node is: a name that never changes and an epoch that changes when a backup is restored.

Phones compare the epoch of every answer with the last one they saw; a new one tells them to offer again what they kept.
"""

import secrets
import uuid

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend import clock
from backend.db.base import Base, new_id
from backend.errors import NotSetUp

DAY_MS = 86_400_000


class Node(Base):
    """`unit_id`: the commune it serves. Every node holds the units of the whole country, so this cannot be guessed."""

    __tablename__ = "node"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    epoch: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(String(200))
    unit_id: Mapped[uuid.UUID | None]


def this_node(session: Session) -> Node:
    return session.execute(select(Node)).scalar_one()


def found_node(session: Session, name: str) -> Node:
    node = Node(id=new_id(), epoch=_epoch_at(clock.milliseconds(clock.now())), name=name)
    session.add(node)
    return node


def serve(session: Session, unit: uuid.UUID) -> None:
    """From now on this node is the one of that commune."""
    this_node(session).unit_id = unit


def own_unit(session: Session) -> uuid.UUID:
    """The commune this node serves. Raises NotSetUp."""
    unit = this_node(session).unit_id
    if unit is None:
        raise NotSetUp
    return unit


def begin_epoch(session: Session) -> uuid.UUID:
    """After a restore: everything acknowledged since the backup is unknown here, and the phones must be told.

    Other nodes take the larger name for the younger life, so it grows although the clock was set back. One of a day that has
    not come (the clock was wrong when it began) no node believes: then the clock of now counts again.
    """
    node, now = this_node(session), clock.milliseconds(clock.now())
    before = epoch_ms(node.epoch) or 0
    node.epoch = _epoch_at(max(now, before + 1) if before <= now + DAY_MS else now)
    return node.epoch


def epoch_ms(epoch: uuid.UUID) -> int | None:
    """When an epoch began, in Unix milliseconds; None for what is no UUIDv7."""
    return epoch.int >> 80 if epoch.version == 7 else None


def _epoch_at(unix_ms: int) -> uuid.UUID:
    """A UUIDv7 (RFC 9562, 5.7) of that moment."""
    chance = secrets.randbits(74)
    return uuid.UUID(int=unix_ms << 80 | 7 << 76 | (chance >> 62) << 64 | 2 << 62 | chance & (1 << 62) - 1)
