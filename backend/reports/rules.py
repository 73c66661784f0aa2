"""The way of a submission, as a table: from which state which deed leads where, and who may do it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Generic, TypeVar

SUBJECTS = ("card", "report")
STATES = (
    "open", "drafted", "reviewed", "signed", "numbered", "sent", "received", "returned", "locked",
)  # fmt: skip
PARTS = ("drafter", "reviewer", "signer", "clerk", "receiving")
"""Five parts of one round; no person plays two."""

WAYS: Mapping[tuple[str, str], str] = {
    ("open", "draft"): "drafted",
    ("returned", "draft"): "drafted",
    ("drafted", "review"): "reviewed",
    ("reviewed", "sign"): "signed",
    ("signed", "number"): "numbered",
    ("numbered", "send"): "sent",
    ("sent", "receive"): "received",
    ("drafted", "give_back"): "returned",
    ("reviewed", "give_back"): "returned",
    ("sent", "give_back"): "returned",
    ("received", "give_back"): "returned",
    ("received", "lock"): "locked",
    ("locked", "reopen"): "open",
}
DEEDS = ("draft", "review", "sign", "number", "send", "receive", "lock", "give_back", "reopen")
PART_OF = {
    "draft": "drafter", "review": "reviewer", "sign": "signer", "number": "clerk", "send": "clerk",
    "receive": "receiving", "lock": "receiving", "reopen": "receiving",
}  # fmt: skip
RETURNS_AS = {"drafted": "reviewer", "reviewed": "signer", "sent": "receiving", "received": "receiving"}
"""Whoever it lies with may give it back."""
NEEDS_WORDS = ("give_back", "reopen")
WITH_ABOVE = ("sent", "received", "locked")
"""States in which the report has left the unit: for whoever waits for it, it is there."""
EDITABLE = ("open", "returned")
KEPT_AT = ("sign", "number")
"""Deeds after which the paper is kept as it stands."""

Person = TypeVar("Person")


@dataclass(frozen=True)
class Stamp:
    """What the clerk writes on the paper: the number out of the book, and its day. No machine gives numbers."""

    number: str
    on: date


@dataclass(frozen=True)
class Held(Generic[Person]):
    """A submission as the rules see it. `people`: part -> everybody who played it in this round; a clerk may number and
    another send, and neither of them receives."""

    state: str = "open"
    round: int = 1
    people: Mapping[str, frozenset[Person]] = field(default_factory=dict)


def leads_to(state: str, deed: str) -> str | None:
    return WAYS.get((state, deed))


def part_of(state: str, deed: str) -> str:
    """As what a person does this deed."""
    return RETURNS_AS[state] if deed == "give_back" else PART_OF[deed]


def open_deeds(state: str) -> list[str]:
    return [deed for deed in DEEDS if (state, deed) in WAYS]


def is_somebody_else(held: Held[Person], deed: str, person: Person) -> bool:
    """Whether this person has played no other part of the round than the one the deed belongs to.

    Reopening begins a new round, so nobody is barred from it but those whose signature it undoes.
    """
    part = part_of(held.state, deed)
    return all(person not in who for other, who in held.people.items() if other != part)


def done(held: Held[Person], deed: str, person: Person) -> Held[Person]:
    """The submission after the deed, which must be open and somebody else's. A return or reopening begins a new round."""
    state = WAYS[held.state, deed]
    if deed in NEEDS_WORDS:
        return Held(state, held.round + 1, {})
    part = part_of(held.state, deed)
    played = held.people.get(part, frozenset()) | {person}
    return replace(held, state=state, people={**held.people, part: played})


def still_missing(expected: Iterable[Person], states: Mapping[Person, str]) -> list[Person]:
    """Of the units expected to send first, those whose report has not left them."""
    return [one for one in expected if states.get(one) not in WITH_ABOVE]
