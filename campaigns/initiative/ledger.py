"""What an initiative counts by decisions of others: facts in the name of operations of the node's own, put right by reversal."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.clock import local_day
from backend.participation import correct, record
from backend.participation.models import Fact
from backend.participation.queries import standing
from backend.people import queries as people
from backend.people.models import SubjectLink
from campaigns.initiative.measures import MEMBERS, RECOGNISED, REGISTERED, REPLICATED, SMALL, VALID
from campaigns.initiative.models import Author, Initiative
from campaigns.models import Activity, Campaign

PARTY = "party_cell"
COUNTED = (REGISTERED, SMALL, VALID, RECOGNISED, REPLICATED)
NAMED_FIRST = ("works_at", "studies_at", "lives_in")
"""In this order the unit is taken of whoever names none."""


def registered_measure(initiative: Initiative) -> str:
    return SMALL if initiative.track == "small" else REGISTERED


def default_unit(session: Session, person: uuid.UUID, day: date) -> uuid.UUID | None:
    belongs = people.memberships_of(session, person, day)
    return next((min(belongs[kind], key=str) for kind in NAMED_FIRST if kind in belongs), None)


def count(session: Session, activity: Activity, initiative: Initiative, measure: str, wanted: int) -> None:
    """Let the initiative count `wanted` for the measure, in its unit; what stood otherwise is taken back."""
    unit = initiative.unit_id or session.get_one(Campaign, activity.campaign_id).owner_unit_id
    _put(session, activity, measure, initiative.id, str(initiative.id), unit, wanted, initiative.id)


def count_members(session: Session, activity: Activity, initiative: Initiative) -> None:
    """Each Party member among the standing authors counts once a year, in the own cell of the day it was registered."""
    scope = str(local_day(activity.opens_at).year)
    for author in _with_account(session, initiative):
        cell = _cell_on(session, author, local_day(initiative.registered_at or clock.now()))
        if cell and not _stands(session, author, scope):
            _put(session, activity, MEMBERS, author, scope, cell, 1, initiative.id)


def recount_members(session: Session, activity: Activity, initiative: Initiative) -> None:
    """It was withdrawn, or an author stepped out: members count no more where no other one of theirs stands."""
    scope = str(local_day(activity.opens_at).year)
    query = select(Author.subject).where(Author.initiative_id == initiative.id, Author.subject.is_not(None))
    for author in session.scalars(query.order_by(Author.number)).all():
        fact = _stands(session, author, scope) if author else None
        if author and fact and not _has_one(session, activity, author):
            _put(session, activity, MEMBERS, author, scope, fact.unit_id, 0, initiative.id)


def _with_account(session: Session, initiative: Initiative) -> list[uuid.UUID]:
    query = select(Author.subject).where(
        Author.initiative_id == initiative.id,
        Author.subject.is_not(None),
        Author.agreed_at.is_not(None),
        Author.withdrawn_at.is_(None),
    )
    return [subject for subject in session.scalars(query.order_by(Author.number)) if subject]


def _has_one(session: Session, activity: Activity, subject: uuid.UUID) -> bool:
    """Whether any initiative stands of which this person is an author."""
    query = (
        select(Initiative.id)
        .join(Author, Author.initiative_id == Initiative.id)
        .where(
            Author.subject == subject,
            Author.agreed_at.is_not(None),
            Author.withdrawn_at.is_(None),
            Initiative.activity_id == activity.id,
            Initiative.registered_at.is_not(None),
            Initiative.state != "withdrawn",
        )
    )
    return session.scalar(query.limit(1)) is not None


def _cell_on(session: Session, subject: uuid.UUID, day: date) -> uuid.UUID | None:
    person = session.scalar(select(SubjectLink.person_id).where(SubjectLink.subject == subject))
    return people.unit_of(session, person, PARTY, day) if person else None


def _stands(session: Session, subject: uuid.UUID, scope: str) -> Fact | None:
    found = _standing(session, MEMBERS, subject, scope)
    return found[0] if found else None


def _standing(session: Session, measure: str, subject: uuid.UUID, scope: str) -> list[Fact]:
    query = standing(select(Fact)).where(
        Fact.measure == measure, Fact.subject == subject, Fact.scope == scope
    )
    return list(session.scalars(query))


def _put(
    session: Session,
    activity: Activity,
    measure: str,
    subject: uuid.UUID,
    scope: str,
    unit: uuid.UUID,
    wanted: int,
    because: uuid.UUID,
) -> None:
    before = _standing(session, measure, subject, scope)
    if sum(fact.quantity for fact in before) == wanted:
        return
    same = (Fact.measure == measure, Fact.subject == subject, Fact.scope == scope)
    generation = (session.scalar(select(func.max(Fact.generation)).where(*same)) or 0) + 1
    by = uuid.uuid5(because, f"{measure}:{subject}:{generation}")
    correct.take_back(session, before, uuid.uuid5(by, "taken back"))
    if wanted:
        row = fact_row(activity, measure, subject, scope, unit, by, quantity=wanted, generation=generation)
        record.write_facts(session, [row])


def fact_row(
    activity: Activity,
    measure: str,
    subject: uuid.UUID,
    scope: str,
    unit: uuid.UUID,
    by: uuid.UUID,
    **more: Any,
) -> dict[str, object]:
    """A fact of one, of the first generation."""
    return record.fact_row(
        by, measure, subject, scope, unit, activity.campaign_id, activity.id, clock.now(), **more
    )
