"""Whose idea it is: shares in a hundred, everybody's own yes, and who steps out."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.participation.deeds import Deed
from backend.people import queries as people
from campaigns.initiative import rules
from campaigns.initiative.models import Author, Initiative
from campaigns.initiative.schemas import WriteIn
from campaigns.kind import Desk


def of(session: Session, initiative: uuid.UUID) -> list[Author]:
    """All of them in order, those who stepped out too."""
    session.flush()
    query = select(Author).where(Author.initiative_id == initiative)
    return list(session.scalars(query.order_by(Author.number, Author.id)))


def standing(session: Session, initiative: uuid.UUID) -> list[Author]:
    return [author for author in of(session, initiative) if author.withdrawn_at is None]


def shares(authors: Sequence[Author]) -> dict[uuid.UUID, int]:
    """What counts now of each who stands."""
    return rules.settled({one.id: one.share for one in authors if one.withdrawn_at is None})


def own_id(session: Session, initiative: uuid.UUID, subject: uuid.UUID) -> uuid.UUID:
    """Whose place the writer has: the first author's, or the own one after it was handed over."""
    query = select(Author.id).where(Author.initiative_id == initiative, Author.subject == subject)
    return session.scalar(query) or first_id(initiative)


def first_id(initiative: uuid.UUID) -> uuid.UUID:
    return uuid.uuid5(initiative, "first author")


# --- as the writer lists them -------------------------------------------------------------------------------------


def why_not_written(session: Session, deed: Deed) -> str | None:
    """Nobody who agreed is dropped by another, and no invitation is of two initiatives."""
    body: WriteIn = deed.body
    listed = {one.id for one in body.others}
    mine = own_id(session, body.initiative, deed.subject)
    taken = session.scalars(select(Author.initiative_id).where(Author.id.in_(listed)))
    if any(initiative != body.initiative for initiative in taken):
        return "initiative_taken"
    for author in of(session, body.initiative):
        if author.id not in {*listed, mine} and author.subject and not author.withdrawn_at:
            return "author_agreed"
    return "author_agreed" if mine in listed else None


def write(session: Session, row: Initiative, deed: Deed) -> None:
    """The list as it was written now; the writer agrees by writing."""
    body: WriteIn = deed.body
    mine = own_id(session, row.id, deed.subject)
    me = Author(id=mine, number=1, subject=deed.subject, name=_own_name(session, deed), share=body.share)
    me.agreed_at, me.unit_id = deed.happened_at, body.unit
    wanted = {mine: me} | {
        one.id: Author(id=one.id, number=number, name=" ".join(one.name.split()), share=one.share)
        for number, one in enumerate(body.others, start=2)
    }
    here = {author.id: author for author in of(session, row.id)}
    for key, author in wanted.items():
        if key in here:
            here[key].number, here[key].share = author.number, author.share
            if not here[key].agreed_at:
                here[key].name = author.name
        else:
            author.initiative_id = row.id
            session.add(author)
    _drop(session, [author for key, author in here.items() if key not in wanted])


def _drop(session: Session, left: Sequence[Author]) -> None:
    """Invitations nobody took go; of whoever stepped out stays that it was so."""
    for author in left:
        if author.subject is None:
            session.delete(author)
        else:
            author.share = 0
    session.flush()


def _own_name(session: Session, deed: Deed) -> str:
    return people.person(session, deed.person).name


# --- each for oneself ---------------------------------------------------------------------------------------------


def is_another(session: Session, author: Author, subject: uuid.UUID) -> bool:
    """This person already stands in the initiative as somebody else."""
    query = select(Author.id).where(
        Author.initiative_id == author.initiative_id, Author.subject == subject, Author.id != author.id
    )
    return session.scalar(query) is not None


def answer(desk: Desk, row: Initiative, author: Author, deed: Deed) -> None:
    """Yes, or out; an older word than the one that stands changes nothing."""
    said = max((at for at in (author.agreed_at, author.withdrawn_at) if at), default=None)
    if said and author.subject and deed.happened_at <= said:
        return
    author.subject, author.name = deed.subject, _own_name(desk.session, deed)
    if deed.body.agrees:
        author.agreed_at, author.withdrawn_at = deed.happened_at, None
    else:
        author.withdrawn_at = deed.happened_at
    row.revision += 1
    desk.session.flush()
    hand_over(desk.session, row)


def hand_over(session: Session, row: Initiative) -> None:
    """When its writer has stepped out, the next author with an account writes it."""
    able = [one.subject for one in standing(session, row.id) if one.subject and one.agreed_at]
    if row.by not in able and able:
        row.by = able[0]


def agree_on_paper(session: Session, row: Initiative, author: uuid.UUID) -> None:
    """A co-author without an account signed a paper that the secretary has seen."""
    for one in standing(session, row.id):
        if one.id == author and one.agreed_at is None:
            one.agreed_at = clock.now()
            row.revision += 1
