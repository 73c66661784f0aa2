"""Finding an initiative: published ones by words of their title, and the one an invitation is about."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import NotFound
from backend.units.words import fold
from campaigns.initiative import authors, similar
from campaigns.initiative.models import Author, Initiative
from campaigns.initiative.rules import MAY_WITHDRAW, SHOWN


def by_words(session: Session, activity: uuid.UUID, words: str) -> list[uuid.UUID]:
    """Published ones with every word in title or number, typed with or without tone marks; and those whose text is near."""
    wanted = fold(words).split()
    if not wanted:
        return []
    rows = session.execute(
        select(Initiative.id, Initiative.code, Initiative.title).where(
            Initiative.activity_id == activity,
            Initiative.state.in_(SHOWN),
            Initiative.public_from <= clock.now(),
        )
    )
    named = [row.id for row in rows if _has(f"{row.code or ''} {row.title}", wanted)]
    near = [one.initiative for one in similar.nearest(session, words, published=True)]
    return list(dict.fromkeys([*named, *near]))


def _has(text: str, wanted: list[str]) -> bool:
    folded = fold(text)
    return all(word in folded for word in wanted)


def is_of(session: Session, initiative: uuid.UUID, activity: uuid.UUID) -> bool:
    row = session.get(Initiative, initiative)
    return row is not None and row.activity_id == activity


@dataclass(frozen=True)
class Invitation:
    """What a co-author reads before saying yes. `share`: in a hundred; `by`: who wrote it; `answered`: somebody took it."""

    title: str
    share: int
    by: str
    name: str
    answered: bool


def invitation(session: Session, activity: uuid.UUID, author_id: uuid.UUID) -> Invitation:
    """Whoever was shown the invitation may read this much. Raises NotFound."""
    author = session.get(Author, author_id)
    row = session.get(Initiative, author.initiative_id) if author else None
    if author is None or row is None or row.activity_id != activity or row.state not in MAY_WITHDRAW:
        raise NotFound
    first = next((one.name for one in authors.standing(session, row.id) if one.subject == row.by), "")
    return Invitation(row.title, author.share, first, author.name, author.subject is not None)
