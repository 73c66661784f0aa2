import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, column_property, defer, mapped_column

from backend.db.base import Base
from backend.db.lasting import never_changed


class Document(Base):
    """A signed document, byte for byte. `peer_id`: the level above it came from; None: this node gave it out.

    `digest`: SHA-256 (hex) of its payload. `series`: 'targets/05-2030'; `number` counts from 1 in it, for each issuer and line.
    `epoch`: of the issuer then: one that was restored from a backup gives numbers again that it has forgotten.
    `scope`: official codes of the units for which, and below which, it holds. `size`: bytes of `raw`, which lists leave out
    (`LIGHTLY`): there may be thousands, of eight megabytes.
    """

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("issuer", "line", "series", "epoch", "number"),
        CheckConstraint("number >= 1", name="numbered_from_one"),
        CheckConstraint("line IN ('state', 'party', 'front', 'youth')", name="line_known"),
    )

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    peer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("peer.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(36))
    series: Mapped[str] = mapped_column(String(120))
    epoch: Mapped[str] = mapped_column(String(36))
    number: Mapped[int]
    line: Mapped[str] = mapped_column(String(10))
    scope: Mapped[list[Any]]
    schema: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(300))
    key_id: Mapped[str] = mapped_column(String(30))
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    kept_at: Mapped[datetime]
    given_by: Mapped[uuid.UUID | None]
    size: Mapped[int] = column_property(func.length(raw))


LIGHTLY = defer(Document.raw)
"""For a statement that lists documents: without their bytes."""


class DocumentState(Base):
    """What should stand of a series here, and what does. One row a series of a level above; of what that level only passes on
    `series` says who issued it too: 'targets/05-2030@<node>'.

    `wanted`: what its catalogue names now (None: nothing any more). `standing`: what is applied. `made`: what came out of it.
    `tried`: the last version that was looked at, `state` what became of it, `why` a code, `words` a sentence or the office's
    reason, `by` who rolled back. `state`: fetched (kept, not looked at yet), waiting (holds from a later moment), applied
    (stands), refused (cannot stand here), rolled_back (the office went back to the version before), withdrawn (taken back by
    who gave it out). `not_before`: when one that waits is looked at again. `recalled`: why its issuer took back what stands.
    `missed`: how often what is wanted was answered with something that is not believed; it is not fetched before `fetch_after`.
    """

    __tablename__ = "document_state"
    __table_args__ = (
        CheckConstraint(
            "state IN ('fetched', 'waiting', 'applied', 'refused', 'rolled_back', 'withdrawn')", name="state_known"
        ),
    )  # fmt: skip

    peer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer.id"), primary_key=True)
    series: Mapped[str] = mapped_column(String(160), primary_key=True)
    wanted: Mapped[str | None] = mapped_column(String(64), index=True)
    wanted_number: Mapped[int | None]
    standing: Mapped[str | None] = mapped_column(String(64))
    tried: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(12))
    why: Mapped[str | None] = mapped_column(String(60))
    words: Mapped[str | None] = mapped_column(String(1000))
    made: Mapped[dict[str, Any]]
    not_before: Mapped[datetime | None]
    recalled: Mapped[str | None] = mapped_column(String(1000))
    missed: Mapped[int]
    fetch_after: Mapped[datetime | None]
    at: Mapped[datetime]
    by: Mapped[uuid.UUID | None]


class DocumentAck(Base):
    """What a node below told of a document: the last it said, and when. `words`: its office's reason, where it rolled back."""

    __tablename__ = "document_ack"
    __table_args__ = (
        CheckConstraint(
            "state IN ('fetched', 'waiting', 'applied', 'refused', 'rolled_back', 'withdrawn')", name="state_known"
        ),
    )  # fmt: skip

    peer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    series: Mapped[str] = mapped_column(String(120))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    why: Mapped[str | None] = mapped_column(String(60))
    words: Mapped[str | None] = mapped_column(String(1000))
    at: Mapped[datetime]
    received_at: Mapped[datetime]


class DocumentBelow(Base):
    """What became of a document further below. Of a child: what it last told of those below it, to whom it passed the
    document on. Of a parent: what this node last told it. `below`: how many nodes it is for; `told`: state -> how many."""

    __tablename__ = "document_below"
    __table_args__ = (CheckConstraint("below >= 0", name="counted"),)

    peer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    below: Mapped[int]
    told: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class DocumentWithdrawal(Base):
    """A document that its issuer took back: nobody is to have it stand any more. `words`: why."""

    __tablename__ = "document_withdrawal"

    digest: Mapped[str] = mapped_column(ForeignKey("document.digest"), primary_key=True)
    words: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]
    by: Mapped[uuid.UUID | None]


class CatalogueOut(Base):
    """The last catalogue for a peer, byte for byte; a new number only when what it names has changed."""

    __tablename__ = "document_catalogue_out"

    peer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer.id"), primary_key=True)
    epoch: Mapped[str] = mapped_column(String(36))
    number: Mapped[int]
    named: Mapped[str] = mapped_column(String(64))
    raw: Mapped[bytes] = mapped_column(LargeBinary)


class CatalogueIn(Base):
    """The newest catalogue that was taken in from a level above, by its epoch: none of an older epoch or number counts after it."""

    __tablename__ = "document_catalogue_in"

    peer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("peer.id"), primary_key=True)
    epoch: Mapped[str] = mapped_column(String(36), primary_key=True)
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


never_changed(Document)
