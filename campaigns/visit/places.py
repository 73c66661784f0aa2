"""Who is responsible where: the households and teams of one batch of deeds, looked up once."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.participation import changes
from backend.participation.deeds import Deed
from backend.participation.lease import shut_gate
from backend.people.models import Membership
from backend.teams.histories import histories
from backend.teams.models import Household
from backend.teams.queries import TEAM, subjects_of, teams_serving
from backend.teams.rules import on_day
from backend.units.lineage import lineage
from backend.units.queries import NamedUnit, named_many
from campaigns.kind import Desk

HOUSEHOLD = "household"


@dataclass(frozen=True)
class Home:
    """A household that stands by itself; `subject` is its key in the ledger."""

    id: uuid.UUID
    subject: uuid.UUID
    code: str
    nickname: str


@dataclass(frozen=True)
class Place:
    """Where a visit counts. `in_custody`: another team than the writer's was responsible at that time."""

    home: Home
    team: uuid.UUID
    hamlet: uuid.UUID
    in_custody: bool


class Members:
    """The teams a person was in, and when."""

    def __init__(self, session: Session, person: uuid.UUID) -> None:
        query = select(Membership.unit_id, Membership.valid_from, Membership.valid_to).where(
            Membership.person_id == person, Membership.kind == TEAM
        )
        self._stays = session.execute(query.order_by(Membership.valid_from, Membership.id)).all()

    def teams(self, day: date) -> list[uuid.UUID]:
        """The one joined first in front."""
        return [unit for unit, since, until in self._stays if since <= day and (until is None or day < until)]


def alone(desk: Desk) -> None:
    """Records of one person are taken in one batch after another: two that correct the same visit see each other."""
    shut_gate(desk.session, desk.participant.subject)


def team_of(
    desk: Desk, members: Members, deed: Deed, *, prefer: uuid.UUID | None = None, on: date | None = None
) -> uuid.UUID | None:
    """The writer's team on the day of the deed (or `on` another); of several the one that looks after hamlet `prefer`.

    Whoever was in none writes for the team somebody responsible accepted the deed for, if anybody did.
    """
    day = on or clock.local_day(deed.happened_at)
    teams = members.teams(day)
    if len(teams) > 1 and prefer is not None:
        serving = set(teams_serving(desk.session, prefer, day))
        teams = [team for team in teams if team in serving] or teams
    return teams[0] if teams else desk.accepted_for


def hamlet_on(session: Session, unit: uuid.UUID, day: date) -> NamedUnit | None:
    """The hamlet, or the commune of a service desk, as it was on that day or has become since. None: no such place."""
    steps = lineage(session)
    for when in (day, clock.today()):
        place = on_day(steps, unit, when)
        found = named_many(session, [place], when).get(place)
        if found is not None and found.kind in ("hamlet", "commune"):
            return found
    return None


class Places:
    """The households of a batch, held until the transaction ends: nobody merges or counts them meanwhile."""

    def __init__(self, session: Session, members: Members, households: Collection[uuid.UUID]) -> None:
        self._members = members
        self._homes = _held(session, households)
        self._histories = histories(session, households)

    def __contains__(self, household: uuid.UUID) -> bool:
        return household in self._histories

    def home(self, household: uuid.UUID) -> Home:
        """The household, or the one it was merged into."""
        return self._homes[self._histories.standing(household)]

    def at(self, household: uuid.UUID, moment: datetime, own: uuid.UUID) -> Place:
        """Who was responsible at that moment; a household nobody had is the writer's `own` team's."""
        held = self._histories.at(household, moment)
        mine = {own, *self._members.teams(clock.local_day(moment))}
        team = held.team or own
        return Place(self._homes[held.household], team, held.hamlet, in_custody=team not in mine)

    def is_elsewhere(self, household: uuid.UUID, now: datetime) -> bool:
        """Whether the household is another team's by now, so that the writer's phone should let it go."""
        team = self._histories.at(household, now).team
        return team is not None and team not in self._members.teams(clock.local_day(now))

    def teams_now(self, households: Iterable[uuid.UUID], now: datetime) -> dict[uuid.UUID, set[uuid.UUID]]:
        """Team -> those of the households it is responsible for now."""
        found: dict[uuid.UUID, set[uuid.UUID]] = {}
        for household in households:
            held = self._histories.at(household, now)
            if held.team is not None:
                found.setdefault(held.team, set()).add(held.household)
        return found


def _held(session: Session, wanted: Iterable[uuid.UUID]) -> dict[uuid.UUID, Home]:
    """The households and, step by step, those they were merged into; each locked, always in the same order."""
    found: dict[uuid.UUID, Home] = {}
    left = set(wanted)
    while left:
        rows = _lock(session, left)
        found |= {row.id: Home(row.id, row.subject, row.code, row.nickname) for row in rows}
        left = {row.merged_into for row in rows if row.merged_into} - found.keys()
    return found


def _lock(
    session: Session, ids: Collection[uuid.UUID]
) -> list[Row[uuid.UUID, uuid.UUID, str, str, uuid.UUID | None]]:
    query = (
        select(Household.id, Household.subject, Household.code, Household.nickname, Household.merged_into)
        .where(Household.id.in_(ids))
        .order_by(Household.id)
        .with_for_update(key_share=True)
    )
    return list(session.execute(query))


def tell_teams(
    session: Session, places: Places, households: Collection[uuid.UUID], writer: uuid.UUID, now: datetime
) -> None:
    """The other members of the teams responsible learn that something beside these households changed."""
    homes = {places.home(household).id for household in households}
    session.execute(
        update(Household)
        .where(Household.id.in_(homes))
        .values(version=Household.version + 1)
        .execution_options(synchronize_session=False)
    )
    for team, held in places.teams_now(homes, now).items():
        for subject in subjects_of(session, team, clock.local_day(now)):
            for household in held if subject != writer else ():
                changes.tell(session, HOUSEHOLD, household, "changed", subject=subject)


class Names:
    """What teams and hamlets are called today, or were on the day when they are no more."""

    def __init__(self, session: Session, units: Iterable[uuid.UUID], day: date) -> None:
        self._session, self._day = session, day
        self._names = {u: one.full_name for u, one in named_many(session, set(units), clock.today()).items()}

    def __getitem__(self, unit: uuid.UUID) -> str:
        if unit not in self._names:
            found = named_many(self._session, [unit], self._day).get(unit)
            self._names[unit] = found.full_name if found else ""
        return self._names[unit]
