"""Telling the level above: a packet for each parent whenever a card is published, restated, or goes on to its next state.

The worker looks for what was not told yet; nothing has to be remembered between two looks, and looking twice tells nothing
twice. What one parent of a line was told of a revision, every other parent of that line is told to the letter.
"""

import logging

import msgspec
from sqlalchemy.orm import Session

from backend import clock
from backend.aggregates.gathered import body_of
from backend.aggregates.hiding import Note, Told, kept, protect
from backend.aggregates.models import AggregateSent
from backend.aggregates.packet import Figures
from backend.aggregates.released import Releases, nothing_released
from backend.aggregates.shown_here import Results, all_told, no_results
from backend.aggregates.told_before import TELLING, body_in, same_told
from backend.aggregates.waiting import Due, due
from backend.db.engine import Database
from backend.errors import DomainError
from backend.federation.packets import outbox
from backend.federation.packets.stream import Stream
from backend.own_calendars import reading as own_calendars
from backend.participation.lease import hold
from backend.participation.measures import MeasureBook

log = logging.getLogger("lantoa.aggregates")


def turn(
    database: Database, measures: MeasureBook, stream: Stream, results: Results = no_results,
    releases: Releases = nothing_released,
) -> bool:  # fmt: skip
    """Tell what waits, a transaction each; False when nothing does. One that cannot be told does not hold up the others.

    `releases`: what a level approved of the figures told to it (`levels.going_up`).
    """
    with database.transaction(writes=False) as session:
        waiting = sum(1 for _ in due(session, measures, releases))
    done = 0
    for number in range(waiting):
        try:
            with database.transaction() as session:
                done += tell_next(session, measures, stream, number - done, results, releases)
        except DomainError as error:
            log.warning("figures could not be told: %s %s", error.code, error.values)
        except Exception:
            log.exception("figures could not be told; they are tried again, the others go on")
    return done > 0


def tell_next(
    session: Session, measures: MeasureBook, stream: Stream, skip: int = 0, results: Results = no_results,
    releases: Releases = nothing_released,
) -> int:  # fmt: skip
    """Tell one of what waits; answers how many that were."""
    hold(session, TELLING)
    waiting = list(due(session, measures, releases))[skip:]
    if waiting:
        tell(session, waiting[0], stream, results)
    return len(waiting[:1])


def tell(session: Session, one: Due, stream: Stream, results: Results = no_results) -> AggregateSent:
    """Make the packet and put it into the outbox, with a row of what was decided."""
    before = same_told(session, one.source, one.dataset.line, one.made_of)
    body, notes, laid = _again(session, one, before) if before else _anew(session, one, results)
    packet = outbox.put(
        session, one.peer, stream, one.dataset.template.code, body, f"{one.dataset.template.code}/{body.calendar}/{body.period}",
    )  # fmt: skip
    return _written(session, one, body, notes, laid, packet.digest)


def _anew(
    session: Session, one: Due, results: Results
) -> tuple[Figures, list[dict[str, object]], dict[str, object]]:
    found = one.gathering(session)
    protected = protect(found.laid, *all_told(session, found.laid, results))
    return (
        body_of(found, protected),
        [_note(note) for note in protected.notes],
        kept(Told(found.laid, protected)),
    )


def _again(
    session: Session, one: Due, before: AggregateSent
) -> tuple[Figures, list[dict[str, object]], None]:
    """The same figures to the letter; only how far their approval has come is new."""
    body = body_in(before)
    if one.state == body.state:
        return body, before.notes, None
    found = one.gathering(session)
    told = msgspec.structs.replace(body, state=found.state, approval=found.approval)
    return told, before.notes, None


def _note(note: Note) -> dict[str, object]:
    return {"element": note.element, "flag": note.flag, "cells": note.cells}


def _written(
    session: Session, one: Due, body: Figures, notes: list[dict[str, object]], laid: dict[str, object] | None, digest: str
) -> AggregateSent:  # fmt: skip
    period = own_calendars.period(session, body.calendar, body.period)
    row = AggregateSent(
        peer_id=one.peer.id,
        source=one.source,
        made_of=one.made_of,
        turn=one.last.turn + 1 if one.last else 1,
        unit_code=body.top.code,
        dataset=body.dataset,
        line=body.line,
        calendar=body.calendar,
        period=body.period,
        first=period.first,
        last=period.last,
        revision=body.revision,
        state=body.state,
        packet_digest=digest,
        body=msgspec.json.encode(body),
        notes=notes,
        laid=laid,
        made_at=clock.now(),
    )
    session.add(row)
    session.flush()  # what waits is read again before the next one is told
    return row
