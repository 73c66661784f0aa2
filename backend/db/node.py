"""Who this node is: a name that never changes and an epoch that changes when a backup is restored.

Phones compare the epoch of every answer with the last one they saw; a new one tells them to offer again what they kept.
"""

import uuid

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.db.base import Base, new_id
from backend.errors import NotSetUp


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
    node = Node(id=new_id(), epoch=new_id(), name=name)
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
    """After a restore: everything acknowledged since the backup is unknown here, and the phones must be told."""
    node = this_node(session)
    node.epoch = new_id()
    return node.epoch
