"""Which member of staff may press which button of a submission, and who may read it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from backend.people.staff import ROLES, Staff, reach
from backend.reports.errors import NotYours, ReportUnknown
from backend.reports.models import Submission
from backend.reports.rules import WAYS, WITH_ABOVE, Held, is_somebody_else, open_deeds, part_of

WRITERS = ("drafter", "reviewer", "signer", "clerk")
RECEIVERS = ("party_office",)
WATCHERS = ("province_viewer",)
"""Who reads what was sent, and does nothing with it."""
OFFICES = ("party_office",)
"""Who settles the days on which reports to their unit are due."""


@dataclass(frozen=True)
class Button:
    """A deed this person's role opens; `is_barred`: they have already played another part of this round."""

    deed: str
    is_barred: bool


@dataclass(frozen=True)
class Desk:
    """`units`: those a member writes reports of; `receiving`: those they take them in for; `watching`: those whose post they
    may read. A role of an office acts for the unit it was given on, never for those below; `keeps`: whom the member may give
    duties, with all below."""

    staff: Staff
    units: frozenset[uuid.UUID]
    receiving: frozenset[uuid.UUID]
    watching: frozenset[uuid.UUID]
    by_role: dict[str, frozenset[uuid.UUID]]
    keeps: frozenset[uuid.UUID]

    @classmethod
    def of(cls, session: Session, staff: Staff) -> "Desk":
        by_role = {role: _granted(staff, role) for role in (*WRITERS, *OFFICES)}
        receiving = _granted(staff, *RECEIVERS)
        return cls(
            staff,
            frozenset().union(*by_role.values()),
            receiving,
            receiving | _granted(staff, *WATCHERS),
            by_role,
            frozenset(reach(session, staff, *OFFICES)),
        )

    def may_read(self, row: Submission) -> bool:
        """Above, only what has been sent."""
        return row.unit_id in self.units or (row.receiver_id in self.watching and row.state in WITH_ABOVE)

    def holds(self, row: Submission, deed: str) -> bool:
        part = part_of(row.state, deed)
        if part == "receiving":
            return row.receiver_id in self.receiving
        return row.unit_id in self.by_role[part]

    def buttons(self, row: Submission, played: Mapping[str, frozenset[uuid.UUID]]) -> list[Button]:
        """`played`: of `approval.played`."""
        held = Held(row.state, row.round, played)
        return [
            Button(deed, not is_somebody_else(held, deed, self.staff.person))
            for deed in open_deeds(row.state)
            if self.holds(row, deed)
        ]

    def writes(self, unit: uuid.UUID) -> bool:
        return unit in self.by_role["drafter"]

    def keeps_days(self, unit: uuid.UUID, receiver: uuid.UUID) -> bool:
        """Whoever waits for the reports says until when; whoever sends them does not, but for a sheet of its own."""
        return receiver in self.by_role["party_office"]

    def require_reading(self, row: Submission | None) -> Submission:
        """Raises ReportUnknown: what may not be read is not there."""
        if row is None or not self.may_read(row):
            raise ReportUnknown
        return row

    def require(self, row: Submission, deed: str) -> None:
        """Raises NotYours."""
        if (row.state, deed) in WAYS and not self.holds(row, deed):
            part = part_of(row.state, deed)
            role = part if part != "receiving" else "party_office"
            raise NotYours(role=ROLES[role])


def _granted(staff: Staff, *roles: str) -> frozenset[uuid.UUID]:
    return frozenset(unit for role in roles for unit in staff.roles.get(role, ()))
