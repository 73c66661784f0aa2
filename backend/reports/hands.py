"""Which member of staff may press which button of a submission, and who may read it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from backend import clock
from backend.people.staff import ROLES, Staff, reach
from backend.reports.errors import NotYours, NotYoursAbove, ReportUnknown
from backend.reports.models import Submission
from backend.reports.rules import WAYS, WITH_ABOVE, Held, is_somebody_else, open_deeds, part_of
from backend.units.offices import Offices, Post, offices

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
    """`by_role`: the posts each role of an office holds; `receiving`: those a member takes reports in for; `watching`: those
    whose post they may read. A role of an office acts for the unit it was given on, never for those below, and on the line
    that is that unit's own; `keeps`: whom the member may give duties, with all below."""

    staff: Staff
    by_role: Mapping[str, frozenset[Post]]
    receiving: frozenset[Post]
    watching: frozenset[Post]
    keeps: frozenset[uuid.UUID]

    @classmethod
    def of(cls, session: Session, staff: Staff) -> "Desk":
        roles = (*WRITERS, *OFFICES, *WATCHERS)
        granted = frozenset(unit for role in roles for unit in staff.roles.get(role, ()))
        known = offices(session, granted, clock.today())
        by_role = {role: _posts(known, staff, role) for role in (*WRITERS, *OFFICES)}
        receiving = _posts(known, staff, *RECEIVERS)
        return cls(
            staff,
            by_role,
            receiving,
            receiving | _posts(known, staff, *WATCHERS),
            frozenset(reach(session, staff, *OFFICES)),
        )

    @property
    def posts(self) -> frozenset[Post]:
        """For whom, and on which line, this member writes."""
        return frozenset().union(*self.by_role.values())

    @property
    def units(self) -> set[uuid.UUID]:
        return _units(self.posts)

    @property
    def receivers(self) -> set[uuid.UUID]:
        return _units(self.receiving)

    @property
    def watched(self) -> set[uuid.UUID]:
        return _units(self.watching)

    def drafts_for(self) -> set[uuid.UUID]:
        return _units(self.by_role["drafter"])

    def may_read(self, row: Submission) -> bool:
        """Above, only what has been sent."""
        return (row.unit_id, row.line) in self.posts or (
            (row.receiver_id, row.line) in self.watching and row.state in WITH_ABOVE
        )

    def holds(self, row: Submission, deed: str) -> bool:
        part = part_of(row.state, deed)
        if part == "receiving":
            return (row.receiver_id, row.line) in self.receiving
        return (row.unit_id, row.line) in self.by_role[part]

    def buttons(self, row: Submission, played: Mapping[str, frozenset[uuid.UUID]]) -> list[Button]:
        """`played`: of `approval.played`."""
        held = Held(row.state, row.round, played)
        return [
            Button(deed, not is_somebody_else(held, deed, self.staff.person))
            for deed in open_deeds(row.state)
            if self.holds(row, deed)
        ]

    def writes(self, unit: uuid.UUID, line: str) -> bool:
        return (unit, line) in self.by_role["drafter"]

    def keeps_days(self, receiver: uuid.UUID, line: str) -> bool:
        """Whoever waits for the reports says until when; whoever sends them does not, but for a sheet of its own."""
        return (receiver, line) in self.by_role["party_office"]

    def require_reading(self, row: Submission | None) -> Submission:
        """Raises ReportUnknown: what may not be read is not there."""
        if row is None or not self.may_read(row):
            raise ReportUnknown
        return row

    def require(self, row: Submission, deed: str) -> None:
        """Raises NotYours, NotYoursAbove."""
        if (row.state, deed) in WAYS and not self.holds(row, deed):
            part = part_of(row.state, deed)
            raise NotYoursAbove if part == "receiving" else NotYours(role=ROLES[part])


def _posts(known: Offices, staff: Staff, *roles: str) -> frozenset[Post]:
    return known.posts(unit for role in roles for unit in staff.roles.get(role, ()))


def _units(posts: frozenset[Post]) -> set[uuid.UUID]:
    return {unit for unit, _ in posts}
