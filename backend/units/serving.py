"""Which unit this node serves, and for which it speaks to the level above, after a reorganisation that was decided above."""

import uuid
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.db.node import serve, this_node
from backend.units.event_in import UnitsIn
from backend.units.models import WHOLE, UnitCrosswalk, UnitEvent

SERVED = "served"
"""Under which the event keeps which unit the node served before, and whether it speaks for the new one."""


def whole(told: UnitsIn, known: Mapping[str, uuid.UUID]) -> Iterable[tuple[uuid.UUID, uuid.UUID]]:
    """Units of this node's that went whole into another one of its own."""
    for one in told.steps:
        ends = one.weight == WHOLE and one.source != one.target and one.source in told.closed
        if ends and one.source in known and one.target in known:
            yield known[one.source], known[one.target]


def follow(session: Session, told: UnitsIn, known: Mapping[str, uuid.UUID]) -> None:
    """A node whose unit went whole into another serves that one: its people and what stands below it are there now. Which of
    the nodes that do so speaks for the whole of it to the level above is said in the event."""
    node, event = this_node(session), session.get_one(UnitEvent, told.id)
    target = next((target for source, target in whole(told, known) if source == node.unit_id), None)
    if node.unit_id is None or target is None:
        return
    speaks = any(
        known.get(one.unit) == target and known.get(one.by_node_of) == node.unit_id for one in told.served
    )
    event.made = {**(event.made or {}), SERVED: {"before": str(node.unit_id), "speaks": speaks}}
    serve(session, target)


def speaks_above(session: Session) -> bool:
    """Whether this node tells the level above of the unit it serves. Not where another node does since both became one;
    what it tells of its former unit, for days before that, goes on."""
    unit = this_node(session).unit_id
    events = session.scalars(
        select(UnitEvent)
        .join(UnitCrosswalk, UnitCrosswalk.event_id == UnitEvent.id)
        .where(UnitCrosswalk.to_id == unit)
        .order_by(UnitEvent.made_at)
    )
    told = [event.made[SERVED]["speaks"] for event in events.unique() if event.made and SERVED in event.made]
    return bool(told[-1]) if told else True


def served_before(session: Session) -> list[uuid.UUID]:
    """Units this node served before they went into the one it serves now, the last first."""
    events = session.scalars(select(UnitEvent).order_by(UnitEvent.made_at.desc()))
    return [
        uuid.UUID(event.made[SERVED]["before"]) for event in events if event.made and SERVED in event.made
    ]
