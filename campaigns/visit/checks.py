"""Looking after quality: clocks one cannot trust, visits that look double, call-backs, and what waits for somebody."""

import random
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, case, func, select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.db.paging import Part, asked, beyond, moment, part
from backend.errors import NotFound
from backend.participation import waiting as held_back
from backend.participation.models import Operation
from backend.people.models import Person, SubjectLink
from backend.teams.merged import home_of, homes
from backend.teams.models import Household
from campaigns.visit.lines import NEWEST, VisitLine, visit_lines
from campaigns.visit.models import CallBack, Visit

ANSWERS = ("confirmed", "differs", "not_reached", "declined")


PART = 50
MOST_WAITING = 500
"""As many are looked through at once: whom a record concerns stands inside it, where no query looks."""


@dataclass(frozen=True)
class Twice:
    """A household met more than once in one day, by so many records."""

    household: uuid.UUID
    code: str
    day: date
    records: int


@dataclass(frozen=True)
class Called:
    """A visit drawn for a call back. Whoever asks sees the household's code, not who wrote the visit."""

    visit: VisitLine
    drawn_at: datetime
    asked_at: datetime | None
    answer: str | None


@dataclass(frozen=True)
class Waiting:
    """A deed kept until somebody looks at it; `told` is what it says. `person_name`: who has to be asked."""

    operation: uuid.UUID
    activity: uuid.UUID
    action: str
    reason: str | None
    happened_at: datetime
    received_at: datetime
    time_trust: str
    device: uuid.UUID
    seq: int
    person_name: str | None
    told: dict[str, Any]


def doubtful_times(
    session: Session,
    activity_id: uuid.UUID,
    units: Collection[uuid.UUID] | None = None,
    *,
    after: str = "",
    most: int = PART,
) -> Part[VisitLine]:
    """They count; but the phone's clock was not to be trusted, so somebody should look at the day. The newest in front."""
    by = (Visit.happened_at, Visit.id)
    here = (*_standing_in(activity_id, units), Visit.time_trust == "low")
    key = asked(after, moment, uuid.UUID)
    rows = visit_lines(session, *here, *beyond(by, key, down=True), order=NEWEST, most=most + 1)
    return part(rows, most, lambda line: (line.happened_at, line.id))


def _standing_in(activity_id: uuid.UUID, units: Collection[uuid.UUID] | None) -> list[ColumnElement[bool]]:
    """Records that stand, in these hamlets."""
    here = [Visit.activity_id == activity_id, Visit.stands.is_(True)]
    return here if units is None else [*here, Visit.unit_id.in_(list(units))]


def twice_a_day(
    session: Session,
    activity_id: uuid.UUID,
    units: Collection[uuid.UUID] | None = None,
    *,
    after: str = "",
    most: int = PART,
) -> Part[Twice]:
    """The same household met twice in one day, perhaps written down by two. The newest day in front."""
    merged = homes()
    home = home_of(Visit.household_id, merged).label("home")
    met = (
        select(home, Visit.day, func.count().label("records"))
        .outerjoin(merged, merged.c.id == Visit.household_id)
        .where(Visit.met == "adult", *_standing_in(activity_id, units))
        .group_by(home, Visit.day)
        .having(func.count() > 1)
        .subquery()
    )
    by = (met.c.day, Household.code)
    query = select(Household.id, Household.code, met.c.day, met.c.records).join(
        met, met.c.home == Household.id
    )
    query = query.where(*beyond(by, asked(after, date.fromisoformat, str), down=True))
    rows = session.execute(query.order_by(*(column.desc() for column in by)).limit(most + 1))
    return part([Twice(*row) for row in rows], most, lambda one: (one.day, one.code))


# --- call backs ---------------------------------------------------------------------------------------------------


def draw(
    session: Session,
    activity_id: uuid.UUID,
    how_many: int,
    *,
    team: uuid.UUID | None = None,
    chance: random.Random | None = None,
) -> list[uuid.UUID]:
    """Visits drawn by lot among those where somebody was met and agreed to it; none is drawn twice."""
    pool = session.scalars(
        select(Visit.id)
        .where(
            Visit.activity_id == activity_id,
            Visit.stands.is_(True),
            Visit.met == "adult",
            Visit.no_further_visit.is_(False),
            Visit.id.not_in(select(CallBack.visit_id)),
            *([Visit.team_id == team] if team else []),
        )
        .order_by(Visit.id)
    ).all()
    drawn = (chance or random.SystemRandom()).sample(list(pool), min(how_many, len(pool)))
    session.add_all(CallBack(visit_id=visit, drawn_at=clock.now()) for visit in drawn)
    session.flush()  # the list that is shown next reads them
    return drawn


def call_backs(
    session: Session,
    activity_id: uuid.UUID,
    units: Collection[uuid.UUID] | None = None,
    *,
    after: str = "",
    most: int = PART,
) -> Part[Called]:
    """Those not asked yet in front."""
    by = (case((CallBack.answer.is_(None), 0), else_=1), CallBack.drawn_at, CallBack.visit_id)
    key = asked(after, _zero_or_one, moment, uuid.UUID)
    query = _drawn(activity_id, units).where(*beyond(by, key)).order_by(*by).limit(most + 1)
    found = part(session.scalars(query).all(), most, _place)
    lines = {
        line.id: line for line in visit_lines(session, Visit.id.in_([row.visit_id for row in found.rows]))
    }
    called = [Called(lines[row.visit_id], row.drawn_at, row.asked_at, row.answer) for row in found.rows]
    return Part(called, found.after)


def is_drawn(
    session: Session, activity_id: uuid.UUID, units: Collection[uuid.UUID], visit: uuid.UUID
) -> bool:
    """Whether this visit is one to be asked about, in these hamlets."""
    return session.scalars(_drawn(activity_id, units).where(CallBack.visit_id == visit)).first() is not None


def _drawn(activity_id: uuid.UUID, units: Collection[uuid.UUID] | None) -> Select[CallBack]:
    query = (
        select(CallBack).join(Visit, Visit.id == CallBack.visit_id).where(Visit.activity_id == activity_id)
    )
    return query if units is None else query.where(Visit.unit_id.in_(list(units)))


def _place(row: CallBack) -> tuple[int, datetime, uuid.UUID]:
    return int(row.answer is not None), row.drawn_at, row.visit_id


def _zero_or_one(text: str) -> int:
    return ("0", "1").index(text)


def answer(session: Session, visit: uuid.UUID, words: str) -> None:
    """What the household said; one of ANSWERS. Raises NotFound."""
    if words not in ANSWERS:
        raise NotFound
    done = session.execute(
        update(CallBack)
        .where(CallBack.visit_id == visit)
        .values(answer=words, asked_at=clock.now())
        .returning(CallBack.visit_id)
    ).first()
    if done is None:
        raise NotFound


# --- what waits ---------------------------------------------------------------------------------------------------


def waiting(
    session: Session, activity_ids: Collection[uuid.UUID], *, after: str = "", most: int = MOST_WAITING
) -> Part[Waiting]:
    """What waits in these activities, the oldest first, with the name of whoever wrote it so that they can be asked."""
    key = asked(after, moment, uuid.UUID)
    rows = held_back.waiting_after(session, activity_ids, key, most + 1)
    found = part(rows, most, lambda row: (row.happened_at, row.id))
    return Part(_told(session, found.rows), found.after)


def waiting_one(session: Session, operation: uuid.UUID) -> Waiting | None:
    """One record, if it still waits."""
    row = held_back.waiting_one(session, operation)
    return _told(session, [row])[0] if row else None


def _told(session: Session, rows: Sequence[Operation]) -> list[Waiting]:
    names = dict(
        session.execute(
            select(SubjectLink.subject, Person.name)
            .join(Person, Person.id == SubjectLink.person_id)
            .where(SubjectLink.subject.in_({row.subject for row in rows}))
        ).all()
    )
    return [
        Waiting(
            operation=row.id,
            activity=row.activity_id,
            action=row.action,
            reason=row.reason,
            happened_at=row.happened_at,
            received_at=row.received_at,
            time_trust=row.time_trust,
            device=row.device_id,
            seq=row.device_seq,
            person_name=names.get(row.subject),
            told=held_back.body_of(row, msgspec.json.decode),
        )
        for row in rows
    ]
