"""Looking after quality: clocks one cannot trust, visits that look double, call-backs, and what waits for somebody."""

import random
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import NotFound
from backend.participation import waiting as held_back
from backend.people.models import Person, SubjectLink
from campaigns.visit.lines import VisitLine, visit_lines
from campaigns.visit.models import CallBack, Visit

ANSWERS = ("confirmed", "differs", "not_reached", "declined")


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


def doubtful_times(session: Session, activity_id: uuid.UUID) -> list[VisitLine]:
    """They count; but the phone's clock was not to be trusted, so somebody should look at the day."""
    return visit_lines(
        session, Visit.activity_id == activity_id, Visit.stands.is_(True), Visit.time_trust == "low"
    )


def twice_a_day(
    session: Session, activity_id: uuid.UUID
) -> list[tuple[uuid.UUID, str, date, list[VisitLine]]]:
    """(household, code, day, records): the same household met twice in one day, perhaps written down by two."""
    found: dict[tuple[uuid.UUID, str, date], list[VisitLine]] = {}
    here = (Visit.activity_id == activity_id, Visit.stands.is_(True), Visit.met == "adult")
    for line in visit_lines(session, *here):
        found.setdefault((line.household, line.code, line.day), []).append(line)
    return [(*key, lines) for key, lines in found.items() if len(lines) > 1]


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


def call_backs(session: Session, activity_id: uuid.UUID) -> list[Called]:
    """Those not asked yet in front."""
    rows = session.scalars(
        select(CallBack).join(Visit, Visit.id == CallBack.visit_id).where(Visit.activity_id == activity_id)
    ).all()
    asked = {row.visit_id: row for row in rows}
    lines = visit_lines(session, Visit.id.in_(list(asked)))
    called = [
        Called(line, asked[line.id].drawn_at, asked[line.id].asked_at, asked[line.id].answer)
        for line in lines
    ]
    return sorted(called, key=lambda one: (one.answer is not None, one.drawn_at, one.visit.code))


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


def waiting(session: Session, activity_ids: Collection[uuid.UUID]) -> list[Waiting]:
    """What waits in these activities, the oldest first, with the name of whoever wrote it so that they can be asked."""
    rows = held_back.waiting(session, activity_ids)
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
