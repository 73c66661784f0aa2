"""Who this node is: a name that never changes and an epoch that changes when a backup is restored.

Phones compare the epoch of every answer with the last one they saw; a new one tells them to offer again what they kept.
"""

import uuid

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from backend.db.base import Base, new_id


class Node(Base):
    __tablename__ = "node"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    epoch: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(String(200))


def this_node(session: Session) -> Node:
    return session.execute(select(Node)).scalar_one()


def found_node(session: Session, name: str) -> Node:
    node = Node(id=new_id(), epoch=new_id(), name=name)
    session.add(node)
    return node


def begin_epoch(session: Session) -> uuid.UUID:
    """After a restore: everything acknowledged since the backup is unknown here, and the phones must be told."""
    node = this_node(session)
    node.epoch = new_id()
    return node.epoch
