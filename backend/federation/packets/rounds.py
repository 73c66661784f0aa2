"""The courier's rounds in a thread of their own: a parent that answers slowly must not hold up the counting."""

import logging
import threading
import time
from collections.abc import Callable, Sequence

log = logging.getLogger("lantoa.courier")

PAUSE_S = 2.0
PAUSE_AFTER_TROUBLE_S = 10.0


def every(seconds: float, turn: Callable[[], bool]) -> Callable[[], bool]:
    """The same turn, at most so often; at once again where it said that there may be more."""
    due = [0.0]

    def paced() -> bool:
        if time.monotonic() < due[0]:
            return False
        moved = turn()
        due[0] = 0.0 if moved else time.monotonic() + seconds
        return moved

    return paced


class Rounds:
    """Takes its turns again and again until stopped. A turn answers True when there may be more to do at once."""

    def __init__(self, turns: Sequence[Callable[[], bool]]) -> None:
        self.turns = turns
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, wait_s: float = 5.0) -> None:
        """What is on its way when the thread is left behind is sent again: nothing is lost by it."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(wait_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._stopping.wait(self.round())

    def round(self) -> float:
        """Every turn once, each by itself: one that fails takes nothing from the others. The seconds until the next round."""
        pause, failed = PAUSE_S, False
        for turn in self.turns:
            try:
                pause = 0.0 if turn() else pause
            except Exception:
                # Whatever it was, what waits is still waiting: say so, and try again a little later.
                log.exception("this turn failed; trying again")
                failed = True
        return PAUSE_AFTER_TROUBLE_S if failed else pause
