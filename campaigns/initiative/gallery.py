"""What everybody may read: initiatives that are published. Names only of authors who agreed to it."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.clock import iso
from backend.errors import N_, NotFound
from backend.people import queries as people
from backend.units.queries import named_many
from backend.units.words import fold
from campaigns.initiative import adoption, blind, discussion, recognition, similar
from campaigns.initiative import schemas as s
from campaigns.initiative.models import Adoption, Author, Comment, Endorsement, Initiative, Recognition
from campaigns.initiative.rules import SHOWN

AN_AUTHOR = N_("Một tác giả")
PAGE = 30


def _is_shown() -> list[ColumnElement[bool]]:
    return [Initiative.state.in_(SHOWN), Initiative.public_from <= clock.now()]


def cards(
    session: Session,
    *,
    track: str | None = None,
    units: Sequence[uuid.UUID] | None = None,
    activity: uuid.UUID | None = None,
    among: Sequence[uuid.UUID] | None = None,
    page: int = 1,
) -> tuple[list[s.CardOut], bool]:
    """A page of published initiatives, the newest first, and whether there are more. `among`: only of these."""
    query = select(Initiative).where(*_is_shown())
    if activity is not None:
        query = query.where(Initiative.activity_id == activity)
    if among is not None:
        query = query.where(Initiative.id.in_(among))
    if track:
        query = query.where(Initiative.track == track)
    if units is not None:
        query = query.where(Initiative.unit_id.in_(units))
    query = query.order_by(Initiative.public_from.desc(), Initiative.id).offset((page - 1) * PAGE)
    rows = list(session.scalars(query.limit(PAGE + 1)))
    return _cards(session, rows[:PAGE]), len(rows) > PAGE


def search(session: Session, words: str) -> list[s.AlikeOut]:
    """Published ones whose text is near what is being typed, with or without tone marks."""
    if len(fold(words)) < 8:
        return []
    return _alike(session, similar.nearest(session, words[:6000], published=True))


def look_for(session: Session, words: str) -> list[s.AlikeOut]:
    """Published ones in which most of a few words are found; a few words are never much like a whole text."""
    own = len(similar.grams_of(words))
    least = min(similar.ALIKE, own / 2 / similar.LEAST)
    return _alike(session, similar.nearest(session, words, published=True, least=least))


def _alike(session: Session, found: Sequence[similar.Alike]) -> list[s.AlikeOut]:
    _, secret = _authors(session, [one.initiative for one in found])
    return [
        s.AlikeOut(
            one.initiative, one.code, blind.covered(one.title, secret[one.initiative]), one.state, round(100 * one.score)
        )
        for one in found
    ]  # fmt: skip


def _cards(session: Session, rows: Sequence[Initiative]) -> list[s.CardOut]:
    ids = [row.id for row in rows]
    (names, secret), units = (
        _authors(session, ids),
        named_many(session, [r.unit_id for r in rows if r.unit_id], clock.today()),
    )
    scopes: dict[uuid.UUID, list[str]] = {}
    for one, scope in session.execute(_standing_scopes(ids)):
        scopes.setdefault(one, []).append(scope)
    persons, bodies = _endorsements(session, ids, by_unit=False), _endorsements(session, ids, by_unit=True)
    replicated = _replicated(session, ids)
    return [
        s.CardOut(
            row.id, row.code, row.track, blind.covered(row.title, secret[row.id]),
            units[row.unit_id].full_name if row.unit_id in units else None,
            names.get(row.id, []), scopes.get(row.id, []), persons.get(row.id, 0), bodies.get(row.id, 0),
            replicated.get(row.id, 0),
        )
        for row in rows
    ]  # fmt: skip


def _standing_scopes(ids: Sequence[uuid.UUID]):  # type: ignore[no-untyped-def]
    return (
        select(Recognition.initiative_id, Recognition.scope)
        .where(Recognition.initiative_id.in_(ids), Recognition.revoked_at.is_(None))
        .order_by(Recognition.document_date, Recognition.id)
    )


def _authors(
    session: Session, ids: Sequence[uuid.UUID]
) -> tuple[dict[uuid.UUID, list[str]], dict[uuid.UUID, blind.Names]]:
    """Whoever may not be named is 'an author'; somebody known by name only has agreed to nothing. With the names that are
    covered in title and text, those of whoever stepped out too."""
    rows = session.execute(
        select(Author.initiative_id, Author.subject, Author.name, Author.withdrawn_at)
        .where(Author.initiative_id.in_(ids))
        .order_by(Author.initiative_id, Author.number, Author.id)
    ).all()
    named = people.published_names(session, {row.subject for row in rows if row.subject})
    found: dict[uuid.UUID, list[str]] = {}
    secret = {one: blind.Names() for one in ids}
    for one, subject, name, withdrawn in rows:
        public = None if withdrawn or not subject else named.get(subject)
        if public is None:
            secret[one].people.add(name)
        if not withdrawn:
            found.setdefault(one, []).append(public or AN_AUTHOR)
    return found, secret


def _endorsements(session: Session, ids: Sequence[uuid.UUID], *, by_unit: bool) -> dict[uuid.UUID, int]:
    whose = Endorsement.unit_id.is_not(None) if by_unit else Endorsement.subject.is_not(None)
    query = select(Endorsement.initiative_id, func.count()).where(
        Endorsement.initiative_id.in_(ids), Endorsement.stands.is_(True), whose
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(Endorsement.initiative_id))}


def _replicated(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    query = select(Adoption.initiative_id, func.count()).where(
        Adoption.initiative_id.in_(ids), Adoption.stage == "replicated"
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(Adoption.initiative_id))}


# --- one of them --------------------------------------------------------------------------------------------------


def one(session: Session, initiative: uuid.UUID, reader: uuid.UUID | None = None) -> s.PublishedOut:
    """`reader`: the random key of whoever is signed in. Raises NotFound for what is not published."""
    row = session.get(Initiative, initiative)
    if row is None or not discussion.is_public(row):
        raise NotFound
    secret = _authors(session, [row.id])[1][row.id]
    problem, solution, where, effect = (
        blind.covered(text, secret) for text in (row.problem, row.solution, row.applied_where, row.effect)
    )
    return s.PublishedOut(
        card=_cards(session, [row])[0],
        problem=problem,
        solution=solution,
        applied_where=where,
        applied_from=row.applied_from.isoformat() if row.applied_from else None,
        effect=effect,
        effects=row.effects or [],
        recognitions=recognitions(session, row.id),
        adoptions=adoptions(session, row.id),
        comments=[_comment(one, reader) for one in discussion.comments(session, [row.id])],
        endorsed=reader is not None and _stands_behind(session, row.id, reader),
    )


def _comment(row: Comment, reader: uuid.UUID | None) -> s.CommentOut:
    """What was taken down is read by its writer alone, with the reason."""
    mine, hidden = row.subject == reader, row.hidden_at is not None
    words = row.words if mine or not hidden else None
    return s.CommentOut(row.id, words, iso(row.at), mine, hidden, row.hidden_why if mine else None)


def _stands_behind(session: Session, initiative: uuid.UUID, reader: uuid.UUID) -> bool:
    query = select(Endorsement.stands).where(
        Endorsement.initiative_id == initiative, Endorsement.subject == reader
    )
    return bool(session.scalar(query))


def recognitions(session: Session, initiative: uuid.UUID) -> list[s.RecognitionOut]:
    rows = recognition.of(session, initiative)
    units = named_many(session, {row.unit_id for row in rows}, clock.today())
    return [
        s.RecognitionOut(
            row.scope, units[row.unit_id].full_name if row.unit_id in units else "", row.document_number,
            row.document_date.isoformat(), row.signer, row.revoked_why,
        )
        for row in rows
    ]  # fmt: skip


def adoptions(session: Session, initiative: uuid.UUID) -> list[s.AdoptionOut]:
    rows = adoption.of(session, initiative)
    units = named_many(session, {row.unit_id for row in rows}, clock.today())
    return [
        s.AdoptionOut(
            units[row.unit_id].full_name if row.unit_id in units else "", row.stage, row.since.isoformat(), row.words
        )
        for row in rows
    ]  # fmt: skip
