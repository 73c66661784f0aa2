import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, new_id

STATES = ("draft", "scheduled", "running", "paused", "closed", "archived")
STAGES = ("pilot", "evaluated", "scaled")
PARTS = ("lead", "coordinating", "releasing", "organising", "questions", "jury", "secretariat")
NOT_COMPETING = ("organising", "questions", "jury", "secretariat")
"""Members of these bodies do not enter the contests they run."""


class Campaign(Base):
    """`kind`: outreach | emulation | literacy. `counts_by`: the membership that says where a deed counts.

    `population`: the headcount its rates are taken of. `state`: draft -> scheduled (released) -> running <-> paused ->
    closed -> archived. `document_*`: the paper that launches it. `stage`: pilot -> evaluated -> scaled, where it is one.
    `revision` counts edits, so that of two editors at once the second is told.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        CheckConstraint("kind IN ('outreach', 'emulation', 'literacy')", name="kind_known"),
        CheckConstraint(
            "state IN ('draft', 'scheduled', 'running', 'paused', 'closed', 'archived')", name="state_known"
        ),
        CheckConstraint("stage IN ('pilot', 'evaluated', 'scaled')", name="stage_known"),
        CheckConstraint("state = 'draft' OR released_at IS NOT NULL", name="released_once_scheduled"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[dict[str, Any]]
    summary: Mapped[dict[str, Any]]
    owner_unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"))
    counts_by: Mapped[str] = mapped_column(String(20), default="lives_in")
    population: Mapped[str] = mapped_column(String(40), default="residents_from_7")
    made_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="draft")
    document_number: Mapped[str | None] = mapped_column(String(60))
    document_date: Mapped[date | None]
    document_title: Mapped[str | None] = mapped_column(String(300))
    themes: Mapped[list[Any]] = mapped_column(default=list)
    stage: Mapped[str | None] = mapped_column(String(12))
    stage_note: Mapped[str | None] = mapped_column(String(500))
    pack: Mapped[str | None] = mapped_column(String(60))
    pack_version: Mapped[int | None]
    pack_digest: Mapped[str | None] = mapped_column(String(64))
    prepared_by: Mapped[uuid.UUID | None]
    released_by: Mapped[uuid.UUID | None]
    released_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)


class CampaignBody(Base):
    """A unit's part in a campaign: lead, coordinating or releasing body, or one whose members may not compete."""

    __tablename__ = "campaign_body"
    __table_args__ = (
        CheckConstraint(
            "part IN ('lead', 'coordinating', 'releasing', 'organising', 'questions', 'jury', 'secretariat')",
            name="part_known",
        ),
    )

    campaign_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(20), primary_key=True)
    unit_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True)


class CampaignPicture(Base):
    """A picture that came with the pack, re-encoded. Asked for by its digest, which nobody can guess."""

    __tablename__ = "campaign_picture"

    campaign_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    media_type: Mapped[str] = mapped_column(String(40))
    alt: Mapped[dict[str, Any]]
    body: Mapped[bytes] = mapped_column(LargeBinary)


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

    @property
    def settings_in_force(self) -> dict[str, Any]:
        """As they were frozen at the opening; before it, as they stand."""
        return dict((self.frozen or {}).get("settings", self.settings))


class Publication(Base):
    """The results of an activity as they were published: a signed statement that is never changed.

    A correction is the next number, which says why and what it supersedes.
    """

    __tablename__ = "publication"
    __table_args__ = (UniqueConstraint("activity_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    number: Mapped[int]
    statement: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(String(100))
    key_id: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime]
    published_by: Mapped[uuid.UUID | None]
