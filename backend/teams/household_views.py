"""Households as they stand at a moment: with their hamlet and team, one by one, a part of a list at a time, and counted.

However many there are, what a page shows costs the same: what is counted is counted by the database.
"""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, literal, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.paging import Part, asked, beyond, part
from backend.teams.errors import HouseholdUnknown
from backend.teams.histories import histories
from backend.teams.models import LONGEST_FOLDED, Assignment, Household, HouseholdPlace
from backend.teams.rules import on_day
from backend.teams.team_views import Spot, in_order, spots
from backend.units.lineage import Lineage, lineage
from backend.units.trees import holds_on, subtree
from backend.units.words import fold

PART = 200
"""As many households as a page shows at once."""
MOST_ALIKE = 100
"""As many that may be the same as one looks through at once; when they are settled the next come up."""


@dataclass(frozen=True)
class HouseholdView:
    """A household with the hamlet and the team it had at the moment asked for."""

    id: uuid.UUID
    version: int
    code: str
    kind: str
    nickname: str
    card: int
    subject: uuid.UUID
    hamlet: Spot
    team: uuid.UUID | None


@dataclass(frozen=True)
class Duplicates:
    """Households of one hamlet whose nicknames are the same but for tone marks and capitals."""

    hamlet: Spot
    households: tuple[HouseholdView, ...]


@dataclass(frozen=True)
class Count:
    """The households of a hamlet, and how many of them nobody looks after."""

    households: int = 0
    without_team: int = 0


# --- one by one ------------------------------------------------------------------------------------------------------------


def household_view(session: Session, household: uuid.UUID, at: datetime | None = None) -> HouseholdView:
    """A household that stands by itself, as it was at that moment (now where none is given). Raises HouseholdUnknown."""
    rows = _views(session, at or clock.now(), Household.id == household)
    if not rows:
        raise HouseholdUnknown
    return rows[0]


def household_views(
    session: Session, households: Collection[uuid.UUID], at: datetime | None = None
) -> dict[uuid.UUID, HouseholdView]:
    """The same for a batch; whoever is unknown or was merged is left out."""
    return {row.id: row for row in _views(session, at or clock.now(), Household.id.in_(households))}


def with_code(session: Session, code: str) -> uuid.UUID | None:
    """The household behind a code somebody typed; the one it was merged into, if it was."""
    found = session.scalars(select(Household.id).where(Household.code == code.strip().upper())).first()
    return None if found is None else histories(session, [found]).standing(found)


# --- lists -----------------------------------------------------------------------------------------------------------------


def households_of(session: Session, team: uuid.UUID, at: datetime) -> list[HouseholdView]:
    """The households the team was responsible for at that moment, all of them."""
    return _views(session, at, _of_team(lineage(session), team))


def households_in(
    session: Session, hamlets: Iterable[uuid.UUID], at: datetime | None = None
) -> list[HouseholdView]:
    """The households of these hamlets at that moment (now where none is given), all of them, with or without a team."""
    wanted, moment = set(hamlets), at or clock.now()
    rows = _views(session, moment, _in_hamlets(lineage(session), wanted))
    return [row for row in rows if row.hamlet.id in wanted]


def part_of_hamlet(
    session: Session, hamlet: uuid.UUID, *, words: str = "", after: str = "", most: int = PART
) -> Part[HouseholdView]:
    """The next households of a hamlet today by their codes; only those with all these words in nickname or code."""
    text = Household.folded + " " + func.lower(Household.code)
    fits = [text.contains(word, autoescape=True) for word in fold(words).split()]
    return _part(session, after, most, _in_hamlets(lineage(session), [hamlet]), *fits)


def part_of_team(
    session: Session, team: uuid.UUID, *, after: str = "", most: int = PART
) -> Part[HouseholdView]:
    """The next households the team is responsible for today by their codes."""
    return _part(session, after, most, _of_team(lineage(session), team))


def _part(session: Session, after: str, most: int, *which: ColumnElement[bool]) -> Part[HouseholdView]:
    by = (func.length(Household.code), Household.code)  # H1000 comes after H999
    there = asked(after, str) if after else None
    key = (len(there[0]), there[0]) if there else None
    rows = _views(session, clock.now(), *which, *beyond(by, key), by=by, most=most + 1)
    return part(rows, most, lambda row: (row.code,))


def _in_hamlets(steps: Lineage, hamlets: Iterable[uuid.UUID]) -> ColumnElement[bool]:
    return HouseholdPlace.unit_id.in_(steps.history(hamlets))


def ids_of_team(session: Session, team: uuid.UUID) -> Select[Any]:
    """The ids of the households a team is responsible for now, for another question to be asked of them."""
    return _standing((Household.id,), clock.now()).where(_of_team(lineage(session), team))


def _of_team(steps: Lineage, team: uuid.UUID) -> ColumnElement[bool]:
    return Assignment.team_id.in_(steps.history([team]))


def _standing(columns: Iterable[Any], at: datetime) -> Select[Any]:
    """Households that stand by themselves, each with the place and the team it had at that moment."""
    day = clock.local_day(at)
    return (
        select(*columns)
        .select_from(Household)
        .join(HouseholdPlace, (HouseholdPlace.household_id == Household.id) & holds_on(HouseholdPlace, day))
        .outerjoin(Assignment, (Assignment.household_id == Household.id) & holds_on(Assignment, at))
        .where(Household.merged_into.is_(None))
    )


def _views(
    session: Session,
    at: datetime,
    *which: ColumnElement[bool],
    by: Iterable[Any] = (),
    most: int | None = None,
) -> list[HouseholdView]:
    """By hamlet and then by code unless said otherwise. Merged ones are not shown: the other one stands for them."""
    day, steps = clock.local_day(at), lineage(session)
    query = _standing((Household, HouseholdPlace.unit_id, Assignment.team_id), at).where(*which)
    rows = session.execute(query.order_by(*by).limit(most)).all()
    hamlets = {unit: on_day(steps, unit, day) for _, unit, _ in rows}
    names = spots(session, set(hamlets.values()), day)
    views = [
        _view(row, names.get(hamlets[unit], Spot(hamlets[unit], "")), _on(steps, team, day))
        for row, unit, team in rows
    ]
    place = {spot.id: number for number, spot in enumerate(in_order(names.values()))}
    if by:
        return views
    return sorted(views, key=lambda view: (place.get(view.hamlet.id, -1), len(view.code), view.code))


def _on(steps: Lineage, team: uuid.UUID | None, day: date) -> uuid.UUID | None:
    return None if team is None else on_day(steps, team, day)


def _view(row: Household, hamlet: Spot, team: uuid.UUID | None) -> HouseholdView:
    return HouseholdView(
        row.id, row.version, row.code, row.kind, row.nickname, row.card, row.subject, hamlet, team
    )


# --- counted ---------------------------------------------------------------------------------------------------------------


def counts_in(
    session: Session, hamlets: Iterable[uuid.UUID], at: datetime | None = None
) -> dict[uuid.UUID, Count]:
    """How many households each of these hamlets had at that moment (now where none is given)."""
    wanted, moment, steps = list(hamlets), at or clock.now(), lineage(session)
    columns = (HouseholdPlace.unit_id, func.count(), func.count(Assignment.id))
    query = _standing(columns, moment).where(_in_hamlets(steps, wanted))
    found = dict.fromkeys(wanted, Count())
    for unit, households, with_team in session.execute(query.group_by(HouseholdPlace.unit_id)):
        now = on_day(steps, unit, clock.local_day(moment))
        if now in found:
            one = found[now]
            found[now] = Count(one.households + households, one.without_team + households - with_team)
    return found


def households_per_hamlet(session: Session, hamlets: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, int]:
    """How many households each of these hamlets had on that day: the N of 'n of N'."""
    found = counts_in(session, hamlets, datetime.combine(day, time.max, clock.VIETNAM))
    return {unit: count.households for unit, count in found.items()}


def households_per_team(session: Session, teams: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many households each of these teams is responsible for now."""
    wanted, steps, now = list(teams), lineage(session), clock.now()
    query = _standing((Assignment.team_id, func.count()), now)
    query = query.where(Assignment.team_id.in_(steps.history(wanted))).group_by(Assignment.team_id)
    found = dict.fromkeys(wanted, 0)
    for team, count in session.execute(query):
        if (by_now := on_day(steps, team, clock.local_day(now))) in found:
            found[by_now] += count
    return found


def hamlet_of(steps: Lineage, day: date) -> ColumnElement[uuid.UUID]:
    """What the hamlet a household was put down in has become by that day, as the database can tell it."""
    became = {step.source: on_day(steps, step.source, day) for step in steps.steps}
    moved = {old: literal(new, HouseholdPlace.unit_id.type) for old, new in became.items() if new != old}
    if not moved:
        return HouseholdPlace.unit_id.expression
    return case(moved, value=HouseholdPlace.unit_id, else_=HouseholdPlace.unit_id)


# --- told apart ------------------------------------------------------------------------------------------------------------


def nickname_taken(session: Session, hamlet: uuid.UUID, nickname: str, own: uuid.UUID | None = None) -> bool:
    """Whether another household of the hamlet is called so, but for tone marks and capitals."""
    query = _standing((Household.id,), clock.now()).where(
        _in_hamlets(lineage(session), [hamlet]), Household.folded == fold(nickname)[:LONGEST_FOLDED]
    )
    return any(household != own for household in session.scalars(query.limit(2)))


def duplicates(
    session: Session, commune: uuid.UUID, hamlets: Collection[uuid.UUID] | None = None
) -> list[Duplicates]:
    """Households that may be one and the same: same hamlet, same nickname as one types it in a hurry. The first of them.

    `hamlets`: only in these.
    """
    wanted = subtree(session, commune, clock.today()) if hamlets is None else hamlets
    alike = _alike(lineage(session), wanted)
    query = select(alike.c.id).where(alike.c.others > 1)
    query = query.order_by(alike.c.hamlet, alike.c.folded, alike.c.id).limit(MOST_ALIKE)
    found: dict[tuple[uuid.UUID, str], list[HouseholdView]] = {}
    for view in household_views(session, list(session.scalars(query))).values():
        found.setdefault((view.hamlet.id, fold(view.nickname)), []).append(view)
    return [Duplicates(group[0].hamlet, tuple(group)) for group in found.values() if len(group) > 1]


def _alike(steps: Lineage, hamlets: Collection[uuid.UUID]) -> Subquery:
    hamlet = hamlet_of(steps, clock.today()).label("hamlet")
    here = _standing((Household.id, Household.folded, hamlet), clock.now())
    rows = here.where(_in_hamlets(steps, hamlets)).subquery()
    others = func.count().over(partition_by=(rows.c.hamlet, rows.c.folded)).label("others")
    return select(rows.c.id, rows.c.folded, rows.c.hamlet, others).subquery()
