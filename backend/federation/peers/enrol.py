"""Taking a node in: an offer and its answer go by hand, a code by telephone, and two people on each side look.

    child, 1st person    offer        -> file or QR, and a code to read out
    parent, 1st person   propose      the file, with the code as heard
    parent, 2nd person   confirm      types the fingerprint as read out by the other side
                         answer       -> file or QR
    child, 1st person    propose      the answer: it proves by itself that its writer knew the code
    child, 2nd person    confirm      types the parent's fingerprint

A child always connects, so nothing moves before both sides have confirmed. Whoever confirms is never shown the
fingerprint to type: it has to be heard.
"""

import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.node import own_unit, this_node
from backend.db.statements import insert_into
from backend.federation.peers import papers, queries, reach
from backend.federation.peers.errors import (
    AlreadyPeer,
    CodeDiffers,
    FingerprintDiffers,
    KeyGivenUp,
    NotThatState,
    OfferOver,
    OwnNode,
    SamePerson,
    UnitTaken,
    UnitUnknown,
)
from backend.federation.peers.models import (
    ACTIVE,
    CHILD,
    PARENT,
    PROPOSED,
    REVOKED,
    Peer,
    PeerInvitation,
    PeerKey,
)
from backend.federation.peers.papers import Answer, Offer, Paper
from backend.safeguards.audit import Actor, note
from backend.safeguards.signing import Signer, packed, remember
from backend.units.models import Unit


@dataclass(frozen=True)
class Offered:
    """The file for the other side, and the code, which is read out and shown this once."""

    raw: bytes
    code: str
    fingerprint: str


def offer(session: Session, signer: Signer, line: str, by: Actor) -> Offered:
    """This node offers itself on that line: to its parent, or to any peer after its own key was lost."""
    remember(session, signer)
    node, code, nonce = this_node(session), papers.new_code(), papers.new_nonce()
    made = clock.now()
    statement = Offer(
        name=node.name, unit_code=_own_code(session), node_id=str(node.id), epoch=str(node.epoch),
        public=packed(signer.public), line=cast(papers.Line, line), nonce=nonce, made_at=clock.iso(made),
        until_at=clock.iso(made + papers.GOOD_FOR),
    )  # fmt: skip
    hashed = papers.code_hash(code, nonce)
    raw = papers.write(signer, statement, hashed)
    _invite(session, papers.read(raw).digest, PARENT, line, hashed, by, made + papers.GOOD_FOR)
    note(session, by, "peer.offer", "node", node.id)
    return Offered(raw, code, signer.key_id)


def propose(session: Session, raw: bytes, by: Actor, code: str = "") -> Peer:
    """The first person enters what the other side handed over: an offer with its code, or the answer to an own offer.

    Raises OfferUnreadable, OfferForged, OfferOver, CodeDiffers, OwnNode, UnitUnknown, AlreadyPeer.
    """
    paper = papers.read(raw)
    if uuid.UUID(paper.statement.node_id) == this_node(session).id:
        raise OwnNode
    invitation = (
        _of_offer(session, paper, code, by)
        if isinstance(paper.statement, Offer)
        else _of_answer(session, paper)
    )
    peer = _written_down(session, paper, by)
    invitation.peer_id = peer.id
    note(session, by, "peer.propose", "peer", peer.id)
    return peer


def _of_offer(session: Session, paper: Paper, code: str, by: Actor) -> PeerInvitation:
    """The invitation of an offer taken in, once. Raises CodeDiffers, OfferOver, UnitUnknown."""
    statement = paper.statement
    assert isinstance(statement, Offer)  # noqa: S101 - the caller has looked
    hashed = papers.code_hash(code, statement.nonce)
    if not paper.fits(hashed):
        raise CodeDiffers
    if session.scalars(select(Unit.id).where(Unit.code == statement.unit_code)).first() is None:
        raise UnitUnknown(code=statement.unit_code)
    until = clock.now() + papers.GOOD_FOR
    return _invite(session, paper.digest, CHILD, statement.line, hashed, by, until)


def _of_answer(session: Session, paper: Paper) -> PeerInvitation:
    """The own offer this is the answer to, used once. Raises CodeDiffers, OfferOver."""
    statement = paper.statement
    assert isinstance(statement, Answer)  # noqa: S101 - the caller has looked
    query = select(PeerInvitation).where(
        PeerInvitation.offer == statement.offer, PeerInvitation.side == PARENT
    )
    found = session.scalars(query.with_for_update()).first()
    if found is None or found.used_at is not None or found.until_at <= clock.now():
        raise OfferOver
    if found.line != statement.line or not paper.fits(found.code_hash):
        raise CodeDiffers
    found.used_at = clock.now()
    return found


def _invite(
    session: Session, offer_digest: str, side: str, line: str, hashed: str, by: Actor, until: datetime
) -> PeerInvitation:
    """Raises OfferOver for an offer that was entered before."""
    row = {
        "id": uuid.uuid4(), "offer": offer_digest, "side": side, "line": line, "code_hash": hashed, "made_by": by.id,
        "made_at": clock.now(), "until_at": until,
    }  # fmt: skip
    made = insert_into(session, PeerInvitation).values(**row).on_conflict_do_nothing()
    if session.execute(made.returning(PeerInvitation.id)).first() is None:
        raise OfferOver
    return session.get_one(PeerInvitation, row["id"])


def _written_down(session: Session, paper: Paper, by: Actor) -> Peer:
    """The proposed peer with its proposed key: a new one, or one that was revoked or proposed before."""
    told, now = paper.statement, clock.now()
    peer = queries.peer_of_node(session, uuid.UUID(told.node_id), told.line)
    if peer is None:
        peer = Peer(node_id=uuid.UUID(told.node_id), line=told.line)
        session.add(peer)
    elif peer.state not in (PROPOSED, REVOKED):
        raise AlreadyPeer
    peer.name, peer.unit_code, peer.epoch = told.name, told.unit_code, uuid.UUID(told.epoch)
    peer.side = CHILD if isinstance(told, Offer) else PARENT
    peer.address = told.address if isinstance(told, Answer) else ""
    peer.state, peer.proposed_by, peer.proposed_at = PROPOSED, _person(by), now
    peer.confirmed_by = peer.confirmed_at = peer.revoked_by = peer.revoked_at = peer.revoked_reason = None
    session.flush()  # the key refers to it
    write_key(session, peer, paper, by)
    return peer


def write_key(session: Session, peer: Peer, paper: Paper, by: Actor) -> PeerKey:
    """The key of a paper, proposed: it opens nothing yet. Raises AlreadyPeer for the key that is open, KeyGivenUp for one
    that somebody else may have."""
    for old in queries.keys_of(session, peer.id):
        if old.key_id == paper.fingerprint and old.withdrawn_from is not None:
            raise KeyGivenUp
        if old.key_id == paper.fingerprint and old.confirmed_at is not None and peer.state != PROPOSED:
            raise AlreadyPeer
        if old.key_id == paper.fingerprint or old.confirmed_at is None:
            session.delete(old)  # a proposal never confirmed, or the same key taken in anew
    session.flush()  # before the same key is written again
    key = PeerKey(
        peer_id=peer.id, key_id=paper.fingerprint, public=paper.statement.public, from_at=clock.now(), proposed_by=by.id
    )  # fmt: skip
    session.add(key)
    return key


def confirm(session: Session, peer_id: uuid.UUID, heard: str, by: Actor) -> Peer:
    """The second person types the fingerprint as heard from the other side; from now on the key opens what it is for.

    Raises NotThatState where nothing waits, SamePerson, FingerprintDiffers, UnitTaken where another child speaks for the unit.
    """
    peer, key = queries.peer(session, peer_id), waiting_key(session, peer_id)
    if key is None or peer.state not in (PROPOSED, ACTIVE):
        raise NotThatState
    if key.proposed_by == _person(by):
        raise SamePerson
    if not hmac.compare_digest(papers.plain(heard).encode(), key.key_id.replace("-", "").encode()):
        raise FingerprintDiffers
    key.confirmed_by, key.confirmed_at = by.id, clock.now()
    if peer.state == PROPOSED:
        _only_one_speaks(session, peer)
        peer.state, peer.confirmed_by, peer.confirmed_at = ACTIVE, by.id, clock.now()
        reach.begin(session, peer)
    session.flush()  # the database says whether these are two persons and one open key
    note(session, by, "peer.confirm", "peer", peer.id)
    return peer


def _only_one_speaks(session: Session, peer: Peer) -> None:
    """Two nodes that tell of one unit would overwrite each other's figures. Raises UnitTaken."""
    others = reach.who_speaks(session, peer.unit_code, peer.line, clock.today()) if peer.side == CHILD else []
    if other := next((one for one in others if one.id != peer.id), None):
        raise UnitTaken(code=peer.unit_code, name=other.name)


def waiting_key(session: Session, peer_id: uuid.UUID) -> PeerKey | None:
    """The proposed key that a second person has still to confirm."""
    return session.scalars(
        select(PeerKey).where(PeerKey.peer_id == peer_id, PeerKey.confirmed_at.is_(None))
    ).first()


def answer(session: Session, signer: Signer, peer_id: uuid.UUID, address: str) -> bytes:
    """The file for a child that two people took in. Raises NotThatState, OfferOver when its code has run out."""
    peer = queries.peer(session, peer_id)
    if peer.state != ACTIVE or peer.side != CHILD:
        raise NotThatState
    remember(session, signer)
    node, invitation = this_node(session), open_invitation(session, peer_id)
    if invitation is None:
        raise OfferOver
    made = clock.now()
    return papers.write(
        signer,
        Answer(
            name=node.name, unit_code=_own_code(session), node_id=str(node.id), epoch=str(node.epoch),
            public=packed(signer.public), line=cast(papers.Line, peer.line), address=address, offer=invitation.offer,
            made_at=clock.iso(made), until_at=clock.iso(made + papers.GOOD_FOR),
        ),
        invitation.code_hash,
    )  # fmt: skip


def open_invitation(session: Session, peer_id: uuid.UUID) -> PeerInvitation | None:
    """The newest offer this child was taken in by, as long as its answer can still be given."""
    query = select(PeerInvitation).where(
        PeerInvitation.peer_id == peer_id, PeerInvitation.side == CHILD, PeerInvitation.until_at > clock.now()
    )
    return session.scalars(query.order_by(PeerInvitation.made_at.desc())).first()


def _own_code(session: Session) -> str:
    return session.scalars(select(Unit.code).where(Unit.id == own_unit(session))).one()


def _person(by: Actor) -> uuid.UUID:
    """Enrolment is by persons: nobody at a command line without a name. Raises SamePerson."""
    if by.id is None:
        raise SamePerson
    return by.id


def forget_old(session: Session) -> None:
    """Codes whose time has run out. The worker does this."""
    over = select(PeerInvitation).where(PeerInvitation.until_at < clock.now() - timedelta(days=1))
    for row in session.scalars(over):
        session.delete(row)
