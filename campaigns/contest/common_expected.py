"""Which communes tell the level above of a round, and under which code, whatever is merged while the contest runs.

A commune fixes the unit it tells for when it launches the contest and keeps to it: its papers stay its own, also where it
becomes a part of another commune on the way. So a peer is believed for a unit for which it spoke on some day between the day
the contest was given out and the day the round closed, however late the packet comes; and each peer is expected once, for
the unit it told of.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend import clock
from backend.federation.peers.models import Peer, PeerReach
from backend.federation.peers.queries import children
from backend.units.models import Unit
from backend.units.queries import named_to_the_last
from campaigns.common_models import CommonContest
from campaigns.contest.common_above import closes_at, opens_at
from campaigns.contest.common_sum import counts


def may_tell(session: Session, row: CommonContest, round_: str, peer: uuid.UUID, unit: str) -> bool:
    """Whether the peer spoke for that unit on some day while the contest ran. Raises CommonUnknown."""
    spoken = _spoken_for(session, [peer], _days(row, round_))
    return any(one.unit_code == unit for one in spoken)


def expected(session: Session, row: CommonContest, round_: str) -> dict[str, str]:
    """Code -> name of the units that should tell: of every child on the contest's line the one it told of, otherwise the one
    it spoke for when the round opened. Raises CommonUnknown."""
    peers = children(session, row.terms["line"])
    spoken, told = _by_peer(session, row, round_, peers), _told(session, row, round_)
    opens = clock.local_day(opens_at(row, round_))
    codes = [_unit(one, spoken[one.id], told.get(one.node_id), opens) for one in peers if one.id in spoken]
    return names(session, codes)


def _days(row: CommonContest, round_: str) -> tuple[date, date]:
    """From when to when the contest ran: given out late, it still began when the round opened."""
    opens = clock.local_day(opens_at(row, round_))
    return min(clock.local_day(row.given_out_at), opens), clock.local_day(closes_at(row, round_))


def _spoken_for(
    session: Session, peers: Collection[uuid.UUID], days: tuple[date, date]
) -> Sequence[PeerReach]:
    """What they spoke for on some day of these, the newest first."""
    begins, ends = days
    query = select(PeerReach).where(
        PeerReach.peer_id.in_(peers),
        PeerReach.from_on <= ends,
        or_(PeerReach.until_on.is_(None), PeerReach.until_on > begins),
    )
    return session.scalars(query.order_by(PeerReach.from_on.desc(), PeerReach.unit_code)).all()


def _by_peer(
    session: Session, row: CommonContest, round_: str, peers: Sequence[Peer]
) -> Mapping[uuid.UUID, list[PeerReach]]:
    found: dict[uuid.UUID, list[PeerReach]] = {}
    for one in _spoken_for(session, [peer.id for peer in peers], _days(row, round_)):
        found.setdefault(one.peer_id, []).append(one)
    return found


def _told(session: Session, row: CommonContest, round_: str) -> Mapping[uuid.UUID, str]:
    """Node -> the unit it told of, the last one where it told of several."""
    rows = sorted(counts(session, row.contest, round_).values(), key=lambda one: one.told_at)
    return {one.node_id: one.unit_code for one in rows}


def _unit(peer: Peer, spoken: Sequence[PeerReach], told: str | None, opens: date) -> str:
    codes = [one.unit_code for one in spoken]
    if told in codes:
        return told
    then = [one.unit_code for one in spoken if _holds(one, opens)] or codes
    return peer.unit_code if peer.unit_code in then else then[0]


def _holds(reach: PeerReach, day: date) -> bool:
    return reach.from_on <= day and (reach.until_on is None or reach.until_on > day)


def names(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Code -> what the unit is called, or was called last; the code itself where nobody here knows it."""
    ids = dict(session.execute(select(Unit.id, Unit.code).where(Unit.code.in_(codes))).all())
    called = named_to_the_last(session, ids, clock.today())
    return {code: code for code in codes} | {ids[unit]: named.heading for unit, named in called.items()}
