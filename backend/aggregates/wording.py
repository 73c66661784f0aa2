"""What a packet of figures says in words and moments, looked at before anything of it is believed."""

import functools

from backend.aggregates.packet import Figures
from backend.federation.packets.stream import PacketRefused
from backend.federation.shapes import read_moment
from backend.safeguards.impersonal import told_of
from backend.safeguards.reasons import is_reason


def moments(body: Figures) -> None:
    """Raises PacketRefused: no-such-moment."""
    told = [("/known_at", body.known_at)]
    told += [(f"/approval/{number}/at", one.at) for number, one in enumerate(body.approval)]
    for pointer, text in told:
        if read_moment(text) is None:
            raise PacketRefused("no-such-moment", pointer)


def words(body: Figures) -> None:
    """A restatement says why, and nobody is found by what is written. Raises PacketRefused: reason-missing,
    names-a-person.
    """
    if body.revision > 1 and not is_reason(body.reason):
        raise PacketRefused("reason-missing", "/reason")
    if told_of(body.reason):
        raise PacketRefused("names-a-person", "/reason")
    for number, unit in enumerate(body.scope.units):
        if _is_personal(unit.name) or _is_personal(unit.level_word):
            raise PacketRefused("names-a-person", f"/scope/units/{number}/name")


@functools.lru_cache(maxsize=65_536)
def _is_personal(words: str) -> bool:
    return told_of(words) is not None
