"""The contest's streams and documents between nodes, as `backend.streams` lists them."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.statements import insert_into
from backend.errors import N_
from backend.federation.documents import giving
from backend.federation.documents.kinds import DocumentKind, Given, Made
from backend.federation.documents.models import Document
from backend.federation.packets import outbox
from backend.federation.packets.stream import EVERY_LINE, Arrived, PacketRefused, Stream
from backend.federation.peers.queries import parents
from backend.safeguards.audit import Actor
from backend.safeguards.signing import Signer
from campaigns import common_shapes as shapes
from campaigns.common_models import CommonContest, CommonFinal, CommonList, CommonTotal
from campaigns.contest import common_above as above
from campaigns.contest import common_expected
from campaigns.contest.common_list import as_document
from campaigns.contest.common_taking import Came, take_counts, take_rows
from campaigns.contest.errors import NotWhatItSays, Refused

# --- up ---------------------------------------------------------------------------------------------------------------


def receive_counts(session: Session, arrived: Arrived) -> None:
    """Raises PacketRefused."""
    _take(session, arrived, take_counts)


def receive_rows(session: Session, arrived: Arrived) -> None:
    """Raises PacketRefused."""
    _take(session, arrived, take_rows)


def _take(session: Session, arrived: Arrived, room: Callable[[Session, Any, Came], None]) -> None:
    """By what was fixed when the contest was given out, not by the day on which the packet comes: a link may be cut, and two
    communes become one meanwhile."""
    held, body = session.get(CommonContest, arrived.body.contest), arrived.body
    if held is None:
        raise PacketRefused("unknown-contest", "/contest")
    if held.terms["line"] != arrived.peer.line:
        raise PacketRefused("other-line", "/contest")
    if all(one["code"] != body.round for one in held.rounds):
        raise PacketRefused("unknown-round", "/round")
    if not common_expected.may_tell(session, held, body.round, arrived.peer.id, body.unit):
        raise PacketRefused("not-yours", "/unit")
    try:
        room(session, body, Came(arrived.peer.node_id, arrived.digest, arrived.received_at))
    except Refused as refused:
        raise PacketRefused(refused.code, refused.pointer) from None


COUNTS = Stream(
    name="contest-counts",
    schema=shapes.SCHEMA_COUNTS,
    body=shapes.ContestCounts,
    lines=EVERY_LINE,
    receive=receive_counts,
    direction="up",
)
ROWS = Stream(
    name="contest-rows",
    schema=shapes.SCHEMA_ROWS,
    body=shapes.ContestRows,
    lines=EVERY_LINE,
    receive=receive_rows,
    direction="up",
)
STREAMS = (COUNTS, ROWS)
OF_BODY = {stream.body: stream for stream in STREAMS}


def send(session: Session, line: str, contest: str, body: msgspec.Struct) -> int:
    """Hand it to every level above of that line; answers how many there are. The part of the stream is the contest."""
    peers = parents(session, line=line)
    for peer in peers:
        outbox.put(session, peer, OF_BODY[type(body)], contest, body, subject=f"{contest}/{body.round}")  # type: ignore[attr-defined]
    return len(peers)


# --- down -------------------------------------------------------------------------------------------------------------


def apply_total(session: Session, given: Given) -> Iterable[Made]:
    """Keep the count of all communes; rounds that wait for it are settled by the next turn. Whether it is believed is asked
    when it is read (`common_heard`). Raises NotWhatItSays."""
    _keep(session, given, CommonTotal)
    return (Made("common_total", f"{given.part}/{given.body.number}"),)


def apply_final(session: Session, given: Given) -> Iterable[Made]:
    """Keep the final list, and none that it follows: a row taken back is in none of them. Raises NotWhatItSays."""
    _keep(session, given, CommonList)
    _drop_followed(session, given)
    return (Made("common_list", f"{given.part}/{given.body.number}"),)


def _keep(session: Session, given: Given, table: type[CommonTotal] | type[CommonList]) -> None:
    body: shapes.ContestTotal | shapes.ContestFinal = given.body
    if given.part != part_of(body):
        raise NotWhatItSays
    values = {
        "contest": body.contest, "round": body.round, "number": body.number, "said": msgspec.to_builtins(body),
        "document": given.digest, "arrived_at": clock.now(),
    }  # fmt: skip
    session.execute(insert_into(session, table).values(values).on_conflict_do_nothing())


def _drop_followed(session: Session, given: Given) -> None:
    """Lists of the same giver that came before: in an earlier life of it, or under a lower number in this one."""
    this = session.get_one(Document, given.digest)
    before = or_(
        Document.epoch < this.epoch, (Document.epoch == this.epoch) & (Document.number < this.number)
    )
    older = select(Document.digest).where(
        Document.issuer == this.issuer, Document.line == this.line, Document.series == this.series, before
    )
    session.execute(
        delete(CommonList).where(CommonList.document.in_(older)).execution_options(synchronize_session=False)
    )


def give_total(session: Session, signer: Signer, body: shapes.ContestTotal, by: Actor) -> None:
    """Send the count of all communes down to everybody of the contest's line. Raises what giving out raises."""
    _give(session, signer, TOTAL, body, by, N_("Số người trả lời đúng hết của tất cả các xã"))


def give_final(session: Session, signer: Signer, found: CommonFinal, by: Actor) -> None:
    """Send the final list down, as it was published. Raises what giving out raises."""
    _give(session, signer, FINAL, as_document(found), by, N_("Danh sách chung kết của tất cả các xã"))


def _give(
    session: Session,
    signer: Signer,
    kind: DocumentKind,
    body: shapes.ContestTotal | shapes.ContestFinal,
    by: Actor,
    title: str,
) -> None:
    line = above.contest(session, body.contest).terms["line"]
    giving.give(session, signer, kind, part_of(body), body, units=(), line=line, by=by, title=title)


def part_of(body: shapes.ContestTotal | shapes.ContestFinal) -> str:
    """'tim-hieu.dot-1': no code of a contest or a round has a dot in it."""
    return f"{body.contest}.{body.round}"


TOTAL = DocumentKind(
    name="contest-total",
    schema=shapes.SCHEMA_TOTAL,
    body=shapes.ContestTotal,
    title=N_("Số người trả lời đúng hết của tất cả các xã"),
    apply=apply_total,
)
FINAL = DocumentKind(
    name="contest-final",
    schema=shapes.SCHEMA_FINAL,
    body=shapes.ContestFinal,
    title=N_("Danh sách chung kết của tất cả các xã"),
    apply=apply_final,
)
DOCUMENTS = (TOTAL, FINAL)
