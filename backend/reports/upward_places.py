"""Which unit is served by which other node: nobody sends a paper to a neighbour at the same desk."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.node import this_node
from backend.federation.peers import queries as peers
from backend.federation.peers.models import Peer
from backend.units.models import Unit
from backend.units.trees import subtree


def unit_of(session: Session, code: str) -> Unit | None:
    return session.scalars(select(Unit).where(Unit.code == code)).first()


def served_above(session: Session, receiver: uuid.UUID, line: str) -> Peer | None:
    """The active parent of that line that serves the unit; None where this node serves it itself or no such parent is
    enrolled: a Party paper never takes the State's line."""
    found = peers.parents(session, line)
    if not found or receiver in _own(session):
        return None
    wanted = session.get(Unit, receiver)
    same = next((one for one in found if wanted and one.unit_code == wanted.code), None)
    return same or next((one for one in found if receiver in _below(session, one.unit_code)), None)


def _own(session: Session) -> set[uuid.UUID]:
    unit = this_node(session).unit_id
    return subtree(session, unit, clock.today()) | {unit} if unit else set()


def _below(session: Session, code: str) -> set[uuid.UUID]:
    unit = unit_of(session, code)
    return subtree(session, unit.id, clock.today()) if unit else set()
