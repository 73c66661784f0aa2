"""Look-alikes: initiatives whose text is much like another's, with or without tone marks, typed or read off a scan.

A text is folded, letters a scanner mixes up become one, blanks go, and of the character grams of what is left a stable
part is kept by its hash: the same in every text, so two texts that share words share kept grams. The score is how much of
the shorter text is found in the other. Being alike says nothing of copying; people look and ask.
"""

import hashlib
import uuid
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, insert, literal, select
from sqlalchemy.orm import Session

from backend import clock
from backend.units.words import fold
from campaigns.initiative.models import Gram, Initiative, Recognition
from campaigns.initiative.rules import SHOWN

LENGTH = 4
ONE_OF = 4
MOST = 256
LEAST = 12
"""A text of a few words is alike to everything; it is reckoned as if it had this many grams."""
ALIKE = 0.45
"""From this score on two texts are shown beside each other: the middle of what serves one half of a written set well, measured on the other half."""
MIXED_UP = str.maketrans({"l": "i", "1": "i", "|": "i", "!": "i", "0": "o"})


def plain(text: str) -> str:
    """'Mã quét trên giấy hẹn' -> 'maquettrengiayhen': what is left of a text when a scanner and a keyboard have done their worst."""
    letters = fold(text).translate(MIXED_UP)
    return "".join(letter for letter in letters if letter.isalnum()).replace("rn", "m")


def grams_of(text: str) -> frozenset[int]:
    """The kept grams of a text, at most so many; hashes that are the same on every machine."""
    letters = plain(text)
    hashes = {_hash(letters[at : at + LENGTH]) for at in range(len(letters) - LENGTH + 1)}
    return frozenset(sorted(found for found in hashes if found % ONE_OF == 0)[:MOST])


def _hash(gram: str) -> int:
    """63 bits: what both databases keep as a whole number."""
    return int.from_bytes(hashlib.blake2b(gram.encode(), digest_size=8).digest(), "big") >> 1


def text_of(initiative: Initiative) -> str:
    return " ".join((initiative.title, initiative.problem, initiative.solution))


def remember(session: Session, initiative: Initiative) -> None:
    """Keep the grams of its present text."""
    found = grams_of(text_of(initiative))
    session.flush()
    session.execute(delete(Gram).where(Gram.initiative_id == initiative.id))
    if found:
        session.execute(insert(Gram), [{"gram": one, "initiative_id": initiative.id} for one in found])
    initiative.grams = len(found)


@dataclass(frozen=True)
class Alike:
    """`score`: from 0 to 1."""

    initiative: uuid.UUID
    code: str | None
    title: str
    state: str
    unit: uuid.UUID | None
    score: float


def nearest(
    session: Session,
    text: str,
    *,
    besides: Collection[uuid.UUID] = (),
    published: bool = False,
    scope: str | None = None,
    least: float = ALIKE,
    most: int = 10,
) -> list[Alike]:
    """The nearest of all that were handed in, in one statement. `published`: only what everybody may see; `scope`: only
    what stands recognised there."""
    own = grams_of(text)
    if not own:
        return []
    shared = (
        select(Gram.initiative_id, func.count().label("grams"))
        .where(Gram.gram.in_(own))
        .group_by(Gram.initiative_id)
        .subquery()
    )
    score = _score(shared.c.grams, len(own)).label("score")
    query = (
        select(Initiative.id, Initiative.code, Initiative.title, Initiative.state, Initiative.unit_id, score)
        .join(shared, shared.c.initiative_id == Initiative.id)
        .where(*_which(besides, published, scope), score >= least)
        .order_by(score.desc(), Initiative.id)
        .limit(most)
    )
    return [
        Alike(r.id, r.code, r.title, r.state, r.unit_id, round(float(r.score), 4))
        for r in session.execute(query)
    ]


def _score(shared: ColumnElement[int], own: int) -> ColumnElement[Any]:
    """Shared grams in the fewer of both."""
    fewer = case((Initiative.grams < own, Initiative.grams), else_=literal(own))
    at_least = case((fewer < LEAST, LEAST), else_=fewer)
    return shared * 1.0 / at_least


def _which(besides: Collection[uuid.UUID], published: bool, scope: str | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Initiative.state.not_in(("draft", "withdrawn"))]
    if besides:
        found.append(Initiative.id.not_in(list(besides)))
    if published:
        found += [Initiative.state.in_(SHOWN), Initiative.public_from <= clock.now()]
    if scope:
        standing = select(Recognition.initiative_id).where(
            Recognition.scope == scope, Recognition.revoked_at.is_(None)
        )
        found.append(Initiative.id.in_(standing))
    return found


Key = uuid.UUID | int
"""An initiative, or a line of a list."""


class Shelf:
    """Look-alikes in memory, for lists of thousands: the same score as `nearest`, without a statement for each."""

    def __init__(self) -> None:
        self._holding: dict[int, list[Key]] = {}
        self._sizes: dict[Key, int] = {}

    def add(self, key: Key, grams: Collection[int]) -> None:
        self._sizes[key] = len(grams)
        for gram in grams:
            self._holding.setdefault(gram, []).append(key)

    def nearest(self, grams: Collection[int], least: float = ALIKE) -> Key | None:
        """The most alike of what is on the shelf, the first of equals; None where nothing is alike."""
        shared = Counter(key for gram in grams for key in self._holding.get(gram, ()))
        scores = {key: _score_of(many, self._sizes[key], len(grams)) for key, many in shared.items()}
        most = max(scores.values(), default=0.0)
        return next((key for key in self._sizes if scores.get(key) == most), None) if most >= least else None


def _score_of(shared: int, one: int, other: int) -> float:
    return shared / max(min(one, other), LEAST)


def recognised_in(session: Session, scope: str) -> Shelf:
    """Everything that stands recognised there, each under its id. One statement."""
    standing = select(Recognition.initiative_id).where(
        Recognition.scope == scope, Recognition.revoked_at.is_(None)
    )
    query = select(Gram.initiative_id, Gram.gram).where(Gram.initiative_id.in_(standing))
    found, shelf = dict[uuid.UUID, list[int]](), Shelf()
    for one, gram in session.execute(query.order_by(Gram.initiative_id)):
        found.setdefault(one, []).append(gram)
    for one, grams in found.items():
        shelf.add(one, grams)
    return shelf


def alike(session: Session, initiative: Initiative, **more: Any) -> list[Alike]:
    """Look-alikes of one that is here."""
    return nearest(session, text_of(initiative), besides=[initiative.id], **more)
