"""Days promised to households that nobody has kept since: found and counted by the database, however many visits."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, Subquery, func, or_, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.paging import Part, asked, beyond, part
from backend.teams.merged import home_of, homes
from backend.teams.models import Household
from campaigns.visit.models import Visit
from campaigns.visit.places import Names

PART = 50


@dataclass(frozen=True)
class Due:
    """A day promised to a household that nobody has kept since."""

    visit: uuid.UUID
    household: uuid.UUID
    code: str
    nickname: str
    hamlet: uuid.UUID
    hamlet_name: str
    team: uuid.UUID
    follow_up_on: date


def follow_ups_due(
    session: Session,
    activity_id: uuid.UUID | None,
    until: date,
    *,
    team: uuid.UUID | None = None,
    units: Collection[uuid.UUID] | None = None,
    households: Select[Any] | None = None,
    after: str = "",
    most: int = PART,
) -> Part[Due]:
    """Promised for a day up to `until`, and nobody has come since; the longest waiting in front. `households`: only at
    those, whoever promised it.
    """
    due = _due(activity_id, until, team, units, households)
    by = (due.c.follow_up_on, due.c.code)
    rows = session.execute(
        select(due).where(*beyond(by, asked(after, date.fromisoformat, str))).order_by(*by).limit(most + 1)
    ).all()
    names = Names(session, {row.unit_id for row in rows}, clock.today())
    found = [
        Due(
            row.id, row.home, row.code, row.nickname, row.unit_id, names[row.unit_id], row.team_id, row.follow_up_on
        )
        for row in rows
    ]  # fmt: skip
    return part(found, most, lambda one: (one.follow_up_on, one.code), rows[0].total if rows else 0)


def still_due(session: Session, team: uuid.UUID, until: date) -> int:
    """How many days a team promised, in whatever campaign, up to `until`, that nobody has kept."""
    return session.scalar(select(func.count()).select_from(_due(None, until, team, None, None))) or 0


def _due(
    activity_id: uuid.UUID | None,
    until: date,
    team: uuid.UUID | None,
    units: Collection[uuid.UUID] | None,
    households: Select[Any] | None,
) -> Subquery:
    last = _last_word()
    query = select(last, Household.code, Household.nickname, func.count().over().label("total"))
    query = query.join(Household, Household.id == last.c.home).where(
        last.c.place == 1, last.c.follow_up_on <= until
    )
    if activity_id is not None:
        query = query.where(last.c.activity_id == activity_id)
    if team is not None:
        query = query.where(last.c.team_id == team)
    if units is not None:
        query = query.where(last.c.unit_id.in_(list(units)))
    if households is not None:
        query = query.where(last.c.home.in_(households))
    return query.subquery()


def _last_word() -> Subquery:
    """A promise stands until somebody is met again or another day is promised; knocking in vain does not keep it. So of
    the visits of a household only the last that did either has something to say: `place` 1.
    """
    merged = homes()
    home = home_of(Visit.household_id, merged)
    newest = (Visit.day.desc(), Visit.happened_at.desc(), Visit.id.desc())
    return (
        select(
            Visit.id,
            Visit.activity_id,
            Visit.team_id,
            Visit.unit_id,
            Visit.follow_up_on,
            home.label("home"),
            func.row_number().over(partition_by=home, order_by=newest).label("place"),
        )
        .outerjoin(merged, merged.c.id == Visit.household_id)
        .where(Visit.stands.is_(True), or_(Visit.follow_up_on.is_not(None), Visit.met != "nobody"))
        .subquery()
    )
