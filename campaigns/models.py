import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id


class Campaign(Base):
    """`kind`: outreach | emulation | literacy. `counts_by`: the membership that says where a deed counts.

    `population`: the headcount its rates are taken of.
    """

    __tablename__ = "campaign"
    __table_args__ = (CheckConstraint("kind IN ('outreach', 'emulation', 'literacy')", name="kind_known"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[dict[str, Any]]
    summary: Mapped[dict[str, Any]]
    owner_unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    counts_by: Mapped[str] = mapped_column(String(20), default="lives_in")
    population: Mapped[str] = mapped_column(String(40), default="residents_from_7")
    made_at: Mapped[datetime]


class Phase(Base):
    """A stretch of a campaign; activities switch on and off with it."""

    __tablename__ = "phase"
    __table_args__ = (UniqueConstraint("campaign_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int]
    title: Mapped[dict[str, Any]]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]


class Activity(Base):
    """One thing to do, of one kind. `state`: scheduled -> open -> closed -> settled.

    `frozen` holds the rules as they stood at opening and `rules_version` their number: every result names it.
    """

    __tablename__ = "activity"
    __table_args__ = (
        UniqueConstraint("campaign_id", "code"),
        CheckConstraint("state IN ('scheduled', 'open', 'closed', 'settled')", name="state_known"),
        CheckConstraint("closes_at > opens_at", name="closes_after_opening"),
        CheckConstraint("state = 'scheduled' OR frozen_at IS NOT NULL", name="frozen_once_open"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    campaign_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("campaign.id"), index=True)
    phase_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("phase.id"))
    code: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[dict[str, Any]]
    rules: Mapped[dict[str, Any]]
    settings: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(12), default="scheduled")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    frozen: Mapped[dict[str, Any] | None]
    frozen_at: Mapped[datetime | None]
    rules_version: Mapped[int] = mapped_column(default=1)
