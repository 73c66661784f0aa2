"""What is next in a chain: plain values in, a verdict out. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.federation.frames import PacketHeader, Place

MOST_MISSING = 500
"""So many missing numbers are named at once, the first of them; when they are there the next are."""


@dataclass(frozen=True)
class Next:
    """The packet goes on where its chain stands, or begins an epoch that was never seen."""

    begins_epoch: bool


@dataclass(frozen=True)
class Gap:
    """Packets of `epoch` are missing, those with `numbers` first."""

    epoch: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Fork:
    """Another packet stands where this one, or the one it builds on, claims to stand."""


@dataclass(frozen=True)
class OldEpoch:
    """The sender began anew since: what it said before is over."""


Verdict = Next | Gap | Fork | OldEpoch


def judge(heads: Sequence[Place], header: PacketHeader) -> Verdict:
    """Whether a packet that is not known yet is the next one. `heads`: the heads of the sender's epochs in the order they
    began here; only the last still goes on."""
    if heads and heads[-1].epoch == header.epoch:
        return _within(heads[-1], header)
    if any(head.epoch == header.epoch for head in heads):
        return OldEpoch()
    return _new_epoch(heads, header)


def _within(head: Place, header: PacketHeader) -> Verdict:
    if header.number > head.number + 1:
        return _gap(header.epoch, head.number + 1, header.number - 1)
    if header.number <= head.number or header.prev != head.digest or header.follows is not None:
        return Fork()
    return Next(begins_epoch=False)


def _new_epoch(heads: Sequence[Place], header: PacketHeader) -> Verdict:
    """Nothing the sender still knows of may be skipped: its older packets first. What it has forgotten (it was restored
    from a backup) stays as it was received, and is over.

    A backup may be restored twice, and a packet of the life in between come late. Names of epochs grow with time
    (UUIDv7): one that does not go on from the last epoch known here must be younger than it.
    """
    if header.number > 1:
        return _gap(header.epoch, 1, header.number - 1)
    if header.prev:
        return Fork()
    follows, last = header.follows, heads[-1] if heads else None
    if last is None or follows is None:
        return _first(last, header)
    if follows.epoch == last.epoch:
        missing = follows.number > last.number
        return _gap(follows.epoch, last.number + 1, follows.number) if missing else Next(begins_epoch=True)
    if header.epoch < last.epoch:
        return OldEpoch()
    is_known = any(head.epoch == follows.epoch for head in heads)
    return Next(begins_epoch=True) if is_known else _gap(follows.epoch, 1, follows.number)


def _first(last: Place | None, header: PacketHeader) -> Verdict:
    """The sender knows of nothing before, or this node does not."""
    if last is not None:
        return Next(begins_epoch=True) if header.epoch > last.epoch else OldEpoch()
    if header.follows is not None:
        return _gap(header.follows.epoch, 1, header.follows.number)
    return Next(begins_epoch=True)


def _gap(epoch: str, first: int, last: int) -> Gap:
    return Gap(epoch, tuple(range(first, min(last, first + MOST_MISSING - 1) + 1)))
