"""What waits for a peer, ready to be handed over: fetched by a child, or written into a file for whoever carries it."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.node import this_node
from backend.federation.packets import outbox, settling
from backend.federation.packets.models import WAITING, PacketIn, PacketOut, StreamOut
from backend.federation.packets.receipts import Writer
from backend.federation.packets.stream import KEYS
from backend.federation.peers.models import Peer
from backend.safeguards.signing import Signer

MOST = 100
MOST_BYTES = 4 << 20


def packets(
    session: Session, peer: Peer, signer: Signer, *, most: int = MOST, now_due: bool = True
) -> list[bytes]:
    """The frames that wait for this peer, each stream in its order, keys before all others: at most so many and about 4 MiB
    at once.

    `now_due`: without the streams it has lately not taken; a file takes all.
    """
    _enter_epochs(session, peer)
    settling.ask_about_held(session, peer.id)
    query = (
        select(PacketOut)
        .join(StreamOut, (StreamOut.peer_id == PacketOut.peer_id) & (StreamOut.stream == PacketOut.stream))
        .where(PacketOut.peer_id == peer.id, PacketOut.state == WAITING)
        .order_by(PacketOut.stream != KEYS, PacketOut.stream, PacketOut.position)
    )
    if now_due:
        query = query.where(or_(StreamOut.next_try_at.is_(None), StreamOut.next_try_at <= clock.now()))
    found, size = [], 0
    for packet in session.scalars(query.limit(most)):
        settling.free_of_old_key(session, packet, signer)
        found.append(outbox.sign(packet, signer))
        size += len(found[-1])
        if size > MOST_BYTES:
            break
    return found


def _enter_epochs(session: Session, peer: Peer) -> None:
    epoch = str(this_node(session).epoch)
    query = select(StreamOut.stream).where(
        StreamOut.peer_id == peer.id, StreamOut.trouble.in_(outbox.DISPLACED), StreamOut.epoch != epoch
    )
    for stream in session.scalars(query).all():
        outbox.enter_epoch(session, peer, stream)


def receipts(session: Session, peer: Peer, signer: Signer, *, again: bool = False) -> list[bytes]:
    """Receipts of the peer's packets that came in a file and were not given back yet (`again`: those too)."""
    query = select(PacketIn).where(PacketIn.peer_id == peer.id, PacketIn.via == "file")
    if not again:
        query = query.where(PacketIn.returned_at.is_(None))
    rows = session.scalars(query.order_by(PacketIn.received_at, PacketIn.stream, PacketIn.number)).all()
    for row in rows:
        row.returned_at = row.returned_at or clock.now()
    node = this_node(session)
    writer = Writer(str(node.id), str(node.epoch), signer, str(peer.node_id), peer.line)  # type: ignore[arg-type]
    return [writer.again(row.receipt).raw for row in rows]
