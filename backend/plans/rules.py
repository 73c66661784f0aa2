"""Rules of the register that need no database."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from backend.units.words import fold

STATES = ("open", "doing", "done", "dropped")
OVER = ("done", "dropped")
DAYS = (re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})"), re.compile(r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"))  # fmt: skip
NOT_LETTERS = re.compile(r"[^a-z0-9]+")
FORGIVEN = 4
"""A word of so many letters may be one letter off: lists are read off paper by machines that misread."""


@dataclass(frozen=True)
class Paper:
    """A document as people name it."""

    issuer: str
    title: str
    number: str = ""
    dated: date | None = None


def key_of(paper: Paper) -> str:
    """Stands for issuer, number and date. Where there is no number the title has to tell it from others."""
    number = bare(paper.number)
    told = [bare(paper.issuer), number, paper.dated.isoformat() if paper.dated else ""]
    return hashlib.sha256(json.dumps(told if number else [*told, bare(paper.title)]).encode()).hexdigest()


def bare(text: str) -> str:
    """Letters and digits alone: '08-KH/ĐU', '08 - kh/đu' and '08–KH/ĐU' are one number."""
    return NOT_LETTERS.sub("", fold(text))


def folded(paper: Paper) -> str:
    return f"{fold(paper.title)} {fold(paper.issuer)} {fold(paper.number)} {bare(paper.number)}"[:1000]


def finds(words: str, text: str) -> bool:
    """Whether every word is there; tone marks do not matter, nor one wrong letter in a longer word."""
    there = [NOT_LETTERS.sub("", one) for one in text.split()]
    return all(_is_there(bare(word), there, text) for word in fold(words).split())


def _is_there(word: str, there: Sequence[str], text: str) -> bool:
    if word in text or any(word in one for one in there):
        return True
    return len(word) >= FORGIVEN and any(_nearly(word, one) for one in there)


def _nearly(one: str, other: str) -> bool:
    """One letter put in, left out or mistaken."""
    if abs(len(one) - len(other)) > 1:
        return False
    at = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    rest = (one[at + 1 :], other[at + 1 :]) if len(one) == len(other) else (
        (one[at + 1 :], other[at:]) if len(one) > len(other) else (one[at:], other[at + 1 :])
    )  # fmt: skip
    return rest[0] == rest[1]


@dataclass(frozen=True)
class Due:
    """A deadline: a day, or words where the document names none."""

    on: date | None = None
    words: str = ""


def due(told: str) -> Due:
    """'30/6/2026' is a day, 'thường xuyên' are words. Raises ValueError for a day no calendar has."""
    text = " ".join(told.split())
    for shape in DAYS:
        if found := shape.fullmatch(text):
            return Due(on=date(int(found["y"]), int(found["m"]), int(found["d"])))
    return Due(words=text[:200])


def is_late(state: str, due_on: date | None, done_on: date | None, today: date) -> bool:
    """Still to be done after its day, or done after it. What has no day is never late."""
    if due_on is None or state == "dropped":
        return False
    return (done_on or today) > due_on if state == "done" else today > due_on


def days_late(due_on: date | None, until: date) -> int:
    return max((until - due_on).days, 0) if due_on else 0


def code_of(number: str, what: str) -> str:
    """The task's number in its document; without one, a code of its words, so that a list sent twice is there once."""
    return " ".join(number.split())[:40] or "~" + hashlib.sha256(bare(what).encode()).hexdigest()[:12]


def leads_back(start: object, to: object, steps: Iterable[tuple[object, object]]) -> bool:
    """Whether one gets from `to` to `start` along the steps: then a step from start to `to` would close a circle."""
    onwards: dict[object, list[object]] = {}
    for one, other in steps:
        onwards.setdefault(one, []).append(other)
    seen: set[object] = set()
    wanted = [to]
    while wanted:
        here = wanted.pop()
        if here == start:
            return True
        if here not in seen:
            seen.add(here)
            wanted.extend(onwards.get(here, ()))
    return False


def missing(*told: str) -> bool:
    return any(len(text.strip()) < 2 for text in told)
