"""Two lines, two offices: on the Party's line a unit's Party organisation acts, on the State's line the unit itself.

A role counts where it was given. Where a unit has no Party organisation in the tree, one office serves both lines; so does
a Party organisation, a cell or an agency that reports for itself.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from backend.errors import N_
from backend.units.models import Unit, UnitLink
from backend.units.trees import holds_on

Post = tuple[uuid.UUID, str]
"""A unit, and the line on which somebody acts for it."""
LINES = ("party", "state")
LINE_WORDS = {
    "state": N_("Chính quyền"),
    "party": N_("Đảng"),
    "front": N_("Mặt trận, đoàn thể"),
    "youth": N_("Đoàn Thanh niên"),
}
"""How a line is called wherever it is shown; on the last two the unit of that tree itself acts."""
PARTY, ORGANISATION = "party", "party_organisation"


@dataclass(frozen=True)
class Offices:
    """`of`: unit -> its Party organisations, for the units asked about and those whose organisations were asked about."""

    of: Mapping[uuid.UUID, frozenset[uuid.UUID]] = field(default_factory=dict)

    def acting(self, unit: uuid.UUID, line: str) -> frozenset[uuid.UUID]:
        """Where a role has to have been given to count for the unit on that line."""
        return self.of.get(unit, frozenset({unit})) if line == PARTY else frozenset({unit})

    def posts(self, granted: Iterable[uuid.UUID], lines: Sequence[str] = LINES) -> frozenset[Post]:
        """For whom, and on which line, roles given on these units count. On any line but the Party's the unit itself acts."""
        given = set(granted)
        units = given | {unit for unit, organisations in self.of.items() if organisations & given}
        return frozenset((unit, line) for unit in units for line in lines if self.acting(unit, line) & given)


def offices(session: Session, units: Iterable[uuid.UUID], day: date) -> Offices:
    """One statement."""
    wanted, below, above = list(units), aliased(Unit), aliased(Unit)
    query = (
        select(UnitLink.parent_id, UnitLink.unit_id)
        .join(below, below.id == UnitLink.unit_id)
        .join(above, above.id == UnitLink.parent_id)
        .where(
            UnitLink.tree == PARTY, holds_on(UnitLink, day), below.kind == ORGANISATION, above.kind != ORGANISATION,
            UnitLink.parent_id.in_(wanted) | UnitLink.unit_id.in_(wanted),
        )
    )  # fmt: skip
    found: dict[uuid.UUID, frozenset[uuid.UUID]] = {}
    for parent, organisation in session.execute(query):
        found[parent] = found.get(parent, frozenset()) | {organisation}
    return Offices(found)
