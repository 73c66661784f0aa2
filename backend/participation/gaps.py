"""Numbers that never arrived although later ones did. A phone counts its deeds, so the node sees what was lost on the way."""

import uuid
from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Subquery, func, select, union
from sqlalchemy.orm import Session

from backend.participation.models import Operation, Quarantined
from backend.participation.queries import is_without_gap

Range = tuple[int, int]
"""(first, last) number missing"""

MOST = 20
"""As many holes as a phone is told at once; it hears of the others when these are filled."""


def gaps(session: Session, device: uuid.UUID, most: int = MOST) -> list[Range]:
    """The device's first holes. Without any, the usual case, it costs two short statements."""
    if is_without_gap(session, device):
        return []
    return _holes(session, [device], most).get(device, [])


def gaps_of(session: Session, subjects: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Range]]:
    """Device -> its holes, for every phone these people (random keys) used; phones without a hole are not in it."""
    return _holes(session, devices_of(session, subjects))


def gaps_at(session: Session, devices: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Range]]:
    """The same for phones one knows."""
    return _holes(session, devices) if devices else {}


def devices_of(session: Session, subjects: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Device -> who used it; where a family shares a phone, whoever used it last."""
    query = select(Operation.device_id, func.max(Operation.received_at), Operation.subject)
    rows = session.execute(
        query.where(Operation.subject.in_(subjects)).group_by(Operation.device_id, Operation.subject)
    )
    return {device: subject for device, _, subject in sorted(rows, key=lambda row: row[1])}


def _holes(
    session: Session, devices: Collection[uuid.UUID], most: int | None = None
) -> dict[uuid.UUID, list[Range]]:
    beside = _with_the_one_before(devices)
    query = select(beside.c.device, beside.c.before + 1, beside.c.seq - 1)
    rows = session.execute(
        query.where(beside.c.seq > beside.c.before + 1).order_by(beside.c.device, beside.c.seq).limit(most)
    )
    found: dict[uuid.UUID, list[Range]] = defaultdict(list)
    for device, first, last in rows:
        found[device].append((first, last))
    return dict(found)


def _with_the_one_before(devices: Collection[uuid.UUID]) -> Subquery:
    """Each number that arrived, put aside or not, beside the one before it; 0 before the first."""
    arrived = union(
        select(Operation.device_id.label("device"), Operation.device_seq.label("seq")).where(
            Operation.device_id.in_(devices)
        ),
        select(Quarantined.device_id, Quarantined.device_seq).where(
            Quarantined.device_id.in_(devices), Quarantined.device_seq.is_not(None)
        ),
    ).subquery()
    before = func.lag(arrived.c.seq, 1, 0).over(partition_by=arrived.c.device, order_by=arrived.c.seq)
    return select(arrived.c.device, arrived.c.seq, before.label("before")).subquery()
