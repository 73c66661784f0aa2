"""What became of units that went into others, and what went into those there are.

Only a unit that went whole counts: where it was split, its people's deeds cannot be told apart, so its history stays
with the unit that existed.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.units.models import WHOLE, UnitCrosswalk, UnitEvent


@dataclass(frozen=True)
class Step:
    """A unit that went whole into another: from which day, and when this node learned of it."""

    source: uuid.UUID
    target: uuid.UUID
    holds_from: date
    made_at: datetime


class Lineage:
    """Steps in the order in which this node learned of them. A unit goes into at most one other."""

    def __init__(self, steps: Iterable[Step] = ()) -> None:
        self.steps = tuple(steps)
        self._next = {step.source: step for step in self.steps}
        self._before: dict[uuid.UUID, list[uuid.UUID]] = {}
        for step in self.steps:
            self._before.setdefault(step.target, []).append(step.source)

    def next(self, unit: uuid.UUID) -> Step | None:
        """What the unit itself went into."""
        return self._next.get(unit)

    def today(self, unit: uuid.UUID) -> uuid.UUID:
        """The unit that stands for it now; itself if it still exists."""
        while unit in self._next:
            unit = self._next[unit].target
        return unit

    def before(self, unit: uuid.UUID) -> list[uuid.UUID]:
        """The units that went straight into it."""
        return self._before.get(unit, [])

    def history(self, units: Iterable[uuid.UUID]) -> set[uuid.UUID]:
        """The units and everything that ever went into them."""
        found: set[uuid.UUID] = set()
        wanted = list(units)
        while wanted:
            unit = wanted.pop()
            if unit not in found:
                found.add(unit)
                wanted.extend(self.before(unit))
        return found

    def since(self, moment: datetime | None) -> "Lineage":
        """Only what became known after that moment."""
        return self if moment is None else Lineage(step for step in self.steps if step.made_at > moment)


def lineage(session: Session) -> Lineage:
    """All whole steps there are; they are few."""
    rows = session.execute(
        select(UnitCrosswalk.from_id, UnitCrosswalk.to_id, UnitEvent.holds_from, UnitEvent.made_at)
        .join(UnitEvent, UnitEvent.id == UnitCrosswalk.event_id)
        .where(UnitCrosswalk.weight == WHOLE, UnitCrosswalk.from_id != UnitCrosswalk.to_id)
        .order_by(UnitEvent.made_at, UnitEvent.id)
    )
    return Lineage(Step(*row) for row in rows)


def with_history(session: Session, units: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """The units and everything that ever went into them: where the facts behind their figures stand."""
    return lineage(session).history(units)
