"""Visits as they are read on a screen or on paper: one row each, with the names people use."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.teams.models import Household
from campaigns.visit.models import Visit, VisitPhoto
from campaigns.visit.places import Names
from campaigns.visit.queries import chunks, services_of_visits, with_merged

NEWEST = (Visit.happened_at.desc(), Visit.id.desc())
MOST = 400
"""More records than a household in a year or a team in a day will ever have."""


@dataclass(frozen=True)
class VisitLine:
    """One record of a visit. `note` and `no_further_visit` are for the own team alone. Who wrote it is not in it."""

    id: uuid.UUID
    activity_id: uuid.UUID
    household: uuid.UUID
    code: str
    nickname: str
    kind: str
    hamlet: uuid.UUID
    hamlet_name: str
    team: uuid.UUID
    happened_at: datetime
    day: date
    place: str
    met: str
    services: dict[str, str]
    reasons: dict[str, str]
    device: str | None
    follow_up_on: date | None
    no_further_visit: bool
    note: str | None
    photos: int
    in_custody: bool
    time_trust: str
    corrects: uuid.UUID | None
    stands: bool


def visit_lines(
    session: Session, *which: ColumnElement[bool], order: Sequence[Any] = (), most: int | None = None
) -> list[VisitLine]:
    """Records that fit, oldest first unless said otherwise; households under the one they joined. `most`: no more."""
    query: Select[Visit, Household] = select(Visit, Household).join(
        Household, Household.id == Visit.household_id
    )
    query = query.where(*which).order_by(*(order or (Visit.happened_at, Visit.id))).limit(most)
    rows = session.execute(query).all()
    homes = standing(session, [household for _, household in rows])
    services = services_of_visits(session, [visit.id for visit, _ in rows])
    photos = _photos(session, [visit.id for visit, _ in rows])
    names = Names(session, {visit.unit_id for visit, _ in rows}, clock.today())
    return [
        _line(visit, homes[household.id], names, services.get(visit.id, {}), photos.get(visit.id, 0))
        for visit, household in rows
    ]


def standing(session: Session, households: Sequence[Household]) -> dict[uuid.UUID, Household]:
    """Household -> the one that stands for it since they were merged."""
    known = {household.id: household for household in households}
    while left := {one.merged_into for one in known.values() if one.merged_into} - known.keys():
        known |= {one.id: one for one in session.scalars(select(Household).where(Household.id.in_(left)))}
    found = {}
    for household in households:
        one = household
        while one.merged_into is not None:
            one = known[one.merged_into]
        found[household.id] = one
    return found


def _photos(session: Session, visits: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    found: dict[uuid.UUID, int] = {}
    for some in chunks(visits):
        query = select(VisitPhoto.visit_id, func.count()).where(VisitPhoto.visit_id.in_(some))
        found |= {row[0]: row[1] for row in session.execute(query.group_by(VisitPhoto.visit_id))}
    return found


def _line(
    visit: Visit, home: Household, names: Names, services: dict[str, tuple[str, str | None]], photos: int
) -> VisitLine:
    return VisitLine(
        id=visit.id,
        activity_id=visit.activity_id,
        household=home.id,
        code=home.code,
        nickname=home.nickname,
        kind=home.kind,
        hamlet=visit.unit_id,
        hamlet_name=names[visit.unit_id],
        team=visit.team_id,
        happened_at=visit.happened_at,
        day=visit.day,
        place=visit.place,
        met=visit.met,
        services={service: outcome for service, (outcome, _) in services.items()},
        reasons={service: reason for service, (_, reason) in services.items() if reason},
        device=visit.device,
        follow_up_on=visit.follow_up_on,
        no_further_visit=visit.no_further_visit,
        note=visit.note,
        photos=photos,
        in_custody=visit.in_custody,
        time_trust=visit.time_trust,
        corrects=visit.corrects,
        stands=visit.stands,
    )


def history(session: Session, household: uuid.UUID) -> list[VisitLine]:
    """The records about a household and those merged into it, newest first; corrected ones too."""
    wanted = list(with_merged(session, [household]))
    return visit_lines(session, Visit.household_id.in_(wanted), order=NEWEST, most=MOST)


def day_list(session: Session, team: uuid.UUID, day: date) -> list[VisitLine]:
    """A team's day as it is printed for the own team."""
    return visit_lines(session, Visit.team_id == team, Visit.day == day, Visit.stands.is_(True), most=MOST)


def stands_on_day(session: Session, household: uuid.UUID, day: date) -> int:
    """How many visits to a household, or to what was merged into it, stand on that day."""
    wanted = list(with_merged(session, [household]))
    query = select(func.count()).where(
        Visit.household_id.in_(wanted), Visit.day == day, Visit.stands.is_(True)
    )
    return session.scalar(query) or 0


def told_of(session: Session, operation: uuid.UUID) -> dict[str, Any]:
    """What a visit that was taken in says, in the shape it came in; empty for what is no visit."""
    row = session.get(Visit, operation)
    if row is None:
        return {}
    services = services_of_visits(session, [row.id]).get(row.id, {})
    return {
        "household": str(row.household_id),
        "met": row.met,
        "place": row.place,
        "services": [{"service": code, "outcome": outcome} for code, (outcome, _) in services.items()],
        "note": row.note,
    }
