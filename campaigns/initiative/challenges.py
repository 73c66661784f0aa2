"""Problems the head of a unit asks for ideas about, from one day to another."""

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.errors import NotFound
from backend.safeguards.audit import Actor, note
from campaigns.initiative.errors import WordsMissing
from campaigns.initiative.models import Challenge
from campaigns.initiative.offices import Handler


def order(
    session: Session,
    activity: uuid.UUID,
    *,
    title: str,
    problem: str,
    ordered_by: str,
    opens_on: date,
    closes_on: date,
    by: Handler,
) -> Challenge:
    """Ask for ideas. `ordered_by`: the office, as people say it. Raises WordsMissing."""
    if not (title.strip() and problem.strip() and ordered_by.strip()) or closes_on < opens_on:
        raise WordsMissing
    made = Challenge(
        activity_id=activity, unit_id=by.unit, title=title.strip()[:200], problem=problem.strip()[:6000],
        ordered_by=ordered_by.strip()[:120], opens_on=opens_on, closes_on=closes_on, made_by=by.person,
    )  # fmt: skip
    session.add(made)
    session.flush()
    note(
        session, Actor("staff", by.person), "initiative.order", "initiative_challenge", made.id, unit=by.unit
    )
    return made


def close_on(session: Session, challenge: uuid.UUID, day: date, by: Handler) -> None:
    """The last day is another one. Raises NotFound, WordsMissing."""
    row = session.get(Challenge, challenge)
    if row is None:
        raise NotFound
    if day < row.opens_on:
        raise WordsMissing
    row.closes_on = day
    note(
        session,
        Actor("staff", by.person),
        "initiative.order_until",
        "initiative_challenge",
        row.id,
        unit=by.unit,
    )


def open_on(session: Session, activity: uuid.UUID, day: date) -> list[Challenge]:
    """Those that may be answered on that day, the soonest to close first."""
    query = select(Challenge).where(
        Challenge.activity_id == activity, Challenge.opens_on <= day, Challenge.closes_on >= day
    )
    return list(session.scalars(query.order_by(Challenge.closes_on, Challenge.id)))
