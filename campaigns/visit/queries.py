"""What a member sees of the own work, what a phone shows beside a household, and what the room holds of a person."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row, case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.clock import iso
from backend.db.base import new_id
from backend.participation.models import Operation
from backend.participation.waiting import WAITING
from backend.teams.models import Household
from campaigns.kind import Desk
from campaigns.models import Activity
from campaigns.visit import pictures
from campaigns.visit import schemas as s
from campaigns.visit.gatherings import check_in_out, session_out
from campaigns.visit.models import (
    CallBack,
    CheckIn,
    DayLanguage,
    GroupSession,
    SessionService,
    Visit,
    VisitService,
)
from campaigns.visit.places import Members, Names

SHOWN_DAYS = timedelta(days=14)
CHUNK = 400


# --- the own work -------------------------------------------------------------------------------------------------


def state(desk: Desk) -> str:
    """'member' of a team today, else 'none'."""
    return "member" if _team(desk) else "none"


def _team(desk: Desk) -> uuid.UUID | None:
    teams = Members(desk.session, desk.participant.person).teams(clock.local_day(desk.now))
    return teams[0] if teams else None


def mine(desk: Desk) -> dict[str, Any]:
    """The own team, the own day in figures, what waits, and the visits of the last 14 days, newest first."""
    today, team = clock.local_day(desk.now), _team(desk)
    visits = _own_visits(desk, today - SHOWN_DAYS)
    standing = [visit for visit, _ in visits if visit.stands and visit.day == today]
    shown = s.MineOut(
        team=Names(desk.session, [team], today)[team] if team else None,
        today=s.TodayOut(len(standing), len({visit.household_id for visit in standing})),
        waiting=_waiting(desk),
        days=_shown(desk.session, visits),
    )
    plain: dict[str, Any] = msgspec.to_builtins(shown)
    return plain


def _own_visits(desk: Desk, since: date) -> list[tuple[Visit, Household]]:
    rows = desk.session.execute(
        select(Visit, Household)
        .join(Household, Household.id == Visit.household_id)
        .where(
            Visit.activity_id == desk.activity.id, Visit.by == desk.participant.subject, Visit.day >= since
        )
        .order_by(Visit.happened_at.desc(), Visit.id.desc())
        .limit(CHUNK)
    )
    return [(visit, household) for visit, household in rows]


def _shown(session: Session, visits: Sequence[tuple[Visit, Household]]) -> list[s.OwnVisitOut]:
    ids = [visit.id for visit, _ in visits]
    services, photos = services_of_visits(session, ids), pictures.photos_of(session, ids)
    return [
        _own(visit, household, services.get(visit.id, {}), photos.get(visit.id, []))
        for visit, household in visits
    ]


def _own(
    visit: Visit, household: Household, services: Mapping[str, tuple[str, str | None]], photos: list[str]
) -> s.OwnVisitOut:
    return s.OwnVisitOut(
        id=visit.id,
        household=household.id,
        code=household.code,
        nickname=household.nickname,
        day=visit.day.isoformat(),
        place=visit.place,
        met=visit.met,
        services={service: outcome for service, (outcome, _) in services.items()},
        reasons={service: reason for service, (_, reason) in services.items() if reason},
        device=visit.device,
        follow_up_on=visit.follow_up_on.isoformat() if visit.follow_up_on else None,
        follow_up_of=visit.follow_up_of,
        no_further_visit=visit.no_further_visit,
        photos=photos,
        note=visit.note,
        stands=visit.stands,
        corrects=visit.corrects,
    )


def _waiting(desk: Desk) -> int:
    query = select(func.count()).where(
        Operation.subject == desk.participant.subject,
        Operation.activity_id == desk.activity.id,
        Operation.outcome == WAITING,
    )
    return desk.session.scalar(query) or 0


def services_of_visits(
    session: Session, visits: Collection[uuid.UUID]
) -> dict[uuid.UUID, dict[str, tuple[str, str | None]]]:
    """Visit -> service -> (how far it went, why it was not possible)."""
    found: dict[uuid.UUID, dict[str, tuple[str, str | None]]] = {}
    for some in chunks(visits):
        query = select(VisitService).where(VisitService.visit_id.in_(some)).order_by(VisitService.service)
        for row in session.scalars(query):
            found.setdefault(row.visit_id, {})[row.service] = (row.outcome, row.reason)
    return found


def chunks(ids: Iterable[uuid.UUID]) -> Iterator[list[uuid.UUID]]:
    wanted = list(ids)
    for start in range(0, len(wanted), CHUNK):
        yield wanted[start : start + CHUNK]


# --- the result of a deed that is offered again -------------------------------------------------------------------


def recall_logs(desk: Desk, operations: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """Visit -> where it counts and whether it still stands; only the own ones."""
    rows = desk.session.scalars(
        select(Visit).where(Visit.id.in_(operations), Visit.by == desk.participant.subject)
    ).all()
    if not rows:
        return {}
    units = {unit for row in rows for unit in (row.team_id, row.unit_id)}
    names = Names(desk.session, units, min(row.day for row in rows))
    return {row.id: visit_out(row, names) for row in rows}


def visit_out(row: Visit, names: Names) -> dict[str, Any]:
    return {
        "visit": row.id,
        "team": names[row.team_id],
        "hamlet": names[row.unit_id],
        "day": row.day.isoformat(),
        "in_custody": row.in_custody,
        "stands": row.stands,
    }


def recall_session(desk: Desk, operation: uuid.UUID) -> dict[str, Any] | None:
    row = desk.session.get(GroupSession, operation)
    return session_out(row, Names(desk.session, [row.team_id, row.unit_id], row.day)) if row else None


def recall_check_in(desk: Desk, operation: uuid.UUID) -> dict[str, Any] | None:
    row = desk.session.get(CheckIn, operation)
    return check_in_out(row, Names(desk.session, [row.team_id, row.unit_id], row.day)) if row else None


# --- beside a household -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Marks:
    """What a team sees beside a household. `follow_up_on`: promised by visit `promise`, and nobody met there since."""

    last_visit: date | None = None
    follow_up_on: date | None = None
    no_further_visit: bool = False
    promise: uuid.UUID | None = None


def with_merged(session: Session, households: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Each household and whatever was merged into it, however many steps ago -> the household asked for."""
    whose = {household: household for household in households}
    new = list(whose)
    while new:
        rows = [
            row
            for some in chunks(new)
            for row in session.execute(
                select(Household.id, Household.merged_into).where(Household.merged_into.in_(some))
            )
        ]
        new = [household for household, _ in rows if household not in whose]
        whose |= {household: whose[into] for household, into in rows if into and household not in whose}
    return whose


def household_marks(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Marks]:
    """Household -> its marks; every id asked for is there, and merged ones count for the one that stands."""
    whose = with_merged(session, ids)
    rows: dict[uuid.UUID, list[Row[Any]]] = {household: [] for household in whose.values()}
    for row in _last_words(session, whose):
        rows[whose[row.household_id]].append(row)
    return {household: _marked(some) for household, some in rows.items()}


def _last_words(session: Session, households: Iterable[uuid.UUID]) -> Iterator[Row[Any]]:
    """One row a household, however often it was visited. A promise stands until somebody is met again or another day is
    promised; knocking in vain does not keep it: so the last visit that did either decides, if there was one.
    """
    of = Visit.household_id
    decides = case((or_(Visit.follow_up_on.is_not(None), Visit.met != "nobody"), 1), else_=0).label("decides")
    newest = (decides.desc(), Visit.day.desc(), Visit.happened_at.desc(), Visit.id.desc())
    wish = case((Visit.no_further_visit.is_(True), 1), else_=0)
    columns = (
        of, Visit.id, Visit.day, Visit.happened_at, Visit.follow_up_on, decides,
        func.max(Visit.day).over(partition_by=of).label("last"),
        func.max(wish).over(partition_by=of).label("wish"),
        func.row_number().over(partition_by=of, order_by=newest).label("place"),
    )  # fmt: skip
    for some in chunks(households):
        ranked = select(*columns).where(of.in_(some), Visit.stands.is_(True)).subquery()
        yield from session.execute(select(ranked).where(ranked.c.place == 1))


def _marked(rows: Collection[Row[Any]]) -> Marks:
    """Of a household and those merged into it."""
    if not rows:
        return Marks()
    word = max(rows, key=lambda row: (row.decides, row.day, row.happened_at, row.id))
    promise = word.id if word.follow_up_on else None
    return Marks(max(row.last for row in rows), word.follow_up_on, any(row.wish for row in rows), promise)


# --- what is held of a person -------------------------------------------------------------------------------------


def held(session: Session, subject: uuid.UUID) -> list[dict[str, Any]]:
    """The visits, sessions and check-ins a person wrote down, for the own download."""
    rows = session.execute(
        select(Visit, Household.code)
        .join(Household, Household.id == Visit.household_id)
        .where(Visit.by == subject)
        .order_by(Visit.happened_at, Visit.id)
    )
    visits = [_held("visit", visit, {"household": code, "met": visit.met}) for visit, code in rows]
    sessions = [
        _held("session", row, {"assisted": row.assisted, "declared": row.declared})
        for row in session.scalars(select(GroupSession).where(GroupSession.by == subject))
    ]
    present = session.scalars(select(CheckIn).where(CheckIn.by == subject))
    return [
        *visits,
        *sessions,
        *({"what": "check_in", "at": iso(row.happened_at), "how": row.how} for row in present),
    ]


def _held(what: str, row: Visit | GroupSession, more: Mapping[str, Any]) -> dict[str, Any]:
    told = {"what": what, "at": iso(row.happened_at), "day": row.day.isoformat(), "place": row.place}
    return told | {"note": row.note, "stands": row.stands} | dict(more)


def erase(session: Session, subject: uuid.UUID) -> None:
    """What was written stays and counts; who wrote it, and in which words, goes."""
    nobody = new_id()
    pictures.unlink(session, Visit.by == subject)  # the photos themselves go with whoever sent them
    for table in (Visit, GroupSession):
        session.execute(update(table).where(table.by == subject).values(by=nobody, note=None))
    session.execute(update(CheckIn).where(CheckIn.by == subject).values(by=nobody))


def forget_private(session: Session, activity: Activity) -> None:
    """The campaign is over: notes, photos, and who wished for no further visit are nobody's business any more."""
    pictures.drop(session, Visit.activity_id == activity.id)
    here = Visit.activity_id == activity.id
    session.execute(update(Visit).where(here).values(note=None, no_further_visit=False))
    session.execute(update(GroupSession).where(GroupSession.activity_id == activity.id).values(note=None))


def forget(session: Session, activity: uuid.UUID) -> None:
    """Every record of the activity goes; the facts stay."""
    pictures.drop(session, Visit.activity_id == activity)
    visits = select(Visit.id).where(Visit.activity_id == activity)
    sessions = select(GroupSession.id).where(GroupSession.activity_id == activity)
    for table, which in (
        (CallBack, CallBack.visit_id.in_(visits)),
        (VisitService, VisitService.visit_id.in_(visits)),
        (SessionService, SessionService.session_id.in_(sessions)),
        (Visit, Visit.activity_id == activity),
        (GroupSession, GroupSession.activity_id == activity),
        (CheckIn, CheckIn.activity_id == activity),
        (DayLanguage, DayLanguage.activity_id == activity),
    ):
        session.execute(delete(table).where(which).execution_options(synchronize_session=False))
