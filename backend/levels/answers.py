"""What the level above says of figures it was told: a stream down, and how it is kept where the figures came from.

A body names a revision by the digest of its packet, an outcome, and where it is returned the words why: written by staff for
an office, checked for numbers of phones and papers on both sides.
"""

import uuid
from collections.abc import Collection
from typing import Annotated, Literal

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.aggregates.packet import Code, Line
from backend.db.base import new_id
from backend.db.node import own_unit
from backend.db.statements import among, insert_into
from backend.federation.packets.models import PacketOut
from backend.federation.packets.stream import EVERY_LINE, Arrived, PacketRefused, Stream
from backend.federation.shapes import Hash, Moment, read_moment
from backend.levels.models import DATASET, PERIOD, WORDS, LevelAnswer
from backend.safeguards.impersonal import told_of
from backend.units.lineage import with_history
from backend.units.models import Unit


class Acceptance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`digest`: of the packet that is answered; `words`: why it is returned, '' where it is accepted. `at`: RFC 3339."""

    unit: Code
    dataset: Annotated[str, msgspec.Meta(min_length=1, max_length=DATASET)]
    line: Line
    calendar: Code
    period: Annotated[str, msgspec.Meta(min_length=1, max_length=PERIOD)]
    revision: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    digest: Hash
    outcome: Literal["accepted", "returned"]
    words: Annotated[str, msgspec.Meta(max_length=WORDS)]
    at: Moment


def receive(session: Session, arrived: Arrived) -> None:
    """Only who was told may answer, and to what it was told. The same answer again is no news.

    Raises PacketRefused: other-line, not-ours, words-name-somebody, malformed-value, not-sent (this node sent that peer no such
    packet, or forgot it with a backup), other-figures (it said something else), answered-otherwise.
    """
    said: Acceptance = arrived.body
    if said.line != arrived.peer.line:
        raise PacketRefused("other-line", "/line")
    if said.unit not in _own_codes(session):
        raise PacketRefused("not-ours", "/unit")
    if told_of(said.words):
        raise PacketRefused("words-name-somebody", "/words")
    if (decided_at := read_moment(said.at)) is None:
        raise PacketRefused("malformed-value", "/at")
    _about_what_was_sent(session, arrived.peer.id, said)
    row = {
        "id": new_id(), "peer_id": arrived.peer.id, "unit_code": said.unit, "dataset": said.dataset, "line": said.line,
        "calendar": said.calendar, "period": said.period, "revision": said.revision, "digest": said.digest,
        "outcome": said.outcome, "words": said.words, "decided_at": decided_at,
        "received_at": arrived.received_at,
    }  # fmt: skip
    made = insert_into(session, LevelAnswer).values(row).on_conflict_do_nothing()
    if session.execute(made.returning(LevelAnswer.id)).first() is None:
        _same_as_before(session, arrived.peer.id, said)


class _Unit(msgspec.Struct):
    code: str


class _Scope(msgspec.Struct):
    units: Annotated[list[_Unit], msgspec.Meta(min_length=1)]


class _Of(msgspec.Struct):
    """As much of figures as an answer names: what was sent under the rules of its day is not held against today's."""

    scope: _Scope
    line: str
    calendar: str
    period: str
    revision: int


class _Sent(msgspec.Struct):
    """This node wrote it."""

    body: _Of


_read = msgspec.json.Decoder(_Sent)


def _about_what_was_sent(session: Session, peer_id: uuid.UUID, said: Acceptance) -> None:
    """Digests are public where figures are: a parent of another line knows them, and was told nothing."""
    query = select(PacketOut.payload).where(PacketOut.peer_id == peer_id, PacketOut.stream == said.dataset)
    payload = session.scalars(query.where(PacketOut.digest == said.digest)).first()
    if payload is None:
        raise PacketRefused("not-sent", "/digest")
    try:
        sent = _read.decode(payload).body
    except msgspec.ValidationError:
        return  # of a shape this version does not know any more: the digest says what it is
    asked = (sent.scope.units[0].code, sent.line, sent.calendar, sent.period, sent.revision)
    if asked != (said.unit, said.line, said.calendar, said.period, said.revision):
        raise PacketRefused("other-figures", "/digest")


def _same_as_before(session: Session, peer_id: uuid.UUID, said: Acceptance) -> None:
    """An answer is final: a level that was restored from a backup and answers otherwise is told so."""
    query = select(LevelAnswer.outcome).where(
        LevelAnswer.peer_id == peer_id, LevelAnswer.digest == said.digest
    )
    if session.scalars(query).one() != said.outcome:
        raise PacketRefused("answered-otherwise", "/outcome")


def _own_codes(session: Session) -> set[str]:
    """The unit this node serves, and those that went into it: what they sent is still answered."""
    served = with_history(session, [own_unit(session)])
    return set(session.scalars(select(Unit.code).where(among(Unit.id, served))))


STREAM = Stream(
    name="acceptance",
    schema="acceptance/1",
    body=Acceptance,
    lines=EVERY_LINE,
    receive=receive,
    direction="down",
)


Sent = tuple[uuid.UUID, str]
"""To which peer, and the digest of the packet."""


def to_digests(session: Session, sent: Collection[Sent]) -> dict[Sent, LevelAnswer]:
    """What was answered to packets of this node by those they were sent to. One statement."""
    asked = {digest for _, digest in sent}
    rows = session.scalars(select(LevelAnswer).where(LevelAnswer.digest.in_(sorted(asked))))
    return {(row.peer_id, row.digest): row for row in rows if (row.peer_id, row.digest) in sent}


def newest(session: Session, most: int = 60) -> list[LevelAnswer]:
    """What was answered to this node, the newest first."""
    query = select(LevelAnswer).order_by(LevelAnswer.received_at.desc(), LevelAnswer.id.desc())
    return list(session.scalars(query.limit(most)))
