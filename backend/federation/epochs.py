"""Which epochs are believed. Whose epoch is the newest goes before all others for ever: one from the end of time, written with a
stolen key, would close the link for its owner. So none counts that names a day which has not come.
"""

import uuid
from datetime import timedelta

from backend import clock
from backend.db.node import epoch_ms

AHEAD = timedelta(days=1)
"""So far a peer's clock may have been ahead when its epoch began. Whoever stole a key is a day ahead at most."""


def is_believed(epoch: str) -> bool:
    """Whether a peer may have begun this epoch: a UUIDv7 of a moment that is past, or nearly."""
    try:
        begun = epoch_ms(uuid.UUID(epoch))
    except ValueError:
        return False
    return begun is not None and begun <= clock.milliseconds(clock.now() + AHEAD)
