"""How much one peer may ask of this process: a fault in its courier must not keep the others from being heard."""

import threading
import time
import uuid

from backend.federation.messages import MessageRefused

A_MINUTE = 60.0
MOST_A_MINUTE = 3000
"""Fifty a second: a commune that sends years again stays below; a loop gone wild does not."""


class Rate:
    """Counts in windows of a minute, in memory: as many entries as peers that asked within it."""

    def __init__(self, most: int = MOST_A_MINUTE) -> None:
        self._most, self._window = most, 0
        self._asked: dict[uuid.UUID, int] = {}
        self._lock = threading.Lock()

    def count(self, peer_id: uuid.UUID) -> None:
        """Raises MessageRefused: rate-limited, with the seconds to wait."""
        now = time.monotonic()
        with self._lock:
            if int(now // A_MINUTE) != self._window:
                self._window, self._asked = int(now // A_MINUTE), {}
            self._asked[peer_id] = asked = self._asked.get(peer_id, 0) + 1
        if asked > self._most:
            raise MessageRefused("rate-limited", 429, retry_after_s=int(A_MINUTE - now % A_MINUTE) + 1)
