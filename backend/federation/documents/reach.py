"""After a reorganisation at the level above: which peer speaks for which unit from that day on."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from backend.federation.peers.models import CHILD, PARENT, Peer, PeerReach


def follow(session: Session, closed: Sequence[str], served: Mapping[str, str], on: date) -> None:
    """Nobody speaks for a unit that ended for days from `on` on; what is told of earlier days is still taken.

    `served`: a unit that begins (or goes on, larger) -> the unit whose node serves it from then on.
    """
    open_now = or_(PeerReach.until_on.is_(None), PeerReach.until_on > on)
    rows = session.execute(
        select(PeerReach, Peer)
        .join(Peer, Peer.id == PeerReach.peer_id)
        .where(Peer.side == CHILD, PeerReach.unit_code.in_([*closed, *served.values()]), open_now)
    ).all()
    for reach, peer in rows:
        for unit, by_node_of in served.items():
            if reach.unit_code == by_node_of:
                session.merge(PeerReach(peer_id=peer.id, unit_code=unit, from_on=max(on, reach.from_on)))
                peer.unit_code = unit
    for reach, _ in rows:
        if reach.unit_code in closed:
            reach.until_on = max(on, reach.from_on)
    for (
        unit,
        by_node_of,
    ) in served.items():  # the level above may go on under another code: its documents say that one
        above = update(Peer).where(Peer.side == PARENT, Peer.unit_code == by_node_of)
        session.execute(above.values(unit_code=unit))
    session.flush()  # the next packet is asked for whom it speaks
