"""Proposals on their way up between nodes, and what is said of them on the way down."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.base import new_id
from backend.db.statements import insert_into
from backend.federation.packets import outbox
from backend.federation.packets.stream import EVERY_LINE, Arrived, PacketRefused, Stream
from backend.federation.peers import queries as peers
from backend.federation.peers.models import ACTIVE, Peer
from backend.reports.proposals_packet import HandedOn, ProposalDown, ProposalUp
from backend.reports.proposals_words import TOPICS
from backend.reports.upward_filing import day, moment
from backend.reports.upward_models import Proposal, ProposalMove
from backend.reports.upward_places import unit_of


def receive(session: Session, arrived: Arrived) -> None:
    """Raises PacketRefused: other-line, beyond-reach, unknown-unit, unknown-topic, other-ref, ref-taken, malformed-value,
    no-such-moment. The same again is no news."""
    said: ProposalUp = arrived.body
    _check(session, arrived, said)
    row = {
        "id": new_id(), "ref": said.ref, "unit_code": said.unit, "holder_code": said.holder, "line": said.line,
        "sort": said.sort, "topic": said.topic, "title": said.title, "words": said.words, "due": day(said.due, "/due"),
        "state": "open", "from_peer_id": arrived.peer.id, "to_peer_id": None,
        "raised_at": moment(said.raised_at, "/raised_at"),
    }  # fmt: skip
    made = insert_into(session, Proposal).values(row).on_conflict_do_nothing(index_elements=["ref"])
    if session.execute(made.returning(Proposal.id)).first() is None:
        return _require_same(session, arrived, said)
    found = _of_ref(session, said.ref)
    assert found is not None  # noqa: S101 - just written
    for at, one in enumerate(said.handed_on):
        due, when = day(one.due, f"/handed_on/{at}/due"), moment(one.at, f"/handed_on/{at}/at")
        keep_move(session, found, "escalated", one.unit, one.words, due, when)


def _check(session: Session, arrived: Arrived, said: ProposalUp) -> None:
    if said.line != arrived.peer.line:
        raise PacketRefused("other-line", "/line")
    if said.topic not in TOPICS:
        raise PacketRefused("unknown-topic", "/topic")
    if not said.ref.startswith(f"{said.unit}/"):
        raise PacketRefused("other-ref", "/ref")
    spoken = {said.unit, *(one.unit for one in said.handed_on)}
    today = clock.local_day(arrived.received_at)
    if peers.beyond_reach(session, arrived.peer.id, spoken, today):
        raise PacketRefused("beyond-reach", "/unit")
    if unit_of(session, said.holder) is None:
        raise PacketRefused("unknown-unit", "/holder")


def _require_same(session: Session, arrived: Arrived, said: ProposalUp) -> None:
    known = _of_ref(session, said.ref)
    if known is None or known.from_peer_id != arrived.peer.id or known.words != said.words:
        raise PacketRefused("ref-taken", "/ref")


def receive_answer(session: Session, arrived: Arrived) -> None:
    """What a unit above did with it; told on to where it came from. Raises PacketRefused: not-ours, malformed-value, no-such-moment."""
    said: ProposalDown = arrived.body
    row = _of_ref(session, said.ref)
    if row is None or row.to_peer_id != arrived.peer.id:
        raise PacketRefused("not-ours", "/ref")
    due = day(said.due, "/due") if said.due else None
    if not keep_move(session, row, said.deed, said.unit, said.words, due, moment(said.at, "/at")):
        return
    if said.deed == "answered":
        row.state = "answered"
    else:
        row.holder_code, row.due = said.holder or row.holder_code, due or row.due
    tell_down(session, row, said)


STREAM = Stream("proposals", "proposals/1", ProposalUp, EVERY_LINE, receive, "up")
ANSWERS = Stream("proposal-answers", "proposal-answers/1", ProposalDown, EVERY_LINE, receive_answer, "down")


def tell_up(session: Session, row: Proposal, peer: Peer) -> None:
    """Raises NamesSomebody."""
    moves = select(ProposalMove).where(ProposalMove.proposal_id == row.id, ProposalMove.deed == "escalated")
    handed = [
        HandedOn(one.unit_code, one.words, (one.due or row.due).isoformat(), clock.iso(one.at))
        for one in session.scalars(moves.order_by(ProposalMove.at, ProposalMove.id))
    ]
    body = ProposalUp(
        ref=row.ref, unit=row.unit_code, holder=row.holder_code, line=row.line, sort=row.sort, topic=row.topic,  # type: ignore[arg-type]
        title=row.title, words=row.words, due=row.due.isoformat(), raised_at=clock.iso(row.raised_at), handed_on=handed,
    )  # fmt: skip
    outbox.put(session, peer, STREAM, "", body, row.ref)


def tell_down(session: Session, row: Proposal, said: ProposalDown) -> None:
    """To the node it came from; nothing for what was written here. Raises NamesSomebody."""
    peer = session.get(Peer, row.from_peer_id) if row.from_peer_id else None
    if peer is not None and peer.state == ACTIVE:
        outbox.put(session, peer, ANSWERS, "", said, row.ref)


def keep_move(
    session: Session, row: Proposal, deed: str, unit: str, words: str, due: date | None, at: datetime, person: object = None
) -> bool:  # fmt: skip
    """Whether it is news."""
    told = {
        "id": new_id(), "proposal_id": row.id, "deed": deed, "unit_code": unit, "words": words, "due": due,
        "person_id": person, "at": at,
    }  # fmt: skip
    made = insert_into(session, ProposalMove).values(told).on_conflict_do_nothing()
    return session.execute(made.returning(ProposalMove.id)).first() is not None


def _of_ref(session: Session, ref: str) -> Proposal | None:
    return session.scalars(select(Proposal).where(Proposal.ref == ref)).first()
