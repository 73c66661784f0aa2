"""The worker: folds what was recorded, numbers changes, turns activities with time, draws certificates, forgets what is due.

It polls rows that wait in the database. Nothing is lost when it dies: what was not committed is still waiting.
"""

import functools
import logging
import os
import signal
import threading
import time
import uuid
from types import FrameType

import httpx
from sqlalchemy.orm import Session

from backend import clock, figures, streams
from backend.aggregates import beside_counts, receiving, sending
from backend.certificates import turn as batches
from backend.certificates.hands import Hands
from backend.config import Settings
from backend.db.engine import Database
from backend.errors import DomainError
from backend.federation.documents import fetching
from backend.federation.packets import courier
from backend.federation.packets.rounds import Rounds, every
from backend.federation.peers import at_door, enrol, trouble
from backend.levels import going_up
from backend.media import photos
from backend.participation import changes
from backend.participation.lease import hold
from backend.participation.measures import MeasureBook
from backend.people import sign_in
from backend.safeguards import limits
from backend.safeguards.signing import KeyRetired, Signer
from campaigns import common_turn, giving_packs, leaving, lifecycle, registry, units_from_above
from campaigns.award import wall
from campaigns.contest import common_wire

log = logging.getLogger("lantoa.worker")

PAUSE_S = 0.3
PAUSE_AFTER_TROUBLE_S = 3.0
TURN_EVERY_S = 5
EMPTY_LOG_EVERY_S = 20
TIDY_EVERY_S = 3600
FIGURES_EVERY_S = 15
DOCUMENTS_EVERY_S = 60


class Worker:
    """One worker process. Any number may run: leases keep each job single."""

    def __init__(
        self,
        database: Database,
        book: MeasureBook,
        keeping: photos.Keeping = photos.PLAINLY,
        hands: Hands | None = None,
        rounds: Rounds | None = None,
    ) -> None:
        self.database = database
        self.book = book
        self.keeping = keeping
        self.hands = hands
        self.rounds = rounds
        self.stopping = threading.Event()
        self._turned = self._tidied = self._emptied = 0.0
        self._stuck: set[uuid.UUID] = set()
        self._key_told = False

    def run(self) -> None:
        """Work until told to stop, or until the process that started this one is gone."""
        parent = os.getppid()
        if self.rounds:
            self.rounds.start()
        while not self.stopping.is_set() and os.getppid() == parent:
            try:
                pause = 0.0 if self.step() else PAUSE_S
            except Exception:
                # Whatever it was, what waits is still waiting: say so, and try again a little later.
                log.exception("this round failed; trying again")
                pause = PAUSE_AFTER_TROUBLE_S
            self.stopping.wait(pause)
        if self.rounds:
            self.rounds.stop()
        if self.hands:
            self.hands.close()

    def step(self) -> bool:
        """One round; True when there was something to fold or to draw, so more may wait."""
        # First, so that a fold which fails again and again does not keep activities from opening and closing.
        self._now_and_then()
        with self.database.transaction(writes=False) as session:
            waiting = figures.is_anything_waiting(session)
        if waiting:
            with self.database.transaction() as session:
                figures.fold_batch(session, self.book)
                changes.number_new(session)
        # People who are taking part come first: nothing is drawn while something waits to be counted.
        return waiting or self.draw()

    def draw(self) -> bool:
        """A few certificates of a batch; False when none waits."""
        if self.hands is None:
            return False
        try:
            drew = batches.turn(self.database, self.hands)
        except KeyRetired:
            # Said once: nothing is drawn until this process is started with the new key, all else goes on.
            if not self._key_told:
                log.warning("the signing key was replaced; restart the worker to go on drawing certificates")
            self._key_told, drew = True, False
        if not drew:
            self.hands.close()
        return drew

    def _now_and_then(self) -> None:
        now = time.monotonic()
        if now - self._turned > TURN_EVERY_S:
            self._turned = now
            self.turn_activities()
            self.turn_common()
        if now - self._emptied > EMPTY_LOG_EVERY_S:
            self._emptied = now
            self.database.empty_log()
        if now - self._tidied > TIDY_EVERY_S:
            self._tidied = now
            with self.database.transaction() as session:
                tidy(session, self.keeping)
            if self.hands:
                batches.tidy(self.database, self.hands.folder)

    def turn_activities(self) -> None:
        """Each activity by itself: one that is not fit to open must not hold up the others."""
        with self.database.transaction(writes=False) as session:
            waiting = lifecycle.unsettled(session)
        for activity in waiting:
            try:
                with self.database.transaction() as session:
                    lifecycle.turn(session, activity, clock.now())
                self._stuck.discard(activity)
            except DomainError as error:
                if activity not in self._stuck:
                    log.warning("activity %s cannot go on: %s %s", activity, error.code, error.values)
                self._stuck.add(activity)

    def turn_common(self) -> None:
        """Contests of many communes: counts and rows go up, lists of which a row was taken back are published anew."""
        signer = self.hands.signer if self.hands else None
        common_turn.turn_all(self.database, common_wire.send, signer, beside_counts.may_tell)

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        self.stopping.set()

    def stop_on_signals(self) -> None:
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)


def rounds_of(settings: Settings, database: Database) -> Rounds:
    """What goes between this node and those above it: packets, documents, figures that became due."""
    signer, client, book = Signer(settings.signing_key), httpx.Client(), streams.book()
    figures_due = functools.partial(
        sending.turn,
        database,
        registry.measure_book(),
        streams.FIGURES,
        streams.shown_results,
        going_up.released,
    )
    documents = functools.partial(fetching.turn, database, signer, streams.DOCUMENTS, client, settings.data)
    return Rounds(
        (
            every(FIGURES_EVERY_S, figures_due),
            every(DOCUMENTS_EVERY_S, functools.partial(receiving.offer_held, database, book, signer)),
            functools.partial(courier.turn, database, signer, book, client),
            every(DOCUMENTS_EVERY_S, documents),
            every(DOCUMENTS_EVERY_S, functools.partial(units_from_above.turn, database)),
            every(TURN_EVERY_S, functools.partial(giving_packs.turn, database, signer)),
        )
    )


def tidy(session: Session, keeping: photos.Keeping = photos.PLAINLY) -> None:
    """Delete what its retention says is over. One worker at a time."""
    hold(session, "tidy")
    sign_in.forget_old_codes(session)
    limits.forget_old(session)
    at_door.forget_old(session)
    enrol.forget_old(session)
    trouble.forget_old(session)
    changes.forget_old(session)
    wall.forget_old_choices(session)
    photos.forget_unfinished(session, keeping)
    leaving.forget_unnamed_photos(session, keeping)
    leaving.forget_what_is_over(session, clock.now())
