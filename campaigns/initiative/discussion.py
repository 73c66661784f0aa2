"""What others do with a published initiative: stand behind it, say a word, point at a word that should be looked at.

Nobody is named in the discussion; a word taken down keeps its place and the reason, and its writer reads why.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.errors import NotFound
from backend.participation.deeds import Answer, Deed, noted, refused
from backend.safeguards.audit import Actor, note
from campaigns.initiative.errors import WordsMissing
from campaigns.initiative.models import Author, Comment, Endorsement, Initiative, Report
from campaigns.initiative.rules import SHOWN
from campaigns.initiative.schemas import CommentIn, EndorseIn, ReportIn
from campaigns.kind import Desk


def is_public(initiative: Initiative) -> bool:
    until = initiative.public_from
    return initiative.state in SHOWN and until is not None and until <= clock.now()


def _published(desk: Desk, initiative: uuid.UUID) -> Initiative | None:
    row = desk.session.get(Initiative, initiative)
    return row if row and row.activity_id == desk.activity.id and is_public(row) else None


def endorse_again(_desk: Desk, deed: Deed) -> dict[str, Any]:
    return {"id": deed.body.initiative}


def comment_again(_desk: Desk, deed: Deed) -> dict[str, Any]:
    return {"id": deed.body.comment}


def endorse(desk: Desk, deed: Deed) -> Answer:
    """Stand behind it, or no longer; of two words the later holds. Nobody stands behind the own one."""
    body: EndorseIn = deed.body
    if _published(desk, body.initiative) is None:
        return refused("not_published")
    if _is_author(desk.session, body.initiative, deed.subject):
        return refused("own_initiative")
    fresh = {
        "id": new_id(), "initiative_id": body.initiative, "subject": deed.subject, "stands": body.yes,
        "at": deed.happened_at,
    }  # fmt: skip
    _put(desk.session, fresh, ["initiative_id", "subject"])
    return noted({"id": body.initiative})


def _put(session: Session, row: dict[str, object], key: list[str]) -> None:
    made = insert_into(session, Endorsement).values(**row)
    later = {"stands": made.excluded.stands, "at": made.excluded.at}
    session.execute(
        made.on_conflict_do_update(
            index_elements=key, set_=later, where=Endorsement.__table__.c.at < made.excluded.at
        )
    )


def endorse_as_unit(
    session: Session, initiative: Initiative, unit: uuid.UUID, stands: bool, by: uuid.UUID
) -> None:
    """The head of a unit says that the unit stands behind it."""
    if not is_public(initiative):
        raise NotFound
    row = {
        "id": new_id(), "initiative_id": initiative.id, "unit_id": unit, "stands": stands, "at": clock.now(),
        "person_id": by,
    }  # fmt: skip
    _put(session, row, ["initiative_id", "unit_id"])
    note(session, Actor("staff", by), "initiative.endorse", "initiative", initiative.id, unit=unit)


def _is_author(session: Session, initiative: uuid.UUID, subject: uuid.UUID) -> bool:
    query = select(Author.id).where(Author.initiative_id == initiative, Author.subject == subject)
    return session.scalar(query) is not None


def comment(desk: Desk, deed: Deed) -> Answer:
    """A word, or taken back. It is not changed afterwards, so that answers to it stay answers."""
    body: CommentIn = deed.body
    if not desk.settings.discussion:
        return refused("no_discussion")
    if _published(desk, body.initiative) is None:
        return refused("not_published")
    row = {
        "id": body.comment, "initiative_id": body.initiative, "subject": deed.subject, "words": body.words.strip(),
        "at": deed.happened_at, "gone": body.gone,
    }  # fmt: skip
    desk.session.execute(insert_into(desk.session, Comment).values(**row).on_conflict_do_nothing())
    here = desk.session.get_one(Comment, body.comment, populate_existing=True)
    if here.subject != deed.subject or here.initiative_id != body.initiative:
        return refused("comment_taken")
    here.gone = here.gone or body.gone
    return noted({"id": here.id})


def report(desk: Desk, deed: Deed) -> Answer:
    """Somebody should look at this word. Each person counts once."""
    body: ReportIn = deed.body
    here = desk.session.get(Comment, body.comment)
    if here is None or _published(desk, here.initiative_id) is None:
        return refused("comment_unknown")
    row = {"comment_id": here.id, "subject": deed.subject, "at": deed.happened_at, "heard": False}
    desk.session.execute(insert_into(desk.session, Report).values(**row).on_conflict_do_nothing())
    return noted({"id": here.id})


# --- looking after it ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reported:
    """A word somebody pointed at; who wrote it stays unknown to whoever looks after the discussion."""

    comment: Comment
    initiative: str
    reports: int


def reported(session: Session, activity: uuid.UUID) -> list[Reported]:
    """What waits to be looked at, the most reported first; `reports`: since somebody looked last."""
    many = func.count(Report.subject)
    query = (
        select(Comment, Initiative.title, many)
        .join(Report, Report.comment_id == Comment.id)
        .join(Initiative, Initiative.id == Comment.initiative_id)
        .where(
            Initiative.activity_id == activity, Comment.hidden_at.is_(None), Comment.gone.is_(False),
            Report.heard.is_(False),
        )
        .group_by(Comment.id, Initiative.title)
        .order_by(many.desc(), Comment.id)
    )  # fmt: skip
    return [Reported(*row) for row in session.execute(query).all()]


def hide(session: Session, comment_id: uuid.UUID, why: str, by: uuid.UUID) -> None:
    """Take it down; the reason is read by its writer. Raises WordsMissing, NotFound."""
    if len(why.strip()) < 3:
        raise WordsMissing
    row = session.get(Comment, comment_id)
    if row is None:
        raise NotFound
    row.hidden_at, row.hidden_by, row.hidden_why = clock.now(), by, why.strip()[:200]
    note(
        session,
        Actor("staff", by),
        "initiative.hide_comment",
        "initiative_comment",
        row.id,
        reason=row.hidden_why,
    )


def show_again(session: Session, comment_id: uuid.UUID, by: uuid.UUID) -> None:
    """It was taken down by mistake; those who pointed at it have been heard."""
    row = session.get(Comment, comment_id)
    if row is None:
        raise NotFound
    row.hidden_at, row.hidden_by, row.hidden_why = None, None, None
    _hear(session, row.id)
    note(session, Actor("staff", by), "initiative.show_comment", "initiative_comment", row.id)


def leave_standing(session: Session, comment_id: uuid.UUID, by: uuid.UUID) -> None:
    """Looked at, nothing wrong with it: it waits no more, until somebody who has not yet pointed at it does. Raises NotFound."""
    row = session.get(Comment, comment_id)
    if row is None or row.hidden_at is not None:
        raise NotFound
    _hear(session, row.id)
    note(session, Actor("staff", by), "initiative.leave_comment", "initiative_comment", row.id)


def _hear(session: Session, comment_id: uuid.UUID) -> None:
    """Those who pointed at it so far have been heard; whoever comes later is not among them, whatever their clock says."""
    session.execute(update(Report).where(Report.comment_id == comment_id).values(heard=True))


def comments(session: Session, initiatives: Sequence[uuid.UUID]) -> list[Comment]:
    """Those not taken back, oldest first; what was taken down too, for its place and its reason."""
    query = select(Comment).where(Comment.initiative_id.in_(initiatives), Comment.gone.is_(False))
    return list(session.scalars(query.order_by(Comment.at, Comment.id)))
