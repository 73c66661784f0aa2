"""Taking in what the level above gives out: its catalogue, and the documents this names. Verified, kept, not yet applied.

Only what a catalogue names is taken, and a catalogue must bear the key that is open now: so a key that was lost or
rotated cannot bring in anything, whatever moment it writes into it. A document bears the key of its time, of who issued it:
`vouching` says which are believed. The same over the wire and from a file.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec import structs
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend import clock
from backend.db.node import this_node
from backend.federation import frames
from backend.federation.documents import scopes, store, vouching
from backend.federation.documents.errors import DocumentRefused
from backend.federation.documents.models import CatalogueIn, DocumentState
from backend.federation.documents.shapes import Catalogue, Gone, Named, held, place_of, plain
from backend.federation.frames import CatalogueHeader, DocumentHeader, Frame
from backend.federation.peers import queries as peers
from backend.federation.peers.models import ACTIVE, PARENT, Peer
from backend.federation.shapes import read_moment
from backend.units.models import Unit

Take = Callable[[Session, bytes, Peer], bool]
"""Takes one frame of a peer in; True where it brought something new."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=2), timedelta(hours=12)
"""Until a document that was refused is fetched anew."""


def take_catalogue(session: Session, raw: bytes, peer: Peer) -> bool:
    """What should stand here as that level above says now; True where it says something new.

    Raises FrameRefused, DocumentRefused (wrong-direction, wrong-node, wrong-line, old-catalogue, malformed).
    """
    _check_above(session, peer)
    frame = frames.open_frame(raw, lambda key_id: peers.public_at(session, peer.id, key_id, clock.now()))
    header = frame.header
    if not isinstance(header, CatalogueHeader):
        raise DocumentRefused("not-a-catalogue")
    if (header.sender, header.to) != (str(peer.node_id), str(this_node(session).id)):
        raise DocumentRefused("wrong-node")
    if header.line != peer.line:
        raise DocumentRefused("wrong-line")
    if not _is_newer(session, peer, header, frame):
        return False
    body = _body(frame)
    _name(session, peer, body)
    return True


def _check_above(session: Session, peer: Peer) -> None:
    """Documents go down only, and from who is a parent now: on a stick they may lie beside anything. Raises DocumentRefused."""
    now = session.get(Peer, peer.id)
    if now is None or (now.side, now.state) != (PARENT, ACTIVE):
        raise DocumentRefused("wrong-direction")


def _body(frame: Frame) -> Catalogue:
    """One reason that names somebody is not read; everything else it says still counts."""
    try:
        body = frames.read_body(frame, Catalogue)
    except msgspec.ValidationError:
        raise DocumentRefused("malformed") from None
    if len({one.place for one in body.named}) < len(body.named):
        raise DocumentRefused("malformed")
    return structs.replace(body, withdrawn=tuple(map(plain, body.withdrawn)))


def _is_newer(session: Session, peer: Peer, header: CatalogueHeader, frame: Frame) -> bool:
    """Notes it as the newest. False for the one that is known; raises DocumentRefused for an older one, or another one of
    the same number.

    A backup may be restored twice, and a stick of the life in between come late: names of epochs grow with time (UUIDv7),
    the older name is the older life.
    """
    query = select(CatalogueIn).where(CatalogueIn.peer_id == peer.id).with_for_update()
    last = max(session.scalars(query), key=lambda one: one.epoch, default=None)
    if last is not None and (header.epoch, header.number) < (last.epoch, last.number):
        raise DocumentRefused("old-catalogue")
    if last is not None and (header.epoch, header.number) == (last.epoch, last.number):
        if last.digest != frame.digest:
            raise DocumentRefused("old-catalogue")
        return False
    goes_on = last is not None and last.epoch == header.epoch
    row = last if last is not None and goes_on else CatalogueIn(peer_id=peer.id, epoch=header.epoch)
    row.number, row.digest, row.raw, row.at = header.number, frame.digest, frame.raw, clock.now()
    session.add(row)
    return True


def _name(session: Session, peer: Peer, body: Catalogue) -> None:
    states = {
        row.series: row
        for row in session.scalars(select(DocumentState).where(DocumentState.peer_id == peer.id))
    }
    for one in body.named:
        row = states.pop(one.place, None)
        if row is None:
            row = DocumentState(
                peer_id=peer.id, series=one.place, state="fetched", made={}, missed=0, at=clock.now()
            )  # fmt: skip
            session.add(row)
        if row.wanted != one.digest:
            row.missed, row.fetch_after = 0, None
        row.wanted, row.wanted_number = one.digest, one.number
    for row in states.values():  # no longer for this node, or taken back: nothing new is to come
        row.wanted = row.wanted_number = None
    _note_withdrawn(session, peer, body.withdrawn)


def _note_withdrawn(session: Session, peer: Peer, gone: Sequence[Gone]) -> None:
    """What stands here and was taken back: `standing` looks for these."""
    by_series = {(one.place, one.digest): one for one in gone}
    for row in session.scalars(select(DocumentState).where(DocumentState.peer_id == peer.id)):
        found = by_series.get((row.series, row.standing or ""))
        row.recalled = found.words if found else None
    session.flush()  # whoever asks next what is missing


def missing(session: Session, peer: Peer) -> list[Named]:
    """What the catalogue names and is to be fetched now, the smallest first: one that was refused is left for a while."""
    body = held(session, peer)
    if body is None:
        return []
    have = store.there(session, [one.digest for one in body.named])
    left = select(DocumentState.series).where(
        DocumentState.peer_id == peer.id, DocumentState.fetch_after > clock.now()
    )
    later = set(session.scalars(left))
    wanted = (one for one in body.named if one.digest not in have and one.place not in later)
    return sorted(wanted, key=lambda one: (one.size, one.series))


def put_off(session: Session, peer: Peer, one: Named) -> None:
    """It was answered with something that is not believed: up to 8 MB again each minute would help nobody."""
    row = session.get(DocumentState, (peer.id, one.place), with_for_update=True, populate_existing=True)
    if row is not None and row.wanted == one.digest:
        row.fetch_after = clock.now() + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(row.missed, 20))
        row.missed += 1


def take_document(session: Session, raw: bytes, peer: Peer) -> bool:
    """Keep a document that this level above names in its catalogue; True where it is new.

    Raises FrameRefused, DocumentRefused (wrong-direction, wrong-node, key-not-believed, not-in-catalogue, wrong-line,
    out-of-scope, chain-broken, number-taken).
    """
    _check_above(session, peer)
    said = held(session, peer)
    frame = frames.open_frame(raw, lambda key_id: _any_key(session, peer, said, key_id))
    header = frame.header
    if not isinstance(header, DocumentHeader):
        raise DocumentRefused("not-a-document")
    _check_signed(frame, header, vouching.key_for(session, peer, said, frame.key_id))
    _check(session, frame, header, peer)
    made = store.keep(session, frame, header, peer.line, peer=peer.id)
    if not made and store.there(session, [frame.digest]) == set():
        raise DocumentRefused("number-taken")
    return made


def _any_key(session: Session, peer: Peer, said: Catalogue | None, key_id: str) -> bytes | None:
    """Whether it could sign at that moment, and whose it is, is asked when that is known."""
    key = vouching.key_for(session, peer, said, key_id)
    return key.public if key else None


def _check_signed(frame: Frame, header: DocumentHeader, key: vouching.Believed | None) -> None:
    if key is None or not key.signs(header.sender, _moment(header.made_at)):
        raise DocumentRefused("key-not-believed")


def _check(session: Session, frame: Frame, header: DocumentHeader, peer: Peer) -> None:
    if header.to:
        raise DocumentRefused("wrong-node")
    if header.scope.line != peer.line:
        raise DocumentRefused("wrong-line")
    issuer = "" if header.sender == str(peer.node_id) else header.sender
    state = session.get(DocumentState, (peer.id, place_of(header.series, issuer)))
    if state is None or (state.wanted, state.wanted_number) != (frame.digest, header.number):
        raise DocumentRefused("not-in-catalogue")
    if not scopes.covers(header.scope.units, scopes.codes_above(session, own_code(session))):
        raise DocumentRefused("out-of-scope")
    before = store.with_number(
        session, header.sender, peer.line, header.series, header.epoch, header.number - 1
    )
    if before is not None and before.digest != header.prev:
        raise DocumentRefused("chain-broken")


def _moment(text: str) -> datetime:
    if (found := read_moment(text)) is None:
        raise DocumentRefused("malformed")
    return found


def own_code(session: Session) -> str:
    """The official code of the unit this node serves; '' where it serves none yet."""
    unit = this_node(session).unit_id
    return session.get_one(Unit, unit).code if unit else ""


def passing_on(session: Session, issuer: str) -> list[Peer]:
    """The levels above whose catalogue names something of this node, which is none of them."""
    return [
        one
        for one in peers.parents(session)
        if (said := held(session, one)) is not None and any(row.issuer == issuer for row in said.named)
    ]
