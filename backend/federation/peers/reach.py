"""For which units a peer speaks, from which day to which: reorganisations end one reach and begin another."""

import uuid
from datetime import date

from sqlalchemy import case, or_, select, update
from sqlalchemy.orm import Session

from backend.db.statements import insert_into
from backend.federation.peers.models import ACTIVE, CHILD, SUSPENDED, Peer, PeerReach
from backend.units.lineage import with_history
from backend.units.models import Unit

ALWAYS = date(2000, 1, 1)
"""From when on a peer speaks for a unit whose own beginning is not known here."""


def speak(session: Session, peer_id: uuid.UUID, unit_code: str, from_on: date) -> None:
    """From that day on the peer speaks for the unit and all below it. Saying it twice is harmless."""
    row = {"peer_id": peer_id, "unit_code": unit_code, "from_on": from_on}
    session.execute(insert_into(session, PeerReach).values(**row).on_conflict_do_nothing())


def end(session: Session, peer_id: uuid.UUID, unit_code: str, until_on: date) -> None:
    """From that day on it does not; for the days before it still does, so that packets on their way are taken."""
    session.execute(
        update(PeerReach)
        .where(
            PeerReach.peer_id == peer_id,
            PeerReach.unit_code == unit_code,
            PeerReach.from_on <= until_on,
            or_(PeerReach.until_on.is_(None), PeerReach.until_on > until_on),
        )
        .values(until_on=until_on)
    )


def end_of_unit(session: Session, unit_code: str, until_on: date) -> list[uuid.UUID]:
    """The unit is no more: whoever spoke for it speaks for the days before only. Answers whose reach that was."""
    query = select(PeerReach.peer_id).join(Peer, Peer.id == PeerReach.peer_id)
    found = list(
        session.scalars(
            query.where(PeerReach.unit_code == unit_code, Peer.side == CHILD, Peer.state == ACTIVE)
        )
    )
    for peer_id in found:
        end(session, peer_id, unit_code, until_on)
    return found


def end_all(session: Session, peer_id: uuid.UUID, until_on: date) -> None:
    """From that day on the peer speaks for nothing."""
    first = case((PeerReach.from_on > until_on, PeerReach.from_on), else_=until_on)
    open_then = or_(PeerReach.until_on.is_(None), PeerReach.until_on > until_on)
    session.execute(update(PeerReach).where(PeerReach.peer_id == peer_id, open_then).values(until_on=first))


def begin(session: Session, peer: Peer) -> None:
    """The peer was taken in for its unit: it speaks for that as long as there is such a unit. What it spoke for when it was
    taken in before, by mistake or as another office, it does not, not even of past days; what went into its unit it does."""
    history = with_history(session, session.scalars(select(Unit.id).where(Unit.code == peer.unit_code)).all())
    kept = select(Unit.code).where(Unit.id.in_(history))
    gone = update(PeerReach).where(PeerReach.peer_id == peer.id, PeerReach.unit_code.not_in(kept))
    session.execute(gone.values(until_on=PeerReach.from_on))
    first, last = _days(session, peer.unit_code)
    row = {"peer_id": peer.id, "unit_code": peer.unit_code, "from_on": first, "until_on": last}
    made = insert_into(session, PeerReach).values(**row)
    keys = ["peer_id", "unit_code", "from_on"]
    session.execute(made.on_conflict_do_update(index_elements=keys, set_={"until_on": last}))


def who_speaks(session: Session, unit_code: str, line: str, on: date) -> list[Peer]:
    """The children, also those held off for a while, that speak for the unit on that day or will. The unit's row is locked: whoever
    else asks waits until this transaction has ended."""
    session.execute(select(Unit.id).where(Unit.code == unit_code).with_for_update())
    query = select(Peer).join(PeerReach, PeerReach.peer_id == Peer.id)
    query = query.where(Peer.side == CHILD, Peer.line == line, Peer.state.in_((ACTIVE, SUSPENDED)))
    query = query.where(
        PeerReach.unit_code == unit_code, or_(PeerReach.until_on.is_(None), PeerReach.until_on > on)
    )
    return list(session.scalars(query.order_by(Peer.id)))


def _days(session: Session, unit_code: str) -> tuple[date, date | None]:
    row = session.execute(select(Unit.valid_from, Unit.valid_to).where(Unit.code == unit_code)).first()
    return (row.valid_from, row.valid_to) if row else (ALWAYS, None)
