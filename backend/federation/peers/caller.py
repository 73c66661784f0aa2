"""Who is asking at the peers' door, as the gate found out before anything of the request was read."""

import uuid
from dataclasses import dataclass

ENVIRON = "lantoa.peer"
"""Where the gate leaves it for the routes; nothing from outside can write there."""


@dataclass(frozen=True)
class Caller:
    """`epoch`: the one the peer says is its own now (signed, not yet believed to be new). `delta_ms`: how far its clock
    is ahead of ours."""

    peer_id: uuid.UUID
    node_id: uuid.UUID
    line: str
    side: str
    key_id: str
    epoch: str
    delta_ms: int
