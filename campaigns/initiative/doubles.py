"""Nothing is recognised twice in one scope by way of a list: rows with a decision are held against what is recognised there
already, and against the rows above them."""

import uuid

from sqlalchemy.orm import Session

from campaigns.initiative import similar
from campaigns.initiative.models import Initiative
from campaigns.initiative.recognition import LEAST_WORDS


class Double(Exception):
    """Much like something recognised there, and nobody says how it differs. `line`: of the same list; else its `title`."""

    def __init__(self, line: int | None, title: str) -> None:
        super().__init__(title)
        self.line, self.title = line, title


class Doubles:
    """For one list. One statement a scope, however many rows."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._shelves: dict[str, similar.Shelf] = {}

    def note_on(self, line: int, text: str, scope: str, differs: str) -> str:
        """The private note on how it differs from the nearest; '' where nothing is alike. Raises Double."""
        grams, shelf = similar.grams_of(text), self._shelf(scope)
        other = shelf.nearest(grams)
        if other is not None and len(differs.strip()) < LEAST_WORDS:
            raise self._double(other)
        shelf.add(line, grams)
        return f"{self._double(other).title}: {differs.strip()}" if other is not None else ""

    def _shelf(self, scope: str) -> similar.Shelf:
        if scope not in self._shelves:
            self._shelves[scope] = similar.recognised_in(self._session, scope)
        return self._shelves[scope]

    def _double(self, other: uuid.UUID | int) -> Double:
        if isinstance(other, int):
            return Double(other, f"dòng {other}")
        row = self._session.get_one(Initiative, other)
        return Double(None, f"{row.code or ''} “{row.title}”".strip())
