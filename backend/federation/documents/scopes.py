"""For whom a document is: units by their official codes, with all below them."""

import uuid
from collections.abc import Collection, Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.federation.documents.errors import ScopeUnknown
from backend.units.models import Unit
from backend.units.trees import LinesUp


def codes_above(session: Session, unit_code: str) -> set[str]:
    """The unit's own code and those of all above it today. A unit that went into another is below what that one is below:
    its node keeps being told."""
    unit = session.scalars(select(Unit.id).where(Unit.code == unit_code)).first()
    if unit is None:
        return {unit_code}
    line: Iterable[uuid.UUID] = LinesUp(session, [unit])(unit, clock.today())
    return {unit_code, *session.scalars(select(Unit.code).where(Unit.id.in_(list(line))))}


def covers(units: Collection[str], above: Collection[str]) -> bool:
    """`above`: what `codes_above` answers. No units: everybody."""
    return not units or not set(units).isdisjoint(above)


def check(session: Session, units: Iterable[str]) -> list[str]:
    """In order, each once. Raises ScopeUnknown for a code this node does not have."""
    wanted = sorted(set(units))
    known = set(session.scalars(select(Unit.code).where(Unit.code.in_(wanted))))
    for code in wanted:
        if code not in known:
            raise ScopeUnknown(unit_code=code)
    return wanted
