"""A reorganisation taken back, as long as nothing rests on it."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.errors import N_
from backend.participation.models import Fact
from backend.people import regrouping
from backend.units.models import WHOLE, UnitCrosswalk, UnitEvent
from backend.units.undoing import CannotUndo

MOST_TOLD = 5


class RestsOnIt(CannotUndo):
    code = "rests_on_it"
    sentence = N_("Không hoàn lại được, vì từ khi sắp xếp đã có: %(what)s.")


def undo(session: Session, event_id: uuid.UUID, resting: Sequence[str] = ()) -> set[uuid.UUID]:
    """The units stand as before the event, with everybody in them; answers which units.

    `resting`: what was published or signed since, in words. Raises CannotUndo, RestsOnIt.
    """
    event = session.get(UnitEvent, event_id)
    if event is None:
        raise CannotUndo
    if resting:
        raise RestsOnIt(what="; ".join(resting[:MOST_TOLD]))
    if has_facts(session, event):
        raise CannotUndo
    return regrouping.undo(session, event_id)


def has_facts(session: Session, event: UnitEvent) -> bool:
    """Something was recorded since in a unit that took another in whole, or that came out of another.

    Of a move or a new name, and of neighbours that only took a share of what had ended, nothing rests on the event: their
    facts stand where they were done and are told apart.
    """
    into = select(UnitCrosswalk.to_id).where(
        UnitCrosswalk.event_id == event.id, UnitCrosswalk.to_id != UnitCrosswalk.from_id
    )
    if event.kind == "abolish":
        into = into.where(UnitCrosswalk.weight == WHOLE)
    known = func.coalesce(Fact.recorded_at, Fact.received_at)
    query = select(Fact.line).where(Fact.unit_id.in_(into), known >= event.made_at)
    return session.scalars(query.limit(1)).first() is not None
