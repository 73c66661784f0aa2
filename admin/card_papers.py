"""How far a scorecard has come on each line, and where its drafter puts it on one: a block of the card's page and of the list."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from flask_babel import gettext

from admin.report_words import LINES, STATES, desk, tag
from backend import http
from backend.cards.models import Card
from backend.reports import card_flow
from backend.reports.hands import Desk
from backend.reports.models import Submission
from backend.reports.rules import WITH_ABOVE
from backend.units.offices import LINES as EVERY_LINE
from backend.units.queries import NamedUnit


@dataclass(frozen=True)
class Way:
    """One line of a card. `row`: None until somebody has put it there; `receivers`: whom it can be sent to, for its drafter."""

    line: str
    row: Submission | None
    opens: bool
    receivers: list[NamedUnit] = field(default_factory=list)

    @property
    def title(self) -> str:
        return gettext(LINES[self.line])

    @property
    def words(self) -> str:
        """Above, how far the unit is with its own paper is the unit's business."""
        if self.row is None:
            return gettext("Chưa trình")
        if not self.opens and self.row.state not in WITH_ABOVE:
            return gettext("Chưa gửi")
        return gettext(STATES[self.row.state])

    @property
    def tag(self) -> str:
        return tag(self.row.state) if self.row else ""


def ways(card: Card) -> list[Way]:
    """Both lines of one card."""
    here = desk()
    found = {row.line: row for row in card_flow.submissions_of(http.session(), [card.id]).get(card.id, ())}
    return [_way(here, line, found.get(line), card) for line in EVERY_LINE]


def ways_of(cards: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Way]]:
    """Card -> the lines it is on, for a list: a fixed number of statements."""
    here = desk()
    found = card_flow.submissions_of(http.session(), cards)
    return {card: [_way(here, row.line, row) for row in rows] for card, rows in found.items()}


def acted_for() -> set[uuid.UUID]:
    """Units whose papers this member drafts, reviews, signs or sends: their cards are theirs to read."""
    return desk().units


def _way(here: Desk, line: str, row: Submission | None, card: Card | None = None) -> Way:
    if row is not None:
        return Way(line, row, here.may_read(row))
    begins = card is not None and here.writes(card.unit_id, line)
    return Way(line, None, False, card_flow.receivers(http.session(), card, line) if card and begins else [])
