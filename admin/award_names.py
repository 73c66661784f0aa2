"""Who is put on a list by hand: a collective by its unit, a firm as it is known, a person with or without an account."""

import uuid
from dataclasses import dataclass, replace

from admin import award_words
from admin.forms import typed
from backend import clock, http
from backend.certificates.rules import initials
from backend.errors import NotFound
from backend.units.trees import subtree
from backend.units.words import fold
from campaigns.award import naming
from campaigns.award.errors import FirmUnclear
from campaigns.award.models import Case
from campaigns.award.proposals import Candidate
from campaigns.movement import firms

MOST_FIRMS = 200
"""So many are offered while typing; every firm is found by its name."""


@dataclass(frozen=True)
class FirmHere:
    """`label`: with its hamlet, for two of one name."""

    id: uuid.UUID
    name: str
    label: str


def firms_of(case: Case, words: str = "") -> list[FirmHere]:
    """Firms and household businesses known in the hamlets of the unit that proposes."""
    session = http.session()
    places = firms.hamlets_of(session, case.unit_id)
    found = [one.firm for one in firms.listed(session, places, words, most=MOST_FIRMS)]
    named = award_words.names(one.hamlet_id for one in found)
    return [FirmHere(one.id, one.name, f"{one.name} – {named[one.hamlet_id].full_name}") for one in found]


def candidate(case: Case) -> Candidate:
    """As it was typed. Raises NotFound, AccountUnknown, FirmUnclear."""
    kind, name = typed("kind", 6), typed("name", 120)
    told = Candidate(
        kind, name, typed("achievement", 300), prize=typed("prize", 40) or None, facts=_note_fact(typed("words")),
        is_other=typed("is_other", 300),
    )  # fmt: skip
    if kind == "unit":
        unit, printed = _unit(case, name)
        return replace(told, name=printed, unit=unit)
    if kind == "firm":
        firm, printed = _firm(case, name)
        return replace(told, name=printed, firm=firm)
    if kind != "person":
        raise NotFound
    if receipt := typed("receipt", 20):
        subject, printed = naming.of_receipt(http.session(), receipt, name)
        return replace(told, name=printed, subject=subject)
    return replace(told, name=initials(name) if typed("child", 3) == "yes" else name, full_name=name)


def _unit(case: Case, name: str) -> tuple[uuid.UUID | None, str]:
    below = subtree(http.session(), case.deciding_unit_id, clock.today())
    known = award_words.names(below | {case.unit_id, case.deciding_unit_id}).values()
    found = next((one for one in known if fold(name) in (fold(one.code), fold(one.full_name))), None)
    return (found.id, found.full_name) if found else (None, name)


def _firm(case: Case, name: str) -> tuple[uuid.UUID | None, str]:
    """The one that is known by this name, or by name and hamlet; a firm nobody entered stands by its name alone."""
    known = firms_of(case, name.partition(" – ")[0])
    by_label = [one for one in known if fold(one.label) == fold(name)]
    found = by_label or [one for one in known if fold(one.name) == fold(name)]
    if len(found) > 1:
        raise FirmUnclear
    return (found[0].id, found[0].name) if found else (None, name)


def _note_fact(words: str) -> list[dict[str, str]]:
    return [{"label": "Căn cứ đơn vị ghi", "value": words}] if words else []
