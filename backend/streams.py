"""Wires the streams between nodes to the rooms that fill and read them. Neither side knows the other."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from backend import clock
from backend.aggregates.shown_here import Result
from backend.aggregates.stream import stream as figures_stream
from backend.cards.from_above import TEMPLATES
from backend.certificates.from_above import REVOCATIONS
from backend.errors import N_
from backend.federation.documents.acks import ACKS
from backend.federation.documents.kinds import DocumentKind, Given, Kinds, Made, Speaks, listed
from backend.federation.documents.passing import SUMS
from backend.federation.packets.stream import Book, Stream
from backend.federation.peers import rotation
from backend.levels.accepting import is_sealed
from backend.levels.answers import STREAM as ACCEPTANCE
from backend.own_calendars import from_above as calendars
from backend.reports import proposals, upward
from backend.targets.from_above import TARGETS
from campaigns import results
from campaigns.contest import common_telling, common_wire
from campaigns.from_above import KEYS, PACKS
from campaigns.registry import measure_book
from campaigns.units_from_above import UNITS

FIGURES = figures_stream(measure_book(), is_sealed)

UPWARD = (upward.STREAM, upward.ANSWERS, proposals.STREAM, proposals.ANSWERS)
STREAMS: tuple[Stream, ...] = (
    rotation.STREAM, ACKS, SUMS, FIGURES, ACCEPTANCE, *UPWARD, *common_wire.STREAMS,
)  # fmt: skip
"""One line a stream, from the room that owns it. A test walks their Structs: none can carry a person."""


def book() -> Book:
    """The streams of this node, for the peers' door, the courier and the command line."""
    return Book(STREAMS)


def shown_results(session: Session, unit: uuid.UUID) -> Iterable[Result]:
    """How many took part, as results that were published say and as counts of common contests told: small numbers of the packets
    are looked at beside them."""
    for row in results.list_published(session, unit):
        said = row.statement
        if isinstance(said.get("people"), int):
            first, last = (
                clock.local_day(datetime.fromisoformat(said[at])) for at in ("opened_at", "closed_at")
            )
            yield Result("contest.entrants people", first, last, said["people"])
    for told in common_telling.told_counts(session, unit):
        yield Result(*told)


def _calendar(session: Session, given: Given) -> tuple[Made, ...]:
    return (Made("own_calendar", str(calendars.take_in(session, given.body))),)


CALENDARS = DocumentKind(
    "calendar", "calendar/1", calendars.CalendarIn, N_("Lịch"), _calendar, called=lambda body: str(body.title),
    speaks=lambda body: Speaks(body.unit),
)  # fmt: skip

DOCUMENTS: Kinds = listed(
    (REVOCATIONS, UNITS, CALENDARS, TEMPLATES, TARGETS, PACKS, KEYS, *common_wire.DOCUMENTS)
)
"""One word a kind of document, in the order in which they are applied: a unit is there before its targets, a pack before
its key."""
