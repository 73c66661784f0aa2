"""What a judge reads where the council judges blind: the words, without the names that would tell whose they are.

Names of the authors and of their units are covered wherever they stand in title and text. An author may still give
himself away in other words; nothing can be done about that here.
"""

import re
import unicodedata
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.units.queries import NamedUnit, named_many
from backend.units.words import fold
from campaigns.initiative.models import Author, Council, Initiative
from campaigns.initiative.rules import Part

COVER = "[…]"


@dataclass(frozen=True)
class Words:
    """An initiative as somebody reads it."""

    title: str
    problem: str
    solution: str
    applied_where: str
    applied_from: date | None
    effect: str
    effects: Sequence[dict[str, Any]]


@dataclass
class Names:
    """What would tell whose it is."""

    people: set[str] = field(default_factory=set)
    units: set[str] = field(default_factory=set)


# --- covering, without a database -----------------------------------------------------------------------------------


def covered(text: str, names: Names, *, units_too: bool = True) -> str:
    """'Phòng Kinh tế xã làm' -> '[…] xã làm'. A person is looked for as written and in capitals, for 'lý do' is no Lý Do; a
    unit in any case and without tone marks too. One word alone is no name: it would be found everywhere."""
    text = unicodedata.normalize("NFC", text)
    people = {form for name in names.people for form in (name, name.upper())}
    text = _without(text, people, 0)
    if not units_too:
        return text
    return _without(text, {form for name in names.units for form in (name, fold(name))}, re.IGNORECASE)


def _without(text: str, forms: Collection[str], flags: int) -> str:
    known = sorted({form for form in map(_plain, forms) if " " in form}, key=lambda form: (-len(form), form))
    if not known:
        return text
    any_of = "|".join(r"\s+".join(map(re.escape, form.split(" "))) for form in known)
    return re.sub(rf"(?<!\w)(?:{any_of})(?!\w)", COVER, text, flags=flags)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


# --- with it --------------------------------------------------------------------------------------------------------


def names_of(session: Session, units_of: Mapping[uuid.UUID, uuid.UUID | None]) -> dict[uuid.UUID, Names]:
    """For initiatives with their units: the names to cover. Two statements, however many."""
    found = {one: Names() for one in units_of}
    query = select(Author.initiative_id, Author.name, Author.unit_id)
    rows = session.execute(query.where(Author.initiative_id.in_(list(units_of)))).all()
    wanted = {unit for unit in (*units_of.values(), *(row[2] for row in rows)) if unit}
    called = named_many(session, wanted, clock.today()) if wanted else {}
    for one, unit in (*units_of.items(), *((row[0], row[2]) for row in rows)):
        found[one].units |= _called(called.get(unit) if unit else None)
    for one, name, _ in rows:
        found[one].people.add(name)
    return found


def _called(unit: NamedUnit | None) -> set[str]:
    return {unit.full_name, unit.name} if unit else set()


def words_for(session: Session, row: Initiative, sitting: Council, parts: Collection[Part]) -> Words:
    """As a judge of this sitting may read it."""
    whole = Words(
        row.title,
        row.problem,
        row.solution,
        row.applied_where,
        row.applied_from,
        row.effect,
        row.effects or [],
    )
    if not sitting.is_blind:
        return whole
    names, open_place = names_of(session, {row.id: row.unit_id})[row.id], "place" in parts

    def cover(text: str) -> str:
        return covered(text, names, units_too=not open_place)

    return replace(
        whole,
        title=cover(row.title),
        problem=cover(row.problem),
        solution=cover(row.solution),
        applied_where=cover(row.applied_where) if open_place else "",
        effect=cover(row.effect),
        effects=[one | {"what": cover(one["what"]), "unit": cover(one["unit"])} for one in whole.effects],
    )
