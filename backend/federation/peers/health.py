"""How the links stand: what an operator sees first when something does not arrive."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend import clock
from backend.federation.messages import WINDOW_S
from backend.federation.packets.models import WAITING, PacketFork, PacketIn, PacketOut, StreamIn, StreamOut
from backend.federation.peers import queries, trouble
from backend.federation.peers.models import ACTIVE, Peer, PeerKey, PeerReach, PeerTrouble
from backend.federation.peers.trouble import Refused

QUIET = timedelta(days=14)
"""A monthly figure, a weekly comparison of heads: who says nothing for so long is asked about."""
OLD_KEY = timedelta(days=730)


@dataclass(frozen=True)
class Stuck:
    """A stream to a peer that it does not take. `code`: its word for why."""

    stream: str
    code: str


@dataclass(frozen=True)
class Missing:
    """Packets of a peer that have not come, though a later one has."""

    stream: str
    first: int
    last: int


@dataclass(frozen=True)
class Forked:
    """A number of a peer's stream under which two different packets came, and the stream has not begun anew since."""

    stream: str
    number: int


@dataclass(frozen=True)
class Health:
    """One peer. `last_packet_at`: taken in from it; `waiting`, `waiting_since`: what lies here for it; `stuck`: streams it
    does not take; `missing`, `forked`: of what comes from it; `refused`: of the last week; `key_age`: of the open key."""

    peer: Peer
    reaches: list[PeerReach]
    key: PeerKey | None
    has_waiting_key: bool
    last_packet_at: datetime | None = None
    waiting: int = 0
    waiting_since: datetime | None = None
    stuck: list[Stuck] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    forked: list[Forked] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    @property
    def key_age(self) -> timedelta | None:
        return clock.now() - self.key.from_at if self.key else None

    @property
    def lag(self) -> timedelta | None:
        """How long the oldest packet for it has been waiting here."""
        return clock.now() - self.waiting_since if self.waiting_since else None

    @property
    def is_clock_off(self) -> bool:
        """Near the limit beyond which its messages are refused."""
        return abs(self.peer.clock_delta_ms or 0) > WINDOW_S * 500

    @property
    def is_quiet(self) -> bool:
        """An active peer nobody has heard for long."""
        heard = max(
            filter(None, (self.peer.last_seen_at, self.last_packet_at, self.peer.confirmed_at)), default=None
        )
        return self.peer.state == ACTIVE and heard is not None and clock.now() - heard > QUIET

    @property
    def is_key_old(self) -> bool:
        return self.key_age is not None and self.key_age > OLD_KEY


def health(session: Session, peers: Iterable[Peer] | None = None) -> list[Health]:
    """Every peer, or these. Ten statements, however many there are."""
    listed = list(queries.all_peers(session) if peers is None else peers)
    ids = [peer.id for peer in listed]
    keys = _by_peer(session.scalars(select(PeerKey).where(PeerKey.peer_id.in_(ids))))
    reaches = _by_peer(
        session.scalars(select(PeerReach).where(PeerReach.peer_id.in_(ids)).order_by(PeerReach.from_on))
    )
    arrived, waits = _arrived(session, ids), _waiting(session, ids)
    stuck, refused, heads = _stuck(session, ids), _by_peer(trouble.lately(session)), _heads(session, ids)
    missing, forked = _missing(session, ids, heads), _forked(session, ids, heads)
    return [
        Health(
            peer=peer,
            reaches=reaches.get(peer.id, []),
            key=next((key for key in keys.get(peer.id, []) if _is_open(key)), None),
            has_waiting_key=any(key.confirmed_at is None for key in keys.get(peer.id, [])),
            last_packet_at=arrived.get(peer.id),
            waiting=waits.get(peer.id, (0, None))[0],
            waiting_since=waits.get(peer.id, (0, None))[1],
            stuck=stuck.get(peer.id, []),
            missing=missing.get(peer.id, []),
            forked=forked.get(peer.id, []),
            refused=refused.get(peer.id, []),
        )
        for peer in listed
    ]


def strangers(session: Session) -> list[Refused]:
    """What was refused of the last week from nobody known."""
    return [one for one in trouble.lately(session) if one.peer_id is None]


def _is_open(key: PeerKey) -> bool:
    return key.confirmed_at is not None and key.until_at is None and key.withdrawn_from is None


def _by_peer(rows: Iterable[object]) -> dict[uuid.UUID, list]:  # type: ignore[type-arg]
    found: dict[uuid.UUID, list] = {}  # type: ignore[type-arg]
    for row in rows:
        found.setdefault(row.peer_id, []).append(row)  # type: ignore[attr-defined]
    return found


def _arrived(session: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    query = select(PacketIn.peer_id, func.max(PacketIn.received_at)).where(PacketIn.peer_id.in_(ids))
    return dict(session.execute(query.group_by(PacketIn.peer_id)).all())


def _waiting(session: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[int, datetime | None]]:
    query = select(PacketOut.peer_id, func.count(), func.min(PacketOut.made_at))
    query = query.where(PacketOut.peer_id.in_(ids), PacketOut.state == WAITING).group_by(PacketOut.peer_id)
    return {peer: (count, since) for peer, count, since in session.execute(query)}


def _stuck(session: Session, ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Stuck]]:
    query = select(StreamOut.peer_id, StreamOut.stream, StreamOut.trouble)
    query = query.where(StreamOut.peer_id.in_(ids), StreamOut.trouble.is_not(None)).order_by(StreamOut.stream)
    found: dict[uuid.UUID, list[Stuck]] = {}
    for peer, stream, why in session.execute(query):
        found.setdefault(peer, []).append(Stuck(stream, why or ""))
    return found


Heads = dict[tuple[uuid.UUID, str], tuple[str, int]]
"""(peer, stream) -> its last epoch, and how far that has come."""


def _heads(session: Session, ids: list[uuid.UUID]) -> Heads:
    query = select(StreamIn.peer_id, StreamIn.stream, StreamIn.epoch, StreamIn.number)
    rows = session.execute(query.where(StreamIn.peer_id.in_(ids)).order_by(StreamIn.turn))
    return {(peer, stream): (epoch, number) for peer, stream, epoch, number in rows}


def _missing(session: Session, ids: list[uuid.UUID], heads: Heads) -> dict[uuid.UUID, list[Missing]]:
    """A packet beyond the next one was refused lately, and what lies before it is still not there."""
    query = select(PeerTrouble.peer_id, PeerTrouble.what).where(
        PeerTrouble.peer_id.in_(ids), PeerTrouble.code == "gap", PeerTrouble.last_at > clock.now() - QUIET
    )
    furthest: dict[tuple[uuid.UUID, str], int] = {}
    for peer, what in session.execute(query):
        stream, _, told = what.rpartition(" ")
        if peer and stream and told.isdecimal():
            furthest[peer, stream] = max(int(told), furthest.get((peer, stream), 0))
    found: dict[uuid.UUID, list[Missing]] = {}
    for (peer, stream), number in sorted(furthest.items(), key=lambda one: one[0][1]):
        first = heads.get((peer, stream), ("", 0))[1] + 1
        if first < number:
            found.setdefault(peer, []).append(Missing(stream, first, number - 1))
    return found


def _forked(session: Session, ids: list[uuid.UUID], heads: Heads) -> dict[uuid.UUID, list[Forked]]:
    query = select(PacketFork.peer_id, PacketFork.stream, PacketFork.epoch, PacketFork.number).distinct()
    query = query.where(PacketFork.peer_id.in_(ids)).order_by(PacketFork.stream, PacketFork.number)
    found: dict[uuid.UUID, list[Forked]] = {}
    for peer, stream, epoch, number in session.execute(query):
        if heads.get((peer, stream), ("", 0))[0] == epoch:
            found.setdefault(peer, []).append(Forked(stream, number))
    return found


def line_of(row: Health) -> str:
    """One peer in one line, for the command line."""
    peer, seen = row.peer, row.peer.last_seen_at
    told = [
        f"{peer.side} {peer.unit_code} {peer.line} {peer.state} {peer.name}",
        f"seen {seen:%Y-%m-%d %H:%M} UTC" if seen else "never seen",
        f"clock {(peer.clock_delta_ms or 0) / 1000:+.0f} s" if peer.clock_delta_ms is not None else "",
        f"{row.waiting} waiting" if row.waiting else "",
        f"key {row.key.key_id}" if row.key else "no key",
        "a key waits for the second person" if row.has_waiting_key else "",
        *(f"{one.stream}: {one.code}" for one in row.stuck),
        *(f"missing {one.stream} {one.first}-{one.last}" for one in row.missing),
        *(f"two packets are {one.stream} {one.number}" for one in row.forked),
        *(f"refused {one.count} x {one.code}" for one in row.refused),
    ]
    return "; ".join(filter(None, told))
