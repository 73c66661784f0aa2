"""Giving a document out: numbered in its series, signed, kept. And taking one back, which keeps it too."""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from backend import clock
from backend.db.node import Node, this_node
from backend.federation import frames, no_person
from backend.federation.documents import bounds, scopes, store
from backend.federation.documents.errors import (
    DocumentAsItIs,
    DocumentTooLarge,
    GivenMeanwhile,
    ReasonMissing,
    ReasonNamesSomebody,
    ReleaseUnreadable,
    TooManyStand,
    WithdrawnAlready,
)
from backend.federation.documents.kinds import DocumentKind
from backend.federation.documents.models import Document, DocumentWithdrawal
from backend.federation.documents.shapes import MOST
from backend.federation.frames import DocumentHeader, Frame, Scope
from backend.federation.no_person import NamesSomebody
from backend.federation.shapes import Release
from backend.federation.software import software
from backend.safeguards import signing
from backend.safeguards.audit import Actor, note
from backend.safeguards.impersonal import told_of
from backend.safeguards.signing import Signer

ROOM = 64 << 10
"""What stands around a body: header, signature, envelope of a file."""
SHORTEST = 3
MOST_SERIES = MOST * 4 // 5
"""Of this node's own on a line; what it passes on needs room in the catalogue too."""


def give(
    session: Session, signer: Signer, kind: DocumentKind, part: str, body: Any, *, units: Iterable[str], line: str,
    by: Actor, title: str = "", min_software: str = "",
) -> Document:  # fmt: skip
    """The next number of its series, for these units (official codes; none: everybody) and all below them, on one line.

    Raises WrongLine, NamesSomebody, DocumentAsItIs, DocumentTooLarge, ScopeUnknown, TooManyStand, GivenMeanwhile,
    ReleaseUnreadable.
    """
    bounds.check_line(kind, line)
    if where := no_person.found(body):
        raise NamesSomebody(where=where)
    series, scope = f"{kind.name}/{part}", Scope(scopes.check(session, units), line)  # type: ignore[arg-type]
    last = store.newest_own(session, line, series)
    if last is None and store.series_given(session, line) >= MOST_SERIES:
        raise TooManyStand(most=MOST_SERIES)
    header = _header(this_node(session), kind, series, scope, last, _release(min_software))
    signing.remember(session, signer)
    frame = frames.seal(signer, header, body)
    _check(frame, header, last, session)
    if not store.keep(session, frame, header, line, title=title, by=by.id):
        raise GivenMeanwhile
    note(session, by, "document.give", "document", frame.digest, reason=f"{series} {header.number}")
    return store.document(session, frame.digest)


def _release(text: str) -> str:
    """What a header can say, and every node read. Raises ReleaseUnreadable."""
    try:
        return msgspec.convert(text.strip(), Release)
    except msgspec.ValidationError:
        raise ReleaseUnreadable from None


def _header(
    node: Node, kind: DocumentKind, series: str, scope: Scope, last: Document | None, min_software: str
) -> DocumentHeader:
    return DocumentHeader(
        sender=str(node.id), to="", epoch=str(node.epoch), made_at=clock.iso(clock.now()), schema=kind.schema,
        software=software(), series=series, number=last.number + 1 if last else 1, prev=last.digest if last else "",
        scope=scope, min_software=min_software, content_type="application/json",
    )  # fmt: skip


def _check(frame: Frame, header: DocumentHeader, last: Document | None, session: Session) -> None:
    if len(frame.raw) > frames.MOST_BYTES - ROOM:
        raise DocumentTooLarge(most=(frames.MOST_BYTES - ROOM) >> 20)
    if last is None or session.get(DocumentWithdrawal, last.digest) is not None:
        return
    before = opened(last)
    same = bytes(before.body_raw) == bytes(frame.body_raw)
    if same and (before.header.scope, before.header.min_software) == (header.scope, header.min_software):  # type: ignore[union-attr]
        raise DocumentAsItIs


def opened(row: Document) -> Frame:
    """A document of this node's store. It was verified before it was kept, by the key of its time."""
    shell = frames.outside(row.raw)
    payload = msgspec.json.decode(shell.payload, type=_Payload)
    return Frame(row.raw, payload.header, payload.body, shell.digest, shell.key_id)


class _Payload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    header: frames.Header
    body: msgspec.Raw


def withdraw(session: Session, digest: str, words: str, by: Actor) -> DocumentWithdrawal:
    """Nobody below is to have it stand any more; where there was a version before, that one stands again.

    Raises DocumentUnknown, WithdrawnAlready, ReasonMissing, ReasonNamesSomebody: it goes to every node below.
    """
    row = store.document(session, digest)
    if session.get(DocumentWithdrawal, row.digest) is not None:
        raise WithdrawnAlready
    reason = reason_in(words)
    if told_of(reason):
        raise ReasonNamesSomebody
    gone = DocumentWithdrawal(digest=row.digest, words=reason, at=clock.now(), by=by.id)
    session.add(gone)
    session.flush()  # two who withdraw at once: the second is told
    note(
        session,
        by,
        "document.withdraw",
        "document",
        row.digest,
        reason=f"{row.series} {row.number}: {gone.words}"[:500],
    )
    return gone


def reason_in(words: str) -> str:
    """Raises ReasonMissing."""
    text = " ".join(words.split())
    if len(text) < SHORTEST:
        raise ReasonMissing
    return text[:1000]
