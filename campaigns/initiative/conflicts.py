"""Conflicts of interest of judges: looked for in what the node knows, and in what either side declared."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import insert_into
from backend.errors import NotFound
from backend.people import queries as people
from backend.people.models import Person, SubjectLink
from backend.safeguards.audit import Actor, note
from campaigns.initiative import authors, rules
from campaigns.initiative.errors import WordsMissing
from campaigns.initiative.models import Assignment, Council, CouncilMember, Family, Initiative, Score
from campaigns.initiative.offices import Handler

WORKING = ("works_at", "studies_at", "team")
LEAST_WORDS = 3
SAID = ("declared", "other")
"""What a person said of a conflict; looking again does not take it back."""


def found(
    session: Session, assignment: Assignment, initiative: Initiative, day: date
) -> rules.Conflict | None:
    """Why this judge must not score it, as things stand now and stood when it was registered."""
    judge = _judge(session, assignment, initiative.activity_id, day)
    days = {day, clock.local_day(initiative.registered_at)} if initiative.registered_at else {day}
    facts = [
        rules.AuthorFacts(one.subject, one.name, one.unit_id, _units_of(session, one.subject, days))
        for one in authors.of(session, initiative.id)
    ]
    return rules.conflict(judge, facts, initiative.unit_id)


def _judge(session: Session, assignment: Assignment, activity: uuid.UUID, day: date) -> rules.Judge:
    person = session.get(Person, assignment.person_id)
    member = session.get(CouncilMember, (assignment.council_id, assignment.person_id))
    belongs = people.memberships_of(session, assignment.person_id, day)
    named = {member.unit_id} if member and member.unit_id else set()
    # Family stays family, in whatever sitting of the year it was told.
    sittings = select(Council.id).where(Council.activity_id == activity)
    query = select(Family.subject).where(
        Family.council_id.in_(sittings), Family.person_id == assignment.person_id
    )
    return rules.Judge(
        subject=session.scalar(
            select(SubjectLink.subject).where(SubjectLink.person_id == assignment.person_id)
        ),
        name=person.name if person else "",
        units=frozenset(named | set().union(*(belongs.get(kind, set()) for kind in WORKING))),
        places=frozenset(named | set().union(*belongs.values())),
        family=frozenset(session.scalars(query)),
        namesake_cleared=assignment.namesake_cleared,
    )


def _units_of(session: Session, subject: uuid.UUID | None, days: set[date]) -> frozenset[uuid.UUID]:
    person = session.scalar(select(SubjectLink.person_id).where(SubjectLink.subject == subject))
    if person is None:
        return frozenset()
    each = [people.memberships_of(session, person, day) for day in days]
    return frozenset(unit for belongs in each for kind in WORKING for unit in belongs.get(kind, ()))


def look(session: Session, assignment: Assignment, initiative: Initiative) -> str | None:
    """Look again and keep what is found; points of somebody in conflict go, a sheet handed in stays to be seen and does not count."""
    if assignment.conflict not in SAID:
        assignment.conflict = found(session, assignment, initiative, clock.today())
    if assignment.conflict and assignment.handed_in_at is None:
        session.execute(delete(Score).where(Score.assignment_id == assignment.id))
    return assignment.conflict


def declare(session: Session, assignment: Assignment, words: str) -> None:
    """The judge steps aside for a reason of the own."""
    assignment.conflict, assignment.conflict_words = "declared", words.strip()[:300] or None
    session.flush()
    if assignment.handed_in_at is None:
        session.execute(delete(Score).where(Score.assignment_id == assignment.id))
    who = Actor("staff", assignment.person_id)
    note(session, who, "initiative.step_aside", "initiative", assignment.initiative_id)


def declare_family(
    session: Session, council: uuid.UUID, judge: uuid.UUID, subject: uuid.UUID, by: uuid.UUID
) -> None:
    """An author is family of that judge; every assignment of the judge is looked at again. Said twice it is said once."""
    _check_seated(session, council, judge)
    row = {"council_id": council, "person_id": judge, "subject": subject}
    session.execute(insert_into(session, Family).values(**row).on_conflict_do_nothing())
    note(session, Actor("staff", by), "initiative.declare_family", "initiative_council", council)
    look_at_all(session, council, judge)


def _check_seated(session: Session, council: uuid.UUID, judge: uuid.UUID) -> None:
    if session.get(CouncilMember, (council, judge)) is None:
        raise NotFound


def declare_for(
    session: Session,
    council: uuid.UUID,
    initiative: Initiative,
    judge: uuid.UUID,
    author: uuid.UUID | None,
    words: str,
    by: Handler,
) -> None:
    """The secretary has learned that a member has to do with it. `author`: whose family the member is, None for another tie.

    Family of somebody with an account counts for everything that person is an author of. Of somebody known by name only,
    and of another tie, it counts for this initiative alone. Raises WordsMissing, NotFound.
    """
    if len(words.strip()) < LEAST_WORDS:
        raise WordsMissing
    _check_seated(session, council, judge)
    subject = _subject_of(session, initiative, author) if author else None
    if subject:
        declare_family(session, council, judge, subject, by.person)
    row = _assignment(session, council, initiative.id, judge)
    row.conflict, row.conflict_words = "family" if subject else "other", words.strip()[:300]
    session.flush()
    look(session, row, initiative)
    note(
        session,
        Actor("staff", by.person),
        "initiative.declare_conflict",
        "initiative",
        initiative.id,
        unit=by.unit,
        reason=row.conflict,
    )


def _subject_of(session: Session, initiative: Initiative, author: uuid.UUID) -> uuid.UUID | None:
    """Raises NotFound for an author of something else."""
    for one in authors.of(session, initiative.id):
        if one.id == author:
            return one.subject
    raise NotFound


def _assignment(session: Session, council: uuid.UUID, initiative: uuid.UUID, judge: uuid.UUID) -> Assignment:
    """The member's place at this initiative. Where there was none, one that says that the member does not judge it."""
    query = select(Assignment).where(Assignment.initiative_id == initiative, Assignment.person_id == judge)
    row = session.scalars(query.with_for_update()).first()
    if row is None:
        row = Assignment(council_id=council, initiative_id=initiative, person_id=judge)
        session.add(row)
    elif row.council_id != council:
        raise NotFound
    return row


def declared_by_author(
    session: Session, activity: uuid.UUID, subject: uuid.UUID, judges: Sequence[uuid.UUID]
) -> None:
    """The author says which members of the activity's councils are family. Whoever is named and sits in none is passed over."""
    query = (
        select(CouncilMember.council_id, CouncilMember.person_id)
        .join(Council, Council.id == CouncilMember.council_id)
        .where(Council.activity_id == activity, CouncilMember.person_id.in_(judges))
    )
    for council, judge in session.execute(query).all() if judges else ():
        row = {"council_id": council, "person_id": judge, "subject": subject}
        session.execute(insert_into(session, Family).values(**row).on_conflict_do_nothing())
        look_at_all(session, council, judge)


def look_at_all(session: Session, council: uuid.UUID, judge: uuid.UUID | None = None) -> None:
    """Look again at the assignments of a council, or of one of its judges."""
    query = select(Assignment, Initiative).join(Initiative, Initiative.id == Assignment.initiative_id)
    query = query.where(Assignment.council_id == council)
    for assignment, initiative in session.execute(
        query.where(Assignment.person_id == judge) if judge else query
    ).all():
        look(session, assignment, initiative)


def clear_namesake(session: Session, assignment: Assignment, words: str, by: Handler) -> None:
    """Somebody looked: the author only has the same name. Any other conflict stays."""
    assignment.namesake_cleared, assignment.conflict_words = True, words.strip()[:300] or None
    look(session, assignment, session.get_one(Initiative, assignment.initiative_id))
    note(
        session,
        Actor("staff", by.person),
        "initiative.clear_namesake",
        "initiative",
        assignment.initiative_id,
        unit=by.unit,
    )
