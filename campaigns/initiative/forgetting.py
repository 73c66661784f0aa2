"""Forgetting: of a person who leaves, and of a year whose time is over. What was recognised or published stays without names."""

import uuid
from collections.abc import Sequence

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from backend.media import photos
from campaigns.initiative import authors
from campaigns.initiative.models import (
    Adoption,
    Assignment,
    Author,
    Comment,
    Council,
    Endorsement,
    Family,
    Gram,
    Initiative,
    InitiativeFile,
    PrivateNote,
    Recognition,
    Report,
    Result,
    Score,
    Stage,
)
from campaigns.initiative.queries import files_of

KEPT = ("recognised", "noted", "not_recognised")


def erase(session: Session, subject: uuid.UUID) -> None:
    """What nobody else is an author of goes, unless it was decided: that stays as an idea of nobody's in particular."""
    _erase_words(session, subject)
    shares = select(Author.initiative_id).where(Author.subject == subject)
    query = select(Initiative).where(or_(Initiative.by == subject, Initiative.id.in_(shares)))
    alone = []
    for row in session.scalars(query).all():
        _step_out(session, row, subject)
        others = [one for one in authors.standing(session, row.id) if one.subject]
        if not others and row.state not in KEPT:
            alone.append(row.id)
    _delete(session, alone)


def _erase_words(session: Session, subject: uuid.UUID) -> None:
    own = select(Comment.id).where(Comment.subject == subject)
    session.execute(delete(Report).where(or_(Report.subject == subject, Report.comment_id.in_(own))))
    for table in (Comment, Endorsement, Family):
        session.execute(delete(table).where(table.subject == subject))


def _step_out(session: Session, row: Initiative, subject: uuid.UUID) -> None:
    """The author's place stays without a name, so that the shares of the others mean what they meant."""
    for one in authors.of(session, row.id):
        if one.subject == subject:
            one.subject, one.name = None, ""
            if row.state not in KEPT:
                one.withdrawn_at = one.withdrawn_at or row.made_at
    session.flush()
    authors.hand_over(session, row)
    if row.by == subject:
        row.by = None
    session.flush()


def forget(session: Session, activity: uuid.UUID) -> None:
    """The time agreed to is over: names go, and whatever was not decided."""
    rows = session.scalars(select(Initiative).where(Initiative.activity_id == activity)).all()
    for row in rows:
        row.by = None
    ids = [row.id for row in rows]
    session.execute(
        update(Author).where(Author.initiative_id.in_(ids)).values(subject=None, name="", unit_id=None)
    )
    _delete_words(session, ids)
    _delete(session, [row.id for row in rows if row.state not in KEPT])
    councils = select(Council.id).where(Council.activity_id == activity)
    session.execute(delete(Family).where(Family.council_id.in_(councils)))


def _delete_words(session: Session, initiatives: Sequence[uuid.UUID]) -> None:
    said = select(Comment.id).where(Comment.initiative_id.in_(initiatives))
    session.execute(delete(Report).where(Report.comment_id.in_(said)))
    for table in (Comment, Endorsement):
        session.execute(delete(table).where(table.initiative_id.in_(initiatives)))


def _delete(session: Session, initiatives: Sequence[uuid.UUID]) -> None:
    if not initiatives:
        return
    session.flush()
    photos.forget(session, files_of(session, list(initiatives)))
    _delete_words(session, initiatives)
    sheets = select(Assignment.id).where(Assignment.initiative_id.in_(initiatives))
    session.execute(delete(Score).where(Score.assignment_id.in_(sheets)))
    for table in (
        Assignment, Result, Recognition, Adoption, PrivateNote, Stage, Gram, InitiativeFile, Author,
    ):  # fmt: skip
        session.execute(delete(table).where(table.initiative_id.in_(initiatives)))
    session.execute(delete(Initiative).where(Initiative.id.in_(initiatives)))
