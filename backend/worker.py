"""The worker: folds what was recorded, numbers changes, turns activities with time, and forgets what is due.

It polls rows that wait in the database. Nothing is lost when it dies: what was not committed is still waiting.
"""

import logging
import os
import signal
import threading
import time
from types import FrameType

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from backend import clock, figures
from backend.db.engine import Database
from backend.participation import changes
from backend.participation.measures import MeasureBook
from backend.people import sign_in
from backend.safeguards import limits
from campaigns import leaving, lifecycle

log = logging.getLogger("lantoa.worker")

PAUSE_S = 0.3
TURN_EVERY_S = 5
EMPTY_LOG_EVERY_S = 20
TIDY_EVERY_S = 3600


class Worker:
    """One worker process. Any number may run: leases keep each job single."""

    def __init__(self, database: Database, book: MeasureBook) -> None:
        self.database = database
        self.book = book
        self.stopping = threading.Event()
        self._turned = self._tidied = self._emptied = 0.0

    def run(self) -> None:
        """Work until told to stop, or until the process that started this one is gone."""
        parent = os.getppid()
        while not self.stopping.is_set() and os.getppid() == parent:
            try:
                busy = self.step()
            except OperationalError:
                log.warning("the database is away; trying again", exc_info=True)
                busy = False
            if not busy:
                self.stopping.wait(PAUSE_S)

    def step(self) -> bool:
        """One round; True when there was something to fold, so more may wait."""
        with self.database.transaction(writes=False) as session:
            waiting = figures.is_anything_waiting(session)
        if waiting:
            with self.database.transaction() as session:
                figures.fold_batch(session, self.book)
                changes.number_new(session)
        self._now_and_then()
        return waiting

    def _now_and_then(self) -> None:
        now = time.monotonic()
        if now - self._turned > TURN_EVERY_S:
            self._turned = now
            with self.database.transaction() as session:
                lifecycle.turn(session, clock.now())
        if now - self._emptied > EMPTY_LOG_EVERY_S:
            self._emptied = now
            self.database.empty_log()
        if now - self._tidied > TIDY_EVERY_S:
            self._tidied = now
            with self.database.transaction() as session:
                tidy(session)

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        self.stopping.set()

    def stop_on_signals(self) -> None:
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)


def tidy(session: Session) -> None:
    """Delete what its retention says is over."""
    sign_in.forget_old_codes(session)
    limits.forget_old(session)
    changes.forget_old(session)
    leaving.forget_what_is_over(session, clock.now())
