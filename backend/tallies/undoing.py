"""A merge or split taken back, as long as nothing rests on it."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.participation.models import Fact
from backend.people import regrouping
from backend.units.models import UnitCrosswalk, UnitEvent
from backend.units.undoing import CannotUndo


def undo(session: Session, event_id: uuid.UUID, *, is_published: bool) -> set[uuid.UUID]:
    """The units stand as before the event, with everybody in them; answers which units.

    `is_published`: figures that hold it were published since. Raises CannotUndo.
    """
    event = session.get(UnitEvent, event_id)
    if event is None or is_published or _has_facts(session, event):
        raise CannotUndo
    return regrouping.undo(session, event_id)


def _has_facts(session: Session, event: UnitEvent) -> bool:
    """Something was done since in a unit that others went into, or that came out of another."""
    into = select(UnitCrosswalk.to_id).where(
        UnitCrosswalk.event_id == event.id, UnitCrosswalk.to_id != UnitCrosswalk.from_id
    )
    query = select(Fact.line).where(Fact.unit_id.in_(into), Fact.received_at >= event.made_at)
    return session.scalars(query.limit(1)).first() is not None
