"""One commune that tells, and the same database read as the province that is told: what goes between them, without a wire."""

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.aggregates import receiving, sending
from backend.aggregates.models import AggregateSent
from backend.aggregates.packet import Cell, Figures
from backend.aggregates.stream import never_sealed, stream
from backend.aggregates.told_before import body_in
from backend.cards.models import CardRevision
from backend.db.base import new_id
from backend.federation.frames import PacketHeader
from backend.federation.packets.stream import Arrived
from backend.federation.peers.models import Peer, PeerReach
from campaigns.registry import measure_book
from tests.cards.book import many, opened, published, write
from tests.support.world import SINCE, World

MEASURES = measure_book()
STREAM = stream(MEASURES)
NOW = datetime(2026, 11, 3, 10, tzinfo=UTC)
EPOCH = str(uuid.UUID(int=5))
AN, BINH = uuid.UUID(int=1), uuid.UUID(int=2)


def peer(session: Session, side: str, line: str = "state", unit: str = "19", name: str = "Tỉnh") -> Peer:
    """A node somebody enrolled and somebody else confirmed. A child speaks for its unit from the beginning."""
    made = Peer(
        id=new_id(), node_id=uuid.uuid4(), name=name, unit_code=unit, side=side, line=line, state="active",
        address="https://tinh.example" if side == "parent" else "", proposed_by=AN, proposed_at=NOW, confirmed_by=BINH,
        confirmed_at=NOW,
    )  # fmt: skip
    session.add(made)
    session.flush()
    if side == "child":
        session.add(PeerReach(peer_id=made.id, unit_code=unit, from_on=SINCE))
        session.flush()
    return made


def a_month(
    session: Session, world: World, entrants: Iterable[tuple[uuid.UUID, int]] | None = None
) -> CardRevision:
    """October's card of the commune, published: by default nine of forty and twelve of thirty took part."""
    for unit, people in entrants or ((world.hamlet, 9), (world.other_hamlet, 12)):
        write(session, strangers(unit, people))
    return published(session, opened(session, world))


def strangers(unit: uuid.UUID, people: int, **more: Any) -> list[Any]:
    """People nobody else met: each counts in this unit alone."""
    return [replace(deed, subject=uuid.uuid4(), key=uuid.uuid4()) for deed in many(unit, people, **more)]


def tell_all(session: Session, at: datetime = NOW) -> list[AggregateSent]:
    """What the worker would do: everything that waits. Answers what it told."""
    before = set(session.scalars(select(AggregateSent.id)))
    with clock.stopped_at(at):
        while sending.tell_next(session, MEASURES, STREAM):
            pass
    rows = session.scalars(select(AggregateSent).order_by(AggregateSent.made_at, AggregateSent.id))
    return [row for row in rows if row.id not in before]


def told(session: Session, at: datetime = NOW) -> list[Figures]:
    return [body_in(row) for row in tell_all(session, at)]


def cell(body: Figures, unit: str, element: str) -> Cell:
    codes, elements = [one.code for one in body.scope.units], [one.code for one in body.scope.elements]
    place = codes.index(unit) * len(elements) + elements.index(element)
    return body.cells[place]


def arrived(child: Peer, body: Figures, number: int = 1, epoch: str = EPOCH, at: datetime = NOW) -> Arrived:
    header = PacketHeader(
        sender=str(child.node_id), to=str(uuid.UUID(int=9)), line="state", epoch=epoch, made_at=clock.iso(at), schema="figures/1", software="0.1",
        stream=body.dataset, number=number, prev="", follows=None,
    )  # fmt: skip
    digest = uuid.uuid4().hex * 2
    return Arrived(child, header, msgspec.json.decode(msgspec.json.encode(body), type=Figures), digest, at)


def take(session: Session, one: Arrived, is_sealed: receiving.IsSealed = never_sealed) -> receiving.Outcome:
    with clock.stopped_at(one.received_at):
        return receiving.receive(session, one, MEASURES, is_sealed)
