"""What this node told of its own unit, for the people of the unit: to whom, what was kept back and why, what was answered."""

import uuid
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from backend.aggregates.models import AggregateSent
from backend.aggregates.packet import Cell, Element, Figures, ToldUnitBody
from backend.aggregates.told_before import body_in, last_told
from backend.errors import NotFound
from backend.federation.packets.models import PacketOut
from backend.federation.peers.models import Peer

MOST = 60


@dataclass(frozen=True)
class Delivery:
    """What became of the packet. `state`: waiting | received | refused | replaced (told again in a new chain); `outcome`
    and `code`: of the receipt; `received_at`: when it was answered."""

    state: str
    outcome: str | None
    code: str | None
    received_at: datetime | None


@dataclass(frozen=True)
class Telling:
    """One packet of figures this node made. `flags`: how many cells bear which one."""

    id: uuid.UUID
    peer_id: uuid.UUID
    to: str
    line: str
    body: Figures
    made_at: datetime
    packet_digest: str
    delivery: Delivery | None

    @property
    def flags(self) -> Mapping[str, int]:
        return Counter(cell.flag for cell in self.body.cells)

    @property
    def rows(self) -> list[tuple[ToldUnitBody, list[tuple[Element, Cell]]]]:
        """Unit by unit, with every figure of it."""
        elements, cells = self.body.scope.elements, self.body.cells
        width = len(elements)
        return [
            (unit, list(zip(elements, cells[at * width : (at + 1) * width], strict=True)))
            for at, unit in enumerate(self.body.scope.units)
        ]


def newest(session: Session, units: Collection[str], lines: Collection[str]) -> list[Telling]:
    """What each parent was told last of each period, the newest period first."""
    wanted = {(one.peer_id, one.source, one.turn) for one in last_told(session) if one.line in lines}
    query = (
        select(AggregateSent)
        .options(defer(AggregateSent.laid))
        .where(AggregateSent.unit_code.in_(sorted(units)), AggregateSent.line.in_(sorted(lines)))
        .order_by(
            AggregateSent.last.desc(), AggregateSent.dataset, AggregateSent.line, AggregateSent.made_at.desc()
        )
    )
    rows = [row for row in session.scalars(query) if (row.peer_id, row.source, row.turn) in wanted]
    return _tellings(session, rows[:MOST])


def one(session: Session, telling: uuid.UUID, units: Collection[str], lines: Collection[str]) -> Telling:
    """Raises NotFound, also for what is not within these units and lines."""
    row = session.get(AggregateSent, telling)
    if row is None or row.unit_code not in units or row.line not in lines:
        raise NotFound
    return _tellings(session, [row])[0]


def before(session: Session, telling: Telling) -> list[Telling]:
    """Everything that parent was told of the same sheet, the newest first."""
    row = session.get_one(AggregateSent, telling.id)
    query = (
        select(AggregateSent)
        .options(defer(AggregateSent.laid))
        .where(AggregateSent.peer_id == row.peer_id, AggregateSent.source == row.source)
        .order_by(AggregateSent.turn.desc())
    )
    return _tellings(session, list(session.scalars(query)))


def _tellings(session: Session, rows: list[AggregateSent]) -> list[Telling]:
    names = session.execute(select(Peer.id, Peer.name).where(Peer.id.in_({row.peer_id for row in rows})))
    to = {row.id: row.name for row in names}
    packets = _deliveries(session, [row.packet_digest for row in rows])
    return [
        Telling(
            row.id, row.peer_id, to.get(row.peer_id, ""), row.line, body_in(row), row.made_at, row.packet_digest,
            packets.get(row.packet_digest),
        )
        for row in rows
    ]  # fmt: skip


def _deliveries(session: Session, digests: list[str]) -> dict[str, Delivery]:
    query = select(
        PacketOut.digest, PacketOut.state, PacketOut.outcome, PacketOut.code, PacketOut.received_at
    )
    rows = session.execute(query.where(PacketOut.digest.in_(digests)))
    return {row.digest: Delivery(row.state, row.outcome, row.code, row.received_at) for row in rows}
