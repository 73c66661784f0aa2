"""What a merged unit's figures lack: people whose deeds lie on a node that served one of the units that went into it.

Two units that merge leave two nodes with people on them; one of the two tells the new unit's figures (`documents/reach`), and it
knows its own people only. The figures are right for what they count, and whoever reads them is told what they do not.
"""

import uuid
from collections.abc import Collection, Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.federation.peers.models import ACTIVE, CHILD, SUSPENDED, Peer, PeerReach
from backend.levels.reading import About
from backend.units.lineage import lineage
from backend.units.models import Unit
from backend.units.queries import NamedUnit, named_to_the_last


def counted_elsewhere(
    session: Session, units: Iterable[NamedUnit], about: About
) -> dict[str, list[NamedUnit]]:
    """Code of a unit -> those that went into it whose node is still connected, and is another one than tells this period.

    One statement where none of the units was ever merged, else four. A node that was revoked has nobody's deeds any more.
    """
    steps = lineage(session)
    before = {unit.code: steps.history([unit.id]) - {unit.id} for unit in units}
    merged = {code: gone for code, gone in before.items() if gone}
    if not merged:
        return {}
    spoke, speaks = _spoke(session, set().union(*merged.values()), about), _speaks(session, merged, about)
    names = named_to_the_last(session, set(spoke), about.period.last)
    found = {
        code: sorted((names[unit] for unit in gone & set(spoke) if not spoke[unit] & speaks.get(code, set())), key=_code)
        for code, gone in merged.items()
    }  # fmt: skip
    return {code: units for code, units in found.items() if units}


def _code(unit: NamedUnit) -> str:
    return unit.code


def _spoke(session: Session, units: set[uuid.UUID], about: About) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Unit -> the peers that spoke for it until it ended, at the latest on the period's last day."""
    query = (
        select(Unit.id, Peer.id)
        .join(PeerReach, PeerReach.unit_code == Unit.code)
        .join(Peer, Peer.id == PeerReach.peer_id)
        .where(Unit.id.in_(units), Peer.side == CHILD, Peer.line == about.line)
        .where(Peer.state.in_((ACTIVE, SUSPENDED)), PeerReach.until_on > PeerReach.from_on)
        .where(PeerReach.until_on <= about.period.last)
    )
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    for unit, peer in session.execute(query):
        found.setdefault(unit, set()).add(peer)
    return found


def _speaks(session: Session, codes: Collection[str], about: About) -> dict[str, set[uuid.UUID]]:
    """Code of a unit -> the peers that speak for it on the period's last day."""
    day = about.period.last
    query = select(PeerReach.unit_code, PeerReach.peer_id).where(
        PeerReach.unit_code.in_(sorted(codes)), PeerReach.from_on <= day,
        or_(PeerReach.until_on.is_(None), PeerReach.until_on > day),
    )  # fmt: skip
    found: dict[str, set[uuid.UUID]] = {}
    for code, peer in session.execute(query):
        found.setdefault(code, set()).add(peer)
    return found
