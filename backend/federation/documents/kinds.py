"""What a room says of the documents it takes: their shape, how one is applied and how one is taken back."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy.orm import Session

LINES = frozenset({"state", "party", "front", "youth"})


@dataclass(frozen=True)
class Made:
    """Something of this node's that came out of a document: `noun` as the trail calls it, `id` as text."""

    noun: str
    id: str


@dataclass(frozen=True)
class Given:
    """A document as its room gets it, verified and read.

    `body`: the kind's own struct. `issuer`: the node that signed. `before`: what came out of the version that stood until
    now; `made`: out of this one, where it was applied before (taking back). `folder`: where this node keeps its files.
    """

    series: str
    number: int
    digest: str
    line: str
    issuer: str
    made_at: datetime
    body: Any
    before: tuple[Made, ...] = ()
    made: tuple[Made, ...] = ()
    folder: Path | None = None

    @property
    def part(self) -> str:
        """'05-2030' of 'targets/05-2030'."""
        return self.series.partition("/")[2]


@dataclass(frozen=True)
class Speaks:
    """Of which units a document speaks, by their official codes. `issuer`: the one in whose name it is, None: in nobody's.
    `about`: those it changes, as the tree was on the day `on`."""

    issuer: str | None = None
    about: frozenset[str] = frozenset()
    on: date | None = None


@dataclass(frozen=True)
class DocumentKind:
    """`name`: the first word of its series. `schema`: as headers write it, with its version ('targets/1').

    `apply(session, given)` answers what it made. It raises a DomainError for what this node cannot take (told upward with its
    code), `NotYet` for what holds from a later moment. `take_back(session, given)`: as if it had not been applied, so
    that the version before stands again; None where that cannot be. `lines`: the lines on which it goes. `called(body)`: what an office calls
    it; None where the rest of its series says so. `speaks(body)`: of which units; None: of none.
    """

    name: str
    schema: str
    body: type[msgspec.Struct]
    title: str
    apply: Callable[[Session, Given], Iterable[Made]]
    take_back: Callable[[Session, Given], None] | None = None
    lines: frozenset[str] = LINES
    called: Callable[[Any], str] | None = None
    speaks: Callable[[Any], Speaks] | None = None


Kinds = Mapping[str, DocumentKind]
"""By their name."""


class NotYet(Exception):
    """The document holds from that moment on; until then it waits."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"not before {until.isoformat()}")
        self.until = until


def listed(kinds: Iterable[DocumentKind]) -> Kinds:
    """Raises ValueError for a name given twice: a mistake of who writes the list."""
    found: dict[str, DocumentKind] = {}
    for kind in kinds:
        if kind.name in found:
            raise ValueError(f"two kinds of document are called {kind.name}")
        found[kind.name] = kind
    return found
