"""Tables of designs and batches: how a certificate looks, and many of them made in one step."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id

BATCH_STATES = ("ready", "running", "stopped", "done")
ITEM_STATES = ("waiting", "done", "refused")
TIERS = ("thanks", "organiser", "formal")
LINES = ("state", "party", "front", "youth")
ROLES = ("signature", "emblem", "frame")
LONGEST_TROUBLE = 300


class CertificateDesign(Base):
    """One version of a unit's own design. What ships with the product is in `designs/`, never here.

    A version that was used is never changed: papers are drawn from it again years later. `confirmed_by` names the document
    that fixes how such a paper looks; without one the designer says that nothing is confirmed.
    """

    __tablename__ = "certificate_design"
    __table_args__ = (
        UniqueConstraint("unit_id", "code", "version"),
        CheckConstraint(f"tier IN {TIERS}", name="tier_known"),
        CheckConstraint(f"line IN {LINES}", name="line_known"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    code: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    holds_from: Mapped[date]
    line: Mapped[str] = mapped_column(String(10))
    tier: Mapped[str] = mapped_column(String(10))
    body: Mapped[dict[str, Any]]
    confirmed_by: Mapped[str | None] = mapped_column(String(200))
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class DesignPicture(Base):
    """A picture of an office: its signature, its emblem, its frame. Drawn anew as PNG before it is kept, known by its
    SHA-256; two units that bring in the same one have a row each, and so has each use of it."""

    __tablename__ = "design_picture"
    __table_args__ = (CheckConstraint(f"role IN {ROLES}", name="role_known"),)

    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    role: Mapped[str] = mapped_column(String(10), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]


class CertificateBatch(Base):
    """Many certificates from one source, made in one step. Two officers who press at once meet at the constraint.

    `line`: whose matter they are; those of the Party's line are nobody else's to open.

    `issued_at` is one moment for all of them, fixed here: signing an item twice gives the same bytes.
    """

    __tablename__ = "certificate_batch"
    __table_args__ = (
        UniqueConstraint("source_kind", "source_id", "design_id"),
        CheckConstraint(f"state IN {BATCH_STATES}", name="state_known"),
        CheckConstraint(f"line IN {LINES}", name="line_known"),
        CheckConstraint("state <> 'stopped' OR stopped_why IS NOT NULL", name="stop_has_reason"),
        Index(None, "unit_id", "made_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    source_kind: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[uuid.UUID]
    design_id: Mapped[uuid.UUID]
    tier: Mapped[str] = mapped_column(String(10))
    line: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(300))
    state: Mapped[str] = mapped_column(String(10), index=True)
    total: Mapped[int]
    issued_at: Mapped[datetime]
    issued_on: Mapped[date]
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
    stopped_why: Mapped[str | None] = mapped_column(String(LONGEST_TROUBLE))


class BatchItem(Base):
    """One certificate of a batch. Number, credential and place on the status list are fixed before anything is drawn.

    `subject`: the person; of somebody without an account the item's own `source_id`. `words` is what will be printed; it is emptied once the certificate exists, which then holds them. `position` counts
    from 1 without a gap: an item is done, refused with a reason, or still waiting, never silently left out.
    """

    __tablename__ = "batch_item"
    __table_args__ = (
        UniqueConstraint("batch_id", "source_id"),
        CheckConstraint(f"state IN {ITEM_STATES}", name="state_known"),
        CheckConstraint("state <> 'refused' OR trouble IS NOT NULL", name="refusal_has_reason"),
        CheckConstraint("position >= 1", name="counted_from_one"),
        Index(None, "batch_id", "state", "position"),
    )

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("certificate_batch.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[uuid.UUID] = mapped_column(index=True)
    recipient_kind: Mapped[str] = mapped_column(String(10))
    subject: Mapped[uuid.UUID | None] = mapped_column(index=True)
    recipient_unit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("unit.id"))
    activity_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("activity.id"))
    words: Mapped[dict[str, Any]]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    credential_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("status_list.id"))
    list_number: Mapped[int]
    list_position: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    tries: Mapped[int]
    certificate_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    trouble: Mapped[str | None] = mapped_column(String(LONGEST_TROUBLE))
    done_at: Mapped[datetime | None]
