"""Correcting the clocks of phones. Pure: numbers in, numbers out (all in milliseconds).

A phone may be a day off. It tells its wall clock, its monotonic clock, and the last time this node told it ('anchor').
Within one boot the monotonic clock does not lie, so anchor + elapsed is good to the length of one request.
"""

from typing import Literal, NamedTuple

Trust = Literal["high", "low"]

KEPT_MS = 90 * 86_400_000
"""A phone keeps its deeds 90 days; a time further back is a broken clock, not an old deed."""


class Reading(NamedTuple):
    wall_ms: int
    mono_ms: int
    boot_id: str


class Anchor(NamedTuple):
    server_ms: int
    mono_ms: int
    boot_id: str


def happened(deed: Reading, anchor: Anchor | None, sent: Reading, received_ms: int) -> tuple[int, Trust]:
    """When the deed happened by the node's clock, never after it was received, and how far to trust that."""
    trust: Trust = "high"
    if anchor and anchor.boot_id == deed.boot_id and deed.mono_ms >= anchor.mono_ms:
        guess = anchor.server_ms + deed.mono_ms - anchor.mono_ms
    elif sent.boot_id == deed.boot_id and sent.mono_ms >= deed.mono_ms:
        guess = received_ms - (sent.mono_ms - deed.mono_ms)
    else:
        guess, trust = received_ms - max(0, sent.wall_ms - deed.wall_ms), "low"
    if guess < received_ms - KEPT_MS:
        return received_ms, "low"
    return min(guess, received_ms), trust
