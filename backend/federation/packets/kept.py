"""What is kept of a packet that was judged: its bytes, the answer, and where its chain stands now."""

import uuid
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.db.base import new_id
from backend.db.statements import on_postgres
from backend.errors import N_, DomainError
from backend.federation.frames import Frame, PacketHeader
from backend.federation.packets import bounds, statements
from backend.federation.packets.models import APPLIED, LATE, PUT_ASIDE, PacketFork
from backend.federation.packets.receipts import Outcome, Receipt

NAMES_SOMEBODY = "names-a-person"
"""Such a packet is refused and its words are not kept: its digest and its receipt are."""
STATES: dict[Outcome, str] = {"taken": APPLIED, "late": LATE, "held": PUT_ASIDE, "refused": PUT_ASIDE}


class TwoAtOnce(DomainError):
    status = 503
    code = "busy"
    sentence = N_("Bản gửi này đang được nhận ở một kết nối khác. Xin thử lại sau ít giây.")

    def __init__(self) -> None:
        super().__init__(retry_after_s=2)


def packet(
    session: Session, peer_id: uuid.UUID, frame: Frame, header: PacketHeader, receipt: Receipt, via: str, now: datetime,
    new_turn: int | None,
) -> None:  # fmt: skip
    """Keep it and move its chain; `new_turn`: it begins the chain's epoch of that number. Raises TwoAtOnce."""
    raw = frame.raw if _is_kept_whole(session, peer_id, receipt) else b""
    row = {
        "peer_id": peer_id, "stream": header.stream, "epoch": header.epoch, "number": header.number, "digest": frame.digest,
        "via": via, "raw": raw, "state": STATES[receipt.body.outcome], "code": receipt.body.code or None, "received_at": now,
        "receipt": receipt.raw,
    }  # fmt: skip
    size = len(raw) + len(receipt.raw)
    head = {"turn": new_turn, "before": header.number - 1, "day": now.date(), "size": size}
    try:
        if not statements.keep(session, row | head, begins=new_turn is not None):
            raise TwoAtOnce
    except IntegrityError:  # the first packet of a stream, twice at the same moment: no head to wait at
        raise TwoAtOnce from None


def _is_kept_whole(session: Session, peer_id: uuid.UUID, receipt: Receipt) -> bool:
    if receipt.body.outcome != "refused":
        return True
    return receipt.body.code != NAMES_SOMEBODY and bounds.is_kept_whole(session, peer_id)


def fork(session: Session, peer_id: uuid.UUID, frame: Frame, header: PacketHeader, now: datetime) -> None:
    """A second packet of one number, as evidence; so many of a peer."""
    query = select(func.count()).where(PacketFork.peer_id == peer_id)
    if (session.scalar(query) or 0) >= bounds.MOST_FORKS:
        return
    row = {
        "id": new_id(), "peer_id": peer_id, "stream": header.stream, "epoch": header.epoch, "number": header.number,
        "digest": frame.digest, "raw": frame.raw, "at": now,
    }  # fmt: skip
    session.execute(statements.fork(on_postgres(session)), row)
