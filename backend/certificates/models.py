"""Tables of certificates: the papers, the lists that say which were taken back, and who the node is to verifiers."""

import uuid
from datetime import datetime
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id

LONGEST_REASON = 300
LIST_SIZE: Final = 131_072
"""Positions of one status list: the least Bitstring Status List v1.0 allows, so that nobody stands alone in it."""

STANDS: Final[dict[str, Any]] = {
    "sqlite_where": text("replaced_by IS NULL"),
    "postgresql_where": text("replaced_by IS NULL"),
}


class NodeIdentity(Base):
    """One row, made with the first credential: by what name verifiers know this node, and where they find it."""

    __tablename__ = "node_identity"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    did: Mapped[str] = mapped_column(String(300))
    public_url: Mapped[str] = mapped_column(String(300))
    since: Mapped[datetime]


class StatusList(Base):
    """A list of revocations. Its places are given out in the order n * step + offset, so that neighbours in a batch are
    no neighbours in the list; `used` counts them.
    """

    __tablename__ = "status_list"
    __table_args__ = (
        CheckConstraint("step % 2 = 1", name="step_odd"),
        CheckConstraint(f"used >= 0 AND used <= {LIST_SIZE}", name="used_fits"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(Integer, unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    step: Mapped[int] = mapped_column(Integer)
    offset: Mapped[int] = mapped_column(Integer)
    used: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[datetime]


class StatusBit(Base):
    """A place whose paper was taken back. It names nobody and is never removed: a revoked paper stays revoked when its
    person has left.
    """

    __tablename__ = "status_bit"

    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("status_list.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    set_at: Mapped[datetime]


class Certificate(Base):
    """`statement` is what was signed: the printed words, nothing else. `subject` leads to the person who holds it;
    `unit_id` is the unit that issued it, and takes it back.

    `tier`: 'thanks', 'organiser' (the organiser's own paper) or 'formal' (behind it stands a decision). `recipient_kind`:
    'person', 'unit', 'firm'. `source_kind` and `source_id`: what it was made from, other than a person's asking.
    `credential` is the signed Open Badges credential, byte for byte; papers from before there were credentials have none
    and are verified by their statement. `slip_signature` stands for what the printed code carries. `replaced_by`: the
    number of the paper that was made in its place; of the others there is one a person and activity, and one a source.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        Index("uq_certificate_activity_id_subject", "activity_id", "subject", unique=True, **STANDS),
        Index("uq_certificate_source_kind_source_id", "source_kind", "source_id", unique=True, **STANDS),
        UniqueConstraint("list_id", "position"),
        CheckConstraint("tier IN ('thanks', 'organiser', 'formal')", name="tier_known"),
        CheckConstraint(
            "(recipient_kind = 'person' AND subject IS NOT NULL) OR "
            "(recipient_kind = 'unit' AND recipient_unit_id IS NOT NULL) OR recipient_kind = 'firm'",
            name="recipient_known",
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    activity_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("activity.id"))
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    tier: Mapped[str] = mapped_column(String(10), default="organiser")
    recipient_kind: Mapped[str] = mapped_column(String(10), default="person")
    subject: Mapped[uuid.UUID | None] = mapped_column(index=True)
    recipient_unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    source_kind: Mapped[str] = mapped_column(String(20), default="asked")
    source_id: Mapped[uuid.UUID | None]
    design_id: Mapped[uuid.UUID | None]
    statement: Mapped[dict[str, Any]]
    signature: Mapped[str] = mapped_column(String(100))
    key_id: Mapped[str] = mapped_column(String(64))
    credential: Mapped[str | None] = mapped_column(Text)
    credential_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    slip_signature: Mapped[str | None] = mapped_column(String(100))
    list_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("status_list.id"))
    position: Mapped[int | None] = mapped_column(Integer)
    png_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    pdf_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    issued_at: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    replaced_by: Mapped[str | None] = mapped_column(String(20))


class RevokedKey(Base):
    """A key of some node that the level above called given up: what it signed since then is not believed here.

    `document`: digest of the document that said so.
    """

    __tablename__ = "revoked_key"

    key_id: Mapped[str] = mapped_column(String(30), primary_key=True)
    since: Mapped[datetime]
    words: Mapped[str] = mapped_column(String(300))
    document: Mapped[str] = mapped_column(String(64))
