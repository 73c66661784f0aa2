"""Difficulties, proposals and questions of a unit's office to the level above: written by topic, without any person; answered
there or handed on, and both ends see what became of it. An answer that does not come in time stands on the first page.
"""

import base64
import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.node import this_node
from backend.federation.peers.models import Peer
from backend.people.models import RoleGrant
from backend.reports import proposals_wire
from backend.reports.errors import (
    NobodyAbove,
    ProposalIncomplete,
    ProposalNamesSomebody,
    ProposalNotOpen,
    ProposalTermWrong,
    ProposalUnknown,
)
from backend.reports.proposals_packet import ProposalDown
from backend.reports.proposals_queries import codes_of, is_mine
from backend.reports.proposals_wire import ANSWERS, STREAM, keep_move
from backend.reports.proposals_words import SORTS, TOPICS
from backend.reports.upward_models import LONG, TITLE, Proposal
from backend.reports.upward_places import served_above
from backend.safeguards.audit import Actor, note
from backend.safeguards.impersonal import told_of
from backend.safeguards.reasons import is_reason
from backend.units.models import Unit, UnitLink
from backend.units.offices import Post
from backend.units.trees import holds_on, subtree

__all__ = ["ANSWERS", "STREAM", "Written", "answer", "escalate", "raise_it"]

TERM_DAYS, MOST_DAYS = 15, 366
"""No rule names a term: so many days are offered, and the office changes them."""
LEAST_TITLE = 5


@dataclass(frozen=True)
class Written:
    """What an office filled in."""

    sort: str
    topic: str
    title: str
    words: str
    due: date


def raise_it(session: Session, unit: uuid.UUID, line: str, told: Written, by: Actor) -> Proposal:
    """Ask the unit above. Raises ProposalIncomplete, ProposalTermWrong, ProposalNamesSomebody, NobodyAbove."""
    _require_whole(told)
    own = session.get_one(Unit, unit)
    above, peer = _above(session, own, line)
    now = clock.now()
    row = Proposal(
        ref=_ref(own.code, now.year), unit_code=own.code, holder_code=above.code, line=line, sort=told.sort,
        topic=told.topic, title=told.title[:TITLE], words=told.words[:LONG], due=told.due, state="open",
        to_peer_id=peer.id if peer else None, raised_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()  # its first move names it
    keep_move(session, row, "raised", own.code, "", told.due, now, by.id)
    if peer:
        proposals_wire.tell_up(session, row, peer)
    note(session, by, "proposal.raise", "proposal", row.id, unit=unit, reason=row.ref)
    return row


def answer(session: Session, proposal: uuid.UUID, posts: Collection[Post], words: str, by: Actor) -> Proposal:
    """The holder's answer, which goes down to whoever asked. Raises ProposalUnknown, ProposalNotOpen, ProposalIncomplete,
    ProposalNamesSomebody."""
    row, unit = _held(session, proposal, posts)
    words = words.strip()[:LONG]
    if not is_reason(words):
        raise ProposalIncomplete
    _require_impersonal(words)
    now = clock.now()
    if not keep_move(session, row, "answered", row.holder_code, words, None, now, by.id):
        raise ProposalNotOpen
    row.state = "answered"
    said = ProposalDown(row.ref, "answered", row.holder_code, words, None, None, clock.iso(now))
    proposals_wire.tell_down(session, row, said)
    note(session, by, "proposal.answer", "proposal", row.id, unit=unit.id, reason=row.ref)
    return row


def escalate(
    session: Session, proposal: uuid.UUID, posts: Collection[Post], words: str, due: date, by: Actor
) -> Proposal:
    """Hand it on to the unit above the holder, with a new term. Raises ProposalUnknown, ProposalNotOpen, ProposalTermWrong,
    ProposalNamesSomebody, NobodyAbove."""
    row, unit = _held(session, proposal, posts)
    words = words.strip()[:LONG]
    _require_term(due)
    _require_impersonal(words)
    above, peer = _above(session, unit, row.line)
    now = clock.now()
    if not keep_move(session, row, "escalated", unit.code, words, due, now, by.id):
        raise ProposalNotOpen
    row.holder_code, row.due, row.to_peer_id = above.code, due, peer.id if peer else None
    if peer:
        proposals_wire.tell_up(session, row, peer)
    said = ProposalDown(row.ref, "escalated", unit.code, words, above.code, due.isoformat(), clock.iso(now))
    proposals_wire.tell_down(session, row, said)
    note(session, by, "proposal.escalate", "proposal", row.id, unit=unit.id, reason=row.ref)
    return row


# --- what is asked of the words ---------------------------------------------------------------------------------------


def _require_whole(told: Written) -> None:
    letters = sum(letter.isalpha() for letter in told.title)
    known = told.sort in SORTS and told.topic in TOPICS
    if not known or letters < LEAST_TITLE or not is_reason(told.words):
        raise ProposalIncomplete
    _require_term(told.due)
    _require_impersonal(told.title, told.words)


def _require_term(due: date) -> None:
    if not timedelta(0) < due - clock.today() <= timedelta(days=MOST_DAYS):
        raise ProposalTermWrong


def _require_impersonal(*texts: str) -> None:
    if any(map(told_of, texts)):
        raise ProposalNamesSomebody


def _ref(code: str, year: int) -> str:
    """Drawn, not counted: a node that was restored must not give a name twice."""
    return f"{code}/{year}/{base64.b32encode(secrets.token_bytes(5)).decode().lower()}"


# --- who is above -----------------------------------------------------------------------------------------------------


def _above(session: Session, unit: Unit, line: str) -> tuple[Unit, Peer | None]:
    """The unit right above, and the node that serves it (None: this one). Raises NobodyAbove where nobody would read it."""
    query = select(UnitLink.tree, UnitLink.parent_id).where(
        UnitLink.unit_id == unit.id, holds_on(UnitLink, clock.today())
    )
    parents = dict(session.execute(query).all())
    wanted = parents.get("territory") or parents.get(line) or next(iter(parents.values()), None)
    if wanted is None:
        raise NobodyAbove
    peer = served_above(session, wanted, line)
    if peer is None and not _is_read_here(session, wanted):
        raise NobodyAbove
    return session.get_one(Unit, wanted), peer


def _is_read_here(session: Session, unit: uuid.UUID) -> bool:
    own = this_node(session).unit_id
    if own and unit in subtree(session, own, clock.today()):
        return True
    granted = select(RoleGrant.id).where(RoleGrant.unit_id == unit, RoleGrant.role == "party_office")
    return session.scalars(granted.limit(1)).first() is not None


def _held(session: Session, proposal: uuid.UUID, posts: Collection[Post]) -> tuple[Proposal, Unit]:
    """The row, nobody else's until this is done, and the unit that has to answer, for which this member acts."""
    row = session.scalars(
        select(Proposal)
        .where(Proposal.id == proposal)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None or not is_mine(row, codes_of(session, posts), row.holder_code):
        raise ProposalUnknown
    if row.state != "open" or row.to_peer_id is not None:
        raise ProposalNotOpen
    return row, session.scalars(select(Unit).where(Unit.code == row.holder_code)).one()
