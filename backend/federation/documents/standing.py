"""What stands here of what the levels above gave out: applied, refused with a reason, waiting for its day, rolled back.

Each step is told upward. What was refused is looked at again now and then: what it rests on may have come.
"""

import logging
import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from backend import clock
from backend.errors import DomainError
from backend.federation import frames, no_person
from backend.federation.documents import acks, bounds, giving, software, store
from backend.federation.documents.errors import (
    BodyInvalid,
    CannotTakeBack,
    Conflicts,
    Failed,
    KindUnknown,
    NothingStands,
)
from backend.federation.documents.kinds import DocumentKind, Given, Kinds, Made, NotYet
from backend.federation.documents.models import Document, DocumentState
from backend.federation.frames import DocumentHeader
from backend.federation.no_person import NamesSomebody
from backend.federation.peers import queries as peers
from backend.federation.peers.models import ACTIVE, PARENT, Peer
from backend.safeguards.audit import WORKER, Actor, note

log = logging.getLogger("lantoa.documents")
TRY_AGAIN = timedelta(hours=6)
Key = tuple[uuid.UUID, str]
"""(peer, series)"""


def due(session: Session, kinds: Kinds) -> list[Key]:
    """What is to be looked at now: in the order of the list of kinds, then as it was made, so that a unit is there before the
    targets of it."""
    now, order = clock.now(), {name: place for place, name in enumerate(kinds)}
    fresh = DocumentState.tried.is_(None) | (DocumentState.tried != DocumentState.wanted)
    again = DocumentState.state.in_(("waiting", "refused")) & (DocumentState.not_before <= now)
    not_failed = DocumentState.why.is_distinct_from(Failed.code) | (DocumentState.not_before <= now)
    recalled = DocumentState.recalled.is_not(None) & not_failed
    apply = DocumentState.wanted.is_distinct_from(DocumentState.standing) & or_(fresh, again)
    # What came before its sender was revoked is not applied after it.
    above = (Peer.side == PARENT, Peer.state == ACTIVE)
    query = (
        select(DocumentState.peer_id, DocumentState.series, Document.made_at)
        .join(Peer, Peer.id == DocumentState.peer_id)
        .outerjoin(Document, Document.digest == DocumentState.wanted)
        .where(*above, or_(Document.digest.is_not(None) & apply, recalled))
    )
    rows = sorted(session.execute(query), key=lambda row: (order.get(_name(row[1]), 99), str(row[2]), row[1]))
    return [(peer, series) for peer, series, _ in rows]


def _name(series: str) -> str:
    return series.partition("/")[0]


def look_at(session: Session, kinds: Kinds, key: Key, folder: Path | None = None) -> DocumentState:
    """Take back what its issuer took back, then apply what should stand; the level above is told what became of it."""
    state = _held(session, key)
    if state.recalled is not None:
        _recall(session, kinds, state, folder)
    row = session.get(Document, state.wanted) if state.wanted else None
    if row is not None and state.standing != row.digest:
        _apply(session, kinds, state, row, folder)
    return state


def _held(session: Session, key: Key) -> DocumentState:
    found = session.get(DocumentState, key, with_for_update=True, populate_existing=True)
    if found is None:
        raise NothingStands
    return found


# --- applying -------------------------------------------------------------------------------------------------------


def _apply(session: Session, kinds: Kinds, state: DocumentState, row: Document, folder: Path | None) -> None:
    before = (state.tried, state.state, state.why)
    state.tried, state.at, state.by, state.not_before, state.words = row.digest, clock.now(), None, None, None
    try:
        with session.begin_nested():
            kind, given = read(kinds, row, folder)
            if kind.speaks:
                peer = peers.peer(session, state.peer_id)
                bounds.check(session, peer, row.issuer, kind.speaks(given.body))
            made = list(kind.apply(session, replace(given, before=_made(state, state.standing))))
            session.flush()  # what the database refuses is told here
    except NotYet as later:
        state.state, state.why, state.not_before = "waiting", "not-yet", later.until
    except DomainError as refused:
        _refuse(state, refused)
    except IntegrityError:
        _refuse(state, Conflicts())
    except OperationalError:
        raise  # the database is away or busy: nothing of the document's
    except Exception:
        _failed(state, row)
    else:
        state.state, state.why, state.standing = "applied", None, row.digest
        state.made = {**state.made, row.digest: [[one.noun, one.id] for one in made]}
        note(session, WORKER, "document.apply", "document", row.digest, reason=f"{row.series} {row.number}")
    if (state.tried, state.state, state.why) != before:  # the same refusal again is no news
        _tell(session, state, row)


def _refuse(state: DocumentState, error: DomainError) -> None:
    state.state, state.why = "refused", error.code[:60]
    state.words = in_words(error)
    state.not_before = clock.now() + TRY_AGAIN


def _failed(state: DocumentState, row: Document) -> None:
    """Something nobody thought of: put aside and told upward like any other refusal, instead of tried each minute."""
    log.exception("%s %s could not be looked at", row.series, row.number)
    _refuse(state, Failed())


def in_words(error: DomainError) -> str:
    return (error.sentence % error.values if error.values else error.sentence)[:1000]


def read(kinds: Kinds, row: Document, folder: Path | None = None) -> tuple[DocumentKind, Given]:
    """The document as its room gets it. Raises KindUnknown, WrongLine, SoftwareTooOld, BodyInvalid, NamesSomebody."""
    frame = giving.opened(row)
    header, kind = frame.header, kinds.get(_name(row.series))
    assert isinstance(header, DocumentHeader)  # noqa: S101 - nothing else is kept
    software.check(header.min_software)
    if kind is None or kind.schema != header.schema:
        raise KindUnknown(kind=_name(row.series), schema=header.schema)
    bounds.check_line(kind, row.line)
    try:
        body = frames.read_body(frame, kind.body)
    except msgspec.ValidationError as error:
        raise BodyInvalid(pointer=str(error).rpartition("`")[0].rpartition("`")[2][:60] or "$") from None
    if where := no_person.found(body):
        raise NamesSomebody(where=where)
    given = Given(row.series, row.number, row.digest, row.line, row.issuer, row.made_at, body, folder=folder)
    return kind, given


def called(kinds: Kinds, row: Document | None, series: str) -> str:
    """What an office calls the document: 'Kế hoạch 57', or the rest of its series where its kind has no word for it."""
    kind, part = kinds.get(_name(series)), series.partition("/")[2].partition("@")[0]
    if row is None or kind is None or kind.called is None:
        return part
    try:
        return kind.called(read(kinds, row)[1].body) or part
    except DomainError:
        return part


def _made(state: DocumentState, digest: str | None) -> tuple[Made, ...]:
    return tuple(Made(noun, key) for noun, key in state.made.get(digest or "", ()))


def _tell(session: Session, state: DocumentState, row: Document) -> None:
    acks.tell(session, peers.peer(session, state.peer_id), row, state)


# --- back to the version before -------------------------------------------------------------------------------------


def roll_back(
    session: Session, kinds: Kinds, key: Key, standing: str, reason: str, by: Actor,
    folder: Path | None = None,
) -> DocumentState:  # fmt: skip
    """The office here goes back to the version before (or to none), with a reason that the level above reads.

    The same version does not come back by itself; the next number does. `standing`: what was looked at.
    Raises NothingStands, CannotTakeBack, ReasonMissing.
    """
    state, words = _held(session, key), giving.reason_in(reason)
    if state.standing is None or state.standing != standing:
        raise NothingStands
    row = store.document(session, state.standing)
    _take_back(session, kinds, state, row, folder)
    state.state, state.why, state.words, state.by, state.at = "rolled_back", None, words, by.id, clock.now()
    state.tried = state.wanted
    told = f"{row.series} {row.number}: {words}"[:500]
    note(session, by, "document.roll_back", "document", row.digest, reason=told)
    _tell(session, state, row)
    return state


def again(session: Session, key: Key, by: Actor) -> None:
    """What was refused, or rolled back here, is looked at once more. Raises NothingStands where nothing is wanted."""
    state = _held(session, key)
    if state.wanted is None or state.wanted == state.standing:
        raise NothingStands
    state.tried, state.not_before = None, None
    note(session, by, "document.again", "document", state.wanted, reason=state.series)


def _recall(session: Session, kinds: Kinds, state: DocumentState, folder: Path | None) -> None:
    """Its issuer took it back."""
    row, words = session.get(Document, state.standing) if state.standing else None, state.recalled
    state.recalled, before = None, (state.state, state.why)
    if row is None:
        return
    try:
        with session.begin_nested():
            _take_back(session, kinds, state, row, folder)
    except DomainError as refused:
        _refuse(state, refused)
        state.not_before = None
    except OperationalError:
        raise
    except Exception:
        _failed(state, row)
        state.recalled = words  # it stands against its issuer's word: tried again
        if (state.state, state.why) == before:
            return
    else:
        state.state, state.why, state.words, state.tried = "withdrawn", None, words, None
    state.at, state.by = clock.now(), None
    deed = "document.withdrawn" if state.state == "withdrawn" else "document.refused"
    note(session, WORKER, deed, "document", row.digest, reason=f"{row.series} {row.number}")
    _tell(session, state, row)


def _take_back(
    session: Session, kinds: Kinds, state: DocumentState, row: Document, folder: Path | None
) -> None:
    """Raises CannotTakeBack and what the room raises. Afterwards the version applied before it stands."""
    kind, given = read(kinds, row, folder)
    if kind.take_back is None:
        raise CannotTakeBack
    last = _before(session, state, row)
    kind.take_back(session, replace(given, made=_made(state, row.digest), before=_made(state, last)))
    state.made = {digest: made for digest, made in state.made.items() if digest != row.digest}
    state.standing = last
    session.flush()  # the next reader sees the version before


def _before(session: Session, state: DocumentState, row: Document) -> str | None:
    """The newest version that was applied before this one and not taken back."""
    held = [digest for digest in state.made if digest != row.digest]
    query = select(Document.digest).where(Document.digest.in_(held), Document.number < row.number)
    return session.scalars(query.order_by(Document.number.desc()).limit(1)).first()
